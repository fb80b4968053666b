"""robots.txt: asked for once a day and host, through the same guard and lane as the pages it speaks of."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Access, Cause, Fetched, FetchFailed, RobotsUse
from monitor.sources.fetch import FEED, PAGE, Limits, Web, user_agent
from monitor.store.db import Db
from monitor.store.robots import Shelf
from tests.doors.newsroom import HANG, Answer, Names, Newsroom, page, redirect, status

PAGES = "http://courier.example"
STORY = page("Reactor shut", ["The reactor was shut on Sunday."])
NO = b"User-agent: *\nDisallow: /\n"
HASTY = Limits(connect=2, first_byte=0.3, total=0.6, slow_after=0.2, gap=0)
REFUSED = FetchFailed(Cause.ROBOTS, "its publisher's robots.txt asks us not to read it")


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as news:
        news.publish("/a", STORY)
        yield news


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def web(news: Newsroom, clock: Clock) -> AsyncIterator[Web]:
    web = asking(news, clock)
    yield web
    await web.close()


def asking(news: Newsroom, clock: Clock, shelf: Shelf | None = None, **more: object) -> Web:
    names = Names(news.port, "127.0.0.1")
    agent = user_agent("1.2", "ops@courier.example")
    options = {"limits": HASTY} | more
    return Web(agent, ["127.0.0.0/8"], resolver=names, shelf=shelf, clock=clock, **options)  # type: ignore[arg-type]


async def test_p10_a_page_that_robots_txt_forbids_is_not_asked_for(news: Newsroom, web: Web) -> None:
    news.publish("/robots.txt", NO, type="text/plain")
    assert await web.get(f"{PAGES}/a", kind=PAGE) == REFUSED
    assert not REFUSED.passing
    assert [asked.path for asked in news.log] == ["/robots.txt"]


async def test_feeds_are_published_for_machines(news: Newsroom, web: Web) -> None:
    news.publish("/robots.txt", NO)
    assert isinstance(await web.get(f"{PAGES}/a", kind=FEED), Fetched)
    assert [asked.path for asked in news.log] == ["/a"]


@pytest.mark.parametrize(
    ("use", "feeds", "pages"), [("pages", True, False), ("all", False, False), ("off", True, True)]
)
async def test_what_it_is_obeyed_for_can_be_set(
    news: Newsroom, clock: Clock, use: str, feeds: bool, pages: bool
) -> None:
    news.publish("/robots.txt", NO)
    web = asking(news, clock, robots=RobotsUse(use))
    assert isinstance(await web.get(f"{PAGES}/a", kind=FEED), Fetched) is feeds
    assert isinstance(await web.get(f"{PAGES}/a", kind=PAGE), Fetched) is pages
    await web.close()


@pytest.mark.parametrize(
    "answer", [status(404), status(403), status(401), status(410), redirect("/robots.txt")]
)
async def test_p10_no_robots_txt_is_no_wish(news: Newsroom, web: Web, answer: Answer) -> None:
    news.publish("/robots.txt", answer)
    assert isinstance(await web.get(f"{PAGES}/a", kind=PAGE), Fetched)


@pytest.mark.parametrize("answer", [status(500), status(503), status(429), HANG, Answer(raw=b"\0")])
async def test_p10_a_host_in_trouble_is_left_alone_for_now_and_asked_again(
    news: Newsroom, web: Web, clock: Clock, answer: Answer
) -> None:
    news.publish("/robots.txt", answer)
    got = await web.get(f"{PAGES}/a", kind=PAGE)
    assert isinstance(got, FetchFailed) and got.passing and got.retry_after == timedelta(hours=1)
    assert got.reason.startswith("its robots.txt cannot be had: ")
    news.publish("/robots.txt", b"User-agent: *\nDisallow: /b")
    clock.now += timedelta(hours=1)
    assert isinstance(await web.get(f"{PAGES}/a", kind=PAGE), Fetched)
    assert len(news.asked("/robots.txt")) == 2


@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_p10_of_two_megabytes_the_first_half_counts(news: Newsroom, web: Web, coding: str) -> None:
    wish = b"User-agent: *\nDisallow: /a\n"
    late = b"Disallow: /b\n"
    news.publish("/robots.txt", Answer(wish + b"# padding\n" * 200_000 + late, coding=coding))
    news.publish("/b", STORY)
    assert await web.get(f"{PAGES}/a", kind=PAGE) == REFUSED
    assert isinstance(await web.get(f"{PAGES}/b", kind=PAGE), Fetched)


async def test_it_is_asked_for_once_a_day_whoever_waits_for_it(
    news: Newsroom, web: Web, clock: Clock
) -> None:
    news.publish("/robots.txt", b"User-agent: *\nDisallow: /b\n")
    await asyncio.gather(*(web.get(f"{PAGES}/a?{number}", kind=PAGE) for number in range(8)))
    clock.now += timedelta(hours=23, minutes=59)
    await web.get("https://courier.example/b", kind=PAGE)
    assert len(news.asked("/robots.txt")) == 1
    clock.now += timedelta(minutes=1)
    await web.get(f"{PAGES}/a", kind=PAGE)
    assert len(news.asked("/robots.txt")) == 2


async def test_a_restart_does_not_ask_again(news: Newsroom, clock: Clock, tmp_path: Path) -> None:
    news.publish("/robots.txt", NO)
    clock.now = datetime.now(UTC)
    with Db.open(f"sqlite:///{tmp_path}/store.db") as db:
        for _ in range(3):
            web = asking(news, clock, Shelf(db))
            assert await web.get(f"{PAGES}/a", kind=PAGE) == REFUSED
            await web.close()
    assert len(news.log) == 1


async def test_redirects_are_followed_and_lead_nowhere_inside(news: Newsroom, clock: Clock) -> None:
    news.publish("/robots.txt", redirect("http://other.example/wishes", 301))
    news.publish("/wishes", NO)
    web = asking(news, clock)
    assert await web.get(f"{PAGES}/a", kind=PAGE) == REFUSED
    await web.close()
    news.publish("/robots.txt", redirect("http://10.0.0.1/robots.txt"))
    web = asking(news, clock)
    assert isinstance(await web.get(f"{PAGES}/a", kind=PAGE), Fetched)
    await web.close()


async def test_where_a_page_has_moved_to_another_robots_txt_counts(news: Newsroom, web: Web) -> None:
    news.publish("/robots.txt", b"User-agent: *\nDisallow: /b\n")
    news.publish("/a", redirect("http://other.example/b"))
    got = await web.get(f"{PAGES}/a", kind=PAGE)
    assert isinstance(got, FetchFailed) and got.reason == f"redirected: {REFUSED.reason}"
    assert [asked.path for asked in news.log] == ["/robots.txt", "/a", "/robots.txt"]


@pytest.mark.parametrize(("delay", "least"), [("0.3", 0.29), ("0", 0.0), ("never", 0.0), ("-1", 0.0)])
async def test_a_crawl_delay_makes_the_breath_longer(
    news: Newsroom, web: Web, delay: str, least: float
) -> None:
    news.publish("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    for _ in range(3):
        await web.get(f"{PAGES}/a", kind=PAGE)
    first, second = (asked.at for asked in news.asked("/a")[1:])
    assert second - first >= least


async def test_networks_of_our_own_have_no_robots_txt(news: Newsroom, web: Web) -> None:
    news.publish("/robots.txt", NO)
    assert isinstance(await web.get(news.url("/a"), kind=PAGE), Fetched)
    inside = web.under(Access("http://courier.example/feed", allow_networks=("127.0.0.0/8",)))
    assert isinstance(await inside.get(news.url("/a"), kind=PAGE), Fetched)
    assert [asked.path for asked in news.log] == ["/a", "/a"]
