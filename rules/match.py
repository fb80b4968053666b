"""Articles against plans: the exact evaluation.

A document becomes positions: one per word, with a gap where no phrase may cross. The places of a plan are
kept as {width: bits}, bit p of the big integer saying that a place of that width starts at position p. AND,
OR, NEAR and the rest are then a few operations on integers, however long the text. Characters are looked up
for matches only.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.document import Clause, Document, Match, Span
from rules.plan import (
    ANY_WORD,
    AllOf,
    AnyOf,
    Apart,
    Close,
    Element,
    Lexicon,
    NoneOf,
    Outside,
    Phrase,
    Plan,
    Within,
)
from rules.tree import Rule, Scope, SetName
from rules.words import CHUNK, parts

# So many words in capitals in a row are a shout: WHO KILLED THE KING is no news of the WHO.
_SHOUT = 4

Places = dict[int, int]  # width -> bits; never a zero


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Compiled rules. Safe to share between threads."""

    rules: Mapping[str, Rule]
    plans: Mapping[str, Plan] = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    gap: int = 1

    def __len__(self) -> int:
        return len(self.rules)

    def match(self, document: Document) -> tuple[Match, ...]:
        """The rules that hold, in the order they were given."""
        reading = Reading(document, self.lexicon, self.gap)
        return tuple(
            Match(rule, reading.causes(plan), reading.part_causes(plan))
            for rule, plan in self.plans.items()
            if reading.holds(plan)
        )

    def why(self, rule_id: str, document: Document) -> Clause:
        """Every part of one rule, true or false, with its words. KeyError for a rule that is not here."""
        return Reading(document, self.lexicon, self.gap).clause(self.plans[rule_id])


