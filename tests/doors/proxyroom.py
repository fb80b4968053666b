"""A corporate proxy on loopback: CONNECT for https, whole addresses for http, and its refusals.

    async with ProxyRoom(news.port) as room:
        web = Web("t", proxy=room.proxy)
        ...
        assert room.asked == ["CONNECT courier.example:443"]

Wherever it is asked to lead, it leads to one port of 127.0.0.1: what names mean is the proxy's own business.
"""

import asyncio
import re
from base64 import b64decode
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from monitor.model import Secret
from monitor.sources.proxy import Proxy


class ProxyRoom:
    """Use as `async with`. `refusals`: status by host, in place of a way there; 0: the line is dropped."""

    def __init__(self, to: int, user: str = "", password: str = "", offers: str = "Basic realm=x") -> None:
        self.to = to
        self.user, self.password, self.offers = user, password, offers
        self.refusals: dict[str, int] = {}
        self.asked: list[str] = []  # every request line without its version, refused ones too
        self._lines: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    @property
    def proxy(self) -> Proxy:
        return Proxy(f"127.0.0.1:{self.port}", self.user, Secret(self.password))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target = head.split(" ", 2)[:2]
        self.asked.append(f"{method} {target}")
        host = urlsplit(target if "://" in target else f"//{target}").hostname or ""
        status = self.refusals.get(host, 200) if self._knows(head) else 407
        if status == 0:
            return
        if status != 200:
            offer = f"Proxy-Authenticate: {self.offers}\r\n" if status == 407 else ""
            writer.write(f"HTTP/1.1 {status} No\r\n{offer}Content-Length: 0\r\n\r\n".encode())
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            back.write(_for_the_server(head).encode("latin-1"))
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()

    def _knows(self, head: str) -> bool:
        said = re.search(r"^Proxy-Authorization: Basic (\S+)", head, re.M | re.I)
        return not self.user or (bool(said) and b64decode(said[1]).decode() == f"{self.user}:{self.password}")


def _for_the_server(head: str) -> str:
    """A server hears the path alone, nothing of the proxy's, and one request on each line."""
    plain = re.sub(r"^(\w+) http://[^/ ]+", r"\1 ", head)
    plain = re.sub(r"^(?:Proxy-Authorization|Connection):.*\r\n", "", plain, flags=re.M | re.I)
    return plain.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await source.read(65_536):
            sink.write(some)
            await sink.drain()
    sink.close()
