"""A rule's tree -> a plan: sets opened, words turned into atoms, the shape the matcher evaluates.

An *atom* is one word in one way of comparing, shared by all rules: a number. The lexicon knows which atoms
a word of an article stands for; each chunk of text is looked at once and remembered.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import assert_never

from rules.forms import Way, inflect, is_acronym
from rules.tree import And, Except, Near, Node, Not, NotNear, Or, Scope, SetName, Term
from rules.words import Part, parts, rule_words

# A lone * in a phrase: any one word.
ANY_WORD = -1

# An element of a phrase: ways to write it, each a run of atoms. `Su-35` is (su 35) or (su35).
Element = tuple[tuple[int, ...], ...]
# At least one of these atoms stands in every article where the plan holds; None: it can hold without any.
Needs = frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`node` is what was written; `needs` lets most rules be passed over at a glance."""

    node: Node
    needs: Needs


@dataclass(frozen=True, slots=True)
class Phrase(Plan):
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class AllOf(Plan):
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Plan):
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class NoneOf(Plan):
    part: Plan


@dataclass(frozen=True, slots=True)
class Within(Plan):
    field: str  # "title" or "body"
    part: Plan


@dataclass(frozen=True, slots=True)
class Close(Plan):
    left: Plan
    right: Plan
    reach: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Apart(Plan):
    left: Plan
    right: Plan
    reach: int


@dataclass(frozen=True, slots=True)
class Outside(Plan):
    left: Plan
    right: Plan


@dataclass(frozen=True, slots=True)
class Atom:
    """`text` is compared as its `way` says; `wild` if it holds * or ?."""

    way: Way
    text: str
    wild: bool = False


_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")


class Planner:
    """Makes the plans of many rules, so that they share their atoms and their sets."""

    def __init__(self, sets: Mapping[str, tuple[Node, ...]]) -> None:
        self.sets = sets
        self.atoms: dict[Atom, int] = {}
        self.opened: dict[tuple[str, Way], AnyOf] = {}

    def plan(self, node: Node, way: Way = Way.FORMS) -> Plan:
        inside = partial(self.plan, way=way)
        match node:
            case Term():
                return self.phrase(node, way)
            case SetName(name):
                return replace(self.set(name, way), node=node)
            case And(nodes):
                plans = tuple(map(inside, nodes))
                return AllOf(node, _fewest(plan.needs for plan in plans), plans)
            case Or(nodes):
                plans = tuple(map(inside, nodes))
                return AnyOf(node, _either(plans), plans)
            case Not(part):
                return NoneOf(node, None, inside(part))
            case Scope("title" | "body" as name, part):
                plan = inside(part)
                return Within(node, plan.needs, name, plan)
            case Scope(name, part):
                return replace(self.plan(part, Way[name.upper()]), node=node)
            case Near(left, right, reach, ordered):
                one, two = inside(left), inside(right)
                return Close(node, _fewest((one.needs, two.needs)), one, two, reach, ordered)
            case NotNear(left, right, reach):
                one, two = inside(left), inside(right)
                return Apart(node, one.needs, one, two, reach)
            case Except(left, right):
                one, two = inside(left), inside(right)
                return Outside(node, one.needs, one, two)
        raise TypeError(f"not a node of a rule: {node!r}")

    def set(self, name: str, way: Way) -> AnyOf:
        """Opened once for all the rules that name it."""
        if (name, way) not in self.opened:
            plans = tuple(self.plan(member, way) for member in self.sets[name])
            self.opened[name, way] = AnyOf(SetName(name), _either(plans), plans)
        return self.opened[name, way]

    # --- words ---

    def phrase(self, term: Term, way: Way) -> Phrase:
        chunks = rule_words(term.text)
        # A phrase all in capitals says nothing about case: "AIR STRIKE" is not about an acronym AIR.
        capitals = len(chunks) > 1 and term.text.isupper()
        elements = tuple(self.element(chunk, way, capitals) for chunk in chunks)
        return Phrase(term, _fewest(map(_atoms, elements)), elements)

    def element(self, chunk: Sequence[Part], way: Way, capitals: bool) -> Element:
        """The ways to write a chunk: apart (or hyphenated, which is the same), and as one word."""
        atom = partial(self.atom, way=way, capitals=capitals)
        single = [part for part in chunk if part.wide == 1]
        ways = [tuple(map(atom, single))]
        if len(single) > 1 and ANY_WORD not in ways[0]:
            ways += [(atom(part),) for part in chunk if part.wide == len(single)]
        elif len(single) == 1 and (halves := _LETTERS_DIGITS.fullmatch(single[0].plain)):
            ways.append(tuple(atom(parts(half)[0]) for half in halves.groups()))
        return tuple(ways)

    def atom(self, part: Part, way: Way, capitals: bool) -> int:
        bare = part.folded.strip("*")
        if not bare:
            return ANY_WORD
        wild = "*" in bare or "?" in bare or bare != part.folded
        if way is Way.FORMS and not wild and not capitals and is_acronym(part.plain):
            way = Way.ACRONYM
        text = part.exact if way is Way.EXACT else part.folded if way is Way.FORMS and wild else part.plain
        return self.atoms.setdefault(Atom(way, text, wild), len(self.atoms))


