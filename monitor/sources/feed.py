"""Feed bytes -> entries: RSS, Atom and RDF of every age, well-formed or not, through feedparser; JSON Feeds
and sitemaps through readers of their own, which give the same fields.

feedparser neither cleans HTML nor resolves addresses here (a third of its time each, 16 s on 2 MB of "<"):
plain.py, lines.py and address.py do, with the rules the whole house shares.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import Any

import feedparser

from monitor.model import Block, Cause, Entry, FeedRead, Unreadable, Zone
from monitor.model.upkeep import Part
from monitor.sources import archive, cut, fresh, jsonfeed, sitemap
from monitor.sources.address import canonical, place, web_address
from monitor.sources.barrier import HEAD, instead_of_feed
from monitor.sources.charset import kind_of, proves_utf8
from monitor.sources.dates import believable, latest_moment, parse_date
from monitor.sources.fields import Document, Fields, newest
from monitor.sources.hints import hints_of
from monitor.sources.lines import html_blocks
from monitor.sources.plain import clamp, folded, headline, plain

MOST_ENTRIES = cut.MOST_MARKS  # of one document, the newest; the longest of 1,200 real feeds has 500
TITLE_LIMIT = 1000  # characters, as the other limits
GUID_LIMIT = 2000
# Between a document being made and our reading it. An honest entry of a feed that is asked every five minutes
# is so young at one poll in thirty.
ASKED = timedelta(seconds=10)
AUTHOR_LIMIT = 200
CATEGORY_LIMIT = 100
MOST_CATEGORIES = 50  # of one entry; the richest of 50 real feeds has 12


def read_feed(
    body: bytes, url: str, content_type: str, now: datetime, marks: bytes = b""
) -> FeedRead | Unreadable:
    """The entries of a feed document, in its order. `url` is where the bytes came from, after redirects.

    Whole documents only: decode nothing before. A document cut short gives its complete entries and says so.
    `marks` are those of the last document: what it had too is left out, where that changes no decision. Of a
    sitemap of all pages only those come out that are new since these marks, or touched.
    """
    if not body.strip():
        return Unreadable("not a feed: an empty answer")
    document, old = _Document(body, url, content_type, now), cut.marks_in(marks)
    if other := jsonfeed.parsed(body, content_type) or sitemap.parsed(body):
        if isinstance(other, Document) and other.archive:
            return _read_archive(other, document, marks)
        return _read_other(other, document, old)
    found = cut.cut(body, url, content_type)
    read = _read_unseen(document, found, old) if found and found.frame == old.frame else None
    return read or _read_whole(document, found, old)


@dataclass(frozen=True, slots=True)
class _Document:
    body: bytes
    url: str
    content_type: str
    now: datetime


def _read_unseen(document: _Document, found: cut.Cut, old: cut.Marks) -> FeedRead | None:
    """A document of the same frame, with the entries that the last one did not have and their company.

    None: feedparser does not find the entries that we cut out.
    """
    now = cut.carried(found, old)
    places, company = None, cut.with_company(cut.unseen(found, old), now, old)
    while company != places:  # twice at most: after that the names of all are known
        places = company
        dropped = (span for place, span in enumerate(found.spans) if place not in places)
        parsed = _parsed(cut.without(document.body, dropped), document)
        if isinstance(parsed, Unreadable) or len(parsed.entries) != len(places):
            return None
        entries = _entries(parsed, document, whole=len(places) == len(found.digests))
        now = now.named(zip(sorted(places), map(_names, entries), strict=True))
        company = cut.with_company(places, now, old)
    return _read(parsed, document, entries, now, old)


def _read_whole(document: _Document, found: cut.Cut | None, old: cut.Marks) -> FeedRead | Unreadable:
    body = document.body
    parsed = _parsed(body, document)
    if isinstance(parsed, Unreadable):
        return parsed
    if not parsed.get("version") and not parsed.entries:  # bozo says nothing: it is False for a web page
        wall = instead_of_feed(body[:HEAD])
        cause = wall.cause if wall else Cause.NOT_A_FEED
        return Unreadable(f"not a feed: {looks_like(body)}", cause=cause)
    complete = not parsed.get("bozo") or _has_end(body)
    entries = _entries(parsed, document)
    if not complete and _cut_inside_an_entry(body):
        entries = entries[:-1]
    entries = _newest(entries, document.now)
    if found is None or len(found.digests) != len(entries):
        found = cut.Cut((), (cut.UNKNOWN,) * len(entries), cut.UNKNOWN)
    marks = cut.Marks(found.frame, found.digests, tuple(map(_names, entries)))
    read = _read(parsed, document, entries, marks, old)
    return replace(read, complete=complete)


def _read_other(parsed: Document | Unreadable, document: _Document, old: cut.Marks) -> FeedRead | Unreadable:
    """Always whole: that takes a tenth of feedparser's time."""
    if isinstance(parsed, Unreadable):
        return parsed
    parsed = replace(parsed, entries=newest(parsed.entries, MOST_ENTRIES))
    entries = _entries(parsed, document)
    unknown = (cut.UNKNOWN,) * len(entries)
    marks = cut.Marks(cut.UNKNOWN, unknown, tuple(map(_names, entries)))
    parts = (Part(web_address(url, document.url), changed=day) for url, day in parsed.parts.items())
    return replace(
        _read(parsed, document, entries, marks, old),
        complete=parsed.complete,
        hints=parsed.hints,
        parts=tuple(part for part in parts if part.url),
        older=web_address(parsed.older, document.url),
        trouble=parsed.trouble,
    )


