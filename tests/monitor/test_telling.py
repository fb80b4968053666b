"""What the log says of messages: enough to know, and not a line a try."""

import io
from datetime import UTC, datetime

import pytest

from monitor.model import Held, Notice, NotSent, Outgoing, Refused, SendOutcome, Sent, Unknown
from monitor.telling import Sends

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWAY, LOST, SHUT = NotSent("Slack cannot be reached"), Unknown("HTTP 503"), Held("is_archived")


async def said(logged: io.StringIO, *outcomes: SendOutcome, channel: str = "#desk") -> list[str]:
    sends = Sends()
    for outcome in outcomes:
        await sends.sent(Outgoing(1, "key", channel, Notice("words"), NOW), outcome)
    return [line for line in logged.getvalue().splitlines() if "told" not in line]


async def test_a_day_without_slack_is_a_few_lines(logged: io.StringIO) -> None:
    lines = await said(logged, *[AWAY, LOST] * 5_000, Sent("1"), Sent("2"))
    assert ["waits" in lines[0], "may or may not" in lines[1], "arrive again" in lines[2]] == [True] * 3
    assert len(lines) == 3


async def test_a_second_outage_is_said_again(logged: io.StringIO) -> None:
    assert len(await said(logged, AWAY, AWAY, Sent("1"), AWAY, AWAY)) == 3


@pytest.mark.parametrize("outcome", [AWAY, LOST, SHUT])
async def test_what_is_wrong_with_one_channel_does_not_hide_another(
    logged: io.StringIO, outcome: SendOutcome
) -> None:
    sends = Sends()
    for channel in ("#desk", "#iran", "#desk"):
        await sends.sent(Outgoing(1, "key", channel, Notice("words"), NOW), outcome)
    assert logged.getvalue().count("#desk") == 1 and logged.getvalue().count("#iran") == 1


async def test_every_message_that_slack_refuses_is_named(logged: io.StringIO) -> None:
    assert len(await said(logged, Refused("invalid_blocks"), Refused("invalid_blocks"))) == 2
