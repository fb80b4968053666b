"""The filter that matches: what a line may say of an article, and what rules make of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

import rules
from monitor.commands import filters
from monitor.commands.filters import BadLine
from rules import RuleSet

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINE = {
    "id": 1,
    "title": "Depot opened",
    "text": "Missiles were seen on the road.",
    "lang": "en-GB",
    "url": "https://www.courier.example/news/1?utm_source=rss",
    "published": "2026-11-22T10:00:00Z",
    "feed": "The Gulf Courier",
    "country": "GB",
    "categories": ["Politics", "Oil"],
    "tags": "gulf",
    "author": "A. Reporter",
}


def ruleset(*facts: str) -> RuleSet:
    return rules.compile([rules.rule(f"missile AND {fact}", fact) for fact in facts])


async def holding(found: RuleSet, **changes: Any) -> list[str]:
    answer = await filters.match(LINE | changes, found, NOON)
    return list(answer["rules"])


@pytest.mark.parametrize(
    "fact",
    [
        "lang:en",
        "source:courier.example",
        "url:*courier.example/news/*",
        "age:<3h",
        "age:>1h",
        'feed:"The Gulf Courier"',
        "country:gb",
        "category:politics",
        "category:oil",
        "tag:gulf",
        "author:reporter",
        "words:<10",
    ],
)
async def test_a_line_says_what_is_known_of_its_article(fact: str) -> None:
    assert await holding(ruleset(fact)) == [fact]


async def test_a_source_may_be_named() -> None:
    assert await holding(ruleset("source:other.example"), source="other.example") == ["source:other.example"]


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("source", []),  # the host of its address
        ("url", ["source:courier.example", "url:*/news/*"]),
        ("feed", ["feed:the*"]),
        ("country", ["country:GB"]),
        ("categories", ["category:p*"]),
        ("tags", ["tag:g*"]),
        ("author", ["author:reporter"]),
    ],
)
async def test_what_a_line_does_not_say_is_not_known(name: str, lost: list[str]) -> None:
    facts = ["source:courier.example", "url:*/news/*", "feed:the*", "country:GB", "category:p*", "tag:g*"]
    facts.append("author:reporter")
    assert await holding(ruleset(*facts), **{name: None}) == [fact for fact in facts if fact not in lost]


async def test_the_language_is_told_by_the_words_where_no_line_says_it() -> None:
    text = "Министерство обороны сообщило о пуске ракет, которые были замечены у границы ночью."
    russian = rules.compile([rules.rule("case:обороны + lang:ru", "it")])
    found = await filters.match({"text": text}, russian, NOON)
    assert found["rules"] == ["it"]


@pytest.mark.parametrize("lang", ["en", "EN_us", "English", "eng", " en-GB "])
async def test_a_language_may_be_written_in_many_ways(lang: str) -> None:
    assert await holding(ruleset("lang:en"), lang=lang) == ["lang:en"]


async def test_a_language_without_a_dictionary_is_one_too() -> None:
    assert await holding(ruleset("lang:dz"), lang="dz", title="A missile") == ["lang:dz"]


@pytest.mark.parametrize("lang", ["", "und", "mul", "zxx", None])
async def test_a_language_that_is_not_said_is_told_by_the_words(lang: str | None) -> None:
    assert await holding(ruleset("lang:en"), lang=lang) == ["lang:en"]


@pytest.mark.parametrize("lang", ["xx", "klingon", "1", "?" * 1000])
async def test_a_language_that_is_none_is_a_bad_line(lang: str) -> None:
    with pytest.raises(BadLine, match='"lang": ".{1,40}" is not a language; write two letters'):
        await holding(ruleset("lang:en"), lang=lang)


@pytest.mark.parametrize("date", ["yesterday", "2026", "2026-13-45T00:00:00Z"])
async def test_a_date_that_is_none_is_not_known(date: str) -> None:
    assert await holding(ruleset("age:>1h"), published=date) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("categories", [1]), ("categories", {"a": 1}), ("tags", 5), ("author", ["a"]), ("country", 44)],
)
async def test_a_fact_of_the_wrong_kind_is_a_bad_line(name: str, value: Any) -> None:
    with pytest.raises(BadLine, match=name):
        await holding(ruleset("lang:en"), **{name: value})


async def test_ten_thousand_categories_are_no_trouble() -> None:
    many = [f"category {number}" for number in range(10_000)]
    assert await holding(ruleset('category:"category 9999"'), categories=many) == ['category:"category 9999"']
