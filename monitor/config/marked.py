"""YAML text -> values that know where they stand.

Every scalar is text: `NO`, `on`, `22:00`, `007` and `1e3` stay what was typed. The parser's events are read
rather than its nodes, and made into named tuples rather than dataclasses, which take three times as long:
100,000 rules take 1.2 s. Depth and aliases are bounded on the way.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

# A config is three deep; libyaml's time for nested brackets grows with the square (200,000 of them: 80 s).
DEPTH = 16
# Values that aliases may unfold to. A bomb reaches billions from ten lines.
UNFOLDED = 10_000


class Wrong(Exception):
    """One thing that is wrong. `at` is its offset in the file; None: at the value being read."""

    def __init__(self, what: str, hint: str = "", at: int | None = None) -> None:
        super().__init__(what, hint, at)
        self.what = what
        self.hint = hint
        self.at = at


class Text(NamedTuple):
    """A scalar. `raw` is what the file says, `value` what it means once `${…}` is filled in."""

    value: str
    raw: str
    start: int
    style: str = ""  # the quote, | or >; empty: plain


class List(NamedTuple):
    values: tuple["Node", ...]
    start: int


class Table(NamedTuple):
    """Pairs as they stand in the file, double keys included."""

    pairs: tuple[tuple[Text, "Node"], ...]
    start: int


Node = Text | List | Table


def read(text: str) -> Node | None:
    """The one document of a YAML text; None: it has no content. Raises Wrong, and nothing else.

    YAML ends a value at its closing quote. A rule that begins with a quote and goes on after it is taken
    as typed; only a text that YAML refuses is touched for that.
    """
    refuse_unreadable(text)
    try:
        return _Builder(text, ()).document()
    except yaml.YAMLError as error:
        quieter, typed = _as_typed(text)
        if not typed:
            raise _explained(text, error) from None
    try:
        return _Builder(quieter, typed).document()
    except yaml.YAMLError as error:
        raise _explained(text, error) from None


def refuse_unreadable(text: str) -> None:
    """Raises Wrong at the first character that is none: bytes that were not UTF-8 are surrogates here."""
    if control := _CONTROL.search(text):
        raise Wrong(*_unprintable(control[0]), at=control.start())


_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def _unprintable(char: str) -> tuple[str, str]:
    if "\udc80" <= char <= "\udcff":
        return f"this is not UTF-8 text (byte 0x{ord(char) & 0xFF:02x})", "save the file as UTF-8"
    what = f"a character that YAML does not allow (U+{ord(char):04X})"
    return what, "delete it; if there are many, this is not a text file"


# --- where things stand --------------------------------------------------------------------------------


class Lines:
    """Offsets in a text -> line and column as an editor counts them, from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1


def offsets_in_file(file: str, text: Text) -> Sequence[int]:
    """Where each character of a scalar's raw text stands in the file, and its end, in every style of YAML."""
    at = text.start + len(text.style)
    if text.style in ("|", ">"):
        at = file.find("\n", at) + 1
    offsets = array("I")
    for char in f"{text.raw}\n":
        at = _skipped(file, at, char, text.style)
        offsets.append(at)
        at += _width(file, at, text.style)
    return offsets


def _skipped(file: str, at: int, char: str, style: str) -> int:
    """Past what YAML folds away before `char`: line ends and indentation."""
    if style == '"':
        at = _FOLDED_AWAY.match(file, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    if char == "\n" or file.startswith("\\", at):
        return at
    while char != " " and file[at : at + 1].isspace():
        at += 1
    return at


def _width(file: str, at: int, style: str) -> int:
    """How many characters of the file make the one that stands here."""
    if style == '"' and (escape := _ESCAPE.match(file, at)):
        return len(escape[0])
    return 2 if style == "'" and file.startswith("''", at) else 1


_FOLDED_AWAY = re.compile(r"(?:\\\r?\n[ \t]*)*")
_ESCAPE = re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|.)", re.DOTALL)


# --- rules as typed ------------------------------------------------------------------------------------

# Stands for one character of a typed rule while YAML reads the file, so that every place stays true.
_VEIL = "\ue0f7"
_LINE = re.compile(r"[^\n]*\n?")
_LIST = re.compile(r"\s*(?:#[^\n]*\n\s*)*- ")
_SECTION = re.compile(r"[\"']?([\w-]+)[\"']?\s*:")
_OPENS = re.compile(r"[ \t]*(?:- +(?:match: +)?|match: +)(?=[\"'])")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
# Up to a comment or the end of the line.
_SAID = re.compile(r'(?:"[^"\n]*"|"(?![^"\n]*")|(?<!\s)#|[^"#\r\n])*')


