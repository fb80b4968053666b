"""People answer a daemon in Slack: what they press holds over a kill, a cut line and a changed config."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.doors.newsroom import Newsroom, rss
from tests.doors.slackroom import SlackRoom
from tests.doors.workspace import Posted, channel_id
from tests.whole.household import APP_TOKEN, Household
from tests.whole.test_path import article

ANN = "U0ANN00001"


def pressed(slack: SlackRoom, message: Posted, action: str, **more: Any) -> Mapping[str, Any]:
    block = next(one for one in message.blocks if one["type"] == "actions")
    return {
        "type": "block_actions",
        "user": {"id": ANN},
        "container": {"type": "message", "message_ts": message.ts, "channel_id": channel_id(message.channel)},
        "response_url": slack.answer_at,
        "actions": [{"block_id": block["block_id"], "action_id": action, **more}],
    }


async def test_what_is_pressed_holds_over_a_cut_line_and_a_kill(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss([article(news)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        home.write(slack=home.settings["slack"] | {"app_token": "${SLACK_APP_TOKEN:-}"})
        async with home.daemon() as daemon:
            await daemon.says("are heard in Slack")
            [message] = await slack.wait(1)
            await slack.cut()
            await slack.listened(2)
            await slack.bring("interactive", pressed(slack, message, "relevant"))
            chosen = {"selected_option": {"value": "rule|1 day"}}
            await slack.bring("interactive", pressed(slack, message, "mute", **chosen))
            daemon.kill()  # acknowledged: it is in the store
            await daemon.ended()
        opened = slack.opened
        later = article(news, "/second", "Missiles were moved through Iraq by night, drivers said on Friday.")
        news.publish("/feed", rss([article(news), later]))
        async with home.daemon() as daemon:
            await slack.listened(opened + 1)
            # An edit that comes while another one is on its way waits for the pace of edits, 30 s.
            await slack.until(lambda: "This rule: muted for 1 day by" in str(slack.messages("#desk")), 60)
            await slack.bring("interactive", pressed(slack, message, "relevant"))
            await slack.bring(
                "slash_commands", {"text": "mute", "user_id": ANN, "response_url": slack.answer_at}
            )
            told = str((await slack.answered())[0])
            assert "rule missile-and-iraq in #desk by @U0ANN00001 until" in told
            [after] = slack.messages("#desk")
        assert "Relevant, says" in str(after.blocks)
        assert (await home.audit())["balanced"]


async def test_without_an_app_token_there_are_no_buttons_and_no_line(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([article(news)]))], slack=slack.url)
        async with home.daemon() as daemon:
            [message] = await slack.wait(1)
            assert "actions" not in [one["type"] for one in message.blocks]
            assert slack.opened == 0
            home.write(slack=home.settings["slack"] | {"app_token": "${SLACK_APP_TOKEN:-}"})
            await daemon.says("are heard in Slack")


async def test_health_says_why_nobody_is_heard(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom(app_token="xapp-other") as slack:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([]))], slack=slack.url)
        home.write(slack=home.settings["slack"] | {"app_token": "${SLACK_APP_TOKEN:-}"})
        async with home.daemon() as daemon:
            await daemon.says("not heard in Slack")
            done = await home.run("health")
            assert "not heard: buttons and /wirewatch: slack.app_token" in done.out
            assert APP_TOKEN not in done.out + daemon.log
