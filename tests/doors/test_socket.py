"""Socket Mode against a Slack on loopback: a line that breaks is opened again, nothing pressed is lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.alerts.socket import HELD_WAIT, Later, Socket, backoff
from monitor.alerts.wire import Wire
from monitor.model import Secret
from tests.doors.slackroom import DROP_BEFORE, SlackRoom, answered, failed, rate_limited

PRESSED = {"type": "block_actions", "user": {"id": "U1"}}


class Ear:
    """What a socket was told. `fails`: how many acts go wrong first."""

    def __init__(self, fails: int = 0) -> None:
        self.heard: list[tuple[str, Mapping[str, Any]]] = []
        self.done: list[str] = []
        self.troubles: list[str] = []
        self.rests: list[float] = []
        self.fails = fails

    async def heed(self, kind: str, payload: Mapping[str, Any]) -> Later | None:
        if self.fails:
            self.fails -= 1
            raise ValueError("the store is away")
        self.heard.append((kind, payload))

        async def later() -> None:
            self.done.append(kind)

        return later

    async def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        await asyncio.sleep(min(seconds, 0.01))


@asynccontextmanager
async def listening(ear: Ear, slack: SlackRoom, token: str = "xapp-test") -> AsyncIterator[Socket]:
    wire = Wire(Secret(token), slack.url)
    socket = Socket(wire, ear.heed, lambda: datetime.now(UTC), ear.troubles.append, ear.sleep)
    task = asyncio.create_task(socket.run())
    try:
        yield socket
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_what_is_pressed_is_done_acknowledged_and_answered_in_this_order() -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack):
        await slack.listened()
        await slack.bring("interactive", PRESSED)
        await slack.bring("slash_commands", {"text": "help"})
    assert [kind for kind, _ in ear.heard] == ["interactive", "slash_commands"] == ear.done
    assert ear.troubles == [""]


async def test_what_was_not_done_is_not_acknowledged() -> None:
    """Slack brings it again; the second time it is done."""
    ear = Ear(fails=1)
    async with SlackRoom() as slack, listening(ear, slack):
        await slack.listened()
        with pytest.raises(TimeoutError):
            await slack.bring("interactive", PRESSED, seconds=0.3)
        await slack.bring("interactive", PRESSED)
    assert len(ear.heard) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_line_that_slack_renews_is_read_until_it_ends(reason: str) -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack):
        await slack.listened()
        old = slack.sockets[0]
        await slack.part(reason)
        await slack.listened(2)
        await slack.bring("interactive", PRESSED)
        await old.send_json({"envelope_id": "late", "type": "interactive", "payload": PRESSED})
        await slack.until(lambda: "late" in slack.acked, 5)
    assert len(ear.heard) == 2
    assert (ear.troubles, ear.rests) == ([""], [0.0])


async def test_a_line_that_breaks_is_opened_again() -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack) as socket:
        for count in (1, 2, 3):
            await slack.listened(count)
            if count < 3:
                await slack.cut()
        await slack.bring("interactive", PRESSED)
        assert socket.trouble == ""
    assert ear.troubles == ["", "the line to Slack broke", "", "the line to Slack broke", ""]


async def test_too_many_websockets_is_tried_less_and_less_often() -> None:
    ear = Ear()
    async with SlackRoom() as slack:
        faults = [failed("too_many_websockets"), DROP_BEFORE, failed("internal_error"), rate_limited("7")]
        slack.faults_of["apps.connections.open"] = type(slack.faults)(faults)
        async with listening(ear, slack):
            await slack.listened()
            await slack.bring("interactive", PRESSED)
    first, second, third, limited = ear.rests[:4]
    assert 0.75 <= first <= 1 < second <= 2 < third <= 4
    assert limited == 7
    assert (ear.troubles[0] != "", ear.troubles[-1]) == (True, "")


@pytest.mark.parametrize(("token", "says"), [("xapp-other", "invalid_auth"), ("xoxb-test", "token")])
async def test_a_token_that_is_not_taken_is_asked_again_after_ten_minutes(token: str, says: str) -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack, token):
        await slack.called(1, "apps.connections.open")
        await asyncio.sleep(0.05)
    assert ear.rests[0] == HELD_WAIT
    assert "slack.app_token" in ear.troubles[0] and says in ear.troubles[0]
    assert len(ear.troubles) == 1, "said once"


async def test_socket_mode_switched_off_is_said() -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack):
        await slack.listened()
        await slack.part("link_disabled")
        await slack.listened(2)
    assert ear.rests[0] == HELD_WAIT
    assert "Socket Mode is switched off" in ear.troubles[1]


@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "7", '{"type": "events_api"}', '{"envelope_id": 3}', "[" * 90_000]
)
async def test_frames_that_mean_nothing_are_passed_over(frame: str) -> None:
    ear = Ear()
    async with SlackRoom() as slack, listening(ear, slack):
        await slack.listened()
        await slack.send(frame)
        await slack.bring("interactive", PRESSED)
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "address",
    ["wss://evil.example/link", "ws://127.0.0.1:1/", "http://x/", "", "wss://slack.com.evil.example/"],
)
async def test_no_line_is_opened_to_another_place_than_slack(address: str) -> None:
    ear = Ear()
    async with SlackRoom() as slack:
        body = json.dumps({"ok": True, "url": address})
        slack.faults_of["apps.connections.open"] = type(slack.faults)([answered(body)])
        async with listening(ear, slack):
            await slack.listened()
    assert ear.troubles[0] == "Slack names a line that is not Slack's"


@pytest.mark.parametrize(("tries", "most"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (500, 60)])
def test_the_rest_between_tries_grows_to_a_minute(tries: int, most: float) -> None:
    assert 0.75 * most <= backoff(tries) <= most