class Reading:
    """One document as positions, and what stands there."""

    def __init__(self, document: Document, lexicon: Lexicon, gap: int) -> None:
        self.document = document
        self.lexicon = lexicon
        self.chunks: list[tuple[int, ...]] = []  # (first position, start, end in its field)
        self.postings: dict[int, dict[int, list[int]]] = {}  # atom -> width -> positions
        self.known: dict[int, Places] = {}  # by atom
        self.unions: dict[tuple[int, str], Places] = {}  # of a set, once for all rules that name it
        self.body_at = self.read(document.title, frozenset(), 0, gap)
        self.title_chunks = len(self.chunks)
        self.end = self.read(document.body, document.breaks, self.body_at, gap)

    # --- text into positions ---

    def read(self, text: str, breaks: Iterable[int], position: int, gap: int) -> int:
        """The first position after this text and the gap that follows it."""
        edges = [0, *sorted(at for at in breaks if 0 < at < len(text)), len(text)]
        seen, chunks = self.lexicon.seen, self.chunks
        for start, end in zip(edges, edges[1:], strict=False):
            for found in CHUNK.finditer(text, start, end):
                chunk = found[0]
                size, meant = seen.get(chunk) or self.lexicon.entry(chunk)
                chunks.append((position, found.start(), found.end()))
                for atom, at, wide in meant:
                    self.postings.setdefault(atom, {}).setdefault(wide, []).append(position + at)
                position += size
            position += gap
        return position

    # --- places ---

    def atom(self, atom: int) -> Places:
        if atom not in self.known:
            postings = {1: list(self.positions())} if atom == ANY_WORD else self.postings.get(atom, {})
            if atom in self.lexicon.acronyms:
                postings = {
                    wide: [at for at in found if not self.shouted(at)] for wide, found in postings.items()
                }
            self.known[atom] = {wide: _bits(found) for wide, found in postings.items() if found}
        return self.known[atom]

    def positions(self) -> Iterator[int]:
        for number, (position, _, _) in enumerate(self.chunks):
            size, _ = self.lexicon.entry(self.chunk(number))
            yield from range(position, position + size)

    def shouted(self, position: int) -> bool:
        """True for a word in a run of words in capitals; in US-led it is not."""
        number = self.number(position)
        return (
            self.chunk(number).isupper()
            and 1 + self.capitals(number, -1) + self.capitals(number, 1) >= _SHOUT
        )

    def capitals(self, number: int, step: int) -> int:
        """How many words in capitals stand beside a chunk, on its line; figures neither count nor end it."""
        count = 0
        while count < _SHOUT and self.same_line(number, number + step):
            number += step
            chunk = self.chunk(number)
            if not (chunk.isupper() or chunk.isdecimal()):
                break
            count += chunk.isupper()
        return count

    def same_line(self, one: int, two: int) -> bool:
        if not 0 <= two < len(self.chunks) or self.field(one) != self.field(two):
            return False
        (_, _, end), (_, start, _) = self.chunks[min(one, two)], self.chunks[max(one, two)]
        return "\n" not in self.text(one)[end:start]

    def inside(self, places: Places, field: str) -> Places:
        """Those in a field; "" is everywhere, and no other name is anywhere."""
        title = (1 << self.body_at) - 1
        match field:
            case "":
                return places
            case "title":
                kept = {wide: bits & title for wide, bits in places.items()}
            case "body":
                kept = {wide: bits >> self.body_at << self.body_at for wide, bits in places.items()}
            case _:
                kept = {}
        return {wide: bits for wide, bits in kept.items() if bits}

    def find(self, plan: Plan, field: str = "") -> Places:
        """Where a plan of words stands."""
        if self.lacks(plan):
            return {}
        match plan:
            case Phrase(elements=elements):
                return self.inside(self.phrase(elements), field)
            case AnyOf(parts=plans):
                key = id(plans), field
                if key not in self.unions:
                    found: Places = {}
                    for part in plans:
                        _add(found, self.find(part, field))
                    self.unions[key] = found
                return self.unions[key]
            case Close(left=left, right=right, reach=reach, ordered=ordered):
                return _near(self.find(left, field), self.find(right, field), reach, ordered)
            case Apart(left=left, right=right, reach=reach):
                return _apart(self.find(left, field), self.find(right, field), reach)
            case Outside(left=left, right=right):
                return _outside(self.find(left, field), self.find(right, field))
        raise TypeError(f"has no places: {plan.node}")

    def phrase(self, elements: Iterable[Element]) -> Places:
        found: Places | None = None
        for element in elements:
            here: Places = {}
            for way in element:
                _add(here, self.run(way))
            found = here if found is None else _joined(found, here)
            if not found:
                break
        return found or {}

    def run(self, atoms: tuple[int, ...]) -> Places:
        found = self.atom(atoms[0])
        for atom in atoms[1:]:
            found = _joined(found, self.atom(atom))
        return found

    # --- truth ---

    def lacks(self, plan: Plan) -> bool:
        """True if a look at the words alone says that the plan cannot hold."""
        return plan.needs is not None and plan.needs.isdisjoint(self.postings)

    def holds(self, plan: Plan, field: str = "") -> bool:
        if self.lacks(plan):
            return False
        match plan:
            case AllOf(parts=plans):
                for part in plans:  # noqa: SIM110 - all(…) is a second frame for each of 400 possible levels
                    if not self.holds(part, field):
                        return False
                return True
            case AnyOf(parts=plans):
                for part in plans:  # noqa: SIM110
                    if self.holds(part, field):
                        return True
                return False
            case NoneOf(part=part):
                return not self.holds(part, field)
            case Within(field=name, part=part):
                return self.holds(part, _narrowed(field, name))
        return bool(self.find(plan, field))

    # --- reasons ---

    def causes(self, plan: Plan) -> tuple[Span, ...]:
        """The words that make a plan hold."""
        found: Places = {}
        self.collect(plan, "", found)
        return self.spans(found)

    def part_causes(self, plan: Plan) -> tuple[tuple[Span, ...], ...]:
        return tuple(filter(None, map(self.causes, plan.parts))) if isinstance(plan, AllOf) else ()

    def collect(self, plan: Plan, field: str, found: Places, wanted: bool = True) -> None:
        """Adds the words of every part that is as wanted; a word that must not be there is none of them."""
        match plan:
            case NoneOf(part=part):
                self.collect(part, field, found, not wanted)
            case AllOf(parts=plans) | AnyOf(parts=plans):
                for part in plans:
                    if self.holds(part, field) is wanted:
                        self.collect(part, field, found, wanted)
            case Within(field=name, part=part):
                self.collect(part, _narrowed(field, name), found, wanted)
            case _ if wanted:
                self.trace(plan, field, self.find(plan, field), found)

    def trace(self, plan: Plan, field: str, chosen: Places, found: Places) -> None:
        """Adds the words behind the chosen places of a plan: of `a NEAR/5 b`, those a and b that are near."""
        match plan:
            case AnyOf(parts=plans):
                for part in plans:
                    if here := _both(chosen, self.find(part, field)):
                        self.trace(part, field, here, found)
            case Close(left=left, right=right, reach=reach, ordered=ordered):
                one, two = self.find(left, field), self.find(right, field)
                lefts, rights = _pairs(one, two, chosen, reach, ordered)
                self.trace(left, field, lefts, found)
                self.trace(right, field, rights, found)
            case Apart(left=left) | Outside(left=left):
                self.trace(left, field, chosen, found)
            case _:
                _add(found, chosen)

    def clause(self, plan: Plan, field: str = "") -> Clause:
        holds = self.holds(plan, field)
        found: Places = {}
        if holds:
            self.collect(plan, field, found)
        inside = _narrowed(field, plan.field) if isinstance(plan, Within) else field
        shown = inner(plan)
        if _is_set(plan):
            shown = tuple(part for part in shown if self.holds(part, field))
        children = tuple(self.clause(part, inside) for part in shown)
        return Clause(str(plan.node), holds, self.spans(found), children)

    # --- places into characters ---

    def spans(self, places: Places) -> tuple[Span, ...]:
        found = {self.span(at, at + wide - 1) for wide, bits in places.items() for at in _positions(bits)}
        return tuple(sorted(found, key=lambda span: (span.field == "body", span.start, span.end)))

    def span(self, first: int, last: int) -> Span:
        field, start, end = self.place(first)
        return Span(field, start, end if last == first else self.place(last)[2])

    def place(self, position: int) -> tuple[str, int, int]:
        """Field and characters of the word at a position."""
        number = self.number(position)
        first, start, end = self.chunks[number]
        chunk = self.chunk(number)
        if self.lexicon.entry(chunk)[0] == 1:
            return self.field(number), start, end
        part = parts(chunk)[position - first]
        return self.field(number), start + part.start, start + part.end

    def number(self, position: int) -> int:
        """Of the chunk that a position belongs to."""
        return bisect_left(self.chunks, (position + 1,)) - 1

    def chunk(self, number: int) -> str:
        _, start, end = self.chunks[number]
        return self.text(number)[start:end]

    def field(self, number: int) -> str:
        return "title" if number < self.title_chunks else "body"

    def text(self, number: int) -> str:
        return self.document.title if number < self.title_chunks else self.document.body


