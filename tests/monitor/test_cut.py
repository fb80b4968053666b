"""Documents cut into their entries; and of which only the new ones are read."""

from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from monitor.model import FeedRead
from monitor.sources import cut
from monitor.sources.feed import read_feed
from tests.monitor.readings import NOW, URL, Shelf, decided, difference

NAMES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def entry(name: str, more: str = "") -> str:
    return (
        f"<item><title>{name}</title><guid>{name}</guid><link>https://news.example/{name}</link>{more}</item>"
    )


def rss(*entries: str, head: str = "<title>World</title>", tail: str = "") -> bytes:
    document = f'<?xml version="1.0"?><rss version="2.0" {NAMES}><channel>{head}{"".join(entries)}</channel>'
    return f"{document}</rss>{tail}".encode()


def pieces(body: bytes) -> list[str]:
    found = cut.cut(body, URL, "")
    assert found is not None
    return [body[start:end].decode() for start, end in found.spans]


def read(body: bytes, marks: bytes = b"", content_type: str = "") -> FeedRead:
    found = read_feed(body, URL, content_type, NOW, marks)
    assert isinstance(found, FeedRead)
    return found


def titles(found: FeedRead) -> list[str]:
    return [one.title for one in found.entries]


# --- cutting -----------------------------------------------------------------------------------------------


def test_rss_is_cut_inside_its_channel() -> None:
    entries = [entry("a"), entry("b", "<dc:date>2026-11-22</dc:date>")]
    assert (
        pieces(rss("<image><title>x</title></image>", entries[0], "\n<!-- <item> -->\n", entries[1]))
        == entries
    )


def test_rdf_is_cut_beside_its_channel() -> None:
    entry = '<item rdf:about="https://news.example/a>b"><title>A</title></item >'
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>T</title><items><rdf:Seq><rdf:li/></rdf:Seq></items></channel>{entry}</rdf:RDF>"
    )
    assert pieces(body.encode()) == [entry]


def test_atom_is_cut_whatever_its_prefix() -> None:
    entry = "<a:entry><a:title>Ä</a:title><a:source><a:title>entry</a:title></a:source></a:entry>"
    body = f'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title>{entry}</a:feed>'
    assert pieces(b"\xef\xbb\xbf" + body.encode()) == [entry]


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[</item><item>]]>",
        "<!-- </item><item> -->",
        "<?php </item><item> ?>",
        "&lt;/item&gt;",
        '<b title="&lt;/item>">x</b>',
    ],
)
def test_what_only_looks_like_an_entry_is_none(text: str) -> None:
    entries = [entry("a", f"<description>{text}</description>"), entry("b")]
    assert pieces(rss(*entries)) == entries


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(entry("a"))[:-20], id="cut short"),
        pytest.param(rss(entry("a", "<b>")), id="tags that do not match"),
        pytest.param(rss(entry("AT&T")), id="a bare &"),
        pytest.param(rss(entry("a&nbsp;b")), id="an undefined entity"),
        pytest.param(rss(entry("a", "<media:title>x</media:title>")), id="an undeclared prefix"),
        pytest.param(rss(entry("a", "<b>&#11;</b>")), id="a reference to what is no character"),
        pytest.param(rss(entry("a"), entry("b", entry("c"))).replace(b"<item>", b"<ITEM>", 1), id="capitals"),
        pytest.param(rss("<section>" + entry("a") + "</section>"), id="an entry out of its place"),
        pytest.param(
            b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(entry("a"))[21:], id="F12 entities of its own"
        ),
        pytest.param(b"<!DOCTYPE rss>" + rss(entry("a"))[21:], id="a document type"),
        pytest.param(rss(entry("a")).decode().encode("utf-16"), id="F20 UTF-16"),
        pytest.param(rss(entry("ä")).decode().encode("cp1252"), id="F18 not UTF-8"),
        pytest.param(rss(entry("a")).replace(b"?>", b' encoding="utf-7"?>'), id="UTF-7"),
        pytest.param(b"\n" + rss(entry("a")), id="a blank line before it"),
        pytest.param(rss(entry("a"), tail="<p>"), id="something behind it"),
        pytest.param(rss('<item rdf="a>b"/>'), id="an empty entry"),
        pytest.param(rss("<item/>"), id="an entry without an end"),
        pytest.param(rss("<pubDate/>", entry("a")), id="a date without an end"),
        pytest.param(
            rss('<item xmlns:x="a:b"><x:c/></item>', '<item xmlns:x="c:d"><x:c/></item>'),
            id="a prefix of two meanings",
        ),
        pytest.param(b"<html><body><item>a</item></body></html>", id="a web page"),
        pytest.param(rss("<item>" + "<b/>" * cut.MOST_TAGS + "</item>"), id="F15 too many tags"),
        pytest.param(rss("<!---->" * cut.MOST_TAGS), id="too many comments"),
        pytest.param(b"", id="F01 nothing"),
    ],
)
def test_what_is_not_plain_is_not_cut(body: bytes) -> None:
    assert cut.cut(body, URL, "") is None


