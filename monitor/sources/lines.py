"""Markup -> lines of text, each with its zone and with what of it is a link to another page."""

import re
from functools import lru_cache

from lxml.etree import _Element
from lxml.html import document_fromstring

from monitor.model import UNSEEN, Block, Zone
from monitor.sources import chaff
from monitor.sources.address import canonical, place, web_address
from monitor.sources.chaff import Line
from monitor.sources.plain import plain

# HTML's names, and those of trafilatura's tree (head, quote, list, item, row, cell, lb): below <body> no name
# means two things.
_ZONES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "head"), Zone.HEADING),
    **dict.fromkeys(("blockquote", "quote"), Zone.QUOTE),
    **dict.fromkeys(("li", "dt", "dd", "item"), Zone.LIST),
    **dict.fromkeys(("tr", "row"), Zone.TABLE),
    **dict.fromkeys(("figcaption", "caption"), Zone.CAPTION),
    **dict.fromkeys(("aside", "nav"), Zone.RELATED),
}
_BREAKING = frozenset(_ZONES) | {
    *("address", "article", "body", "br", "center", "details", "div", "dl", "fieldset", "figure", "footer"),
    *("form", "header", "hr", "lb", "list", "main", "ol", "p", "pre", "section", "summary", "table", "ul"),
}
_SILENT = {
    *("audio", "button", "canvas", "datalist", "iframe", "map", "noscript", "object", "script"),
    *("select", "style", "svg", "template", "textarea", "title", "video"),
}
# Boxes that say of themselves what they are.
_RELATED_BOX = re.compile(
    r"(?:^|[\s_-])(?:related|read-?more|also-?read|recommended|newsletter)(?:$|[\s_-])", re.I
)
# A link that says its path from the beginning.
_WHOLE = re.compile(r"(?:(?:https?:)?//[a-z0-9.-]+)?/(?!/)", re.IGNORECASE)
_NO_WORD = re.compile(r"(?:%[0-9a-fA-F]{2}|[^a-zA-Z0-9])+")
_UNPARSABLE = re.compile("[\x00\ud800-\udfff]")


def html_blocks(markup: str, url: str = "") -> tuple[Block, ...]:
    """A fragment of HTML as blocks. `url` is the page it belongs to: links there do not lead away.

    A fragment that is nothing but links to elsewhere is told as it is: the links are all it has to say.
    """
    if "<" not in markup and "&" not in markup:
        return (Block(Zone.BODY, plain(markup)),) if plain(markup) else ()
    tree = document_fromstring(f"<html><body>{_UNPARSABLE.sub('', markup)}</body></html>")
    lines = lines_of(tree.find("body"), url)
    found = chaff.blocks(lines)
    if any(block.zone not in UNSEEN for block in found):
        return found
    return tuple(
        Block(line.zone, block.text) if block.zone is Zone.RELATED else block
        for line, block in zip(lines, found, strict=True)
    )


def lines_of(root: _Element, url: str) -> list[Line]:
    writer = _Writer(url)
    writer.visit(root, Zone.BODY, linked=False)
    writer.end_line()
    return writer.lines


def breaks_line(element: _Element) -> bool:
    return element.tag in _BREAKING


def leads_away(element: _Element, url: str) -> bool:
    """Is the element a link to a page other than `url`?"""
    return element.tag == "a" and _is_elsewhere(element.get("href") or "", url)


@lru_cache(maxsize=1024)  # a page names each of its links two or three times, and each is asked for twice
def _is_elsewhere(link: str, url: str) -> bool:
    if _WHOLE.match(link) and _telling(url) not in link:
        return True
    target = canonical(web_address(link, url))
    return bool(target) and target != canonical(url)


@lru_cache(maxsize=16)
def _telling(url: str) -> str:
    """The longest word of a page's path, which stands in every spelling of its address, and in few others;
    empty where there is none."""
    return max(_NO_WORD.split(place(canonical(url)).partition("?")[0]), key=len)


class _Writer:
    """Walks a tree and writes down its lines."""

    def __init__(self, url: str) -> None:
        self.lines: list[Line] = []
        self._url = url
        self._zone: Zone | None = None  # of the line: that of its first visible text
        self._text: list[str] = []
        self._outside: list[str] = []

    def visit(self, element: _Element, zone: Zone, *, linked: bool) -> None:
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            return
        zone = _zone_within(element, zone)
        linked = linked or (element.tag == "a" and leads_away(element, self._url))
        breaks = element.tag in _BREAKING
        if breaks:
            self.end_line()
        self._write(element.text, zone, linked)
        for child in element:
            self.visit(child, zone, linked=linked)
            if child.tail:
                self._write(child.tail, zone, linked)
        if breaks:
            self.end_line()
        elif element.tag in ("td", "th", "cell"):
            self._write(" ", zone, linked)

    def end_line(self) -> None:
        if self._zone and (text := plain("".join(self._text))):
            all_outside = len(self._outside) == len(self._text)
            outside = text if all_outside else plain("".join(self._outside))
            self.lines.append(Line(self._zone, text, outside))
        self._zone, self._text, self._outside = None, [], []

    def _write(self, text: str | None, zone: Zone, linked: bool) -> None:
        if not text:
            return
        if self._zone is None and text.strip():
            self._zone = zone
        self._text.append(text)
        if not linked:
            self._outside.append(text)


def _zone_within(element: _Element, zone: Zone) -> Zone:
    """A box of related links stays one, whatever stands in it; else the innermost element names the zone."""
    if zone is Zone.RELATED or _is_related(element.get("class")):
        return Zone.RELATED
    return _ZONES.get(element.tag, zone)


@lru_cache(maxsize=1024)  # nine of ten boxes of a page are like another
def _is_related(names: str | None) -> bool:
    return bool(names and _RELATED_BOX.search(names))
