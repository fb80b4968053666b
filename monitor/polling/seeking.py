"""Where the entries stand when an address answers something else: the feed that its page names, the documents
of a sitemap index. Every request goes through the one door, a host at a time, and there are few of them.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.model import (
    Cause,
    Feed,
    FeedRead,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Unchanged,
    Unreadable,
    Validators,
)
from monitor.model.upkeep import Part
from monitor.sources import archive, discover, parts
from monitor.sources.decode import MB
from monitor.sources.discover import Candidate
from monitor.sources.fetch import FEED, ROBOTS, Kind, Web
from monitor.sources.gaps import FEWEST
from monitor.words import counted
from monitor.workers import Workers

AGAIN = timedelta(days=7)  # a page that named no feed is not searched again before
LOST = timedelta(days=1)  # a found feed that fails for so long is looked for anew
DEPTH = 2  # an index, and one in it
MOST_ASKED = 8  # documents of one index, in one poll; those of an index in it included
MOST_READ = 32 * MB  # of them in one poll: the rest has its turn at the next

# 50,000 pages with all that is said of one are 9 MB; 50, which the protocol allows, are too many to hold.
SITEMAP = Kind(FEED.accept, 16 * MB)

Clock = Callable[[], datetime]
Shares = Callable[[FeedRead], Awaitable[bool]]  # has a document an entry that is known of the feed?


def kind_of(feed: Feed) -> Kind:
    """How a feed is asked for: one that may be a sitemap may be longer."""
    is_one = archive.is_memory(feed.state.marks) or bool(feed.state.parts)
    return SITEMAP if is_one else kind_at(feed.address)


def kind_at(url: str) -> Kind:
    """The same, of an address of which nothing else is known."""
    return SITEMAP if "sitemap" in url.lower() else FEED


@dataclass(frozen=True, slots=True)
class Answer:
    """What a poll of a feed came to, wherever its entries stand. `feed` remembers where that is."""

    feed: Feed
    fetched: FetchOutcome
    read: FeedRead | Unreadable | None


async def follow(
    feed: Feed,
    fetched: FetchOutcome,
    read: FeedRead | Unreadable | None,
    *,
    web: Web,
    workers: Workers,
    clock: Clock,
    shares: Shares,
) -> Answer:
    """An answer, or what it leads to: the feed of a page, the parts of an index. Most lead nowhere."""
    answer, now = Answer(feed, fetched, read), clock()
    if isinstance(fetched, Fetched) and is_worth_seeking(feed, read, now):
        answer = await _sought(answer, fetched, web, workers, clock, shares)
    elif is_lost(feed, now) and (isinstance(fetched, FetchFailed) or isinstance(read, Unreadable)):
        return replace(answer, feed=_forgotten(feed))
    return await _gathered(answer, web, workers, clock, shares)


async def _sought(
    answer: Answer, page: Fetched, web: Web, workers: Workers, clock: Clock, shares: Shares
) -> Answer:
    """A feed that was one before is only followed to one of the same entries: an error page may name any."""
    found = await first_feed(page, web=web, workers=workers, clock=clock)
    state = replace(answer.feed.state, sought_at=clock())
    if found is None or not isinstance(found.read, FeedRead) or not isinstance(found.fetched, Fetched):
        return _not_found(answer, state, "no feed was found there either: write its own address")
    if state.looked and not await shares(found.read):
        return _not_found(answer, state, "and the feed it names has other entries than this one had")
    feed = replace(answer.feed, state=replace(state, address=found.candidate.url))
    return Answer(feed, replace(found.fetched, moved_to=""), found.read)


def _not_found(answer: Answer, state: FeedState, why: str) -> Answer:
    read = answer.read
    told = replace(read, reason=f"{read.reason}; {why}") if isinstance(read, Unreadable) else read
    return replace(answer, feed=replace(answer.feed, state=state), read=told)


def _forgotten(feed: Feed) -> Feed:
    """Its address is that of config.yaml again, of which nothing is known."""
    state = replace(feed.state, address="", sought_at=None, validators=Validators(), body_hash="", marks=b"")
    return replace(feed, state=state)


async def _gathered(answer: Answer, web: Web, workers: Workers, clock: Clock, shares: Shares) -> Answer:
    state, read = answer.feed.state, answer.read
    index = read if isinstance(read, FeedRead) else None
    documents = parts_of(state.parts, answer.fetched, read, clock())
    if not documents:
        kept = replace(answer.feed, state=replace(state, parts=())) if index and state.parts else answer.feed
        return replace(answer, feed=kept)
    got = await gather(documents, index, answer.feed, web=web, workers=workers, clock=clock, shares=shares)
    feed = replace(answer.feed, state=replace(state, parts=got.parts))
    return Answer(feed, got.failed or answer.fetched, got.read)


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate, and what stood there."""

    candidate: Candidate
    fetched: FetchOutcome
    read: FeedRead | Unreadable

    @property
    def is_feed(self) -> bool:
        """With something in it: sites name feeds of comments that nobody ever made."""
        return isinstance(self.read, FeedRead) and bool(self.read.total or self.read.parts)


