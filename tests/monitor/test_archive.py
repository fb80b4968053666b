"""What a plain sitemap of all pages brings: which are new, and which were touched."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources import archive
from monitor.sources.archive import FIRST_COUNT, MOST_KEPT, MOST_NEWS, Look, Page

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def page(name: object, age: float | None = None) -> Page:
    """Touched so many days before noon; None: undated."""
    return Page(f"https://a.example/{name}", None if age is None else NOON - age * DAY)


def pages(*ages: float | None) -> list[Page]:
    return [page(n, age) for n, age in enumerate(ages)]


def undated(count: int) -> list[Page]:
    return [page(n) for n in range(count)]


def known(listed: Sequence[Page], at: datetime = NOON) -> bytes:
    return archive.look(listed, b"", at).memory


# --- the first look ----------------------------------------------------------------------------------------


def test_at_first_only_pages_of_two_days_are_news() -> None:
    assert archive.look(pages(0.1, 1.9, 2.1, 900, None), b"", NOON).new == (0, 1)


def test_at_first_the_newest_two_hundred_are_news() -> None:
    found = archive.look(pages(*(n / 1000 for n in range(1000))), b"", NOON)
    assert found.new == tuple(range(FIRST_COUNT)) and found.total == 1000 and not found.left


def test_a_first_look_at_fifty_thousand_pages_that_a_machine_has_stamped_reads_few() -> None:
    found = archive.look(pages(*[0.01] * 50_000), b"", NOON)
    assert len(found.new) == FIRST_COUNT and len(found.memory) < 1_000_000


def test_a_page_that_is_listed_twice_is_one_and_a_front_page_is_none() -> None:
    twice = [Page("http://www.a.example/1/?utm_source=x", NOON), page(1, 0), Page("https://a.example/", NOON)]
    found = archive.look(twice, b"", NOON)
    assert found.new == (0,) and found.total == 1


@pytest.mark.parametrize("kept", [b"", b"\0" * 8, b"12345678" + b"x" * 40])
def test_what_is_remembered_of_another_kind_of_feed_is_no_memory(kept: bytes) -> None:
    assert not archive.is_memory(kept)
    assert archive.look(pages(None, 1), kept, NOON).new == (1,)


# --- new pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 3000, 12_345, 20_000])
def test_a_new_page_is_found_wherever_it_stands_among_thousands_without_dates(place: int) -> None:
    listed = undated(20_000)
    grown = [*listed[:place], page("new"), *listed[place:]]
    found = archive.look(grown, known(listed), NOON + HOUR)
    assert found.new == (place,) and (found.known, found.total, found.left) == (20_000, 20_001, 0)


def test_what_was_new_is_known_from_then_on_also_after_it_was_gone() -> None:
    listed = undated(100)
    grown = archive.look([*listed, page("new")], known(listed), NOON + HOUR)
    gone = archive.look(listed[:50], grown.memory, NOON + 2 * HOUR)
    empty = archive.look([], gone.memory, NOON + 3 * HOUR)
    again = archive.look([page("new"), *listed], empty.memory, NOON + 4 * HOUR)
    assert len(grown.new) == 1 and not gone.new and not empty.new and not again.new


def test_an_old_page_that_is_listed_late_is_no_news() -> None:
    found = archive.look(pages(None, 0.1, 6.9, 7.1), known(undated(1)), NOON)
    assert found.new == (1, 2)


def test_after_an_outage_of_a_month_nothing_is_taken_for_old() -> None:
    found = archive.look(pages(29, 36, 38), known([page("x")], NOON - 30 * DAY), NOON)
    assert found.new == (0, 1)


def test_a_small_site_may_double() -> None:
    assert len(archive.look(undated(60), known(undated(10)), NOON).new) == 50


def test_a_site_whose_addresses_all_changed_is_not_read_again_and_what_may_be_missing_is_counted() -> None:
    rebuilt = [page(f"new/{n}") for n in range(5000)]
    found = archive.look(rebuilt, known(undated(5000)), NOON + HOUR)
    assert not found.new and found.left == 5000
    assert not archive.look(rebuilt, found.memory, NOON + 2 * HOUR).left


def test_of_a_site_that_was_rebuilt_and_stamped_by_a_machine_a_few_are_read() -> None:
    rebuilt = [page(f"new/{n}", 0) for n in range(5000)]
    found = archive.look(rebuilt, known(undated(5000)), NOON + HOUR)
    assert len(found.new) == FIRST_COUNT and found.left == 5000 - FIRST_COUNT


def test_a_document_of_a_new_month_is_all_news() -> None:
    month = [page(f"12/{n}", n / 100) for n in range(300)]
    found = archive.look(month, known(undated(5000), NOON - 3 * DAY), NOON)
    assert len(found.new) == 300 and not found.left


def test_more_news_than_can_be_read_are_counted() -> None:
    listed = undated(20_000)
    found = archive.look([*listed, *(page(f"x{n}") for n in range(6000))], known(listed), NOON)
    assert len(found.new) == MOST_NEWS and found.left == 1000


# --- touched pages -----------------------------------------------------------------------------------------


def touched(before: Sequence[Page], after: Sequence[Page]) -> Look:
    return archive.look(after, known(before), NOON)


def test_a_page_whose_date_rises_is_looked_at_again() -> None:
    assert touched(pages(5, 400, 3), pages(5, 0.1, 3)).touched == (1,)


@pytest.mark.parametrize("age", [5, 6, None, -2])
def test_a_date_that_stays_or_falls_or_goes_or_is_to_come_says_nothing(age: float | None) -> None:
    assert not touched(pages(5), pages(age)).touched


def test_a_first_date_says_nothing() -> None:
    found = touched(pages(None), pages(1))
    assert not found.touched
    assert archive.look(pages(0), found.memory, NOON).touched == (0,)


def test_dates_that_all_rise_at_once_are_a_machines_and_later_ones_count_again() -> None:
    stamped = touched(pages(*[5] * 100), pages(*[1] * 100))
    assert not stamped.touched and not stamped.new
    later = archive.look(pages(*[1] * 99, 0), stamped.memory, NOON)
    assert later.touched == (99,)


def test_a_generator_that_stamps_every_run_never_has_pages_read_again() -> None:
    kept = known(pages(*[10] * 500))
    for hour in range(1, 200):
        found = archive.look(pages(*[10 - hour / 24] * 500), kept, NOON - 10 * DAY + hour * HOUR)
        assert not found.touched and not found.new and not found.left
        kept = found.memory


def test_a_busy_newsroom_edits_some_pages_at_once() -> None:
    assert len(touched(pages(*[5] * 100), pages(*[5] * 75, *[0.1] * 25)).touched) == 25


def test_a_page_that_rises_at_every_look_is_read_less_and_less() -> None:
    """A rubric's front. In ten days of hourly rises it is read some twenty times, first every hour."""
    kept, read = known(pages(10), NOON - 10 * DAY), []
    for hour in range(1, 240):
        now = NOON - 10 * DAY + hour * HOUR
        found = archive.look(pages(10 - hour / 24), kept, now)
        read += [hour] if found.touched else []
        kept = found.memory
    assert read[:4] == [1, 2, 3, 4] and 10 <= len(read) <= 25


