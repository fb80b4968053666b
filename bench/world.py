"""Real feeds and pages as a newsroom on loopback serves them: their bytes, but each host an address of ours.

Links lead to 127.x.y.z, so nothing asks the internet; a path nobody has a page for answers 404. Namespaces,
DTDs and JSON Feed's version keep their names. `read_world` opens the folders; `World.serve` needs a newsroom
with `World.hosts` hosts.
"""

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
from yarl import URL

from tests.doors.newsroom import HTML, Answer, Newsroom, entry, rss

SEED_TITLE = "Iran manufacturing, upgrading missiles in Iraq, Israeli intelligence warns"
SEED_LINK = "https://worldisraelnews.com/iran-missiles-iraq/"
# Without a charset: these documents declare their own, and servers seldom know.
TYPES = {".json": "application/json", ".html": "text/html", ".opml": "text/x-opml"}
NO_FEEDS = re.compile(r"README|SOURCE|\.config$|\.expected(?:\.gz)?$")  # mails that rss2email expects

_WEB = re.compile(
    rb"(?P<kept>xmlns(?::[\w.-]+)?\s*=\s*[\"'][^\"']*[\"']|<!DOCTYPE[^>]*>|https://jsonfeed\.org)"
    rb"|https?://(?P<host>[\w-]+(?:\.[\w-]+)*(?::\d+)?)"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it is in the data folder; `name` says where."""

    name: str
    body: bytes
    type: str = "application/xml"


@dataclass(frozen=True, slots=True)
class Page:
    """A page at its real address. `text`: what somebody else says its article is; empty: nobody does."""

    link: str
    body: bytes
    text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as plain feedparser reads it from the bytes that are served, and the article on its page."""

    guid: str
    link: str
    title: str
    text: str
    date: str = ""
    article: str = ""

    @property
    def all_words(self) -> str:
        return f"{self.title}\n{self.text}\n{self.article}"


@dataclass(frozen=True, slots=True)
class Served:
    """A feed on loopback. `is_feed`: feedparser takes it for one."""

    name: str
    url: str
    is_feed: bool
    entries: tuple[Told, ...]

    @property
    def distinct(self) -> int:
        return len({(one.guid, one.link, one.title) for one in self.entries})


@dataclass
class World:
    documents: list[Document]
    pages: list[Page]
    _numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bodies = [document.body for document in self.documents]
        found = {match["host"].decode() for body in bodies for match in _WEB.finditer(body) if match["host"]}
        found |= {urlsplit(page.link).netloc for page in self.pages}
        self._numbers = {host: number for number, host in enumerate(sorted(found))}

    @property
    def hosts(self) -> int:
        """One for each host that is linked to, one for each feed."""
        return len(self._numbers) + len(self.documents)

    def serve(self, news: Newsroom) -> list[Served]:
        texts = {self.local(page.link, news): page.text for page in self.pages}
        for page in self.pages:
            at = URL(self.local(page.link, news)).raw_path_qs
            news.publish(at, self._localised(page.body, news, only=urlsplit(page.link).netloc), HTML)
        return [self._serve(number, news, texts) for number in range(len(self.documents))]

    def local(self, link: str, news: Newsroom) -> str:
        """The address on loopback that stands for a real one."""
        return self._localised(link.encode(), news).decode()

    def _serve(self, number: int, news: Newsroom, texts: dict[str, str]) -> Served:
        document = self.documents[number]
        path, body = f"/feeds/{number}", self._localised(document.body, news)
        news.publish(path, Answer(body, type=document.type))
        url = news.url(path, len(self._numbers) + number)
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers={"content-type": document.type, "content-location": url}
        )
        told = tuple(_told(fields, texts) for fields in parsed.entries)
        return Served(document.name, url, bool(parsed.get("version") or told), told)

    def _localised(self, body: bytes, news: Newsroom, only: str = "") -> bytes:
        def local(found: re.Match[bytes]) -> bytes:
            host = (found["host"] or b"").decode()
            if host not in self._numbers or (only and host != only):
                return found[0]
            return news.url("", self._numbers[host]).encode()

        return _WEB.sub(local, body)


