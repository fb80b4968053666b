"""What pages tell machines: <meta> elements, and JSON-LD (schema.org) for search engines."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from monitor.sources.address import canonical, place
from monitor.sources.plain import folded

DEEPEST = 6  # levels of JSON in which an article is looked for

Table = dict[str, Any]

_CDATA = re.compile(r"^\s*(?://)?\s*<!\[CDATA\[|(?://)?\s*\]\]>\s*$")
_TELLING = frozenset({"headline", "datePublished", "author"})
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|NewsItem|Recipe)$")


@dataclass(frozen=True, slots=True)
class Data:
    """The tables of a page's JSON-LD, and the text of what is broken."""

    tables: tuple[Table, ...]
    broken: tuple[str, ...]

    @classmethod
    def on(cls, tree: HtmlElement) -> "Data":
        tables: list[Table] = []
        broken: list[str] = []
        for script in tree.iter("script"):
            if (script.get("type") or "").strip().lower() != "application/ld+json" or not script.text:
                continue
            try:
                tables += _tables(json.loads(_CDATA.sub("", script.text), strict=False), DEEPEST)
            except (ValueError, RecursionError):
                broken.append(script.text)
        return cls(tuple(tables), tuple(broken))

    def article(self, here: Collection[str], titles: Sequence[str]) -> Table:
        """The table of the article itself; empty: there is none.

        `here` are where the page stands on its site (address.place), `titles` what else it calls itself. Of
        several tables the first that names the page; never one of another page with another headline.
        """
        kinds = [one for one in self.tables if any(map(_ARTICLE.search, texts_of(one.get("@type"))))]
        telling = [one for one in self.tables if not _TELLING.isdisjoint(one)]
        own = [one for one in kinds or telling if not _is_of_another(one, here, titles)]
        return next((one for one in own if not _pages(one).isdisjoint(here)), next(iter(own), {}))


def _is_of_another(table: Table, here: Collection[str], titles: Sequence[str]) -> bool:
    pages, told = _pages(table), text_of(table.get("headline"))
    elsewhere = bool(pages) and pages.isdisjoint(here)
    return elsewhere and bool(told and titles) and not any(_alike(told, title) for title in titles)


def _pages(table: Table) -> set[str]:
    """The pages that a table says it is of, on whatever site: papers of one house share articles.

    Never a front page, which many name on every page.
    """
    main = table.get("mainEntityOfPage")
    claims = [table.get("url"), table.get("@id"), main, *(main.values() if isinstance(main, dict) else ())]
    return {page for claim in claims if isinstance(claim, str) and (page := place(canonical(claim)))}


def _alike(one: str, other: str) -> bool:
    """Do two headlines share most of their pairs of letters? In any script, and with a site's name behind."""
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (folded(one), folded(other))]
    return 2 * len(pairs[0] & pairs[1]) >= min(map(len, pairs))


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


def text_of(value: object) -> str:
    return next(iter(texts_of(value)), "")


def texts_of(value: object) -> list[str]:
    """The strings of a value, which may be one, a list of them, or tables with names."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return texts_of(value.get("name"))
    if isinstance(value, list):
        return [text for one in value if not isinstance(one, list) for text in texts_of(one)]
    return []


def meta_of(tree: HtmlElement) -> dict[str, str]:
    """What <meta> elements say, by lower-case name; the first of a name counts.

    Some write value="…" for content="…": 13 of 563 pages do for one name or another.
    """
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = next(filter(None, map(element.get, ("property", "name", "itemprop", "http-equiv"))), None)
        said = element.get("content") or element.get("value")
        if name and said:
            found.setdefault(name.lower(), said)
    return found


def named(meta: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [meta[name] for name in names if name in meta]
