"""Page bytes -> Article: the text a reader would read, in blocks that know what they are.

trafilatura says which text is the article. fast=True first: on 152 news pages token F1 is .960 where its
whole cascade has .956, at two thirds of the cost. What fast leaves short the cascade reads again: on 411
pages of all kinds fast costs 1.1 points of must-have text, which that wins back. Never its comments (.014 of
precision). It is asked without links, because asking for them changes what it keeps; which of the kept lines
are links is looked up in the page afterwards (layout.py).
"""

import re
from copy import copy
from dataclasses import replace
from typing import Any

from lxml.etree import ElementDefaultClassLookup, _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import HTML_PARSER, detect_encoding, load_html

from monitor.model import Article, Block, Unreadable
from monitor.sources import chaff, furniture, layout, thin
from monitor.sources.charset import PAGE_TYPES, decoded, kind_of, other_type
from monitor.sources.dated import day_of
from monitor.sources.lines import lines_of
from monitor.sources.stated import Stated, stated
from monitor.sources.thin import Seen

# lxml.html asks Python for the class of every element it hands out: 3,700 times a page, a tenth of all time.
HTML_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))

# Beyond these trafilatura needs its whole time limit: 5,000 table rows take 18 s, 100,000 links 27 s. The
# biggest of 152 news pages has 3,319 tags and 605 links.
MOST_TAGS = 20_000
MOST_LINKS_OR_ROWS = 3_000
SHORT = 1_000  # characters: one page in eight, and three of 152 news pages
FAR_MORE = 1.5  # times the text

_TAG = re.compile(r"<[a-zA-Z]")
_LINK_OR_ROW = re.compile(r"<(?:a|tr)[\s>]", re.IGNORECASE)


def read_page(body: bytes, url: str, content_type: str, asked: str = "") -> Article | Unreadable:
    """The article on a page. `url` is where the bytes came from, `content_type` the header's value or empty,
    `asked` where the page was asked for, if that is known.

    `published` is what the page says, not checked against any clock: see dates.believable. `note` says why
    the text is hardly the article's: the page of a flash of news, the first lines before a paywall.
    """
    if reason := _no_page(body, content_type):
        return Unreadable(reason)
    markup = decoded(body, content_type, guess=detect_encoding)
    if reason := _too_big(markup):
        return Unreadable(reason)
    tree = load_html(markup)
    if tree is None:
        other = thin.of(Seen(url, asked or url, "", "", markup, {}))
        return Unreadable(other.reason if other else "not a web page: no HTML in it")
    told = stated(tree, url)
    whole = tree if told.published else copy(tree)  # a day may stand in the foot
    furniture.strip(tree)
    article = _article(told, _blocks(tree, url, told))
    found = thin.of(Seen(url, asked or url, article.title, article.text, markup, told.meta))
    if found and not found.teaser:
        return Unreadable(found.reason, found.passing)
    if not article.text:
        return Unreadable(
            "nothing but links on the page" if article.blocks else "no article text on the page"
        )
    article = replace(article, published=article.published or day_of(whole, url))
    return replace(article, note=found.reason, passing=found.passing) if found else article


def _article(told: Stated, blocks: tuple[Block, ...]) -> Article:
    return Article(
        title=told.title,
        blocks=blocks,
        languages=told.languages,
        published=told.published,
        modified=told.modified,
        author=told.author,
        section=told.section,
        canonical=told.canonical,
        paid=told.paid,
        keep=told.keep,
    )


def _blocks(tree: HtmlElement, url: str, told: Stated) -> tuple[Block, ...]:
    body = body_of(tree, url)
    if body is None:
        return ()
    return chaff.blocks(layout.placed(lines_of(body, url), tree, url, told.summary), told.title)


def body_of(tree: HtmlElement, url: str) -> _Element | None:
    """The text of the article, as trafilatura sees it; None: it sees none."""
    quick = _extracted(tree, url, fast=True)
    if quick is not None and len(quick.text or "") >= SHORT:
        return quick.body
    whole = _extracted(tree, url, fast=False)
    if quick is None or (whole is not None and len(whole.text or "") > FAR_MORE * len(quick.text or "")):
        return whole.body if whole is not None else None
    return quick.body


def _extracted(tree: HtmlElement, url: str, *, fast: bool) -> Document | None:
    found: Any = bare_extraction(tree, url=url, fast=fast, include_comments=False)
    return found if isinstance(found, Document) else None


def _no_page(body: bytes, content_type: str) -> str:
    """Why these bytes cannot be a web page; empty when they may be one."""
    if not body.strip():
        return "an empty page"
    if kind := kind_of(body):
        return f"not a web page: {kind}"
    claim = other_type(content_type, PAGE_TYPES)
    return f"not a web page: {claim[:80]}" if claim else ""


def _too_big(markup: str) -> str:
    tags, links = len(_TAG.findall(markup)), len(_LINK_OR_ROW.findall(markup))
    if tags > MOST_TAGS or links > MOST_LINKS_OR_ROWS:
        return f"too big to read: {tags} tags, {links} links and table rows"
    return ""
