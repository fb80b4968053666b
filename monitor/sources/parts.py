"""Which documents of a sitemap index are asked, and when: the index may name a thousand.

The first few, named after news or changed last, at every poll. The others when the index gives them another
date; where it gives none, a document may rest for a 24th of the time it has stood still, a day at most. Few
are asked at once, those first that waited longest, so every one has its turn.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model import FeedRead
from monitor.model.upkeep import Part
from monitor.sources.archive import LATE
from monitor.sources.dates import latest_moment
from monitor.sources.sitemap import FIRST

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REST_IN_SILENCE = 1 / 24  # as of a feed (pace.py)
UNCHANGED = timedelta(days=7)  # dates may stand still while the document grows
_NEVER = datetime.min.replace(tzinfo=UTC)


def named(known: Sequence[Part], said: Sequence[Part], now: datetime) -> tuple[Part, ...]:
    """What an index names now, with all that is remembered of it."""
    before = {part.url: part for part in known}
    return tuple(_named(before.get(part.url), part, now) for part in said)


def _named(before: Part | None, said: Part, now: datetime) -> Part:
    if before is None:
        return replace(said, named_at=now)
    return replace(before, changed=said.changed, risen=before.risen or before.changed != said.changed)


def due(parts: Sequence[Part], now: datetime, most: int) -> tuple[Part, ...]:
    """So many of those that may have news, first those that no poll goes without; one at least, or nobody
    would know whether any can be had."""
    places = sorted(range(len(parts)), key=lambda place: (place >= FIRST, parts[place].asked_at or _NEVER))
    waiting = [parts[place] for place in places if _is_due(parts[place], place < FIRST, now)]
    return tuple(waiting[:most]) or tuple(parts[place] for place in places[:1])


def _is_due(part: Part, first: bool, now: datetime) -> bool:
    if part.failures and part.asked_at:
        return now - part.asked_at >= min(DAY, HOUR * (1 << min(part.failures - 1, 5)))
    if first or part.parts or part.risen:
        return True  # what is an index itself says when its own parts are due
    if part.asked_at is None:
        day = latest_moment(part.changed)
        return day is None or day >= (part.named_at or now) - LATE
    silence = now - (part.body_at or part.asked_at)
    return now - part.asked_at >= (UNCHANGED if part.changed else min(DAY, silence * REST_IN_SILENCE))


def late(parts: Sequence[Part], now: datetime) -> frozenset[str]:
    """Those that were there when their index was read first, and have waited for their own first reading:
    what stands in them is not new for that."""
    first = min((part.named_at for part in parts if part.named_at), default=now)
    unread = (part for part in parts if not part.body_hash and first < now)
    return frozenset(part.url for part in unread if part.named_at == first)


def begun(read: FeedRead, part: Part) -> FeedRead:
    """Of a document that is read late, what is dated since the index named it, or a day before: days are
    often all there is of a date."""
    if part.named_at is None or not read.archive:
        return read
    since = part.named_at - DAY
    days = ((entry, entry.published or entry.modified) for entry in read.entries)
    return replace(read, entries=tuple(entry for entry, day in days if day and day >= since), left=0)


def asked(part: Part, now: datetime, body_hash: str = "") -> Part:
    """After an answer, with the hash of its body if that is another one."""
    turned = bool(body_hash)
    return replace(
        part,
        body_hash=body_hash or part.body_hash,
        body_at=now if turned else part.body_at,
        asked_at=now,
        risen=False,
        failures=0,
    )


def failed(part: Part, now: datetime) -> Part:
    return replace(part, asked_at=now, failures=part.failures + 1)
