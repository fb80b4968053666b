"""Whether a feed has moved for good: three sightings over a day, with entries that are known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Cause, Feed, FeedSpec, FeedState, Fetched, FetchFailed, Unchanged, Validators
from monitor.model.upkeep import Move
from monitor.sources import moves, pace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW, OTHER = (f"https://{name}.example/feed" for name in ("old", "new", "other"))
FEED = Feed(1, FeedSpec(OLD), FeedState(NOON, validators=Validators('"x"'), looked=True))


def led(feed: Feed, moved_to: str, hours: float, familiar: bool = True) -> Feed:
    """The feed after an answer that came by way of this permanent redirect."""
    address, move = moves.after_answer(feed, moved_to, familiar, NOON + hours * HOUR)
    return replace(feed, state=replace(feed.state, address=address, move=move))


def led_often(*sightings: tuple[str, float], feed: Feed = FEED) -> Feed:
    for moved_to, hours in sightings:
        feed = led(feed, moved_to, hours)
    return feed


def test_three_sightings_over_a_day_are_believed() -> None:
    feed = led_often((NEW, 0), (NEW, 12), (NEW, 24))
    assert (feed.address, feed.spec.url, feed.state.move) == (NEW, OLD, None)


@pytest.mark.parametrize(
    "sightings",
    [
        pytest.param([(NEW, 0), ("", 1)], id="F46 301 seen once then gone"),
        pytest.param([(NEW, 0)] * 50, id="often, but within a moment"),
        pytest.param([(NEW, 0), (NEW, 23.9), (NEW, 23.95)], id="not yet a day"),
        pytest.param([(NEW, 0), (NEW, 48)], id="twice"),
        pytest.param([(NEW, 0), (OTHER, 12), (NEW, 24), (OTHER, 48), (NEW, 72)], id="here and there"),
        pytest.param([(NEW, 0), (NEW, 12), ("", 23), (NEW, 24), (NEW, 30)], id="not without a break"),
        pytest.param([(OLD, 0), (OLD, 12), (OLD, 24)], id="to itself"),
    ],
)
def test_less_is_not_believed(sightings: list[tuple[str, float]]) -> None:
    assert led_often(*sightings).address == OLD


def test_an_address_without_known_entries_is_no_sighting() -> None:
    """A captive portal, a maintenance page, whoever bought the domain."""
    feed = FEED
    for hours in (0, 12, 24, 48, 96):
        feed = led(feed, NEW, hours, familiar=False)
    assert (feed.address, feed.state.move) == (OLD, None)


def test_a_portal_between_two_sightings_does_not_undo_the_first() -> None:
    feed = led(led_often((NEW, 0), (NEW, 12)), OTHER, 20, familiar=False)
    assert feed.state.move == Move(NEW, NOON, 2)


def test_a_feed_that_moves_on_or_back_is_followed() -> None:
    moved = led_often((NEW, 0), (NEW, 12), (NEW, 24))
    assert led_often((OTHER, 30), (OTHER, 40), (OTHER, 54), feed=moved).address == OTHER
    assert led_often((OLD, 30), (OLD, 40), (OLD, 54), feed=moved).state.address == ""


def test_a_304_behind_a_redirect_is_a_sighting_too() -> None:
    feed = FEED
    for hours in (0, 12, 24):
        got = Unchanged(FEED.state.validators, moved_to=NEW)
        state = pace.after(feed, got, None, "", NOON + hours * HOUR, timedelta(minutes=5), 0)
        feed = replace(feed, state=state)
    assert feed.address == NEW


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param(FetchFailed(Cause.REDIRECT, "redirected in a circle"), id="F42 redirect loop"),
        pytest.param(FetchFailed(Cause.REDIRECT, "redirected more than 5 times"), id="F43 more than 5 hops"),
        pytest.param(FetchFailed(Cause.BLOCKED, "a private network"), id="F44 301 to a private address"),
        pytest.param(FetchFailed(Cause.REDIRECT, "to an address that is not"), id="F45 https to http"),
    ],
)
def test_a_refused_redirect_changes_no_address(refused: FetchFailed) -> None:
    watched = led_often((NEW, 0), (NEW, 12))
    for feed in (FEED, watched):
        state = pace.after(feed, refused, None, "", NOON + DAY, timedelta(minutes=5), 0)
        assert (state.address, state.move, state.failures) == ("", feed.state.move, 1)


@pytest.mark.parametrize(("failures", "hours", "left"), [(2, 48, False), (3, 23, False), (3, 24, True)])
def test_an_adopted_address_that_fails_for_a_day_is_left(failures: int, hours: int, left: bool) -> None:
    moved = led_often((NEW, 0), (NEW, 12), (NEW, 24))
    failing = replace(moved.state, failures=failures, failing_since=NOON)
    state = moves.after_failure(failing, NOON + hours * HOUR)
    assert state.address == ("" if left else NEW)
    assert state.validators == (Validators() if left else failing.validators)


def test_a_temporary_redirect_leads_nowhere() -> None:
    """302, 303 and 307 leave `moved_to` empty."""
    feed = FEED
    for hours in (0, 12, 24, 48):
        got = Fetched(NEW, b"<rss/>")
        state = pace.after(feed, got, None, "", NOON + hours * HOUR, timedelta(minutes=5), 0)
        feed = replace(feed, state=state)
    assert (feed.address, feed.state.move) == (OLD, None)
