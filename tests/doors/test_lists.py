"""Watched lists: OPML at an address, in a daemon on a real store."""

import io
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from monitor import config
from monitor.daemon import Daemon
from monitor.model import FeedSpec, FetchFailed, Unreadable
from monitor.model.upkeep import Cause, Watched
from monitor.polling import lists
from monitor.sources import opml
from monitor.store import feeds
from monitor.store import lists as stored
from monitor.store.db import Db
from monitor.store.lists import StoredList
from tests.doors.newsroom import DROP, Answer, Newsroom, cut, page, status
from tests.doors.stores import NOON

DAY = timedelta(days=1)


def listing(*urls: str, tag: str = "") -> bytes:
    return opml.write(FeedSpec(url, f"Feed {url[-1]}", (tag,) if tag else ()) for url in urls)


def named(path: Path, *values: object, every: str = "5m") -> None:
    fetch = {"allow_networks": ["127.0.0.0/8"], "every": every}
    path.write_text(json.dumps({"feeds": values, "rules": ["missile"], "fetch": fetch, "languages": ["nl"]}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


@asynccontextmanager
async def living(path: Path) -> AsyncIterator[tuple[Daemon, Db]]:
    """A daemon that has started and asked its lists once, and its store."""
    settings = config.load(path, os.environ)
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon.start()
        await daemon._read_lists()
        yield daemon, db
        await daemon.close()


async def watched(db: Db) -> dict[str, FeedSpec]:
    return {feed.spec.url: feed.spec for feed in await db.read(feeds.get_all)}


async def due_again(db: Db, url: str) -> None:
    """The day of the list is over."""
    one = (await db.read(lambda tx: stored.get(tx, [url])))[url]
    now = StoredList(
        one.url, NOON - 1000 * DAY, one.feeds, one.validators, one.failures, one.failing_since, one.error
    )
    await db.write(lambda tx: stored.keep(tx, now))


A, B, C = (f"https://courier.example/{name}" for name in "abc")


async def test_the_feeds_of_a_list_are_watched_with_names_and_tags(path: Path) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A, B, tag="gulf"))
        named(path, {"opml": url}, {"url": B, "name": "Ours"})
        async with living(path) as (_, db):
            assert await watched(db) == {A: FeedSpec(A, "Feed a", ("gulf",)), B: FeedSpec(B, "Ours")}


async def test_a_list_is_asked_once_a_day_by_its_validators_and_over_restarts(path: Path) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A))
        named(path, {"opml": url})
        async with living(path) as (daemon, _):
            await daemon._read_lists()
        async with living(path) as (daemon, db):
            assert len(news.log) == 1 and set(await watched(db)) == {A}
            await due_again(db, url)
            await daemon._read_lists()
            assert set(await watched(db)) == {A}
    assert [asked.answer for asked in news.log] == ["200", "304"]


async def test_what_comes_and_what_goes_is_followed_and_told(path: Path, logged: io.StringIO) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A, B))
        named(path, {"opml": url})
        async with living(path) as (daemon, db):
            news.publish("/feeds.opml", listing(B, C))
            await due_again(db, url)
            await daemon._read_lists()
            assert set(await watched(db)) == {B, C}
    assert "the list names 2 feeds: 1 new, 1 gone" in logged.getvalue()


@pytest.mark.parametrize(
    "answer",
    [
        status(500), status(410), DROP, b"", b"<opml><body/></opml>", page("Sign in", ["Please."]),
        b'{"error": "none"}', cut(listing(A, B)),
    ],
    ids=["500", "410", "dropped", "empty", "no feed", "page", "JSON", "cut on its way"],
)  # fmt: skip
async def test_a_broken_answer_takes_no_feed_away(
    path: Path, answer: Answer | bytes, logged: io.StringIO
) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A, B))
        named(path, {"opml": url})
        async with living(path) as (daemon, db):
            news.publish("/feeds.opml", answer)
            await due_again(db, url)
            await daemon._read_lists()
            assert set(await watched(db)) == {A, B}
        async with living(path) as (_, db):
            assert set(await watched(db)) == {A, B}
    assert "the list cannot be read" in logged.getvalue() and "the 2 feeds it named stay" in logged.getvalue()


