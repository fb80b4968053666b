"""The tree of a rule: frozen nodes that know their place in the text, and the errors that point at it.

Two trees are equal when they mean the same words in the same shape; places do not count.
`str(node)` writes a rule that parses to an equal tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from unicodedata import combining, east_asian_width


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a rule. `start` and `end` are offsets in the rule's text."""

    start: int = field(default=0, compare=False, kw_only=True)
    end: int = field(default=0, compare=False, kw_only=True)

    def __str__(self) -> str:
        return _written(self)


@dataclass(frozen=True, slots=True)
class Term(Node):
    """A word, or a phrase in quotes, as it was typed."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class SetName(Node):
    """`$name`: any word or phrase of that set."""

    name: str


@dataclass(frozen=True, slots=True)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    part: Node


@dataclass(frozen=True, slots=True)
class Scope(Node):
    """`title:` and `body:` say where to look; `exact:` and `case:` say how."""

    name: str
    part: Node


@dataclass(frozen=True, slots=True)
class Near(Node):
    """At most `reach` words between left and right; `ordered` is BEFORE: left comes first."""

    left: Node
    right: Node
    reach: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class NotNear(Node):
    """The places of left that have no right within `reach` words."""

    left: Node
    right: Node
    reach: int


@dataclass(frozen=True, slots=True)
class Except(Node):
    """The places of left that lie inside no place of right."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written, and its tree."""

    id: str
    text: str
    tree: Node


def _written(node: Node) -> str:
    match node:
        case Term(text, quoted):
            return f'"{text}"' if quoted else text
        case SetName(name):
            return f"${name}"
        case And(parts):
            return " AND ".join(map(_inside, parts))
        case Or(parts):
            return " OR ".join(map(_inside, parts))
        case Not(part):
            return f"NOT {_inside(part)}"
        case Scope(name, part):
            return f"{name}:{f'({part})' if isinstance(part, Not) else _inside(part)}"
        case Near(left, right, reach, ordered):
            return f"{_inside(left)} {'BEFORE' if ordered else 'NEAR'}/{reach} {_inside(right)}"
        case NotNear(left, right, reach):
            return f"{_inside(left)} NOT NEAR/{reach} {_inside(right)}"
        case Except(left, right):
            return f"{_inside(left)} EXCEPT {_inside(right)}"
    raise TypeError(f"not a node of a rule: {node!r}")


def _inside(node: Node) -> str:
    """As a part of something bigger: joined things get parentheses."""
    alone = isinstance(node, Term | SetName | Not | Scope)
    return _written(node) if alone else f"({_written(node)})"


def joins_places(node: Node) -> bool:
    """True for what stands at places in a text, so that NEAR, BEFORE and EXCEPT can measure from it."""
    match node:
        case Term() | SetName() | Near() | NotNear() | Except():
            return True
        case Or(parts):
            return all(map(joins_places, parts))
        case Scope("exact" | "case", part):
            return joins_places(part)
    return False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong between two offsets of a rule's text, and what to write instead."""

    message: str
    hint: str
    start: int
    end: int


class RuleError(Exception):
    """A rule that cannot be used; `problems` holds everything found wrong, in the order of the text."""

    def __init__(self, text: str, problems: Sequence[Problem], rule: str = "") -> None:
        super().__init__(text, tuple(problems), rule)
        self.text = text
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.start, problem.end)))
        self.rule = rule

    def __str__(self) -> str:
        return "\n".join(_shown(self.text, problem) for problem in self.problems)


class RuleErrors(Exception):
    """Every rule and every set that cannot be used, at once."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        super().__init__(tuple(errors))
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(f"{error.rule}: {error}" if error.rule else str(error) for error in self.errors)


# A terminal shows about 100 columns; a longer line is cut around the mistake.
_SHOWN = 96


def _shown(text: str, problem: Problem) -> str:
    """The message, the line it is about, a caret under the mistake, and the hint."""
    line_start = text.rfind("\n", 0, problem.start) + 1
    line_end = text.find("\n", problem.start)
    line_end = len(text) if line_end < 0 else line_end
    left = max(line_start, min(problem.start, line_end) - _SHOWN // 2)
    right = min(line_end, left + _SHOWN)
    before, marked = text[left : problem.start], text[problem.start : min(problem.end, right)]
    lines = [problem.message, f"  {_one_line(text[left:right])}", f"  {_blank(before)}{_carets(marked)}"]
    return "\n".join(lines + [f"  hint: {problem.hint}"] * bool(problem.hint))


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).rstrip()


def _columns(text: str) -> int:
    """How wide a terminal draws it: Chinese and the like take two columns, combining marks none."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _blank(text: str) -> str:
    return " " * _columns(text)


def _carets(text: str) -> str:
    return "^" * max(1, _columns(text.rstrip()))
