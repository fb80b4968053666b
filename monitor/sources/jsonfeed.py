"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> the fields feedparser would give.

What the format calls plain text becomes markup here, since all that follows expects markup. Any value may be
of any type: what is not what it should be is not there. Numbers stay the text they are: an id is its digits,
also where there are more than the 4,300 that Python converts.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape, unescape
from itertools import islice
from typing import Any

from monitor.model import Hints, Unreadable
from monitor.sources.charset import decoded
from monitor.sources.fields import Document, Fields

MOST_LISTED = 50_000  # that are looked at: 0.5 s; a reader takes the newest of them
MOST_AUTHORS = 5  # of one entry
OVER = Hints(rest=timedelta(days=1))  # "expired": it says that nothing will come any more

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/", re.IGNORECASE)
_ENTRIES = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def parsed(body: bytes, content_type: str) -> Document | Unreadable | None:
    """The document; None: it is no JSON Feed. Of one that is broken or cut short, the complete entries."""
    if body[:100].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] != b"{":
        return None
    text = _text_of(body, content_type)
    if '"version"' not in text:
        return None
    found, complete = _loaded(text)
    if not _is_feed(found):
        return None
    entries = found.get("items")
    if not isinstance(entries, list):
        return Unreadable("not a feed: a JSON Feed without its list of items")
    return _document(found, [one for one in entries[:MOST_LISTED] if isinstance(one, dict)], complete)


def _text_of(body: bytes, content_type: str) -> str:
    """RFC 8259 knows UTF-8 only; older ones tell UTF-16 and UTF-32 by where the zeros are."""
    charset = json.detect_encoding(body)
    wide = charset.startswith(("utf-16", "utf-32"))
    text = body.decode(charset, "replace") if wide else decoded(body, content_type, guess=lambda _: [])
    return text.lstrip("\ufeff \t\r\n")


def _is_feed(found: dict[str, Any]) -> bool:
    """By its version, which is an address; some write the bare number."""
    version = _text(found.get("version"))
    bare = version in ("1", "1.0", "1.1") and not found.keys().isdisjoint(("feed_url", "home_page_url"))
    return bare or bool(_VERSION.match(version))


def _loaded(text: str) -> tuple[dict[str, Any], bool]:
    """The outermost table, and whether it was read to its end."""
    try:
        found, _ = _DECODER.raw_decode(text)
        return found, True
    except (ValueError, RecursionError):
        return _salvaged(text), False


def _salvaged(text: str) -> dict[str, Any]:
    """What stands before the entries, and the entries before the first that cannot be read."""
    begin = _ENTRIES.search(text)
    if begin is None:
        return {}
    try:
        head, _ = _DECODER.raw_decode(text[: begin.start()].rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        head = {}
    named = _VERSION.search(text)
    return {
        "version": named[0] if named else "",
        **head,
        "items": list(islice(_whole(text, begin.end()), MOST_LISTED)),
    }


def _whole(text: str, at: int) -> Iterator[Any]:
    while True:
        between = _BETWEEN.match(text, at)
        try:
            found, at = _DECODER.raw_decode(text, between.end() if between else at)
        except (ValueError, RecursionError):
            return
        yield found


def _document(found: dict[str, Any], entries: list[dict[str, Any]], complete: bool) -> Document:
    authors = _authors(found)
    fields = (_fields(one, authors) for one in entries)
    return Document(
        feed={
            "title": _title(found),
            "link": _text(found.get("home_page_url")),
            "language": _text(found.get("language")) or _common_language(entries),
        },
        entries=[one for one in fields if any(one.values())],
        complete=complete,
        older=_text(found.get("next_url")),
        hints=OVER if found.get("expired") is True else Hints(),
    )


def _fields(entry: dict[str, Any], authors: str) -> Fields:
    guid = _text(entry.get("id"))
    link = _text(entry.get("url")) or _text(entry.get("external_url"))
    html, text = _text(entry.get("content_html")), _text(entry.get("content_text"))
    content = html if html.strip() else _paragraphs(text)
    return {
        "id": guid,
        "link": link or (guid if guid.startswith(("http://", "https://")) else ""),
        "title": _title(entry),
        "summary": _paragraphs(_text(entry.get("summary"))),
        "content": [{"type": "text/html", "value": content}] if content else [],
        "published": _text(entry.get("date_published")),
        "updated": _text(entry.get("date_modified")),
        "author": _authors(entry) or authors,
        "tags": [{"term": escape(tag)} for tag in _list(entry.get("tags")) if isinstance(tag, str)],
    }


def _title(holder: dict[str, Any]) -> str:
    """Plain text, says the format; WordPress's plugin writes "Iraq&#8217;s", which nobody means as such."""
    return escape(unescape(_text(holder.get("title"))))


def _authors(holder: dict[str, Any]) -> str:
    """Names, of 1.1 (`authors`) or else of 1.0 (`author`)."""
    found = (*_list(holder.get("authors")), holder.get("author"))
    names = [escape(_text(one.get("name"))) for one in found if isinstance(one, dict)]
    return ", ".join(list(dict.fromkeys(filter(None, names)))[:MOST_AUTHORS])


def _common_language(entries: list[dict[str, Any]]) -> str:
    """What all entries say they are written in; empty where they differ."""
    found = {_text(entry.get("language")) for entry in entries}
    return found.pop() if len(found) == 1 else ""


def _paragraphs(text: str) -> str:
    """Plain text as markup: an empty line parts paragraphs, a line end breaks a line."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
