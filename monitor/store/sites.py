"""Sites: what they say under every article, as monitor/sources/habits.py packs it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from monitor.store.schema import insert_into, sites

KEPT = timedelta(days=90)  # without an article, until a site is forgotten


def find(tx: Connection, host: str) -> bytes:
    """Empty where no article of the site was read."""
    return tx.execute(select(sites.c.lines).where(sites.c.host == host)).scalar() or b""


def keep(tx: Connection, host: str, lines: bytes, now: datetime) -> None:
    tx.execute(delete(sites).where(sites.c.at < now - KEPT))
    row = {"lines": lines, "at": now}
    new = insert_into(tx, sites).values(host=host, **row)
    tx.execute(new.on_conflict_do_update(index_elements=["host"], set_=row))
