"""What is known of an article beside its words, the obvious way."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rules import Document, Member, fold, words
from rules.tree import Fact

SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
COMPARED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def known(fact: Fact, document: Document, sets: Mapping[str, Sequence[str | Member]]) -> bool:
    """Does it hold? False where nothing is known; an article without a date is seen as fresh."""
    match fact.test:
        case "in":
            texts = [entry if isinstance(entry, str) else entry.text for entry in sets[fact.value]]
            return any(known(replace(fact, value=text, test="is"), document, sets) for text in texts)
        case "is":
            return any(MEANT[fact.name](fact.value, value) for value in values(fact.name, document))
    compare = COMPARED[fact.test]
    if fact.name == "words":
        return compare(len(list(words(document.body))), int(fact.value))
    age = document.facts.age
    return fact.test in ("<", "<=") if age is None else compare(age, seconds(fact.value))


def seconds(text: str) -> int:
    return int(text[:-1]) * SECONDS[text[-1]]


def values(name: str, document: Document) -> Sequence[str]:
    facts = document.facts
    many = {
        "feed": facts.feeds,
        "category": facts.categories,
        "tag": facts.tags,
        "lang": document.languages or ("en",),
    }
    return many[name] if name in many else [value] if (value := getattr(facts, name)) else []


def globbed(pattern: str, value: str) -> bool:
    pieces = {"*": ".*", "?": "."}
    return bool(
        re.fullmatch("".join(pieces.get(char, re.escape(char)) for char in pattern), value, re.DOTALL)
    )


def source(asked: str, host: str) -> bool:
    site = asked.lower().removeprefix("www.")
    return f".{host.lower().removeprefix('www.')}".endswith(f".{site}")


def lang(asked: str, language: str) -> bool:
    return language == asked.lower() or language.startswith(f"{asked.lower()}-")


def author(asked: str, value: str) -> bool:
    """The words in a row."""
    row, line = ([word.folded for word in words(text)] for text in (asked, value))
    return any(line[at : at + len(row)] == row for at in range(len(line)))


def url(asked: str, value: str) -> bool:
    """Without wildcards it is where the address begins, up to a slash or the end."""
    pattern, address = bare(asked), bare(value)
    if "*" in pattern:
        return globbed(pattern, address)
    return f"{address}/".startswith(f"{pattern.rstrip('/')}/")


def bare(address: str) -> str:
    """No scheme, no query."""
    return re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.lower()).partition("?")[0].partition("#")[0]


MEANT: Mapping[str, Callable[[str, str], bool]] = {
    "source": source,
    "feed": lambda asked, value: globbed(fold(asked), fold(value)),
    "category": lambda asked, value: globbed(fold(asked), fold(value)),
    "tag": lambda asked, value: globbed(fold(asked), fold(value)),
    "lang": lang,
    "country": lambda asked, value: asked.upper() == value.upper(),
    "author": author,
    "url": url,
}
