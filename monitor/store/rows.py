"""Many new rows in few statements.

SQLAlchemy prepares every row of an insert by itself, and SQLite's driver lets go of Python's lock for each:
240 rows of a first poll then take 2.3 ms instead of 1.4. Here a column is prepared at a time, and a statement
holds 1, 2, 4, 8 … rows: few texts, so that databases know them prepared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Table

PARAMETERS = 999  # of one statement: SQLite before 3.32 takes no more


def insert_rows(
    tx: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    same: Mapping[str, Any],
    *,
    unless_there: bool = False,
) -> None:
    """Every row has the same columns, and those of `same` besides. `unless_there`: a row whose key is taken
    stays out."""
    if not rows:
        return
    names = (*same, *rows[0])
    values = [[value] * len(rows) for value in _bound(tx.dialect, table, same)]
    values += [_column(tx.dialect, table, name, [row[name] for row in rows]) for name in rows[0]]
    for part in _parts(list(zip(*values, strict=True)), PARAMETERS // len(names)):
        statement = _statement(tx.dialect, table, names, len(part), unless_there)
        tx.exec_driver_sql(statement, tuple(chain.from_iterable(part)))


def _bound(dialect: Dialect, table: Table, row: Mapping[str, Any]) -> list[Any]:
    return [_column(dialect, table, name, [value])[0] for name, value in row.items()]


def _column(dialect: Dialect, table: Table, name: str, values: list[Any]) -> list[Any]:
    """Values as the database takes them."""
    bind = _binder(dialect, table, name)
    return list(map(bind, values)) if bind else values


@lru_cache(maxsize=64)
def _binder(dialect: Dialect, table: Table, name: str) -> Callable[[Any], Any] | None:
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _parts(rows: Sequence[tuple[Any, ...]], most: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """As many as a power of two, and then of what is left."""
    at, size = 0, 1 << (most.bit_length() - 1)
    while at < len(rows):
        size = min(size, 1 << ((len(rows) - at).bit_length() - 1))
        yield rows[at : at + size]
        at += size


@lru_cache(maxsize=64)
def _statement(dialect: Dialect, table: Table, names: tuple[str, ...], count: int, unless_there: bool) -> str:
    place = "?" if dialect.paramstyle == "qmark" else "%s"
    row = f"({', '.join([place] * len(names))})"
    into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * count)}"
    return f"{into} ON CONFLICT DO NOTHING" if unless_there else into
