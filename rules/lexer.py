"""The text of a rule -> tokens with places. Never fails: what it does not know it hands on as a word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from rules.words import INVISIBLE


class Kind(Enum):
    WORD = auto()
    QUOTED = auto()
    SET = auto()
    FIELD = auto()  # `title:`
    AND = auto()  # also `+`
    OR = auto()
    NOT = auto()
    PLACE = auto()  # NEAR/n, BEFORE/n, EXCEPT
    OPEN = auto()
    CLOSE = auto()
    UNCLOSED = auto()  # a quote without its end, to the end of the text
    STRAY = auto()  # a comma or a colon
    END = auto()


JOINERS = frozenset({Kind.AND, Kind.OR, Kind.NOT, Kind.PLACE})


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the content, without quotes, `$` or `:`; of PLACE the operator, its number in `reach`."""

    kind: Kind
    text: str
    start: int
    end: int
    reach: int = 0


_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
# Characters nobody sees do not hide an operator; those that live inside words (soft hyphen, joiners) stay.
_SPACE = r"\s\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff"
_TOKEN = re.compile(
    rf"""
      (?P<SPACE>[{_SPACE}]+)
    | [{_QUOTES}] (?P<QUOTED>[^{_QUOTES}]*) [{_QUOTES}]
    | (?P<UNCLOSED>[{_QUOTES}].*)
    | (?P<OPEN>[(\uff08]) | (?P<CLOSE>[)\uff09]) | (?P<AND>\+)
    | \$ (?P<SET>[\w-]+)
    | (?P<FIELD>[^{_SPACE}{_QUOTES}()\uff08\uff09+,:$]+) :
    | (?P<WORD>[^{_SPACE}{_QUOTES}()\uff08\uff09+,:]+)
    | (?P<STRAY>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACE = re.compile(r"(NEAR|BEFORE|ONEAR|PRE)/(\d{1,6})")
_BEFORE = {"ONEAR": "BEFORE", "PRE": "BEFORE"}  # what other programs call it
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT, "EXCEPT": Kind.PLACE}
_UNSEEN = re.compile(f"[{INVISIBLE}]")


def tokens(text: str) -> Iterator[Token]:
    """All tokens, spaces left out; the last is END, at the end of the text."""
    for found in _TOKEN.finditer(text):
        name = found.lastgroup or "STRAY"
        if name != "SPACE":
            yield _token(Kind[name], found[name], *found.span())
    yield Token(Kind.END, "", len(text), len(text))


def _token(kind: Kind, text: str, start: int, end: int) -> Token:
    if kind is not Kind.WORD:
        return Token(kind, text, start, end)
    seen = _UNSEEN.sub("", text)
    if place := _PLACE.fullmatch(seen):
        return Token(Kind.PLACE, _BEFORE.get(place[1], place[1]), start, end, int(place[2]))
    return Token(_OPERATORS.get(seen, Kind.WORD), text if seen not in _OPERATORS else seen, start, end)
