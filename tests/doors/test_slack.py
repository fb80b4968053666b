"""The Slack door against a Slack on loopback: no answer ends in a lost or a doubled message."""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from monitor.alerts import slack
from monitor.alerts.answers import ANSWERS, Answer, Fate, retry_after, sort
from monitor.alerts.slack import SlackChat
from monitor.model import (
    Held,
    NoThread,
    Notice,
    NotSent,
    Outgoing,
    Refused,
    Secret,
    SendOutcome,
    Sent,
    Unknown,
)
from tests.doors.proxyroom import ProxyRoom
from tests.doors.slackroom import (
    BAD_GATEWAY,
    CUT_SHORT,
    DROP_AFTER,
    DROP_BEFORE,
    HANG,
    HANG_AFTER,
    SCOPES,
    SERVER_ERROR,
    Fault,
    SlackRoom,
    answered,
    channel_id,
    failed,
    fault_of,
    rate_limited,
    slow,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = "xoxb-test"
BRIEF = aiohttp.ClientTimeout(total=1, connect=0.5)
SECRET_WORDS = "the minister's secret words"
OUT = Outgoing(7, "key-7", "#alerts", Notice(SECRET_WORDS), NOON)


@asynccontextmanager
async def chat_with(room: SlackRoom, token: str = TOKEN) -> AsyncIterator[SlackChat]:
    async with room:
        chat = SlackChat(Secret(token), room.url, timeout=BRIEF)
        try:
            yield chat
        finally:
            await chat.close()


async def outcome_of(*faults: Fault | None) -> tuple[SendOutcome, SlackRoom]:
    room = SlackRoom(TOKEN)
    room.faults += faults
    async with chat_with(room) as chat:
        return await chat.send(OUT, NOON), room


async def test_a_message_arrives_once_with_its_key() -> None:
    outcome, room = await outcome_of()
    [message] = room.messages("#alerts")
    assert outcome == Sent(message.ts, place=channel_id("#alerts"))
    assert message.key == "key-7"
    assert message.text == SECRET_WORDS


async def test_a_reply_goes_into_its_thread_and_nothing_else_does() -> None:
    room = SlackRoom(TOKEN)
    async with chat_with(room) as chat:
        first = await chat.send(OUT, NOON)
        assert isinstance(first, Sent)
        await chat.send(replace(OUT, thread=first.ts), NOON)
        assert [message.thread for message in room.messages("#alerts")] == ["", first.ts]
        assert "thread_ts" not in room.calls[0].args and "reply_broadcast" not in room.calls[1].args


async def test_nothing_in_a_message_is_read_as_format_ping_or_preview() -> None:
    _, room = await outcome_of()
    args = room.calls[0].args
    assert (args["mrkdwn"], args["parse"], args["unfurl_links"], args["unfurl_media"]) == (
        False,
        "none",
        False,
        False,
    )
    assert "link_names" not in args


@pytest.mark.parametrize(
    ("fault", "stored"),
    [
        (SERVER_ERROR, 0),
        (BAD_GATEWAY, 0),
        (DROP_BEFORE, 0),
        (DROP_AFTER, 1),
        (CUT_SHORT, 1),
        (failed("internal_error"), 0),
        (failed("service_unavailable", 503), 0),
        (failed("invalid_auth", 500), 0),
        (failed("no_such_error_in_the_docs"), 0),
        (answered('{"ok": true}', stores=True), 1),
        (answered('{"ok": true, "ts": 5}', stores=True), 1),
        (answered("[1, 2]"), 0),
        (answered("null"), 0),
        (answered('"ok"'), 0),
        (answered("ok", content_type="text/plain", stores=True), 1),
        (answered("<html>welcome to the hotel</html>", content_type="text/html"), 0),
        (answered("\x1f\x8b", content_type="application/gzip"), 0),
        (answered(""), 0),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
async def test_what_may_have_arrived_is_unknown_and_posted_once(fault: Fault, stored: int) -> None:
    outcome, room = await outcome_of(fault)
    assert isinstance(outcome, Unknown), outcome
    assert len(room.calls) == 1
    assert len(room.messages()) == stored


@pytest.mark.parametrize(("fault", "stored"), [(HANG, 0), (HANG_AFTER, 1)], ids=["before", "after"])
async def test_a_slack_that_does_not_answer_leaves_it_unknown(fault: Fault, stored: int) -> None:
    outcome, room = await outcome_of(fault)
    assert outcome == Unknown("Slack did not answer within 1 s")
    assert len(room.messages()) == stored


async def test_a_slow_slack_is_waited_for() -> None:
    outcome, room = await outcome_of(slow(0.2))
    assert isinstance(outcome, Sent) and len(room.messages()) == 1


async def test_a_message_that_slack_takes_after_we_gave_up_is_unknown_and_there_once() -> None:
    room = SlackRoom(TOKEN)
    room.faults.append(slow(1.5))
    async with chat_with(room) as chat:
        assert isinstance(await chat.send(OUT, NOON), Unknown)
        assert not room.messages()
        [message] = await room.wait(1)
    assert message.key == OUT.key


@pytest.mark.parametrize(
    ("header", "wait"),
    [("2", 2), ("0.5", 0.5), (None, 1), ("Sun, 22 Nov 2026 12:00:30 GMT", 30), ("soon", 1)],
)
async def test_a_busy_slack_says_how_long_to_wait(header: str | None, wait: float) -> None:
    outcome, room = await outcome_of(rate_limited(header))
    assert outcome == NotSent(
        f"Slack asks to wait {wait:g} s", timedelta(seconds=wait), wide=True, limited=True
    )
    assert not room.messages()


async def test_a_429_page_that_is_no_json_is_still_a_429() -> None:
    outcome, _ = await outcome_of(Fault("429", 429, "slow down", headers={"Retry-After": "3"}))
    assert outcome == NotSent("Slack asks to wait 3 s", timedelta(seconds=3), wide=True, limited=True)


async def test_the_room_enforces_the_pace_of_a_channel() -> None:
    async with chat_with(SlackRoom(TOKEN, pace=3600)) as chat:
        assert isinstance(await chat.send(OUT, NOON), Sent)
        assert isinstance(await chat.send(OUT, NOON), NotSent)
        assert isinstance(await chat.send(replace(OUT, channel="#other"), NOON), Sent)


async def test_a_channel_that_is_not_there_holds_only_itself() -> None:
    async with chat_with(SlackRoom(TOKEN, channels={"#alerts"}, closed={"#old": "is_archived"})) as chat:
        assert isinstance(await chat.send(OUT, NOON), Sent)
        lost = await chat.send(replace(OUT, channel="#typo"), NOON)
        assert lost == Held(
            "Slack: channel_not_found; check its name; a private one must /invite @wirewatch first"
        )
        assert isinstance(await chat.send(replace(OUT, channel="#old"), NOON), Held)


async def test_a_wrong_token_holds_the_workspace_and_is_not_shown() -> None:
    async with chat_with(SlackRoom("xoxb-right"), token="xoxb-wrong") as chat:
        outcome = await chat.send(OUT, NOON)
        assert isinstance(outcome, Held) and outcome.wide
        assert "SLACK_BOT_TOKEN" in outcome.reason and "xoxb-wrong" not in outcome.reason
        assert await chat.probe() == outcome.reason


async def test_a_token_that_cannot_stand_in_a_header_is_held_before_a_byte_is_sent() -> None:
    async with chat_with(room := SlackRoom(TOKEN), token="xoxb-te\nst") as chat:
        assert isinstance(await chat.send(OUT, NOON), Held)
    assert not room.calls


async def test_refused_blocks_go_out_in_the_minimal_form() -> None:
    room = SlackRoom(TOKEN)
    room.faults.append(failed("invalid_blocks"))
    async with chat_with(room) as chat:
        assert isinstance(await chat.send(OUT, NOON), Refused)
        assert isinstance(await chat.send(replace(OUT, plain=True), NOON), Sent)
    [message] = room.messages()
    assert not message.blocks and message.text == SECRET_WORDS


async def test_what_turns_a_request_away_before_slack_holds_everything() -> None:
    outcome, _ = await outcome_of(answered("<html>forbidden</html>", 403, "text/html"))
    assert isinstance(outcome, Held) and outcome.wide
    assert "slack.api_url" in outcome.reason


# --- before the first byte -----------------------------------------------------------------------------


async def sent_to(url: str) -> SendOutcome:
    chat = SlackChat(Secret(TOKEN), url, timeout=BRIEF)
    try:
        return await chat.send(OUT, NOON)
    finally:
        await chat.close()


async def test_a_refused_connection_is_certainly_not_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        outcome = await sent_to(f"http://127.0.0.1:{port}/api/")
    assert isinstance(outcome, NotSent) and outcome.wide
    assert str(port) in outcome.reason


async def sent_through(room: ProxyRoom, scheme: str = "http") -> SendOutcome:
    chat = SlackChat(Secret(TOKEN), f"{scheme}://slack.example/api/", proxy=room.proxy.url, timeout=BRIEF)
    try:
        return await chat.send(OUT, NOON)
    finally:
        await chat.close()


async def test_slack_is_reached_through_the_proxy() -> None:
    async with SlackRoom(TOKEN) as desk, ProxyRoom(urlsplit(desk.url).port or 0, "desk", "secret") as room:
        assert isinstance(await sent_through(room), Sent)
        assert room.asked == ["POST http://slack.example/api/chat.postMessage"]
        assert len(desk.messages("#alerts")) == 1


@pytest.mark.parametrize("status", [403, 407, 503])
async def test_what_the_proxy_does_not_let_out_is_certainly_not_sent(status: int) -> None:
    async with ProxyRoom(9, "desk", "canary") as room:
        room.refusals["slack.example"] = status
        outcome = await sent_through(room, "https")
    assert isinstance(outcome, NotSent) and outcome.wide and "canary" not in outcome.reason
    assert str(status) in outcome.reason and "fetch.proxy" in outcome.reason


async def test_a_proxy_that_drops_the_line_before_it_leads_anywhere_is_certainly_not_sent() -> None:
    async with ProxyRoom(9) as room:
        room.refusals["slack.example"] = 0
        outcome = await sent_through(room, "https")
    assert outcome == NotSent("Slack cannot be reached: the line broke before it was there", wide=True)
    assert room.asked == ["CONNECT slack.example:443"]


async def test_without_its_proxy_nothing_is_sent() -> None:
    async with ProxyRoom(9, "desk", "canary") as room:
        pass
    outcome = await sent_through(room)
    assert isinstance(outcome, NotSent) and outcome.wide
    assert outcome.reason.endswith("no connection to the proxy; check fetch.proxy in config.yaml")


async def test_a_name_nobody_knows_is_certainly_not_sent() -> None:
    outcome = await sent_to("http://slack.invalid/api/")
    assert outcome == NotSent(
        "Slack cannot be reached: the name slack.invalid cannot be looked up", wide=True
    )


async def test_a_failed_tls_handshake_is_certainly_not_sent() -> None:
    async with SlackRoom(TOKEN) as room:
        outcome = await sent_to(room.url.replace("http:", "https:"))
    assert isinstance(outcome, NotSent) and not room.calls


async def test_a_port_that_never_accepts_is_certainly_not_sent() -> None:
    """A full backlog: SYNs are dropped, as by a firewall."""
    with socket.socket() as deaf, socket.socket() as filler, socket.socket() as another:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for one in (filler, another):
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        outcome = await sent_to(f"http://127.0.0.1:{deaf.getsockname()[1]}/api/")
    assert outcome == NotSent("Slack cannot be reached: no connection within 0.5 s", wide=True)


@pytest.mark.parametrize("url", ["slack.com/api/", "ftp://slack.com/api/", "http://"])
async def test_an_api_url_that_is_no_address_is_held(url: str) -> None:
    outcome = await sent_to(url)
    assert isinstance(outcome, Held) and "slack.api_url" in outcome.reason


# --- the table -----------------------------------------------------------------------------------------

CLASSES = {
    Fate.LIMITED: NotSent,
    Fate.FULL: NotSent,
    Fate.AGAIN: NotSent,
    Fate.UNKNOWN: Unknown,
    Fate.CHANNEL: Held,
    Fate.WORKSPACE: Held,
    Fate.NO_THREAD: NoThread,
    Fate.REFUSED: Refused,
}
ERRORS = [(fate, error) for fate, errors, _ in ANSWERS for error in errors.split()]


@pytest.mark.parametrize(("fate", "error"), ERRORS, ids=lambda value: str(value))
def test_every_error_of_the_table_has_its_outcome(fate: Fate, error: str) -> None:
    name = error.replace("*", "_by_a_policy")
    outcome = sort(Answer(200, {"ok": False, "error": name}, {}), NOON)
    assert isinstance(outcome, CLASSES[fate])
    assert getattr(outcome, "wide", False) == (fate in (Fate.WORKSPACE, Fate.LIMITED, Fate.FULL))


@pytest.mark.parametrize(
    "error",
    [
        "restricted_action",
        "restricted_action_read_only_channel",
        "invalid_blocks_format",
        "invalid_metadata_schema",
        "slack_connect_file_link_sharing_blocked",
    ],
)
def test_families_of_errors_are_known_by_their_names(error: str) -> None:
    assert isinstance(sort(Answer(200, {"ok": False, "error": error}, {}), NOON), Held | Refused)


def test_no_error_stands_twice_in_the_table() -> None:
    names = [error for _, error in ERRORS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("error", ["", "x" * 5000, "<!channel>", "xoxb-1\n2", "\x1b[31m"])
def test_an_error_string_from_elsewhere_is_unknown_and_not_quoted(error: str) -> None:
    outcome = sort(Answer(200, {"ok": False, "error": error}, {}), NOON)
    assert outcome == Unknown("Slack: an error without a name", strange=True)


@pytest.mark.parametrize(
    "body", [{}, {"ok": False}, {"ok": "true", "ts": "1.2"}, {"ok": 1, "ts": "1.2"}, {"error": 5}]
)
def test_a_body_that_says_nothing_is_unknown(body: dict[str, object]) -> None:
    assert isinstance(sort(Answer(200, body, {}), NOON), Unknown)


def test_a_missing_scope_is_named() -> None:
    answer = Answer(200, {"ok": False, "error": "missing_scope", "needed": "chat:write"}, {})
    outcome = sort(answer, NOON)
    assert isinstance(outcome, Held) and "missing_scope (chat:write); add the scopes" in outcome.reason


def test_warnings_of_a_sent_message_are_kept() -> None:
    body = {"ok": True, "ts": "1.2", "response_metadata": {"warnings": ["message_truncated"]}}
    assert sort(Answer(200, body, {}), NOON) == Sent("1.2", "message_truncated")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("0.25", 0.25),
        ("-5", 1),
        ("nan", 1),
        ("inf", 1),
        ("1e300", 3600),
        ("86400", 3600),
        ("", 1),
        ("30 seconds", 1),
        ("Sun, 22 Nov 2026 12:00:07 GMT", 7),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:00:07 -0000", 7),
        ("Sun, 99 Nov 2026 12:00:07 GMT", 1),
    ],
)
def test_retry_after_is_read_in_every_spelling(header: str, seconds: float) -> None:
    assert retry_after(header, NOON) == timedelta(seconds=seconds)


# --- the check, and what must not leak -----------------------------------------------------------------


async def test_a_working_token_has_nothing_to_report() -> None:
    async with chat_with(SlackRoom(TOKEN)) as chat:
        assert await chat.probe() == ""


async def test_a_token_without_the_scope_to_post_is_found_by_the_check() -> None:
    async with chat_with(SlackRoom(TOKEN, scopes="channels:read")) as chat:
        assert "missing_scope (chat:write)" in await chat.probe()


@pytest.mark.parametrize(
    ("token", "reached"), [(TOKEN, True), ("xoxb-of-somebody-else", True), ("xoxb-\n", None)]
)
async def test_it_is_there_whatever_it_answers(token: str, reached: bool | None) -> None:
    async with chat_with(SlackRoom(TOKEN), token) as chat:
        assert await chat.reached() is reached


async def test_it_is_not_there_where_nobody_answers() -> None:
    room = SlackRoom(TOKEN)
    async with chat_with(room) as chat:
        await room.__aexit__()
        assert await chat.reached() is False


@pytest.mark.parametrize("fault", [None, DROP_AFTER, SERVER_ERROR, failed("invalid_auth"), CUT_SHORT])
async def test_no_log_line_and_no_reason_carries_the_token_or_the_words(
    fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outcome, _ = await outcome_of(fault)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.server")]
    for line in [*ours, repr(outcome)]:
        assert TOKEN not in line and SECRET_WORDS not in line


async def test_the_environment_s_proxy_is_not_taken_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    outcome, _ = await outcome_of()
    assert isinstance(outcome, Sent)


def test_the_connect_limit_is_the_shorter_one() -> None:
    """Else a timeout would not tell whether a byte was written."""
    assert slack.TIMEOUT.connect is not None and slack.TIMEOUT.total is not None
    assert slack.TIMEOUT.connect < slack.TIMEOUT.total


# --- the room itself, where Slack's answers matter to others ----------------------------------------------


async def test_the_room_s_history_is_newest_first_in_pages_with_metadata_on_request() -> None:
    async with chat_with(room := SlackRoom(TOKEN)) as chat:
        for number in range(3):
            await chat.send(replace(OUT, key=f"key-{number}"), NOON)
        client = AsyncWebClient(TOKEN, room.url, retry_handlers=[])
        ask = {"channel": channel_id("#alerts"), "limit": 2}
        first = await client.conversations_history(**ask, include_all_metadata=True)
        keys = [message["metadata"]["event_payload"]["k"] for message in first["messages"]]
        assert keys == ["key-2", "key-1"] and first["has_more"]
        rest = await client.conversations_history(**ask, cursor=first["response_metadata"]["next_cursor"])
        assert "metadata" not in rest["messages"][0] and not rest["has_more"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"text": "x" * 3001}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": ""}]}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"text": "&" * 600}}] * 5}, "msg_blocks_too_long"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        (
            {"text": "x", "metadata": {"event_type": "e", "event_payload": {1: "x" * 8000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
    ],
)
def test_the_room_refuses_what_slack_refuses(args: dict[str, object], error: str) -> None:
    assert fault_of(args) == error


# --- what the user is told to set up ----------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/slack.md").read_text()


def test_the_manifest_asks_for_the_scopes_the_page_explains() -> None:
    manifest = yaml.safe_load((ROOT / "monitor/alerts/slack-manifest.yaml").read_text())
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert ",".join(scopes) == SCOPES
    assert all(f"`{scope}`" in PAGE for scope in scopes)


def test_the_manifest_holds_nothing_that_slack_refuses() -> None:
    """Event subscriptions need a request URL or Socket Mode; a name has at most 35 characters."""
    manifest = yaml.safe_load((ROOT / "monitor/alerts/slack-manifest.yaml").read_text())
    assert set(manifest) == {"_metadata", "display_information", "features", "oauth_config", "settings"}
    assert "event_subscriptions" not in manifest["settings"] or manifest["settings"]["socket_mode_enabled"]
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140


def test_every_error_the_page_names_is_in_the_table() -> None:
    named = PAGE.partition("## When it does not arrive")[2].split("|---|---|")[1]
    errors = [
        error
        for row in named.split("\n")
        for error in row.partition("|")[2].partition("|")[0].split("`")[1::2]
    ]
    assert len(errors) >= 9
    assert all(slack.fate_of(error)[0] in (Fate.CHANNEL, Fate.WORKSPACE) for error in errors)
