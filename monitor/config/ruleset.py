"""`sets:` and `rules:` of a config and of the files it names -> rules ready to match, and where they tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import rules
from monitor.config import values as value_of
from monitor.config.asked import Asked, Beside, ask
from monitor.config.book import Book, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.config.outside import PATTERN, matching
from monitor.config.sets import WordSet, members, read_sets
from monitor.model import Route
from rules import Document, Rule, RuleErrors, RuleSet

FILES = 1000  # that one pattern may name
A_RULE_FILE = "a rule file is a list of rules, or a table with  sets:  and  rules:"


def read_rules(
    book: Book,
    top: Mapping[str, Node],
    channel: str,
    languages: Sequence[str],
    previous: RuleSet | None = None,
) -> tuple[RuleSet, dict[str, Route]]:
    """The rules of a config and their channels, by id. What stands as in `previous` is not read anew."""
    pages = [*_pages(book, top)]
    sets: dict[str, WordSet] = {}
    for page in pages:
        if page.sets:
            read_sets(page.book, page.sets, sets)
    beside = Beside(channel, _by_text(previous))
    asked = _each_once(ask(page.book, node, beside) for page in pages for node in page.rules)
    ruleset = _compiled(asked, sets)
    for one_rule in asked:
        _prove(one_rule, ruleset)
    return ruleset, {one_rule.rule.id: one_rule.route for one_rule in asked}


def _by_text(previous: RuleSet | None) -> dict[str, Rule]:
    return {rule.text: rule for rule in previous.rules.values() if not rule.pieces} if previous else {}


def _each_once(asked: Iterable[Asked | None]) -> list[Asked]:
    """One rule an id. Without ids of their own, rules of one meaning share one: `a + b` is `a AND b`."""
    first: dict[str, Asked] = {}
    for one_rule in asked:
        if one_rule and (before := first.setdefault(one_rule.rule.id, one_rule)) is not one_rule:
            what = f"the id {one_rule.name}" if one_rule.id else "this rule"
            cure = "give each its own" if one_rule.id else "one rule can have two channels in  to:"
            line = before.book.line_of(before.texts[0], one_rule.book)
            one_rule.book.add(
                one_rule.texts[0].start, f"{what} stands twice", f"the first is in {line}; {cure}"
            )
    return list(first.values())


# --- the files ------------------------------------------------------------------------------------------


class _Page(NamedTuple):
    """What one file has of sets and rules."""

    book: Book
    sets: Node | None
    rules: Sequence[Node]


def _pages(book: Book, top: Mapping[str, Node]) -> Iterator[_Page]:
    """The config itself, then the rule files it names."""
    nodes = book.filled_list(top.get("rules"), "rules", "write at least one:  - missile + Iraq")
    yield _Page(book, top.get("sets"), [node for node in nodes if not _is_file(node)])
    this = book.path.resolve()
    seen = {this}
    for node in filter(_is_file, nodes):
        assert isinstance(node, Table)
        with book.noting(node.pairs[-1][1]):
            for name in _named(book, node):
                path = (book.folder / name.value).resolve()
                if path in seen:
                    what = "is this file itself" if path == this else "is named twice"
                    raise Wrong(f"{shown(name)} {what}", "name each rule file once", name.start)
                seen.add(path)
                yield _page(book.beside(name))


def _is_file(node: Node) -> bool:
    return isinstance(node, Table) and "file" in [key.raw for key, _ in node.pairs]


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


def _page(book: Book) -> _Page:
    """A rule file: a list of rules, or a table of `sets:` and `rules:`."""
    root = book.document(A_RULE_FILE)
    pairs: Mapping[str, Node] = {"rules": root} if isinstance(root, List) else {}
    if isinstance(root, Table):
        pairs = book.table(root, ("sets", "rules"), "a rule file")
    elif isinstance(root, Text):
        book.add(root.start, "this is neither a list of rules nor a table", A_RULE_FILE)
    nodes = book.filled_list(pairs["rules"], "rules", A_RULE_FILE) if "rules" in pairs else ()
    for node in filter(_is_file, nodes):
        book.add(node.start, "a rule file names no other rule files", "name it in the config")
    return _Page(book, pairs.get("sets"), [node for node in nodes if not _is_file(node)])


# --- all rules together ---------------------------------------------------------------------------------


def _compiled(asked: Sequence[Asked], sets: Mapping[str, WordSet]) -> RuleSet:
    """Rules and sets together. What is wrong is noted, and the rules it does not touch are compiled."""
    words = members(sets)
    try:
        return rules.compile([one_rule.rule for one_rule in asked], words)
    except RuleErrors as errors:
        _tell(errors, asked, sets)
        wrong = {error.rule for error in errors.errors}
    sound = [one_rule.rule for one_rule in asked if one_rule.rule.id not in wrong]
    with suppress(RuleErrors):
        return rules.compile(sound, words)
    return rules.compile(())


def _tell(errors: RuleErrors, asked: Sequence[Asked], sets: Mapping[str, WordSet]) -> None:
    """Each problem where it stands; that a set is empty was told where it was read."""
    texts = {
        (one_rule.rule.id, text.value.rstrip()): (one_rule.book, text)
        for one_rule in asked
        for text in one_rule.texts
    }
    texts |= {
        (f"${name}", word.text.value): (word.book, word.text)
        for name, named in sets.items()
        for word in named.words
    }
    for error in errors.errors:
        if place := texts.get((error.rule, error.text)):
            book, text = place
            for problem in error.problems:
                book.add_rule(text, problem)


def _prove(asked: Asked, ruleset: RuleSet) -> None:
    """A rule's own examples, read as headline and as text of an article."""
    if asked.rule.id not in ruleset.rules:
        return
    for example in asked.must_match:
        if not _matches(ruleset, asked.rule.id, example):
            asked.book.add(
                example.start, f"rule {asked.name} does not match its example {shown(example)}", _PROVE
            )
    for example in asked.must_not_match:
        if _matches(ruleset, asked.rule.id, example):
            asked.book.add(
                example.start, f"rule {asked.name} matches {shown(example)}, which it must not", _PROVE
            )


_PROVE = "mend the rule, or the example"


def _matches(ruleset: RuleSet, id: str, example: Text) -> bool:
    found = ruleset.match(Document(title=example.value, body=example.value))
    return any(match.rule == id for match in found)
