"""What a Slack workspace holds, and what its Web API answers: limits, error strings, threads, metadata.

No network here: SlackRoom puts it behind HTTP, and a model of the delivery protocol asks it directly.
"""

import json
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SCOPES = (
    "chat:write,channels:history,groups:history,im:history,channels:read,groups:read,channels:join,im:write,"
    "users:read,usergroups:read,commands"
)
APP, BOT, USER, TEAM = "A0WIREWATCH", "B0WIREWATCH", "U0WIREWATCH", "T0NEWSROOM"
UPDATE_TEXT = 4_000  # chat.update refuses more with msg_too_long, chat.postMessage cuts at 40,000

# Limits as Slack enforces them (docs.slack.dev); the whole-message cap was measured by others at 13,202.
BLOCKS = 50
SECTION = 3_000
HEADER = 150
LINK = 3_000
WHOLE_MESSAGE = 13_200
METADATA = 8_000


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as a channel holds it."""

    ts: str
    channel: str  # as the sender named it
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]
    thread: str = ""  # `ts` of the message that it replies to; empty: it stands in the channel
    at: float = 0.0  # when it came in, by the test's clock: history may show it later
    edits: int = 0
    app: str = APP

    @property
    def key(self) -> str:
        """The outbox key it carries; empty: none."""
        return str(self.metadata.get("event_payload", {}).get("k", ""))


@dataclass
class Workspace:
    """Channels, messages, people. Every channel exists unless `channels` names those that do.

    `closed`: a channel's own error. `lag`: seconds until history shows a message. `skew`: seconds that its
    clock is ahead. `member`: False, where the bot has to join first.
    """

    token: str = "xoxb-test"
    channels: frozenset[str] | None = None
    closed: dict[str, str] = field(default_factory=dict)
    pace: float = 0
    burst: int = 1
    lag: float = 0
    skew: float = 0
    clock: Callable[[], float] = time.time
    outside: set[str] = field(default_factory=set)  # public channels that the bot is not in
    locked: set[str] = field(default_factory=set)  # `ts` of messages whose thread takes nothing
    unreadable: str = ""  # what conversations.history and replies answer; empty: they work
    people: Mapping[str, str] = field(default_factory=lambda: {"ann": "U0ANN00001", "bob": "U0BOB00001"})
    groups: Mapping[str, str] = field(default_factory=lambda: {"desk": "S0DESK0001"})
    views: list[Mapping[str, Any]] = field(default_factory=list)  # windows that were opened
    triggers: set[str] = field(default_factory=set)  # that were used: each opens one window
    posted: list[Posted] = field(default_factory=list)
    deleted: list[Posted] = field(default_factory=list)
    _level: dict[str, tuple[float, float]] = field(default_factory=dict)
    _last_ts: float = 0.0

    def messages(self, channel: str = "") -> tuple[Posted, ...]:
        """What a channel holds (name or id; empty: all channels), oldest first."""
        return tuple(m for m in self.posted if channel in ("", m.channel, channel_id(m.channel)))

    def act(self, method: str, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """One request -> its answer."""
        if method == "api.test":
            return {"ok": True, "args": dict(args)}
        if token != self.token:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        doer = getattr(self, f"_{method.replace('.', '_').lower()}", None)
        if doer is None:
            return {"ok": False, "error": "unknown_method"}
        answer: dict[str, Any] = doer(args)
        return answer

    def shut(self, channel: str, *, needs_id: bool = False) -> str:
        """Why nothing can be done there; empty: it can."""
        if needs_id and channel.startswith("#"):
            return "channel_not_found"
        for name, error in self.closed.items():
            if channel in (name, channel_id(name)):
                return error
        if channel[:1] in ("U", "D"):
            return ""
        known = self.channels
        if not channel or (known is not None and channel not in known | {channel_id(c) for c in known}):
            return "channel_not_found"
        return "not_in_channel" if self._is_outside(channel) else ""

    def forge(self, channel: str, like: Posted) -> Posted:
        """Another app puts our metadata into a message of its own."""
        false = replace(like, ts=self._next_ts(), channel=channel, app="A0OTHER", at=self.clock())
        self.posted.append(false)
        return false

    def remove(self, ts: str) -> None:
        """Somebody deletes a message."""
        gone = [m for m in self.posted if m.ts == ts]
        self.deleted += gone
        self.posted[:] = [m for m in self.posted if m.ts != ts]

    # --- methods ------------------------------------------------------------------------------------------

    def _views_open(self, args: Mapping[str, Any]) -> dict[str, Any]:
        trigger, view = args.get("trigger_id"), args.get("view", {})
        if not trigger:
            return {"ok": False, "error": "invalid_arguments"}
        if trigger in self.triggers:
            return {"ok": False, "error": "exchanged_trigger_id"}
        if view.get("type") != "modal" or len(view["title"]["text"]) > 24 or len(view["blocks"]) > 100:
            return {"ok": False, "error": "invalid_arguments"}
        self.triggers.add(trigger)
        self.views.append(view)
        return {"ok": True, "view": dict(view)}

    def _auth_test(self, args: Mapping[str, Any]) -> dict[str, Any]:
        names = {"team": "Newsroom", "user": "wirewatch", "url": "https://newsroom.slack.com/"}
        return {"ok": True, "team_id": TEAM, "user_id": USER, "bot_id": BOT, **names}

    def _chat_postmessage(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel, thread = str(args.get("channel", "")), str(args.get("thread_ts") or "")
        error = self.shut(channel) or self._thread_error(thread) or fault_of(args) or self._too_fast(channel)
        if error:
            return {"ok": False, "error": error}
        message = Posted(
            self._next_ts(),
            channel,
            str(args.get("text", "")),
            tuple(args.get("blocks") or ()),
            args.get("metadata") or {},
            thread,
            self.clock(),
        )
        self.posted.append(message)
        return {
            "ok": True,
            "channel": self._place_of(channel),
            "ts": message.ts,
            "message": self._shown(message, False),
        }

    def _thread_error(self, thread: str) -> str:
        if thread and thread not in {m.ts for m in self.posted}:
            return "thread_not_found"
        return "restricted_action_thread_locked" if thread in self.locked else ""

    def _chat_update(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel, ts = str(args.get("channel", "")), str(args.get("ts", ""))
        if error := self.shut(channel, needs_id=True) or fault_of(args):
            return {"ok": False, "error": error}
        if units(str(args.get("text") or "")) > UPDATE_TEXT:
            return {"ok": False, "error": "msg_too_long"}
        place = self._at(channel, ts)
        if place is None:
            return {"ok": False, "error": "message_not_found"}
        old = self.posted[place]
        new = replace(
            old,
            text=str(args.get("text") or old.text),
            blocks=tuple(args.get("blocks") or ()),
            metadata=args.get("metadata") or old.metadata,
            edits=old.edits + 1,
        )
        self.posted[place] = new
        return {
            "ok": True,
            "channel": channel,
            "ts": ts,
            "text": new.text,
            "message": {key: value for key, value in self._shown(new, False).items() if key != "ts"},
        }

    def _chat_delete(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel, ts = str(args.get("channel", "")), str(args.get("ts", ""))
        if error := self.shut(channel, needs_id=True):
            return {"ok": False, "error": error}
        place = self._at(channel, ts)
        if place is None:
            return {"ok": False, "error": "message_not_found"}
        if self.posted[place].app != APP:
            return {"ok": False, "error": "cant_delete_message"}
        self.remove(ts)
        return {"ok": True, "channel": channel, "ts": ts}

    def _conversations_info(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel", ""))
        error = self.shut(channel, needs_id=True)
        if error and error not in ("is_archived", "not_in_channel"):
            return {"ok": False, "error": error}
        return {"ok": True, "channel": self._conversation(self._name_of(channel))}

    def _conversations_list(self, args: Mapping[str, Any]) -> dict[str, Any]:
        names = sorted(self.channels or {m.channel for m in self.posted} | set(self.closed) | self.outside)
        names = [
            name for name in names if name.startswith("#") and self.closed.get(name) != "channel_not_found"
        ]
        return self._paged("channels", [self._conversation(name) for name in names], args)

    def _conversations_join(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel", ""))
        if channel.startswith("#"):
            return {"ok": False, "error": "channel_not_found"}
        self.outside = {name for name in self.outside if channel_id(name) != channel}
        return {"ok": True, "channel": {"id": channel}}

    def _conversations_open(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": self._place_of(str(args.get("users", "")))}}

    def _conversations_history(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel", ""))
        if error := self.unreadable or self.shut(channel, needs_id=True):
            return {"ok": False, "error": error}
        shown = [m for m in reversed(self._held_by(channel)) if not m.thread and self._is_shown(m, args)]
        return self._history_page(shown, args)

    def _conversations_replies(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel, ts = str(args.get("channel", "")), str(args.get("ts", ""))
        if error := self.unreadable or self.shut(channel, needs_id=True):
            return {"ok": False, "error": error}
        if self._at(channel, ts) is None:
            return {"ok": False, "error": "thread_not_found"}
        thread = [m for m in self._held_by(channel) if ts in (m.ts, m.thread)]
        return self._history_page([m for m in thread if m.ts == ts or self._is_shown(m, args)], args)

    def _users_list(self, args: Mapping[str, Any]) -> dict[str, Any]:
        found = [{"id": id, "name": name, "deleted": False} for name, id in self.people.items()]
        return self._paged("members", found, args)

    def _usergroups_list(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "usergroups": [{"id": i, "handle": name} for name, i in self.groups.items()]}

    # --- pieces -------------------------------------------------------------------------------------------

    def _history_page(self, shown: list[Posted], args: Mapping[str, Any]) -> dict[str, Any]:
        with_metadata = str(args.get("include_all_metadata", "")).lower() in ("1", "true")
        return self._paged("messages", [self._shown(m, with_metadata) for m in shown], args) | {
            "has_more": len(shown) > int(args.get("cursor") or 0) + int(args.get("limit") or 100)
        }

    def _paged(self, name: str, found: list[Any], args: Mapping[str, Any]) -> dict[str, Any]:
        start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        more = start + limit < len(found)
        next_one = {"next_cursor": str(start + limit) if more else ""}
        return {"ok": True, name: found[start : start + limit], "response_metadata": next_one}

    def _shown(self, message: Posted, with_metadata: bool) -> dict[str, Any]:
        shown = {
            "type": "message",
            "user": USER if message.app == APP else "U0OTHER",
            "bot_id": BOT if message.app == APP else "B0OTHER",
            "app_id": message.app,
            "ts": message.ts,
            "text": message.text,
            "blocks": list(message.blocks),
        }
        shown |= {"thread_ts": message.thread} if message.thread else {}
        shown |= {"edited": {"user": USER, "ts": message.ts}} if message.edits else {}
        return shown | ({"metadata": message.metadata} if with_metadata and message.metadata else {})

    def _is_shown(self, message: Posted, args: Mapping[str, Any]) -> bool:
        oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
        return oldest < float(message.ts) <= latest and message.at + self.lag <= self.clock()

    def _held_by(self, channel: str) -> list[Posted]:
        return [m for m in self.posted if self._place_of(m.channel) == channel]

    def _at(self, channel: str, ts: str) -> int | None:
        places = (n for n, m in enumerate(self.posted) if m.ts == ts and self._place_of(m.channel) == channel)
        return next(places, None)

    def _conversation(self, name: str) -> dict[str, Any]:
        state = {"is_archived": self.closed.get(name) == "is_archived", "is_private": False}
        member = {"is_member": name not in self.outside and self.closed.get(name) != "not_in_channel"}
        return {"id": self._place_of(name), "name": name.removeprefix("#"), **state, **member}

    def _name_of(self, channel: str) -> str:
        known = {m.channel for m in self.posted} | (self.channels or set()) | set(self.closed) | self.outside
        return next((name for name in known if channel_id(name) == channel), channel)

    def _is_outside(self, channel: str) -> bool:
        return channel in self.outside or channel in {channel_id(name) for name in self.outside}

    def _place_of(self, channel: str) -> str:
        return f"D{channel[1:]}" if channel.startswith("U") else channel_id(channel)

    def _too_fast(self, channel: str) -> str:
        """A bucket of `burst` messages, filled by one in `pace` seconds."""
        if not self.pace:
            return ""
        now = self.clock()
        level, at = self._level.get(channel, (float(self.burst), now))
        level = min(float(self.burst), level + (now - at) / self.pace)
        self._level[channel] = (level - 1 if level >= 1 else level, now)
        return "" if level >= 1 else "ratelimited"

    def _next_ts(self) -> str:
        self._last_ts = max(self.clock() + self.skew, self._last_ts + 0.000002)
        return f"{self._last_ts:.6f}"


def channel_id(channel: str) -> str:
    """The id this Slack gives a channel: the name's own if it is one already."""
    if not channel.startswith("#"):
        return channel
    return f"C{zlib.crc32(channel.encode()):08X}"


