"""What servers say in their headers, sense and nonsense."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Validators
from monitor.sources.headers import conditions, fresh_for, retry_after, validators

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
NONE, DAY, WEEK = timedelta(0), timedelta(days=1), timedelta(days=7)


def seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", seconds(120)),
        (" 120 ", seconds(120)),
        ("0", NONE),
        ("604800", WEEK),
        ("1000000000", WEEK),
        ("9" * 5000, WEEK),
        ("Sun, 22 Nov 2026 12:05:00 GMT", seconds(300)),
        ("Sunday, 22-Nov-26 12:05:00 GMT", seconds(300)),
        ("Sun, 22 Nov 2026 13:05:00 +0100", seconds(300)),
        ("Sun, 22 Nov 2026 12:05:00", seconds(300)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", WEEK),
        ("Sun, 22 Nov 2026 11:00:00 GMT", NONE),
        ("", None),
        ("abc", None),
        ("-5", None),
        ("+5", None),
        ("1.5", None),
        ("1e3", None),
        ("１２０", None),
        ("120 seconds", None),
        ("Sun, 99 Nov 2026 12:05:00 GMT", None),
        ("Sun, 22 Nov 99999999999 12:05:00 GMT", None),
        ("\x00", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_nothing_else(value: str, wait: timedelta | None) -> None:
    assert retry_after({"Retry-After": value, "Date": DATE}, NOON) == wait


def test_a_date_is_read_by_the_clock_of_its_server() -> None:
    late = {"Retry-After": "Sun, 22 Nov 2026 15:00:00 GMT", "Date": "Sun, 22 Nov 2026 14:59:00 GMT"}
    assert retry_after(late, NOON) == seconds(60)
    assert retry_after({"Retry-After": "Sun, 22 Nov 2026 12:01:00 GMT"}, NOON) == seconds(60)


def test_no_retry_after_is_no_wish() -> None:
    assert retry_after({}, NOON) is None


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, NONE),
        ({"Cache-Control": "max-age=300"}, seconds(300)),
        ({"Cache-Control": "public, MAX-AGE = 300"}, seconds(300)),
        ({"Cache-Control": 'max-age="300"'}, seconds(300)),
        ({"Cache-Control": "max-age=300", "Age": "100"}, seconds(200)),
        ({"Cache-Control": "max-age=300", "Age": "400"}, NONE),
        ({"Cache-Control": "max-age=300", "Age": "old"}, seconds(300)),
        ({"Cache-Control": "max-age=300", "Age": "-100"}, seconds(300)),
        ({"Cache-Control": "s-maxage=300"}, NONE),
        ({"Cache-Control": "x-max-age=300"}, NONE),
        ({"Cache-Control": "max-age=31536000"}, DAY),
        ({"Cache-Control": "max-age=" + "9" * 5000}, DAY),
        ({"Cache-Control": "max-age=-1"}, NONE),
        ({"Cache-Control": "max-age=soon"}, NONE),
        ({"Cache-Control": "no-cache, max-age=300"}, NONE),
        ({"Cache-Control": "no-store, max-age=300"}, NONE),
        ({"Cache-Control": "private, must-revalidate, max-age=60"}, seconds(60)),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT", "Date": DATE}, seconds(600)),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT"}, seconds(600)),
        ({"Expires": "Sun, 22 Nov 2026 11:00:00 GMT", "Date": DATE}, NONE),
        ({"Expires": "Tue, 01 Jan 2999 00:00:00 GMT", "Date": DATE}, DAY),
        ({"Expires": "0", "Date": DATE}, NONE),
        ({"Expires": "-1", "Date": DATE}, NONE),
        ({"Cache-Control": "max-age=60", "Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, seconds(60)),
        ({"Cache-Control": "public", "Expires": "Sun, 22 Nov 2026 12:01:00 GMT"}, seconds(60)),
    ],
)
def test_an_answer_stays_good_for_as_long_as_it_says_within_reason(
    headers: dict[str, str], left: timedelta
) -> None:
    assert fresh_for(headers, NOON) == left


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "abc", '"with "quotes" inside"', "'single'", '"ü"', ""])
@pytest.mark.parametrize("modified", [DATE, "yesterday, about noon", ""])
def test_f52_validators_go_back_byte_for_byte(etag: str, modified: str) -> None:
    stored = validators({"ETag": etag, "Last-Modified": modified})
    sent = conditions(stored)
    assert (sent.get("If-None-Match", ""), sent.get("If-Modified-Since", "")) == (etag, modified)


def test_validators_are_stored_as_latin_1() -> None:
    assert validators({"ETag": '"ü"'}) == Validators('"\xc3\xbc"')
    assert validators({"ETag": b'"\xfc"'.decode("utf-8", "surrogateescape")}) == Validators('"\xfc"')


def test_a_validator_that_cannot_be_sent_exactly_is_not_sent() -> None:
    assert conditions(Validators('"\xfc"', DATE)) == {"If-Modified-Since": DATE}


@pytest.mark.parametrize(("size", "kept"), [(4096, True), (4097, False), (8192, False)])
def test_f52_a_huge_validator_is_ignored(size: int, kept: bool) -> None:
    assert bool(validators({"ETag": "x" * size}).etag) is kept
