"""One daemon a store: two would tell everything twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from monitor.errors import StoreError, StoreHeld

SPACE = 0x57495245  # "WIRE": our corner of PostgreSQL's advisory locks; the schema's name is the other half
TRY_SESSION = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))"
TRY_TRANSACTION = "SELECT pg_try_advisory_xact_lock(%s, hashtext(current_schema()))"
HOLDER = """
    SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s
    AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid
"""


def refusal(store: str, holder: str) -> StoreHeld:
    return StoreHeld(
        f"store {store}: another wirewatch ({holder}) runs on this store; stop it, or choose another store"
    )


@contextmanager
def file_held(database: Path) -> Iterator[None]:
    """The lock file beside a SQLite database, with our pid in it. Raises StoreHeld; released by any death."""
    descriptor = _locked(database)
    try:
        yield
    finally:
        _FORKED.discard(descriptor)
        os.close(descriptor)


def _locked(database: Path) -> int:
    path = Path(f"{database}.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(
            f"store {database}: cannot write {path}: {error.strerror}; mend the directory or `store:`"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise refusal(str(database), f"pid {holder or 'unknown'}") from None
    _FORKED.add(descriptor)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def server_held(
    connection: "psycopg.Connection[tuple[object, ...]]", store: str, question: str = TRY_SESSION
) -> None:
    """The lock on a PostgreSQL connection, as long as it (or its transaction) lives. Raises StoreHeld."""
    row = connection.execute(question, (SPACE,)).fetchone()
    if row and row[0]:
        return
    found = connection.execute(HOLDER, (SPACE,)).fetchone()
    raise refusal(store, str(found[0]) if found else "pid unknown")


# A forked child shares our lock, and an orphan would keep it after our death.
_FORKED: set[int] = set()


def _let_go() -> None:
    while _FORKED:
        os.close(_FORKED.pop())


os.register_at_fork(after_in_child=_let_go)
