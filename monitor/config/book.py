"""A file of the config while it is read: its values with what `${…}` stands for, and every problem so far."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from monitor.config import marked
from monitor.config.marked import Lines, List, Node, Table, Text, Wrong, offsets_in_file
from monitor.config.outside import FILLED, SIZE, UNREADABLE, content, masked, meaning, secrets
from monitor.errors import ConfigError
from rules import Problem, RuleError

TOLD = 500  # problems; of a file that is something else every line is wrong, and nobody reads 100,000
_NO_HINTS: Mapping[str, str] = {}
_AT_LEAST = "it needs at least  feeds:  and  rules:"

T = TypeVar("T")
Reader = Callable[["Book", Node], Any]
Schema = Mapping[str, Reader]


def open_book(path: Path, environ: Mapping[str, str]) -> "Book":
    """The book of a config. Raises ConfigError for a file that cannot be read."""
    try:
        return Book(path, environ, str(path), content(path, SIZE, str(path)))
    except Wrong as wrong:
        raise ConfigError([f"{wrong.what}\n  hint: {wrong.hint}"]) from None


class Book:
    """Reading goes on after a problem, so that all of them are told at once; `close` raises them.

    A file that this one names gets a book of its own, whose problems follow.
    """

    def __init__(self, path: Path, environ: Mapping[str, str], name: str, data: bytes) -> None:
        self.folder = path.absolute().parent
        self.environ = environ
        self.notes: list[str] = []
        self.path = path
        self._name = name
        self._problems: list[tuple[int, str]] = []
        self._named: list[Book] = []
        self._walked: tuple[Text | None, Sequence[int]] = (None, ())  # the last value, with its offsets
        self._text = data.decode("utf-8-sig", "surrogateescape")
        for at in secrets(self._text):
            self.add(at, "a Slack secret stands in this file", _NOT_HERE)

    def beside(self, name: Text, limit: int = SIZE) -> "Book":
        """The book of a file that this one names. Raises Wrong for one that cannot be read."""
        try:
            data = content(self.folder / name.value, limit, shown(name))
        except Wrong as wrong:
            raise Wrong(wrong.what, wrong.hint, name.start) from None
        book = Book(self.path.parent / name.value, self.environ, str(self.path.parent / name.raw), data)
        self._named.append(book)
        return book

    # --- problems ---

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    @property
    def told(self) -> int:
        """How many problems it has so far."""
        return len(self._problems)

    def where(self, at: int) -> str:
        """`config.yaml:7:12`."""
        line, column = self._lines.place(at)
        return f"{self._name}:{line}:{column}"

    def _offset(self, text: Text, offset: int) -> int:
        """In the file, of a character of a value. A rule of a megabyte is gone through once, not for each."""
        walked, offsets = self._walked
        if walked is not text:
            offsets = offsets_in_file(self._text, text)
            self._walked = text, offsets
        return offsets[offset]

    def where_in(self, text: Text, offset: int) -> str:
        """Of a character of a value; of a value that was filled in, where it begins."""
        plain = text.raw == text.value
        return self.where(self._offset(text, offset) if plain else text.start)

    def add(self, at: int, what: str, hint: str = "") -> None:
        lines = [f"{self.where(at)}: {what}"] + [f"  hint: {hint}"] * bool(hint)
        self._problems.append((at, masked("\n".join(lines))))

    def add_rule(self, text: Text, problem: Problem) -> None:
        """What the rule language says, with a caret under the words it is about."""
        if text.raw != text.value:
            self.add(text.start, "this is not a rule once ${…} is filled in", "write the words themselves")
            return
        self.add(self._offset(text, problem.start), str(RuleError(text.value, [problem])))

    def add_wrong(self, node: Node, wrong: Wrong, prefix: str = "") -> None:
        at = node.start if wrong.at is None else wrong.at
        self.add(at, f"{prefix}: {wrong.what}" if prefix else wrong.what, wrong.hint)

    @contextmanager
    def noting(self, node: Node, prefix: str = "") -> Iterator[None]:
        """What goes wrong inside is a problem at this value; reading goes on after it."""
        try:
            yield
        except Wrong as wrong:
            self.add_wrong(node, wrong, prefix)

    def close(self) -> None:
        """Raises ConfigError if there is a problem."""
        if next(self._told(), None):
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raises ConfigError with every problem, file by file, in the order of the file."""
        problems = list(self._told())
        more = [f"… and {len(problems) - TOLD:,} more problems"] * (len(problems) > TOLD)
        raise ConfigError(problems[:TOLD] + more)

    def _told(self) -> Iterator[str]:
        yield from (problem for _, problem in sorted(self._problems, key=lambda pair: pair[0]))
        for book in self._named:
            yield from book._told()

    def line_of(self, at: int, reader: "Book | None" = None) -> str:
        """`line 7`, with the name of this file where the reader has another one before him."""
        line = f"line {self._lines.place(at)[0]}"
        return line if reader in (None, self) else f"{self._name} {line}"

    # --- values ---

    def root(self) -> Table:
        """The whole document. Raises ConfigError when YAML cannot read it, or it is not a table."""
        root = self.document()
        if root is not None and not isinstance(root, Table):
            self.add(root.start, "this file is not a table of  key: value  lines", _AT_LEAST)
        return root if isinstance(root, Table) else self.refuse()

    def document(self, needs: str = _AT_LEAST) -> Node | None:
        """The whole document; None, with the problem told, when YAML cannot read it or nothing is in it."""
        try:
            if root := marked.read(self._text):
                return root
            self.add(0, "this file is empty", needs)
        except Wrong as wrong:
            self.add(wrong.at or 0, wrong.what, wrong.hint)
        return None

    def text(self, node: Node) -> Text:
        """One value with `${…}` filled in. Raises Wrong."""
        if type(node) is not Text:
            what, hint = _KINDS[type(node)]
            raise field_as_key(node) or Wrong(f"one value is wanted here, not a {what}", hint)
        if not node.raw:
            self._refuse_comment(node)
        if node.style == '"' and UNREADABLE.search(node.raw):  # elsewhere YAML allows none
            raise Wrong("a control character in this value", "delete it")
        return node._replace(value=self._filled(node)) if "${" in node.raw else node

    def _refuse_comment(self, node: Text) -> None:
        """`to: #iran` is an empty value to YAML."""
        if not node.style and (comment := _COMMENT.match(self._text, node.start)):
            word = comment[1]
            raise Wrong(
                "this value is empty: # starts a comment", f'write  {word}  or, with quotes,  "#{word}"'
            )

    def values(self, node: Node) -> tuple[Node, ...]:
        """The values of a list; one value alone is a list of one."""
        return node.values if type(node) is List else (node,)

    def filled_list(self, node: Node | None, name: str, hint: str) -> tuple[Node, ...]:
        """The values of a list that must have some; without any, that is told."""
        values = self.listed(node)
        if not values:
            self.add(node.start if node else 0, f"there are no {name}", hint)
        return values

    def listed(self, node: Node | None) -> tuple[Node, ...]:
        """The values of a list; none of one that is empty, or not there."""
        empty = node is None or (isinstance(node, Text) and not node.raw)
        return () if node is None or empty else self.values(node)

    def table(
        self, node: Node, known: Collection[str], name: str, hints: Mapping[str, str] = _NO_HINTS
    ) -> dict[str, Node]:
        """The pairs of a table, each key known and there once; an empty value is an empty table.

        `hints` say where keys belong that are known elsewhere.
        """
        if isinstance(node, Text) and not node.raw and not node.style:
            return {}
        if not isinstance(node, Table):
            self.add(node.start, f"{name} must be a table of  key: value  lines", _keys(known))
            return {}
        pairs: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.raw in known and key.raw not in pairs:
                pairs[key.raw] = value
            else:
                self._refuse_key(node, key, known, hints)
        return pairs

    def _refuse_key(self, table: Table, key: Text, known: Collection[str], hints: Mapping[str, str]) -> None:
        if key.raw not in known:
            hint = hints.get(key.raw) or nearest(key.raw, known) or _keys(known)
            self.add(key.start, f"unknown key {shown(key)}", hint)
            return
        first = next(other for other, _ in table.pairs if other.raw == key.raw)
        what, hint = (
            f'the key "{key.raw}" stands twice',
            f"the first is in {self.line_of(first.start)}; keep one",
        )
        self.add(key.start, what, hint)

    def fields(self, pairs: Mapping[str, Node], schema: Schema, name: str = "") -> dict[str, Any]:
        """The values of those keys that the schema names; a key with a wrong value is left out."""
        values: dict[str, Any] = {}
        for key, node in pairs.items():
            if reader := schema.get(key):
                try:
                    values[key] = reader(self, node)
                except Wrong as wrong:
                    self.add_wrong(node, wrong, f"{name}.{key}" if name else key)
        return values

    def section(self, top: Mapping[str, Node], name: str, known: Collection[str]) -> dict[str, Node]:
        """The pairs of a table at the top of the file; none when it is not there."""
        return self.table(top[name], known, name) if name in top else {}

    def _filled(self, text: Text) -> str:
        def stands_for(found: re.Match[str]) -> str:
            if found[0] == "$${":
                return "${"
            try:
                return meaning(found["name"], self.environ, self.folder)
            except Wrong as wrong:
                raise Wrong(wrong.what, wrong.hint, self._offset(text, found.start())) from None

        return FILLED.sub(stands_for, text.raw)

    # --- lists in files of their own ---

    def lines(self) -> tuple[Text, ...] | None:
        """What stands on the lines of a plain text, without comments and empty lines; None as above."""
        try:
            marked.refuse_unreadable(self._text)
        except Wrong as wrong:
            self.add(wrong.at or 0, wrong.what, wrong.hint)
            return None
        return tuple(_lines(self._text))


