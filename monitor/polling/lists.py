"""Watched lists: OPML at an address, whose feeds are watched as if config.yaml named them.

A feed that leaves a list is watched no longer. An answer that is no list, has no feed in it or is cut short
takes none away: what the list said before stands until it says something else.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Config, FeedSpec, Fetched, FetchFailed, FetchOutcome, Unreadable, host_of
from monitor.model.upkeep import Watched
from monitor.sources import guard
from monitor.sources.decode import MB
from monitor.sources.fetch import Kind, Web
from monitor.sources.opml import Opml
from monitor.store import lists
from monitor.store.db import Db, Tx
from monitor.store.lists import StoredList
from monitor.words import counted
from monitor.workers import Workers

OPML = Kind("text/x-opml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1", 8 * MB)
AGAIN = timedelta(minutes=15)  # after a first failure; then double, up to the list's own interval
LONGEST_WISH = timedelta(days=7)
MINUTE = timedelta(minutes=1)  # no feed of a list is asked more often

Clock = Callable[[], datetime]


def specs(settings: Config, tx: Tx) -> tuple[FeedSpec, ...]:
    """Every feed to watch: those of config.yaml, and those that lists name beside them."""
    found = lists.get(tx, [one.url for one in settings.lists])
    listed = (feed for one in found.values() for feed in one.feeds)
    named = {feed.url: _slowed(feed, settings) for feed in listed if may_watch(feed, settings)}
    return tuple((named | {feed.url: feed for feed in settings.feeds}).values())


def may_watch(feed: FeedSpec, settings: Config) -> bool:
    return len(feed.url) <= 2000 and not guard.check_url(feed.url, settings.fetch.allow_networks)


def _slowed(feed: FeedSpec, settings: Config) -> FeedSpec:
    """`fetch.every` may be seconds where all feeds of the config are its owner's; those of a list are not."""
    own = guard.may_hurry(host_of(feed.url), settings.fetch.allow_networks)
    return feed if settings.fetch.every >= MINUTE or own else replace(feed, every=MINUTE)


async def refresh(
    settings: Config, *, web: Web, workers: Workers, db: Db, clock: Clock
) -> tuple[tuple[StoredList, StoredList], ...]:
    """Ask every list that is due, and keep what it says. Those that were asked, before and after."""
    if not settings.lists:
        return ()
    stored = await db.read(lambda tx: lists.get(tx, [one.url for one in settings.lists]))
    asked = []
    for one in settings.lists:
        before = stored.get(one.url, StoredList(one.url, clock()))
        if before.due_at <= clock():
            asked.append((before, await _refreshed(one, before, web, workers, db, clock)))
    return tuple(asked)


async def _refreshed(
    one: Watched, before: StoredList, web: Web, workers: Workers, db: Db, clock: Clock
) -> StoredList:
    fetched, read = await ask(before, web, workers)
    now = after(one, before, fetched, read, clock())
    await db.write(lambda tx: lists.keep(tx, now))
    return now


async def ask(
    before: StoredList, web: Web, workers: Workers
) -> tuple[FetchOutcome, Opml | Unreadable | None]:
    """What its address answers now, and what that says; None: nothing new."""
    fetched = await web.get(before.url, kind=OPML, validators=before.validators)
    return fetched, await workers.read_list(fetched.body) if isinstance(fetched, Fetched) else None


def after(
    one: Watched, before: StoredList, fetched: FetchOutcome, read: Opml | Unreadable | None, now: datetime
) -> StoredList:
    """A list after an answer. Validators are kept only with a list that was read to its end."""
    if isinstance(fetched, FetchFailed):
        return _failed(one, before, fetched.reason, fetched.retry_after, now)
    if isinstance(read, Unreadable):
        return _failed(one, before, read.reason, None, now)
    if read and not read.complete:  # its last address may be half of one
        return _failed(one, before, "it was cut short", None, now)
    feeds = read.feeds if read else before.feeds
    return StoredList(one.url, now + one.every, feeds, fetched.validators)


def _failed(
    one: Watched, before: StoredList, reason: str, wish: timedelta | None, now: datetime
) -> StoredList:
    wait = min(AGAIN * (1 << min(before.failures, 16)), one.every)
    return replace(
        before,
        due_at=now + max(wait, min(wish or wait, LONGEST_WISH)),
        failures=before.failures + 1,
        failing_since=before.failing_since or now,
        error=reason,
    )


def told(before: StoredList, after: StoredList) -> str:
    """What people are told of an answer; empty: nothing that they did not know."""
    old, new = {feed.url for feed in before.feeds}, {feed.url for feed in after.feeds}
    if after.error:
        kept = f"; the {counted(len(new), 'feed')} it named stay" if new else ""
        return f"the list cannot be read: {after.error}{kept}" if after.error != before.error else ""
    if old != new:
        return f"the list names {counted(len(new), 'feed')}: {len(new - old)} new, {len(old - new)} gone"
    return "the list can be read again" if before.error else ""
