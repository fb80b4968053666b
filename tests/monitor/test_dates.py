from datetime import UTC, datetime, timedelta

import pytest

from monitor.sources.dates import believable, parse_date

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
