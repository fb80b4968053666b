import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.plain import clamp, folded, headline, plain


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("Rockets  over\n Basra ", "Rockets over Basra"),
        ("<b>Rockets</b> over <i class='x'>Basra</i>", "Rockets over Basra"),
        ("AT&amp;T &#8217;26", "AT&T ’26"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("5 < 6 &lt; 7", "5 < 6 < 7"),
        ("<b>now</b> &lt;!channel&gt;", "now <!channel>"),
        ("<b>now</b> &amp;lt;!channel&amp;gt;", "now &lt;!channel&gt;"),  # once: still no tag
        ("&lt;b&gt;quoted", "<b>quoted"),
        ("Re\u0301gime", "Régime"),
        ("Iraq \x1b\rdenies", "Iraq denies"),
        ("mis\xadsile\x00s\x0bin\ufffe Iraq\ud800\ufeff", "missiles in Iraq"),
    ],
)
def test_a_headline_is_words(markup: str, words: str) -> None:
    assert headline(markup, 1000) == words


def test_a_headline_of_a_megabyte_is_clamped() -> None:
    assert len(headline("<b=" * 300_000 + "x" * 1_000_000, 1000)) == 1000
    assert clamp("missile", 5) == "miss…" and clamp("missile", 7) == "missile"


@given(st.text(st.characters()))
def test_plain_text_can_always_be_stored(text: str) -> None:
    found = plain(text)
    found.encode()
    assert plain(found) == found and "\n" not in found and "\x00" not in found


def test_folded_words_compare_equal() -> None:
    assert folded("  Ｍissile\n STRIKE\ufffd ") == folded("missile strike")
