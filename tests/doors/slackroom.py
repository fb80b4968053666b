"""A Slack on loopback that answers as the real one does, faults included.

    async with SlackRoom(token="xoxb-test") as slack:
        slack.faults += [rate_limited("2"), DROP_AFTER, None, slow(3), failed("invalid_auth")]
        ...                                 # point a daemon or a SlackChat at slack.url
        await slack.wait(1)                 # until one message is stored (TimeoutError after 30 s)
        [message] = slack.messages("#alerts")
        assert message.text == "…" and message.metadata["event_payload"]["k"] == key
        assert [call.answer for call in slack.calls] == ["429", "dropped, stored", "ok", "ok", "invalid_auth"]

Each chat.postMessage takes the next fault of `faults`; None, or nothing left, means a healthy answer. A
fault that "stores" has taken the message although its sender cannot know. Every channel exists unless
`channels` names those that do; `closed` gives a channel its own error: {"#old": "is_archived"}.
`pace` is the least time in seconds between two messages of a channel (the real one: 1), 0 lets all through.
"""

import asyncio
import json
import time
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

SCOPES = "chat:write,channels:history,groups:history,channels:read,groups:read,channels:join"

# Limits as Slack enforces them (docs.slack.dev); the whole-message cap was measured by others at 13,202.
BLOCKS = 50
SECTION = 3_000
HEADER = 150
LINK = 3_000
WHOLE_MESSAGE = 13_200
METADATA = 8_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One unhealthy answer. `stores`: the message is taken all the same."""

    name: str
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stores: bool = False
    drops: bool = False
    hangs: bool = False
    cut: bool = False  # half of a healthy answer, then the end of the line
    delay: float = 0  # seconds before it is taken, be the sender still there or not; then healthy


def rate_limited(after: str | None = "1") -> Fault:
    """429 with this Retry-After header; None: without one."""
    headers = {} if after is None else {"Retry-After": after}
    return Fault("429", 429, '{"ok":false,"error":"ratelimited"}', headers=headers)


def failed(error: str, status: int = 200) -> Fault:
    """ok:false with this error string."""
    return Fault(error, status, json.dumps({"ok": False, "error": error}))


def answered(
    body: str, status: int = 200, content_type: str = "application/json", *, stores: bool = False
) -> Fault:
    """This very body, be it Slack's language or not."""
    return Fault(f"{status} {content_type}", status, body, content_type, stores=stores)


def slow(seconds: float) -> Fault:
    """Takes the message that late, and then answers whoever still listens."""
    return Fault("slow, stored", delay=seconds, stores=True)


