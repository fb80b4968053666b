"""Rules that were compiled together: their index now, their plans when a document first asks for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.engine.clauses import Clauses
from rules.engine.index import Counts, Index, Needed, Numbers
from rules.engine.kernel import NOBODY, Kernel, Tally
from rules.engine.plan import Plan
from rules.engine.planner import Planner
from rules.engine.program import program
from rules.engine.reading import Reading
from rules.engine.spelling import Needs
from rules.tree import Rule


class Shelf:
    """Rules by number. Safe to share between threads: two that make the same plan make it alike.

    `naming`: which rules name a set.
    """

    index: Index

    def __init__(self, rules: Sequence[Rule], clauses: Clauses, planner: Planner, kernel: Kernel) -> None:
        self.rules = tuple(rules)
        self.ids = tuple(rule.id for rule in rules)
        self.numbers = {id: number for number, id in enumerate(self.ids)}
        self.kernel = kernel
        self.clauses = clauses
        self.planner = planner
        self.naming: dict[str, set[int]] = {}
        self.needed = Needed.of(self._needs(number, rule) for number, rule in enumerate(rules))
        self.plans: list[Plan | None] = [None] * len(rules)
        self.finder = kernel.finder(len(rules))

    def _needs(self, number: int, rule: Rule) -> Needs:
        self.clauses.named.clear()
        needs = self.clauses.of(rule.tree, self.clauses.spelling.usual)
        for name in self.clauses.named:
            self.naming.setdefault(name, set()).add(number)
        return needs

    def tune(self, counts: Counts) -> None:
        """Puts the rules in order by the words that are rare by now."""
        self.index = Index.of(self.needed, counts.shares())
        self.finder.tune(self.index)

    def key(self, number: int) -> list[int]:
        """The atoms of which one must stand in a document for the rule to be tried; none: it always is."""
        return list(map(int, self.needed.atoms.joined(np.array([self.index.key(number)]))))

    def plan(self, number: int) -> Plan:
        if (plan := self.plans[number]) is None:
            plan = self.plans[number] = self.planner.plan(self.rules[number].tree)
            if self.kernel.programs:
                self.finder.put(number, program(plan, self.clauses.spelling.capitals))
        return plan

    def possible(self, atoms: NDArray[np.integer[Any]]) -> Numbers:
        """The rules whose keys and guards are among these atoms, wherever they stand in a document."""
        index = self.index  # another thread may tune it
        return np.concatenate(index.found(atoms[atoms < index.atoms]))

    def holding(self, reading: Reading, tally: Tally) -> Numbers:
        """The rules that hold in a document; its atoms are counted in the tally."""
        sure, unsure = self.finder.found(reading.entry, tally)
        if not len(unsure):
            return sure
        held = [number for number in unsure.tolist() if reading.holds(self.plan(number))]
        return np.concatenate((sure, np.array(held, np.int32)))


GONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Stock(Mapping[str, Rule]):
    """The rules of some shelves that are in force, in the order they were given.

    A rule's slot is its number, on the second shelf after all of the first. `slots` has them by rank,
    `ranks` the ranks by slot; GONE for a rule that is no longer in force.
    """

    shelves: tuple[Shelf, ...]
    slots: Numbers
    ranks: Numbers
    ids: tuple[str, ...]

    @staticmethod
    def of(shelves: tuple[Shelf, ...], slots: NDArray[np.int64]) -> "Stock":
        """`slots`: of every rule in force, in order."""
        placed = slots.astype(np.int32)
        ranks = np.full(sum(len(shelf.rules) for shelf in shelves), GONE, np.int32)
        ranks[placed] = np.arange(len(placed), dtype=np.int32)
        every = tuple(chain.from_iterable(shelf.ids for shelf in shelves))
        return Stock(shelves, placed, ranks, tuple(shelves[0].kernel.picked(every, placed)))

    def __len__(self) -> int:
        return len(self.slots)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __getitem__(self, id: str) -> Rule:
        shelf, number = self.place(id)
        return shelf.rules[number]

    def place(self, id: str) -> tuple[Shelf, int]:
        """KeyError for a rule that is not in force."""
        start = 0
        for shelf in self.shelves:
            number = shelf.numbers.get(id)
            if number is not None and self.ranks[start + number] != GONE:
                return shelf, number
            start += len(shelf.rules)
        raise KeyError(id)

    def at(self, ranks: Numbers) -> list[str]:
        """The ids of the rules of these ranks."""
        return self.shelves[0].kernel.picked(self.ids, ranks)

    def possible(self, atoms: NDArray[np.integer[Any]]) -> bool:
        """Are the words that some rule cannot do without all among these?"""
        start = 0
        for shelf in self.shelves:
            if (self.ranks[shelf.possible(atoms) + start] != GONE).any():
                return True
            start += len(shelf.rules)
        return False

    def holding(self, reading: Reading, tally: Tally) -> Numbers:
        """The ranks of the rules that hold in a document; its atoms are counted in the tally."""
        start, found = 0, []
        for shelf in self.shelves:
            # The last shelf knows all atoms, and counts them.
            counted = tally if shelf is self.shelves[-1] else NOBODY
            found.append(self.ranks[shelf.holding(reading, counted) + start])
            start += len(shelf.rules)
        ranks = found[0] if len(found) == 1 else np.concatenate(found)
        in_force: Numbers = ranks[ranks != GONE]
        return in_force