async def read_at(
    url: str, *, web: Web, workers: Workers, clock: Clock, kind: Kind | None = None, marks: bytes = b""
) -> Tried:
    """What stands at an address, as far as it is new to these marks."""
    return await _tried(Candidate(url), web, workers, clock, kind, marks)


async def _tried(
    candidate: Candidate,
    web: Web,
    workers: Workers,
    clock: Clock,
    kind: Kind | None = None,
    marks: bytes = b"",
) -> Tried:
    fetched = await web.get(candidate.url, kind=kind or kind_at(candidate.url))
    match fetched:
        case Fetched():
            read = await workers.read_feed(fetched.body, fetched.url, fetched.content_type, clock(), marks)
        case FetchFailed():
            read = Unreadable(fetched.reason)
        case Unchanged():
            read = Unreadable("it answered 304 to a first request")
        case other:
            assert_never(other)
    return Tried(candidate, fetched, read)


# --- the feed of a page ------------------------------------------------------------------------------------


def is_worth_seeking(feed: Feed, read: FeedRead | Unreadable | None, now: datetime) -> bool:
    """Is it a page where a feed should be, that was not searched lately? No challenge, login or firewall."""
    if not isinstance(read, Unreadable) or read.passing or read.cause is not Cause.NOT_A_FEED:
        return False
    sought_at = feed.state.sought_at
    return not feed.state.address and (sought_at is None or now - sought_at >= AGAIN)


def is_lost(feed: Feed, now: datetime) -> bool:
    """A feed that was found on a page, and has failed for long: its site may have another one now."""
    state = feed.state
    found = bool(state.address) and state.sought_at is not None
    return found and state.failing_since is not None and now - state.failing_since >= LOST


async def seek(page: Fetched, *, web: Web, workers: Workers, clock: Clock) -> AsyncIterator[Tried]:
    """All that a page names, as it turns out. If there is no feed among it, the usual places and then the
    sitemaps of its host, up to the first that is one. Nothing, if it is no web page.
    """
    named = await workers.find_feeds(page.body, page.url)
    if isinstance(named, Unreadable):
        return
    found = False
    for candidate in named:
        tried = await _tried(candidate, web, workers, clock)
        found = found or tried.is_feed
        yield tried
    if found:
        return
    async for candidate in _elsewhere(page.url, web):
        tried = await _tried(candidate, web, workers, clock)
        yield tried
        if tried.is_feed:
            return


async def _elsewhere(url: str, web: Web) -> AsyncIterator[Candidate]:
    for candidate in discover.guesses(url):
        if candidate.url != url:  # it has just been asked
            yield candidate
    robots = await web.get(discover.robots_of(url), kind=ROBOTS)
    if isinstance(robots, Fetched):
        for candidate in discover.sitemaps(robots.body, robots.url):
            yield candidate


async def first_feed(page: Fetched, *, web: Web, workers: Workers, clock: Clock) -> Tried | None:
    async for tried in seek(page, web=web, workers=workers, clock=clock):
        if tried.is_feed:
            return tried
    return None


# --- the documents of an index -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the parts of an index hold. `read` None: what they held before. `failed`: no part could be had."""

    read: FeedRead | None
    parts: tuple[Part, ...]
    failed: FetchFailed | None = None


def parts_of(
    known: Sequence[Part], fetched: FetchOutcome, read: FeedRead | Unreadable | None, now: datetime
) -> tuple[Part, ...]:
    """The documents that an index names now; those of last time, if it is as it was."""
    if isinstance(read, FeedRead):
        return parts.named(known, read.parts, now)
    return tuple(known) if read is None and not isinstance(fetched, FetchFailed) else ()


async def gather(
    documents: Sequence[Part],
    index: FeedRead | None,
    feed: Feed,
    *,
    web: Web,
    workers: Workers,
    clock: Clock,
    shares: Shares,
) -> Gathered:
    """Every part whose turn it is, one after the other; one that fails costs the others nothing."""
    gatherer = _Gatherer(feed, web, workers, clock, shares)
    kept = await gatherer.ask(documents)
    if not gatherer.answered:
        itself = FetchFailed(Cause.BROKEN, "an index of sitemaps that names nothing but itself")
        return Gathered(None, kept, next(iter(gatherer.failures), itself))
    if index is None and not gatherer.reads and not any(part.failures for part in (*documents, *kept)):
        return Gathered(None, kept)
    return Gathered(gatherer.joined(index, kept), kept)


