"""Who is told when: articles judged by rules with hours and bars, over a real store."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from monitor import pipeline
from monitor.desk import Desk
from monitor.model import (
    Alert,
    Digest,
    Escalation,
    Found,
    Hours,
    Notice,
    Outgoing,
    Priority,
    Route,
    Sent,
    StoredEntry,
    Times,
    Timing,
)
from monitor.store import outbox
from monitor.store.db import Tx
from monitor.store.schema import members
from tests.doors.stores import ARTICLE, FOUND, NOON, SECOND, a_feed, brought
from tests.doors.test_grouping import CONVOY, MINUTE, PRICES, Newsdesk, opened

HOUR = timedelta(hours=1)
MORNING = Timing(digest=(Times((480,)),))
EIGHT = NOON + 20 * HOUR
MIDDAY = Timing(quiet=(Hours(11 * 60, 13 * 60),))


class Routed(Newsdesk):
    """A newsdesk whose rule has a route of the test's."""

    route = Route(("#desk",))
    flood = 0

    async def came_together(self, count: int) -> Sequence[StoredEntry]:
        """New entries of one poll."""
        names = [f"{count}-{number}" for number in range(count)]
        at = NOON + count * SECOND
        return await self.db.write(lambda tx: brought(tx, a_feed(tx), *names, now=at)[-count:])

    def keep(self, tx: Tx, entry: StoredEntry, found: tuple[Found, ...], at: datetime) -> None:
        """Judged as if its rules had found it."""
        routes = {FOUND.rule: self.route}
        desk = replace(self.at_hand(at), routes=routes, flood=self.flood)
        pipeline.keep_judged(tx, replace(entry, first_look=False), ARTICLE, found, None, desk, None, at)

    def at_hand(self, at: datetime) -> Desk:
        return replace(super().at_hand(at), routes={"missile": self.route})

    async def sent(self, at: datetime) -> list[Outgoing]:
        """All that may be sent at a moment, sent."""
        found: list[Outgoing] = []
        while out := await self.db.write(lambda tx: outbox.claim(tx, "#desk", at)):
            found.append(out)
            ts = Sent(f"{len(found)}.{at.timestamp():.0f}", place="C1")
            await self.db.write(lambda tx, out=out, ts=ts: outbox.settle(tx, out, ts, at))
        return found


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Routed]:
    async with opened(address) as plain:
        yield Routed(plain.db, plain.web, plain.workers, plain.news, plain.room, lives=True)


async def told_two(desk: Routed) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.told("/2", "Tomatoes dearer in Lima", PRICES)


async def test_a_digest_is_one_message_at_its_time_and_none_before(desk: Routed) -> None:
    desk.route = Route(("#desk",), timing=MORNING)
    await told_two(desk)
    assert await desk.sent(EIGHT - MINUTE) == []
    [out] = await desk.sent(EIGHT)
    assert isinstance(out.message, Digest)
    headlines = [alert.headline for alert in out.message.alerts]
    assert headlines == ["Convoy hit near Rutba", "Tomatoes dearer in Lima"]
    assert await desk.sent(EIGHT + 24 * HOUR) == []


async def test_what_came_in_quiet_hours_is_told_when_they_end_even_days_late(desk: Routed) -> None:
    desk.route = Route(("#desk",), timing=MIDDAY)
    await told_two(desk)
    assert await desk.sent(NOON + 59 * MINUTE) == []
    [out] = await desk.sent(NOON + 60 * HOUR)  # the daemon slept: nothing expires
    assert isinstance(out.message, Digest) and len(out.message.alerts) == 2


async def test_what_is_urgent_is_told_in_quiet_hours(desk: Routed) -> None:
    desk.route = Route(("#desk",), Priority.HIGH, timing=MIDDAY)
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [out] = await desk.sent(NOON)
    assert isinstance(out.message, Alert) and out.message.urgent


async def test_judged_again_while_it_waits_an_article_is_told_once(desk: Routed) -> None:
    desk.route = Route(("#desk",), timing=MORNING)
    entry = await desk.came("/1", "Convoy hit near Rutba", CONVOY)
    await desk.judge(entry)
    await desk.judge(entry)
    assert len(await desk.sent(EIGHT)) == 1


async def test_a_later_article_goes_into_the_thread_of_the_digest_that_told_its_story(desk: Routed) -> None:
    desk.route = Route(("#desk",), timing=MORNING)
    await told_two(desk)
    [digest] = await desk.sent(EIGHT)
    desk.route = Route(("#desk",))
    more = ["Nineteen guards were hurt, 31 guards in all, Brigadier Tahsin Khafaji said.", *CONVOY]
    await desk.told("/3", "Convoy hit near Rutba: 31 hurt", more, EIGHT + MINUTE)
    [reply] = await desk.sent(EIGHT + MINUTE)
    assert isinstance(digest.message, Digest)
    assert reply.thread.endswith(f".{EIGHT.timestamp():.0f}")


