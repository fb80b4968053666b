"""The world itself: it can see a loss, a repeat and a fault of its own; and gaps that hide."""

import sqlite3
from pathlib import Path

import pytest

from monitor.store import subscriptions
from monitor.store.db import Db
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


def documents(one: Publisher) -> list[bytes]:
    """Those that an index names; else the feed itself."""
    if one.habit.kind != "index":
        return [one.document(3 * DAY)]
    replies = [one.answer(url, {}, 3 * DAY) for url in one.parts(3 * DAY)]
    return [reply.body for reply in replies if isinstance(reply, Reply)]


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_every_habit_shows_marked_entries(habit: Habit) -> None:
    one = Publisher(3, habit, 1, 4 * DAY)
    marks = {found[0] for body in documents(one) for found in MARK.finditer(body.decode())}
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


@pytest.mark.parametrize(("hour", "hours"), [(14, 6), (3, 4)])
async def test_entries_that_stay_on_top_for_ever_do_not_hide_a_gap(
    tmp_path: Path, hour: int, hours: int
) -> None:
    """Nor before as many have come as a document holds, the evergreens among them."""
    faults = (Fault("503", hour, hours),)
    habit = Habit("evergreens", per_day=96, window=10, evergreens=10, flat=True, faults=faults)
    world = await lived(tmp_path, publisher(habit))
    found = account(world)
    assert found.published > found.seen
    assert told_of(world.store).gaps
    assert found.balanced


async def test_what_a_hub_brings_hides_no_gap(tmp_path: Path) -> None:
    """All that the next poll shows is known, as the hub pushed it; what it lost had come and gone before."""
    habit = Habit("floods", per_day=20, window=15, burst=30, hub=True, lost=3)
    publishers = [publisher(habit, 2 * DAY, number) for number in range(4)]
    world = World(publishers, tmp_path / "store.db", beat=10)
    await world.live(until=3 * DAY)
    found = account(world)
    assert found.named > 10
    assert found.balanced


async def test_a_hub_that_loses_pushes_is_found_out_and_nothing_is_missed(tmp_path: Path) -> None:
    one = publisher(Habit("hub", per_day=24, hub=True, lost=3), 2 * DAY)
    world = await lived(tmp_path, one, until=2 * DAY + HOUR)
    found = account(world)
    assert found.seen == found.published > 30
    with Db.open(f"sqlite:///{world.store}") as db:
        (standing,) = db.read_sync(subscriptions.standings).values()
    assert "left out" in standing.subscription.reason


async def test_a_hub_that_pushes_all_spares_polls(tmp_path: Path) -> None:
    polls = []
    for hub in (False, True):
        (tmp_path / f"{hub}").mkdir()
        one = publisher(Habit("hub", per_day=48, flat=True, hub=hub), 2 * DAY)
        world = await lived(tmp_path / f"{hub}", one, until=2 * DAY + HOUR)
        found = account(world)
        assert found.seen == found.published and found.balanced
        polls.append(found.polls)
    assert polls[1] < polls[0] / 2


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
