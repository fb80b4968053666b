"""The rule language: text in, matches out. Pure: no clock, no file, no network, no log.

    ruleset = compile([rule("missile + Iraq")])
    ruleset.match(Document(title="Missiles found in Iraq", body="…"))

The language is described in GRAMMAR.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rules.document import Clause, Document, Facts, Match, Member, Span
from rules.engine.building import build
from rules.engine.match import RuleSet
from rules.language.compose import Scoring, compose, entry, rule
from rules.language.parser import parse
from rules.text.sentences import sentences
from rules.text.words import Word, fold, words
from rules.tree import Node, Piece, Problem, Rule, RuleError, RuleErrors

__all__ = [
    "Clause",
    "Document",
    "Facts",
    "Match",
    "Member",
    "Node",
    "Piece",
    "Problem",
    "Rule",
    "RuleError",
    "RuleErrors",
    "RuleSet",
    "Scoring",
    "Span",
    "Word",
    "compile",
    "compose",
    "entry",
    "fold",
    "parse",
    "rule",
    "sentences",
    "words",
]


def compile(
    rules: Iterable[Rule],
    sets: Mapping[str, Sequence[str | Member]] = MappingProxyType({}),
    previous: RuleSet | None = None,
) -> RuleSet:
    """Rules ready to match. Raises RuleErrors with everything wrong in any rule or set.

    With `previous`, what did not change since is taken from there: a changed rule costs milliseconds.
    """
    return build(tuple(rules), {name: tuple(entries) for name, entries in sets.items()}, previous)
