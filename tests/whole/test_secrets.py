"""Canaries: what opens a publisher's door is in config.yaml, and found nowhere else after every command."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, redirect, rss, status
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

CANARY = "canary4711"
WORDS = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
STORY = page("Missiles in Iraq", [WORDS, WORDS, WORDS])
COMMANDS = (
    ("run", "--once", "--verbose"),
    ("check", "--days=0"),
    ("feeds", "list"),
    ("feeds", "export"),
    ("audit",),
    ("audit", "--json"),
)


def subscriptions(news: Newsroom, folder: Path) -> list[Mapping[str, object]]:
    """Feeds that go well, are gone, are no feed, and lead astray, each with a secret of every kind."""
    (folder / "secret").write_text(CANARY)
    news.publish(f"/gone?access_token={CANARY}", status(404))
    news.publish(f"/page?page=1&api_key={CANARY}", STORY)
    news.publish(f"/moved?sid={CANARY}", redirect(f"http://10.0.0.1/?signature={CANARY}", 301))
    link = news.publish("/story", STORY)
    news.publish(f"/feed?client_secret={CANARY}", rss([entry("Missiles in Iraq", link)]))
    access = {
        "headers": {"Authorization": "Bearer ${file:secret}", "X-Api-Key": "${file:secret}"},
        "cookies": {"session": "${file:secret}"},
    }
    paths = (f"gone?access_token={CANARY}", f"page?page=1&api_key={CANARY}", f"moved?sid={CANARY}")
    paths += (f"feed?client_secret={CANARY}", f"dead?Password={CANARY}")
    return [{"url": news.url(f"/{path}"), **access} for path in paths]


def stored(folder: Path) -> str:
    """All that stands in the store, but for the addresses of feeds as config.yaml names them."""
    with sqlite3.connect(next(folder.glob("*.db"))) as db:
        db.row_factory = sqlite3.Row
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(name, dict(row)) for name in tables for row in db.execute(f'SELECT * FROM "{name}"')]
    named = {("feeds", "url"), ("feeds", "key")}
    return "\n".join(
        f"{name}.{key}: {value!r}"
        for name, row in rows
        for key, value in row.items()
        if (name, key) not in named
    )


@pytest.mark.timeout(300)  # nine processes, one after the other
async def test_what_opens_a_feed_is_shown_nowhere(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feeds = subscriptions(news, tmp_path)
        home = Household(tmp_path, feeds=feeds, slack=slack.url, rules=["missile"])
        shown = [await home.run(*words) for words in COMMANDS]
        shown += [await home.run("why", str(feed["url"])) for feed in feeds[:1]]
        shown.append(await home.run("why", news.url("/story")))
        said = "\n".join(done.out + done.err for done in shown)
        assert "missile" in said and "Traceback" not in said
        assert all(CANARY in str(asked.headers) for asked in news.asked("/story")), "it did open the door"
        assert slack.messages("#desk")
        told = "\n".join(map(repr, slack.messages()))
        for name, text in (("a command", said), ("Slack", told), ("the store", stored(tmp_path))):
            assert CANARY not in text, f"{name}: {_around(text)}"


async def test_a_daemon_that_takes_a_bad_config_shows_no_secret_either(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        home = Household(tmp_path, feeds=subscriptions(news, tmp_path), slack=slack.url, rules=["missile"])
        async with home.daemon() as daemon:
            await slack.wait(1)
            (tmp_path / "secret").write_text(f"{CANARY}\nHost: evil.example")
            home.write(first_look="never")
            await daemon.says("the old one stays in force")
        assert CANARY not in daemon.log, _around(daemon.log)


def _around(text: str) -> str:
    at = text.index(CANARY)
    return text[max(0, at - 200) : at + 60]
