"""The shape of a rule that the matcher evaluates: sets opened, words turned into atoms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rules.document import Document
from rules.tree import Fact, Node

# A lone * in a phrase: any one word.
ANY_WORD = -1

# An element of a phrase: ways to write it, each a run of atoms. `Su-35` is (su 35) or (su35).
Element = tuple[tuple[int, ...], ...]

# How many first words of the body a plan looks at.
WHOLE_BODY = 1 << 62
LEAD = -1  # its beginning, as an article's own measure says


@dataclass(frozen=True, slots=True)
class Plan:
    """`node` is what was written."""

    node: Node


@dataclass(frozen=True, slots=True)
class Phrase(Plan):
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class AllOf(Plan):
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Some(Plan):
    """At least `count` of the parts.

    `under`: of many parts, which of them need an atom to stand in the document; under None, those that need
    none.
    """

    parts: tuple[Plan, ...]
    count: int = 1
    under: Mapping[int | None, Sequence[int]] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NoneOf(Plan):
    part: Plan


@dataclass(frozen=True, slots=True)
class Within(Plan):
    """In the title, or in so many first words of the body."""

    title: bool
    body: int
    part: Plan


@dataclass(frozen=True, slots=True)
class InOne(Plan):
    """In one sentence, or one paragraph."""

    unit: str
    part: Plan


@dataclass(frozen=True, slots=True)
class Close(Plan):
    """A place of each, none overlapping another, with at most `reach` other words among them."""

    parts: tuple[Plan, ...]
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
class Often(Plan):
    count: int
    part: Plan


@dataclass(frozen=True, slots=True)
class Weighed(Plan):
    """The weights of the parts that hold make `at_least`; a part with places counts up to `most` of them."""

    at_least: int
    weights: tuple[int, ...]
    parts: tuple[Plan, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Known(Plan):
    """`test` is asked of the document; of `words:` it is None, for the reader has counted them."""

    fact: Fact
    test: Callable[[Document], bool] | None = field(compare=False, repr=False)


def inner(plan: Plan) -> tuple[Plan, ...]:
    """The plans directly inside."""
    match plan:
        case AllOf(parts=parts) | Some(parts=parts) | Close(parts=parts) | Weighed(parts=parts):
            return parts
        case NoneOf(part=part) | Within(part=part) | InOne(part=part) | Often(part=part):
            return (part,)
        case Apart(left=left, right=right) | Outside(left=left, right=right):
            return (left, right)
    return ()


def has_places(plan: Plan) -> bool:
    """True for what stands at places in a text; the rest is only true or false of it."""
    match plan:
        case Phrase() | Close() | Apart() | Outside():
            return True
        case Some(parts=parts, count=1):
            return all(map(has_places, parts))
    return False
