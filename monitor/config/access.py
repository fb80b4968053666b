"""How one feed may be asked beyond how all are: `headers`, `cookies`, `allow_networks`, `pages` of a feed."""

import re
from collections.abc import Mapping
from typing import Any

from monitor.config import values as value_of
from monitor.config.book import Book, Schema, many, one, shown
from monitor.config.marked import Node, Table, Text, Wrong
from monitor.model import Access, Secret

LONGEST = 8 * 1024  # characters of a header: servers refuse more
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 5.6.2: a token
_COOKIE_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_VALUE = re.compile(r"[\x20-\x7e]+")
_COOKIE_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")  # RFC 6265 4.1.1, and what browsers send beyond: , " \
# What the connection, the cache and our manners are made of; a feed's own line would break or forge them.
_OURS = frozenset(
    {"host", "connection", "keep-alive", "content-length", "content-type", "content-encoding", "expect"}
    | {"transfer-encoding", "te", "trailer", "upgrade", "accept-encoding", "range", "user-agent", "referer"}
    | {"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "a-im"}
    | {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"}
)


def access_of(given: Mapping[str, Node], values: Mapping[str, Any], url: str) -> Access | None:
    """What the keys of a feed ask for; None: nothing beyond the usual."""
    if given.keys().isdisjoint(ACCESS):
        return None
    cookie = values.get("cookies", Secret())
    headers = values.get("headers", ()) + ((("Cookie", cookie),) if cookie else ())
    networks = values.get("allow_networks", ())
    return Access(url, headers, networks, pages=values.get("pages", "always") == "always")


def _headers(book: Book, node: Node) -> tuple[tuple[str, Secret], ...]:
    """Messages show names only: a value is what opens the door."""
    pairs = _pairs(book, node, "headers", "write  X-Api-Key: ${EXAMPLE_KEY}")
    found: dict[str, Secret] = {}
    for key, value in pairs:
        with book.noting(value, f"feeds.headers.{_brief(key)}"):
            name = _header_name(key)
            if name in found:
                raise Wrong(f"the header {shown(key)} stands twice", "keep one", key.start)
            found[name] = Secret(_checked(value, _VALUE, "a header's value is one line of plain characters"))
    return tuple(found.items())


def _header_name(key: Text) -> str:
    lower = key.raw.lower()
    if not _NAME.fullmatch(key.raw):
        raise Wrong(f"{shown(key)} is not the name of a header", "write  X-Api-Key: …", key.start)
    if lower == "cookie":
        raise Wrong(
            "cookies have a key of their own", "write  cookies: {session: ${EXAMPLE_SESSION}}", key.start
        )
    if lower in _OURS or lower.startswith(("proxy-", "sec-")):
        raise Wrong(f"the header {shown(key)} is wirewatch's own", "leave it out", key.start)
    return "-".join(part.capitalize() for part in key.raw.split("-"))


def _cookies(book: Book, node: Node) -> Secret:
    """A table of names and values, or one text as a browser sends it: `session=…; region=…`."""
    if isinstance(node, Text):
        return Secret(_checked(book.text(node), _VALUE, "cookies are one line:  session=…; region=…"))
    found: list[str] = []
    for key, value in _pairs(book, node, "cookies", "write  session: ${EXAMPLE_SESSION}"):
        with book.noting(value, f"feeds.cookies.{_brief(key)}"):
            if not _COOKIE_NAME.fullmatch(key.raw):
                raise Wrong(f"{shown(key)} is not the name of a cookie", "write  session: …", key.start)
            found.append(
                f"{key.raw}={_checked(value, _COOKIE_VALUE, 'a cookie has no spaces and no ; in it')}"
            )
    return Secret("; ".join(found))


def _pairs(book: Book, node: Node, name: str, hint: str) -> list[tuple[Text, Text]]:
    if not isinstance(node, Table) or not node.pairs:
        raise Wrong(f"{name} must be a table of  name: value  lines", hint)
    return [(key, book.text(value)) for key, value in node.pairs]


def _checked(value: Text, pattern: re.Pattern[str], hint: str) -> str:
    text = value.value.strip()
    if len(text) > LONGEST or not text or not pattern.fullmatch(text):
        raise Wrong("this value is empty, too long, or not what can be sent", hint, value.start)
    return text


def _brief(key: Text) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in key.raw[:40])


def _pages(text: Text) -> str:
    if text.value not in ("always", "never"):
        raise Wrong(f"{shown(text)} is neither always nor never", "never: the feed carries whole articles")
    return text.value


ACCESS: Schema = {
    "pages": one(_pages),
    "headers": _headers,
    "cookies": _cookies,
    "allow_networks": many(value_of.network),
}
