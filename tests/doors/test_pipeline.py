"""The three loops on a real store, where the doors give answers that a real day seldom gives."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import rules
from monitor import pipeline
from monitor.model import (
    Decision,
    Entry,
    EntryState,
    FirstLook,
    Fresh,
    NewEntry,
    Notice,
    NotSent,
    OutboxState,
    Outgoing,
    Route,
    SendOutcome,
    StoredEntry,
)
from monitor.sources.fetch import Web
from monitor.store import entries, feeds, outbox
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from tests.doors.stores import ARTICLE, NOON, a_feed, disk_with


@dataclass
class FakeChat:
    """A chat that answers as the test says, in order; the disk is full before its answer is there."""

    db: Db
    plan: list[SendOutcome]
    seen: list[Outgoing] = field(default_factory=list)
    pace: timedelta = timedelta(0)

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
        web, workers = Web("test"), Workers(1)  # not used: the entry has no link
        decision = await pipeline.judge(
            held,
            web=web,
            workers=workers,
            db=db,
            rules=ruleset,
            routes={"missile": Route(("#desk",))},
            first_look=FirstLook.SUMMARY,
            clock=lambda: NOON,
        )
        await web.close()
        workers.close()
        assert decision.state is EntryState.TOLD


def held_entry(tx: Tx) -> StoredEntry:
    """An entry of a first look that matched and is due again, as judging takes it up."""
    feed = a_feed(tx)
    words = Entry("g", "", "Missiles over Basra")
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=(NewEntry(words, ("g",), "hash", "story"),)), NOON)
    (entry,) = entries.due(tx, NOON, 1)
    entries.keep_judgement(tx, entry, ARTICLE, (), Decision(EntryState.HELD, "matched"), NOON, NOON)
    return entries.due(tx, NOON, 1)[0]
