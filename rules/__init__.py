"""The rule language: text in, matches out. Pure: no clock, no file, no network, no log.

    ruleset = compile([rule("missile + Iraq")])
    ruleset.match(Document(title="Missiles found in Iraq", body="…"))

The language is described in GRAMMAR.md.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from zlib import crc32

from rules.check import members, refuse
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
    "Span",
    "Word",
    "compile",
    "fold",
    "parse",
    "rule",
    "sentences",
    "words",
]


def rule(text: str, id: str = "") -> Rule:
    """A rule from its text; without an id, one is made from the text. Raises RuleError."""
    tree = parse(text)
    return Rule(id or _named(tree), text, tree)


def compile(rules: Iterable[Rule], sets: Mapping[str, Sequence[str]] = MappingProxyType({})) -> RuleSet:
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


_SIMPLE = re.compile(r"[\w ]*")
_LONGEST_ID = 48


def _named(tree: Node) -> str:
    """missile-and-iraq. Where letters alone would not tell two rules apart, six hex digits do."""
    text = str(tree)
    bare = re.sub(r'"(\w+)"', r"\1", text)
    name = re.sub(r"\W+", "-", fold(bare)).strip("-")
    if _SIMPLE.fullmatch(bare) and len(name) <= _LONGEST_ID:
        return name
    return f"{name[:_LONGEST_ID].rstrip('-')}-{crc32(text.encode()):08x}".lstrip("-")
