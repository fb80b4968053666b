"""What people are told of a feed: once an incident, after a patience, and once when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Cause, Feed, FeedSpec, FeedState, FetchFailed, FetchOutcome, Unchanged, Validators
from monitor.model.upkeep import Gap
from monitor.polling import health
from monitor.sources import pace, rhythm

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOURLY = rhythm.packed(rhythm.first([NOON - step * HOUR for step in range(60)], NOON))
FEED = Feed(7, FeedSpec("https://me:secret@courier.example/feed", "Courier"), FeedState(NOON, looked=True))
DOWN = FetchFailed(Cause.TIMEOUT, "no answer within 15 s")
WELL = Unchanged(Validators('"1"'))


class Life:
    """A feed whose polls end as the test says, at hours of its choice, and what people are told of it."""

    def __init__(self, feed: Feed = FEED) -> None:
        self.feed = feed
        self.texts: list[str] = []
        self.turns: list[tuple[str, datetime | None, bool]] = []

    def poll(self, hours: float, fetched: FetchOutcome, news: int = 0, offline: bool = False) -> "Life":
        now = NOON + hours * HOUR
        came = pace.Came(offline=offline)
        state = pace.after(self.feed, fetched, None, "", now, 5 * MINUTE, 0, came)
        state = replace(state, news_at=now if news else state.news_at)
        state, notices = health.told(self.feed, state, news, now)
        self.feed = replace(self.feed, state=state)
        self.texts += [one.text for one in notices]
        self.turns += [(one.key, one.since, one.ends) for one in notices]
        return self


def test_one_notice_an_incident_and_one_when_it_is_over() -> None:
    life = Life()
    for hours in (0, 0.1, 0.5, 1.1, 3, 9, 33):
        life.poll(hours, DOWN)
    (text,) = life.texts
    assert text.startswith("Courier cannot be read since 2026-11-22 12:00 UTC: no answer within 15 s.")
    life.poll(40, WELL).poll(41, WELL)
    assert len(life.texts) == 2
    assert life.texts[1] == "Courier answers again after 40 h, with 0 new entries"


def test_a_notice_says_since_when_entries_may_be_missing() -> None:
    """Since the last good answer: what came after it was not seen, though nobody had failed yet."""
    life = Life().poll(0, WELL).poll(5, DOWN).poll(9, DOWN)
    (text,) = life.texts
    assert "What it has published since 2026-11-22 12:00 UTC may be missing." in text
    (never,) = Life().poll(0, DOWN).poll(2, DOWN).texts
    assert "Nothing of it was ever read." in never


def test_a_second_incident_is_told_again() -> None:
    life = Life().poll(0, DOWN).poll(2, DOWN).poll(3, WELL).poll(4, DOWN).poll(6, DOWN).poll(7, WELL)
    assert life.turns == [
        ("fails 7", NOON, False),
        ("fails 7", None, True),
        ("fails 7", NOON + 4 * HOUR, False),
        ("fails 7", None, True),
    ]


def test_a_blip_is_not_told() -> None:
    life = Life()
    for hours in range(0, 48, 2):
        life.poll(hours, DOWN).poll(hours + 0.9, DOWN).poll(hours + 1.5, WELL)
    assert life.texts == []


def test_an_outage_of_our_own_is_no_incident() -> None:
    life = Life()
    for hours in range(48):
        life.poll(hours, DOWN, offline=True)
    assert life.texts == []
    assert (life.feed.state.failures, life.feed.state.error, life.feed.state.failing_since) == (0, "", None)


@pytest.mark.parametrize(
    ("known", "told_after"),
    [(b"", HOUR), (HOURLY, 3 * HOUR), (rhythm.packed(rhythm.first([], NOON - 90 * DAY)), 3 * DAY)],
)
def test_patience_is_three_times_the_usual_gap_an_hour_at_least(known: bytes, told_after: timedelta) -> None:
    failing = replace(FEED.state, cause=Cause.TIMEOUT, rhythm=known)
    assert health.patience(failing, NOON) == pytest.approx(told_after, abs=10 * MINUTE)


@pytest.mark.parametrize(
    ("status", "told_at"),
    [
        pytest.param(404, 72, id="404 after three days"),
        pytest.param(410, 1, id="F48 410 twice"),
        pytest.param(403, 1, id="403"),
        pytest.param(500, 1, id="500"),
    ],
)
def test_what_a_status_means_decides_when_people_are_told(status: int, told_at: int) -> None:
    life, told = Life(), []
    for hours in (0, 1, 4, 24, 48, 72):
        before = len(life.texts)
        life.poll(hours, FetchFailed(Cause.STATUS, f"{status}", status))
        told += [hours] * (len(life.texts) - before)
    assert told == [told_at]


def test_f47_410_once_is_not_told() -> None:
    life = Life().poll(0, FetchFailed(Cause.STATUS, "410 Gone", 410)).poll(1, WELL)
    assert life.texts == []


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.PAUSED])
def test_every_cause_says_what_to_do_and_no_notice_shows_a_secret(cause: Cause) -> None:
    life = Life().poll(0, FetchFailed(cause, "so it is"))
    life.poll(80, FetchFailed(cause, "so it is"))
    (text,) = life.texts
    assert health.ADVICE[cause] in text
    assert "secret" not in text and "courier.example/feed" in text


def regular(weeks: int = 4) -> Life:
    """A feed that brings an entry an hour, for weeks."""
    known = rhythm.first([], NOON - weeks * 7 * DAY)
    for hour in range(weeks * 7 * 24):
        now = NOON - weeks * 7 * DAY + (hour + 1) * HOUR
        known = rhythm.learnt(known, [None], now - HOUR, now - HOUR, now)
    state = replace(FEED.state, rhythm=rhythm.packed(known), news_at=NOON, ok_at=NOON)
    return Life(replace(FEED, state=state))


def test_a_feed_that_is_quieter_than_ever_is_told_once_and_when_it_publishes_again() -> None:
    life = regular()
    for hours in range(1, 30):
        life.poll(hours, WELL)
    (text,) = life.texts
    assert (
        "nothing new since 2026-11-22 12:00 UTC: longer than in 99 % of its history (about 24 a day)" in text
    )
    life.poll(31, WELL, news=2).poll(32, WELL, news=1)
    assert life.texts[1:] == ["Courier publishes again after 31 h"]


def test_a_silence_as_usual_is_not_told() -> None:
    life = regular()
    for hours in (1, 2, 3):
        life.poll(hours, WELL)
    assert life.texts == []


def test_a_feed_that_was_added_last_week_is_not_called_quiet() -> None:
    life = regular(weeks=1)
    for hours in range(1, 60):
        life.poll(hours, WELL)
    assert life.texts == []


def test_the_owner_is_told_of_a_move_once() -> None:
    life = Life()
    for hours in (0, 12, 24, 36, 60, 90):
        life.poll(hours, replace(WELL, moved_to="https://new.example/feed?key=hush"))
    (text,) = life.texts
    assert "write https://new.example/feed?key=… in place of https://…@courier.example/feed" in text


@pytest.mark.parametrize(
    ("a_day", "words"),
    [(24, "about 24 a day"), (2, "about 2 a day"), (0.3, "about 2 a week"), (0, "hardly any")],
)
def test_the_rate_is_told_in_words(a_day: float, words: str) -> None:
    known = rhythm.first([], NOON - 60 * DAY)
    known = replace(
        known, at=NOON.timestamp(), entries=a_day * rhythm._watched(known, NOON.timestamp()) / 86_400
    )
    assert health.rate(replace(FEED.state, rhythm=rhythm.packed(known)), NOON) == words


def test_a_feed_that_was_found_on_a_page_is_told_with_its_address() -> None:
    found = replace(FEED.state, address="https://courier.example/news.xml", sought_at=NOON)
    _, (one,) = health.told(FEED, found, 1, NOON)
    assert one.text == (
        "Courier is a web page; the feed that it names is asked from now on. In config.yaml, write "
        "https://courier.example/news.xml in place of https://…@courier.example/feed"
    )
    assert health.told(replace(FEED, state=found), found, 1, NOON) == (found, ())


@pytest.mark.parametrize(
    ("alike", "said"),
    [
        ((True,), "Its sitemap lists pages that nothing tells from old ones: they are left alone."),
        ((False,), "Two polls had no entry in common."),
        ((False, True), "2 times two polls had no entry in common."),
    ],
)
def test_a_gap_says_how_it_came(alike: tuple[bool, ...], said: str) -> None:
    gaps = [Gap(7, NOON, NOON + HOUR, 900, alike=one) for one in alike]
    assert said in health.missing(FEED, gaps).text
