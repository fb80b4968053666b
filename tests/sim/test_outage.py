"""Outages of our own, lived through with few feeds: nobody is blamed, and one publisher's failure is told."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.model import FeedSpec
from monitor.polling import outage
from monitor.store import feeds
from monitor.store.db import Db, Tx
from tests.sim.publisher import HOUR, Fault, Habit, Publisher
from tests.sim.test_losses import stored
from tests.sim.world import BEGIN, World, sights

END = 16 * HOUR
AWAY = (5.3, 11.1)  # hours
PLAIN = Habit("plain", per_day=24)


@dataclass
class Hourly(World):
    """Each feed is asked once an hour, as its owner wants; somebody stands by who is asked in doubt."""

    witness: bool = False
    cached: tuple[str, ...] = ()  # hosts that are still known when no other name is found
    heard: list[float] = field(default_factory=list)

    def _take_up(self, tx: Tx) -> None:
        named = [FeedSpec(one.url, every=timedelta(hours=1)) for one in self.publishers]
        feeds.sync(tx, named, self.now)
        for number, feed in enumerate(feeds.get_all(tx)):  # asked one after the other, not together
            apart = timedelta(hours=number / len(named))
            feeds.keep_state(tx, feed, replace(feed.state, due_at=self.now + apart))

    def answer(self, url: str, headers: dict[str, str], form: bytes | None = None):  # type: ignore[no-untyped-def]
        away = self.offline
        if any(f"//{host}/" in url for host in self.cached):
            self.offline = ()
        try:
            return World.answer(self, url, headers, form)
        finally:
            self.offline = away

    async def _look_out(self) -> None:
        async def standing_by() -> bool | None:
            self.heard.append(self.t)
            return self.can_ask(self.t) if self.witness else None

        await outage.hear(self.horizon, standing_by, self.clock)
        await World._look_out(self)


def notices(world: World) -> list[str]:
    """What the ops channel reads, line by line: an incident has one, and one more when it is over."""
    asked = "SELECT payload FROM outbox WHERE kind = 'notice' ORDER BY id"
    with Db.open(f"sqlite:///{world.store}") as db:
        rows = db.read_sync(lambda tx: tx.exec_driver_sql(asked).all())
    return [line for row in rows for line in json.loads(row.payload)["text"].splitlines()]


def said(world: World, words: str) -> list[str]:
    return [text for text in notices(world) if words in text]


async def lived(folder: Path, habits: list[Habit], **world: object) -> Hourly:
    publishers = [Publisher(number, habit, 7, END) for number, habit in enumerate(habits)]
    made = Hourly(publishers, folder / "store.db", **world)  # type: ignore[arg-type]
    await made.live(until=END)
    return made


def blamed(world: World) -> list[str]:
    return [feed.name for feed in stored(world) if feed.state.failures or feed.state.error]


@pytest.mark.parametrize(
    ("number", "witness"), [(1, True), (2, True), (2, False), (5, False), (12, True), (12, False)]
)
async def test_an_outage_of_few_feeds_counts_against_none(tmp_path: Path, number: int, witness: bool) -> None:
    world = await lived(tmp_path, [PLAIN] * number, witness=witness, offline=(AWAY,))
    assert not blamed(world)
    assert len(said(world, "seems offline since")) == len(said(world, "is online again")) == 1
    assert len(notices(world)) == 2, notices(world)
    polled = [(feed.state.ok_at - BEGIN).total_seconds() for feed in stored(world)]
    assert all(at > AWAY[1] * HOUR for at in polled)


@pytest.mark.parametrize("number", [2, 12])
async def test_it_is_made_up_for_within_minutes(tmp_path: Path, number: int) -> None:
    world = await lived(tmp_path, [PLAIN] * number, offline=(AWAY,))
    for publisher in world.publishers:
        back = min(s.at for s in sights(world.store) if s.publisher == publisher.number and s.at > 11 * HOUR)
        assert back < (AWAY[1] + 0.5) * HOUR


@pytest.mark.parametrize(("number", "witness"), [(1, True), (1, False), (2, False), (5, True), (12, False)])
@pytest.mark.parametrize("answer", ["dns", "timeout"])
async def test_one_publisher_that_cannot_be_reached_is_told(
    tmp_path: Path, number: int, witness: bool, answer: str
) -> None:
    dead = replace(PLAIN, faults=(Fault(answer, start=5, hours=500),))
    world = await lived(tmp_path, [dead, *[PLAIN] * (number - 1)], witness=witness)
    assert not said(world, "offline")
    assert len(blamed(world)) == len(said(world, "cannot be read")) == 1


async def test_names_that_are_still_remembered_do_not_hide_an_outage(tmp_path: Path) -> None:
    publishers = [Publisher(number, PLAIN, 7, END).host for number in range(2)]
    world = await lived(tmp_path, [PLAIN] * 12, offline=(AWAY,), cached=tuple(publishers))
    assert not blamed(world) and len(said(world, "seems offline since")) == 1
    assert not said(world, "cannot be read")


async def test_most_names_misspelled_is_no_outage_that_never_ends(tmp_path: Path) -> None:
    dead = replace(PLAIN, faults=(Fault("dns", start=0, hours=500),))
    world = await lived(tmp_path, [dead] * 4 + [PLAIN])
    assert len(blamed(world)) == len(said(world, "cannot be read")) == 4
    assert len(said(world, "seems offline")) == len(said(world, "is online again")) <= 1


async def test_nobody_is_asked_to_witness_while_all_goes_well_nor_every_moment(tmp_path: Path) -> None:
    well = await lived(tmp_path, [PLAIN] * 3, witness=True)
    assert not well.heard


async def test_an_outage_hears_the_witness_once_a_minute_at_most(tmp_path: Path) -> None:
    world = await lived(tmp_path, [PLAIN] * 12, witness=True, offline=(AWAY,))
    assert world.heard and all(later - earlier >= 60 for earlier, later in pairwise(world.heard))
