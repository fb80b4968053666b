"""A subscriber, publishers and a hub for every test of push."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.hubroom import Hub
from tests.doors.newsroom import Newsroom
from tests.doors.websub.subscriber import Subscriber, opened


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(1)
    yield pool
    pool.close()


@pytest.fixture
async def subscriber(db: Db, workers: Workers, tmp_path: Path) -> AsyncIterator[Subscriber]:
    """On SQLite and on PostgreSQL."""
    async with opened(db, workers, tmp_path) as made:
        yield made


@pytest.fixture
async def alone(sqlite_address: str, workers: Workers, tmp_path: Path) -> AsyncIterator[Subscriber]:
    """On SQLite, where the store makes no difference."""
    with Db.open(sqlite_address) as db:
        async with opened(db, workers, tmp_path) as made:
            yield made


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as newsroom:
        yield newsroom


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as made:
        yield made
