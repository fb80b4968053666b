"""Through the operator's proxy: what it hears of, what it must not, and whose its troubles are."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence

import pytest

from monitor.model import Cause, Fetched, FetchFailed, FetchOutcome, RobotsUse, Secret
from monitor.sources.fetch import FEED, PAGE, Limits, Web
from monitor.sources.guard import Blocked
from monitor.sources.horizon import proxy_trouble
from monitor.sources.proxy import Proxy, WayOut
from tests.doors.newsroom import Names, Newsroom, page, redirect, status
from tests.doors.proxyroom import ProxyRoom
from tests.doors.test_fetch import serving, trusting

OUTSIDE = "93.184.215.14"
STORY = page("Reactor shut", ["The reactor was shut on Sunday."])
WHERE = "http://courier.example/a"


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as news:
        news.publish("/a", STORY)
        yield news


@pytest.fixture
async def room(news: Newsroom) -> AsyncIterator[ProxyRoom]:
    async with ProxyRoom(news.port) as room:
        yield room


def behind(room: ProxyRoom, *answers: str, networks: Sequence[str] = (), trust: str = "") -> Web:
    """A web that reaches out by the proxy alone. `answers`: what its own DNS says of any name."""
    context = trusting(trust) if trust else None
    if context:
        context.check_hostname = trust != "good"
    return Web(
        "t",
        networks,
        limits=Limits(gap=0),
        trust=context,
        resolver=Names(80, *answers),
        robots=RobotsUse.OFF,
        proxy=room.proxy,
    )


async def asked(web: Web, url: str = WHERE) -> FetchOutcome:
    try:
        return await web.get(url, kind=PAGE)
    finally:
        await web.close()


@pytest.mark.parametrize("answers", [(), (OUTSIDE,), ("2606:2800:21f::1", OUTSIDE)])
async def test_what_is_outside_is_asked_through_the_proxy(room: ProxyRoom, answers: tuple[str, ...]) -> None:
    assert isinstance(await asked(behind(room, *answers)), Fetched)
    assert room.asked == [f"GET {WHERE}"]


async def test_over_https_the_proxy_leads_and_hears_nothing(room: ProxyRoom) -> None:
    async with Newsroom(tls=serving("good")) as secure:
        room.to = secure.port
        secure.publish("/a?token=canary", STORY)
        web = behind(room, OUTSIDE, trust="good")
        for _ in range(2):
            assert isinstance(await web.get("https://courier.example/a?token=canary", kind=FEED), Fetched)
        await web.close()
    assert room.asked == ["CONNECT courier.example:443"], "one line for both"
    assert len({one.line for one in secure.log}) == 1


async def test_a_proxy_that_answers_in_a_servers_place_is_found_out(room: ProxyRoom) -> None:
    async with Newsroom(tls=serving("wrong")) as other:
        room.to = other.port
        got = await asked(behind(room, OUTSIDE, trust="wrong"), "https://courier.example/a")
    assert got == FetchFailed(Cause.TLS, "certificate of another name") and not other.log


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_user_and_password_are_the_proxys_alone(scheme: str) -> None:
    tls = serving("good") if scheme == "https" else None
    async with Newsroom(tls=tls) as news, ProxyRoom(news.port, "desk", "p@ss:/%41") as room:
        news.publish("/a", STORY)
        web = behind(room, OUTSIDE, trust="good")
        assert isinstance(await asked(web, f"{scheme}://courier.example/a"), Fetched)
    assert len(room.asked) == 1 and not any("Proxy-Authorization" in one.headers for one in news.log)


async def test_a_form_to_a_hub_goes_through_it_too(room: ProxyRoom, news: Newsroom) -> None:
    news.publish("/hub", b"")
    web = behind(room, OUTSIDE)
    assert isinstance(await web.send("http://hub.example/hub", {"hub.mode": "subscribe"}), Fetched)
    await web.close()
    assert room.asked == ["POST http://hub.example/hub"]


async def test_robots_txt_is_asked_through_it(room: ProxyRoom, news: Newsroom) -> None:
    web = Web("t", limits=Limits(gap=0), resolver=Names(80), proxy=room.proxy)
    await asked(web)
    assert room.asked == ["GET http://courier.example/robots.txt", f"GET {WHERE}"]


async def test_our_own_networks_are_asked_directly(room: ProxyRoom, news: Newsroom) -> None:
    assert isinstance(await asked(behind(room, networks=["127.0.0.0/8"]), news.url("/a")), Fetched)
    names = Names(news.port, "127.0.0.1")
    web = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0), resolver=names, proxy=room.proxy)
    assert isinstance(await asked(web, "http://intranet.example/a"), Fetched)
    assert room.asked == [] and news.asked("/a")


# --- what it must not hear of ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers", [("10.0.0.1",), (OUTSIDE, "10.0.0.1"), (OUTSIDE, "::1"), ("fe80::1%eth0",)]
)
async def test_a_name_of_which_any_address_is_forbidden(room: ProxyRoom, answers: tuple[str, ...]) -> None:
    got = await asked(behind(room, *answers))
    assert isinstance(got, FetchFailed) and got.cause is Cause.BLOCKED and not room.asked


@pytest.mark.parametrize("host", ["localhost", "wiki", "metadata.google.internal", "printer.local", "a.corp"])
async def test_a_private_name_that_cannot_be_looked_up(room: ProxyRoom, host: str) -> None:
    got = await asked(behind(room), f"http://{host}/a")
    assert isinstance(got, FetchFailed) and got.cause is Cause.BLOCKED and not room.asked


async def test_a_redirect_is_judged_like_any_address(room: ProxyRoom, news: Newsroom) -> None:
    for target in ("http://169.254.169.254/", "http://[::1]/", "http://metadata.google.internal/"):
        news.publish("/a", redirect(target))
        got = await asked(behind(room))
        assert isinstance(got, FetchFailed) and got.cause in (Cause.BLOCKED, Cause.REDIRECT)
    assert room.asked == [f"GET {WHERE}"] * 3


@pytest.mark.parametrize("target", ["127.0.0.1", "proxy.example"])
async def test_no_feed_reaches_the_proxy_itself(target: str) -> None:
    """Not even where its network is allowed, nor by another name that leads there."""

    async def look_up(name: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    for at in ("127.0.0.1:8080", "proxy.corp.example:8080"):
        way = WayOut(Proxy(at), look_up)
        with pytest.raises(Blocked, match="guard"):
            await way.is_direct(f"http://{target}:8080/", ["127.0.0.0/8"])
        with pytest.raises(Blocked):
            await way.is_direct("http://[::ffff:127.0.0.1]:8080/", ["127.0.0.0/8"])
        assert await way.is_direct(f"http://{target}:80/", ["127.0.0.0/8"])


async def test_where_no_dns_answers_names_are_not_waited_for() -> None:
    tried: list[str] = []

    async def look_up(name: str, port: int) -> Sequence[str]:
        tried.append(name)
        await asyncio.Event().wait()
        raise AssertionError

    way = WayOut(Proxy("proxy.example:3128"), look_up, patience=0.01)
    sites = [f"http://site{number}.example/" for number in range(4)]
    assert not any(await asyncio.gather(*(way.is_direct(site, ()) for site in sites)))
    assert not await way.is_direct("http://site5.example/", ()) and len(tried) == 4
    with pytest.raises(Blocked):
        await way.is_direct("http://10.0.0.1/", ())


# --- its troubles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://courier.example/a", "https://courier.example/a"])
@pytest.mark.parametrize(
    ("offers", "words"),
    [
        ("Basic realm=x", "wants a user and a password"),
        ("Negotiate", "it asks for Negotiate,"),
        ("NTLM<!channel>", "it asks for NTLM,"),
    ],
)
async def test_a_proxy_that_does_not_know_us(news: Newsroom, url: str, offers: str, words: str) -> None:
    async with ProxyRoom(news.port, "desk", "right", offers) as room:
        web = Web("t", resolver=Names(80), proxy=Proxy(room.proxy.address, "desk", Secret("canary")))
        got = await web.get(url, kind=FEED)
        await web.close()
    assert isinstance(got, FetchFailed) and got.cause is Cause.PROXY and got.passing
    assert proxy_trouble(got) == got.reason
    assert words in got.reason and "fetch.proxy" in got.reason and "canary" not in got.reason


async def test_a_server_cannot_pose_as_a_proxy_that_does_not_know_us(room: ProxyRoom, news: Newsroom) -> None:
    news.publish("/b", status(407, {"Proxy-Authenticate": "Basic"}))
    web = behind(room, OUTSIDE)
    assert isinstance(await web.get(WHERE, kind=PAGE), Fetched)
    got = await asked(web, "http://other.example/b")
    assert isinstance(got, FetchFailed) and (got.cause, got.status) == (Cause.STATUS, 407)
    async with Newsroom(tls=serving("good")) as secure:
        secure.publish("/b", status(407))
        room.to = secure.port
        got = await asked(behind(room, OUTSIDE, trust="good"), "https://other.example/b")
    assert isinstance(got, FetchFailed) and got.cause is Cause.STATUS


@pytest.mark.parametrize("url", ["http://courier.example/a", "https://courier.example/a"])
async def test_a_proxy_that_is_not_there(news: Newsroom, url: str) -> None:
    async with ProxyRoom(news.port) as room:
        web = behind(room)
    got = await asked(web, url)
    assert got == FetchFailed(Cause.PROXY, "the proxy refused the connection: check fetch.proxy")


async def test_a_proxy_whose_name_nobody_knows() -> None:
    names = Names(80, trouble=socket.EAI_NONAME)
    web = Web("t", resolver=names, robots=RobotsUse.OFF, proxy=Proxy("proxy.example:3128"))
    got = await asked(web)
    assert got == FetchFailed(Cause.PROXY, "the proxy's name cannot be looked up: check fetch.proxy")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [(403, Cause.PROXY), (451, Cause.PROXY), (502, Cause.CONNECT), (503, Cause.CONNECT)],
)
async def test_what_it_cannot_or_may_not_reach_is_no_trouble_of_its_own(
    room: ProxyRoom, answer: int, cause: Cause
) -> None:
    room.refusals["courier.example"] = answer
    got = await asked(behind(room), "https://courier.example/a")
    assert isinstance(got, FetchFailed) and got.cause is cause and "the proxy" in got.reason
    assert not proxy_trouble(got)
