"""Articles that were told, and are looked at again: when, and what their publishers changed meanwhile."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.model import Amendment, StoredEntry
from monitor.store import entries
from monitor.store.schema import amendments, insert_into, looks
from monitor.store.schema import entries as entries_table

HOST_SHARE = 2  # looks at pages of one shard of hosts at a time: news come first


@dataclass(frozen=True, slots=True)
class Look:
    """An article to be looked at again. `gone`: how often in a row its page was missing; 2: that is told."""

    entry: StoredEntry
    since: datetime  # when it was told last
    due_at: datetime
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Amended:
    """A change as it is kept."""

    amendment: Amendment
    at: datetime


def begin(tx: Connection, entry_id: int, now: datetime, due_at: datetime) -> None:
    """It is told now: its looks are counted from here, also where they had begun before."""
    row = {"since": now, "due_at": due_at, "gone": 0}
    new = insert_into(tx, looks).values(entry_id=entry_id, **row)
    tx.execute(new.on_conflict_do_update(index_elements=["entry_id"], set_=row))


def due(tx: Connection, now: datetime, limit: int, busy: Collection[Hashable] = ()) -> tuple[Look, ...]:
    """Looks whose time has come, longest overdue first; of each shard of hosts a few."""
    turn = func.row_number().over(
        partition_by=entries_table.c.shard, order_by=(looks.c.due_at, looks.c.entry_id)
    )
    ripe = (
        select(looks, turn.label("turn"))
        .join(entries_table, entries_table.c.id == looks.c.entry_id)
        .where(looks.c.due_at <= now)
        .subquery()
    )
    asked = select(ripe).where(ripe.c.turn <= HOST_SHARE, ripe.c.entry_id.not_in(busy))
    rows = tx.execute(asked.order_by(ripe.c.due_at, ripe.c.entry_id).limit(limit)).all()
    found = entries.by_id(tx, [row.entry_id for row in rows])
    return tuple(Look(found[row.entry_id], row.since, row.due_at, row.gone) for row in rows)


def keep(
    tx: Connection, look: Look, seen: Sequence[Amendment], gone: int, due_at: datetime | None, now: datetime
) -> None:
    """What a look has shown, and when the next one is; None: it was the last.

    An article that was told anew meanwhile has begun its looks again: they stay as they are.
    """
    if seen:
        tx.execute(insert(amendments), [_row(look.entry.id, one, now) for one in seen])
    same = (looks.c.entry_id == look.entry.id, looks.c.since == look.since)
    if due_at is None:
        tx.execute(delete(looks).where(*same))
    else:
        tx.execute(update(looks).where(*same).values(due_at=due_at, gone=gone))


def _row(entry_id: int, one: Amendment, now: datetime) -> dict[str, object]:
    return {"entry_id": entry_id, "kind": one.kind, "before": one.before, "after": one.after, "at": now}


def amended(tx: Connection, entry_id: int) -> tuple[Amended, ...]:
    """Everything its publisher was seen to change, oldest first."""
    rows = tx.execute(select(amendments).where(amendments.c.entry_id == entry_id).order_by(amendments.c.id))
    return tuple(Amended(Amendment(row.kind, row.before, row.after), row.at) for row in rows)


def next_due(tx: Connection, entry_id: int) -> datetime | None:
    """When an article is looked at next; None: not again."""
    when: datetime | None = tx.scalar(select(looks.c.due_at).where(looks.c.entry_id == entry_id))
    return when
