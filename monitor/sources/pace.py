"""When a feed is due next, and what is remembered of the poll that has just been made.

A server is never asked sooner than it said, nor sooner than the interval: `every` of the feed, or the largest
of the floor, what the server calls fresh, the rest the feed asks for, and what its own rhythm makes worth a
look. `every` is the owner's word and stands above all but Retry-After. A feed that fails is asked less and
less, and never given up.
Rules and sources: RFC 9110 10.2.3 (Retry-After), RFC 9111 4.2 (freshness), RSS 2.0 (ttl, skipHours);
practice of the feed readers that publishers praise.
"""

from dataclasses import dataclass, replace
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
    Fresh,
    Hints,
    Unchanged,
    Unreadable,
)
from monitor.model.upkeep import Doubt
from monitor.sources import moves, rhythm, trust
from monitor.sources.trust import Question

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONGEST_WISH = timedelta(days=7)  # a Retry-After beyond is a mistake that would silence a feed
JITTER = 0.1  # of the interval, so that feeds loaded together drift apart
FIXED_PATIENCE = 16  # a feed with `every` is back within 16 of its intervals: its owner asked for promptness
WORTH_A_LOOK = 0.5  # moments of publishing to be expected until the next poll
# A feed may rest for a 24th of its silence: an hour while it is alive, a day when it is silent for 24 days.
# In real histories half of the news of slow feeds is then seen within 50 minutes, instead of 5 to 13 hours
# with a day for all, by a tenth of the polls that every five minutes would cost.
REST_IN_SILENCE = 1 / 24
SAFETY_NET = 4  # a feed whose news a hub pushes is polled so much less
OVERLAP = 0.75  # of a document that should still be there at the next poll

CUT_SHORT = "the feed was cut short"

# Waits between tries of a page that did not come: soon, because news ages; two days, because outages last.
PAGE_WAITS = tuple(timedelta(minutes=m) for m in (5, 15, 45, 120, 360, 720, 720, 720))


@dataclass(frozen=True, slots=True)
class Came:
    """What a poll brought beside its answer."""

    found: Fresh = Fresh()
    familiar: bool = True  # it carries an entry that was known
    asked: Question | None = None  # None: with the validators that were remembered
    offline: bool = False  # most hosts fail at the moment: it is this machine, not the feed


def after(
    feed: Feed,
    fetched: FetchOutcome,
    read: FeedRead | Unreadable | None,
    body_hash: str,
    now: datetime,
    floor: timedelta,
    jitter: float,
    came: Came = Came(),
) -> FeedState:
    """The whole state of a feed after a poll.

    `read` None: nothing had to be read, as nothing came or the body is that of last time. `jitter` in 0..1.
    Validators are kept only for a body that was read to its end: anything else must be fetched again.
    """
    match fetched:
        case FetchFailed():
            return _failed(feed, fetched, now, floor, jitter, came)
        case Unchanged():
            state = _believed(feed, fetched, came, now)
            if isinstance(read, FeedRead):  # an index is as it was, a document that it names is not
                state = _learnt(replace(state, marks=read.marks), feed.state, read, came.found, now)
        case Fetched() if isinstance(read, Unreadable):
            failed = FetchFailed(read.cause, read.reason)
            return _failed(feed, failed, now, floor, jitter, came)
        case Fetched():
            state = _read(_believed(feed, fetched, came, now), feed.state, fetched, read, body_hash)
            state = _learnt(state, feed.state, read, came.found, now)
        case other:
            assert_never(other)
    address, move = moves.after_answer(feed, fetched.moved_to, came.familiar, now)
    wait = _interval(feed, state, fetched.fresh_for, _turnover(feed, came, now), now, floor)
    return replace(
        state,
        due_at=_welcome(feed, state.hints, now + _spread(feed, wait, jitter), now),
        polled_at=now,
        ok_at=now,
        pause_until=None,
        failures=0,
        failing_since=None,
        error=_trouble(feed.state, read),
        cause=None,
        address=address,
        move=move,
    )


def _trouble(before: FeedState, read: FeedRead | Unreadable | None) -> str:
    """What is not right with a feed that answers. Where it answers as before, that is as it was; but what is
    the same as before is the last one that was whole."""
    if not isinstance(read, FeedRead):
        return "" if before.failing_since or before.error == CUT_SHORT else before.error
    return read.trouble if read.complete else CUT_SHORT


