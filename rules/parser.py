"""The text of a rule -> its tree, or every problem in it at once.

One level of parentheses is read at a time, as a chain of operands and operators; then the chain is joined:
NEAR, BEFORE and EXCEPT bind closest, then NOT, then AND and OR, which may not meet without parentheses.
"""

import re
from dataclasses import replace
from difflib import get_close_matches
from itertools import groupby

from rules.lexer import JOINERS, Kind, Token, tokens
from rules.tree import (
    And,
    Except,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Problem,
    RuleError,
    Scope,
    SetName,
    Term,
    joins_places,
)
from rules.words import rule_words

# Deeper than any person nests, and every walk over a tree stays clear of Python's recursion limit.
DEPTH = 200
# Words farther apart have little to do with each other: AND says so more clearly.
REACH = 999
# A text that is no rule at all has a problem at every word; nobody reads more of them.
PROBLEMS = 20

SCOPES = ("title", "body", "exact", "case")
# Words of the language that this version knows by name only.
LATER = (
    *("text", "lead", "first", "author", "url", "source", "feed", "lang", "country", "category", "tag"),
    *("age", "words", "sentence", "paragraph", "stem"),
)
_MEANT = {"&": Kind.AND, "&&": Kind.AND, "|": Kind.OR, "||": Kind.OR}
_LOWER = {"and": Kind.AND, "or": Kind.OR, "not": Kind.NOT}
_OTHER_PLACE = re.compile(r"(w|within|near|onear|pre|before|adj)/(\d{1,6})", re.IGNORECASE)
_COUNTS = {
    "OF": ("(a, b, c)", "write the combinations out with AND and OR"),
    "TIMES": ("x", "ask for the word once"),
}
_SAYS_MORE = "\u0e00"  # from Thai on, one letter may be a word of its own
_QUOTE_IT = "to search for the word itself, put it in quotes"

_MENDED = ("", ",", ":")  # texts of an AND that nobody wrote: it stands in for a mistake already told

Chain = list[Node | Token]


def parse(text: str) -> Node:
    """The tree of a rule. Raises RuleError with every problem, and nothing else, whatever the text."""
    parser = _Parser(text)
    tree = parser.level(0, top=True)
    if parser.problems:
        raise RuleError(text, parser.problems[:PROBLEMS])
    return tree


