"""Articles in many languages, through the daemon as a user runs it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

ARABIC = [
    "أعلنت وزارة الدفاع أن قافلة من الشاحنات عبرت الحدود بين سوريا والعراق ليلة الثلاثاء، ولم يصب أحد بأذى.",
    "ورفضت الوزارة الإفصاح عن عدد الشاحنات أو حمولتها، وقال سكان القرى القريبة إنهم سمعوا أصوات المحركات.",
]
RUSSIAN = [
    "Министерство обороны сообщило, что граница Ирана была закрыта на одну ночь и снова открыта утром.",
    "В ведомстве отказались назвать причину, а жители соседних сёл рассказали, что слышали шум двигателей.",
]
ENGLISH = [
    "The ministry said on Tuesday that several missiles had been moved along the border during the night.",
    "It declined to say how many there were, and people in the villages near by said they heard engines.",
]


@pytest.mark.parametrize(
    ("paragraphs", "claim", "feed_claim", "rule", "bold"),
    [
        (ARABIC, "ar", "ar-IQ", "العراق", "والعراق"),
        (ARABIC, "", "", "العراق", "والعراق"),
        (RUSSIAN, "ru", "ru", "Иран", "Ирана"),
        (RUSSIAN, "en", "en-us", "Иран", "Ирана"),  # a template that nobody translated
        (ENGLISH, "ru", "ru", "missile", "missiles"),
        (ENGLISH, "xx-nonsense", "klingon", "missile", "missiles"),
    ],
)
async def test_a_word_of_a_rule_is_found_in_its_forms(
    tmp_path: Path, paragraphs: list[str], claim: str, feed_claim: str, rule: str, bold: str
) -> None:
    async with Newsroom() as news, SlackRoom() as slack:
        news.publish("/a", page("1", paragraphs, language=claim))
        feed = news.publish("/feed", rss([entry("1", news.url("/a"), guid="a")], language=feed_claim))
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=[rule])
        done = await home.run("run", "--once")
        assert done.code == 0, done.err
        [message] = slack.messages("#desk")
        assert f"'text': '{bold}'" in str(message.blocks)


async def test_facts_of_an_article_narrow_a_rule(tmp_path: Path) -> None:
    """Of five articles with the word, one is as the rule asks; each other fails by one fact."""
    now = datetime.now(UTC)
    where = {"lang": "ar", "source": "127.0.0.1", "max_age": "2d", "category": "politics"}
    async with Newsroom(hosts=2) as news, SlackRoom() as slack:
        news.publish("/ar", page("عنوان", ARABIC, language="ar"))
        news.publish("/en", page("A title", [*ENGLISH, "العراق"], language="en"))
        entries = [
            entry("right", news.url("/ar?1"), guid="1", published=now, categories=["Politics"]),
            entry("english", news.url("/en"), guid="2", published=now, categories=["Politics"]),
            entry("other host", news.url("/ar?3", host=1), guid="3", published=now, categories=["Politics"]),
            entry(
                "old", news.url("/ar?4"), guid="4", published=now - timedelta(days=3), categories=["Politics"]
            ),
            entry("sport", news.url("/ar?5"), guid="5", published=now, categories=["Sport"]),
        ]
        for number in (1, 3, 4, 5):
            news.publish(f"/ar?{number}", page("عنوان", ARABIC, language="ar"))
        feed = news.publish("/feed", rss(entries))
        rule = {"id": "narrow", "match": "العراق", "where": where}
        home = Household(tmp_path, feeds=[feed], slack=slack.url, rules=[rule])
        done = await home.run("run", "--once")
        assert done.code == 0, done.err
        [message] = slack.messages("#desk")
        assert "right" in message.text
