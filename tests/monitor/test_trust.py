"""Whether "unchanged" is true: lies are proven, remembered for 30 days, and honest servers seldom probed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Cause, FeedState, Fetched, FetchFailed, FetchOutcome, Unchanged, Validators
from monitor.sources import rhythm, trust
from monitor.sources.trust import NOTHING, Question
from monitor.upkeep import Doubt, Trust

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OLD, NEW = (
    Validators('"1"', "Sat, 21 Nov 2026 10:00:00 GMT"),
    Validators('"2"', "Sun, 22 Nov 2026 10:00:00 GMT"),
)
HOURLY = rhythm.packed(rhythm.first([NOON - step * HOUR for step in range(40)], NOON))
STATE = FeedState(NOON, validators=OLD, body_at=NOON, news_at=NOON, ok_at=NOON, rhythm=HOURLY)


def body(validators: Validators) -> Fetched:
    return Fetched("https://news.example/feed", b"<rss/>", validators=validators)


def told(state: FeedState, answer: FetchOutcome, news: bool, now: datetime = NOON) -> FeedState:
    believed, validators = trust.after(state, trust.question(state, now), answer, news, now)
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
    state = told(replace(STATE, validators=old), body(new), news=True)
    assert trust.doubt_of(state.trust, NOON) is doubt
    assert state.validators == new


def test_a_volatile_body_with_the_same_entries_is_no_lie() -> None:
    assert told(STATE, body(OLD), news=False).trust == Trust()


def test_only_the_honest_one_of_two_is_sent_then_none() -> None:
    state = told(STATE, body(replace(NEW, etag=OLD.etag)), news=True)
    assert trust.question(state, NOON + HOUR) == Question(Validators("", NEW.last_modified))
    state = told(state, body(replace(NEW, etag=OLD.etag)), news=True)
    assert trust.question(state, NOON + HOUR) == Question(NOTHING)


def test_a_liar_is_tried_again_after_thirty_days() -> None:
    state = told(STATE, body(OLD), news=True)
    assert trust.question(state, NOON + 29 * DAY).validators == NOTHING
    state = told(state, body(NEW), news=True, now=NOON + 29 * DAY)
    assert trust.question(state, NOON + 30 * DAY + MINUTE) == Question(NEW)


# --- probes -------------------------------------------------------------------------------------------------


def test_a_304_that_the_rhythm_makes_likely_is_believed() -> None:
    assert trust.question(STATE, NOON + 2 * HOUR) == Question(OLD)


def test_a_304_for_longer_than_the_rhythm_makes_likely_is_probed_once_a_day() -> None:
    assert trust.question(STATE, NOON + 2 * DAY) == Question(NOTHING, probe=True)
    probed = replace(STATE, trust=Trust(probed_at=NOON + 2 * DAY))
    assert not trust.question(probed, NOON + 3 * DAY - MINUTE).probe
    assert trust.question(probed, NOON + 3 * DAY).probe


def test_a_feed_without_a_rhythm_is_probed_after_a_week() -> None:
    state = replace(STATE, rhythm=b"")
    assert not trust.question(state, NOON + 7 * DAY).probe
    assert trust.question(state, NOON + 7 * DAY + MINUTE).probe


def test_without_validators_there_is_nothing_to_probe() -> None:
    assert trust.question(replace(STATE, validators=NOTHING), NOON + 90 * DAY) == Question(NOTHING)


def test_an_honest_server_is_probed_less_and_less_often() -> None:
    state, probes = STATE, []
    for day in range(2, 200):
        now = NOON + day * DAY
        asked = trust.question(state, now)
        state = told(state, body(OLD) if asked.probe else Unchanged(OLD), news=False, now=now)
        state = replace(state, body_at=NOON)  # each time as if nothing had come since
        probes += [day] if asked.probe else []
    gaps = [later - sooner for sooner, later in zip(probes, probes[1:], strict=False)]
    assert gaps == [2, 4, 8, 16, 30, 30, 30, 30, 30][: len(gaps)]
    assert len(probes) <= 9


def test_news_with_the_validators_we_have_proves_the_304_a_lie() -> None:
    now = NOON + 2 * DAY
    state = told(STATE, body(OLD), news=True, now=now)
    assert trust.doubt_of(state.trust, now) is Doubt.BOTH


def test_news_with_other_validators_are_put_to_the_proof() -> None:
    now = NOON + 2 * DAY
    suspected = told(STATE, body(NEW), news=True, now=now)
    assert trust.question(suspected, now + HOUR) == Question(OLD), "the old ones, once more"
    liar = told(suspected, Unchanged(OLD), news=False, now=now + HOUR)
    assert trust.doubt_of(liar.trust, now + HOUR) is Doubt.ETAG
    honest = told(suspected, body(NEW), news=False, now=now + HOUR)
    assert honest.trust == Trust(probed_at=now, honest=1)
    assert honest.validators == NEW


def test_a_failure_proves_nothing() -> None:
    now = NOON + 2 * DAY
    suspected = told(STATE, body(NEW), news=True, now=now)
    failed = FetchFailed(Cause.STATUS, "503 Service Unavailable", 503)
    assert told(suspected, failed, news=False, now=now) == suspected


def test_f54_after_a_304_to_an_unconditional_request_nothing_is_sent() -> None:
    odd = FetchFailed(Cause.STATUS, "304 Not Modified, although nothing was known of it", 304)
    assert told(STATE, odd, news=False, now=NOON + 2 * DAY).validators == NOTHING
