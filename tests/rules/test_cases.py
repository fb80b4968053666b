"""The language as a table: every row of cases/*.yaml is a test. A bug report becomes a row first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules import (
    Document,
    Facts,
    Member,
    Piece,
    Rule,
    RuleError,
    RuleErrors,
    Scoring,
    compile,
    compose,
    entry,
    parse,
    rule,
)
from rules.text.forms import inflect

CASES = Path(__file__).parent / "cases"
ROOT = CASES.parents[2]
FILES = sorted(CASES.glob("*.yaml"))
SETS = {"missiles": ["missile"], "iraq": ["Iraq"]}


@dataclass(frozen=True)
class Case:
    document: Document
    sets: dict[str, list[str | Member]]
    row: dict[str, Any]


def _document(record: dict[str, Any]) -> Document:
    blocks = record.get("blocks", [record.get("text", "")])
    ends = [sum(map(len, blocks[:count])) + count - 1 for count in range(1, len(blocks))]
    known = record.get("facts", {}).items()
    facts = Facts(**{name: tuple(value) if isinstance(value, list) else value for name, value in known})
    languages = tuple(record.get("languages", ()))
    return Document(record.get("title", ""), "\n".join(blocks), frozenset(ends), languages, facts)


def _member(written: str | dict[str, str]) -> str | Member:
    """A text, or {language: text}."""
    if isinstance(written, str):
        return written
    ((language, text),) = written.items()
    return Member(text, language)


def _rule(row: dict[str, Any]) -> Rule:
    """A text; with a score, what YAML composes of both."""
    if "score" not in row:
        return rule(row["rule"], "it")
    terms = [(weight, Piece(text, entry(text))) for text, weight in row["score"]["terms"].items()]
    scoring = Scoring(row["score"]["at_least"], terms, row["score"].get("most", 1))
    match = Piece(row["rule"], parse(row["rule"])) if row["rule"] else None
    return compose("it", match=match, score=scoring)


def _cases() -> Iterator[Any]:
    for path in FILES:
        for record in yaml.safe_load(path.read_text(encoding="utf-8")):
            sets = {name: list(map(_member, entries)) for name, entries in record.get("sets", SETS).items()}
            for row in record["cases"]:
                case = Case(_document(record), sets, row)
                yield pytest.param(case, id=f"{path.stem}: {row['rule'] or row.get('score')}")


ALL = list(_cases())
# Each dictionary is read once for the whole table.
WORDS = re.findall(r"[^\W_]+", " ".join(path.read_text(encoding="utf-8") for path in FILES))
for language in {"en"}.union(*(param.values[0].document.languages for param in ALL)):
    inflect(WORDS, language)


@pytest.mark.parametrize("case", [param for param in ALL if "fires" in param.values[0].row])
def test_a_rule_fires_and_shows_its_words(case: Case) -> None:
    ruleset = compile([_rule(case.row)], case.sets)
    found = ruleset.match(case.document)
    assert bool(found) is case.row["fires"], case.row.get("why")
    spans = found[0].spans if found else ()
    fields = {"title": case.document.title, "body": case.document.body}
    assert [fields[span.field][span.start : span.end] for span in spans] == case.row.get("bold", [])


@pytest.mark.parametrize("case", [param for param in ALL if "error" in param.values[0].row])
def test_a_wrong_rule_is_shown_where_it_is_wrong(case: Case) -> None:
    with pytest.raises((RuleError, RuleErrors)) as caught:
        compile([_rule(case.row)], case.sets)
    error = caught.value.errors[0] if isinstance(caught.value, RuleErrors) else caught.value
    assert case.row["error"] in str(error)
    first = next(problem for problem in error.problems if case.row["error"] in problem.message)
    assert [first.start, first.end] == case.row["at"]
    assert case.row.get("hint", "") in first.hint


def test_every_row_says_fires_or_error() -> None:
    rows = [param.values[0].row for param in ALL]
    assert all(("fires" in row) != ("error" in row) for row in rows)
    assert all("at" in row for row in rows if "error" in row)
    assert all("bold" in row for row in rows if row.get("fires"))
    assert len(rows) >= 500
