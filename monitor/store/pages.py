"""Pages that no rule can match, as they came: put by, until there is time to read them."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, select

from monitor.model import Fetched, StoredEntry
from monitor.store import entries
from monitor.store.codec import unpacked
from monitor.store.schema import entries as entries_table
from monitor.store.schema import pages, put_over


@dataclass(frozen=True, slots=True)
class PutBy:
    """An entry, and its page as it came."""

    entry: StoredEntry
    page: Fetched


def put_by(tx: Connection, entry_id: int, page: Fetched, body: bytes) -> None:
    """`body`: the page's, by zstd."""
    row = {"entry_id": entry_id, "url": page.url, "content_type": page.content_type, "body": body}
    tx.execute(put_over(tx, pages), row)


def waiting(tx: Connection, limit: int, busy: Collection[Hashable] = ()) -> tuple[PutBy, ...]:
    """The oldest that are put by. One whose entry was edited since is judged by its page of now."""
    settled = and_(entries_table.c.due_at.is_(None), pages.c.entry_id.not_in(busy))
    asked = select(pages).join(entries_table, entries_table.c.id == pages.c.entry_id).where(settled)
    rows = tx.execute(asked.order_by(pages.c.entry_id).limit(limit)).all()
    found = entries.by_id(tx, [row.entry_id for row in rows])
    return tuple(
        PutBy(found[row.entry_id], Fetched(row.url, unpacked(row.body), row.content_type)) for row in rows
    )


_DONE = delete(pages).where(pages.c.entry_id == bindparam("entry"))


def done(tx: Connection, entry_id: int) -> None:
    """It was read."""
    tx.execute(_DONE, {"entry": entry_id})


def is_put_by(tx: Connection, entry_id: int) -> bool:
    return tx.scalar(select(pages.c.entry_id).where(pages.c.entry_id == entry_id)) is not None
