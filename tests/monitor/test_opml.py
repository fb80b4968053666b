"""OPML bytes -> feeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FeedSpec
from monitor.sources.opml import MOST_FEEDS, MOST_TAGS, Opml, parse, write
from monitor.sources.plain import clamp, plain


def opml(body: str) -> Opml:
    return parse(f'<?xml version="1.0"?><opml version="2.0"><body>{body}</body></opml>'.encode())


def test_folders_and_categories_become_tags() -> None:
    found = opml(
        '<outline text="World"><outline text="Middle East">'
        '<outline type="rss" text="t" title="Title" xmlUrl="https://a.org/f" category="/War/Iraq,news"/>'
        '</outline></outline><outline text="Alone" xmlUrl="https://b.org/f"/>'
    )
    assert found.feeds == (
        FeedSpec("https://a.org/f", "Title", ("World", "Middle East", "War", "Iraq", "news")),
        FeedSpec("https://b.org/f", "Alone"),
    )


def test_a_feed_in_two_folders_has_the_tags_of_both() -> None:
    feed = '<outline xmlUrl="https://a.org/f"/>'
    found = opml(f'<outline text="A">{feed}</outline><outline text="B">{feed}</outline>')
    assert found.feeds == (FeedSpec("https://a.org/f", "", ("A", "B")),)


@pytest.mark.parametrize("attribute", ["xmlUrl", "xmlurl", "XMLURL"])
def test_the_address_is_found_however_it_is_spelt(attribute: str) -> None:
    assert opml(f'<outline {attribute}=" https://a.org/f "/>').feeds == (FeedSpec("https://a.org/f"),)


def test_a_bare_ampersand_stays_in_the_address() -> None:
    found = opml('<outline text="a & b &amp; c" xmlUrl="https://a.org/?x=1&y=2&amp;copy=3"/>')
    assert found.feeds == (FeedSpec("https://a.org/?x=1&y=2&copy=3", "a & b & c"),)


def test_a_bare_quote_loses_the_name_and_not_the_feed() -> None:
    found = opml(
        '<outline title="The "best" news" xmlUrl="https://a.org/f?a&b"/><outline xmlUrl="https://b.org/"/>'
    )
    assert {feed.url for feed in found.feeds} == {"https://a.org/f?a&b", "https://b.org/"}


def test_feeds_deeper_than_the_parser_goes_are_not_lost() -> None:
    found = opml('<outline text="a">' * 300 + '<outline xmlUrl="https://a.org/f"/>')
    assert [feed.url for feed in found.feeds] == ["https://a.org/f"]


def test_a_feed_that_is_commented_out_stays_out() -> None:
    assert opml('<!-- <outline xmlUrl="https://a.org/f"/> --><outline <b').feeds == ()


def test_a_feed_without_an_address_is_named() -> None:
    assert opml('<outline type="rss" text="Lost"/>').skipped == ('"Lost" has no xmlUrl',)


def test_titles_are_plain_and_short() -> None:
    found = opml(f'<outline text="a&#10;b&eacute; {"x" * 500}" xmlUrl="https://a.org/f"/>')
    assert found.feeds[0].name.startswith("a bé x")
    assert len(found.feeds[0].name) == 200


def test_entities_are_never_followed() -> None:
    found = parse(
        b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bomb&a;">]>'
        b'<opml><outline text="&a;&b;" xmlUrl="https://a.org/f"/></opml>'
    )
    assert found.feeds == (FeedSpec("https://a.org/f", "&a;&b;"),)


@pytest.mark.parametrize("data", [b"", b"  ", b"\0\0", b"hello", b"<html><body>404</body></html>", b"<rss/>"])
def test_what_is_no_opml_says_so(data: bytes) -> None:
    assert parse(data) == Opml(skipped=("this is not an OPML file",))


@given(
    st.one_of(st.binary(), st.text().map(lambda text: f"<opml><outline {text}".encode("utf-8", "replace")))
)
def test_any_bytes_are_read(data: bytes) -> None:
    assert isinstance(parse(data), Opml)


# --- writing -----------------------------------------------------------------------------------------------

NAMES = st.text(max_size=30).map(lambda text: plain(plain(text)))
TAGS = st.lists(NAMES.filter(bool), max_size=4, unique=True).map(tuple)
ADDRESSES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
SPECS = st.builds(FeedSpec, ADDRESSES.map("https://a.example/{}".format), NAMES, TAGS)


def by_address(feeds: tuple[FeedSpec, ...]) -> dict[str, FeedSpec]:
    return {feed.url: feed for feed in feeds}


@given(st.lists(SPECS, unique_by=lambda feed: feed.url))
def test_what_is_written_reads_as_it_was(feeds: list[FeedSpec]) -> None:
    found = parse(write(feeds))
    assert by_address(found.feeds) == by_address(tuple(feeds)) and not found.skipped


@pytest.mark.parametrize(
    "name",
    ["AT&T", "a &amp; b", "&lt;b&gt;", "&amp;amp;", "<b>", "\"'", "a/b,c", "الجزيرة", "-->", "<!-- x -->"],
)
def test_names_and_tags_that_look_like_markup_read_as_they_were(name: str) -> None:
    feed = FeedSpec("https://a.example/?a=1&amp;b=2&c", name, (name, "x"))
    assert parse(write([feed])).feeds == (feed,)


def test_a_feed_of_more_tags_than_folders_go_deep_keeps_them_all() -> None:
    feed = FeedSpec("https://a.example/", "A", tuple(f"tag {n}" for n in range(500)))
    assert parse(write([feed])).feeds == (feed,)


def test_feeds_of_one_tag_share_its_folder() -> None:
    feeds = [FeedSpec(f"https://a.example/{n}", "A", ("World", "Iraq")[: n % 3]) for n in range(9)]
    assert write(feeds).count(b'text="World"') == 1


@given(st.text(), st.text(), st.text())
def test_no_text_stops_the_writing(url: str, name: str, tag: str) -> None:
    found = parse(write([FeedSpec(f"https://a.example/{url}", name, (tag,))])).feeds[0]
    assert found.name == clamp(plain(plain(name)), 200)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<opml>" + b"<!--" * 500_000, id="comments that never end"),
        pytest.param(b"<opml>" + b"<outline text='a'>" * 100_000, id="folders in folders"),
        pytest.param(b"<opml" + b" xmlurl    =" * 200_000, id="addresses that never come"),
        pytest.param(b"<opml>" + b"&" * 500_000, id="bare ampersands"),
    ],
)
def test_a_hostile_list_is_read_in_time(body: bytes) -> None:
    """Each took minutes with an expression that looks ahead; the limit of a test is two."""
    assert parse(body).feeds == ()


def test_a_feed_that_stands_everywhere_has_so_many_tags_and_no_more() -> None:
    feed = b'<outline xmlUrl="https://a.org/f" category="%d"/>'
    found = parse(b"<opml><body>" + b"".join(feed % n for n in range(10_000)) + b"</body></opml>")
    assert len(found.feeds) == 1 and len(found.feeds[0].tags) == MOST_TAGS


def test_of_a_list_too_long_the_first_feeds_are_taken_and_it_says_so() -> None:
    outlines = "".join(f'<outline xmlUrl="https://a.org/{n}"/>' for n in range(MOST_FEEDS + 1))
    found = opml(outlines)
    assert len(found.feeds) == MOST_FEEDS and found.skipped == ("all but the first 50,000 of 50,001 feeds",)


@pytest.mark.parametrize(
    "comment", ["<!-- <outline xmlUrl='https://b.org/f'/> -->", "<!---->", "<!--a--><!--b-->"]
)
def test_what_stands_around_comments_is_read(comment: str) -> None:
    found = opml(f'<outline xmlUrl="https://a.org/1"/>{comment}<outline xmlUrl="https://a.org/2"/>')
    assert [feed.url[-1] for feed in found.feeds] == ["1", "2"]


def test_an_address_behind_a_comment_that_never_ends_is_picked_up() -> None:
    assert [feed.url for feed in opml('<!-- <outline xmlUrl="https://a.org/1"/>').feeds] == [
        "https://a.org/1"
    ]