def _told(fields: Any, texts: dict[str, str]) -> Told:
    link = fields.get("link") or ""
    said = [fields.get("summary") or "", *(part.value for part in fields.get("content", ()))]
    text = re.sub(r"<[^>]+>", " ", max(said, key=len))
    return Told(
        fields.get("id") or "",
        link if link.startswith("http") else "",
        fields.get("title") or "",
        text,
        fields.get("published") or fields.get("updated") or "",
        texts.get(link, ""),
    )


# --- the folders -------------------------------------------------------------------------------------------


def read_world(data: Path) -> World:
    iraqi = unpacked(data / "iraqinews-feed/original.rss")
    fundus_pages, fundus_feeds = fundus(data / "fundus-pages")
    files = [*files_of(data / "codehollow-feeds/feeds"), *files_of(data / "misc-real-feeds")]
    documents = [
        seed_feed(),
        Document("iraqinews-feed/original.rss", iraqi),
        *(document(path, data) for path in files if not NO_FEEDS.search(path.name)),
        *fundus_feeds,
    ]
    return World(documents, [seed_page(data / "seed/article.txt"), *wordpress_pages(iraqi), *fundus_pages])


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def unpacked(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def document(path: Path, data: Path) -> Document:
    name = path.relative_to(data).as_posix().removesuffix(".gz")
    return Document(name, unpacked(path), TYPES.get(Path(name).suffix, "application/xml"))


def seed_feed() -> Document:
    summary = "“We cannot rule out the possibility”, Strategic Affairs Minister Gilad Erdan stated."
    told = entry(SEED_TITLE, SEED_LINK, summary, guid=SEED_LINK, published=datetime.now(UTC))
    return Document("seed", rss([told], "World Israel News"))


def seed_page(path: Path) -> Page:
    """The article, and its line "Read  French president …" as the link to another story that it was."""
    title, *lines = (line.strip() for line in path.read_text().splitlines() if line.strip())
    body = "\n".join(f"<p>{_with_link(line)}</p>" for line in lines)
    return Page(SEED_LINK, html_page(title, body), "\n".join(ln for ln in lines if not _is_related(ln)))


def _with_link(line: str) -> str:
    if not _is_related(line):
        return escape(line)
    return f'Read  <a href="/macron-accuses/">{escape(line.removeprefix("Read").strip())}</a>'


def _is_related(line: str) -> bool:
    return bool(re.match(r"Read\s\s", line))


def html_page(title: str, body: str) -> bytes:
    return (
        f"<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>{escape(title)}</title></head>"
        f"<body><nav><a href=/>Home</a></nav><main><article><h1>{escape(title)}</h1>\n{body}\n"
        "</article></main></body></html>\n"
    ).encode()


def wordpress_pages(feed: bytes) -> Iterator[Page]:
    """The pages behind a feed that carries them whole."""
    for fields in feedparser.parse(io.BytesIO(feed)).entries:
        yield Page(fields.link, html_page(fields.title, fields.content[0].value))


def fundus(folder: Path) -> tuple[list[Page], list[Document]]:
    """Every page, and a feed for each publisher that has nothing of it but headline and link."""
    rows = [json.loads(line) for line in unpacked(folder / "index.dev.jsonl.gz").splitlines()]
    pages = [Page(row["url"], unpacked(folder / row["file"]), row["text"] or "") for row in rows]
    by_publisher = groupby(sorted(rows, key=_publisher), key=_publisher)
    return pages, [publisher_feed(name, list(group)) for name, group in by_publisher]


def _publisher(row: dict[str, Any]) -> str:
    return f"{row['country']}/{row['publisher']}"


def publisher_feed(name: str, rows: Iterable[dict[str, Any]]) -> Document:
    entries = [entry(row["title"], row["url"], published=_date(row["published"])) for row in rows]
    return Document(f"fundus-pages/{name}", rss(entries, name.partition("/")[2]))


def _date(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None
