"""A Slack on loopback that answers as the real one does, faults included.

    async with SlackRoom(token="xoxb-test") as slack:
        slack.faults += [rate_limited("2"), DROP_AFTER, None, slow(3), failed("invalid_auth")]
        ...                                 # point a daemon or a SlackChat at slack.url
        await slack.wait(1)                 # until one message is stored (TimeoutError after 30 s)
        [message] = slack.messages("#alerts")
        assert message.text == "…" and message.metadata["event_payload"]["k"] == key
        assert [call.answer for call in slack.calls] == ["429", "dropped, stored", "ok", "ok", "invalid_auth"]

Each chat.postMessage takes the next fault of `faults`, other methods of `faults_of[method]`; None, or nothing
left, means a healthy answer. A
fault that "stores" has taken the message although its sender cannot know. Every channel exists unless
`channels` names those that do; `closed` gives a channel its own error: {"#old": "is_archived"}.
`pace` is the least time in seconds between two messages of a channel (the real one: 1), 0 lets all through.
`slack` is the workspace behind it: lag of history, skew of its clock, people, what others do there.

Socket Mode: `app_token` opens lines to `sockets`. `await slack.bring("interactive", payload)` returns once
the app has acknowledged it; `part("refresh_requested")` says what Slack says before it ends a line, `cut()`
ends it without a word. What the app says to a `response_url` (`slack.answer_at`) is in `answers`.
"""

import asyncio
import email.utils
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.doors.workspace import SCOPES, Posted, Workspace, channel_id, fault_of

__all__ = ["SCOPES", "Posted", "SlackRoom", "channel_id", "fault_of"]


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
        app_token: str = "xapp-test",
    ) -> None:
        known = None if channels is None else frozenset(channels)
        self.slack = Workspace(token, known, dict(closed or {}), pace)
        self.scopes = scopes
        self.faults: deque[Fault | None] = deque()
        self.faults_of: dict[str, deque[Fault | None]] = {"chat.postMessage": self.faults}
        self.calls: list[Call] = []
        self.url = ""
        self.app_token = app_token
        self.sockets: list[web.WebSocketResponse] = []  # open ones, oldest first
        self.opened = 0  # lines, ever
        self.acked: list[str] = []
        self.answers: list[dict[str, Any]] = []
        self._grew = asyncio.Condition()
        self._acts: set[asyncio.Task[dict[str, Any]]] = set()

    @property
    def posted(self) -> list[Posted]:
        return self.slack.posted

    @property
    def closed(self) -> dict[str, str]:
        return self.slack.closed

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/api/{method}", self._answer)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response", self._hear_answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in [*self.sockets]:
            await socket.close()
        await self._runner.cleanup()
        for act in self._acts:
            act.cancel()

    def messages(self, channel: str = "") -> tuple[Posted, ...]:
        """What a channel holds (name or id; empty: all channels), oldest first."""
        return self.slack.messages(channel)

    async def wait(self, count: int, channel: str = "", seconds: float = 30) -> tuple[Posted, ...]:
        """Its messages, as soon as there are `count` of them. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._grew:
            await self._grew.wait_for(lambda: len(self.messages(channel)) >= count)
        return self.messages(channel)

    async def called(self, count: int, method: str = "chat.postMessage", seconds: float = 30) -> None:
        """Returns as soon as a method was asked so often, whatever was answered. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._grew:
            await self._grew.wait_for(lambda: sum(call.method == method for call in self.calls) >= count)

    # --- Socket Mode -----------------------------------------------------------------------------------

    @property
    def answer_at(self) -> str:
        return self.url.replace("/api/", "/response")

    async def listened(self, count: int = 1, seconds: float = 30) -> None:
        """Returns as soon as so many lines were opened. Raises TimeoutError."""
        await self.until(lambda: self.opened >= count, seconds)

    async def answered(self, count: int = 1, seconds: float = 30) -> list[dict[str, Any]]:
        """What was said to response_urls, as soon as there are `count`. Raises TimeoutError."""
        await self.until(lambda: len(self.answers) >= count, seconds)
        return self.answers

    async def bring(self, kind: str, payload: Mapping[str, Any], *, seconds: float = 30) -> None:
        """To the newest line; returns once it is acknowledged. Raises TimeoutError."""
        envelope = f"envelope-{len(self.acked)}-{time.monotonic_ns()}"
        await self.send(json.dumps({"envelope_id": envelope, "type": kind, "payload": payload}))
        await self.until(lambda: envelope in self.acked, seconds)

    async def send(self, frame: str) -> None:
        """This very frame, to the newest line."""
        await self.sockets[-1].send_str(frame)

    async def part(self, reason: str) -> None:
        await self.send(json.dumps({"type": "disconnect", "reason": reason}))

    async def cut(self) -> None:
        await self.sockets[-1].close(code=1006)

    async def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Returns once it is true; looked at after every call and frame. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._grew:
            await self._grew.wait_for(true)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets) + 1})
        self.sockets.append(socket)
        self.opened += 1
        await self._tell()
        async for frame in socket:
            self.acked.append(json.loads(frame.data)["envelope_id"])
            await self._tell()
        self.sockets.remove(socket)
        await self._tell()
        return socket

    async def _hear_answer(self, request: web.Request) -> web.Response:
        self.answers.append(dict(await request.json()))
        await self._tell()
        return web.Response(text="ok")

    async def _tell(self) -> None:
        async with self._grew:
            self._grew.notify_all()

    # --- the API ---------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        planned = self.faults_of.get(method)
        fault = planned.popleft() if planned else None
        if fault is not None and not fault.stores:
            args = {} if fault.drops else await read_args(request)
            return await self._fail(request, fault, Call(method, args, fault.name, time.time()))
        args = await read_args(request)
        answer = await self._act_after(fault.delay if fault else 0, method, token_of(request, args), args)
        call = Call(method, args, str(answer.get("error", "ok")), time.time())
        if fault is not None and not fault.delay:
            return await self._fail(request, fault, Call(method, args, fault.name, call.at), answer)
        self.calls.append(call)
        async with self._grew:
            self._grew.notify_all()
        limited = call.answer == "ratelimited"
        headers = {"X-OAuth-Scopes": self.scopes} | ({"Retry-After": "1"} if limited else {})
        headers["Date"] = email.utils.formatdate(time.time() + self.slack.skew, usegmt=True)
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
        async with self._grew:
            self._grew.notify_all()
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
        if method == "apps.connections.open":
            answer = self._open_link(token)
        else:
            answer = self.slack.act(method, token, args)
        async with self._grew:
            self._grew.notify_all()
        return answer

    def _open_link(self, token: str) -> dict[str, Any]:
        if token != self.app_token:
            return {
                "ok": False,
                "error": "not_allowed_token_type" if token == self.slack.token else "invalid_auth",
            }
        return {"ok": True, "url": self.url.replace("http:", "ws:").replace("/api/", "/link?ticket=1")}


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
