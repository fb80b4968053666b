"""What rules may ask of an article beside its words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.facts import facts_of, source_of
from monitor.model import Article, Entry, EntryState, StoredEntry
from rules import Facts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENTRY = StoredEntry(
    id=1,
    feed_id=1,
    feed_name="The Gulf Courier",
    tags=("gulf",),
    entry=Entry(
        "1",
        "https://www.courier.example:8443/1",
        "Depot opened",
        published=NOON - 2 * HOUR,
        author="A. Reporter",
        categories=("Politics", "Oil"),
    ),
    story_key="s",
    state=EntryState.NEW,
    first_look=False,
    seen_at=NOON - HOUR,
    feed_url="https://feeds.example/courier",
    country="IQ",
    feed_language="ar-IQ",
)
ARTICLE = Article("Depot opened", (), author="B. Writer", published=NOON - 3 * HOUR)


def test_everything_known_is_there() -> None:
    assert facts_of(ENTRY, ARTICLE, NOON) == Facts(
        source="courier.example",
        feeds=("The Gulf Courier", "https://feeds.example/courier"),
        country="IQ",
        categories=("Politics", "Oil"),
        tags=("gulf",),
        author="A. Reporter",
        url="https://www.courier.example:8443/1",
        age=7200,
    )


def test_the_page_names_the_author_where_the_feed_does_not() -> None:
    entry = replace(ENTRY, entry=replace(ENTRY.entry, author=""))
    assert facts_of(entry, ARTICLE, NOON).author == "B. Writer"


def test_an_entry_without_a_link_comes_from_its_feed() -> None:
    facts = facts_of(replace(ENTRY, entry=Entry("1", "", "Depot opened")), ARTICLE, NOON)
    assert (facts.source, facts.url) == ("feeds.example", "")


def test_the_country_is_the_operators_before_the_feeds() -> None:
    assert facts_of(replace(ENTRY, country="GB"), ARTICLE, NOON).country == "GB"
    assert facts_of(replace(ENTRY, country=""), ARTICLE, NOON).country == "IQ"


@pytest.mark.parametrize(
    ("feed", "page", "age"),
    [
        (NOON - 2 * HOUR, NOON - 3 * HOUR, 7200),
        (None, NOON - 3 * HOUR, 3 * 3600),
        (None, datetime(1479, 1, 1, tzinfo=UTC), 3600),
        (None, None, 3600),
        (NOON + 2 * HOUR, None, 0),
    ],
)
def test_age_counts_from_publishing_else_from_when_it_was_first_seen(
    feed: datetime | None, page: datetime | None, age: float
) -> None:
    entry = replace(ENTRY, entry=replace(ENTRY.entry, published=feed))
    assert facts_of(entry, replace(ARTICLE, published=page), NOON).age == age


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.BBC.co.uk/news/1", "bbc.co.uk"),
        ("http://user:secret@news.example.:80/", "news.example"),
        ("http://[2001:db8::1]:8080/a", "2001:db8::1"),
        ("https://www.xn--mgbh0fb.example?x", "xn--mgbh0fb.example"),
        ("mailto:desk@example.org", ""),
        ("", ""),
    ],
)
def test_the_source_is_the_host_alone(url: str, source: str) -> None:
    assert source_of(url) == source