@pytest.mark.parametrize(
    "content_type", ["text/xml; charset=utf-16", "text/xml; charset=hz", "a; charset=utf-7"]
)
def test_nothing_is_cut_that_its_server_says_is_no_ascii(content_type: str) -> None:
    assert cut.cut(rss(entry("a")), URL, content_type) is None


@given(
    st.binary(max_size=200), st.sampled_from([b"", rss(entry("a")), b"<feed><entry>"]), st.integers(0, 300)
)
def test_no_bytes_break_the_cutter(junk: bytes, body: bytes, at: int) -> None:
    broken = body[:at] + junk + body[at:]
    found = cut.cut(broken, URL, "")
    assert found is None or all(0 <= start < end <= len(broken) for start, end in found.spans)


# --- what is new -------------------------------------------------------------------------------------------


def test_only_what_is_new_is_read_and_all_is_counted() -> None:
    first = read(rss(entry("a"), entry("b"), entry("c")))
    found = read(
        rss(entry("d"), entry("a"), entry("c"), entry("b", "<description>more</description>")), first.marks
    )
    assert titles(found) == ["d", "b"] and found.title == "World"
    assert (found.total, found.shared) == (4, 3)  # the edited one has its names still
    assert cut.unchanged(rss(entry("c"), entry("d")), URL, "", found.marks) is not None


def test_a_document_without_news_needs_no_parser() -> None:
    def body(built: str, *entries: str) -> bytes:
        return rss(*entries, head=f"<title>World</title><lastBuildDate>{built}</lastBuildDate><ttl>60</ttl>")

    first = read(body("now", entry("a"), entry("b")))
    found = cut.unchanged(body("later", entry("b"), entry("a")) + b"<!-- cached -->", URL, "", first.marks)
    assert found is not None and (found.entries, found.total, found.shared) == ((), 2, 2)
    assert found.complete and found.hints == first.hints and found.hints.rest.seconds == 3600


@pytest.mark.parametrize(
    "body",
    [
        rss(entry("a"), head="<title>Another</title>"),
        rss(entry("a"), head="<title>World</title><language>fr</language>"),
        rss(entry("a"), head="<title>World</title><link>https://other.example/</link>"),
        rss(entry("a")).replace(b"<channel>", b'<channel xml:base="https://other.example/">'),
        rss(entry("a"), tail=" ").replace(b'version="2.0"', b'version="0.91"'),
    ],
)
def test_under_another_frame_all_is_read_and_still_counted_as_shared(body: bytes) -> None:
    found = read(body, read(rss(entry("a"))).marks)
    assert titles(found) == ["a"] and found.shared == 1


def test_entries_of_another_address_are_read_again() -> None:
    marks = read(rss(entry("a"))).marks
    assert cut.unchanged(rss(entry("a")), "https://moved.example/feed", "", marks) is None


def test_entries_that_share_a_name_with_a_new_one_are_read_with_it() -> None:
    running = [f"<item><title>{n}</title><link>https://news.example/live</link></item>" for n in "ab"]
    marks = read(rss(entry("x"), *running)).marks
    third = "<item><title>c</title><link>https://news.example/live</link></item>"
    assert titles(read(rss(entry("x"), third, *running), marks)) == ["c", "a", "b"]


