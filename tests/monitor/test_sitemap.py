"""Sitemaps, news sitemaps and indexes -> entries, or the addresses of those that have some."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Unreadable
from monitor.sources import sitemap
from monitor.sources.fields import Document

NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*urls: str, names: str = NEWS) -> bytes:
    inner = "".join(f"<url>{url}</url>" for url in urls)
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return f"{head} {names}>{inner}</urlset>".encode()


def index(*parts: str) -> bytes:
    inner = "".join(f"<sitemap>{part}</sitemap>" for part in parts)
    return (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'.encode()
    )


def news(link: str, title: str, date: str = "2026-11-22T10:00:00Z", more: str = "") -> str:
    return (
        f"<loc>{link}</loc><news:news><news:publication><news:name>The Courier</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title>{more}</news:news>"
    )


def read(body: bytes) -> Document:
    found = sitemap.parsed(body)
    assert isinstance(found, Document)
    return found


def test_a_news_sitemap_is_read() -> None:
    found = read(
        urlset(news("https://a.example/1", "Border closed", more="<news:keywords>Iraq, war</news:keywords>"))
    )
    assert found.feed == {"title": "The Courier", "language": "en"} and not found.archive
    assert found.entries[0] == {
        "link": "https://a.example/1",
        "title": "Border closed",
        "published": "2026-11-22T10:00:00Z",
        "lastmod": "",
        "tags": [{"term": "Iraq"}, {"term": "war"}],
    }


def test_a_plain_sitemap_is_an_archive_of_pages_without_titles() -> None:
    found = read(
        urlset("<loc> https://a.example/1 </loc><lastmod>2026-11-22</lastmod>", "<lastmod>2026</lastmod>")
    )
    assert found.archive and found.complete
    assert [(entry["link"], entry["title"], entry["lastmod"]) for entry in found.entries] == [
        ("https://a.example/1", "", "2026-11-22")
    ]


@pytest.mark.parametrize(
    "names",
    [
        'xmlns:news="https://www.google.com/schemas/sitemap-news/0.9/"',
        'xmlns:news="urn:wrong"',
        "",  # the prefix is never declared
    ],
)
def test_namespaces_may_be_misspelt_or_missing(names: str) -> None:
    found = read(urlset(news("https://a.example/1", "Border closed"), names=names))
    assert found.entries[0]["title"] == "Border closed"


def test_prefixes_may_stand_before_every_name() -> None:
    body = urlset("<loc>https://a.example/1</loc>").replace(b"xmlns=", b"xmlns:s=")
    for name in (b"urlset", b"url", b"loc"):
        body = body.replace(b"<" + name, b"<s:" + name).replace(b"</" + name, b"</s:" + name)
    assert read(body).entries[0]["link"] == "https://a.example/1"


def test_what_several_publications_call_themselves_names_no_feed() -> None:
    other = news("https://a.example/2", "T").replace("The Courier", "The Gazette")
    assert read(urlset(news("https://a.example/1", "T"), other)).feed["title"] == ""


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig"])
def test_it_is_known_in_other_encodings(charset: str) -> None:
    body = (
        urlset("<loc>https://a.example/ü</loc>").decode().replace('"1.0"', f'"1.0" encoding="{charset[:6]}"')
    )
    assert read(body.replace("utf-8-", "utf-8").encode(charset)).entries[0]["link"] == "https://a.example/ü"


def test_f06_of_a_sitemap_cut_short_the_complete_entries_are_kept() -> None:
    body = urlset(*(f"<loc>https://a.example/{n}</loc>" for n in range(3)))
    found = read(body[: body.index(b"/2") + 2])
    assert [entry["link"][-1] for entry in found.entries] == ["0", "1"] and not found.complete


def test_a_bare_ampersand_costs_nothing_else() -> None:
    found = read(urlset("<loc>https://a.example/?a=1&b=2</loc>", "<loc>https://a.example/2</loc>"))
    assert len(found.entries) == 2


def test_entities_of_the_documents_own_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = urlset("<loc>https://a.example/1</loc><lastmod>&a;&f;</lastmod>").replace(
        b"<urlset", bomb + b"<urlset"
    )
    entry = read(body).entries[0]
    assert entry["link"] == "https://a.example/1" and "ha" not in entry["lastmod"]
    assert "root:" not in str(entry)


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"<html><urlset></html>", b'{"urlset": 1}', b"urlset"])
def test_other_documents_are_none(body: bytes) -> None:
    assert sitemap.parsed(body) is None


# --- indexes -----------------------------------------------------------------------------------------------


def parts(*named: tuple[str, str]) -> list[str]:
    found = read(
        index(*(f"<loc>https://a.example/{name}</loc><lastmod>{day}</lastmod>" for name, day in named))
    )
    assert not found.entries
    return [part.removeprefix("https://a.example/") for part in found.parts]


def test_of_an_index_the_sitemap_of_news_comes_first() -> None:
    named = [
        ("post-sitemap.xml", "2026-11-22"),
        ("news-sitemap.xml", "2026-11-01"),
        ("page.xml", "2026-11-22"),
    ]
    assert parts(*named)[0] == "news-sitemap.xml"


def test_of_an_index_a_few_are_asked_the_last_changed_first() -> None:
    days = ["2026-11-20", "2026-11-22T10:00:00+02:00", "2026-11-22", "2025-01-01", "soon"]
    found = parts(*((f"{n}.xml", day) for n, day in enumerate(days)))
    assert found == ["2.xml", "1.xml", "0.xml", "3.xml", "4.xml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sitemap-2026-9.xml", "sitemap-2026-11.xml"),
        ("wp-sitemap-posts-post-2.xml", "wp-sitemap-posts-post-10.xml"),
        ("2025/12/31.xml", "2026/01/01.xml"),
    ],
)
def test_without_dates_the_highest_number_is_the_newest(old: str, new: str) -> None:
    assert parts((old, ""), (new, ""))[0] == new


@pytest.mark.parametrize("aside", ["video-sitemap", "post_tag-sitemap", "category-sitemap", "author-sitemap"])
def test_sitemaps_of_other_things_come_last(aside: str) -> None:
    named = [(f"{aside}9.xml", "2026-11-22"), *((f"post-sitemap{n}.xml", "2020-01-01") for n in (1, 2, 3))]
    assert f"{aside}9.xml" not in parts(*named)
    assert parts((f"{aside}.xml", "")) == [f"{aside}.xml"]


@pytest.mark.parametrize("names", [(), ("ftp://a.example/map.xml",), ("javascript:alert(1)", "")])
def test_an_index_that_names_nothing_to_ask_is_no_feed(names: tuple[str, ...]) -> None:
    found = sitemap.parsed(index(*(f"<loc>{name}</loc>" for name in names)))
    assert isinstance(found, Unreadable) and "names no sitemap" in found.reason


@given(st.lists(st.text(), max_size=5))
def test_any_addresses_have_an_order(names: list[str]) -> None:
    assert set(sitemap.newest(names)) <= set(names)


@given(st.binary(max_size=300))
def test_any_bytes_stop_nothing(noise: bytes) -> None:
    assert isinstance(sitemap.parsed(b"<urlset>" + noise), Document)


# --- hostile documents -------------------------------------------------------------------------------------

ONE = b"<url><loc>https://a.example/1</loc>%s</url>"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (b"bcdefghij"[n], b"&%c;" % b"abcdefghi"[n] * 10) for n in range(9)
)


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        pytest.param(b"<urlset>" + b"<a>" * 1_000_000, 0, id="a million levels"),
        pytest.param(b"<urlset>" + b"<url/>" * 300_000 + b"</urlset>", 0, id="pages of nothing"),
        pytest.param(b"<urlset>" + ONE % (b"<a/>" * 300_000) + b"</urlset>", 1, id="a page of a megabyte"),
        pytest.param(LAUGHS + b"]><urlset>" + ONE % b"<lastmod>&j;</lastmod>" + b"</urlset>", 0, id="laughs"),
        pytest.param(b"<!DOCTYPE x [" + b"]" * 15_000 + b"<urlset>", None, id="a type that never ends"),
        pytest.param(b"<!--" * 4000 + b"<urlset>", None, id="comments that never end"),
    ],
)
def test_a_hostile_document_is_read_in_time(body: bytes, entries: int | None) -> None:
    found = sitemap.parsed(body)
    assert (len(found.entries) if isinstance(found, Document) else None) == entries


def test_of_a_sitemap_longer_than_allowed_so_many_pages_are_read() -> None:
    urls = b"".join(b"<url><loc>https://a.example/%d</loc></url>" % n for n in range(sitemap.MOST_LISTED + 9))
    found = read(b"<urlset>" + urls + b"</urlset>")
    assert len(found.entries) == sitemap.MOST_LISTED
    assert found.trouble == "it lists more than 50,000 pages: the rest is not read"


def test_of_an_index_of_fifty_thousand_sitemaps_the_newest_thousand_are_known() -> None:
    names = (
        f"<loc>https://a.example/{n}.xml</loc><lastmod>{2000 + n // 2500}-01-01</lastmod>"
        for n in range(50_000)
    )
    found = read(index(*names))
    assert len(found.parts) == sitemap.MOST_PARTS and set(found.parts.values()) == {"2019-01-01"}
    assert next(iter(found.parts)) == "https://a.example/49999.xml"
    assert found.trouble == "it names 50,000 sitemaps: only the newest 1,000 are read"


def test_a_sitemap_with_the_news_among_all_pages_is_one_of_all_pages() -> None:
    found = read(
        urlset(news("https://a.example/1", "T"), *(f"<loc>https://a.example/{n}</loc>" for n in "234"))
    )
    assert found.archive and found.entries[0]["title"] == "T"
