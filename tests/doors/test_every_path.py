"""No way leads inside: every spelling of a forbidden place, on every path by which we ask for anything.

A listener stands on the forbidden side, on an address of loopback and on ::1; it counts connections. That it
can be reached at all is shown by a web that may go there. A proxy between counts for whom it is asked.
"""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.model import Feed, FeedSpec, FeedState, Fetched, FetchFailed, FetchOutcome, Unreadable
from monitor.model.upkeep import Part
from monitor.polling import lists, seeking
from monitor.sources.discover import Candidate
from monitor.sources.fetch import FEED, PAGE, ROBOTS, Limits, Web
from tests.doors.newsroom import Newsroom, page, redirect
from tests.doors.proxyroom import ProxyRoom

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IP = "127.77.3.9"  # of the listener; the newsroom's is 127.0.0.1
OPEN_PORTS = (8080, 8443)  # where the guard lets addresses through, and anybody may listen


@dataclass
class Listener:
    """Counts who comes, and answers nobody."""

    port: int = 0
    came: int = 0
    _servers: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        for self.port in OPEN_PORTS:
            try:
                for ip in (IP, "::1"):
                    await self._servers.enter_async_context(
                        await asyncio.start_server(self._take, ip, self.port)
                    )
                return
            except OSError:
                await self._servers.aclose()
        pytest.skip("somebody else listens on 8080 and 8443")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        writer.close()

    async def close(self) -> None:
        await self._servers.aclose()


class Names(AbstractResolver):
    """A DNS in the hands of an enemy: names lead to the publisher, inside, to both, or change their mind.

    A `blind` one knows the publisher alone, as behind many a proxy.
    """

    def __init__(self, publisher: int, listener: int, blind: bool = False) -> None:
        self._blind = blind
        self._inside, self._outside = (IP, listener), ("127.0.0.1", publisher)
        self._asked: dict[str, int] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._blind and host != "publisher.example":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        self._asked[host] = times = self._asked.get(host, 0) + 1
        places = {
            "publisher.example": [self._outside],
            "both.example": [self._inside, ("::1", self._inside[1])],
            "second.example": [("10.0.0.1", 80), self._inside],
            "changing.example": [("10.0.0.1", 80) if times % 2 else self._inside],
            "mixed.example": [("93.184.215.14", 80), self._inside],
            "outside.example": [("93.184.215.14", 80)],
        }.get(host, [self._inside])
        return [
            ResolveResult(hostname=host, host=ip, port=to, family=_family(ip), proto=0, flags=0)
            for ip, to in places
        ]

    async def close(self) -> None:
        pass


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


# --- the spellings ----------------------------------------------------------------------------------------

