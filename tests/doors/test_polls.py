"""Polls of a feed that changes, from a real server through real workers into real stores."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from monitor.model import FeedRead, Unreadable
from monitor.polling.poll import Polled, poll
from monitor.sources.fetch import Web
from monitor.store import feeds
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import NOON, a_feed


class Listening(Workers):
    """Workers, and what they gave back of feeds."""

    def __init__(self) -> None:
        super().__init__(1)
        self.reads: list[FeedRead | Unreadable] = []

    async def read_feed(
        self, body: bytes, url: str, content_type: str, now: datetime, marks: bytes = b""
    ) -> FeedRead | Unreadable:
        self.reads.append(await super().read_feed(body, url, content_type, now, marks))
        return self.reads[-1]

    @property
    def titles(self) -> list[list[str]]:
        return [[one.title for one in read.entries] for read in self.reads if isinstance(read, FeedRead)]


@dataclass
class Desk:
    """One feed, polled as often as a test likes."""

    news: Newsroom
    db: Db
    web: Web
    workers: Listening
    polls: int = 0

    async def poll(self, body: bytes) -> Polled:
        address = self.news.publish("/feed", body)
        feed = await self.db.write(lambda tx: a_feed(tx, address))
        self.polls += 1
        now = NOON + self.polls * timedelta(hours=1)
        return await poll(
            feed, web=self.web, workers=self.workers, db=self.db, floor=timedelta(0), clock=lambda: now
        )


@pytest.fixture
async def desk(db: Db) -> AsyncIterator[Desk]:
    web, workers = Web("test", ["127.0.0.0/8"]), Listening()
    async with Newsroom() as news:
        yield Desk(news, db, web, workers)
    await web.close()
    workers.close()


def feed_of(*names: str, built: str = "now") -> bytes:
    body = rss([entry(name, f"https://courier.example/{name}") for name in names])
    return body.replace(b"<item>", f"<lastBuildDate>{built}</lastBuildDate><item>".encode(), 1)


async def test_a_poll_reads_only_what_the_last_one_did_not_have(desk: Desk) -> None:
    await desk.poll(feed_of("a", "b", "c"))
    polled = await desk.poll(feed_of("d", "c", "a", "b", built="later"))
    assert desk.workers.titles == [["a", "b", "c"], ["d"]]
    assert (polled.new, polled.changed) == (1, 0)
    (feed,) = await desk.db.read(feeds.get_all)
    assert feed.state.marks == polled.state.marks != b""


async def test_other_bytes_around_the_same_entries_need_no_reader(desk: Desk) -> None:
    await desk.poll(feed_of("a", "b"))
    polled = await desk.poll(feed_of("b", "a", built="later"))
    assert (polled.new, polled.changed, len(desk.workers.reads)) == (0, 0, 1)
    await desk.poll(feed_of("b", "a", built="later"))
    assert [asked.answer for asked in desk.news.asked("/feed")] == ["200", "200", "304"]


async def test_an_entry_that_left_and_returns_is_not_news(desk: Desk) -> None:
    for names in (("a", "b"), ("b",), ("a", "b")):
        polled = await desk.poll(feed_of(*names))
    assert desk.workers.titles == [["a", "b"], ["a"]]
    assert (polled.new, polled.changed) == (0, 0)


async def test_news_under_the_former_address_of_an_entry_is_no_edit_of_it(desk: Desk) -> None:
    """The entry is there with its new address, byte for byte as it was: who reads only the other one sees a
    known address, and nobody else who bears it."""

    def carried(*entries: tuple[str, str, str]) -> bytes:
        return rss(
            entry(title, f"https://courier.example/{place}", guid=guid) for title, place, guid in entries
        )

    storm = ("Storm over Basra", "storm-2", "g1")
    await desk.poll(carried(("Storm over Basra", "storm", "g1"), ("Other", "other", "g2")))
    await desk.poll(carried(storm, ("Other", "other", "g2")))
    polled = await desk.poll(carried(("Storm warning lifted", "storm", ""), storm, ("Other", "other", "g2")))
    assert (polled.new, polled.changed) == (1, 0)
    assert [len(titles) for titles in desk.workers.titles] == [2, 1, 1, 3]
