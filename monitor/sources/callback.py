"""DOOR: where hubs ask and deliver. A small HTTP server that knows addresses of ours, and nothing else.

One request a connection, with bounds on time, size and number: whoever knows no address gets a 404, and
nothing that tells what stands here. Made to stand behind a reverse proxy, which brings TLS.
"""

import asyncio
import errno
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from aiohttp import web

from monitor.errors import ConfigError
from monitor.model import Secret
from monitor.sources.decode import MB

# Whoever is asked (websub.TOKEN): what does not look like this costs no look into the store.
_ADDRESS = re.compile(r"push-[\w-]{43}", re.ASCII)


class Receipt(IntEnum):
    """What a hub is told of its delivery, as an HTTP status."""

    TAKEN = 202  # received; whether it is believed is no business of the sender's (WebSub 7.2)
    UNKNOWN = 404
    OVER = 410  # the hub may end the subscription
    TOO_LARGE = 413
    BUSY = 429


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery as it came over the wire."""

    body: bytes  # as it was signed: with its Content-Encoding
    content_type: str
    coding: str
    signature: str  # X-Hub-Signature; empty: none


class Desk(Protocol):
    """Who decides. None of these may raise."""

    async def asked(self, token: Secret, query: Mapping[str, str]) -> str | None:
        """The challenge to give back; empty: nothing to give back; None: nobody here asked for that."""

    async def expects(self, token: Secret) -> Receipt:
        """TAKEN: a delivery there may be read."""

    async def delivered(self, token: Secret, letter: Letter) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    connections: int = 256
    head: float = 5  # seconds until a request is there
    seconds: float = 30  # and until it is answered
    body: int = 8 * MB  # as a feed that is polled
    bodies: int = 64 * MB  # of all that are on their way
    headers: int = 64  # lines; hubs send about ten


class Listener:
    """Listens between `open` and `close`. `prefix` is the path of our public address: /…/."""

    def __init__(self, listen: str, prefix: str, desk: Desk, bounds: Bounds = Bounds()) -> None:
        host, _, port = listen.rpartition(":")
        self.host, self.port = host.strip("[]"), int(port)
        self._prefix, self._desk, self._bounds = prefix, desk, bounds
        self._reading = 0  # bytes of bodies that are on their way
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        """Raises ConfigError where nobody can listen."""
        loop = asyncio.get_running_loop()
        self._web = web.Server(self._answer)
        try:
            self._listening = await loop.create_server(self._line, self.host, self.port)
        except OSError as error:
            raise ConfigError([f"websub.listen: {self._problem(error)}"]) from None
        self.port = self._listening.sockets[0].getsockname()[1]

    def _problem(self, error: OSError) -> str:
        where = f"{self.host}:{self.port}"
        match error.errno:
            case errno.EADDRINUSE:
                return f"{where} is taken by another program; choose another port, and let the proxy know"
            case errno.EADDRNOTAVAIL:
                return f"this machine has no address {self.host}"
            case errno.EACCES:
                return f"{where} is not ours to take: ports below 1024 belong to root; write 8081, say"
            case number if number and number > 0:
                return f"cannot listen on {where}: {os.strerror(number).lower()}"
        return f"the name {self.host} could not be looked up"

    async def close(self) -> None:
        """Answer what has been asked, take nothing more."""
        if self._listening:
            self._listening.close()
            await self._web.shutdown(timeout=2)

    def _line(self) -> asyncio.BaseProtocol:
        """The other end of a new connection."""
        if len(self._web.connections) >= self._bounds.connections:
            return _Full()
        return _Line(self._web, self._bounds)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(request.protocol, _Line):
            request.protocol.cut_in(self._bounds.seconds)
        token = self._token(request.path)
        match request.method if token else "":
            case "GET":
                query = {name: request.query[name] for name in request.query}
                challenge = await self._desk.asked(token, query)
                return _said(404 if challenge is None else 200, challenge or "")
            case "POST":
                return _said(await self._take(token, request))
        return _said(404)

    def _token(self, path: str) -> Secret:
        """The end of an address of ours; empty: it is none. A proxy may have taken its prefix off."""
        end = path.removeprefix(self._prefix) if path.startswith(self._prefix) else path[1:]
        return Secret(end if _ADDRESS.fullmatch(end) else "")

    async def _take(self, token: Secret, request: web.BaseRequest) -> Receipt:
        """Nothing of a body is read before somebody waits for it."""
        if (receipt := await self._desk.expects(token)) is not Receipt.TAKEN:
            return receipt
        body = bytearray()
        try:
            if (receipt := await self._read(request, body)) is not Receipt.TAKEN:
                return receipt
            said = request.headers
            letter = Letter(
                bytes(body),
                said.get("Content-Type", ""),
                said.get("Content-Encoding", ""),
                said.get("X-Hub-Signature", ""),
            )
            return await self._desk.delivered(token, letter)
        finally:
            self._reading -= len(body)

    async def _read(self, request: web.BaseRequest, body: bytearray) -> Receipt:
        """Fill `body`, within what one may have, and all together."""
        if (request.content_length or 0) > self._bounds.body:
            return Receipt.TOO_LARGE
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        async for chunk in request.content.iter_any():
            body += chunk
            self._reading += len(chunk)
            if len(body) > self._bounds.body:
                return Receipt.TOO_LARGE
            if self._reading > self._bounds.bodies:
                return Receipt.BUSY
        return Receipt.TAKEN


def _said(status: int, text: str = "") -> web.Response:
    """Safe to show in any browser (WebSub 8.2), and without a word on who answers."""
    response = web.Response(
        status=status,
        body=text.encode(),
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Server": ""},
        content_type="application/octet-stream",
    )
    response.force_close()
    return response


class _Full(asyncio.Protocol):
    """There are connections enough."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


# aiohttp would log addresses, which are secrets here.
_SILENT = logging.getLogger("monitor.callback")
_SILENT.disabled = True


class _Line(web.RequestHandler):
    """One connection: cut when its time is over, and told nothing where its request makes no sense."""

    def __init__(self, server: web.Server, bounds: Bounds) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            logger=_SILENT,
            access_log=_SILENT,
            max_headers=bounds.headers,
            auto_decompress=False,  # the bytes as they came are signed, and a bomb must not go off here
            lingering_time=1,
        )
        self._head = bounds.head
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.cut_in(self._head)

    def cut_in(self, seconds: float) -> None:
        """Whatever is going on then."""
        if self._end:
            self._end.cancel()
        if isinstance(self.transport, asyncio.Transport):
            self._end = asyncio.get_running_loop().call_later(seconds, self.transport.abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._end:
            self._end.cancel()
        super().connection_lost(exc)

    def handle_error(self, request: web.BaseRequest, status: int = 500, *_: object) -> web.StreamResponse:
        return _said(status)