class _Parser:
    """Reads on after a mistake, so that the next one is shown too."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tuple(tokens(text))
        self.at = 0
        self.problems: list[Problem] = []

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def problem(self, place: Node | Token, message: str, hint: str) -> None:
        self.problems.append(Problem(message, hint, place.start, place.end))

    def source(self, place: Node | Token) -> str:
        return self.text[place.start : place.end]

    # --- one level of parentheses: a chain of operands and operators ---

    def level(self, depth: int, top: bool = False) -> Node:
        """Up to the closing parenthesis, which is left standing, or to the end of the text."""
        chain: Chain = []
        first = self.peek()
        while (token := self.peek()).kind is not Kind.END:
            if token.kind is Kind.CLOSE:
                if not top:
                    break
                self.problem(self.take(), "this ) has no matching (", "drop it, or write the ( it closes")
            else:
                self.step(chain, depth)
        if chain and isinstance(last := chain[-1], Token):
            self.problem(last, "the expression ends too early", f'something must follow "{_name(last)}"')
        while chain and isinstance(chain[-1], Token):
            chain.pop()
        if not chain and not self.problems:
            what = "there is no rule here" if top else "there is nothing inside these parentheses"
            self.problem(first, what, "write at least one word")
        return self.joined(chain) if chain else _nothing(first)

    def step(self, chain: Chain, depth: int) -> None:
        wanted = not chain or isinstance(chain[-1], Token)
        token = self.understood(self.peek(), wanted)
        if token.kind is Kind.STRAY:
            self.stray(chain, self.take())
        elif token.kind in JOINERS and not (wanted and self.is_window(token)):
            self.take()
            self.operator(chain, token, wanted)
        else:
            if not wanted:
                chain.append(Token(Kind.AND, "", token.start, token.start))
            chain.append(self.operand(depth + _pending_nots(chain)))

    def understood(self, token: Token, wanted: bool) -> Token:
        """The operator that was meant, where it was written as other programs or other people write it."""
        if token.kind is not Kind.WORD:
            return token
        if kind := _LOWER.get(token.text.lower()):
            hint = f'{_QUOTE_IT}: "{token.text}"'
            self.problem(token, f"operators are written in capitals: did you mean {kind.name}?", hint)
            misplaced = wanted and kind is not Kind.NOT
            return token if misplaced else replace(token, kind=kind, text=kind.name)
        if kind := _MEANT.get(token.text):
            message = f'operators are words: "{token.text}" means nothing here'
            self.problem(token, message, f"write {kind.name}")
            return replace(token, kind=kind, text=kind.name)
        if other := _OTHER_PLACE.fullmatch(token.text):
            self.other_place(token, other[1])
            return replace(token, kind=Kind.PLACE, text="NEAR")
        if token.text in ("NEAR", "BEFORE"):
            hint = f"write {token.text}/5 for at most 5 words between; {_QUOTE_IT}"
            self.problem(token, f"{token.text} needs a number", hint)
            return replace(token, kind=Kind.PLACE)
        return token

    def other_place(self, token: Token, name: str) -> None:
        if name.upper() in ("NEAR", "BEFORE", "ONEAR", "PRE"):
            hint = f"write {token.text.upper()}"
            self.problem(
                token, f"operators are written in capitals: did you mean {token.text.upper()}?", hint
            )
        else:
            message = f'{name.upper()}/n means "either order" at LexisNexis and "this order" at Factiva'
            self.problem(token, message, "write NEAR/n (either order) or BEFORE/n (this order)")

    def stray(self, chain: Chain, token: Token) -> None:
        what = "comma" if token.text == "," else "colon"
        hint = (
            "write OR for either, AND for both"
            if what == "comma"
            else "a field stands before it, as in title:"
        )
        self.problem(token, f"this {what} joins nothing", hint)
        if chain and isinstance(chain[-1], Node):
            chain.append(replace(token, kind=Kind.AND))

    def operator(self, chain: Chain, token: Token, wanted: bool) -> None:
        if token.kind is Kind.NOT:
            self.negation(chain, token, wanted)
        elif not wanted:
            self.reach(token)
            chain.append(token)
        elif chain and isinstance(before := chain[-1], Token):
            message = f'nothing stands between "{_name(before)}" and "{_name(token)}"'
            self.problem(token, message, f"keep one of them; {_QUOTE_IT}")
        else:
            self.problem(token, f'nothing stands before "{_name(token)}"', "write what it joins, or drop it")

    def negation(self, chain: Chain, token: Token, wanted: bool) -> None:
        following = self.peek()
        if wanted:
            chain.append(token)
        elif following.kind is Kind.PLACE and following.text == "NEAR":
            self.reach(self.take())
            chain.append(replace(following, text="NOT NEAR", start=token.start))
        elif following.kind is Kind.PLACE:
            name = _name(self.take())
            hint = f"to leave such articles out write NOT (a {name} b)"
            self.problem(token, f"NOT {name} means nothing here", hint)
            chain.append(following)
        else:
            chain += [replace(token, kind=Kind.AND), token]

    def reach(self, token: Token) -> None:
        if token.reach > REACH:
            hint = f"use AND, or a number up to {REACH}"
            self.problem(token, f"{token.reach} words apart is too far to be near", hint)

    # --- operands ---

    def operand(self, depth: int) -> Node:
        token = self.take()
        if depth > DEPTH:
            message = f"more than {DEPTH} levels of parentheses, NOT or fields inside each other"
            problem = Problem(
                message, "put parts of the rule into sets or rules of their own", token.start, token.end
            )
            raise RuleError(self.text, [problem])
        match token.kind:
            case Kind.OPEN:
                return self.parentheses(token, depth + 1)
            case Kind.FIELD:
                return self.field(token, depth + 1)
            case Kind.SET:
                return SetName(token.text, start=token.start, end=token.end)
            case Kind.PLACE:
                return self.later(token, token, "(a, b, c)", "join two at a time: a NEAR/5 b")
            case Kind.UNCLOSED:
                mark = replace(token, end=token.start + 1)
                self.problem(mark, "this quote is never closed", "write the closing quote")
                return _nothing(token)
        return self.term(token)

    def parentheses(self, opening: Token, depth: int) -> Node:
        inside = self.level(depth)
        if self.peek().kind is Kind.CLOSE:
            return replace(inside, start=opening.start, end=self.take().end)
        self.problem(opening, "this ( is never closed", "write the ) that closes it")
        return replace(inside, start=opening.start)

    def field(self, token: Token, depth: int) -> Node:
        name = token.text.lower()
        if (following := self.peek()).kind in JOINERS | {Kind.CLOSE, Kind.END, Kind.STRAY}:
            hint = f"write {name}:word or {name}:(…)"
            if following.kind is Kind.NOT:
                hint = f"write NOT {name}:word or {name}:(NOT word)"
            self.problem(token, f"{name}: needs something after it", hint)
            return _nothing(token)
        known = len(self.problems)
        part = self.operand(depth)
        if name.partition("/")[0] in LATER:
            del self.problems[known:]
            hint = f"this version knows {_scopes()}"
            self.problem(token, f"{name}: is not part of this version", hint)
        elif name not in SCOPES:
            self.problem(token, f'unknown field "{token.text}"', _field_meant(name))
        return Scope(name, part, start=token.start, end=part.end)

    def term(self, token: Token) -> Node:
        text, following = token.text, self.peek()
        if text.isdecimal() and following.kind is Kind.WORD and following.text in _COUNTS:
            example, hint = _COUNTS[following.text]
            return self.later(token, self.take(), f" {example}", hint)
        if token.kind is Kind.WORD and not self.bare_word(token):
            return _nothing(token)
        self.words_of(token)
        return Term(text, token.kind is Kind.QUOTED, start=token.start, end=token.end)

    def later(self, first: Token, last: Token, example: str, hint: str) -> Node:
        """An operator of a later version, and whatever it would have governed."""
        place = replace(first, end=last.end)
        self.problem(place, f"{self.source(place)}{example} is not part of this version", hint)
        if self.peek().kind is Kind.OPEN:
            self.skip_parentheses()
        elif self.peek().kind not in JOINERS | {Kind.CLOSE, Kind.END}:
            self.take()
        return _nothing(first)

    def skip_parentheses(self) -> None:
        depth = 0
        while (token := self.peek()).kind is not Kind.END:
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            self.take()
            if depth == 0:
                return

    def is_window(self, token: Token) -> bool:
        return token.kind is Kind.PLACE and self.peek(1).kind is Kind.OPEN

    def bare_word(self, token: Token) -> bool:
        """False, with the problem told, if a word without quotes is not meant as a word."""
        text = token.text
        if text in _COUNTS:
            self.problem(token, f"{text} needs a number before it", f'{_QUOTE_IT}: "{text}"')
        elif text.startswith("/") and len(text) > 1:
            self.problem(token, "/regex/ is not part of this version", "use * and ? inside a word, or OR")
        elif text[0] in "-!" and text[1:2].isalnum():
            hint = f"to leave articles out write NOT {text[1:]}"
            self.problem(token, f'"{text[0]}" before a word means nothing here', hint)
        else:
            return True
        return False

    def words_of(self, token: Token) -> None:
        """A term must hold something to look for, and not something that every article has."""
        folded = "".join(part.folded for chunk in rule_words(token.text) for part in chunk if part.wide == 1)
        letters = folded.replace("*", "").replace("?", "")
        if not folded:
            hint = "write at least one letter or digit"
            self.problem(token, f"nothing to search for in {self.source(token)}", hint)
        elif not letters:
            hint = "beside it write letters; inside a phrase * stands for any one word"
            self.problem(token, f"{self.source(token)} alone would match every word", hint)
        elif letters != folded and len(letters) < 2 and letters < _SAYS_MORE:
            hint = "write at least two letters beside * and ?"
            self.problem(token, f"{self.source(token)} would match nearly every article", hint)

    # --- joining a chain ---

    def joined(self, chain: Chain) -> Node:
        self.gaps(chain)
        chain = _negated(self.placed(chain))
        operands = [node for node in chain if isinstance(node, Node)]
        written = (token for token in chain if isinstance(token, Token) and token.text not in _MENDED)
        joins = {token.kind for token in written}
        if len(operands) == 1:
            return operands[0]
        if len(joins) > 1:
            self.mixed(chain, operands)
        either = joins == {Kind.OR}
        return (Or if either else And)(tuple(operands), start=operands[0].start, end=operands[-1].end)

    def gaps(self, chain: Chain) -> None:
        """Words that stand side by side: told once for a whole run of them."""
        run: list[Node] = []
        for element in [*chain, Token(Kind.END, "end", 0, 0)]:
            if isinstance(element, Node):
                run.append(element)
            elif element.text:
                if len(run) > 1:
                    self.gap(run)
                run = []

    def gap(self, run: list[Node]) -> None:
        names = [_unquoted(self.source(node)) for node in run]
        listed = (
            ", ".join(f'"{name}"' for name in names[:3]) if len(run) > 2 else f'"{names[0]}" and "{names[1]}"'
        )
        hint = "write AND or OR between them"
        if all(isinstance(node, Term) for node in run) and len(run) <= 6 and "(" not in names:
            both = "both" if len(run) == 2 else "all"
            each, phrase = " AND ".join(map(self.source, run)), " ".join(names)
            hint = f'write  {each}  for {both} anywhere, or  "{phrase}"  for the phrase'
        place = replace(run[0], end=run[-1].end)
        self.problem(place, f"no operator between {listed}", hint)

    def placed(self, chain: Chain) -> Chain:
        """NEAR, BEFORE and EXCEPT joined with their neighbours."""
        result: Chain = []
        fresh: Node | None = None
        for element in chain:
            operator = result[-1] if result else None
            if not isinstance(operator, Token) or operator.kind is not Kind.PLACE:
                result.append(element)
            elif isinstance(element, Token):
                self.problem(
                    element,
                    f"{_name(operator)} cannot be followed by NOT",
                    "write NOT before the whole of it",
                )
            else:
                left = result[-2]
                if left is fresh:
                    hint = "use parentheses, as in (a NEAR/5 b) NEAR/5 c"
                    self.problem(operator, "a chain of NEAR/BEFORE is ambiguous", hint)
                assert isinstance(left, Node)
                fresh = self.place(left, operator, element)
                result[-2:] = [fresh]
        return result

    def place(self, left: Node, operator: Token, right: Node) -> Node:
        if not (joins_places(left) and joins_places(right)):
            what = "joins words, phrases, sets and OR-groups, not AND/NOT expressions or fields"
            hint = "move the AND, the NOT or the field outside"
            self.problem(operator, f"{_name(operator)} {what}", hint)
        start, end = left.start, right.end
        match operator.text:
            case "EXCEPT":
                return Except(left, right, start=start, end=end)
            case "NOT NEAR":
                return NotNear(left, right, operator.reach, start=start, end=end)
        return Near(left, right, operator.reach, operator.text == "BEFORE", start=start, end=end)

    def mixed(self, chain: Chain, operands: list[Node]) -> None:
        readings = [self.reading(chain, tight) for tight in (Kind.AND, Kind.OR)]
        if sum(map(len, readings)) > 160:
            readings = ["(a AND b) OR c", "a AND (b OR c)"]
        hint = f"programs disagree on what this means; write  {readings[0]}  or  {readings[1]}"
        place = replace(operands[0], end=operands[-1].end)
        self.problem(place, "AND/NOT and OR are mixed without parentheses", hint)

    def reading(self, chain: Chain, tight: Kind) -> str:
        """The chain as it reads where `tight` binds closer."""
        loose = Kind.OR if tight is Kind.AND else Kind.AND
        pieces = []
        for is_loose, group in groupby(
            chain, lambda element: isinstance(element, Token) and element.kind is loose
        ):
            if not is_loose:
                nodes = [node for node in group if isinstance(node, Node)]
                inside = f" {tight.name} ".join(map(self.source, nodes))
                pieces.append(f"({inside})" if len(nodes) > 1 else inside)
        return f" {loose.name} ".join(pieces)


def _nothing(token: Token) -> Node:
    """Stands where something was wrong, so that reading can go on."""
    return Term("x", start=token.start, end=token.end)


def _pending_nots(chain: Chain) -> int:
    count = 0
    for element in reversed(chain):
        if not (isinstance(element, Token) and element.kind is Kind.NOT):
            break
        count += 1
    return count


def _negated(chain: Chain) -> Chain:
    result: Chain = []
    nots: list[Token] = []
    for element in chain:
        if isinstance(element, Token) and element.kind is Kind.NOT:
            nots.append(element)
            continue
        if isinstance(element, Node):
            while nots:
                element = Not(element, start=nots.pop().start, end=element.end)
        result.append(element)
    return result


def _name(operator: Token) -> str:
    measured = operator.kind is Kind.PLACE and operator.text != "EXCEPT"
    return f"{operator.text}/{operator.reach}" if measured else operator.text


def _unquoted(source: str) -> str:
    return source.strip('"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02')


def _scopes() -> str:
    return ", ".join(f"{scope}:" for scope in SCOPES)


def _field_meant(name: str) -> str:
    if meant := get_close_matches(name, SCOPES + LATER, 1):
        return f"did you mean {meant[0]}: ?"
    return f"to search for it, put the whole in quotes; the fields are {_scopes()}"
