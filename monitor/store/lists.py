"""Lists of feeds at an address: what each said last, so that a restart and an outage keep its feeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.model import FeedSpec, Validators
from monitor.store.columns import key_of
from monitor.store.schema import insert_into, lists


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as the store holds it."""

    url: str
    due_at: datetime
    feeds: tuple[FeedSpec, ...] = ()
    validators: Validators = Validators()
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    error: str = ""  # why it could not be read last, for people; empty: it could


def get(tx: Connection, urls: Iterable[str]) -> Mapping[str, StoredList]:
    """By address; those that were never asked are missing."""
    asked = {key_of(url): url for url in urls}
    rows = tx.execute(select(lists).where(lists.c.url.in_(asked)))
    return {asked[row.url]: _stored(row, asked[row.url]) for row in rows}


def _stored(row: Row[Any], url: str) -> StoredList:
    feeds = tuple(FeedSpec(address, name, tuple(tags)) for address, name, tags in row.feeds)
    validators = Validators(row.etag, row.last_modified)
    return StoredList(url, row.due_at, feeds, validators, row.failures, row.failing_since, row.error)


def keep(tx: Connection, one: StoredList) -> None:
    values = {
        "etag": one.validators.etag,
        "last_modified": one.validators.last_modified,
        "feeds": [[feed.url, feed.name, list(feed.tags)] for feed in one.feeds],
        "due_at": one.due_at,
        "failures": one.failures,
        "failing_since": one.failing_since,
        "error": one.error,
    }
    row = insert_into(tx, lists).values(url=one.url, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["url"], set_=values))
