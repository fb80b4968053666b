"""The line of the day on a real store: once a day, by the wall clock, and with the counts of the audit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Config, Decision, EntryState, Notice, Sent
from monitor.store import entries, outbox
from monitor.store.days import Day
from monitor.store.db import Db, Tx
from monitor.watch import judging
from monitor.watch.night import Night
from tests.doors.stores import ARTICLE, FOUND, NOON, SECOND, TOLD, a_feed, an_alert, brought
from tests.monitor.configs import LEAST, load

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OPS = "#ops"


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    yield Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    slack = f'slack: {{token: "${{T}}", ops_channel: "{OPS}", time_zone: Asia/Tokyo}}\n'
    return load(tmp_path / "config.yaml", LEAST + slack, {"T": "xoxb-test"})


async def lines(db: Db, now: datetime) -> list[str]:
    """What the ops channel is told now."""

    def act(tx: Tx) -> list[str]:
        found = []
        while out := outbox.claim(tx, OPS, now):
            assert isinstance(out.message, Notice)
            found.append(out.message.text)
            outbox.settle(tx, out, Sent(f"{out.id}"), now)
        return found

    return await db.write(act)


def a_day(tx: Tx) -> None:
    """Three entries: one is told 4 s after it was seen, one says nothing, one waits to be judged."""
    first, second, _ = brought(tx, a_feed(tx), "a", "b", "c")
    entries.keep_judgement(tx, first, ARTICLE, (FOUND,), TOLD, None, NOON)
    outbox.put(tx, "k", "#desk", an_alert(first), now=NOON, tells=[(FOUND.rule, first.story_key, first.id)])
    out = outbox.claim(tx, "#desk", NOON)
    assert out
    outbox.settle(tx, out, Sent("1"), NOON + 4 * SECOND)
    entries.keep_judgement(tx, second, ARTICLE, (), Decision(EntryState.NO_MATCH, "no rule"), None, NOON)


async def test_the_day_is_told_once_after_midnight(db: Db, settings: Config, clock: Clock) -> None:
    night = Night(lambda: settings, db, clock=clock)
    await night.tell_the_day()
    await db.write(a_day)
    clock.now = NOON + 2 * HOUR  # 23:00 in Tokyo
    await night.tell_the_day()
    assert await lines(db, clock.now) == []
    clock.now = NOON + 3 * HOUR
    for _ in range(2):
        await night.tell_the_day()
        await Night(lambda: settings, db, clock=clock).tell_the_day()  # killed, and started again
    assert await lines(db, clock.now) == [
        "Sun 2026-11-22: 3 entries in, 3 accounted for, 1 alert, 1 pending; "
        "from seen to Slack p50 4 s, p99 4 s"
    ]


async def test_a_day_without_news_is_told_as_well(db: Db, settings: Config, clock: Clock) -> None:
    night = Night(lambda: settings, db, clock=clock)
    await night.tell_the_day()
    for _ in range(2):
        clock.now += DAY
        await night.tell_the_day()
    assert await lines(db, clock.now) == [
        "Sun 2026-11-22: 0 entries in, 0 accounted for, 0 alerts, 0 pending",
        "Mon 2026-11-23: 0 entries in, 0 accounted for, 0 alerts, 1 pending",  # the line before
    ]


async def test_an_entry_that_contradicts_itself_is_not_accounted_for(
    db: Db, settings: Config, clock: Clock
) -> None:
    night = Night(lambda: settings, db, clock=clock)
    await night.tell_the_day()
    await db.write(a_day)
    await db.write(
        lambda tx: tx.exec_driver_sql("UPDATE entries SET state = 'told' WHERE state = 'no match'")
    )
    clock.now += DAY
    await night.tell_the_day()
    [line] = await lines(db, clock.now)
    assert "3 entries in, 2 accounted for" in line and "`wirewatch audit` names what is not" in line


async def test_without_an_ops_channel_nothing_is_queued(db: Db, settings: Config, clock: Clock) -> None:
    settings = replace(settings, slack=replace(settings.slack, ops_channel=""))
    night = Night(lambda: settings, db, clock=clock)
    await night.tell_the_day()
    clock.now += DAY
    await night.tell_the_day()
    assert await db.read(outbox.unsettled) == 0


def test_of_a_hundred_alerts_the_second_slowest_is_the_99th() -> None:
    lags = [SECOND * number for number in range(1, 101)]
    text = judging.night(Day(41_208, 0, True, 100, 0, lags), "Sun")
    assert text == (
        "Sun: 41,208 entries in, 41,208 accounted for, 100 alerts, 0 pending; "
        "from seen to Slack p50 50 s, p99 99 s"
    )
