import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.address import canonical, place, web_address


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://news.example/1", "https://news.example/1"),
        ("/1", "https://news.example/1"),
        ("2?a=b", "https://news.example/world/2?a=b"),
        ("//cdn.example/3", "https://cdn.example/3"),
        (" https://news.example/a b\n ", "https://news.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("data:text/html,hi", ""),
        ("file:///etc/passwd", ""),
        ("mailto:desk@news.example", ""),
        ("http://[::1", ""),
        ("", ""),
        (" ", ""),
    ],
)
def test_only_web_addresses_are_links(link: str, address: str) -> None:
    assert web_address(link, "https://news.example/world/1") == address


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a/1",
        "http://www.NEWS.example:80/a/1/",
        "https://news.example:443/a/1#comments",
        "https://news.example/a/1?utm_source=rss&utm_medium=feed",
        "https://news.example/a/1?at_medium=RSS&fbclid=xyz&ref=rss",
    ],
)
def test_the_same_page_has_one_name(url: str) -> None:
    assert canonical(url) == "news.example/a/1"


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a/2",
        "https://news.example/a/1?page=2",
        "https://news.example/a/1?ref=4711",
        "https://news.example:8080/a/1",
        "https://blog.news.example/a/1",
        "https://news.example/A/1",
    ],
)
def test_another_page_has_another_name(url: str) -> None:
    assert canonical(url) != "news.example/a/1"


def test_escapes_and_order_of_a_query_do_not_matter() -> None:
    assert canonical("https://n.example/é%e2%80%99?b=2&a=1") == canonical(
        "https://n.example/%C3%A9%E2%80%99?a=1&b=2"
    )


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://n.example/", ""),
        ("https://n.example", ""),
        ("https://n.example/1", "/1"),
        ("https://n.example/?p=1", "?p=1"),
    ],
)
def test_a_front_page_is_no_place(url: str, where: str) -> None:
    assert place(canonical(url)) == where


@given(st.text())
def test_no_text_is_too_strange_for_an_address(text: str) -> None:
    assert canonical(canonical(text)) == ""  # a name is no address
    web_address(text, "https://news.example/")
    web_address(text, text)
