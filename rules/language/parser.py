"""The text of a rule -> its tree, or every problem in it at once.

A *chain* is one level of parentheses: elements joined by AND or by OR. An *element* is a place, with NOT
before it; a *place* is an operand, or two joined by NEAR, BEFORE or EXCEPT. How chains and places are joined
stands in chain.py; here tokens are read, and reading goes on after a mistake.
"""

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from rules.language import foreign, regex, values
from rules.language.chain import Ground, named, nothing
from rules.language.lexer import Kind, Token, tokens
from rules.language.vendors import NAMES, REASONS
from rules.text.words import rule_words
from rules.tree import (
    AtLeast,
    Fact,
    Node,
    Not,
    Regex,
    RuleError,
    Scope,
    SetName,
    Term,
    Times,
    Window,
    joins_places,
)

# Deeper than any person nests, and every walk over a tree stays clear of Python's recursion limit.
DEPTH = 200
COUNT = 999
FIRST = 10_000  # words; a newspaper page has 5,000
# A text that is no rule at all has a problem at every word; nobody reads more of them.
PROBLEMS = 20

WHERE = ("title", "body", "text", "lead", "first", "sentence", "paragraph")
HOW = ("exact", "case", "stem")
SCOPES = (*WHERE, *HOW)
FIELDS = (*SCOPES, *values.FACTS)

_TOP: frozenset[Kind] = frozenset({"END"})
_IN_PARENTHESES: frozenset[Kind] = frozenset({"END", "CLOSE"})
_IN_LIST: frozenset[Kind] = frozenset({"END", "CLOSE", "COMMA"})
_OPERANDS: frozenset[Kind] = frozenset(
    {"WORD", "QUOTED", "REGEX", "SET", "FIELD", "COUNT", "OPEN", "UNCLOSED", "UNENDED"}
)
_JOINING: frozenset[Kind] = frozenset({"PLACE", "NOT", "ODD"})
# Written together without a space they are one value: https://example.org/a?b=c
_VALUE: frozenset[Kind] = frozenset({"WORD", "FIELD", "REGEX", "UNENDED", "COLON", "ODD"})

_SIGNS: dict[str, Kind] = {"&": "AND", "&&": "AND", "|": "OR", "||": "OR"}
_LOWER: dict[str, Kind] = {"and": "AND", "or": "OR", "not": "NOT"}
_PLACES = ("near", "before", "except")
_OWN_PLACES = ("NEAR", "BEFORE", "ONEAR", "PRE")
_COUNTED = {"OF": "2 OF (a, b, c) or 2 OF $set", "TIMES": "3 TIMES word"}
_SAYS_MORE = "\u0e00"  # from Thai on, one letter may be a word of its own
# Letters to Unicode that folding leaves nothing of: apostrophes, and what lengthens an Arabic word.
_SILENT = frozenset("\u02bb\u02bc\u0640\u06e5\u06e6\ufcf2\ufcf3\ufcf4\ufe71\ufe77\ufe79\ufe7b\ufe7d\ufe7f")
_FLAGGED = re.compile(r"(/.+/)[gimsux]{1,4}")
_QUOTE_IT = "to search for the word itself, put it in quotes"


class Level(NamedTuple):
    """Where the parser is: how deep, what ends it there, and the fact whose values it reads, if any."""

    depth: int = 0
    ends: frozenset[Kind] = _TOP
    fact: str = ""


def parse(text: str) -> Node:
    """The tree of a rule. Raises RuleError with every problem, and nothing else, whatever the text."""
    parser = _Parser(text)
    tree = parser.chain(Level())
    if parser.problems:
        raise RuleError(text, parser.problems[:PROBLEMS])
    return tree


