"""A rehearsal: what is done to the store as ever, and undone; and whether Slack shows what a message says."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TypeVar

from sqlalchemy import Connection, select

from monitor.model import OutboxState
from monitor.store.schema import outbox

T = TypeVar("T")


def rehearsed(tx: Connection, act: Callable[[Connection], T]) -> T:
    """What an act makes of the store as it stands. No row of it stays."""
    savepoint = tx.begin_nested()
    try:
        return act(tx)
    finally:
        savepoint.rollback()


class Shown(Enum):
    """How a message stands that was to say something else."""

    YES = "Slack shows it"
    NOT_YET = "it waits, or is on its way"
    NEVER = "people have deleted it, or Slack refused it"


def shown(tx: Connection, row_id: int, since: datetime) -> Shown:
    """Does Slack show what it has said `since` then?"""
    row = tx.execute(select(outbox).where(outbox.c.id == row_id)).first()
    if row is None or row.state in (OutboxState.DEAD, OutboxState.DROPPED):
        return Shown.NEVER
    if row.state != OutboxState.SENT or row.edit_at is not None:
        return Shown.NOT_YET
    last = max(row.sent_at, row.edited_at or row.sent_at)
    return Shown.YES if last >= since else Shown.NEVER
