from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.wording import clean, dateline, first_look_line, host, runs, safe_link, why
from monitor.model import Alert, Excerpt, FirstLookAlert, Found, Listed, Template

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\n\tlines\r\nhere", "two lines here"),
        ("nul\x00 and bell\x07", "nul and bell "),
        ("\x1b[31mred\x1b]8;;http://evil\x07", " [31mred ]8;;http://evil "),
        ("\x9b31m", " 31m"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066abc\u2069\u200f\u061c", "abc"),
        ("b\u200bb\u2060c\ufeff.\u00adco", "bbc.co"),
        ("b\u200db\u200cc", "bbc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚒 family", "👩\u200d🚒 family"),
        ("tag\U000e0041\U000e0042ged", "tagged"),
        ("half \ud83d pair", "half pair"),
        ("a\u00a0b\u3000c\u2028d", "a b c d"),
        ("Beyoncé ✓ 導弹 🚀", "Beyoncé ✓ 導弹 🚀"),
    ],
)
def test_only_visible_characters_of_one_line_are_left(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_cleaning_leaves_no_control_and_changes_nothing_twice(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff" for char in once)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("http://evil|bbc.co.uk", "http://evil%7Cbbc.co.uk"),
        ('https://e.org/a b>c<d"e\n', "https://e.org/a%20b%3Ec%3Cd%22e%0A"),
        ("https://e.org/\u202egnp", "https://e.org/%E2%80%AEgnp"),
        ("https://e.org/مقال", "https://e.org/مقال"),
        ("https://e.org/100%25", "https://e.org/100%25"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("slack://channel?id=1", ""),
        ("//e.org/x", ""),
        ("https:///x", ""),
        ("https://bbc.co.uk@evil.example/", ""),
        ("https://bbc.co.uk\\@evil.example/", ""),
        ("https://[::1", ""),
        ("", ""),
        ("https://e.org/" + "x" * 3000, ""),
        ("https://e.org/?" + "&" * 500, ""),
    ],
)
def test_only_links_that_lead_where_they_say_are_kept(url: str, link: str) -> None:
    assert safe_link(url) == link


@given(st.text().map("https://e.org/".__add__))
def test_no_link_can_end_a_slack_token_or_a_terminal_sequence(url: str) -> None:
    assert not set(safe_link(url)) & set('|<> "\x00\x07\x1b\n\u202e\u200b\ud800')


def test_the_host_is_what_the_link_opens() -> None:
    assert host("https://www.example.org:8443/x") == "example.org"
    assert host("") == ""


@pytest.mark.parametrize(
    ("published", "seen", "said"),
    [
        (NOON, 29, "published 12:00:00 UTC · seen +29 s · told +31 s"),
        (NOON - timedelta(minutes=90), 0, "published 10:30:00 UTC · seen +90 min · told +90 min"),
        (NOON - timedelta(days=1), 29, "published 21 Nov 12:00 UTC · seen +24 h · told +24 h"),
        (NOON - timedelta(days=400), 0, "published 18 Oct 2025 12:00 UTC · seen +400 d · told +400 d"),
        (None, 29, "no date given · seen 12:00:29 UTC · told +2 s"),
        (NOON + timedelta(hours=1), 29, "dated 13:00 UTC, ahead of when it was seen: 12:00 UTC"),
        (
            datetime(2099, 1, 1, tzinfo=UTC),
            29,
            "dated 1 Jan 2099 00:00 UTC, ahead of when it was seen: 12:00 UTC",
        ),
        (
            datetime(1479, 1, 1, tzinfo=UTC),
            29,
            "published 1 Jan 1479 00:00 UTC · seen +200,113 d · told +200,113 d",
        ),
    ],
)
def test_ages_are_told_as_they_are(published: datetime | None, seen: int, said: str) -> None:
    assert dateline(published, NOON + timedelta(seconds=seen), NOON + timedelta(seconds=31)) == said


def test_rules_of_the_same_sentence_are_told_together() -> None:
    text = "Iran upgrades missiles in Iraq."
    found = (
        Found("a", "missile", (), (Excerpt(text, ((14, 22),)),)),
        Found("b", "title:Iran", (), (Excerpt("Iran", ((0, 4),)),)),
        Found("c", "Iraq", (), (Excerpt(text, ((26, 30),)),)),
    )
    same, other = why(Alert("h", "", "s", found, NOON))
    assert same.rules == ("missile", "Iraq") and other.rules == ("title:Iran",)
    assert [piece for piece, bold in same.excerpts[0] if bold] == ["missiles", "Iraq"]


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_runs_lose_nothing_but_what_cleaning_takes(text: str, bold: list[tuple[int, int]]) -> None:
    pieces = runs(text, bold)
    assert all(piece for piece, _ in pieces)
    kept = "".join(piece for piece, _ in pieces).replace(" ", "")
    assert len(kept) <= len(text) and set(kept) <= set(text)


def test_the_first_look_says_what_is_watched_and_what_matched() -> None:
    listed = (Listed("h", "", "s", ("r",)),)
    assert first_look_line(FirstLookAlert(12, 5, 412, listed, 2)) == (
        "Watching 12 feeds with 5 rules; in what they carry now, 3 of 412 articles match:"
    )
    assert first_look_line(FirstLookAlert(12, 5, 412, listed, 2, matched=9)) == (
        "Watching 12 feeds with 5 rules; in what they carry now, 9 of 412 articles match and tell 3 stories:"
    )
    assert first_look_line(FirstLookAlert(1, 1, 1, ())) == (
        "Watching 1 feed with 1 rule; in what they carry now, none of 1 article matches."
        " New ones are told as they come."
    )


def test_a_template_says_how_much_of_an_article_is_quoted() -> None:
    sentences = (Excerpt("Missiles fell.", ((0, 8),)), Excerpt("Iraq answered.", ((0, 4),)))
    found = (Found("a", "missile", (), sentences), Found("b", "Iraq", (), sentences[1:]))
    alert = Alert("Rockets", "https://a.example/1", "Courier", found, NOON)
    quoted = {
        template: [(one.rules, len(one.excerpts)) for one in why(replace(alert, template=template))]
        for template in Template
    }
    assert quoted == {
        Template.FULL: [(("missile",), 2), (("Iraq",), 1)],
        Template.SHORT: [(("missile",), 1), (("Iraq",), 1)],
        Template.HEADLINE: [(("missile", "Iraq"), 0)],
    }
