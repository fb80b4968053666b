"""When a feed is due next, and what is remembered of the poll that has just been made.

A server is never asked sooner than it said, nor sooner than the interval: `every` of the feed, or the largest
of the floor, what the server calls fresh, and the rest the feed asks for. `every` is the owner's word and
stands above the publisher's hints. A feed that fails is asked less and less, and never given up.
Rules and sources: RFC 9110 10.2.3 (Retry-After), RFC 9111 4.2 (freshness), RSS 2.0 (ttl, skipHours);
practice of the feed readers that publishers praise.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.model import (
    Cause,
    Feed,
    FeedRead,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Hints,
    Unchanged,
    Unreadable,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONGEST_WISH = timedelta(days=7)  # a Retry-After beyond is a mistake that would silence a feed
JITTER = 0.1  # of the interval, so that feeds loaded together drift apart
FIXED_PATIENCE = 16  # a feed with `every` is back within 16 of its intervals: its owner asked for promptness

# Waits between tries of a page that did not come: soon, because news ages; two days, because outages last.
PAGE_WAITS = tuple(timedelta(minutes=m) for m in (5, 15, 45, 120, 360, 720, 720, 720))


def after(
    feed: Feed,
    fetched: FetchOutcome,
    read: FeedRead | Unreadable | None,
    body_hash: str,
    now: datetime,
    floor: timedelta,
    jitter: float,
) -> FeedState:
    """The whole state of a feed after a poll.

    `read` None: nothing had to be read, as nothing came or the body is that of last time. `jitter` in 0..1.
    Validators are kept only for a body that was read to its end: anything else must be fetched again.
    """
    match fetched:
        case FetchFailed():
            return _failed(feed, fetched, now, floor, jitter)
        case Unchanged():
            state = replace(feed.state, validators=fetched.validators)
        case Fetched() if isinstance(read, Unreadable):
            return _failed(feed, FetchFailed(Cause.BROKEN, read.reason), now, floor, jitter)
        case Fetched():
            state = _read(feed.state, fetched, read, body_hash)
        case other:
            assert_never(other)
    wait = _interval(feed, max(fetched.fresh_for, state.hints.rest), floor, jitter)
    return replace(
        state,
        due_at=_welcome(feed, state.hints, now + wait, now),
        polled_at=now,
        ok_at=now,
        pause_until=None,
        failures=0,
        failing_since=None,
        error="" if not isinstance(read, FeedRead) or read.complete else "the feed was cut short",
    )


def page_again(failed: FetchFailed | Unreadable, tries: int) -> timedelta | None:
    """How long to wait before a page is asked for again, after `tries` earlier ones; None: not again."""
    if not failed.passing or tries >= len(PAGE_WAITS):
        return None
    wish = _wish(failed) if isinstance(failed, FetchFailed) else None
    return max(PAGE_WAITS[tries], wish or PAGE_WAITS[tries])


def _read(state: FeedState, fetched: Fetched, read: FeedRead | None, body_hash: str) -> FeedState:
    if read is None:
        return replace(state, validators=fetched.validators)
    told = replace(
        state,
        title=read.title or state.title,
        language=read.language or state.language,
        hints=read.hints,
        looked=True,
        marks=read.marks,
    )
    return replace(told, validators=fetched.validators, body_hash=body_hash) if read.complete else told


def _interval(feed: Feed, rest: timedelta, floor: timedelta, jitter: float) -> timedelta:
    if feed.spec.every:
        return feed.spec.every  # as its owner said; polls spread by themselves, being counted from the last
    return max(floor, min(rest, DAY)) * (1 + JITTER * jitter)


def _welcome(feed: Feed, hints: Hints, due_at: datetime, now: datetime) -> datetime:
    """`due_at`, or the end of the hours and days the publisher wants to be left alone in; a day at most."""
    latest = max(due_at, now + DAY)
    while feed.spec.every is None and due_at < latest and _skipped(hints, due_at):
        due_at = due_at.replace(minute=0, second=0, microsecond=0) + HOUR
    return min(due_at, latest)


def _skipped(hints: Hints, moment: datetime) -> bool:
    return moment.hour in hints.hours or moment.weekday() in hints.days


def _failed(feed: Feed, failed: FetchFailed, now: datetime, floor: timedelta, jitter: float) -> FeedState:
    failing = _failing(feed.state, failed.reason, now)
    interval = _interval(feed, feed.state.hints.rest, floor, jitter=0)
    wish = _wish(failed)
    if wish is not None:
        due_at = now + max(wish, interval)
        return replace(failing, due_at=_welcome(feed, failing.hints, due_at, now), pause_until=now + wish)
    wait = _patience(failed.status, interval, failing.failures, fixed=feed.spec.every is not None)
    due_at = now + wait * (1 + JITTER * jitter)
    return replace(failing, due_at=_welcome(feed, failing.hints, due_at, now))


def _failing(state: FeedState, reason: str, now: datetime) -> FeedState:
    return replace(
        state,
        polled_at=now,
        pause_until=None,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        error=reason,
    )


def _wish(failed: FetchFailed) -> timedelta | None:
    return None if failed.retry_after is None else min(failed.retry_after, LONGEST_WISH)


def _patience(status: int, interval: timedelta, failures: int, *, fixed: bool) -> timedelta:
    """How long to leave a server alone that did not say how long; never less than the interval.

    401 and 403: 4 h, somebody has to change something. 410: once more after an hour, then once a day.
    429 and 503: an hour, then double. All else: the interval, then double, to once a day; what passes by
    itself and has a fixed interval, to 16 of them.
    """
    if status in (401, 403):
        wait = 4 * HOUR
    elif status == 410:
        wait = HOUR if failures == 1 else DAY
    elif status in (429, 503):
        wait = _doubled(HOUR, failures, DAY)
    else:
        wait = _doubled(interval, failures, FIXED_PATIENCE * interval if fixed and status != 404 else DAY)
    return max(interval, wait)


def _doubled(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(failures - 1, 20)), longest)
