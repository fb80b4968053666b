"""A rule in words: the tree that people read, and every form that a word stands for."""

import pytest

from rules import parse
from rules.explain import Branch, Finds, Teller, outline
from rules.language.check import members
from rules.tree import Score

SETS, _ = members({"iran": ["Iran", "Iranian", "IRGC"]})


def drawn(text: str) -> list[str]:
    """The tree as indented lines."""
    return list(_lines(outline(parse(text), SETS), ""))


def _lines(branch: Branch, indent: str) -> list[str]:
    own = f"{indent}{branch.text} · {branch.asks}" if branch.asks else f"{indent}{branch.text}"
    return [own, *(line for part in branch.inside for line in _lines(part, indent + "  "))]


def told(text: str, *languages: str) -> dict[str, tuple[Finds, ...]]:
    tree = parse(text)
    return {word.text: word.finds for word in Teller([tree], languages or ("en",)).words(tree)}


def found(text: str, *languages: str) -> list[str]:
    """What the only word of a rule finds in the first language."""
    ((first, *_),) = told(text, *languages).values()
    return [" ".join(row) for row in first.words]


def how(text: str) -> str:
    ((first, *_),) = told(text).values()
    return first.how


def test_a_rule_is_a_tree_that_says_what_each_part_asks_for() -> None:
    assert drawn('$iran AND (missile NEAR/15 (rocket OR "cruise missile")) NOT test') == [
        "AND · all of these",
        "  $iran · any of its 3 members",
        "  NEAR/15 · at most 15 words between them, in either order",
        "    missile",
        '    rocket OR "cruise missile" · at least one of these',
        "  NOT test · must not be there",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a BEFORE/1 b", "BEFORE/1 · at most 1 word between them, in this order"),
        ("a NEAR/0 b", "NEAR/0 · no word between them, in either order"),
        ("a NOT NEAR/5 b", "NOT NEAR/5 · the first, where the second is not within 5 words"),
        ("a EXCEPT b", "EXCEPT · the first, where it is not part of the second"),
        ("title:a", "title:a · in the headline"),
        ("sentence:(a AND b)", "sentence: · in one and the same sentence"),
        ("first/50:a", "first/50:a · among the first words of the text"),
        ("2 OF (a, b, c)", "2 OF · at least 2 of these"),
        ("2 OF $iran", "2 OF $iran · at least 2 different ones of its 3 members"),
        ("3 TIMES a", "3 TIMES · in at least 3 places"),
        ("/mh-?17/", "/mh-?17/ · a word that matches this pattern as a whole"),
        (
            "NEAR/20(a, b, c)",
            "NEAR/20 · all of these, at most 20 words besides from the first to the last, in any order",
        ),
    ],
)
def test_each_operator_is_said_in_words(text: str, line: str) -> None:
    assert drawn(text)[0] == line


def test_a_score_shows_its_weights() -> None:
    tree = Score(30, ((20, parse("cholera")), (-60, parse('"love story"'))))
    assert _lines(outline(tree, SETS), "")[1:] == [
        "  +20 cholera",
        '  -60 "love story" · these words in a row',
    ]


def test_a_very_long_or_is_cut() -> None:
    (line,) = drawn(" OR ".join(f"word{number}" for number in range(5000)))
    assert "and 4,988 more" in line and len(line) < 200


def test_a_word_is_told_with_all_its_forms() -> None:
    assert found("missile") == ["missile missiles"]
    assert found('"cruise missiles"') == ["cruise cruised cruises cruising", "missiles missile"]
    assert found("exact:Missiles") == ["missiles"] and how("exact:Missiles") == "no other form"
    assert found("case:IS") == ["IS"] and how("case:IS") == "these very letters"
    assert found("Su-35") == ["Su-35 Su 35 Su35"]


def test_a_wildcard_is_told_with_the_words_it_finds() -> None:
    assert "munitions" in found("munition*")[0].split()
    assert "more" in found("inter*")[0] and how("munition*") == "and whatever else fits"


def test_capitals_that_are_a_common_word_are_said_to_be() -> None:
    assert found("WHO") == ["WHO"]
    assert how("WHO") == 'WHO in capitals only, as "who" is a common word'
    assert how("NATO") == ""


def test_characters_are_a_row() -> None:
    assert found("伊拉克", "zh") == ["伊", "拉", "克"] and how("伊拉克") == "these characters in a row"


def test_a_pattern_is_told_after_the_words() -> None:
    assert list(told("/mh-?17/ OR plane")) == ["plane", "/mh-?17/"]


def test_languages_that_find_the_same_are_told_together() -> None:
    ((first, *rest),) = told("Hezbollah", "en", "de").values()
    assert [one.languages for one in (first, *rest)] in ([("en", "de")], [("en",), ("de",)])


def test_a_word_in_another_script_is_told_for_the_languages_of_that_script() -> None:
    ((first, *_),) = told("伊拉克", "en").values()
    assert first.languages == ("zh", "ja")