def inner(plan: Plan) -> tuple[Plan, ...]:
    """The plans directly inside."""
    match plan:
        case AllOf(parts=plans) | AnyOf(parts=plans):
            return plans
        case NoneOf(part=part) | Within(part=part):
            return (part,)
        case Close(left=left, right=right) | Apart(left=left, right=right) | Outside(left=left, right=right):
            return (left, right)
    return ()


def _is_set(plan: Plan) -> bool:
    node = plan.node
    while isinstance(node, Scope):
        node = node.part
    return isinstance(plan, AnyOf) and isinstance(node, SetName)


def reach_of(plan: Plan) -> int:
    """The farthest that any NEAR in a plan looks."""
    own = plan.reach if isinstance(plan, Close | Apart) else 0
    return max(own, *map(reach_of, inner(plan)), 0)


def _narrowed(field: str, name: str) -> str:
    """title: inside body: is nowhere."""
    return name if field in ("", name) else "nowhere"


# --- the algebra of places -------------------------------------------------------------------------------


def _bits(positions: list[int]) -> int:
    """One pass over bytes: setting bits in a growing integer would be quadratic."""
    buffer = bytearray((max(positions, default=0) >> 3) + 1)
    for position in positions:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")


def _positions(bits: int) -> Iterator[int]:
    """Where the ones are, in one pass: taking them off an integer one by one would be quadratic."""
    digits = bin(bits)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def _add(places: Places, more: Places) -> None:
    for wide, bits in more.items():
        places[wide] = places.get(wide, 0) | bits


def _both(left: Places, right: Places) -> Places:
    common = {wide: bits & right.get(wide, 0) for wide, bits in left.items()}
    return {wide: bits for wide, bits in common.items() if bits}


def _spread(bits: int, far: int) -> int:
    """Every one repeated at the next `far` positions above it, in log2(far) steps."""
    done = 0
    while done < far:
        step = min(done + 1, far - done)
        bits |= bits << step
        done += step
    return bits


def _joined(left: Places, right: Places) -> Places:
    """Where a place of left is followed at once by one of right."""
    return _before(left, right, 0)


def _near(left: Places, right: Places, reach: int, ordered: bool) -> Places:
    found = _before(left, right, reach)
    if not ordered:
        _add(found, _before(right, left, reach))
    return found


def _before(left: Places, right: Places, reach: int) -> Places:
    """From the start of a left to the end of a right after it, at most `reach` positions between."""
    found: Places = {}
    for first, lefts in left.items():
        for second, rights in right.items():
            close = lefts & (_spread(rights, reach) >> (first + reach))
            for gap in range(reach + 1 if close else 0):
                if pairs := close & (rights >> (first + gap)):
                    _add(found, {first + gap + second: pairs})
    return found


def _pairs(left: Places, right: Places, chosen: Places, reach: int, ordered: bool) -> tuple[Places, Places]:
    """The places of left and right that span a chosen place."""
    lefts, rights = _pairs_before(left, right, chosen, reach)
    if not ordered:
        more_rights, more_lefts = _pairs_before(right, left, chosen, reach)
        _add(lefts, more_lefts)
        _add(rights, more_rights)
    return lefts, rights


def _pairs_before(left: Places, right: Places, chosen: Places, reach: int) -> tuple[Places, Places]:
    lefts: Places = {}
    rights: Places = {}
    for first, starts in left.items():
        for second, ends in right.items():
            for gap in range(reach + 1):
                away = first + gap
                if pairs := starts & (ends >> away) & chosen.get(away + second, 0):
                    _add(lefts, {first: pairs})
                    _add(rights, {second: pairs << away})
    return lefts, rights


def _apart(left: Places, right: Places, reach: int) -> Places:
    """The places of left with no right overlapping them or within reach on either side."""
    found = {}
    for first, bits in left.items():
        for second, others in right.items():
            bits &= ~(_spread(others, first + reach + second + reach) >> (first + reach))
        if bits:
            found[first] = bits
    return found


def _outside(left: Places, right: Places) -> Places:
    """The places of left that lie inside no place of right."""
    found = {}
    for first, bits in left.items():
        for second, others in right.items():
            if second >= first:
                bits &= ~_spread(others, second - first)
        if bits:
            found[first] = bits
    return found
