"""JSON Feeds as publishers write them, and as they should not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Unreadable
from monitor.sources import jsonfeed
from monitor.sources.fields import Document

VERSION = "https://jsonfeed.org/version/1.1"


def feed(*entries: Any, **more: Any) -> bytes:
    return json.dumps({"version": VERSION, "title": "World", "items": list(entries), **more}).encode()


def read(body: bytes, content_type: str = "application/feed+json") -> Document:
    found = jsonfeed.parsed(body, content_type)
    assert isinstance(found, Document)
    return found


def one(**fields: Any) -> Any:
    return read(feed({"id": "1", **fields})).entries[0]


def test_a_feed_is_read() -> None:
    found = read(feed({"id": "1"}, home_page_url="https://news.example/", language="en-GB"))
    assert found.feed == {"title": "World", "link": "https://news.example/", "language": "en-GB"}
    assert found.complete and len(found.entries) == 1


def test_plain_text_becomes_markup() -> None:
    entry = one(title="x < y", content_text="if a<b\n\nand\nc>d", summary="<b> is a tag")
    assert entry["title"] == "x &lt; y"
    assert entry["content"] == [{"type": "text/html", "value": "<p>if a&lt;b</p><p>and<br>c&gt;d</p>"}]
    assert entry["summary"] == "<p>&lt;b&gt; is a tag</p>"


def test_references_that_a_publisher_left_in_a_title_are_read() -> None:
    assert one(title="Iraq&#8217;s &lt;new&gt; border")["title"] == "Iraq’s &lt;new&gt; border"


def test_markup_stands_above_plain_text() -> None:
    entry = one(content_html="<p>Said <b>he</b></p>", content_text="Said he")
    assert [part["value"] for part in entry["content"]] == ["<p>Said <b>he</b></p>"]


@pytest.mark.parametrize(
    ("given_id", "guid"),
    [("a", "a"), (7, "7"), (1.5, "1.5"), (True, ""), (None, ""), (["a"], ""), ({"a": 1}, "")],
)
def test_an_id_is_its_text_and_a_truth_is_none(given_id: Any, guid: str) -> None:
    assert read(feed({"id": given_id, "title": "T"})).entries[0]["id"] == guid


def test_a_number_longer_than_python_converts_is_an_id() -> None:
    body = feed({"id": "N"}).replace(b'"N"', b"9" * 5000)
    assert read(body).entries[0]["id"] == "9" * 5000


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"url": "https://a.example/1", "external_url": "https://b.example/"}, "https://a.example/1"),
        ({"external_url": "https://b.example/"}, "https://b.example/"),
        ({"id": "https://a.example/2"}, "https://a.example/2"),
        ({"id": "tag:2"}, ""),
    ],
)
def test_the_link_is_its_own_page_or_the_one_it_speaks_of(fields: Any, link: str) -> None:
    assert one(**fields)["link"] == link


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({"authors": [{"name": "A"}, {"name": "B"}, {"url": "https://b.example/"}]}, "A, B"),
        ({"author": {"name": "A"}}, "A"),
        ({"authors": "A"}, "Desk"),
        ({}, "Desk"),
    ],
)
def test_authors_of_both_versions_are_read_and_the_feeds_stand_for_all(fields: Any, author: str) -> None:
    found = read(feed({"id": "1", **fields}, author={"name": "Desk"}))
    assert found.entries[0]["author"] == author


def test_dates_and_tags_are_read() -> None:
    entry = one(date_published="2026-11-22T10:00:00Z", date_modified="2026-11-23", tags=["war", None, "<b>"])
    assert (entry["published"], entry["updated"]) == ("2026-11-22T10:00:00Z", "2026-11-23")
    assert entry["tags"] == [{"term": "war"}, {"term": "&lt;b&gt;"}]


def test_the_language_of_all_entries_is_the_feeds() -> None:
    assert read(feed({"id": 1, "language": "de"}, {"id": 2, "language": "de"})).feed["language"] == "de"
    assert read(feed({"id": 1, "language": "de"}, {"id": 2, "language": "fr"})).feed["language"] == ""


def test_a_feed_that_has_ended_is_asked_once_a_day() -> None:
    assert read(feed(expired=True)).hints.rest.days == 1
    assert not read(feed(expired="no")).hints.rest


def test_entries_with_nothing_in_them_are_left_out() -> None:
    assert [entry["id"] for entry in read(feed({}, 5, None, [], {"id": "1"})).entries] == ["1"]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_it_is_read_in_any_unicode_encoding(charset: str) -> None:
    body = feed({"id": "1", "title": "Ракети"}).decode().encode(charset)
    body = json.dumps(json.loads(body.decode(charset)), ensure_ascii=False).encode(charset)
    assert read(body).entries[0]["title"] == "Ракети"


def test_the_version_may_be_a_bare_number() -> None:
    found = {"version": "1.0", "feed_url": "https://a.example/feed.json", "items": [{"id": "1"}]}
    assert len(read(json.dumps(found).encode()).entries) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": 500, "message": "version \\"unknown\\""}}',
        b'{"version": "1.0", "items": []}',
        b'{"version": 1, "items": []}',
        b'[{"version": "https://jsonfeed.org/version/1"}]',
        b"<rss/>",
        b"",
        b"{",
    ],
)
def test_f05_other_json_is_no_feed(body: bytes) -> None:
    assert jsonfeed.parsed(body, "application/json") is None


@pytest.mark.parametrize("entries", [{}, "none", None])
def test_a_feed_without_entries_to_be_is_named(entries: object) -> None:
    body = json.dumps({"version": VERSION, "items": entries}).encode()
    assert isinstance(jsonfeed.parsed(body, ""), Unreadable)


@pytest.mark.parametrize("end", range(-40, 0, 3))
def test_f06_of_a_feed_cut_short_the_complete_entries_are_kept(end: int) -> None:
    body = feed({"id": "1", "title": "One"}, {"id": "2", "title": "Two, which is longer than the cut is"})
    found = read(body[:end])
    assert [entry["id"] for entry in found.entries][:1] == ["1"] and not found.complete
    assert found.feed["title"] == "World"


def test_a_comma_too_many_costs_nothing_but_the_validators() -> None:
    found = read(feed({"id": "1"}, {"id": "2"}).replace(b"}]", b"},]"))
    assert len(found.entries) == 2 and not found.complete


@pytest.mark.parametrize("depth", [1_000, 1_000_000])
def test_nesting_without_end_stops_nothing(depth: int) -> None:
    body = feed({"id": "1"}).replace(b"}]", b'}, {"id": "2", "x": ' + b"[" * depth + b"}]")
    assert [entry["id"] for entry in read(body).entries] == ["1"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
TEXTS = ["id", "url", "external_url", "title", "content_html", "content_text", "summary", "date_published"]
KEYS = st.sampled_from([*TEXTS, "date_modified", "authors", "author", "tags", "language"])


@given(
    st.lists(st.dictionaries(KEYS, VALUES, max_size=8), max_size=4), st.dictionaries(KEYS, VALUES, max_size=4)
)
def test_values_of_any_type_stop_nothing(entries: list[dict[str, Any]], more: dict[str, Any]) -> None:
    found = read(json.dumps({"version": VERSION, **more, "items": entries}).encode())
    for entry in found.entries:
        assert all(isinstance(value, str | list) for value in entry.values())
