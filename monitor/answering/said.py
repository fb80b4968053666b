"""PURE: what Slack brings over Socket Mode -> what a person asks. Nothing in it is believed yet."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.alerts.buttons import UNDER
from monitor.model import ActionKind

MOST_LINKS = 3  # of one message that somebody asks about
_LINK = re.compile(r"<(https?://[^|>\s]+)")
_NUMBER = re.compile(r"[0-9]{1,18}")
_KINDS = {kind.name.lower(): kind for kind in ActionKind}
# Slack brings `value` again as it was put there; whatever else stands in it is somebody's own make.
_VALUE = re.compile(r"[a-z0-9| ]{0,40}")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, or a choice of a menu, under a message of ours."""

    row_id: int
    kind: ActionKind
    value: str  # of a mute: "rule|1 day"
    user: str  # Slack's id
    place: str  # Slack's id of the channel
    ts: str
    answer_at: str  # where an answer is taken that only this person sees
    trigger: str = ""  # for three seconds it opens a window for this person


@dataclass(frozen=True, slots=True)
class Chosen:
    """Articles of a story, in a window: they are to be split off."""

    row_id: int
    entries: tuple[int, ...]
    user: str
    answer_at: str = ""  # a window has none


@dataclass(frozen=True, slots=True)
class Asked:
    """/wirewatch and words."""

    words: tuple[str, ...]
    user: str
    place: str
    answer_at: str


@dataclass(frozen=True, slots=True)
class Pointed:
    """ "Why (not)?" on any message."""

    links: tuple[str, ...]
    user: str
    answer_at: str


Said = Pressed | Chosen | Asked | Pointed


def read(kind: str, payload: Mapping[str, Any]) -> Said | None:
    """None: nothing that we have asked for."""
    match kind, payload:
        case "slash_commands", {"user_id": str(user)}:
            words = tuple(text(payload, "text").split())
            return Asked(words, user, text(payload, "channel_id"), text(payload, "response_url"))
        case "interactive", {"type": "message_action", "user": {"id": str(user)}, "message": dict(message)}:
            links = tuple(dict.fromkeys(links_of(message)))[:MOST_LINKS]
            return Pointed(links, user, text(payload, "response_url"))
        case "interactive", {"type": "view_submission", "user": {"id": str(user)}, "view": dict(view)}:
            return submitted(view, user)
        case "interactive", {"type": "block_actions", "actions": [dict(action), *_]}:
            return pressed(action, payload)
    return None


def pressed(action: Mapping[str, Any], payload: Mapping[str, Any]) -> Pressed | None:
    match payload:
        case {
            "user": {"id": str(user)},
            "container": {"type": "message", "channel_id": str(place), "message_ts": str(ts)},
        }:
            block, kind = text(action, "block_id"), _KINDS.get(text(action, "action_id"))
            number = block.removeprefix(UNDER)
            value = chosen(action) if kind is ActionKind.MUTE else ""
            if not block.startswith(UNDER) or not _NUMBER.fullmatch(number) or kind is None:
                return None
            answer_at = text(payload, "response_url")
            trigger = text(payload, "trigger_id")
            return Pressed(int(number), kind, value, user, place, ts, answer_at, trigger)
    return None


def submitted(view: Mapping[str, Any], user: str) -> Chosen | None:
    match view:
        case {
            "callback_id": "split",
            "private_metadata": str(row),
            "state": {"values": {"split": {"split": {"selected_options": list(options)}}}},
        } if _NUMBER.fullmatch(row):
            values = [text(one, "value") for one in options if isinstance(one, dict)]
            return Chosen(int(row), tuple(int(one) for one in values if _NUMBER.fullmatch(one)), user)
    return None


def chosen(action: Mapping[str, Any]) -> str:
    """Empty: nothing, or nothing of ours."""
    match action:
        case {"selected_option": {"value": str(value)}} if _VALUE.fullmatch(value):
            return value
    return ""


def text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def links_of(part: Any, depth: int = 0) -> Iterator[str]:
    """Addresses in a message: link elements of its blocks first, then those in its text."""
    if depth > 12:  # Slack's own nest 6 deep
        return
    match part:
        case {"type": "link", "url": str(url)}:
            yield url
        case dict():
            for key in ("blocks", "elements", "attachments"):
                yield from links_of(part.get(key), depth + 1)
            yield from (text(part, key) for key in ("title_link", "from_url") if text(part, key))
            yield from (html.unescape(link) for link in _LINK.findall(text(part, "text")))
        case list():
            for one in part:
                yield from links_of(one, depth + 1)