def _read_archive(parsed: Document, document: _Document, kept: bytes) -> FeedRead:
    pages = [archive.Page(_text(fields, "link"), _touched(fields)) for fields in parsed.entries]
    look = archive.look(pages, kept, document.now)
    new = _entries(replace(parsed, entries=[parsed.entries[place] for place in look.new]), document)
    again = _entries(replace(parsed, entries=[parsed.entries[place] for place in look.touched]), document)
    entries = [*new, *(replace(entry, touched=True) for entry in again)]
    read = _read(parsed, document, entries, cut.Marks(), cut.Marks())
    return replace(
        read,
        complete=parsed.complete,
        total=look.total,
        shared=look.known,
        marks=look.memory,
        archive=True,
        left=look.left,
        trouble=parsed.trouble,
    )


def _touched(fields: Fields) -> datetime | None:
    return latest_moment(_text(fields, "lastmod") or _text(fields, "published"))


def _read(
    parsed: Any, document: _Document, entries: list[Entry], marks: cut.Marks, old: cut.Marks
) -> FeedRead:
    return FeedRead(
        title=headline(_text(parsed.feed, "title"), TITLE_LIMIT),
        entries=tuple(entries),
        language=_language(_text(parsed.feed, "language")),
        hints=hints_of(document.body),
        total=len(marks.digests),
        shared=cut.shared(marks, old),
        marks=cut.marks_out(marks),
    )


def _names(entry: Entry) -> cut.Names:
    return cut.names_of(fresh.aliases(entry))


def _entries(parsed: Any, document: _Document, *, whole: bool = True) -> list[Entry]:
    """`whole`: these are all of the document."""
    base = web_address(_text(parsed.feed, "link"), document.url) or document.url
    entries = [_entry(fields, base, document.now) for fields in parsed.entries]
    if whole and _are_dated_by_asking(entries, document.now):
        entries = [replace(entry, published=None) for entry in entries]
    return list(map(fresh.named, entries))


def _are_dated_by_asking(entries: Sequence[Entry], now: datetime) -> bool:
    """Has every entry the moment of this very poll for its date? Then it says when we asked, no more.

    Entries with pages are known by those; and where two read alike, their dates may be all that tells them
    apart.
    """
    if any(place(canonical(entry.link)) for entry in entries):
        return False
    if not all(entry.published and abs(entry.published - now) <= ASKED for entry in entries):
        return False
    return len({fresh.words_hash(entry) for entry in entries}) == len(entries)