def test_a_damped_rise_is_made_up_for_when_its_turn_comes() -> None:
    kept = known(pages(10))
    kept = archive.look(pages(2), kept, NOON).memory
    early = archive.look(pages(1.5), kept, NOON)
    late = archive.look(pages(0), early.memory, NOON)
    assert not early.touched and late.touched == (0,)


# --- memory ------------------------------------------------------------------------------------------------


def test_the_documents_of_one_look_are_compared_with_what_was_known_when_it_began() -> None:
    begun = known(undated(10), NOON - 30 * DAY)
    first = archive.look([page("a", 20)], archive.during(begun, begun), NOON)
    second = archive.look([page("b", 20)], archive.during(begun, first.memory), NOON)
    assert first.new == second.new == (0,)
    assert all(archive.knows(second.memory, page(name).url) for name in ("a", "b", 3))
    assert archive.during(b"", first.memory) == b""


def test_first_looks_at_several_documents_are_remembered_together() -> None:
    both = archive.joined(known(pages(1, 2)), known([page("x", 1), page(1, 1)]))
    assert all(archive.knows(both, page(name).url) for name in (0, 1, "x"))
    assert not archive.look([page(1, 1)], both, NOON).touched


def test_of_too_many_pages_those_that_were_listed_last_are_remembered() -> None:
    row = struct.Struct("<8sII")
    full = archive.since(NOON) + b"".join(row.pack(n.to_bytes(8), 0, 0) for n in range(MOST_KEPT))
    kept = archive.look(undated(10), full, NOON).memory
    assert all(archive.knows(kept, page(n).url) for n in range(10))
    assert len(kept) == len(full) and not kept.endswith(full[-row.size :])


def test_a_memory_of_nothing_takes_all_since_then_for_news() -> None:
    assert archive.look(pages(1, 20, 30, None), archive.since(NOON - 20 * DAY), NOON).new == (0, 1, 3)


@given(st.binary(max_size=100), st.lists(st.text(max_size=20), max_size=5))
def test_no_memory_and_no_address_stops_it(noise: bytes, names: list[str]) -> None:
    found = archive.look([Page(name) for name in names], archive.since(NOON) + noise, NOON)
    assert set(found.new) <= set(range(len(names)))
