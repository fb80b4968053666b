"""The tree of a rule: frozen nodes that know their place in the text, and the errors that point at it.

Two trees are equal when they mean the same words in the same shape; places do not count.
`str(node)` writes a rule that parses to an equal tree.
"""

import re
from collections.abc import Iterable, Sequence
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
class Regex(Node):
    """`/mh-?17/`: a regular expression that a whole word must match, without its slashes."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Scope(Node):
    """Where to look, or how to compare.

    Where: `text`, `title`, `body`, `lead`, `first` (`size` words), `sentence`, `paragraph`. How: `exact`,
    `case`, `stem`. `size` is 0 for all but `first`.
    """

    name: str
    part: Node
    size: int = 0


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """What is known of an article beside its words: `source:bbc.co.uk`, `age:<48h`.

    `test` is how it is compared with `value`: `is`, or `<`, `<=`, `>`, `>=` for age and words, or `in` for
    the name of a set.
    """

    name: str
    value: str
    test: str = "is"


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """`2 OF (a, b, c)`: so many of the parts hold. Of one part that is a set, so many of its members."""

    count: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Times(Node):
    """`3 TIMES a`: so many places of the part, none overlapping another."""

    count: int
    part: Node


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`NEAR/20(a, b, c)`: one place of each, none overlapping another, at most `reach` other words between
    the first and the last; `ordered` is BEFORE/20(a, b, c): in this order."""

    parts: tuple[Node, ...]
    reach: int
    ordered: bool = False


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


# --- what only YAML can say: never in a rule's text ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Score(Node):
    """The weights of the parts that hold add up to `at_least`; a part counts once.

    With `most` over 1 it counts as often as it occurs, up to that number. Weights may be negative.
    """

    at_least: int
    parts: tuple[tuple[int, Node], ...]
    most: int = 1


@dataclass(frozen=True, slots=True)
class Tongue(Node):
    """A member of a set that stands for that set in articles of one language only (`ar: [العراق]`)."""

    language: str
    part: Node


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a rule that YAML gives in several: its own text, to which the places in its tree belong."""

    text: str
    tree: Node


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written, and its tree.

    `pieces`: where YAML gave it in several texts, each of them; else none, and `text` is all of it.
    `broad`: its owner says that it may match nearly everything.
    """

    id: str
    text: str
    tree: Node
    pieces: tuple[Piece, ...] = ()
    broad: bool = False


Written = list[str | Node]


def _written(node: Node) -> str:
    """Without a call for each level: a tree of 200 is also written where the stack is nearly used up."""
    said: list[str] = []
    waiting: Written = [node]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            said.append(piece)
        else:
            waiting += reversed(_pieces(piece))
    return "".join(said)


def _pieces(node: Node) -> Written:
    """What a node is written of: texts, and the nodes between them."""
    match node:
        case Term(text, quoted):
            return [f'"{text}"' if quoted else text]
        case Regex(pattern):
            return [f"/{pattern}/"]
        case SetName(name):
            return [f"${name}"]
        case And(parts):
            return _chain(" AND ", map(_inside, parts))
        case Or(parts):
            return _chain(" OR ", map(_inside, parts))
        case Not(part):
            return ["NOT ", *_inside(part)]
        case Scope(name, part, size):
            return [f"{name}/{size}:" if size else f"{name}:", *_tight(part)]
        case Fact():
            return [_fact(node)]
        case AtLeast(count, (SetName() as named,)):
            return [f"{count} OF ", named]
        case AtLeast(count, parts):
            return [f"{count} OF ", *_listed(parts)]
        case Times(count, part):
            return [f"{count} TIMES ", *_tight(part)]
        case Window(parts, reach, ordered):
            return [_reach(reach, ordered), *_listed(parts)]
        case Near(left, right, reach, ordered):
            return [*_inside(left), f" {_reach(reach, ordered)} ", *_inside(right)]
        case NotNear(left, right, reach):
            return [*_inside(left), f" NOT NEAR/{reach} ", *_inside(right)]
        case Except(left, right):
            return [*_inside(left), " EXCEPT ", *_inside(right)]
        case Score(at_least, weighed):
            weights = ([f"{weight:+} ", *_inside(part)] for weight, part in weighed)
            return [f"score {at_least} of (", *_chain(", ", weights), ")"]
        case Tongue(_, part):
            return [part]
    raise TypeError(f"not a node of a rule: {node!r}")


def _chain(between: str, links: Iterable[Written]) -> Written:
    return [piece for link in links for piece in (between, *link)][1:]


def _listed(parts: Iterable[Node]) -> Written:
    return ["(", *_chain(", ", ([part] for part in parts)), ")"]


def _reach(reach: int, ordered: bool) -> str:
    return f"{'BEFORE' if ordered else 'NEAR'}/{reach}"


def _fact(fact: Fact) -> str:
    if fact.test == "in":
        return f"{fact.name}:${fact.value}"
    test = "" if fact.test == "is" else fact.test
    bare = _BARE_VALUE.fullmatch(fact.value)
    return f"{fact.name}:{test}{fact.value}" if bare else f'{fact.name}:{test}"{fact.value}"'


# A value that needs no quotes; it must not read as an operator either.
_BARE_VALUE = re.compile(
    r"(?!(?:AND|OR|NOT|EXCEPT)$|(?:NEAR|BEFORE|ONEAR|PRE)/[0-9]{1,6}$)[\w.*?@-]+(?:/[\w.*?@-]+)*"
)


# Stands without parentheses in a chain, but not right after a field's colon.
_LOOSE = (Not, AtLeast, Times)
# Stands without them as a part of something bigger; what is joined gets parentheses.
_ALONE = (Term, Regex, SetName, Scope, Fact, Window, Tongue, *_LOOSE)


def _inside(node: Node) -> Written:
    return [node] if isinstance(node, _ALONE) else ["(", node, ")"]


def _tight(node: Node) -> Written:
    return ["(", node, ")"] if isinstance(node, _LOOSE) else _inside(node)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside."""
    match node:
        case Term() | SetName():  # which most are
            return ()
        case And(parts) | Or(parts) | AtLeast(_, parts) | Window(parts):
            return parts
        case Not(part) | Scope(_, part) | Times(_, part) | Tongue(_, part):
            return (part,)
        case Near(left, right) | NotNear(left, right) | Except(left, right):
            return (left, right)
        case Score(_, weighed):
            return tuple(part for _, part in weighed)
    return ()


def joins_places(node: Node) -> bool:
    """True for what stands at places in a text, so that NEAR, BEFORE and EXCEPT can measure from it."""
    match node:
        case Term() | Regex() | SetName() | Near() | NotNear() | Except() | Window():
            return True
        case Or(parts):
            return all(map(joins_places, parts))
        case Scope("exact" | "case" | "stem", part) | Tongue(_, part):
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
        ordered = sorted(problems, key=lambda problem: (problem.start, problem.end))
        self.problems = tuple(map(_short, ordered))
        self.rule = rule

    def __str__(self) -> str:
        return "\n".join(_shown(self.text, problem) for problem in self.problems)


# Of a message or a hint; a text that is no rule may be quoted in it, a megabyte long.
_LONGEST = 400


def _short(problem: Problem) -> Problem:
    if max(len(problem.message), len(problem.hint)) <= _LONGEST:
        return problem
    message, hint = (
        text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 4 :]}"
        for text in (problem.message, problem.hint)
    )
    return Problem(message, hint, problem.start, problem.end)


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
