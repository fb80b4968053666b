"""The pace, as tables: when a feed is asked again, and what is remembered of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import (
    Cause,
    Feed,
    FeedRead,
    FeedSpec,
    FeedState,
    Fetched,
    FetchFailed,
    Hints,
    Unchanged,
    Unreadable,
    Validators,
)
from monitor.sources import pace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FLOOR = timedelta(minutes=5)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

OLD = Validators('"old"', "Sat, 21 Nov 2026 10:00:00 GMT")
NEW = Validators('"new"', "Sun, 22 Nov 2026 11:59:00 GMT")
BEFORE = FeedState(NOON, validators=OLD, body_hash="old", title="The Gulf Courier", looked=True)
FEED = Feed(1, FeedSpec("https://courier.example/feed"), BEFORE)
FIXED = replace(FEED, spec=FeedSpec(FEED.spec.url, every=MINUTE))
READ = FeedRead("The Gulf Courier", ())


def body(**changes: object) -> Fetched:
    return replace(Fetched(FEED.spec.url, b"<rss/>", validators=NEW), **changes)  # type: ignore[arg-type]


def after(
    fetched: Fetched | Unchanged | FetchFailed,
    read: FeedRead | Unreadable | None = None,
    feed: Feed = FEED,
    jitter: float = 0,
) -> FeedState:
    return pace.after(feed, fetched, read, "new", NOON, FLOOR, jitter)


def failed(status: int = 500, wait: timedelta | None = None) -> FetchFailed:
    return FetchFailed(Cause.STATUS, f"{status}", status, wait)


def failing(times: int, feed: Feed = FEED) -> Feed:
    """The feed after so many failures in a row, the first of them a day ago."""
    return replace(feed, state=replace(feed.state, failures=times, failing_since=NOON - DAY))


# --- what is kept -----------------------------------------------------------------------------------------


def test_a_body_that_was_read_is_remembered_with_its_validators() -> None:
    state = after(body(), READ)
    assert (state.validators, state.body_hash) == (NEW, "new")


def test_f55_a_body_like_the_last_one_brings_its_new_validators() -> None:
    state = after(body(), None)
    assert (state.validators, state.body_hash) == (NEW, "old")


def test_f53_a_new_etag_with_the_old_date_is_kept_with_it() -> None:
    both = Validators(NEW.etag, OLD.last_modified)
    assert after(body(validators=both), READ).validators == both


def test_f51_an_unchanged_feed_keeps_the_validators_the_304_gave() -> None:
    state = after(Unchanged(NEW))
    assert (state.validators, state.body_hash, state.title) == (NEW, "old", "The Gulf Courier")


def test_a_body_cut_short_is_fetched_again() -> None:
    state = after(body(), replace(READ, complete=False))
    assert (state.validators, state.body_hash, state.error) == (OLD, "old", "the feed was cut short")
    assert (state.failures, state.ok_at) == (0, NOON)


@pytest.mark.parametrize(
    ("error", "failing_since", "kept"),
    [("it names 2,000 sitemaps", None, True), ("503", NOON - HOUR, False), (pace.CUT_SHORT, None, False)],
)
def test_an_answer_as_before_leaves_what_is_not_read_of_a_feed_and_ends_what_failed(
    error: str, failing_since: datetime | None, kept: bool
) -> None:
    before = replace(FEED, state=replace(BEFORE, error=error, failing_since=failing_since))
    state = pace.after(before, Unchanged(OLD), None, "", NOON, FLOOR, 0)
    assert state.error == (error if kept else "")


def test_a_body_that_cannot_be_read_is_a_failure_and_fetched_again() -> None:
    state = after(body(), Unreadable("not a feed: an HTML page"))
    assert (state.validators, state.body_hash) == (OLD, "old")
    assert (state.error, state.failures, state.failing_since) == ("not a feed: an HTML page", 1, NOON)
    assert state.due_at == NOON + FLOOR


def test_a_failure_keeps_what_is_known() -> None:
    state = after(failed())
    kept = (state.validators, state.body_hash, state.title, state.looked, state.ok_at)
    assert kept == (OLD, "old", "The Gulf Courier", True, None)


@pytest.mark.parametrize("complete", [True, False])
def test_the_first_entries_make_every_later_one_news(complete: bool) -> None:
    fresh = replace(FEED, state=FeedState(NOON))
    assert after(body(), replace(READ, complete=complete), fresh).looked


@pytest.mark.parametrize("fetched", [failed(), body()])
def test_a_first_poll_that_brought_nothing_is_not_a_first_look(fetched: Fetched | FetchFailed) -> None:
    fresh = replace(FEED, state=FeedState(NOON))
    assert not after(fetched, Unreadable("not a feed"), fresh).looked


def test_a_feed_without_a_title_keeps_the_one_it_had() -> None:
    assert after(body(), FeedRead("", ())).title == "The Gulf Courier"
    assert after(body(), FeedRead("Courier, new", ())).title == "Courier, new"


@pytest.mark.parametrize("fetched", [body(), Unchanged(NEW)])
def test_success_ends_a_row_of_failures(fetched: Fetched | Unchanged) -> None:
    troubled = replace(failing(7).state, error="503", pause_until=NOON)
    state = after(fetched, READ if isinstance(fetched, Fetched) else None, replace(FEED, state=troubled))
    assert (state.failures, state.failing_since, state.error, state.pause_until) == (0, None, "", None)
    assert (state.polled_at, state.ok_at) == (NOON, NOON)


def test_the_first_failure_of_a_row_is_remembered() -> None:
    state = after(failed(), feed=failing(3))
    assert (state.failures, state.failing_since, state.polled_at) == (4, NOON - DAY, NOON)


# --- when next --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fresh_for", "wait"),
    [
        (timedelta(0), FLOOR),
        (MINUTE, FLOOR),
        (HOUR, HOUR),
        (DAY, DAY),
        pytest.param(365 * DAY, DAY, id="F56 max-age=31536000"),
    ],
)
def test_a_feed_is_left_alone_while_it_is_fresh(fresh_for: timedelta, wait: timedelta) -> None:
    assert after(body(fresh_for=fresh_for), READ).due_at == NOON + wait
    assert after(Unchanged(NEW, fresh_for)).due_at == NOON + wait


@pytest.mark.parametrize("jitter", [0, 0.5, 1])
def test_a_fixed_interval_is_kept_to_the_second(jitter: float) -> None:
    assert after(body(fresh_for=HOUR), READ, FIXED, jitter).due_at == NOON + MINUTE


@pytest.mark.parametrize("fetched", [Unchanged(NEW), failed(429), failed(404), failed(403), failed(410)])
def test_jitter_makes_a_wait_longer_by_a_tenth_at_most_and_never_shorter(
    fetched: Unchanged | FetchFailed,
) -> None:
    waits = [after(fetched, jitter=jitter).due_at - NOON for jitter in (0, 0.5, 1)]
    assert waits == [waits[0], waits[0] * 1.05, waits[0] * 1.1]


def hinting(hints: Hints, feed: Feed = FEED) -> Feed:
    return replace(feed, state=replace(feed.state, hints=hints))


NIGHT = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
WEEKEND = frozenset({5, 6})
HINTS = [
    Hints(),
    Hints(HOUR),
    Hints(DAY),
    Hints(hours=NIGHT),
    Hints(hours=frozenset(range(24)) - {12}),
    Hints(days=WEEKEND),
    Hints(days=frozenset(range(7)) - {6}),
    Hints(3 * HOUR, NIGHT, WEEKEND),
]


def test_the_hints_of_the_document_are_kept_until_another_says_otherwise() -> None:
    hints = Hints(HOUR, NIGHT, WEEKEND)
    assert after(body(), replace(READ, hints=hints)).hints == hints
    assert after(body(), READ, hinting(hints)).hints == Hints()
    for fetched in (body(), Unchanged(NEW), failed()):
        assert after(fetched, feed=hinting(hints)).hints == hints


@pytest.mark.parametrize(
    ("rest", "fresh_for", "wait"),
    [
        (timedelta(0), timedelta(0), FLOOR),
        (MINUTE, timedelta(0), FLOOR),
        (HOUR, timedelta(0), HOUR),
        (HOUR, 2 * HOUR, 2 * HOUR),
        (2 * HOUR, HOUR, 2 * HOUR),
        (9 * DAY, HOUR, DAY),
    ],
)
def test_a_feed_is_left_alone_as_long_as_it_asks(
    rest: timedelta, fresh_for: timedelta, wait: timedelta
) -> None:
    hints = Hints(rest)
    assert after(body(fresh_for=fresh_for), replace(READ, hints=hints)).due_at == NOON + wait
    assert after(Unchanged(NEW, fresh_for), feed=hinting(hints)).due_at == NOON + wait


def test_the_rest_a_feed_asks_for_holds_when_it_fails_and_doubles() -> None:
    assert after(failed(), feed=hinting(Hints(HOUR))).due_at == NOON + HOUR
    assert after(failed(), feed=hinting(Hints(HOUR), failing(2)), jitter=1).due_at == NOON + 4 * HOUR
    assert after(failed(429, 7 * MINUTE), feed=hinting(Hints(HOUR))).due_at == NOON + HOUR


@pytest.mark.parametrize(
    ("hints", "due_at"),
    [
        (Hints(hours=frozenset({12})), NOON + HOUR),
        (Hints(hours=frozenset({12, 13, 15})), NOON + 2 * HOUR),
        (Hints(hours=frozenset({13})), NOON + FLOOR),
        (Hints(HOUR, frozenset({13})), NOON + 2 * HOUR),
        (Hints(days=frozenset({6})), NOON + 12 * HOUR),  # a Sunday
        (Hints(hours=frozenset({0, 1}), days=frozenset({6})), NOON + 14 * HOUR),
        (Hints(days=frozenset({6, 0, 1})), NOON + DAY),
    ],
)
def test_a_poll_moves_behind_the_hours_and_days_a_feed_wants_none(hints: Hints, due_at: datetime) -> None:
    assert after(Unchanged(NEW), feed=hinting(hints)).due_at == due_at
    assert after(failed(), feed=hinting(hints)).due_at == due_at


@pytest.mark.parametrize("hints", HINTS)
@pytest.mark.parametrize("jitter", [0, 0.37, 1])
def test_no_poll_comes_sooner_than_any_hint_allows(hints: Hints, jitter: float) -> None:
    """At every hour of a week: the rest is kept, no skipped moment is met, and a day is the most to wait."""
    for fetched in (Unchanged(NEW), Unchanged(NEW, 2 * HOUR), failed(500), failed(429, 90 * MINUTE)):
        for now in (NOON + n * HOUR + 7 * MINUTE for n in range(7 * 24)):
            due_at = pace.after(hinting(hints), fetched, None, "", now, FLOOR, jitter).due_at
            assert max(FLOOR, min(hints.rest, DAY)) <= due_at - now <= 1.1 * DAY
            skipped = due_at.hour in hints.hours or due_at.weekday() in hints.days
            assert not skipped or due_at - now >= DAY


@pytest.mark.parametrize("hints", HINTS)
def test_a_fixed_interval_stands_above_the_hints(hints: Hints) -> None:
    assert after(Unchanged(NEW), feed=hinting(hints, FIXED)).due_at == NOON + MINUTE
    assert after(failed(), feed=hinting(hints, FIXED)).due_at == NOON + MINUTE
    assert after(body(), replace(READ, hints=hints), FIXED).due_at == NOON + MINUTE


def test_a_server_that_asks_for_longer_than_a_day_is_not_asked_sooner_for_its_hints() -> None:
    for hints in HINTS:
        assert after(failed(503, 3 * DAY), feed=hinting(hints)).due_at == NOON + 3 * DAY


@pytest.mark.parametrize(
    ("status", "failures", "wait"),
    [
        (500, 1, FLOOR),
        (500, 2, 2 * FLOOR),
        (500, 3, 4 * FLOOR),
        (502, 8, 128 * FLOOR),
        (500, 10, DAY),
        (0, 1, FLOOR),  # no answer at all
        (0, 10_000, DAY),
        (404, 1, FLOOR),
        (404, 20, DAY),
        pytest.param(410, 1, HOUR, id="F47 410 once"),
        pytest.param(410, 2, DAY, id="F48 410 twice"),
        (410, 99, DAY),
        (401, 1, 4 * HOUR),
        (403, 1, 4 * HOUR),
        (403, 50, 4 * HOUR),
        (429, 1, HOUR),
        (429, 2, 2 * HOUR),
        (429, 6, DAY),
        (503, 1, HOUR),
        (503, 3, 4 * HOUR),
    ],
)
def test_a_failing_feed_is_asked_less_and_less_but_never_given_up(
    status: int, failures: int, wait: timedelta
) -> None:
    """As long as this at most; no two of those that failed together are back together."""
    jitter = 0 if status in (401, 403, 404, 410, 429, 503) else 1
    assert after(failed(status), feed=failing(failures - 1), jitter=jitter).due_at == NOON + wait


@pytest.mark.parametrize("jitter", [0, 0.25, 1])
@pytest.mark.parametrize("cause", [Cause.DNS, Cause.TIMEOUT, Cause.CONNECT, Cause.TLS, Cause.BROKEN])
def test_f61_what_passes_by_itself_is_asked_again_within_the_doubled_interval(
    cause: Cause, jitter: float
) -> None:
    state = after(FetchFailed(cause, "the name does not exist"), feed=failing(2), jitter=jitter)
    assert state.due_at == NOON + FLOOR + 3 * FLOOR * jitter
    assert (state.failures, state.cause, state.validators) == (3, cause, OLD)


@pytest.mark.parametrize(
    ("status", "failures", "wait"),
    [(500, 1, MINUTE), (500, 2, 2 * MINUTE), (0, 5, 16 * MINUTE), (500, 50, 16 * MINUTE), (404, 50, DAY)],
)
def test_a_feed_with_a_fixed_interval_is_back_within_sixteen_of_them(
    status: int, failures: int, wait: timedelta
) -> None:
    jitter = 0 if status == 404 else 1
    assert after(failed(status), feed=failing(failures - 1, FIXED), jitter=jitter).due_at == NOON + wait


@pytest.mark.parametrize("status", [0, 401, 403, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("every", [timedelta(days=2), timedelta(days=365)])
@pytest.mark.parametrize("failures", [0, 1, 10_000])
def test_a_failure_never_brings_a_poll_forward(status: int, every: timedelta, failures: int) -> None:
    slow = replace(FEED, spec=FeedSpec(FEED.spec.url, every=every))
    assert after(failed(status), feed=failing(failures, slow)).due_at >= NOON + every


@pytest.mark.parametrize("status", [429, pytest.param(503, id="F50 503 + Retry-After"), 500, 403])
@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (7 * MINUTE, 7 * MINUTE),
        (90 * MINUTE, 90 * MINUTE),
        (3 * DAY, 3 * DAY),
        (7 * DAY, 7 * DAY),
        (timedelta(days=12_000), 7 * DAY),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    status: int, asked: timedelta, wait: timedelta
) -> None:
    state = after(failed(status, asked), feed=failing(5), jitter=1)
    assert (state.due_at, state.pause_until) == (NOON + wait, NOON + wait)


@pytest.mark.parametrize("asked", [timedelta(0), timedelta(seconds=1), 4 * MINUTE])
def test_a_short_wish_does_not_bring_the_poll_forward(asked: timedelta) -> None:
    state = after(failed(429, asked))
    assert (state.due_at, state.pause_until) == (NOON + FLOOR, NOON + asked)


def test_a_wish_shorter_than_the_floor_counts_for_a_feed_with_a_shorter_interval() -> None:
    asked = timedelta(seconds=90)
    assert after(failed(429, asked), feed=FIXED).due_at == NOON + asked


# --- pages ------------------------------------------------------------------------------------------------


def test_a_page_that_may_come_later_is_asked_for_again_over_two_days() -> None:
    waits = []
    while (wait := pace.page_again(failed(502), len(waits))) is not None:
        waits.append(wait)
    assert waits[0] == 5 * MINUTE
    assert waits == sorted(waits)
    assert 36 * HOUR < sum(waits, timedelta()) < 72 * HOUR


@pytest.mark.parametrize(
    "final",
    [
        failed(404),
        failed(403),
        FetchFailed(Cause.BLOCKED, "private"),
        FetchFailed(Cause.TOO_LARGE, "more than 5 MB"),
        FetchFailed(Cause.ADDRESS, "not an http or https address"),
        FetchFailed(Cause.REDIRECT, "redirected in a circle"),
    ],
)
def test_a_page_that_will_not_come_is_not_asked_for_again(final: FetchFailed) -> None:
    assert pace.page_again(final, 0) is None


def test_a_page_whose_reader_was_killed_is_asked_for_again() -> None:
    assert pace.page_again(Unreadable("its reader was killed from outside", passing=True), 0) == 5 * MINUTE
    assert pace.page_again(Unreadable("no article text on the page"), 0) is None


def test_a_page_waits_as_long_as_its_server_asks() -> None:
    assert pace.page_again(failed(429, HOUR), 0) == HOUR
    assert pace.page_again(failed(429, timedelta(0)), 0) == 5 * MINUTE
    assert pace.page_again(failed(429, 90 * DAY), 0) == 7 * DAY
