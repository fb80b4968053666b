"""Alerts that are told as one message: those that wait for the same moment, and those that wait in a queue.

The message that carries them is made in the commit that claims it, and is one like any other from then on:
what became of it is what became of them. None is ever left out; one that is refused is told alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from monitor.model import Alert, Digest, Message, OutboxState, Priority
from monitor.store.codec import message_in
from monitor.store.outgoing import new_row
from monitor.store.schema import outbox

MOST_IN_ONE = 25  # alerts a message: 12,000 units of it leave 480 for each
A_QUEUE = 20  # so many that wait, or ...
TOO_LATE = timedelta(minutes=1)  # ... so old: Slack takes one message a second, nobody reads them singly
FLOOD_RESTS = timedelta(seconds=10)  # until no article of a flood was judged for so long, ...
FLOOD_ENDS = timedelta(minutes=2)  # ... at most
ALONE = "alone"  # the bundle of those that none carries any more

ALERTS = outbox.c.kind == "alert"
_TIMED = or_(outbox.c.bundle.startswith("digest "), outbox.c.bundle.startswith("quiet "))


class Unreadable(Exception):
    """A row whose message cannot be read."""

    def __init__(self, row_id: int, reason: Exception) -> None:
        super().__init__(str(reason))
        self.row_id = row_id


def gathered(
    tx: Connection, first: Row[Any], ready: ColumnElement[bool], now: datetime
) -> Sequence[Row[Any]]:
    """The rows that are told with the first one, itself included, most urgent first; empty: it goes alone.

    `ready`: what may be sent now.
    """
    if first.kind != "alert" or first.bundle == ALONE or _is_no_flood(tx, first):
        return ()
    beside = and_(ready, ALERTS, outbox.c.channel == first.channel, outbox.c.bundle == first.bundle)
    beside = and_(beside, outbox.c.root_id.is_not_distinct_from(first.root_id))
    if first.priority == Priority.HIGH:
        beside = and_(beside, outbox.c.priority == Priority.HIGH)
    if not first.bundle and not _is_a_queue(tx, beside, now):
        return ()
    asked = select(outbox).where(beside).order_by(outbox.c.priority, outbox.c.id).limit(MOST_IN_ONE)
    rows = tx.execute(asked).all()
    return rows if len(rows) > 1 else ()


def _is_a_queue(tx: Connection, waiting: ColumnElement[bool], now: datetime) -> bool:
    count, oldest = tx.execute(select(func.count(), func.min(outbox.c.next_at)).where(waiting)).one()
    return bool(count > A_QUEUE or (count > 1 and now - oldest > TOO_LATE))


# --- a flood ------------------------------------------------------------------------------------------------


def flood(most: int, feed_id: int, seen_at: datetime) -> str:
    """The bundle of what one poll of a feed brought, if more than `most` of it is told to a channel."""
    return f"flood {most} {feed_id} {seen_at.isoformat()}"


def rest(tx: Connection, channel: str, bundle: str, now: datetime) -> None:
    """Another alert has joined a flood: all of it waits for more to come."""
    same = and_(outbox.c.channel == channel, outbox.c.bundle == bundle, outbox.c.attempt == 0)
    began = tx.scalar(select(func.min(outbox.c.created_at)).where(same)) or now
    later = {"next_at": min(now + FLOOD_RESTS, began + FLOOD_ENDS)}
    tx.execute(update(outbox).where(same, outbox.c.state == OutboxState.READY).values(later))


def _is_no_flood(tx: Connection, first: Row[Any]) -> bool:
    """Were there so few that each is told alone?"""
    name, _, rest = first.bundle.partition(" ")
    if name != "flood":
        return False
    same = and_(outbox.c.channel == first.channel, outbox.c.bundle == first.bundle)
    return int(tx.scalar(select(func.count()).where(same)) or 0) <= int(rest.partition(" ")[0])


# --- carried ------------------------------------------------------------------------------------------------


def carry(tx: Connection, rows: Sequence[Row[Any]], left: int, now: datetime) -> int:
    """A message that tells these; its row, claimed by who asked for it. `left`: how many others tell."""
    first = rows[0]
    alerts = [_read(row) for row in rows]
    digest = Digest(
        tuple(one for one in alerts if isinstance(one, Alert)),
        since=min(row.created_at for row in rows),
        bundle=first.bundle,
        waiting=left,
    )
    names = sha256(" ".join(row.key for row in rows).encode()).hexdigest()
    carrier = new_row(
        f"digest|{names}|{now.isoformat()}",
        first.channel,
        digest,
        created_at=digest.since,
        next_at=now,
        priority=first.priority,
        root=first.root_id,
        meant=first.meant,
    )
    row_id: int = tx.execute(insert(outbox).values(carrier).returning(outbox.c.id)).scalar_one()
    told = {"state": OutboxState.CARRIED, "carried_by": row_id}
    tx.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(told))
    return row_id


def _read(row: Row[Any]) -> Message:
    """Raises Unreadable."""
    try:
        return message_in(row.kind, row.payload)
    except (KeyError, ValueError) as error:
        raise Unreadable(row.id, error) from error


def unpack(tx: Connection, carrier_id: int, now: datetime) -> int:
    """Slack does not take the message that carries them: each is told alone. How many they are."""
    alone = {"state": OutboxState.READY, "carried_by": None, "bundle": ALONE, "next_at": now}
    return tx.execute(update(outbox).where(outbox.c.carried_by == carrier_id).values(alone)).rowcount


def waiting(tx: Connection, first: Row[Any], ready: ColumnElement[bool]) -> int:
    """How many wait for the same as this one, itself included."""
    same = and_(ready, ALERTS, outbox.c.channel == first.channel, outbox.c.bundle == first.bundle)
    return int(tx.scalar(select(func.count()).where(same)) or 0)


# --- kept back ----------------------------------------------------------------------------------------------


def _kept_back(now: datetime) -> ColumnElement[bool]:
    """For the hours at which alerts are told; one that was tried waits for something else."""
    return and_(
        outbox.c.state == OutboxState.READY, ALERTS, _TIMED, outbox.c.next_at > now, outbox.c.attempt == 0
    )


def kept_back(tx: Connection, now: datetime) -> int:
    """How many alerts are not to be told yet."""
    return int(tx.scalar(select(func.count()).where(_kept_back(now))) or 0)


def waiting_alerts(tx: Connection, now: datetime) -> Iterator[tuple[int, Alert]]:
    """Those, by row; what cannot be read is left to who claims it."""
    for row in tx.execute(select(outbox).where(_kept_back(now)).order_by(outbox.c.id)).all():
        with suppress(Unreadable):
            alert = _read(row)
            if isinstance(alert, Alert):
                yield row.id, alert


def retime(tx: Connection, row_id: int, at: datetime, bundle: str) -> None:
    """It is told then, with these; without any, with those it waited with."""
    kept = bundle if bundle else outbox.c.bundle
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(next_at=at, bundle=kept))
