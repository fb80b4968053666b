"""Feeds as publishers write them, and as they should not."""

import codecs
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Block, Entry, FeedRead, Unreadable, Zone
from monitor.sources import cut, feed
from monitor.sources.feed import read_feed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://news.example/world/feed.xml"


def rss(*items: str, head: str = "<title>World</title><link>https://news.example/</link>") -> bytes:
    entries = "".join(f"<item>{item}</item>" for item in items)
    names = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{head}{entries}</channel></rss>'.encode()
    )


def read(body: bytes, content_type: str = "application/rss+xml") -> FeedRead:
    found = read_feed(body, URL, content_type, NOW)
    assert isinstance(found, FeedRead)
    return found


def one(item: str) -> Entry:
    return read(rss(item)).entries[0]


# --- the entries -------------------------------------------------------------------------------------------


def test_an_rss_feed_is_read() -> None:
    found = read(
        rss(
            "<guid>https://news.example/?p=1</guid><link>https://news.example/1</link>"
            "<title>Rockets over Basra</title><description>Two were hurt.</description>"
            "<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate><dc:creator>A. Reporter</dc:creator>",
            "<title>Second</title>",
            head="<title>World &amp;amp; more</title><language>en-GB</language>",
        )
    )
    assert found.title == "World & more" and found.language == "en-GB" and found.complete
    assert found.entries[0] == Entry(
        guid="https://news.example/?p=1",
        link="https://news.example/1",
        title="Rockets over Basra",
        blocks=(Block(Zone.SUMMARY, "Two were hurt."),),
        published=datetime(2026, 11, 22, 10, tzinfo=UTC),
        author="A. Reporter",
    )
    assert found.entries[1] == Entry(guid="", link="", title="Second")


def test_an_atom_feed_is_read() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Welt</title>
      <entry xml:base="https://other.example/blog/"><id>tag:1</id><link href="post"/>
        <title type="html">A &lt;b&gt;B&lt;/b&gt;</title><updated>2026-11-22T10:00:00+01:00</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins</p><p>Zwei</p></div></content>
      </entry></feed>"""
    entry = read(body).entries[0]
    assert (entry.guid, entry.link, entry.title) == ("tag:1", "https://other.example/blog/post", "A B")
    assert entry.published == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert [block.text for block in entry.blocks] == ["Eins", "Zwei"]
    assert read(body).language == "de"


def test_elements_with_attributes_nobody_expects_are_read() -> None:
    found = read(
        rss(
            '<title a="b">T</title><guid c="d">1</guid>',
            head='<title a="b">W</title><language x="y">en</language>',
        )
    )
    assert found.title == "W" and found.entries == (Entry(guid="1", link="", title="T"),)


def test_f68_rdf_and_old_rss_are_read() -> None:
    rdf = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
      <channel rdf:about="https://n.example"><title>N</title></channel>
      <item rdf:about="https://n.example/1"><title>First</title><link>https://n.example/1</link></item></rdf:RDF>"""
    assert read(rdf).entries[0] == Entry(
        guid="https://n.example/1", link="https://n.example/1", title="First"
    )
    assert (
        read(b'<rss version="0.91"><channel><item><title>Old</title></item></channel></rss>').entries[0].title
        == "Old"
    )


def test_content_goes_before_summary_and_keeps_its_zones() -> None:
    entry = one(
        "<link>https://news.example/1</link><description>Short.</description><content:encoded>"
        "<![CDATA[<h2>Night raid</h2><p>Missiles moved.</p><p>Read <a href='/2'>Macron accuses</a></p>]]>"
        "</content:encoded>"
    )
    assert entry.blocks == (
        Block(Zone.HEADING, "Night raid"),
        Block(Zone.BODY, "Missiles moved."),
        Block(Zone.RELATED, "Read Macron accuses"),
    )


def test_a_summary_that_says_more_than_the_content_is_taken() -> None:
    entry = one(
        "<description>Two were hurt.</description><content:encoded>&lt;img src='x'&gt;</content:encoded>"
    )
    assert entry.blocks == (Block(Zone.SUMMARY, "Two were hurt."),)


def test_a_summary_that_is_a_link_to_its_own_page_is_the_summary() -> None:
    entry = one(
        "<link>https://news.example/1</link>"
        "<description>&lt;a href='/1?utm_source=rss'&gt;Two hurt&lt;/a&gt;</description>"
    )
    assert entry.blocks == (Block(Zone.SUMMARY, "Two hurt"),)


