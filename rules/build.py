"""Rules into a set of rules: all of them, or what changed since the last set beside the rest of it."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from rules.check import members, refuse
from rules.clauses import Clauses
from rules.document import Member
from rules.index import Counts
from rules.kernel import BEST, Kernel
from rules.lexicon import Lexicon
from rules.match import RuleSet
from rules.planner import Planner
from rules.shelf import Shelf
from rules.spelling import Spelling
from rules.tree import Node, Rule, SetName, children

Sets = Mapping[str, tuple[str | Member, ...]]
Trees = Mapping[str, Sequence[Node]]

# So many changed rules stand beside the others, in an index of their own: 20 ms. More, and all are read anew.
_BESIDE = 1000
_GONE = -1


def build(
    rules: Sequence[Rule], sets: Sets, previous: RuleSet | None = None, kernel: Kernel = BEST
) -> RuleSet:
    """Raises RuleErrors."""
    same = previous is not None and previous.sets == sets
    trees, errors = (previous.trees, []) if previous and same else members(sets)
    by_id = {rule.id: rule for rule in rules}
    slots = _kept(rules, sets, trees, previous) if previous else [_GONE] * len(rules)
    fresh = [rule for rule, slot in zip(rules, slots, strict=True) if slot == _GONE]
    refuse(fresh if len(by_id) == len(rules) else rules, trees, errors)
    given = MappingProxyType(by_id)
    if previous is None or len(fresh) > _BESIDE:
        return _whole(given, sets, trees, previous, previous.lexicon.kernel if previous else kernel)
    return _beside(given, sets, trees, previous, slots, fresh)


def _whole(
    rules: Mapping[str, Rule], sets: Sets, trees: Trees, previous: RuleSet | None, kernel: Kernel
) -> RuleSet:
    """Every rule anew. The words that are known already, their forms and counts are kept."""
    spelling = previous.spelling.copy() if previous else Spelling()
    clauses = Clauses(spelling, trees)
    shelf = Shelf(tuple(rules.values()), clauses, Planner(clauses, trees, _texts(sets)), kernel)
    return _shelved(rules, sets, trees, (shelf,), range(len(rules)), spelling, previous)


def _beside(
    rules: Mapping[str, Rule],
    sets: Sets,
    trees: Trees,
    previous: RuleSet,
    slots: list[int],
    fresh: list[Rule],
) -> RuleSet:
    """`fresh` on a shelf of their own, beside the first one."""
    base = previous.shelves[0]
    spelling = previous.spelling.copy()
    clauses = Clauses(spelling, trees)
    planner = Planner(clauses, trees, _texts(sets))
    if previous.trees is trees:
        clauses.keep(base.clauses)
        planner.keep(base.planner)
    numbers = iter(range(len(base.rules), len(base.rules) + len(fresh)))
    placed = [next(numbers) if slot == _GONE else slot for slot in slots]
    shelves = (base, Shelf(fresh, clauses, planner, base.kernel)) if fresh else (base,)
    return _shelved(rules, sets, trees, shelves, placed, spelling, previous)


def _shelved(
    rules: Mapping[str, Rule],
    sets: Sets,
    trees: Trees,
    shelves: tuple[Shelf, ...],
    slots: Sequence[int],
    spelling: Spelling,
    previous: RuleSet | None,
) -> RuleSet:
    counts = Counts(spelling.priors, previous.counts if previous else None)
    shelves[-1].tune(counts)
    ranks = np.full(sum(len(shelf.rules) for shelf in shelves), _GONE, np.int32)
    ranks[np.array(slots, np.int32)] = np.arange(len(slots))
    known = previous.lexicon if previous else Lexicon({}, shelves[0].kernel)
    lexicon = known.extended(spelling.atoms)
    return RuleSet(rules, sets, trees, spelling, lexicon, counts, shelves, ranks, tuple(rules))


def _kept(rules: Sequence[Rule], sets: Sets, trees: Trees, previous: RuleSet) -> list[int]:
    """The number of each rule on the first shelf, where neither it nor a set it names has changed."""
    base = previous.shelves[0]
    stale = {number for name in _changed(sets, trees, previous) for number in base.naming.get(name, ())}
    found = []
    for rule in rules:
        number = base.numbers.get(rule.id, _GONE)
        if number != _GONE and (number in stale or not _same(base.rules[number], rule)):
            number = _GONE
        found.append(number)
    return found


def _same(one: Rule, two: Rule) -> bool:
    return one is two or one == two


def _changed(sets: Sets, trees: Trees, previous: RuleSet) -> set[str]:
    """Sets that are not what they were, and those that name them."""
    if trees is previous.trees:
        return set()
    changed = {
        name for name in sets.keys() | previous.sets.keys() if sets.get(name) != previous.sets.get(name)
    }
    named = {name: set(_named(members)) for name, members in trees.items()}
    while more := {name for name, names in named.items() if name not in changed and names & changed}:
        changed |= more
    return changed


def _named(trees: Iterable[Node]) -> Iterable[str]:
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        if isinstance(node, SetName):
            yield node.name
        waiting += children(node)


def _texts(sets: Sets) -> dict[str, tuple[str, ...]]:
    """What facts compare with."""
    return {
        name: tuple(one.text if isinstance(one, Member) else one for one in entries)
        for name, entries in sets.items()
    }
