"""Pull the plug in the middle: nothing lost, and nothing doubled."""

import asyncio
import random
import signal
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.doors.newsroom import HANG as HUNG
from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.slackroom import HANG, HANG_AFTER, SlackRoom
from tests.whole.household import Household

TEXT = "Officials confirmed on Tuesday that {n} had been seen near the depot, and gave no more detail of it."
PADDING = (
    "Local councillors said that they had learnt of it from the newspapers, and asked for a meeting soon."
)


def articles(news: Newsroom, count: int) -> list[str]:
    """Entries whose pages name a word each: word0, word1, …"""
    for n in range(count):
        news.publish(f"/{n}", page(f"Report {n}", [TEXT.format(n=f"word{n}"), PADDING, PADDING]))
    return [entry(f"Report {n}", news.url(f"/{n}"), guid=f"{n}") for n in range(count)]


def rules(count: int) -> list[dict[str, Any]]:
    """A rule and a channel for each, so that one message a second a channel does not make the test slow."""
    return [{"id": f"rule-{n}", "match": f"word{n}", "to": f"#c{n}"} for n in range(count)]


async def test_killed_in_mid_poll_the_feed_is_polled_again(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss(articles(news, 1)))
        news.plan("/feed", HUNG)
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await news.wait(1, "/feed")
            daemon.kill()
        async with home.daemon():
            await slack.wait(1)
        assert (await home.audit())["balanced"]


async def test_killed_in_mid_post_the_alert_is_found_in_slack_and_not_sent_again(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [HANG_AFTER]
        feed = news.publish("/feed", rss(articles(news, 1)))
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await slack.wait(1)
            daemon.kill()
        again = await home.run("run", "--once")
        assert again.code == 0 and "Slack is asked whether they have arrived" in again.err
        assert len(slack.messages("#c0")) == 1
        audit = await home.audit()
        assert audit["balanced"] and audit["outbox"]["sent"] == 1


async def test_killed_before_the_post_has_left_the_alert_is_sent_again(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [HANG]
        feed = news.publish("/feed", rss(articles(news, 1)))
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await slack.called(1)
            daemon.kill()
        assert (await home.run("run", "--once")).code == 0
        assert len(slack.messages("#c0")) == 1


@pytest.mark.timeout(600)  # many starts of the daemon, and some machines are slow
async def test_killed_again_and_again_every_alert_is_told_once(tmp_path: Path) -> None:
    count, chance = 24, random.Random(7)
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss(articles(news, count)))
        home = Household(tmp_path, feeds=[feed], rules=rules(count), slack=slack.url)
        for _ in range(8):
            async with home.daemon() as daemon:
                await daemon.says("watches")
                await asyncio.sleep(chance.uniform(0.05, 1.2))
                daemon.kill()
        last = await home.run("run", "--once")
        audit = await home.audit()
        told = Counter(message.channel for n in range(count) for message in slack.messages(f"#c{n}"))
        assert audit["balanced"], audit
        assert set(told.values()) == {1} and len(told) == count, last.err
        assert audit["outbox"]["sent"] == count


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_in_mid_poll_ends_well_and_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss(articles(news, 1)))
        news.plan("/feed", HUNG)
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await news.wait(1, "/feed")
            daemon.signal(number)
            assert await daemon.ended() == 0
            assert "Traceback" not in daemon.log
        assert (await home.run("run", "--once")).code == 0
        assert len(slack.messages("#c0")) == 1


async def test_a_stop_in_mid_post_waits_for_the_answer(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [HANG_AFTER]
        feed = news.publish("/feed", rss(articles(news, 1)))
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await slack.wait(1)
            daemon.signal(signal.SIGTERM)
            assert await daemon.ended() == 0
        audit = await home.audit()
        assert audit["balanced"] and audit["outbox"]["unknown"] == 1


async def test_a_stop_with_many_alerts_to_tell_begins_no_other_one(tmp_path: Path) -> None:
    """A post that begins while we stop may be cut off, and then nobody knows whether it has arrived."""
    count = 8
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss(articles(news, count)))
        home = Household(tmp_path, feeds=[feed], rules=["newspapers"], slack=slack.url)
        async with home.daemon() as daemon:
            await slack.wait(1)
            daemon.signal(signal.SIGTERM)
            assert await daemon.ended() == 0
        audit = await home.audit()
        assert audit["outbox"]["sent"] <= 2 and audit["outbox"]["unknown"] == 0


async def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss([]))
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await news.wait(2, "/feed")
            with sqlite3.connect(tmp_path / "wirewatch.db", isolation_level=None) as lock:
                lock.execute("BEGIN IMMEDIATE")
                news.publish("/feed", rss(articles(news, 1)))
                await asyncio.sleep(3)  # longer than the driver's own patience, which is 1 s
                lock.execute("ROLLBACK")
            await slack.wait(1)
            assert daemon.process.returncode is None and "Traceback" not in daemon.log
        assert (await home.audit())["balanced"]


async def test_a_daemon_whose_store_is_deleted_ends_and_says_so(tmp_path: Path) -> None:
    async with Newsroom() as news:
        feed = news.publish("/feed", rss([]))
        home = Household(tmp_path, feeds=[feed])
        async with home.daemon() as daemon:
            await news.wait(2, "/feed")
            (tmp_path / "wirewatch.db").unlink()
            assert await daemon.ended() == 1
            assert "was deleted or replaced under us" in daemon.lines[-1]
        assert "Traceback" not in daemon.log


async def test_a_second_ctrl_c_does_not_wait_for_slack(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        slack.faults += [HANG_AFTER]
        feed = news.publish("/feed", rss(articles(news, 1)))
        home = Household(tmp_path, feeds=[feed], rules=rules(1), slack=slack.url)
        async with home.daemon() as daemon:
            await slack.wait(1)
            daemon.signal(signal.SIGINT)
            await daemon.says("Ctrl-C again")
            daemon.signal(signal.SIGINT)
            assert await daemon.ended() == 130
        assert (await home.run("run", "--once")).code == 0
        assert len(slack.messages("#c0")) == 1