class _Gatherer:
    """The documents of one index, as far as they are asked, and what they hold."""

    def __init__(self, feed: Feed, web: Web, workers: Workers, clock: Clock, shares: Shares) -> None:
        self._web, self._workers, self._clock, self._shares = web, workers, clock, shares
        self._carried = feed.state.carried
        self._begun = feed.state.marks
        self._memory = self._begun if archive.is_memory(self._begun) else b""
        self._asked = {feed.address}
        self._size = 0  # bytes that were read
        self._torn = False
        self.answered = 0  # documents that could be had
        self.reads: list[FeedRead] = []
        self.failures: list[FetchFailed] = []

    async def ask(self, documents: Sequence[Part], deeper: bool = True) -> tuple[Part, ...]:
        """The parts as they are to be remembered. `deeper`: one may be an index itself, but none in that."""
        now, kept = self._clock(), {part.url: part for part in documents}
        late = parts.late(documents, now)
        others = [part for part in documents if part.url not in self._asked]
        for part in parts.due(others, now, MOST_ASKED):
            if self._has_room and part.url not in self._asked:
                self._asked.add(part.url)
                kept[part.url] = await self._part(part, part.url in late, deeper)
        return tuple(kept.values())

    @property
    def _has_room(self) -> bool:
        return len(self._asked) <= MOST_ASKED and self._size < MOST_READ

    async def _part(self, part: Part, late: bool, deeper: bool) -> Part:
        validators = Validators(part.etag, part.last_modified)
        fetched = await self._web.get(part.url, kind=SITEMAP, validators=validators)
        match fetched:
            case FetchFailed():
                return self._failed(part, fetched)
            case Unchanged():
                kept, read = parts.asked(_kept(part, fetched.validators), self._clock()), None
            case Fetched():
                self._size += len(fetched.body)
                kept, read = await self._read(part, fetched, late)
            case other:
                assert_never(other)
        return await self._within(part, kept, fetched, read, deeper)

    def _failed(self, part: Part, failed: FetchFailed) -> Part:
        self.failures.append(failed)
        return parts.failed(part, self._clock())

    async def _read(
        self, part: Part, fetched: Fetched, late: bool
    ) -> tuple[Part, FeedRead | Unreadable | None]:
        """A part as it is to be remembered, and what it holds; None: what it held before."""
        now, digest = self._clock(), hashlib.sha256(fetched.body).hexdigest()
        if digest == part.body_hash:
            return parts.asked(_kept(part, fetched.validators), now), None
        marks = archive.during(self._begun, self._memory)
        document = (fetched.body, fetched.url, fetched.content_type)
        read = await self._workers.read_feed(*document, now, marks)
        if isinstance(read, Unreadable):
            return part, read
        if part.body_hash and not read.archive and len(read.entries) >= FEWEST:
            self._torn = self._torn or not await self._shares(read)
        read = parts.begun(read, part) if late else read
        if not read.complete:
            return replace(part, asked_at=now), read
        return parts.asked(_kept(part, fetched.validators), now, digest), read

    async def _within(
        self, part: Part, kept: Part, fetched: FetchOutcome, read: FeedRead | Unreadable | None, deeper: bool
    ) -> Part:
        """What a part holds is taken in, or what its own parts hold."""
        if within := parts_of(part.parts, fetched, read, self._clock()):
            if deeper:
                return replace(kept, parts=await self.ask(within, deeper=False))
            read = Unreadable("an index in an index in an index of sitemaps")
        if isinstance(read, Unreadable):
            return self._failed(part, FetchFailed(Cause.BROKEN, read.reason))
        self.answered += 1
        self.reads += [read] if read else []
        if read and read.archive:
            self._memory = await asyncio.to_thread(archive.joined, self._memory, read.marks)
        return replace(kept, parts=())

    def joined(self, index: FeedRead | None, documents: tuple[Part, ...]) -> FeedRead:
        """As one document. Parts turn over with the months, so all that they hold counts as shared: each
        tells for itself whether something may be missing. Those whose turn it was not hold what they held."""
        entries = tuple(entry for read in self.reads for entry in read.entries)
        total = max(self._carried, sum(read.total for read in self.reads))
        return FeedRead(
            title=next((read.title for read in self.reads if read.title), ""),
            entries=entries,
            complete=all(read.complete for read in (*self.reads, *filter(None, [index]))),
            language=next((read.language for read in self.reads if read.language), ""),
            total=total,
            shared=total,
            marks=self._memory,
            parts=documents,
            torn=self._torn,
            left=sum(read.left for read in self.reads),
            trouble=self._trouble(index, documents),
        )

    def _trouble(self, index: FeedRead | None, documents: Sequence[Part]) -> str:
        """A part that fails; else what is left out of one, or of the index itself."""
        bad = [part for part in documents if part.failures]
        why = next((f": {failed.reason}" for failed in self.failures), "")
        if bad:
            return f"{len(bad):,} of its {counted(len(documents), 'sitemap')} cannot be read{why}"
        return next((read.trouble for read in (*self.reads, *filter(None, [index])) if read.trouble), "")


def _kept(part: Part, validators: Validators) -> Part:
    return replace(part, etag=validators.etag, last_modified=validators.last_modified)
