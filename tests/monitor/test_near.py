"""Near misses: which clause of a silent rule is the one that stands in the way."""

from datetime import UTC, datetime

import pytest

from monitor.model import Article, Block, Entry, EntryState, StoredEntry, Zone
from monitor.watch.near import nearest
from rules import compile, rule

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def an_article(text: str, *languages: str) -> tuple[StoredEntry, Article]:
    entry = Entry(guid=text, link="", title="")
    stored = StoredEntry(1, 1, "Courier", (), entry, "x", EntryState.NO_MATCH, False, NOW)
    return stored, Article("", (Block(Zone.BODY, text),), languages, None)


ARTICLES = [
    an_article("Khamenei spoke of a missile in Tehran."),
    an_article("A missile was shown in Tehran."),
    an_article("Raisi is in Tehran, and nobody speaks of rockets."),
    an_article("A cat sat."),
]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("missile + Tehran + Raisi", "Nearest: 2 articles matched all but clause 3 (Raisi)."),
        ("Raisi + (missile OR drone)", "Nearest: 2 articles matched all but clause 1 (Raisi)."),
        ("missile + Tehran + Raisi + gulf", ""),
        ("missile OR Raisi", ""),
        ("cathode + NOT dog", ""),
    ],
)
def test_the_clause_that_most_articles_fail_by_is_named(text: str, says: str) -> None:
    assert nearest(compile([rule(text, "x")]), "x", ARTICLES) == says


def test_articles_in_languages_that_are_not_known_yet_are_left_out() -> None:
    ruleset = compile([rule("missile + Raisi", "x")])
    assert nearest(ruleset, "x", [an_article("missile", "pl")]) == ""
    assert nearest(ruleset, "x", [an_article("missile")]).startswith(
        "Nearest: 1 article matched all but clause 2"
    )
