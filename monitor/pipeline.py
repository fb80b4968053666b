"""poll, judge, send: three short loops, two tables between them, one commit at the end of each.

    poll   feed    | fetch | read | what is fresh                    | COMMIT  entries + feed state
    judge  entry   | fetch | read | match | what was told | decide   | COMMIT  entry + matches + outbox
    send   channel | claim (COMMIT) | post                           | COMMIT  outcome

Nothing here decides: pace, fresh, matching, decide and the outbox do. Nothing here calls another loop: a
commit leaves rows that the next one finds. Killed anywhere, the work is done again, because the row that
asks for it changes only in the last commit.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, assert_never

from monitor import filling, health, pushes, seeking
from monitor.alerts import decide, matching
from monitor.errors import StoreError
from monitor.facts import facts_of
from monitor.hubs import Offer
from monitor.learning import Lessons
from monitor.model import (
    Article,
    Config,
    Decision,
    EntryState,
    Feed,
    FeedRead,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FirstLook,
    Found,
    Fresh,
    Known,
    Notice,
    Outgoing,
    Route,
    SendOutcome,
    Source,
    StoredEntry,
    Unchanged,
    Unreadable,
    host_of,
)
from monitor.ops import log
from monitor.sources import cut, fresh, own, pace, thin, trust, websub
from monitor.sources.fetch import FEED, Web
from monitor.sources.horizon import Horizon, was_reached
from monitor.store import entries, feeds, gaps, outbox, stories, upkeep
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from rules import RuleSet

Clock = Callable[[], datetime]

SETTLE_AGAIN = 1.0  # seconds
AT_ONCE = 128 * 1024  # bytes that are cut beside all else: 2 ms, and 15 for the most tags that fit
ENGLISH = ("en",)  # what rules read where nobody can tell the language


class Chat(Protocol):
    """Where alerts go: Slack, or the terminal while there is no token."""

    pace: timedelta  # between two messages to one channel

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome: ...
    async def probe(self) -> str: ...
    async def close(self) -> None: ...


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
    fetched = await web.get(feed.address, kind=FEED, validators=asked.validators)
    read, known = await _read_feed(feed, fetched, _hash(fetched), workers, db, clock())
    answer = await seeking.follow(
        feed, fetched, read, web=web, workers=workers, clock=clock, shares=partial(_shares, feed, db)
    )
    if isinstance(answer.read, FeedRead) and answer.read is not read:
        known, _ = await _known(feed, answer.read, db)
    before, feed, fetched, read = feed, answer.feed, answer.fetched, answer.read
    found, familiar = Fresh(), True
    if isinstance(read, FeedRead):
        found = await asyncio.to_thread(fresh.compare, read, feed.id, known)  # 0.4 s for 5,000 entries
        familiar = bool(read.shared or known.by_alias)
    now = clock()
    came = pace.Came(found, familiar, asked, _is_offline(feed, fetched, read, horizon, now))
    state = pace.after(feed, fetched, read, _hash(fetched), now, floor, random.random(), came)
    state, notices = health.told(before, state, len(found.new), now)
    offer = await _offer(fetched, read) if listening else None
    since = trust.known_until(before.state, state.trust, now)
    gap = await filling.gap_of(before, fetched, read, found, known, since, workers=workers, db=db, now=now)

    def keep(tx: Tx) -> str:
        if isinstance(read, FeedRead):
            feeds.keep_poll(tx, before, state, found, now)
        else:
            feeds.keep_state(tx, before, state)
        if gap:
            gaps.open_one(tx, gap)
        if isinstance(fetched, FetchFailed) and fetched.status == 429:
            _rest_host(tx, feed, fetched, now)
        for one in notices if ops_channel else ():
            outbox.put(tx, f"notice|{one.key}", ops_channel, Notice(one.text), now=now)
        return pushes.polled(tx, feed, offer, found, listening, now) if listening and offer else ""

    if told := await db.write(keep, urgent=bool(found.new or found.changed)):
        log.get().warning(told)
    return Polled(state, len(found.new), len(found.changed), tuple(one.text for one in notices))


def _rest_host(tx: Tx, feed: Feed, busy: FetchFailed, now: datetime) -> None:
    """429 speaks for all feeds of a host."""
    host = host_of(feed.address)
    times = upkeep.times_busy(tx, host, now)
    upkeep.rest(tx, host, now + pace.host_rest(busy, times), times, but=feed.id)


def _is_offline(
    feed: Feed,
    fetched: FetchOutcome,
    read: FeedRead | Unreadable | None,
    horizon: Horizon | None,
    now: datetime,
) -> bool:
    """Does this failure belong to our own line?"""
    if horizon is None:
        return False
    reached = was_reached(fetched, read, feed.state.looked)
    return horizon.saw(feed.address, reached, now) and reached is False


def _hash(fetched: FetchOutcome) -> str:
    return hashlib.sha256(fetched.body).hexdigest() if isinstance(fetched, Fetched) else ""


async def _shares(feed: Feed, db: Db, read: FeedRead) -> bool:
    """Does a document have an entry in common with what is known of the feed?"""
    known, _ = await _known(feed, read, db)
    return bool(known.by_alias)


async def _offer(fetched: FetchOutcome, read: FeedRead | Unreadable | None) -> Offer | None:
    """What an answer offers of push; None: nothing can be said, as after a 304 or an error page."""
    if not isinstance(fetched, Fetched):
        return None
    offer = await asyncio.to_thread(websub.offer_of, fetched)
    return None if isinstance(read, Unreadable) and not offer.hubs else offer


async def _read_feed(
    feed: Feed, fetched: FetchOutcome, body_hash: str, workers: Workers, db: Db, now: datetime
) -> tuple[FeedRead | Unreadable | None, Known]:
    """A document as far as it is new, and what is known of its entries. None: nothing came, or the bytes of
    last time.

    One entry may go by names that two entries of the document bear. Where the second was left out because it
    is not new, the whole document is read: only both together tell whose the names are.
    """
    read: FeedRead | Unreadable | None = None
    known = Known()
    if not isinstance(fetched, Fetched) or body_hash == feed.state.body_hash:
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
    names = await asyncio.to_thread(fresh.all_aliases, read)

    def look(tx: Tx) -> tuple[Known, Collection[str]]:
        known = entries.known(tx, feed.id, names)
        if len(read.entries) == read.total:
            return known, ()
        return known, entries.names_of(tx, known.said) - set(names)

    return await db.read(look)


async def judge(
    entry: StoredEntry,
    *,
    web: Web,
    workers: Workers,
    db: Db,
    rules: RuleSet,
    lessons: Lessons,
    routes: Mapping[str, Route],
    first_look: FirstLook,
    clock: Clock,
) -> Decision:
    """New entry -> matches and outbox rows, or the reason why not."""
    article, again_in = await _read_article(entry, web, workers)
    document = matching.document_of(article, facts_of(entry, article, clock()))
    await lessons.take(rules, document.languages or ENGLISH)
    found = await asyncio.to_thread(matching.find, rules, document)
    now = clock()

    def keep(tx: Tx) -> Decision:
        told = stories.told(tx, entry.story_key)
        as_it_stands = replace(entry, state=entries.state(tx, entry.id))  # the summary may be told meanwhile
        decision = decide.decide(as_it_stands, article, found, routes, told, first_look)
        due_at = None if again_in is None else now + again_in
        entries.keep_judgement(tx, entry, own.to_keep(article, entry.entry), found, decision, due_at, now)
        for channel, alert in decision.alerts:
            names = tuple(one.rule for one in alert.found)
            outbox.put(
                tx,
                decide.outbox_key(channel, "alert", entry.story_key, names),
                channel,
                alert,
                now=now,
                priority=decision.priority,
                tells=[(name, entry.story_key, entry.id) for name in names],
            )
        return decision

    return await db.write(keep)


async def _read_article(entry: StoredEntry, web: Web, workers: Workers) -> tuple[Article, timedelta | None]:
    """The article behind an entry, and when to ask for its page again if that may help.

    A page that does not come leaves the entry's own text: it is judged now, and once more when the page
    answers, because a word may stand only in the body.
    """
    if not web.access.pages:
        article = await _from_feed(entry, "the feed carries whole articles (pages: never)", workers)
        return replace(article, source=Source.PAGE), None
    if not entry.entry.link:
        return await _from_feed(entry, "the feed gives no link", workers), None
    fetched = await web.page(entry.entry.link, again=entry.revision > 1 or entry.tries > 0)
    match fetched:
        case Fetched():
            read = await workers.read_page(fetched.body, fetched.url, fetched.content_type, entry)
            if isinstance(read, Unreadable):
                return await _from_feed(entry, read.reason, workers), pace.page_again(read, entry.tries)
            kept = replace(read, keep=read.keep and fetched.keep)
            return kept, thin.again_in(entry.tries) if read.passing else None
        case FetchFailed():
            again_in = pace.page_again(fetched, entry.tries)
            return await _from_feed(entry, fetched.reason, workers), again_in
        case Unchanged():
            return await _from_feed(entry, "the page answered 304 to a first request", workers), None
        case other:
            assert_never(other)


async def _from_feed(entry: StoredEntry, why: str, workers: Workers) -> Article:
    read = await workers.read_entry(entry, why)
    return own.from_entry(entry.entry, why) if isinstance(read, Unreadable) else read


async def tell_first_look(config: Config, *, db: Db, clock: Clock) -> bool:
    """What feeds carried when first seen -> one message a channel, once all of it has been judged."""
    if not await db.read(entries.first_look_done):
        return False
    now = clock()

    def keep(tx: Tx) -> bool:
        if not entries.first_look_done(tx):
            return False
        look = entries.first_look_progress(tx)
        waiting = [(entry, _routed(found, config.routes)) for entry, found in entries.held(tx)]
        held = [(entry, found) for entry, found in waiting if found]
        if held or config.first_look is FirstLook.SUMMARY:
            _put_summary(tx, held, look, config, now)
        gone = [entry.id for entry, found in waiting if not found]
        entries.tell_held(tx, gone, EntryState.SILENT, "matched at first look, by rules that are gone", now)
        entries.first_look_told(tx)
        return True

    return await db.write(keep)


def _put_summary(
    tx: Tx, held: Sequence[decide.Held], look: entries.Look, config: Config, now: datetime
) -> None:
    alerts = decide.summarise(
        held,
        config.routes,
        config.slack.channel,
        feeds=look.looked,
        rules=len(config.rules),
        entries=look.judged,
    )
    for channel, alert, tells in alerts:
        key = decide.outbox_key(channel, "first look", now.isoformat(), [])
        outbox.put(tx, key, channel, alert, now=now, tells=tells)
    reason = "matched at first look; told in the summary"
    entries.tell_held(tx, [entry.id for entry, _ in held], EntryState.TOLD, reason, now)


def _routed(found: tuple[Found, ...], routes: Mapping[str, Route]) -> tuple[Found, ...]:
    """Without the rules that a reload has taken away since."""
    return tuple(one for one in found if one.rule in routes)


async def send(channel: str, *, chat: Chat, db: Db, clock: Clock) -> tuple[Outgoing, SendOutcome] | None:
    """Next outbox row of a channel -> outcome; None: nothing is due.

    The claim is durable before the first byte goes out, so a kill never leaves an alert that looks unsent.
    """
    out = await db.write(lambda tx: outbox.claim(tx, channel, clock()))
    if out is None:
        return None
    outcome = await chat.send(out, clock())
    await _settle(out, outcome, db, clock())
    return out, outcome


async def _settle(out: Outgoing, outcome: SendOutcome, db: Db, now: datetime) -> None:
    """Only we know what became of it, so a store that fails (a full disk) is asked until it takes it.

    Given up, the message would be unknown after the next start, and never be sent again.
    """
    while True:
        try:
            return await db.write(lambda tx: outbox.settle(tx, out, outcome, now))
        except StoreError as error:
            log.get().error("what became of an alert cannot be kept yet", alert=out.id, reason=str(error))
            await asyncio.sleep(SETTLE_AGAIN)
