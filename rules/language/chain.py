"""How the elements of a chain are joined, and what is wrong where they cannot be."""

import re
from dataclasses import replace
from typing import Protocol

from rules.language import foreign
from rules.language.lexer import QUOTES, Token
from rules.tree import (
    And,
    AtLeast,
    Except,
    Fact,
    Near,
    Node,
    NotNear,
    Or,
    Problem,
    Scope,
    Term,
    Times,
    joins_places,
)

# Words farther apart have little to do with each other: AND says so more clearly.
REACH = 999
_SHOWN = 160  # characters of a hint that writes the rule out in two ways


class Place(Protocol):
    """Anything that knows where it stands in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Ground:
    """A text, and what was found wrong in it: at one place one problem, the first that was told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.told: set[tuple[int, int]] = set()

    def problem(self, place: Place, message: str, hint: str) -> None:
        if (place.start, place.end) not in self.told:
            self.told.add((place.start, place.end))
            self.problems.append(Problem(message, hint, place.start, place.end))

    def source(self, place: Place) -> str:
        return self.text[place.start : place.end]

    # --- AND and OR ---

    def joined(self, parts: list[Node], joins: list[Token], start: int, end: int) -> Node:
        """One element as it is; several as And or Or. `start` and `end` include the parentheses."""
        if len(parts) == 1:
            return parts[0] if parts[0].end == end else replace(parts[0], start=start, end=end)
        kinds = {join.kind for join in joins}
        if "GAP" in kinds:
            self.gaps(parts, joins)
        if {"AND", "OR"} <= kinds:
            self.mixed(parts, joins)
        either = (
            "AND" not in kinds
        )  # also where nothing joins them: OR may stand anywhere, so nothing else is told
        return (Or if either else And)(tuple(parts), start=start, end=end)

    def gaps(self, parts: list[Node], joins: list[Token]) -> None:
        """Words that stand side by side: told once for a whole run of them."""
        run = parts[:1]
        for join, part in zip(joins, parts[1:], strict=True):
            if join.kind != "GAP" or join.text:  # a comma was told already
                self.gap(run)
                run = []
            run.append(part)
        self.gap(run)

    def gap(self, run: list[Node]) -> None:
        if len(run) < 2 or any(_mended(node) for node in run):
            return
        names = [self.source(node).strip(QUOTES) for node in run]
        listed = (
            ", ".join(f'"{name}"' for name in names[:3]) if len(run) > 2 else f'"{names[0]}" and "{names[1]}"'
        )
        place = replace(run[0], end=run[-1].end)
        self.problem(place, f"no operator between {listed}", self.between(run, names))

    def between(self, run: list[Node], names: list[str]) -> str:
        """What may stand between the words of a run."""
        if names[0].startswith("'") and names[-1].endswith("'"):
            return f'write  "{" ".join(names)[1:-1]}"  for the phrase, with double quotes'
        if names[0].startswith("/") and names[-1].endswith("/"):
            return "a /regular expression/ stands for one word and holds no space"
        if hint := foreign.place(" ".join(names[:7])):
            return hint
        if all(isinstance(node, Term) for node in run) and len(run) <= 6 and "(" not in "".join(names):
            both = "both" if len(run) == 2 else "all"
            each, phrase = " AND ".join(map(self.source, run)), " ".join(names)
            if counted := _COUNTED.match(phrase):
                number, operator, what = counted.groups()
                operands = what if operator == "times" else "(a, b, c)"
                return (
                    f'write  {number} {operator.upper()} {operands}  to count, or  "{phrase}"  for the phrase'
                )
            return f'write  {each}  for {both} anywhere, or  "{phrase}"  for the phrase'
        return f"write {'OR' if all(isinstance(node, Fact) for node in run) else 'AND or OR'} between them"

    def mixed(self, parts: list[Node], joins: list[Token]) -> None:
        readings = [self.reading(parts, joins, tight) for tight in ("AND", "OR")]
        if sum(map(len, readings)) > _SHOWN:
            readings = ["(a AND b) OR c", "a AND (b OR c)"]
        hint = f"programs disagree on what this means; write  {readings[0]}  or  {readings[1]}"
        place = replace(parts[0], end=parts[-1].end)
        self.problem(place, "AND/NOT and OR are mixed without parentheses", hint)

    def reading(self, parts: list[Node], joins: list[Token], tight: str) -> str:
        """The chain as it reads where `tight` binds closer."""
        loose = "OR" if tight == "AND" else "AND"
        groups = [[parts[0]]]
        for join, part in zip(joins, parts[1:], strict=True):
            if join.kind == loose:
                groups.append([])
            groups[-1].append(part)
        inside = (f" {tight} ".join(map(self.source, group)) for group in groups)
        written = (
            f"({text})" if len(group) > 1 else text for text, group in zip(inside, groups, strict=True)
        )
        return f" {loose} ".join(written)

    # --- NEAR, BEFORE, NOT NEAR, EXCEPT ---

    def measured(self, operator: Token) -> Token:
        if operator.number > REACH:
            hint = f"use AND, or a number up to {REACH}"
            self.problem(operator, f"{operator.number} words apart is too far to be near", hint)
        return operator

    def near(self, left: Node, operator: Token, right: Node) -> Node:
        for part in (left, right):
            if not joins_places(part):
                self.joins_places(operator, part)
        start, end = left.start, right.end
        match operator.text:
            case "EXCEPT":
                return Except(left, right, start=start, end=end)
            case "NOT NEAR":
                return NotNear(left, right, operator.number, start=start, end=end)
        return Near(left, right, operator.number, operator.text == "BEFORE", start=start, end=end)

    def joins_places(self, operator: Token, part: Node) -> None:
        """This part has no places that could be near, counted, or left out."""
        verb = "counts" if operator.text == "TIMES" else "joins"
        what = f"{verb} words, phrases, sets and OR-groups, not AND/NOT expressions or fields"
        self.problem(operator, f"{named(operator)} {what}", _outside(part))

    def chained(self, operator: Token) -> None:
        hint = "use parentheses, or NEAR/5(a, b, c) for all of them inside one window"
        if operator.text in ("EXCEPT", "NOT NEAR"):
            hint = f"use parentheses, as in (a NEAR/5 b) {named(operator)} c"
        self.problem(operator, "a chain of NEAR/BEFORE is ambiguous", hint)


_COUNTED = re.compile(r"([0-9]{1,3}) (of|times) (.+)")


def named(operator: Token) -> str:
    """As a person would write it."""
    match operator.kind:
        case "COUNT":
            return f"{operator.number} {operator.text}"
        case "PLACE" if operator.text != "EXCEPT":
            return f"{operator.text}/{operator.number}"
    return operator.text


def nothing(place: Place) -> Node:
    """Stands where something was wrong, so that reading can go on."""
    return Term("", start=place.start, end=place.end)


def _mended(node: Node) -> bool:
    return isinstance(node, Term) and not node.text and not node.quoted


def _outside(part: Node) -> str:
    match part:
        case Scope(name):
            return f"put {name}: around the whole, or outside with AND"
        case Fact(name):
            return f"move {name}: outside, with AND"
        case AtLeast() | Times():
            return "move the count outside, with AND"
    return "move the AND outside, or use sentence:(…)"
