"""Sitemaps (sitemaps.org 0.9), Google News sitemaps and sitemap indexes -> the fields feedparser would give.

Elements are known by their local names, since sites misspell the namespaces. `lastmod` is when a page was
last touched, not when it was published: it only tells old pages from new ones. Nothing is fetched, and
entities of the document's own are not expanded.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from itertools import islice
from typing import Any

from lxml import etree

from monitor.model import Unreadable
from monitor.sources.dates import latest_moment
from monitor.sources.fields import Document, Fields

FIRST = 3  # of what robots.txt names, or an index: those of the news, or the newest
MOST_PARTS = 1000  # documents of an index that are remembered: one a week for 19 years
LONGEST_DAY = 40  # characters of a date
MOST_LISTED = 50_000  # pages, or documents of an index (sitemaps.org)
MOST_SAID = 200  # elements of one of them; a page in 40 languages has 50

_HEAD, _TAIL = 16_384, 4096  # bytes in which the root begins, and ends
_NAME = rb"<%b(?:[\w.-]+:)?(urlset|sitemapindex)"
_BEFORE = rb"(?:(?><\?.*?\?>)|(?><!--.*?-->)|(?><!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>)|\s)*+"
_ROOT = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?" + _BEFORE + _NAME % b"" + rb"[\s>/]", re.S | re.I)
_END = re.compile(_NAME % b"/" + rb"\s*>|" + _NAME % b"" + rb"[^>]*/>", re.I)

Texts = Mapping[str, str]  # of one <url> or <sitemap>: what its elements hold, by their local names


def parsed(body: bytes) -> Document | Unreadable | None:
    """The document; None: it is no sitemap. Of one cut short, the complete entries."""
    root = _ROOT.match(body[:_HEAD].replace(b"\0", b""))
    if root is None:
        return None
    complete = bool(_END.search(body[-_TAIL:].replace(b"\0", b"")))
    found = list(islice(_elements(body), MOST_LISTED + 1))
    over, found = len(found) > MOST_LISTED, found[:MOST_LISTED]
    whole = found if complete else found[:-1]
    if root[1].lower() == b"sitemapindex":
        dated = {texts["loc"]: texts.get("lastmod", "")[:LONGEST_DAY] for texts in whole if "loc" in texts}
        return _index(dated, complete)
    return Document(
        feed={name: _common(whole, name) for name in ("title", "language")},
        entries=[_fields(texts) for texts in whole if texts.get("loc")],
        complete=complete,
        archive=2 * sum("headline" in texts for texts in whole) < max(1, len(whole)),
        trouble=f"it lists more than {MOST_LISTED:,} pages: the rest is not read" if over else "",
    )


def _elements(body: bytes) -> Iterator[Texts]:
    """Every <url> or <sitemap>, as far as the document can be read. One at a time is in memory."""
    options = {"recover": True, "resolve_entities": False, "no_network": True, "load_dtd": False}
    with suppress(etree.XMLSyntaxError, ValueError):
        for _, element in etree.iterparse(BytesIO(body), **options):
            above = element.getparent()
            if above is None or above.getparent() is not None:
                continue
            if _name(element) in ("url", "sitemap"):
                yield _texts(element)
            above.remove(element)


def _texts(element: etree._Element) -> Texts:
    """`title` and `language` are those of the publication here, as of a feed; `headline` is the entry's."""
    found: dict[str, str] = {}
    for child in islice(element, MOST_SAID):
        if _name(child) == "news":
            found |= {_IN_NEWS[name]: text for name, text in _news(child) if name in _IN_NEWS and text}
        elif name := _name(child):
            found.setdefault(name, _text(child))
    return found


_IN_NEWS = {
    **{"title": "headline", "publication_date": "published", "keywords": "keywords"},
    **{"name": "title", "language": "language"},
}


def _news(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element:
        if _name(child) == "publication":
            yield from ((_name(part), _text(part)) for part in child)
        else:
            yield _name(child), _text(child)


def _name(element: etree._Element) -> str:
    """Lower case, without a namespace, or a prefix that no namespace was declared for."""
    name: Any = element.tag
    return name.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(name, str) else ""


def _text(element: etree._Element) -> str:
    text = element.text or ""
    return ("".join(element.itertext()) if len(element) else text).strip()


def _fields(texts: Texts) -> Fields:
    words = re.split(r"[,،、;]", texts.get("keywords", ""))
    return {
        "link": texts["loc"],
        "title": texts.get("headline", ""),
        "published": texts.get("published", ""),
        "lastmod": texts.get("lastmod", ""),
        "tags": [{"term": word.strip()} for word in words if word.strip()],
    }


def _common(found: Iterable[Texts], name: str) -> str:
    """What all that say it agree on; empty where they differ."""
    said = {texts[name] for texts in found if name in texts}
    return said.pop() if len(said) == 1 else ""


# --- indexes -----------------------------------------------------------------------------------------------


def _index(dates: Texts, complete: bool) -> Document | Unreadable:
    parts = ranked(dates)
    if not parts:
        return Unreadable("not a feed: a sitemap index that names no sitemap")
    over = f"it names {len(parts):,} sitemaps: only the newest {MOST_PARTS:,} are read"
    return Document(
        feed={},
        complete=complete,
        parts={url: dates[url] for url in parts[:MOST_PARTS]},
        trouble=over if len(parts) > MOST_PARTS else "",
    )


_NEWS = re.compile(r"(?<![a-z])(?:g(?:oogle)?[-_]?)?news(?![a-z]*letter)|latest|recent|today|breaking", re.I)
_ASIDE = re.compile(
    r"video|image|photo|picture|gallery|categor|(?<![a-z])tags?(?![a-z])|topic|author|(?<![a-z])users?(?![a-z])"
    r"|(?<![a-z])pages?-sitemap|posts-page|product|profile|section|static",
    re.I,
)
_ADDRESS = re.compile(r"https?://|(?![a-z][\w+.-]*:)\S", re.IGNORECASE)  # or a place on its own host
_NUMBERS = re.compile(r"\d+")


def newest(found: Iterable[str]) -> tuple[str, ...]:
    """The first few of addresses of sitemaps."""
    return ranked(dict.fromkeys(found, ""))[:FIRST]


def ranked(dates: Mapping[str, str]) -> tuple[str, ...]:
    """Addresses of sitemaps that are worth asking, with when they were changed where that is known.

    First such as are named after news, then the last changed, then by the highest number or date in the name.
    Such of pictures, tags and authors only where there is nothing else.
    """
    ranks = {url: _rank(url, day) for url, day in dates.items() if _ADDRESS.match(url)}
    some = any(own for own, *_ in ranks.values())
    return tuple(sorted((url for url in ranks if ranks[url][0] == some), key=ranks.__getitem__, reverse=True))


def _rank(url: str, changed: str) -> tuple[bool, bool, float, tuple[int, ...]]:
    place = re.sub(r"^[a-z]+://[^/]*", "", url[:2000], flags=re.IGNORECASE)
    moment = latest_moment(changed)
    numbers = tuple(int(digits) for digits in _NUMBERS.findall(place)[:10] if len(digits) < 20)
    return (
        not _ASIDE.search(place),
        bool(_NEWS.search(place)),
        moment.timestamp() if moment else 0.0,
        numbers,
    )
