"""The Slack of the tests says nothing that the real one does not: its answers against samples and OpenAPI.

Both are of Slack's own SDK and API description (archived 2021, MIT); newer errors are in answers.py.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts.answers import is_listed
from monitor.answering import said
from monitor.model import ActionKind
from tests.doors.workspace import Workspace, channel_id
from tests.quality.corpora import DATA

FOLDER = DATA / "slack-samples"
# What ends a post or an edit has a fate; of the others only whether it worked is asked.
SENDING = ("chat.postMessage", "chat.update")
OURS = {"app_id", "metadata", "edited", "blocks"}  # newer than some samples, told by docs.slack.dev
LATER = {"restricted_action_thread_locked", "message_not_found", "thread_not_found", "unknown_method"}


@pytest.fixture(autouse=True)
def _there() -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"slack-samples is not in {DATA}: set WIREWATCH_DATA to the folder that holds it")


def read(path: Path) -> Any:
    if path.exists():
        return json.loads(path.read_text())
    return json.loads(gzip.decompress(path.with_name(path.name + ".gz").read_bytes()))


@cache
def openapi() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(FOLDER / "specs" / "web-api" / "slack_web_openapi_v2.json")
    return found


def errors_of(method: str) -> list[str]:
    [asked] = openapi()["paths"][f"/{method}"].values()
    schema = asked["responses"]["default"]["schema"]
    return list(schema["properties"].get("error", {}).get("enum", ()))


def sample(method: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(FOLDER / "json-logs-samples" / "api" / f"{method}.json")
    return found


@pytest.mark.parametrize("method", SENDING)
def test_every_error_of_a_post_or_an_edit_has_a_fate(method: str) -> None:
    assert len(errors_of(method)) > 10
    assert [error for error in errors_of(method) if not is_listed(error)] == []


# --- what the Slack of the tests answers ----------------------------------------------------------------


def workspace() -> tuple[Workspace, str]:
    slack = Workspace(closed={"#old": "is_archived"})
    ts = ask(slack, "chat.postMessage", channel="#desk", text="a")["ts"]
    ask(slack, "chat.postMessage", channel="#desk", text="b", thread_ts=ts, metadata=META)
    return slack, str(ts)


META = {"event_type": "x", "event_payload": {"k": "1"}}
DESK = channel_id("#desk")


def ask(slack: Workspace, method: str, **args: Any) -> Mapping[str, Any]:
    return slack.act(method, slack.token, args)


def answers() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every method, as it answers when all is well."""
    slack, ts = workspace()
    yield "auth.test", ask(slack, "auth.test")
    yield "chat.postMessage", ask(slack, "chat.postMessage", channel="#desk", text="c", metadata=META)
    yield "chat.update", ask(slack, "chat.update", channel=DESK, ts=ts, text="d")
    yield "conversations.history", ask(slack, "conversations.history", channel=DESK)
    yield "conversations.replies", ask(slack, "conversations.replies", channel=DESK, ts=ts)
    yield "conversations.info", ask(slack, "conversations.info", channel=DESK)
    yield "conversations.join", ask(slack, "conversations.join", channel=DESK)
    yield "conversations.list", ask(slack, "conversations.list")
    yield "conversations.open", ask(slack, "conversations.open", users="U0ANN00001")
    yield "users.list", ask(slack, "users.list")
    yield "usergroups.list", ask(slack, "usergroups.list")
    yield "chat.delete", ask(slack, "chat.delete", channel=DESK, ts=ts)