def _lines(text: str) -> Iterator[Text]:
    for line in _LINE.finditer(text):
        said = _ASIDE.split(line[0], maxsplit=1)[0]
        start = line.start() + len(said) - len(said.lstrip())
        if word := said.strip():
            yield Text(word, word, start)


def one(read_text: Callable[[Text], T]) -> Callable[[Book, Node], T]:
    """Reads one value."""
    return lambda book, node: read_text(book.text(node))


def many(read_text: Callable[[Text], T]) -> Callable[[Book, Node], tuple[T, ...]]:
    """Reads a list, each value once; one value alone is a list of one."""

    def reader(book: Book, node: Node) -> tuple[T, ...]:
        found: dict[T, None] = {}
        for value in book.values(node):
            try:
                found[read_text(book.text(value))] = None
            except Wrong as wrong:
                book.add_wrong(value, wrong)
        return tuple(found)

    return reader


def filled(read_text: Callable[[Text], T]) -> Callable[[Book, Node], tuple[T, ...]]:
    """Reads a list that must have values."""
    read = many(read_text)

    def reader(book: Book, node: Node) -> tuple[T, ...]:
        if isinstance(node, List) and not node.values:
            raise Wrong("this list is empty", "write a value, or leave the line out")
        return read(book, node)

    return reader


