"""Real histories of feeds go through the daemon's poll, at the times at which somebody really asked.

    python -m bench.replay FOLDER [NAME]     a folder of polled feeds (histories.py); NAME: only those

First at the real times: nothing may be taken for new twice, nothing that any answer showed may be missing, a
changed headline is an edit. Then at the times our own pace chooses, to see what that would miss and delay.
The judge is simple on purpose and shares no code with what it judges: lxml reads the entries, and the address
of a page says who an article is. Exits 1 when an article is repeated or missed, or an edit is.
"""

import asyncio
import json
import random
import re
import sys
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

from lxml import etree

from bench.histories import History, Poll, histories
from monitor.model import Feed, FeedSpec, Fetched, FetchOutcome, Unchanged, Validators
from monitor.polling.poll import poll
from monitor.sources.fetch import UNKNOWN, Web
from monitor.store import feeds
from monitor.store.db import Tx
from tests.sim.world import SimDb, SimWorkers

FLOOR = timedelta(minutes=5)
HOLE = timedelta(hours=1)  # between two real polls: what the feed showed meanwhile is not known
SHOWN = 5  # faults of each feed that are shown


def main(folder: str, name: str = "") -> int:
    chosen = [one for one in histories(Path(folder)) if name in one.name]
    real: list[Account] = []
    with tempfile.TemporaryDirectory() as place:
        print(Account.HEAD, flush=True)
        for number, history in enumerate(chosen):
            real.append(asyncio.run(replayed(history, Path(place) / f"{number}.db")))
            print(real[-1], flush=True)
        print(f"{total(real)}\n\n{Paced.HEAD}", flush=True)
        for number, (history, account) in enumerate(zip(chosen, real, strict=True)):
            ours = asyncio.run(paced(history, Path(place) / f"{number}-paced.db", account))
            print(ours, flush=True)
    faults = [fault for account in real for fault in account.faults[:SHOWN]]
    print("\n" + ("\n".join(faults) or "no article repeated, none missed, no edit overlooked"))
    return 1 if faults else 0


# --- what an answer says, read by somebody else -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as an answer has it. `page`: its address without what does not name a page."""

    guid: str
    page: str
    title: str
    date: str = ""  # as it is written


def entries_of(body: bytes) -> list[Told]:
    """Entries that are there from beginning to end; none of a page that is no feed."""
    if body[:1] == b"{":
        lines = json.loads(body)["items"]
        return [_told(one["id"], one["url"], one["title"], one["date_published"]) for one in lines]
    root = etree.fromstring(body, etree.XMLParser(recover=True, huge_tree=True)) if body.strip() else None
    if root is None or _local(root) not in ("rss", "RDF", "feed"):
        return []
    found = list(root.iter("{*}item", "{*}entry"))
    ends = len(re.findall(rb"</(?:\w+:)?(?:item|entry)\s*>", body))
    return [_from_xml(one) for one in found[:ends]]


def _from_xml(one: Any) -> Told:
    fields = {_local(child): child for child in reversed(one) if isinstance(child.tag, str)}
    guid = _text(fields.get("guid", fields.get("id")))
    links = [child for child in one if isinstance(child.tag, str) and _local(child) == "link"]
    link = next((_text(child) or child.get("href", "") for child in links), "")
    page = link or (guid if guid.startswith("http") else "")
    date = _text(fields.get("pubDate", fields.get("published", fields.get("date"))))
    return _told(guid, page, _text(fields.get("title")), date)


def _told(guid: str | None, link: str | None, title: str | None, date: str | None = "") -> Told:
    headline = " ".join(unescape(unescape(title or "")).split()).casefold()
    return Told(guid or "", page_of(link or ""), headline, date or "")


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


_SENDER = re.compile(r"utm_|at_|ns_|smid|partner|traffic_source|maca|ocid|cmp")


def page_of(link: str) -> str:
    parts = urlsplit(link.strip())
    query = sorted(pair for pair in parse_qsl(parts.query) if not _SENDER.match(pair[0]))
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{query or ''}"


# --- the replay ---------------------------------------------------------------------------------------------


class Replayed(Web):
    """A server that has one answer at a time, and validators for it."""

    def __init__(self) -> None:
        self.answer = Poll(datetime.min, b"")

    async def get(self, url: str, *, validators: Validators = UNKNOWN, **_: object) -> FetchOutcome:
        mark = Validators(etag=f'"{crc32(self.answer.packed):x}"')
        if validators == mark:
            return Unchanged(mark)
        return Fetched(url, self.answer.body, self.answer.type, mark)

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Machine:
    """One wirewatch with one feed, whose clock is in our hands."""

    db: SimDb
    feed: Feed
    web: Replayed = field(default_factory=Replayed)
    workers: SimWorkers = field(default_factory=SimWorkers)

    async def poll(self, answer: Poll, now: datetime) -> list[Any]:
        """Rows of the entries that came or changed."""
        self.web.answer = answer
        polled = await poll(
            self.feed, web=self.web, workers=self.workers, db=self.db, floor=FLOOR, clock=lambda: now
        )
        self.feed = replace(self.feed, state=polled.state)
        return self.db.read_sync(lambda tx: _touched(tx, now)) if polled.new or polled.changed else []


