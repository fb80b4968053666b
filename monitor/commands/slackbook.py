"""`wirewatch slack`: the app's manifest, whether the app can do its work, limits that nobody publishes."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from monitor.alerts.answers import Answer, words_for, words_for_app
from monitor.alerts.slack import SlackChat
from monitor.alerts.wire import Wire
from monitor.doors import app_wire, open_chat
from monitor.errors import WirewatchError
from monitor.model import Config, Held, NotSent, Unknown
from monitor.watch.standing import channels
from monitor.words import counted

MANIFEST = Path(__file__).parent.parent / "alerts" / "slack-manifest.yaml"
MOST = 30  # messages that `measure` posts
PATIENCE = 30.0  # seconds that it waits for history
NO_TOKEN = "slack.token is empty: there is no app to ask; docs/slack.md says how to make one"
OF_ITS_OWN = (
    "name a channel of its own that the bot can see, and which no rule tells:  "
    "wirewatch slack measure --in '#wirewatch-test'"
)
KEY = {"event_type": "wirewatch_check", "event_payload": {"k": "check"}}

Came = Answer | NotSent | Unknown | Held


@dataclass(frozen=True, slots=True)
class Finding:
    """`trouble`: what is wrong and what to do; empty: nothing."""

    name: str
    trouble: str = ""
    note: str = ""


def manifest() -> str:
    return MANIFEST.read_text(encoding="utf-8")


def wanted() -> list[str]:
    """The scopes that the manifest asks for."""
    return re.findall(r"^ {6}- ([a-z:]+)$", manifest(), re.MULTILINE)


async def check(settings: Config, write_to: str, out: TextIO) -> int:
    """A line each. 0: all is well; 1: something is not. Raises WirewatchError where there is no token."""
    chat = _chat(settings)
    bad = count = 0
    try:
        async for one in _findings(chat, settings, write_to):
            bad, count = bad + bool(one.trouble), count + 1
            out.write(f"  {'!' if one.trouble else '✓'} {one.name}: {one.trouble or one.note}\n")
            out.flush()
    finally:
        await chat.close()
    out.write(f"{bad} of {counted(count, 'finding')} to mend\n" if bad else "Slack is ready\n")
    return int(bad > 0)


def _chat(settings: Config) -> SlackChat:
    chat = open_chat(settings)
    if not isinstance(chat, SlackChat):
        raise WirewatchError(NO_TOKEN)
    return chat


async def _findings(chat: SlackChat, settings: Config, write_to: str) -> AsyncIterator[Finding]:
    answer = await chat.wire.ask("auth.test", {})
    if trouble := trouble_of(answer):
        yield Finding("token", trouble)
        return
    assert isinstance(answer, Answer)
    yield Finding(
        "token", note=f"{answer.body.get('user', 'a bot')} of {answer.body.get('team', 'a workspace')}"
    )
    yield _scopes(answer, settings)
    for name in sorted(channels(settings)):
        yield await _channel(chat, name)
    if settings.slack.app_token:
        wire = app_wire(settings)
        trouble = trouble_of(await wire.ask("apps.connections.open", {}), words_for_app)
        await wire.close()
        yield Finding("app token", trouble, "buttons and /wirewatch will be heard")
    if write_to:
        yield await _written(chat, write_to)


def _scopes(answer: Answer, settings: Config) -> Finding:
    given = set(answer.headers.get("x-oauth-scopes", "").replace(" ", "").split(","))
    needed = [scope for scope in wanted() if scope != "commands" or settings.slack.app_token]
    lacking = [scope for scope in needed if scope not in given]
    if not lacking:
        return Finding("scopes", note="all that are needed")
    what = "add them at api.slack.com/apps, OAuth & Permissions, and install the app again; docs/slack.md"
    return Finding("scopes", f"{', '.join(lacking)} missing: {what} says what each is for")


async def _channel(chat: SlackChat, name: str) -> Finding:
    place = await chat.names.place(name)
    if not place:
        return Finding(name, "it cannot be seen: check its name; a private one must /invite @wirewatch first")
    if name.startswith("@") or place.startswith("D"):
        return Finding(name, note="can be told alone")
    answer = await chat.wire.ask("conversations.info", {"channel": place}, reads=True)
    if trouble := trouble_of(answer):
        return Finding(name, trouble)
    assert isinstance(answer, Answer)
    found = answer.body.get("channel")
    channel = found if isinstance(found, Mapping) else {}
    if channel.get("is_archived"):
        return Finding(name, "it is archived: unarchive it, or name another channel in config.yaml")
    if channel.get("is_member"):
        return Finding(name, note="the bot is in it")
    if channel.get("is_private"):
        return Finding(name, "the bot is not in it: type /invite @wirewatch there")
    return Finding(name, note="public: the bot joins with its first alert")


async def _written(chat: SlackChat, channel: str) -> Finding:
    """A message is posted, read back with its metadata, and deleted."""
    place = await chat.names.place(channel) or channel
    posted = await _say(chat.wire, place, "wirewatch: a check; it is deleted at once")
    if trouble := trouble_of(posted):
        return Finding(f"write to {channel}", trouble)
    assert isinstance(posted, Answer)
    place, ts = str(posted.body.get("channel") or place), str(posted.body.get("ts"))
    shown = await _shown_after(chat.wire, place, ts)
    erased = await chat.erase(place, ts)
    if shown is None:
        return Finding(
            f"write to {channel}",
            "what was posted cannot be read back with its metadata: a lost answer "
            "could not be settled; the history scopes are needed",
        )
    if not erased:
        return Finding(f"write to {channel}", "what was posted could not be deleted: delete it by hand")
    return Finding(f"write to {channel}", note="posted, read back with its metadata, deleted")


async def _say(wire: Wire, place: str, text: str) -> Came:
    return await wire.ask("chat.postMessage", {"channel": place, "text": text, "metadata": KEY})


async def _shown_after(wire: Wire, place: str, ts: str) -> float | None:
    """Seconds until history shows a message with its metadata. None: it did not within PATIENCE."""
    began = time.monotonic()
    args = {"channel": place, "latest": ts, "inclusive": "true", "limit": 5, "include_all_metadata": "true"}
    while time.monotonic() - began < PATIENCE:
        answer = await wire.ask("conversations.history", args, reads=True)
        if trouble_of(answer):
            return None
        assert isinstance(answer, Answer)
        for message in answer.body.get("messages") or ():
            if isinstance(message, Mapping) and message.get("ts") == ts and message.get("metadata"):
                return time.monotonic() - began
        await asyncio.sleep(0.5)
    return None


def trouble_of(answer: Came, words: Callable[[str, Mapping[str, Any]], str] = words_for) -> str:
    """Empty: Slack said ok."""
    if not isinstance(answer, Answer):
        return answer.reason
    if answer.body.get("ok") is True:
        return ""
    return words(str(answer.body.get("error", f"HTTP {answer.status}")), answer.body)


# --- measuring ---------------------------------------------------------------------------------------------


async def measure(settings: Config, channel: str, out: TextIO) -> int:
    """How many messages at once a channel takes, how late history is, whose clock is ahead.

    Raises WirewatchError for a channel that people read.
    """
    if not channel:
        raise WirewatchError(OF_ITS_OWN)
    chat = _chat(settings)
    try:
        return await _measure(chat, await _own_place(chat, settings, channel), out)
    finally:
        await chat.close()


async def _own_place(chat: SlackChat, settings: Config, channel: str) -> str:
    """Its id, by which a channel of the config is known however it is written. Raises WirewatchError."""
    place = await chat.names.place(channel)
    told = channels(settings)
    places = {await chat.names.place(name) for name in told}
    hidden = "" in places and not channel.startswith("#")  # it may be the id of one that cannot be seen
    if not place.startswith(("C", "G")) or hidden or channel in told or place in places:
        raise WirewatchError(OF_ITS_OWN)
    return place


async def _measure(chat: SlackChat, place: str, out: TextIO) -> int:
    stood: list[tuple[str, str]] = []
    refused: Came | None = None
    began = time.monotonic()
    while len(stood) < MOST and refused is None:
        answer = await _say(chat.wire, place, f"wirewatch measures: {len(stood) + 1}")
        if trouble_of(answer):
            refused = answer
        elif isinstance(answer, Answer):
            stood.append((str(answer.body.get("channel")), str(answer.body.get("ts"))))
    seconds = time.monotonic() - began
    shown = await _shown_after(chat.wire, *stood[-1]) if stood else None
    left = await _erased(chat, stood)
    for line in _measured(chat, len(stood), seconds, refused, shown):
        out.write(f"  {line}\n")
    if left:
        out.write(f"  {counted(left, 'message')} could not be deleted: delete them by hand\n")
    return int(not stood or left > 0)


def _measured(
    chat: SlackChat, count: int, seconds: float, refused: Came | None, shown: float | None
) -> list[str]:
    ends = f"then {trouble_of(refused)}{_after(refused)}" if refused else "and none was refused"
    late = f"{shown:.1f} s after" if shown is not None else f"not within {PATIENCE:g} s"
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"burst: {counted(count, 'message')} in {seconds:.1f} s were taken, {ends}",
        f"history showed the last one {late}",
        f"Slack's clock is {chat.ahead.total_seconds():+.1f} s ahead of this one's",
    ]


def _after(answer: Came) -> str:
    header = answer.headers.get("Retry-After", "") if isinstance(answer, Answer) else ""
    return f", Retry-After: {header[:40]}" if header else ""


async def _erased(chat: SlackChat, stood: list[tuple[str, str]]) -> int:
    """How many stand there still. Slack takes about one a second."""
    left = 0
    for place, ts in stood:
        for _ in range(5):
            if await chat.erase(place, ts):
                break
            await asyncio.sleep(1)
        else:
            left += 1
    return left
