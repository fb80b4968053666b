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
from monitor.sources import archive, discover
from monitor.sources.decode import MB
from monitor.sources.discover import Candidate
from monitor.sources.fetch import FEED, ROBOTS, Kind, Web
from monitor.sources.gaps import FEWEST
from monitor.workers import Workers

AGAIN = timedelta(days=7)  # a page that named no feed is not searched again before
LOST = timedelta(days=1)  # a found feed that fails for so long is looked for anew
DEPTH = 2  # an index, and one in it
MOST_ASKED = 8  # documents of one index, in one poll; those of an index in it included

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
    parts = parts_of(state.parts, answer.fetched, read)
    if not parts:
        kept = replace(answer.feed, state=replace(state, parts=())) if index and state.parts else answer.feed
        return replace(answer, feed=kept)
    got = await gather(parts, index, answer.feed, web=web, workers=workers, clock=clock, shares=shares)
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
    known: Sequence[Part], fetched: FetchOutcome, read: FeedRead | Unreadable | None
) -> tuple[Part, ...]:
    """The documents to ask: those that an index names now; those of last time, if it is as it was."""
    named = {part.url: part for part in known}
    if isinstance(read, FeedRead):
        return tuple(named.get(url, Part(url)) for url in read.parts)
    return tuple(known) if read is None and not isinstance(fetched, FetchFailed) else ()


async def gather(
    parts: Sequence[Part],
    index: FeedRead | None,
    feed: Feed,
    *,
    web: Web,
    workers: Workers,
    clock: Clock,
    shares: Shares,
) -> Gathered:
    """Every part, one after the other; one that fails is asked again next time, and costs the others none."""
    gatherer = _Gatherer(feed, web, workers, clock, shares)
    kept = await gatherer.ask(parts)
    if not gatherer.answered:
        itself = FetchFailed(Cause.BROKEN, "an index of sitemaps that names nothing but itself")
        return Gathered(None, kept, next(iter(gatherer.failures), itself))
    return Gathered(gatherer.joined(index, kept) if index or gatherer.reads else None, kept)


class _Gatherer:
    """The documents of one index, as far as they are asked, and what they hold."""

    def __init__(self, feed: Feed, web: Web, workers: Workers, clock: Clock, shares: Shares) -> None:
        self._web, self._workers, self._clock, self._shares = web, workers, clock, shares
        self._begun = feed.state.marks
        self._memory = self._begun if archive.is_memory(self._begun) else b""
        self._asked = {feed.address}
        self._torn = False
        self.answered = 0  # documents that could be had
        self.reads: list[FeedRead] = []
        self.failures: list[FetchFailed] = []

    async def ask(self, parts: Sequence[Part], deeper: bool = True) -> tuple[Part, ...]:
        """The parts as they are to be remembered. `deeper`: one may be an index itself, but none in that."""
        return tuple([await self._part(part, deeper) for part in parts])

    async def _part(self, part: Part, deeper: bool) -> Part:
        if part.url in self._asked or len(self._asked) > MOST_ASKED:
            return part
        self._asked.add(part.url)
        validators = Validators(part.etag, part.last_modified)
        fetched = await self._web.get(part.url, kind=SITEMAP, validators=validators)
        match fetched:
            case FetchFailed():
                self.failures.append(fetched)
                return part
            case Unchanged():
                kept, read = _kept(part, fetched.validators), None
            case Fetched():
                kept, read = await self._read(part, fetched)
            case other:
                assert_never(other)
        return await self._within(kept, fetched, read, deeper)

    async def _read(self, part: Part, fetched: Fetched) -> tuple[Part, FeedRead | Unreadable | None]:
        """A part as it is to be remembered, and what it holds; None: what it held before."""
        digest = hashlib.sha256(fetched.body).hexdigest()
        if digest == part.body_hash:
            return _kept(part, fetched.validators), None
        marks = archive.during(self._begun, self._memory)
        document = (fetched.body, fetched.url, fetched.content_type)
        read = await self._workers.read_feed(*document, self._clock(), marks)
        if isinstance(read, Unreadable):
            return part, read
        if part.body_hash and not read.archive and len(read.entries) >= FEWEST:
            self._torn = self._torn or not await self._shares(read)
        if not read.complete:
            return part, read
        return replace(_kept(part, fetched.validators), body_hash=digest), read

    async def _within(
        self, part: Part, fetched: FetchOutcome, read: FeedRead | Unreadable | None, deeper: bool
    ) -> Part:
        """What a part holds is taken in, or what its own parts hold."""
        if within := parts_of(part.parts, fetched, read):
            if deeper:
                return replace(part, parts=await self.ask(within, deeper=False))
            read = Unreadable("an index in an index in an index of sitemaps")
        if isinstance(read, Unreadable):
            self.failures.append(FetchFailed(Cause.BROKEN, read.reason))
            return part
        self.answered += 1
        self.reads += [read] if read else []
        if read and read.archive:
            self._memory = await asyncio.to_thread(archive.joined, self._memory, read.marks)
        return replace(part, parts=())

    def joined(self, index: FeedRead | None, parts: Sequence[Part]) -> FeedRead:
        """As one document. Parts turn over with the months, so all that they hold counts as shared: each
        tells for itself whether something may be missing."""
        entries = tuple(entry for read in self.reads for entry in read.entries)
        total = sum(read.total for read in self.reads)
        return FeedRead(
            title=next((read.title for read in self.reads if read.title), ""),
            entries=entries,
            complete=all(read.complete for read in (*self.reads, *filter(None, [index]))),
            language=next((read.language for read in self.reads if read.language), ""),
            total=total,
            shared=total,
            marks=self._memory,
            parts=tuple(part.url for part in parts),
            torn=self._torn,
            left=sum(read.left for read in self.reads),
        )


def _kept(part: Part, validators: Validators) -> Part:
    return replace(part, etag=validators.etag, last_modified=validators.last_modified)
