"""Addresses that an answer names beside its text, each with its relation: Link headers and link elements.

A relation is lower case, an address as it was written. Only what stands before the first entry of a feed, or
in the head of a page, counts: what follows may be words of strangers.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

Link = tuple[str, str]  # relation, address

HEAD = 65_536  # bytes of a document that are looked at

# RFC 8288 3: <address>; name=value; name="value", <address> … Nothing is tried twice: 16 KB may be hostile.
_HEADER = re.compile(
    r"<(?P<address>[^<>]*+)>"
    r"(?P<rest>(?:\s*+;\s*+[^\s\"=,;<>]*+(?:\s*+=\s*+(?:\"(?:[^\"\\]|\\.)*+\"|[^\s\",;<>]*+))?+)*+)",
    re.DOTALL,
)
_PARAMETER = re.compile(
    r";\s*+([^\s\"=,;<>]++)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s\",;<>]*+))", re.DOTALL
)


def in_headers(values: Iterable[str]) -> Iterator[Link]:
    """What Link headers name. A link with an anchor speaks of another document than the one that came."""
    for found in _HEADER.finditer(", ".join(values)):
        said: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(found["rest"]):
            said.setdefault(name.lower(), quoted or bare)
        if "anchor" not in said:
            yield from ((relation, found["address"]) for relation in said.get("rel", "").lower().split())


def in_document(body: bytes) -> Iterator[Link]:
    """What a feed, of whatever kind, or a web page names in its head. Never raises."""
    start = body[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    return _of_json(body) if start.startswith(b"{") else _of_markup(start)


# Everything left open reaches to the end, so that 64 KB of "<!--" are read once.
_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|<(?:[\w.-]++:)?(?P<end>item|entry|body)[\s/>]"
    rb"|<(?:[\w.-]++:)?link\s(?P<link>[^<>]*+)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(rb"([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")


def _of_markup(head: bytes) -> Iterator[Link]:
    """UTF-16 is read as ASCII with zeros between; addresses are ASCII in nearly every document."""
    for token in _TOKEN.finditer(head.replace(b"\0", b"")):
        if token["end"]:
            return
        if token["link"]:
            said = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(token["link"])}
            address = unescape(said.get(b"href", b"").decode("utf-8", "replace"))
            relations = said.get(b"rel", b"").decode("utf-8", "replace").lower().split()
            yield from ((relation, address) for relation in relations if address)


def _of_json(body: bytes) -> Iterator[Link]:
    """JSON Feed 1.1: `hubs` with their kind, and `feed_url`, which is its own address."""
    try:
        read: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(read, dict) and isinstance(own := read.get("feed_url"), str):
        yield "self", own
    for hub in _tables(read.get("hubs")) if isinstance(read, dict) else ():
        if str(hub.get("type", "")).lower() == "websub" and isinstance(hub.get("url"), str):
            yield "hub", hub["url"]


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