@pytest.mark.parametrize("end", [-20, -60, -120])
async def test_a_list_cut_short_changes_nothing(path: Path, end: int) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A, B))
        named(path, {"opml": url})
        async with living(path) as (daemon, db):
            news.publish("/feeds.opml", listing(C, A, B)[:end])
            await due_again(db, url)
            await daemon._read_lists()
            assert set(await watched(db)) == {A, B}


async def test_a_reload_keeps_the_feeds_of_lists_and_drops_those_of_a_list_that_is_gone(path: Path) -> None:
    async with Newsroom() as news:
        url = news.publish("/feeds.opml", listing(A))
        named(path, {"opml": url})
        async with living(path) as (daemon, db):
            named(path, {"opml": url}, B)
            await daemon.reload()
            assert set(await watched(db)) == {A, B}
            named(path, B)
            await daemon.reload()
            assert set(await watched(db)) == {B}


async def test_addresses_that_are_not_asked_are_left_out_of_a_list(path: Path) -> None:
    async with Newsroom() as news:
        bad = (
            "http://10.0.0.1/",
            "file:///etc/passwd",
            "http://user:pw@courier.example/",
            f"{A}{'x' * 3000}",
        )
        named(path, {"opml": news.publish("/feeds.opml", listing(A, *bad))})
        async with living(path) as (_, db):
            assert set(await watched(db)) == {A}


async def test_feeds_of_strangers_in_a_list_are_not_hurried(path: Path) -> None:
    async with Newsroom() as news:
        ours = news.url("/ours")
        url = news.publish("/feeds.opml", listing(A, ours))
        named(path, {"opml": url}, every="1s")
        async with living(path) as (_, db):
            found = await watched(db)
    assert found[A].every == timedelta(minutes=1) and found[ours].every is None


def test_a_list_in_a_private_network_is_refused(path: Path) -> None:
    path.write_text(json.dumps({"feeds": [{"opml": "http://10.0.0.1/feeds.opml"}], "rules": ["missile"]}))
    with pytest.raises(Exception, match="allow_networks"):
        config.load(path, os.environ)


async def test_a_changed_opml_file_is_taken_by_a_running_daemon(path: Path) -> None:
    file = path.with_name("feeds.opml")
    file.write_bytes(listing(A))
    named(path, {"opml": "feeds.opml"})
    async with living(path) as (daemon, db):
        file.write_bytes(listing(B))
        await daemon.reload()
        assert set(await watched(db)) == {B}


def test_a_list_that_fails_is_asked_again_soon_and_then_later() -> None:
    one, now = Watched("https://courier.example/list"), NOON
    before = StoredList(one.url, now, (FeedSpec(A),))
    waits = []
    for _ in range(10):
        before = lists.after(one, before, FetchFailed(Cause.TIMEOUT, "no answer"), None, now)
        waits.append(before.due_at - now)
        now = before.due_at
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits[-1] == DAY and before.failures == 10 and before.failing_since == NOON
    busy = FetchFailed(Cause.STATUS, "429", 429, timedelta(days=2))
    assert lists.after(one, before, busy, None, now).due_at == now + 2 * DAY


def test_one_trouble_is_told_once() -> None:
    well = StoredList("https://courier.example/list", NOON, (FeedSpec(A),))
    bad = lists.after(Watched(well.url), well, FetchFailed(Cause.TIMEOUT, "x"), Unreadable(""), NOON)
    assert lists.told(well, bad) and not lists.told(bad, bad) and not lists.told(well, well)
    assert lists.told(bad, well) == "the list can be read again"


def test_lists_are_stored_on_both_databases(address: str) -> None:
    one = StoredList(
        "https://courier.example/" + "x" * 600, NOON, (FeedSpec(A, "a\x00", ("t",)),), error="no"
    )
    with Db.open(address) as db:
        for due_at in (NOON, NOON + DAY):
            db.write_sync(partial(stored.keep, one=replace(one, due_at=due_at)))
        found = db.read_sync(lambda tx: stored.get(tx, [one.url, "https://elsewhere.example/"]))
    assert (
        list(found) == [one.url]
        and found[one.url].due_at == NOON + DAY
        and found[one.url].feeds[0].tags == ("t",)
    )
