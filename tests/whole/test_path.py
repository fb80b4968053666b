"""From a published entry to a message in Slack, through the daemon as a user runs it."""

import json
import signal
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

DEPOT = "A depot holding several hundred missiles was opened in western Iraq on Tuesday, officials said."
STORY = DEPOT + (
    " The road to it was built in a summer by two hundred men, who were told that it would lead to a quarry, "
    "and who were paid in cash each Thursday by a clerk whom none of them had seen before or since."
)
PADDING = [
    "The ministry declined to say who paid for the work, how many people are employed there, or when the "
    "first convoy is expected to arrive at the gates of the compound.",
    "Local councillors said that they had learnt of it from the newspapers, and asked for a meeting with the "
    "governor before the end of the month, so far without an answer.",
]


def article(news: Newsroom, path: str = "/depot", text: str = DEPOT, **more: list[str]) -> str:
    """Publish a page; returns its feed entry."""
    news.publish(path, page("Depot opened near the border", [text, *PADDING], **more))
    return entry("Depot opened near the border", news.url(path), "A new depot.", guid=path)


async def test_an_article_is_told_once_with_the_sentence_that_matched(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss([article(news)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        first = await home.run("run", "--once")
        again = await home.run("run", "--once")
        assert (first.code, again.code) == (0, 0), first.err + again.err
        [message] = slack.messages("#desk")
        shown = str(message.blocks)
        assert "Depot opened near the border" in shown and "several hundred" in shown
        assert {"text": "missiles", "style": {"bold": True}}.items() <= _element(
            message.blocks, "missiles"
        ).items()
        assert (await home.audit())["balanced"]


def _element(blocks: object, text: str) -> dict[str, object]:
    """The rich-text element that carries just this text."""
    if isinstance(blocks, dict):
        if blocks.get("type") == "text" and blocks.get("text") == text:
            return blocks
        blocks = list(blocks.values())
    if isinstance(blocks, list | tuple):
        for one in blocks:
            if found := _element(one, text):
                return found
    return {}


async def test_a_copy_of_an_article_is_named_by_its_message(tmp_path: Path) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        first, second = article(news, "/one", STORY), article(news, "/two", STORY)
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([first, second]))], slack=slack.url)
        done = await home.run("run", "--once")
        assert done.code == 0, done.err
        [message] = slack.messages("#desk")
        assert "2 articles of 1 newsroom: " in str(message.blocks)
        shown = await home.run("stories", "list")
        assert ": 2 articles of 1 independent newsroom" in shown.out  # whichever was read first is its root
        assert (await home.audit())["balanced"]


