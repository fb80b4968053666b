"""poll, judge, send: three short loops, two tables between them, one commit at the end of each.

    poll   feed    | fetch | read | what is fresh                    | COMMIT  entries + feed state
    judge  entry   | fetch | read | match | what was told | decide   | COMMIT  entry + matches + outbox
    send   channel | claim (COMMIT) | post                           | COMMIT  outcome

poll stands in polling/poll.py, the others here. Nothing in them decides: pace, fresh, matching, decide and
the outbox do. None calls another: a commit leaves rows that the next one finds. Killed anywhere, the work is
done again, because the row that asks for it changes only in the last commit.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from monitor.alerts import decide, matching
from monitor.desk import Clock, Desk
from monitor.errors import StoreError
from monitor.facts import facts_of
from monitor.model import (
    Article,
    Config,
    Decision,
    Delivery,
    EntryState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FirstLook,
    Found,
    Grouping,
    Lookup,
    Notice,
    Outgoing,
    Root,
    Route,
    Seen,
    SendOutcome,
    Source,
    StoredEntry,
    Unchanged,
    Unread,
    Unreadable,
    host_of,
)
from monitor.model.stories import Membership
from monitor.ops import log
from monitor.sources import habits, own, pace, thin, twins
from monitor.sources.fetch import Web
from monitor.store import bundles, edits, entries, looks, mutes, outbox, pages, sites, stories
from monitor.store.db import Db, Tx
from monitor.store.outbox import TERMS, Terms
from monitor.workers import Workers

SETTLE_AGAIN = 1.0  # seconds
AT_ONCE = 128 * 1024  # bytes that are cut beside all else: 2 ms, and 15 for the most tags that fit
ENGLISH = ("en",)  # what rules read where nobody can tell the language


class Chat(Protocol):
    """Where alerts go: Slack, or the terminal while there is no token."""

    pace: timedelta  # between two messages to one channel
    lives: bool  # what it was told can be edited, and be found again

    @property
    def ahead(self) -> timedelta: ...  # how far its clock is ahead of ours

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome: ...
    async def edit(self, out: Outgoing, now: datetime) -> SendOutcome: ...
    async def find(self, lookup: Lookup, now: datetime) -> Seen | Unread: ...
    async def erase(self, place: str, ts: str) -> bool: ...
    async def probe(self) -> str: ...
    async def reached(self) -> bool | None: ...
    async def close(self) -> None: ...


async def judge(entry: StoredEntry, desk: Desk, page: FetchOutcome | None = None) -> Decision:
    """New entry -> matches and outbox rows, or the reason why not. `page`: what it answered; None: ask it."""
    page = page or await page_of(entry, desk.web)
    article, again_in = await _read_article(entry, page, desk.web, desk.workers)
    article = await as_on_its_site(entry, article, desk.db)
    found = await match(entry, article, desk)
    now = desk.clock()
    due_at = None if again_in is None else now + again_in
    again = entry.entry.link and desk.web.access.pages

    def keep(tx: Tx) -> Decision:
        decision = keep_judged(tx, entry, article, found, place, desk, due_at, now)
        if decision.deliveries and again:
            looks.begin(tx, entry.id, now, now + pace.LOOKS[0])
        return decision

    async with desk.stories.placed(entry, article, found) as place:
        return await desk.db.write(keep)


async def as_on_its_site(entry: StoredEntry, article: Article, db: Db) -> Article:
    """Without what its site says under every article."""
    if not (host := host_of(entry.entry.link)):
        return article
    return habits.without(article, await db.read(lambda tx: habits.unpacked(sites.find(tx, host))))


def _keep_habits(tx: Tx, entry: StoredEntry, article: Article, now: datetime) -> None:
    if host := host_of(entry.entry.link):
        before = habits.unpacked(sites.find(tx, host))
        after = habits.learnt(before, article)
        if after != before:
            sites.keep(tx, host, habits.packed(after), now)


async def match(entry: StoredEntry, article: Article, desk: Desk) -> tuple[Found, ...]:
    """The rules that hold, their words known in the languages of the article."""
    document = matching.document_of(article, facts_of(entry, article, desk.clock()))
    await desk.lessons.take(desk.rules, document.languages or ENGLISH)
    return await asyncio.to_thread(matching.find, desk.rules, document)


def keep_judged(
    tx: Tx,
    entry: StoredEntry,
    article: Article,
    found: tuple[Found, ...],
    place: Membership | None,
    desk: Desk,
    due_at: datetime | None,
    now: datetime,
) -> Decision:
    """Decide in the transaction that stores it: what was told is read and written in one commit."""
    entry = _in_its_story(tx, entry, article)
    story = _in_the_same_story(tx, entry, place, desk, now)
    told = stories.told(tx, entry.story_key)
    as_it_stands = replace(entry, state=entries.state(tx, entry.id))  # the summary may be told meanwhile
    muted = mutes.over(tx, entry, found, desk.routes, place.story if place else None, now)
    known = told | muted.keys()  # what is muted is not told, as if it had been
    decision = decide.decide(as_it_stands, article, found, desk.routes, known, desk.first_look, now, story)
    decision = mutes.weighed(tx, as_it_stands, decision, muted, told)
    pages.done(tx, entry.id)
    _keep_habits(tx, entry, article, now)
    entries.keep_judgement(tx, entry, own.to_keep(article, entry.entry), found, decision, due_at, now)
    for delivery in _dammed(tx, entry, decision.deliveries, desk.flood, now):
        names = tuple(one.rule for one in delivery.alert.found)
        outbox.put(
            tx,
            decide.outbox_key(delivery.channel, "alert", entry.story_key, names),
            delivery.channel,
            delivery.alert,
            now=now,
            priority=decision.priority,
            tells=[(name, entry.story_key, entry.id) for name in names],
            root=delivery.root.id if delivery.root else None,
            at=delivery.at,
            bundle=delivery.bundle,
        )
        if delivery.bundle.startswith("flood "):
            bundles.rest(tx, delivery.channel, delivery.bundle, now)
    return decision


def _dammed(
    tx: Tx, entry: StoredEntry, deliveries: Sequence[Delivery], most: int, now: datetime
) -> Sequence[Delivery]:
    """What a poll brought with many others waits for them a moment: more than `most` are told together."""
    if not most or not deliveries or entries.came_with(tx, entry) <= most:
        return deliveries
    at, bundle = now + bundles.FLOOD_RESTS, bundles.flood(most, entry.feed_id, entry.seen_at)
    return [
        one if one.bundle or one.root or one.alert.urgent else replace(one, at=at, bundle=bundle)
        for one in deliveries
    ]


def _in_the_same_story(
    tx: Tx, entry: StoredEntry, place: Membership | None, desk: Desk, now: datetime
) -> decide.SoFar:
    """Keeps where the article was placed. The messages of its story are to name it."""
    if place is None:
        return decide.A_NEW_STORY
    joins = stories.keep_member(tx, place)
    if desk.grouping is Grouping.APART:
        return decide.A_NEW_STORY
    roots = stories.roots(tx, place.story)
    if joins and desk.lives:
        edits.touch(tx, {root.id for root in roots.values()}, now)
        _escalate(tx, place.story, roots, entry.tags, desk.routes, now)
    return decide.SoFar(roots, tuple(why for _, why in place.news), desk.lives)


def _escalate(
    tx: Tx,
    story: int,
    roots: Mapping[tuple[str, str], Root],
    tags: Collection[str],
    routes: Mapping[str, Route],
    now: datetime,
) -> None:
    """Somebody is called when so many newsrooms tell a story as its rule says; once a message and bar."""
    newsrooms = stories.newsrooms(tx, story)
    for (channel, rule), root in roots.items():
        bar = routes[rule].under(tags).escalate if rule in routes else None
        if bar and newsrooms >= bar.newsrooms:
            notice = Notice(f"{newsrooms} newsrooms tell this story now", bar.mention)
            outbox.put(tx, f"raised|{root.id}|{bar.newsrooms}", channel, notice, now=now, root=root.id)


def retime(tx: Tx, routes: Mapping[str, Route], now: datetime) -> None:
    """The hours of alerts may have been changed: what waits for the old ones waits for the new."""
    for row_id, alert in bundles.waiting_alerts(tx, now):
        release = decide.when(alert, routes, now)
        bundles.retime(tx, row_id, release.at, release.bundle)


def _in_its_story(tx: Tx, entry: StoredEntry, article: Article) -> StoredEntry:
    """The entry in the story of the same article at another address, unless its own was told already."""
    found = entries.twins(tx, entry.id, article.canonical or entry.story_key)
    if not found or stories.told(tx, entry.story_key):
        return entry
    title, at = entry.entry.title or article.title, entry.entry.published or entry.seen_at
    story = twins.story_of(entry.story_key, title, at, found)
    if story != entry.story_key:
        entries.join(tx, entry.id, story)
    return replace(entry, story_key=story)


async def page_of(entry: StoredEntry, web: Web) -> FetchOutcome | None:
    """What its address answers; None: it has none, or its feed brings whole articles."""
    if not web.access.pages or not entry.entry.link:
        return None
    return await web.page(entry.entry.link, again=entry.revision > 1 or entry.tries > 0)


async def _read_article(
    entry: StoredEntry, page: FetchOutcome | None, web: Web, workers: Workers
) -> tuple[Article, timedelta | None]:
    """The article behind an entry, and when to ask for its page again if that may help.

    A page that does not come leaves the entry's own text: it is judged now, and once more when the page
    answers, because a word may stand only in the body.
    """
    if not web.access.pages:
        article = await _from_feed(entry, "the feed carries whole articles (pages: never)", workers)
        return replace(article, source=Source.PAGE), None
    match page:
        case None:
            return await _from_feed(entry, "the feed gives no link", workers), None
        case Fetched():
            read = await workers.read_page(page.body, page.url, page.content_type, entry)
            if isinstance(read, Unreadable):
                return await _from_feed(entry, read.reason, workers), pace.page_again(read, entry.tries)
            kept = replace(read, keep=read.keep and page.keep)
            return kept, thin.again_in(entry.tries) if read.passing else None
        case FetchFailed():
            again_in = pace.page_again(page, entry.tries)
            return await _from_feed(entry, page.reason, workers), again_in
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
        places={} if config.grouping is Grouping.APART else stories.held(tx),
    )
    for channel, alert, tells in alerts:
        key = decide.outbox_key(channel, "first look", now.isoformat(), [])
        outbox.put(tx, key, channel, alert, now=now, tells=tells)
    reason = "matched at first look; told in the summary"
    entries.tell_held(tx, [entry.id for entry, _ in held], EntryState.TOLD, reason, now)


def _routed(found: tuple[Found, ...], routes: Mapping[str, Route]) -> tuple[Found, ...]:
    """Without the rules that a reload has taken away since."""
    return tuple(one for one in found if one.rule in routes)


async def send(
    channel: str, *, chat: Chat, db: Db, clock: Clock, terms: Terms = TERMS
) -> tuple[Outgoing, SendOutcome] | None:
    """Next outbox row of a channel -> outcome; None: nothing is due.

    The claim is durable before the first byte goes out, so a kill never leaves an alert that looks unsent.
    """
    out = await db.write(lambda tx: outbox.claim(tx, channel, clock(), chat.ahead))
    if out is None:
        return None
    outcome = await chat.send(out, clock())
    await surely(lambda tx: outbox.settle(tx, out, outcome, clock(), terms), db, out.id)
    return out, outcome


async def surely(keep: Callable[[Tx], None], db: Db, alert: int) -> None:
    """Only we know what became of it, so a store that fails (a full disk) is asked until it takes it.

    Given up, the message would be looked up after the next start; and until then its thread would wait.
    """
    while True:
        try:
            return await db.write(keep)
        except StoreError as error:
            log.get().error("what became of an alert cannot be kept yet", alert=alert, reason=str(error))
            await asyncio.sleep(SETTLE_AGAIN)