def _as_typed(text: str) -> tuple[str, Sequence[tuple[int, str]]]:
    """The text with the rules typed in quotes veiled, and those rules with their offsets."""
    typed = [] if _VEIL in text else list(_typed(text))
    quieter = list(text)
    for at, said in typed:
        quieter[at : at + len(said)] = _VEIL * len(said)
    return "".join(quieter), typed


def _typed(text: str) -> Iterator[tuple[int, str]]:
    """Values under `rules:`, or of a file that is a list, that begin with a quote and go on after it."""
    section = "rules" if _LIST.match(text) else ""
    for line in _LINE.finditer(text):
        if named := _SECTION.match(line[0]):
            section = named[1]
        opens = _OPENS.match(text, line.start(), line.end())
        if section == "rules" and opens and _goes_on(text, opens.end(), line.end()):
            said = _SAID.match(text, opens.end(), line.end())
            yield opens.end(), said[0].rstrip() if said else ""


def _goes_on(text: str, start: int, end: int) -> bool:
    """Is there more on this line after the closing quote than a comment, or the colon that makes it a key?"""
    quoted = _QUOTED.match(text, start, end)
    if quoted is None:
        return False
    rest = text[quoted.end() : end]
    return bool(rest.strip()) and not re.match(r"\s+#|\s*:(\s|$)", rest)


# --- events -> values ----------------------------------------------------------------------------------


