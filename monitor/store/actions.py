"""What people did with the buttons of a message, and what that message tells. Kept once, however often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select

from monitor.model import ActionKind, OutboxState, host_of
from monitor.store.schema import actions, entries, insert_into, members, outbox, told

VERDICTS = (ActionKind.RELEVANT, ActionKind.WRONG, ActionKind.OLD)


@dataclass(frozen=True, slots=True)
class About:
    """A message that stands in Slack, and what it tells."""

    row_id: int
    channel: str  # as config.yaml names it
    place: str  # Slack's id of it
    ts: str
    in_thread: bool
    rules: tuple[str, ...]
    entries: tuple[int, ...]
    hosts: tuple[str, ...]  # of the newsrooms that published these
    story: int | None  # None: they are of none, or of several


def about(tx: Connection, row_id: int) -> About | None:
    """None: there is no such message, or it was never sent."""
    sent = outbox.c.state == OutboxState.SENT
    row = tx.execute(select(outbox).where(outbox.c.id == row_id, sent)).first()
    if row is None:
        return None
    carried = select(outbox.c.id).where(or_(outbox.c.id == row_id, outbox.c.carried_by == row_id))
    rows = tx.execute(
        select(told.c.rule, told.c.entry_id, entries.c.link, members.c.story_id)
        .join(entries, entries.c.id == told.c.entry_id)
        .outerjoin(members, members.c.entry_id == told.c.entry_id)
        .where(told.c.outbox_id.in_(carried))
        .order_by(told.c.entry_id, told.c.rule)
    ).all()
    stories = {one.story_id for one in rows if one.story_id is not None}
    return About(
        row_id,
        row.channel,
        row.place,
        row.ts,
        row.root_id is not None,
        tuple(dict.fromkeys(one.rule for one in rows)),
        tuple(dict.fromkeys(one.entry_id for one in rows)),
        tuple(dict.fromkeys(filter(None, (host_of(one.link) for one in rows)))),
        stories.pop() if len(stories) == 1 else None,
    )


def verdicts(tx: Connection, since: datetime) -> Mapping[int, ActionKind]:
    """Entry -> what people last said of an alert that told it."""
    carrier = func.coalesce(outbox.c.carried_by, outbox.c.id)
    rows = (
        select(told.c.entry_id, actions.c.kind)
        .join(outbox, outbox.c.id == told.c.outbox_id)
        .join(actions, actions.c.outbox_id == carrier)
        .where(actions.c.kind.in_(VERDICTS), outbox.c.created_at >= since)
        .order_by(actions.c.id)
    )
    return {row.entry_id: row.kind for row in tx.execute(rows)}


def told_of(tx: Connection, rule: str, since: datetime, most: int) -> Sequence[tuple[int, ActionKind | None]]:
    """The entries that a rule told since, the newest first, and what people said of them."""
    queued = select(told.c.entry_id).join(outbox, outbox.c.id == told.c.outbox_id)
    asked = queued.where(told.c.rule == rule, outbox.c.created_at >= since).distinct()
    said = verdicts(tx, since)
    newest = tx.scalars(asked.order_by(told.c.entry_id.desc()).limit(most))
    return [(entry_id, said.get(entry_id)) for entry_id in newest]


def keep(tx: Connection, row_id: int, kind: ActionKind, value: str, user: str, now: datetime) -> bool:
    """False: this person had said so already. A verdict takes the place of an earlier one of theirs."""
    if kind in VERDICTS:
        theirs = (actions.c.outbox_id == row_id, actions.c.user == user)
        other = actions.c.kind.in_([verdict for verdict in VERDICTS if verdict is not kind])
        tx.execute(delete(actions).where(*theirs, other))
    row = {"outbox_id": row_id, "kind": kind, "value": value, "user": user, "at": now}
    new = insert_into(tx, actions).values(row).on_conflict_do_nothing()
    return tx.execute(new.returning(actions.c.id)).first() is not None
