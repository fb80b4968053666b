"""The daemon in this process, on a real store: what a reload does, and what it leaves when it fails."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor import config
from monitor.daemon import Daemon
from monitor.errors import StoreError
from monitor.store import feeds
from monitor.store.db import Db
from tests.doors.stores import disk_with


def write(path: Path, count: int, **fetch: object) -> Path:
    """A config.yaml (JSON is YAML) with so many feeds."""
    named = [f"https://feeds.example/{n}/{'long-' * 20}" for n in range(count)]
    path.write_text(json.dumps({"feeds": named, "rules": ["missile"], "fetch": fetch}))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "config.yaml", 1)


@asynccontextmanager
async def living(path: Path) -> AsyncIterator[tuple[Daemon, Db]]:
    """A daemon that has started, and its store; closed at the end."""
    settings = config.load(path, os.environ)
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon.start()
        yield daemon, db
        await daemon.close()


async def test_a_reload_that_the_store_cannot_keep_is_made_again(path: Path) -> None:
    async with living(path) as (daemon, db):
        await db.write(lambda tx: disk_with(tx, pages=0))
        write(path, 500)
        with pytest.raises(StoreError, match="disk is full"):
            await daemon.reload()
        await db.write(lambda tx: disk_with(tx, pages=10_000))
        await daemon.reload()
        assert len(await db.read(feeds.get_all)) == 500


async def test_a_door_that_a_reload_replaces_is_closed(path: Path) -> None:
    async with living(path) as (daemon, _):
        replaced = daemon._web
        write(path, 1, concurrency=7)
        await daemon.reload()
    assert daemon._web is not replaced and replaced.closed and daemon._web.closed
