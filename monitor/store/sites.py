"""Sites: what they say under every article, as monitor/sources/habits.py packs it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from monitor.store.schema import put_over, sites

KEPT = timedelta(days=90)  # without an article, until a site is forgotten


_FIND = select(sites.c.lines).where(sites.c.host == bindparam("of"))
_FORGET = delete(sites).where(sites.c.at < bindparam("long_ago"))


def find(tx: Connection, host: str) -> bytes:
    """Empty where no article of the site was read."""
    return tx.execute(_FIND, {"of": host}).scalar() or b""


def keep(tx: Connection, host: str, lines: bytes, now: datetime) -> None:
    tx.execute(_FORGET, {"long_ago": now - KEPT})
    tx.execute(put_over(tx, sites), {"host": host, "lines": lines, "at": now})
