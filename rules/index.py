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

from rules.spelling import Clause, Needs

Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]
Shares = NDArray[np.float64]

# A rule's key and its guards: its so many rarest clauses. A plain rule with more is tried as others are.
_KEPT = 4
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

    def add(self, atoms: Numbers) -> None:
        self.counts[atoms] += 1
        self.documents += 1

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
    """Rules by their keys, as words are rare now."""

    by_atom: Lists  # atom -> groups
    by_key: Lists  # group -> rules
    groups: Numbers  # key and guards: a row for each of _KEPT, a column for each rule
    plain: Flags
    always: Numbers  # rules without a key

    @staticmethod
    def of(needed: Needed, shares: Shares) -> "Index":
        """`shares`: in what share of documents each atom stands."""
        chosen = _rarest(needed, shares)
        rules = np.arange(len(needed.plain), dtype=np.int32)
        keyed = chosen[0] != _ANY
        count = len(needed.atoms.ends) - 1
        holders = np.repeat(np.arange(count, dtype=np.int32), np.diff(needed.atoms.ends))
        return Index(
            Lists.of(needed.atoms.values, holders, len(shares)),
            Lists.of(chosen[0][keyed], rules[keyed], count),
            chosen,
            needed.plain,
            rules[~keyed],
        )

    def found(self, atoms: Numbers) -> tuple[Numbers, Numbers]:
        """The rules that hold where these atoms, in order, stand, and the rules that may."""
        standing = np.zeros(len(self.by_key.ends) - 1, bool)
        standing[_ANY] = True
        standing[self.by_atom.joined(atoms[: np.searchsorted(atoms, len(self.by_atom.ends) - 1)])] = True
        rules = self.by_key.joined(np.flatnonzero(standing))
        for guards in self.groups[1:]:
            rules = rules[standing[guards[rules]]]
        plain = self.plain[rules]
        return rules[plain], np.concatenate((rules[~plain], self.always))


def _rarest(needed: Needed, shares: Shares) -> Numbers:
    """A column for each rule: its rarest groups, the rarest first."""
    count, sizes = len(needed.atoms.ends) - 1, np.diff(needed.groups.ends)
    holders = np.repeat(np.arange(count), np.diff(needed.atoms.ends))
    prices = np.bincount(holders, shares[needed.atoms.values], count)
    rules = np.repeat(np.arange(len(sizes)), sizes)
    groups = needed.groups.values
    order = np.lexsort((prices[groups], rules))
    places = np.arange(len(groups)) - np.repeat(needed.groups.ends[:-1], sizes)
    kept = places < _KEPT
    chosen = np.full((_KEPT, len(sizes)), _ANY, np.int32)
    chosen[places[kept], rules[kept]] = groups[order][kept]
    return chosen
