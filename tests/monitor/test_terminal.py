import io
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from monitor.alerts.terminal import Terminal
from monitor.model import (
    Alert,
    Excerpt,
    FirstLookAlert,
    Found,
    Listed,
    Message,
    Notice,
    NotSent,
    Outgoing,
    Sent,
)
from tests.monitor.test_compose import HOSTILE, poisoned

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SENTENCE = "Iran is upgrading missiles in Iraq, officials said."
ALERT = Alert(
    headline="Iran upgrading missiles in Iraq",
    link="https://worldisraelnews.com/iran?a=1&b=2",
    source="World Israel News",
    found=(Found("missile-iraq", "missile + Iraq", (), (Excerpt(SENTENCE, ((18, 26), (30, 34))),)),),
    seen_at=NOON + timedelta(seconds=29),
    published=NOON,
)
LINE = Listed("Missiles in Iraq", "https://example.org/1", "Reuters", ("missile + Iraq",), NOON)


async def shown(message: Message = ALERT, **options: object) -> str:
    file = io.StringIO()
    out = Outgoing(1, "key", "#alerts", message, NOON)
    outcome = await Terminal(Console(file=file, **options)).send(out, NOON + timedelta(seconds=31))
    assert outcome == Sent("", "shown on the terminal")
    return file.getvalue()


def window(width: int = 80) -> dict[str, object]:
    return {"force_terminal": True, "width": width, "color_system": "truecolor"}


def without_style(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", text)


async def test_an_alert_in_a_file_reads_as_plain_text() -> None:
    assert await shown() == (
        "\n"
        "● Iran upgrading missiles in Iraq\n"
        "  World Israel News · worldisraelnews.com · published 12:00:00 UTC · seen +29 s · told +31 s\n"
        "  │ Iran is upgrading *missiles* in *Iraq*, officials said.\n"
        "  rule: missile + Iraq\n"
        "  https://worldisraelnews.com/iran?a=1&b=2\n"
    )


async def test_in_a_window_the_matched_words_stand_out_without_stars() -> None:
    text = await shown(**window())
    assert "\x1b[1;33mmissiles\x1b[0m" in text and "*" not in text


async def test_a_window_without_colours_marks_words_with_stars() -> None:
    assert "*missiles*" in await shown(force_terminal=True, width=80, color_system=None)


async def test_an_alert_from_the_feed_s_words_says_so() -> None:
    text = await shown(replace(ALERT, summary_only="the page answered 503", tags=("wires", "gulf")))
    assert "  summary only: the page answered 503\n  wires · gulf\n" in text


async def test_an_alert_says_that_its_article_stands_behind_a_paywall() -> None:
    assert "  paywall: one must pay to read all of it\n" in await shown(replace(ALERT, paid=True))


@pytest.mark.parametrize("headline", ["word " * 50, "導弹" * 60, "x" * 250, "صواريخ في العراق " * 12])
async def test_a_long_headline_wraps_inside_the_window(headline: str) -> None:
    text = without_style(await shown(replace(ALERT, headline=headline), **window(60)))
    body = [line for line in text.splitlines() if "https://" not in line]
    assert all(Console().render_str(line).cell_len <= 60 for line in body)
    assert body[2].startswith("  ")


async def test_an_address_is_never_wrapped() -> None:
    link = "https://example.org/" + "path/" * 50
    assert f"  {link}\n" in without_style(await shown(replace(ALERT, link=link), **window(40)))


async def test_the_first_look_is_a_list() -> None:
    text = await shown(FirstLookAlert(12, 5, 412, (LINE, replace(LINE, published=None, link="")), 3))
    assert text == (
        "\n"
        "● Watching 12 feeds with 5 rules; in what they carry now, 5 of 412 articles match:\n"
        "  - Missiles in Iraq · Reuters · 12:00 UTC · missile + Iraq\n"
        "    https://example.org/1\n"
        "  - Missiles in Iraq · Reuters · no date · missile + Iraq\n"
        "  and 3 more\n"
    )


async def test_a_story_of_a_first_look_says_how_many_tell_it() -> None:
    line = replace(LINE, articles=5, newsrooms=3)
    text = await shown(FirstLookAlert(12, 5, 412, (line,), matched=5))
    assert "5 of 412 articles match and tell 1 story:\n" in text
    assert "  - Missiles in Iraq · Reuters · 12:00 UTC · 5 articles of 3 newsrooms · missile + Iraq\n" in text


async def test_a_long_rule_does_not_drown_the_headlines_of_a_list() -> None:
    rule = "Iraq AND (" + " OR ".join(["missile"] * 20) + ")"
    text = await shown(FirstLookAlert(1, 1, 1, (replace(LINE, rules=(rule, "Iraq")),)))
    line = next(line for line in text.splitlines() if "Reuters" in line)
    assert len(line) < 120 and line.endswith("…")


async def test_a_notice_is_one_marked_line() -> None:
    assert (
        await shown(Notice("Al Jazeera has not answered for 2 h"))
        == "\n! Al Jazeera has not answered for 2 h\n"
    )


async def test_markup_is_shown_as_it_was_written() -> None:
    text = await shown(replace(ALERT, headline="[red]Deal[/red] [link=http://evil]x[/link] :boom:"))
    assert "[red]Deal[/red] [link=http://evil]x[/link] :boom:" in text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
async def test_hostile_strings_do_nothing_to_a_terminal(text: str) -> None:
    for message in poisoned(text):
        plain = await shown(message)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain)
        styled = without_style(await shown(message, **window()))
        assert "\x1b" not in styled and "\x07" not in styled


async def test_a_terminal_without_unicode_shows_question_marks() -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    await Terminal(Console(file=file)).send(Outgoing(1, "k", "#a", ALERT, NOON), NOON)
    file.flush()
    assert b"? Iran upgrading missiles in Iraq\n" in raw.getvalue()


async def test_a_closed_pipe_is_certainly_not_sent() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    file = io.TextIOWrapper(io.FileIO(writer, "w"), write_through=True)
    chat = Terminal(Breaking(file=file))
    for _ in range(2):
        assert await chat.send(Outgoing(1, "k", "#a", ALERT, NOON), NOON) == NotSent("the terminal is gone")
    file.detach().close()


class Breaking(Console):
    """Leaves as rich does when the reader of a pipe has gone, but keeps this process's own stdout."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        raise SystemExit(1)


async def test_it_is_ready_at_once_and_needs_no_pause() -> None:
    chat = Terminal()
    assert await chat.probe() == "" and chat.pace == timedelta(0)
    await chat.close()
