"""How a rule is shown in one article: part by part, the nearest misses, and nothing that says it twice."""

from datetime import UTC, datetime

import pytest

from monitor.commands import report
from monitor.commands.report import clause_lines, missing
from monitor.model import Article, Block, Zone
from rules import Document, compile, rule

TEXT = Document("Missiles in Iraq", "Officials said that rockets and drones had been moved in the night.")
SETS = {"arms": ["missile", "rocket", "drone"]}


def drawn(text: str, document: Document = TEXT) -> list[str]:
    ruleset = compile([rule(text, "x")], SETS)
    lines = clause_lines(ruleset.rules["x"].tree, ruleset.why("x", document), document, "rule x")
    return [line.plain for line in lines]


def short(text: str) -> int:
    ruleset = compile([rule(text, "x")], SETS)
    return missing(ruleset.rules["x"].tree, ruleset.why("x", TEXT))


def test_each_part_is_told_with_its_words() -> None:
    assert drawn("$arms AND Iraq NOT Macron") == [
        "  ✓ rule x: $arms AND Iraq AND NOT Macron  [Missiles, Iraq, rockets, drones]",
        "    ✓ $arms  [Missiles, rockets, drones]",
        "    ✓ Iraq  [Iraq]",
        "    ✓ NOT Macron",
    ]


def test_what_must_not_be_there_and_is_shows_where() -> None:
    assert drawn("Iraq NOT rocket")[-2:] == ["    ✗ NOT rocket", "      ✓ rocket  [rockets]"]


def test_a_field_is_not_told_twice() -> None:
    assert drawn("title:(missile AND Iran)")[1:] == ["    ✓ missile  [Missiles]", "    ✗ Iran"]


def test_by_how_much_it_fails_stands_beside_it() -> None:
    (line, *_) = drawn("officials NEAR/1 drones")
    assert "(" in line and line.startswith("  ✗ rule x: officials NEAR/1 drones")


def test_of_a_long_or_only_what_holds_is_told() -> None:
    text = " OR ".join(f"word{number}" for number in range(5000))
    lines = drawn(f"({text} OR Iraq) AND missile")
    assert "      … 5,000 more parts that do not hold" in lines
    assert len(lines) < 8 and all(len(line) < 400 for line in lines)


def test_text_of_an_article_is_cleaned() -> None:
    lines = drawn('"missile * Iraq"', Document("Missiles \x1b[31m \u202eIraq", ""))
    assert not set("".join(lines)) & set("\x1b\u202e")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("missile AND Iraq", 0),
        ("missile AND Iran", 1),
        ("Iran AND Macron", 2),
        ("(Iran AND Macron) OR (Iraq AND Macron)", 1),
        ("missile AND Iraq NOT rocket", 1),
        ("officials NEAR/1 drones", 1),
        ("officials NEAR/1 Macron", 1),
        ("title:(Iran AND Macron)", 2),
        ("2 OF (missile, Iran, Macron)", 1),
    ],
)
def test_a_near_miss_is_known_by_the_parts_that_are_missing(text: str, parts: int) -> None:
    assert short(text) == parts


def test_why_shows_what_a_page_says_of_itself() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    blocks = (Block(Zone.BODY, "Talks go on."),)
    page = Article("Talks", blocks, author="Ada Lake", section="World", modified=noon, paid=True)
    said = "  its page says: by Ada Lake, section World, changed 2026-11-22 12:00:00 UTC, "
    assert said + "one must pay to read all of it" in list(report._read(page))
    assert not any("its page says" in line for line in report._read(Article("Talks", blocks)))