def test_an_entry_that_has_its_name_for_itself_at_last_is_read_again() -> None:
    twins = [f"<item><title>{n}</title><guid>same</guid></item>" for n in "ab"]
    marks = read(rss(*twins)).marks
    assert cut.unchanged(rss(twins[0]), URL, "", marks) is None
    assert titles(read(rss(twins[0]), marks)) == ["a"]


def test_a_broken_document_lets_nothing_be_left_out_of_the_next() -> None:
    first = read(rss(entry("a"), entry("b")))
    broken = read(rss(entry("a"), entry("b"))[:-30], first.marks)
    assert not broken.complete and (broken.total, broken.shared) == (1, 1)
    assert titles(read(rss(entry("a"), entry("b")), broken.marks)) == ["a", "b"]


def test_marks_of_a_document_too_long_are_none() -> None:
    names = tuple(cut.names_of([str(n)]) for n in range(cut.MOST_MARKS + 1))
    assert cut.marks_out(cut.Marks(cut.UNKNOWN, (cut.UNKNOWN,) * len(names), names)) == b""
    assert cut.marks_in(b"") == cut.Marks(b"")


@given(
    st.lists(
        st.tuples(st.binary(min_size=8, max_size=8), st.frozensets(st.integers(0, 2**32 - 1), max_size=9))
    )
)
def test_marks_outlive_the_store(rows: list[tuple[bytes, frozenset[int]]]) -> None:
    assume(rows)
    marks = cut.Marks(b"12345678", tuple(one for one, _ in rows), tuple(names for _, names in rows))
    assert cut.marks_in(cut.marks_out(marks)) == marks
    assert cut.marks_in(cut.frameless(cut.marks_out(marks))) == replace(marks, frame=cut.UNKNOWN)


# --- the same decisions ------------------------------------------------------------------------------------

PLACES = ["p1", "p2", "55555/x", "55555/y", ""]
ENTRIES = st.builds(
    lambda title, guid, link, day, text: (
        f"<item><title>{title}</title>"
        + (f"<guid>{guid}</guid>" if guid else "")
        + (f"<link>https://{link}</link>" if link else "")
        + (f"<pubDate>Sun, 22 Nov 2026 {day}:00:00 GMT</pubDate>" if day else "")
        + f"<description>{text}</description></item>"
    ),
    title=st.sampled_from("ABC"),
    guid=st.sampled_from(["", "g1", "g2", "http://n.example/p1", "http://n.example/p2"]),
    link=st.sampled_from(["", *(f"{host}.example/{place}" for host in "nm" for place in PLACES)]),
    day=st.sampled_from(["", "10", "11"]),
    text=st.sampled_from(["", "text", "other text", "te\ufffdxt"]),
)
SAME_GUID = [f"<item><title>{n}</title><guid>g1</guid></item>" for n in "ABC"]
FRONT_PAGE = [f"<item><title>{n}</title><link>https://n.example/p1</link></item>" for n in "ABC"]


@given(st.lists(st.lists(ENTRIES, max_size=6), min_size=2, max_size=4), st.randoms(use_true_random=False))
@example([SAME_GUID[:2], SAME_GUID], None)
@example([SAME_GUID, SAME_GUID[:1]], None)
@example([FRONT_PAGE, FRONT_PAGE[::-1]], None)
@example([FRONT_PAGE[:2], FRONT_PAGE], None)
@settings(max_examples=300, deadline=None)
def test_what_is_decided_does_not_depend_on_how_much_is_read(polls: list[list[str]], chance: object) -> None:
    """Each poll has some of the last one's entries; names are few, so that they get in each other's way."""
    shelf, marks, last = Shelf(), b"", list[str]()
    for poll in polls:
        kept = [one for one in last if chance is None or chance.random() < 0.8]  # type: ignore[attr-defined]
        last = poll if chance is None else kept + poll
        if chance is not None:
            chance.shuffle(last)  # type: ignore[attr-defined]
        body = rss(*last)
        assert not difference(body, marks, shelf)
        read, found = decided(body, marks, shelf)
        assert isinstance(read, FeedRead)
        shelf.keep(found)
        marks = read.marks
        again = decided(body, b"", shelf)[1]
        assert not (again.new or again.learnt), "a document read again tells nothing again"
        # Of 4,800 such histories in one, two entries traded their names and one was an edit again at the next
        # reading: whoever leaves it out sees that edit later, with its next change.
        assume(not again.changed)
