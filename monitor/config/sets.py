"""`sets:` of config.yaml and of rule files: lists of words, there or in files of their own, by language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.config import values as value_of
from monitor.config.book import Book, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from rules import Member
from rules.language.values import LANGUAGES, language_of

MEMBERS = 50_000  # of one set; they take 1.5 s
LONGEST = 2000  # characters of an entry, for OR-groups; nobody's name has 200
LIST_SIZE = 4 << 20  # bytes of a list in a file of its own: 50,000 long names


@dataclass(frozen=True, slots=True)
class SetWord:
    """An entry of a set, and where it stands. `language` empty: it counts in every one."""

    text: Text
    book: Book
    language: str = ""

    @property
    def member(self) -> str | Member:
        return Member(self.text.value, self.language) if self.language else self.text.value


@dataclass(frozen=True, slots=True)
class WordSet:
    key: Text
    book: Book
    words: tuple[SetWord, ...]


def read_sets(book: Book, node: Node, sets: dict[str, WordSet]) -> None:
    """Adds the sets of one file to those of the others; a name is there once."""
    if not isinstance(node, Table) and node != Text("", "", node.start):
        book.add(node.start, "sets are a table of names and lists", "write  missiles: [missile, rocket]")
        return
    keys = {key.raw: key for key, _ in reversed(node.pairs)} if isinstance(node, Table) else {}
    for name, value in book.table(node, keys, "sets").items():
        key = keys[name]
        if name in sets:
            first = sets[name].book.line_of(sets[name].key.start, book)
            book.add(key.start, f"the set {shown(key)} stands twice", f"the first is in {first}; keep one")
            continue
        sets[name] = WordSet(key, book, ())
        with book.noting(value, f"sets.{name[:80]}"):
            sets[name] = WordSet(key, book, _words_of(book, name, value))


def members(sets: Mapping[str, WordSet]) -> dict[str, list[str | Member]]:
    return {name: [word.member for word in named.words] for name, named in sets.items()}


def _words_of(book: Book, name: str, node: Node) -> tuple[SetWord, ...]:
    if not re.fullmatch(r"[\w-]+", name):
        raise Wrong("the name of a set is letters, digits, - and _", "rules call it  $name")
    if isinstance(node, Text):
        hint = f"write  {name}: [missile, rocket]  or  {name}: {{file: lists/{name}.txt}}"
        raise Wrong("a set is a list", hint)
    words = tuple(_words(book, node, ""))
    if len(words) > MEMBERS:
        raise Wrong(f"a set of {len(words):,} entries; {MEMBERS:,} are the most", "make several sets of it")
    return words


def _words(book: Book, node: Node, language: str) -> Iterator[SetWord]:
    """Of a list, a file, or a table of languages with a list or a file each."""
    if isinstance(node, Table):
        yield from _file_or_languages(book, node, language)
        return
    if isinstance(node, List) and not node.values:
        raise Wrong("this set is empty", "write at least one word")
    for value in book.values(node):
        with book.noting(value):
            if isinstance(value, Table):
                yield from _file_or_languages(book, value, language)
            else:
                yield SetWord(_short(value_of.given(book.text(value))), book, language)


def _file_or_languages(book: Book, node: Table, language: str) -> Iterator[SetWord]:
    keys = [key.raw for key, _ in node.pairs]
    if keys == ["file"]:
        yield from _listed(book, node.pairs[0][1], language)
    elif "file" in keys:
        raise Wrong("file stands alone", "give each language its list:  ar: {file: lists/ar.txt}")
    elif language or not keys:
        raise Wrong("a list of words is wanted here", "write  [missile, rocket]  or  {file: lists/words.txt}")
    else:
        spoken = {key.raw: key for key, _ in node.pairs}
        for name, value in book.table(node, spoken, "a set").items():
            with book.noting(value):
                yield from _words(book, value, _language(spoken[name]))


def _short(text: Text) -> Text:
    if len(text.value) > LONGEST:
        raise Wrong(
            f"an entry of {len(text.value):,} characters; {LONGEST:,} are the most", "is a line end missing?"
        )
    return text


def _language(key: Text) -> str:
    if key.raw == "any":
        return ""
    if key.raw in LANGUAGES:
        return key.raw
    meant = language_of(key.raw)
    hint = "its keys are  file,  any,  and languages:  {any: [Iraq], ar: [العراق]}"
    raise Wrong(f"unknown key {shown(key)}", f"did you mean  {meant}  ?" if meant else hint, key.start)


def _listed(book: Book, node: Node, language: str) -> Iterator[SetWord]:
    """The lines of a file. Raises Wrong for one that is not there, or says nothing."""
    name = value_of.given(book.text(node))
    listed = book.beside(name, LIST_SIZE)
    texts = listed.lines()
    if texts == ():
        raise Wrong(f"{shown(name)} has no words in it", "write one word or phrase a line", name.start)
    for text in texts or ():
        with listed.noting(text):
            yield SetWord(_short(text), listed, language)
