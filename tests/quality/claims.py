"""What the tests of other feed parsers claim of small feeds, as far as we use it: one claim a fact.

feedparser writes `Expect:` and a Python expression into the first comment of a feed; gofeed lays a JSON of
what it read beside each.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from monitor.model import UNSEEN, Entry, FeedRead
from monitor.sources.feed import read_feed

FIELDS = ("title", "link", "date", "id", "content")
HOME = "http://127.0.0.1:8097/"  # where feedparser serves its tests, and what some of them expect in links


@dataclass(frozen=True, slots=True)
class Claim:
    """Of entry `number` of a file. `value` is text, or a datetime for a date."""

    file: str
    number: int
    what: str
    value: str | datetime

    @property
    def name(self) -> str:
        return f"{self.file} {self.number} {self.what}"


def deviations(folder: Path, claims: Iterator[Claim]) -> tuple[Counter[str], list[Claim]]:
    """How many claims there are of each field, and those that we do not agree with."""
    made = list(claims)
    return Counter(claim.what for claim in made), [claim for claim in made if not agrees(folder, claim)]


def agrees(folder: Path, claim: Claim) -> bool:
    ours = said(folder, claim)
    if claim.what in ("title", "content"):
        return words(ours) in (words(bare(claim.value)), words(claim.value))
    return ours == (claim.value.strip() if isinstance(claim.value, str) else claim.value)


def said(folder: Path, claim: Claim) -> Any:
    """What we make of it. Dates are read as on the day after, as ten years ago is not believable."""
    now = (
        claim.value + timedelta(days=0.5)
        if isinstance(claim.value, datetime)
        else datetime(2010, 1, 1, tzinfo=UTC)
    )
    read = _read(folder / claim.file, now)
    if not isinstance(read, FeedRead) or claim.number >= len(read.entries):
        return "no such entry"
    return _field(read.entries[claim.number], claim.what)


def _field(entry: Entry, what: str) -> Any:
    match what:
        case "title":
            return entry.title
        case "link":
            return entry.link
        case "id":
            return entry.guid
        case "date":
            return entry.published
    return " ".join(block.text for block in entry.blocks if block.zone not in UNSEEN)


@cache
def _read(path: Path, now: datetime) -> object:
    raw = path.read_bytes()
    return read_feed(raw, HOME + path.name, _header(raw, "Content-type"), now)


def _header(raw: bytes, name: str) -> str:
    found = re.search(rf"(?im)^\s*Header:\s*{name}:\s*(.+?)\s*$", raw[:2000].decode("latin-1"))
    return found[1] if found else ""


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def bare(html: Any) -> str:
    """What a reader reads of it; a script and a style are no words."""
    return unescape(re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", " ", str(html)))


# --- feedparser --------------------------------------------------------------------------------------------

_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_OF_FEEDPARSER = {
    ("title",): "title",
    ("title_detail", "value"): "title",
    ("link",): "link",
    ("id",): "id",
    ("guid",): "id",
    ("published_parsed",): "date",
    ("updated_parsed",): "date",
    ("created_parsed",): "date",
    ("description",): "content",
    ("summary",): "content",
    ("content", 0, "value"): "content",
    ("summary_detail", "value"): "content",
}


def of_feedparser(folder: Path) -> Iterator[Claim]:
    for path in sorted(folder.rglob("*.xml")):
        expected = _EXPECT.search(_text(path.read_bytes()))
        if expected:
            yield from _conjuncts(path.relative_to(folder).as_posix(), expected[1])


def _text(raw: bytes) -> str:
    """The first comment is ASCII, whatever comes behind it."""
    return raw.replace(b"\0", b"").decode("latin-1")


def _conjuncts(file: str, expression: str) -> Iterator[Claim]:
    try:
        tree = ast.parse(" ".join(expression.split()), mode="eval").body
    except SyntaxError:
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        match part:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                yield from _claims(file, _path(left), right)


def _path(node: ast.expr) -> list[Any]:
    """`entries[0]['content'][0].value` -> ["entries", 0, "content", 0, "value"]"""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=inner, attr=name):
            return [*_path(inner), name]
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            return [*_path(inner), key]
    return []


def _claims(file: str, path: list[Any], right: ast.expr) -> Iterator[Claim]:
    if path[:1] != ["entries"] or len(path) < 3 or (what := _OF_FEEDPARSER.get(tuple(path[2:]))) is None:
        return
    try:
        value = ast.literal_eval(right)
    except ValueError:
        return
    if what == "date" and isinstance(value, tuple):
        yield Claim(file, path[1], what, datetime(*value[:6], tzinfo=UTC))
    elif isinstance(value, str):
        yield Claim(file, path[1], what, value)


# --- gofeed ------------------------------------------------------------------------------------------------

_OF_GOFEED = {
    "title": "title",
    "link": "link",
    "url": "link",
    "links": "link",
    "guid": "id",
    "id": "id",
    "publishedParsed": "date",
    "pubDateParsed": "date",
    "updatedParsed": "date",
    "content": "content",
    "content_html": "content",
    "content_text": "content",
    "description": "content",
    "summary": "content",
}


def of_gofeed(folder: Path) -> Iterator[Claim]:
    for path in sorted(folder.rglob("*.json")):
        document = path.with_suffix(".xml")
        if path.stem.endswith("_expected"):
            document = path.with_name(path.name.replace("_expected", ""))
        if document != path and document.is_file():
            expected = json.loads(path.read_text("utf-8"))
            yield from _entries(document.relative_to(folder).as_posix(), expected or {})


def _entries(file: str, expected: Mapping[str, Any]) -> Iterator[Claim]:
    for number, fields in enumerate(expected.get("items") or expected.get("entries") or ()):
        found: dict[str, str | datetime] = {}
        for name, what in _OF_GOFEED.items():
            value = _value(fields.get(name), what)
            if value and what not in found:
                found[what] = value
        yield from (Claim(file, number, what, value) for what, value in found.items())


def _value(value: Any, what: str) -> str | datetime:
    if isinstance(value, list):
        value = next((one["href"] for one in value if _is_page(one)), "")
    if isinstance(value, Mapping):
        value = value.get("value")
    if not isinstance(value, str) or not value.strip():
        return ""
    return datetime.fromisoformat(value).astimezone(UTC).replace(microsecond=0) if what == "date" else value


def _is_page(link: Any) -> bool:
    return isinstance(link, Mapping) and "href" in link and link.get("rel", "alternate") == "alternate"
