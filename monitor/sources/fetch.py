"""The only door to other people's servers: one conditional GET, politely, within limits -> FetchOutcome.

    the address | robots.txt | the host's lane | connect, guarded | headers | body | decode
        └── up to five redirects come back here ──────────────────────┘

Nothing that a server or an address can do raises: it becomes a FetchFailed with one line for people. No
address and no header of theirs stands in that line, so no secret can.
"""

import asyncio
import errno
import json
import os
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urldefrag, urlencode, urljoin

import aiohttp
from aiohttp.abc import AbstractResolver

from monitor.model import (
    Access,
    Cause,
    Fetched,
    FetchFailed,
    FetchOutcome,
    RobotsUse,
    Unchanged,
    Validators,
    host_of,
)
from monitor.sources import headers
from monitor.sources.access import headers_for
from monitor.sources.barrier import HEAD, barrier
from monitor.sources.charset import PAGE_TYPES, other_type
from monitor.sources.decode import ACCEPTED, MB, decode, too_large
from monitor.sources.guard import Blocked, check_spelling, deny, may_hurry
from monitor.sources.lanes import Lanes, Rests
from monitor.sources.proxy import NAMELESS, Proxy, WayOut, refused, unreached
from monitor.sources.recent import Recent
from monitor.sources.robots import Gatekeeper, Shelf, forbids_keeping

UNKNOWN = Validators()  # nothing is known of what is asked for
OPEN = Access()  # asked for as anybody may

REDIRECTS = 5
MAX_HEADERS = 64 * 1024
REST = timedelta(hours=1)  # of a host that says 429, but not for how long
KEEP_ALIVE = 3.0  # seconds: outlives the pause between two requests to a host, yet few idle sockets stay open
IN_A_THREAD = 256 * 1024  # a larger body is decoded beside the event loop: 8 MB would hold it up for 30 ms


@dataclass(frozen=True, slots=True)
class Kind:
    """What is asked for, and how many decoded bytes of it are taken.

    With a `form` it is sent there by POST. Then, and where it is only `touched`, of the answer the status is
    taken and nothing else.
    """

    accept: str
    max_bytes: int
    form: bytes = b""
    form_type: str = "application/x-www-form-urlencoded"
    touched: bool = False
    types: frozenset[str] = frozenset()  # of all others not a byte is taken; empty: any type
    cut: bool = False  # what is more than `max_bytes` is left, rather than refused
    robots: frozenset[RobotsUse] = frozenset({RobotsUse.ALL})  # under which settings robots.txt is obeyed


FEED = Kind(
    "application/atom+xml, application/rss+xml, application/xml;q=0.9, application/feed+json, */*;q=0.1",
    8 * MB,
)
PAGE = Kind(
    "text/html, application/xhtml+xml, */*;q=0.1",
    5 * MB,
    types=PAGE_TYPES,
    robots=frozenset({RobotsUse.PAGES, RobotsUse.ALL}),
)
ROBOTS = Kind("text/plain, */*;q=0.1", 500 * 1024, cut=True, robots=frozenset())  # RFC 9309 2.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds a server has for one request, and the bytes a second it owes us after `slow_after`."""

    connect: float = 5
    first_byte: float = 15  # name, connection and headers together
    total: float = 30
    slow_after: float = 10
    min_speed: int = 1024
    refusal: float = 2  # for the page that comes with a refusal: it only says whose it is
    gap: float = 1  # from the end of a request to the next one to the same host


class Dropped(aiohttp.ClientError):
    """The line was dropped before an answer."""


class ProxyTrouble(aiohttp.ClientError):
    """No way through the proxy."""

    def __init__(self, failed: FetchFailed) -> None:
        super().__init__(failed.reason)
        self.failed = failed


@dataclass(slots=True)
class Line:
    """The connection of one request."""

    kept: bool = True  # from an earlier request: no socket was opened for this one


# Of the request that is being made. aiohttp's tracing tells the same, for a tenth of what a request costs.
_line: ContextVar[Line] = ContextVar("line")


