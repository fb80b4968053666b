"""Push, with the daemon as a process: what a hub brought is told, also when we are killed after the 202."""

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest

from tests.doors.hubroom import Hub
from tests.doors.newsroom import HANG, Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

ROOT = Path(__file__).resolve().parents[2]
TEXT = ["Officials said that a missile had been found in Iraq on Tuesday.", "They gave no more detail of it."]


def push(port: int) -> dict[str, str]:
    return {"public": f"http://127.0.0.1:{port}/push/", "listen": f"127.0.0.1:{port}"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def household(folder: Path, news: Newsroom, hub: Hub, slack: SlackRoom, **more: Any) -> Household:
    """Its feed names a hub and never carries what the hub brings: what comes in has come by push."""
    url = news.url("/feed")
    named = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{url}"/>'
    news.publish(
        "/feed",
        rss([entry("Roses in bloom", news.url("/roses"))]).replace(
            b"<description>", named.encode() + b"<description>", 1
        ),
    )
    news.publish("/roses", page("Roses in bloom", ["The garden is open."]))
    return Household(folder, feeds=[url], slack=slack.url, websub=push(free_port()), **more)  # fmt: skip


async def test_what_a_hub_brings_is_told_without_a_poll(tmp_path: Path) -> None:
    async with Newsroom() as news, Hub() as hub, SlackRoom() as slack:
        home = household(tmp_path, news, hub, slack)
        news.publish("/missile", page("Missile found in Iraq", TEXT))
        async with home.daemon() as daemon:
            form = await hub.confirmed()
            assert await hub.deliver(form, rss([entry("Missile found in Iraq", news.url("/missile"))])) == 202
            [told] = await slack.wait(1, seconds=60)
        assert "Missile found in Iraq" in str(told)
        assert len(news.asked("/missile")) == 1
        assert form["hub.callback"].rpartition("/")[2] not in daemon.log
        assert form["hub.secret"] not in daemon.log
        assert (await home.audit())["balanced"]


async def test_killed_between_the_202_and_the_judging_nothing_is_lost(tmp_path: Path) -> None:
    async with Newsroom() as news, Hub() as hub, SlackRoom() as slack:
        home = household(tmp_path, news, hub, slack)
        news.publish("/missile", HANG)
        async with home.daemon() as daemon:
            form = await hub.confirmed()
            assert await hub.deliver(form, rss([entry("Missile found in Iraq", news.url("/missile"))])) == 202
            daemon.kill()
        news.publish("/missile", page("Missile found in Iraq", TEXT))
        async with home.daemon():
            await slack.wait(1, seconds=60)
        assert len(slack.messages()) == 1
        assert (await home.audit())["balanced"]


@pytest.mark.timeout(600)  # many starts of the daemon, and some machines are slow
async def test_killed_at_any_moment_every_delivery_is_told_once(tmp_path: Path) -> None:
    async with Newsroom() as news, Hub() as hub, SlackRoom() as slack:
        home = household(tmp_path, news, hub, slack)
        for round_ in range(4):
            news.publish(f"/{round_}", page(f"Missile {round_} found in Iraq", TEXT))
            async with home.daemon() as daemon:
                form = await hub.confirmed()
                body = rss([entry(f"Missile {round_} found in Iraq", news.url(f"/{round_}"))])
                await daemon.says("watches")
                assert await hub.deliver(form, body) == 202
                await asyncio.sleep(0.02 * round_)
                daemon.kill()
        async with home.daemon():
            await slack.wait(4, seconds=60)
        told = [str(message) for message in slack.messages()]
        assert all(any(f"Missile {n} found in Iraq" in one for one in told) for n in range(4))
        assert (await home.audit())["balanced"]


async def test_a_hub_that_is_not_ours_pushes_an_article_into_the_store() -> None:
    """flask-websub, its publisher and the daemon as processes; an article is there without another poll."""
    pytest.importorskip("flask_websub", reason="flask-websub is not installed (make bench brings it)")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.hub", "2", stdout=PIPE, stderr=STDOUT, cwd=ROOT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert "2 articles pushed; the feed was polled 1 time" in said.decode()


async def test_a_port_that_is_taken_ends_with_78(tmp_path: Path) -> None:
    async with Newsroom() as news, Hub() as hub, SlackRoom() as slack:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            home = household(tmp_path, news, hub, slack)
            home.write(websub=push(taken.getsockname()[1]))
            done = await home.run("run")
        assert done.code == 78 and "Traceback" not in done.err
        assert f"websub.listen: 127.0.0.1:{taken_port(home)} is taken by another program" in done.err


def taken_port(home: Household) -> str:
    return str(home.settings["websub"]["listen"]).rpartition(":")[2]