async def test_the_words_of_a_related_link_do_not_fire_a_rule(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        related = ["French president Macron accuses a neighbour of sowing discord, commits to aid"]
        feed = news.publish("/feed", rss([article(news, related=related)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=["missile + Iraq", "Macron"])
        await home.run("run", "--once")
        [message] = slack.messages("#desk")
        assert "Macron" not in str(message.blocks)


async def test_without_a_token_alerts_appear_on_the_terminal(tmp_path: Path) -> None:
    async with Newsroom() as news:
        feed = news.publish("/feed", rss([article(news)]))
        home = Household(tmp_path, feeds=[feed])
        done = await home.run("run", "--once")
        assert done.code == 0, done.err
        assert "Depot opened near the border" in done.out and news.url("/depot") in done.out
        assert "No Slack token" in done.err and "SLACK_BOT_TOKEN" in done.err


async def test_the_first_look_is_one_message_and_what_follows_is_told_by_itself(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        old = [article(news, "/a"), article(news, "/b"), entry("Cup final", news.url("/c"), "Football.")]
        feed = news.publish("/feed", rss(old))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, first_look="summary")
        async with home.daemon():
            await slack.wait(1)
            news.publish("/feed", rss([*old, article(news, "/d")]))
            await slack.wait(2)
        first, second = slack.messages("#desk")
        assert "Watching 1 feed with 1 rule" in first.text and "2 of 3 articles match" in first.text
        assert "Watching" not in second.text
        audit = await home.audit()
        assert audit["balanced"] and audit["feeds"][0]["entries_in"] == 4


async def test_a_changed_headline_is_matched_again_and_told_once(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        link = news.publish("/a", page("Quiet night in the capital", PADDING))
        feed = news.publish("/feed", rss([entry("Quiet night in the capital", link, guid="a")]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        async with home.daemon() as daemon:
            await news.wait(1, "/a")
            news.publish("/feed", rss([entry("Missile hits the capital of Iraq", link, guid="a")]))
            await slack.wait(1)
            news.publish("/feed", rss([entry("Missile hits Iraq's capital, two hurt", link, guid="a")]))
            await news.wait(3, "/a")
            assert daemon.process.returncode is None
        assert len(slack.messages("#desk")) == 1
        assert (await home.audit())["balanced"]


async def test_one_page_in_two_feeds_is_told_once(tmp_path: Path) -> None:
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        one = article(news)
        feeds = [news.publish("/world", rss([one])), news.publish("/region", rss([one]))]
        home = Household(tmp_path, feeds=feeds, slack=slack.url)
        await home.run("run", "--once")
        assert len(slack.messages("#desk")) == 1
        states = [feed["states"] for feed in (await home.audit())["feeds"]]
        assert sorted(state for one in states for state, count in one.items() if count) == ["merged", "told"]


async def test_a_page_that_fails_leaves_the_feeds_own_words(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        gone = entry("Missiles in Iraq", news.url("/gone"), "Officials confirmed it on Tuesday.")
        feed = news.publish("/feed", rss([gone]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url)
        await home.run("run", "--once")
        [message] = slack.messages("#desk")
        assert "ummary only" in str(message.blocks) and "404" in str(message.blocks)


async def test_why_tells_every_stage_and_every_clause(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss([article(news)]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=["missile + Iraq", "Iraq + football"])
        await home.run("run", "--once")
        told = await home.run("why", news.url("/depot"))
        never = await home.run("why", news.url("/never-seen"))
        assert told.code == 0 and never.code == 1
        for words in ("missiles", "football", "told", "#desk", "sent"):
            assert words in told.out
        assert "never seen" in never.out and "/feed" in never.out


async def test_check_asks_whether_the_machine_is_online_where_nothing_answers(tmp_path: Path) -> None:
    nowhere = [f"http://{name}.invalid/feed" for name in ("one", "two")]
    home = Household(tmp_path, feeds=nowhere, fetch={"contact": "desk@example.org"})
    checked = await home.run("check")
    assert checked.code == 1
    assert "nothing answers: is this machine online?" in checked.out


@pytest.mark.parametrize("command", ["run", "check", "why http://a.example/"])
async def test_a_wrong_config_is_shown_whole_and_ends_with_78(tmp_path: Path, command: str) -> None:
    home = Household(tmp_path, feeds=["http://127.0.0.1/feed"])
    home.config.write_text(
        "feeds: [http://127.0.0.1:9/f]\nrules:\n  - missile Iraq\n  - Iraq AND\nslak: {}\n"
    )
    done = await home.run(*command.split())
    assert done.code == 78 and "Traceback" not in done.err
    for place in ("config.yaml:3:", "config.yaml:4:", "config.yaml:5:1"):
        assert place in done.err


async def test_a_second_daemon_on_one_store_ends_with_75(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([]))])
        async with home.daemon():
            await news.wait(1)
            second = await home.run("run")
            assert second.code == 75 and "another wirewatch" in second.err.lower()


async def test_health_knows_a_living_daemon_from_a_dead_one(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([]))])
        before = await home.run("health")
        async with home.daemon() as daemon:
            await news.wait(1)
            await daemon.says("watches")
            alive = await home.run("health")
        assert before.code == 1 and "no daemon" in before.out
        assert alive.code == 0 and "alive" in alive.out


async def test_a_changed_config_is_taken_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        feed = news.publish("/feed", rss([]))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=["Macron"])
        async with home.daemon() as daemon:
            await news.wait(1, "/feed")
            home.config.write_text("feeds: []\nrules: [missile Iraq]\n")
            await daemon.says("old one stays in force")
            home.write(rules=["missile + Iraq"])
            daemon.signal(signal.SIGHUP)
            await daemon.says("config taken")
            news.publish("/feed", rss([article(news)]))
            await slack.wait(1)


async def test_a_page_given_as_a_string_is_not_decoded_twice(tmp_path: Path) -> None:
    html = f'<html><head><meta charset="windows-1251"></head><body><p>Señor Muñoz: {DEPOT}</p></body></html>'
    home = Household(tmp_path, feeds=["http://127.0.0.1/feed"])
    done = await home.run("extract", stdin=json.dumps({"id": 1, "html": html}))
    assert "Señor Muñoz" in json.loads(done.out)["text"]


async def test_the_filters_read_and_match_a_page(tmp_path: Path) -> None:
    home = Household(tmp_path, feeds=["http://127.0.0.1/feed"])
    (tmp_path / "rules.yaml").write_text('rules:\n  - "missile" + "Iraq"\n  - {id: mac, match: Macron}\n')
    html = page("Depot opened", [DEPOT, *PADDING], related=["Macron in Beirut"]).decode()
    lines = [json.dumps({"id": 1, "url": "https://a.example/x", "html": html}), "{", '{"id": 3}']
    extracted = await home.run("extract", stdin="\n".join(lines))
    answers = [json.loads(line) for line in extracted.out.splitlines()]
    assert extracted.code == 1 and [answer["id"] for answer in answers] == [1, None, 3]
    assert "Macron" not in answers[0]["text"] and "error" in answers[1] and "error" in answers[2]
    matched = await home.run("match", "--rules", "rules.yaml", stdin=json.dumps(answers[0]))
    [answer] = [json.loads(line) for line in matched.out.splitlines()]
    assert matched.code == 0 and len(answer["rules"]) == 1
    for one in answer["matches"]:
        text = answers[0]["title" if one["field"] == "title" else "text"]
        assert text[one["start"] : one["end"]] == one["words"]
