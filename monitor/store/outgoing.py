"""A message as a row of the outbox, and back."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from monitor.model import Message, OutboxState, Outgoing, Priority
from monitor.store import living
from monitor.store.codec import message_in, message_out
from monitor.store.schema import outbox


def new_row(
    key: str,
    channel: str,
    message: Message,
    *,
    created_at: datetime,
    next_at: datetime,
    priority: Priority = Priority.NORMAL,
    root: int | None = None,
    bundle: str = "",
    meant: str = "",
) -> dict[str, Any]:
    """What is queued."""
    kind, payload = message_out(message)
    return {
        "key": key,
        "channel": channel,
        "kind": kind,
        "payload": payload,
        "payload_hash": sha256(payload.encode()).hexdigest(),
        "state": OutboxState.READY,
        "priority": priority,
        "attempt": 0,
        "plain": False,
        "created_at": created_at,
        "next_at": next_at,
        "ts": "",
        "error": "",
        "root_id": root,
        "place": "",
        "looks": 0,
        "bundle": bundle,
        "changes": 0,
        "shown": 0,
        "meant": meant,
    }


def outgoing(tx: Connection, row: Row[Any]) -> Outgoing:
    """Raises ValueError or KeyError for a payload that cannot be read."""
    root = None if row.plain and not row.ts else root_of(tx, row.root_id)
    return Outgoing(
        id=row.id,
        key=row.key,
        channel=row.channel,
        message=message_in(row.kind, row.payload),
        created_at=row.created_at,
        attempt=row.attempt,
        plain=row.plain,
        thread=root.ts if root else "",
        place=row.place,
        meant=row.meant,
        ts=row.ts,
        told_at=row.sent_at,
        living=living.of(tx, row.id) if row.kind in ("alert", "digest") else None,
    )


_told = outbox.alias("member")
# The message that stands in Slack for another one: that which carries it, or itself.
_STANDING = select(func.coalesce(_told.c.carried_by, _told.c.id))


def root_of(tx: Connection, root_id: int | None) -> Row[Any] | None:
    """The message in whose thread one goes, as it stands in Slack; None: there is none, or nobody knows."""
    if root_id is None:
        return None
    standing = _STANDING.where(_told.c.id == root_id).scalar_subquery()
    sent = and_(outbox.c.id == standing, outbox.c.state == OutboxState.SENT, outbox.c.ts != "")
    return tx.execute(select(outbox).where(sent)).first()