class _Parser(Ground):
    """Reads on after a mistake, so that the next one is shown too."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.tokens = tokens(text)
        self.at = 0

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    # --- a chain: elements joined by AND or OR ---

    def chain(self, level: Level, opening: Token | None = None) -> Node:
        """Up to what ends the level, which is left standing unless it closes `opening`."""
        start = self.tokens[self.at].start
        parts = [self.element(level)]
        joins: list[Token] = []
        while (token := self.tokens[self.at]).kind not in level.ends:
            if token.kind == "AND" or token.kind == "OR":
                self.at += 1
                joins.append(token)
                parts.append(self.element(level, token))
            elif join := self.join(token):
                joins.append(join)
                parts.append(self.element(level))
        if opening:
            return self.joined(parts, joins, opening.start, self.close(opening))
        return self.joined(parts, joins, start, parts[-1].end)

    def join(self, token: Token) -> Token | None:
        """What joins the next element where AND and OR do not. None: what stood there is passed over."""
        if token.kind == "NOT":
            return token._replace(kind="AND")
        if token.kind not in ("COMMA", "COLON", "CLOSE"):
            return Token("GAP", "", token.start, token.start)
        self.stray(self.take())
        return None if token.kind == "CLOSE" else token._replace(kind="GAP")

    def close(self, opening: Token) -> int:
        """The end of the parenthesis that closes this one."""
        if self.tokens[self.at].kind == "CLOSE":
            return self.take().end
        self.problem(opening, "this ( is never closed", "write the ) that closes it")
        return self.tokens[self.at - 1].end

    # --- an element: a place, with NOT before it ---

    def element(self, level: Level, waiting: Token | None = None) -> Node:
        """`waiting` is the operator that needs it."""
        nots = self.nots(level, waiting)
        if nots:
            level = Level(level.depth + len(nots), level.ends, level.fact)
        node = self.operand(level)
        chained = False
        while self.tokens[self.at].kind in _JOINING and (operator := self.place()):
            if chained:
                self.chained(operator)
            for negation in self.nots(level, operator)[:1]:
                what = f"{named(operator)} cannot be followed by NOT"
                self.problem(negation, what, "write NOT before the whole of it")
            node = self.near(node, operator, self.operand(level))
            chained = True
        for negation in reversed(nots):
            node = Not(node, start=negation.start, end=node.end)
        return node

    def nots(self, level: Level, waiting: Token | None) -> list[Token]:
        """Every NOT before the next operand; whatever else stands before it is told and passed over."""
        nots: list[Token] = []
        while (token := self.tokens[self.at]).kind not in _OPERANDS:
            if token.kind in level.ends:
                self.missing(level, token, waiting)
                break
            if token.kind == "ODD":
                token = self.tokens[self.at] = self.meant(token, begins=True)
                continue
            if token.kind == "PLACE" and self.opens():
                break
            self.at += 1
            if token.kind == "NOT":
                nots.append(token)
                waiting = token
            elif token.kind in ("AND", "OR", "PLACE"):
                self.misplaced(token, waiting)
            else:
                self.stray(token)
        return nots

    def missing(self, level: Level, token: Token, waiting: Token | None) -> None:
        """Nothing stands where a word should."""
        hint = "write at least one word"
        if waiting:
            self.problem(
                waiting, "the expression ends too early", f'something must follow "{named(waiting)}"'
            )
        elif level.ends is _TOP and not self.problems:
            self.problem(token, "there is no rule here", hint)
        elif token.kind == "CLOSE" and self.tokens[self.at - 1].kind == "OPEN":
            self.problem(token, "there is nothing inside these parentheses", hint)
        elif token.kind != "END":
            comma = token if token.kind == "COMMA" else self.tokens[self.at - 1]
            self.problem(comma, "nothing stands beside this comma", "write a word, or drop the comma")

    def misplaced(self, token: Token, waiting: Token | None) -> None:
        if waiting:
            message = f'nothing stands between "{named(waiting)}" and "{named(token)}"'
            self.problem(token, message, f"keep one of them; {_QUOTE_IT}")
        else:
            self.problem(token, f'nothing stands before "{named(token)}"', "write what it joins, or drop it")

    def stray(self, token: Token) -> None:
        match token.kind:
            case "CLOSE":
                self.problem(token, "this ) has no matching (", "drop it, or write the ( it closes")
            case "COLON":
                self.problem(token, "this colon joins nothing", "a field stands before it, as in title:")
            case _:
                hint = "write OR for either, AND for both; commas stand in 2 OF (a, b) and NEAR/5(a, b)"
                self.problem(token, "this comma joins nothing", hint)

    # --- NEAR, BEFORE, NOT NEAR, EXCEPT ---

    def place(self) -> Token | None:
        """The operator of a place if it comes next, its NOT included."""
        token = self.tokens[self.at]
        if token.kind == "ODD":
            token = self.tokens[self.at] = self.meant(token)
        if token.kind == "PLACE":
            return self.measured(self.take())
        if token.kind != "NOT":
            return None
        following = self.tokens[self.at + 1]
        if following.kind == "ODD" and (following.number or self.joins(following)):
            following = self.tokens[self.at + 1] = self.meant(following)
        if following.kind != "PLACE":
            return None
        self.at += 2
        if following.text != "NEAR":
            hint = f"to leave such articles out write NOT (a {named(following)} b)"
            self.problem(token, f"NOT {named(following)} means nothing here", hint)
            return following
        return self.measured(Token("PLACE", "NOT NEAR", token.start, following.end, following.number))

    def joins(self, odd: Token) -> bool:
        """Is `near` behind a NOT meant as an operator? `a NOT near` is about the word."""
        return odd.text.lower() in _PLACES and self.tokens[self.at + 2].kind in _OPERANDS

    def opens(self) -> bool:
        """Does a parenthesis follow the next token?"""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)].kind == "OPEN"

    # --- what was meant, where it was written as other programs or other people write it ---

    def meant(self, token: Token, begins: bool = False) -> Token:
        """The operator; or a word, if `begins`: where a word may stand, `near` and `except` are words."""
        text, lower = token.text, token.text.lower()
        kind = _SIGNS.get(text) or _LOWER.get(lower) or "PLACE"
        if token.number and text.upper() in _COUNTED:
            return self.other_count(token)
        if text in _SIGNS:
            self.problem(token, f'operators are words: "{text}" means nothing here', f"write {kind}")
        elif text in _COUNTED:
            self.problem(
                token, f"{text} needs a number before it", f'write {_COUNTED[text]}; {_QUOTE_IT}: "{text}"'
            )
            kind = "WORD" if begins else "AND"
        elif kind != "PLACE":
            hint = f'{_QUOTE_IT}: "{text}"'
            self.problem(token, f"operators are written in capitals: did you mean {kind}?", hint)
        elif begins and not text.isupper() and not token.number:
            return token._replace(kind="WORD")
        else:
            self.other_place(token)
            return token._replace(kind=kind, text="EXCEPT" if lower == "except" else _own(lower))
        return token._replace(kind=kind, text=kind)

    def other_count(self, token: Token) -> Token:
        count = token._replace(kind="COUNT", text=token.text.upper())
        hint = f'to search for the words themselves, put them in quotes: "{self.source(token)}"'
        self.problem(token, f"operators are written in capitals: did you mean {named(count)}?", hint)
        return count

    def other_place(self, token: Token) -> None:
        name = token.text.partition("/")[0].upper()
        if token.text == name and not token.number:
            hint = f"write {name}/5 for at most 5 words between; {_QUOTE_IT}"
            self.problem(token, f"{name} needs a number", hint)
        elif name in (*_OWN_PLACES, "EXCEPT"):
            meant = name if name == "EXCEPT" else f"{_own(name.lower())}/{token.number or 5}"
            hint = f'write {meant}; {_QUOTE_IT}: "{token.text}"'
            self.problem(token, f"operators are written in capitals: did you mean {meant}?", hint)
        else:
            message = f'{name}/n means "either order" at LexisNexis and "this order" at Factiva'
            self.problem(token, message, "write NEAR/n (either order) or BEFORE/n (this order)")

    # --- operands ---

    def operand(self, level: Level) -> Node:
        token = self.tokens[self.at]
        kind = token.kind
        if kind in level.ends:
            return nothing(token)
        if level.depth > DEPTH:
            self.too_deep(token)
        self.at += 1
        if kind == "OPEN":
            return self.chain(Level(level.depth + 1, _IN_PARENTHESES, level.fact), token)
        if level.fact:
            return self.value(token, level.fact)
        match kind:
            case "WORD" | "QUOTED":
                return self.term(token)
            case "SET":
                return SetName(token.text, start=token.start, end=token.end)
            case "FIELD":
                return self.field(token, level)
            case "COUNT":
                return self.counted(token, level)
            case "PLACE":
                return self.window(self.measured(token), *self.listed(token, level))
            case "REGEX":
                return self.regex(token)
        return self.unended(token)

    def too_deep(self, token: Token) -> None:
        message = f"more than {DEPTH} levels of parentheses, NOT or fields inside each other"
        self.problem(token, message, "put parts of the rule into sets or rules of their own")
        raise RuleError(self.text, self.problems[-1:])

    def unended(self, token: Token) -> Node:
        mark = token._replace(end=token.start + 1)
        if token.kind == "UNCLOSED":
            self.problem(mark, "this quote is never closed", "write the closing quote")
        else:
            hint = "write the / that ends it, without a space in it; a path is put in quotes"
            self.problem(mark, "this regular expression is never closed", hint)
        return nothing(token)

    def needed(self, token: Token, name: str, hint: str) -> bool:
        """True if an operand follows; else it is told that one must."""
        following = self.tokens[self.at]
        if following.kind == "ODD":
            following = self.tokens[self.at] = self.meant(following, begins=True)
        if following.kind in _OPERANDS or (following.kind == "PLACE" and self.opens()):
            return True
        self.problem(token, f"{name} needs something after it", hint)
        return False

    # --- fields ---

    def field(self, token: Token, level: Level) -> Node:
        name = token.text.lower()
        word, _, size = name.partition("/")
        hint = f"write {name}:word or {name}:(…)"
        if self.tokens[self.at].kind == "NOT":
            hint = f"write NOT {name}:word or {name}:(NOT word)"
        if name in values.FACTS and self.tokens[self.at].kind == "ODD":
            self.tokens[self.at] = self.tokens[self.at]._replace(kind="WORD")  # lang:or is Oriya
        if not self.needed(token, f"{name}:", hint):
            return nothing(token)
        if name in values.FACTS:
            part = self.operand(Level(level.depth + 1, level.ends, name))
            return replace(part, start=token.start)
        part = self.operand(Level(level.depth + 1, level.ends))
        if word == "first":
            return self.first(token, size, part)
        if name not in SCOPES:
            self.problem(token, f'unknown field "{token.text}"', _field_meant(word))
        return Scope(name, part, start=token.start, end=part.end)

    def first(self, token: Token, size: str, part: Node) -> Node:
        words = int(size) if size.isdecimal() and len(size) <= 6 else 0
        if not 1 <= words <= FIRST:
            message = f"{token.text}: needs a number of words from 1 to {FIRST}"
            self.problem(token, message, "write first/100:(…) for the first 100 words of the text")
        return Scope("first", part, words, start=token.start, end=part.end)

    def value(self, token: Token, name: str) -> Node:
        """One value of a fact."""
        last = token
        if token.kind in _VALUE:
            while (following := self.tokens[self.at]).kind in _VALUE and following.start == last.end:
                last = self.take()
        place = Token("WORD", self.text[token.start : last.end], token.start, last.end)
        test, value = _compared(token, place.text)
        if token.kind not in (*_VALUE, "QUOTED", "SET"):
            hint = "put such a value in quotes"
            self.problem(place, f"{name}: takes values, joined by AND, OR and NOT", hint)
        elif fault := values.wrong(name, test, value):
            self.problem(place, *fault)
        return Fact(name, value, test, start=place.start, end=place.end)

    # --- counts and windows ---

    def counted(self, token: Token, level: Level) -> Node:
        if not 1 <= token.number <= COUNT:
            hint = f"write a number from 1 to {COUNT}"
            self.problem(token, f"{token.number} {token.text} means nothing", hint)
        if token.text == "OF":
            return self.at_least(token, *self.listed(token, level))
        hint = f"write {token.number} TIMES word or {token.number} TIMES (a OR b)"
        if not self.needed(token, named(token), hint):
            return nothing(token)
        part = self.operand(Level(level.depth + 1, level.ends))
        if not joins_places(part):
            self.joins_places(token, part)
        return Times(token.number, part, start=token.start, end=part.end)

    def listed(self, token: Token, level: Level) -> tuple[tuple[Node, ...], int]:
        """`(a, b, c)` and where it ends; `$set` is a list of its members."""
        opening = self.tokens[self.at]
        if opening.kind == "SET":
            name = self.operand(level)
            return (name,), name.end
        if opening.kind != "OPEN":
            self.problem(token, f"{named(token)} needs a list or a set", f"write {_COUNTED['OF']}")
            return (), token.end
        self.at += 1
        inside = Level(level.depth + 2, _IN_LIST)  # two: reading it takes twice the calls of a parenthesis
        parts = [self.chain(inside)]
        while self.tokens[self.at].kind == "COMMA":
            self.at += 1
            parts.append(self.chain(inside))
        return tuple(parts), self.close(opening)

    def at_least(self, token: Token, parts: tuple[Node, ...], end: int) -> Node:
        if not parts:
            return nothing(token)
        of_a_set = len(parts) == 1 and isinstance(parts[0], SetName)
        if token.number > len(parts) and not of_a_set:
            alternatives = "1 alternative" if len(parts) == 1 else f"{len(parts)} alternatives"
            message = f"{token.number} OF … has only {alternatives}, so it can never match"
            self.problem(token, message, f"write a number up to {len(parts)}, or more alternatives")
        return AtLeast(token.number, parts, start=token.start, end=end)

    def window(self, token: Token, parts: tuple[Node, ...], end: int) -> Node:
        if len(parts) < 2:
            hint = f"write {named(token)}(a, b); a NOT {named(token)} b has no AND before its NOT"
            self.problem(token, f"{named(token)}(…) needs two parts or more, with commas between them", hint)
        for part in parts:
            if not joins_places(part):
                self.joins_places(token, part)
        ordered = token.text == "BEFORE"
        return Window(parts, token.number, ordered, start=token.start, end=end)

    # --- words ---

    def term(self, token: Token) -> Node:
        text = token.text
        bare = text.replace(" ", "")
        if not bare.isalnum() or not _SILENT.isdisjoint(bare):
            if token.kind == "WORD" and self.foreign(token):
                return nothing(token)
            self.searched(token)
        return Term(text, token.kind == "QUOTED", start=token.start, end=token.end)

    def foreign(self, token: Token) -> bool:
        """Is it no word here, but what other programs write? That is told."""
        fault = foreign.wrong(token.text)
        before = self.tokens[self.at - 2]
        if token.text[0] in "[{" and (end := foreign.range_end(self.text, token.start)):
            token = token._replace(end=end)
            fault = "a range means nothing here", "write the values with OR; of dates, how old: age:<48h"
            while self.tokens[self.at].start < end:
                self.at += 1
        elif token.text[0] == "~" and before.end == token.start and before.kind in ("QUOTED", "CLOSE"):
            fault = foreign.near(before.text if before.kind == "QUOTED" else "", token.text)
        if fault:
            self.problem(token, *fault)
        return bool(fault)

    def searched(self, token: Token) -> None:
        """A term must hold something to look for, and not something that every article has."""
        written = self.source(token)
        if token.kind == "WORD" and token.text[0] in "-!" and token.text[1:2].isalnum():
            hint = f"to leave articles out write NOT {token.text[1:]}"
            self.problem(token, f'"{token.text[0]}" before a word means nothing here', hint)
            return
        if token.kind == "WORD" and (flagged := _FLAGGED.fullmatch(token.text)):
            hint = f"write {flagged[1]}, which finds any case, or case:{flagged[1]}; a path is put in quotes"
            self.problem(token, "a regular expression takes no letters after it", hint)
            return
        folded = "".join(part.folded for chunk in rule_words(token.text) for part in chunk if part.wide == 1)
        letters = folded.replace("*", "").replace("?", "")
        if not folded:
            self.problem(token, f"nothing to search for in {written}", "write at least one letter or digit")
        elif not letters:
            hint = "beside it write letters; inside a phrase * stands for any one word"
            self.problem(token, f"{written} alone would match every word", hint)
        elif letters != folded and len(letters) < 2 and letters < _SAYS_MORE:
            hint = "write at least two letters beside * and ?"
            self.problem(token, f"{written} would match nearly every article", hint)

    def regex(self, token: Token) -> Node:
        if fault := regex.wrong(token.text):
            self.problem(token, *fault)
        return Regex(token.text, start=token.start, end=token.end)


def _compared(token: Token, written: str) -> tuple[str, str]:
    """The test and the value of a fact."""
    if token.kind == "QUOTED":
        return "is", token.text
    if token.kind == "SET":
        return "in", token.text
    value = written.lstrip("<>=")
    return written[: len(written) - len(value)] or "is", value


def _own(lower: str) -> str:
    """Our name for a place of another program."""
    return "BEFORE" if lower.startswith(("before", "onear", "pre")) else "NEAR"


def _field_meant(name: str) -> str:
    """What to write for a field that is called otherwise elsewhere, is misspelt, or is none."""
    name = name[:_LONGEST_NAME]
    if meant := get_close_matches(name, _CALLED, 1, 0.8):
        return f"did you mean {_CALLED[meant[0]]}: ?"
    if reason := REASONS.get(name):
        return f"{reason}; {_QUOTE_ALL}"
    if meant := get_close_matches(name, FIELDS, 1):
        return f"did you mean {meant[0]}: ?"
    return f"{_QUOTE_ALL}; the fields are {', '.join(f'{field}:' for field in FIELDS)}"


_CALLED = {**NAMES, **{field: field for field in FIELDS}}
_LONGEST_NAME = 40  # of a field, here or elsewhere, with its mistakes
_QUOTE_ALL = "to search for it, put the whole in quotes"
