"""Real pages with what people say is on them: text, segments, lines that are none of it, dates."""

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.model import Article, Unreadable
from monitor.sources.article import read_page
from monitor.sources.layout import letters_of
from monitor.sources.plain import plain

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Page:
    """`text`: the gold body. `wanted`, `unwanted`: segments that must be read, and must not. `day`: ISO."""

    name: str
    url: str
    body: bytes
    text: str = ""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    day: str = ""


def fundus(folder: Path) -> Iterator[Page]:
    """152 news pages with their text; the lines among them that point elsewhere."""
    related: dict[str, list[str]] = {}
    for told in (folder.parent / "related-lines" / "related.dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(told)
        related.setdefault(row["file"], []).append(row["line"].removeprefix("- ").strip())
    with gzip.open(folder / "index.dev.jsonl.gz", "rt", encoding="utf-8") as index:
        for row in map(json.loads, index):
            lines = tuple(related.get(row["file"], ()))
            body, day = gzip.decompress((folder / row["file"]).read_bytes()), (row["published"] or "")[:10]
            yield Page(row["file"], row["url"], body, row["text"], related=lines, day=day)


def segments(folder: Path) -> Iterator[Page]:
    """Pages of all kinds with a few segments of text."""
    for url, row in json.loads((folder / "evaldata.dev.json").read_text("utf-8")).items():
        found = (folder / room / f"{row['file']}.gz" for room in ("eval", "cache"))
        path = next(filter(Path.exists, found), None)
        if path is not None:
            wanted, unwanted = (tuple(map(plain, row[name])) for name in ("with", "without"))
            body, day = gzip.decompress(path.read_bytes()), (row.get("date") or "")[:10]
            yield Page(row["file"], url, body, wanted=wanted, unwanted=unwanted, day=day)


def dated(folder: Path) -> Iterator[Page]:
    """Pages with a date."""
    for row in json.loads((folder / "expected.json").read_text("utf-8")):
        path, day = folder / "fixtures" / f"{row['fixture']}.gz", row["expected"].get("date_published")
        if day and path.exists():
            yield Page(row["fixture"], row["url"], gzip.decompress(path.read_bytes()), day=day[:10])


@cache
def articles(folder: Path) -> tuple[tuple[Page, Article], ...]:
    """The pages of a corpus as we read them."""
    pages = {"fundus-pages": fundus, "trafilatura-eval": segments, "postlight-pages": dated}[folder.name]
    return tuple((page, read(page)) for page in pages(folder))


def read(page: Page) -> Article:
    found = read_page(page.body, page.url, "")
    return Article("", ()) if isinstance(found, Unreadable) else found


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def f1(text: str, gold: str) -> float:
    """Of bags of words."""
    found, wanted = words(text), words(gold)
    shared = (found & wanted).total()
    return 2 * shared / (found.total() + wanted.total()) if shared else 0.0


def wrongly_dropped(page: Page, article: Article) -> int:
    """Words of the gold that were found, and that rules do not see."""
    there = words(page.text) & words("\n".join(block.text for block in article.blocks))
    return (there - words(article.text)).total()


def kept(page: Page, article: Article) -> list[str]:
    """The related lines that rules see."""
    seen = letters_of(article.text)
    return [line for line in page.related if letters_of(line) in seen]
