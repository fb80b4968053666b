"""The watch over the watcher, through the daemon as a user runs it."""

import json
from pathlib import Path

from tests.doors.newsroom import Newsroom, rss, status
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household
from tests.whole.test_path import article


async def test_without_slack_the_alarm_is_given_and_feeds_are_read_and_matched_as_ever(
    tmp_path: Path,
) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom("xoxb-another") as slack:
        news.publish("/alarm", status(204))
        feed = news.publish("/feed", rss([article(news)]))
        alarm = news.url("/alarm", host=1)
        home = Household(tmp_path, feeds=[feed], slack=slack.url, stories="apart", alarm=alarm)
        async with home.daemon() as daemon:
            [given] = await news.wait(1, "/alarm")
            text = json.loads(given.body)["text"]
            assert "cannot tell Slack" in text and "invalid_auth" in text and "xoxb-test" not in text
            news.publish("/feed", rss([article(news), article(news, "/second")]))
            await news.wait(1, "/second")  # a page is asked to be matched
            slack.slack.token = "xoxb-test"
            home.write(languages=["en", "ar"])  # a changed config: what is held is tried at once
            [_, over] = await news.wait(2, "/alarm")
            assert "Slack takes messages again" in json.loads(over.body)["text"]
            await slack.wait(2, "#desk")
            assert daemon.log.count("its alerts wait") == 1
        assert (await home.audit())["balanced"]


async def test_the_canary_reaches_slack_and_then_the_heartbeat_and_leaves_no_trace(tmp_path: Path) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        news.publish("/ping", status(200))
        feed = news.publish("/feed", rss([article(news)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, heartbeat=news.url("/ping", host=1))
        home.write(slack=home.settings["slack"] | {"ops_channel": "#ops"})
        for start in (1, 2):
            async with home.daemon():
                await news.wait(start, "/ping")
                await slack.wait(1, "#desk")
        [message] = slack.messages("#ops")
        assert "a story of our own came all the way here" in message.text
        audit = await home.audit()
        assert audit["balanced"] and "canary" not in json.dumps(audit)
        assert "canary" not in (await home.run("feeds", "list")).out
        assert "canary" not in (await home.run("stories", "list")).out