def strange(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    """Fields of ours that the sample has not, or has of another type. Blocks are Block Kit's own."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name, value in ours.items():
            if name in OURS or (not theirs and at):
                continue
            if name not in theirs:
                yield f"{at}.{name} is not in the sample"
            else:
                yield from strange(value, theirs[name], f"{at}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        for one in ours if theirs else ():
            yield from strange(one, theirs[0], f"{at}[]")
    elif theirs is not None and type(ours) is not type(theirs):
        yield f"{at} is {type(ours).__name__}, {type(theirs).__name__} in the sample"


@pytest.mark.parametrize(
    ("method", "answer"), list(answers()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_an_answer_has_the_fields_and_types_of_slacks(method: str, answer: Mapping[str, Any]) -> None:
    assert answer["ok"] is True
    assert list(strange(answer, sample(method))) == []


def refusals() -> Iterator[tuple[str, str]]:
    """Every error string that the Slack of the tests makes up by itself."""
    slack, ts = workspace()
    slack.outside, slack.locked = {"#far"}, {ts}
    long = "x" * 50_000
    for method, args in (
        ("chat.postMessage", {"channel": "#old", "text": "a"}),
        ("chat.postMessage", {"channel": "#far", "text": "a"}),
        ("chat.postMessage", {"channel": "", "text": "a"}),
        ("chat.postMessage", {"channel": "#desk"}),
        ("chat.postMessage", {"channel": "#desk", "text": long}),
        ("chat.postMessage", {"channel": "#desk", "text": "a", "thread_ts": ts}),
        ("chat.postMessage", {"channel": "#desk", "text": "a", "thread_ts": "1.2"}),
        ("chat.update", {"channel": DESK, "ts": "1.2", "text": "a"}),
        ("chat.update", {"channel": DESK, "ts": ts, "text": long}),
        ("chat.delete", {"channel": DESK, "ts": "1.2"}),
        ("conversations.history", {"channel": ""}),
        ("conversations.replies", {"channel": DESK, "ts": "1.2"}),
        ("conversations.info", {"channel": ""}),
    ):
        yield method, str(ask(slack, method, **args)["error"])
    for method in SENDING:
        yield method, str(slack.act(method, "xoxb-other", {})["error"])
        yield method, str(slack.act(method, "", {})["error"])


@pytest.mark.parametrize(("method", "error"), sorted(set(refusals())))
def test_an_error_is_one_that_slack_gives(method: str, error: str) -> None:
    assert error in (*errors_of(method), *LATER)


# --- what Slack brings over Socket Mode -----------------------------------------------------------------


def brought(name: str) -> dict[str, Any]:
    """A payload as Slack's own SDK knows it; samples have empty strings and one of every kind."""
    found: dict[str, Any] = read(FOLDER / "json-logs-samples" / "app-backend" / f"{name}.json")
    return found


def test_a_press_is_read_from_the_payload_that_slack_describes() -> None:
    payload = brought("interactive-components/BlockActionPayload")
    assert {"channel_id", "message_ts", "type"} <= payload["container"].keys()
    action = dict(payload["actions"][0])
    assert {"block_id", "action_id", "value"} <= action.keys()
    action |= {"block_id": "alert|7", "action_id": "mute", "selected_option": {"value": "rule|1 day"}}
    payload |= {"actions": [action], "type": "block_actions"}
    payload["container"] |= {"type": "message"}
    heard = said.read("interactive", payload)
    assert isinstance(heard, said.Pressed)
    assert (heard.row_id, heard.kind, heard.value) == (7, ActionKind.MUTE, "rule|1 day")
    assert {"response_url", "trigger_id"} <= payload.keys()


def test_a_question_a_shortcut_and_a_window_are_read_from_theirs() -> None:
    asked = said.read("slash_commands", brought("slash-commands/SlashCommandPayload") | {"text": "why x"})
    assert isinstance(asked, said.Asked) and asked.words == ("why", "x")
    shortcut = brought("interactive-components/MessageShortcutPayload") | {"type": "message_action"}
    assert isinstance(said.read("interactive", shortcut), said.Pointed)
    window = brought("views/ViewSubmissionPayload") | {"type": "view_submission"}
    state = {"values": {"split": {"split": {"selected_options": [{"value": "12"}]}}}}
    assert {"callback_id", "private_metadata", "state"} <= window["view"].keys()
    window["view"] |= {"callback_id": "split", "private_metadata": "7", "state": state}
    heard = said.read("interactive", window)
    assert isinstance(heard, said.Chosen) and (heard.row_id, heard.entries) == (7, (12,))
