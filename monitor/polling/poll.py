"""One poll of one feed: ask, follow where the answer leads, read what is new, compare, decide, keep.

Trust says what to ask, seeking where the entries stand, fresh what is new, pace when to come again, health
what people have to know, filling whether something may be missing. All of it is kept in one commit.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.model import (
    Feed,
    FeedRead,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Fresh,
    Known,
    Unreadable,
    host_of,
)
from monitor.model.hubs import Offer
from monitor.model.upkeep import Gap
from monitor.ops import log
from monitor.polling import filling, health, notices, pushes, seeking
from monitor.polling.health import Told
from monitor.polling.seeking import Answer
from monitor.sources import cut, fresh, pace, trust, websub
from monitor.sources.fetch import Web
from monitor.sources.horizon import Horizon, proxy_trouble, was_reached
from monitor.sources.trust import Question
from monitor.store import entries, feeds, gaps, upkeep
from monitor.store.db import Db, Tx
from monitor.workers import Workers

Clock = Callable[[], datetime]

FEW = 100  # entries that are compared beside all else: 1 ms
AT_ONCE = 128 * 1024  # bytes that are cut beside all else: 2 ms, and 15 for the most tags that fit


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll left behind."""

    state: FeedState
    new: int = 0
    changed: int = 0
    notices: tuple[str, ...] = ()  # for people, who have to know of them


async def poll(
    feed: Feed,
    *,
    web: Web,
    workers: Workers,
    db: Db,
    floor: timedelta,
    clock: Clock,
    listening: datetime | None = None,
    horizon: Horizon | None = None,
    ops_channel: str = "",
) -> Polled:
    """World -> new entries. Validators are committed with the entries they stand for, or not at all.

    `listening`: since when hubs can reach us; None: they cannot, and what feeds offer of push is left alone.
    `horizon`: what other polls see of the web; None: this one stands alone. `ops_channel` empty: nobody is
    told of the feed's health.
    """
    asked = trust.question(feed.state, clock())
    answer, known = await _ask(feed, asked, web, workers, db, clock)
    found = await _compare(answer, known)
    familiar = not isinstance(answer.read, FeedRead) or bool(answer.read.shared or known.by_alias)
    now = clock()
    came = pace.Came(found, familiar, asked, _is_offline(answer, horizon, now))
    state, told = _next_state(feed, answer, came, floor, now)
    outcome = _Outcome(
        answer,
        found,
        state,
        told,
        gap=await _gap(feed, answer, found, known, state, workers, db, now),
        offer=await _offer(answer) if listening else None,
    )
    said = await db.write(
        lambda tx: _keep(tx, feed, outcome, ops_channel, listening, now),
        urgent=feed.state.looked and bool(found.new or found.changed),  # nobody waits for a first look
    )
    if said:
        log.get().warning(said)
    return Polled(state, len(found.new), len(found.changed), tuple(one.text for one in told))


# --- asked and read ----------------------------------------------------------------------------------------


async def _ask(
    feed: Feed, asked: Question, web: Web, workers: Workers, db: Db, clock: Clock
) -> tuple[Answer, Known]:
    """What the feed answers, wherever its entries stand, and what is known of them."""
    fetched = await web.get(feed.address, kind=seeking.kind_of(feed), validators=asked.validators)
    read, known = await _read_feed(feed, fetched, workers, db, clock())
    answer = await seeking.follow(
        feed, fetched, read, web=web, workers=workers, clock=clock, shares=partial(_shares, feed, db)
    )
    if isinstance(answer.read, FeedRead) and answer.read is not read:
        known, _ = await _known(feed, answer.read, db)
    return answer, known


async def _compare(answer: Answer, known: Known) -> Fresh:
    """In a thread where it may take long: 5,000 entries take 0.2 s, and edits are compared word by word."""
    if not isinstance(answer.read, FeedRead):
        return Fresh()
    if len(answer.read.entries) <= FEW and not known.said:
        return fresh.compare(answer.read, answer.feed.id, known)
    return await asyncio.to_thread(fresh.compare, answer.read, answer.feed.id, known)


async def _read_feed(
    feed: Feed, fetched: FetchOutcome, workers: Workers, db: Db, now: datetime
) -> tuple[FeedRead | Unreadable | None, Known]:
    """A document as far as it is new, and what is known of its entries. None: nothing came, or the bytes of
    last time.

    One entry may go by names that two entries of the document bear. Where the second was left out because it
    is not new, the whole document is read: only both together tell whose the names are.
    """
    read: FeedRead | Unreadable | None = None
    known = Known()
    if not isinstance(fetched, Fetched) or _hash(fetched) == feed.state.body_hash:
        return read, known
    for marks in (feed.state.marks, cut.frameless(feed.state.marks)):
        read = await _read_unseen(fetched, marks, workers, now)
        if not isinstance(read, FeedRead) or not read.entries:
            break
        known, elsewhere = await _known(feed, read, db)
        if not cut.bears(read.marks, elsewhere):
            break
    return read, known


