"""What one feed brings along: its headers go to its own site alone, its networks open for it alone."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from monitor.model import Access, Cause, Fetched, FetchFailed, RobotsUse, Secret
from monitor.sources.fetch import FEED, PAGE, Kind, Limits, Web
from tests.doors.newsroom import Names, Newsroom, page, redirect
from tests.doors.test_fetch import serving, trusting

FEED_AT = "https://www.courier.example/feed"
KEY = Access(FEED_AT, headers=(("X-Api-Key", Secret("canary")), ("Cookie", Secret("session=canary"))))
STORY = page("Reactor shut", ["The reactor was shut on Sunday."])


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom(hosts=2) as news:
        news.publish("/a", STORY)
        yield news


@pytest.fixture
async def secure() -> AsyncIterator[Newsroom]:
    async with Newsroom(tls=serving("good")) as news:
        news.publish("/a", STORY)
        yield news


@pytest.fixture
async def web(secure: Newsroom) -> AsyncIterator[Web]:
    """To it every name leads, with a certificate that is taken for any of them."""
    trust = trusting("good")
    trust.check_hostname = False
    names = Names(secure.port, "127.0.0.1")
    web = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0), trust=trust, resolver=names, robots=RobotsUse.OFF)
    yield web
    await web.close()


def bearing(news: Newsroom) -> list[bool]:
    """Which requests bore the key; the cookie goes with it or not at all."""
    assert all(("X-Api-Key" in asked.headers) is ("Cookie" in asked.headers) for asked in news.log)
    return ["canary" in str(asked.headers) for asked in news.log]


@pytest.mark.parametrize("kind", [FEED, PAGE])
@pytest.mark.parametrize(
    ("host", "goes"),
    [
        ("www.courier.example", True),
        ("courier.example", True),
        ("news.courier.example", True),
        ("other.example", False),
        ("courier.example.evil.example", False),
        ("evilcourier.example", False),
        ("mine.github.io", False),
    ],
)
async def test_a_key_goes_to_the_site_of_its_feed(
    secure: Newsroom, web: Web, kind: Kind, host: str, goes: bool
) -> None:
    assert isinstance(await web.under(KEY).get(f"https://{host}/a", kind=kind), Fetched)
    assert bearing(secure) == [goes]


async def test_a_key_does_not_go_from_one_tenant_of_a_host_to_the_next(secure: Newsroom, web: Web) -> None:
    access = replace(KEY, feed="https://mine.github.io/feed")
    for host in ("mine", "yours", "deep.mine"):
        await web.under(access).get(f"https://{host}.github.io/a", kind=PAGE)
    assert bearing(secure) == [True, False, True]


async def test_a_key_ends_with_the_first_redirect_that_leaves_its_site(secure: Newsroom, web: Web) -> None:
    secure.publish("/feed", redirect("https://rss.courier.example/moved"))
    secure.publish("/moved", redirect("https://other.example/back"))
    secure.publish("/back", redirect("https://www.courier.example/a"))
    assert isinstance(await web.under(KEY).get(FEED_AT, kind=FEED), Fetched)
    assert bearing(secure) == [True, True, False, False]


async def test_a_key_is_not_sent_in_clear_beyond_the_feed_that_asks_for_it(news: Newsroom) -> None:
    names = Names(news.port, "127.0.0.1")
    web = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0), resolver=names, robots=RobotsUse.OFF)
    for feed in ("https://courier.example/feed", "http://courier.example/feed"):
        for host in ("courier.example", "www.courier.example"):
            await web.under(replace(KEY, feed=feed)).get(f"http://{host}/a", kind=PAGE)
    await web.close()
    assert bearing(news) == [False, False, True, False]


async def test_a_key_of_one_feed_does_not_go_with_another(secure: Newsroom, web: Web) -> None:
    url = "https://www.courier.example/a"
    await web.under(KEY).get(url, kind=PAGE)
    await web.get(url, kind=PAGE)
    await web.under(Access("https://www.courier.example/other")).get(url, kind=PAGE)
    assert bearing(secure) == [True, False, False]


async def test_a_network_opens_for_its_feed_and_its_pages_alone(news: Newsroom) -> None:
    """Also where the line of the one is still open: it must not serve the other."""
    web = Web("t", limits=Limits(gap=0))
    inside = web.under(Access(news.url("/feed"), allow_networks=("127.0.0.0/8",)))
    news.publish("/feed", redirect(news.url("/a", host=1)))
    for _ in range(2):
        assert isinstance(await inside.get(news.url("/feed"), kind=FEED), Fetched)
        for kind in (FEED, PAGE):
            got = await web.get(news.url("/a"), kind=kind)
            assert isinstance(got, FetchFailed) and got.cause is Cause.ADDRESS  # its port is open inside only
    await web.close()
    assert len(news.log) == 4 and len({asked.line for asked in news.log}) == 2


async def test_a_name_opens_for_its_feed_alone(news: Newsroom) -> None:
    web = Web("t", limits=Limits(gap=0), resolver=Names(news.port, "127.0.0.1"))
    inside = web.under(Access("http://intranet.example/feed", allow_networks=("127.0.0.1/32",)))
    assert isinstance(await inside.get("http://intranet.example/a", kind=FEED), Fetched)
    got = await web.get("http://intranet.example/a", kind=FEED)
    assert isinstance(got, FetchFailed) and got.cause is Cause.BLOCKED
    assert isinstance(await inside.get("http://intranet.example/a", kind=PAGE), Fetched)
    await web.close()
    assert [asked.path for asked in news.log] == ["/a", "/a"]


async def test_a_closed_web_is_closed_for_every_feed(news: Newsroom) -> None:
    web = Web("t", limits=Limits(gap=0))
    inside = web.under(Access(news.url("/feed"), allow_networks=("127.0.0.0/8",)))
    await inside.get(news.url("/a"), kind=FEED)
    await web.close()
    got = await inside.get(news.url("/a"), kind=FEED)
    assert web.closed and inside.closed and isinstance(got, FetchFailed) and len(news.log) == 1
