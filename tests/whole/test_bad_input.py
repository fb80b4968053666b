"""Bad feeds, bad pages, a bad Slack: a clear line, a reason in the ledger, nothing lost, the rest goes on."""

from pathlib import Path
from typing import Any

import pytest

from tests.doors.newsroom import DROP, Answer, Newsroom, cut, entry, page, rss, status
from tests.doors.slackroom import DROP_AFTER, SERVER_ERROR, SlackRoom, failed, rate_limited
from tests.whole.household import Household

WORDS = (
    "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt by them."
)
PADDING = (
    "Local councillors said that they had learnt of it from the newspapers, and asked for a meeting soon."
)
GOOD = page("Convoy seen", [WORDS, PADDING, PADDING])


def feed_with(news: Newsroom, title: str = "Convoy seen", **more: Any) -> bytes:
    return rss([entry(title, news.publish("/good", GOOD), guid="good", **more)])


FEEDS = {
    "html": (b"<html><head><title>Welcome</title></head><body>News</body></html>", "web page"),
    "empty": (b"", "empty"),
    "not xml": (b"\x00\x01\x02 what is this", "not a feed"),
    "ten megabytes": (b"<rss>" + b"x" * 10_000_000, "8 MB"),
    "gone": (status(404), "404"),
    "busy": (status(429, {"Retry-After": "3600"}), "429"),
    "dropped": (DROP, ""),
}


@pytest.mark.parametrize("name", FEEDS)
async def test_a_bad_feed_is_one_line_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    what, reason = FEEDS[name]
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        news.publish("/good-feed", feed_with(news))
        news.publish("/bad", what)
        feeds = [{"url": news.url("/bad", host=1), "name": "The bad one"}, news.url("/good-feed")]
        home = Household(tmp_path, feeds=feeds, slack=slack.url)
        done = await home.run("run", "--once")
        listed = await home.run("feeds", "list")
        assert len(slack.messages("#desk")) == 1
        assert done.err.count("The bad one") == 1 and reason in done.err and "Traceback" not in done.err
        assert reason in " ".join(listed.out.split())
        assert (await home.audit())["balanced"]


OTHER = (
    "Civil defence found rusty missiles from an old war below a school in Basra, Iraq, and closed the street."
)


async def test_a_truncated_feed_gives_what_is_whole_and_is_asked_for_again(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        news.publish("/second", page("Second convoy", [OTHER, PADDING]))
        both = rss(
            [entry("Convoy seen", news.publish("/good", GOOD)), entry("Second convoy", news.url("/second"))]
        )
        feed = news.publish("/feed", Answer(both[: both.index(b"/second")]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 1
        news.publish("/feed", both)
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 2
        assert "If-None-Match" not in news.asked("/feed")[1].headers


PAGES = {
    "five megabytes": b"<html><body><p>" + b"word " * 1_200_000 + b"</p></body></html>",
    "no text": b"<html><body></body></html>",
    "a picture": Answer(b"\x89PNG\r\n", type="image/png"),
    "cut": cut(GOOD),
    "gone": status(410),
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_bad_page_leaves_the_feeds_own_words(tmp_path: Path, name: str) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        link = news.publish("/bad", PAGES[name])
        feed = news.publish("/feed", rss([entry("Convoy seen", link, WORDS)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        done = await home.run("run", "--once")
        [message] = slack.messages("#desk")
        assert "ummary only" in str(message.blocks)
        assert "Traceback" not in done.err and (await home.audit())["balanced"]


async def test_a_page_in_another_charset_is_read(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        text = (
            GOOD.decode()
            .replace("utf-8", "windows-1252")
            .replace("Officials", "Señor Muñoz")
            .encode("cp1252")
        )
        link = news.publish("/page", Answer(text, type="text/html"))
        feed = news.publish("/feed", rss([entry("Convoy seen", link)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=["Muñoz + missile"])
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 1


@pytest.mark.parametrize(
    "date", [None, "Fri, 01 Jan 2099 00:00:00 GMT", "Mon, 01 Jan 1479 00:00:00 GMT", "soon"]
)
async def test_no_date_loses_an_entry(tmp_path: Path, date: str | None) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", feed_with(news, published=date))
        await Household(tmp_path, feeds=[feed], slack=slack.url).run("run", "--once")
        assert len(slack.messages("#desk")) == 1


@pytest.mark.parametrize("guid", ["", "same"])
async def test_a_guid_missing_or_doubled_loses_no_entry(tmp_path: Path, guid: str) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        items = []
        for n in range(3):
            link = news.publish(f"/{n}", page(f"Convoy {n}", [WORDS, PADDING, PADDING]))
            items.append(entry(f"Convoy {n}", link, guid=guid))
        feed = news.publish("/feed", rss(items))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        await home.run("run", "--once")
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 3


TITLES = {
    "a megabyte": "Missile " * 130_000,
    "a ping": "<!channel> <@U123> missile",
    "a lying link": "<https://evil.example|bbc.co.uk> missile",
    "control characters": "Mis\u202esile \x1b[31m missile \u200b",
}


@pytest.mark.parametrize("name", TITLES)
async def test_a_hostile_title_is_only_text(tmp_path: Path, name: str) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        title = "".join(sign for sign in TITLES[name] if sign >= " ")  # XML 1.0 cannot carry the others
        feed = news.publish("/feed", feed_with(news, title=title))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        done = await home.run("run", "--once")
        [message] = slack.messages("#desk")
        assert done.code == 0, done.err
        assert (
            "<!" not in message.text
            and "<@" not in message.text
            and "evil.example" not in _links(message.blocks)
        )
        assert not {"\u202e", "\x1b"} & set(message.text + str(message.blocks))


def _links(blocks: Any) -> str:
    if isinstance(blocks, dict):
        return str(blocks.get("url", "")) + "".join(_links(one) for one in blocks.values())
    return "".join(map(_links, blocks)) if isinstance(blocks, list | tuple) else ""


SLACKS = {
    "busy": (rate_limited("1"), 0, "sent"),
    "fails": (SERVER_ERROR, 0, "sent"),
    "drops after accepting": (DROP_AFTER, 0, "sent"),
    "token revoked": (failed("invalid_auth"), 1, "ready"),
    "no such channel": (failed("channel_not_found"), 1, "ready"),
}


@pytest.mark.parametrize("name", SLACKS)
async def test_a_bad_day_of_slack_loses_and_doubles_nothing(tmp_path: Path, name: str) -> None:
    fault, code, state = SLACKS[name]
    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [fault]
        feed = news.publish("/feed", feed_with(news))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        done = await home.run("run", "--once")
        audit = await home.audit()
        assert done.code == code and "xoxb-test" not in done.err
        assert audit["balanced"] and audit["outbox"][state] == 1
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 1


async def test_what_a_hanging_slack_has_not_taken_is_told_when_it_has_been_looked_up(tmp_path: Path) -> None:
    from tests.doors.slackroom import HANG

    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [HANG]
        feed = news.publish("/feed", feed_with(news))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        assert (await home.run("run", "--once")).code == 0
        assert (await home.audit())["outbox"]["sent"] == len(slack.messages("#desk")) == 1
