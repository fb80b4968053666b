"""What a page says of itself: in <meta>, in JSON-LD for search engines, in its headline and its address.

All of it is read from the parsed tree, in a millisecond or two; htmldate is asked for a day, in 12 ms, only
where nothing on the page says when it was published.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from monitor.model import Entry
from monitor.model.sites import same_site
from monitor.sources import fresh
from monitor.sources.address import canonical, place, web_address
from monitor.sources.dates import noon_of, parse_date
from monitor.sources.plain import folded, headline
from monitor.sources.robots import TOKEN, forbids_keeping

TITLE_LIMIT = 1000  # characters
AUTHOR_LIMIT = 200
SECTION_LIMIT = 100
SUMMARY_LIMIT = 2000
DEEPEST = 6  # levels of JSON in which an article is looked for

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """Empty, None: it does not say. `paid`: it says that one must pay for the rest."""

    title: str
    meta: Mapping[str, str]
    summary: str = ""
    author: str = ""
    section: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    languages: tuple[str, ...] = ()
    canonical: str = ""
    paid: bool = False
    keep: bool = True


def stated(tree: HtmlElement, url: str) -> Stated:
    meta, data = _meta(tree), _Data.on(tree)
    article = data.article()
    return Stated(
        title=_title(tree, meta, article),
        meta=meta,
        summary=_summary(meta, article),
        author=_author(meta, article, data),
        section=_section(meta, article),
        published=_published(tree, meta, article, data),
        modified=_first_date([_text(article.get("dateModified")), *_named(meta, _MODIFIED_IN_META)]),
        languages=_languages(tree, meta, article),
        canonical=_canonical(tree, url),
        paid=_is_paid(meta, data),
        keep=not forbids_keeping(meta.get("robots", "")) and not forbids_keeping(meta.get(TOKEN, "")),
    )


def day_of(tree: HtmlElement, url: str) -> datetime | None:
    """The day that the text, the address or the markup name, at noon UTC. It may change the tree.

    A first of January is what htmldate makes of a mere year: seven of seven on 600 pages were wrong.
    """
    try:
        found = find_date(tree, url=url, original_date=True, extensive_search=True)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None  # a guess that fails is none
    return None if found is None or found.endswith("-01-01") else noon_of(found)


# --- where it is said --------------------------------------------------------------------------------------

_TELLING = frozenset({"headline", "datePublished", "author"})
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|NewsItem|Recipe)$")


@dataclass(frozen=True, slots=True)
class _Data:
    """The tables of a page's JSON-LD, and the text of what is broken."""

    tables: tuple[Table, ...]
    broken: tuple[str, ...]

    @classmethod
    def on(cls, tree: HtmlElement) -> "_Data":
        tables: list[Table] = []
        broken: list[str] = []
        for script in tree.iter("script"):
            if (script.get("type") or "").strip().lower() != "application/ld+json" or not script.text:
                continue
            try:
                tables += _tables(json.loads(script.text, strict=False), DEEPEST)
            except (ValueError, RecursionError):
                broken.append(script.text)
        return cls(tuple(tables), tuple(broken))

    def article(self) -> Table:
        """The table of the article itself: the first of a kind of article, else of what speaks as one."""
        kinds = (one for one in self.tables if any(map(_ARTICLE.search, _texts(one.get("@type")))))
        telling = (one for one in self.tables if not _TELLING.isdisjoint(one))
        return next(kinds, None) or next(telling, None) or {}


