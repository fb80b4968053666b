import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.compose import BLOCK, MESSAGE, TEXT, Payload, compose, escape, fit, units
from monitor.model import Alert, Excerpt, FirstLookAlert, Found, Listed, Message, Notice, Outgoing
from tests.doors.slackroom import fault_of

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SENTENCE = "Iran is upgrading missiles in Iraq, officials said."
FOUND = Found("missile-iraq", "missile + Iraq", (), (Excerpt(SENTENCE, ((18, 26), (30, 34))),))
ALERT = Alert(
    headline="Iran upgrading missiles in Iraq",
    link="https://worldisraelnews.com/iran?a=1&b=2",
    source="World Israel News",
    found=(FOUND,),
    seen_at=NOON + timedelta(seconds=29),
    published=NOON,
)
LINE = Listed("Missiles in Iraq", "https://example.org/1", "Reuters", ("missile + Iraq",), NOON)
LOOK = FirstLookAlert(12, 5, 412, (LINE,))


def composed(message: Message = ALERT, *, plain: bool = False) -> Payload:
    out = Outgoing(1, "key-1", "#alerts", message, NOON, plain=plain)
    return compose(out, NOON + timedelta(seconds=31))


def elements(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a type, whatever its depth."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from elements(inner)


def leaves(payload: Payload) -> list[dict[str, Any]]:
    return [one for one in elements(payload.blocks) if one["type"] in ("text", "link")]


def shown(payload: Payload) -> str:
    return "".join(one["text"] for one in leaves(payload))


# --- what an alert says --------------------------------------------------------------------------------


def test_an_alert_shows_headline_source_ages_rule_and_sentence() -> None:
    payload = composed()
    headline, *_ = leaves(payload)
    assert headline == {
        "type": "link",
        "url": "https://worldisraelnews.com/iran?a=1&b=2",
        "text": "Iran upgrading missiles in Iraq",
        "style": {"bold": True},
    }
    about = "World Israel News · worldisraelnews.com · published 12:00:00 UTC · seen +29 s · told +31 s"
    assert about in shown(payload)
    assert {"type": "text", "text": "missile + Iraq", "style": {"code": True}} in leaves(payload)
    assert SENTENCE in shown(payload)
    assert payload.text == "Iran upgrading missiles in Iraq · World Israel News · missile + Iraq"


def test_the_words_that_made_the_rule_true_are_bold() -> None:
    [quote] = [one for one in elements(composed().blocks) if one["type"] == "rich_text_quote"]
    assert [one["text"] for one in quote["elements"] if one.get("style")] == ["missiles", "Iraq"]


def test_an_alert_from_the_feed_s_words_says_so_and_shows_its_tags() -> None:
    text = shown(composed(replace(ALERT, summary_only="the page answered 503", tags=("wires", "gulf"))))
    assert "summary only: the page answered 503\nwires · gulf" in text


def test_an_alert_says_that_its_article_stands_behind_a_paywall() -> None:
    assert "paywall: one must pay to read all of it" in shown(composed(replace(ALERT, paid=True)))
    told = shown(composed(replace(ALERT, paid=True, summary_only="only what stands before the paywall")))
    assert told.count("paywall") == 1


def test_an_alert_without_link_headline_or_sentences_is_still_sound() -> None:
    bare = Alert("", "", "", (Found("a", "NOT b", ()),), NOON)
    assert leaves(composed(bare))[0] == {"type": "text", "text": "(no headline)", "style": {"bold": True}}
    assert fault_of(arguments(composed(bare))) == ""


def test_what_does_not_fit_is_counted() -> None:
    found = tuple(Found(f"r{n}", f"rule {n}", (), (Excerpt(f"Sentence {n}."),)) for n in range(7))
    assert "and 4 more rules, for other sentences" in shown(composed(replace(ALERT, found=found)))
    same = tuple(replace(FOUND, rule=f"r{n}", text=f"rule {n}") for n in range(9))
    assert "rule 4 and 4 more" in shown(composed(replace(ALERT, found=same)))


def test_a_first_look_is_a_list_of_links() -> None:
    payload = composed(LOOK)
    assert payload.text == "Watching 12 feeds with 5 rules; in what they carry now, 1 of 412 articles match:"
    [line] = [one for one in elements(payload.blocks) if one["type"] == "rich_text_list"]
    assert [one["text"] for one in elements(line) if "text" in one] == [
        "Missiles in Iraq",
        " · Reuters · 12:00 UTC · ",
        "missile + Iraq",
    ]


def test_a_story_of_a_first_look_says_how_many_tell_it() -> None:
    line = replace(LINE, articles=5, newsrooms=1)
    assert " · Reuters · 12:00 UTC · 5 articles of 1 newsroom · " in shown(
        composed(FirstLookAlert(12, 5, 412, (line,), matched=5))
    )


def test_a_first_look_too_long_for_slack_counts_what_it_leaves_out() -> None:
    long = replace(LINE, link="https://example.org/" + "x" * 1500)
    payload = composed(FirstLookAlert(1, 1, 500, (long,) * 40, more=60))
    lines = [one for one in leaves(payload) if one["type"] == "link"]
    assert 0 < len(lines) < 40
    assert f"and {100 - len(lines)} more" in shown(payload)
    assert fault_of(arguments(payload)) == ""


def test_a_notice_is_its_words() -> None:
    assert (
        shown(composed(Notice("Al Jazeera has not answered for 2 h")))
        == "Al Jazeera has not answered for 2 h"
    )


def test_the_metadata_carries_the_key_and_a_hash_of_what_is_posted() -> None:
    payload = composed()
    assert payload.metadata == {
        "event_type": "wirewatch_alert",
        "event_payload": {"k": "key-1", "h": payload.payload_hash, "v": 1},
    }
    assert composed().payload_hash == payload.payload_hash
    assert composed(replace(ALERT, headline="Other")).payload_hash != payload.payload_hash


@pytest.mark.parametrize("message", [ALERT, LOOK, Notice("words")], ids=["alert", "first look", "notice"])
def test_the_minimal_form_is_text_alone(message: Message) -> None:
    payload = composed(message, plain=True)
    assert payload.blocks == [] and payload.text


def test_the_minimal_form_of_an_alert_still_says_why_and_where() -> None:
    assert composed(plain=True).text.splitlines() == [
        "Iran upgrading missiles in Iraq",
        "<https://worldisraelnews.com/iran?a=1&amp;b=2>",
        "World Israel News · worldisraelnews.com · published 12:00:00 UTC · seen +29 s · told +31 s",
        "missile + Iraq",
        SENTENCE,
    ]


# --- hostile strings -----------------------------------------------------------------------------------

HOSTILE = [
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<@U012AB3CD>",
    "<#C024BE7LR|general>",
    "<!subteam^S012AB3CD>",
    "<!date^1392734382^{date}|now>",
    "<http://evil.example|bbc.co.uk>",
    "<mailto:a@b.c|write>",
    "<javascript:alert(1)|x>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "@channel @here @everyone",
    "#general",
    "*bold* _italic_ ~strike~",
    "`code` ```block```",
    ":rotating_light: :boom:",
    "> quoted\n>>> all quoted",
    "• listed\n1. numbered",
    "http://evil.example and evil.example",
    "\u202egnp.exe\u202c",
    "\u2066hidden\u2069 \u200bzero\u200dwidth\ufeff",
    "nul\x00 bell\x07 \x1b[31mred",
    "lone \ud800 and \udfff surrogates",
    "x" * 1_000_000,
    "&" * 10_000,
    "<" * 10_000,
    "導" * 5_000,
    "🚀" * 5_000,
    "👩\u200d🚒" * 2_000,
    "e\u0301" * 5_000,
    '{"type":"user","user_id":"U1"}',
    "line\r\nbreak\u2028and\u2029more",
    " \t\n\u3000 ",
    "",
]


def poisoned(text: str) -> list[Message]:
    """Every message with this string wherever the world can put one."""
    found = Found(text, text, (), (Excerpt(text, ((0, 3), (5, 9))), Excerpt(text + "!", ((1, 2),))))
    alert = Alert(text, "https://e.org/" + text, text, (found,) * 3, NOON, NOON, text, (text,) * 20)
    line = Listed(text, "https://e.org/" + text, text, (text,) * 3, NOON)
    return [alert, replace(alert, link=text), FirstLookAlert(1, 1, 9, (line,) * 40), Notice(text)]


def arguments(payload: Payload) -> dict[str, Any]:
    return {"text": payload.text, "blocks": payload.blocks, "metadata": payload.metadata}


ALLOWED = {"rich_text", "rich_text_section", "rich_text_quote", "rich_text_list", "text", "link"}
SLACK_TOKEN = re.compile(r"<([^>]*)>")


def assert_harmless(payload: Payload) -> None:
    for one in elements(payload.blocks):
        assert one["type"] in ALLOWED
        assert one.get("url", "https://").startswith(("https://", "http://"))
    for token in SLACK_TOKEN.findall(payload.text):
        assert re.fullmatch(r"https?://[^\s|<>]+", token), token
    rest = SLACK_TOKEN.sub("", payload.text)
    assert "<" not in rest and ">" not in rest
    assert "&" not in re.sub("&(amp|lt|gt);", "", payload.text)
    json.dumps([payload.text, payload.blocks]).encode()
    payload.text.encode()


def assert_within_limits(payload: Payload) -> None:
    assert units_raw(payload.text) <= TEXT
    assert len(payload.blocks) <= 50
    sizes = [sum(units(one.get("text", "")) for one in elements(block)) for block in payload.blocks]
    links = sum(units(one.get("url", "")) for one in elements(payload.blocks))
    assert all(size <= BLOCK for size in sizes)
    assert sum(sizes) + links <= MESSAGE
    assert fault_of(arguments(payload)) == "", payload


def units_raw(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("plain", [False, True], ids=["blocks", "plain"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_hostile_strings_are_shown_and_do_nothing(text: str, plain: bool) -> None:
    for message in poisoned(text):
        if message == Notice("") or isinstance(message, Notice) and not message.text.strip():
            continue  # our own words: never empty
        payload = composed(message, plain=plain)
        assert_harmless(payload)
        assert_within_limits(payload)


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters() | st.sampled_from("<>&|!@#*_`~:🚀\u202e\u200d\x00")),
    st.integers(1, 400),
    st.booleans(),
)
def test_no_string_of_any_length_breaks_out_or_over(text: str, times: int, plain: bool) -> None:
    for message in poisoned("x" + text * times):
        payload = composed(message, plain=plain)
        assert_harmless(payload)
        assert_within_limits(payload)


def test_a_ping_in_a_headline_is_a_headline() -> None:
    payload = composed(replace(ALERT, headline="Deal <!channel> & <http://evil|bbc.co.uk>"))
    assert leaves(payload)[0]["text"] == "Deal <!channel> & <http://evil|bbc.co.uk>"
    assert payload.text.startswith("Deal &lt;!channel&gt; &amp; &lt;http://evil|bbc.co.uk&gt; ·")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://bbc.co.uk@evil.example/", "ftp://e.org/", "x"]
)
def test_a_link_that_lies_is_no_link(link: str) -> None:
    payload = composed(replace(ALERT, link=link))
    assert not [one for one in leaves(payload) if one["type"] == "link"]
    assert "<" not in composed(replace(ALERT, link=link), plain=True).text


# --- cutting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("a b c", 4, "a b…"),
        ("&&&", 11, "&&…"),
        ("🚀🚀🚀", 5, "🚀🚀…"),
        ("🚀🚀🚀", 6, "🚀🚀🚀"),
        ("  padded  ", 20, "padded"),
        ("👩\u200d🚒x", 5, "👩…"),
    ],
)
def test_cutting_counts_as_the_strictest_reader_would(text: str, most: int, cut: str) -> None:
    assert fit(text, most) == cut


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, most: int) -> None:
    cut = fit(text, most)
    assert units(cut) <= most
    assert units(cut) == units_raw(escape(cut))
