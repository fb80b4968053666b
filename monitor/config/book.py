"""A config file while it is read: its values, what `${…}` stands for, and every problem found so far."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from monitor.config.marked import Lines, List, Node, Table, Text, Wrong, offset_in_file, read
from monitor.errors import ConfigError
from rules import Problem, RuleError

SIZE = 32 << 20  # bytes of a config or an OPML file; 100,000 rules with ids and channels are 6 MB
SECRET_SIZE = 64 << 10  # bytes of a ${file:…}

T = TypeVar("T")
Reader = Callable[["Book", Node], Any]
Schema = Mapping[str, Reader]


class Book:
    """Reading goes on after a problem, so that all of them are told at once; `close` raises them."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.folder = path.absolute().parent
        self.notes: list[str] = []
        self._name = str(path)
        self._environ = environ
        self._problems: list[tuple[int, str]] = []
        self._text = self._decoded(self._content(path))
        self._lines = Lines(self._text)
        for token in SLACK_SECRET.finditer(self._text):
            self.add(token.start(), "a Slack secret stands in this file", _NOT_HERE)

    # --- problems ---

    def add(self, at: int, what: str, hint: str = "") -> None:
        line, column = self._lines.place(at)
        lines = [f"{self._name}:{line}:{column}: {what}"] + [f"  hint: {hint}"] * bool(hint)
        self._problems.append((at, masked("\n".join(lines))))

    def add_rule(self, text: Text, problem: Problem) -> None:
        """What the rule language says, with a caret under the words it is about."""
        if text.raw != text.value:
            self.add(text.start, "this is not a rule once ${…} is filled in", "write the words themselves")
            return
        at = offset_in_file(self._text, text, problem.start)
        self.add(at, str(RuleError(text.value, [problem])))

    @contextmanager
    def noting(self, node: Node, prefix: str = "") -> Iterator[None]:
        """What goes wrong inside is a problem at this value; reading goes on after it."""
        try:
            yield
        except Wrong as wrong:
            at = node.start if wrong.at is None else wrong.at
            self.add(at, f"{prefix}: {wrong.what}" if prefix else wrong.what, wrong.hint)

    def close(self) -> None:
        """Raises ConfigError with every problem, in the order of the file."""
        if self._problems:
            raise ConfigError([problem for _, problem in sorted(self._problems, key=lambda pair: pair[0])])

    def line_of(self, node: Node) -> int:
        return self._lines.place(node.start)[0]

    # --- values ---

    def root(self) -> Table:
        """The whole document. Raises ConfigError when YAML cannot read it, or nothing is in it."""
        try:
            root = read(self._text)
            if root is None:
                raise Wrong("this file is empty", _AT_LEAST, 0)
            if not isinstance(root, Table):
                raise Wrong("this file is not a table of  key: value  lines", _AT_LEAST, root.start)
            return root
        except Wrong as wrong:
            self.add(wrong.at or 0, wrong.what, wrong.hint)
            self.close()
            raise

    def text(self, node: Node) -> Text:
        """One value with `${…}` filled in. Raises Wrong."""
        if not isinstance(node, Text):
            raise Wrong(f"one value is wanted here, not a {'list' if isinstance(node, List) else 'table'}")
        if not node.raw and not node.style and (comment := _COMMENT.match(self._text, node.end)):
            word = comment[1]
            raise Wrong(
                "this value is empty: # starts a comment", f'write  {word}  or, with quotes,  "#{word}"'
            )
        if _UNREADABLE.search(node.raw):
            raise Wrong("a control character in this value", "delete it")
        return node._replace(value=self._filled(node))

    def values(self, node: Node) -> tuple[Node, ...]:
        """The values of a list; one value alone is a list of one."""
        return node.values if isinstance(node, List) else (node,)

    def table(
        self, node: Node, known: Iterable[str], name: str, later: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The pairs of a table, each key known and there once; an empty value is an empty table."""
        if isinstance(node, Text) and not node.raw and not node.style:
            return {}
        if not isinstance(node, Table):
            self.add(node.start, f"{name} must be a table of  key: value  lines", _keys(known))
            return {}
        found: dict[str, Text] = {}
        pairs: dict[str, Node] = {}
        for key, value in node.pairs:
            if problem := _key_problem(key, tuple(known), tuple(later)):
                self.add(key.start, *problem)
            elif key.raw in found:
                first = self.line_of(found[key.raw])
                self.add(
                    key.start, f'the key "{key.raw}" stands twice', f"the first is in line {first}; keep one"
                )
            else:
                found[key.raw], pairs[key.raw] = key, value
        return pairs

    def fields(self, pairs: Mapping[str, Node], schema: Schema, name: str = "") -> dict[str, Any]:
        """The values of those keys that the schema names; a key with a wrong value is left out."""
        values: dict[str, Any] = {}
        for key, reader in schema.items():
            if key in pairs:
                with self.noting(pairs[key], f"{name}.{key}" if name else key):
                    values[key] = reader(self, pairs[key])
        return values

    def section(self, top: Mapping[str, Node], name: str, known: Iterable[str]) -> dict[str, Node]:
        """The pairs of a table at the top of the file; none when it is not there."""
        return self.table(top[name], known, name) if name in top else {}

    # --- files and the environment ---

    def _content(self, path: Path) -> bytes:
        try:
            return content(path, SIZE, self._name)
        except Wrong as wrong:
            raise ConfigError([f"{wrong.what}\n  hint: {wrong.hint}"]) from None

    def _decoded(self, data: bytes) -> str:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8-sig")
            line, column = Lines(before).place(len(before))
            what = f"this is not UTF-8 text (byte 0x{data[error.start]:02x})"
            place = f"{self._name}:{line}:{column}"
            raise ConfigError([f"{place}: {what}\n  hint: save the file as UTF-8"]) from None

    def _filled(self, text: Text) -> str:
        def stands_for(found: re.Match[str]) -> str:
            if found[0] == "$${":
                return "${"
            try:
                return meaning(found["name"], self._environ, self.folder)
            except Wrong as wrong:
                raise Wrong(wrong.what, wrong.hint, offset_in_file(self._text, text, found.start())) from None

        return FILLED.sub(stands_for, text.raw) if "${" in text.raw else text.raw


def one(read_text: Callable[[Text], T]) -> Callable[[Book, Node], T]:
    """Reads one value."""
    return lambda book, node: read_text(book.text(node))


def many(read_text: Callable[[Text], T]) -> Callable[[Book, Node], tuple[T, ...]]:
    """Reads a list, each value once; one value alone is a list of one."""

    def reader(book: Book, node: Node) -> tuple[T, ...]:
        found: dict[T, None] = {}
        for value in book.values(node):
            with book.noting(value):
                found[read_text(book.text(value))] = None
        return tuple(found)

    return reader


def shown(text: Text) -> str:
    """The value as the file has it, in quotes, short and on one line."""
    line = "".join(char if char.isprintable() else " " for char in text.raw)
    return f'"{line if len(line) <= 80 else line[:79] + "…"}"'


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …`, or empty when nothing known is close."""
    close = get_close_matches(word[:80], list(known), n=1)
    return f"did you mean  {close[0]}  ?" if close else ""


def _key_problem(key: Text, known: tuple[str, ...], later: tuple[str, ...]) -> tuple[str, str] | None:
    if key.raw in known:
        return None
    if key.raw in later:
        return f'"{key.raw}" is not part of this version', nearest(key.raw, known) or _keys(known)
    return f"unknown key {shown(key)}", nearest(key.raw, known) or _keys(known)


def _keys(known: Iterable[str]) -> str:
    return f"its keys are {', '.join(known)}"


# --- secrets, ${…}, files -----------------------------------------------------------------------------------

# Bot, user and app tokens, rotated ones included, and the address of an incoming webhook.
SLACK_SECRET = re.compile(
    r"\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-|hooks\.slack\.com/services/)[\w/-]{4,}", re.ASCII
)
_NOT_HERE = "write  ${SLACK_BOT_TOKEN:-}  here and set it in the environment; was this file shared, revoke it"
_AT_LEAST = "it needs at least  feeds:  and  rules:"
_COMMENT = re.compile(r"[ \t]*#([^\s#,\]}]+)")

FILLED = re.compile(r"\$\$\{|\$\{(?P<name>[^{}]*\}?)")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^{}]*)?\}")
_FORMS = "the forms are  ${NAME}, ${NAME:-default}  and  ${file:/path}"


