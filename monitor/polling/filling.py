"""Gaps: a poll that may have missed entries is found out, and its older pages are asked for them.

    gap    poll | is anything of the last documents still there?    | COMMIT  entries + gap
    fill   gap  | a few older pages, then the sitemap | what fits in | COMMIT  late entries; what became of it

Whatever stays open is told. Killed anywhere, the gap is still due.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.model import (
    Entry,
    Feed,
    FeedRead,
    Fetched,
    FetchOutcome,
    Fresh,
    Known,
    Unreadable,
)
from monitor.model.upkeep import Gap
from monitor.polling import health, notices, seeking
from monitor.sources import archive, discover, fresh, gaps, sitemap
from monitor.sources.fetch import FEED, ROBOTS, Web
from monitor.store import entries, feeds
from monitor.store import gaps as gaps_table
from monitor.store.db import Db, Tx
from monitor.workers import Workers

PAGES = 5  # older pages of one gap, at most
AT_ONCE = 20  # gaps, one after the other: this is no storm either
AGAIN = timedelta(hours=1)  # after a page that did not come
TRIES = 3
TOLD = timedelta(days=1)  # between two notices of one feed
LATE = "late: {}, as polls may have missed it"

Clock = Callable[[], datetime]


async def gap_of(
    feed: Feed,
    fetched: FetchOutcome,
    read: FeedRead | Unreadable | None,
    found: Fresh,
    known: Known,
    since: datetime | None,
    *,
    workers: Workers,
    db: Db,
    now: datetime,
) -> Gap | None:
    """The gap that a poll has come over; None: it shares entries with those before.

    `since`: when the feed was last as we knew it.
    """
    if not isinstance(read, FeedRead):
        return None
    if read.archive or read.parts:
        torn = gaps.is_torn(feed.state, read)
        return gaps.gap(feed.id, feed.state, since or now, read, fetched, found, now) if torn else None
    if not isinstance(fetched, Fetched) or fetched.partial or not gaps.is_suspect(feed.state, read, found):
        return None
    if read.shared:  # these were left out: only the whole document tells which they are
        whole = await workers.read_feed(fetched.body, fetched.url, fetched.content_type, now)
        if not isinstance(whole, FeedRead):
            return None
        names = await asyncio.to_thread(fresh.all_aliases, whole)
        known = await db.read(lambda tx: entries.known(tx, feed.id, names))
    ids, polled_at = set(known.by_alias.values()), feed.state.ok_at or now
    if await db.read(lambda tx: gaps_table.bridges(tx, feed.id, ids, polled_at)):
        return None
    return gaps.gap(feed.id, feed.state, since or now, read, fetched, found, now)


async def fill_due(
    *, web: Callable[[Feed], Web], workers: Workers, db: Db, clock: Clock, ops_channel: str
) -> int:
    """Look for the entries of all gaps that are due. How many came. `web`: as a feed is asked."""
    due = await db.read(lambda tx: gaps_table.due(tx, clock(), AT_ONCE))
    came = 0
    for gap in due:
        feed = await db.read(partial(feeds.get, feed_id=gap.feed_id))
        after = await _fill(gap, feed, web(feed), workers, db, clock) if feed else replace(gap, due_at=None)
        await db.write(partial(_keep, feed=feed, gap=after, ops_channel=ops_channel, now=clock()))
        came += after.came - gap.came
    lost = await db.read(lambda tx: gaps_table.untold(tx, clock() - TOLD))
    if lost and ops_channel:
        await db.write(lambda tx: _tell(tx, lost, ops_channel, clock()))
    return came


def _keep(tx: Tx, feed: Feed | None, gap: Gap, ops_channel: str, now: datetime) -> None:
    unheard = gap.due_at is None and not (feed and ops_channel)  # there is nobody to tell
    gaps_table.keep(tx, replace(gap, told_at=now if gap.filled or unheard else None))


def _tell(tx: Tx, lost: Mapping[int, Sequence[Gap]], ops_channel: str, now: datetime) -> None:
    """The first gap of a feed at once, those of the day after it in one notice: some have one every hour."""
    for feed_id, of_feed in lost.items():
        if feed := feeds.get(tx, feed_id):
            told = health.missing(feed, of_feed)
            notices.tell(tx, told, ops_channel, now)
        gaps_table.told(tx, of_feed, now)


async def _fill(gap: Gap, feed: Feed, web: Web, workers: Workers, db: Db, clock: Clock) -> Gap:
    """Older pages first, then the sitemap, if they did not reach beyond the gap."""
    filler = _Filler(feed, web, workers, db, clock)
    gap, failed = await filler.by_pages(gap)
    if not gap.filled and not failed:
        gap = await filler.by_sitemap(gap)
    again = failed and gap.tries + 1 < TRIES
    due_at = clock() + AGAIN if again and not gap.filled else None
    return replace(gap, tries=gap.tries + 1, due_at=due_at)


class _Filler:
    """What is asked for one gap, and kept."""

    def __init__(self, feed: Feed, web: Web, workers: Workers, db: Db, clock: Clock) -> None:
        self._feed, self._web, self._workers, self._db, self._clock = feed, web, workers, db, clock

    async def by_pages(self, gap: Gap) -> tuple[Gap, bool]:
        """The gap after its older pages; and did one of them not come?"""
        url, asked = gap.older, {self._feed.address}
        while url and url not in asked and len(asked) <= PAGES:
            asked.add(url)
            fetched = await self._web.get(url, kind=FEED)
            read = await self._read(fetched) if isinstance(fetched, Fetched) else None
            if not isinstance(fetched, Fetched) or read is None:
                return replace(gap, tried=_pages(len(asked) - 1)), True
            known = await self._known(read)
            page, reached = gaps.belonging(gap, read, partial(_is_known, known))
            came = await self._take(page, LATE.format("found on an older page of the feed"))
            gap = replace(gap, came=gap.came + came, filled=reached, tried=_pages(len(asked) - 1))
            url = "" if reached else gaps.older_page(fetched, read)
        return gap, False

    async def by_sitemap(self, gap: Gap) -> Gap:
        """Sitemaps that robots.txt names: what they date within the gap. They never prove it filled."""
        robots = await self._web.get(discover.robots_of(self._feed.address), kind=ROBOTS)
        named = discover.sitemaps(robots.body, robots.url) if isinstance(robots, Fetched) else ()
        for candidate in named:
            came = 0
            for read in await self._sitemap(candidate.url, gap):
                came += await self._take(gaps.dated(gap, read), LATE.format("found in a sitemap of the site"))
            tried = ", ".join(filter(None, (gap.tried, "a sitemap")))
            gap = replace(gap, came=gap.came + came, tried=gap.tried if "sitemap" in gap.tried else tried)
        return gap

    async def _sitemap(self, url: str, gap: Gap) -> Sequence[FeedRead]:
        """A sitemap, or the newest parts of an index, those of an index in it too."""
        found: list[FeedRead] = []
        waiting, asked = [(url, 0)], set[str]()
        while waiting and len(asked) < seeking.MOST_ASKED:
            place, depth = waiting.pop(0)
            if place in asked:
                continue
            asked.add(place)
            tried = await seeking.read_at(
                place,
                web=self._web,
                workers=self._workers,
                clock=self._clock,
                kind=seeking.SITEMAP,
                marks=archive.since(gap.since),
            )
            if isinstance(tried.read, FeedRead):
                found.append(tried.read)
                waiting += [
                    (one.url, depth + 1) for one in tried.read.parts[: sitemap.FIRST] if depth < seeking.DEPTH
                ]
        return found

    async def _read(self, fetched: Fetched) -> FeedRead | None:
        read = await self._workers.read_feed(fetched.body, fetched.url, fetched.content_type, self._clock())
        return read if isinstance(read, FeedRead) else None

    async def _known(self, read: FeedRead) -> Known:
        names = await asyncio.to_thread(fresh.all_aliases, read)
        return await self._db.read(lambda tx: entries.known(tx, self._feed.id, names))

    async def _take(self, read: FeedRead, reason: str) -> int:
        known = await self._known(read)
        found = await asyncio.to_thread(fresh.compare, read, self._feed.id, known)
        news = Fresh(new=found.new)
        now = self._clock()
        return await self._db.write(lambda tx: feeds.keep_push(tx, self._feed, news, now, reason))


def _is_known(known: Known, entry: Entry) -> bool:
    return any(name in known.by_alias for name in fresh.aliases(entry))


def _pages(number: int) -> str:
    return f"{number} older {'page' if number == 1 else 'pages'}"
