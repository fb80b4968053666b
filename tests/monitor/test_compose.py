import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.compose import Payload, compose
from monitor.alerts.pieces import BLOCK, MESSAGE, TEXT, escape, fit, name, units
from monitor.model import (
    Alert,
    Amendment,
    AmendmentKind,
    Digest,
    Excerpt,
    FirstLookAlert,
    Found,
    Listed,
    Living,
    Message,
    Notice,
    Outgoing,
    Telling,
)
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


PARTS = ("rich_text_section", "rich_text_quote", "context")


def composed(
    message: Message = ALERT, *, plain: bool = False, living: Living | None = None, thread: str = ""
) -> Payload:
    out = Outgoing(1, "key-1", "#alerts", message, NOON, plain=plain, living=living, thread=thread)
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
    """What a reader sees, a line a section."""
    parts = [one for one in elements(payload.blocks) if one["type"] in PARTS]
    return "\n".join("".join(str(inner.get("text", "")) for inner in part["elements"]) for part in parts)


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
    assert shown(payload).splitlines()[1] == "World Israel News · worldisraelnews.com"
    assert shown(payload).splitlines()[-1] == "published 12:00:00 UTC · seen +29 s · told +31 s"
    assert {"type": "text", "text": "missile + Iraq", "style": {"code": True}} in leaves(payload)
    assert SENTENCE in shown(payload)
    assert payload.text == "Iran upgrading missiles in Iraq · World Israel News · missile + Iraq"


def test_the_words_that_made_the_rule_true_are_bold() -> None:
    [quote] = [one for one in elements(composed().blocks) if one["type"] == "rich_text_quote"]
    assert [one["text"] for one in quote["elements"] if one.get("style")] == ["missiles", "Iraq"]


def test_an_alert_from_the_feed_s_words_says_so_and_shows_its_tags() -> None:
    text = shown(composed(replace(ALERT, summary_only="the page answered 503", tags=("wires", "gulf"))))
    assert "summary only: the page answered 503\ntagged wires, gulf" in text


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


# --- a story that grows --------------------------------------------------------------------------------


def telling(n: int, newsroom: str = "") -> Telling:
    return Telling(newsroom or f"Room {n}", f"https://e{n}.org/", NOON + timedelta(minutes=n))


def test_whoever_tells_the_story_is_named_with_the_first_and_the_latest() -> None:
    living = Living((telling(0, "Reuters"), telling(2, "BBC"), telling(9, "AFP")), 5, 3)
    payload = composed(living=living)
    said = "5 articles of 3 newsrooms: Reuters first 12:00 UTC, BBC 12:02 UTC, AFP 12:09 UTC latest"
    assert shown(payload).splitlines()[2] == said
    assert [one["url"] for one in leaves(payload) if one["type"] == "link"][1:] == [
        f"https://e{n}.org/" for n in (0, 2, 9)
    ]


def test_of_many_newsrooms_the_latest_is_named_and_the_rest_counted() -> None:
    line = shown(composed(living=Living(tuple(telling(n) for n in range(20)), 31, 20))).splitlines()[2]
    assert line.startswith("31 articles of 20 newsrooms: Room 0 first 12:00 UTC, Room 1 ")
    assert line.endswith("Room 6 12:06 UTC, Room 19 12:19 UTC latest and 12 more")


def test_an_edit_does_not_move_the_time_when_it_was_told() -> None:
    out = Outgoing(1, "k", "#alerts", ALERT, NOON, told_at=NOON + timedelta(seconds=31))
    assert "told +31 s" in shown(compose(out, NOON + timedelta(hours=3)))


def test_what_was_changed_stands_above_the_reasons() -> None:
    amended = ((Amendment(AmendmentKind.HEADLINE, "Old words", "New words"), NOON),)
    lines = shown(composed(living=Living(amended=amended))).splitlines()
    assert lines[2] == "12:00 UTC the headline was changed: “New words”, before “Old words”"


def test_an_old_article_is_called_old() -> None:
    old = replace(ALERT, published=NOON - timedelta(days=9))
    assert "an old article: published 9 d before it was seen" in shown(composed(old))
    assert "an old article" not in shown(composed())


def test_a_mention_calls_by_id_and_not_in_a_reply() -> None:
    urgent = replace(ALERT, urgent=True, mention=("U0123ABCD9", "S0123ABCD9", "here", "nobody"))
    kinds = [one["type"] for one in elements(composed(urgent).blocks)]
    assert [kinds.count(kind) for kind in ("user", "usergroup", "broadcast", "emoji")] == [1, 1, 1, 1]
    reply = [one["type"] for one in elements(composed(urgent, thread="1.2").blocks)]
    assert not {"user", "usergroup", "broadcast"} & set(reply)


def test_a_reply_says_what_is_new_and_not_whom_it_follows() -> None:
    later = replace(ALERT, follows="Convoy hit", news=("a new number: 31", "a new name: Saadi"))
    said = "a new number: 31; a new name: Saadi"
    assert shown(composed(later, thread="1.2")).splitlines()[2] == said
    assert shown(composed(later)).splitlines()[2] == f"follows “Convoy hit”: {said}"


# --- digests -------------------------------------------------------------------------------------------


