"""A case that fails -> the smallest like it, as a row for cases/*.yaml."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from rules import Document, Facts
from rules.tree import Node, Score

Fails = Callable[[Node, Document], bool]


def smallest(tree: Node, document: Document, fails: Fails) -> tuple[Node, Document]:
    """Takes away what can go while it still fails."""
    while True:
        fewer = ((less, document) for less in smaller(tree))
        shorter = ((tree, less) for less in shortened(document))
        found = next((case for pairs in (fewer, shorter) for case in pairs if fails(*case)), None)
        if found is None:
            return tree, document
        tree, document = found


def smaller(tree: Node) -> Iterator[Node]:
    """Every part instead of the whole, one part left out, one part made smaller."""
    for name, value in slots(tree):
        if isinstance(value, Node):
            yield value
            yield from (replace(tree, **{name: less}) for less in smaller(value))
        elif isinstance(value, tuple):
            parts = [part if isinstance(part, Node) else part[1] for part in value]
            yield from parts
            if len(value) > 1:
                yield from (replace(tree, **{name: value[:at] + value[at + 1 :]}) for at in range(len(value)))
            for at, part in enumerate(parts):
                for less in smaller(part):
                    one = (value[at][0], less) if isinstance(tree, Score) else less
                    yield replace(tree, **{name: (*value[:at], one, *value[at + 1 :])})
        elif isinstance(value, int) and value > 1:
            yield replace(tree, **{name: value - 1})


def slots(tree: Node) -> list[tuple[str, Any]]:
    places = ("start", "end")
    return [(one.name, getattr(tree, one.name)) for one in fields(tree) if one.name not in places]


def shortened(document: Document) -> Iterator[Document]:
    if document.facts != Facts():
        yield replace(document, facts=Facts())
    if len(document.languages) > 0:
        yield replace(document, languages=document.languages[:-1])
    yield from (replace(document, breaks=document.breaks - {at}) for at in document.breaks)
    words = document.title.split(" ")
    yield from (replace(document, title=less) for less in without_one(words, " ") if document.title)
    yield from unbroken(document, "\n")
    yield from unbroken(document, " ")


def without_one(pieces: list[str], by: str) -> Iterator[str]:
    return (by.join(pieces[:at] + pieces[at + 1 :]) for at in range(len(pieces)))


def unbroken(document: Document, by: str) -> Iterator[Document]:
    """The body less one line, or one word; its breaks move along."""
    at = 0
    for piece in document.body.split(by):
        end = min(at + len(piece) + len(by), len(document.body))
        breaks = frozenset(edge if edge < at else edge - (end - at) for edge in document.breaks)
        if at < end:
            yield replace(document, body=document.body[:at] + document.body[end:], breaks=breaks)
        at = end


def row(tree: Node, document: Document, fires: bool) -> str:
    """As it is written in the table."""
    found = {"title": document.title, "body": document.body, "breaks": sorted(document.breaks)}
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in found.items() if value]
    if document.languages:
        lines.append(f"languages: [{', '.join(document.languages)}]")
    if document.facts != Facts():
        lines.append(f"facts: {document.facts}")
    return "\n".join(
        [*lines, f"- {{rule: {json.dumps(str(tree), ensure_ascii=False)}, fires: {fires}}}", repr(tree)]
    )