SERVER_ERROR = Fault("500", 500, "upstream connect error", "text/plain")
BAD_GATEWAY = Fault("502", 502, "<html><body>502 Bad Gateway</body></html>", "text/html")
DROP_BEFORE = Fault("dropped", drops=True)
DROP_AFTER = Fault("dropped, stored", drops=True, stores=True)
HANG = Fault("hung", hangs=True)
HANG_AFTER = Fault("hung, stored", hangs=True, stores=True)
CUT_SHORT = Fault("cut short, stored", cut=True, stores=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived. `answer` is "ok", an error string, or a fault's name."""

    method: str
    args: Mapping[str, Any]
    answer: str
    at: float  # time.time()


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as a channel holds it."""

    ts: str
    channel: str  # as the sender named it
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]
    thread: str = ""  # `ts` of the message that it replies to; empty: it stands in the channel

    @property
    def key(self) -> str:
        """The outbox key it carries; empty: none."""
        return str(self.metadata.get("event_payload", {}).get("k", ""))


class SlackRoom:
    """See the module's docstring. Use as `async with`, in the event loop of the test."""

    def __init__(
        self,
        token: str = "xoxb-test",
        *,
        channels: Iterable[str] | None = None,
        closed: Mapping[str, str] | None = None,
        pace: float = 0,
        scopes: str = SCOPES,
    ) -> None:
        self.token = token
        self.channels = None if channels is None else frozenset(channels)
        self.closed = dict(closed or {})
        self.pace = pace
        self.scopes = scopes
        self.faults: deque[Fault | None] = deque()
        self.calls: list[Call] = []
        self.posted: list[Posted] = []
        self.url = ""
        self._grew = asyncio.Condition()
        self._last: dict[str, float] = {}
        self._acts: set[asyncio.Task[dict[str, Any]]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/api/{method}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        for act in self._acts:
            act.cancel()

    def messages(self, channel: str = "") -> tuple[Posted, ...]:
        """What a channel holds (name or id; empty: all channels), oldest first."""
        return tuple(m for m in self.posted if channel in ("", m.channel, channel_id(m.channel)))

    async def wait(self, count: int, channel: str = "", seconds: float = 30) -> tuple[Posted, ...]:
        """Its messages, as soon as there are `count` of them. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._grew:
            await self._grew.wait_for(lambda: len(self.messages(channel)) >= count)
        return self.messages(channel)

    # --- the API ---------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fault = self.faults.popleft() if self.faults and method == "chat.postMessage" else None
        if fault is not None and not fault.stores:
            args = {} if fault.drops else await read_args(request)
            return await self._fail(request, fault, Call(method, args, fault.name, time.time()))
        args = await read_args(request)
        answer = await self._act_after(fault.delay if fault else 0, method, token_of(request, args), args)
        call = Call(method, args, str(answer.get("error", "ok")), time.time())
        if fault is not None and not fault.delay:
            return await self._fail(request, fault, Call(method, args, fault.name, call.at), answer)
        self.calls.append(call)
        limited = call.answer == "ratelimited"
        headers = {"X-OAuth-Scopes": self.scopes} | ({"Retry-After": "1"} if limited else {})
        return web.json_response(answer, status=429 if limited else 200, headers=headers)

    async def _act_after(
        self, delay: float, method: str, token: str, args: Mapping[str, Any]
    ) -> dict[str, Any]:
        async def act() -> dict[str, Any]:
            await asyncio.sleep(delay)
            return await self._act(method, token, args)

        task = asyncio.create_task(act())
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)
        return await asyncio.shield(task)

    async def _fail(
        self, request: web.Request, fault: Fault, call: Call, answer: Mapping[str, Any] | None = None
    ) -> web.StreamResponse:
        self.calls.append(call)
        if fault.hangs:
            await asyncio.Event().wait()  # until the sender, or the test, goes away
        if fault.drops:
            return hang_up(request)
        if fault.cut:
            whole = json.dumps(answer)
            return web.Response(text=whole[: len(whole) // 2], content_type="application/json")
        return web.Response(
            text=fault.body, status=fault.status, content_type=fault.content_type, headers=dict(fault.headers)
        )

    async def _act(self, method: str, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if token != self.token:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        match method:
            case "auth.test":
                return {"ok": True, "team": "Newsroom", "user": "wirewatch", "bot_id": "B1", "url": self.url}
            case "chat.postMessage":
                return await self._post(args)
            case "conversations.info":
                return self._info(args)
            case "conversations.history":
                return self._history(args)
        return {"ok": False, "error": "unknown_method"}

    async def _post(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel", ""))
        if error := self._shut(channel) or fault_of(args) or self._too_fast(channel):
            return {"ok": False, "error": error}
        message = Posted(
            self._next_ts(),
            channel,
            str(args.get("text", "")),
            tuple(args.get("blocks") or ()),
            args.get("metadata") or {},
            str(args.get("thread_ts") or ""),
        )
        async with self._grew:
            self.posted.append(message)
            self._grew.notify_all()
        shown = {"type": "message", "ts": message.ts, "text": message.text, "bot_id": "B1"}
        return {"ok": True, "channel": channel_id(channel), "ts": message.ts, "message": shown}

    def _info(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel", ""))
        error = self._shut(channel)
        if error and error not in ("is_archived", "not_in_channel"):
            return {"ok": False, "error": error}
        state = {"is_archived": error == "is_archived", "is_member": error != "not_in_channel"}
        return {"ok": True, "channel": {"id": channel_id(channel), "name": channel.lstrip("#"), **state}}

    def _history(self, args: Mapping[str, Any]) -> dict[str, Any]:
        channel, oldest = str(args.get("channel", "")), float(args.get("oldest") or 0)
        if error := self._shut(channel):
            return {"ok": False, "error": error}
        start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        newest_first = [m for m in reversed(self.messages(channel)) if float(m.ts) > oldest]
        page = newest_first[start : start + limit]
        more = start + limit < len(newest_first)
        with_metadata = str(args.get("include_all_metadata", "")).lower() in ("1", "true")
        return {
            "ok": True,
            "messages": [shown_in_history(message, with_metadata) for message in page],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    def _shut(self, channel: str) -> str:
        if channel in self.closed:
            return self.closed[channel]
        known = self.channels
        if not channel or (known is not None and channel not in known | {channel_id(c) for c in known}):
            return "channel_not_found"
        return ""

    def _too_fast(self, channel: str) -> str:
        now, last = time.monotonic(), self._last.get(channel)
        if self.pace and last is not None and now - last < self.pace:
            return "ratelimited"
        self._last[channel] = now
        return ""

    def _next_ts(self) -> str:
        last = float(self.posted[-1].ts) if self.posted else 0.0
        return f"{max(time.time(), last + 0.000002):.6f}"


def channel_id(channel: str) -> str:
    """The id this Slack gives a channel: the name's own if it is one already."""
    if not channel.startswith("#"):
        return channel
    return f"C{zlib.crc32(channel.encode()):08X}"


async def read_args(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {**request.query, **await request.post()}


def token_of(request: web.Request, args: Mapping[str, Any]) -> str:
    header = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return header or str(args.get("token", ""))


def hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


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


def shown_in_history(message: Posted, with_metadata: bool) -> dict[str, Any]:
    shown = {"type": "message", "ts": message.ts, "text": message.text, "blocks": list(message.blocks)}
    return shown | ({"metadata": message.metadata} if with_metadata and message.metadata else {})