PORT = "8080"  # stands for the listener's
_CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
_FULL = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def hosts(ip: str) -> Iterator[str]:
    """One IPv4 address as a resolver, a browser or an old library may read it."""
    number = int(IPv4Address(ip))
    a, b, c, d = ip.split(".")
    octets = [int(part) for part in (a, b, c, d)]
    tail = (octets[1] << 16) + (octets[2] << 8) + octets[3]
    high, low = number >> 16, number & 0xFFFF
    yield from (ip, str(number), f"0{number:o}", f"0x{number:x}", f"0X{number:X}", f"0x00000000{number:x}")
    yield from (".".join(f"0x{octet:x}" for octet in octets), ".".join(f"0{octet:o}" for octet in octets))
    yield from (
        f"0x{octets[0]:x}.{b}.0{octets[2]:o}.{d}",
        f"{a}.{tail}",
        f"{a}.{b}.{octets[2] * 256 + octets[3]}",
    )
    yield from (
        f"0{octets[0]:o}.{tail}",
        f"0x{octets[0]:x}.{tail}",
        f"0{a}.0{b}.0{c}.0{d}",
        f"{number + 2**32}",
    )
    yield from (
        f"{ip}.",
        f"{ip}..",
        f".{ip}",
        ip.replace(".", "。"),
        ip.replace(".", "．"),
        ip.replace(".", "｡"),
    )
    yield from ("".join(table.get(sign, sign) for sign in ip) for table in (_CIRCLED, _FULL))
    yield from (
        ip.replace("1", "%31"),
        ip.replace(".", "%2e"),
        f"{ip}%00",
        f"{ip}%2f",
        ip.replace(".", "\u2024"),
    )
    yield from (
        f"{ip}\t",
        f"{a}.\n{b}.{c}.{d}",
        f"{ip}\r",
        f" {ip}",
        f"{ip}\x00",
        f"\u200b{ip}",
        f"{ip}\u00ad",
    )
    yield from (
        f"user@{ip}",
        f"user:word@{ip}",
        f"example.com@{ip}",
        f"example.com:80@{ip}",
        f"@{ip}",
        f"%40{ip}",
    )
    yield from (f"example.com\\@{ip}", f"example.com#@{ip}", f"example.com;@{ip}", f"{ip}\\.example.com")
    yield from (
        f"[::ffff:{ip}]",
        f"[::ffff:{high:x}:{low:x}]",
        f"[0:0:0:0:0:ffff:{high:x}:{low:x}]",
        f"[::{ip}]",
    )
    yield from (f"[::ffff:0:{ip}]", f"[64:ff9b::{ip}]", f"[64:ff9b:1::{ip}]", f"[2002:{high:x}:{low:x}::1]")
    yield from (f"[2001:0:{high:x}:{low:x}::]", f"[2001::{~high & 0xFFFF:x}:{~low & 0xFFFF:x}]", f"[{ip}]")


def _words(text: str) -> list[str]:
    return text.split()


INSIDE = _words("""
[::1] [::] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::1%25lo] [::1%lo] [fe80::1]
[fec0::1] [fe80::1%25eth0] [fc00::1] [fd00::1] [fd00:ec2::254] [ff02::1] [100::1] [2001:db8::1] [3fff::1]
[5f00::1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [::ffff:10.0.0.1] [::ffff:0:0]
0.0.0.0 0 0x0 00 0.1.2.3 10.0.0.1 10.255.255.254 100.64.0.1 100.100.100.200 169.254.169.254 169.254.170.2
2852039166 0xa9fea9fe 0251.0376.0251.0376 168.63.129.16 172.16.0.1 172.31.255.254 192.0.0.192 192.88.99.1
192.168.0.1 192.168.255.254 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 localhost LOCALHOST localhost.localdomain ip6-localhost metadata metadata.google.internal
127.77.3.9.nip.example xn--bcher-kva.example bücher.example both.example second.example changing.example
kubernetes.default.svc
""")  # fmt: skip

SCHEMES = _words("""
file:///etc/passwd file://{ip}/etc/passwd ftp://{ip}:8080/ gopher://{ip}:8080/_GET%20/ dict://{ip}:8080/x
ldap://{ip}:8080/ tftp://{ip}:8080/x ws://{ip}:8080/ wss://{ip}:8080/ unix:///run/docker.sock
javascript:alert(1) data:text/xml,<rss/> view-source:http://{ip}:8080/ jar:http://{ip}:8080/!/
feed://{ip}:8080/ feed:http://{ip}:8080/ httpx://{ip}:8080/ http:{ip}:8080/ http:/{ip}:8080/
http:///{ip}:8080/ http:////{ip}:8080/ http:\\\\{ip}:8080\\ about:blank http://{ip}:22/ http://{ip}:25/
http://{ip}:6379/ http://{ip}:9200/ http://{ip}:0/ http://{ip}:65536/ http://{ip}:08080/
http://{ip}:8080:80/ http://{ip}:８０８０/ http://{ip}:/ HTTP://{ip}:8080/ hTTps://{ip}:8080/
http://{ip}:8080?x http://{ip}:8080#x http://{ip}:8080/../ http://{ip}:8080\\x
""")  # fmt: skip

