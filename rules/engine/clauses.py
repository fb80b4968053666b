"""What must stand in a document for a rule to hold: how rules are passed over without being read."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from rules.engine.spelling import Clause, Manner, Needs, Spelling
from rules.text.forms import Way
from rules.tree import (
    And,
    AtLeast,
    Except,
    Fact,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Regex,
    Scope,
    Score,
    SetName,
    Term,
    Window,
    children,
)

# Of `2 OF (a, b, c)` all three clauses are kept; of many parts the one that is cheapest now.
_COMBINED = 4

_NOTHING = Needs(())


class Clauses:
    """What trees need. On the way every word in them becomes an atom; sets are looked into once.

    `named` gathers the sets that are met.
    """

    def __init__(self, spelling: Spelling, members: Mapping[str, Sequence[Node]]) -> None:
        self.spelling = spelling
        self.members = members
        self.sets: dict[tuple[str, Way, str], list[Needs]] = {}
        self.unions: dict[tuple[str, Way, str, int], Needs] = {}
        self.named: set[str] = set()

    def keep(self, other: "Clauses") -> None:
        """What was found out of the same sets."""
        self.sets, self.unions = dict(other.sets), dict(other.unions)

    def of(self, node: Node, manner: Manner) -> Needs:
        """`manner`: how the words in it are compared."""
        match node:
            case Term() | Regex():
                return self.spelling.row(node, manner).needs
            case SetName(name):
                return self.some_of_set(name, 1, manner)
            case AtLeast(count, (SetName(name),)):
                return self.some_of_set(name, count, manner)
            case Fact(_, name, "in"):
                self.named.add(name)
        manner = self.spelling.inside(node, manner)
        found = []
        for part in children(node):  # a comprehension is a frame more for each of 400 possible levels
            row = manner.rows.get(part.text) if isinstance(part, Term) else None
            found.append(row.needs if row else self.of(part, manner))
        return self._joined(node, found)

    def _joined(self, node: Node, found: list[Needs]) -> Needs:
        match node:
            case And():
                return Needs(_all(found), all(needs.plain for needs in found))
            case Or():
                return self._either(found)
            case Near() | Window():
                return Needs(_all(found))
            case AtLeast(count):
                return self._some(found, count)
            case Score():
                return self._weighed(node, found)
            case NotNear() | Except():
                return Needs(found[0].clauses)
            case Not() | Fact():
                return _NOTHING
            case Scope("text" | "exact" | "case" | "stem"):
                return found[0]
        return Needs(found[0].clauses)

    def of_set(self, name: str, manner: Manner) -> list[Needs]:
        """Of each member."""
        key = name, manner.way, manner.language
        if key not in self.sets:
            self.sets[key] = [self.of(member, manner) for member in self.members[name]]
        return self.sets[key]

    def some_of_set(self, name: str, count: int, manner: Manner) -> Needs:
        self.named.add(name)
        key = name, manner.way, manner.language, count
        if key not in self.unions:
            found = self.of_set(name, manner)
            self.unions[key] = self._either(found) if count == 1 else self._some(found, count)
        return self.unions[key]

    # --- which of several ---

    def cheapest(self, clauses: Sequence[Clause]) -> Clause | None:
        """The clause that stands in fewest documents."""
        return clauses[0] if len(clauses) == 1 else min(clauses, key=self.price, default=None)

    def price(self, clause: Clause) -> float:
        return sum(map(self.spelling.priors.__getitem__, clause))

    def _either(self, found: Sequence[Needs]) -> Needs:
        best = [clause for needs in found if (clause := self.cheapest(needs.clauses)) is not None]
        if len(best) < len(found):
            return _NOTHING
        plain = all(needs.plain and len(needs.clauses) == 1 for needs in found)
        return Needs((frozenset[int]().union(*best),), plain)

    def _some(self, found: Sequence[Needs], count: int) -> Needs:
        """If k of n parts hold, one of any n - k + 1 of them does: these are a clause, whichever they are."""
        best = [clause for needs in found if (clause := self.cheapest(needs.clauses)) is not None]
        wanted = len(found) - count + 1
        if wanted > len(best):
            return _NOTHING
        if len(best) > _COMBINED:
            best = sorted(best, key=self.price)[:wanted]
        return Needs([frozenset[int]().union(*chosen) for chosen in combinations(best, wanted)])

    def _weighed(self, score: Score, found: Iterable[Needs]) -> Needs:
        """Without one of these parts the others do not weigh enough: the commonest are left out first."""
        free = 0
        known = []
        for (weight, _), needs in zip(score.parts, found, strict=True):
            clause, most = self.cheapest(needs.clauses), max(weight, 0) * score.most
            if clause is None:
                free += most
            elif most:
                known.append((self.price(clause), most, clause))
        known.sort(key=lambda one: one[0], reverse=True)
        while known and free + known[0][1] < score.at_least:
            free += known.pop(0)[1]
        if free >= score.at_least:
            return _NOTHING
        return Needs((frozenset().union(*(clause for _, _, clause in known)),))


def _all(found: Iterable[Needs]) -> list[Clause]:
    return [clause for needs in found for clause in needs.clauses]