def _tables(value: object, deep: int) -> Iterator[Table]:
    """The tables that may be the article: on top, in a list, a graph or as what the page is about."""
    if isinstance(value, list) and deep:
        for one in value:
            yield from _tables(one, deep - 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if deep and isinstance(value.get(name), list | dict):
                yield from _tables(value[name], deep - 1)


def _text(value: object) -> str:
    return next(iter(_texts(value)), "")


def _texts(value: object) -> list[str]:
    """The strings of a value, which may be one, a list of them, or tables with names."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _texts(value.get("name"))
    if isinstance(value, list):
        return [text for one in value if not isinstance(one, list) for text in _texts(one)]
    return []


def _meta(tree: HtmlElement) -> dict[str, str]:
    """What <meta> elements say, by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = next(filter(None, map(element.get, ("property", "name", "itemprop", "http-equiv"))), None)
        if name and element.get("content"):
            found.setdefault(name.lower(), element.get("content"))
    return found


def _named(meta: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [meta[name] for name in names if name in meta]


# --- words -------------------------------------------------------------------------------------------------

_AUTHOR_IN_META = ("author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author")
_SECTION_IN_META = ("article:section", "parsely-section", "section", "sailthru.section", "dc.subject")
_SUMMARY_IN_META = ("og:description", "description", "twitter:description")
# A name, or a table with one; never across a brace: the publisher stands behind it.
_AUTHOR_IN_BROKEN = re.compile(
    r'"author"\s*:\s*\[?\s*(?:\{[^{}]{0,500}?"name"\s*:\s*)?"((?:[^"\\]|\\.){2,200})"'
)


def _title(tree: HtmlElement, meta: Mapping[str, str], article: Table) -> str:
    """What the page calls itself; its <h1> when that is the same without the site's name behind it.

    Some give their own name as the title of every page: then the next claim counts.
    """
    window = (element.text_content() for element in tree.iter("title"))
    heads = [headline(element.text_content(), TITLE_LIMIT) for element in tree.iter("h1")]
    claims = [
        *_named(meta, ("og:title", "twitter:title")),
        *heads[:1],
        _text(article.get("headline")),
        *window,
    ]
    titles = [title for claim in claims if (title := headline(claim, TITLE_LIMIT))]
    site = folded(meta.get("og:site_name", ""))
    named = next((title for title in titles if folded(title) != site), next(iter(titles), ""))
    return next((head for head in heads if head and named.startswith(head)), named)


def _summary(meta: Mapping[str, str], article: Table) -> str:
    claims = [*_named(meta, _SUMMARY_IN_META), _text(article.get("description"))]
    return headline(max(claims, key=len, default=""), SUMMARY_LIMIT)


def _author(meta: Mapping[str, str], article: Table, data: _Data) -> str:
    """Names as the page gives them to machines; a profile's address is none."""
    claims = [*_named(meta, _AUTHOR_IN_META), ", ".join(dict.fromkeys(_texts(article.get("author"))))]
    claims += [_spoken(name) for text in data.broken for name in _AUTHOR_IN_BROKEN.findall(text)[:1]]
    names = (headline(claim, AUTHOR_LIMIT) for claim in claims if "://" not in claim)
    return next(filter(None, names), "")


def _section(meta: Mapping[str, str], article: Table) -> str:
    claims = [*_named(meta, _SECTION_IN_META), _text(article.get("articleSection"))]
    sections = (headline(claim, SECTION_LIMIT) for claim in claims if "://" not in claim)
    return next(filter(None, sections), "")


def _spoken(json_text: str) -> str:
    """A JSON string without its quotes, as the words it stands for."""
    try:
        return str(json.loads(f'"{json_text}"'))
    except ValueError:
        return ""


_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")


def _languages(tree: HtmlElement, meta: Mapping[str, str], article: Table) -> tuple[str, ...]:
    """The primary subtag the page claims, lower case: "en" of "en-GB"; nothing where it does not say."""
    root = tree.getroottree().getroot()
    claims = [root.get("lang") or "", _text(article.get("inLanguage"))]
    claims[1:1] = _named(meta, ("og:locale", "content-language", "language"))
    found = (_LANGUAGE.match(claim.strip()) for claim in claims)
    return tuple(match.group().lower() for match in found if match)[:1]


# --- times -------------------------------------------------------------------------------------------------

_PUBLISHED_IN_META = (
    *("article:published_time", "datepublished", "og:article:published_time", "parsely-pub-date", "pubdate"),
    *("dc.date.issued", "dcterms.created", "sailthru.date", "publish-date", "article.published", "date"),
)
_MODIFIED_IN_META = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "dcterms.modified",
    "last-modified",
)
_PUBLISHED_IN_BROKEN = re.compile(r'"datePublished"\s*:\s*"([^"]{1,80})"')


def _published(tree: HtmlElement, meta: Mapping[str, str], article: Table, data: _Data) -> datetime | None:
    """A moment before a day: "2026-11-22" is that day's noon in UTC."""
    stamps = [*_named(meta, _PUBLISHED_IN_META), _text(article.get("datePublished"))]
    stamps += [_text(one.get("datePublished")) for one in data.tables]
    stamps += [stamp for text in data.broken for stamp in _PUBLISHED_IN_BROKEN.findall(text)]
    stamps += [element.get("datetime") or "" for element in tree.iter("time")][:1]
    return _first_date(stamps)


def _first_date(stamps: Sequence[str]) -> datetime | None:
    dates = (date for read in (parse_date, noon_of) for stamp in stamps if (date := read(stamp)))
    return next(dates, None)


# --- where it stands, and for whom -------------------------------------------------------------------------

_NOT_FREE = frozenset({"false", "no", "0"})
_TIERS = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscription"})
_FREE_IN_BROKEN = re.compile(r'"isAccessibleForFree"\s*:\s*(?:"false"|false)', re.IGNORECASE)


def _canonical(tree: HtmlElement, url: str) -> str:
    """The story key of where the page says that it stands (RFC 6596), which is never asked for.

    Many name the front page, or several addresses, by mistake; what is on another site is for that to say.
    """
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    named = {web_address(link.get("href") or "", url) for link in links}
    address = named.pop() if len(named) == 1 else ""
    if not place(canonical(address)) or not same_site(url, address):
        return ""
    return fresh.story_key(Entry("", address, ""), 0)


def _is_paid(meta: Mapping[str, str], data: _Data) -> bool:
    """schema.org's isAccessibleForFree, on the article or its parts; article:content_tier."""
    if meta.get("article:content_tier", "").strip().lower() in _TIERS:
        return True
    free = (str(one.get("isAccessibleForFree", "")).strip().lower() for one in data.tables)
    return any(value in _NOT_FREE for value in free) or any(map(_FREE_IN_BROKEN.search, data.broken))
