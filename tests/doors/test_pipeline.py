"""The three loops on a real store, where the doors give answers that a real day seldom gives."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import forkserver
from pathlib import Path

import rules
from monitor import pipeline
from monitor.learning import Lessons
from monitor.model import (
    Block,
    Change,
    Decision,
    Entry,
    EntryState,
    FeedState,
    FirstLook,
    Fresh,
    Hints,
    Lookup,
    NewEntry,
    Notice,
    NotSent,
    OutboxState,
    Outgoing,
    Seen,
    SendOutcome,
    StoredEntry,
    Unread,
    Zone,
)
from monitor.polling.poll import poll
from monitor.sources.fetch import Web
from monitor.store import entries, feeds, outbox
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from rules import Document, RuleSet
from tests.doors.desks import a_desk
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import ARTICLE, NOON, a_feed, disk_with

HOUR = timedelta(hours=1)


@dataclass
class FakeChat:
    """A chat that answers as the test says, in order; the disk is full before its answer is there."""

    db: Db
    plan: list[SendOutcome]
    seen: list[Outgoing] = field(default_factory=list)
    pace: timedelta = timedelta(0)
    ahead: timedelta = timedelta(0)
    lives: bool = False

    async def edit(self, out: Outgoing, now: datetime) -> SendOutcome:
        raise NotImplementedError

    async def find(self, lookup: Lookup, now: datetime) -> Seen | Unread:
        raise NotImplementedError

    async def erase(self, place: str, ts: str) -> bool:
        raise NotImplementedError

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome:
        self.seen.append(out)
        await self.db.write(lambda tx: disk_with(tx, pages=0))
        return self.plan.pop(0)

    async def probe(self) -> str:
        return ""

    async def close(self) -> None:
        pass


async def test_what_became_of_a_message_is_kept_when_the_disk_is_full_for_a_while(
    sqlite_address: str,
) -> None:
    """Else it would be read as interrupted after the next start, and never be sent again."""
    with Db.open(sqlite_address) as db:
        await db.write(lambda tx: outbox.put(tx, "k", "#desk", Notice("words"), now=NOON))
        chat = FakeChat(db, [NotSent("no network " * 20_000)])
        sending = asyncio.create_task(pipeline.send("#desk", chat=chat, db=db, clock=lambda: NOON))
        await asyncio.wait([sending], timeout=0.5)
        await db.write(lambda tx: disk_with(tx, pages=10_000))
        await sending
        assert (await db.read(outbox.counts))[OutboxState.READY] == 1
        assert len(chat.seen) == 1


async def test_a_summary_told_while_an_entry_is_judged_is_not_told_again(sqlite_address: str) -> None:
    """The page of a held entry comes late: what it adds is news, and goes into no second summary."""
    ruleset = rules.compile([rules.rule("missile")])
    with Db.open(sqlite_address) as db:
        held = await db.write(held_entry)
        await db.write(lambda tx: entries.tell_held(tx, [held.id], EntryState.TOLD, "in the summary", NOON))
        async with judging(db, ruleset) as judge:
            assert (await judge(held)).state is EntryState.TOLD


async def test_an_edited_entry_is_judged_by_what_is_known_of_it_now(sqlite_address: str) -> None:
    ruleset = rules.compile([rules.rule("missile AND category:war AND age:>1h", "war")])
    first = Entry("g", "", "Missiles over Basra", published=NOON, categories=("Sport",))
    edit = replace(first, title="Missiles over Basra again", published=NOON - 2 * HOUR, categories=("War",))
    with Db.open(sqlite_address) as db:
        feed = await db.write(a_feed)
        news = Fresh(new=(NewEntry(first, ("g",), "hash", "story"),))
        await db.write(lambda tx: feeds.keep_poll(tx, feed, replace(feed.state, looked=True), news, NOON))
        async with judging(db, ruleset) as judge:
            (entry,) = await db.read(lambda tx: entries.due(tx, NOON, 1))
            assert (await judge(entry)).state is EntryState.NO_MATCH
            changed = Fresh(changed=(Change(entry.id, edit, "another hash"),))
            await db.write(lambda tx: feeds.keep_poll(tx, feed, feed.state, changed, NOON))
            (entry,) = await db.read(lambda tx: entries.due(tx, NOON, 1))
            assert (await judge(entry)).state is EntryState.TOLD


async def test_a_dictionary_whose_reader_is_killed_is_read_by_another() -> None:
    ruleset = rules.compile([rules.rule("raket")])
    workers = Workers(1)
    lessons = Lessons(workers)
    readers = await asyncio.to_thread(children_once_there, frozenset())
    lesson = asyncio.create_task(lessons.take(ruleset, ["nl"]))
    for pid in await asyncio.to_thread(children_once_there, readers):
        os.kill(pid, signal.SIGKILL)
    await lesson
    await lessons.close()
    workers.close()
    assert not lessons.failed
    assert ruleset.match(Document("", "Twee raketten.", languages=("nl",)))


def children_once_there(known: frozenset[int]) -> frozenset[int]:
    """Processes of the fork server beside those that are known, as soon as there are some."""
    while True:
        server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
        listed = Path(f"/proc/{server}/task/{server}/children")
        found = frozenset(map(int, listed.read_text().split() if server else [])) - known
        if found:
            return found
        time.sleep(0.01)


async def test_what_only_the_feed_says_is_read_in_its_language(sqlite_address: str) -> None:
    text = "Министерство обороны сообщило о пуске ракет, которые были замечены у границы ночью."
    words = Entry("g", "", "Сообщение", blocks=(Block(Zone.SUMMARY, text),))
    with Db.open(sqlite_address) as db:
        feed = await db.write(a_feed)
        news = Fresh(new=(NewEntry(words, ("g",), "hash", "story"),))
        await db.write(lambda tx: feeds.keep_poll(tx, feed, feed.state, news, NOON))
        (entry,) = await db.read(lambda tx: entries.due(tx, NOON, 1))
        async with judging(db, rules.compile([rules.rule("обороны", "it")])) as judge:
            await judge(entry)
        read = await db.read(lambda tx: entries.article(tx, entry.id))
        assert read and read.languages == ("ru",)


async def test_what_a_feed_asks_for_holds_after_a_304_and_a_restart(sqlite_address: str) -> None:
    asking = rss([entry("Reactor shut", "https://courier.example/reactor")]).replace(
        b"<item>", b"<ttl>60</ttl><skipHours><hour>13</hour></skipHours><item>", 1
    )
    async with Newsroom() as news:
        address = news.publish("/feed", asking)
        for answer in ("200", "304"):
            state = await polled_at_noon(sqlite_address, address)
            assert state.hints == Hints(HOUR, frozenset({13}))
            assert state.due_at == NOON + 2 * HOUR
            assert news.log[-1].answer == answer


async def polled_at_noon(store: str, address: str) -> FeedState:
    """What the store remembers of a feed after a poll by a daemon that was just started."""
    web, workers = Web("test", ["127.0.0.0/8"]), Workers(1)
    with Db.open(store) as db:
        feed = await db.write(lambda tx: a_feed(tx, address))
        await poll(feed, web=web, workers=workers, db=db, floor=timedelta(minutes=5), clock=lambda: NOON)
        (feed,) = await db.read(feeds.get_all)
    await web.close()
    workers.close()
    return feed.state


@asynccontextmanager
async def judging(db: Db, ruleset: RuleSet) -> AsyncIterator[Callable[[StoredEntry], Awaitable[Decision]]]:
    """`judge(entry)` by these rules, all of which tell #desk."""
    web, workers = Web("test"), Workers(1)
    lessons = Lessons(workers)
    summary = FirstLook.SUMMARY
    desk = a_desk(web, workers, db, ruleset, lambda: NOON, lessons=lessons, first_look=summary)
    yield partial(pipeline.judge, desk=desk)
    await lessons.close()
    await web.close()
    workers.close()


def held_entry(tx: Tx) -> StoredEntry:
    """An entry of a first look that matched and is due again, as judging takes it up."""
    feed = a_feed(tx)
    words = Entry("g", "", "Missiles over Basra")
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=(NewEntry(words, ("g",), "hash", "story"),)), NOON)
    (entry,) = entries.due(tx, NOON, 1)
    entries.keep_judgement(tx, entry, ARTICLE, (), Decision(EntryState.HELD, "matched"), NOON, NOON)
    return entries.due(tx, NOON, 1)[0]
