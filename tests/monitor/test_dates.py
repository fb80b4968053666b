from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FeedRead
from monitor.sources.dates import believable, latest_moment, parse_date
from monitor.sources.feed import read_feed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", 10),
        ("Sun,22 Nov 2026 10:0:0 GMT+3", 7),
        ("22 Nov 26 10:00 EST", 15),
        ("22 November 2026 10:00:00 +0530", 4.5),
        ("So, 22. Nov 2026 10:00:00 +0100", 9),
        ("Sun, 22 Nov 2026 10:00:00 +0000 (UTC)", 10),
        ("  Sun, 22 Nov 2026 10:00:00 EDT\n", 14),
        ("2026-11-22T10:00:00Z", 10),
        ("2026-11-22T10:00:00.123456+01:00", 9),
        ("2026-11-22 10:00:00 -0500", 15),
        ("2026-11-22T10:00+03", 7),
        ("20261122T100000Z", 10),
        ("2026-11-22T10:00:00 02:00", 8),  # a plus that somebody decoded as a space
    ],
)
def test_a_date_with_its_zone_is_read(text: str, hour: float) -> None:
    assert parse_date(text) == datetime(2026, 11, 22, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2016/6/29 15:07",  # a library reads 1 November
        "2026-11-22T10:00 02:00",  # seconds, or a zone
        "2026-11-22T10:00:00 0200",
        "22/11/2026 10:00:00 +0000",
        "11/22/2026 10:00:00 PM GMT",
        "Sun, 22 Nov 2026 10:00:00 PM GMT",
        "1480000000",  # ... the year 1479
        "2026-13-45",  # ... New Year 2027
        "2026-W47-7",
        "2026-11-22",  # a day is no time: midnight would be a guess
        "0000-00-00",
        "0000-00-00T00:00:00Z",
        "Sun, 22 Nov 2026 10:00:00",  # no zone
        "2026-11-22T10:00:00",
        "Sun, 22 Nov 2026 10:00:00 IST",  # India's, Ireland's or Israel's
        "Sun, 22 Nov 2026 10:00:00 +9900",
        "Tue, 30 Feb 2026 10:00:00 GMT",
        "Sun, 22 Nov 2026 24:00:00 GMT",
        "Sun, 22 Marvember 2026 10:00:00 GMT",
        "9999-12-31T23:59:59-12:00",
        "Sun, 22 Nov 2026 10:00:00 GMT" + " " * 100_000 + "x",
    ],
)
def test_what_is_not_certainly_a_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_a_leap_second_is_the_last_of_its_minute() -> None:
    assert parse_date("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_believed"),
    [
        (NOON, True),
        (NOON + timedelta(hours=23), True),
        (NOON + timedelta(hours=25), False),
        (datetime(1997, 12, 17, tzinfo=UTC), True),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2099, 1, 1, tzinfo=UTC), False),
        (datetime(1479, 1, 1, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_only_dates_near_enough_are_believed(moment: datetime | None, is_believed: bool) -> None:
    assert believable(moment, NOON) == (moment if is_believed else None)


NEVER_DATES = {
    "F32 the year 2099": "Thu, 01 Jan 2099 10:00:00 GMT",
    "F33 the year 1479": "Sat, 01 Jan 1479 10:00:00 GMT",
    "F34 slashes": "2016/6/29 15:07",
    "F35 no zone": "Sun, 22 Nov 2026 10:00:00",
    "F36 zeros": "0000-00-00",
    "F37 a zone of 99 hours": "Sun, 22 Nov 2026 10:00:00 +9900",
}


@pytest.mark.parametrize("text", NEVER_DATES.values(), ids=NEVER_DATES.keys())
def test_an_entry_with_a_date_that_is_none_comes_in_without(text: str) -> None:
    """It is never dropped for it: in place of its date stands when it was first seen."""
    body = (
        "<rss version='2.0'><channel><title>World</title><item><title>Missiles over Basra</title>"
        f"<link>https://news.example/1</link><pubDate>{text}</pubDate></item></channel></rss>"
    )
    read = read_feed(body.encode(), "https://news.example/feed", "application/xml", NOON)
    assert isinstance(read, FeedRead)
    (entry,) = read.entries
    assert entry.title == "Missiles over Basra" and entry.published is None


@given(st.text())
def test_no_text_is_too_strange_for_a_date(text: str) -> None:
    parse_date(text)
    latest_moment(text)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_date_as_the_standards_write_it_is_read(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(moment.isoformat()) == moment == parse_date(format_datetime(moment))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T10:00:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("Sun, 22 Nov 2026 10:00:00 GMT", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        (" 2026-11-22 ", datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)),
        ("2026-11-22T10:30", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("2024-02", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("2026", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("0000-00-00", None),
        ("20261122", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_last_moment_that_a_date_may_mean(text: str, moment: datetime | None) -> None:
    assert latest_moment(text) == moment
