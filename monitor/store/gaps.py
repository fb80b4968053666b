"""Gaps: times in which a feed may have published more than any poll saw, until older pages fill them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from monitor.model.upkeep import Gap
from monitor.store.schema import entries, gaps


def bridges(tx: Connection, feed_id: int, ids: Collection[int], polled_at: datetime) -> bool:
    """Is one of these entries among the last that had come until then, as many as these are?

    What a document keeps of those before are their last ones: of others it says nothing that none went by.
    """
    until_then = select(entries.c.seen_at).where(entries.c.feed_id == feed_id, entries.c.seen_at <= polled_at)
    kept = tx.scalars(until_then.where(entries.c.id.in_(tuple(ids)))).all() if ids else []
    last = until_then.order_by(entries.c.seen_at.desc()).limit(len(kept))
    return bool(kept) and max(kept) >= min(tx.scalars(last))


def open_one(tx: Connection, gap: Gap) -> None:
    tx.execute(insert(gaps).values(_columns(gap)))


def keep(tx: Connection, gap: Gap) -> None:
    """What has become of a gap."""
    tx.execute(update(gaps).where(gaps.c.id == gap.id).values(_columns(gap)))


def due(tx: Connection, now: datetime, limit: int) -> tuple[Gap, ...]:
    rows = select(gaps).where(gaps.c.due_at <= now).order_by(gaps.c.due_at, gaps.c.id).limit(limit)
    return tuple(map(_gap, tx.execute(rows)))


def unfilled(tx: Connection, since: datetime) -> Mapping[int, Sequence[Gap]]:
    """Gaps that nothing has closed, by feed; those that ended after `since`, the latest last."""
    rows = select(gaps).where(~gaps.c.filled, gaps.c.until >= since).order_by(gaps.c.until)
    found: dict[int, list[Gap]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.feed_id, []).append(_gap(row))
    return found


def untold(tx: Connection, since: datetime) -> Mapping[int, Sequence[Gap]]:
    """Open gaps that nothing is left to try for and nobody was told of, by feed, the latest last; not of
    feeds of which one was told after `since`."""
    other = gaps.alias()
    lately = exists().where(other.c.feed_id == gaps.c.feed_id, other.c.told_at > since, ~other.c.filled)
    waiting = select(gaps).where(gaps.c.told_at.is_(None), gaps.c.due_at.is_(None), ~lately)
    found: dict[int, list[Gap]] = {}
    for row in tx.execute(waiting.order_by(gaps.c.feed_id, gaps.c.until)):
        found.setdefault(row.feed_id, []).append(_gap(row))
    return found


def told(tx: Connection, told: Sequence[Gap], now: datetime) -> None:
    ids = [gap.id for gap in told]
    tx.execute(update(gaps).where(gaps.c.id.in_(ids)).values(told_at=now))


def _columns(gap: Gap) -> dict[str, Any]:
    return {
        "feed_id": gap.feed_id,
        "since": gap.since,
        "until": gap.until,
        "most": gap.most,
        "older": gap.older,
        "came": gap.came,
        "tries": gap.tries,
        "due_at": gap.due_at,
        "alike": gap.alike,
        "filled": gap.filled,
        "tried": gap.tried,
        "told_at": gap.told_at,
    }


def _gap(row: Row[Any]) -> Gap:
    return Gap(
        feed_id=row.feed_id,
        since=row.since,
        until=row.until,
        most=row.most,
        older=row.older,
        came=row.came,
        tries=row.tries,
        due_at=row.due_at,
        alike=row.alike,
        filled=row.filled,
        tried=row.tried,
        told_at=row.told_at,
        id=row.id,
    )
