"""Articles that stand at several addresses, as their pages say: told once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

import rules
from monitor import pipeline
from monitor.model import Decision, Entry, EntryState, FeedSpec, FirstLook, Fresh, NewEntry
from monitor.sources import fresh
from monitor.sources.fetch import Limits, Web
from monitor.store import entries, feeds, ledger
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.desks import a_desk
from tests.doors.newsroom import Newsroom, page, status
from tests.doors.stores import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "Officials said that a missile had been moved in the night, and that nobody was hurt by it. " * 3


@dataclass
class Watcher:
    """Entries of one feed, judged by the rule `missile`."""

    db: Db
    web: Web
    workers: Workers
    news: Newsroom
    rule: str = "missile"
    policy: FirstLook = FirstLook.ALERT
    looked: bool = True  # the feed was, before these entries came

    def publish(self, path: str, canonical: str = "") -> str:
        link = f"<link rel='canonical' href='{canonical}'></head>".encode()
        return self.news.publish(path, page("Convoy seen", [WORDS] * 3).replace(b"</head>", link))

    async def judge(
        self, link: str, title: str = "Convoy seen", day: datetime | None = NOON, now: datetime = NOON
    ) -> Decision:
        words = Entry(link, link, title, published=day)
        known = NewEntry(words, (link,), "hash", fresh.story_key(words, 1))
        await self.db.write(lambda tx: feeds.sync(tx, [FeedSpec("https://a.example/feed", "Courier")], NOON))
        (feed,) = await self.db.read(feeds.get_all)
        state = replace(feed.state, looked=self.looked)
        feed = replace(feed, state=state)
        await self.db.write(lambda tx: feeds.keep_poll(tx, feed, state, Fresh(new=(known,)), now))
        return await self.again(link, now)

    async def again(self, link: str, now: datetime = NOON) -> Decision:
        ruleset = rules.compile([rules.rule(self.rule)])
        (entry,) = await self.db.read(
            lambda tx: [one for one in entries.find(tx, link) if one.entry.link == link]
        )
        judged_at = a_desk(self.web, self.workers, self.db, ruleset, lambda: now, first_look=self.policy)
        return await pipeline.judge(entry, judged_at)

    def is_balanced(self) -> bool:
        return all(row.balanced for row in self.db.read_sync(ledger.audit))


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Watcher]:
    web, workers = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0)), Workers(1)
    async with Newsroom() as news:
        with Db.open(address) as db:
            yield Watcher(db, web, workers, news)
    await web.close()
    workers.close()


async def test_p11_entries_whose_pages_name_one_address_are_told_once(desk: Watcher) -> None:
    first = await desk.judge(desk.publish("/print/1", "/1"))
    second = await desk.judge(desk.publish("/mobile/1", "/1"))
    itself = await desk.judge(desk.publish("/1", "/1"))
    assert first.state is EntryState.TOLD
    assert second.state is itself.state is EntryState.MERGED
    assert "its story was told" in itself.reason and desk.is_balanced()
    assert sorted(asked.path for asked in desk.news.log) == ["/1", "/mobile/1", "/print/1"]


async def test_an_entry_at_the_address_that_an_earlier_page_named_is_the_same_article(desk: Watcher) -> None:
    """Its own page need not come: that an earlier one named it is enough."""
    await desk.judge(desk.publish("/print/1", "/1"))
    itself = await desk.judge(desk.news.publish("/1", status(403)), "Convoy seen", NOON + HOUR)
    desk.rule = "convoy"
    assert itself.state is EntryState.NO_MATCH, "the headline alone has no missile"
    assert (await desk.again(desk.news.url("/print/1"))).state is EntryState.TOLD, "another rule tells"
    assert (await desk.again(desk.news.url("/1"))).state is EntryState.MERGED


@pytest.mark.parametrize(
    ("canonical", "title", "day"),
    [
        pytest.param("/", "Convoy seen", NOON, id="P11 every page names the front page"),
        pytest.param("https://other.example/1", "Convoy seen", NOON, id="P11 another site"),
        pytest.param("/1", "Missile seen", NOON, id="P11 another headline"),
        pytest.param("/1", "Convoy seen", NOON + DAY, id="P11 another day"),
    ],
)
async def test_p11_a_wrong_address_hides_no_article(
    desk: Watcher, canonical: str, title: str, day: datetime
) -> None:
    assert (await desk.judge(desk.publish("/a", canonical))).state is EntryState.TOLD
    assert (await desk.judge(desk.publish("/b", canonical), title, day)).state is EntryState.TOLD


async def test_p11_one_address_on_all_pages_hides_a_few_at_most(desk: Watcher) -> None:
    states = [(await desk.judge(desk.publish(f"/{n}", "/app"), day=None)).state for n in range(9)]
    assert states.count(EntryState.TOLD) >= 4


async def test_what_was_told_before_its_page_could_be_read_stays_in_its_story(desk: Watcher) -> None:
    await desk.judge(desk.publish("/print/1", "/1"))
    alone = await desk.judge(desk.news.publish("/2", status(503)), "A missile: Convoy seen")
    assert alone.state is EntryState.TOLD
    desk.publish("/2", "/1")
    assert (await desk.again(desk.news.url("/2"))).state is EntryState.TOLD
    assert desk.is_balanced()


async def test_at_first_look_too_they_are_one_story(desk: Watcher) -> None:
    desk.looked, desk.policy = False, FirstLook.SUMMARY
    for path in ("/print/1", "/mobile/1"):
        assert (await desk.judge(desk.publish(path, "/1"))).state is EntryState.HELD
    held = await desk.db.read(entries.held)
    assert len({entry.story_key for entry, _ in held}) == 1


async def test_what_a_page_named_is_known_after_a_restart(desk: Watcher, address: str) -> None:
    await desk.judge(desk.publish("/print/1", "/1"))
    with Db.open(address) as again:
        other = replace(desk, db=again)
        assert (await other.judge(desk.publish("/mobile/1", "/1"))).state is EntryState.MERGED
