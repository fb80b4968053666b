"""When a feed publishes: a small model of it, learnt from what its polls brought.

It counts moments of publishing by hour of the week (UTC) and forgets half of them in four weeks. Entries that
come together are one moment: ten at nine o'clock are worth one poll, not ten. Few counts say little, so an
hour leans on its neighbours, on the same hour of other days, and on the whole week. 420 bytes a feed.
"""

import math
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0  # seconds
HOURS = 168
HALF_LIFE = 4 * WEEK  # of a count
FIRST_RATE = 1.0  # moments an hour, as long as nothing is known; one hour of watching weighs as much
LEAN_ON_WEEK = 3.0  # hours of watching that the whole week weighs in an hour of the day
LEAN_ON_DAY = 4.0  # likewise of the hour of the day in an hour of the week
SEED = 14 * DAY  # dates of a first document that are younger tell of the rhythm
SEEDED = 0.75  # of these, the youngest: the others may be evergreens
BRIEF = 300.0  # watched for less, nothing can be said of a day
BATCH = 900.0  # undated entries that one poll finds count as a moment in so many seconds
BOUNDS = tuple(60.0 * 2 ** (step / 2) for step in range(32))  # of silences: a minute to 32 days
SILENCES = len(BOUNDS) + 1
FEW = 20  # silences, which say nothing of the rarest one in a hundred
RARE = 0.01

_FORM = struct.Struct(f"<ddf{HOURS}e{SILENCES}e")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Counts as they stood at `at`; times are seconds since 1970."""

    since: float  # from when on we watch
    at: float
    entries: float = 0.0
    hours: tuple[float, ...] = (0.0,) * HOURS  # moments; the week begins on Monday, 00:00 UTC
    silences: tuple[float, ...] = (0.0,) * SILENCES  # between two moments, by their length


def packed(rhythm: Rhythm) -> bytes:
    return _FORM.pack(rhythm.since, rhythm.at, rhythm.entries, *rhythm.hours, *rhythm.silences)


@lru_cache(maxsize=64)  # one poll asks for it three times
def unpacked(raw: bytes) -> Rhythm | None:
    """None: nothing is known, or other bytes than ours."""
    if len(raw) != _FORM.size:
        return None
    since, at, entries, *counts = _FORM.unpack(raw)
    return Rhythm(since, at, entries, tuple(counts[:HOURS]), tuple(counts[HOURS:]))


# --- learning ----------------------------------------------------------------------------------------------


def first(dates: Iterable[datetime | None], now: datetime) -> Rhythm:
    """What the dates of a feed's first document say of it."""
    at = now.timestamp()
    young = sorted(day.timestamp() for day in dates if day and at - SEED < day.timestamp() <= at)
    young = young[int(len(young) * (1 - SEEDED)) :]
    moments = _distinct(young)[1:]  # the first one begins the time
    return Rhythm(young[0], at, len(young) - 1, _counted(moments)) if moments else Rhythm(at, at)


def learnt(
    rhythm: Rhythm,
    dates: Sequence[datetime | None],
    before: datetime,
    quiet_since: datetime | None,
    now: datetime,
) -> Rhythm:
    """After a poll that brought entries of these dates (None: undated), the one before being at `before`.

    A date outside of that time is none: they came in between, whatever they say.
    """
    if not dates:
        return rhythm
    start, at = before.timestamp(), now.timestamp()
    dated = _distinct(sorted(day.timestamp() for day in dates if day and start < day.timestamp() <= at))
    undated = len(dates) - sum(bool(day and start < day.timestamp() <= at) for day in dates)
    aged = _aged(rhythm, at)
    counts = _counted([*dated, *_spread(undated, start, at)])
    return replace(
        aged,
        entries=aged.entries + len(dates),
        hours=tuple(map(sum, zip(aged.hours, counts, strict=True))),
        silences=_with_silence(aged.silences, at - quiet_since.timestamp()) if quiet_since else aged.silences,
    )


def _aged(rhythm: Rhythm, at: float) -> Rhythm:
    left = _left(at - rhythm.at)
    return replace(
        rhythm,
        at=at,
        entries=rhythm.entries * left,
        hours=tuple(count * left for count in rhythm.hours),
        silences=tuple(count * left for count in rhythm.silences),
    )


def _left(seconds: float) -> float:
    return float(2.0 ** (-max(0.0, seconds) / HALF_LIFE))


