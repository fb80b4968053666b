"""The daemon in this process, on a real store: what a reload does, and what it leaves when it fails."""

import asyncio
import io
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor import config
from monitor.daemon import Daemon
from monitor.errors import StoreError
from monitor.model import Notice
from monitor.ops.clock import clock
from monitor.store import feeds as stored
from monitor.store import incidents, outbox
from monitor.store.db import Db
from monitor.store.entries import first_look_progress
from rules import Document
from tests.doors.newsroom import Newsroom, rss
from tests.doors.stores import disk_with


def write(path: Path, feeds: Sequence[object], rule: str = "missile", **fetch: object) -> Path:
    """A config.yaml (JSON is YAML)."""
    path.write_text(json.dumps({"feeds": feeds, "rules": [rule], "fetch": fetch, "languages": ["nl"]}))
    return path


def named(count: int) -> list[str]:
    return [f"https://feeds.example/{n}/{'long-' * 20}" for n in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "config.yaml", named(1))


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
        write(path, named(500))
        with pytest.raises(StoreError, match="disk is full"):
            await daemon.reload()
        await db.write(lambda tx: disk_with(tx, pages=10_000))
        await daemon.reload()
        assert len(await db.read(stored.get_all)) == 500


async def test_a_door_that_a_reload_replaces_is_closed(path: Path) -> None:
    async with living(path) as (daemon, _):
        replaced = daemon._web
        write(path, named(1), concurrency=7)
        await daemon.reload()
    assert daemon._web is not replaced and replaced.closed and daemon._web.closed


async def test_a_reload_says_what_it_left_out(path: Path, logged: io.StringIO) -> None:
    outlines = '<outline xmlUrl="https://feeds.example/a"/><outline xmlUrl="ftp://feeds.example/b"/>'
    (path.parent / "feeds.opml").write_text(f"<opml><body>{outlines}</body></opml>")
    async with living(path) as (daemon, _):
        write(path, [{"opml": "feeds.opml"}])
        await daemon.reload()
    assert "left out" in logged.getvalue()


async def test_the_languages_of_the_config_are_learnt_from_the_start(path: Path) -> None:
    async with living(path) as (daemon, _):
        rules = daemon._settings.rules
        [lesson] = daemon._lessons._running.values()
        await lesson
        assert rules.languages == {"nl"}


async def test_new_rules_know_the_languages_of_the_old_ones_before_they_count(path: Path) -> None:
    async with living(path) as (daemon, _):
        old = daemon._settings.rules
        await daemon._lessons.take(old, ["nl", "da"])
        write(path, named(1), "raket")
        await daemon.reload()
        new = daemon._settings.rules
        assert new is not old and new.languages == {"nl", "da"}


async def test_feeds_that_fail_do_not_make_the_machine_offline(path: Path, logged: io.StringIO) -> None:
    async with Newsroom(hosts=2) as news:
        feeds = [news.publish("/feed", rss([])), news.url("/gone", host=1)]
        async with living(write(path, feeds, allow_networks=["127.0.0.0/8"])) as (daemon, db):
            await daemon.polls.once()
            await daemon._tell_progress()
            await daemon._look()
            look = await db.read(first_look_progress)
            assert (look.told, look.feeds, look.looked) == (True, 1, 0)  # what is still to be told all failed
            await daemon._tell_progress()
    assert "404 Not Found" in logged.getvalue() and "no feed can be reached" not in logged.getvalue()


async def test_a_dictionary_that_could_not_be_read_is_tried_again(path: Path) -> None:
    write(path, named(1), "raket")
    dutch = Document("", "Twee raketten.", languages=("nl",))
    async with living(path) as (daemon, _):
        old = daemon._settings.rules
        old.learn("nl", {word: frozenset() for word in old.vocabulary})  # as after a failure
        daemon._lessons.failed.add("nl")
        assert not old.match(dutch)
        daemon._mend()
        await asyncio.gather(*daemon._chores.stop())
        assert not daemon._lessons.failed and daemon._settings.rules.match(dutch)


def with_ops(path: Path, rule: str) -> Path:
    """A config that names an ops channel."""
    (path.parent / "token").write_text("xoxb-test")
    slack = {"token": "${file:token}", "ops_channel": "#ops", "api_url": "http://127.0.0.1:9/api/"}
    path.write_text(json.dumps(json.loads(write(path, named(1), rule).read_text()) | {"slack": slack}))
    return path


async def test_a_config_that_is_not_taken_is_one_message_that_is_closed_when_it_is(path: Path) -> None:
    async with living(with_ops(path, "missile")) as (daemon, db):
        for wrong in ("(", "missile AND"):
            with_ops(path, wrong)
            await daemon.reload()
        [one] = await db.read(incidents.going_on)
        assert "config.yaml was changed and is not taken" in one.text and "missile AND" in one.text
        with_ops(path, "rocket")
        await daemon.reload()
        assert await db.read(incidents.going_on) == ()
        out = await db.write(lambda tx: outbox.claim(tx, "#ops", clock()))
    assert out and isinstance(out.message, Notice) and "✓ the config is taken" in out.message.text
