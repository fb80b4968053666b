"""`feeds list`: what needs people first, at 80 columns, and no secret in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.commands import feedlist
from monitor.commands.report import Hanging
from monitor.model import Cause, Feed, FeedSpec, FeedState
from monitor.model.upkeep import Doubt, Gap, Trust
from monitor.sources import rhythm

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KNOWN = rhythm.packed(rhythm.first([NOON - step * 2 * HOUR for step in range(60)], NOON))
WELL = FeedState(
    NOON + 4 * MINUTE, looked=True, polled_at=NOON, ok_at=NOON, news_at=NOON - 20 * MINUTE, rhythm=KNOWN
)
DOWN = replace(
    WELL,
    error="404 Not Found",
    cause=Cause.NOT_FOUND,
    failing_since=NOON - 3 * DAY,
    ok_at=NOON - 3 * DAY,
    failures=11,
    due_at=NOON + 4 * HOUR,
)


def feed(
    number: int, state: FeedState, url: str = "https://courier.example/feed", name: str = "Courier"
) -> Feed:
    return Feed(number, FeedSpec(url, name, ("war",)), state)


def listed(*found: Feed, gaps: feedlist.Gaps = {}) -> list[str]:  # noqa: B006
    shown = feedlist.lines(found, gaps, NOON)
    return [line.text.plain if isinstance(line, Hanging) else str(line) for line in shown]


def names(lines: Sequence[str]) -> str:
    return "".join(line[2] for line in lines[:-1] if not line.startswith("   "))


def test_a_feed_that_was_asked_in_vain_while_we_were_offline_is_not_called_well() -> None:
    shown = listed(feed(1, FeedState(NOON + 4 * MINUTE, polled_at=NOON)))
    assert shown[0].startswith("  Courier: not reached yet") and "✓" not in "".join(shown)


def test_a_feed_that_is_well_takes_two_lines() -> None:
    assert listed(feed(1, WELL)) == [
        "✓ Courier: about 13 a day, the last 20 min ago; next in 4 min",
        "    https://courier.example/feed [war]",
        "1 feed",
    ]


def test_a_feed_that_fails_says_why_since_when_what_then_and_what_to_do() -> None:
    assert listed(feed(1, DOWN))[:3] == [
        "! Courier: 404 Not Found",
        "    since 2026-11-19 12:00 UTC, 11 times; last well 3 d ago; next in 4 h",
        "    Look for its new address: wirewatch feeds discover SITE.",
    ]


def test_what_needs_people_comes_first_and_the_longest_trouble_before_all() -> None:
    later = replace(DOWN, failing_since=NOON - HOUR)
    quiet = replace(WELL, quiet_at=NOON, news_at=NOON - DAY)
    found = [(WELL, "a"), (later, "b"), (quiet, "c"), (DOWN, "d"), (WELL, "e"), (FeedState(NOON), "f")]
    lines = listed(
        *(feed(number, state, name=name) for number, (state, name) in enumerate(found)),
        gaps={4: [Gap(4, NOON - 3 * HOUR, NOON - 2 * HOUR, 40)]},
    )
    assert names(lines) == "dbceaf"
    assert lines[-1] == "6 feeds, 2 failing, 1 quiet, 1 with a gap"
    assert "    up to 40 entries may be missing between 2026-11-22 09:00 and 10:00 UTC" in lines


def test_nothing_is_due_in_zero_seconds() -> None:
    for due_at in (NOON - DAY, NOON, NOON + timedelta(seconds=1)):
        assert listed(feed(1, replace(WELL, due_at=due_at)))[0].endswith("; due now")
    resting = replace(WELL, pause_until=NOON + 50 * MINUTE, due_at=NOON + 50 * MINUTE)
    assert "rests for 50 min, as its host wants" in listed(feed(1, resting))[0]


def test_no_line_shows_a_secret_or_an_escape_sequence() -> None:
    hostile = replace(DOWN, error="\x1b[2Jgone\nagain", address="https://x:pw@new.example/?token=hush")
    shown = "\n".join(
        listed(feed(1, hostile, "https://me:pw@a.example/?key=hush", "\x1b]0;evil\x07\u202eName"))
    )
    assert "hush" not in shown and "pw@" not in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_what_is_odd_about_a_feed_is_said() -> None:
    odd = replace(WELL, address="https://new.example/", trust=Trust(doubt=Doubt.BOTH, until=NOON + DAY))
    lines = listed(replace(feed(1, odd), pushed=True))
    assert "    is asked at https://new.example/: write that into config.yaml" in lines
    assert any("unchanged" in line for line in lines)
    assert "    a hub brings its news as they come" in lines


def test_every_line_of_ours_fits_into_eighty_columns() -> None:
    quiet = replace(WELL, quiet_at=NOON, news_at=NOON - DAY)
    states = [replace(DOWN, cause=cause) for cause in Cause] + [WELL, quiet, FeedState(NOON)]
    lines = listed(*(feed(number, state) for number, state in enumerate(states)))
    assert [line for line in lines if len(line) > 95] == []
