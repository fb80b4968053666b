"""Rules that fall silent or flood, on a real store."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Article, Block, Config, Decision, EntryState, Fresh, Notice, Sent, Zone
from monitor.store import edits, entries, feeds, outbox, rates
from monitor.store.db import Db, Tx
from monitor.watch.pulse import Pulse
from tests.doors.stores import ARTICLE, FOUND, NOON, SECOND, a_feed, new
from tests.monitor.configs import LEAST, load

OPS = "#ops"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MISSILES = replace(FOUND, rule="missile-and-iraq")  # as LEAST has it
QUIET = Article("Markets", (Block(Zone.BODY, "All is quiet in Iraq."),), (), NOON)
MUTED = Decision(EntryState.MUTED, "muted")
NONE = Decision(EntryState.NO_MATCH, "no rule")


@dataclass
class Desk:
    """Articles come in, and those that match are noted."""

    settings: Config
    db: Db
    now: datetime = NOON
    number: int = 0
    shown: dict[int, str] = field(default_factory=dict)
    pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(lambda: self.settings, self.db, clock=lambda: self.now)

    async def come(self, matching: Iterable[bool]) -> None:
        await self.db.write(lambda tx: self._come(tx, matching))

    def _come(self, tx: Tx, matching: Iterable[bool]) -> None:
        found = list(matching)
        feed = next(iter(feeds.get_all(tx)), None) or a_feed(tx)
        names = [str(self.number + at) for at in range(len(found))]
        self.number += len(found)
        feeds.keep_poll(tx, feed, feed.state, Fresh(new=tuple(map(new, names))), self.now)
        tx.exec_driver_sql("UPDATE entries SET first_look = (1 = 0)")
        left = iter(found)
        while ready := entries.due(tx, self.now, 1000):
            for entry in ready:
                match = next(left)
                if match:
                    entries.keep_judgement(tx, entry, ARTICLE, (MISSILES,), MUTED, None, self.now)
                else:
                    entries.keep_judgement(tx, entry, QUIET, (), NONE, None, self.now)

    async def days(self, count: int, matches: int, others: int = 8) -> None:
        for _ in range(count):
            self.now += DAY
            await self.come([True] * matches + [False] * others)
            await self.pulse.look_for_silence()
            await self.pulse.look_for_floods()

    async def told(self) -> list[str]:
        await self.db.write(self._deliver)
        return list(self.shown.values())

    def _deliver(self, tx: Tx) -> None:
        while out := outbox.claim(tx, OPS, self.now):
            assert isinstance(out.message, Notice)
            self.shown[out.id] = out.message.text
            outbox.settle(tx, out, Sent(f"{out.id}"), self.now)
        while claimed := edits.claim(tx, self.now + DAY):
            assert isinstance(claimed[0].message, Notice)
            self.shown[claimed[0].id] = claimed[0].message.text
            edits.settle(tx, claimed[0].id, claimed[1], self.now)


@pytest.fixture
def desk(tmp_path: Path, db: Db) -> Desk:
    slack = f'slack: {{token: "${{T}}", ops_channel: "{OPS}"}}\n'
    return Desk(load(tmp_path / "config.yaml", LEAST + slack, {"T": "xoxb-test"}), db)


async def test_a_rule_that_falls_silent_is_told_once_and_closed_when_it_matches_again(desk: Desk) -> None:
    await desk.days(20, matches=2)
    await desk.days(3, matches=0, others=10)
    assert await desk.told() == []
    await desk.days(9, matches=0, others=10)
    [text] = await desk.told()
    assert text == (
        "Rule missile-and-iraq silent for 4 d (usual: 2.1 a day), while 48 articles came in. "
        "Has a name changed, or a feed gone? Nearest: 48 articles matched all but clause 1 (missile)."
    )
    await desk.days(60, matches=0, others=1)
    assert await desk.told() == [text], "longer than a usual rate is remembered"
    await desk.days(1, matches=1)
    assert "✓ it matches again" in (await desk.told())[0]


async def test_a_night_without_articles_is_no_silence(desk: Desk) -> None:
    await desk.days(20, matches=2)
    await desk.days(10, matches=0, others=0)
    assert await desk.told() == []


async def test_a_rule_that_matches_in_bursts_may_rest_between_them(desk: Desk) -> None:
    for _ in range(3):
        await desk.days(1, matches=20)
        await desk.days(8, matches=0, others=10)
    assert await desk.told() == []


async def test_a_rule_that_seldom_matched_has_no_usual_rate(desk: Desk) -> None:
    await desk.days(9, matches=1)
    await desk.days(20, matches=0, others=50)
    assert await desk.told() == []


async def test_a_silent_rule_that_is_taken_out_is_closed(desk: Desk) -> None:
    await desk.days(20, matches=2)
    await desk.days(8, matches=0, others=10)
    assert len(await desk.told()) == 1
    desk.settings = load(desk.settings.path, LEAST.replace("missile + Iraq", "rocket"))
    await desk.pulse.look_for_silence()
    assert "✓" in (await desk.told())[0]


async def test_a_flood_is_told_once_and_closed_when_it_is_over(desk: Desk) -> None:
    await desk.come([True] * 50)
    await desk.pulse.look_for_floods()
    assert await desk.told() == []
    await desk.come([True])
    for _ in range(2):
        await desk.pulse.look_for_floods()
    [text] = await desk.told()
    assert text.startswith("Rule missile-and-iraq floods: it matched more than 50 articles within an hour.")
    desk.now += HOUR + SECOND
    await desk.come([True] * 25)
    await desk.pulse.look_for_floods()
    assert "✓ it is over" in (await desk.told())[0]


async def test_a_first_look_is_no_flood(desk: Desk) -> None:
    await desk.come([True] * 60)
    await desk.db.write(lambda tx: tx.exec_driver_sql("UPDATE entries SET first_look = (1 = 1)"))
    await desk.pulse.look_for_floods()
    assert await desk.told() == [] and await desk.db.read(lambda tx: rates.rates(tx, NOON)) == {}
