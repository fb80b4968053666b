"""When an alert that is not urgent is told: after quiet hours, or with the next digest. Pure.

Times are those of a wall clock, in steps of a minute, so that the two nights on which clocks are changed need
no rule of their own: what is never shown by the clock (02:30 in spring) comes when it has passed, and what it
shows twice is quiet twice, and a digest once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor.model import Hours, Times, Timing

MINUTE = timedelta(minutes=1)
DAY = 24 * 60  # minutes
LONGEST = 8 * DAY  # minutes: nothing is kept back for longer


@dataclass(frozen=True, slots=True)
class Release:
    """When something is told, and with which others. `bundle` empty: now, by itself."""

    at: datetime
    bundle: str = ""


def release(timing: Timing, now: datetime) -> Release:
    """When an alert that was queued `now` is told."""
    if not timing.digest and not timing.quiet:
        return Release(now)
    minute = now.replace(second=0, microsecond=0)
    at = _awake(timing, minute)
    if timing.digest:
        at = _next(timing, max(at, minute + MINUTE))
        return Release(at, f"digest {at.isoformat()}")
    return Release(now) if at == minute else Release(at, f"quiet {at.isoformat()}")


@lru_cache(maxsize=4096)
def _awake(timing: Timing, minute: datetime) -> datetime:
    """The first minute from here on that is not quiet."""
    zone = ZoneInfo(timing.zone)
    for later in range(LONGEST):
        at = minute + later * MINUTE
        if not is_quiet(timing.quiet, at.astimezone(zone)):
            return at
    return minute + LONGEST * MINUTE


@lru_cache(maxsize=4096)
def _next(timing: Timing, minute: datetime) -> datetime:
    """The first minute from here on at which a digest is due, and that is not quiet."""
    zone = ZoneInfo(timing.zone)
    before = (minute - MINUTE).astimezone(zone)
    for later in range(LONGEST):
        at = minute + later * MINUTE
        local = at.astimezone(zone)
        if is_due(timing.digest, before, local):
            return _awake(timing, at)
        before = local
    return minute + LONGEST * MINUTE


def is_quiet(quiet: tuple[Hours, ...], local: datetime) -> bool:
    """By a wall clock that shows `local`."""
    minute, day = local.hour * 60 + local.minute, local.weekday()
    return any(
        (hours.start <= minute < _end(hours) and day in hours.days)
        or (minute < _end(hours) - DAY and (day - 1) % 7 in hours.days)
        for hours in quiet
    )


def _end(hours: Hours) -> int:
    return hours.end if hours.end > hours.start else hours.end + DAY


def is_due(digest: tuple[Times, ...], before: datetime, local: datetime) -> bool:
    """Did the wall clock come to one of these times since it showed `before`, a minute ago?"""
    if local.fold:
        return False  # it has shown that time before
    minute = local.hour * 60 + local.minute
    start = before.hour * 60 + before.minute if before.date() == local.date() else -1
    return any(
        local.weekday() in times.days and any(start < due <= minute for due in times.minutes)
        for times in digest
    )
