"""Pages as publishers make them: the story stays, what surrounds it goes, what is no page is named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, Block, Source, Unreadable, Zone
from monitor.sources import article
from monitor.sources.article import read_page

URL = "https://news.example/world/1"
DATA = '<script type="application/ld+json">%s</script>'
STORY = (
    "<p>Israeli intelligence has found that Iran is building missile factories in Iraq, a paper reported.</p>"
    "<p>Officials said the matter was known for months, and that they had told partners in the region.</p>"
    '<p>Read  <a href="/world/2">French president Macron accuses Israel of “sowing barbarism”</a></p>'
    "<p>A conference was told on Sunday that the group has <b>150,000</b> missiles in "
    '<a href="/tag/stock">stock</a>, more than most armies of the continent.</p>'
    "<p>The minister warned that clashes could spread at any minute, and that nobody should rule it out.</p>"
)


def page(
    story: str = STORY, head: str = "<title>Missile factories | News</title>", root: str = "html"
) -> str:
    menu = '<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
    foot = "<footer><p>Copyright News. All rights reserved. Subscribe to our letter.</p></footer>"
    body = f"<body>{menu}<article>{story}</article>{foot}</body>"
    return f"<!DOCTYPE html><{root}><head>{head}</head>{body}</html>"


def read(markup: str, content_type: str = "text/html") -> Article:
    found = read_page(markup.encode(), URL, content_type)
    assert isinstance(found, Article)
    return found


# --- text and zones ----------------------------------------------------------------------------------------


def test_the_story_is_read_and_nothing_around_it() -> None:
    found = read(page())
    assert found.text.startswith("Israeli intelligence") and found.text.endswith("rule it out.")
    assert "150,000 missiles in stock, more" in found.text
    assert not {"Home", "Sport", "Subscribe"} & set(found.text.split())
    assert found.source is Source.PAGE


@pytest.mark.parametrize("box", ["nav", "footer", "aside", "button", "dialog", "select"])
def test_what_stands_around_an_article_is_taken_out(box: str) -> None:
    found = read(page(f"{STORY}<{box}><p>{'Subscribe to the letter of this house today. ' * 5}</p></{box}>"))
    assert found.text.endswith("rule it out.")
    assert not any("Subscribe" in block.text for block in found.blocks)


def test_a_menu_that_is_never_closed_is_the_page() -> None:
    found = read(f"<html><body><nav><a href=/>Home</a>{STORY}</body></html>")
    assert "clashes could spread" in found.text


def test_an_in_line_related_link_is_not_the_article() -> None:
    found = read(page())
    assert "missile" in found.text and "Iraq" in found.text
    assert "Macron" not in found.text
    assert [block.text for block in found.blocks if block.zone is Zone.RELATED] == [
        "Read French president Macron accuses Israel of “sowing barbarism”"
    ]


def test_a_teaser_whose_headline_is_said_twice_is_another_story() -> None:
    card = (
        "<div><h3><span class='sr-only'>Volcano wakes after ninety years</span>"
        "<a href='/world/3'>Volcano wakes after ninety years</a></h3>"
        "<p>Lava reached the harbour of the town below, where nobody had thought of leaving.</p></div>"
    )
    found = read(page(STORY * 3 + card))
    assert "rule it out" in found.text and "Volcano" not in found.text and "Lava" not in found.text


def test_a_headline_with_other_quotes_than_the_title_s_is_the_title() -> None:
    found = read(
        page(f"<h1>‘Missile factories’ in Iraq</h1>{STORY}", "<title>'Missile factories' in Iraq</title>")
    )
    assert found.blocks[0] == Block(Zone.TITLE, "‘Missile factories’ in Iraq")


def test_blocks_know_what_they_are() -> None:
    story = STORY + "<h2>What was said</h2><blockquote><p>We saw the trucks at night.</p></blockquote>"
    story += "<ul><li>One truck was hit on the bridge.</li><li>Two turned back.</li></ul>" + STORY.replace(
        "Iraq", "Iran"
    )
    zones = {block.text: block.zone for block in read(page(story)).blocks}
    assert zones["What was said"] is Zone.HEADING
    assert zones["We saw the trucks at night."] is Zone.QUOTE
    assert zones["Two turned back."] is Zone.LIST
    assert zones["One truck was hit on the bridge."] is Zone.LIST
    assert next(iter(zones.values())) is Zone.BODY


def test_readers_comments_are_not_the_article() -> None:
    comments = (
        '<div id="comments"><p>I say Macron did it, and have said so for years, as friends know.</p></div>'
    )
    assert "Macron" not in read(page().replace("</article>", f"</article>{comments}")).text


# --- what the page says of itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            '<meta property="og:title" content="Missile &amp;amp; factory"><title>News</title>',
            "Missile & factory",
        ),
        ("<title> Missile\n factories </title>", "Missile factories"),
        (f"<title>{'missile ' * 100_000}</title>", "missile " * 124 + "missile…"),
        ("", ""),
    ],
)
def test_the_title_is_the_page_s_own(head: str, title: str) -> None:
    assert read(page(head=head)).title == title


def test_the_site_s_name_is_not_part_of_the_title() -> None:
    head = '<meta property="og:title" content="Factories in Iran | Iraqi News">'
    assert read(page("<h1>Factories in Iran</h1>" + STORY, head=head)).title == "Factories in Iran"
    assert read(page("<h1>Iraqi News</h1>" + STORY, head=head)).title == "Factories in Iran | Iraqi News"


def canonical(*addresses: str) -> str:
    links = "".join(f"<link rel='canonical' href='{address}'>" for address in addresses)
    return read(page(head=links)).canonical


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://news.example/1", "page:news.example/1"),
        ("/world/1?utm_source=x#top", "page:news.example/world/1"),
        ("http://amp.news.example/1", "page:amp.news.example/1"),
        pytest.param("https://news.example/", "", id="P11 the front page"),
        pytest.param("https://news.example/?utm_source=x", "", id="P11 the front page, tracked"),
        pytest.param("https://other.example/1", "", id="P11 another site"),
        pytest.param("http://10.0.0.1/1", "", id="P11 a private address"),
        pytest.param("http://169.254.169.254/latest", "", id="P11 a cloud's own address"),
        pytest.param("javascript:alert(1)", "", id="P11 a script"),
        pytest.param("", "", id="P11 nothing"),
        pytest.param("https://[/", "", id="P11 no address"),
    ],
)
def test_p11_a_page_says_where_it_stands_on_its_own_site(address: str, key: str) -> None:
    assert canonical(address) == key


def test_p11_a_page_that_names_two_addresses_names_none() -> None:
    assert canonical("/1", "https://news.example/1") == "page:news.example/1"
    assert canonical("/1", "/2") == ""


def test_a_headline_in_the_body_goes_before_the_title_of_the_window() -> None:
    assert read(page("<h1>Factories in Iraq</h1>" + STORY)).title == "Factories in Iraq"


@pytest.mark.parametrize(
    ("root", "head", "languages"),
    [
        ('html lang="en-GB"', "", ("en",)),
        ('html lang="AR"', "", ("ar",)),
        ("html", '<meta property="og:locale" content="de_DE">', ("de",)),
        ("html", '<meta http-equiv="content-language" content="fa">', ("fa",)),
        ('html lang=""', "", ()),
        ('html lang="{{ lang }}"', "", ()),
    ],
)
def test_the_language_is_what_the_page_says(root: str, head: str, languages: tuple[str, ...]) -> None:
    assert read(page(head=head, root=root)).languages == languages


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ('<meta name="author" content="A. Reporter &amp;amp; B. Writer">', "A. Reporter & B. Writer"),
        ('<meta property="article:author" content="https://social.example/reporter">', ""),
        (DATA % '{"author": "A. Reporter", "publisher": {"name": "News"}}', "A. Reporter"),
        (DATA % '{"author": [{"@type": "Person", "name": "Jos\\u00e9 Reporter"}]}', "José Reporter"),
        (DATA % '{"author": {"@id": "#1"}, "publisher": {"name": "News"}}', ""),
        (DATA % ('{"author": {' * 20_000), ""),
        ("", ""),
    ],
)
def test_the_author_is_whom_the_page_names(head: str, author: str) -> None:
    assert read(page(head=head)).author == author


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-11-22T10:00:00+00:00">',
        '<meta itemprop="datePublished" content="2026-11-22T12:00:00+0200">',
        '<script type="application/ld+json">{"datePublished" : "2026-11-22T10:00:00Z"}</script>',
        '<meta name="date" content="some day"><meta name="pubdate" content="Sun, 22 Nov 2026 10:00:00 GMT">',
    ],
)
def test_the_time_of_publication_is_what_the_page_says(head: str) -> None:
    assert read(page(head=head)).published == datetime(2026, 11, 22, 10, tzinfo=UTC)


def stamped(stamp: str) -> datetime | None:
    return read(page(head=f'<meta property="article:published_time" content="{stamp}">')).published


@pytest.mark.parametrize("stamp", ["", "today", "2026-13-45", "99/99/9999 10:00"])
def test_what_names_no_day_is_no_time(stamp: str) -> None:
    assert stamped(stamp) is None


@pytest.mark.parametrize("stamp", ["2026-11-22", "2026-11-22T23:30", "22/11/2026 10:00"])
def test_a_day_without_a_time_is_its_noon(stamp: str) -> None:
    assert stamped(stamp) == datetime(2026, 11, 22, 12, tzinfo=UTC)


# --- charsets ----------------------------------------------------------------------------------------------

RUSSIAN = "<p>" + "Разведка сообщает о ракетных заводах в Ираке. " * 10 + "</p>"


def russian(meta: str) -> str:
    return page(RUSSIAN, head=f'<meta charset="{meta}">' if meta else "")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (russian("utf-8").encode(), "text/html; charset=utf-8"),
        (russian("").encode(), "text/html; charset=iso-8859-1"),  # a server's default
        (russian("windows-1251").encode(), "text/html; charset=windows-1251"),  # both wrong
        (russian("windows-1251").encode("cp1251"), "text/html"),
        (russian("windows-1251").encode("cp1251"), "text/html; charset=ISO-8859-1"),
        (russian("").encode("cp1251"), "text/html; charset=windows-1251"),
        (russian("utf-8").encode("cp1251"), "text/html; charset=utf-8"),  # both wrong
        (russian("").encode("cp1251"), "text/html"),  # nobody says
        (russian("no-such-charset").encode("cp1251"), ""),
        (russian("").encode("utf-16"), ""),
        (russian("").encode("utf-8-sig"), ""),
    ],
)
def test_the_right_charset_is_found(body: bytes, content_type: str) -> None:
    found = read_page(body, URL, content_type)
    assert isinstance(found, Article) and "ракетных заводах в Ираке" in found.text


def test_a_broken_byte_does_not_cost_the_charset() -> None:
    found = read_page(
        russian("utf-8").encode().replace(b"<p>", b"<p>\xff\xfe", 1), URL, "text/html; charset=utf-8"
    )
    assert isinstance(found, Article) and "ракетных заводах в Ираке" in found.text


def test_curly_quotes_of_windows_in_a_latin_page_are_quotes() -> None:
    body = page(
        "<p>" + "“We saw missiles”, he said of Iraq. " * 5 + "</p>", head='<meta charset="iso-8859-1">'
    )
    found = read_page(body.encode("cp1252"), URL, "text/html")
    assert isinstance(found, Article) and "“We saw missiles”" in found.text


# --- what is no article ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "an empty page"),
        (b" \n", "", "an empty page"),
        (b"%PDF-1.7 ...", "text/html", "not a web page: a PDF"),
        (b"<html></html>", "application/pdf", "not a web page: application/pdf"),
        (b"....", "video/mp4", "not a web page: video/mp4"),
        (b"just words", "text/plain", "not a web page: no HTML in it"),
        (b"<html><body></body></html>", "text/html", "no article text on the page"),
    ],
)
def test_what_is_no_article_is_named(body: bytes, content_type: str, reason: str) -> None:
    assert read_page(body, URL, content_type) == Unreadable(reason)


def test_hardly_any_text_is_kept_and_said_to_be_so() -> None:
    flash = read_page(b"<html><body><p>Missile hits Basra.</p></body></html>", URL, "")
    assert isinstance(flash, Article) and flash.text == "Missile hits Basra."
    assert flash.note == "almost no text on the page (19 characters)"


def test_a_page_of_too_many_tags_is_not_tried() -> None:
    rows = "<table>" + "<tr><td>missile</td></tr>" * 3001 + "</table>"
    tags = "<p>missile</p>" * (article.MOST_TAGS + 1)
    for markup in (page(rows), page(tags), page("<a href='/x'>missile</a>" * 100_000)):
        found = read_page(markup.encode(), URL, "text/html")
        assert isinstance(found, Unreadable) and found.reason.startswith("too big to read: ")


@pytest.mark.parametrize(
    "story",
    [
        STORY + "<div>" * 15_000 + "deep",
        STORY + "<table><tr><td>" * 1000 + "deep",
        STORY + "<table><tr><td colspan=9007199254740991 rowspan=9007199254740991>wide</td></tr></table>",
        STORY.replace(" ", "\x00 ") + "&#0;&#xD800;&#x110000;\x0b\ufffe",
        STORY + '<a href="http://[::1">broken</a><a href="javascript:x()">missile</a><a>missile</a>',
        STORY + "<!-- <p>open" + "<p>missile" * 1000,
        '<form id="all">' + STORY + "</form>",
    ],
)
def test_a_hostile_page_is_read_all_the_same(story: str) -> None:
    found = read(page(story))
    assert "missile factories in Iraq" in found.text and "Macron" not in found.text
    found.text.encode()


def test_a_page_of_five_megabytes_is_read() -> None:
    assert len(read(page("<p>" + "missile " * 600_000 + "</p>")).text) > 4_000_000


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(junk: bytes) -> None:
    read_page(junk, URL, "")
    read_page(page().encode().replace(b"<article>", b"<article>" + junk), URL, "text/html")
