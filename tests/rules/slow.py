"""The language, the obvious way: every place is a pair of positions, every pair is tried.

Reads the tree itself; knows nothing of plans, atoms or bits. Only tokenizer, sentences and forms are shared.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from itertools import pairwise, product
from typing import cast

from rules import Document, Member, Span, entry, sentences
from rules.text.forms import inflect, is_acronym, stems
from rules.text.words import CHUNK, Part, fold, parts, rule_words
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
    joins_places,
)
from tests.rules.slow_facts import known

GAP = 100_000
LEAD = (40, 80)  # words of the body: paragraphs are added until there are so many, and cut after so many
WAYS = ("exact", "case", "stem")
Place = tuple[int, int]  # first position, position after the last
Region = frozenset[int]  # positions
Sets = Mapping[str, Sequence[str | Member]]


@dataclass(frozen=True)
class Token:
    """A part of a chunk; or a whole chunk, for regular expressions only: then `part` has no variants."""

    part: Part
    at: int
    span: Span
    shouted: bool
    sentence: tuple[str, int]
    paragraph: tuple[str, int]

    @property
    def place(self) -> Place:
        return self.at, self.at + self.part.wide


@dataclass(frozen=True)
class Look:
    """Where to look, and how to compare."""

    here: Region
    way: str = ""


def judge(tree: Node, document: Document, sets: Sets) -> set[Span] | None:
    """The words that make a rule hold; None if it does not."""
    return judged(tree, readings(document, sets))


def judged(tree: Node, readings: Sequence["Slow"]) -> set[Span] | None:
    """In the first language of the document in which the rule holds."""
    for slow in readings:
        if slow.holds(tree, slow.everywhere):
            return slow.spans(slow.causes(tree, slow.everywhere))
    return None


def readings(document: Document, sets: Sets) -> list["Slow"]:
    words, chunks = tokens(document)
    return [Slow(document, sets, words, chunks, language) for language in document.languages or ("en",)]


@dataclass
class Slow:
    """A document read in one language."""

    document: Document
    sets: Sets
    tokens: list[Token]
    chunks: list[Token]
    language: str
    found: dict[tuple[Node, Look], set[Place]] = field(default_factory=dict)

    @cached_property
    def everywhere(self) -> Look:
        return Look(frozenset(token.at for token in self.tokens))

    # --- truth ---

    def holds(self, node: Node, look: Look) -> bool:
        match node:
            case And(nodes):
                return all(self.holds(part, look) for part in nodes)
            case Or(nodes):
                return any(self.holds(part, look) for part in nodes)
            case Not(part):
                return not self.holds(part, look)
            case Scope(_, part):
                return any(self.holds(part, inside) for inside in self.looks(node, look))
            case AtLeast(count):
                return sum(self.holds(part, look) for part in self.alternatives(node)) >= count
            case Times(count, part):
                return most(self.find(part, look)) >= count
            case Score(at_least, weighed, limit):
                return sum(w * min(limit, self.times(part, look)) for w, part in weighed) >= at_least
            case Tongue(language, part):
                return language in ("", self.language) and self.holds(part, look)
            case Fact():
                return known(node, self.document, self.sets)
        return bool(self.find(node, look))

    def alternatives(self, node: AtLeast) -> tuple[Node, ...]:
        match node.parts:
            case (SetName(name),):
                return members(self.sets[name])
        return node.parts

    def times(self, node: Node, look: Look) -> int:
        """How often a term of a score occurs; what has no places of its own, once."""
        return most(self.find(node, look)) if joins_places(node) else int(self.holds(node, look))

    # --- where to look ---

    def looks(self, scope: Scope, look: Look) -> list[Look]:
        """One of these must hold the whole of what stands in the scope."""
        if scope.name in WAYS:
            return [replace(look, way=scope.name)]
        return [replace(look, here=region & look.here) for region in self.regions(scope, look.here)]

    def regions(self, scope: Scope, here: Region) -> list[Region]:
        words = [token for token in self.tokens if token.part.wide == 1]
        body = [token.at for token in words if token.span.field == "body"]
        title = [token.at for token in words if token.span.field == "title"]
        match scope.name:
            case "text":
                return [here]
            case "title":
                return [frozenset(title)]
            case "body":
                return [frozenset(body)]
            case "first":
                return [frozenset(body[: scope.size])]
            case "lead":
                return [frozenset(title + body[: self.lead])]
        groups: dict[tuple[str, int], set[int]] = {}
        for token in words:
            if token.at in here:
                groups.setdefault(getattr(token, scope.name), set()).add(token.at)
        return list(map(frozenset, groups.values()))

    @cached_property
    def lead(self) -> int:
        """How many words of the body."""
        least, cut = LEAD
        count = 0
        for line in self.document.body.split("\n"):
            count += sum(part.wide == 1 for chunk in CHUNK.finditer(line) for part in parts(chunk[0]))
            if count >= least:
                break
        return min(count, cut)

    # --- places ---

    def find(self, node: Node, look: Look) -> set[Place]:
        if (node, look) not in self.found:
            self.found[node, look] = self.places(node, look)
        return self.found[node, look]

    def places(self, node: Node, look: Look) -> set[Place]:
        match node:
            case Term():
                return self.term(node, look)
            case Regex():
                return self.regex(node, look)
            case SetName(name):
                return union(self.find(part, look) for part in members(self.sets[name]))
            case Or(nodes):
                return union(self.find(part, look) for part in nodes)
            case Tongue(language, part):
                return self.find(part, look) if language in ("", self.language) else set()
            case Scope(name, part) if name in WAYS:
                return self.find(part, replace(look, way=name))
            case Near() | Window():
                return {hull(chosen) for chosen in self.choices(node, look)}
            case NotNear(left, right, reach):
                others = self.find(right, look)
                return {x for x in self.find(left, look) if not any(away(x, y) <= reach for y in others)}
            case Except(left, right):
                others = self.find(right, look)
                return {x for x in self.find(left, look) if not any(inside(x, y) for y in others)}
        raise TypeError(node)

    def choices(self, node: Near | Window, look: Look) -> Iterator[tuple[Place, ...]]:
        """One place of each, none overlapping another, close enough."""
        for chosen in product(*(self.find(part, look) for part in joined(node))):
            row = chosen if node.ordered else sorted(chosen)
            apart = all(one[1] <= two[0] for one, two in pairwise(row))
            if apart and wide(hull(chosen)) - sum(map(wide, chosen)) <= node.reach:
                yield chosen

    def term(self, term: Term, look: Look) -> set[Place]:
        chunks = rule_words(term.text)
        loud = len(chunks) > 1 and term.text.isupper()
        return in_a_row([self.chunk(chunk, look, loud) for chunk in chunks])

    def chunk(self, chunk: tuple[Part, ...], look: Look, loud: bool) -> set[Place]:
        single = [part for part in chunk if part.wide == 1]
        ways = [single]
        if len(single) > 1 and not any(part.folded.strip("*") == "" for part in single):
            ways += [[part] for part in chunk if part.wide == len(single)]
        letters = single[0].plain.rstrip("0123456789")
        if len(single) == 1 and letters != single[0].plain and letters.isalpha():
            ways.append([parts(letters)[0], parts(single[0].plain[len(letters) :])[0]])
        return union(in_a_row([self.word(part, look, loud) for part in run]) for run in ways)

    def word(self, asked: Part, look: Look, loud: bool) -> set[Place]:
        return {
            token.place
            for token in self.tokens
            if within(token, look) and same(asked, token.part, look.way, self.language, loud, token.shouted)
        }

    def regex(self, regex: Regex, look: Look) -> set[Place]:
        written = regex.pattern
        if look.way not in ("exact", "case"):
            written = re.sub(r"[^\x00-\x7f]", lambda letter: fold(letter[0]), written)
        pattern = re.compile(written, 0 if look.way == "case" else re.IGNORECASE)
        return {
            token.place
            for token in self.tokens + self.chunks
            if within(token, look) and pattern.fullmatch(compared(token.part, look.way))
        }

    # --- words that made it true ---

    def causes(self, node: Node, look: Look, wanted: bool = True) -> set[Place]:
        match node:
            case And(nodes) | Or(nodes):
                return self.parts_causes(nodes, look, wanted)
            case AtLeast():
                return self.parts_causes(self.alternatives(node), look, wanted)
            case Score(_, weighed):
                helped = self.parts_causes([part for weight, part in weighed if weight > 0], look, wanted)
                spared = self.parts_causes([part for weight, part in weighed if weight < 0], look, not wanted)
                return helped | spared
            case Not(part):
                return self.causes(part, look, not wanted)
            case Scope(_, part):
                kept = [inside for inside in self.looks(node, look) if self.holds(part, inside) is wanted]
                return union(self.causes(part, inside, wanted) for inside in kept)
            case Tongue(language, part):
                return self.causes(part, look, wanted) if language in ("", self.language) else set()
            case Fact():
                return set()
            case Times(_, part):
                return self.causes(part, look, wanted)
        return self.trace(node, look, self.find(node, look)) if wanted else set()

    def parts_causes(self, nodes: Sequence[Node], look: Look, wanted: bool) -> set[Place]:
        kept = [part for part in nodes if self.holds(part, look) is wanted]
        return union(self.causes(part, look, wanted) for part in kept)

    def trace(self, node: Node, look: Look, chosen: set[Place]) -> set[Place]:
        match node:
            case Or(nodes):
                return union(self.trace(part, look, chosen & self.find(part, look)) for part in nodes)
            case SetName(name):
                return self.trace(Or(members(self.sets[name])), look, chosen)
            case Scope(name, part):
                return self.trace(part, replace(look, way=name), chosen)
            case Tongue(_, part):
                return self.trace(part, look, chosen)
            case Near() | Window():
                good = [choice for choice in self.choices(node, look) if hull(choice) in chosen]
                columns = zip(joined(node), zip(*good, strict=True), strict=bool(good))
                return union(self.trace(part, look, set(places)) for part, places in columns)
            case NotNear(left) | Except(left):
                return self.trace(left, look, chosen)
        return chosen

    def spans(self, places: set[Place]) -> set[Span]:
        word = {token.at: token.span for token in self.tokens if token.part.wide == 1}
        return {Span(word[start].field, word[start].start, word[end - 1].end) for start, end in places}


# --- text into tokens ------------------------------------------------------------------------------------


def tokens(document: Document) -> tuple[list[Token], list[Token]]:
    """The parts of all chunks, and the chunks."""
    position = 0
    found: list[Token] = []
    chunks: list[Token] = []
    for name, text, breaks in (("title", document.title, ()), ("body", document.body, document.breaks)):
        edges = [0, *sorted(at for at in breaks if 0 < at < len(text)), len(text)]
        for start, end in pairwise(edges):
            for chunk in CHUNK.finditer(text, start, end):
                more = chunk_tokens(name, text, chunk, position)
                found += more[:-1]
                chunks.append(more[-1])
                position += more[-1].part.wide
            position += GAP
    return found, chunks


def chunk_tokens(name: str, text: str, chunk: re.Match[str], position: int) -> list[Token]:
    """Its parts, and at last itself."""
    pieces = parts(chunk[0])
    size = sum(part.wide == 1 for part in pieces)
    whole = Part(chunk[0], chunk[0].casefold(), fold(chunk[0]), 0, len(chunk[0]), 0, size)
    sentence, paragraph = neighbours(name, text, chunk.start())
    loud = shouted(text, chunk.span())
    return [
        Token(
            part,
            position + part.at,
            Span(name, chunk.start() + part.start, chunk.start() + part.end),
            loud,
            (name, sentence),
            (name, paragraph),
        )
        for part in (*pieces, whole)
    ]


def neighbours(name: str, text: str, at: int) -> tuple[int, int]:
    """Numbers of the sentence and the paragraph; a title is one of each."""
    if name == "title":
        return 0, 0
    sentence = next(number for number, (_, end) in enumerate(sentences(text)) if at < end)
    return sentence, text.count("\n", 0, at)


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


# --- words -----------------------------------------------------------------------------------------------


@cache
def same(asked: Part, part: Part, way: str, language: str, loud: bool, shouted: bool) -> bool:
    if not asked.folded.strip("*"):
        return part.wide == 1
    wild = "*" in asked.folded or "?" in asked.folded
    if wild:
        return fnmatchcase(compared(part, way), compared(asked, way))
    if way == "stem":
        stem = stems(language)
        return stem(part.folded) == stem(asked.folded)
    if way:
        return compared(part, way) == compared(asked, way)
    if is_acronym(asked.plain, language) and not loud:
        return part.plain == asked.plain and not shouted
    return not forms(asked.plain, language).isdisjoint((part.folded, *part.variants))


@cache
def forms(word: str, language: str) -> frozenset[str]:
    return inflect([word], language)[word]


def compared(part: Part, way: str) -> str:
    return {"case": part.plain, "exact": part.exact}.get(way, part.folded)


@cache
def member(text: str, language: str = "") -> Node:
    return Tongue(language, entry(text)) if language else entry(text)


def members(entries: Sequence[str | Member]) -> tuple[Node, ...]:
    """An entry written twice is one member."""
    nodes = [member(one) if isinstance(one, str) else member(one.text, one.language) for one in entries]
    return tuple(dict.fromkeys(nodes))


# --- places ----------------------------------------------------------------------------------------------


def union(sets: Iterator[set[Place]]) -> set[Place]:
    return set().union(*sets)


def joined(node: Near | Window) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Window) else (node.left, node.right)


def within(token: Token, look: Look) -> bool:
    return look.here.issuperset(range(*token.place))


def in_a_row(runs: Sequence[set[Place]]) -> set[Place]:
    """A place of each, one right after the other."""
    if not runs:
        return set()
    places = runs[0]
    for after in runs[1:]:
        places = {(x[0], y[1]) for x, y in product(places, after) if x[1] == y[0]}
    return places


def most(places: set[Place]) -> int:
    """The most places of which no two overlap: each is tried as the first, and what is left after it.

    Taking the earliest end first, as one does in practice, finds as many: it leaves the most room.
    """

    @cache
    def after(at: int) -> int:
        return max((1 + after(end) for start, end in places if start >= at), default=0)

    return cast(int, after(0))


def wide(place: Place) -> int:
    return place[1] - place[0]


def hull(places: Sequence[Place]) -> Place:
    return min(place[0] for place in places), max(place[1] for place in places)


def inside(x: Place, y: Place) -> bool:
    return y[0] <= x[0] and x[1] <= y[1]


def away(x: Place, y: Place) -> int:
    """Words between; less than zero where they overlap."""
    return max(y[0] - x[1], x[0] - y[1])
