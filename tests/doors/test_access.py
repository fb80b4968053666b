"""What one feed brings along: its headers go to its own site alone, its networks open for it alone."""

from collections.abc import AsyncIterator

import pytest

from monitor.model import Access, Cause, Fetched, FetchFailed, RobotsUse, Secret
from monitor.sources.fetch import FEED, PAGE, Limits, Web
from tests.doors.newsroom import Names, Newsroom, page, redirect

FEED_AT = "http://www.courier.example/feed"
KEY = Access(FEED_AT, headers=(("X-Api-Key", Secret("canary")), ("Cookie", Secret("session=canary"))))
STORY = page("Reactor shut", ["The reactor was shut on Sunday."])


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom(hosts=2) as news:
        news.publish("/a", STORY)
        yield news


@pytest.fixture
async def web(news: Newsroom) -> AsyncIterator[Web]:
    names = Names(news.port, "127.0.0.1")
    web = Web("t", ["127.0.0.0/8"], limits=Limits(gap=0), resolver=names, robots=RobotsUse.OFF)
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
        ("example", False),
    ],
)
async def test_a_key_goes_to_the_site_of_its_feed(
    news: Newsroom, web: Web, kind: object, host: str, goes: bool
) -> None:
    await web.under(KEY).get(f"http://{host}/a", kind=kind)  # type: ignore[arg-type]
    assert bearing(news) == [goes]


async def test_a_key_ends_with_the_first_redirect_to_another_host(news: Newsroom, web: Web) -> None:
    news.publish("/feed", redirect("/moved"))
    news.publish("/moved", redirect("http://other.example/back"))
    news.publish("/back", redirect("http://www.courier.example/a"))
    assert isinstance(await web.under(KEY).get(FEED_AT, kind=FEED), Fetched)
    assert bearing(news) == [True, True, False, False]


async def test_a_key_of_one_feed_does_not_go_with_another(news: Newsroom, web: Web) -> None:
    await web.under(KEY).get("http://www.courier.example/a", kind=PAGE)
    await web.get("http://www.courier.example/a", kind=PAGE)
    await web.under(Access("http://www.courier.example/other")).get("http://www.courier.example/a", kind=PAGE)
    assert bearing(news) == [True, False, False]


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