class _Builder:
    """100,000 rules are 800,000 events, so it asks the parser itself: `yaml.parse` asks twice for each."""

    def __init__(self, text: str, typed: Sequence[tuple[int, str]]) -> None:
        self._file = text
        parser: Any = yaml.CBaseLoader(text)
        self._next = parser.get_event
        self._typed = typed
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._unfolded = 0

    def document(self) -> Node | None:
        root: Node | None = None
        while (event := self._next()) is not None:
            if type(event) in _DOCUMENT:
                if root is not None:
                    raise Wrong(*_SECOND_DOCUMENT, at=event.start_mark.index)
                root = self._node(self._next(), 0)
        return None if isinstance(root, Text) and not (root.raw or root.style) else root

    def _node(self, event: Any, depth: int) -> Node:
        if type(event) is yaml.ScalarEvent and event.tag is None and event.anchor is None:
            return self._text(event)
        if type(event) is yaml.AliasEvent:
            return self._alias(event)
        return self._marked(event, depth)

    def _marked(self, event: Any, depth: int) -> Node:
        """A list, a table, or a scalar with an anchor."""
        start = event.start_mark.index
        if event.tag is not None:
            raise Wrong("tags (!…) are not used here", "put a value that begins with ! in quotes", start)
        if depth > DEPTH:
            raise Wrong("too many lists inside lists", "", start)
        before = self._count
        node = self._content(event, start, depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._count - before
        return node

    def _content(self, event: Any, start: int, depth: int) -> Node:
        if type(event) is yaml.ScalarEvent:
            anchor = _ANCHOR.match(self._file, start)
            return self._text(event)._replace(start=anchor.end() if anchor else start)
        self._count += 1
        if type(event) is yaml.SequenceStartEvent:
            return List(self._list(depth), start)
        return Table(self._table(depth), start)

    def _list(self, depth: int) -> tuple[Node, ...]:
        values = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            values.append(self._node(event, depth))
        return tuple(values)

    def _table(self, depth: int) -> tuple[tuple[Text, Node], ...]:
        pairs = []
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key, value = self._key(event), self._node(self._next(), depth)
            if type(value) is Text and not value.raw and not value.style:
                value = self._behind(event.end_mark.index, value)
            pairs.append((key, value))
        return tuple(pairs)

    def _behind(self, key_end: int, value: Text) -> Text:
        """An empty value stands behind its colon; YAML would put it before the next thing in the file."""
        return value._replace(start=max(self._file.find(":", key_end) + 1, key_end))

    def _key(self, event: Any) -> Text:
        key = self._node(event, 0) if type(event) in _ONE_WORD else None
        if type(key) is not Text:
            raise Wrong("a key must be one word", "write  key: value", event.start_mark.index)
        if key.raw == "<<" and not key.style:
            raise Wrong("merge keys (<<) are not used here", "write the keys out", key.start)
        return key

    def _text(self, event: Any) -> Text:
        self._count += 1
        start: int = event.start_mark.index
        value = self._unveiled(event, start) if self._typed else event.value
        return _new(Text, (value, value, start, event.style or ""))

    def _unveiled(self, event: Any, start: int) -> str:
        if _VEIL not in event.value:
            return str(event.value)
        end = event.end_mark.index
        inside = slice(bisect_left(self._typed, (start, "")), bisect_left(self._typed, (end, "")))
        said = iter(self._typed[inside])
        return re.sub(f"{_VEIL}+", lambda _: next(said)[1], event.value)

    def _alias(self, event: Any) -> Node:
        at = event.start_mark.index
        if event.anchor not in self._anchors:
            raise Wrong(
                f"*{event.anchor} repeats a value that no & above it names", _QUOTE_IT.format("*"), at
            )
        node, size = self._anchors[event.anchor]
        self._count += size
        self._unfolded += size
        if self._unfolded > UNFOLDED:
            raise Wrong("the *aliases of this file unfold to too much", "write the values out", at)
        return node


_new = tuple.__new__  # a NamedTuple's own takes 0.3 µs more, of which there are 600,000 in 100,000 rules
_DOCUMENT = (yaml.DocumentStartEvent,)
_ONE_WORD = (yaml.ScalarEvent, yaml.AliasEvent)
_ANCHOR = re.compile(r"(?:&\S+\s*)?")


# --- what YAML says, in plain words --------------------------------------------------------------------

_QUOTE_IT = 'a value that begins with {} must stand in quotes: "{}…"'.replace("{}", "{0}")
_SECOND_DOCUMENT = ("a second document begins here (---)", "keep one document in a file")
_PLAIN_WORDS = {
    "mapping values are not allowed": (
        'a ": " that YAML does not expect here',
        "if it belongs to the value, put the whole value in quotes; otherwise check the indentation",
    ),
    "block sequence entries are not allowed": (
        "a list cannot begin here",
        "begin it on the next line, with - before each value",
    ),
    "did not find expected <document start>": _SECOND_DOCUMENT,
    "unknown escape": (
        "in double quotes \\ begins an escape, and this is none",
        "use single quotes, or write \\\\ for a backslash",
    ),
}


def _explained(text: str, error: yaml.YAMLError) -> Wrong:
    """YAML stops at its first mistake: what it is, and what to do."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Wrong(*_unprintable("\ufeff"), at=getattr(error, "position", 0))
    problem, at = error.problem or "", error.problem_mark.index
    opened = error.context_mark.index if error.context_mark else at
    if text[at : at + 1] == "\t" or "tab" in problem:
        return Wrong("a tab; YAML is indented with spaces", "replace it by spaces", at)
    if "cannot start any token" in problem:
        char = text[at : at + 1]
        return Wrong(f"a value cannot begin with {char} in YAML", _QUOTE_IT.format(char), at)
    if "quoted scalar" in (error.context or "") and "end of stream" in problem:
        return Wrong("this quote is never closed", "", opened)
    if "',' or" in problem:
        return _unclosed(text, opened, at)
    if "could not find expected ':'" in problem:
        return Wrong(
            "this line is neither  key: value  nor  - value", "check it for a missing : or -", opened
        )
    if "did not find expected" in problem and "document" not in problem:
        return _unexpected(text, at)
    known = (words for part, words in _PLAIN_WORDS.items() if part in problem)
    return Wrong(*next(known, (problem, "YAML cannot read on from here")), at=at)


def _unclosed(text: str, opened: int, at: int) -> Wrong:
    bracket = text[opened : opened + 1]
    if _COMMENTED.match(text, opened):
        return Wrong(f"this {bracket} is never closed: # starts a comment", _QUOTE_IT.format("#"), opened)
    if "\n" in text[opened:at].rstrip() or at >= len(text.rstrip()):
        return Wrong(f"this {bracket} is not closed", "", opened)
    close = "]" if bracket == "[" else "}"
    hint = f"inside {bracket} {close} put the whole value in quotes"
    return Wrong(f"a , or {close} is missing before this", hint, at)


_COMMENTED = re.compile(r"[\[{](?:[^\]}\n]*[\s,])?#")


def _unexpected(text: str, at: int) -> Wrong:
    """Either a value goes on where YAML has ended it, or a line stands in no column of its neighbours."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    rest = text[at:].partition("\n")[0]
    opened = max(text.rfind("[", 0, at), text.rfind("{", 0, at), 0)
    if _COMMENTED.match(text, opened):
        return _unclosed(text, opened, at)
    if text[:at].rstrip().endswith(('"', "'")) and not re.match(r"- |[\"'\w-]+:", rest):
        hint = "write the whole value on the next line, after a | here, or put single quotes around all of it"
        return Wrong("the value goes on after its closing quote", hint, at)
    if not before.strip():
        what = "this line does not stand in the column of its neighbours"
        return Wrong(what, "lines of one list or table begin in the same column", at)
    return Wrong("YAML cannot read on from here", "put a value with such signs in quotes", at)
