"""`wirewatch slack`: the manifest, the check, the measuring, as a user runs them."""

from pathlib import Path

import pytest
import yaml

from tests.doors.slackroom import SCOPES, SlackRoom, rate_limited
from tests.doors.workspace import channel_id
from tests.whole.household import Household


def house(folder: Path, slack: SlackRoom, **more: str) -> Household:
    home = Household(folder, feeds=["http://127.0.0.1:9/feed"], slack=slack.url)
    home.write(slack=home.settings["slack"] | {"app_token": "${SLACK_APP_TOKEN:-}"} | more)
    return home


async def test_the_manifest_is_printed_without_a_config(tmp_path: Path) -> None:
    home = Household(tmp_path)
    home.config.unlink()
    done = await home.run("slack", "manifest")
    manifest = yaml.safe_load(done.out)
    assert done.code == 0 and ",".join(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert manifest["settings"]["socket_mode_enabled"] is True


async def test_all_is_well(tmp_path: Path) -> None:
    async with SlackRoom(channels=["#desk", "#ops", "#test"]) as slack:
        done = await house(tmp_path, slack, ops_channel="#ops").run("slack", "check", "--in", "#test")
        assert (done.code, done.err) == (0, "")
        for line in (
            "token: ",
            "scopes: all that are needed",
            "#desk: the bot is in it",
            "#ops: the bot is in it",
        ):
            assert f"✓ {line}" in done.out
        assert "✓ app token: buttons and /wirewatch will be heard" in done.out
        assert "✓ write to #test: posted, read back with its metadata, deleted" in done.out
        assert "Slack is ready" in done.out
        assert (slack.messages(), len(slack.slack.deleted)) == ((), 1)


async def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    scopes = SCOPES.replace("channels:history,", "")
    async with SlackRoom(channels=["#desk", "#old"], scopes=scopes, app_token="xapp-other") as slack:
        slack.closed["#old"] = "is_archived"
        home = house(tmp_path, slack, ops_channel="#nowhere", fallback_channel="#old")
        done = await home.run("slack", "check")
    assert done.code == 1
    assert "! scopes: channels:history missing" in done.out
    assert "! #nowhere: it cannot be seen" in done.out
    assert "! #old: it is archived" in done.out
    assert "! app token: Slack: invalid_auth; make an app-level token with connections:write" in done.out
    assert "4 of 6 findings to mend" in done.out
    assert "xoxb" not in done.out + done.err and "xapp-test" not in done.out + done.err


async def test_where_nothing_can_be_read_back_a_lost_answer_could_not_be_settled(tmp_path: Path) -> None:
    async with SlackRoom() as slack:
        slack.slack.unreadable = "missing_scope"
        done = await house(tmp_path, slack).run("slack", "check", "--in", "#test")
        assert done.code == 1 and "cannot be read back with its metadata" in done.out
        assert slack.messages() == (), "what was posted is deleted all the same"


async def test_a_token_that_is_not_taken_ends_the_check(tmp_path: Path) -> None:
    async with SlackRoom(token="xoxb-other") as slack:
        done = await house(tmp_path, slack).run("slack", "check")
    assert done.code == 1 and "! token: Slack: invalid_auth" in done.out


async def test_measuring_says_how_many_are_taken_and_leaves_nothing(tmp_path: Path) -> None:
    async with SlackRoom(channels=["#desk", "#test"]) as slack:
        slack.faults += [None, None, None, rate_limited("7")]
        slack.slack.skew = 5
        done = await house(tmp_path, slack).run("slack", "measure", "--in", "#test")
        assert done.code == 0, done.err
        assert "burst: 3 messages in" in done.out and "Retry-After: 7" in done.out
        assert "history showed the last one" in done.out
        assert "clock is +5." in done.out or "clock is +4." in done.out
        assert (slack.messages(), len(slack.slack.deleted)) == ((), 3)


@pytest.mark.parametrize("channel", ["", "#desk"])
async def test_nothing_is_measured_where_people_read(tmp_path: Path, channel: str) -> None:
    async with SlackRoom() as slack:
        words = ["--in", channel] if channel else []
        done = await house(tmp_path, slack).run("slack", "measure", *words)
        assert done.code != 0 and "name a channel of its own" in done.err and slack.posted == []


@pytest.mark.parametrize("channel", [channel_id("#desk"), "#nowhere", "desk"])
async def test_a_channel_of_the_config_is_known_by_its_id_too(tmp_path: Path, channel: str) -> None:
    async with SlackRoom(channels=["#desk", "#test"]) as slack:
        done = await house(tmp_path, slack).run("slack", "measure", "--in", channel)
        assert done.code != 0 and "name a channel of its own" in done.err
        assert (slack.posted, slack.slack.deleted) == ([], [])


async def test_an_id_is_not_taken_while_a_channel_of_the_config_cannot_be_seen(tmp_path: Path) -> None:
    async with SlackRoom(channels=["#test"]) as slack:
        done = await house(tmp_path, slack).run("slack", "measure", "--in", channel_id("#test"))
        assert done.code != 0 and "name a channel of its own" in done.err and slack.posted == []


async def test_without_a_token_there_is_nothing_to_check(tmp_path: Path) -> None:
    done = await Household(tmp_path, feeds=["http://127.0.0.1:9/feed"]).run("slack", "check")
    assert done.code != 0 and "slack.token is empty" in done.err
