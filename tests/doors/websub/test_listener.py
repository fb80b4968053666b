"""The listener: who knows no address learns nothing, and nobody keeps it busy."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from monitor.errors import ConfigError
from monitor.model import Secret
from monitor.sources.callback import Bounds, Letter, Listener, Receipt


@dataclass
class Clerk:
    """A desk where everything is in order."""

    seen: list[str] = field(default_factory=list)

    async def asked(self, token: Secret, query: Mapping[str, str]) -> str | None:
        self.seen.append(token.value)
        return query.get("hub.challenge")

    async def expects(self, token: Secret) -> Receipt:
        self.seen.append(token.value)
        return Receipt.TAKEN

    async def delivered(self, token: Secret, letter: Letter) -> Receipt:
        if letter.body == b"fault":
            raise RuntimeError("a fault of ours")
        return Receipt.TAKEN


TOKEN = "push-" + "a" * 43


@asynccontextmanager
async def listening(prefix: str = "/push/", **bounds: float) -> AsyncIterator[tuple[Listener, Clerk]]:
    clerk = Clerk()
    listener = Listener("127.0.0.1:0", prefix, clerk, Bounds(**bounds))  # type: ignore[arg-type]
    await listener.open()
    try:
        yield listener, clerk
    finally:
        await listener.close()


async def told(listener: Listener, request: bytes, *, eof: bool = False) -> bytes:
    """What the listener says to these bytes, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    try:
        writer.write(request)
        if eof:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize(
    "request_",
    [
        get("/"),
        get("/push/"),
        get("/favicon.ico"),
        get("/push/" + TOKEN + "x"),
        get("/push/" + TOKEN + "/"),
        get("/push/push-short"),
        get("/other/" + TOKEN),
        get("/push/../push/" + TOKEN),
        get("/push/" + TOKEN, "PUT"),
        get("/push/" + TOKEN, "HEAD"),
        get("/push/" + TOKEN, "OPTIONS"),
        get("/push/" + TOKEN),
    ],
)
async def test_who_knows_no_address_learns_nothing(request_: bytes) -> None:
    async with listening() as (listener, _):
        answer = await told(listener, request_)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404") and not body
    assert b"aiohttp" not in head.lower() and b"python" not in head.lower() and b"wirewatch" not in head


@pytest.mark.parametrize("path", ["/push/" + TOKEN, "/" + TOKEN, "http://x/push/" + TOKEN])
async def test_a_proxy_may_keep_the_prefix_or_take_it_off(path: str) -> None:
    async with listening() as (listener, clerk):
        answer = await told(listener, get(path + "?hub.challenge=%3Cscript%3E"))
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n<script>")
    assert b"nosniff" in answer and b"application/octet-stream" in answer, "safe in any browser"
    assert clerk.seen == [TOKEN]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
        b"POST /push/" + TOKEN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: no\r\n\r\n",
        b"POST /push/" + TOKEN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfault",
    ],
    ids=["TLS", "half", "version", "path", "headers", "header", "length", "fault"],
)
async def test_nonsense_is_answered_without_a_word(
    request_: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    async with listening() as (listener, _):
        answer = await told(listener, request_, eof=True)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (not answer or head.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 500"))) and not body
    assert b"aiohttp" not in answer.lower() and TOKEN not in "".join(capfd.readouterr())


async def test_a_connection_has_its_time() -> None:
    async with listening(head=0.2, seconds=0.2) as (listener, clerk):
        assert await told(listener, b"GET / HT") == b""
        post = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc"
        assert b"202" not in await told(listener, post.encode())
        assert clerk.seen == [TOKEN]


async def test_bodies_on_their_way_have_a_bound_together() -> None:
    async with listening(body=600, bodies=1000) as (listener, _):
        head = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(head + b"a" * 599)
        while listener._reading < 599:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert b" 429 " in await told(listener, head + b"b" * 600)
        writer.write(b"a")
        assert b" 202 " in await reader.read()
        assert b" 202 " in await told(listener, head + b"b" * 600), "what is done counts no more"
        writer.close()


async def test_there_are_only_so_many_connections() -> None:
    async with listening(connections=3) as (listener, _):
        lines = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(3)]
        for _, writer in lines:
            writer.write(b"GET /")
            await writer.drain()
        assert await told(listener, get("/")) == b""
        for _, writer in lines:
            writer.close()


async def test_a_request_is_the_only_one_of_its_connection() -> None:
    async with listening() as (listener, _):
        answer = await told(listener, get("/a") + get("/b"))
        assert answer.count(b"HTTP/1.1") == 1


async def test_a_hub_that_waits_for_leave_to_send_gets_it() -> None:
    async with listening() as (listener, _):
        head = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(head.encode())
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        writer.write(b"abc")
        assert b"HTTP/1.1 202" in await reader.read()
        writer.close()


async def test_a_port_that_is_taken_is_told_in_words() -> None:
    async with listening() as (listener, clerk):
        second = Listener(f"127.0.0.1:{listener.port}", "/", clerk)
        with pytest.raises(
            ConfigError, match=r"websub\.listen: 127\.0\.0\.1:\d+ is taken by another program"
        ):
            await second.open()
        await second.close()


async def test_an_address_of_another_machine_is_told_in_words() -> None:
    with pytest.raises(ConfigError, match=r"this machine has no address 192\.0\.2\.1"):
        await Listener("192.0.2.1:8081", "/", Clerk()).open()