def page_again(failed: FetchFailed | Unreadable, tries: int) -> timedelta | None:
    """How long to wait before a page is asked for again, after `tries` earlier ones; None: not again."""
    if not failed.passing or tries >= len(PAGE_WAITS):
        return None
    wish = _wish(failed) if isinstance(failed, FetchFailed) else None
    return max(PAGE_WAITS[tries], wish or PAGE_WAITS[tries])


# What was told is looked at again, counted from there: most corrections come within a day.
LOOKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


def next_look(since: datetime, now: datetime) -> datetime | None:
    """When an article that was told at `since` is looked at next; None: not again. Looks that fell into a
    stop are not made up for."""
    return next((since + wait for wait in LOOKS if since + wait > now), None)


# --- what is remembered ------------------------------------------------------------------------------------


def _believed(feed: Feed, fetched: Fetched | Unchanged, came: Came, now: datetime) -> FeedState:
    asked = came.asked or Question(feed.state.validators)
    believed, validators = trust.after(feed.state, asked, fetched, len(came.found.new), now)
    if (believed, validators) == (feed.state.trust, feed.state.validators):
        return feed.state  # as after nearly every 304
    return replace(feed.state, trust=believed, validators=validators)


def _read(
    state: FeedState, before: FeedState, fetched: Fetched, read: FeedRead | None, body_hash: str
) -> FeedState:
    if read is None:
        return state
    told = replace(
        state,
        title=read.title or state.title,
        language=read.language or state.language,
        hints=read.hints,
        looked=True,
    )
    if fetched.partial:
        return told
    told = replace(told, marks=read.marks, carried=_carried(state, read))
    return (
        replace(told, body_hash=body_hash) if read.complete else replace(told, validators=before.validators)
    )


def _carried(state: FeedState, read: FeedRead) -> int:
    """A short document is a stub for a while, and then the way the feed is now."""
    total = read.total or len(read.entries)
    return total if 2 * total >= state.carried else state.carried * 3 // 4


def _learnt(
    state: FeedState, before: FeedState, read: FeedRead | None, found: Fresh, now: datetime
) -> FeedState:
    """When it publishes: at first by the dates of its entries, then by what polls bring."""
    state = replace(state, body_at=now, news_at=now if found.new else state.news_at)
    known = rhythm.unpacked(before.rhythm)
    if known is None or before.ok_at is None:
        dates = [entry.published for entry in read.entries] if read else []
        return replace(state, rhythm=rhythm.packed(rhythm.first(dates, now))) if dates else state
    dates = [new.entry.published for new in found.new]
    if not dates:
        return state
    return replace(
        state, rhythm=rhythm.packed(rhythm.learnt(known, dates, before.ok_at, before.news_at, now))
    )


def after_push(state: FeedState, found: Fresh, now: datetime) -> FeedState:
    """What a hub brings tells when the feed publishes, as what polls bring does; and nothing else."""
    dates = [new.entry.published for new in found.new]
    known = rhythm.unpacked(state.rhythm)
    if not dates or known is None or state.ok_at is None:
        return state
    since = max(state.ok_at, state.news_at or state.ok_at)
    learnt = rhythm.learnt(known, dates, since, state.news_at, now)
    return replace(state, news_at=now, rhythm=rhythm.packed(learnt))


# --- when next ---------------------------------------------------------------------------------------------


def _interval(
    feed: Feed,
    state: FeedState,
    fresh_for: timedelta,
    turnover: timedelta,
    now: datetime,
    floor: timedelta,
) -> timedelta:
    """`state` as it is after the poll."""
    if feed.spec.every:
        return feed.spec.every  # as its owner said; polls spread by themselves, being counted from the last
    doubted = trust.doubt_of(state.trust, now) is not Doubt.NONE
    rest = max(floor, min(max(fresh_for, state.hints.rest), DAY), trust.REST if doubted else floor)
    wait = max(rest, _worth_a_look(state, now)) * (SAFETY_NET if feed.pushed else 1)
    return max(rest, min(wait, turnover, DAY))


def _worth_a_look(state: FeedState, now: datetime) -> timedelta:
    known = rhythm.unpacked(state.rhythm)
    if known is None:
        return timedelta(0)
    silence = now - (state.news_at or now)
    return rhythm.wait(known, WORTH_A_LOOK, now, min(max(HOUR, silence * REST_IN_SILENCE), DAY))


