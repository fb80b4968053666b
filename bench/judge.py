"""Articles judged a second, fetch aside: ours against bare trafilatura, on the same pages and processes.

    python -m bench.judge PAGES_DIR      *.html and *.html.gz below it

Bare: trafilatura.extract(page), its defaults, in a plain process pool. Ours: pipeline.judge with a web that
has every page at hand: charset, limits, zones, related lines, title, language, date, 100 rules, the decision,
and one commit in a SQLite store. Rounds alternate, so drift cancels. The bar: 0.7 of bare trafilatura.
"""

import asyncio
import gzip
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import rules
from monitor import pipeline
from monitor.learning import Lessons
from monitor.model import Entry, FeedSpec, Fetched, FirstLook, Fresh, NewEntry, Route, StoredEntry
from monitor.ops.clock import clock
from monitor.store import entries, feeds
from monitor.store.db import Db, Tx
from monitor.workers import Workers

PROCESSES = 2
ROUNDS = 5
AT_ONCE = 32  # what the daemon keeps in flight is more; beyond the workers' queue it makes no difference
WORDS = [
    "police",
    "government",
    "president",
    "minister",
    "attack",
    "court",
    "market",
    "climate",
    "election",
    "war",
]


def main(folder: str) -> None:
    pages = read_pages(Path(folder))
    size = sum(map(len, pages)) / len(pages) / 1000
    print(f"{len(pages)} pages, {size:.0f} kB on average, {PROCESSES} processes each side, 100 rules")
    with (
        ProcessPoolExecutor(PROCESSES) as bare,
        asyncio.Runner() as runner,
        tempfile.TemporaryDirectory() as name,
    ):
        ours = runner.run(make(Path(name), pages))
        rounds = [
            (timed(lambda: bare_round(bare, pages)), timed(lambda: runner.run(ours.round())))
            for _ in range(ROUNDS + 1)
        ][1:]  # the first warms caches on both sides
        runner.run(ours.close())
    for number, (theirs, mine) in enumerate(rounds, 1):
        rates = (
            f"trafilatura {len(pages) / theirs:5.1f} pages/s    wirewatch {len(pages) / mine:5.1f} pages/s"
        )
        print(f"round {number}: {rates}    ratio {theirs / mine:.2f}")
    print(f"median ratio {statistics.median(theirs / mine for theirs, mine in rounds):.2f}    bar 0.70")
    print(f"states: {dict(ours.states)}")


def read_pages(folder: Path) -> list[bytes]:
    packed = [gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.html.gz"))]
    return packed + [path.read_bytes() for path in sorted(folder.rglob("*.html"))]


def bare_round(pool: ProcessPoolExecutor, pages: list[bytes]) -> None:
    list(pool.map(bare_extract, pages))


def bare_extract(page: bytes) -> str | None:
    from trafilatura import extract

    return extract(page)


class Shelf:
    """A web whose pages are all at hand."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages

    async def get(self, url: str, **_: Any) -> Fetched:
        return Fetched(url, self.pages[url], "text/html")


class Ours:
    def __init__(self, db: Db, pages: dict[str, bytes], waiting: tuple[StoredEntry, ...]) -> None:
        self.db, self.web, self.waiting = db, Shelf(pages), waiting
        self.workers = Workers(PROCESSES)
        self.lessons = Lessons(self.workers)
        made = [rules.rule(f"{one} + ({two} OR word{n})", f"r{n}") for n, (one, two) in enumerate(pairs())]
        self.rules = rules.compile(made)
        self.routes = {rule.id: Route(("#desk",)) for rule in made}
        self.states: Counter[str] = Counter()

    async def round(self) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        self.states = Counter(await asyncio.gather(*(self.judge(entry, room) for entry in self.waiting)))

    async def judge(self, entry: StoredEntry, room: asyncio.Semaphore) -> str:
        async with room:
            decision = await pipeline.judge(
                entry,
                web=self.web,  # type: ignore[arg-type]
                workers=self.workers,
                db=self.db,
                rules=self.rules,
                lessons=self.lessons,
                routes=self.routes,
                first_look=FirstLook.SUMMARY,
                clock=clock,
            )
        return decision.state

    async def close(self) -> None:
        self.workers.close()
        await self.db.close()


def pairs() -> list[tuple[str, str]]:
    return [(one, two) for one in WORDS for two in WORDS]


async def make(folder: Path, pages: list[bytes]) -> Ours:
    """A store with an entry for each page, as a poll would have left it."""
    db = Db.open(f"sqlite:///{folder}/bench.db", hold=True)
    by_url = {f"https://n{n}.example/{n}": page for n, page in enumerate(pages)}

    def poll(tx: Tx) -> None:
        feeds.sync(tx, [FeedSpec("https://bench.example/feed")], clock())
        [feed] = feeds.get_all(tx)
        new = tuple(NewEntry(Entry(url, url, f"Report {url}"), (url,), url, url) for url in by_url)
        feeds.keep_poll(tx, feed, feed.state, Fresh(new), clock())

    await db.write(poll)
    return Ours(db, by_url, await db.read(lambda tx: entries.due(tx, clock(), len(pages))))


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1])
