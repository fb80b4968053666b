"""`store:` of config.yaml -> SQLAlchemy engines, set up so that a commit is on the disk when it returns."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from monitor.errors import StoreError

BUSY_S = 1.0  # SQLite's own wait for a lock; db.py asks again after it
# No mmap: a read error there is a SIGBUS that kills the daemon instead of an error that is told.
PRAGMAS = {
    "synchronous": "FULL",  # a claim must outlive a power cut; 30 % dearer than NORMAL
    "foreign_keys": "ON",
    "cache_size": "-16000",  # KiB
    "temp_store": "MEMORY",
    "journal_size_limit": "67108864",  # give the disk back after a flood of entries
}
FORMS = "sqlite:///wirewatch.db or postgresql://user:password@host/name"


def address_of(address: str) -> URL:
    """The address, checked. Raises StoreError; never shows a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"store: this is not an address; write {FORMS}") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise StoreError(f"store: {kind} is not a database wirewatch knows; write {FORMS}")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError(f"store: sqlite needs a file; write {FORMS}")
    return url.set(drivername="sqlite+pysqlite")


def shown(url: URL) -> str:
    """The address as people may see it: no password, no query."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"postgresql://{url.host or url.query.get('host', 'localhost')}/{url.database or ''}"


def writer(url: URL, name: str) -> Engine:
    """One connection, because one thread writes."""
    engine = _engine(url, name, pool_size=1, max_overflow=0)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
        # Taking the write lock at once: a lock taken in mid-transaction can fail without waiting.
        event.listen(engine, "begin", lambda tx: _begin(tx, "BEGIN IMMEDIATE"))
    return engine


def readers(url: URL, name: str, count: int) -> Engine:
    """Connections that cannot write."""
    engine = _engine(url, name, pool_size=count, max_overflow=0)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _read_only)
        event.listen(engine, "begin", lambda tx: _begin(tx, "BEGIN"))
        return engine
    return engine.execution_options(postgresql_readonly=True)


def _engine(url: URL, name: str, **pool: Any) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_S}, **pool)
        event.listen(engine, "connect", _set_up)
        return engine
    # Keepalives: a server that vanished is noticed within a minute, not after two hours.
    patience = {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    return create_engine(url, connect_args={"application_name": name, **patience}, **pool)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver would leave reads and DDL outside
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _write_ahead(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for each other


def _read_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def _begin(tx: Connection, how: str) -> None:
    tx.exec_driver_sql(how)
