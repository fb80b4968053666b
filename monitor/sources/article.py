"""Page bytes -> Article: the text a reader would read, in blocks that know what they are.

trafilatura says which text is the article (fast=True: on 181 benchmark pages 1.5 times the speed and the same
F1 as its cascade; never its comments, they cost .014 of precision). It is asked without links, because asking
for them changes what it keeps; which of the kept lines are links is looked up in the page afterwards.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import detect_encoding, load_html

from monitor.model import Article, Entry, Unreadable
from monitor.model.sites import same_site
from monitor.sources import chaff, fresh, thin
from monitor.sources.address import canonical, place, web_address
from monitor.sources.chaff import Line
from monitor.sources.charset import PAGE_TYPES, decoded, kind_of, other_type
from monitor.sources.dates import parse_date
from monitor.sources.lines import breaks_line, leads_away, lines_of
from monitor.sources.plain import headline, plain
from monitor.sources.robots import TOKEN, forbids_keeping
from monitor.sources.thin import Seen

TITLE_LIMIT = 1000  # characters
AUTHOR_LIMIT = 200
# Beyond these trafilatura needs its whole time limit: 5,000 table rows take 18 s, 100,000 links 27 s. The
# biggest of 152 news pages has 3,319 tags and 605 links.
MOST_TAGS = 20_000
MOST_LINKS_OR_ROWS = 3_000

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
    meta = _meta(tree)
    document = bare_extraction(tree, url=url, fast=True, include_comments=False)
    article = Article(
        title=_title(tree, meta),
        blocks=chaff.blocks(_lines(document.body, tree, url)) if isinstance(document, Document) else (),
        languages=_languages(tree, meta),
        published=_published(tree, meta),
        author=_author(tree, meta),
        canonical=_canonical(tree, url),
    )
    found = thin.of(Seen(url, asked or url, article.title, article.text, markup, meta))
    if found and not found.teaser:
        return Unreadable(found.reason, found.passing)
    if not article.text:
        return Unreadable(
            "nothing but links on the page" if article.blocks else "no article text on the page"
        )
    keep = not forbids_keeping(meta.get("robots", "")) and not forbids_keeping(meta.get(TOKEN, ""))
    if found:
        return replace(article, note=found.reason, passing=found.passing, keep=keep)
    return replace(article, keep=keep)


def _no_page(body: bytes, content_type: str) -> str:
    """Why these bytes cannot be a web page; empty when they may be one."""
    if not body.strip():
        return "an empty page"
    if kind := kind_of(body):
        return f"not a web page: {kind}"
    claim = other_type(content_type, PAGE_TYPES)
    return f"not a web page: {claim[:80]}" if claim else ""


def _too_big(markup: str) -> str:
    tags = sum(1 for _ in _TAG.finditer(markup))
    links = sum(1 for _ in _LINK_OR_ROW.finditer(markup))
    if tags > MOST_TAGS or links > MOST_LINKS_OR_ROWS:
        return f"too big to read: {tags} tags, {links} links and table rows"
    return ""


# --- which of the kept lines are links ---------------------------------------------------------------------


def _lines(body: _Element, tree: HtmlElement, url: str) -> Iterator[Line]:
    kept = lines_of(body, url)
    outside = _linked_lines(tree, url, "\n".join(_letters(line.text) for line in kept))
    return (Line(line.zone, line.text, outside.get(_letters(line.text), line.text)) for line in kept)


def _linked_lines(tree: HtmlElement, url: str, kept: str) -> Mapping[str, str]:
    """The lines of a page that hold links to other pages: their letters, and what stands outside the links.

    Only links whose letters are among those kept are looked at: about one in ten of a news page.
    """
    found: dict[str, str] = {}
    seen = set()
    for link in tree.iter("a"):
        letters = _letters(link.text_content())
        if not letters or letters not in kept or not leads_away(link, url):
            continue
        found.setdefault(letters, "")
        block = next((above for above in link.iterancestors() if breaks_line(above)), link)
        if block not in seen:
            seen.add(block)
            found |= {
                _letters(line.text): line.outside
                for line in lines_of(block, url)
                if line.outside != line.text
            }
    return found


def _letters(text: str) -> str:
    """Text without its spaces: trafilatura puts them elsewhere than the page did."""
    return "".join(plain(text).split())


# --- what the page says of itself --------------------------------------------------------------------------

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")
_PUBLISHED_IN_META = (
    *("article:published_time", "datepublished", "og:article:published_time", "parsely-pub-date", "pubdate"),
    *("dc.date.issued", "dcterms.created", "sailthru.date", "publish-date", "article.published", "date"),
)
_AUTHOR_IN_META = ("author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author")
# A name, or a table with one; never across a brace: the publisher stands behind it.
_AUTHOR_IN_JSON = re.compile(
    r'"author"\s*:\s*\[?\s*(?:\{[^{}]{0,500}?"name"\s*:\s*)?"((?:[^"\\]|\\.){2,200})"'
)
_PUBLISHED_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{1,80})"')


def _meta(tree: HtmlElement) -> dict[str, str]:
    """What <meta> elements say, by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        if name and element.get("content"):
            found.setdefault(name.lower(), element.get("content"))
    return found


def _title(tree: HtmlElement, meta: Mapping[str, str]) -> str:
    """What the page calls itself; its <h1> when that is the same without the site's name behind it."""
    window = (element.text_content() for element in tree.iter("title"))
    heads = [headline(element.text_content(), TITLE_LIMIT) for element in tree.iter("h1")]
    claims = [meta.get("og:title", ""), meta.get("twitter:title", ""), *heads[:1], *window]
    named = next((title for claim in claims if (title := headline(claim, TITLE_LIMIT))), "")
    return next((head for head in heads if head and named.startswith(head)), named)


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


def _languages(tree: HtmlElement, meta: Mapping[str, str]) -> tuple[str, ...]:
    """The primary subtag the page claims, lower case: "en" of "en-GB"; nothing where it does not say."""
    root = tree.getroottree().getroot()
    claims = (root.get("lang"), meta.get("og:locale"), meta.get("content-language"), meta.get("language"))
    found = (_LANGUAGE.match(claim.strip()) for claim in claims if claim)
    return tuple(match.group().lower() for match in found if match)[:1]


def _author(tree: HtmlElement, meta: Mapping[str, str]) -> str:
    """Names as the page gives them to machines; a profile's address is none."""
    claims = [meta[name] for name in _AUTHOR_IN_META if name in meta]
    claims += [_spoken(name) for script in _data(tree) for name in _AUTHOR_IN_JSON.findall(script)[:1]]
    names = (headline(claim, AUTHOR_LIMIT) for claim in claims if "://" not in claim)
    return next(filter(None, names), "")


def _spoken(json_text: str) -> str:
    """A JSON string without its quotes, as the words it stands for."""
    try:
        return str(json.loads(f'"{json_text}"'))
    except ValueError:
        return ""


def _data(tree: HtmlElement) -> list[str]:
    """What the page says in JSON for search engines."""
    return [
        script.text or "" for script in tree.iter("script") if script.get("type") == "application/ld+json"
    ]


def _published(tree: HtmlElement, meta: Mapping[str, str]) -> datetime | None:
    stamps = [meta[name] for name in _PUBLISHED_IN_META if name in meta]
    stamps += [stamp for script in _data(tree) for stamp in _PUBLISHED_IN_JSON.findall(script)]
    stamps += [time.get("datetime") or "" for time in tree.iter("time")][:1]
    return next((date for stamp in stamps if (date := parse_date(stamp))), None)