SPELLINGS = tuple(
    dict.fromkeys(
        [f"http://{host}:{PORT}/feed" for host in (*hosts(IP), *INSIDE)]
        + [scheme.format(ip=IP) for scheme in SCHEMES]
    )
)


# --- the paths --------------------------------------------------------------------------------------------


class NoWorkers:
    """What seeking asks of the workers: the page names one address, and no bytes are a feed."""

    def __init__(self, named: str) -> None:
        self._named = named

    async def find_feeds(self, body: bytes, url: str) -> tuple[Candidate, ...]:
        return (Candidate(self._named),)

    async def read_feed(self, *_: object) -> Unreadable:
        return Unreadable("no feed")


async def _redirected(web: Web, news: Newsroom, url: str, kind: object) -> FetchOutcome:
    return await web.get(news.publish("/away", redirect(url)), kind=kind)  # type: ignore[arg-type]


async def _robots(web: Web, news: Newsroom, url: str) -> FetchOutcome:
    """A page whose host's robots.txt is somewhere else."""
    news.publish("/robots.txt", redirect(url))
    return await web.get("http://publisher.example/page", kind=PAGE)


async def _sought(web: Web, news: Newsroom, url: str) -> FetchOutcome:
    """A feed that a page names, in its head or by its words."""
    workers: Any = NoWorkers(url)
    named = Fetched("http://publisher.example/", b"<html></html>")
    found = seeking.seek(named, web=web, workers=workers, clock=lambda: NOW)
    return [tried async for tried in found][0].fetched


async def _part(web: Web, news: Newsroom, url: str) -> FetchOutcome:
    """A document that a sitemap index names."""
    workers: Any = NoWorkers(url)
    feed = Feed(1, FeedSpec("http://publisher.example/map.xml"), FeedState(NOW))
    doors: Any = {"web": web, "workers": workers, "clock": lambda: NOW, "shares": None}
    got = await seeking.gather([Part(url)], None, feed, **doors)
    return got.failed or Fetched(url, b"")


async def _stood(web: Web, news: Newsroom, url: str) -> FetchOutcome:
    """What fills a gap: an older page, a sitemap that robots.txt names."""
    workers: Any = NoWorkers(url)
    return (await seeking.read_at(url, web=web, workers=workers, clock=lambda: NOW)).fetched


async def _hub_moved(web: Web, news: Newsroom, url: str) -> FetchOutcome:
    return await web.send(news.publish("/hub", redirect(url, 307)), {"hub.mode": "subscribe"})


Path = Callable[[Web, Newsroom, str], Awaitable[FetchOutcome]]
PATHS: Mapping[str, Path] = {
    "a feed": lambda web, news, url: web.get(url, kind=FEED),
    "a page": lambda web, news, url: web.get(url, kind=PAGE),
    "robots.txt": lambda web, news, url: web.get(url, kind=ROBOTS),
    "a list of feeds": lambda web, news, url: web.get(url, kind=lists.OPML),
    "a hub": lambda web, news, url: web.send(url, {"hub.mode": "subscribe"}),
    "a feed that has moved": lambda web, news, url: _redirected(web, news, url, FEED),
    "a page that has moved": lambda web, news, url: _redirected(web, news, url, PAGE),
    "a list that has moved": lambda web, news, url: _redirected(web, news, url, lists.OPML),
    "a hub that has moved": _hub_moved,
    "a feed that a page names": _sought,
    "a part of a sitemap": _part,
    "what fills a gap": _stood,
}


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    await listener.start()
    yield listener
    await listener.close()


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as news:
        news.publish("/page", page("Reactor shut", ["…"]))
        yield news


def web_of(news: Newsroom, listener: Listener, *networks: str) -> Web:
    names = Names(news.port, listener.port)
    return Web("t", ["127.0.0.1/32", *networks], limits=Limits(gap=0, connect=2), resolver=names)


def spelt(url: str, listener: Listener) -> str:
    return url.replace(PORT, str(listener.port))