@dataclass(frozen=True, slots=True)
class Moved:
    """One hop of a redirect."""

    url: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One request: an address as it is asked for, and the networks it may lead to."""

    url: str
    kind: Kind
    headers: Mapping[str, str]
    networks: tuple[str, ...]


def user_agent(version: str, contact: str) -> str:
    """`wirewatch/1.2 (+mail or address of the operator)`: who asks, and whom to tell when it is too much."""
    words = " ".join("".join(c for c in contact if c.isascii() and c.isprintable()).split())
    return f"wirewatch/{version} (+{words})" if words else f"wirewatch/{version}"


class Web:
    """The web, as feeds and pages come from it. One a process; create it inside the event loop."""

    def __init__(
        self,
        user_agent: str,
        allow_networks: Sequence[str] = (),
        concurrency: int = 64,
        *,
        limits: Limits = Limits(),
        trust: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
        robots: RobotsUse = RobotsUse.PAGES,
        shelf: Shelf | None = None,
        proxy: Proxy | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`trust`: whose certificates count; `resolver`: who looks names up. None: as the system does.

        `shelf`: where the robots.txt of hosts outlive us; None: nowhere. `proxy`: through which all is asked
        but what lies in our own networks; None: nothing is.
        """
        self._agent = user_agent
        self._allow = tuple(allow_networks)
        self._limits = limits
        self._trust, self._resolver = trust, resolver
        self._robots = robots
        self._gate = Gatekeeper(lambda url: self.get(url, kind=ROBOTS), clock, shelf)
        self._lanes = Lanes()
        self._rests = Rests()
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._sessions = {self._allow: self._session(self._allow)}
        self._names = (resolver or aiohttp.DefaultResolver()) if proxy else None
        self._way_out = WayOut(proxy, self._look_up) if proxy else None
        self._proxied = self._session(way_out=self._way_out) if proxy else None
        self._recent = Recent(clock)
        self.access = OPEN

    def under(self, access: Access | None) -> "Web":
        """The same web, asked with what one feed brings: its headers, its networks. None: nothing."""
        if access is None:
            return self
        ours = copy(self)
        ours.access = access
        return ours

    def _session(
        self, allow_networks: tuple[str, ...] = (), way_out: WayOut | None = None
    ) -> aiohttp.ClientSession:
        """Connections are kept in a pool, so those to other networks need one of their own: a kept line to a
        private address would serve a feed that may not go there. With a `way_out` all lead to its proxy."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # lanes and slots are the limit
                keepalive_timeout=KEEP_ALIVE,
                ssl=self._trust or True,  # True: one context that all connections share
                resolver=self._resolver,
                socket_factory=_open if way_out else lambda place: _socket(place, allow_networks),
            ),
            headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # aiohttp takes a gzip stream without its end for a whole one
            max_field_size=16 * 1024,
            trust_env=False,
            proxy=way_out.proxy.url if way_out else None,
            middlewares=(_ask_once, partial(_by_proxy, way_out)) if way_out else (_ask_once,),
        )

    async def close(self) -> None:
        for session in (*self._sessions.values(), self._proxied):
            if session:
                await session.close()
        if self._names:
            await self._names.close()

    @property
    def closed(self) -> bool:
        return self._sessions[self._allow].closed

    async def get(self, url: str, *, kind: Kind, validators: Validators = UNKNOWN) -> FetchOutcome:
        """What is at an address now. Every redirect is a request like any other, judged like the first.

        A feed's own headers go to its site, and end with the first redirect that leaves it.
        """
        start, seen, permanent = url, {url}, True
        networks = self._allow + tuple(one for one in self.access.allow_networks if one not in self._allow)
        said = headers_for(self.access, url)
        for _ in range(REDIRECTS + 1):
            if refused := await self._refusal(url, kind, networks):
                return refused if url == start else replace(refused, reason=f"redirected: {refused.reason}")
            got = await self._ask(Query(url, kind, headers.conditions(validators) | said, networks))
            match got:
                case Moved() if got.url in seen:
                    return FetchFailed(Cause.REDIRECT, "redirected in a circle")
                case Moved() if _is_secure(url) and not _is_secure(got.url):
                    return FetchFailed(Cause.REDIRECT, "redirected from https to an address that is not")
                case Moved():
                    said = said and headers_for(self.access, got.url)
                    url, permanent = got.url, permanent and got.permanent
                    seen.add(url)
                case Unchanged(sent):
                    etag, day = sent.etag or validators.etag, sent.last_modified or validators.last_modified
                    moved_to = url if permanent and url != start else ""
                    return replace(got, validators=Validators(etag, day), moved_to=moved_to)
                case Fetched() if permanent and url != start:
                    return replace(got, moved_to=url)
                case _:
                    return got
        return FetchFailed(Cause.REDIRECT, f"redirected more than {REDIRECTS} times")

    async def page(self, url: str, *, again: bool = False) -> FetchOutcome:
        """An article's page, as it came for whoever asked for it just before; `again`: as it is now."""
        key = (url, self.access)
        if again:
            self._recent.forget(key)
        return await self._recent.page(key, lambda: self.get(url, kind=PAGE))

    async def send(self, url: str, form: Mapping[str, str]) -> FetchOutcome:
        """Send a form, as any request is sent: lane, guard, limits. Success is any 2xx, and has no body.

        Only 307 and 308 are followed, the form with them; the others would turn it into a GET.
        """
        return await self.get(url, kind=Kind("*/*", 0, urlencode(form).encode(), robots=frozenset()))

    async def tell(self, url: str, words: Mapping[str, str]) -> FetchOutcome:
        """Send JSON, as a form is sent."""
        form = json.dumps(words).encode()
        return await self.get(url, kind=Kind("*/*", 0, form, "application/json", robots=frozenset()))

    async def touch(self, url: str) -> FetchOutcome:
        """Ask for an address, only that it be asked for. Success is any 2xx, and has no body."""
        return await self.get(url, kind=Kind("*/*", 0, touched=True, robots=frozenset()))

    async def _refusal(self, url: str, kind: Kind, networks: tuple[str, ...]) -> FetchFailed | None:
        """Why an address is not asked at all. In networks of our own robots.txt does not count."""
        if problem := check_spelling(url, networks):
            return FetchFailed(Cause.ADDRESS, problem)
        if self._robots not in kind.robots or may_hurry(host_of(url), networks):
            return None
        return await self._gate.refusal(url)

    async def _ask(self, query: Query) -> FetchOutcome | Moved:
        """One request in its host's lane. A lane is left before the next hop's is entered, or two hosts that
        redirect to each other would wait for each other."""
        host = host_of(query.url)
        async with self._lanes.turn(host, self._gap(host, query.networks)), self._slots:
            if left := self._rests.left(host, self._clock()):
                return FetchFailed(Cause.PAUSED, f"{host} wants to be left alone", retry_after=left)
            try:
                got = await self._on_a_live_line(query)
            except Exception as error:  # a server must not stop the daemon by a way we did not foresee
                return _failure(error, host, self._limits)
            if isinstance(got, FetchFailed) and got.status == 429:
                rest = REST if got.retry_after is None else got.retry_after
                self._rests.begin(host, self._clock() + rest, self._clock())
            return got

    def _gap(self, host: str, networks: tuple[str, ...]) -> float:
        return 0.0 if may_hurry(host, networks) else max(self._limits.gap, self._gate.delay(host))

    async def _on_a_live_line(self, query: Query) -> FetchOutcome | Moved:
        """A kept line may have died unnoticed, its server never seeing the request (RFC 9112 9.3.1)."""
        line = Line()
        _line.set(line)
        try:
            return await self._request(query)
        except Dropped:
            if not line.kept:
                raise
        return await self._request(query)

    async def _request(self, query: Query) -> FetchOutcome | Moved:
        form = query.kind.form
        asked = {"Accept": query.kind.accept, **query.headers}
        if form:
            asked["Content-Type"] = query.kind.form_type
        started = asyncio.get_running_loop().time()
        answered = False
        try:
            async with asyncio.timeout_at(started + self._limits.first_byte) as deadline:
                pool = await self._way(query) if self._way_out else self._pool(query.networks)
                async with pool.request(
                    "POST" if form else "GET",
                    query.url,
                    headers=asked,
                    data=form or None,
                    allow_redirects=False,
                ) as response:
                    answered = True
                    deadline.reschedule(started + self._limits.total)
                    return await self._read(response, query)
        except TimeoutError as error:
            if isinstance(error, aiohttp.ServerTimeoutError):
                raise
            limit = self._limits.total if answered else self._limits.first_byte
            return FetchFailed(Cause.TIMEOUT, f"no {'end' if answered else 'answer'} within {limit:g} s")

    async def _way(self, query: Query) -> aiohttp.ClientSession:
        """Where there is a proxy: through it, or directly. Raises Blocked."""
        assert self._way_out and self._proxied
        direct = await self._way_out.is_direct(query.url, query.networks)
        return self._pool(query.networks) if direct else self._proxied

    async def _look_up(self, name: str, port: int) -> Sequence[str]:
        assert self._names
        found = await self._names.resolve(name, port, socket.AF_UNSPEC)
        return [place["host"] for place in found]

    def _pool(self, networks: tuple[str, ...]) -> aiohttp.ClientSession:
        if networks not in self._sessions and not self.closed:
            self._sessions[networks] = self._session(networks)
        return self._sessions.get(networks, self._sessions[self._allow])

    async def _read(self, response: aiohttp.ClientResponse, query: Query) -> FetchOutcome | Moved:
        """What an answer means, by its status."""
        if sum(len(name) + len(value) for name, value in response.raw_headers) > MAX_HEADERS:
            return FetchFailed(Cause.TOO_LARGE, f"more than {MAX_HEADERS // 1024} KB of headers")
        match response.status:
            case status if (query.kind.form or query.kind.touched) and 200 <= status < 300:
                return Fetched(query.url, b"")
            case 301 | 302 | 303 if query.kind.form:
                return FetchFailed(Cause.REDIRECT, "redirected in a way that drops the form", response.status)
            case 200 | 203 | 226:
                return await self._taken(response, query)
            case 304 if not query.headers.keys().isdisjoint(headers.CONDITIONS):
                fresh_for = headers.fresh_for(response.headers, datetime.now(UTC))
                return Unchanged(headers.validators(response.headers), fresh_for)
            case 301 | 302 | 303 | 307 | 308:
                return _moved(response, query.url)
        wait = headers.retry_after(response.headers, datetime.now(UTC))
        cause, reason = await self._refused(response)
        return FetchFailed(cause, reason, response.status, wait)

    async def _taken(self, response: aiohttp.ClientResponse, query: Query) -> Fetched | FetchFailed:
        """A good answer with its body, unless it is of another kind or somebody else's words."""
        kind = response.headers.get("Content-Type", "")
        if query.kind.types and (other := other_type(kind, query.kind.types)):
            return FetchFailed(Cause.OTHER_KIND, f"not a web page: {other[:80]}")
        body = await self._body(response, query.kind)
        if isinstance(body, FetchFailed):
            return body
        if wall := barrier(response.status, response.headers, body[:HEAD]):
            return FetchFailed(wall.cause, f"{wall.words} ({response.status})", response.status)
        return Fetched(
            query.url,
            body,
            kind,
            headers.validators(response.headers),
            fresh_for=headers.fresh_for(response.headers, datetime.now(UTC)),
            links=tuple(response.headers.getall("Link", ())),
            partial=response.status == 226,
            keep=not any(map(forbids_keeping, response.headers.getall("X-Robots-Tag", ()))),
        )

    async def _refused(self, response: aiohttp.ClientResponse) -> tuple[Cause, str]:
        """Whose a refusal is, where that can be told, in our words."""
        head = b""
        with suppress(TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(self._limits.refusal):
                head = await response.content.read(HEAD)
        coding = response.headers.get("Content-Encoding", "")
        plain = decode(head, coding, HEAD, cut=True) if head else b""
        wall = barrier(response.status, response.headers, plain if isinstance(plain, bytes) else b"")
        if wall:
            return wall.cause, f"{wall.words} ({response.status})"
        return Cause.STATUS, _status_reason(response.status)

    async def _body(self, response: aiohttp.ClientResponse, kind: Kind) -> bytes | FetchFailed:
        limit = kind.max_bytes
        if (response.content_length or 0) > limit and not kind.cut:
            return FetchFailed(Cause.TOO_LARGE, too_large(limit))
        loop = asyncio.get_running_loop()
        started, raw = loop.time(), bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > limit:
                if kind.cut:
                    break
                return FetchFailed(Cause.TOO_LARGE, too_large(limit))
            spent = loop.time() - started
            if spent > self._limits.slow_after and len(raw) < spent * self._limits.min_speed:
                return FetchFailed(Cause.TIMEOUT, f"slower than {self._limits.min_speed} bytes a second")
        coding = response.headers.get("Content-Encoding", "")
        if len(raw) > IN_A_THREAD:
            return await asyncio.to_thread(decode, bytes(raw), coding, limit, cut=kind.cut)
        return decode(bytes(raw), coding, limit, cut=kind.cut)


def _socket(place: aiohttp.AddrInfoType, allow_networks: tuple[str, ...]) -> socket.socket:
    """The one spot that sees every address about to be connected to, whoever named it."""
    if problem := deny(str(place[4][0]), allow_networks):
        raise Blocked(problem)
    return _open(place)


def _open(place: aiohttp.AddrInfoType) -> socket.socket:
    family, type_, proto, _, _ = place
    _line.get().kept = False
    return socket.socket(family, type_, proto)


async def _ask_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """aiohttp repeats every GET whose line drops, at once; a server in trouble is not asked twice."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Dropped from error


async def _by_proxy(
    way_out: WayOut, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """All that can go wrong before the proxy leads anywhere is told apart from what goes wrong there.

    Over plain http any server can say 407, too: it is the proxy's only while that has led nowhere.
    """
    try:
        response = await handler(request)
    except aiohttp.ClientHttpProxyError as error:
        way_out.led = way_out.led and error.status != 407
        offers = error.headers.getall("Proxy-Authenticate", ()) if error.headers else ()
        raise ProxyTrouble(refused(error.status, offers)) from error
    except aiohttp.ClientConnectorDNSError as error:
        raise ProxyTrouble(NAMELESS) from error
    except aiohttp.ClientProxyConnectionError as error:
        raise ProxyTrouble(unreached(error.os_error)) from error
    way_out.led = way_out.led or response.status != 407 or request.url.scheme == "https"
    if response.status == 407 and not way_out.led:
        response.close()
        raise ProxyTrouble(refused(407, response.headers.getall("Proxy-Authenticate", ())))
    return response


def _moved(response: aiohttp.ClientResponse, url: str) -> Moved | FetchFailed:
    location = response.headers.get("Location", "").strip()
    if not location:
        return FetchFailed(Cause.REDIRECT, "redirected without saying where to", response.status)
    try:
        target = urldefrag(urljoin(url, location)).url
    except ValueError:
        return FetchFailed(Cause.REDIRECT, "redirected to an address that cannot be read", response.status)
    return Moved(target, response.status in (301, 308))


def _is_secure(url: str) -> bool:
    return url.lower().startswith("https:")


def _status_reason(status: int) -> str:
    """Our words for a status, never the server's: its reason phrase may hold anything."""
    if status == 304:
        return "304 Not Modified, although nothing was known of it"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _failure(error: Exception, host: str, limits: Limits) -> FetchFailed:
    """An exception as cause and words for people."""
    match error:
        case ProxyTrouble(failed=failed):
            return failed
        case Blocked(problem=problem):
            return FetchFailed(Cause.BLOCKED, f"{host} leads to a blocked address: {problem}")
        case aiohttp.ClientConnectorDNSError():
            return FetchFailed(Cause.DNS, _dns_reason(error.os_error, host.partition(":")[0]))
        case aiohttp.ClientConnectorCertificateError():
            return FetchFailed(Cause.TLS, _certificate_reason(error.certificate_error))
        case aiohttp.ClientConnectorSSLError():
            return FetchFailed(Cause.TLS, "no secure connection: " + _tls_reason(error.os_error))
        case aiohttp.ClientConnectorError(os_error=Blocked(problem=problem)):
            return FetchFailed(Cause.BLOCKED, f"{host} leads to a blocked address: {problem}")
        case aiohttp.ClientConnectorError():
            return FetchFailed(Cause.CONNECT, _connect_reason(error.os_error))
        case aiohttp.ServerTimeoutError():
            return FetchFailed(Cause.TIMEOUT, f"no connection within {limits.connect:g} s")
        case aiohttp.ClientPayloadError():
            return FetchFailed(Cause.BROKEN, "the line dropped before the end of the answer")
        case aiohttp.ClientResponseError():
            return FetchFailed(Cause.BROKEN, "the answer is not well-formed HTTP")
        case Dropped() | aiohttp.ClientConnectionError():
            return FetchFailed(Cause.BROKEN, "the line dropped before an answer")
        case aiohttp.InvalidURL() | ValueError():
            return FetchFailed(Cause.ADDRESS, "the address cannot be asked for")
    return FetchFailed(Cause.BROKEN, f"unforeseen trouble ({type(error).__name__})")


def _dns_reason(error: OSError, name: str) -> str:
    missing = isinstance(error, socket.gaierror) and error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
    if missing or "not found" in (error.strerror or "").lower():  # c-ares says it in words only
        return f"the name {name} does not exist"
    return f"the name {name} could not be looked up"


def _connect_reason(error: OSError) -> str:
    """One line for one address or several: aiohttp keeps the number of the error, and joins the words."""
    match error.errno:
        case errno.ECONNREFUSED:
            return "refused the connection"
        case errno.ENETUNREACH | errno.EHOSTUNREACH:
            return "no way to this network"
        case errno.EMFILE | errno.ENFILE:
            return "too many open files here; raise the limit (ulimit -n) or lower fetch.concurrency"
        case None:
            return "no connection"
        case number:
            return f"no connection: {os.strerror(number).lower()}"


CERTIFICATE_REASONS = {  # X509_V_ERR_* of OpenSSL
    10: "certificate expired",
    9: "certificate not valid yet",
    18: "certificate signed by itself",
    19: "certificate signed by nobody we trust",
    20: "certificate signed by nobody we trust",
    62: "certificate of another name",
    64: "certificate of another address",
}


def _certificate_reason(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return CERTIFICATE_REASONS.get(code, "certificate not valid")


def _tls_reason(error: OSError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else ""
    return (reason or "handshake failed").replace("_", " ").lower()
