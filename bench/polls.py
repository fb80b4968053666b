"""Polls a second of unchanged feeds (all 304), whole path with store, against `reader` in the same run.

    python -m bench.polls [FEEDS]        default 1,000 feeds, 30 entries each

Origin: one process, a loopback address a feed. Ours: the daemon's own poll loop on a SQLite store. Peer:
reader, update_feeds(workers=10, scheduled=False), from its second update on. Rounds alternate: drift cancels.
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.origin import origin

ROUNDS = 5


def main(count: int = 1000, entries: int = 30) -> None:
    with origin(count, entries) as urls, tempfile.TemporaryDirectory() as name:
        ours, peer = Ours(Path(name), urls), Peer(Path(name), urls)
        print(f"first poll of {count} feeds, {entries} entries each …", flush=True)
        print(f"  wirewatch {rate(count, measured(ours.poll))}    reader {rate(count, measured(peer.poll))}")
        ratios = []
        for number in range(ROUNDS):
            mine, theirs = measured(ours.poll), measured(peer.poll)
            ratios.append(theirs[0] / mine[0])
            figures = f"wirewatch {rate(count, mine)}    reader {rate(count, theirs)}"
            print(f"304, round {number + 1}: {figures}    {ratios[-1]:.1f}x", flush=True)
        print(f"median ratio {statistics.median(ratios):.1f}x")
        ours.close()


def rate(count: int, seconds: tuple[float, float]) -> str:
    wall, cpu = seconds
    return f"{count / wall:5.0f}/s ({1000 * cpu / count:.2f} ms CPU)"


def measured(act: Callable[[], None]) -> tuple[float, float]:
    """(wall, CPU) seconds of this process."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    act()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Ours:
    """The daemon's poll loop; judging is left out, as it is for the peer."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        from monitor import config
        from monitor.daemon import Daemon
        from monitor.ops import log
        from monitor.store.db import Db

        (folder / "config.yaml").write_text(
            "rules: [missile + Iraq]\n"
            "fetch: {contact: bench@example.org, allow_networks: [127.0.0.0/8]}\nfeeds:\n"
            + "".join(f"  - {{url: '{url}', every: 1h}}\n" for url in urls)
        )
        log.setup()
        self._loop = asyncio.new_event_loop()
        settings = config.load(folder / "config.yaml", {})
        self._db = Db.open(settings.store, hold=True)

        async def start() -> Daemon:
            daemon = Daemon(settings, self._db)
            await daemon.start()
            return daemon

        self._daemon = self._loop.run_until_complete(start())

    def poll(self) -> None:
        self._loop.run_until_complete(self._daemon.poll_all())
        from monitor.store import feeds

        failing = [feed.state.error for feed in self._db.read_sync(feeds.get_all) if feed.state.error]
        assert not failing, failing[:3]

    def close(self) -> None:
        self._loop.run_until_complete(self._daemon.close())


class Peer:
    def __init__(self, folder: Path, urls: list[str]) -> None:
        from reader import make_reader

        self._reader = make_reader(str(folder / "reader.db"))
        for url in urls:
            self._reader.add_feed(url)

    def poll(self) -> None:
        self._reader.update_feeds(workers=10, scheduled=False)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
