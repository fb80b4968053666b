"""Queries of other programs -> rules, or everything in them that no rule can say, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from rules.language import foreign
from rules.language.chain import Ground, Place, nothing
from rules.language.check import needs_words
from rules.language.countries import CODES
from rules.language.lexer import QUOTES, SPACE, Token
from rules.language.parser import PROBLEMS, parse
from rules.language.values import LANGUAGE_NAMES
from rules.language.vendors import VENDORS, Vendor
from rules.tree import (
    And,
    Fact,
    Near,
    Node,
    Not,
    Or,
    Problem,
    RuleError,
    Scope,
    Term,
    Times,
    Window,
    children,
    joins_places,
)

# Of parentheses in each other: a rule takes 200 levels, and one of theirs may become two of ours.
DEPTH = 90


@dataclass(frozen=True, slots=True)
class Translation:
    """`text` is a rule. `notes` say where it means something else than the query; their places are in that.

    `broad`: no word must be there, so the rule stands only beside `broad: true`.
    """

    text: str
    notes: tuple[Problem, ...] = ()
    broad: bool = False


def translate(text: str, dialect: str) -> Translation:
    """A query of one of VENDORS as a rule. Raises RuleError with all that cannot be said, placed in it."""
    whole = _Mark("", text, 0, len(text))
    reader = _Reader(text, VENDORS[dialect])
    tree = reader.chain(0)
    if not reader.problems:
        reader.sayable(tree, whole)
    if reader.problems:
        raise RuleError(text, reader.problems[:PROBLEMS])
    if _inflects(tree):
        reader.note(whole, reader.vendor.words)
    if broad := not needs_words(tree):
        message = "without any of its words it can match too, so it needs broad: true"
        reader.note(whole, message, "AND a word to each part of an OR that has none")
    return Translation(str(tree), tuple(reader.notes), broad)


class _Mark(NamedTuple):
    """A piece of a query as it was written."""

    kind: str
    text: str
    start: int
    end: int


_MARK = re.compile(
    rf"""
    [{SPACE}]*+ (?:
      (?P<COMMENT><<<.*?(?:>>>|\Z))
    | (?P<QUOTED>[{QUOTES}][^{QUOTES}]*+[{QUOTES}]) | (?P<UNCLOSED>[{QUOTES}].*+)
    | (?P<TILDE>~[0-9]{{0,6}}) | (?P<BOOST>\^[0-9.]+)
    | (?P<BRACED>\{{[^{{}}]*\}}) | (?P<RANGE>\[[^\[\]]*\])
    | (?P<PLACE>(?i:near|onear|within|pre|before|adj|w)/(?:[0-9]{{1,6}}f?|[sSpP])(?![\w/]))
    | (?P<AROUND>(?i:around)\s*\(\s*[0-9]{{1,6}}\s*\))
    | (?P<COMPARED>[A-Za-z_][\w.]*\s*[<>]=?\s*[0-9][\w.,]*)
    | (?P<FIELD>[A-Za-z_][\w.]*:(?!//))
    | (?P<CALL>[A-Za-z_]+[0-9]*(?=\())
    | (?P<OPEN>\() | (?P<CLOSE>\)) | (?P<COMMA>,) | (?P<OR>\|{{1,2}}) | (?P<AND>&{{1,2}}(?!\S))
    | (?P<MINUS>[-\u2212](?=[{QUOTES}(\w#@]))
    | (?P<WORD>(?:\\\S|[^\s{QUOTES}()\[\]{{}}~^,|])+)
    | (?P<STRAY>\S)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_JOINERS = ("AND", "OR", "NOT")
_PLACES = ("NEAR", "ONEAR", "XNOT")  # in small letters they are words
_STARTS = frozenset({"QUOTED", "WORD", "FIELD", "CALL", "OPEN", "BRACED", "COMPARED", "UNCLOSED"})
_ORDERED = ("onear", "pre", "before")
_WITHIN = {"s": "sentence", "p": "paragraph"}
_AT_LEAST = re.compile(r"at(?:l|least)([0-9]{1,3})", re.IGNORECASE)
_FREQUENCY = re.compile(r"\{\s*([0-9]{1,3})\s*(?:,\s*([0-9]{1,3})?\s*)?\}")
_SAY_IT = "take it out, or say in words what it is for"


class _Reader(Ground):
    """Builds our tree; its places are those of the query."""

    def __init__(self, text: str, vendor: Vendor) -> None:
        super().__init__(text)
        self.vendor = vendor
        self.notes: list[Problem] = []
        self.make = self.term  # what a word or a phrase becomes
        self.marks = [*self.read(), _Mark("END", "", len(text), len(text))]
        self.at = 0

    def read(self) -> Iterator[_Mark]:
        for found in _MARK.finditer(self.text):
            kind = found.lastgroup or "STRAY"
            mark = _Mark(kind, found[kind], *found.span(kind))
            if kind in ("WORD", "CALL"):
                mark = self.operator(mark)
            if mark.kind != "COMMENT":
                yield mark

    def operator(self, mark: _Mark) -> _Mark:
        """The operator that a word is; one that is a word where it comes from is told."""
        name = mark.text.upper()
        if mark.text in _PLACES:
            return mark._replace(kind="PLACE")
        if name not in _JOINERS:
            return mark
        if mark.text == name or not self.vendor.capitals:
            return mark._replace(kind=name)
        if self.vendor.common:
            self.note(mark, f'{self.vendor.name} leaves out "{mark.text}" in small letters, as a common word')
            return mark._replace(kind="COMMENT")
        hint = f'write {name}, or "{mark.text}" in quotes'
        self.problem(mark, f'"{mark.text}" in small letters is a word to {self.vendor.name}', hint)
        return mark._replace(kind=name)

    def note(self, place: Place, message: str, hint: str = "") -> None:
        """Told once, where it comes up first."""
        if message and all(note.message != message for note in self.notes):
            self.notes.append(Problem(message, hint, place.start, place.end))

    def take(self) -> _Mark:
        mark = self.marks[self.at]
        self.at += mark.kind != "END"
        return mark

    def sayable(self, node: Node, place: Place) -> Node:
        """Tells what our own language refuses of it."""
        try:
            parse(str(node))
        except RuleError as error:
            self.problem(place, error.problems[0].message, error.problems[0].hint)
        return node

    # --- AND, OR, NOT ---

    def chain(self, depth: int) -> Node:
        """Up to the closing parenthesis, which is left standing, or to the end."""
        parts = [self.element(depth)]
        joins: list[str] = []
        while not self.ends(depth):
            joins.append(self.join())
            parts.append(self.element(depth))
        return self.grouped(parts, joins)

    def ends(self, depth: int) -> bool:
        while self.marks[self.at].kind == "CLOSE" and not depth:
            self.problem(self.take(), "this ) has no matching (", "drop it, or write the ( it closes")
        return self.marks[self.at].kind in ("CLOSE", "END")

    def join(self) -> str:
        mark = self.marks[self.at]
        if mark.kind in ("AND", "OR"):
            return self.take().kind
        if mark.kind in ("NOT", "MINUS"):
            return "AND"
        if mark.kind not in _STARTS:
            self.problem(self.take(), f"{mark.text} joins nothing", "write AND or OR")
        elif not self.vendor.space:
            message = f"{self.vendor.name} does not say what a space between words means"
            self.problem(mark, message, "write AND or OR before this, or put the whole phrase in quotes")
        return self.vendor.space or "AND"

    def grouped(self, parts: list[Node], joins: list[str]) -> Node:
        """What is read first gets parentheses."""
        vendor = self.vendor
        if len(set(joins)) > 1:
            told = f"{vendor.name} reads {vendor.tight} first"
            if not vendor.told:
                told = f"{vendor.name} does not say which it reads first, and AND was taken"
            place = _Mark("", "", parts[0].start, parts[-1].end)
            self.note(place, f"AND and OR side by side: {told}", "look at the parentheses of the rule")
        groups = [parts[:1]]
        for join, part in zip(joins, parts[1:], strict=True):
            if join != vendor.tight:
                groups.append([])
            groups[-1].append(part)
        loose = Or if vendor.tight == "AND" else And
        return _joined(loose, [_joined(And if loose is Or else Or, group) for group in groups])

    def element(self, depth: int) -> Node:
        negations = []
        while self.marks[self.at].kind in ("NOT", "MINUS"):
            negations.append(mark := self.take())
            if mark.kind == "MINUS" and not self.vendor.minus:
                hint = "write NOT, or put the word in quotes"
                self.problem(mark, f"a minus before a word is nothing {self.vendor.name} knows", hint)
        node = self.unit(depth + len(negations))
        chained = False
        while operator := self.place():
            if chained:
                self.chained(operator)
            node = self.placed(node, operator, self.unit(depth))
            chained = True
        for negation in reversed(negations):
            node = Not(node, start=negation.start, end=node.end)
        return node

    # --- NEAR and the like ---

    def place(self) -> Token | None:
        mark, following = self.marks[self.at], self.marks[min(self.at + 1, len(self.marks) - 1)]
        if mark.kind in ("PLACE", "AROUND"):
            return self.read_place(self.take())
        if mark.kind != "NOT" or following.kind != "PLACE":
            return None
        self.at += 1
        operator = self.read_place(self.take())
        if operator.text == "NEAR":
            return operator._replace(text="NOT NEAR", start=mark.start)
        message = f"NOT {following.text} cannot be said"
        self.problem(mark, message, f"to leave such articles out write NOT (a {following.text} b)")
        return operator

    def read_place(self, mark: _Mark) -> Token:
        name, _, size = mark.text.partition("/" if mark.kind == "PLACE" else "(")
        name, size = name.strip().lower(), size.strip(" )\t\n")
        if name == "xnot":
            return Token("PLACE", "EXCEPT", mark.start, mark.end)
        if scope := _WITHIN.get(size.lower()):
            return Token("PLACE", scope, mark.start, mark.end)
        words = int(size.rstrip("f")) if size else self.vendor.near
        if not words and not size:
            self.problem(mark, f"{mark.text} needs a number of words", f"write {mark.text}/5")
        self.note(mark, self.vendor.distance)
        ordered = name in _ORDERED or size.endswith("f")
        return self.measured(Token("PLACE", "BEFORE" if ordered else "NEAR", mark.start, mark.end, words))

    def placed(self, left: Node, operator: Token, right: Node) -> Node:
        if operator.text in _WITHIN.values():
            both = And((left, right), start=left.start, end=right.end)
            return Scope(operator.text, both, start=left.start, end=right.end)
        return self.near(left, operator, right)

    # --- a word, a phrase, a field, parentheses; and what stands right behind it ---

    def unit(self, depth: int) -> Node:
        node = self.primary(depth)
        while True:
            match self.marks[self.at].kind:
                case "BOOST":
                    self.note(self.take(), foreign.BOOST)
                case "TILDE":
                    node = self.spread(node, self.take())
                case "BRACED" if self.vendor.braces == "count":
                    node = self.frequent(node, self.take())
                case _:
                    return node

    def primary(self, depth: int) -> Node:
        mark = self.take()
        if depth > DEPTH:
            message, hint = f"more than {DEPTH} levels of parentheses", "make several rules of it"
            raise RuleError(self.text, [Problem(message, hint, mark.start, mark.end)])
        match mark.kind:
            case "QUOTED" | "WORD":
                return self.make(mark)
            case "OPEN":
                return self.parentheses(mark, depth)
            case "FIELD":
                return self.field(mark, depth)
            case "CALL":
                return self.call(mark, depth)
            case "BRACED" if self.vendor.braces == "case":
                return Scope("case", self.term(mark), start=mark.start, end=mark.end)
            case "COMPARED":
                name = re.match(r"[\w.]+", mark.text)
                return self.refused(mark, name[0] if name else mark.text)
            case "UNCLOSED":
                self.problem(
                    mark._replace(end=mark.start + 1), "this quote is never closed", "write the closing quote"
                )
                return nothing(mark)
        return self.missing(mark)

    def missing(self, mark: _Mark) -> Node:
        self.at -= mark.kind == "CLOSE"
        what = f'a word is missing before "{mark.text}"' if mark.text else "a word is missing at the end"
        self.problem(mark, what, "write what stands here, or drop the operator beside it")
        return nothing(mark)

    def parentheses(self, opening: _Mark, depth: int) -> Node:
        inside = self.chain(depth + 1)
        if self.marks[self.at].kind == "CLOSE":
            self.at += 1
        else:
            self.problem(opening, "this ( is never closed", "write the ) that closes it")
        return inside

    def call(self, mark: _Mark, depth: int) -> Node:
        """`headline(…)`; of other programs, a word that a parenthesis follows."""
        if not self.vendor.calls:
            return self.make(mark)
        if not (found := _AT_LEAST.fullmatch(mark.text)):
            return self.field(mark, depth)
        return self.times(mark, self.primary(depth + 1), int(found[1]))

    def field(self, mark: _Mark, depth: int) -> Node:
        name = mark.text.rstrip(":")
        field = self.vendor.fields.get(name.lower())
        if field is None:
            return self.refused(mark, name, operand=True)
        self.note(mark, field.note)
        outer = self.make
        self.make = partial(self.fact, field.fact) if field.fact else self.make
        node = self.chain(depth + 1) if field.rest else self.unit(depth + 1)
        self.make = outer
        for scope in reversed(field.scopes):
            node = Scope(scope, node, start=mark.start, end=node.end)
        return node

    def refused(self, mark: _Mark, name: str, operand: bool = False) -> Node:
        """A field that no rule knows, with its operand."""
        end = self.skipped() if operand else mark.end
        place = mark._replace(end=max(mark.end, end))
        prefix = name.lower().partition(".")[0] + ".*"
        reason = self.vendor.reasons.get(name.lower()) or self.vendor.reasons.get(prefix)
        if reason:
            self.problem(place, f"{name} cannot be said: {reason}", _SAY_IT)
        else:
            hint = "to look for these very words, put them in quotes"
            self.problem(place, f"{self.vendor.name} has no field {name} that is known here", hint)
        return nothing(place)

    def skipped(self) -> int:
        """The end of an operand that nobody reads."""
        depth = 0
        while (mark := self.marks[self.at]).kind != "END":
            if mark.kind == "CLOSE" and not depth:
                break
            depth += (mark.kind == "OPEN") - (mark.kind == "CLOSE")
            self.at += 1
            if not depth:
                return mark.end
        return self.marks[self.at - 1].end

    # --- what a word becomes ---

    def term(self, mark: _Mark) -> Node:
        """A word as it stands, or a phrase."""
        text = mark.text[1:-1] if mark.kind in ("QUOTED", "BRACED") else self.cleaned(mark)
        text = " ".join(text.split())
        if mark.kind == "QUOTED" and "*" in text:
            self.note(mark, self.vendor.wild)
        if re.search(r"[0-9]\.\.\W?[0-9]", text):
            self.problem(mark, "a range of numbers cannot be said", "write the numbers with OR")
        return self.sayable(_written(text, mark), mark)

    def cleaned(self, mark: _Mark) -> str:
        """Without the signs that no word of an article is compared with."""
        text = re.sub(r"^\+(?=\w)", "", mark.text) if self.vendor.minus else mark.text
        if re.match(r"[#@]\w", text):
            self.note(mark, "# and @ are not compared: the word alone is looked for")
            text = text[1:]
        if "\\" in text:
            self.note(mark, "signs inside a word are not compared; it is looked for as a phrase")
            text = re.sub(r"\\(.)", lambda found: found[1] if found[1].isalnum() else " ", text)
        return text

    def fact(self, name: str, mark: _Mark) -> Node:
        value = " ".join((mark.text[1:-1] if mark.kind == "QUOTED" else mark.text).split())
        fact, test, said = _said(name, value)
        return self.sayable(Fact(fact, said, test, start=mark.start, end=mark.end), mark)

    def spread(self, node: Node, mark: _Mark) -> Node:
        """`"a b"~5`, `(a AND b)~5`: near each other."""
        parts = _apart(node)
        if len(parts) < 2:
            self.problem(mark, foreign.FUZZY, foreign.SPELLINGS)
            return node
        if mark.text == "~":
            self.problem(mark, "~ needs a number of words", "write ~5")
        operator = self.measured(Token("PLACE", "NEAR", mark.start, mark.end, int(mark.text[1:] or 0)))
        for part in parts:
            if not joins_places(part):
                self.joins_places(operator, part)
        if len(parts) == 2:
            return Near(*parts, operator.number, start=node.start, end=mark.end)
        self.note(mark, "NEAR/n(a, b, c) allows n other words between the first and the last")
        return Window(parts, operator.number, start=node.start, end=mark.end)

    def frequent(self, node: Node, mark: _Mark) -> Node:
        """`word {3}`, `word {3,5}`: so often."""
        found = _FREQUENCY.fullmatch(mark.text)
        if not found:
            self.problem(mark, f"{mark.text} is no number of times", "write {3} or {3,5}")
            return node
        least = self.times(mark, node, int(found[1]))
        if not found[2]:
            return least
        more = Not(self.times(mark, node, int(found[2]) + 1), start=mark.start, end=mark.end)
        return And((least, more), start=node.start, end=mark.end)

    def times(self, mark: _Mark, node: Node, count: int) -> Node:
        if not joins_places(node):
            self.joins_places(Token("COUNT", "TIMES", mark.start, mark.end, count), node)
        return Times(count, node, start=node.start, end=max(node.end, mark.end))


def _inflects(node: Node) -> bool:
    """Has it a word that other forms are found for?"""
    if isinstance(node, Scope) and node.name == "case":
        return False
    return isinstance(node, Term) or any(map(_inflects, children(node)))


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return kind(tuple(parts), start=parts[0].start, end=parts[-1].end)


def _written(text: str, place: Place) -> Term:
    """Without quotes where it is one word that needs none."""
    try:
        bare = parse(text) == Term(text)
    except RuleError:
        bare = False
    return Term(text, not bare, start=place.start, end=place.end)


def _apart(node: Node) -> tuple[Node, ...]:
    """The words of a phrase; the parts of an AND."""
    match node:
        case Term(text, True):
            return tuple(_written(word, node) for word in text.split())
        case And(parts):
            return parts
    return (node,)


def _said(name: str, value: str) -> tuple[str, str, str]:
    """Our fact, its test and its value, for a value of theirs."""
    match name:
        case "lang":
            return "lang", "is", LANGUAGE_NAMES.get(value.lower(), value.lower())
        case "country":
            return "country", "is", CODES.get(value.lower().replace("_", " "), value)
        case "feed":
            return "feed", "is", value.replace("_", " ")
        case "source" | "url":
            address = re.sub(r"^(?:https?://)?(?:www\.)?", "", value.lower()).rstrip("/")
            if name == "source" and not re.search(r"[/*?]", address):
                return "source", "is", address.lstrip(".")
            return "url", "is", f"*{address.strip('*')}*"
        case "when":
            return "age", "<", _age(value)
    return name, "is", value


def _age(value: str) -> str:
    """Google's 1h, 7d, 2m (months), 1y."""
    found = re.fullmatch(r"([0-9]{1,4})([hdmy])", value.lower())
    if not found:
        return value
    days = {"m": 30, "y": 365}.get(found[2])
    return f"{int(found[1]) * days}d" if days else found[0]
