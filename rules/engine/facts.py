"""What is known of an article beside its words, against what a rule asks: `source:bbc.co.uk`, `age:<48h`."""

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rules.document import Document
from rules.text.patterns import Glob
from rules.text.words import fold, words
from rules.tree import Fact

Test = Callable[[Document], bool]

_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_COMPARED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")


def test(fact: Fact, values: Sequence[str]) -> Test:
    """Does it hold of a document? Of several values one is enough; of what is not known nothing holds.

    `words:` is not among them: who reads the document counts its words.
    """
    match fact.name:
        case "age":
            return _age(fact)
        case "author":
            rows = [row for value in values if (row := _row(value))]
            return lambda document: _signed(document.facts.author, rows)
    return _named(fact.name, values)


def counted(fact: Fact, number: float) -> bool:
    """Is a number of words, or of seconds, as it should be?"""
    return bool(_COMPARED[fact.test](number, amount(fact.value)))


def note(fact: Fact, document: Document) -> str:
    """What is known, for people: `language: fr`, `age: 3 d`."""
    name = "language" if fact.name == "lang" else fact.name
    if fact.name == "age":
        age = document.facts.age
        return f"age: {'not known' if age is None else _span(age)}"
    return f"{name}: {', '.join(_known(fact.name, document)) or 'not known'}"


def amount(value: str) -> int:
    """Of `300` or `48h`: words, or seconds."""
    return int(value) if value.isdecimal() else int(value[:-1]) * _SECONDS[value[-1].lower()]


def _age(fact: Fact) -> Test:
    """An article that nobody dated is seen as fresh."""
    fresh = fact.test in ("<", "<=")
    return lambda document: fresh if (age := document.facts.age) is None else counted(fact, age)


def _span(seconds: float) -> str:
    for unit in ("w", "d", "h"):
        if seconds >= 2 * _SECONDS[unit] or (unit == "h" and seconds >= _SECONDS["h"]):
            return f"{seconds / _SECONDS[unit]:.0f} {unit}"
    return f"{seconds / 60:.0f} m"


# --- names -----------------------------------------------------------------------------------------------


def _named(name: str, values: Sequence[str]) -> Test:
    asked = [_asked(name, value) for value in values]
    globs = [Glob(value) for value in asked if name in _WILD and _WILDCARD.search(value)]
    plain = frozenset(asked)

    def holds(document: Document) -> bool:
        known = _known(name, document)
        if not plain.isdisjoint(key for value in known for key in _keys(name, value)):
            return True
        return any(glob.fits(_asked(name, value)) for glob in globs for value in known)

    return holds


_WILD = ("feed", "category", "tag", "url")
_WILDCARD = re.compile(r"[*?]")


def _known(name: str, document: Document) -> Sequence[str]:
    """The values that a document has."""
    facts = document.facts
    match name:
        case "lang":
            return document.languages or ("en",)
        case "feed":
            return facts.feeds
        case "category":
            return facts.categories
        case "tag":
            return facts.tags
    return (value,) if (value := getattr(facts, name)) else ()


def _asked(name: str, value: str) -> str:
    """A value as it is compared."""
    match name:
        case "source":
            return value.lower().removeprefix("www.")
        case "url":
            return _address(value).rstrip("/")
        case "lang" | "country":
            return value.lower()
    return fold(value)


def _keys(name: str, value: str) -> Iterable[str]:
    """What may be asked for to mean this value."""
    match name:
        case "source":
            return _tails(_asked(name, value), ".")
        case "url":
            return _heads(_address(value), "/")
        case "lang":
            return _heads(_asked(name, value), "-")
    return (_asked(name, value),)


def _heads(text: str, mark: str) -> Iterator[str]:
    """a, a/b, a/b/c of a/b/c."""
    at = text.find(mark)
    while at >= 0:
        yield text[:at]
        at = text.find(mark, at + 1)
    yield text


def _tails(text: str, mark: str) -> Iterator[str]:
    """a.b.c, b.c and c of a.b.c."""
    while text:
        yield text
        text = text.partition(mark)[2]


def _address(url: str) -> str:
    """Without scheme, query and fragment."""
    return _SCHEME.sub("", url.lower(), count=1).partition("?")[0].partition("#")[0]


# --- authors ---------------------------------------------------------------------------------------------


def _row(text: str) -> list[str]:
    return [word.folded for word in words(text)]


def _signed(author: str, rows: Iterable[list[str]]) -> bool:
    """The words of one of the rows stand in a row."""
    line = _row(author)
    return any(line[at : at + len(row)] == row for row in rows for at in range(len(line) - len(row) + 1))
