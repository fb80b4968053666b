"""Robots: what hosts ask of robots in their robots.txt, so that a restart does not ask them again."""

from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from monitor.errors import StoreError
from monitor.store.db import Db
from monitor.store.schema import insert_into, robots


class Shelf:
    """What the web's door keeps of robots.txt (monitor/sources/robots.py). A store in trouble costs a
    request, never a page."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def find(self, host: str) -> tuple[str, datetime] | None:
        with suppress(StoreError):
            return await self._db.read(lambda tx: find(tx, host))
        return None

    async def keep(self, host: str, text: str, until: datetime) -> None:
        with suppress(StoreError):
            await self._db.write(lambda tx: keep(tx, host, text, until, datetime.now(UTC)), urgent=False)


def find(tx: Connection, host: str) -> tuple[str, datetime] | None:
    """The lines of a host that concern us, and until when they count; None: it was never asked."""
    row = tx.execute(select(robots.c.text, robots.c.until).where(robots.c.host == host)).first()
    return (row.text, row.until) if row else None


def keep(tx: Connection, host: str, text: str, until: datetime, now: datetime) -> None:
    """The last ones stay; those of all hosts that have run out go."""
    tx.execute(delete(robots).where(robots.c.until < now))
    lines = {"text": text, "until": until}
    new = insert_into(tx, robots).values(host=host, **lines)
    tx.execute(new.on_conflict_do_update(index_elements=["host"], set_=lines))
