"""Messages of which nobody knows whether they have arrived: what is looked up in Slack, and what was found.

unknown --(settle)--> looked up --> sent (found) | ready (not found) | unknown (cannot be read: later)
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Update, and_, func, select, update

from monitor.model import Lookup, OutboxState, Outgoing
from monitor.store.lanes import WIDE, release
from monitor.store.outgoing import outgoing, root_of
from monitor.store.schema import outbox

AT_ONCE = 200  # of one channel: a read of its history finds them all


def channels_due(tx: Connection, now: datetime) -> tuple[str, ...]:
    """Where something is to be looked up."""
    return tuple(tx.scalars(select(outbox.c.channel).where(_due(now)).distinct().order_by(outbox.c.channel)))


def due(tx: Connection, channel: str, now: datetime) -> Lookup | None:
    """What is to be looked up in a channel with one read; None: nothing is."""
    asked = (
        select(outbox).where(_due(now), outbox.c.channel == channel).order_by(outbox.c.look_at, outbox.c.id)
    )
    rows = tx.execute(asked.limit(AT_ONCE)).all()
    if not rows:
        return None
    root_id = rows[0].root_id
    rows = [row for row in rows if row.root_id == root_id]
    root = root_of(tx, root_id)
    times = [row.first_at or row.started_at or row.created_at for row in rows]
    messages = tuple(outgoing(tx, row) for row in rows)
    place = next((row.place for row in rows if row.place), root.place if root else "")
    return Lookup(channel, place, root.ts if root else "", min(times), messages)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state == OutboxState.UNKNOWN, outbox.c.look_at <= now)


def found(tx: Connection, out: Outgoing, ts: str, place: str, now: datetime) -> None:
    """It has arrived."""
    sent = {"state": OutboxState.SENT, "ts": ts, "place": place, "sent_at": now, "look_at": None}
    tx.execute(_of(out).values(sent | {"error": "its answer was lost; found in Slack"}))
    release(tx, (out.channel, WIDE))


def missing(tx: Connection, out: Outgoing, why: str, now: datetime) -> None:
    """It has not arrived, or nobody can ever tell: it is sent again."""
    again = {"state": OutboxState.READY, "next_at": now, "look_at": None, "error": why}
    tx.execute(_of(out).values(again))


def put_off(tx: Connection, out: Outgoing, why: str, until: datetime) -> None:
    """It could not be looked up; it is again, later."""
    tx.execute(_of(out).values(look_at=until, looks=outbox.c.looks + 1, error=why))


def _of(out: Outgoing) -> Update:
    mine = and_(outbox.c.id == out.id, outbox.c.attempt == out.attempt, outbox.c.state == OutboxState.UNKNOWN)
    return update(outbox).where(mine)


def next_due(tx: Connection) -> datetime | None:
    """When the next message is looked up. None: every outcome is known."""
    when: datetime | None = tx.scalar(
        select(func.min(outbox.c.look_at)).where(outbox.c.state == OutboxState.UNKNOWN)
    )
    return when
