"""Rules into a set of rules: all of them, or what changed since the last set beside the rest of it."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rules.document import Member
from rules.engine.clauses import Clauses
from rules.engine.index import Counts
from rules.engine.kernel import BEST, Kernel
from rules.engine.lexicon import Lexicon
from rules.engine.match import RuleSet
from rules.engine.planner import Planner
from rules.engine.shelf import GONE, Shelf, Stock
from rules.engine.spelling import Spelling
from rules.language.check import members, refuse
from rules.tree import Node, Rule, SetName, children

Sets = Mapping[str, tuple[str | Member, ...]]
Trees = Mapping[str, Sequence[Node]]

# So many changed rules stand beside the others, in an index of their own: 20 ms. More, and all are read anew.
_BESIDE = 1000


def build(
    rules: Sequence[Rule], sets: Sets, previous: RuleSet | None = None, kernel: Kernel = BEST
) -> RuleSet:
    """Raises RuleErrors."""
    trees, errors = (previous.trees, []) if previous and previous.sets == sets else members(sets)
    slots = np.full(len(rules), GONE) if previous is None else _kept(rules, sets, trees, previous)
    fresh = [rules[rank] for rank in np.flatnonzero(slots == GONE).tolist()]
    refuse(rules if _doubled(fresh, slots, previous) else fresh, trees, errors)
    if previous is None or len(fresh) > _BESIDE:
        return _whole(rules, sets, trees, previous, previous.lexicon.kernel if previous else kernel)
    return _beside(sets, trees, previous, slots, fresh)


def _whole(
    rules: Sequence[Rule], sets: Sets, trees: Trees, previous: RuleSet | None, kernel: Kernel
) -> RuleSet:
    """Every rule anew. The words that are known already, their forms and counts are kept."""
    spelling = previous.spelling.copy() if previous else Spelling()
    clauses = Clauses(spelling, trees)
    shelf = Shelf(rules, clauses, Planner(clauses, trees, _texts(sets)), kernel)
    return _stocked(Stock.of((shelf,), np.arange(len(rules))), sets, trees, spelling, previous)


def _beside(
    sets: Sets, trees: Trees, previous: RuleSet, slots: NDArray[np.int64], fresh: Sequence[Rule]
) -> RuleSet:
    """`fresh` on a shelf of their own, beside the first one."""
    base = previous.rules.shelves[0]
    spelling = previous.spelling.copy()
    clauses = Clauses(spelling, trees)
    planner = Planner(clauses, trees, _texts(sets))
    if previous.trees is trees:
        clauses.keep(base.clauses)
        planner.keep(base.planner)
    placed = slots.copy()
    placed[slots == GONE] = np.arange(len(fresh)) + len(base.rules)
    shelves = (base, Shelf(fresh, clauses, planner, base.kernel)) if fresh else (base,)
    return _stocked(Stock.of(shelves, placed), sets, trees, spelling, previous)


def _stocked(rules: Stock, sets: Sets, trees: Trees, spelling: Spelling, previous: RuleSet | None) -> RuleSet:
    counts = Counts(spelling.priors, previous.counts if previous else None)
    rules.shelves[-1].tune(counts)
    known = previous.lexicon if previous else Lexicon({}, rules.shelves[0].kernel)
    return RuleSet(rules, sets, trees, spelling, known.extended(spelling.atoms), counts)


# --- what changed ----------------------------------------------------------------------------------------


def _kept(rules: Sequence[Rule], sets: Sets, trees: Trees, previous: RuleSet) -> NDArray[np.int64]:
    """The slot of each rule on the first shelf, where neither it nor a set that it names has changed.

    Most are where they were: then nothing of a rule is looked at, which for 100,000 of them takes longer
    than all else.
    """
    base = previous.rules.shelves[0]
    stale = {number for name in _changed(sets, trees, previous) for number in base.naming.get(name, ())}
    there, numbers, expected = (*base.rules, None), base.numbers, 0
    slots = []
    for rule in rules:
        if there[expected] is not rule:
            expected = numbers.get(rule.id, len(base.rules))
        same = there[expected] is rule or there[expected] == rule
        slots.append(expected if same and expected not in stale else GONE)
        expected = min(expected + 1, len(base.rules))
    return np.array(slots, np.int64)


def _doubled(fresh: Sequence[Rule], slots: NDArray[np.int64], previous: RuleSet | None) -> bool:
    """Is an id given twice?"""
    ids = {rule.id for rule in fresh}
    if previous is None or len(ids) < len(fresh):
        return len(ids) < len(fresh)
    numbers = previous.rules.shelves[0].numbers
    times = np.bincount(slots[slots != GONE], minlength=len(numbers))
    return bool((times > 1).any() or any(times[numbers[id]] for id in ids & numbers.keys()))


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
