"""What a page says of itself: in <meta>, in JSON-LD for search engines, in its headline and its address.

All of it is read from the parsed tree, in a millisecond or two; the day has a file of its own (dated.py).
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from monitor.model import Entry
from monitor.model.sites import same_site
from monitor.sources import dated, fresh
from monitor.sources.address import canonical, place, web_address
from monitor.sources.metadata import Data, Table, meta_of, named, text_of, texts_of
from monitor.sources.plain import folded, headline
from monitor.sources.robots import TOKEN, forbids_keeping

TITLE_LIMIT = 1000  # characters
AUTHOR_LIMIT = 200
SECTION_LIMIT = 100
SUMMARY_LIMIT = 2000


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


def stated(tree: HtmlElement, url: str, limits: dated.Limits = dated.LIMITS) -> Stated:
    meta, data, own = meta_of(tree), Data.on(tree), _canonical(tree, url)
    article = data.article({place(canonical(url)), place(canonical(own))}, _titles(tree, meta))
    sites = _sites(meta, article)
    title = _title(tree, meta, article, sites)
    return Stated(
        title=title,
        meta=meta,
        summary=_summary(meta, article),
        author=_author(meta, article, data, sites),
        section=_section(meta, article),
        published=dated.published(tree, url, title, meta, data, article, limits),
        modified=dated.modified(meta, article),
        languages=_languages(tree, meta, article),
        canonical=fresh.story_key(Entry("", own, ""), 0) if own else "",
        paid=_is_paid(meta, data),
        keep=not forbids_keeping(meta.get("robots", "")) and not forbids_keeping(meta.get(TOKEN, "")),
    )


# --- words -------------------------------------------------------------------------------------------------

_AUTHOR_IN_META = ("author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author")
_SECTION_IN_META = ("article:section", "parsely-section", "section", "sailthru.section", "dc.subject")
_BETWEEN = re.compile(r"(\s+[|–—·•»-]\s+)")
_IS_ADDRESS = re.compile(r"://|^\s*(?:www\.|/|@)|\w@\w")
_SUMMARY_IN_META = ("og:description", "description", "twitter:description")
# A name, or a table with one; never across a brace: the publisher stands behind it.
_AUTHOR_IN_BROKEN = re.compile(
    r'"author"\s*:\s*\[?\s*(?:\{[^{}]{0,500}?"name"\s*:\s*)?"((?:[^"\\]|\\.){2,200})"'
)


def _titles(tree: HtmlElement, meta: Mapping[str, str], told: str = "") -> list[str]:
    """What the page calls itself, the likeliest first; `told` is what JSON-LD does."""
    heads = [element.text_content() for element in tree.iter("h1")][:1]
    window = [element.text_content() for element in tree.iter("title")]
    claims = [*named(meta, ("og:title", "twitter:title")), *heads, told, *window]
    return [title for claim in claims if (title := headline(claim, TITLE_LIMIT))]


def _sites(meta: Mapping[str, str], article: Table) -> set[str]:
    """The names of the site, folded."""
    names = [*named(meta, ("og:site_name", "application-name")), text_of(article.get("publisher"))]
    return {name for name in map(folded, names) if name}


def _without_site(title: str, sites: Collection[str]) -> str:
    """Of "Depot opened | The Courier" what stands before the bar, the other way round what follows."""
    parts = _BETWEEN.split(title)
    if len(parts) > 2 and folded(parts[-1]) in sites:
        return title.removesuffix(parts[-1]).removesuffix(parts[-2])
    if len(parts) > 2 and folded(parts[0]) in sites:
        return title.removeprefix(parts[0]).removeprefix(parts[1])
    return title


def _title(tree: HtmlElement, meta: Mapping[str, str], article: Table, sites: Collection[str]) -> str:
    """What the page calls itself; its <h1> when that is the same without the site's name behind it.

    Some give their own name as the title of every page: then the next claim counts.
    """
    heads = [headline(element.text_content(), TITLE_LIMIT) for element in tree.iter("h1")]
    titles = _titles(tree, meta, text_of(article.get("headline")))
    told = next((title for title in titles if folded(title) not in sites), next(iter(titles), ""))
    return next((head for head in heads if head and told.startswith(head)), _without_site(told, sites))


def _summary(meta: Mapping[str, str], article: Table) -> str:
    claims = [*named(meta, _SUMMARY_IN_META), text_of(article.get("description"))]
    return headline(max(claims, key=len, default=""), SUMMARY_LIMIT)


def _author(meta: Mapping[str, str], article: Table, data: Data, sites: Collection[str]) -> str:
    """Names as the page gives them to machines; a profile's address is none, nor is the site's own name."""
    claims = [*named(meta, _AUTHOR_IN_META), ", ".join(dict.fromkeys(texts_of(article.get("author"))))]
    claims += [_spoken(name) for text in data.broken for name in _AUTHOR_IN_BROKEN.findall(text)[:1]]
    names = (headline(claim, AUTHOR_LIMIT) for claim in claims if not _IS_ADDRESS.search(claim))
    return next((name for name in names if name and folded(name) not in sites), "")


def _section(meta: Mapping[str, str], article: Table) -> str:
    claims = [*named(meta, _SECTION_IN_META), text_of(article.get("articleSection"))]
    sections = (headline(claim, SECTION_LIMIT) for claim in claims if not _IS_ADDRESS.search(claim))
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
    claims = [root.get("lang") or "", text_of(article.get("inLanguage"))]
    claims[1:1] = named(meta, ("og:locale", "content-language", "language"))
    found = (_LANGUAGE.match(claim.strip()) for claim in claims)
    return tuple(match.group().lower() for match in found if match)[:1]


# --- where it stands, and for whom -------------------------------------------------------------------------

_NOT_FREE = frozenset({"false", "no", "0"})
_TIERS = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscription"})
_FREE_IN_BROKEN = re.compile(r'"isAccessibleForFree"\s*:\s*(?:"false"|false)', re.IGNORECASE)


def _canonical(tree: HtmlElement, url: str) -> str:
    """Where the page says that it stands (RFC 6596), which is never asked for.

    Many name the front page, or several addresses, by mistake; what is on another site is for that to say.
    """
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    addresses = {web_address(link.get("href") or "", url) for link in links}
    address = addresses.pop() if len(addresses) == 1 else ""
    return address if place(canonical(address)) and same_site(url, address) else ""


def _is_paid(meta: Mapping[str, str], data: Data) -> bool:
    """schema.org's isAccessibleForFree, on the article or its parts; article:content_tier."""
    if meta.get("article:content_tier", "").strip().lower() in _TIERS:
        return True
    free = (str(one.get("isAccessibleForFree", "")).strip().lower() for one in data.tables)
    return any(value in _NOT_FREE for value in free) or any(map(_FREE_IN_BROKEN.search, data.broken))
