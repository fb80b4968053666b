"""Which rules a document may match, at a glance: by the rarest clause of each, its key, and further ones.

A *group* is a clause that some rule needs: words of which at least one must stand there. However many rules
share it, it is looked up once for a document. A rule is tried only where its key stands, and dropped where
one of its guards does not; a plain rule, which is nothing but its groups, then holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.engine.spelling import Clause, Needs

Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]
Shares = NDArray[np.float64]

# A rule's key and its guards: its so many rarest clauses. A plain rule with more is tried as others are.
_KEPT = 3
# The group that stands in every document: where a rule has fewer clauses.
_ANY = 0


# The share of documents in which a word is thought to stand weighs as much as so many that were counted.
_TRUST = 20


class Counts:
    """In how many documents every atom stood. Two threads may lose each other's count: it only steers."""

    def __init__(self, priors: Sequence[float], known: "Counts | None" = None) -> None:
        self.priors = np.array(priors)
        self.counts = np.zeros(len(priors), np.int64)
        self.documents = 0
        if known:
            self.counts[: len(known.counts)] = known.counts
            self.documents = known.documents

    def shares(self) -> Shares:
        """In what share of documents every atom stands, as far as is known."""
        shares: Shares = (self.counts + self.priors * _TRUST) / (self.documents + _TRUST)
        return shares


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers, one after the other: list n is values[ends[n]:ends[n + 1]]."""

    ends: Numbers
    values: Numbers

    @staticmethod
    def of(keys: Numbers, values: Numbers, count: int) -> "Lists":
        """Values by their keys, which are below `count`."""
        ends = np.zeros(count + 1, np.int32)
        np.cumsum(np.bincount(keys, minlength=count), out=ends[1:])
        return Lists(ends, values[np.argsort(keys, kind="stable")])

    def joined(self, chosen: NDArray[np.integer[Any]]) -> Numbers:
        """The lists of these numbers, one after the other."""
        starts = self.ends[chosen]
        sizes = self.ends[chosen + 1] - starts
        after = np.cumsum(sizes)
        places = np.repeat(starts - after + sizes, sizes) + np.arange(after[-1] if len(after) else 0)
        joined: Numbers = self.values[places]
        return joined


class Groups:
    """Numbers for clauses, as rules are read."""

    def __init__(self) -> None:
        self.numbers: dict[Clause, int] = {frozenset(): _ANY}
        self.atoms: list[int] = []
        self.sizes: list[int] = [0]

    def number(self, clause: Clause) -> int:
        if (found := self.numbers.get(clause)) is None:
            found = self.numbers[clause] = len(self.sizes)
            self.atoms.extend(clause)
            self.sizes.append(len(clause))
        return found


@dataclass(frozen=True, slots=True)
class Needed:
    """What rules need, as numbers, whatever is found to be rare."""

    groups: Lists  # of a rule
    atoms: Lists  # of a group
    plain: Flags

    @staticmethod
    def of(rules: Iterable[Needs]) -> "Needed":
        groups = Groups()
        numbers, sizes, plain = [], [0], []
        for needs in rules:
            numbers += [groups.number(clause) for clause in needs.clauses]
            sizes.append(len(needs.clauses))
            plain.append(needs.plain and len(needs.clauses) <= _KEPT)
        return Needed(_lists(sizes, numbers), _lists([0, *groups.sizes], groups.atoms), np.array(plain, bool))


def _lists(sizes: Sequence[int], values: Sequence[int]) -> Lists:
    return Lists(np.cumsum(sizes, dtype=np.int32), np.array(values, np.int32))


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by their keys, as words are rare now. A rule without a clause stands under _ANY."""

    by_atom: Lists  # atom -> groups
    by_key: Lists  # group -> rows of (rule, its guards, 1 if it is plain)

    @staticmethod
    def of(needed: Needed, shares: Shares) -> "Index":
        """`shares`: in what share of documents each atom stands."""
        rules = np.arange(len(needed.plain), dtype=np.int32)
        groups = _rarest(needed, shares)
        count = len(needed.atoms.ends) - 1
        holders = np.repeat(np.arange(count, dtype=np.int32), np.diff(needed.atoms.ends))
        rows = np.column_stack((rules, groups[:, 1:], needed.plain.astype(np.int32)))
        return Index(Lists.of(needed.atoms.values, holders, len(shares)), Lists.of(groups[:, 0], rows, count))

    @property
    def atoms(self) -> int:
        return len(self.by_atom.ends) - 1

    def key(self, number: int) -> int:
        """The key of a rule: the group under which it stands."""
        place = int(np.flatnonzero(self.by_key.values[:, 0] == number)[0])
        return int(np.searchsorted(self.by_key.ends, place, side="right")) - 1

    def found(self, atoms: NDArray[np.integer[Any]]) -> tuple[Numbers, Numbers]:
        """The rules that hold where these atoms stand, and the rules that may."""
        standing = np.zeros(len(self.by_key.ends) - 1, bool)
        standing[_ANY] = True
        standing[self.by_atom.joined(atoms)] = True
        rows = self.by_key.joined(np.flatnonzero(standing))
        for guard in range(1, _KEPT):
            rows = rows[standing[rows[:, guard]]]
        plain = rows[:, _KEPT] == 1
        return rows[plain, 0], rows[~plain, 0]


def _rarest(needed: Needed, shares: Shares) -> Numbers:
    """A row for each rule: its rarest groups, the rarest first."""
    count, sizes = len(needed.atoms.ends) - 1, np.diff(needed.groups.ends)
    holders = np.repeat(np.arange(count), np.diff(needed.atoms.ends))
    prices = np.bincount(holders, shares[needed.atoms.values], count)
    rules = np.repeat(np.arange(len(sizes)), sizes)
    groups = needed.groups.values
    order = np.lexsort((prices[groups], rules))
    places = np.arange(len(groups)) - np.repeat(needed.groups.ends[:-1], sizes)
    kept = places < _KEPT
    chosen = np.full((len(sizes), _KEPT), _ANY, np.int32)
    chosen[rules[kept], places[kept]] = groups[order][kept]
    return chosen
