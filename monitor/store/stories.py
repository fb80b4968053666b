"""Stories: which rules were told to which channel."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.columns import key_of
from monitor.store.schema import insert_into, stories
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
