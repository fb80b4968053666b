"""Stories: which articles are one, and which rules were told to which channel."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from monitor.model.stories import Membership
from monitor.store.columns import key_of
from monitor.store.schema import insert_into, members, stories
from monitor.store.schema import told as told_table


def told(tx: Connection, story_key: str) -> frozenset[tuple[str, str]]:
    """(channel, rule) of everything this story was told for, on its way included."""
    rows = select(told_table.c.channel, told_table.c.rule).join(
        stories, stories.c.id == told_table.c.story_id
    )
    return frozenset((row.channel, row.rule) for row in tx.execute(rows.where(stories.c.key == story_key)))


def opened(tx: Connection, keys: Iterable[str], now: datetime) -> Mapping[str, int]:
    """`key_of` a story -> its id; stories not known yet are opened."""
    wanted = sorted(set(map(key_of, keys)))
    if not wanted:
        return {}
    new = insert_into(tx, stories).on_conflict_do_nothing()
    tx.execute(new, [{"key": key, "opened_at": now} for key in wanted])
    rows = tx.execute(select(stories.c.key, stories.c.id).where(stories.c.key.in_(wanted)))
    return {row.key: row.id for row in rows}


def keep_member(tx: Connection, member: Membership) -> bool:
    """Where an article was placed. False: it was placed before, and stays where it is."""
    row = {
        "entry_id": member.entry_id,
        "story_id": member.story,
        "at": member.at,
        "newsroom": member.newsroom,
        "origin": member.origin,
        "reading": member.reading,
        "how": member.how,
        "like_id": member.like,
        "why": member.why,
        "news": member.news,
        "by_hand": member.by_hand,
    }
    new = insert_into(tx, members).on_conflict_do_nothing().returning(members.c.entry_id)
    return tx.execute(new, row).first() is not None


def members_since(tx: Connection, since: datetime) -> Iterator[Membership]:
    """Every article of the window, in time order: what a restart takes in again."""
    return _members(tx, select(members).where(members.c.at >= since))


def members_of(tx: Connection, story_ids: Iterable[int]) -> tuple[Membership, ...]:
    """The articles of these stories, in time order."""
    return tuple(_members(tx, select(members).where(members.c.story_id.in_(sorted(set(story_ids))))))


def member(tx: Connection, entry_id: int) -> Membership | None:
    return next(_members(tx, select(members).where(members.c.entry_id == entry_id)), None)


def merge(tx: Connection, story_id: int, into: int, why: str) -> int:
    """A person says that two stories are one; how many articles were moved."""
    moved = update(members).where(members.c.story_id == story_id)
    return int(tx.execute(moved.values(story_id=into, why=why, by_hand=True)).rowcount)


def split(tx: Connection, entry_ids: Iterable[int], why: str) -> int:
    """A person says that these articles are a story of their own; its name: the entry that came first."""
    apart = sorted(set(entry_ids))
    rows = select(members.c.entry_id).where(members.c.entry_id.in_(apart))
    first: int | None = tx.scalars(rows.order_by(members.c.at, members.c.entry_id)).first()
    if first is None:
        return 0
    moved = update(members).where(members.c.entry_id.in_(apart))
    tx.execute(moved.values(story_id=first, why=why, by_hand=True))
    return first


def _members(tx: Connection, rows: Select[Any]) -> Iterator[Membership]:
    return map(_membership, tx.execute(rows.order_by(members.c.at, members.c.entry_id)))


def _membership(row: Row[Any]) -> Membership:
    return Membership(
        entry_id=row.entry_id,
        story=row.story_id,
        at=row.at,
        newsroom=row.newsroom,
        origin=row.origin,
        reading=row.reading,
        why=row.why,
        how=row.how,
        like=row.like_id,
        news=tuple((kind, why) for kind, why in row.news),
        by_hand=row.by_hand,
    )
