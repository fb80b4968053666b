"""Hosts that hang, lead astray or never say the same thing twice: the others' news is told, and told once."""

from pathlib import Path

import pytest

from tests.doors.newsroom import HANG, Newsroom, entry, page, redirect, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

WORDS = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
GOOD = page("Convoy seen", [WORDS, WORDS, WORDS])


async def test_a_host_that_hangs_does_not_hold_up_the_news_of_another(tmp_path: Path) -> None:
    """Fifty pages that hang for 15 s each, one after the other, would take longer than anybody waits here."""
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        for n in range(50):
            news.publish(f"/slow{n}", HANG)
        slow = [entry(f"Report {n}", news.url(f"/slow{n}", host=1), guid=f"{n}") for n in range(50)]
        feeds = [news.publish("/slow", rss(slow)), news.publish("/good", rss([]))]
        home = Household(tmp_path, feeds=feeds, slack=slack.url)
        async with home.daemon():
            await news.wait(1, "/slow0")
            news.publish("/good", rss([entry("Convoy seen", news.publish("/page", GOOD))]))
            [message] = await slack.wait(1)
        assert "Convoy seen" in message.text


WAYS_INSIDE = {
    "a private address": "http://10.0.0.1/",
    "a cloud's metadata": "http://169.254.169.254/latest/",
    "this machine in IPv6": "http://[::1]/",
    "a private address in IPv6": "http://[::ffff:10.0.0.1]/",
    "this machine as a number": "http://2130706433/",
    "this machine with a dot": "http://localhost./",
    "nowhere": "http://0.0.0.0/",
    "a file": "file:///etc/passwd",
}


@pytest.mark.parametrize("way", WAYS_INSIDE)
async def test_a_page_cannot_lead_inside(tmp_path: Path, way: str) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        page = news.publish("/page", redirect(WAYS_INSIDE[way]))
        feed = news.publish("/feed", rss([entry("Missiles in Iraq", page)]))
        fetch = {"allow_networks": ["127.0.0.1/32"], "every": "1s"}
        done = await Household(tmp_path, feeds=[feed], slack=slack.url, fetch=fetch).run("run", "--once")
        [message] = slack.messages("#desk")
        assert "summary only: " in str(message.blocks) and "Traceback" not in done.err


async def test_a_feed_that_rewrites_itself_at_every_poll_is_told_once(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        link = news.publish("/page", GOOD)

        def edition(number: int) -> bytes:
            linked = entry(f"Missiles in Iraq, update {number}", link, f"Text {number}", guid=f"new-{number}")
            edited = entry(f"Missiles seen in Iraq: {number}", "", f"Text {number}", guid="kept")
            churned = entry("Missiles near Iraq", "", "The same words", guid=f"other-{number}")
            return rss([linked, edited, churned])

        feed = news.publish("/feed", edition(0))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, stories="apart")
        async with home.daemon():
            await slack.wait(3)
            for number in range(1, 4):
                news.publish("/feed", edition(number))
                await news.wait(len(news.asked("/feed")) + 2, "/feed")
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 3
        audit = await home.audit()
        assert audit["balanced"] and audit["entries_in"] == 3


ODD = {
    "a script for a link": entry("Missiles in Iraq", "javascript:alert(1)", guid="1"),
    "data for a link": entry("Missiles in Iraq", "data:text/html,x", guid="1"),
    "a password in its link": entry("Missiles in Iraq", "http://user:secret@a.example/", guid="1"),
    "a headline nobody can see": entry("\u200b\u2060\u00ad", "", "Missiles in Iraq", guid="1"),
    "no headline": entry("", "", "Missiles in Iraq", guid="1"),
}


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_entry_is_told_and_leads_nowhere(tmp_path: Path, name: str) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([ODD[name]]))], slack=slack.url)
        done = await home.run("run", "--once")
        [message] = slack.messages("#desk")
        assert done.code == 0 and message.text.strip()
        assert "'url'" not in str(message.blocks) and "secret" not in str(message) + done.err
