"""A config that changes while articles are being read."""

import signal
from pathlib import Path

from tests.doors.newsroom import Answer, Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

WORDS = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
GOOD = page("Convoy seen", [WORDS, WORDS, WORDS])


async def test_a_rule_that_goes_while_its_article_is_read_leaves_the_audit_whole(tmp_path: Path) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        slow = news.publish("/slow", Answer(GOOD, pause=0.5, piece=len(GOOD) // 4))
        feed = news.publish("/feed", rss([entry("Convoy seen", slow, guid="slow")]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, first_look="summary")
        async with home.daemon() as daemon:
            await news.wait(1, "/slow")
            home.write(rules=["Macron"])
            daemon.signal(signal.SIGHUP)
            await daemon.says("config taken")
            [look] = await slack.wait(1)
            home.write(rules=["Macron", "missile + Iraq"])
            daemon.signal(signal.SIGHUP)
            await daemon.says("2 rules")
            news.publish("/page", GOOD)
            news.publish("/feed", rss([entry("Convoy again", news.url("/page", host=1), guid="page")]))
            _, alert = await slack.wait(2)
        assert "none of 1 article matches" in look.text and "Convoy again" in alert.text
        audit = await home.audit()
        assert audit["balanced"] and audit["entries_in"] == 2
