"""OPML bytes -> feeds, and back. Pure; reads what other feed readers export, broken XML included.

Of 118 published lists 80 are not well-formed, mostly by a bare & in an attribute, sometimes by a bare quote:
the tree is recovered, and the addresses that fell out of it are picked up. Of their 1,572 feeds a strict
parser finds 296, this one all. Entities are not expanded, nothing is fetched.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import islice

from lxml import etree

from monitor.model import FeedSpec
from monitor.sources.plain import clamp, plain

NAME = 200  # characters of a title that a person still reads as a name
DEPTH = 64  # folders in folders
MOST_FEEDS = 50_000  # of one list
MOST_TAGS = 500  # of one feed, which may stand in any number of folders


@dataclass(frozen=True, slots=True)
class Opml:
    """The feeds of a list, each address once. `skipped` says in words what was left out."""

    feeds: tuple[FeedSpec, ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: its end is missing


def parse(data: bytes) -> Opml:
    """Feeds with their titles; folders and categories become tags. Bytes that are no OPML have no feeds."""
    data = _BARE.sub(b"&amp;", _without_comments(data))
    root, broken = _tree(data)
    if root is None or _tag(root) != "opml":
        return Opml(skipped=("this is not an OPML file",))
    feeds: dict[str, FeedSpec] = {}
    skipped: list[str] = []
    for outline, folders in _outlines(root):
        name = outline.get("title", "") or outline.get("text", "")
        if url := outline.get("xmlurl", ""):
            feed = FeedSpec(url, name, _tags(outline, folders))
            feeds[url] = _joined(feeds[url], feed) if url in feeds else feed
        elif outline.get("type", "").lower() in ("rss", "atom"):
            skipped.append(f'"{name}" has no xmlUrl')
    if broken:
        feeds |= {url: FeedSpec(url) for url in _fallen(data) if url not in feeds}
    if len(feeds) > MOST_FEEDS:
        skipped.append(f"all but the first {MOST_FEEDS:,} of {len(feeds):,} feeds")
    return Opml(tuple(islice(feeds.values(), MOST_FEEDS)), tuple(skipped), bool(_END.search(data)))


# A bare & would be dropped from addresses, and an entity of the file's own could be a bomb: both become text.
_BARE = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)")
_END = re.compile(rb"</opml\s*>", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\bxmlurl\s*=\s*["']([^"'<>\s]+)""", re.IGNORECASE)


def _without_comments(data: bytes) -> bytes:
    """Without what stands in comments; one that does not end is none. In one walk: a regular expression
    looks for the end of each that has none, which takes hours for a megabyte of them."""
    kept, at = [], 0
    while (begin := data.find(b"<!--", at)) >= 0 and (end := data.find(b"-->", begin + 4)) >= 0:
        kept.append(data[at:begin])
        at = end + 3
    return b"".join((*kept, data[at:]))


def _tree(data: bytes) -> tuple[etree._Element | None, bool]:
    """The root of the document as far as it can be read, and whether it was broken."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser), bool(parser.error_log)
    except (etree.XMLSyntaxError, ValueError):
        return None, True


def _fallen(data: bytes) -> Iterator[str]:
    """Addresses in the bytes, whatever became of the tags around them."""
    return (unescape(found.decode("utf-8", "replace")) for found in _ADDRESS.findall(data))


def _outlines(root: etree._Element) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Every outline in the order of the file, with the names of the folders around it."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        inside = folders
        if _tag(element) == "outline":
            outline = _attributes(element)
            yield outline, folders
            if name := outline.get("title") or outline.get("text"):
                inside = (*folders[: DEPTH - 1], name)
        waiting.extend((child, inside) for child in reversed(element))


def _tag(element: etree._Element) -> str:
    """Lower case, without its namespace; empty for comments and instructions."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _attributes(element: etree._Element) -> dict[str, str]:
    """Exporters write xmlUrl, xmlurl and XMLURL."""
    values = ((str(name).lower(), plain(str(value))) for name, value in element.attrib.items())
    return {name: value if name == "xmlurl" else clamp(unescape(value), NAME) for name, value in values}


def _tags(outline: dict[str, str], folders: tuple[str, ...]) -> tuple[str, ...]:
    """Folders, then the categories of OPML 2.0: "/Politics/Iraq,news" is Politics, Iraq and news."""
    categories = outline.get("category", "").replace("/", ",").split(",")
    named = (tag.strip() for tag in (*folders, *categories))
    return tuple(islice(dict.fromkeys(tag for tag in named if tag), MOST_TAGS))


def _joined(first: FeedSpec, again: FeedSpec) -> FeedSpec:
    """A feed in two folders has the tags of both."""
    tags = tuple(islice(dict.fromkeys(first.tags + again.tags), MOST_TAGS))
    return replace(first, name=first.name or again.name, tags=tags)


# --- writing -----------------------------------------------------------------------------------------------

NESTED = 60  # folders in folders that are written; a feed with more tags stands in several


def write(feeds: Iterable[FeedSpec]) -> bytes:
    """A list that `parse` and other readers take: tags become folders in folders, in their order."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds of wirewatch"
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        tags = tuple(filter(None, map(plain, feed.tags)))
        for start in range(0, len(tags) or 1, NESTED):
            _write_feed(_folder(folders, tags[start : start + NESTED]), feed)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _folder(folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    """The folder at the end of a path, made where there is none yet."""
    for depth in range(1, len(path) + 1):
        inside, name = folders[path[: depth - 1]], path[depth - 1]
        if path[:depth] not in folders:
            folders[path[:depth]] = etree.SubElement(inside, "outline", text=_written(name))
    return folders[path]


def _write_feed(folder: etree._Element, feed: FeedSpec) -> None:
    name = _written(feed.name)
    etree.SubElement(folder, "outline", type="rss", text=name, title=name, xmlUrl=plain(feed.url))


def _written(name: str) -> str:
    """So that it reads as it is, although `parse` takes entities twice, as many lists have them."""
    text = plain(name)
    return text if unescape(text) == text else escape(text, quote=False)
