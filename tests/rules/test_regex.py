"""Patterns with letters beyond ASCII, as they are compared with words that have lost their accents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Document, Facts, compile, rule
from rules.language.regex import folded, wrong
from rules.text.patterns import Pattern
from rules.text.words import fold


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("mh-?[0-9]+", "mh-?[0-9]+"),
        ("café", "cafe"),
        ("cafe\u0301s?", "cafes?"),
        ("straß?e", "stra(?:ss)?e"),
        ("caf[éx]", "caf[éex]"),
        (r"\wé[^ö-ø\]]", r"\we[^ö-øo\]]"),
        ("[[:alpha:]é]", "[[:alpha:]ée]"),
        ("[一-龥]", "[一-龥]"),
        ("(é|è)*", "(e|e)*"),
        ("йод", "йод"),
    ],
)
def test_letters_of_a_pattern_are_folded_as_those_of_words(written: str, compared: str) -> None:
    assert folded(written) == compared


@settings(max_examples=500, deadline=None)
@given(st.text("aéÉßöøёй导\u0301\u0640٠[]-^()?*+|.\\{}2:w", max_size=12))
def test_a_pattern_that_can_be_used_can_be_used_folded(pattern: str) -> None:
    if wrong(pattern) is None:
        Pattern(folded(pattern))


@given(st.text("aeéèöøñçйёüсλ", min_size=1, max_size=8))
def test_a_word_taken_for_a_pattern_finds_itself_in_any_dress(word: str) -> None:
    ruleset = compile([rule(f"/x{word}/", "it")])
    for written in (word, word.upper(), fold(word)):
        assert ruleset.match(Document(f"x{written}", "")), written


@pytest.mark.parametrize(
    ("text", "holds"),
    [("/a\udcffb/ OR c", False), ('category:"news\udcff*" AND a', True), ("url:*news*/? AND a", True)],
)
def test_half_a_surrogate_pair_stops_nothing(text: str, holds: bool) -> None:
    facts = Facts(url="https://news.example/\ud83d", categories=("news\udcff1",))
    assert bool(compile([rule(text)]).match(Document("a\udcffb", "a", facts=facts))) is holds
