"""Where the entries stand when an address answers something else: the feed that its page names, the documents
of a sitemap index. Every request goes through the one door, a host at a time, and there are few of them.
"""

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
from monitor.sources import discover, sitemap
from monitor.sources.discover import Candidate
from monitor.sources.fetch import FEED, ROBOTS, Web
from monitor.workers import Workers

AGAIN = timedelta(days=7)  # a page that named no feed is not searched again before
LOST = timedelta(days=1)  # a found feed that fails for so long is looked for anew

Clock = Callable[[], datetime]


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
    shares: Callable[[FeedRead], Awaitable[bool]],
) -> Answer:
    """An answer, or what it leads to: the feed of a page, the parts of an index. Most lead nowhere.

    `shares`: does a document have an entry in common with what is known of the feed?
    """
    answer, now = Answer(feed, fetched, read), clock()
    if isinstance(fetched, Fetched) and is_worth_seeking(feed, read, now):
        answer = await _sought(answer, fetched, web, workers, clock, shares)
    elif is_lost(feed, now) and (isinstance(fetched, FetchFailed) or isinstance(read, Unreadable)):
        return replace(answer, feed=_forgotten(feed))
    return await _gathered(answer, web, workers, clock)


async def _sought(
    answer: Answer,
    page: Fetched,
    web: Web,
    workers: Workers,
    clock: Clock,
    shares: Callable[[FeedRead], Awaitable[bool]],
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


async def _gathered(answer: Answer, web: Web, workers: Workers, clock: Clock) -> Answer:
    state, read = answer.feed.state, answer.read
    index = sitemap.aged(read, state, clock()) if isinstance(read, FeedRead) else None
    parts = parts_of(state, answer.fetched, read)
    if not parts:
        kept = replace(answer.feed, state=replace(state, parts=())) if index and state.parts else answer.feed
        return Answer(kept, answer.fetched, index or read)
    got = await gather(parts, index, state, web=web, workers=workers, clock=clock)
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
        return isinstance(self.read, FeedRead) and bool(self.read.entries or self.read.parts)


async def read_at(url: str, *, web: Web, workers: Workers, clock: Clock) -> Tried:
    """What stands at an address."""
    return await _tried(Candidate(url), web, workers, clock)


async def _tried(candidate: Candidate, web: Web, workers: Workers, clock: Clock) -> Tried:
    fetched = await web.get(candidate.url, kind=FEED)
    match fetched:
        case Fetched():
            read = await workers.read_feed(fetched.body, fetched.url, fetched.content_type, clock())
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


def parts_of(state: FeedState, fetched: FetchOutcome, read: FeedRead | Unreadable | None) -> tuple[Part, ...]:
    """The documents to ask: those that an index names now; those of last time, if it is as it was."""
    known = {part.url: part for part in state.parts}
    if isinstance(read, FeedRead):
        return tuple(known.get(url, Part(url)) for url in read.parts)
    return state.parts if read is None and not isinstance(fetched, FetchFailed) else ()


async def gather(
    parts: Sequence[Part],
    index: FeedRead | None,
    state: FeedState,
    *,
    web: Web,
    workers: Workers,
    clock: Clock,
) -> Gathered:
    """Every part, one after the other; one that fails is asked again next time, and costs the others none."""
    asked = [await _part(part, web, workers, clock) for part in parts]
    reads = [sitemap.aged(read, state, clock()) for _, read in asked if isinstance(read, FeedRead)]
    failures = [failed for _, failed in asked if isinstance(failed, FetchFailed)]
    kept = tuple(part for part, _ in asked)
    if failures and len(failures) == len(asked):
        return Gathered(None, kept, failures[0])
    return Gathered(_joined(index, reads) if index or reads else None, kept)


async def _part(
    part: Part, web: Web, workers: Workers, clock: Clock
) -> tuple[Part, FeedRead | FetchFailed | None]:
    """A part as it is to be remembered, and what it holds; None: what it held before."""
    fetched = await web.get(part.url, kind=FEED, validators=Validators(part.etag, part.last_modified))
    match fetched:
        case FetchFailed():
            return part, fetched
        case Unchanged():
            return _kept(part, fetched.validators), None
        case Fetched():
            return await _part_read(part, fetched, workers, clock)
        case other:
            assert_never(other)


async def _part_read(
    part: Part, fetched: Fetched, workers: Workers, clock: Clock
) -> tuple[Part, FeedRead | FetchFailed | None]:
    digest = hashlib.sha256(fetched.body).hexdigest()
    if digest == part.body_hash:
        return _kept(part, fetched.validators), None
    read = await workers.read_feed(fetched.body, fetched.url, fetched.content_type, clock())
    if isinstance(read, Unreadable):
        return part, FetchFailed(Cause.BROKEN, read.reason)
    now = replace(_kept(part, fetched.validators), body_hash=digest)
    return (now if read.complete else part), read


def _kept(part: Part, validators: Validators) -> Part:
    return replace(part, etag=validators.etag, last_modified=validators.last_modified)


def _joined(index: FeedRead | None, reads: Sequence[FeedRead]) -> FeedRead:
    """As one document. Parts turn over with the months: that the new one shares no entry with the last is no
    gap, so all count as shared."""
    entries = tuple(entry for read in reads for entry in read.entries)
    return FeedRead(
        title=next((read.title for read in reads if read.title), ""),
        entries=entries,
        complete=all(read.complete for read in (*reads, *filter(None, [index]))),
        language=next((read.language for read in reads if read.language), ""),
        total=len(entries),
        shared=len(entries),
        parts=index.parts if index else (),
    )
