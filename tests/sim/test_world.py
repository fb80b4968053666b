"""The world itself: it can see a loss, a repeat and a fault of its own; and gaps that hide."""

import sqlite3
from pathlib import Path

import pytest

from tests.sim.habits import HABITS
from tests.sim.publisher import DAY, HOUR, MARK, Fault, Habit, Publisher, Reply
from tests.sim.test_losses import account, lived, publisher
from tests.sim.world import World, told_of


def changed(world: World, statement: str) -> None:
    with sqlite3.connect(world.store) as connection:
        connection.execute(statement)
    connection.close()


async def test_an_entry_that_is_taken_away_is_missed(tmp_path: Path) -> None:
    one = publisher(Habit("plain", per_day=60))
    world = await lived(tmp_path, one)
    assert account(world).balanced
    changed(world, "PRAGMA foreign_keys = OFF")
    changed(world, f"DELETE FROM entries WHERE link LIKE '%{one.mark(one.published(HOUR, DAY)[0])}.html'")
    found = account(world)
    assert len(found.missed) == 1
    assert not found.balanced


async def test_an_entry_that_comes_twice_is_a_repeat(tmp_path: Path) -> None:
    one = publisher(Habit("plain"))
    world = await lived(tmp_path, one)
    first, second = one.published(HOUR, DAY)[:2]
    changed(world, f"UPDATE entries SET link = '{one.link(first, 0)}' WHERE link = '{one.link(second, 0)}'")
    assert account(world).repeats == 1


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_every_habit_shows_marked_entries(habit: Habit) -> None:
    one = Publisher(3, habit, 1, 4 * DAY)
    marks = {found[0] for found in MARK.finditer(one.document(3 * DAY).decode())}
    assert marks == {one.mark(n) for n in one.shown(3 * DAY)}
    assert one.shown(3 * DAY)


def test_an_honest_server_says_304_to_its_own_validators_only() -> None:
    one = publisher(Habit("plain"))
    first = one.answer(one.url, {}, HOUR)
    assert isinstance(first, Reply)
    tag = first.headers["ETag"]
    same, other = (one.answer(one.url, {"If-None-Match": sent}, HOUR + 1) for sent in (tag, tag + "x"))
    assert isinstance(same, Reply) and isinstance(other, Reply)
    assert (first.status, same.status, other.status) == (200, 304, 200)


async def test_entries_that_stay_on_top_for_ever_do_not_hide_a_gap(tmp_path: Path) -> None:
    habit = Habit(
        "evergreens", per_day=96, window=10, evergreens=10, flat=True, faults=(Fault("503", 14, 6),)
    )
    world = await lived(tmp_path, publisher(habit))
    found = account(world)
    assert found.published > found.seen
    assert told_of(world.store).gaps
    assert found.balanced


async def test_what_a_lying_cache_has_hidden_is_named(tmp_path: Path) -> None:
    """It said "unchanged" until it was found out; what left the feed meanwhile was not seen."""
    one = publisher(Habit("lying", per_day=48, window=10, validators="lying", flat=True), 3 * DAY)
    world = await lived(tmp_path, one, until=3 * DAY)
    found = account(world)
    assert found.published > found.seen
    assert found.balanced


async def test_a_day_without_a_daemon_is_named_where_feeds_turned_over(tmp_path: Path) -> None:
    publishers = [publisher(Habit("busy", per_day=48, window=10), 3 * DAY, n) for n in range(2)]
    world = World(publishers, tmp_path / "store.db")
    await world.live(until=3 * DAY, down=(DAY, 2 * DAY))
    assert len(told_of(world.store).gaps) == 2
    assert account(world).balanced
