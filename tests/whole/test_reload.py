"""A config that changes while articles are being read."""

import signal
from pathlib import Path

from tests.doors.newsroom import Answer, Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

WORDS = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
OTHER = (
    "Civil defence found rusty missiles from an old war below a school in Basra, Iraq, and closed the street."
)
GOOD = page("Convoy seen", [WORDS, WORDS, WORDS])


async def test_a_rule_that_goes_while_its_article_is_read_leaves_the_audit_whole(tmp_path: Path) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        slow = news.publish("/slow", Answer(GOOD, pause=3, piece=len(GOOD) // 4))
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


async def test_a_broken_rule_file_leaves_the_rules_in_force(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        home = household_with_a_rule_file(tmp_path, news, slack)
        async with home.daemon() as daemon:
            await slack.wait(1)
            (tmp_path / "desk.yaml").write_text("- missile + Iraq\n- convoy AND\n")
            daemon.signal(signal.SIGHUP)
            await daemon.says("the old one stays in force")
            news.publish("/b", page("School closed in Basra", [OTHER, OTHER]))
            news.publish("/feed", rss([entry("School closed", news.url("/b"), guid="b")]))
            await slack.wait(3)
        [notice] = slack.messages("#ops")
        assert "desk.yaml:2:" in notice.text and "desk.yaml:2:" in daemon.log
        assert [message.text for message in slack.messages("#desk") if "School closed" in message.text]


async def test_a_rule_file_that_changes_is_read_again(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        home = household_with_a_rule_file(tmp_path, news, slack)
        async with home.daemon() as daemon:
            await slack.wait(1)
            (tmp_path / "desk.yaml").write_text("- missile + Iraq\n- {id: hurt, match: nobody + hurt}\n")
            await daemon.says("2 rules")
            news.publish("/b", GOOD)
            news.publish("/feed", rss([entry("Second convoy", news.url("/b"), guid="b")]))
            _, second = await slack.wait(2)
        assert "nobody + hurt" in second.text + str(second.blocks)
        assert (await home.audit())["balanced"]


def household_with_a_rule_file(folder: Path, news: Newsroom, slack: SlackRoom) -> Household:
    """One article is there, which a rule in a file of its own finds."""
    (folder / "desk.yaml").write_text("- missile + Iraq\n")
    news.publish("/a", GOOD)
    feed = news.publish("/feed", rss([entry("First convoy", news.url("/a"), guid="a")]))
    home = Household(folder, feeds=[feed], slack=slack.url, rules=[{"file": "desk.yaml"}])
    home.write(slack=home.settings["slack"] | {"ops_channel": "#ops"})
    return home
