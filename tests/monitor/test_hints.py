"""Hints of a feed document, as a table: what counts, and what nonsense does (nothing)."""

from datetime import timedelta

import pytest

from monitor.model import Hints
from monitor.sources.hints import HEAD, hints_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENTRY = "<item><title>Bridge opens</title></item>"


def channel(head: str, after: str = ENTRY) -> bytes:
    return f'<?xml version="1.0"?><rss><channel><title>Courier</title>{head}{after}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("", timedelta(0)),
        ("<ttl>60</ttl>", HOUR),
        ("<ttl>\n 15 </ttl>", 15 * MINUTE),
        ("<ttl><![CDATA[ 15 ]]></ttl>", 15 * MINUTE),
        ('<TTL unit="min">15</TTL>', 15 * MINUTE),
        ("<ttl>999999</ttl>", DAY),
        (f"<ttl>{'9' * 40}</ttl>", DAY),
        (f"<ttl>{'9' * 5000}</ttl>", timedelta(0)),
        ("<ttl>0</ttl>", timedelta(0)),
        ("<ttl>-5</ttl>", timedelta(0)),
        ("<ttl>abc</ttl>", timedelta(0)),
        ("<ttl>60 minutes</ttl>", timedelta(0)),
        ("<ttl/>60", timedelta(0)),
        ("<ttl>60", timedelta(0)),
        ("<title>60</title><title/>", timedelta(0)),
        ("<ttl><ttl>60</ttl></ttl>", HOUR),
        ("<ttl>10</ttl><ttl>60</ttl><ttl>x</ttl>", HOUR),
        ("<!-- <ttl>60</ttl> -->", timedelta(0)),
        ("<!-- <item> --><ttl>60</ttl>", HOUR),
        ("<description><![CDATA[<ttl>60</ttl><item>]]></description>", timedelta(0)),
        ("<description><![CDATA[<item>]]></description><ttl>60</ttl>", HOUR),
        ("<items><li/></items><ttl>60</ttl>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        (
            "<sy:updatePeriod>\n\thourly\t</sy:updatePeriod><sy:updateFrequency>\n1\n</sy:updateFrequency>",
            HOUR,
        ),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updateFrequency>4</sy:updateFrequency><sy:updatePeriod>daily</sy:updatePeriod>", 6 * HOUR),
        (
            "<syn:updatePeriod>Weekly</syn:updatePeriod><syn:updateFrequency>14</syn:updateFrequency>",
            12 * HOUR,
        ),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", DAY),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>-2</sy:updateFrequency>", HOUR),
        ("<sy:updatePeriod>often</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", timedelta(0)),
        ("<sy:updateFrequency>1</sy:updateFrequency>", timedelta(0)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>15</ttl>", HOUR),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>90</ttl>", 90 * MINUTE),
    ],
)
def test_a_feed_asks_for_rest(head: str, rest: timedelta) -> None:
    assert hints_of(channel(head)) == Hints(rest)


def test_many_updates_an_hour_are_no_rest_to_speak_of() -> None:
    often = (
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>" + "9" * 40 + "</sy:updateFrequency>"
    )
    assert hints_of(channel(often)).rest < MINUTE


@pytest.mark.parametrize(
    ("hours", "skipped"),
    [
        (["0", "1", "13"], {0, 1, 13}),
        (["07", "7"], {7}),
        (["24"], {0}),
        (["25", "-1", "noon", "", "999"], set()),
        ([str(hour) for hour in range(24)], set()),
        ([str(hour) for hour in range(1, 25)], set()),
        ([str(hour) for hour in range(23)], set(range(23))),
    ],
)
def test_a_feed_names_the_hours_to_stay_away(hours: list[str], skipped: set[int]) -> None:
    listed = "".join(f"<hour>{hour}</hour>\n" for hour in hours)
    assert hints_of(channel(f"<skipHours>{listed}</skipHours>")) == Hints(hours=frozenset(skipped))


@pytest.mark.parametrize(
    ("days", "skipped"),
    [
        (["Saturday", "Sunday"], {5, 6}),
        (["MONDAY", " monday "], {0}),
        (["Sonntag", "Sun", "7", ""], set()),
        (["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], set()),
    ],
)
def test_a_feed_names_the_days_to_stay_away(days: list[str], skipped: set[int]) -> None:
    listed = "".join(f"<day>{day}</day>" for day in days)
    assert hints_of(channel(f"<skipDays>{listed}</skipDays>")) == Hints(days=frozenset(skipped))


@pytest.mark.parametrize("start", ["<item>", "<item rdf:about='x'>", "<entry>", "<atom:entry>", "<ITEM\n>"])
def test_what_an_entry_says_is_not_a_hint(start: str) -> None:
    assert hints_of(channel("", f"{start}<ttl>60</ttl><hour>3</hour>")) == Hints()


def test_hints_are_found_in_utf_16() -> None:
    body = channel("<ttl>60</ttl>").decode().encode("utf-16")
    assert hints_of(body) == Hints(HOUR)


def test_hints_behind_a_long_head_are_not_looked_for() -> None:
    assert hints_of(channel(" " * HEAD + "<ttl>60</ttl>")) == Hints()


@pytest.mark.parametrize(
    "piece",
    [
        "<!--", "<![CDATA[", "<ttl>", "<ttl> ", "<ttl ", "<ttl a", "<ttl>1", "<a", "<", " ", "a", "a:", "<a:",
        "<ttl><![CDATA[ ", "<hour>1</hour>", "<sy:updatePeriod>hourly", "\0", "<!-- -->",
    ],
)  # fmt: skip
def test_hostile_bytes_are_read_once(piece: str) -> None:
    """Quadratic time would be minutes: the limit of a test's time is what catches it."""
    for first in ("", "<ttl>", "<sy:updatePeriod>", "<", "<ttl "):
        assert hints_of((first + piece * HEAD).encode()).rest <= DAY


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\0", b"<html>", b"{}", bytes(range(256)) * 300])
def test_bytes_that_are_no_feed_have_no_hints(body: bytes) -> None:
    assert hints_of(body) == Hints()