# --- languages and categories ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("en_GB", "en-GB"),
        (" pt-BR ", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("English", ""),
        ("en_GB.UTF-8", ""),
        ("{{ lang }}", ""),
        ("en" + "-x" * 50_000, ""),
    ],
)
def test_a_language_is_a_tag_or_nothing(given: str, language: str) -> None:
    assert read(rss("<title>T</title>", head=f"<language>{given}</language>")).language == language


def test_categories_are_terms_and_labels_of_every_dialect() -> None:
    entry = one(
        "<category domain='desk'>Politics</category><category>R&amp;amp;D</category>"
        "<dc:subject>Energy</dc:subject><category>politics</category><category> </category>"
        "<media:category xmlns:media='http://search.yahoo.com/mrss/' label='World'>w/1</media:category>"
    )
    assert entry.categories == ("Politics", "R&D", "Energy", "w/1", "World")


def test_categories_of_atom_are_read() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>
      <category term="war" label="War &amp; peace"/><category term="&#1594;&#1586;&#1577;"/>
      </entry></feed>"""
    assert read(body).entries[0].categories == ("war", "War & peace", "غزة")


def test_ten_thousand_categories_are_cut_to_a_few() -> None:
    found = one("".join(f"<category>{n} {'x' * 1000}</category>" for n in range(10_000)))
    assert len(found.categories) == feed.MOST_CATEGORIES
    assert max(map(len, found.categories)) == feed.CATEGORY_LIMIT


# --- links, titles, dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,hi", "file:///etc/passwd", "http://[::1"]
)
def test_f39_a_link_that_is_no_web_address_is_dropped_and_the_entry_kept(link: str) -> None:
    assert one(f"<title>T</title><link>{link}</link>") == Entry(guid="", link="", title="T")


def test_relative_links_are_resolved_against_the_site() -> None:
    assert one("<link>world/1</link>").link == "https://news.example/world/1"
    assert read(rss("<link>/1</link>", head="")).entries[0].link == "https://news.example/1"


@pytest.mark.parametrize("guid", ["", "<guid></guid>", '<guid isPermaLink="false"/>', "<guid>  </guid>"])
def test_an_empty_guid_is_none(guid: str) -> None:
    assert one(f"{guid}<title>T</title>").guid == ""


def test_a_guid_that_is_an_address_is_the_link_and_a_number_is_not() -> None:
    assert one("<guid>https://news.example/9</guid>").link == "https://news.example/9"
    assert one("<guid>4711</guid>").link == ""


def test_a_hostile_title_becomes_plain_words() -> None:
    entry = one("<title>&lt;b&gt;Now&lt;/b&gt; &amp;lt;!channel&amp;gt; &lt;!here&gt;</title>")
    assert entry.title == "Now <!channel> <!here>"


@pytest.mark.parametrize("words", [2_500, 130_000], ids=["20 KB", "1 MB"])
def test_f40_a_title_of_any_length_is_clamped(words: int) -> None:
    title = one(f"<title>{'missile ' * words}</title>").title
    assert title.startswith("missile missile") and len(title) <= feed.TITLE_LIMIT


def test_f17_characters_nobody_can_store_are_gone() -> None:
    title = "<title>mis\x00sile\x0b in \x1bIraq\ufffe</title>"
    body = rss(f"{title}<description>a\x00b &#xD800;&#99999999;c</description>")
    entry = read(body).entries[0]
    assert entry.title == "missile in Iraq"
    assert entry.blocks[0].text == "ab c"
    json.dumps([entry.title, entry.blocks[0].text], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "date",
    [
        "",
        "Mon, 01 Jan 2099 00:00:00 GMT",
        "Mon, 01 Jan 1479 00:00:00 GMT",
        "2016/6/29 15:07",
        "1480000000",
        "+9900",
    ]
    + ["0000-00-00", "Sun, 22 Nov 2026 10:00:00", "Sun, 22 Nov 2026 10:00:00 +9900"],
)
def test_a_date_nobody_would_believe_is_missing_and_the_entry_kept(date: str) -> None:
    assert one(f"<title>T</title><pubDate>{date}</pubDate>") == Entry(guid="", link="", title="T")


# --- charsets ----------------------------------------------------------------------------------------------

RUSSIAN = "<title>Ракеты над Багдадом</title>"


def declared(charset: str) -> str:
    declaration = f'<?xml version="1.0" encoding="{charset}"?>'
    return f'{declaration}<rss version="2.0"><channel><item>{RUSSIAN}</item></channel></rss>'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (declared("utf-8").encode(), "application/rss+xml"),
        (declared("utf-8").encode(), "text/xml"),
        (declared("utf-8").encode(), "text/xml; charset=iso-8859-1"),  # a server's default
        (declared("windows-1251").encode(), ""),  # declared wrong
        (declared("windows-1251").encode("cp1251"), "application/xml"),
        (declared("windows-1251").encode("cp1251"), "text/xml; charset=utf-8"),  # served wrong
        (declared("windows-1251").encode("cp1251"), "text/xml; charset=ISO-8859-1"),
        (declared("koi8-r").encode("koi8-r"), ""),
        (declared("utf-16").encode("utf-16"), "application/xml"),
        (declared("utf-8").encode("utf-8-sig"), ""),
        (declared("utf-16").encode("utf-16-le"), ""),
        (declared("utf-32").encode("utf-32"), ""),
        (codecs.BOM_UTF8 + declared("utf-8").encode("utf-8-sig"), ""),  # twice
    ],
)
def test_f18_f20_the_right_charset_is_found(body: bytes, content_type: str) -> None:
    assert read(body, content_type).entries[0].title == "Ракеты над Багдадом"


def test_f19_an_entity_of_html_is_no_error_of_the_feed() -> None:
    found = read(rss("<title>Basra&nbsp;burns &eacute; & more</title>", "<title>Next</title>"))
    assert [entry.title for entry in found.entries] == ["Basra burns é & more", "Next"]
    assert found.complete


# --- cut short ---------------------------------------------------------------------------------------------

WHOLE = rss(
    "<title>First</title><guid>1</guid>",
    "<title>Second</title><guid>2</guid>",
    "<title>Third</title><guid>3</guid>",
)


@pytest.mark.parametrize(
    ("end", "titles"),
    [
        (b"<title>Third", ["First", "Second"]),
        (b"Third", ["First", "Second"]),
        (b"<guid>3", ["First", "Second"]),
        (b"</item></channel>", ["First", "Second"]),
        (b"</channel>", ["First", "Second", "Third"]),
        (b"<title>Second", ["First"]),
    ],
)
def test_f06_of_a_feed_cut_short_the_complete_entries_count(end: bytes, titles: list[str]) -> None:
    found = read(WHOLE[: WHOLE.index(end) + (0 if end.startswith(b"</") else len(end))])
    assert [entry.title for entry in found.entries] == titles
    assert not found.complete


def test_a_whole_feed_with_something_behind_it_is_complete() -> None:
    assert read(WHOLE + b"<!-- cached 12:00 -->\n").complete
    assert read(WHOLE + b"<script>count()</script>").complete
    assert len(read(WHOLE + b"<script>count()</script>").entries) == 3


def test_an_empty_feed_is_a_feed() -> None:
    assert read(rss()) == FeedRead(title="World", entries=())


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("text/html; charset=utf-8", id="F65 called a page"),
        pytest.param("application/octet-stream", id="F66 called nothing"),
        pytest.param("image/png", id="called a picture"),
        pytest.param("", id="not called anything"),
        pytest.param(";;;charset=", id="called nonsense"),
    ],
)
def test_a_feed_is_one_whatever_its_server_calls_it(content_type: str) -> None:
    found = read(rss("<title>Rakétá</title>"), content_type)
    assert [entry.title for entry in found.entries] == ["Rakétá"] and found.complete


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param('type="text">Two &lt;b&gt; hurt', "Two hurt", id="F67 text"),
        pytest.param('type="html">&lt;p&gt;Two hurt&lt;/p&gt;', "Two hurt", id="F67 html"),
        pytest.param(
            'type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Two <b>hurt</b></p></div>',
            "Two hurt",
            id="F67 xhtml",
        ),
        pytest.param('type="text/html" src="https://news.example/a">', "", id="F67 src only"),
    ],
)
def test_content_of_atom_is_read_in_every_type(content: str, text: str) -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>A</title>'
        f'<link href="https://news.example/a"/><content {content}</content></entry></feed>'
    )
    (entry,) = read(body.encode(), "application/atom+xml").entries
    assert " ".join(block.text for block in entry.blocks) == text
    assert entry.link == "https://news.example/a"


# --- not a feed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "not a feed: an empty answer", id="F01 an empty body"),
        (b" \r\n", "not a feed: an empty answer"),
        (
            b"<!DOCTYPE html><html><head><title>Our &amp; site</title></head><body><p>Hi</p></body></html>",
            "not a feed: a web page ('Our & site')",
        ),
        (b"<html><body>no title</body></html>", "not a feed: a web page"),
        (
            b"<html><head><title>Just a moment...</title></head><body></body></html>",
            "not a feed: a challenge page ('Just a moment...')",
        ),
        pytest.param(b'{"error": "gone"}', "not a feed: JSON", id="F05 an error in JSON"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "it', "not a feed: a JSON Feed"),
        (
            b"<?xml version='1.0'?><gpx xmlns='x'><trk/></gpx>",
            "not a feed: XML of another kind (<gpx>)",
        ),
        (
            b'<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body/></opml>',
            "not a feed: a list of feeds (OPML): write  {opml: its address}",
        ),
        (b"%PDF-1.7 ...", "not a feed: a PDF"),
        (b"\x1f\x8b\x08\x00\x00", "not a feed: compressed data"),
        (b"Service unavailable", "not a feed: text that is no XML ('Service unavailable')"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, reason: str) -> None:
    found = read_feed(body, URL, "application/xml", NOW)
    assert isinstance(found, Unreadable) and found.reason == reason


def test_f13_no_file_is_opened_for_a_feed() -> None:
    body = rss("<title>&leak;</title>").replace(
        b"<rss", b'<!DOCTYPE rss [<!ENTITY leak SYSTEM "file:///etc/passwd">]><rss', 1
    )
    assert "root:" not in read(body).entries[0].title
    assert isinstance(read_feed(b"/etc/passwd", URL, "", NOW), Unreadable)


def test_f30_of_too_many_entries_the_newest_are_kept() -> None:
    old = "<title>old</title><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>"
    new = "<title>new</title><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate>"
    found = read(rss(*[old] * feed.MOST_ENTRIES, new, "<title>undated</title>"))
    assert len(found.entries) == feed.MOST_ENTRIES
    assert {"new", "undated"} < {entry.title for entry in found.entries}


def test_f30_of_too_many_entries_the_names_are_kept_of_those_that_are_read() -> None:
    """So that forgetting.py knows what a long feed carries."""
    found = read(rss(*(f"<title>{n}</title>" for n in range(feed.MOST_ENTRIES + 9))))
    assert found.total == len(cut.marks_in(found.marks).names) == feed.MOST_ENTRIES


def asked(seconds: int, *entries: tuple[str, str], link: str = "") -> list[datetime | None]:
    """The dates that are believed of entries (guid, words) dated so long before they are read."""
    day = f"{NOW - timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S} GMT"
    texts = (
        f"<guid>{guid}</guid><title>{words}</title><pubDate>{day}</pubDate>{link}" for guid, words in entries
    )
    return [one.published for one in read(rss(*texts)).entries]


def test_the_moment_of_asking_is_no_date() -> None:
    assert asked(3, ("9f1c", "Road closed"), ("77aa", "Road open")) == [None, None]


@pytest.mark.parametrize(
    ("seconds", "entries", "link"),
    [
        pytest.param(11, (("1", "Status: OK"),), "", id="older"),
        pytest.param(3, (("1", "Status: OK"),), "<link>https://news.example/1</link>", id="linked"),
        pytest.param(3, (("1", "Status: OK"), ("2", "Status: OK")), "", id="alike"),
    ],
)
def test_a_date_that_may_be_one_is_believed(
    seconds: int, entries: tuple[tuple[str, str], ...], link: str
) -> None:
    assert asked(seconds, *entries, link=link) == [NOW - timedelta(seconds=seconds)] * len(entries)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(junk: bytes) -> None:
    read_feed(junk, URL, "", NOW)
    read_feed(WHOLE[:150] + junk + WHOLE[150:], URL, "text/xml", NOW)


# --- JSON Feeds and sitemaps -------------------------------------------------------------------------------


def test_f68_a_json_feed_is_read_whatever_the_server_calls_it() -> None:
    fields = {
        "id": 7,
        "url": "/1",
        "title": "Rockets < drones",
        "content_text": "Two were hurt.\n\nOne died.",
        "date_published": "2026-11-22T10:00:00Z",
        "authors": [{"name": "A. Reporter"}],
        "tags": ["war"],
    }
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "World & more", "language": "en-GB"}
    body = json.dumps(head | {"home_page_url": "https://news.example/", "items": [fields]}).encode()
    found = read(body, "text/html")
    assert (found.title, found.language, found.total) == ("World & more", "en-GB", 1)
    assert found.entries == (
        Entry(
            guid="7",
            link="https://news.example/1",
            title="Rockets < drones",
            blocks=(Block(Zone.BODY, "Two were hurt."), Block(Zone.BODY, "One died.")),
            published=datetime(2026, 11, 22, 10, tzinfo=UTC),
            author="A. Reporter",
            categories=("war",),
        ),
    )


def test_a_news_sitemap_is_read_like_a_feed() -> None:
    news = (
        "<news:publication><news:name>The Courier</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2026-11-22</news:publication_date>"
        "<news:title>Border &amp;amp; camp</news:title>"
    )
    url = f"<url><loc>https://news.example/1</loc><news:news>{news}</news:news></url>"
    found = read(f"<urlset xmlns:news='http://www.google.com/x'>{url}</urlset>".encode())
    assert (found.title, found.language, found.archive, found.complete) == ("The Courier", "en", False, True)
    entry = found.entries[0]
    assert (entry.title, entry.link, entry.published) == ("Border & camp", "https://news.example/1", None)


def test_a_plain_sitemap_says_when_pages_were_touched_and_nothing_of_publishing() -> None:
    url = "<url><loc>https://news.example/1</loc><lastmod>2026-11-22</lastmod></url>"
    found = read(f"<urlset>{url}</urlset>".encode())
    entry = found.entries[0]
    assert found.archive and entry.published is None
    assert entry.modified == datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)


def test_a_sitemap_index_names_its_parts() -> None:
    found = read(b"<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>")
    assert [part.url for part in found.parts] == ["https://news.example/news.xml"] and not found.entries


def test_of_a_sitemap_of_all_pages_those_come_out_that_are_new_or_touched() -> None:
    def body(*urls: tuple[int, str]) -> bytes:
        said = "".join(f"<url><loc>https://a.example/{n}</loc>{date}</url>" for n, date in urls)
        return f"<urlset>{said}</urlset>".encode()

    touched = "<lastmod>2026-11-22T11:00:00Z</lastmod>"
    old = [(n, "<lastmod>2026-11-01</lastmod>") for n in range(6000)]
    first = read(body(*old))
    assert (first.entries, first.total, first.shared) == ((), 6000, 0)
    grown = body(*old[:3000], (9000, ""), *old[3001:], (7, touched), (3000, touched))
    again = read_feed(grown, URL, "", NOW, first.marks)
    assert isinstance(again, FeedRead) and again.archive and (again.total, again.shared) == (6001, 6000)
    found = {entry.link.rpartition("/")[2]: entry.touched for entry in again.entries}
    assert found == {"9000": False, "3000": True}, "of an address that stands twice the first counts"


def test_f30_of_a_news_sitemap_too_long_the_newest_are_read() -> None:
    told = (
        "<n:news><n:title>T</n:title><n:publication_date>2026-11-{:02}T10:00Z</n:publication_date></n:news>"
    )
    urls = "".join(
        f"<url><loc>https://news.example/{n}</loc>{told.format(n % 22 + 1)}</url>"
        for n in range(feed.MOST_ENTRIES + 22 * 100)
    )
    found = read(f"<urlset xmlns:n='urn:n'>{urls}</urlset>".encode())
    assert len(found.entries) == feed.MOST_ENTRIES
    assert min(entry.published for entry in found.entries if entry.published).day > 5


def test_entries_that_the_last_json_feed_had_too_are_counted() -> None:
    def body(*ids: int) -> bytes:
        entries = [{"id": n, "title": f"T{n}"} for n in ids]
        return json.dumps({"version": "https://jsonfeed.org/version/1", "items": entries}).encode()

    marks = read(body(1, 2, 3)).marks
    found = read_feed(body(3, 4), URL, "", NOW, marks)
    assert isinstance(found, FeedRead) and (found.total, found.shared) == (2, 1)
