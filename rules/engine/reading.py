"""One document read in one language, against plans: the exact evaluation.

What holds is kept as bits, one for each sentence or paragraph that is judged, or a single one for the whole
document; where something stands, as places. However long the text, AND, OR, NEAR and the rest are then a few
operations on integers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rules.document import Document
from rules.engine.facts import counted
from rules.engine.layout import Layout, View, segments
from rules.engine.lexicon import CHUNK_END, SEGMENT_END, Tongue
from rules.engine.places import (
    Places,
    add,
    anywhere,
    apart,
    bits,
    followed,
    inside,
    lonely,
    near_starts,
    outside,
    uncrossed,
    windows,
)
from rules.engine.plan import (
    ANY_WORD,
    LEAD,
    AllOf,
    Apart,
    Close,
    Element,
    InOne,
    Known,
    NoneOf,
    Often,
    Outside,
    Phrase,
    Plan,
    Some,
    Weighed,
    Within,
)
from rules.text.words import parts
from rules.tree import joins_places

WHOLE = View()
_NOWHERE: Places = {}
_SEGMENT_END = np.array([SEGMENT_END, 0, 0], np.int32).tobytes()


class Reading:
    """A document in one language, and what stands where in it."""

    def __init__(self, document: Document, tongue: Tongue) -> None:
        self.document = document
        self.tongue = tongue
        self.known: dict[int, Places] = {}  # by atom
        self.phrases: dict[int, Places] = {}
        self.unions: dict[tuple[int, bool, int, str], Places] = {}  # of sets, once for all rules

    @cached_property
    def entry(self) -> bytes:
        """What every chunk of the document stands for, as the lexicon writes it."""
        read = self.tongue.memo.read
        found: list[bytes] = []
        for _, text in segments(self.document):
            found += read(text), _SEGMENT_END
        return b"".join(found)

    @cached_property
    def marks(self) -> NDArray[np.int32]:
        """Rows of (atom, position in the chunk, width), and ends of chunks and segments."""
        return np.frombuffer(self.entry, np.int32).reshape(-1, 3)

    @cached_property
    def positions(self) -> NDArray[np.int32]:
        """The first position after every mark."""
        sizes = np.where(self.marks[:, 0] == CHUNK_END, self.marks[:, 1], 0)
        return np.cumsum(sizes, dtype=np.int32)

    @cached_property
    def layout(self) -> Layout:
        kinds = self.marks[:, 0]
        sizes, edges = self.marks[kinds == CHUNK_END, 1], self.positions[kinds == SEGMENT_END]
        return Layout(self.document, sizes.tolist(), edges.tolist())

    @cached_property
    def _places(self) -> NDArray[np.int32]:
        """(atom, width, position) of every word, by atoms."""
        words = np.flatnonzero(self.marks[:, 0] >= 0)
        words = words[np.argsort(self.marks[words, 0], kind="stable")]
        starts = self.positions[words] + self.marks[words, 1]
        return np.stack((self.marks[words, 0], self.marks[words, 2], starts), axis=1)

    @cached_property
    def standing(self) -> Mapping[int, tuple[int, int]]:
        """The atoms that stand in the document, with where their places begin and end among all."""
        atoms, first = np.unique(self._places[:, 0], return_index=True)
        edges = [*first.tolist(), len(self._places)]
        return dict(zip(atoms.tolist(), pairwise(edges), strict=True))

    # --- words ---

    def atom(self, atom: int) -> Places:
        """Most words of rules stand nowhere in a document: of these not even that is kept."""
        if atom in self.known:
            return self.known[atom]
        if atom != ANY_WORD and atom not in self.standing:
            return _NOWHERE
        return self.known.setdefault(atom, self._atom(atom))

    def _atom(self, atom: int) -> Places:
        if atom == ANY_WORD:
            return {1: self.layout.fence("").within(0)} if self.layout.length else {}
        first, last = self.standing[atom]
        by_width: dict[int, list[int]] = {}
        for _, wide, position in self._places[first:last].tolist():
            by_width.setdefault(wide, []).append(position)
        if atom in self.tongue.acronyms:
            shouted = self.layout.shouted
            by_width = {wide: [at for at in found if not shouted(at)] for wide, found in by_width.items()}
        return {wide: bits(found) for wide, found in by_width.items() if found}

    def other_forms(self, atoms: Iterable[int]) -> frozenset[str]:
        """How the words of these atoms stand in the document where case, accents and forms do not count."""
        folded = {self.tongue.folded(atom) for atom in atoms} - {""}
        return frozenset(plain for word in folded for plain in self.spellings.get(word, ()))

    @cached_property
    def spellings(self) -> Mapping[str, set[str]]:
        """How each word of the document is written in it."""
        found: dict[str, set[str]] = {}
        for number in range(len(self.layout.chunks)):
            for part in parts(self.layout.chunk(number)):
                found.setdefault(part.folded, set()).add(part.plain)
        return found

    @property
    def body_words(self) -> int:
        return self.layout.length - self.layout.body_at

    def phrase(self, plan: Phrase) -> Places:
        key = id(plan.elements)  # one object for all rules that have these words
        if key not in self.phrases:
            self.phrases[key] = self._row(plan.elements)
        return self.phrases[key]

    def _row(self, elements: Sequence[Element]) -> Places:
        if len(elements) == len(elements[0]) == 1:
            return self._run(elements[0][0])
        found: Places | None = None
        for element in elements:
            here: Places = {}
            for way in element:
                add(here, self._run(way))
            found = here if found is None else followed(found, here, self.layout.fence(""))
            if not found:
                break
        return found or {}

    def _run(self, atoms: Sequence[int]) -> Places:
        found = self.atom(atoms[0])
        for atom in atoms[1:]:
            found = followed(found, self.atom(atom), self.layout.fence(""))
        return found

    # --- places ---

    def find(self, plan: Plan, view: View = WHOLE) -> Places:
        """Where a plan stands in a view."""
        match plan:
            case Phrase():
                return self.shown(self.phrase(plan), view)
            case Some():
                return self.union(plan, view)
            case Close(parts=parts, reach=reach, ordered=ordered):
                found = []
                for part in parts:  # a comprehension is a second frame for each of 200 possible levels
                    found.append(self.find(part, view))
                    if not found[-1]:
                        return {}
                return windows(found, reach, ordered, self.layout.fence(view.unit))
            case Apart(left=left, right=right, reach=reach):
                return lonely(
                    self.find(left, view), self.find(right, view), reach, self.layout.fence(view.unit)
                )
            case Outside(left=left, right=right):
                return outside(self.find(left, view), self.find(right, view), self.layout.fence(view.unit))
        raise TypeError(f"has no places: {plan.node}")

    def shown(self, places: Places, view: View) -> Places:
        """Those that a view shows whole."""
        if view is WHOLE or not places:
            return places
        if view.unit:
            places = uncrossed(places, self.layout.fence(view.unit))
        return inside(places, self.layout.mask(view))

    def union(self, plan: Some, view: View) -> Places:
        key = id(plan.parts), view.title, view.body, view.unit
        if key not in self.unions:
            found: Places = {}
            for part in self.likely(plan):
                add(found, self.find(part, view))
            self.unions[key] = found
        return self.unions[key]

    def likely(self, plan: Some) -> Sequence[Plan]:
        """Of many parts, those that a look at the words does not rule out."""
        if plan.under is None:
            return plan.parts
        under = plan.under
        found = {number for atom in (under.keys() & self.standing.keys()) for number in under[atom]}
        return [plan.parts[number] for number in sorted(found.union(under.get(None, ())))]

    # --- truth ---

    def holds(self, plan: Plan, view: View = WHOLE) -> int:
        """What a plan holds of, as bits: of the whole, or of which of the sentences that a view judges."""
        match plan:
            case Phrase() if view is WHOLE:
                return 1 if self.phrase(plan) else 0
            case AllOf(parts=parts):
                found = view.judged
                for part in parts:
                    found &= self.holds(part, view)
                    if not found:
                        break
                return found
            case Some(parts=parts, count=1):
                found = 0
                for part in self.likely(plan):
                    found |= self.holds(part, view)
                    if found == view.judged:
                        break
                return found
            case NoneOf(part=part):
                return view.judged & ~self.holds(part, view)
            case Within(part=part):
                return self.holds(part, self.narrowed(plan, view))
            case InOne(part=part):
                inner = self.divided(plan, view)
                return self.gathered(self.holds(part, inner), inner, view)
        return self._measured(plan, view)

    def _measured(self, plan: Plan, view: View) -> int:
        match plan:
            case Some(count=count):
                held = (self.holds(part, view) for part in self.likely(plan))
                return view.judged & at_least(count, held)
            case Often(count=count, part=part):
                return self.often(self.find(part, view), count, view)
            case Weighed():
                return view.judged if self.weight(plan, view) >= plan.at_least else 0
            case Known():
                return view.judged if self.knows(plan) else 0
            case Close(parts=(left, right), reach=reach, ordered=ordered):
                return self.near(self.find(left, view), self.find(right, view), reach, ordered, view)
        return view.judged & self.layout.numbers(anywhere(self.find(plan, view)), view.unit)

    def near(self, left: Places, right: Places, reach: int, ordered: bool, view: View) -> int:
        if not left or not right:
            return 0
        fence = self.layout.fence(view.unit)
        found = near_starts(left, right, reach, fence)
        if not ordered:
            found |= near_starts(right, left, reach, fence)
        return view.judged & self.layout.numbers(found, view.unit)

    def often(self, places: Places, count: int, view: View) -> int:
        starts = apart(places)
        if not view.unit:
            return 1 if len(starts) >= count else 0
        found = Counter(self.layout.number(start, view.unit) for start in starts)
        return view.judged & bits(number for number, times in found.items() if times >= count)

    def weight(self, plan: Weighed, view: View = WHOLE) -> int:
        weighed = zip(plan.weights, plan.parts, strict=True)
        return sum(weight * self.times(part, plan.most, view) for weight, part in weighed)

    def times(self, part: Plan, most: int, view: View) -> int:
        """How often a part of a score counts."""
        if most > 1 and joins_places(part.node):
            return min(most, len(apart(self.find(part, view))))
        return 1 if self.holds(part, view) else 0

    def knows(self, plan: Known) -> bool:
        if plan.test is None:
            return counted(plan.fact, self.body_words)
        return plan.test(self.document)

    # --- views ---

    def narrowed(self, plan: Within, view: View) -> View:
        size = self.layout.lead() if plan.body == LEAD else plan.body
        return View(view.title and plan.title, min(view.body, size), view.unit, view.judged)

    def divided(self, plan: InOne, view: View) -> View:
        """Into sentences or paragraphs; a sentence has no paragraphs but itself."""
        unit = view.unit if view.unit == "sentence" else plan.unit
        return View(view.title, view.body, unit, self.layout.units(view, unit))

    def gathered(self, found: int, inner: View, view: View) -> int:
        """What holds of sentences, as what holds of the paragraphs or the whole that they are in."""
        if inner.unit == view.unit:
            return found
        return self.layout.numbers(self.layout.first_positions(found, inner.unit), view.unit)


def at_least(count: int, found: Iterable[int]) -> int:
    """The bits that are one in so many of these, by counting all bits at once in columns of digits."""
    digits: list[int] = []
    for carry in found:
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry
        if carry:
            digits.append(carry)
    more, equal = 0, -1
    for place in reversed(range(max(len(digits), count.bit_length()))):
        digit = digits[place] if place < len(digits) else 0
        if count >> place & 1:
            equal &= digit
        else:
            more |= equal & digit
            equal &= ~digit
    return more | equal