def _touched(tx: Tx, now: datetime) -> list[Any]:
    ms = round(now.timestamp() * 1000)
    asked = f"SELECT * FROM entries WHERE {ms} IN (seen_at, changed_at) ORDER BY id"
    return list(tx.exec_driver_sql(asked))


def machine(history: History, store: Path) -> Machine:
    db = SimDb.open(f"sqlite:///{store}").careless()
    spec = FeedSpec("https://history.example/feed")
    with db._writer.connect() as tx:
        feeds.sync(tx, [spec], history.polls[0].at)
        (feed,) = feeds.get_all(tx)
        tx.commit()
    return Machine(db, feed)


# --- at the real times --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Account:
    """What became of all that the answers of a feed showed."""

    name: str
    polls: int = 0
    entries: int = 0  # different pages, or guids where there is no page
    new: int = 0
    edits: int = 0  # headlines that changed on the same page
    moved: int = 0  # pages at another address than before, known by the guid or by headline and date
    twins: int = 0  # versions of one page that stood in one answer at once
    namesakes: int = 0  # new ones with the headline of another: for people to look at
    repeats: int = 0
    misses: int = 0
    unseen_edits: int = 0
    faults: list[str] = field(default_factory=list)
    shown: dict[str, datetime] = field(default_factory=dict)  # page -> when an answer first had it

    HEAD = (
        f"{'feed':52}{'polls':>7}{'entries':>8}{'new':>7}{'edits':>7}{'moved':>6}{'twins':>6}{'namesakes':>10}"
        f"{'repeats':>8}{'missed':>7}{'edits overlooked':>17}"
    )

    def __str__(self) -> str:
        return (
            f"{self.name:52}{self.polls:7}{self.entries:8}{self.new:7}{self.edits:7}{self.moved:6}{self.twins:6}"
            f"{self.namesakes:10}{self.repeats:8}{self.misses:7}{self.unseen_edits:17}"
        )

    def blame(self, kind: str, at: datetime, what: object) -> None:
        self.faults.append(f"{self.name} {at:%Y-%m-%d %H:%M:%S} {kind}: {what}")


