"""What YAML can say of a rule beyond its text: lists of entries, weights, and facts under `where:`."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from monitor.config import values as value_of
from monitor.config.book import Book, Reader, Schema, filled, one, shown
from monitor.config.marked import Node, Table, Text, Wrong
from rules.language.lexer import QUOTES
from rules.language.parser import SCOPES
from rules.language.values import FACTS, wrong
from rules.language.vendors import NAMES, REASONS
from rules.tree import Fact, Not, Or
from rules.tree import Node as Tree


class Weights(NamedTuple):
    at_least: int
    terms: Mapping[Text, int]
    most: int = 1


class Where(NamedTuple):
    """Conditions on what is known of an article beside its words, and the place of each."""

    trees: tuple[Tree, ...]
    places: tuple[Node, ...]
    languages: tuple[str, ...]  # that it asks for


def entries(book: Book, node: Node) -> tuple[Text, ...]:
    """All of a list; none, with the problems told, if one is wrong."""
    found = filled(value_of.given)(book, node)
    return found if len(found) == len(book.values(node)) else ()


# --- weights -------------------------------------------------------------------------------------------


def score(book: Book, node: Node) -> Weights | None:
    """None, with the problems told, if something is wrong."""
    if not isinstance(node, Table) or not node.pairs:
        raise Wrong("a table of weights is wanted here", _WEIGHTS)
    given = book.table(node, SCORE, "score")
    values = book.fields(given, SCORE)
    for key in ("at_least", "terms"):
        if key not in given:
            raise Wrong(f"there is no {key}", _WEIGHTS)
    each = values.get("count") == "each"
    if "max_times" in given and not each:
        raise Wrong("max_times needs  count: each", "without it a term counts once", given["max_times"].start)
    if len(values) < len(given):
        return None
    return Weights(values["at_least"], values["terms"], values.get("max_times", 3) if each else 1)


_WEIGHTS = "write  {at_least: 30, terms: {cholera: 20, outbreak: 10}}"


def _terms(book: Book, node: Node) -> dict[Text, int]:
    if not isinstance(node, Table) or not node.pairs:
        raise Wrong("a table of words and their weights is wanted here", "write  {cholera: 20, outbreak: 10}")
    keys = {key.raw: key for key, _ in reversed(node.pairs)}
    if empty := next((key for name, key in keys.items() if not name.strip()), None):
        raise Wrong("a weight for no word", "write the word before its colon", empty.start)
    pairs = book.table(node, keys, "terms")
    return {keys[term]: _weight(book.text(value)) for term, value in pairs.items()}


def _weight(text: Text) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,4}", text.value) or int(text.value) == 0:
        raise Wrong(
            f"{shown(text)} is not a weight", "write a whole number from -9999 to 9999, but not 0", text.start
        )
    return int(text.value)


def _count(text: Text) -> str:
    if text.value not in ("once", "each"):
        raise Wrong(f"{shown(text)} is neither once nor each", "each: a term counts as often as it occurs")
    return text.value


SCORE: Schema = {
    "at_least": one(value_of.whole(1, 99999)),
    "terms": _terms,
    "count": one(_count),
    "max_times": one(value_of.whole(1, 99)),
}


# --- facts ---------------------------------------------------------------------------------------------


def where(book: Book, node: Node) -> Where | None:
    """None, with the problems told, if something is wrong."""
    if not isinstance(node, Table) or not node.pairs:
        hint = "write  {lang: [en, ar], max_age: 48h},  or leave the line out"
        raise Wrong("a table of facts is wanted here", hint)
    given = book.table(node, WHERE, "where", _HINTS)
    found = book.fields(given, WHERE)
    if not given or not all(map(found.get, given)):
        return None
    return Where(
        trees=tuple(_joined(name, facts) for name, facts in found.items()),
        places=tuple(given.values()),
        languages=tuple(fact.value[:2].lower() for fact in found.get("lang", ()) if fact.test == "is"),
    )


def _joined(name: str, facts: tuple[Fact, ...]) -> Tree:
    """Of several values one is enough."""
    either = facts[0] if len(facts) == 1 else Or(facts)
    return Not(either) if name.startswith("not_") else either


def _named(name: str, key: str) -> Reader:
    def fact(text: Text) -> Fact:
        value = value_of.line(text)
        if written := _EXPRESSION.search(value):
            other = key.removeprefix("not_") if key.startswith("not_") else f"not_{key}"
            hint = f"write  {key}: [a, b]  for either,  {other}: a  for NOT"
            raise Wrong(f"{written[1]} means nothing under where", hint)
        named = _SET.fullmatch(value)
        return _right(text, Fact(name, named[1], "in") if named else Fact(name, value))

    return filled(fact)


# In a name in capitals these are words: NEWS AND VIEWS.
_EXPRESSION = re.compile(r"^(?=.*[a-z])(?:.* )?(AND|OR|NOT) ")


def _measured(name: str, test: str) -> Reader:
    return one(lambda text: (_right(text, Fact(name, value_of.line(text), test)),))


def _right(text: Text, fact: Fact) -> Fact:
    """The fact, if the language takes it. Raises Wrong."""
    if fault := wrong(fact.name, fact.test, fact.value):
        raise Wrong(*(fault if text.raw == text.value else _HIDDEN))
    if not _QUOTES.isdisjoint(fact.value):
        raise Wrong(f"{shown(text)} has quotes, which nothing can be compared with", "leave them out")
    return fact


_QUOTES = frozenset(QUOTES)
_SET = re.compile(r"\$([\w-]+)")
_HIDDEN = ("what ${…} stands for here cannot be compared with", "write the value itself")
_NAMES = ("source", "feed", "lang", "country", "category", "tag", "author", "url")
WHERE: Schema = {
    **{name: _named(name, name) for name in _NAMES},
    **{f"not_{name}": _named(name, f"not_{name}") for name in _NAMES},
    "max_age": _measured("age", "<="),
    "min_age": _measured("age", ">="),
    "max_words": _measured("words", "<="),
    "min_words": _measured("words", ">="),
}

# --- keys that people write for these --------------------------------------------------------------------

_MEASURES = {"age": "max_age", "words": "min_words"}
# Other programs' names for what may be asked here: `site` for `source`.
MEANT = {
    **_MEASURES,
    **{
        name: _MEASURES.get(ours, ours) for name, ours in NAMES.items() if ours in FACTS and name not in WHERE
    },
}
MEANT |= {f"not_{name}": f"not_{key}" for name, key in MEANT.items() if key in _NAMES}
_WORDS = "words are looked for beside where, not inside it:  match: title:missile"
_BESIDE = "it stands beside where, not inside it"
_HINTS = {
    **REASONS,
    **{name: f"did you mean  {key}  ?" for name, key in MEANT.items()},
    **dict.fromkeys(("age", "not_age"), "write  max_age: 48h  or  min_age: 48h"),
    **dict.fromkeys(("words", "not_words"), "write  min_words: 300  or  max_words: 300"),
    **dict.fromkeys((*SCOPES, *(name for name, ours in NAMES.items() if ours in SCOPES)), _WORDS),
    **dict.fromkeys(("id", "match", "all", "any", "none", "score", "broad", "to", "priority"), _BESIDE),
    "not": "write  not_source: example.org  and so on",
}