def _parsed(body: bytes, document: _Document) -> Any | Unreadable:
    """All of a document or a part of it, which is in the charset of all."""
    try:
        return feedparser.parse(
            BytesIO(_REFERENCE.sub(_mended, body)),
            response_headers=_headers(document.body, document.content_type),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # a parser of many dialects trips in many ways, all the document's fault
        return Unreadable(f"not a feed anyone can read: {type(error).__name__}: {headline(str(error), 200)}")


_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")


def _mended(found: re.Match[bytes]) -> bytes:
    """Drops references to what is no character: one &#xD800; makes feedparser give up the whole feed."""
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    code = int(digits, base) if len(digits) <= 10 else 0
    return found[0] if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else b""


# A primary language of two or three letters, then script, region and variants (RFC 5646).
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")


def _language(text: str) -> str:
    """The tag, if it is one: "English" and "en_GB.UTF-8" are none, "en_GB" is en-GB."""
    found = _LANGUAGE.fullmatch(text.strip().replace("_", "-")[:100])
    return found[0] if found else ""


def _text(fields: Fields, name: str) -> str:
    """A field that is text: for an element it does not know feedparser gives its attributes."""
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def _entry(fields: Fields, base: str, now: datetime) -> Entry:
    guid, link = _text(fields, "id"), web_address(_text(fields, "link"), base)
    # RSS takes a guid for an address unless told otherwise, and few say that theirs is a number.
    if guid == _text(fields, "link") and not guid.startswith(("http", "/")):
        link = ""
    return Entry(
        guid=clamp(plain(guid), GUID_LIMIT),
        link=link,
        title=headline(_text(fields, "title"), TITLE_LIMIT),
        blocks=_blocks(fields, link or base),
        published=_published(fields, now),
        author=headline(_text(fields, "author"), AUTHOR_LIMIT),
        categories=_categories(fields),
        modified=latest_moment(_text(fields, "lastmod")),
    )


def _categories(fields: Fields) -> tuple[str, ...]:
    """Terms, and labels where they differ, each once; of too many, the first."""
    found: dict[str, str] = {}
    named = (_text(tag, name) for tag in fields.get("tags", ()) for name in ("term", "label"))
    for name in islice(filter(None, named), 4 * MOST_CATEGORIES):
        text = headline(name, CATEGORY_LIMIT)
        found.setdefault(folded(text), text)
    return tuple(islice(filter(None, found.values()), MOST_CATEGORIES))


def _blocks(fields: Fields, url: str) -> tuple[Block, ...]:
    """The entry's own text: its content, unless its summary says more (content may be a lone picture).

    Or its headline, where that is all of it and the end would be cut off.
    """
    parts = [_text(part, "value") for part in fields.get("content", ()) if _is_text(part)]
    content = tuple(block for part in parts for block in html_blocks(part, url))
    about = _text(fields, "summary")
    if about in parts:  # feedparser copies content into a missing summary
        return content
    title = _text(fields, "title")
    whole = _summary(title, url) if len(title) > TITLE_LIMIT else ()
    return max(content, _summary(about, url), whole, key=_letters)


def _is_text(part: Fields) -> bool:
    kind = _text(part, "type") or "text/html"
    return kind.startswith("text/") or kind.endswith("html+xml")


def _summary(text: str, url: str) -> tuple[Block, ...]:
    return tuple(_as_summary(block) for block in html_blocks(text, url))


def _as_summary(block: Block) -> Block:
    return replace(block, zone=Zone.SUMMARY) if block.zone is Zone.BODY else block


def _letters(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _published(fields: Fields, now: datetime) -> datetime | None:
    stamps = [_text(fields, name) for name in ("published", "updated", "created") if name in fields]
    dates = (believable(parse_date(stamp), now) for stamp in stamps)
    return next((date for date in dates if date), None)


def _newest(entries: list[Entry], now: datetime) -> list[Entry]:
    if len(entries) <= MOST_ENTRIES:
        return entries
    return sorted(entries, key=lambda entry: entry.published or now, reverse=True)[:MOST_ENTRIES]


def _headers(body: bytes, content_type: str) -> dict[str, str]:
    """What feedparser is told of the charset: what HTTP says, unless bytes or document know better."""
    if proves_utf8(body):
        return {"content-type": "application/xml; charset=utf-8"}
    if not content_type or (_LATIN_1.search(content_type) and _DECLARED.search(body[:200])):
        return {"content-type": "application/xml"}  # the document's own word
    return {"content-type": content_type}


# Latin-1 is what servers say of documents they know nothing of.
_LATIN_1 = re.compile(r"charset\s*=\s*[\"']?(?:iso-8859-1|latin-?1|us-ascii)\b", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*\sencoding\s*=")


# --- cut short ---------------------------------------------------------------------------------------------

_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ENTRY_STARTS = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_ENDS = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_TAIL = 65_536  # bytes: comments and scripts that caches put after the end


def _has_end(body: bytes) -> bool:
    return bool(_END.search(_narrow(body[-_TAIL:])))


def _cut_inside_an_entry(body: bytes) -> bool:
    return _last(_ENTRY_STARTS, _narrow(body)) > _last(_ENTRY_ENDS, _narrow(body))


def _last(pattern: re.Pattern[bytes], body: bytes) -> int:
    return max((found.start() for found in pattern.finditer(body)), default=-1)


def _narrow(body: bytes) -> bytes:
    return body.replace(b"\0", b"")  # UTF-16 and UTF-32 read as ASCII: enough to find tags


# --- what came instead of a feed ---------------------------------------------------------------------------

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,300}?)</title", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(
    r"just a moment|attention required|cf-challenge|challenge-platform|captcha|are you (?:a )?(?:human|robot)"
    r"|checking your browser|verify you are human|access denied|ddos",
    re.IGNORECASE,
)
_ROOT = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>|\s|\ufeff)*<([A-Za-z_][\w:.-]*)", re.DOTALL)


def looks_like(body: bytes) -> str:
    """What bytes that are no feed seem to be, in words for people."""
    if kind := kind_of(body):
        return kind
    text = _narrow(body[:_TAIL]).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] in "{[":
        return "a JSON Feed" if "jsonfeed.org" in text else "JSON"
    root = _ROOT.match(text)
    if root and root[1].lower() == "opml":
        return "a list of feeds (OPML): write  {opml: its address}"
    if _HTML.search(text):
        return _page_like(text)
    if root:
        return f"XML of another kind (<{root[1][:60]}>)"
    return f"text that is no XML ({clamp(plain(text), 60)!r})"


def _page_like(text: str) -> str:
    title = _HTML_TITLE.search(text)
    named = f" ({headline(title[1], 80)!r})" if title and title[1].strip() else ""
    return ("a challenge page" if _CHALLENGE.search(text) else "a web page") + named
