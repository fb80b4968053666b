"""What a database error means: does it pass by itself, and what does a person read?"""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError

# SQLite's primary result codes (sqlite.org/rescode.html); the upper bits only refine them.
PRIMARY = 0xFF
BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
DAMAGED = (
    "is damaged or not a wirewatch store; put a backup in its place, or move it away and a new one is made"
)
SAYS = {
    BUSY: "is locked by another program, a backup perhaps; it goes on as soon as that program is done",
    LOCKED: "is locked by another program, a backup perhaps; it goes on as soon as that program is done",
    READONLY: "cannot be written; let this user write the file and its directory",
    IOERR: "cannot be read or written: disk I/O error; look at the disk, then start again",
    CORRUPT: DAMAGED,
    FULL: "cannot be written: the disk is full; free some space",
    CANTOPEN: "cannot be opened; it is a file, and its directory must exist and be writable for this user",
    NOTADB: DAMAGED,
}
# Serialization failure, deadlock, lock not available; server shutting down, crashed, starting up.
PASSING_STATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03"}


def passing(error: DBAPIError) -> bool:
    """May the same transaction succeed later without anyone changing it? Then it left nothing behind."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _code(cause) in (BUSY, LOCKED)
    if isinstance(cause, psycopg.Error):
        return error.connection_invalidated or cause.sqlstate in PASSING_STATES or _unreachable(cause)
    return False


def explained(error: DBAPIError, store: str) -> StoreError:
    """The error as one line: which store, what is wrong, what to do."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error) and _code(cause) in SAYS:
        return StoreError(f"store {store} {SAYS[_code(cause)]}")
    if isinstance(cause, psycopg.Error) and (error.connection_invalidated or _unreachable(cause)):
        return StoreError(
            f"store {store} cannot be reached: {_line(cause)}; is the server up, is `store:` right?"
        )
    return StoreError(f"store {store}: {_line(cause)}")


def _code(cause: sqlite3.Error) -> int:
    return getattr(cause, "sqlite_errorcode", 0) & PRIMARY


def _unreachable(cause: psycopg.Error) -> bool:
    """Errors of the connection itself carry no SQLSTATE, or one of class 08."""
    return isinstance(cause, psycopg.OperationalError) and (cause.sqlstate or "08").startswith("08")


def _line(cause: BaseException | None) -> str:
    return " ".join(str(cause).split())[:300] or type(cause).__name__
