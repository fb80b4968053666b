"""Rules brought into one shape, so that those that mean the same are the same.

A *sense* has its sets opened, its chains flat, its parts in order and its words as the forms they stand for.
Equal senses have equal numbers: a hundred thousand rules are compared by number.
"""

from collections.abc import Hashable, Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

from rules.lint.desk import Desk
from rules.meaning import Meaning, inside
from rules.text.forms import Way
from rules.text.words import fold
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
    Times,
    Tongue,
    Window,
)

# A group of more alternatives stays one thing: a thousand rules may name the same ten thousand words.
_OPENED = 500


class Sense(NamedTuple):
    """`kind` as rules call it (`and`, `near`, `title`), what belongs to it, the numbers of its parts."""

    kind: str
    detail: Hashable = None
    parts: tuple[int, ...] = ()


class Senses:
    """The numbers of senses, and the senses by number."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers: dict[Sense, int] = {}
        self._senses: list[Sense] = []
        self._sets: dict[tuple[str, Way], int] = {}
        self._terms: dict[tuple[str, Way], int] = {}

    def __getitem__(self, number: int) -> Sense:
        return self._senses[number]

    def of(self, node: Node, way: Way = Way.FORMS) -> int:
        """The number of what a node means."""
        match node:
            case Term(text):
                if (number := self._terms.get((text, way))) is None:
                    number = self._terms[text, way] = self._phrase(node, way)
                return number
            case SetName(name):
                return self._set(name, way)
            case And(parts):
                return self._group("and", parts, way)
            case Or(parts) | AtLeast(1, (_, _, *_) as parts):
                return self._group("or", parts, way)
            case Not(Not(part)) | Scope("text", part) | Times(1, part):
                return self.of(part, way)
            case Not(part):
                return self._number("not", parts=[self.of(part, way)])
            case Scope("exact" | "case" | "stem", part):
                return self.of(part, inside(node, way))
            case Scope(name, part, size):
                return self._number(name, size, [self.of(part, way)])
            case Fact(name, value, test):
                return self._number("fact", (name, test, fold(value)))
            case Regex(pattern):
                return self._number("regex", (pattern, way))
            case Near(left, right, reach, ordered):
                return self._near((left, right), reach, ordered, way)
            case Window(parts, reach, ordered):
                return self._near(parts, reach, ordered, way)
        return self._counted(node, way)

    def _counted(self, node: Node, way: Way) -> int:
        match node:
            case AtLeast(count, parts):
                return self._number("at least", count, sorted(self.of(part, way) for part in parts))
            case Times(count, part):
                return self._number("times", count, [self.of(part, way)])
            case Score(at_least, weighed, most):
                pairs = sorted((self.of(part, way), weight) for weight, part in weighed)
                weights = tuple(weight for _, weight in pairs)
                return self._number("score", (at_least, most, weights), [number for number, _ in pairs])
            case Tongue(language, part):
                return self._number("tongue", language, [self.of(part, way)])
        return self._placed(node, way)

    def _placed(self, node: Node, way: Way) -> int:
        match node:
            case NotNear(left, right, reach):
                return self._number("not near", reach, [self.of(left, way), self.of(right, way)])
            case Except(left, right):
                return self._number("except", None, [self.of(left, way), self.of(right, way)])
        raise TypeError(f"not a node of a rule: {node!r}")

    def _near(self, parts: Iterable[Node], reach: int, ordered: bool, way: Way) -> int:
        numbers = self._each(parts, way)
        return self._number("before" if ordered else "near", reach, numbers if ordered else sorted(numbers))

    def _number(self, kind: str, detail: Hashable = None, parts: Iterable[int] = ()) -> int:
        sense = Sense(kind, detail, tuple(parts))
        number = self._numbers.setdefault(sense, len(self._senses))
        if number == len(self._senses):
            self._senses.append(sense)
        return number

    def _group(self, kind: str, parts: Iterable[Node], way: Way) -> int:
        """Parts of the same kind are opened; a group of one is that one."""
        flat = {inner for number in self._each(parts, way) for inner in self._opened(kind, number)}
        return flat.pop() if len(flat) == 1 else self._number(kind, parts=sorted(flat))

    def _each(self, parts: Iterable[Node], way: Way) -> Sequence[int]:
        """A call less for each level than a comprehension takes: there may be 200."""
        return list(map(self.of, parts, repeat(way)))

    def _opened(self, kind: str, number: int) -> tuple[int, ...]:
        sense = self[number]
        return sense.parts if sense.kind == kind and len(sense.parts) <= _OPENED else (number,)

    def _set(self, name: str, way: Way) -> int:
        key = name, way
        if key not in self._sets:
            self._sets[key] = self._group("or", self._desk.sets.get(name, ()), way)
        return self._sets[key]

    def _phrase(self, term: Term, way: Way) -> int:
        words = [self._word(meaning) for meaning in self._desk.phrase(term, way)]
        return words[0] if len(words) == 1 else self._number("phrase", parts=words)

    def _word(self, meaning: Meaning) -> int:
        match meaning.way:
            case Way.FORMS if not meaning.wild and not meaning.parts:
                own = frozenset((meaning.folded,))
                return self._number("word", (own.union(*self._desk.forms.of(meaning.plain)),))
            case Way.FORMS:
                return self._number("spelled", meaning.folded)
            case Way.EXACT:
                return self._number("exact", meaning.exact)
        return self._number("letters", (meaning.way, meaning.plain))

    # --- what a sense consists of ---

    def alternatives(self, number: int) -> tuple[int, ...]:
        """The parts of an OR; what is none stands alone."""
        return self[number].parts if self[number].kind == "or" else (number,)

    def clauses(self, number: int) -> tuple[int, ...]:
        """The parts of an AND; what is none stands alone."""
        return self[number].parts if self[number].kind == "and" else (number,)
