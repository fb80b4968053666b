"""Articles judged a second, fetch aside: ours against bare trafilatura, on the same pages and processes.

    python -m bench.judge PAGES_DIR      *.html and *.html.gz below it

Bare: trafilatura.extract(page), its defaults, in a plain process pool. Ours, with a web that has every page
at hand: charset, limits, zones, related lines, title, language, date, 100 rules, the decision, and one commit
in a SQLite store; reading every page (bar: 0.9 of bare trafilatura), and as the daemon does it, where a page
that no rule can match is put by (bar: 5 times). The rules are pairs of words of the pages, chosen so that few
of these match; how many did is printed. Rounds alternate, so drift cancels.
"""

import asyncio
import gzip
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import rules
from monitor import pipeline, sifting
from monitor.alerts import matching
from monitor.desk import Desk
from monitor.grouping import Stories
from monitor.learning import Lessons
from monitor.model import (
    Access,
    Article,
    Entry,
    FeedSpec,
    Fetched,
    FetchOutcome,
    FirstLook,
    Fresh,
    Grouping,
    NewEntry,
    Route,
    StoredEntry,
)
from monitor.ops.clock import clock
from monitor.store import entries, feeds
from monitor.store.db import Db, Tx
from monitor.workers import Workers

PROCESSES = 2
ROUNDS = 5
AT_ONCE = 128  # what the daemon keeps in flight
RULES = 100
MATCHING = 0.02  # of the pages


def main(folder: str) -> None:
    pages = read_pages(Path(folder))
    size = sum(map(len, pages)) / len(pages) / 1000
    print(f"{len(pages)} pages, {size:.0f} kB on average, {PROCESSES} processes each side, {RULES} rules")
    with (
        ProcessPoolExecutor(PROCESSES) as bare,
        asyncio.Runner() as runner,
        tempfile.TemporaryDirectory() as name,
    ):
        ours = runner.run(make(Path(name), pages))
        runner.run(ours.choose())
        rounds = [
            (
                timed(lambda: bare_round(bare, pages)),
                timed(lambda: runner.run(ours.round(ours.read))),
                timed(lambda: runner.run(ours.round(ours.sift))),
            )
            for _ in range(ROUNDS + 1)
        ][1:]  # the first warms caches on all sides
        runner.run(ours.close())
    for number, times in enumerate(rounds, 1):
        theirs, whole, sifted = (len(pages) / seconds for seconds in times)
        print(
            f"round {number}: trafilatura {theirs:5.1f} pages/s    wirewatch reading all {whole:5.1f}, "
            f"{whole / theirs:.2f} times    sifting {sifted:5.1f}, {sifted / theirs:.2f} times"
        )
    for name, column, bar in (("reading all", 1, 0.9), ("sifting", 2, 5.0)):
        ratio = statistics.median(times[0] / times[column] for times in rounds)
        print(f"median {name}: {ratio:.2f} times bare trafilatura    bar {bar}")
    print(f"states {dict(ours.states)}, put by {ours.put_by} of {len(pages)}")


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

    access = Access()

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages

    async def page(self, url: str, **_: Any) -> Fetched:
        return Fetched(url, self.pages[url], "text/html")


class Ours:
    def __init__(self, db: Db, pages: dict[str, bytes], waiting: tuple[StoredEntry, ...]) -> None:
        self.db, self.web, self.waiting = db, Shelf(pages), waiting
        self.workers = Workers(PROCESSES)
        self.lessons = Lessons(self.workers)
        self.stories = Stories(db)
        self.rules = rules.compile(())
        self.desk = self.at_hand()
        self.states: Counter[str] = Counter()
        self.put_by = 0

    async def choose(self) -> None:
        """Reads everything once, and makes rules of what it finds: in all its languages, as after a day."""
        read = [await self.workers.read_page(page, url, "text/html") for url, page in self.web.pages.items()]
        documents = [matching.document_of(article) for article in read if isinstance(article, Article)]
        tried = rules.compile(pairs(documents))
        holding = [tried.holding(document) for document in documents]
        matches = Counter(name for names in holding for name in names)
        found = {number: name for number, names in enumerate(holding) for name in names if matches[name] == 1}
        never = [name for name in tried.rules if not matches[name]]
        chosen = [*found.values()][: round(MATCHING * len(documents))] + never
        self.rules = rules.compile([tried.rules[name] for name in chosen[:RULES]])
        await self.lessons.take(self.rules, {code for one in documents for code in one.languages})
        self.desk = self.at_hand()

    async def round(self, act: Callable[[StoredEntry], Awaitable[str]]) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        self.put_by = 0

        async def one(entry: StoredEntry) -> str:
            async with room:
                return await act(entry)

        self.states = Counter(await asyncio.gather(*map(one, self.waiting)))

    async def sift(self, entry: StoredEntry) -> str:
        """As the daemon does it."""
        page = await pipeline.page_of(entry, self.web)  # type: ignore[arg-type]
        put_by = await sifting.sift(entry, page, self.desk)
        self.put_by += put_by is not None
        return put_by.state if put_by else await self.read(entry, page)

    async def read(self, entry: StoredEntry, page: FetchOutcome | None = None) -> str:
        return (await pipeline.judge(entry, self.desk, page)).state

    def at_hand(self) -> Desk:
        return Desk(
            web=self.web,  # type: ignore[arg-type]
            workers=self.workers,
            db=self.db,
            rules=self.rules,
            lessons=self.lessons,
            stories=self.stories,
            routes={name: Route(("#desk",)) for name in self.rules.rules},
            first_look=FirstLook.SUMMARY,
            grouping=Grouping.THREAD,
            lives=True,
            clock=clock,
        )

    async def close(self) -> None:
        self.workers.close()
        await self.db.close()


def pairs(documents: list[rules.Document]) -> list[rules.Rule]:
    """Many rules of two words each, by chance: so rare ones that 100 of these match some 2 % of the pages."""
    chance = random.Random(7)
    pages = [set(re.findall(r"\w+", document.body.casefold())) for document in documents]
    counts = Counter(word for page in pages for word in page if word.isalpha() and len(word) > 4)
    words = sorted(word for word, count in counts.items() if 2 <= count <= len(pages) // 50)
    drawn = (chance.sample(words, 2) for _ in range(20 * RULES))
    return [rules.rule(f'"{one}" + "{other}"', f"r{n}") for n, (one, other) in enumerate(drawn)]


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
