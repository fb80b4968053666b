"""Rules that were compiled together: their index now, their plans when a document first asks for them."""

from collections.abc import Sequence

import numpy as np

from rules.clauses import Clauses
from rules.index import Counts, Index, Needed, Numbers
from rules.kernel import Finder, Kernel, Programs, Tally
from rules.plan import Plan
from rules.planner import Planner
from rules.program import program
from rules.reading import Reading
from rules.spelling import Needs
from rules.tree import Rule


class Shelf:
    """Rules by number. Safe to share between threads: two that make the same plan make it alike.

    `naming`: which rules name a set.
    """

    index: Index
    finder: Finder

    def __init__(self, rules: Sequence[Rule], clauses: Clauses, planner: Planner, kernel: Kernel) -> None:
        self.rules = rules
        self.kernel = kernel
        self.numbers = {rule.id: number for number, rule in enumerate(rules)}
        self.clauses = clauses
        self.planner = planner
        self.naming: dict[str, set[int]] = {}
        self.needed = Needed.of(self._needs(number, rule) for number, rule in enumerate(rules))
        self.plans: list[Plan | None] = [None] * len(rules)
        self.programs: Programs = [None] * len(rules)

    def _needs(self, number: int, rule: Rule) -> Needs:
        self.clauses.named.clear()
        needs = self.clauses.of(rule.tree, self.clauses.spelling.usual)
        for name in self.clauses.named:
            self.naming.setdefault(name, set()).add(number)
        return needs

    def tune(self, counts: Counts) -> None:
        """Puts the rules in order by the words that are rare by now."""
        self.index = Index.of(self.needed, counts.shares())
        self.finder = self.kernel.finder(self.index)

    def key(self, number: int) -> list[int]:
        """The atoms of which one must stand in a document for the rule to be tried; none: it always is."""
        return list(map(int, self.needed.atoms.joined(np.array([self.index.key(number)]))))

    def plan(self, number: int) -> Plan:
        if (plan := self.plans[number]) is None:
            plan = self.plans[number] = self.planner.plan(self.rules[number].tree)
            if self.kernel.programs:
                self.programs[number] = program(plan, self.clauses.spelling.capitals)
        return plan

    def holding(self, reading: Reading, tally: Tally) -> Numbers:
        """The rules that hold in a document; its atoms are counted in the tally."""
        sure, unsure = self.finder.found(reading.entry, self.programs, tally)
        if not len(unsure):
            return sure
        held = [number for number in unsure.tolist() if reading.holds(self.plan(number))]
        return np.concatenate((sure, np.array(held, np.int32)))