def masked(text: str) -> str:
    """Slack's secrets become as many dots, so that a caret stays under its word."""
    return SLACK_SECRET.sub(lambda found: "·" * len(found[0]), text)


def meaning(name: str, environ: Mapping[str, str], folder: Path) -> str:
    """What `${name}` stands for. Raises Wrong; its text never holds what was found."""
    if name.startswith("file:") and name.endswith("}"):
        return _secret_file(folder / name[5:-1])
    found = _VARIABLE.fullmatch(name)
    if found is None:
        raise Wrong(f"${{{name} is not closed or not a name", f"{_FORMS};  $${{  is a plain  ${{")
    value = environ.get(found["name"])
    if found["default"] is not None:
        value = value or found["default"][2:]
    if value is None:
        raise Wrong(
            f"{found['name']} is not set in the environment",
            f"set it, or give a default: ${{{found['name']}:-…}}",
        )
    if _UNREADABLE.search(value):
        raise Wrong(
            f"the value of {found['name']} is not readable text",
            "it must be UTF-8 without control characters",
        )
    return value


_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def _secret_file(path: Path) -> str:
    """Its text without the line end that editors and `echo` leave."""
    try:
        text = content(path, SECRET_SIZE, str(path)).decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if _UNREADABLE.search(text):
        raise Wrong(f"{path} is not readable text", "it must be UTF-8 without control characters")
    return text.rstrip("\r\n")


def content(path: Path, limit: int, name: str) -> bytes:
    """A file's bytes. Raises Wrong: it is not there, not a file, not ours to read, too large."""
    try:
        if not path.is_file():  # a pipe or a device would keep us waiting, or never end
            kind = "is a folder, not a file" if path.is_dir() else "is not a file"
            raise Wrong(f"{name} {kind if path.exists() else 'does not exist'}", "check the path")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise Wrong(f"{name} cannot be read: {reason.lower()}", "check its path and permissions") from None
    if len(data) > limit:
        raise Wrong(f"{name} is larger than {limit >> 10} KB", "check that it is the right file")
    return data
