"""The daemon with 100,000 feeds on its books and none due: memory, an idle second, the question what is due.

    python -m bench.books [FEEDS]

Memory is the daemon's own resident set beside its workers; a second counts as idle while no feed is due, no
entry waits and nothing is to be sent. Limits: 400 MB, 5 % of a core, 10 ms.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.footprint import resident, wait

LIMIT_MB, LIMIT_CPU, LIMIT_MS = 400, 0.05, 10
IDLE = 60  # seconds that are watched
RIPE = 100  # feeds that are due when the question is timed


def main(count: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(
            "rules: [missile + Iraq]\nfetch: {contact: bench@example.org}\nfeeds:\n"
            + "".join(f"  - https://news{n}.example.org/feed.xml\n" for n in range(count))
        )
        print(f"{count:,} feeds taken in {measured(lambda: take(folder)):.1f} s", flush=True)
        for ripe in (0, RIPE):
            took = statistics.median(ask(folder, ripe) for _ in range(9))
            print(
                f"what is due, {ripe} of {count:,}: {1000 * took:.1f} ms    limit {LIMIT_MS} ms", flush=True
            )
        live(folder)


def live(folder: Path) -> None:
    command = [sys.executable, "-m", "monitor", "run"]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as daemon:
        try:
            up = wait(folder, "select 1 from vitals where key = 'daemon'") - started
            print(f"start to the first sign of life: {up:.1f} s", flush=True)
            time.sleep(10)
            before = spent(daemon.pid)
            time.sleep(IDLE)
            used = (spent(daemon.pid) - before) / IDLE
            print(f"an idle second: {100 * used:.1f} % of a core    limit {100 * LIMIT_CPU:.0f} %")
            print(f"daemon beside its workers: {resident(daemon.pid):.0f} MB    limit {LIMIT_MB} MB")
        finally:
            daemon.terminate()


def take(folder: Path) -> None:
    """Every feed in the store, looked at and introduced, none due for an hour; in a process that ends."""
    subprocess.run([sys.executable, "-m", "bench.books", "take", str(folder)], check=True)


def measured(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _take(folder: Path) -> None:
    from sqlalchemy import update

    from monitor import config
    from monitor.ops.clock import clock
    from monitor.store import feeds
    from monitor.store.db import Db, Tx
    from monitor.store.schema import feeds as table

    settings = config.load(folder / "config.yaml", {})
    now = clock()

    def fill(tx: Tx) -> None:
        feeds.sync(tx, settings.feeds, now)
        rest = {"due_at": now + timedelta(hours=1), "polled_at": now, "looked": True, "introduced": True}
        tx.execute(update(table).values(rest))

    with Db.open(settings.store, hold=True) as db:
        db.write_sync(fill)


def ask(folder: Path, ripe: int) -> float:
    """Seconds of the daemon's question, when the first `ripe` feeds are due."""
    from sqlalchemy import update

    from monitor.ops.clock import clock
    from monitor.store import feeds
    from monitor.store.db import Db
    from monitor.store.schema import feeds as table

    with Db.open(f"sqlite:///{folder}/wirewatch.db", hold=True) as db:
        db.write_sync(lambda tx: tx.execute(update(table).where(table.c.id <= ripe).values(due_at=clock())))
        try:
            db.read_sync(lambda tx: feeds.due(tx, clock(), 1000))  # the first one compiles the statement
            return measured(lambda: db.read_sync(lambda tx: feeds.due(tx, clock(), 1000)))
        finally:
            later = clock() + timedelta(hours=1)
            db.write_sync(lambda tx: tx.execute(update(table).where(table.c.id <= ripe).values(due_at=later)))


def spent(pid: int) -> float:
    """Seconds of CPU of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    if sys.argv[1:2] == ["take"]:
        _take(Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