def fault_of(args: Mapping[str, Any]) -> str:
    """What Slack would refuse in a message, by its own error string; empty: nothing."""
    blocks, text = args.get("blocks") or [], str(args.get("text") or "")
    metadata = args.get("metadata")
    if not blocks and not text:
        return "no_text"
    if len(blocks) > BLOCKS or not all(sound(block) for block in blocks):
        return "invalid_blocks"
    if sum(map(units, strings(blocks))) > WHOLE_MESSAGE:
        return "msg_blocks_too_long"
    if units(text) > 40_000:
        return "msg_too_long"
    if metadata and not (metadata.get("event_type") and isinstance(metadata.get("event_payload"), dict)):
        return "invalid_metadata_format"
    return "metadata_too_large" if len(json.dumps(metadata)) > METADATA else ""


def sound(block: Mapping[str, Any]) -> bool:
    match block.get("type"):
        case "section":
            return 0 < units(block.get("text", {}).get("text", "")) <= SECTION
        case "header":
            return 0 < units(block.get("text", {}).get("text", "")) <= HEADER
        case "rich_text":
            return bool(block.get("elements")) and all(map(sound_rich, block["elements"]))
        case "context" | "actions" | "divider" | "image":
            return True
    return False


def sound_rich(element: Mapping[str, Any]) -> bool:
    match element.get("type"):
        case "text":
            return bool(element.get("text"))
        case "link":
            url = str(element.get("url", ""))
            return url.startswith(("http://", "https://", "mailto:")) and units(url) <= LINK
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted" | "rich_text_list":
            inner = element.get("elements", [])
            return sum(map(units, strings(inner, urls=False))) <= SECTION * len(inner) and all(
                map(sound_rich, inner)
            )
        case "emoji" | "user" | "usergroup" | "channel" | "broadcast" | "date" | "color":
            return True
    return False


def strings(value: Any, *, urls: bool = True) -> Iterable[str]:
    """Every text, and link, inside blocks."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str) or urls and name == "url":
                yield inner
            elif not isinstance(inner, str):
                yield from strings(inner, urls=urls)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, urls=urls)


def units(text: str) -> int:
    """UTF-16 units of the escaped text: the strictest way Slack may count."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le", "surrogatepass")) // 2
