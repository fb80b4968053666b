"""Which entries of a document too long are taken."""

from monitor.sources.fields import Fields, newest


def fields(*stamps: str) -> list[Fields]:
    return [{"id": str(number), "lastmod": stamp} for number, stamp in enumerate(stamps)]


def taken(entries: list[Fields], most: int) -> str:
    return "".join(entry["id"] for entry in newest(entries, most))


def test_a_short_document_is_taken_whole() -> None:
    assert taken(fields("2020", "", "2026-11-22"), 3) == "012"


def test_the_latest_are_taken_in_the_order_of_the_document() -> None:
    assert taken(fields("2026-11-01", "2024-01-01", "2026-11-22", "2025", "2026-11-21T10:00:00Z"), 3) == "024"


def test_without_dates_both_ends_are_taken() -> None:
    assert taken(fields(*[""] * 10), 4) == "0189"


def test_what_has_no_date_may_be_new() -> None:
    assert taken(fields("2026-11-22", "", "2026-11-21"), 2) == "01"


def test_a_date_that_cannot_be_read_is_none() -> None:
    assert taken(fields("2026-11-22", "yesterday", "2026-11-21"), 2) == "01"
