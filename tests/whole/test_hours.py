"""Quiet hours, through the daemon as a user runs it: what they hold is told when they are gone."""

from pathlib import Path

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household
from tests.whole.test_path import PADDING

ALWAYS = ["00:00-12:00", "12:00-24:00"]


async def test_what_quiet_hours_hold_is_told_in_one_message_when_a_reload_ends_them(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        depot = page("Depot", ["Missiles stood in a depot in western Iraq on Tuesday.", *PADDING])
        museum = page("Museum", ["A museum in Iraq shows a missile of the last war.", *PADDING[:1]])
        items = [
            entry("Depot opened near the border", news.publish("/depot", depot), guid="a"),
            entry("Museum shows old weapons to schools", news.publish("/museum", museum), guid="b"),
        ]
        feed = news.publish("/feed", rss(items))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, stories="apart")
        told_at_once = home.settings["slack"]
        home.write(slack=told_at_once | {"quiet": ALWAYS})
        assert (await home.run("run", "--once")).code == 0  # nothing that is to be told now is left
        assert not slack.messages("#desk")
        async with home.daemon() as daemon:
            await daemon.says("watches 1 feed")
            home.write(slack=told_at_once)
            await slack.wait(1)
        [message] = slack.messages("#desk")
        shown = str(message.blocks)
        assert "Depot opened near the border" in shown and "Museum shows old weapons" in shown
        assert (await home.audit())["balanced"]
