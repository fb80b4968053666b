"""How others lose entries, repeat them, or give up: each way once, lived through in the simulated world."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import rules
from monitor.model import Feed
from monitor.store import feeds
from monitor.store.db import Db
from tests.sim.oracle import Account, accounts
from tests.sim.publisher import DAY, HOUR, Fault, Habit, Publisher
from tests.sim.world import World, sights

SEED = 11


def publisher(habit: Habit, until: float = DAY, number: int = 0) -> Publisher:
    return Publisher(number, habit, SEED, until)


async def lived(folder: Path, *publishers: Publisher, until: float = DAY, **world: object) -> World:
    """A world of these publishers, at the end of its time."""
    made = World(publishers, folder / "store.db", **world)  # type: ignore[arg-type]
    await made.live(until=until)
    return made


def account(world: World) -> Account:
    (only,) = accounts(world)
    return only


def stored(world: World) -> Sequence[Feed]:
    with Db.open(f"sqlite:///{world.store}") as db:
        return db.read_sync(feeds.get_all)


def count(world: World, asked: str) -> int:
    with Db.open(f"sqlite:///{world.store}") as db:
        return int(db.read_sync(lambda tx: tx.exec_driver_sql(asked).scalar_one()))


ALERTS = "SELECT count(*) FROM outbox WHERE kind = 'alert'"
EVERYTHING = rules.compile([rules.rule(" OR ".join(("the", "harbour", "minister", "ferry", "strike")))])


async def test_l2_an_article_whose_page_failed_for_two_hours_is_told_with_its_page(tmp_path: Path) -> None:
    habit = Habit("503 on articles", per_day=24, flat=True, pages=(Fault("503", start=4, hours=2),))
    one = publisher(habit, 9 * HOUR)
    world = await lived(tmp_path, one, until=9 * HOUR, rules=EVERYTHING)
    during = one.published(4 * HOUR, 6 * HOUR)
    assert len(during) > 1
    assert count(world, "SELECT count(*) FROM articles WHERE source = 'page'") == count(
        world, "SELECT count(*) FROM entries"
    )
    assert not count(world, "SELECT count(*) FROM entries WHERE state IN ('new', 'failed')")


@pytest.mark.parametrize("dates", ["equal", "none", "past", "future", "zone", "garbage"])
async def test_l7_no_date_hides_an_entry(tmp_path: Path, dates: str) -> None:
    found = account(await lived(tmp_path, publisher(Habit(dates, dates=dates))))
    assert found.seen + found.pending == found.published > 5
    assert found.balanced


@dataclass(slots=True)
class Breathing(Publisher):
    """A feed that shrinks to two entries for a day and grows back."""

    def shown(self, t: float) -> list[int]:
        numbers = Publisher.shown(self, t)
        return numbers[:2] if 0.5 < t / DAY < 1.5 else numbers


async def test_l8_a_feed_that_shrinks_and_grows_back_repeats_nothing(tmp_path: Path) -> None:
    one = Breathing(0, Habit("breathing", window=2000), SEED, 2 * DAY)
    world = await lived(tmp_path, one, until=2 * DAY)
    found = account(world)
    assert len(sights(world.store)) > 500
    assert not found.repeats
    assert not found.missed


@pytest.mark.parametrize("validators", ["lying", "fixed"])
async def test_l9_a_304_that_lies_is_found_out(tmp_path: Path, validators: str) -> None:
    world = await lived(tmp_path, publisher(Habit(validators, validators=validators), 4 * DAY), until=4 * DAY)
    seen = {sight.number for sight in sights(world.store)}
    (one,) = world.publishers
    assert set(one.published(0, 2 * DAY)) & set(one.shown(3 * DAY)) <= seen
    assert max(sight.at for sight in sights(world.store)) > 3 * DAY


async def test_l10_a_feed_that_was_away_for_thirty_days_is_back_within_a_day(tmp_path: Path) -> None:
    habit = Habit("away", faults=(Fault("500", start=24, hours=30 * 24),))
    world = await lived(tmp_path, publisher(habit, 33 * DAY), until=33 * DAY)
    back = [sight.at for sight in sights(world.store) if sight.at > 2 * DAY]
    assert 31 * DAY <= min(back) <= 32.1 * DAY


async def test_l10_an_outage_of_our_own_counts_for_no_feed(tmp_path: Path) -> None:
    publishers = [publisher(Habit("plain", per_day=24), number=n) for n in range(12)]
    world = await lived(tmp_path, *publishers, until=17 * HOUR, offline=((8, 16),))
    assert not [feed for feed in stored(world) if feed.state.failures or feed.state.error]
    back = {sight.publisher: sight.at for sight in sights(world.store)}
    assert all(at > 16 * HOUR for at in back.values())


async def test_l13_what_overflows_between_two_polls_is_seen_or_named(tmp_path: Path) -> None:
    one = publisher(Habit("flood", per_day=1440, window=10, flat=True), 6 * HOUR)
    found = account(await lived(tmp_path, one, until=6 * HOUR))
    assert found.published > 300
    assert found.balanced


async def test_l14_f31_a_new_feed_of_five_hundred_entries_alerts_of_none(tmp_path: Path) -> None:
    one = publisher(Habit("long", window=500, per_day=100), 60)
    world = await lived(tmp_path, one, until=60, rules=EVERYTHING)
    assert len(sights(world.store)) == 500
    assert not count(world, ALERTS)


async def test_l14_guids_that_change_with_every_answer_alert_of_nothing_twice(tmp_path: Path) -> None:
    one = publisher(Habit("churn", guid="random"))
    world = await lived(tmp_path, one, rules=EVERYTHING)
    found = account(world)
    assert not found.repeats
    assert count(world, ALERTS) <= found.seen


async def test_what_is_behind_a_feed_that_fails_for_weeks_is_told_after_three_days(tmp_path: Path) -> None:
    habit = Habit("404", per_day=48, flat=True, faults=(Fault("404", hours=500),))
    found = account(await lived(tmp_path, publisher(habit, 8 * HOUR), until=4 * DAY))
    assert found.failing == found.published - found.seen > 2
    assert found.balanced and not found.untold


async def test_l14_where_nothing_but_the_words_stays_nothing_comes_twice_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    """A new guid at each answer, the moment of asking for a date, no link; three entries at most."""
    habit = Habit("bare", window=3, guid="random", links="none", dates="asked", flat=True)
    found = account(await lived(tmp_path, publisher(habit)))
    assert found.seen == found.published > 5
    assert not found.repeats and found.balanced


async def test_l18_a_maintenance_page_for_a_day_does_not_become_the_address(tmp_path: Path) -> None:
    habit = Habit("maintenance", faults=(Fault("maintenance", start=4, hours=24),))
    one = publisher(habit, 3 * DAY)
    world = await lived(tmp_path, one, until=3 * DAY)
    (feed,) = stored(world)
    assert feed.spec.url == one.url
    found = account(world)
    assert found.balanced


async def test_a_seed_gives_the_same_world_every_time(tmp_path: Path) -> None:
    runs = []
    for name in "ab":
        (tmp_path / name).mkdir()
        random.seed(name)
        world = await lived(tmp_path / name, publisher(Habit("busy", per_day=90, edits=0.3)))
        runs.append((world.polls, sights(world.store)))
    assert runs[0] == runs[1]
    other = replace(Publisher(0, Habit("busy", per_day=90), SEED + 1, DAY))
    assert other.times != publisher(Habit("busy", per_day=90)).times
