"""Vitals: signs of life the daemon leaves for the commands that ask how it is."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.model import Secret
from monitor.store.columns import EPOCH
from monitor.store.schema import insert_into, vitals


def beat(tx: Connection, key: str, value: Any, now: datetime) -> None:
    """Remember a JSON value; the last one stays."""
    sign = {"value": value, "at": now}
    new = insert_into(tx, vitals).values(key=key, **sign)
    tx.execute(new.on_conflict_do_update(index_elements=["key"], set_=sign))


def secret(tx: Connection, key: str) -> Secret:
    """One that is drawn when it is first wanted, and stays as long as this store."""
    known = vital(tx, key)
    if known is None:
        beat(tx, key, secrets.token_hex(32), EPOCH)
        known = vital(tx, key)
    assert known is not None
    return Secret(known[0])


def vital(tx: Connection, key: str) -> tuple[Any, datetime] | None:
    """The last value and when it was left; None: never."""
    row = tx.execute(select(vitals.c.value, vitals.c.at).where(vitals.c.key == key)).first()
    return (row.value, row.at) if row else None
