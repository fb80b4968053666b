"""The rule language: text in, matches out. Pure: no clock, no file, no network, no log.

    ruleset = compile([rule("missile + Iraq")])
    ruleset.match(Document(title="Missiles found in Iraq", body="…"))

The language is described in GRAMMAR.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rules.check import members, refuse
from rules.compose import Scoring, compose, entry, rule
from rules.document import Clause, Document, Facts, Match, Member, Span
from rules.match import RuleSet, reach_of
from rules.parser import parse
from rules.plan import Planner, lexicon
from rules.sentences import sentences
from rules.tree import Node, Piece, Problem, Rule, RuleError, RuleErrors
from rules.words import Word, fold, words

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
    rules: Iterable[Rule], sets: Mapping[str, Sequence[str | Member]] = MappingProxyType({})
) -> RuleSet:
    """Rules ready to match. Raises RuleErrors with everything wrong in any rule or set.

    The first time, and for words not seen before, a dictionary is read: about 0.3 s, 25 MB for that while.
    """
    by_name, errors = members(sets)
    given = tuple(rules)
    refuse(given, by_name, errors)
    planner = Planner(by_name)
    plans = {rule.id: planner.plan(rule.tree) for rule in given}
    # A break is one position wider than any NEAR reaches.
    gap = 1 + max(map(reach_of, plans.values()), default=0)
    return RuleSet(MappingProxyType({rule.id: rule for rule in given}), plans, lexicon(planner.atoms), gap)
