"""A newsroom on loopback: feeds and pages as real servers send them, faults included.

    async with Newsroom() as news:
        feed = news.publish("/feed", rss([entry("Reactor shut", news.url("/a"))]))      # its address
        news.publish("/a", page("Reactor shut", ["The reactor was shut on Sunday."]))
        news.plan("/feed", status(429, {"Retry-After": "60"}), DROP)    # its next two answers
        ...                                                             # point a daemon or a Web at `feed`
        assert [asked.answer for asked in news.asked("/feed")] == ["429", "dropped", "200", "304"]

`publish` replaces what a path holds; a conditional request for what it still holds gets its 304. A fault
given to `publish` in place of a body stays until something else is published. `Newsroom(hosts=50)` listens
on 127.0.0.1 … 127.0.0.50, one port, the same content: `news.url("/feed", host=7)`. Every request is in
`news.log`, with the number of requests its host was answering at that moment. A client that kept its line
from an earlier request may ask again after DROP, as it cannot know who let go first. All text is invented.
"""

import asyncio
import email.utils
import gzip
import hashlib
import socket
import ssl
import time
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import Self

import brotli
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

XML = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the newsroom.

    `etag` and `modified`: None = made from the body and the time of publishing, "" = not sent.
    `coding` compresses the body (gzip, deflate, br); `declared` False leaves Content-Encoding out.
    `drop` ends the line: "before" any byte, after the "headers", or in the "body".
    `pause` is the seconds between two pieces of `piece` bytes; `hang` never answers at all.
    `endless` repeats the body for as long as somebody reads; `raw` is sent as it stands, be it HTTP or not.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    etag: str | None = None
    modified: str | None = None
    coding: str = ""
    declared: bool = True
    drop: str = ""
    hang: bool = False
    pause: float = 0
    piece: int = 1
    endless: bool = False
    raw: bytes = b""

    @property
    def name(self) -> str:
        """What the log says of it."""
        return "hung" if self.hang else "dropped" if self.drop else "raw" if self.raw else str(self.status)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. `at_once`: requests in flight to its host, this one included."""

    path: str  # with its query
    host: str  # with its port
    headers: Mapping[str, str]
    at: float  # time.monotonic()
    at_once: int
    answer: str  # "200", "304", "dropped", "hung" …
    line: int  # the port the connection came from
    body: bytes = b""  # what was sent along


DROP = Answer(drop="before")
DROP_AFTER_HEADERS = Answer(b"x" * 64, drop="headers")
HANG = Answer(hang=True)


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    words = b"" if code in (204, 304) else body or f"{code}".encode()
    return Answer(words, code, headers or {}, "text/plain", etag="", modified="")


def redirect(to: str, code: int = 302) -> Answer:
    return status(code, {"Location": to})


def cut(body: bytes, coding: str = "") -> Answer:
    """Half of a body, then the end of the line."""
    return Answer(body, coding=coding, drop="body")


def drip(body: bytes, pause: float = 0.05, piece: int = 1) -> Answer:
    return Answer(body, pause=pause, piece=piece)


def bomb(coding: str, size: int = 64 * 2**20) -> Answer:
    """A few kilobytes that decode to `size` bytes."""
    return Answer(bytes(size), coding=coding)


class Newsroom:
    """See the module's docstring. Use as `async with`, in the event loop of the test."""

    def __init__(self, hosts: int = 1, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.hosts = hosts
        self.port = port
        self.tls = tls
        self.log: list[Asked] = []
        self._held: dict[str, Answer] = {}
        self._plans: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._busy: Counter[str] = Counter()
        self._grew = asyncio.Condition()
        self._edition = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        for number in range(self.hosts):
            await web.TCPSite(self._runner, address(number), self.port, ssl_context=self.tls).start()
            self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def url(self, path: str, host: int = 0) -> str:
        return f"http{'s' if self.tls else ''}://{address(host)}:{self.port}{path}"

    def publish(self, path: str, what: bytes | Answer, type: str = "") -> str:
        """Let a path hold a body, or stay with a fault; returns its address."""
        answer = what if isinstance(what, Answer) else Answer(what, type=type)
        self._edition += 1
        self._held[path] = self._sealed(answer)
        return self.url(path)

    def plan(self, path: str, *answers: bytes | Answer) -> None:
        """What the next requests for a path get, one each, before what it holds."""
        made = (one if isinstance(one, Answer) else Answer(one) for one in answers)
        self._plans[path].extend(self._sealed(one) for one in made)

    def withdraw(self, path: str) -> None:
        self._held.pop(path, None)

    def asked(self, path: str = "") -> list[Asked]:
        """Requests for a path (empty: all), oldest first."""
        return [asked for asked in self.log if path in ("", asked.path)]

    async def wait(self, count: int, path: str = "", seconds: float = 30) -> list[Asked]:
        """The requests for a path, as soon as there are `count` of them. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._grew:
            await self._grew.wait_for(lambda: len(self.asked(path)) >= count)
        return self.asked(path)

    def _sealed(self, answer: Answer) -> Answer:
        """With a type, and with validators of its own where it names none."""
        kind = answer.type or (HTML if b"<html" in answer.body[:500].lower() else XML)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        day = email.utils.format_datetime(datetime.fromtimestamp(1.7e9 + self._edition, UTC), usegmt=True)
        return replace(
            answer,
            type=kind,
            etag=tag if answer.etag is None else answer.etag,
            modified=day if answer.modified is None else answer.modified,
        )

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        self._busy[request.host] += 1
        try:
            answer = self._pick(request)
            await self._write_down(request, answer)
            return await give(request, answer)
        finally:
            self._busy[request.host] -= 1

    def _pick(self, request: web.Request) -> Answer:
        path = request.path_qs
        answer = self._plans[path].popleft() if self._plans.get(path) else self._held.get(path)
        if answer is None:
            return status(404)
        unchanged = answer.name == "200" and is_current(request.headers, answer)
        return replace(answer, status=304, body=b"") if unchanged else answer

    async def _write_down(self, request: web.Request, answer: Answer) -> None:
        busy, headers = self._busy[request.host], dict(request.headers)
        line = request.transport.get_extra_info("peername")[1] if request.transport else 0
        body = await request.read() if request.can_read_body else b""
        asked = Asked(request.path_qs, request.host, headers, time.monotonic(), busy, answer.name, line, body)
        async with self._grew:
            self.log.append(asked)
            self._grew.notify_all()


class Names(AbstractResolver):
    """A DNS that knows what the test says: every name leads to these addresses, at one port."""

    def __init__(self, port: int, *addresses: str, trouble: int = socket.EAI_NONAME) -> None:
        """`trouble`: what is said where there are no addresses."""
        self.port = port
        self.addresses = addresses
        self.trouble = trouble

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not self.addresses:
            raise socket.gaierror(self.trouble, "no address")
        return [
            ResolveResult(hostname=host, host=ip, port=self.port, family=family, proto=0, flags=0)
            for ip in self.addresses
        ]

    async def close(self) -> None:
        pass


def address(host: int) -> str:
    """The address of the newsroom's host of this number, from 127.0.0.1 on."""
    return f"127.0.{host // 250}.{host % 250 + 1}"


def is_current(headers: Mapping[str, str], answer: Answer) -> bool:
    """RFC 9110 13.2.2: a tag decides where one is sent, else the date, by equality as servers do."""
    if tags := headers.get("If-None-Match"):
        return bool(answer.etag) and answer.etag in tags
    return bool(answer.modified) and headers.get("If-Modified-Since") == answer.modified


async def give(request: web.Request, answer: Answer) -> web.StreamResponse:
    if answer.hang:
        await asyncio.Event().wait()  # until the reader, or the test, goes away
    if answer.raw and request.transport is not None:
        request.transport.write(answer.raw)
    if answer.raw or answer.drop == "before":
        return hang_up(request)
    response = web.StreamResponse(status=answer.status, headers=headers_of(answer))
    body = encoded(answer.body, answer.coding)
    if answer.endless:
        response.enable_chunked_encoding()
    elif answer.status != 304:
        response.content_length = len(body)
    await response.prepare(request)
    await send(request, response, answer, body)
    return response


async def send(request: web.Request, response: web.StreamResponse, answer: Answer, body: bytes) -> None:
    if answer.drop:
        await response.write(body[: len(body) // 2 if answer.drop == "body" else 0])
        hang_up(request)
    elif answer.pause:
        for start in range(0, len(body), answer.piece):
            await response.write(body[start : start + answer.piece])
            await asyncio.sleep(answer.pause)
    else:
        await response.write(body)
    while answer.endless:
        await response.write(body)
        await asyncio.sleep(answer.pause)


def headers_of(answer: Answer) -> dict[str, str]:
    headers = {"Content-Type": answer.type} if answer.status != 304 else {}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.modified:
        headers["Last-Modified"] = answer.modified
    if answer.coding and answer.declared and answer.status != 304:
        headers["Content-Encoding"] = answer.coding
    return headers | dict(answer.headers)


def encoded(body: bytes, coding: str) -> bytes:
    match coding:
        case "gzip":
            return gzip.compress(body)
        case "deflate":
            return zlib.compress(body)
        case "br":
            return bytes(brotli.compress(body, quality=5))
    return body


def hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


# --- what it publishes -----------------------------------------------------------------------------------


def entry(
    title: str,
    link: str = "",
    text: str = "",
    guid: str = "",
    published: datetime | str | None = None,
    categories: Iterable[str] = (),
) -> str:
    """One <item>; empty parts are left out. `published` as a str is written as it stands."""
    day = email.utils.format_datetime(published) if isinstance(published, datetime) else published
    parts = {"title": title, "link": link, "guid": guid, "pubDate": day, "description": text}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items() if value)
    inner += "".join(f"<category>{escape(category)}</category>" for category in categories)
    return f"<item>{inner}</item>"


def rss(entries: Iterable[str], title: str = "The Gulf Courier", language: str = "") -> bytes:
    """A feed of `entry(…)` strings."""
    head = (
        f"<title>{escape(title)}</title><link>https://courier.example/</link><description>News</description>"
    )
    head += f"<language>{escape(language)}</language>" if language else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"{head}{''.join(entries)}</channel></rss>\n"
    ).encode()


def page(title: str, paragraphs: Sequence[str], related: Sequence[str] = (), language: str = "en") -> bytes:
    """An article as a news site would serve it; each of `related` is an in-line link to another story."""
    more = [f'Read <a href="/other-{n}">{escape(words)}</a>' for n, words in enumerate(related)]
    texts = [escape(text) for text in paragraphs]
    middle = (len(texts) + 1) // 2
    body = "".join(f"<p>{text}</p>\n" for text in (*texts[:middle], *more, *texts[middle:]))
    return (
        f"<!DOCTYPE html>\n<html lang='{language}'><head><meta charset=utf-8>"
        f"<title>{escape(title)}</title></head>"
        "<body><nav><a href=/>Home</a> <a href=/sport>Sport</a> <a href=/about>About</a></nav>"
        f"<main><article><h1>{escape(title)}</h1>\n{body}</article></main>"
        "<footer>The Gulf Courier, all rights reserved</footer></body></html>\n"
    ).encode()
