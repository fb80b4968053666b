"""All the words of a page are found, wherever they stand, and in whatever markup."""

import pytest

from monitor.model import Entry, Skim, Unreadable
from monitor.sources.skim import skim

NONE = Entry("", "", "")


def words(page: str | bytes, entry: Entry = NONE, content_type: str = "text/html") -> set[str]:
    body = page if isinstance(page, bytes) else page.encode()
    seen = skim(body, content_type, entry, "en")
    assert isinstance(seen, Skim)
    return set(seen.words.split())


@pytest.mark.parametrize(
    "markup",
    [
        "<p>a missile struck</p>",
        "<p>a mis<b>sile</b> struck</p>",
        "<p>a</p><p>missile</p>struck",
        "<ul><li>a<li>missile<li>struck</ul>",
        "<table><tr><td>a<td>missile<td>struck</table>",
        "<p>a mi&shy;ssile struck</p> <p>missile</p>",
        "<p>a &#109;issile struck</p>",
        "<noscript><p>a missile struck</p></noscript>",
        "<nav><p>a missile struck</p>",
        '<meta property="og:title" content="a missile struck">',
        '<script type="application/ld+json">{"articleBody": "a m\\u0069ssile struck"}</script>',
        '<script type="application/ld+json">{"@graph": [{"headline": "a missile struck"}]}</script>',
        '<script type="application/ld+json">{"articleBody": "&lt;p>a mis&lt;b>sile&lt;/b> struck"}</script>',
        '<script type="application/ld+json">{"articleBody": "<p>a mis<b>sile</b> struck</p>"}</script>',
        '<script type="application/ld+json">{broken "headline": a missile struck </script>',
        "<details hidden><summary>a missile struck</summary></details>",
        "a missile struck",
    ],
)
def test_a_word_is_found_in_any_markup(markup: str) -> None:
    assert {"a", "missile", "struck"} <= words(f"<html><body>{markup}</body></html>")


@pytest.mark.parametrize(
    "markup",
    [
        "<style>missile {}</style>",
        "<script>missile()</script>",
        "<img alt=missile>",
        "<meta name=settings content='{\"missile\": 1}'>",
        "<p data-id=missile>",
        "<nav>missile</nav>",
        "<footer>missile</footer>",
        "<aside><a href=/x>missile</a></aside>",
        "<button>missile</button>",
        "<svg><title>missile</title></svg>",
        "<nav><footer>missile</footer></nav>",
    ],
)
def test_what_a_page_does_or_how_it_looks_is_no_word_of_its_article(markup: str) -> None:
    assert words(f"{markup}<p>calm harbour</p>") == {"calm", "harbour"}


def test_a_forum_that_keeps_its_posts_in_an_attribute_is_left_to_reading() -> None:
    page = b"<div id=data-preloaded data-preloaded='{}'></div><p>calm</p>"
    assert isinstance(skim(page, "text/html", NONE, ""), Unreadable)


def test_the_words_of_the_feed_are_among_them() -> None:
    assert {"Missile", "hits", "calm"} <= words("<p>calm</p>", Entry("", "", "Missile hits"))


def test_a_word_stands_there_once() -> None:
    seen = skim(b"<p>war and war and war</p>" * 50, "text/html", NONE, "en")
    assert isinstance(seen, Skim)
    assert seen.words.split().count("war") == 1


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "utf-16"])
def test_a_word_is_found_in_any_charset(charset: str) -> None:
    page = f'<meta charset="{charset}"><p>ракета упала на порт</p>'
    assert "ракета" in words(page.encode(charset), content_type=f"text/html; charset={charset}")


def test_the_language_is_that_of_the_text_below_the_menu() -> None:
    menu = "<nav>Home News Sport Weather Shop Contact About</nav>"
    text = "<p>Bei dem Angriff auf den Hafen der Stadt sind am Sonntag vier Menschen getötet worden.</p>" * 3
    seen = skim(f"<body>{menu}{text}".encode(), "text/html", NONE, "")
    assert isinstance(seen, Skim)
    assert seen.languages[0] == "de"


@pytest.mark.parametrize("body", [b"", b"  \n", b"%PDF-1.7 missile", b"\x89PNG\r\n"])
def test_what_is_no_page_is_left_to_reading(body: bytes) -> None:
    assert isinstance(skim(body, "text/html", NONE, ""), Unreadable)


@pytest.mark.parametrize(
    "body",
    [b"<" * 100_000, b"<div>" * 100_000, b"<div>" * 5_000, b"\x00" * 1000 + b"missile", b"<p>&#x110000;"],
)
def test_hostile_bytes_are_survived(body: bytes) -> None:
    assert isinstance(skim(body, "text/html", NONE, ""), Skim | Unreadable)


def test_json_as_deep_as_a_page_likes_is_survived() -> None:
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    page = f'<script type="application/ld+json">{deep}</script><p>missile</p>'
    assert "missile" in words(page)