def _atoms(element: Element) -> Needs:
    atoms = frozenset(atom for way in element for atom in way)
    return None if ANY_WORD in atoms else atoms


def _fewest(needs: Iterable[Needs]) -> Needs:
    """What all parts need, any one of them may guard; the smallest is the rarest."""
    return min((need for need in needs if need is not None), key=len, default=None)


def _either(plans: Iterable[Plan]) -> Needs:
    union: set[int] = set()
    for plan in plans:
        if plan.needs is None:
            return None
        union |= plan.needs
    return frozenset(union)


# --- the words of articles ---------------------------------------------------------------------------------

# A chunk of an article: how many positions it takes, and its (atom, position in the chunk, width).
Entry = tuple[int, tuple[tuple[int, int, int], ...]]

# Remembered chunks, about 16 MB; an English newsroom uses some 60,000. Longer chunks are addresses and noise.
_REMEMBERED = 100_000
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Which atoms a chunk of text stands for."""

    folded: Mapping[str, tuple[int, ...]]
    exact: Mapping[str, tuple[int, ...]]
    plain: Mapping[str, tuple[int, ...]]
    wild: tuple[tuple[Way, re.Pattern[str], int], ...]
    acronyms: frozenset[int]
    seen: dict[str, Entry] = field(default_factory=dict)

    def entry(self, chunk: str) -> Entry:
        """The same as `look`, remembered."""
        if (entry := self.seen.get(chunk)) is None:
            entry = self.look(chunk)
            if len(self.seen) >= _REMEMBERED:
                self.seen.clear()
            if len(chunk) <= _LONGEST:
                self.seen[chunk] = entry
        return entry

    def look(self, chunk: str) -> Entry:
        found = parts(chunk)
        meant = [(atom, part.at, part.wide) for part in found for atom in self.atoms(part)]
        return sum(part.wide == 1 for part in found), tuple(dict.fromkeys(meant))

    def atoms(self, part: Part) -> Iterable[int]:
        yield from self.folded.get(part.folded, ())
        yield from self.exact.get(part.exact, ())
        yield from self.plain.get(part.plain, ())
        if len(part.plain) <= _LONGEST:  # a pattern with many * may take the cube of a word's length
            yield from (atom for way, pattern, atom in self.wild if pattern.fullmatch(_compared(part, way)))


def lexicon(atoms: Mapping[Atom, int]) -> Lexicon:
    """Reads the dictionary, if any word asks for its forms."""
    forms = inflect(atom.text for atom in atoms if atom.way is Way.FORMS and not atom.wild)
    tables: dict[Way, dict[str, list[int]]] = {way: {} for way in Way}
    wild = []
    for atom, number in atoms.items():
        if atom.wild:
            wild.append((atom.way, _wildcard(atom.text), number))
            continue
        for text in forms[atom.text] if atom.way is Way.FORMS else (atom.text,):
            table = tables[Way.CASE if atom.way is Way.ACRONYM else atom.way]
            table.setdefault(text, []).append(number)
    folded, exact, plain = ({text: tuple(ids) for text, ids in tables[way].items()} for way in _TABLES)
    acronyms = frozenset(number for atom, number in atoms.items() if atom.way is Way.ACRONYM)
    return Lexicon(folded, exact, plain, tuple(wild), acronyms)


_TABLES = (Way.FORMS, Way.EXACT, Way.CASE)


def _compared(part: Part, way: Way) -> str:
    match way:
        case Way.FORMS:
            return part.folded
        case Way.EXACT:
            return part.exact
        case Way.CASE | Way.ACRONYM:
            return part.plain
    assert_never(way)


def _wildcard(text: str) -> re.Pattern[str]:
    pieces = {"*": ".*", "?": "."}
    squeezed = re.sub(r"\*+", "*", text)
    return re.compile("".join(pieces.get(char, re.escape(char)) for char in squeezed), re.DOTALL)