def test_the_table_is_as_long_as_promised() -> None:
    assert len(SPELLINGS) >= 150


@pytest.mark.parametrize("path", PATHS)
async def test_no_spelling_leads_inside_on(path: str, news: Newsroom, listener: Listener) -> None:
    web = web_of(news, listener)
    for url in random.sample(SPELLINGS, len(SPELLINGS)):  # in any order: kept lines and names must not help
        got = await PATHS[path](web, news, spelt(url, listener))
        assert isinstance(got, FetchFailed), url
    await web.close()
    assert listener.came == 0


async def test_no_spelling_leads_inside_on_the_way_of_robots_txt(news: Newsroom, listener: Listener) -> None:
    """Whatever becomes of robots.txt, its host's own page may be asked for; what it redirects to may not."""
    for url in SPELLINGS:
        web = web_of(news, listener)
        await _robots(web, news, spelt(url, listener))
        await web.close()
    assert listener.came == 0


@pytest.mark.parametrize("path", PATHS)
async def test_the_listener_would_have_heard_them(path: str, news: Newsroom, listener: Listener) -> None:
    web = web_of(news, listener, f"{IP}/32", "::1/128")
    reached = []
    for host in (IP, f"[::ffff:{IP}]", "[::1]", "localhost", "metadata.google.internal", "changing.example"):
        before = listener.came
        await PATHS[path](web, news, f"http://{host}:{listener.port}/feed")
        reached += [host] * (listener.came > before)
    await web.close()
    assert len(reached) >= 4


# --- with a proxy between ----------------------------------------------------------------------------------

# What only the proxy can know: public names as far as their spelling tells, where our DNS knows nothing.
LEFT_TO_THE_PROXY = {
    *("127.77.3.9.nip.example", "xn--bcher-kva.example", "example.com", "both.example"),
    *("second.example", "changing.example"),
}


@pytest.fixture
async def room(news: Newsroom) -> AsyncIterator[ProxyRoom]:
    async with ProxyRoom(news.port) as room:
        yield room


def web_behind(room: ProxyRoom, news: Newsroom, listener: Listener, blind: bool) -> Web:
    names = Names(news.port, listener.port, blind)
    limits = Limits(gap=0, connect=2)
    return Web("t", ["127.0.0.1/32"], limits=limits, resolver=names, proxy=room.proxy)


@pytest.mark.parametrize("path", PATHS)
async def test_a_proxy_never_hears_of_what_is_inside_on(
    path: str, news: Newsroom, listener: Listener, room: ProxyRoom
) -> None:
    web = web_behind(room, news, listener, blind=False)
    more = ("http://mixed.example/", f"http://{room.proxy.address}/")
    for url in random.sample((*SPELLINGS, *more), len(SPELLINGS) + len(more)):
        assert isinstance(await PATHS[path](web, news, spelt(url, listener)), FetchFailed), url
    assert room.asked == [] and listener.came == 0
    await PATHS[path](web, news, "http://outside.example/page")
    await web.close()
    assert room.asked, "it would have heard of them"


@pytest.mark.parametrize("path", PATHS)
async def test_where_no_name_is_known_a_proxy_hears_of_none_that_is_spelt_private_on(
    path: str, news: Newsroom, listener: Listener, room: ProxyRoom
) -> None:
    web = web_behind(room, news, listener, blind=True)
    for url in SPELLINGS:
        await PATHS[path](web, news, spelt(url, listener))
    await web.close()
    heard = {urlsplit(line.partition(" ")[2]).hostname for line in room.asked}
    assert heard == LEFT_TO_THE_PROXY and listener.came == 0


async def test_a_proxy_never_hears_of_what_is_inside_on_the_way_of_robots_txt(
    news: Newsroom, listener: Listener, room: ProxyRoom
) -> None:
    for url in SPELLINGS:
        web = web_behind(room, news, listener, blind=False)
        await _robots(web, news, spelt(url, listener))
        await web.close()
    assert room.asked == [] and listener.came == 0
