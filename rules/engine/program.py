"""A plan as a program for _fast.c, which runs it on words and their places.

Only what is quick to say is said there: AND, OR, NOT, counts, words, phrases, and NEAR or BEFORE of two such.
The rest is told nothing, and judged in Python.
"""

from array import array
from collections.abc import Container
from enum import IntEnum

from rules.engine.lexicon import NUMBER
from rules.engine.plan import ANY_WORD, AllOf, Close, Element, NoneOf, Phrase, Plan, Some

# Larger programs are of large sets: there it is quicker to look which of their words stand in a document.
_LONGEST = 2000
_DEEPEST = 50

NOTHING = b""


class _Op(IntEnum):
    ALL = 1
    SOME = 2
    NOT = 3
    ANY = 4
    AT = 5
    NEAR = 6
    WORDS = 7
    UNION = 8
    ROW = 9


class _Beyond(Exception):
    """The plan is not for programs."""


def program(plan: Plan, capitals: Container[int]) -> bytes:
    """`capitals` are atoms that count in some places only."""
    try:
        code = _Writer(capitals).truth(plan, 0)
    except _Beyond:
        return NOTHING
    return array(NUMBER, code).tobytes() if len(code) <= _LONGEST else NOTHING


def _node(op: _Op, numbers: list[int], parts: list[list[int]]) -> list[int]:
    inside = [number for part in parts for number in part]
    return [op, 2 + len(numbers) + len(inside), *numbers, *inside]


class _Writer:
    def __init__(self, capitals: Container[int]) -> None:
        self.capitals = capitals

    def truth(self, plan: Plan, depth: int) -> list[int]:
        if depth > _DEEPEST:
            raise _Beyond
        match plan:
            case Phrase():
                return self.phrase(plan)
            case AllOf(parts=parts):
                return _node(_Op.ALL, [], [self.truth(part, depth + 1) for part in parts])
            case Some(parts=parts, count=count, under=None):
                return _node(_Op.SOME, [count], [self.truth(part, depth + 1) for part in parts])
            case NoneOf(part=part):
                return _node(_Op.NOT, [], [self.truth(part, depth + 1)])
            case Close(parts=(left, right), reach=reach, ordered=ordered):
                return _node(_Op.NEAR, [reach, int(ordered)], [self.places(left), self.places(right)])
        raise _Beyond

    def phrase(self, plan: Phrase) -> list[int]:
        """The words alone, where these say it all."""
        if len(plan.elements) == 1 and all(len(way) == 1 for way in plan.elements[0]):
            return _node(_Op.ANY, [self.atom(atom) for (atom,) in plan.elements[0]], [])
        return _node(_Op.AT, [], [self.places(plan)])

    def places(self, plan: Plan) -> list[int]:
        match plan:
            case Phrase(elements=elements):
                return _joined(_Op.ROW, [self.element(element) for element in elements])
            case Some(parts=parts, count=1, under=None):
                return _joined(_Op.UNION, [self.places(part) for part in parts])
        raise _Beyond

    def element(self, element: Element) -> list[int]:
        ways = [_joined(_Op.ROW, [[_Op.WORDS, 3, self.atom(atom)] for atom in way]) for way in element]
        return _joined(_Op.UNION, ways)

    def atom(self, atom: int) -> int:
        if atom == ANY_WORD or atom in self.capitals:
            raise _Beyond
        return atom


def _joined(op: _Op, parts: list[list[int]]) -> list[int]:
    if len(parts) == 1:
        return parts[0]
    if op is _Op.UNION and all(part[0] is _Op.WORDS for part in parts):
        return _node(_Op.WORDS, [], [part[2:] for part in parts])
    return _node(op, [], parts)
