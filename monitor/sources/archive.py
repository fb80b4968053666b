"""All pages of a site, as its plain sitemap lists them: which are new since the last look, and which touched.

A feed carries its newest entries, a sitemap every page there is, 50,000 in one file (sitemaps.org), often
undated and in any order. So every address that was ever listed is remembered, as a hash: what is not among
them is new, wherever it stands. `lastmod` is when a page was touched, not when it was published; generators
stamp all pages with the day of their own run, so many at once say nothing.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from monitor.sources.address import canonical, place

# What was touched before is no news: a day or a zone may be missing, and a part may have failed for days.
LATE = timedelta(days=7)
FIRST_SPAN, FIRST_COUNT = timedelta(days=2), 200  # of a sitemap that is seen for the first time
MOST_NEWS = 5000  # pages of one look; the newest
MOST_KEPT = 200_000  # pages that are remembered, 3.2 MB: three full documents of an index, and some that went
TOUCHED_FEW, TOUCHED_MOST = 20, 1000  # pages that are edited between two looks; more are stamped by a machine
PATIENCE = 4  # a page known for 4 days is looked at again after one: rubrics' fronts rise at every look
AHEAD = timedelta(days=1)  # a later stamp says nothing

TAG = b"pages\0\0\1"  # begins what is remembered; the last byte rises when addresses are hashed otherwise
_HEAD = struct.Struct("<8sI")  # TAG, and the minute of the last look
_ROW = struct.Struct("<8sII")  # an address, when it was touched at first and last, in minutes; 0: nobody says
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Page:
    """An address and when it was touched, as the sitemap says; None: it does not."""

    url: str
    touched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a sitemap brings: places of pages that are new, and of known ones that were touched since.

    `left`: pages that may be new and are left alone, because nothing tells them from old ones.
    """

    new: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()
    memory: bytes = b""
    total: int = 0
    known: int = 0
    left: int = 0


def is_memory(kept: bytes) -> bool:
    return kept.startswith(TAG)


def since(moment: datetime) -> bytes:
    """A memory of nothing but when it began: all that was touched since then is new."""
    return _HEAD.pack(TAG, _minute(moment))


def knows(kept: bytes, url: str) -> bool:
    """Was this address ever listed?"""
    return is_memory(kept) and _key(url) in _Memory.read(kept).pages


def during(begun: bytes, kept: bytes) -> bytes:
    """What the next document of one look is compared with: its pages are as new as when the look began."""
    return begun[: _HEAD.size] + kept[_HEAD.size :] if is_memory(begun) else b""


def joined(older: bytes, newer: bytes) -> bytes:
    """What two looks at parts of one archive remember, the later one's word first."""
    if not is_memory(older):
        return newer
    known = {newer[at : at + 8] for at in range(_HEAD.size, len(newer), _ROW.size)}
    rows = (older[at : at + _ROW.size] for at in range(_HEAD.size, len(older), _ROW.size))
    added = b"".join(row for row in rows if row[:8] not in known)
    return (newer + added)[: _HEAD.size + MOST_KEPT * _ROW.size]


