"""A web page -> the feeds it names; an address -> where else they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.discover import Candidate, candidates, guesses, robots_of, sitemaps

SITE = "https://www.courier.example/"


def page(head: str = "", body: str = "", attributes: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body {attributes}>{body}</body></html>".encode()


def link(href: str, type: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{type}" title="{title}" href="{href}">'


def named(*heads: str, url: str = SITE, **more: str) -> list[str]:
    return [one.url for one in candidates(page("".join(heads), **more), url)]


def test_a_page_names_its_feed() -> None:
    found = candidates(page(link("/feed/", title="The Courier &amp;raquo; News")), SITE)
    assert found == (Candidate("https://www.courier.example/feed/", "The Courier » News"),)


@pytest.mark.parametrize(
    ("href", "base", "address"),
    [
        ("rss.xml", "", "https://www.courier.example/world/rss.xml"),
        ("../rss.xml", "", "https://www.courier.example/rss.xml"),
        ("rss.xml", '<base href="https://cdn.example/a/">', "https://cdn.example/a/rss.xml"),
        ("rss.xml", '<base href="/b/">', "https://www.courier.example/b/rss.xml"),
        ("//feeds.example/x", "", "https://feeds.example/x"),
        (" /a b ", "", "https://www.courier.example/a%20b"),
    ],
)
def test_addresses_are_made_whole(href: str, base: str, address: str) -> None:
    assert named(base, link(href), url=f"{SITE}world/") == [address]


@pytest.mark.parametrize(
    ("type", "rel"),
    [
        ("application/atom+xml", "alternate"),
        ("Application/RSS+XML; charset=utf-8", "ALTERNATE home"),
        ("application/rdf+xml", "alternate"),
        ("text/xml", "alternate"),
        ("application/feed+json", "alternate"),
        ("", "feed"),
    ],
)
def test_links_of_every_kind_of_feed_count(type: str, rel: str) -> None:
    assert named(link("/f", type, rel=rel)) == [f"{SITE}f"]


@pytest.mark.parametrize(
    "head",
    [
        link("/wp-json/wp/v2/pages/2", "application/json"),
        link("/oembed?url=x", "application/json+oembed"),
        link("/style.css", "text/css", rel="alternate stylesheet"),
        link("/de/", "text/html"),
        link("javascript:alert(1)"),
        link("file:///etc/passwd"),
        link(""),
        link("/feed", rel="stylesheet"),
        f"<!-- {link('/old')} -->",
    ],
)
def test_what_is_no_feed_is_not_named(head: str) -> None:
    assert named(head) == []


def test_the_main_feed_comes_before_those_of_comments_and_other_hosts() -> None:
    found = named(
        link("/comments/feed/", title="The Courier » Comments Feed"),
        link("/kf/", title="Kommentare"),
        link("https://elsewhere.example/feed"),
        link("/feed.json", "application/feed+json"),
        link("https://feeds.courier.example/all"),
        link("/feed/", title="The Courier » Feed"),
        body='<a href="/rss/world.xml">World</a>',
    )
    assert found == [
        "https://www.courier.example/feed/",
        "https://www.courier.example/feed.json",
        "https://www.courier.example/rss/world.xml",
        "https://feeds.courier.example/all",
        "https://elsewhere.example/feed",
        "https://www.courier.example/comments/feed/",
        "https://www.courier.example/kf/",
    ]


def test_the_feed_of_a_section_is_meant_by_its_address() -> None:
    heads = link("/feed/"), link("/world/feed/", title="The Courier » World")
    assert named(*heads, url=f"{SITE}world/")[0] == f"{SITE}world/feed/"


@pytest.mark.parametrize("mark", ['class="single single-post"', ""])
def test_the_feed_of_an_article_is_its_comments(mark: str) -> None:
    kind = "" if mark else '<meta property="og:type" content="article">'
    heads = kind, link("/2026/depot/feed/", title="The Courier » Depot"), link("/feed/")
    assert named(*heads, url=f"{SITE}2026/depot/", attributes=mark)[0] == f"{SITE}feed/"


def test_links_in_the_text_count_where_their_address_says_feed() -> None:
    meant = "/rss", "/news/feed.xml", "/?feed=rss2", "/w.rss#top"
    others = "/feedback", "/rss/help.html", "/a/42", "mailto:rss@courier.example"
    assert named(body="".join(f'<a href="{href}">x</a>' for href in (*meant, *others))) == [
        f"{SITE}{place}" for place in ("rss", "news/feed.xml", "?feed=rss2", "w.rss#top")
    ]


def test_an_address_is_named_once_and_the_page_itself_never() -> None:
    assert named(link("/f"), link("/f", title="again"), link(SITE), body='<a href="/f">RSS</a>') == [
        f"{SITE}f"
    ]


def test_a_page_of_a_thousand_feeds_names_the_first() -> None:
    assert len(named(*(link(f"/{n}") for n in range(1000)))) == 10


@pytest.mark.parametrize("body", [b"", b"<rss><channel/></rss>", b'{"html": 1}', b"%PDF", b"\x00" * 50])
def test_what_is_no_page_names_nothing(body: bytes) -> None:
    assert candidates(body, SITE) == ()


@given(st.binary(max_size=400))
def test_any_bytes_stop_nothing(noise: bytes) -> None:
    for one in candidates(b"<html><link rel=feed href=" + noise, SITE):
        assert one.url.startswith(("http://", "https://"))


def test_the_usual_places_are_tried_below_the_page_first() -> None:
    found = [one.url for one in guesses("https://courier.example/world/?page=2")]
    assert found[:3] == [f"https://courier.example/{path}" for path in ("world/feed", "feed", "rss")]
    assert len(found) == 8
    assert [one.url for one in guesses("https://courier.example/index.html")][
        0
    ] == "https://courier.example/feed"


@pytest.mark.parametrize("host", ["www.youtube.com", "m.facebook.com", "x.com", "t.me", "old.reddit.com"])
def test_where_guessing_is_no_use_nothing_is_guessed(host: str) -> None:
    assert guesses(f"https://{host}/@courier") == ()
    assert guesses(f"https://{host}.courier.example/")


def test_sitemaps_stand_in_robots_txt_those_of_news_first() -> None:
    robots = (
        b"\xef\xbb\xbfSitemap: https://courier.example/sitemap.xml\r\nUser-agent: *\r\nDisallow: /\r\n"
        b"  SITEMAP : /news.xml\r\n# Sitemap: https://courier.example/old.xml\r\nSitemap: ftp://a/b\r\n"
    )
    found = [one.url for one in sitemaps(robots, robots_of(SITE))]
    assert found == ["https://www.courier.example/news.xml", "https://courier.example/sitemap.xml"]


@pytest.mark.parametrize("word", ["rss", "/rss", "feed-", "?feed=rss&x"])
def test_an_address_of_a_megabyte_is_none(word: str) -> None:
    """To search it takes the square of its length; the limit of a test is two minutes."""
    long = "/" + word * (1_000_000 // len(word))
    body = f'<a href="{long}.xmlx">x</a><a href="/rss.xml">News</a>'
    assert named(link(long), body=body) == [f"{SITE}rss.xml"]
