"""Link headers, link elements, hubs of JSON Feeds -> relations and addresses."""

import pytest

from monitor.sources import links

HEADERS = [
    ("one", ['<https://hub.example/>; rel="hub"'], [("hub", "https://hub.example/")]),
    (
        "two in a header, bare and quoted",
        ['<https://a.example/>; rel=hub, </feed>; rel="self"'],
        [("hub", "https://a.example/"), ("self", "/feed")],
    ),
    ("two headers", ["<a>; rel=hub", "<b>; rel=self"], [("hub", "a"), ("self", "b")]),
    ("several relations of one address", ['<a>; rel="hub  self"'], [("hub", "a"), ("self", "a")]),
    ("any case", ['<a>; REL="HUB"'], [("hub", "a")]),
    ("commas and semicolons in an address", ["<a,b;c>; rel=hub"], [("hub", "a,b;c")]),
    ("and in quotes", ['<a>; title="x, <y>; rel=self"; rel=hub'], [("hub", "a")]),
    ("other parameters first", ['<a>; type="text/html"; rel=hub; hreflang=en'], [("hub", "a")]),
    ("the first rel counts (RFC 8288 3.3)", ["<a>; rel=hub; rel=self"], [("hub", "a")]),
    ("an anchor speaks of another document", ['<a>; rel=hub; anchor="/other"'], []),
    ("no relation", ["<a>"], []),
    ("no brackets", ["https://a.example/; rel=hub"], []),
    ("never closed", ['<a>; rel="hub'], []),
    ("empty", [""], []),
]


@pytest.mark.parametrize(("values", "found"), [row[1:] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_link_headers(values: list[str], found: list[links.Link]) -> None:
    assert list(links.in_headers(values)) == found


ATOM = "http://www.w3.org/2005/Atom"
DOCUMENTS = [
    (
        "Atom",
        f'<?xml version="1.0"?><feed xmlns="{ATOM}"><link rel="self" href="https://a.example/feed"/>'
        "<link rel='hub' href='https://hub.example/?a=1&amp;b=2'/></feed>",
        [("self", "https://a.example/feed"), ("hub", "https://hub.example/?a=1&b=2")],
    ),
    (
        "RSS, with a prefix of its own",
        f'<rss xmlns:atom10="{ATOM}"><channel><link>https://a.example/</link>'
        '<atom10:link href="https://hub.example/" rel="hub"></atom10:link></channel></rss>',
        [("hub", "https://hub.example/")],
    ),
    (
        "HTML",
        "<!doctype html><html><head><LINK REL=hub HREF=https://hub.example/><title>x</title></head></html>",
        [("hub", "https://hub.example/")],
    ),
    (
        "what strangers wrote into a page",
        '<html><head></head><body><p><link rel="hub" href="https://evil.example/"></p></body></html>',
        [],
    ),
    (
        "what an entry says",
        '<rss><channel><item><link rel="hub" href="https://evil.example/"/></item></channel></rss>',
        [],
    ),
    (
        "what only looks like an element",
        '<feed><!-- <link rel="hub" href="a"/> --><![CDATA[<link rel="hub" href="b"/>]]></feed>',
        [],
    ),
    ("an entry of another name", '<feed><entryway/><link rel="hub" href="a"/></feed>', [("hub", "a")]),
    ("no address", '<feed><link rel="hub"/></feed>', []),
    (
        "JSON Feed",
        '{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://a.example/f", "items": [],'
        ' "hubs": [{"type": "rssCloud", "url": "https://r.example/"},'
        ' {"type": "WebSub", "url": "https://hub.example/"}]}',
        [("self", "https://a.example/f"), ("hub", "https://hub.example/")],
    ),
    ("JSON of another shape", '{"hubs": {"type": "WebSub"}, "feed_url": 7}', []),
    ("hubs of no shape", '{"hubs": ["x", null, {"type": "websub"}, {"url": "a"}]}', []),
    ("half a JSON", '{"hubs": [{"type": "WebSub"', []),
    ("nothing", "", []),
]


@pytest.mark.parametrize(("text", "found"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig"])
def test_documents(text: str, found: list[links.Link], charset: str) -> None:
    assert list(links.in_document(text.encode(charset))) == found


def test_a_document_in_utf_16_names_its_links() -> None:
    body = '<feed><link rel="hub" href="https://hub.example/"/></feed>'.encode("utf-16")
    assert list(links.in_document(body)) == [("hub", "https://hub.example/")]


TIMES = 30  # were a piece read once for each of its beginnings, this would take minutes


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<link ", b"<link rel=", b'<link rel="', b"<", b" ", b"<a:", b"{", b'{"a":[']
)
def test_hostile_documents_are_read_once(piece: bytes) -> None:
    for _ in range(TIMES):
        assert not list(links.in_document(piece * (2 * links.HEAD // len(piece))))


@pytest.mark.parametrize(
    "piece", ["<", "<a>;", '<a>; rel="', "<a>; rel", "; ", "<a>; a=b", '\\"', "<a>; rel=hub, "]
)
def test_hostile_headers_are_read_once(piece: str) -> None:
    for _ in range(TIMES):
        list(links.in_headers([piece * (16_000 // len(piece))] * 4))