def _turnover(feed: Feed, came: Came, now: datetime) -> timedelta:
    """How long until so much of the document is new that what came between might be lost."""
    before = feed.state
    if not before.carried or before.ok_at is None or not before.looked:
        return DAY
    share = min(1.0, len(came.found.new) / before.carried)
    return DAY if share <= 1 - OVERLAP else (now - before.ok_at) * ((1 - OVERLAP) / share)


def _spread(feed: Feed, wait: timedelta, jitter: float) -> timedelta:
    return wait if feed.spec.every else wait * (1 + JITTER * jitter)


def _welcome(feed: Feed, hints: Hints, due_at: datetime, now: datetime) -> datetime:
    """`due_at`, or the end of the hours and days the publisher wants to be left alone in; a day at most."""
    return due_at if feed.spec.every else hints.welcome(due_at, latest=max(due_at, now + DAY))


# --- failures ----------------------------------------------------------------------------------------------


def _failed(
    feed: Feed, failed: FetchFailed, now: datetime, floor: timedelta, jitter: float, came: Came
) -> FeedState:
    if came.offline:  # nobody was asked, so nobody is asked too often: we are back soon after the line is
        soon = max(floor, feed.state.hints.rest)
        wait = min(feed.spec.every or soon, soon)
        return replace(feed.state, due_at=now + _spread(feed, wait, jitter), polled_at=now)
    interval = _interval(feed, feed.state, timedelta(0), DAY, now, floor)
    wish = _wish(failed)
    if failed.cause is Cause.PAUSED:
        due_at = now + max(wish or interval, interval) * (1 + JITTER * jitter)
        return replace(feed.state, due_at=_welcome(feed, feed.state.hints, due_at, now))
    asked = came.asked or Question(feed.state.validators)
    believed, validators = trust.after(feed.state, asked, failed, 0, now)
    known = replace(feed.state, trust=believed, validators=validators)
    failing = moves.after_failure(_failing(known, failed, now), now)
    if wish is not None:
        due_at = now + max(wish, interval)
        return replace(failing, due_at=_welcome(feed, failing.hints, due_at, now), pause_until=now + wish)
    status = 403 if failed.cause in _WALLS else failed.status
    wait = _patience(status, interval, failing.failures, jitter, fixed=feed.spec.every is not None)
    return replace(failing, due_at=_welcome(feed, failing.hints, now + wait, now))


def _failing(state: FeedState, failed: FetchFailed, now: datetime) -> FeedState:
    return replace(
        state,
        polled_at=now,
        pause_until=None,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        error=failed.reason,
        cause=_CLASSES.get(failed.status, failed.cause) if failed.cause is Cause.STATUS else failed.cause,
    )


_CLASSES = {401: Cause.FORBIDDEN, 403: Cause.FORBIDDEN, 404: Cause.NOT_FOUND, 410: Cause.GONE}
_CLASSES |= {429: Cause.BUSY, 503: Cause.BUSY}
_WALLS = frozenset({Cause.CHALLENGE, Cause.FIREWALL, Cause.CONSENT, Cause.LOGIN})  # whatever the status says


def _wish(failed: FetchFailed) -> timedelta | None:
    return None if failed.retry_after is None else min(failed.retry_after, LONGEST_WISH)


def _patience(status: int, interval: timedelta, failures: int, jitter: float, *, fixed: bool) -> timedelta:
    """How long to leave a server alone that did not say how long; never less than the interval.

    401 and 403: 4 h, somebody has to change something. 410: once more after an hour, then once a day.
    404: the interval, then double, to once a day. 429 and 503: an hour, then double. All else: anything up to
    that, so that those who failed together do not return together; what passes by itself and has a fixed
    interval, to 16 of them.
    """
    longer = 1 + JITTER * jitter
    match status:
        case 401 | 403:
            return max(interval, 4 * HOUR) * longer
        case 410:
            return max(interval, HOUR if failures == 1 else DAY) * longer
        case 404:
            return max(interval, _doubled(interval, failures, DAY)) * longer
        case 429 | 503:
            return max(interval, _doubled(HOUR, failures, DAY)) * longer
    longest = _doubled(interval, failures, FIXED_PATIENCE * interval if fixed else DAY)
    return interval + max(timedelta(0), longest - interval) * jitter


def host_rest(failed: FetchFailed, times: int) -> timedelta:
    """How long all feeds of a host rest that said 429 so often in a row: as it wishes, or 1, 2, 4 … h."""
    wish = _wish(failed)
    return wish if wish is not None else _doubled(HOUR, times, DAY)


def _doubled(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(failures - 1, 20)), longest)