@pytest.mark.parametrize(
    ("after", "at"),
    [
        (Route(("#desk",)), NOON),  # no hours any more: told now
        (Route(("#desk",), timing=MIDDAY), NOON + HOUR),
        (Route(("#desk",), Priority.HIGH, timing=MORNING), NOON),
        (Route(("#desk",), timing=MORNING), EIGHT),
    ],
    ids=["removed", "changed", "urgent now", "as before"],
)
async def test_what_waits_goes_by_the_hours_of_a_changed_config(
    desk: Routed, after: Route, at: datetime
) -> None:
    desk.route = Route(("#desk",), timing=MORNING)
    await told_two(desk)
    await desk.db.write(lambda tx: pipeline.retime(tx, {"missile": after}, NOON))
    assert not [out for out in await desk.sent(at - MINUTE) if at > NOON]
    told = await desk.sent(at)
    assert sum(len(out.message.alerts) if isinstance(out.message, Digest) else 1 for out in told) == 2


async def test_an_alert_whose_rule_is_gone_is_told_at_once(desk: Routed) -> None:
    desk.route = Route(("#desk",), timing=MORNING)
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.db.write(lambda tx: pipeline.retime(tx, {}, NOON))
    assert len(await desk.sent(NOON)) == 1


def told_by_itself(tx: Tx, entry_id: int) -> None:
    """As if its text were no copy."""
    tx.execute(update(members).where(members.c.entry_id == entry_id).values(origin="Reuters"))


async def test_somebody_is_called_once_when_so_many_newsrooms_tell_a_story(desk: Routed) -> None:
    desk.route = Route(("#desk",), escalate=Escalation(2, ("@ann",)))
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await desk.sent(NOON)
    copies = CONVOY[:7]
    await desk.told("/2", "Twelve guards hurt on desert road", copies, NOON + MINUTE)
    assert await desk.sent(NOON + MINUTE) == []  # a copy is the same newsroom
    await desk.db.write(lambda tx: told_by_itself(tx, desk.known["/2"].id))
    await desk.told("/3", "Guards hurt on desert road", copies, NOON + 2 * MINUTE)
    [raised] = await desk.sent(NOON + 2 * MINUTE)
    assert raised.message == Notice("2 newsrooms tell this story now", ("@ann",))
    assert raised.thread == f"1.{NOON.timestamp():.0f}"
    await desk.told("/4", "Guards hurt", copies, NOON + 3 * MINUTE)
    assert await desk.sent(NOON + 3 * MINUTE) == []


@pytest.mark.parametrize(("matching", "messages"), [(4, 1), (3, 1), (2, 2)])
async def test_more_than_so_many_of_one_poll_are_one_message_and_complete(
    desk: Routed, matching: int, messages: int
) -> None:
    desk.flood = 2
    for number, entry in enumerate(await desk.came_together(4)):
        at = NOON + number * 3 * SECOND
        found = (FOUND,) if number < matching else ()
        await desk.db.write(lambda tx, entry=entry, found=found, at=at: desk.keep(tx, entry, found, at))
        assert await desk.sent(at) == []
    told = await desk.sent(NOON + MINUTE)
    assert len(told) == messages
    assert sum(len(one.message.alerts) if isinstance(one.message, Digest) else 1 for one in told) == matching


async def test_a_flood_is_not_waited_for_where_a_poll_brought_few_or_the_rule_is_urgent(desk: Routed) -> None:
    desk.flood = 2
    first, *_ = await desk.came_together(2)
    await desk.db.write(lambda tx: desk.keep(tx, first, (FOUND,), NOON))
    assert len(await desk.sent(NOON)) == 1
    desk.route = Route(("#desk",), Priority.HIGH)
    *_, last = await desk.came_together(4)
    await desk.db.write(lambda tx: desk.keep(tx, last, (FOUND,), NOON))
    assert len(await desk.sent(NOON)) == 1


async def test_a_flood_that_does_not_end_is_told_after_two_minutes(desk: Routed) -> None:
    desk.flood = 2
    for number, entry in enumerate(await desk.came_together(16)):
        at = NOON + number * 9 * SECOND
        await desk.db.write(lambda tx, entry=entry, at=at: desk.keep(tx, entry, (FOUND,), at))
        told = await desk.sent(at)
        assert bool(told) == (number == 14), number
