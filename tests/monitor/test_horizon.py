"""Whether this machine is offline: most unrelated sites fail, and three in a row answer when it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import (
    Cause,
    FeedRead,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Unchanged,
    Unreadable,
    Validators,
)
from monitor.sources import horizon
from monitor.sources.horizon import Horizon

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def seen(*reached: bool | None, gap: timedelta = SECOND, start: datetime = NOON) -> Horizon:
    """After one request to each of as many sites."""
    view = Horizon()
    for number, one in enumerate(reached):
        view.saw(f"https://www.site{number}.example/feed", one, start + number * gap)
    return view


@pytest.mark.parametrize(
    ("reached", "offline"),
    [
        ([False] * 3, True),
        ([False] * 200, True),
        ([True] * 2 + [False] * 8, True),
        ([False] * 2, False),
        ([True] * 3 + [False] * 7, False),
        ([True] * 100 + [False] * 50, False),
        ([None] * 50, False),
        ([None] * 50 + [False] * 3, True),
    ],
)
def test_most_unrelated_sites_failing_is_this_machine(reached: list[bool | None], offline: bool) -> None:
    assert (seen(*reached).offline_since is not None) is offline


def test_it_is_offline_since_the_first_of_these_failures() -> None:
    assert seen(True, False, False, False, False).offline_since == NOON + SECOND


def test_many_feeds_of_one_site_are_one_site() -> None:
    view = Horizon()
    for number in range(50):
        assert not view.saw(f"https://desk{number}.courier.co.uk:8443/{number}", False, NOON)


HOUR = timedelta(hours=1)


def test_failures_spread_over_hours_are_their_own_while_others_answer() -> None:
    assert seen(*[False, False, True] * 50, gap=timedelta(minutes=10)).offline_since is None


def test_of_few_feeds_three_in_a_row_tell_it_however_far_apart() -> None:
    assert seen(True, False, False, gap=HOUR).offline_since is None
    assert seen(True, False, False, False, gap=8 * HOUR).offline_since == NOON + 8 * HOUR


def test_two_sites_that_both_answered_tell_it_where_there_are_no_more() -> None:
    view = seen(True, True, gap=HOUR)
    assert not view.saw("https://www.site0.example/feed", False, NOON + 2 * HOUR)
    assert view.saw("https://www.site1.example/feed", False, NOON + 3 * HOUR)
    assert view.offline_since == NOON + 2 * HOUR


def test_two_names_that_never_answered_may_be_misspelled() -> None:
    assert seen(False, False).offline_since is None


def test_what_failed_while_others_answered_is_no_witness() -> None:
    view = seen(True, True, False, False, gap=HOUR)
    for hour in range(4, 20, 2):
        assert not view.saw("https://www.site0.example/feed", True, NOON + hour * HOUR)
        for number in (1, 2, 3):
            site = f"https://www.site{number}.example/feed"
            assert not view.saw(site, number == 1, NOON + hour * HOUR + number * 20 * SECOND)


def test_what_failed_before_this_run_is_no_witness() -> None:
    view = Horizon()
    for number in range(5):
        assert not view.saw(f"https://dead{number}.example/", False, NOON, failing_since=NOON - HOUR)


def test_a_witness_that_does_not_answer_tells_of_a_single_feed() -> None:
    view = Horizon()
    assert not view.in_doubt(NOON)
    assert not view.saw("https://courier.example/", True, NOON) and not view.in_doubt(NOON)
    assert not view.saw("https://courier.example/", False, NOON + HOUR) and view.in_doubt(NOON + HOUR)
    view.heard(False, NOON + HOUR)
    assert view.offline_since == NOON + HOUR
    assert not view.in_doubt(NOON + HOUR + SECOND), "it is not asked again at once"


def test_a_witness_that_answers_leaves_a_failure_with_its_feed() -> None:
    view = Horizon()
    view.saw("https://courier.example/", False, NOON)
    view.heard(True, NOON)
    assert view.offline_since is None and not view.in_doubt(NOON + HOUR)


def test_a_witness_that_says_nothing_changes_nothing() -> None:
    view = Horizon()
    view.saw("https://courier.example/", False, NOON)
    view.heard(None, NOON)
    assert view.offline_since is None and not view.in_doubt(NOON + SECOND)


def test_of_a_site_that_answers_again_for_minutes_it_is_over_whatever_else_fails() -> None:
    view = seen(*[False] * 5)
    for minute in (1, 3, 7):
        offline = view.saw("https://www.site4.example/feed", True, NOON + minute * 60 * SECOND)
        for number in range(4):
            view.saw(f"https://www.site{number}.example/feed", False, NOON + minute * 60 * SECOND)
        assert offline is (minute < 7)
    assert view.offline_since is None


def test_one_answer_does_not_end_it_and_three_do() -> None:
    view = seen(*[False] * 10)
    later = NOON + timedelta(hours=1)
    assert view.saw("https://a.example/", True, later) is False, "the only one asked lately"
    view = seen(*[False] * 10)
    for number, offline in enumerate([True, True, False]):
        site = f"https://back{number}.example/"
        assert view.saw(site, True, NOON + 20 * SECOND) is offline


def test_what_is_remembered_does_not_grow() -> None:
    assert len(seen(*[True] * 5000)._sights) == horizon.MANY


UNREAD = Unreadable("a web page")


@pytest.mark.parametrize(
    ("fetched", "read", "known", "reached"),
    [
        (FetchFailed(Cause.DNS, ""), None, True, False),
        (FetchFailed(Cause.PROXY, ""), None, True, False),
        (FetchFailed(Cause.PROXY, "", 403), None, True, None),
        (FetchFailed(Cause.PROXY, "", 503), None, True, False),
        (FetchFailed(Cause.TIMEOUT, ""), None, False, False),
        (FetchFailed(Cause.STATUS, "", 500), None, True, True),
        (FetchFailed(Cause.STATUS, "", 511), None, True, False),
        (FetchFailed(Cause.BLOCKED, ""), None, True, None),
        (FetchFailed(Cause.PAUSED, ""), None, True, None),
        (Unchanged(Validators("x")), None, True, True),
        (Fetched("", b""), FeedRead("", ()), True, True),
        (Fetched("", b""), UNREAD, True, False),
        (Fetched("", b""), UNREAD, False, None),
    ],
)
def test_what_an_answer_says_of_the_way_to_it(
    fetched: FetchOutcome, read: FeedRead | Unreadable | None, known: bool, reached: bool | None
) -> None:
    assert horizon.was_reached(fetched, read, known) is reached


# --- behind a proxy ----------------------------------------------------------------------------------------

DOWN = "the proxy refused the connection: check fetch.proxy"


def test_a_proxy_that_lets_nothing_out_is_our_own_trouble_at_once() -> None:
    view = Horizon()
    assert view.saw("https://a.example/", True, NOON) is False
    assert view.saw("https://b.example/", False, NOON + SECOND, DOWN) is True
    assert (view.offline_since, view.proxy) == (NOON + SECOND, DOWN)


def test_it_lasts_while_only_others_than_the_proxied_answer() -> None:
    view = Horizon()
    view.saw("http://10.0.0.1/", True, NOON)
    view.saw("https://b.example/", False, NOON, DOWN)
    for number in range(1, 10):
        assert view.saw("http://10.0.0.1/", True, NOON + number * SECOND)
    assert view.saw("https://c.example/", False, NOON + 20 * SECOND), "the proxy leads out, but not there yet"
    assert view.saw("https://b.example/", True, NOON + 30 * SECOND) is False
    assert (view.offline_since, view.proxy) == (None, "")


def test_however_many_sites_wait_behind_it_one_that_is_asked_directly_does_not_end_it() -> None:
    view = Horizon()
    view.saw("http://10.0.0.1/", True, NOON)
    for number in range(2 * horizon.MANY):
        view.saw(f"https://site{number}.example/", False, NOON, DOWN)
    assert view.saw("http://10.0.0.1/", True, NOON + SECOND)
    assert view.saw("https://site0.example/", True, NOON + SECOND) is False


def test_what_says_nothing_changes_nothing() -> None:
    view = seen(False, False)
    view.saw("https://www.site0.example/feed", None, NOON + 5 * SECOND)
    assert view.saw("https://www.site9.example/feed", False, NOON + 6 * SECOND)


def test_after_it_an_outage_is_told_by_most_sites_again() -> None:
    view = Horizon()
    view.saw("https://b.example/", False, NOON, DOWN)
    view.saw("https://b.example/", True, NOON + SECOND)
    for number in range(2):
        assert view.saw(f"https://site{number}.example/", False, NOON + 2 * SECOND) is False
