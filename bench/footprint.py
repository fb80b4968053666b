"""The daemon as a user runs it, with 1,000 feeds and 100 rules: seconds to its first poll, and its memory.

    python -m bench.footprint [FEEDS] [RULES]

Memory is the daemon's own resident set beside its workers, read from /proc after every feed was polled twice
and every entry judged. Limits: 250 MB, 3 s.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.origin import origin

LIMIT_MB, LIMIT_S = 250, 3.0


def main(count: int = 1000, rules: int = 100, entries: int = 5) -> None:
    with origin(count, entries) as urls, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = [
            "missile",
            "rocket",
            "drone",
            "convoy",
            "depot",
            "border",
            "ministry",
            "airport",
            "harbour",
            "port",
        ]
        named = "\n".join(f"  - {{id: r{n}, match: '{words[n % 10]} + word{n}'}}" for n in range(rules))
        (folder / "config.yaml").write_text(
            f"first_look: silent\nrules:\n{named}\n"
            "fetch: {contact: bench@example.org, allow_networks: [127.0.0.0/8]}\nfeeds:\n"
            + "".join(f"  - {{url: '{url}', every: 20s}}\n" for url in urls)
        )
        started = time.monotonic()
        command = [sys.executable, "-m", "monitor", "run"]
        with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as daemon:
            try:
                first = wait(folder, "select count(*) from feeds where polled_at is not null") - started
                print(f"start to first poll in the store: {first:.2f} s    limit {LIMIT_S} s")
                wait(
                    folder,
                    f"select count(*) from feeds where polled_at is not null having count(*) = {count}",
                )
                print(f"all {count} feeds polled after {time.monotonic() - started:.1f} s", flush=True)
                wait(folder, "select 1 where not exists (select 1 from entries where state = 'new')")
                print(
                    f"all {count * entries} entries judged after {time.monotonic() - started:.1f} s",
                    flush=True,
                )
                time.sleep(25)  # one more round of polls: what is resident now is what stays
                print(f"daemon beside its workers: {resident(daemon.pid):.0f} MB    limit {LIMIT_MB} MB")
            finally:
                daemon.terminate()


def wait(folder: Path, question: str) -> float:
    """When the store first says something other than nothing or 0."""
    import sqlite3

    while True:
        try:
            with sqlite3.connect(f"file:{folder}/wirewatch.db?mode=ro", uri=True) as store:
                row = store.execute(question).fetchone()
                if row and row[0]:
                    return time.monotonic()
        except sqlite3.OperationalError:
            pass  # not there yet
        time.sleep(0.02)


def resident(pid: int | str) -> float:
    """Megabytes of one process, shared pages counted."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no VmRSS of {pid}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
