"""Stories: which articles are one, and which rules were told to which channel."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, literal, select, update

from monitor.model import EntryState, Root
from monitor.model.stories import Membership, Place, Size
from monitor.store.columns import key_of
from monitor.store.schema import articles, entries, insert_into, matches, members, outbox, stories
from monitor.store.schema import told as told_table

_TOLD = (
    select(told_table.c.channel, told_table.c.rule)
    .join(stories, stories.c.id == told_table.c.story_id)
    .where(stories.c.key == bindparam("of"))
)


def told(tx: Connection, story_key: str) -> frozenset[tuple[str, str]]:
    """(channel, rule) of everything this story was told for, on its way included."""
    return frozenset((row.channel, row.rule) for row in tx.execute(_TOLD, {"of": story_key}))


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
    """Where an article was placed. False: it was before, and stays there; what it says now is kept."""
    row = {
        "entry_id": member.entry_id,
        "story_id": member.story,
        "at": member.at,
        "newsroom": member.newsroom,
        "origin": member.origin,
        "reading": member.reading,
        "said": member.said,
        "how": member.how,
        "like_id": member.like,
        "why": member.why,
        "news": member.news,
        "by_hand": member.by_hand,
    }
    new = insert_into(tx, members).on_conflict_do_nothing().returning(members.c.entry_id)
    if tx.execute(new, row).first():
        return True
    known = members.c.entry_id == member.entry_id
    tx.execute(update(members).where(known, members.c.said != member.said).values(said=member.said))
    return False


def members_since(tx: Connection, since: datetime, until: datetime | None = None) -> tuple[Membership, ...]:
    """Every article of the window, `until` left out, in time order: what a restart takes in again."""
    rows = select(members).where(members.c.at >= since)
    return tuple(_members(tx, rows if until is None else rows.where(members.c.at < until)))


def sizes(tx: Connection, since: datetime) -> tuple[Size, ...]:
    """The stories with an article since, those with the newest first."""
    last_at = func.max(members.c.at)
    rows = select(
        members.c.story_id,
        func.count(),
        func.count(members.c.origin.distinct()),
        func.min(members.c.at),
        last_at,
    ).where(members.c.story_id.in_(_touched(since)))
    newest_first = rows.group_by(members.c.story_id).order_by(last_at.desc(), members.c.story_id.desc())
    return tuple(Size(*row) for row in tx.execute(newest_first))


def told_since(tx: Connection, since: datetime) -> tuple[Membership, ...]:
    """All articles of these stories, in time order, without what others are compared with."""
    left_out = {members.c[name]: literal(b"").label(name) for name in ("reading", "said")}
    rows = select(*(left_out.get(column, column) for column in members.c))
    return tuple(_members(tx, rows.where(members.c.story_id.in_(_touched(since)))))


def _touched(since: datetime) -> Select[Any]:
    return select(members.c.story_id).where(members.c.at >= since)


def newsrooms(tx: Connection, story_id: int) -> int:
    """Whose texts tell a story: copies of one text are one."""
    counted = select(func.count(members.c.origin.distinct())).where(members.c.story_id == story_id)
    return int(tx.scalar(counted) or 0)


def roots(tx: Connection, story_id: int) -> Mapping[tuple[str, str], Root]:
    """(channel, rule) -> the latest message that told the story so: later articles go into its thread."""
    root_id = func.coalesce(outbox.c.root_id, outbox.c.id)  # a reply's own root; what is carried keeps its id
    telling = (
        select(told_table.c.channel, told_table.c.rule, root_id.label("root"))
        .join(members, members.c.entry_id == told_table.c.entry_id)
        .join(outbox, and_(outbox.c.id == told_table.c.outbox_id, outbox.c.kind == "alert"))
        .where(members.c.story_id == story_id)
        .order_by(root_id)
    )
    told_by = {(row.channel, row.rule): row.root for row in tx.execute(telling)}
    found = _roots(tx, story_id, set(told_by.values()))
    return {pair: found[root] for pair, root in told_by.items() if root in found}


def _roots(tx: Connection, story_id: int, outbox_ids: Collection[int]) -> Mapping[int, Root]:
    """Those that tell an article of the story: what was split off goes on in no thread of the old."""
    headline = func.coalesce(func.nullif(entries.c.title, ""), articles.c.title, "")
    rows = (
        select(told_table.c.outbox_id, headline.label("headline"))
        .join(entries, entries.c.id == told_table.c.entry_id)
        .join(members, members.c.entry_id == told_table.c.entry_id)
        .outerjoin(articles, articles.c.entry_id == entries.c.id)
        .where(told_table.c.outbox_id.in_(outbox_ids), members.c.story_id == story_id)
    )
    return {row.outbox_id: Root(row.outbox_id, row.headline) for row in tx.execute(rows)}


def said_before(tx: Connection, story_id: int, entry_id: int, most: int) -> Sequence[bytes]:
    """What the story's other articles said, in time order; the latest, at most so many."""
    latest = select(members.c.said).where(_others(story_id, entry_id))
    found = tx.scalars(latest.order_by(members.c.at.desc(), members.c.entry_id.desc()).limit(most))
    return list(found)[::-1]


