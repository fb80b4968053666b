"""The three loops on a real store, where the doors give answers that a real day seldom gives."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor import pipeline
from monitor.model import Notice, NotSent, OutboxState, Outgoing, SendOutcome
from monitor.store import outbox
from monitor.store.db import Db
from tests.doors.stores import NOON, disk_with


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