def field_as_key(node: Node) -> Wrong | None:
    """YAML makes a table of `- title: missile`, which was meant as `title:missile`."""
    if not isinstance(node, Table) or not node.pairs:
        return None
    key = node.pairs[0][0]
    if scoped := _FIELD_AS_KEY.fullmatch(key.raw):
        what = 'in YAML ": " makes a key of what stands before it'
        return Wrong(what, f"write  {scoped[1]}:missile  without the space", key.start)
    return None


_FIELDS = r"title|body|text|lead|first/\d+|sentence|paragraph|exact|case|stem"
_FIELD_AS_KEY = re.compile(rf"(?:.*[\s(])?({_FIELDS})", re.DOTALL)
_KINDS = {
    List: ("list", "write it without [ ] and without -"),
    Table: ("table", 'write it without a key before it; a text with ": " in it is put in quotes'),
}


def shown(text: Text) -> str:
    """The value as the file has it, in quotes, short and on one line."""
    return quoted(text.raw)


def quoted(raw: str) -> str:
    line = "".join(char if char.isprintable() else " " for char in raw)
    return f'"{line if len(line) <= 80 else line[:79] + "…"}"'


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …`, or empty when nothing known is close."""
    close = get_close_matches(word[:80], list(known), n=1)
    return f"did you mean  {close[0]}  ?" if close else ""


def _keys(known: Iterable[str]) -> str:
    return f"its keys are {', '.join(known)}"


_NOT_HERE = "write  ${SLACK_BOT_TOKEN:-}  here and set it in the environment; was this file shared, revoke it"
_COMMENT = re.compile(r"[ \t]*#([^\s#,\]}]+)")
_LINE = re.compile(r"[^\r\n]+")
_ASIDE = re.compile(r"(?:^|(?<=\s))#")  # as in YAML: C# is no comment
