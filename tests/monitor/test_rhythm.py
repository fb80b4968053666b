"""When a feed publishes: what is learnt of it, and what that says of the next poll and of a silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources import rhythm
from monitor.sources.rhythm import Rhythm

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def newborn(now: datetime = MONDAY) -> Rhythm:
    return rhythm.first([], now)


def office_hours(weeks: int = 4) -> tuple[Rhythm, datetime]:
    """A newsroom that publishes on the hour from 9 to 17, Monday to Friday, polled half an hour after."""
    known, last = newborn(), MONDAY
    for day in range(7 * weeks):
        for hour in range(9, 18):
            now = MONDAY + day * DAY + hour * HOUR + 30 * MINUTE
            if day % 7 < 5:
                known = rhythm.learnt(known, [now - 30 * MINUTE], now - HOUR, last, now)
                last = now
    return known, last


def test_what_is_stored_is_what_was_known_and_small() -> None:
    known, now = office_hours()
    again = rhythm.unpacked(rhythm.packed(known))
    assert again is not None
    assert len(rhythm.packed(known)) < 1024
    assert (again.since, again.at) == (known.since, known.at)
    assert again.hours == pytest.approx(known.hours, rel=1e-3)
    assert rhythm.expected(again, now, now + WEEK) == pytest.approx(
        rhythm.expected(known, now, now + WEEK), rel=1e-3
    )


@pytest.mark.parametrize("raw", [b"", b"x", b"\xff" * 5000])
def test_bytes_that_are_no_rhythm_are_none(raw: bytes) -> None:
    assert rhythm.unpacked(raw) is None


def test_a_feed_of_which_nothing_is_known_is_looked_at_within_half_an_hour() -> None:
    assert rhythm.wait(newborn(), 0.5, MONDAY, DAY) == 30 * MINUTE


def test_a_feed_that_brings_nothing_is_looked_at_less_and_less() -> None:
    known = newborn()
    waits = [rhythm.wait(known, 0.5, MONDAY + step, 365 * DAY) for step in (HOUR, DAY, WEEK, 4 * WEEK)]
    assert waits == sorted(waits)
    assert waits[1] > 6 * HOUR and waits[2] > 3 * DAY


def test_the_working_day_is_looked_at_more_often_than_the_night_and_the_weekend() -> None:
    known, _ = office_hours()
    week = MONDAY + 4 * WEEK
    by_day = rhythm.wait(known, 0.5, week + 10 * HOUR, DAY)
    by_night = rhythm.wait(known, 0.5, week + 20 * HOUR, DAY)
    assert by_day < HOUR
    assert 9 * HOUR < by_night < 14 * HOUR, "it is back when the newsroom is"
    assert rhythm.wait(known, 0.5, week + 5 * DAY + 6 * HOUR, DAY) > 3 * by_day


def test_the_dates_of_the_first_document_tell_of_the_rhythm() -> None:
    wire = rhythm.first([MONDAY - step * 10 * MINUTE for step in range(30)], MONDAY)
    slow = rhythm.first([MONDAY - step * DAY for step in range(10)], MONDAY)
    assert rhythm.wait(wire, 0.5, MONDAY, DAY) < 10 * MINUTE
    assert rhythm.wait(slow, 0.5, MONDAY + 6 * HOUR, DAY) > 8 * HOUR
    assert rhythm.wait(slow, 0.5, MONDAY - 10 * MINUTE, DAY) < HOUR, "it comes at midnight"
    assert rhythm.a_day(wire, MONDAY) == pytest.approx(144, rel=0.1)


@pytest.mark.parametrize(
    "dates",
    [
        [],
        [None] * 30,
        [MONDAY + DAY] * 3,
        [MONDAY - 400 * DAY] * 20,
        [MONDAY] * 20,
        [MONDAY - HOUR],
        [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)],
    ],
)
def test_dates_that_say_nothing_make_no_rhythm(dates: list[datetime | None]) -> None:
    assert rhythm.first(dates, MONDAY) == newborn()


def test_a_few_evergreens_do_not_make_a_wire_slow() -> None:
    old = [MONDAY - 13 * DAY, MONDAY - 12 * DAY, MONDAY - 300 * DAY]
    mixed = rhythm.first([*old, *(MONDAY - step * 10 * MINUTE for step in range(22))], MONDAY)
    assert rhythm.wait(mixed, 0.5, MONDAY, DAY) < 10 * MINUTE


def test_ten_entries_that_come_together_are_worth_one_poll() -> None:
    batch = rhythm.learnt(newborn(), [MONDAY - MINUTE] * 10, MONDAY - HOUR, None, MONDAY)
    single = rhythm.learnt(newborn(), [MONDAY - MINUTE], MONDAY - HOUR, None, MONDAY)
    assert batch.hours == single.hours
    assert batch.entries == 10 * single.entries


@pytest.mark.parametrize("date", [None, MONDAY - 12 * HOUR, MONDAY + 12 * HOUR])
def test_an_entry_came_between_two_polls_whatever_its_date_says(date: datetime | None) -> None:
    known = rhythm.learnt(newborn(), [date], MONDAY - HOUR, None, MONDAY)
    assert sum(known.hours) == 1
    assert known.hours[-1] == 1, "the last hour of the week before"


def test_a_feed_that_falls_asleep_is_forgotten_by_and_by() -> None:
    known, last = office_hours()
    rates = [rhythm.a_day(known, last + weeks * WEEK) for weeks in (0, 4, 12)]
    assert rates[0] > 1.5 * rates[1] > 2 * rates[2]


def test_a_silence_is_a_record_only_when_it_is_unlikely_for_its_time_of_the_week() -> None:
    known, friday = office_hours()
    assert friday.weekday() == 4
    monday_noon = friday + 2 * DAY + 18 * HOUR + 30 * MINUTE
    assert not rhythm.is_record(known, friday, friday + 12 * HOUR)
    assert not rhythm.is_record(known, friday, friday + 2 * DAY), "the weekend is as every weekend"
    assert not rhythm.is_record(known, friday, monday_noon - 3 * HOUR)
    assert rhythm.is_record(known, friday, friday + 5 * DAY)


def test_a_feed_that_is_hardly_known_has_no_record() -> None:
    known = rhythm.learnt(newborn(), [None], MONDAY, MONDAY, MONDAY + HOUR)
    assert not rhythm.is_record(known, MONDAY + HOUR, MONDAY + 90 * DAY)


counts = st.lists(st.floats(0, 60_000), min_size=168, max_size=168)


@given(counts, st.integers(0, 400 * 24), st.integers(0, 168 * 60), st.floats(0.01, 5))
def test_however_strange_the_counts_a_wait_is_positive_and_a_day_at_most(
    hours: list[float], watched: int, minute: int, moments: float
) -> None:
    now = MONDAY + minute * MINUTE
    known = Rhythm(now.timestamp() - watched * 3600, now.timestamp(), hours=tuple(hours))
    known = rhythm.unpacked(rhythm.packed(known)) or known
    wait = rhythm.wait(known, moments, now, DAY)
    assert timedelta(0) <= wait <= DAY
    if wait < DAY:
        assert rhythm.expected(known, now, now + wait) == pytest.approx(moments, rel=0.35, abs=0.2)


@given(st.lists(st.integers(0, 10_000), max_size=40), st.integers(1, 10_000))
def test_whatever_a_poll_brings_is_counted_once(ages: list[int], gap: int) -> None:
    known = rhythm.learnt(
        newborn(), [MONDAY - age * MINUTE for age in ages], MONDAY - gap * MINUTE, None, MONDAY
    )
    assert known.entries == len(ages)
    assert sum(known.hours) <= len(ages)
    assert replace(known, entries=0) == newborn() if not ages else sum(known.hours) >= 1
