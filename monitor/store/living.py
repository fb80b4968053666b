"""What the story of a message has become since it was told."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from monitor.model import Amendment, Done, Living, Telling, host_of
from monitor.store.schema import actions, amendments, entries, feeds, members, outbox, told

SHOWN = 50  # newsrooms, the first; a message names fewer
NOTHING = Living()


def of(tx: Connection, row_id: int) -> Living | None:
    """None: it tells no story, several, or nothing has become of the one it tells."""
    tells = _tells(tx, row_id)
    placed = tx.scalars(select(members.c.story_id).where(members.c.entry_id.in_(tells)).distinct()).all()
    alive = _story(tx, placed[0]) if len(placed) == 1 else NOTHING
    alive = Living(
        alive.tellings,
        alive.articles,
        alive.newsrooms,
        _amended(tx, tells) if len(tells) == 1 else (),
        _done(tx, row_id),
    )
    return None if alive == NOTHING else alive


def _tells(tx: Connection, row_id: int) -> Collection[int]:
    """The articles it was made for, by entry."""
    carried = select(outbox.c.id).where(or_(outbox.c.id == row_id, outbox.c.carried_by == row_id))
    return tx.scalars(select(told.c.entry_id).where(told.c.outbox_id.in_(carried)).distinct()).all()


def _story(tx: Connection, story_id: int) -> Living:
    counted = select(func.count(), func.count(members.c.origin.distinct()))
    articles, newsrooms = tx.execute(counted.where(members.c.story_id == story_id)).one()
    if articles == 1:
        return NOTHING
    first = select(members.c.newsroom, func.min(members.c.at).label("at")).where(
        members.c.story_id == story_id
    )
    earliest = first.group_by(members.c.newsroom).order_by("at").limit(SHOWN).subquery()
    rows = (
        select(members.c.newsroom, members.c.at, entries.c.link, feeds.c.name, feeds.c.title, feeds.c.host)
        .join(earliest, (earliest.c.newsroom == members.c.newsroom) & (earliest.c.at == members.c.at))
        .join(entries, entries.c.id == members.c.entry_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(members.c.story_id == story_id)
        .order_by(members.c.at, members.c.entry_id)
    )
    tellings: dict[str, Telling] = {}
    for row in tx.execute(rows):
        tellings.setdefault(row.newsroom, _telling(row))
    return Living(tuple(tellings.values()), articles, newsrooms)


def _telling(row: Any) -> Telling:
    """A feed of the newsroom's own site knows what it is called; one that gathers others does not."""
    own = (
        host_of(row.link).endswith(row.host.removeprefix("www.").removeprefix("feeds.")) if row.link else True
    )
    name = (row.name or row.title) if own else row.newsroom
    return Telling(name or row.newsroom or row.host, row.link, row.at)


def _amended(tx: Connection, tells: Collection[int]) -> tuple[tuple[Amendment, datetime], ...]:
    rows = select(amendments).where(amendments.c.entry_id.in_(tells)).order_by(amendments.c.id)
    return tuple((Amendment(row.kind, row.before, row.after), row.at) for row in tx.execute(rows))


def _done(tx: Connection, row_id: int) -> tuple[Done, ...]:
    rows = select(actions).where(actions.c.outbox_id == row_id).order_by(actions.c.id)
    return tuple(Done(row.kind, row.value, row.user, row.at) for row in tx.execute(rows))