def look(pages: Sequence[Page], kept: bytes, now: datetime) -> Look:
    """`kept` is the memory of earlier looks; anything else is no memory, and this look the first."""
    memory = _Memory.read(kept) if is_memory(kept) else None
    listed = _Listed.of(pages, now)
    if memory is None:
        fresh = _newest(listed.after(now - FIRST_SPAN), listed, FIRST_COUNT)
        return Look(fresh, memory=_Memory(now, {}).after(listed, (), now), total=len(listed.keys))
    unseen = [number for number, key in listed.keys.items() if key not in memory.pages]
    new, left = _news(unseen, listed, memory.at)
    touched = _touched(listed, memory)
    kept = memory.after(listed, touched, now)
    total = len(listed.keys)
    return Look(new, touched or (), kept, total, total - len(unseen), left)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The pages of a document by their places, each address once; those without a path are no articles."""

    keys: Mapping[int, bytes]
    stamps: Mapping[int, int]  # minutes; only of those that have one to be believed

    @classmethod
    def of(cls, pages: Sequence[Page], now: datetime) -> "_Listed":
        first = {_key(page.url): number for number, page in reversed(list(enumerate(pages)))}
        first.pop(b"", None)
        keys = {number: key for key, number in sorted(first.items(), key=lambda one: one[1])}
        dated = ((number, pages[number].touched) for number in keys)
        return cls(keys, {number: _minute(day) for number, day in dated if day and day <= now + AHEAD})

    def after(self, moment: datetime) -> list[int]:
        """Those that were touched since then."""
        return [number for number, minute in self.stamps.items() if minute >= _minute(moment)]


@dataclass(frozen=True, slots=True)
class _Memory:
    """When the last look was, and of every address ever listed when it was touched at first and last."""

    at: datetime
    pages: Mapping[bytes, tuple[int, int]]

    @classmethod
    def read(cls, kept: bytes) -> "_Memory":
        _, minute = _HEAD.unpack_from(kept)
        rows = _ROW.iter_unpack(kept[_HEAD.size : len(kept) - (len(kept) - _HEAD.size) % _ROW.size])
        return cls(datetime.fromtimestamp(minute * _MINUTE, UTC), {key: (a, b) for key, a, b in rows})

    def after(self, listed: _Listed, touched: Iterable[int] | None, now: datetime) -> bytes:
        """What is remembered after a look; of too many pages those that were listed last.

        A page that was touched too soon after the last time keeps its date: its turn comes. `touched` None:
        a machine has stamped them all, so that they begin anew.
        """
        known = self.pages if touched is not None else {}
        again = set(touched or ())
        rows = {
            key: self._row(known, key, listed.stamps.get(number, 0), number in again)
            for number, key in listed.keys.items()
        }
        kept = [_HEAD.pack(TAG, _minute(now)), *(_ROW.pack(key, *row) for key, row in rows.items())]
        gone = ((key, row) for key, row in self.pages.items() if key not in rows)
        kept += [_ROW.pack(key, *row) for key, row in gone]
        return b"".join(kept[: 1 + MOST_KEPT])

    @staticmethod
    def _row(known: Mapping[bytes, tuple[int, int]], key: bytes, stamp: int, again: bool) -> tuple[int, int]:
        first, last = known.get(key, (0, 0))
        if not last:
            return stamp, stamp
        return first, stamp if again else last


# --- new pages ---------------------------------------------------------------------------------------------


def _news(unseen: Sequence[int], listed: _Listed, last_look: datetime) -> tuple[tuple[int, ...], int]:
    """The new ones of those that were never listed, and how many more may be.

    Of a document that is mostly another one (a site that was rebuilt, an old part of an index) what has no
    date is taken for old, and of what was stamped by a machine the newest few are news.
    """
    latest = _minute(last_look - LATE)
    young = [number for number in unseen if listed.stamps.get(number, latest) >= latest]
    most = MOST_NEWS
    if len(unseen) > FIRST_COUNT and 2 * len(unseen) > len(listed.keys):
        dated = [number for number in young if number in listed.stamps]
        most = FIRST_COUNT if _at_once(dated, listed) else MOST_NEWS
        news = _newest(dated, listed, most)
    else:
        news = _newest(young, listed, most)
    return news, len(young) - len(news)


def _newest(places: Iterable[int], listed: _Listed, most: int) -> tuple[int, ...]:
    """The last touched, in their order; what has no date may have been touched just now."""
    ranked = sorted(places, key=lambda number: listed.stamps.get(number, 1 << 32), reverse=True)
    return tuple(sorted(ranked[:most]))


def _at_once(places: Sequence[int], listed: _Listed) -> bool:
    """Do most bear the date of one hour?"""
    hours = Counter(listed.stamps[number] // 60 for number in places)
    return bool(hours) and 2 * max(hours.values()) > len(places)


# --- touched pages -----------------------------------------------------------------------------------------


def _touched(listed: _Listed, memory: _Memory) -> tuple[int, ...] | None:
    """Known pages whose date has risen enough; None: so many that a machine has stamped them."""
    ripe = [number for number, row in _dated_before(listed, memory) if _is_ripe(listed.stamps[number], *row)]
    dated = sum(1 for _ in _dated_before(listed, memory))
    usual = min(TOUCHED_MOST, max(TOUCHED_FEW, dated // 4))
    return tuple(ripe) if len(ripe) <= usual else None


def _dated_before(listed: _Listed, memory: _Memory) -> Iterator[tuple[int, tuple[int, int]]]:
    for number in listed.stamps:
        row = memory.pages.get(listed.keys[number], (0, 0))
        if row[1]:
            yield number, row


def _is_ripe(stamp: int, first: int, last: int) -> bool:
    return stamp > last and PATIENCE * (stamp - last) >= last - first


def _minute(moment: datetime) -> int:
    return max(0, int(moment.timestamp()) // _MINUTE)


def _key(url: str) -> bytes:
    """The page on its host, however the address is spelt; empty: a front page, or no address."""
    page = canonical(url)
    return blake2b(page.encode("utf-8", "replace"), digest_size=8).digest() if place(page) else b""
