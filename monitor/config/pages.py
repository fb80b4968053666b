"""The files that hold a config's rules: itself, and the rule files that it names."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.config import values as value_of
from monitor.config.book import Book, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.config.outside import PATTERN, matching

FILES = 1000  # that one pattern may name
A_RULE_FILE = "a rule file is a list of rules, or a table with  sets:  and  rules:"


class Page(NamedTuple):
    """What one file has of sets and rules."""

    book: Book
    sets: Node | None
    rules: list[Node]

    def taken(self) -> Iterator[Node]:
        """Its rules, each once: 100,000 nodes are 170 MB, and what is made of them needs the room."""
        self.rules.reverse()
        while self.rules:
            yield self.rules.pop()


def pages_of(book: Book, top: dict[str, Node]) -> Iterator[Page]:
    """The config itself, then the rule files it names. The rules are taken out of `top`."""
    nodes = book.filled_list(top.pop("rules", None), "rules", "write at least one:  - missile + Iraq")
    rules, files = _split(nodes)
    yield Page(book, top.get("sets"), rules)
    this = os.path.realpath(book.path)
    seen = {this}
    for node in files:
        with book.noting(node.pairs[-1][1]):
            for name in _named(book, node):
                path = os.path.realpath(book.folder / name.value)
                if path in seen:
                    what = "is this file itself" if path == this else "is named twice"
                    raise Wrong(f"{shown(name)} {what}", "name each rule file once", name.start)
                seen.add(path)
                yield _page(book.beside(name))


def _split(nodes: Iterable[Node]) -> tuple[list[Node], list[Table]]:
    """Rules, and the entries that name files of them."""
    rules: list[Node] = []
    files: list[Table] = []
    for node in nodes:
        if isinstance(node, Table) and "file" in [key.raw for key, _ in node.pairs]:
            files.append(node)
        else:
            rules.append(node)
    return rules, files


def _named(book: Book, node: Table) -> Sequence[Text]:
    """The names of the files that an entry of `rules` means. Raises Wrong if there are none."""
    if len(node.pairs) > 1:
        raise Wrong("a rule file stands alone", "write  - {file: rules/iran.yaml};  its rules name channels")
    name = value_of.given(book.text(node.pairs[0][1]))
    if not PATTERN.search(name.value):
        return (name,)
    if PATTERN.search(name.value.rpartition("/")[0]):
        raise Wrong("* and ? stand for files, not for folders", "name the folder", name.start)
    names = matching(name.value, book.folder)
    if not names:
        raise Wrong(f"no file is named like {shown(name)}", "check the path", name.start)
    if len(names) > FILES:
        what = f"{shown(name)} are {len(names):,} files; {FILES:,} are the most"
        raise Wrong(what, "put several rules in a file", name.start)
    return [_one_of(name, found) for found in names]


def _one_of(pattern: Text, found: str) -> Text:
    """A file that a pattern names; in messages it never shows what ${…} stands for."""
    folder, _, last = pattern.raw.rpartition("/")
    shown_as = pattern.raw if "${" in last else f"{folder}/{Path(found).name}".removeprefix("/")
    return pattern._replace(value=found, raw=found if pattern.raw == pattern.value else shown_as)


def _page(book: Book) -> Page:
    """A rule file: a list of rules, or a table of `sets:` and `rules:`."""
    root = book.document(A_RULE_FILE)
    pairs: Mapping[str, Node] = {"rules": root} if isinstance(root, List) else {}
    if isinstance(root, Table):
        pairs = book.table(root, ("sets", "rules"), "a rule file")
    elif isinstance(root, Text):
        book.add(root.start, "this is neither a list of rules nor a table", A_RULE_FILE)
    nodes = book.filled_list(pairs["rules"], "rules", A_RULE_FILE) if "rules" in pairs else ()
    rules, files = _split(nodes)
    for node in files:
        book.add(node.start, "a rule file names no other rule files", "name it in the config")
    return Page(book, pairs.get("sets"), rules)
