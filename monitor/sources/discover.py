"""A site's plain address -> the feeds it may have: named by the page, at the usual places, in robots.txt.

Nothing is fetched here: candidates come out, the best first, and whoever asks for them reads what they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from monitor.model import host_of
from monitor.model.sites import same_site
from monitor.sources import sitemap
from monitor.sources.address import web_address
from monitor.sources.charset import decoded
from monitor.sources.plain import headline

MOST = 10  # candidates that a page can name; a page of a paper's feeds has 50, and nobody means them all
MOST_LINKS = 5000  # of a page that are looked at; the richest of 152 news pages has 605
TITLE_LIMIT = 200  # characters
LONGEST_ADDRESS = 2000  # likewise


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed, and where it was found, in words."""

    url: str
    title: str = ""
    origin: str = "named by the page"


# --- what a page names -------------------------------------------------------------------------------------

_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TYPES = {
    **dict.fromkeys(("application/rss+xml", "application/atom+xml", "application/rdf+xml"), 0),
    **dict.fromkeys(("application/xml", "text/xml", "application/rss", "text/rss"), 0),
    **dict.fromkeys(("application/feed+json", "application/json"), 1),
}
_API = re.compile(r"/wp-json/|oembed", re.IGNORECASE)  # WordPress names its own as alternates
_FEEDISH = re.compile(
    r"/(?:rss|feeds?|atom)(?:/[^?]*(?<!\.html)(?<!\.htm))?$|\.(?:rss|atom|rdf)$|/[\w-]*(?:rss|feed|atom)[\w-]*\.(?:xml|json|php|aspx?)$"
    r"|[?&](?:feed|format|type|output)=(?:rss2?|atom|feed)(?:&|$)",
    re.IGNORECASE,
)
# In the words of the sites that WordPress and others are translated for.
_COMMENTS = re.compile(
    r"comment|kommentar|comentari|commentaire|commenti\b|reacties|komentar|yorum|коммент|комент"
    r"|تعليق|תגובות|评论|留言|コメント|댓글|bình luận",
    re.IGNORECASE,
)


def candidates(body: bytes, url: str) -> tuple[Candidate, ...]:
    """The feeds a web page names, the likeliest first; none of what is no web page.

    First that of the very page, when it lists articles; then the site's own, in the order of the page; those
    it links to in its text; those of other sites; at last those of comments.
    """
    tree = _tree(body)
    if tree is None:
        return ()
    base = urljoin(url, next((found.get("href") or "" for found in tree.iter("base")), "").strip())
    page = _Page(url, _is_article(tree))
    found = [*_links(tree, base), *_anchors(tree, base)]
    ranked = sorted(found, key=lambda one: (page.rank(one[1]), one[0]))
    named: dict[str, Candidate] = {}
    for _, one in ranked:
        named.setdefault(one.url, one)
    named.pop(url, None)
    return tuple(named.values())[:MOST]


def _tree(body: bytes) -> etree._Element | None:
    """Without lxml.html, which the daemon, that looks here for the usual places, need not load."""
    if not _PAGE.search(body[:65_536].replace(b"\0", b"")):
        return None
    markup = decoded(body, "", guess=lambda _: [])
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _links(tree: etree._Element, base: str) -> Iterator[tuple[int, Candidate]]:
    """<link rel=alternate> of a feed's type, and <link rel=feed>; XML before JSON."""
    for link in islice(tree.iter("link"), MOST_LINKS):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        address = _address(link, base)
        named = "feed" in relations or ("alternate" in relations and kind in _TYPES)
        if address and named and not _API.search(address):
            yield _TYPES.get(kind, 0), Candidate(address, headline(link.get("title") or "", TITLE_LIMIT))


def _anchors(tree: etree._Element, base: str) -> Iterator[tuple[int, Candidate]]:
    for link in islice(tree.iter("a"), MOST_LINKS):
        address = _address(link, base)
        if address and _FEEDISH.search(address.partition("#")[0]):
            title = headline(" ".join(link.itertext()), TITLE_LIMIT)
            yield 2, Candidate(address, title, "linked from the page")


def _address(link: etree._Element, base: str) -> str:
    """Empty too for what is too long to be one: a megabyte would be searched for minutes."""
    written = link.get("href") or ""
    return web_address(written, base) if len(written) <= LONGEST_ADDRESS else ""


def _is_article(tree: etree._Element) -> bool:
    """Then a feed below its address is of its comments."""
    kinds = (meta.get("content") or "" for meta in tree.iter("meta") if meta.get("property") == "og:type")
    marks = " ".join(body.get("class") or "" for body in tree.iter("body")).split()
    return "article" in kinds or not {"single", "single-post", "postid"}.isdisjoint(marks)


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    is_article: bool

    def rank(self, one: Candidate) -> tuple[bool, bool, bool, bool]:
        """Low is good: of comments; of another site; of another host; not of this very page."""
        below = self._is_below(one.url)
        comments = bool(_COMMENTS.search(f"{one.title} {urlsplit(one.url).path}"))
        elsewhere = _name(one.url) != _name(self.url)
        return (
            comments or (below and self.is_article),
            not same_site(one.url, self.url),
            elsewhere,
            not below,
        )

    def _is_below(self, url: str) -> bool:
        mine, theirs = urlsplit(self.url), urlsplit(url)
        folder = mine.path.rstrip("/") + "/"
        return folder != "/" and mine.netloc == theirs.netloc and theirs.path.startswith(folder)


def _name(url: str) -> str:
    return host_of(url).partition(":")[0].removeprefix("www.")


# --- the usual places --------------------------------------------------------------------------------------

PATHS = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
# They name feeds where they have some; to guess would only be a burden.
_NO_GUESSING = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|vimeo\.com|facebook\.com|instagram\.com|threads\.net|tiktok\.com|twitter\.com"
    r"|x\.com|t\.co|linkedin\.com|reddit\.com|t\.me|telegram\.org|pinterest\.com|whatsapp\.com|medium\.com"
    r"|github\.com|google\.com|apple\.com|spotify\.com|wikipedia\.org)(?::\d+)?$"
)


def guesses(url: str) -> tuple[Candidate, ...]:
    """Where sites have a feed that no page names: below this page first, then below the front page."""
    if _NO_GUESSING.search(host_of(url)):
        return ()
    folder = urlsplit(url).path.rstrip("/")
    own = [f"{folder}/feed"] if folder and "." not in folder.rpartition("/")[2] else []
    places = dict.fromkeys((*own, *(f"/{path}" for path in PATHS)))
    return tuple(Candidate(urljoin(url, place), origin="at a usual place") for place in places)


def robots_of(url: str) -> str:
    return urljoin(url, "/robots.txt")


_SITEMAP = re.compile(r"^\ufeff?[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


def sitemaps(robots: bytes, url: str) -> tuple[Candidate, ...]:
    """Those that robots.txt names (sitemaps.org), of news first."""
    named: Sequence[str] = _SITEMAP.findall(robots.decode("utf-8", "replace"))
    found = (web_address(one, url) for one in sitemap.newest(named))
    return tuple(Candidate(one, origin="a sitemap that robots.txt names") for one in found if one)