def total(accounts: Iterable[Account]) -> Account:
    whole = Account("all")
    for one in accounts:
        for name in ("polls", "entries", "new", "edits", "moved", "twins", "namesakes", "repeats", "misses"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.unseen_edits += one.unseen_edits
    return whole


@dataclass(slots=True)
class Memory:
    """What the judge knows: what came under which names, and which pages name no article."""

    pages: dict[str, set[int]] = field(default_factory=dict)
    guids: dict[str, set[int]] = field(default_factory=dict)
    titles: dict[str, set[int]] = field(default_factory=dict)
    crowded: set[str] = field(default_factory=set)  # pages that several entries of one answer had
    stamps: set[tuple[str, str]] = field(default_factory=set)  # headline and date of what was shown
    headlines: dict[str, set[str]] = field(default_factory=dict)  # page -> all it ever had

    def learn(self, row: Any) -> None:
        told = _told(row.guid, row.link, row.title)
        for known, name in ((self.pages, told.page), (self.guids, told.guid), (self.titles, told.title)):
            known.setdefault(name, set()).add(row.id)


async def replayed(history: History, store: Path) -> Account:
    account, memory = Account(history.name), Memory()
    made = machine(history, store)
    with closing(_Closing(made)):
        for answer in history.polls:
            rows = await made.poll(answer, answer.at)
            account.polls += 1
            _judge(account, memory, answer, rows)
    account.entries = len(account.shown)
    return account


@dataclass(frozen=True, slots=True)
class _Closing:
    made: Machine

    def close(self) -> None:
        self.made.db.close_sync()


def _judge(account: Account, memory: Memory, answer: Poll, rows: list[Any]) -> None:
    told = entries_of(answer.body)
    borne = Counter(one.page for one in set(told))
    memory.crowded |= {page for page, count in borne.items() if count > 1 or "/" not in page}
    new = [row for row in rows if row.revision == 1]
    _judge_new(account, memory, answer.at, new)
    for row in rows:
        memory.learn(row)
    _judge_edits(account, memory, answer.at, told, rows)
    _judge_missing(account, memory, answer.at, told)


def _judge_new(account: Account, memory: Memory, at: datetime, new: list[Any]) -> None:
    account.new += len(new)
    for row in new:
        told = _told(row.guid, row.link, row.title)
        if told.page in memory.crowded:
            account.twins += bool(memory.pages.get(told.page))
        elif memory.pages.get(told.page):
            account.repeats += 1
            account.blame("told twice", at, told)
        elif memory.titles.get(told.title):
            account.namesakes += 1


def _judge_edits(account: Account, memory: Memory, at: datetime, told: list[Told], rows: list[Any]) -> None:
    changed = {_told(row.guid, row.link, row.title).page for row in rows}
    for one in told:
        if one.page in memory.crowded:
            continue
        before = memory.headlines.setdefault(one.page, {one.title})
        if one.title not in before:
            account.edits += 1
            if one.page not in changed and "\ufffd" not in "".join((*before, one.title)):
                account.unseen_edits += 1
                account.blame("edit overlooked", at, (before, one))
        before.add(one.title)


def _judge_missing(account: Account, memory: Memory, at: datetime, told: list[Told]) -> None:
    for one in told:
        account.shown.setdefault(
            one.page if one.page not in memory.crowded else f"{one.guid}|{one.title}", at
        )
        crowded = one.page in memory.crowded
        if memory.pages.get(one.page) and not (crowded and one.title not in memory.titles):
            continue
        known = memory.guids.get(one.guid, set()) or memory.titles.get(one.title, set())
        if not crowded and (memory.guids.get(one.guid) or (one.title, one.date) in memory.stamps):
            account.moved += 1
            memory.pages.setdefault(one.page, set()).update(known)
        elif not memory.titles.get(one.title) or not crowded:
            account.misses += 1
            account.blame("missed", at, one)
    memory.stamps |= {(one.title, one.date) for one in told}


# --- at the times our pace chooses --------------------------------------------------------------------------


@dataclass(slots=True)
class Paced:
    """How our own pace would have fared."""

    name: str
    real: int  # polls somebody made
    polls: int  # we would have made
    entries: int
    missed: int  # shown to somebody, and gone before we asked
    holes: int  # likewise, behind a time without real polls: our pace saw a feed that stood still, and slept
    late: list[float]  # hours between an entry being shown to somebody and to us

    HEAD = (
        f"{'feed':52}{'real polls':>11}{'ours':>8}{'entries':>8}{'missed':>7}{'in holes':>9}"
        f"{'median late h':>14}{'most':>7}"
    )

    def __str__(self) -> str:
        late = self.late or [0.0]
        return (
            f"{self.name:52}{self.real:11}{self.polls:8}{self.entries:8}{self.missed:7}{self.holes:9}"
            f"{median(late):14.2f}{max(late):7.1f}"
        )


async def paced(history: History, store: Path, real: Account) -> Paced:
    """The answer at any moment is the last one that somebody got: what was there between is not known."""
    random.seed(1)  # the spread of polls
    made = machine(history, store)
    shown: dict[str, datetime] = {}
    asked: list[datetime] = []
    last = None
    with closing(_Closing(made)):
        for now, answer in _asked(history, made):
            await made.poll(answer, now)
            asked.append(now)
            told = entries_of(answer.body) if answer is not last else ()
            last = answer
            for one in told:
                shown |= dict.fromkeys({one.page, f"{one.guid}|{one.title}"} - shown.keys(), now)
    late = [(shown[name] - at).total_seconds() / 3600 for name, at in real.shown.items() if name in shown]
    gone = [at for name, at in real.shown.items() if at <= asked[-1] and name not in shown]
    holes = sum(_is_behind_hole(history, asked[bisect_left(asked, at) - 1], at) for at in gone)
    return Paced(
        history.name, len(history.polls), len(asked), len(real.shown), len(gone) - holes, holes, late
    )


def _is_behind_hole(history: History, asked: datetime, shown: datetime) -> bool:
    """Did nobody ask for long between our poll and what it did not see?"""
    pairs = pairwise(poll.at for poll in history.polls)
    return any(asked < later <= shown and later - earlier > HOLE for earlier, later in pairs)


def _asked(history: History, made: Machine) -> Iterator[tuple[datetime, Poll]]:
    now, at = history.polls[0].at, 0
    while now <= history.polls[-1].at:
        while at + 1 < len(history.polls) and history.polls[at + 1].at <= now:
            at += 1
        yield now, history.polls[at]
        state = made.feed.state
        now = max(now + timedelta(seconds=1), state.due_at, state.pause_until or state.due_at)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
