"""What hubs bring: signed, read as if polled, refused. Numbers as on websub.rocks."""

import gzip
import io
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model import Secret
from monitor.store import entries, subscriptions
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from tests.doors.hubroom import Hub
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import disk_with
from tests.doors.websub.subscriber import HOUR, MINUTE, NEW, OLD, Subscriber, feed_of, opened, subscribed


async def test_300_what_a_hub_brings_is_taken_and_comes_in_as_if_polled(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    before = (await subscriber.feed(url)).state
    subscriber.now += MINUTE
    assert await hub.deliver(form, feed_of(hub, url, NEW, OLD)) == 202
    assert await subscriber.unread() == 1, "it is kept before the hub hears of it"
    await subscriber.read()
    assert await subscriber.titles() == ["Missile 1 over Basra", "Missile 2 over Basra"]
    assert (subscriber.woken, await subscriber.unread()) == (1, 0)
    feed = await subscriber.feed(url)
    learnt = replace(before, news_at=subscriber.now, rhythm=feed.state.rhythm)
    assert feed.pushed and feed.state == learnt, "of the document that was polled nothing is forgotten"
    news.publish("/feed", feed_of(hub, url, NEW, OLD))
    assert (await subscriber.poll(url)).new == 0


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("sha256=" + "0" * 64, id="301 wrong"),
        pytest.param("x", id="301 nonsense"),
        pytest.param("", id="302 none"),
    ],
)
async def test_f69_a_delivery_that_is_not_signed_is_ignored(
    signature: str, alone: Subscriber, news: Newsroom, hub: Hub, logged: io.StringIO
) -> None:
    url, form = await subscribed(alone, news, hub)
    assert await hub.deliver(form, rss([NEW]), signature=signature) == 202
    await alone.read()
    assert await alone.titles() == ["Missile 1 over Basra"] and not (await alone.feed(url)).pushed
    said = logged.getvalue()
    assert "not signed as agreed" in said
    assert form["hub.secret"] not in said and form["hub.callback"].rpartition("/")[2] not in said


async def test_sha1_is_refused_where_the_config_says_so(
    sqlite_address: str, workers: Workers, news: Newsroom, hub: Hub, tmp_path: Path
) -> None:
    with Db.open(sqlite_address) as db:
        async with opened(db, workers, tmp_path, ", sha1: false") as subscriber:
            _, form = await subscribed(subscriber, news, hub)
            for method in ("sha1", "sha512"):
                assert await hub.deliver(form, rss([NEW]), method=method) == 202
                await subscriber.read()
                assert len(await subscriber.titles()) == (1 if method == "sha1" else 2)


async def test_f69_a_delivery_that_comes_again_changes_nothing(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    _, form = await subscribed(subscriber, news, hub)
    for _ in range(3):
        assert await hub.deliver(form, rss([NEW, OLD])) == 202
    await subscriber.read()
    assert await hub.deliver(form, rss([NEW, OLD])) == 202
    await subscriber.read()
    found = await subscriber.db.read(lambda tx: entries.due(tx, subscriber.now, 10))
    assert len(found) == 2 and {one.revision for one in found} == {1}


async def test_f69_a_delivery_that_is_huge_is_refused(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    huge = rss([NEW]).replace(b"</channel>", b" " * (8 * 2**20) + b"</channel>")
    assert await hub.deliver(form, huge) == 413
    bomb = gzip.compress(bytes(64 * 2**20))
    assert await hub.deliver(form, bomb, Content_Encoding="gzip") == 413
    assert await alone.unread() == 0


async def test_f69_a_delivery_of_a_part_takes_nothing_away(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    many = [entry(f"Story {n}", f"https://courier.example/s{n}") for n in range(30)]
    url, form = await subscribed(subscriber, news, hub, *many)
    before = (await subscriber.feed(url)).state
    assert await hub.deliver(form, rss([NEW])) == 202
    await subscriber.read()
    assert len(await subscriber.titles()) == 31
    after = (await subscriber.feed(url)).state
    assert replace(after, news_at=before.news_at, rhythm=before.rhythm) == before


async def test_a_compressed_delivery_is_read(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    body = gzip.compress(rss([NEW]))
    assert await hub.deliver(form, body, Content_Encoding="gzip") == 202
    await alone.read()
    assert len(await alone.titles()) == 2


async def test_an_edit_that_is_pushed_is_an_edit(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    edited = entry("Missile 1 over Basra was a drone", "https://courier.example/1")
    await hub.deliver(form, rss([edited]))
    await alone.read()
    [found] = await alone.db.read(lambda tx: entries.due(tx, alone.now, 10))
    assert (found.entry.title, found.revision) == ("Missile 1 over Basra was a drone", 2)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Hello</body></html>", b"\x00\xff" * 100, rss([NEW])[:-80]]
)
async def test_what_cannot_be_read_to_its_end_makes_us_ask_the_feed(
    body: bytes, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(alone, news, hub, fresh_for=HOUR)
    alone.now += 30 * MINUTE
    assert await hub.deliver(form, body) == 202
    await alone.read()
    assert (await alone.feed(url)).state.due_at == alone.now and await alone.unread() == 0


async def test_an_unsigned_hub_only_hastens_the_next_poll(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(alone, news, hub, fresh_for=HOUR)
    await alone.db.write(forget_the_secret)
    alone.now += 10 * MINUTE
    assert await hub.deliver(form, rss([NEW])) == 202
    await alone.read()
    assert await alone.titles() == ["Missile 1 over Basra"]
    assert (await alone.feed(url)).state.due_at == alone.now
    await alone.poll(url)
    alone.now += MINUTE
    assert await hub.deliver(form, rss([NEW])) == 202
    assert (await alone.feed(url)).state.due_at == alone.now + 4 * MINUTE, "but not all the time"
    assert (await alone.feed(url)).pushed


def forget_the_secret(tx: Tx) -> None:
    """As if the hub had been reached over plain http on another machine."""
    [live] = subscriptions.given(tx, 1)
    subscriptions.give(tx, replace(live, secret=Secret("")))


async def test_a_hub_that_floods_is_asked_to_come_later(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    answers = [await hub.deliver(form, rss([NEW])) for _ in range(70)]
    assert set(answers[:50]) == {202} and answers[-1] == 429


async def test_while_the_disk_is_full_no_hub_hears_that_we_have_it(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    _, form = await subscribed(alone, news, hub)
    await alone.db.write(lambda tx: disk_with(tx, pages=0))
    big = rss([NEW]).replace(b"</channel>", b" " * 1_000_000 + b"</channel>")
    assert await hub.deliver(form, big) == 429
    await alone.db.write(lambda tx: disk_with(tx, pages=10_000))
    assert await hub.deliver(form, big) == 202
    await alone.read()
    assert len(await alone.titles()) == 2
