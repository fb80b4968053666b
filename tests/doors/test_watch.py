"""The watch on a real store: each trouble is one message in the ops channel, closed when it is mended."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Config, Held, Notice, NotSent, OutboxState, Outgoing, Sent, Unknown
from monitor.model.hubs import Offer, Subscription
from monitor.model.upkeep import Watched
from monitor.store import edits, feeds, incidents, lanes, lists, outbox, subscriptions
from monitor.store.db import Db, Tx
from monitor.store.lists import StoredList
from monitor.watch.machine import Room
from monitor.watch.room import Watch
from tests.doors.stores import NOON, SECOND, a_feed
from tests.monitor.configs import LEAST, load

OPS, DESK = "#ops", "#desk"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLACK = f'slack: {{token: "${{T}}", channel: "{DESK}", ops_channel: "{OPS}"}}\n'


@dataclass
class Machine:
    """All that the watch looks at, and that a test may turn."""

    settings: Config
    db: Db
    now: datetime = NOON
    ticked: float = 0.0
    room: Room | None = None
    kills: Sequence[str] = ()
    shown: dict[int, str] = field(default_factory=dict)  # what Slack shows, by message
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(
            lambda: self.settings,
            self.db,
            lambda: self.kills,
            clock=lambda: self.now,
            ticking=lambda: self.ticked,
            room_of=lambda _: self.room,
        )

    async def look(self, after: timedelta = 5 * SECOND) -> None:
        self.now += after
        self.ticked += after.total_seconds()
        await self.watch.look_after()

    async def told(self) -> list[str]:
        """What the ops channel shows, once all that waits was sent and edited."""
        await self.db.write(self._deliver)
        return list(self.shown.values())

    def _deliver(self, tx: Tx) -> None:
        while out := outbox.claim(tx, OPS, self.now):
            self.shown[out.id] = text_of(out)
            outbox.settle(tx, out, Sent(f"{out.id}"), self.now)
        while claimed := edits.claim(tx, self.now + DAY):
            self.shown[claimed[0].id] = text_of(claimed[0])
            edits.settle(tx, claimed[0].id, claimed[1], self.now)


def text_of(out: Outgoing) -> str:
    assert isinstance(out.message, Notice)
    return out.message.text


@pytest.fixture
def machine(tmp_path: Path, db: Db) -> Machine:
    settings = load(tmp_path / "config.yaml", LEAST + SLACK, {"T": "xoxb-test"})
    return Machine(settings, db)


async def put(machine: Machine, outcome: Held | NotSent | Unknown | Sent, channel: str = DESK) -> None:
    """A message that is tried once, now, and becomes this."""

    def act(tx: Tx) -> None:
        outbox.put(tx, f"{channel} {machine.now}", channel, Notice("words"), now=machine.now)
        out = outbox.claim(tx, channel, machine.now)
        assert out
        outbox.settle(tx, out, outcome, machine.now)

    await machine.db.write(act)


async def test_all_is_well_and_nobody_hears_of_it(machine: Machine) -> None:
    machine.room = Room(500, 1000, "/data")
    for _ in range(3):
        await machine.look()
    assert await machine.told() == []


async def test_a_disk_that_fills_up_is_one_message_that_is_closed(machine: Machine) -> None:
    machine.room = Room(90, 1000, "/data")
    await machine.look()
    (text,) = await machine.told()
    assert "/data" in text and "✓" not in text
    for free in (80, 70, 105):
        machine.room = Room(free, 1000, "/data")
        await machine.look(MINUTE)
    assert await machine.told() == [text]
    machine.room = Room(300, 1000, "/data")
    await machine.look(MINUTE)
    assert await machine.told() == [f"{text}\n✓ mended (2026-11-22 12:00-12:04 UTC)"]


async def test_a_restart_tells_nothing_twice(machine: Machine) -> None:
    machine.room = Room(90, 1000, "/data")
    await machine.look()
    first = await machine.told()
    again = Machine(machine.settings, machine.db, now=machine.now, room=machine.room, shown=machine.shown)
    await again.look(HOUR)
    assert await again.told() == first


async def test_documents_that_kill_are_told_until_an_hour_without(machine: Machine) -> None:
    machine.kills = ["took more than 832 MB"] * 3
    await machine.look()
    machine.kills = ["took more than 832 MB"]
    await machine.look(HOUR)
    (text,) = await machine.told()
    assert text.startswith("Documents kill") and "✓" not in text
    machine.kills = []
    await machine.look()
    assert ["✓ mended" in text for text in await machine.told()] == [True]


async def test_a_clock_that_was_set_is_told_at_once_and_once(machine: Machine, logged: io.StringIO) -> None:
    machine.now += 2 * HOUR
    await machine.look()
    await machine.look()
    (text,) = await machine.told()
    assert "set forward by 2 h and shows 2026-11-22 14:00 UTC" in text and text in logged.getvalue()


async def test_a_machine_that_slept_has_the_right_time(machine: Machine) -> None:
    await machine.look(8 * HOUR)
    assert await machine.told() == []


async def test_a_channel_that_is_held_is_told_until_a_message_arrives(machine: Machine) -> None:
    await put(machine, Held("is_archived: unarchive it"))
    await machine.look()
    (text,) = await machine.told()
    assert text.startswith(f"Alerts for {DESK} wait until this is mended: is_archived: unarchive it")
    machine.now += HOUR
    machine.ticked += 3600
    await put(machine, Sent("1"))
    await machine.look()
    assert ["✓ mended" in text for text in await machine.told()] == [True]


async def test_where_there_is_a_fallback_alerts_go_there(machine: Machine) -> None:
    slack = replace(machine.settings.slack, fallback_channel="#spare")
    machine.settings = replace(machine.settings, slack=slack)
    await put(machine, Held("is_archived"))
    await machine.look()
    assert await machine.told() == [f"Alerts for {DESK} go to #spare until this is mended: is_archived."]


async def test_a_closed_channel_that_nobody_names_any_more_is_forgotten(machine: Machine) -> None:
    await put(machine, Held("is_archived"), channel="#old")
    await machine.look()
    assert len(await machine.told()) == 1, "a message waits for it"
    await machine.db.write(
        lambda tx: tx.exec_driver_sql("UPDATE outbox SET state = 'dead' WHERE channel = '#old'")
    )
    await machine.look()
    assert "✓" in (await machine.told())[0]


async def test_a_token_that_was_taken_back_holds_all_channels_and_is_told_when_it_is_over(
    machine: Machine,
) -> None:
    await put(machine, Held("token_revoked", wide=True))
    await machine.look()
    assert await machine.told() == [], "no way to Slack"
    await machine.db.write(lanes.release_lanes)
    await put(machine, Sent("1"))
    await machine.look()
    (text,) = await machine.told()
    assert text.startswith("Alerts for all channels wait") and "✓ mended" in text


async def test_an_unknown_message_is_told_when_it_has_rested_half_an_hour(machine: Machine) -> None:
    await put(machine, Unknown("the line to Slack broke"))
    await machine.look(29 * MINUTE)
    assert await machine.told() == []
    await machine.look(2 * MINUTE)
    (text,) = await machine.told()
    assert text.startswith(
        f"Since 2026-11-22 12:00 UTC it is not known whether a message to {DESK} has arrived"
    )


async def test_a_day_without_slack_is_one_notice_after_it(machine: Machine) -> None:
    for _ in range(24):
        await put(machine, NotSent("Slack cannot be reached", wide=True))
        machine.now += HOUR
        machine.ticked += 3600
        await machine.look()
    await machine.db.write(lambda tx: arrives(tx, machine.now))
    await machine.look()
    (text,) = await machine.told()
    assert text.startswith("Alerts do not come through since 2026-11-22 12:00 UTC: Slack cannot be reached")
    assert text.endswith("✓ mended (2026-11-22 13:00-2026-11-23 12:02 UTC)")


def arrives(tx: Tx, now: datetime) -> None:
    """All that waits for the desk."""
    tx.exec_driver_sql("UPDATE lanes SET blocked_until = NULL")
    while out := outbox.claim(tx, DESK, now + HOUR):
        outbox.settle(tx, out, Sent(f"{out.id}"), now)


async def test_a_list_of_feeds_is_told_when_it_fails_for_a_day(machine: Machine) -> None:
    url = "https://lists.example/desk.opml?key=secret"
    machine.settings = replace(machine.settings, lists=(Watched(url, DAY),))
    failing = StoredList(url, NOON, failing_since=NOON, error="it answers 404", failures=3)
    await machine.db.write(lambda tx: lists.keep(tx, failing))
    await machine.look(DAY - MINUTE)
    assert await machine.told() == []
    await machine.look(HOUR)
    (text,) = await machine.told()
    assert "cannot be read: it answers 404" in text and "secret" not in text
    await machine.db.write(lambda tx: lists.keep(tx, replace(failing, failing_since=None, error="")))
    await machine.look()
    assert "✓ mended" in (await machine.told())[0]


async def test_a_hub_that_leaves_entries_out_is_told_until_it_is_trusted_again(machine: Machine) -> None:
    def doubt(tx: Tx) -> None:
        subscription = Subscription(
            a_feed(tx).id,
            Offer("https://hub.example/", "https://news.example/feed"),
            doubted_until=NOON + DAY,
            reason="its hub left out 3 entries",
        )
        subscriptions.add(tx, subscription)

    await machine.db.write(doubt)
    await machine.look()
    (text,) = await machine.told()
    assert text == "news.example: its hub left out 3 entries, so it is polled as often as any other"
    await machine.look(DAY)
    assert "✓ mended" in (await machine.told())[0]


async def test_what_goes_on_of_a_feed_ends_when_nobody_watches_it(machine: Machine) -> None:
    def fails(tx: Tx) -> None:
        feed = a_feed(tx)
        incidents.begin(tx, f"fails {feed.id}", "Courier cannot be read", OPS, machine.now)

    await machine.db.write(fails)
    await machine.look()
    assert await machine.told() == ["Courier cannot be read"]
    await machine.db.write(lambda tx: feeds.sync(tx, [], machine.now))
    await machine.look()
    assert "✓ it is watched no longer" in (await machine.told())[0]


async def test_without_an_ops_channel_the_log_tells_it(machine: Machine, logged: io.StringIO) -> None:
    machine.settings = replace(machine.settings, slack=replace(machine.settings.slack, ops_channel=""))
    machine.room = Room(90, 1000, "/data")
    await machine.look()
    await machine.look()
    assert logged.getvalue().count("nearly full") == 1
    assert await machine.db.read(outbox.counts) == dict.fromkeys(OutboxState, 0)
