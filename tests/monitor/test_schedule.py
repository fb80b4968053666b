"""When an alert that is not urgent is told: digests, quiet hours, the nights on which clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.schedule import is_quiet, release
from monitor.model import EVERY_DAY, Hours, Times, Timing

PARIS = "Europe/Paris"
NIGHT = Hours(22 * 60, 7 * 60)
WEEKEND = Hours(0, 24 * 60, frozenset({5, 6}))


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def told(timing: Timing, now: datetime) -> str:
    """By the wall clock of its zone."""
    return f"{release(timing, now).at.astimezone(ZoneInfo(timing.zone)):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23 21:59", "Mon 23 21:59"),
        ("2026-11-23 22:00", "Tue 24 07:00"),
        ("2026-11-24 03:12", "Tue 24 07:00"),
        ("2026-11-24 06:59", "Tue 24 07:00"),
        ("2026-11-24 07:00", "Tue 24 07:00"),
    ],
)
def test_quiet_hours_end_with_a_digest_and_hold_nothing_back_outside(now: str, then: str) -> None:
    timing = Timing(quiet=(NIGHT,), zone=PARIS)
    assert told(timing, at(now, PARIS)) == then
    assert bool(release(timing, at(now, PARIS)).bundle) == (
        then != f"{at(now, PARIS).astimezone(ZoneInfo(PARIS)):%a %d %H:%M}"
    )


def test_a_weekend_is_quiet_until_monday_and_a_night_that_follows_until_its_morning() -> None:
    assert told(Timing(quiet=(WEEKEND,)), at("2026-11-21 10:00")) == "Mon 23 00:00"
    assert told(Timing(quiet=(WEEKEND, NIGHT)), at("2026-11-21 10:00")) == "Mon 23 07:00"


@pytest.mark.parametrize(
    ("times", "now", "then"),
    [
        (Times((8 * 60,)), "2026-11-23 07:59", "Mon 23 08:00"),
        (Times((8 * 60,)), "2026-11-23 08:00", "Tue 24 08:00"),
        (Times((8 * 60,), frozenset({0})), "2026-11-23 08:01", "Mon 30 08:00"),
        (Times(tuple(range(0, 1440, 60))), "2026-11-23 23:30", "Tue 24 00:00"),
    ],
)
def test_a_digest_is_told_at_its_time(times: Times, now: str, then: str) -> None:
    assert told(Timing(digest=(times,)), at(now)) == then


def test_a_digest_within_quiet_hours_waits_for_their_end() -> None:
    timing = Timing(digest=(Times((6 * 60,)),), quiet=(NIGHT,))
    assert told(timing, at("2026-11-23 12:00")) == "Tue 24 07:00"


def test_a_time_that_clocks_never_show_comes_when_it_has_passed() -> None:
    """On 29 March 2026 in Paris 02:00 is 03:00."""
    timing = Timing(digest=(Times((150,)),), zone=PARIS)
    assert told(timing, at("2026-03-28 12:00", PARIS)) == "Sun 29 03:00"
    assert told(timing, at("2026-03-29 12:00", PARIS)) == "Mon 30 02:30"
    assert told(Timing(quiet=(Hours(60, 150),), zone=PARIS), at("2026-03-29 01:30", PARIS)) == "Sun 29 03:00"


def test_a_time_that_clocks_show_twice_is_a_digest_once_and_quiet_twice() -> None:
    """On 25 October 2026 in Paris 03:00 is 02:00 again."""
    digest = Timing(digest=(Times((150,)),), zone=PARIS)
    first = release(digest, at("2026-10-24 12:00", PARIS)).at
    assert first == at("2026-10-25 00:30")
    assert told(digest, first) == "Mon 26 02:30"
    quiet = Timing(quiet=(Hours(120, 150),), zone=PARIS)
    assert is_quiet(quiet.quiet, at("2026-10-25 00:10").astimezone(ZoneInfo(PARIS)))
    assert release(quiet, at("2026-10-25 01:10")).at == at("2026-10-25 01:30")


def test_an_hour_that_never_ends_holds_nothing_for_ever() -> None:
    always = Timing(quiet=(Hours(0, 24 * 60),))
    now = at("2026-11-23 12:00")
    assert release(always, now).at - now <= timedelta(days=8)


HOURS = st.builds(
    Hours,
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.one_of(st.just(EVERY_DAY), st.frozensets(st.integers(0, 6), min_size=1, max_size=2)),
)
TIMES = st.builds(Times, st.lists(st.integers(0, 1439), min_size=1, max_size=3).map(tuple))
TIMINGS = st.builds(
    Timing,
    st.lists(TIMES, max_size=2).map(tuple),
    st.lists(HOURS, max_size=2).map(tuple),
    st.sampled_from(["UTC", PARIS, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)


@given(TIMINGS, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_what_waits_is_told_later_and_never_within_quiet_hours(timing: Timing, now: datetime) -> None:
    found = release(timing, now)
    local = found.at.astimezone(ZoneInfo(timing.zone))
    assert now - timedelta(minutes=1) < found.at <= now + timedelta(days=17)
    if found.at - now < timedelta(days=7, hours=23):
        assert not is_quiet(timing.quiet, local)
    assert bool(found.bundle) or found.at == now
