"""The pages say what the language does."""

import re
from pathlib import Path

import pytest

from rules import Document, RuleError, RuleErrors, compile, rule
from rules.language.parser import FIELDS
from tests.rules.test_cases import ALL

ROOT = Path(__file__).parents[2]
GRAMMAR = (ROOT / "rules" / "GRAMMAR.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
OPERATORS = [
    "AND",
    "+",
    "OR",
    "NOT",
    "NEAR/",
    "BEFORE/",
    "NOT NEAR/",
    "EXCEPT",
    " OF ",
    " TIMES ",
    '"',
    "*",
    "?",
    "$",
]
OPERATORS += [
    "NEAR/20(",
    "BEFORE/20(",
    "/mh-?17/",
    "first/",
    *(f"{field}:" for field in FIELDS if field != "first"),
]

ROWS = [param.values[0] for param in ALL]
EXAMPLES = re.findall(r"^\| `(.+?)` \| (.+?) \| (fires|silent) \|$", GRAMMAR, re.MULTILINE)
REFUSED = re.findall(r"^\| `(.+?)` \| (.+?) \|$", GRAMMAR.partition("| refused |")[2], re.MULTILINE)
GUIDED = [
    text
    for cell in re.findall(r"^\| (`.+?) \|", GUIDE.partition("## Joining words")[2], re.MULTILINE)
    for text in re.findall(r"`(.+?)`", cell)
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_is_on_both_pages(operator: str) -> None:
    for page in (GRAMMAR, GUIDE):
        assert any(operator in code for code in re.findall(r"`([^`\n]+)`", page)), operator


@pytest.mark.parametrize(("text", "article", "result"), EXAMPLES)
def test_an_example_is_a_row_of_the_table(text: str, article: str, result: str) -> None:
    rows = [case for case in ROWS if case.row["rule"] == text and "fires" in case.row]
    documents = [case for case in rows if article in (case.document.title, case.document.body)]
    assert documents, f"no row has the rule {text} on this text"
    assert documents[0].row["fires"] is (result == "fires")


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_refusal_is_a_row_of_the_table(text: str, message: str) -> None:
    assert any(message in case.row.get("error", "") for case in ROWS if case.row["rule"] == text)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 10 and len(REFUSED) >= 5 and len(GUIDED) >= 15


@pytest.mark.parametrize("text", GUIDED)
def test_a_rule_of_the_guide_compiles(text: str) -> None:
    """Facts need a word beside them."""
    assert len(compile([rule(f"word AND ({text})")], {"missiles": ["missile", "munition*"]})) == 1


def test_the_error_in_the_guide_is_what_is_shown() -> None:
    with pytest.raises((RuleError, RuleErrors)) as caught:
        rule("missile Iraq")
    assert str(caught.value) in GUIDE


def test_a_news_article_is_found_as_the_owner_writes_it() -> None:
    article = Document(
        "Tehran assembling, improving missiles in Iraq, officials say",
        "Officials in Jerusalem say that Iran puts up missile-making plants in Iraq.\n"
        "Read  French president Macron promises aid to Lebanon\n"
        "They could be fired at cities, one official said.",
    )
    ruleset = compile(
        [rule('"missile" + "Iraq"', "quoted"), rule("missile + Iraq", "bare"), rule("Iraqi", "other")]
    )
    assert [match.rule for match in ruleset.match(article)] == ["quoted", "bare"]
