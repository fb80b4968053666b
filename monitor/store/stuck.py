"""Messages that do not come through: tried in vain, or of an unknown fate, for long."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from monitor.model import OutboxState
from monitor.store.lanes import WIDE, held
from monitor.store.schema import outbox


@dataclass(frozen=True, slots=True)
class Stuck:
    """The oldest of them."""

    channel: str
    since: datetime
    reason: str


def waiting(tx: Connection) -> tuple[str, ...]:
    """The channels for which something waits."""
    return tuple(tx.scalars(select(outbox.c.channel).where(outbox.c.state == OutboxState.READY).distinct()))


def tried_in_vain(tx: Connection, before: datetime) -> Stuck | None:
    """Since before then, in channels that nothing holds. None: there is no such message."""
    shut = held(tx)
    if WIDE in shut:
        return None
    waits = and_(outbox.c.state == OutboxState.READY, outbox.c.attempt > 0, outbox.c.error != "")
    return _oldest(tx, and_(waits, outbox.c.channel.not_in(shut)), before)


def unknown(tx: Connection, before: datetime) -> Stuck | None:
    """Sent before then, and nobody knows yet whether it arrived. None: there is no such message."""
    return _oldest(tx, outbox.c.state == OutboxState.UNKNOWN, before)


def _oldest(tx: Connection, which: ColumnElement[bool], before: datetime) -> Stuck | None:
    asked = select(outbox).where(which, outbox.c.first_at < before).order_by(outbox.c.first_at).limit(1)
    row = tx.execute(asked).first()
    return Stuck(row.channel, row.first_at, row.error) if row else None