async def _read_unseen(
    fetched: Fetched, marks: bytes, workers: Workers, now: datetime
) -> FeedRead | Unreadable:
    """No way to a worker where nothing is new: that costs more than to see it."""
    document = (fetched.body, fetched.url, fetched.content_type)
    if len(fetched.body) <= AT_ONCE:
        seen = cut.unchanged(*document, marks)
    else:
        seen = await asyncio.to_thread(cut.unchanged, *document, marks)
    return seen or await workers.read_feed(*document, now, marks)


async def _known(feed: Feed, read: FeedRead, db: Db) -> tuple[Known, Collection[str]]:
    """What is known of the entries that were read; and by which other names, where some were left out."""

    def look(tx: Tx) -> tuple[Known, Collection[str]]:
        names = fresh.all_aliases(read)
        known = entries.known(tx, feed.id, names)
        if len(read.entries) == read.total:
            return known, ()
        return known, entries.names_of(tx, known.said) - set(names)

    return await db.read(look)


async def _shares(feed: Feed, db: Db, read: FeedRead) -> bool:
    """Does a document have an entry in common with what is known of the feed?"""
    known, _ = await _known(feed, read, db)
    return bool(known.by_alias)


def _hash(fetched: FetchOutcome) -> str:
    return hashlib.sha256(fetched.body).hexdigest() if isinstance(fetched, Fetched) else ""


# --- decided -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a poll leads to, before it is kept."""

    answer: Answer
    found: Fresh
    state: FeedState
    told: tuple[Told, ...]
    gap: Gap | None
    offer: Offer | None


def _next_state(
    before: Feed, answer: Answer, came: pace.Came, floor: timedelta, now: datetime
) -> tuple[FeedState, tuple[Told, ...]]:
    digest = _hash(answer.fetched)
    state = pace.after(answer.feed, answer.fetched, answer.read, digest, now, floor, random.random(), came)
    return health.told(before, state, len(came.found.new), now)


async def _gap(
    before: Feed,
    answer: Answer,
    found: Fresh,
    known: Known,
    state: FeedState,
    workers: Workers,
    db: Db,
    now: datetime,
) -> Gap | None:
    since = trust.known_until(before.state, state.trust, now)
    return await filling.gap_of(
        before, answer.fetched, answer.read, found, known, since, workers=workers, db=db, now=now
    )


def _is_offline(answer: Answer, horizon: Horizon | None, now: datetime) -> bool:
    """Does this failure belong to our own line?"""
    if horizon is None:
        return False
    reached = was_reached(answer.fetched, answer.read, answer.feed.state.looked)
    proxy = proxy_trouble(answer.fetched)
    since = answer.feed.state.failing_since
    return horizon.saw(answer.feed.address, reached, now, proxy, failing_since=since) and reached is False


async def _offer(answer: Answer) -> Offer | None:
    """What an answer offers of push; None: nothing can be said, as after a 304 or an error page."""
    if not isinstance(answer.fetched, Fetched):
        return None
    offer = await asyncio.to_thread(websub.offer_of, answer.fetched)
    return None if isinstance(answer.read, Unreadable) and not offer.hubs else offer


# --- kept --------------------------------------------------------------------------------------------------


def _keep(
    tx: Tx, before: Feed, outcome: _Outcome, ops_channel: str, listening: datetime | None, now: datetime
) -> str:
    """All of it, or nothing. Returns what the log has to say of push."""
    answer = outcome.answer
    if isinstance(answer.read, FeedRead):
        feeds.keep_poll(tx, before, outcome.state, outcome.found, now)
    else:
        feeds.keep_state(tx, before, outcome.state)
    if outcome.gap:
        gaps.open_one(tx, outcome.gap)
    if isinstance(answer.fetched, FetchFailed) and answer.fetched.status == 429:
        _rest_host(tx, answer.feed, answer.fetched, now)
    for one in outcome.told:
        notices.tell(tx, one, ops_channel, now)
    if not (listening and outcome.offer):
        return ""
    return pushes.polled(tx, answer.feed, outcome.offer, outcome.found, listening, now)


def _rest_host(tx: Tx, feed: Feed, busy: FetchFailed, now: datetime) -> None:
    """429 speaks for all feeds of a host."""
    host = host_of(feed.address)
    times = upkeep.times_busy(tx, host, now)
    upkeep.rest(tx, host, now + pace.host_rest(busy, times), times, but=feed.id)
