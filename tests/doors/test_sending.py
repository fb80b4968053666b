"""The whole way to Slack, with all that Slack can do on it: told once, in order, and never silently not."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.alerts.slack import SlackChat
from monitor.alerts.wire import Wire
from monitor.model import (
    Alert,
    Digest,
    Excerpt,
    Found,
    Held,
    Notice,
    OnUnknown,
    OutboxState,
    Outgoing,
    Priority,
    Secret,
    SendOutcome,
)
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import lanes, outbox
from monitor.store.db import Db
from tests.doors.slackroom import (
    BAD_GATEWAY,
    CUT_SHORT,
    DROP_AFTER,
    DROP_BEFORE,
    HANG_AFTER,
    Fault,
    SlackRoom,
    answered,
    channel_id,
    failed,
    rate_limited,
    slow,
)
from tests.doors.stores import NOON
from tests.doors.test_slack import BRIEF

SETTLE = timedelta(seconds=0.4)
INTERNAL = failed("internal_error")
STORED_ERROR = answered('{"ok":false,"error":"internal_error"}', 200, "application/json", stores=True)


@dataclass
class Line:
    """A store, a Slack, and what sends from the one to the other."""

    db: Db
    slack: SlackRoom
    sending: Sending
    settings: Any
    told: list[tuple[Outgoing, SendOutcome]] = field(default_factory=list)

    async def put(self, *texts: str, channel: str = "#desk", **more: Any) -> None:
        for text in texts:
            await self.db.write(
                lambda tx, text=text: outbox.put(
                    tx, f"k {channel} {text}", channel, Notice(text), now=clock(), **more
                )
            )

    async def settle(self, seconds: float = 10) -> None:
        """Until nothing is left to do, or to wait for."""
        async with asyncio.timeout(seconds):
            while True:
                await self.sending.once()
                due = await self.sending.next_due()
                if due is None or due - clock() > timedelta(seconds=60):
                    return
                await asyncio.sleep(max(0.02, (due - clock()).total_seconds()))

    async def counts(self) -> dict[str, int]:
        return {state.value: n for state, n in (await self.db.read(outbox.counts)).items() if n}

    def texts(self, channel: str = "#desk") -> list[str]:
        return [message.text for message in self.slack.messages(channel)]


@asynccontextmanager
async def line_to(slack: SlackRoom, store: str, **slack_settings: Any) -> AsyncIterator[Line]:
    given = {"settle": SETTLE, "fallback_channel": "", "on_unknown": OnUnknown.RESEND}
    settings = SimpleNamespace(slack=SimpleNamespace(**given | slack_settings))
    async with slack:
        with Db.open(store, hold=True) as db:
            chat = SlackChat(Secret(slack.slack.token), slack.url, seal=Secret("s"), timeout=BRIEF)
            chat.pace = timedelta(0)
            told: list[tuple[Outgoing, SendOutcome]] = []

            async def hear(out: Outgoing, outcome: SendOutcome) -> None:
                told.append((out, outcome))

            yield Line(db, slack, Sending(lambda: settings, db, chat, hear), settings, told)
            await chat.close()


@pytest.fixture
async def line(sqlite_address: str) -> AsyncIterator[Line]:
    async with line_to(SlackRoom(), sqlite_address) as line:
        yield line


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([DROP_BEFORE], id="S03"),
        pytest.param([DROP_AFTER], id="S04"),
        pytest.param([HANG_AFTER], id="S05"),
        pytest.param([CUT_SHORT], id="S06"),
        pytest.param([BAD_GATEWAY], id="S07"),
        pytest.param([INTERNAL], id="S08-before"),
        pytest.param([STORED_ERROR], id="S08-after"),
        pytest.param([answered('{"ok":true}', stores=True)], id="S12"),
        pytest.param([failed("never_heard_of"), DROP_AFTER], id="unlisted"),
        pytest.param([DROP_BEFORE, CUT_SHORT], id="twice"),
    ],
)
async def test_whatever_happens_to_its_answer_a_message_stands_there_once(
    line: Line, faults: list[Fault]
) -> None:
    line.slack.faults += faults
    await line.put("one", "two")
    await line.settle()
    assert sorted(line.texts()) == ["one", "two"]
    assert await line.counts() == {"sent": 2}


async def test_s01_fifty_times_429_lose_nothing(line: Line) -> None:
    line.slack.faults += [rate_limited("0.01")] * 50
    await line.put("one", "two", "three")
    await line.settle(30)
    assert line.texts() == ["one", "two", "three"]


async def test_s05_a_message_that_slack_takes_late_is_found_when_it_has_settled(sqlite_address: str) -> None:
    async with line_to(SlackRoom(), sqlite_address, settle=timedelta(seconds=2)) as line:
        line.slack.faults += [slow(BRIEF.total + 0.5)]
        await line.put("one")
        await line.settle(20)
        assert line.texts() == ["one"]


async def test_s09_history_that_lags_is_waited_for(sqlite_address: str) -> None:
    async with line_to(SlackRoom(), sqlite_address, settle=timedelta(seconds=1)) as line:
        line.slack.slack.lag = 0.7
        line.slack.faults += [DROP_AFTER]
        await line.put("one")
        await line.settle(20)
        assert line.texts() == ["one"]


async def test_s10_history_that_asks_to_wait_is_read_later(line: Line) -> None:
    line.slack.faults += [DROP_AFTER]
    line.slack.faults_of["conversations.history"] = deque([rate_limited("45")])
    await line.put("one")
    await line.sending.once()
    await asyncio.sleep(SETTLE.total_seconds() + 0.1)
    await line.sending.once()
    due = await line.sending.next_due()
    assert due and timedelta(seconds=30) < due - clock() < timedelta(seconds=46)
    assert await line.counts() == {"unknown": 1}


@pytest.mark.parametrize(("policy", "times"), [(OnUnknown.RESEND, 2), (OnUnknown.HOLD, 1)])
async def test_s11_where_history_cannot_be_read_the_operator_has_decided(
    sqlite_address: str, policy: OnUnknown, times: int
) -> None:
    async with line_to(SlackRoom(), sqlite_address, on_unknown=policy) as line:
        line.slack.slack.unreadable = "missing_scope"
        line.slack.faults += [DROP_AFTER]
        await line.put("one")
        await line.settle()
        assert line.texts() == ["one"] * times
        assert await line.counts() == {"sent" if times == 2 else "unknown": 1}


async def test_s13_what_stands_there_twice_is_taken_back_but_for_the_oldest(line: Line) -> None:
    line.slack.faults += [DROP_AFTER]
    await line.put("one")
    await line.sending.once()
    [first] = line.slack.messages()
    line.slack.posted.append(replace(first, ts=f"{float(first.ts) + 1:.6f}"))
    await line.settle()
    assert [message.ts for message in line.slack.messages()] == [first.ts]
    assert await line.counts() == {"sent": 1}


async def test_s14_blocks_that_are_refused_are_told_in_a_minimal_form(line: Line) -> None:
    line.slack.faults += [failed("invalid_blocks")]
    await line.put("one")
    await line.settle()
    [message] = line.slack.messages()
    assert (message.text, message.blocks) == ("one", ())


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel"])
async def test_s15_a_closed_channel_waits_and_others_flow(line: Line, error: str) -> None:
    line.slack.closed["#old"] = error
    await line.put("one", channel="#old")
    await line.put("two")
    await line.settle()
    assert line.texts("#old") == [] and line.texts() == ["two"]
    assert await line.counts() == {"ready": 1, "sent": 1}
    assert any(isinstance(outcome, Held) for _, outcome in line.told)
    del line.slack.closed["#old"]
    await line.db.write(lanes.release_lanes)
    await line.settle()
    assert line.texts("#old") == ["one"]


async def test_s15_a_public_channel_is_joined(line: Line) -> None:
    line.slack.slack.outside.add("#desk")
    await line.put("one")
    await line.settle()
    assert line.texts() == ["one"]
    assert "conversations.join" in [call.method for call in line.slack.calls]


async def test_what_is_for_a_closed_channel_goes_to_the_fallback(sqlite_address: str) -> None:
    async with line_to(SlackRoom(), sqlite_address, fallback_channel="#spare") as line:
        line.slack.closed["#desk"] = "is_archived"
        await line.put("one", "two")
        await line.settle()
        await line.put("three")
        await line.settle()
        assert line.texts("#spare") == ["one", "two", "three"]
        assert line.texts("#desk") == []


async def test_s16_a_revoked_token_holds_everything_and_it_flows_again_in_order(line: Line) -> None:
    line.slack.slack.token = "xoxb-another"
    await line.put("one", "two")
    await line.put("three", channel="#other")
    await line.settle()
    assert await line.counts() == {"ready": 3}
    [lane] = await line.db.read(lanes.lanes)
    assert lane.held and lane.channel == lanes.WIDE
    line.slack.slack.token = "xoxb-test"
    await line.db.write(lanes.release_lanes)
    await line.settle()
    assert line.texts() == ["one", "two"] and line.texts("#other") == ["three"]


@pytest.mark.parametrize("skew", [-300.0, 300.0])
async def test_s21_a_clock_of_slack_s_that_is_off_hides_nothing(line: Line, skew: float) -> None:
    line.slack.slack.skew = skew
    line.slack.faults += [DROP_AFTER]
    await line.put("one")
    await line.settle()
    assert line.texts() == ["one"]


async def test_s22_the_longest_alert_in_any_script_is_taken_as_it_is(line: Line) -> None:
    found = tuple(
        Found(f"r{n}", "𝔚" * 4000, (), (Excerpt("衝突😀&<" * 1000 + str(n), ((0, 2),)),)) for n in range(40)
    )
    alert = Alert(
        "😀" * 20_000, "https://a.example/" + "a" * 1900, "衝" * 500, found, NOON, tags=("😀" * 99,) * 40
    )
    for n in range(30):
        one = replace(alert, headline=f"{n} {alert.headline}")
        await line.db.write(lambda tx, n=n, one=one: outbox.put(tx, f"{n}", "#desk", one, now=NOON))
    await line.db.write(lambda tx: outbox.put(tx, "x", "#one", alert, now=clock()))
    await line.settle(20)
    assert [call.answer for call in line.slack.calls if call.method == "chat.postMessage"] == ["ok"] * 3
    assert {len(message.blocks) > 0 for message in line.slack.messages()} == {True}


async def test_s23_what_another_app_says_counts_for_nothing(line: Line) -> None:
    """It may copy the metadata of a message that it sees; a key that it has not seen it cannot seal."""
    line.slack.faults += [DROP_BEFORE]
    await line.put("one")
    await line.sending.once()
    await line.put("two", channel="#other")
    await line.sending.once()
    [seen] = line.slack.messages("#other")
    forged = {"k": "k #desk one", "h": "", "v": 1, "s": seen.metadata["event_payload"]["s"]}
    false = replace(seen, metadata={"event_type": "wirewatch_alert", "event_payload": forged})
    line.slack.slack.forge("#desk", false)
    await line.settle()
    assert [message.text for message in line.slack.messages("#desk") if message.app != "A0OTHER"] == ["one"]


async def test_a_reply_whose_answer_is_lost_is_looked_up_in_its_thread(line: Line) -> None:
    root = await line.db.write(lambda tx: outbox.put(tx, "root", "#desk", Notice("root"), now=clock()))
    await line.settle()
    line.slack.faults += [DROP_AFTER, DROP_BEFORE]
    await line.put("one", "two", root=root)
    await line.settle()
    assert sorted(line.texts()) == ["one", "root", "two"]
    assert {call.method for call in line.slack.calls} >= {"conversations.replies"}


async def test_a_person_is_told_alone_and_found_there_too(line: Line) -> None:
    line.slack.faults += [DROP_AFTER]
    await line.put("one", channel="@ann")
    await line.settle()
    [message] = line.slack.messages()
    assert (message.channel, message.text) == ("U0ANN00001", "one")
    assert await line.counts() == {"sent": 1}


async def test_who_is_called_is_called_by_slack_s_id(line: Line) -> None:
    notice = Notice("look", mention=("@ann", "@desk", "here", "@nobody"))
    await line.db.write(lambda tx: outbox.put(tx, "k", "#desk", notice, now=clock()))
    await line.settle()
    [message] = line.slack.messages()
    elements = message.blocks[0]["elements"][0]["elements"]
    kinds = [
        (one["type"], one.get("user_id") or one.get("usergroup_id") or one.get("range")) for one in elements
    ]
    assert ("user", "U0ANN00001") in kinds and ("usergroup", "S0DESK0001") in kinds
    assert ("broadcast", "here") in kinds
    assert "@nobody" in str(elements)


async def test_a_day_without_slack_is_told_after_it_in_order_and_completely(sqlite_address: str) -> None:
    async with line_to(SlackRoom(), sqlite_address) as line:
        long_ago = clock() - timedelta(hours=24)
        for n in range(120):
            alert = Alert(f"Headline {n}", "", "News", (Found("r", "r", ()),), long_ago)
            priority = Priority.HIGH if n == 119 else Priority.NORMAL
            await line.db.write(
                lambda tx, n=n, alert=alert, priority=priority: outbox.put(
                    tx, f"{n}", "#desk", alert, now=long_ago, priority=priority
                )
            )
        await line.settle(30)
        order = [headline for out, _ in line.told for headline in headlines(out)]
        assert order == ["Headline 119", *(f"Headline {n}" for n in range(119))]
        assert len(line.slack.messages()) == 6
        assert await line.counts() == {"sent": 6, "carried": 119}


def headlines(out: Outgoing) -> Iterable[str]:
    match out.message:
        case Digest(alerts):
            return [alert.headline for alert in alerts]
        case Alert() as alert:
            return [alert.headline]
    return []


async def test_an_outcome_is_kept_before_the_next_message_goes(line: Line, tmp_path: Path) -> None:
    await line.put("one", "two")
    await line.settle()
    assert [out.attempt for out, _ in line.told] == [1, 1]
    assert await line.counts() == {OutboxState.SENT.value: 2}


async def test_the_line_knows_how_far_slack_s_clock_is_ahead() -> None:
    async with SlackRoom() as slack:
        slack.slack.skew = 240
        wire = Wire(Secret(slack.slack.token), slack.url)
        await wire.ask("auth.test", {})
        await wire.close()
        assert abs(wire.ahead.total_seconds() - 240) < 3
        assert channel_id("#a") != channel_id("#b")
