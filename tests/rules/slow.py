"""The language, the obvious way: every place is a pair of positions, every pair is tried.

Reads the tree itself; knows nothing of plans, atoms or bits. Only tokenizer and dictionary are shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

from rules import Document, Span, parse
from rules.forms import inflect, is_acronym
from rules.tree import And, Except, Near, Node, Not, NotNear, Or, Scope, SetName, Term
from rules.words import CHUNK, Part, parts, rule_words

GAP = 100_000
Place = tuple[int, int]  # first position, position after the last
Sets = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Token:
    part: Part
    at: int
    span: Span
    shouted: bool


def tokens(document: Document) -> list[Token]:
    position = 0
    found: list[Token] = []
    for field, text, breaks in (("title", document.title, ()), ("body", document.body, document.breaks)):
        edges = [0, *sorted(at for at in breaks if 0 < at < len(text)), len(text)]
        for start, end in zip(edges, edges[1:], strict=False):
            for chunk in CHUNK.finditer(text, start, end):
                for part in parts(chunk[0]):
                    span = Span(field, chunk.start() + part.start, chunk.start() + part.end)
                    found.append(Token(part, position + part.at, span, shouted(text, chunk.span())))
                position += sum(part.wide == 1 for part in parts(chunk[0]))
            position += GAP
    return found


def shouted(text: str, chunk: tuple[int, int]) -> bool:
    """In a run of four words in capitals, on its line."""
    start, end = text.rfind("\n", 0, chunk[0]) + 1, (text + "\n").index("\n", chunk[1])
    runs: list[list[tuple[int, int]]] = [[]]
    for found in CHUNK.finditer(text[start:end]):
        if found[0].isupper():
            runs[-1].append((start + found.start(), start + found.end()))
        elif not found[0].isdecimal():
            runs.append([])
    return any(chunk in run and len(run) >= 4 for run in runs)


class Slow:
    def __init__(self, document: Document, sets: Sets) -> None:
        self.tokens = tokens(document)
        self.sets = sets

    # --- truth ---

    def holds(self, node: Node, field: str = "", way: str = "") -> bool:
        match node:
            case And(nodes):
                return all(self.holds(part, field, way) for part in nodes)
            case Or(nodes):
                return any(self.holds(part, field, way) for part in nodes)
            case Not(part):
                return not self.holds(part, field, way)
            case Scope("title" | "body" as name, part):
                return self.holds(part, name if field in ("", name) else "nowhere", way)
            case Scope(name, part):
                return self.holds(part, field, name)
        return bool(self.find(node, field, way))

    # --- places ---

    def find(self, node: Node, field: str, way: str) -> set[Place]:
        match node:
            case Term():
                return self.term(node, field, way)
            case SetName(name):
                return set().union(*(self.find(member(text), field, way) for text in self.sets[name]))
            case Or(nodes):
                return set().union(*(self.find(part, field, way) for part in nodes))
            case Scope(name, part):
                return self.find(part, field, name)
            case Near(left, right, _, _):
                pairs = product(self.find(left, field, way), self.find(right, field, way))
                return {hull(x, y) for x, y in pairs if near(x, y, node)}
            case NotNear(left, right, reach):
                others = self.find(right, field, way)
                return {
                    x for x in self.find(left, field, way) if not any(away(x, y) <= reach for y in others)
                }
            case Except(left, right):
                others = self.find(right, field, way)
                return {
                    x
                    for x in self.find(left, field, way)
                    if not any(y[0] <= x[0] and x[1] <= y[1] for y in others)
                }
        raise TypeError(node)

    def term(self, term: Term, field: str, way: str) -> set[Place]:
        chunks = rule_words(term.text)
        loud = len(chunks) > 1 and term.text.isupper()
        places: set[Place] | None = None
        for chunk in chunks:
            here = self.chunk(chunk, field, way, loud)
            places = (
                here if places is None else {(x[0], y[1]) for x, y in product(places, here) if x[1] == y[0]}
            )
        return places or set()

    def chunk(self, chunk: tuple[Part, ...], field: str, way: str, loud: bool) -> set[Place]:
        single = [part for part in chunk if part.wide == 1]
        ways = [single]
        if len(single) > 1 and not any(part.folded.strip("*") == "" for part in single):
            ways += [[part] for part in chunk if part.wide == len(single)]
        letters = single[0].plain.rstrip("0123456789")
        if len(single) == 1 and letters != single[0].plain and letters.isalpha():
            ways.append([parts(letters)[0], parts(single[0].plain[len(letters) :])[0]])
        found: set[Place] = set()
        for run in ways:
            places = self.word(run[0], field, way, loud)
            for part in run[1:]:
                after = self.word(part, field, way, loud)
                places = {(x[0], y[1]) for x, y in product(places, after) if x[1] == y[0]}
            found |= places
        return found

    def word(self, asked: Part, field: str, way: str, loud: bool) -> set[Place]:
        return {
            (token.at, token.at + token.part.wide)
            for token in self.tokens
            if field in ("", token.span.field) and same(asked, token, way, loud)
        }

    # --- words that made it true ---

    def causes(self, node: Node, field: str = "", way: str = "", wanted: bool = True) -> set[Place]:
        match node:
            case And(nodes) | Or(nodes):
                kept = [part for part in nodes if self.holds(part, field, way) is wanted]
                return set().union(*(self.causes(part, field, way, wanted) for part in kept))
            case Not(part):
                return self.causes(part, field, way, not wanted)
            case Scope("title" | "body" as name, part):
                return self.causes(part, name if field in ("", name) else "nowhere", way, wanted)
            case Scope(name, part):
                return self.causes(part, field, name, wanted)
        return self.trace(node, field, way, self.find(node, field, way)) if wanted else set()

    def trace(self, node: Node, field: str, way: str, chosen: set[Place]) -> set[Place]:
        match node:
            case Or(nodes):
                return set().union(
                    *(self.trace(part, field, way, chosen & self.find(part, field, way)) for part in nodes)
                )
            case Scope(name, part):
                return self.trace(part, field, name, chosen)
            case Near(left, right, _, _):
                pairs = product(self.find(left, field, way), self.find(right, field, way))
                good = [(x, y) for x, y in pairs if near(x, y, node) and hull(x, y) in chosen]
                lefts = self.trace(left, field, way, {x for x, _ in good})
                return lefts | self.trace(right, field, way, {y for _, y in good})
            case NotNear(left, _, _) | Except(left, _):
                return self.trace(left, field, way, chosen)
        return chosen

    def spans(self, places: set[Place]) -> set[Span]:
        word = {token.at: token.span for token in self.tokens if token.part.wide == 1}
        return {Span(word[start].field, word[start].start, word[end - 1].end) for start, end in places}


def same(asked: Part, token: Token, way: str, loud: bool) -> bool:
    part = token.part
    if not asked.folded.strip("*"):
        return part.wide == 1
    wild = "*" in asked.folded or "?" in asked.folded
    if way == "case":
        return fnmatchcase(part.plain, asked.plain) if wild else part.plain == asked.plain
    if way == "exact":
        return fnmatchcase(part.exact, asked.exact) if wild else part.exact == asked.exact
    if wild:
        return fnmatchcase(part.folded, asked.folded)
    if is_acronym(asked.plain) and not loud:
        return part.plain == asked.plain and not token.shouted
    return part.folded in inflect([asked.plain])[asked.plain]


def member(text: str) -> Node:
    return parse(f'"{text}"')


def away(x: Place, y: Place) -> int:
    """Words between; less than zero where they overlap."""
    return max(y[0] - x[1], x[0] - y[1])


def near(x: Place, y: Place, node: Near) -> bool:
    return 0 <= away(x, y) <= node.reach and (x[1] <= y[0] or not node.ordered)


def hull(x: Place, y: Place) -> Place:
    return min(x[0], y[0]), max(x[1], y[1])
