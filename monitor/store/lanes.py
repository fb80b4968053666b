"""Lanes: what keeps a channel, or the whole workspace, from being sent to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.store.schema import insert_into
from monitor.store.schema import lanes as lanes_table

WIDE = "*"  # the lane of the whole workspace


@dataclass(frozen=True, slots=True)
class Lane:
    """What keeps a channel ("*": all of them) from being sent to."""

    channel: str
    blocked_until: datetime | None  # None: free
    held: bool  # until somebody mends a setting
    reason: str


def lanes(tx: Connection) -> tuple[Lane, ...]:
    """Every lane that was ever kept back, and why it is if it still is."""
    rows = tx.execute(select(lanes_table).order_by(lanes_table.c.channel))
    return tuple(Lane(row.channel, row.blocked_until, row.held, row.reason) for row in rows)


def held(tx: Connection) -> tuple[str, ...]:
    """The channels that wait until somebody mends a setting."""
    return tuple(tx.scalars(select(lanes_table.c.channel).where(lanes_table.c.held)))


def blocked(tx: Connection, now: datetime) -> frozenset[str]:
    return frozenset(tx.scalars(select(lanes_table.c.channel).where(lanes_table.c.blocked_until > now)))


def block(tx: Connection, channel: str, until: datetime, reason: str, *, held: bool = False) -> None:
    """A block is only ever made longer; `release_lanes` and a message that arrives make it shorter."""
    lane = tx.execute(select(lanes_table).where(lanes_table.c.channel == channel)).first()
    if lane and lane.blocked_until:
        until = max(until, lane.blocked_until)
    now_so = {"blocked_until": until, "held": held or bool(lane and lane.held), "reason": reason}
    new = insert_into(tx, lanes_table).values(channel=channel, **now_so)
    tx.execute(new.on_conflict_do_update(index_elements=["channel"], set_=now_so))


def release(tx: Connection, channels: Sequence[str]) -> None:
    """A message has arrived there: what was held is free again."""
    free = {"held": False, "blocked_until": None, "reason": ""}
    tx.execute(
        update(lanes_table).where(lanes_table.c.channel.in_(channels), lanes_table.c.held).values(free)
    )


def release_lanes(tx: Connection) -> None:
    """A setting may have been mended: try held lanes at once. A publisher's Retry-After stays."""
    tx.execute(update(lanes_table).where(lanes_table.c.held).values(blocked_until=None))
