"""Articles of one story, from a newsroom: one message, and what follows it in its thread."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import rules
from monitor import config, pipeline
from monitor.desk import Desk
from monitor.errors import StoreError
from monitor.grouping import Stories
from monitor.model import (
    Alert,
    Config,
    Decision,
    Entry,
    FeedSpec,
    FirstLook,
    FirstLookAlert,
    Fresh,
    Grouping,
    NewEntry,
    OutboxState,
    Refused,
    Sent,
    StoredEntry,
)
from monitor.model.stories import Membership
from monitor.sources import fresh
from monitor.sources.fetch import Limits, Web
from monitor.store import entries, feeds, outbox, stories
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.desks import a_desk
from tests.doors.newsroom import Newsroom, page
from tests.doors.stores import FOUND, NOON

MINUTE = timedelta(minutes=1)
CONVOY = [
    "A convoy of the border guard came under missile fire near Rutba on Tuesday, officials said.",
    "Twelve guards were hurt, four of them badly, when two trucks burned out on the desert highway.",
    "Colonel Haidar Obeidi said that the missile had been fired from a wadi some nine kilometres away.",
    "The road to the Trebil crossing was closed for the night and opened again at six in the morning.",
    "No group has claimed the attack, the third on that stretch of highway since the end of August.",
    "A helicopter took the wounded to the hospital of Ramadi, where surgeons worked through the night.",
    "Governor Ali Dulaimi asked Baghdad for drones, which his province had been promised in the spring.",
    "Shepherds of the Anizah, who camp there until winter, told of a flash behind the ridge before dawn.",
    "The guard lost a fuel lorry on the same bend in July, when sand had covered a mine of older wars.",
]
PRICES = [
    "The price of tomatoes in Lima rose by a third in a week, the ministry of agriculture said.",
    "A missile museum in the harbour quarter, of all places, gave its hall to traders on Sunday.",
    "Traders blamed the floods in Piura, where four bridges were lost and lorries wait for days.",
    "The ministry expects the market to calm down by October, when the harvest of Tacna comes in.",
]
RULES = {"missile": "missile", "guards": "guards"}


@dataclass(slots=True)
class Newsdesk:
    """Entries of many feeds, judged as they come by rules that tell #desk."""

    db: Db
    web: Web
    workers: Workers
    news: Newsroom
    room: Stories
    grouping: Grouping = Grouping.THREAD
    lives: bool = False
    rules: Sequence[str] = ("missile",)
    first_look: bool = False  # did the feed carry its entries when first seen?
    known: dict[str, StoredEntry] = field(default_factory=dict)

    async def came(self, path: str, title: str, text: Sequence[str], at: datetime = NOON) -> StoredEntry:
        """A new entry with its page."""
        link = self.news.publish(path, page(title, list(text)))
        words = Entry(link, link, title, published=at)
        spec = FeedSpec("https://a.example/feed", "Courier")
        await self.db.write(lambda tx: feeds.sync(tx, [spec], NOON))
        (feed,) = await self.db.read(feeds.get_all)
        before = replace(feed.state, looked=not self.first_look)
        state = replace(feed.state, looked=True, polled_at=at)
        new = NewEntry(words, (link,), "hash", fresh.story_key(words, 1))
        await self.db.write(
            lambda tx: feeds.keep_poll(tx, replace(feed, state=before), state, Fresh((new,)), at)
        )
        [entry] = await self.db.read(lambda tx: entries.find(tx, link))
        self.known[path] = entry
        return entry

    async def judge(self, entry: StoredEntry) -> Decision:
        return await pipeline.judge(entry, self.at_hand(entry.entry.published or NOON))

    def at_hand(self, at: datetime) -> Desk:
        ruleset = rules.compile([rules.rule(RULES[name], name) for name in self.rules])
        return a_desk(
            self.web,
            self.workers,
            self.db,
            ruleset,
            lambda: at,
            stories=self.room,
            first_look=FirstLook.SUMMARY,
            grouping=self.grouping,
            lives=self.lives,
        )

    async def told(self, path: str, title: str, text: Sequence[str], at: datetime = NOON) -> Decision:
        return await self.judge(await self.came(path, title, text, at))

    async def place(self, path: str) -> Membership:
        found = await self.db.read(lambda tx: stories.member(tx, self.known[path].id))
        assert found
        return found


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Newsdesk]:
    web, workers = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0)), Workers(1)
    async with Newsroom() as news:
        with Db.open(address, hold=True) as db:
            room = Stories(db)
            await room.begin(NOON)
            yield Newsdesk(db, web, workers, news, room)
            room.close()
    await web.close()
    workers.close()


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Newsdesk]:
    async with opened(address) as desk:
        yield desk


