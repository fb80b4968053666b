"""The gap alarm: when a poll may have missed entries, how many, and what of older pages fills the gap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Entry, Feed, FeedRead, FeedSpec, FeedState, Fetched, Fresh, NewEntry
from monitor.model.upkeep import Gap
from monitor.sources import gaps, pace, rhythm

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WIRE = rhythm.packed(rhythm.first([NOON - step * 5 * MINUTE for step in range(60)], NOON))
STATE = FeedState(NOON, looked=True, ok_at=NOON - HOUR, polled_at=NOON - HOUR, carried=20, rhythm=WIRE)
NOTHING = FeedRead("", ())
GAP = Gap(1, NOON - 2 * HOUR, NOON, 30, id=1)


def document(total: int) -> FeedRead:
    return FeedRead("", tuple(Entry(f"{n}", "", f"News {n}") for n in range(total)), total=total)


def gap_of(state: FeedState, since: datetime, read: FeedRead = NOTHING) -> Gap:
    return gaps.gap(1, state, since, read, Fetched("https://a.example/", b""), news(20), NOON)


def news(count: int) -> Fresh:
    return Fresh(new=tuple(NewEntry(Entry(f"{n}", "", f"{n}"), (f"guid:{n}",), "", "") for n in range(count)))


@pytest.mark.parametrize(
    ("total", "new", "suspect"),
    [
        (20, 20, True),
        (20, 10, True),
        (20, 9, False),
        (10, 10, True),
        (9, 9, False),
        (0, 0, False),
        (2, 2, False),
    ],
)
def test_a_poll_is_looked_at_when_half_of_a_whole_document_is_new(
    total: int, new: int, suspect: bool
) -> None:
    """An empty or a short document has lost its entries; we have not."""
    assert gaps.is_suspect(STATE, document(total), news(new)) is suspect


@pytest.mark.parametrize(
    ("pushed_at", "shared", "suspect"),
    [
        (NOON - 2 * HOUR, 0, False),
        (NOON - MINUTE, 0, True),
        (NOON - MINUTE, 10, True),
        (NOON - MINUTE, 11, False),
    ],
)
def test_what_a_hub_brought_since_the_last_poll_proves_nothing(
    pushed_at: datetime, shared: int, suspect: bool
) -> None:
    """All of the document is known; but the hub may have lost what came and went between."""
    state = replace(STATE, news_at=pushed_at)
    assert gaps.is_suspect(state, replace(document(20), shared=shared), Fresh()) is suspect


@pytest.mark.parametrize(
    "state", [replace(STATE, looked=False), replace(STATE, ok_at=None), replace(STATE, carried=0)]
)
def test_a_first_document_is_no_gap(state: FeedState) -> None:
    assert not gaps.is_suspect(state, document(20), news(20))


def test_how_much_may_be_missing_follows_from_the_rhythm() -> None:
    found = gap_of(STATE, NOON - HOUR)
    assert (found.since, found.until, found.due_at) == (NOON - HOUR, NOON, NOON)
    busy = gap_of(STATE, NOON - 5 * HOUR)
    assert 1 <= found.most < 15 < busy.most < 90
    assert gap_of(replace(STATE, rhythm=b""), NOON - HOUR).most == 0


def test_a_gap_shortens_the_pace_at_once() -> None:
    got, read = Fetched("https://a.example/", b"<rss/>"), document(20)
    feed = Feed(1, FeedSpec("https://a.example/"), replace(STATE, rhythm=b""))
    quiet = pace.after(feed, got, read, "", NOON, MINUTE, 0, pace.Came(news(1)))
    full = pace.after(feed, got, read, "", NOON, MINUTE, 0, pace.Came(news(20), familiar=False))
    assert full.due_at - NOON <= 15 * MINUTE
    assert quiet.due_at >= NOON


LINKS = {
    b'<rss><channel><atom:link rel="next" href="?paged=2"/><item/>': "https://a.example/feed?paged=2",
    b'<feed><link rel="prev-archive" href="/2026/10"/><link rel="next" href="/x"/>': "https://a.example/2026/10",
    b'<feed><link rel="self" href="/feed"/><link rel="previous" href="/newer"/>': "",
    b'<feed><link rel="next" href="/feed"/>': "",
    b'<feed><link rel="next" href="javascript:alert(1)"/>': "",
    b'<rss><channel><item><atom:link rel="next" href="/evil"/></item>': "",
}


@pytest.mark.parametrize(("body", "address"), LINKS.items())
def test_older_pages_are_those_the_feed_links(body: bytes, address: str) -> None:
    assert gaps.older_page(Fetched("https://a.example/feed", body), NOTHING) == address


def test_a_link_header_names_older_pages_too() -> None:
    got = Fetched("https://a.example/feed", b"", links=('</old>; rel="next"',))
    assert gaps.older_page(got, NOTHING) == "https://a.example/old"


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("https://a.example/feed.json?page=2", "https://a.example/feed.json?page=2"),
        ("https://json.a.example/2", "https://json.a.example/2"),
        ("https://a.example/feed", ""),
        ("https://b.example/feed.json", ""),
        ("https://b.example/", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_json_feed_names_its_next_page_on_its_own_site(named: str, address: str) -> None:
    got = Fetched("https://a.example/feed", b"{}")
    assert gaps.older_page(got, FeedRead("", (), older=named)) == address


def test_of_a_sitemap_a_gap_is_what_may_be_new_and_was_left_out() -> None:
    plain = FeedRead("", (), total=900, archive=True)
    assert not gaps.is_torn(STATE, plain)
    assert gaps.is_torn(STATE, replace(plain, left=700))
    assert gap_of(STATE, NOON - HOUR, replace(plain, left=700)).most == 700
    assert not gaps.is_torn(replace(STATE, looked=False), replace(plain, left=700))


def aged(name: str, hours: float | None) -> Entry:
    return Entry(name, "", name, published=None if hours is None else NOON - hours * HOUR)


@pytest.mark.parametrize(
    ("page", "taken", "reached"),
    [
        ([("a", 0.5), ("b", 1.5)], "ab", False),
        ([("a", 0.5), ("known", 1.5), ("b", 2.5)], "ab", True),
        ([("a", 0.5), ("b", 9)], "a", True),
        ([("a", 9), ("b", 10)], "", True),
        ([("a", None), ("known", 1), ("b", None)], "a", True),
        ([("a", None), ("b", None)], "ab", False),
        ([("known", None)], "", True),
        ([], "", False),
    ],
)
def test_of_an_older_page_only_what_fits_the_gap_is_taken(
    page: list[tuple[str, float | None]], taken: str, reached: bool
) -> None:
    read = FeedRead("", tuple(aged(*one) for one in page))
    found, beyond = gaps.belonging(GAP, read, lambda entry: entry.guid == "known")
    assert "".join(entry.guid for entry in found.entries) == taken
    assert beyond is reached


def test_of_a_sitemap_only_what_is_dated_within_the_gap_is_taken() -> None:
    touched = replace(aged("touched", None), modified=NOON - HOUR)
    read = FeedRead("", (aged("in", 1), aged("old", 50), aged("undated", None), touched, aged("later", -5)))
    assert [entry.guid for entry in gaps.dated(GAP, read).entries] == ["in", "touched"]
