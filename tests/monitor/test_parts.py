"""Whose turn it is among the documents of a sitemap index: no request in vain, none forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.upkeep import Part
from monitor.sources import parts
from monitor.store.codec import parts_in, parts_out

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = [Part(f"first-{n}", named_at=NOON) for n in range(3)]


def read(url: str, days: float, since: float = 0, changed: str = "") -> Part:
    """It was read so many days ago, and had stood still for so many before."""
    at = NOON - days * DAY
    return Part(url, body_hash="x", changed=changed, named_at=at, asked_at=at, body_at=at - since * DAY)


def turn(*others: Part, most: int = 8) -> list[str]:
    return [part.url for part in parts.due([*FIRST, *others], NOON, most)][3:]


@pytest.mark.parametrize(
    ("part", "is_due"),
    [
        pytest.param(Part("a", named_at=NOON), True, id="never asked, undated"),
        pytest.param(Part("a", named_at=NOON, changed="2026-11-20"), True, id="never asked, changed lately"),
        pytest.param(Part("a", named_at=NOON, changed="2024-01-01"), False, id="never asked, of old"),
        pytest.param(Part("a", named_at=NOON, changed="soon"), True, id="never asked, no date at all"),
        pytest.param(read("a", 1 / 24), True, id="an hour, after it was new"),
        pytest.param(read("a", 1 / 24, since=3), False, id="an hour, after three days"),
        pytest.param(read("a", 4 / 24, since=3), True, id="four hours, after three days"),
        pytest.param(read("a", 1.01, since=999), True, id="a day, after years"),
        pytest.param(read("a", 1.01, since=999, changed="2024-01-01"), False, id="a day, dated"),
        pytest.param(read("a", 7.01, changed="2024-01-01"), True, id="a week, dated: dates may stand still"),
        pytest.param(replace(read("a", 0.01, 9), risen=True), True, id="another date"),
        pytest.param(replace(read("a", 0.01, 9), parts=(Part("b"),)), True, id="an index itself"),
        pytest.param(replace(read("a", 0.03), risen=True, failures=1), False, id="failed 40 min ago"),
        pytest.param(replace(read("a", 0.05), failures=1), True, id="failed an hour ago"),
        pytest.param(replace(read("a", 0.9), failures=99), False, id="fails for ever"),
        pytest.param(replace(read("a", 1.01), failures=99), True, id="is not given up"),
    ],
)
def test_a_part_is_asked_when_it_may_have_news(part: Part, is_due: bool) -> None:
    assert turn(part) == ["a"] * is_due


def test_those_that_waited_longest_come_first() -> None:
    others = [read("a", 2), read("b", 3), Part("c", named_at=NOON), read("d", 9)]
    assert turn(*others, most=6) == ["c", "d", "b"]


def test_where_all_rest_one_is_asked_to_see_whether_any_can_be_had() -> None:
    resting = [Part(f"{n}", asked_at=NOON - n * MINUTE, failures=5) for n in range(3)]
    assert [part.url for part in parts.due(resting, NOON, 8)] == ["2"]
    assert parts.due((), NOON, 8) == ()


@given(st.integers(4, 60), st.integers(1, 8))
def test_no_part_of_an_index_that_changes_all_dates_at_every_poll_is_forgotten(count: int, most: int) -> None:
    known = tuple(Part(f"{n}", named_at=NOON) for n in range(count))
    for poll in range(2 * count):
        now = NOON + poll * HOUR
        known = parts.named(known, [Part(f"{n}", changed=f"{now}") for n in range(count)], now)
        asked = {part.url for part in parts.due(known, now, 3 + most)}
        assert len(asked) <= 3 + most
        known = tuple(parts.asked(part, now, "x") if part.url in asked else part for part in known)
    assert all(part.asked_at for part in known)


def test_an_index_that_names_other_parts_forgets_those_it_had() -> None:
    (kept, new) = parts.named([read("a", 1), read("b", 1)], [Part("b"), Part("c", changed="2026")], NOON)
    assert kept == read("b", 1) and new == Part("c", changed="2026", named_at=NOON)


def test_what_is_remembered_of_parts_is_kept() -> None:
    inner = replace(read("i", 3), etag='"e"', last_modified="Mon", failures=2, risen=True, changed="2026")
    known = (replace(read("a", 1), parts=(inner,)), Part("b"))
    assert parts_in(parts_out(known)) == known


def test_only_parts_that_were_there_at_first_are_read_late() -> None:
    first, later = Part("a", named_at=NOON - DAY), Part("b", named_at=NOON - HOUR)
    assert parts.late([first, later, read("c", 2)], NOON) == frozenset()
    assert parts.late([first, later], NOON) == {"a"}
    assert parts.late([first], NOON - DAY) == frozenset(), "the first look itself"
