"""wirewatch on a desk that reaches the web through a proxy alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.proxyroom import ProxyRoom
from tests.doors.slackroom import SlackRoom
from tests.whole.household import TOKEN, Household

FEED, STORY = "http://courier.example/feed", "http://courier.example/a"
PASSWORD = "canary/@:1"


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as news:
        news.publish("/feed", rss([entry("Missile over Iraq", STORY)]))
        news.publish("/a", page("Missile over Iraq", ["A missile was seen over Iraq on Sunday."]))
        yield news


def house(folder: Path, room: ProxyRoom, slack: str = "", password: str = PASSWORD) -> Household:
    (folder / "password").write_text(password)
    return Household(
        folder,
        feeds=[{"url": FEED, "every": "1m"}],
        rules=["missile + Iraq"],
        slack=slack,
        fetch={"proxy": f"http://desk:${{file:password}}@{room.proxy.address}"},
        first_look="alert",
    )


async def test_a_story_comes_through_the_proxy(tmp_path: Path, news: Newsroom) -> None:
    async with ProxyRoom(news.port, "desk", PASSWORD) as room, SlackRoom(TOKEN) as slack:
        home = house(tmp_path, room, slack.url)
        checked = await home.run("check")
        done = await home.run("run", "--once")
        asked = [line.removeprefix("GET http://courier.example") for line in room.asked]
    assert checked.code == 0 and "✓ proxy: it answers" in checked.out, checked.out
    assert asked == ["/robots.txt", "/feed", "/feed", "/robots.txt", "/a"]
    assert len(slack.messages("#desk")) == 1, done.err
    assert "canary" not in checked.out + checked.err + done.out + done.err


async def test_a_wrong_password_is_told_and_blames_no_feed(tmp_path: Path, news: Newsroom) -> None:
    async with ProxyRoom(news.port, "desk", PASSWORD) as room:
        home = house(tmp_path, room, password="canary-of-old")
        checked = await home.run("check")
        async with home.daemon() as daemon:
            await daemon.says("This machine seems offline", seconds=80)
            log = daemon.log
        listed = await home.run("feeds", "list")
    assert checked.code == 1 and "! proxy: the proxy refused" in checked.out, checked.out
    assert "wants a user and a password; check fetch.proxy" in log
    assert "canary" not in checked.out + checked.err + log + listed.out
    assert "not reached yet" in listed.out and not news.log
