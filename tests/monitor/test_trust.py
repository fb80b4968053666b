"""Whether "unchanged" is true: lies are proven, remembered for 30 days, and honest servers seldom probed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Cause, FeedState, Fetched, FetchFailed, FetchOutcome, Unchanged, Validators
from monitor.model.upkeep import Doubt, Trust
from monitor.sources import rhythm, trust
from monitor.sources.trust import NOTHING, Question

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OLD, NEW = (
    Validators('"1"', "Sat, 21 Nov 2026 10:00:00 GMT"),
    Validators('"2"', "Sun, 22 Nov 2026 10:00:00 GMT"),
)
HOURLY = rhythm.packed(rhythm.first([NOON - step * HOUR for step in range(40)], NOON))
WEEKLY = rhythm.packed(rhythm.first([NOON - step * 7 * DAY for step in range(3)], NOON))
OFTEN = rhythm.packed(rhythm.first([NOON - step * 10 * MINUTE for step in range(300)], NOON))
STATE = FeedState(NOON, validators=OLD, body_at=NOON, news_at=NOON, ok_at=NOON, rhythm=HOURLY)


def body(validators: Validators) -> Fetched:
    return Fetched("https://news.example/feed", b"<rss/>", validators=validators)


def asked(state: FeedState, now: datetime) -> Question:
    """Of a feed that said "unchanged" until an hour ago."""
    return trust.question(replace(state, ok_at=now - HOUR), now)


def told(state: FeedState, answer: FetchOutcome, news: int, now: datetime = NOON) -> FeedState:
    lately = replace(state, ok_at=now - HOUR)
    believed, validators = trust.after(lately, asked(state, now), answer, news, now)
    came = isinstance(answer, Fetched)
    return replace(state, trust=believed, validators=validators, body_at=now if came else state.body_at)


# --- proof at once ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (OLD, replace(NEW, etag=OLD.etag), Doubt.ETAG),
        (OLD, OLD, Doubt.BOTH),
        (Validators('"1"'), Validators('"1"'), Doubt.BOTH),
        (Validators("", OLD.last_modified), Validators("", OLD.last_modified), Doubt.BOTH),
        (OLD, replace(OLD, etag='"2"'), Doubt.NONE),
        (OLD, NEW, Doubt.NONE),
        (OLD, NOTHING, Doubt.NONE),
        (NOTHING, NOTHING, Doubt.NONE),
    ],
)
def test_the_same_validators_on_other_entries_are_a_lie(
    old: Validators, new: Validators, doubt: Doubt
) -> None:
    state = told(replace(STATE, validators=old), body(new), news=1)
    assert trust.doubt_of(state.trust, NOON) is doubt
    assert state.validators == new


def test_a_volatile_body_with_the_same_entries_is_no_lie() -> None:
    assert told(STATE, body(OLD), news=0).trust == Trust()


def test_only_the_honest_one_of_two_is_sent_then_none() -> None:
    state = told(STATE, body(replace(NEW, etag=OLD.etag)), news=1)
    assert asked(state, NOON + HOUR) == Question(Validators("", NEW.last_modified))
    state = told(state, body(replace(NEW, etag=OLD.etag)), news=1)
    assert asked(state, NOON + HOUR) == Question(NOTHING)


def test_a_liar_is_tried_again_after_thirty_days() -> None:
    state = told(STATE, body(OLD), news=1)
    assert asked(state, NOON + 29 * DAY).validators == NOTHING
    state = told(state, body(NEW), news=1, now=NOON + 29 * DAY)
    assert asked(state, NOON + 30 * DAY + MINUTE) == Question(NEW)


# --- probes -------------------------------------------------------------------------------------------------


def test_a_304_that_the_rhythm_makes_likely_is_believed() -> None:
    assert asked(STATE, NOON + 2 * HOUR) == Question(OLD)


def test_a_304_for_longer_than_the_rhythm_makes_likely_is_probed_once_a_day() -> None:
    assert asked(STATE, NOON + 2 * DAY) == Question(NOTHING, probe=True)
    probed = replace(STATE, trust=Trust(probed_at=NOON + 2 * DAY))
    assert not asked(probed, NOON + 3 * DAY - MINUTE).probe
    assert asked(probed, NOON + 3 * DAY).probe


@pytest.mark.parametrize("known", [b"", WEEKLY])
def test_a_day_of_304_is_probed_whatever_the_rhythm_makes_likely(known: bytes) -> None:
    state = replace(STATE, rhythm=known)
    assert not asked(state, NOON + DAY).probe
    assert asked(state, NOON + DAY + HOUR).probe


def test_a_silence_that_cannot_be_is_probed_before_the_day_is_over() -> None:
    """A wire shows its entries for hours only."""
    state = replace(STATE, rhythm=OFTEN)
    assert not asked(state, NOON + 6 * HOUR).probe
    assert asked(state, NOON + 7 * HOUR).probe


def test_while_we_slept_nobody_was_silent() -> None:
    """A laptop that was closed for days knows nothing of the days."""
    asleep = replace(STATE, ok_at=NOON + HOUR)
    assert trust.question(asleep, NOON + 4 * DAY) == Question(OLD)


def test_without_validators_there_is_nothing_to_probe() -> None:
    assert asked(replace(STATE, validators=NOTHING), NOON + 90 * DAY) == Question(NOTHING)


def test_an_honest_server_is_probed_less_and_less_often() -> None:
    state, probes = STATE, []
    for day in range(2, 200):
        now = NOON + day * DAY
        probe = asked(state, now).probe
        state = told(state, body(OLD) if probe else Unchanged(OLD), news=0, now=now)
        state = replace(state, body_at=NOON)  # each time as if nothing had come since
        probes += [day] if probe else []
    gaps = [later - sooner for sooner, later in zip(probes, probes[1:], strict=False)]
    assert gaps == [1, 2, 4, 8, 16, *[30] * 5]


def test_news_with_the_validators_we_have_proves_the_304_a_lie() -> None:
    now = NOON + 2 * DAY
    state = told(STATE, body(OLD), news=1, now=now)
    assert trust.doubt_of(state.trust, now) is Doubt.BOTH


def test_as_much_news_as_a_silence_should_have_brought_prove_it_a_lie() -> None:
    now = NOON + 2 * DAY
    liar = told(STATE, body(NEW), news=40, now=now)
    assert trust.doubt_of(liar.trust, now) is Doubt.ETAG
    assert asked(liar, now + HOUR) == Question(Validators("", NEW.last_modified))


def test_a_little_news_may_have_come_since_and_proves_a_lie_only_at_the_second_probe() -> None:
    now = NOON + 2 * DAY
    suspected = told(STATE, body(NEW), news=1, now=now)
    assert asked(suspected, now + HOUR) == Question(NEW), "never older ones than the last"
    assert trust.doubt_of(suspected.trust, now) is Doubt.NONE
    still = told(suspected, Unchanged(NEW), news=0, now=now + HOUR)
    later = now + 2 * DAY
    assert asked(still, later).probe
    assert trust.doubt_of(told(still, body(OLD), news=1, now=later).trust, later) is Doubt.ETAG
    assert told(still, body(NEW), news=0, now=later).trust == Trust(probed_at=later, honest=1)


def test_an_answer_to_the_validators_clears_the_suspicion() -> None:
    now = NOON + 2 * DAY
    suspected = told(STATE, body(NEW), news=1, now=now)
    assert told(suspected, body(OLD), news=3, now=now + HOUR).trust == Trust(probed_at=now)


def test_a_probe_that_fails_is_not_made_again_the_same_day() -> None:
    now = NOON + 2 * DAY
    failed = FetchFailed(Cause.STATUS, "503 Service Unavailable", 503)
    after = told(STATE, failed, news=0, now=now)
    assert (after.validators, after.trust) == (OLD, Trust(probed_at=now))
    assert asked(after, now + HOUR) == Question(OLD)
    assert asked(after, now + DAY).probe


def test_f54_after_a_304_to_an_unconditional_request_nothing_is_sent() -> None:
    odd = FetchFailed(Cause.STATUS, "304 Not Modified, although nothing was known of it", 304)
    assert told(STATE, odd, news=0, now=NOON + 2 * DAY).validators == NOTHING
