"""Messages that live on: what they say has changed, and Slack is to show it.

`changes` counts what was to be shown, `shown` what is: a change that comes while an edit is on its way is not
lost. To edit is idempotent, so a kill in between costs one more edit and nothing else.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, and_, func, select, update

from monitor.model import Message, OutboxState, Outgoing
from monitor.store.codec import message_out
from monitor.store.lanes import WIDE, blocked
from monitor.store.outgoing import outgoing
from monitor.store.schema import outbox

PACE = timedelta(seconds=30)  # between two edits of one message: Slack takes some 50 a minute of a workspace


def touch(tx: Connection, ids: Collection[int], now: datetime, pace: timedelta = PACE) -> None:
    """What these messages say has changed; the one that carries a message stands for it."""
    standing = select(func.coalesce(outbox.c.carried_by, outbox.c.id)).where(outbox.c.id.in_(ids))
    for row in tx.execute(
        select(outbox.c.id, outbox.c.edited_at, outbox.c.edit_at).where(outbox.c.id.in_(standing))
    ):
        due = max(now, row.edited_at + pace) if row.edited_at else now
        change = {"changes": outbox.c.changes + 1, "edit_at": min(row.edit_at or due, due)}
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(change))


def reword(tx: Connection, row_id: int, message: Message, now: datetime) -> None:
    """Another text for a message: Slack shows it in place of the old one, if that was sent already."""
    kind, payload = message_out(message)
    text = {"kind": kind, "payload": payload, "payload_hash": sha256(payload.encode()).hexdigest()}
    same = and_(outbox.c.id == row_id, outbox.c.payload != payload)
    state = tx.scalar(update(outbox).where(same).values(text).returning(outbox.c.state))
    if state not in (None, OutboxState.READY):  # one that was not sent says it when it is
        touch(tx, [row_id], now)


def roots_of(tx: Connection, ids: Collection[int]) -> Sequence[int]:
    """The messages in whose threads these are."""
    asked = select(outbox.c.root_id).where(outbox.c.id.in_(ids), outbox.c.root_id.is_not(None))
    return tx.scalars(asked.distinct()).all()


def claim(tx: Connection, now: datetime) -> tuple[Outgoing, int] | None:
    """The next message to edit, and how many changes it then shows. None: none is due."""
    shut = blocked(tx, now)
    if WIDE in shut:
        return None
    due = and_(outbox.c.edit_at <= now, outbox.c.state == OutboxState.SENT, outbox.c.ts != "")
    row = tx.execute(
        select(outbox).where(due, outbox.c.channel.not_in(shut)).order_by(outbox.c.edit_at).limit(1)
    ).first()
    if row is None:
        return None
    return outgoing(tx, row), row.changes


def settle(tx: Connection, row_id: int, shown: int, now: datetime) -> None:
    """It shows so many changes now; those that came meanwhile are shown PACE later."""
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(shown=shown, edited_at=now))
    done, more = outbox.c.changes <= shown, outbox.c.changes > shown
    tx.execute(update(outbox).where(outbox.c.id == row_id, done).values(edit_at=None))
    tx.execute(update(outbox).where(outbox.c.id == row_id, more).values(edit_at=now + PACE))


def put_off(tx: Connection, row_id: int, until: datetime) -> None:
    """It could not be edited for now."""
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(edit_at=until))


def leave(tx: Connection, row_id: int) -> None:
    """It cannot be edited any more: it was deleted, or that time is over. It is never posted again."""
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(edit_at=None, shown=outbox.c.changes))


def next_due(tx: Connection) -> datetime | None:
    """When the next edit is due. None: none is."""
    when: datetime | None = tx.scalar(
        select(func.min(outbox.c.edit_at)).where(outbox.c.state == OutboxState.SENT, outbox.c.ts != "")
    )
    return when