def rules_before(tx: Connection, story_id: int, entry_id: int) -> frozenset[str]:
    """Every rule that ever matched another article of the story."""
    rules = select(matches.c.rule).join(members, members.c.entry_id == matches.c.entry_id)
    return frozenset(tx.scalars(rules.where(_others(story_id, entry_id)).distinct()))


def _others(story_id: int, entry_id: int) -> ColumnElement[bool]:
    return and_(members.c.story_id == story_id, members.c.entry_id != entry_id)


def moved_after(tx: Connection, moment: datetime) -> Mapping[int, datetime]:
    """The stories from which or into which people have moved articles since, and when last."""
    rows = select(members.c.story_id, members.c.moved_from, members.c.moved_at)
    touched: dict[int, datetime] = {}
    for row in tx.execute(rows.where(members.c.moved_at > moment).order_by(members.c.moved_at)):
        touched[row.story_id] = row.moved_at
        if row.moved_from is not None:
            touched[row.moved_from] = row.moved_at
    return touched


def members_of(tx: Connection, story_ids: Iterable[int]) -> tuple[Membership, ...]:
    """The articles of these stories, in time order."""
    return tuple(_members(tx, select(members).where(members.c.story_id.in_(sorted(set(story_ids))))))


def member(tx: Connection, entry_id: int) -> Membership | None:
    return next(_members(tx, select(members).where(members.c.entry_id == entry_id)), None)


def held(tx: Connection) -> Mapping[int, Place]:
    """Where each article stands that waits for the first-look summary."""
    rows = select(members.c.entry_id, members.c.story_id, members.c.origin)
    waiting = rows.join(entries, entries.c.id == members.c.entry_id).where(entries.c.state == EntryState.HELD)
    return {row.entry_id: Place(row.story_id, row.origin) for row in tx.execute(waiting)}


def merge(tx: Connection, story_id: int, into: int, why: str, now: datetime) -> int:
    """A person says that two stories are one; how many articles were moved."""
    return _move(tx, members.c.story_id == story_id, into, why, now)


def _move(tx: Connection, which: ColumnElement[bool], into: int, why: str, now: datetime) -> int:
    moved = {"story_id": into, "why": why, "by_hand": True, "moved_at": now, "moved_from": members.c.story_id}
    return int(tx.execute(update(members).where(which).values(moved)).rowcount)


def split(tx: Connection, entry_ids: Iterable[int], why: str, now: datetime) -> int:
    """A person says that these articles are a story of their own; its name: the entry that came first.

    Where that one gave its name to the story they leave, what stays behind takes the name of its own first.
    """
    apart = sorted(set(entry_ids))
    first = _first(tx, members.c.entry_id.in_(apart))
    if first is None:
        return 0
    behind = and_(members.c.story_id == first, members.c.entry_id.not_in(apart))
    if (heir := _first(tx, behind)) is not None:
        _move(tx, behind, heir, why, now)
    _move(tx, members.c.entry_id.in_(apart), first, why, now)
    return first


def _first(tx: Connection, which: ColumnElement[bool]) -> int | None:
    found: int | None = tx.scalars(
        select(members.c.entry_id).where(which).order_by(members.c.at, members.c.entry_id)
    ).first()
    return found


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
        said=row.said,
        why=row.why,
        how=row.how,
        like=row.like_id,
        news=tuple((kind, why) for kind, why in row.news),
        by_hand=row.by_hand,
    )
