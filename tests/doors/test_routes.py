"""Who is told when: articles judged by rules with hours and bars, over a real store."""

from collections.abc import AsyncIterator
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
    Hours,
    Notice,
    Outgoing,
    Priority,
    Route,
    Sent,
    Times,
    Timing,
)
from monitor.store import outbox
from monitor.store.db import Tx
from monitor.store.schema import members
from tests.doors.stores import NOON
from tests.doors.test_grouping import CONVOY, MINUTE, PRICES, Newsdesk, opened

HOUR = timedelta(hours=1)
MORNING = Timing(digest=(Times((480,)),))
EIGHT = NOON + 20 * HOUR
MIDDAY = Timing(quiet=(Hours(11 * 60, 13 * 60),))


class Routed(Newsdesk):
    """A newsdesk whose rule has a route of the test's."""

    route = Route(("#desk",))

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
