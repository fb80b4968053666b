"""Messages that do not come through: tried in vain, or of an unknown fate, for long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from monitor.model import OutboxState
from monitor.store.lanes import WIDE, held, lanes
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


@dataclass(frozen=True, slots=True)
class Away:
    """No message reaches Slack."""

    since: datetime
    reason: str


def away(tx: Connection, now: datetime, patience: timedelta, *, resends: bool) -> Away | None:
    """At once where the whole workspace is held, else when nothing has been sent for so long.

    `resends`: a message of unknown fate is told again where its channel cannot be read, so that one which
    stays unknown shows that Slack does not answer.
    """
    wide = next((lane for lane in lanes(tx) if lane.channel == WIDE), None)
    tried = tx.scalar(select(func.min(outbox.c.first_at)).where(outbox.c.state == OutboxState.READY))
    if wide and wide.held:
        return Away(tried or now, wide.reason)
    before = now - patience
    if tx.scalar(select(outbox.c.id).where(outbox.c.sent_at > before).limit(1)):
        return None
    pressed = wide and wide.blocked_until and wide.blocked_until > before
    found = tried_in_vain(tx, before) if pressed else None
    found = found or (unknown(tx, before) if resends else None)
    return Away(found.since, found.reason) if found else None


def _oldest(tx: Connection, which: ColumnElement[bool], before: datetime) -> Stuck | None:
    asked = select(outbox).where(which, outbox.c.first_at < before).order_by(outbox.c.first_at).limit(1)
    row = tx.execute(asked).first()
    return Stuck(row.channel, row.first_at, row.error) if row else None
