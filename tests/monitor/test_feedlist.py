"""`feeds list`: what needs people first, at 80 columns, and no secret in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.commands.feedlist import Book, as_json
from monitor.commands.feedlist import lines as lines_of
from monitor.commands.pushed import Push, PushState
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


def listed(*found: Feed, **more: Any) -> list[str]:
    shown = lines_of(Book(found, **more), NOON)
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
    lines = listed(feed(1, odd))
    assert "    is asked at https://new.example/: write that into config.yaml" in lines
    assert any("unchanged" in line for line in lines)


def test_every_line_of_ours_fits_into_eighty_columns() -> None:
    quiet = replace(WELL, quiet_at=NOON, news_at=NOON - DAY)
    states = [replace(DOWN, cause=cause) for cause in Cause] + [WELL, quiet, FeedState(NOON)]
    lines = listed(*(feed(number, state) for number, state in enumerate(states)))
    assert [line for line in lines if len(line) > 95] == []


DEAD = replace(DOWN, error="its name cannot be found", cause=Cause.DNS, failing_since=NOON, ok_at=None)


def test_while_this_machine_is_offline_that_is_said_first_and_no_feed_is_blamed() -> None:
    asked = replace(WELL, ok_at=NOON - HOUR, polled_at=NOON)
    lines = listed(feed(1, DEAD), feed(2, asked), feed(3, DOWN), offline_since=NOON - MINUTE)
    assert lines[0].startswith("This machine seems offline since 2026-11-22 11:59 UTC. No feed is to blame")
    assert not any("spelled" in line for line in lines)
    assert any("Look for its new address" in line for line in lines), "that one failed before, by itself"
    assert "  Courier: last well 1 h ago, next in 4 min" in lines and "✓" not in "".join(lines)


def test_where_no_feed_can_be_reached_the_machine_is_asked_about_first() -> None:
    lines = listed(feed(1, DEAD), feed(2, replace(DEAD, cause=Cause.TIMEOUT)))
    assert lines[0] == "No feed can be reached: is this machine online?"
    assert not any("spelled" in line for line in lines)
    assert listed(feed(1, DEAD), feed(2, WELL))[0].startswith("! Courier")
    assert any("spelled" in line for line in listed(feed(1, DEAD)))
    some = Book([feed(1, DEAD), feed(2, DEAD), feed(3, WELL)])
    assert listed(*some.only("", failing=True).feeds, of=some.feeds)[0].startswith("! Courier")


def test_of_many_feeds_some_are_asked_for() -> None:
    other = feed(2, WELL, "https://gazette.example/f", "The Gazette")
    book = Book([feed(1, WELL), other, feed(3, DOWN)], {2: [Gap(2, NOON - HOUR, NOON, 4)]})
    assert [one.id for one in book.only("gazette", failing=False).feeds] == [2]
    assert [one.id for one in book.only("WAR", failing=True).feeds] == [2, 3]
    nobody = book.only("nobody", failing=False)
    assert listed(of=nobody.of) == ["none of 3 feeds"]
    many = listed(*(feed(number, WELL) for number in range(30)), feed(31, DOWN))
    assert many[-1] == "31 feeds, 1 failing; only these: wirewatch feeds list --failing"


def test_what_machines_are_given_keeps_its_keys_and_hides_secrets() -> None:
    gaps = {2: [Gap(2, NOON - HOUR, NOON, 4)]}
    found = as_json(Book([feed(1, DOWN, "https://a.example/?key=hush"), feed(2, WELL)], gaps), NOON)
    assert found["offline_since"] is None and "hush" not in str(found)
    down, gap = found["feeds"]
    assert (down["state"], down["cause"], down["error"]) == ("failing", "not found", "404 Not Found")
    assert (down["failing_since"], down["failures"]) == ("2026-11-19T12:00:00+00:00", 11)
    assert gap["state"] == "gap" and gap["gaps"][0]["most"] == 4 and gap["error"] is None
    assert list(down) == [
        "name", "url", "asked_at_url", "tags", "state", "cause", "error", "failing_since", "failures",
        "asked_at", "ok_at", "new_at", "next_at", "quiet_since", "rate", "gaps", "push",
    ]  # fmt: skip


def test_who_is_polled_only_is_told_where_hubs_can_reach_us() -> None:
    assert listed(feed(1, WELL))[1].endswith("[war]")
    assert listed(feed(1, WELL), pushes={})[1].endswith("[war] polling only")
    told = Push(PushState.REFUSED, "push refused: hub.example: 503 Busy", "hub.example")
    assert "    push refused: hub.example: 503 Busy" in listed(feed(1, WELL), pushes={1: told})
    assert as_json(Book([feed(1, WELL)]), NOON)["feeds"][0]["push"] is None
    assert as_json(Book([feed(1, WELL)], pushes={}), NOON)["feeds"][0]["push"]["state"] == "none"
