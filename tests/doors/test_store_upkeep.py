"""Many feeds at once, on both databases: hosts that rest, no storm after a stop, a sweep after an outage."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model import Cause, Feed, FeedSpec, Hints
from monitor.store import feeds, upkeep
from monitor.store.db import Tx
from tests.doors.stores import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def some_feeds(tx: Tx, number: int, host: str = "", **state: object) -> list[Feed]:
    """Feeds that were asked an hour before noon, and are due at noon unless told otherwise."""
    names = [f"https://{host or f'site{one}.example'}/{one}" for one in range(number)]
    feeds.sync(tx, [FeedSpec(url) for url in names], NOON - 2 * HOUR)
    known = {"polled_at": NOON - HOUR, "ok_at": NOON - HOUR, "due_at": NOON} | state
    for feed in feeds.get_all(tx):
        feeds.keep_state(tx, feed, replace(feed.state, **known))
    return list(feeds.get_all(tx))


# --- after a stop -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "minutes"), [(20, 0.34), (300, 5), (2000, 10)])
def test_after_a_long_stop_feeds_are_spread_over_minutes(tx: Tx, number: int, minutes: float) -> None:
    some_feeds(tx, number)
    morning = NOON + 8 * HOUR
    assert upkeep.spread_overdue(tx, morning) == number
    waits = [feed.state.due_at - morning for feed in feeds.get_all(tx)]
    assert timedelta(0) <= min(waits) and max(waits) <= minutes * MINUTE
    busiest = Counter(wait // (10 * timedelta(seconds=1)) for wait in waits).most_common(1)[0][1]
    assert busiest <= 2 * max(10, number / (minutes * 6)), "no ten seconds get twice their share"


def test_a_short_stop_moves_nothing(tx: Tx) -> None:
    some_feeds(tx, 5)
    assert upkeep.spread_overdue(tx, NOON + MINUTE) == 0
    assert {feed.state.due_at for feed in feeds.get_all(tx)} == {NOON}


@pytest.mark.parametrize(
    ("hints", "at"),
    [
        (Hints(hours=frozenset(range(6))), NOON - 6 * HOUR),
        (Hints(days=frozenset({6})), NOON + 12 * HOUR),  # noon is on a Sunday
        (Hints(hours=frozenset({3})), NOON - 8 * HOUR),
    ],
)
def test_after_a_stop_nobody_is_asked_in_hours_that_the_publisher_wants_to_be_left_alone_in(
    tx: Tx, hints: Hints, at: datetime
) -> None:
    some_feeds(tx, 1, hints=hints, due_at=NOON - 20 * HOUR)
    upkeep.spread_overdue(tx, NOON - 9 * HOUR)
    (feed,) = feeds.get_all(tx)
    assert feed.state.due_at == at


def test_after_the_rest_of_a_host_its_feeds_are_left_alone_as_they_wish(tx: Tx) -> None:
    some_feeds(tx, 2, host="busy.example", hints=Hints(hours=frozenset({13})))
    upkeep.rest(tx, "busy.example", NOON + HOUR, 1, but=0)
    assert {feed.state.due_at for feed in feeds.get_all(tx)} == {NOON + 2 * HOUR}


def test_what_somebody_waits_for_is_asked_at_once(tx: Tx) -> None:
    specs = [FeedSpec("https://a.example/", every=MINUTE), FeedSpec("https://b.example/")]
    feeds.sync(tx, specs, NOON)
    fixed, _ = feeds.get_all(tx)
    feeds.keep_state(tx, fixed, replace(fixed.state, polled_at=NOON - HOUR))
    assert upkeep.spread_overdue(tx, NOON + DAY) == 0
    assert len(feeds.due(tx, NOON + DAY, 10)) == 2


# --- after an outage ----------------------------------------------------------------------------------------


def test_after_an_outage_whom_we_asked_in_vain_is_unblamed_and_asked_again(tx: Tx) -> None:
    start, end = NOON - 30 * MINUTE, NOON
    vain = some_feeds(
        tx,
        3,
        polled_at=NOON - 10 * MINUTE,
        due_at=NOON + 6 * HOUR,
        failures=2,
        failing_since=NOON - 25 * MINUTE,
        error="the name could not be looked up",
        cause=Cause.DNS,
    )
    assert upkeep.ask_again(tx, start, end) == 3
    for feed in feeds.get_all(tx):
        assert (feed.state.failures, feed.state.error, feed.state.cause) == (0, "", None)
        assert end <= feed.state.due_at <= end + timedelta(seconds=len(vain))


@pytest.mark.parametrize(
    "other",
    [
        {"failing_since": NOON - 5 * HOUR, "error": "404", "failures": 3},
        {"polled_at": NOON - HOUR},
        {"ok_at": NOON - MINUTE},
        {"pause_until": NOON + HOUR},
    ],
)
def test_whose_trouble_is_its_own_stays_as_it_is(tx: Tx, other: dict[str, object]) -> None:
    (feed,) = some_feeds(tx, 1, **({"polled_at": NOON - MINUTE, "due_at": NOON + HOUR} | other))
    assert upkeep.ask_again(tx, NOON - 30 * MINUTE, NOON) == 0
    assert feeds.get_all(tx) == (feed,)


# --- hosts --------------------------------------------------------------------------------------------------


def test_all_feeds_of_a_host_that_says_429_rest_and_return_one_by_one(tx: Tx) -> None:
    first, *others = some_feeds(tx, 50, host="busy.example")
    upkeep.rest(tx, "busy.example", NOON + HOUR, 1, but=first.id)
    assert feeds.due(tx, NOON + HOUR - MINUTE, 100) == (first,)
    ids = {feed.id for feed in others}
    returns = [feed.state.due_at for feed in feeds.get_all(tx) if feed.id in ids]
    assert min(returns) >= NOON + HOUR and max(returns) <= NOON + HOUR + MINUTE
    assert len(set(returns)) == len(returns)


def test_feeds_of_other_hosts_do_not_rest(tx: Tx) -> None:
    before = some_feeds(tx, 20)
    upkeep.rest(tx, "busy.example", NOON + HOUR, 1, but=0)
    assert list(feeds.get_all(tx)) == before


def test_a_longer_rest_stays(tx: Tx) -> None:
    (feed,) = some_feeds(tx, 1, host="busy.example", pause_until=NOON + DAY, due_at=NOON + DAY)
    upkeep.rest(tx, "busy.example", NOON + HOUR, 1, but=0)
    assert feeds.get_all(tx) == (feed,)


def test_a_host_that_says_429_after_each_rest_is_counted_and_forgiven_a_day_later(tx: Tx) -> None:
    assert upkeep.times_busy(tx, "busy.example", NOON) == 1
    upkeep.rest(tx, "busy.example", NOON + HOUR, 1, but=0)
    assert upkeep.times_busy(tx, "busy.example", NOON + MINUTE) == 1
    assert upkeep.times_busy(tx, "busy.example", NOON + HOUR) == 2
    upkeep.rest(tx, "busy.example", NOON + 3 * HOUR, 2, but=0)
    assert upkeep.times_busy(tx, "busy.example", NOON + 4 * HOUR) == 3
    assert upkeep.times_busy(tx, "busy.example", NOON + 28 * HOUR) == 1
