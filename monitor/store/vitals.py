"""Vitals: signs of life the daemon leaves for the commands that ask how it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.store.schema import insert_into, vitals


def beat(tx: Connection, key: str, value: Any, now: datetime) -> None:
    """Remember a JSON value; the last one stays."""
    sign = {"value": value, "at": now}
    new = insert_into(tx, vitals).values(key=key, **sign)
    tx.execute(new.on_conflict_do_update(index_elements=["key"], set_=sign))


def vital(tx: Connection, key: str) -> tuple[Any, datetime] | None:
    """The last value and when it was left; None: never."""
    row = tx.execute(select(vitals.c.value, vitals.c.at).where(vitals.c.key == key)).first()
    return (row.value, row.at) if row else None