def _distinct(moments: Sequence[float]) -> list[float]:
    """Of moments in order, the first of each minute."""
    return list({moment // 60: moment for moment in reversed(moments)}.values())[::-1]


def _spread(entries: int, start: float, end: float) -> list[float]:
    times = min(entries, max(1, int((end - start) / BATCH)))
    return [end - (end - start) * (step + 0.5) / times for step in range(times)] if entries else []


def _counted(moments: Iterable[float]) -> tuple[float, ...]:
    counts = [0.0] * HOURS
    for moment in moments:
        counts[_hour(moment)] += 1
    return tuple(counts)


def _hour(moment: float) -> int:
    return int((moment + 3 * DAY) % WEEK // HOUR)  # 1970 began on a Thursday


def _with_silence(silences: tuple[float, ...], seconds: float) -> tuple[float, ...]:
    place = bisect_left(BOUNDS, seconds)
    return (*silences[:place], silences[place] + 1, *silences[place + 1 :])


# --- what it says ------------------------------------------------------------------------------------------


def wait(rhythm: Rhythm, moments: float, now: datetime, longest: timedelta) -> timedelta:
    """How long until so many moments of publishing are to be expected; `longest` at most."""
    start = now.timestamp()
    rate = _rates(rhythm, start)
    passed, end = 0.0, longest.total_seconds()
    while passed < end:
        step = min(HOUR - (start + passed) % HOUR, end - passed)
        came = rate(_hour(start + passed)) * step / HOUR
        if came >= moments:
            return timedelta(seconds=passed + step * moments / came)
        moments -= came
        passed += step
    return longest


def expected(rhythm: Rhythm, since: datetime, now: datetime) -> float:
    """Moments of publishing to be expected in this time."""
    start, end = since.timestamp(), now.timestamp()
    rate = _rates(rhythm, end)
    weeks, rest = divmod(max(0.0, end - start), WEEK)
    total = weeks * sum(map(rate, range(HOURS))) if weeks else 0.0
    while rest > 0:
        step = min(HOUR - (end - rest) % HOUR, rest)
        total += rate(_hour(end - rest)) * step / HOUR
        rest -= step
    return total


def is_silent(rhythm: Rhythm, since: datetime, now: datetime, likely: float = RARE) -> bool:
    """Is a silence so long that the rhythm makes it likely in so few cases at most?"""
    return expected(rhythm, since, now) >= -math.log(likely)


def is_record(rhythm: Rhythm, since: datetime, now: datetime) -> bool:
    """Is a silence longer than 99 of 100 before it, and unlikely at this time of the week, too?"""
    known = sum(rhythm.silences)
    longer = sum(rhythm.silences[bisect_left(BOUNDS, (now - since).total_seconds()) :])
    return (
        known * _left(now.timestamp() - rhythm.at) >= FEW
        and longer <= RARE * known
        and is_silent(rhythm, since, now)
    )


def gap(rhythm: Rhythm, now: datetime) -> timedelta:
    """The usual time between two moments of publishing."""
    return timedelta(hours=1 / _week_rate(rhythm, now.timestamp()))


def a_day(rhythm: Rhythm, now: datetime) -> float:
    """Entries in a usual day."""
    at = now.timestamp()
    watched = _watched(rhythm, at)
    return rhythm.entries * _left(at - rhythm.at) * DAY / watched if watched > BRIEF else 0.0


def at_once(rhythm: Rhythm) -> float:
    """Entries that usually come together."""
    return max(1.0, rhythm.entries / max(1.0, sum(rhythm.hours)))


def watched(rhythm: Rhythm, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - rhythm.since)


def _watched(rhythm: Rhythm, at: float) -> float:
    """Seconds we watched it, as much as counts that are half forgotten in four weeks remember of them."""
    return HALF_LIFE / math.log(2) * (1 - _left(at - rhythm.since))


def _week_rate(rhythm: Rhythm, at: float) -> float:
    """Moments an hour, the hour of the week being left aside."""
    counted = sum(rhythm.hours) * _left(at - rhythm.at)
    return (counted + FIRST_RATE) / (_watched(rhythm, at) / HOUR + 1)


class _rates:
    """Moments an hour, by hour of the week."""

    def __init__(self, rhythm: Rhythm, at: float) -> None:
        self._counts = rhythm.hours
        self._left = _left(at - rhythm.at)
        self._weeks = _watched(rhythm, at) / WEEK
        self._all = _week_rate(rhythm, at)

    def __call__(self, hour: int) -> float:
        """Its neighbours count half, as the edge of an hour means nothing to a newsroom."""
        counts = self._counts
        near = counts[hour] + (counts[hour - 1] + counts[(hour + 1) % HOURS]) / 2
        return (near * self._left + LEAN_ON_DAY * self._of_day(hour)) / (2 * self._weeks + LEAN_ON_DAY)

    def _of_day(self, hour: int) -> float:
        counted = sum(self._counts[hour % 24 :: 24]) * self._left
        return (counted + LEAN_ON_WEEK * self._all) / (7 * self._weeks + LEAN_ON_WEEK)
