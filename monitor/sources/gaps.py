"""Whether a feed may have published more than our polls saw, and what of its older pages fills that gap.

A poll that shares no entry with the last document may have missed some. Entries that stay for ever at the top
are no bridge: those that came after them are gone, and they are still there. A document that is empty or
short is no gap: it has lost its entries, not we.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Entry, FeedRead, FeedState, Fetched, FetchOutcome, Fresh
from monitor.model.sites import same_site
from monitor.model.upkeep import Gap
from monitor.sources import links, rhythm
from monitor.sources.address import web_address

FEWEST = 3  # entries of a document: of one with fewer, all are new all the time
DAY = timedelta(days=1)
MARGIN = timedelta(hours=1)  # dates of a publisher are rounded, and published late
OLDER = (
    "prev-archive",
    "next",
)  # RFC 5005 4 and 3: an archive's page before, a paged feed's page of older ones
LONGEST_ADDRESS = 2000  # characters


def is_suspect(state: FeedState, read: FeedRead, found: Fresh) -> bool:
    """So much is new that nothing else may be left: worth a look at what the rest of the document is."""
    total = read.total or len(read.entries)
    if not state.looked or state.ok_at is None or total < FEWEST or 2 * total < state.carried:
        return False
    return 2 * _unseen(state, read, found) >= total and bool(state.carried)


def _unseen(state: FeedState, read: FeedRead, found: Fresh) -> int:
    """Entries that the last poll did not see. Those that a hub has brought since then are known, but no proof
    that it has brought all."""
    was_pushed = state.ok_at and state.news_at and state.news_at > state.ok_at
    return max(len(found.new), read.total - read.shared if was_pushed else 0)


def is_torn(state: FeedState, read: FeedRead) -> bool:
    """Of a sitemap, or the parts of an index: is there more than was taken for news, or less than before?"""
    return state.looked and (read.torn or read.left > 0)


def gap(
    feed_id: int,
    state: FeedState,
    since: datetime,
    read: FeedRead,
    fetched: FetchOutcome,
    found: Fresh,
    now: datetime,
) -> Gap:
    """Of a poll that shares no entry with those before. `since`: when the feed was last as we knew it."""
    most = read.left or _most(state, since, now, len(found.new))
    older = older_page(fetched, read) if isinstance(fetched, Fetched) else ""
    return Gap(feed_id, since, now, most, older, due_at=now, alike=read.left > 0)


def _most(state: FeedState, since: datetime, now: datetime, came: int) -> int:
    """Entries that may be missing: what is usual in such a time, and twice its spread, less what came."""
    known = rhythm.unpacked(state.rhythm)
    if known is None:
        return 0
    profile = rhythm.expected(known, since, now) * rhythm.at_once(known)
    flat = rhythm.a_day(known, since) * ((now - since) / DAY)  # of a feed that is hardly known, says more
    usual = max(profile, flat)
    return max(1, math.ceil(usual + 2 * math.sqrt(usual)) - came)


def older_page(fetched: Fetched, read: FeedRead) -> str:
    """The address of older entries that an answer links; empty: it links none.

    `read`: what it says. The `next_url` of a JSON Feed must be on the same site.
    """
    named = [*links.in_headers(fetched.links), *links.in_document(fetched.body)]
    ranked = [written for relation in OLDER for said, written in named if said == relation]
    own = [read.older] if same_site(fetched.url, read.older) else []
    for written in (*ranked, *own):
        address = web_address(written, fetched.url)
        if 0 < len(address) <= LONGEST_ADDRESS and address != fetched.url:
            return address
    return ""


def belonging(gap: Gap, read: FeedRead, is_known: Callable[[Entry], bool]) -> tuple[FeedRead, bool]:
    """The entries of an older page that were published in the gap; and does the page reach beyond it?

    An entry without a date belongs to it as long as none that was known stands above it.
    """
    taken: list[Entry] = []
    reached = False
    for entry in read.entries:
        if is_known(entry):
            reached = True
        elif (day := _day(entry)) is not None:
            reached = reached or day < gap.since - MARGIN
            taken += [entry] if is_within(gap, entry) else []
        elif not reached:
            taken.append(entry)
    return replace(read, entries=tuple(taken)), reached


def dated(gap: Gap, read: FeedRead) -> FeedRead:
    """The entries of a sitemap, which has no order, that are dated within the gap."""
    return replace(read, entries=tuple(entry for entry in read.entries if is_within(gap, entry)))


def is_within(gap: Gap, entry: Entry) -> bool:
    day = _day(entry)
    return day is not None and gap.since - MARGIN <= day <= gap.until + MARGIN


def _day(entry: Entry) -> datetime | None:
    return entry.published or entry.modified