def test_a_digest_lists_its_alerts_rule_by_rule() -> None:
    other = replace(ALERT, headline="Ship seized", found=(Found("s", "ship + Hormuz", ()),))
    again = replace(ALERT, headline="Missiles again")
    assert shown(composed(Digest((ALERT, other, again), NOON))).splitlines() == [
        "3 alerts since 12:00 UTC",
        "Rule missile + Iraq",
        "Iran upgrading missiles in Iraq · World Israel News · 12:00 UTC",
        "Missiles again · World Israel News · 12:00 UTC",
        "Rule ship + Hormuz",
        "Ship seized · World Israel News · 12:00 UTC",
    ]


@pytest.mark.parametrize("link", [60, 400, 1_900])
@pytest.mark.parametrize("letter", ["x", "導", "🚀", "&", "ה"])
def test_a_digest_of_the_longest_alerts_names_every_one(letter: str, link: int) -> None:
    alerts = tuple(
        replace(
            ALERT,
            headline=f"{n} " + letter * 400,
            source=letter * 90,
            link="https://e.org/" + "y" * link,
            found=(Found(str(n), f"{n}" + letter * 300, ()),),
        )
        for n in range(25)
    )
    for plain in (False, True):
        payload = composed(Digest(alerts, NOON), plain=plain)
        assert_within_limits(payload)
        text = payload.text if plain else shown(payload)
        assert all(f"{n} {escape(letter) if plain else letter}" in text for n in range(25))


# --- scripts -------------------------------------------------------------------------------------------


def test_a_headline_that_runs_from_the_right_turns_no_other_line() -> None:
    payload = composed(replace(ALERT, headline="איראן משדרגת טילים בעיראק"))
    headline_part = next(one for one in elements(payload.blocks) if one["type"] == "rich_text_section")
    assert [one["type"] for one in headline_part["elements"]] == ["link"]


def test_a_headline_in_a_list_turns_no_line_of_it() -> None:
    hebrew = replace(ALERT, headline="טילים בעיראק", source="הארץ")
    assert shown(composed(Digest((hebrew, ALERT), NOON))).splitlines()[2] == (
        "\u200e\u2068טילים בעיראק\u2069 · \u200e\u2068הארץ\u2069 · 12:00 UTC"
    )


def test_a_name_that_runs_from_the_right_does_not_turn_what_follows() -> None:
    assert name("הארץ") == "\u200e\u2068הארץ\u2069"
    assert name("Reuters") == "Reuters"
    assert name("\u2069 الجزيرة \u202e") == "\u200e\u2068الجزيرة\u2069"
    living = Living((telling(0, "הארץ"), telling(1, "BBC")), 2, 2)
    assert "\u2068הארץ\u2069 first 12:00 UTC" in shown(composed(living=living))


@given(st.text(st.characters() | st.sampled_from("הא&🚀")), st.integers(5, 60))
def test_a_name_fits_and_what_it_opens_it_closes(text: str, most: int) -> None:
    fitting = name(text, most)
    assert units(fitting) <= most
    assert fitting.count("\u2068") == fitting.count("\u2069") <= 1


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
    "&#38;lt;!here&#38;gt;",
    "<!subteam^S012AB3CD|@desk>",
    "<slack://open?team=T1|open>",
    "<https://a.example/|https://b.example/>",
    "\u05d4\u05d0\u05e8\u05e5 \u2067<!channel>\u2069 14:02",
    "${token} {alert} %s {{x}} <%= x %>",
    "'; DROP TABLE outbox; --",
    "</text><script>alert(1)</script>",
    " \t\n\u3000 ",
    "",
]


def poisoned(text: str) -> list[Message]:
    """Every message with this string wherever the world can put one."""
    found = Found(text, text, (), (Excerpt(text, ((0, 3), (5, 9))), Excerpt(text + "!", ((1, 2),))))
    alert = Alert(text, "https://e.org/" + text, text, (found,) * 3, NOON, NOON, text, (text,) * 20)
    line = Listed(text, "https://e.org/" + text, text, (text,) * 3, NOON)
    digest = Digest((alert,) * 25, NOON)
    return [alert, replace(alert, link=text), FirstLookAlert(1, 1, 9, (line,) * 40), Notice(text), digest]


def grown(text: str) -> Living:
    """A story that this string tells, and whose every change it is."""
    tellings = tuple(Telling(text + str(n), "https://e.org/" + text, NOON) for n in range(12))
    amended = tuple((Amendment(kind, text, text), NOON) for kind in AmendmentKind)
    return Living(tellings, 12, 12, amended)


def arguments(payload: Payload) -> dict[str, Any]:
    return {"text": payload.text, "blocks": payload.blocks, "metadata": payload.metadata}


ALLOWED = {"rich_text", "rich_text_section", "rich_text_quote", "rich_text_list", "text", "link", "context"}
SLACK_TOKEN = re.compile(r"<([^>]*)>")


# The one text that is not literal for sure: of our own words only.
FOOTER = {"type": "plain_text", "text": "published 12:00:00 UTC · seen +0 s · told +31 s", "emoji": False}


def assert_harmless(payload: Payload) -> None:
    for one in elements(payload.blocks):
        assert one["type"] in ALLOWED or one == FOOTER
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
        payload = composed(message, plain=plain, living=grown(text))
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
        payload = composed(message, plain=plain, living=grown("x" + text * times))
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
