"""What keeps many feeds in order at once: rest for a host, no storm after a stop, a sweep after an outage."""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from monitor.store.codec import hints_in
from monitor.store.columns import EPOCH, MILLISECOND, Moment, shard_of
from monitor.store.schema import feeds, hosts, insert_into

LATE = timedelta(minutes=2)  # overdue by more: it was not a busy moment but a stop
A_FEED = timedelta(seconds=1)  # of the time over which many are spread ...
LONGEST = timedelta(minutes=10)  # ... at most
FORGOTTEN = timedelta(days=1)  # after the end of a rest the next one is the first again
A_DAY = timedelta(days=1)  # the most that hours without visits may cost
NO_HOURS = "%,[],[]]"  # how hints end that name neither hours nor days: nearly all do
STRIDE = 7919  # a prime: neighbours, who often share a host, come apart


def spread_overdue(tx: Connection, now: datetime) -> int:
    """After a stop: what is overdue is asked over minutes, not at once. How many feeds.

    Not those with an interval of their own, nor those that were never asked: somebody waits for these.
    """
    overdue = and_(
        feeds.c.active,
        feeds.c.due_at < now - LATE,
        feeds.c.polled_at.is_not(None),
        feeds.c.every.is_(None),
    )
    return _spread(tx, overdue, now)


def ask_again(tx: Connection, since: datetime, now: datetime) -> int:
    """After an outage of our own: whom we asked in vain is blamed for nothing, and asked again. How many."""
    unblame(tx, since)
    return _spread(tx, _in_vain(since), now)


def unblame(tx: Connection, since: datetime) -> None:
    """Feeds that began to fail before the outage of our own was noticed, but within it."""
    unblamed = {"failures": 0, "failing_since": None, "error": "", "cause": None}
    tx.execute(update(feeds).where(_in_vain(since)).values(unblamed))


def _in_vain(since: datetime) -> ColumnElement[bool]:
    """Asked since then, and not reached."""
    return and_(
        feeds.c.active,
        feeds.c.polled_at >= since,
        or_(feeds.c.ok_at.is_(None), feeds.c.ok_at < since),
        or_(feeds.c.failing_since.is_(None), feeds.c.failing_since >= since),
        feeds.c.pause_until.is_(None),
    )


def _spread(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    number = tx.scalar(select(func.count()).where(which)) or 0
    if number:
        tx.execute(update(feeds).where(which).values(due_at=_after(now, min(number * A_FEED, LONGEST))))
        _leave_alone(tx, now)
    return number


def _leave_alone(tx: Connection, start: datetime) -> None:
    """Of those that are spread from `start` on, whoever wants no visits then is asked when that is over."""
    spread = and_(feeds.c.active, feeds.c.due_at.between(start, start + LONGEST), feeds.c.every.is_(None))
    asking = select(feeds.c.id, feeds.c.due_at, feeds.c.hints).where(spread, _HINTS.not_like(NO_HOURS))
    moved = [
        {"feed": row.id, "due": hints_in(row.hints).welcome(row.due_at, latest=row.due_at + A_DAY)}
        for row in tx.execute(asking)
    ]
    if moved:
        tx.execute(_MOVE, moved)


_HINTS = type_coerce(feeds.c.hints, Text)
_MOVE = update(feeds).where(feeds.c.id == bindparam("feed")).values(due_at=bindparam("due"))


def _after(start: datetime, over: timedelta) -> ColumnElement[datetime]:
    """A moment for each feed, soon after `start`."""
    first, width = (start - EPOCH) // MILLISECOND, max(1, over // MILLISECOND)
    return type_coerce(first + feeds.c.id * STRIDE % width, Moment)


# --- hosts -------------------------------------------------------------------------------------------------


def times_busy(tx: Connection, host: str, now: datetime) -> int:
    """How often in a row a host said 429, this time included; more of it during its rest is the same time."""
    row = tx.execute(select(hosts).where(hosts.c.host == host)).first()
    if row is None or now - row.until > FORGOTTEN:
        return 1
    times: int = row.times
    return times + int(row.until <= now)


def rest(tx: Connection, host: str, until: datetime, times: int, but: int) -> None:
    """All feeds of a host rest until then, and are spread after it; of the feed `but` it is known already."""
    told = {"until": until, "times": times}
    put = insert_into(tx, hosts).values(host=host, **told)
    tx.execute(put.on_conflict_do_update(index_elements=["host"], set_=told))
    others = and_(feeds.c.shard == shard_of(host), feeds.c.host == host, feeds.c.id != but, feeds.c.active)
    sooner = and_(others, or_(feeds.c.pause_until.is_(None), feeds.c.pause_until < until))
    number = tx.scalar(select(func.count()).where(sooner)) or 0
    due_at = case(
        (feeds.c.due_at > until, feeds.c.due_at), else_=_after(until, min(number * A_FEED, LONGEST))
    )
    tx.execute(update(feeds).where(sooner).values(pause_until=until, due_at=due_at))
    _leave_alone(tx, until)
