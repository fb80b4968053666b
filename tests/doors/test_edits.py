"""What becomes of an article that its feed edits: polls, pages, judgements, from a newsroom."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import rules
from monitor import config, pipeline
from monitor.commands import report
from monitor.desk import Desk
from monitor.learning import Lessons
from monitor.model import OutboxState, StoredEntry
from monitor.polling.poll import poll
from monitor.sources.fetch import Web
from monitor.store import entries, feeds, outbox
from monitor.store.db import Db
from monitor.workers import Workers
from rules import RuleSet
from tests.doors.desks import a_desk
from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.stores import NOON, a_feed

HOUR = timedelta(hours=1)
PAGE = "/world/1"
CALM = "Talks go on in Baghdad"
STRIKE = "Missile hits Baghdad"
RULES = rules.compile([rules.rule("missile", "missile"), rules.rule("minister", "minister")])


@dataclass(slots=True)
class Watcher:
    """A newsroom with one article, and a wirewatch that polls it every hour."""

    news: Newsroom
    db: Db
    web: Web
    workers: Workers
    lessons: Lessons
    ruleset: RuleSet = RULES
    hour: int = 0
    alerts: list[int] = field(default_factory=list)  # how many there were after each version

    async def show(self, headline: str, text: str = "", guid: str = "") -> None:
        """The feed says so from now on."""
        self.news.publish("/feed", rss([entry(headline, self.news.url(PAGE), text, guid or "g")]))
        await self.poll()

    async def poll(self) -> None:
        feed = await self.db.write(lambda tx: a_feed(tx, self.news.url("/feed")))
        await poll(
            feed,
            web=self.web,
            workers=self.workers,
            db=self.db,
            floor=timedelta(minutes=5),
            clock=lambda: NOON + self.hour * HOUR,
        )
        self.hour += 1

    def judges(self, clock: Callable[[], datetime]) -> Desk:
        return a_desk(self.web, self.workers, self.db, self.ruleset, clock, lessons=self.lessons)

    async def judge(self) -> None:
        for due in await self.due():
            await pipeline.judge(due, self.judges(lambda: NOON + self.hour * HOUR))
        self.alerts.append((await self.db.read(outbox.counts))[OutboxState.READY])

    async def due(self) -> Sequence[StoredEntry]:
        return await self.db.read(lambda tx: entries.due(tx, NOON + self.hour * HOUR, 9))

    async def only(self) -> StoredEntry:
        (found,) = await self.db.read(lambda tx: entries.find(tx, self.news.url(PAGE)))
        return found


@pytest.fixture
async def desk(sqlite_address: str) -> AsyncIterator[Watcher]:
    async with opened(sqlite_address) as made:
        yield made


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Watcher]:
    workers = Workers(1)
    lessons = Lessons(workers)
    web = Web("test", ["127.0.0.0/8"])
    async with Newsroom() as news:
        news.publish(PAGE, page("Baghdad", ["There was no word of it on this page, which is not about it."]))
        with Db.open(address) as db:
            yield Watcher(news, db, web, workers, lessons)
        await lessons.close()
        await web.close()
        workers.close()


async def test_an_edit_that_begins_to_match_is_told_and_what_it_goes_back_to_is_not(desk: Watcher) -> None:
    for headline in (CALM, STRIKE, CALM, STRIKE, f"{STRIKE} again", CALM):
        await desk.show(headline)
        await desk.judge()
    assert desk.alerts == [0, 1, 1, 1, 1, 1]
    assert len(desk.news.asked(PAGE)) == 3  # a version that was judged before is not read again


async def test_another_rule_that_begins_to_match_is_told_beside_the_first(desk: Watcher) -> None:
    for text in ("", "The minister was there.", "Two were hurt.", "The minister was there, and left."):
        await desk.show(STRIKE, text)
        await desk.judge()
    assert desk.alerts == [1, 2, 2, 2]
    sent = await desk.db.read(lambda tx: outbox.rows(tx, 1))
    assert len(sent) == 2


async def test_an_edit_with_a_new_guid_is_told_of_one_article(desk: Watcher) -> None:
    for number, headline in enumerate((CALM, STRIKE, f"{STRIKE}: what we know")):
        await desk.show(headline, guid=f"hash-{number}")
        await desk.judge()
    assert desk.alerts == [0, 1, 1]
    assert (await desk.only()).revision == 3


async def test_an_edit_before_the_first_judgement_is_judged_alone(desk: Watcher) -> None:
    await desk.show(CALM)
    await desk.show(STRIKE)
    await desk.judge()
    assert desk.alerts == [1]
    assert not await desk.due()


async def test_an_edit_while_an_article_is_judged_is_judged_after_it(desk: Watcher) -> None:
    await desk.show(CALM)
    (before,) = await desk.due()
    await desk.show(STRIKE)
    await pipeline.judge(before, desk.judges(lambda: NOON))
    await desk.judge()
    assert desk.alerts == [1]


async def test_what_an_article_said_before_is_kept_and_told(desk: Watcher, tmp_path: Path) -> None:
    await desk.show(CALM, "They began on Sunday.")
    await desk.judge()
    await desk.show(STRIKE, "Two were hurt.")
    await desk.judge()
    (before,) = await desk.db.read(lambda tx: entries.versions(tx, 1))
    assert (before.revision, before.title, before.seen_at) == (1, CALM, NOON)
    (tmp_path / "config.yaml").write_text("feeds: [https://n.example/feed]\nrules: [missile]")
    settings = config.load(tmp_path / "config.yaml", {})
    told = await desk.db.read(lambda tx: report.why(tx, desk.news.url(PAGE), settings))
    lines = [str(line) for line in told.lines]
    assert f"  version 1, 2026-11-22 12:00:00 UTC: {CALM}: They began on Sunday." in lines
    assert any(f'edited: its headline was "{CALM}"' in line for line in lines)


async def test_of_very_many_versions_the_first_and_the_newest_are_kept(desk: Watcher) -> None:
    for count in range(30):
        await desk.show(f"{count} hurt in Baghdad")
    kept = await desk.db.read(lambda tx: entries.versions(tx, 1))
    assert (await desk.only()).revision == 30
    assert [version.revision for version in kept] == [1, *range(10, 30)]


async def test_a_guid_that_is_made_anew_for_each_poll_does_not_fill_the_store(desk: Watcher) -> None:
    for count in range(feeds.MOST_NAMES + 10):
        await desk.show(STRIKE, guid=f"{count * 7919:08x}")
    assert (await desk.only()).revision == 1
    names = await desk.db.read(lambda tx: entries.names_after(tx, 0, "", 1000))
    assert len(names) == feeds.MOST_NAMES
