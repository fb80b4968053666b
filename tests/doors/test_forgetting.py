"""How long the names of entries are known, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model import Fresh
from monitor.polling import forgetting
from monitor.sources import cut
from monitor.store import entries, feeds, vitals
from monitor.store.db import Tx
from monitor.store.entries import Name
from tests.doors.stores import NOON, a_feed, brought

DAY = timedelta(days=1)
GONE, HERE = {"guid-gone", "https://news.example/gone"}, {"guid-here", "https://news.example/here"}


def marks(*names: str) -> bytes:
    """Of a document with one entry of these names."""
    return cut.marks_out(cut.Marks(cut.UNKNOWN, (b"8 bytes.",), (cut.names_of(names),)))


def known(tx: Tx) -> set[str]:
    return {name.alias for name in entries.names_after(tx, 0, "", 100)}


@pytest.fixture
def shelf(tx: Tx) -> Tx:
    """A store with two entries, the second of which stays in its feed."""
    feed = a_feed(tx)
    brought(tx, feed, "gone", "here")
    feeds.keep_poll(tx, feed, replace(feed.state, marks=marks(*HERE)), Fresh(), NOON)
    return tx


def walk(tx: Tx, days: int) -> None:
    """A walk now and then, the last one on that day."""
    for day in range(days % 50, days + 1, 50):
        forgetting.step(tx, NOON + day * DAY)


def test_a_name_is_forgotten_when_its_feed_has_not_carried_it_for_400_days(shelf: Tx) -> None:
    walk(shelf, 399)
    assert known(shelf) == GONE | HERE
    walk(shelf, 400)
    assert known(shelf) == HERE


def test_an_entry_that_stays_for_years_keeps_its_names_and_for_400_days_more(shelf: Tx) -> None:
    walk(shelf, 1000)
    assert known(shelf) == HERE
    feed = a_feed(shelf)
    feeds.keep_poll(shelf, feed, replace(feed.state, marks=marks("another")), Fresh(), NOON)
    forgetting.step(shelf, NOON + 1365 * DAY)
    assert known(shelf) == HERE
    forgetting.step(shelf, NOON + 1401 * DAY)
    assert not known(shelf)


def test_a_feed_whose_last_document_left_no_marks_forgets_nothing(tx: Tx) -> None:
    brought(tx, a_feed(tx), "gone")
    forgetting.step(tx, NOON + 4000 * DAY)
    assert known(tx) == GONE


def test_the_names_go_and_the_entries_stay(shelf: Tx) -> None:
    forgetting.step(shelf, NOON + 401 * DAY)
    assert not entries.known(shelf, a_feed(shelf).id, sorted(GONE)).by_alias
    assert [one.entry.guid for one in entries.due(shelf, NOON, 9)] == ["guid-gone", "guid-here"]


def test_the_walk_goes_on_where_it_was_and_rests_at_its_end(tx: Tx) -> None:
    feed = a_feed(tx)
    brought(tx, feed, *"abcd")
    feeds.keep_poll(tx, feed, replace(feed.state, marks=marks("other")), Fresh(), NOON)
    left = []
    for minute in range(4):
        forgetting.step(tx, NOON + 401 * DAY + minute * timedelta(minutes=1), most=3)
        left.append(len(known(tx)))
    assert left == [5, 2, 0, 0]
    kept = vitals.vital(tx, forgetting.PLACE)
    assert kept and kept[0] == forgetting.END
    forgetting.step(tx, kept[1] + timedelta(hours=23))
    assert vitals.vital(tx, forgetting.PLACE) == kept


def test_names_between_a_month_and_400_days_are_left_alone() -> None:
    """Nothing is written for them: a walk over millions of names costs their reading."""
    now = datetime(2027, 12, 1, tzinfo=NOON.tzinfo)
    names = [Name(7, name, now - days * DAY) for days in (1, 31, 399, 400) for name in ("here", "gone")]
    carried, gone = forgetting.sorted_out(names, {7: marks("here")}, now)
    assert [name.alias for name in carried] == ["here"] * 3
    assert [(name.alias, (now - name.seen_at).days) for name in gone] == [("gone", 400)]
