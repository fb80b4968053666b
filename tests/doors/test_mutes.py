"""What people have muted: held back where it is judged, counted, and told when it ends; over a real store."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from monitor.answering import ends
from monitor.model import EntryState, MuteKind, Notice, StoredEntry
from monitor.store import entries, ledger, mutes
from monitor.store.mutes import Mute
from tests.doors.stores import FOUND, NOON
from tests.doors.test_grouping import opened
from tests.doors.test_routes import Routed

HOUR = timedelta(hours=1)
ANN = Mute(MuteKind.RULE, NOON + HOUR, rule=FOUND.rule, user="U1")


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Routed]:
    async with opened(address) as plain:
        yield Routed(plain.db, plain.web, plain.workers, plain.news, plain.room, lives=True)


async def judged(desk: Routed, at: datetime) -> tuple[StoredEntry, EntryState]:
    (entry,) = await desk.came_together(1)
    await desk.db.write(lambda tx: desk.keep(tx, entry, (FOUND,), at))
    return entry, await desk.db.read(lambda tx: entries.state(tx, entry.id))


async def muted(desk: Routed, mute: Mute) -> Mute:
    return await desk.db.write(lambda tx: mutes.add(tx, mute, NOON))


async def test_what_is_muted_is_held_back_and_its_end_is_told_once(desk: Routed) -> None:
    await muted(desk, ANN)
    entry, state = await judged(desk, NOON)
    assert state is EntryState.MUTED
    assert await desk.sent(NOON) == []
    assert [one.held_back for one in await desk.db.read(lambda tx: mutes.active(tx, NOON))] == [1]
    assert all(row.balanced for row in await desk.db.read(ledger.audit))
    told = [await desk.db.write(lambda tx: ends.tell_ends(tx, "#desk", NOON + HOUR)) for _ in range(2)]
    assert told == [1, 0]
    (sent,) = await desk.sent(NOON + HOUR)
    says = "the mute of rule missile by @U1 has ended; 1 alert not told meanwhile"
    assert isinstance(sent.message, Notice) and sent.message.text == says.replace("missile", FOUND.rule)


async def test_an_article_that_is_judged_twice_is_counted_once(desk: Routed) -> None:
    await muted(desk, ANN)
    entry, _ = await judged(desk, NOON)
    await desk.db.write(lambda tx: desk.keep(tx, entry, (FOUND,), NOON))
    assert [one.held_back for one in await desk.db.read(lambda tx: mutes.active(tx, NOON))] == [1]


async def test_after_its_end_articles_are_told_again(desk: Routed) -> None:
    mute = await muted(desk, ANN)
    assert await desk.db.write(lambda tx: mutes.end(tx, mute.id, NOON))
    assert not await desk.db.write(lambda tx: mutes.end(tx, mute.id, NOON))
    assert (await judged(desk, NOON))[1] is EntryState.TOLD


@pytest.mark.parametrize(
    "other",
    [
        Mute(MuteKind.RULE, NOON + HOUR, rule="another"),
        Mute(MuteKind.RULE, NOON + HOUR, rule=FOUND.rule, channel="#elsewhere"),
        Mute(MuteKind.SOURCE, NOON + HOUR, rule=FOUND.rule, source="elsewhere.example"),
        Mute(MuteKind.STORY, NOON + HOUR, story=4711),
    ],
)
async def test_a_mute_holds_nothing_else_back(desk: Routed, other: Mute) -> None:
    await muted(desk, other)
    assert (await judged(desk, NOON))[1] is EntryState.TOLD
