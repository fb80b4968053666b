"""The text of a rule -> tokens with places. Never fails: what it does not know it hands on as a word."""

import re
from typing import Literal, NamedTuple

from rules.text.words import INVISIBLE

Kind = Literal[
    "WORD",
    "QUOTED",
    "REGEX",  # `/mh-?17/`
    "SET",
    "FIELD",  # `title:`
    "COUNT",  # `2 OF`, `3 TIMES`
    "AND",  # also `+`
    "OR",
    "NOT",
    "PLACE",  # NEAR/n, BEFORE/n, EXCEPT
    "OPEN",
    "CLOSE",
    "COMMA",
    "COLON",  # one that no name stands before
    "ODD",  # what other programs, or people in a hurry, write for an operator: `and`, `2 of`
    "UNCLOSED",  # a quote without its end, to the end of the text
    "UNENDED",  # a regex without its end, to the next space
    "GAP",  # made by the parser: nothing joins two words
    "END",
]


class Token(NamedTuple):
    """`text` is the content, without quotes, slashes, `$` or `:`; of counts and places the operator, its
    number in `number`."""

    kind: Kind
    text: str
    start: int
    end: int
    number: int = 0


QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
# Characters nobody sees do not hide an operator; those that live inside words (soft hyphen, joiners) stay.
SPACE = r"\s\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff"
_COMMA, _COLON, _OPEN, _CLOSE = ",\uff0c\u3001", ":\uff1a", "(\uff08", ")\uff09"
_LETTER = rf"[^{SPACE}{QUOTES}{_OPEN}{_CLOSE}{_COMMA}{_COLON}+]"
_BEYOND = rf"(?=[{SPACE}{_CLOSE}{_COMMA}+]|\Z)"
# A count in small letters is told from a phrase by what it counts: 2 of (a, b), but not 2 of them.
_NO_PHRASE = rf"(?=[{SPACE}]*+[{_OPEN}{QUOTES}$])"
_TOKEN = re.compile(
    rf"""
    [{SPACE}]*+ (?:
      (?P<COUNT>[0-9]{{1,9}}[{SPACE}]++(?:(?:OF|TIMES)(?!{_LETTER}|[{_COLON}])|(?i:of|times){_NO_PHRASE}))
    | (?P<REGEX>/(?:[^/\\{SPACE}]|\\[^{SPACE}])++/{_BEYOND})
    | (?P<UNENDED>/[^/{SPACE}]*[\[{{(|\\?*^$][^/{SPACE}]*+(?![^{SPACE}]))
    | (?P<FIELD>(?!\$){_LETTER}++[{_COLON}])
    | (?P<SET>\$[\w-]++)
    | (?P<WORD>{_LETTER}++)
    | (?P<QUOTED>[{QUOTES}][^{QUOTES}]*+[{QUOTES}])
    | (?P<UNCLOSED>[{QUOTES}].*+)
    | (?P<OPEN>[{_OPEN}]) | (?P<CLOSE>[{_CLOSE}]) | (?P<AND>\+)
    | (?P<COMMA>[{_COMMA}]) | (?P<COLON>[{_COLON}])
    )
    """,
    re.VERBOSE | re.DOTALL,
)
# Where the content of a token stands in what was written.
_INSIDE = {"QUOTED": slice(1, -1), "REGEX": slice(1, -1), "SET": slice(1, None), "FIELD": slice(-1)}
_OPERATORS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT", "EXCEPT": "PLACE"}
_ODD: dict[str, Kind] = dict.fromkeys(("&", "&&", "|", "||", "NEAR", "BEFORE", "OF", "TIMES"), "ODD")
for _name in ("and", "or", "not", "near", "before", "except"):
    _ODD |= {_name: "ODD", _name.capitalize(): "ODD"}
_SPECIAL = _OPERATORS | _ODD
_PLACE = re.compile(r"(NEAR|BEFORE|ONEAR|PRE)/([0-9]{1,6})")
_BEFORE = {"ONEAR": "BEFORE", "PRE": "BEFORE"}  # what other programs call it
_ODD_PLACE = re.compile(r"(w|within|near|onear|pre|before|adj)/([0-9]{1,6})", re.IGNORECASE)
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_BETWEEN = re.compile(f"[{SPACE}]+")


def tokens(text: str) -> list[Token]:
    """All tokens, spaces left out; the last is END, at the end of the text."""
    found = []
    for match in _TOKEN.finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # every alternative has a name
        start, end = match.span(kind)
        written = text[start:end]
        if kind == "WORD":
            found.append(_word(written, start, end))
        elif kind == "COUNT":
            number, operator = _BETWEEN.split(written)
            kind = "COUNT" if operator.isupper() else "ODD"
            found.append(Token(kind, operator, start, end, int(number)))
        else:
            inside = _INSIDE.get(kind)
            found.append(Token(kind, written[inside] if inside else written, start, end))
    found.append(Token("END", "", len(text), len(text)))
    return found


def _word(written: str, start: int, end: int) -> Token:
    text = written if written.isascii() else _UNSEEN.sub("", written)
    if kind := _SPECIAL.get(text):
        return Token(kind, text, start, end)
    if "/" in text:
        if place := _PLACE.fullmatch(text):
            return Token("PLACE", _BEFORE.get(place[1], place[1]), start, end, int(place[2]))
        if odd := _ODD_PLACE.fullmatch(text):
            return Token("ODD", text, start, end, int(odd[2]))
    return Token("WORD", written, start, end)