async def test_a_copy_is_told_in_the_thread_of_the_first(desk: Newsdesk) -> None:
    first = await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    second = await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    assert [one.root for one in first.deliveries] == [None]
    [reply] = second.deliveries
    assert reply.root and reply.alert.follows == "Convoy hit near Rutba"
    assert (await desk.place("/2")).story == desk.known["/1"].id
    assert "stand in entry" in (await desk.place("/2")).why


async def test_another_story_is_a_message_of_its_own(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    other = await desk.told("/2", "Tomatoes dearer in Lima", PRICES, NOON + MINUTE)
    assert [one.root for one in other.deliveries] == [None]
    assert (await desk.place("/2")).story == desk.known["/2"].id


async def test_what_is_new_in_a_later_article_is_said(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    later = [
        CONVOY[0],
        "Nineteen guards were hurt, 31 guards in all, Brigadier Tahsin Khafaji said.",
        *CONVOY[2:],
    ]
    decision = await desk.told("/2", "Convoy hit near Rutba: 31 hurt", later, NOON + MINUTE)
    [reply] = decision.deliveries
    assert any("31 guards" in why for why in reply.alert.news)
    assert any("Khafaji" in why for why in reply.alert.news)
    assert tuple(why for _, why in (await desk.place("/2")).news) == reply.alert.news
    third = await desk.told("/3", "31 guards hurt near Rutba", later, NOON + 2 * MINUTE)
    assert [one.alert.news for one in third.deliveries] == [()]


async def test_a_rule_that_the_story_was_not_told_for_makes_a_message_of_its_own(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    desk.rules = ("missile", "guards")
    again = await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    third = await desk.told("/3", "Guards hurt by a missile on the road", CONVOY[1:], NOON + 2 * MINUTE)
    assert [one.root for one in again.deliveries] == [None]
    assert [one.alert.follows for one in third.deliveries] == ["Twelve guards hurt on desert road"]


async def test_copies_that_come_at_one_moment_are_one_message(desk: Newsdesk) -> None:
    came = [await desk.came(f"/{number}", f"Convoy hit, report {number}", CONVOY) for number in range(8)]
    decisions = await asyncio.gather(*map(desk.judge, came))
    roots = [one.root for decision in decisions for one in decision.deliveries]
    assert len(roots) == 8 and roots.count(None) == 1
    assert len({(await desk.place(path)).story for path in desk.known}) == 1


async def test_apart_tells_every_article_by_itself_and_still_knows_its_story(desk: Newsdesk) -> None:
    desk.grouping = Grouping.APART
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    second = await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    assert [one.root for one in second.deliveries] == [None]
    assert (await desk.place("/2")).story == desk.known["/1"].id


async def test_a_restart_remembers_the_open_stories(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    desk.room.close()
    desk.room = Stories(desk.db)
    await desk.room.begin(NOON + 2 * timedelta(days=1))
    assert desk.room.articles == 1
    at = NOON + timedelta(days=2)
    second = await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], at)
    assert [one.alert.follows for one in second.deliveries] == ["Convoy hit near Rutba"]


async def test_a_commit_that_fails_places_the_article_once(desk: Newsdesk) -> None:
    entry = await desk.came("/1", "Convoy hit near Rutba", CONVOY)
    failing = FailingOnce(desk.db)
    ruleset = rules.compile([rules.rule("missile", "missile")])
    door = a_desk(desk.web, desk.workers, failing, ruleset, lambda: NOON, stories=desk.room)
    with pytest.raises(StoreError):
        await pipeline.judge(entry, door)
    decision = await pipeline.judge(entry, door)
    assert [one.root for one in decision.deliveries] == [None]
    assert desk.room.articles == 1 and (await desk.place("/1")).story == entry.id


async def test_an_article_that_is_judged_again_stays_where_it_is(desk: Newsdesk) -> None:
    first = await desk.came("/1", "Convoy hit near Rutba", CONVOY)
    await desk.judge(first)
    before = await desk.place("/1")
    await desk.judge(first)
    assert await desk.place("/1") == before and desk.room.articles == 1


async def test_what_an_edit_of_an_article_said_is_not_new_in_the_next(desk: Newsdesk) -> None:
    later = [CONVOY[0], "31 guards were hurt in all, Brigadier Tahsin Khafaji said.", *CONVOY[2:]]
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    second = await desk.came("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    await desk.judge(second)
    desk.news.publish("/2", page("31 guards hurt on desert road", later))
    await desk.judge(replace(second, tries=1))
    third = await desk.told("/3", "Convoy hit near Rutba: 31 guards hurt", later, NOON + 2 * MINUTE)
    assert [one.alert.news for one in third.deliveries] == [()]


async def test_an_article_waits_for_what_an_edit_of_its_story_says(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    edited = await desk.came("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    await desk.judge(edited)
    article = await desk.db.read(lambda tx: entries.article(tx, edited.id))
    third = await desk.came("/3", "Convoy hit near Rutba", CONVOY, NOON + 2 * MINUTE)
    assert article
    async with desk.room.placed(edited, article, [FOUND]) as member:
        assert member
        judged = asyncio.create_task(desk.judge(third))
        done, _ = await asyncio.wait({judged}, timeout=2)  # to be read takes some hundredths
        assert not done
    assert [one.alert.follows for one in (await judged).deliveries] == ["Convoy hit near Rutba"]


async def test_what_a_person_splits_off_begins_anew(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    second = desk.known["/2"].id
    await desk.db.write(lambda tx: stories.split(tx, [second], "split by ada", NOON + 2 * MINUTE))
    await desk.room.regroup()
    third = await desk.told("/3", "Guards hurt on desert road", CONVOY[:7], NOON + 3 * MINUTE)
    fourth = await desk.told("/4", "Guards hurt on desert road", CONVOY[:7], NOON + 4 * MINUTE)
    assert (await desk.place("/3")).story == (await desk.place("/4")).story == second
    assert [one.root for one in third.deliveries] == [None]
    assert [one.alert.follows for one in fourth.deliveries] == ["Guards hurt on desert road"]


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(
        "rules: [{id: missile, match: missile, to: '#desk'}]\n"
        "feeds: ['https://a.example/feed']\nfetch: {contact: a@example.org}\n"
    )
    return config.load(path, {})


async def summary(desk: Newsdesk, settings: Config) -> FirstLookAlert:
    """What #desk hears of the first look."""
    assert await pipeline.tell_first_look(settings, db=desk.db, clock=lambda: NOON)
    out = await desk.db.write(lambda tx: outbox.claim(tx, "#desk", NOON))
    assert out and isinstance(out.message, FirstLookAlert)
    return out.message


@pytest.mark.parametrize(
    ("grouping", "lines"),
    [
        (Grouping.THREAD, [("Tomatoes in Lima", 1), ("Guards hurt on the road", 2)]),
        (Grouping.APART, [("Tomatoes in Lima", 1), ("Guards hurt on the road", 1), ("Convoy hit", 1)]),
    ],
)
async def test_a_first_look_lists_stories_and_tells_every_article(
    desk: Newsdesk, settings: Config, grouping: Grouping, lines: list[tuple[str, int]]
) -> None:
    desk.first_look = True
    await desk.told("/1", "Convoy hit", CONVOY, NOON - 3 * MINUTE)
    await desk.told("/2", "Guards hurt on the road", CONVOY[:7], NOON - 2 * MINUTE)
    await desk.told("/3", "Tomatoes in Lima", PRICES, NOON - MINUTE)
    told = await summary(desk, replace(settings, grouping=grouping))
    assert [(line.headline, line.articles) for line in told.listed] == lines
    assert told.matched == 3
    assert await desk.db.read(entries.held) == ()


async def test_a_reply_goes_into_the_thread_that_slack_named(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    later = NOON + 2 * MINUTE
    root = await desk.db.write(lambda tx: outbox.claim(tx, "#desk", later))
    assert root and root.thread == ""
    assert await desk.db.write(lambda tx: outbox.claim(tx, "#desk", later)) is None
    await desk.db.write(lambda tx: outbox.settle(tx, root, Sent("17.42"), later))
    reply = await desk.db.write(lambda tx: outbox.claim(tx, "#desk", later))
    assert reply and reply.thread == "17.42"


async def test_a_reply_that_its_thread_refuses_goes_into_the_channel(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    later = NOON + 2 * MINUTE
    for outcome, thread in ((Sent("17.42"), ""), (Refused("locked"), "17.42"), (Sent("17.43"), "")):
        out = await desk.db.write(lambda tx: outbox.claim(tx, "#desk", later))
        assert out and out.thread == thread
        await desk.db.write(lambda tx, one=(out, outcome): outbox.settle(tx, *one, later))
    assert (await desk.db.read(outbox.counts))[OutboxState.SENT] == 2


async def test_a_reply_does_not_wait_for_a_message_that_will_never_come(desk: Newsdesk) -> None:
    fate = Refused("no such blocks")
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    later = NOON + 2 * MINUTE
    while True:
        out = await desk.db.write(lambda tx: outbox.claim(tx, "#desk", later))
        assert out
        if isinstance(out.message, Alert) and out.message.follows:
            break
        await desk.db.write(lambda tx, one=out: outbox.settle(tx, one, fate, later))
    assert out.thread == ""


class FailingOnce(Db):
    """A store whose first judgement meets a full disk."""

    def __init__(self, db: Db) -> None:
        self._db, self._failed = db, False

    async def write(self, act, *, urgent: bool = True):  # type: ignore[no-untyped-def]
        if not self._failed:
            self._failed = True
            raise StoreError("the disk is full")
        return await self._db.write(act, urgent=urgent)

    async def read(self, act):  # type: ignore[no-untyped-def]
        return await self._db.read(act)
