"""`python -m tests.sim.scorer` lives through 30 days and writes docs/politeness.md: what logs say of us.

A publisher of every habit, two restarts, one day without a daemon, six hours without a network.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from tests.sim.habits import FAILING, PUBLISHING, SERVING
from tests.sim.publisher import DAY, Habit, Publisher, Reply, Trouble
from tests.sim.score import Asked, Columns, Score
from tests.sim.world import World, people

LIARS = ("fixed", "lying")  # what they answer to a request with validators says nothing
REPORT = Path(__file__).resolve().parents[2] / "docs" / "politeness.md"
DAYS = 30
SEED = 4
BUSIEST = 4.0  # entries a day: what is scored is how we ask, and 30 days of news would take an hour to read
WORLDS = 4  # habits are dealt out to so many worlds, which can be lived through side by side
RESTARTS = (8.4 * DAY, 19.7 * DAY)
DOWN = (12 * DAY, 13 * DAY)
OFFLINE = ((400.0, 406.0),)  # hours
BEAT = 600.0  # seconds; the daemon looks every second, and 30 days have 2.6 million of them


@dataclass
class Scores:
    """A score for every publisher."""

    publishers: Sequence[Publisher]
    by_number: dict[int, Score] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_number = {
            one.number: Score(one.url, lies=one.habit.validators in LIARS) for one in self.publishers
        }

    def asked(
        self, one: Publisher, url: str, headers: dict[str, str], reply: Reply | Trouble, t: float
    ) -> None:
        rest, skipped = 60.0 * one.habit.ttl, not (one.welcome(t) or one.welcome(t - BEAT))
        self.by_number[one.number].heard(Asked(t, url, headers, reply, rest, skipped))

    def restarted(self, t: float) -> None:
        for score in self.by_number.values():
            score.restarted()

    def by_habit(self) -> dict[str, Columns]:
        return {one.habit.name: self.by_number[one.number].columns for one in self.publishers}


SCORED = (*PUBLISHING[::5], *SERVING, *FAILING)  # of those that differ in what they publish, some


def habits_of(world: int) -> list[Habit]:
    return [replace(habit, per_day=min(habit.per_day, BUSIEST)) for habit in SCORED[world::WORLDS]]


async def thirty_days(folder: Path, habits: Sequence[Habit], days: float = DAYS) -> dict[str, Columns]:
    """What the log of a publisher of each habit says."""
    publishers = people(habits, len(habits), SEED, days * DAY)
    scores = Scores(publishers)
    world = World(publishers, folder / "store.db", scores, OFFLINE, beat=BEAT)
    await world.live(until=days * DAY, restarts=RESTARTS, down=DOWN)
    return scores.by_habit()


def report(found: dict[str, Columns]) -> str:
    """The page, as it is committed."""
    total = sum(found.values(), Columns())
    bad = [one for one in fields(Columns) if one.metadata and "whole" not in one.metadata]
    columns = "\n".join(f"| {one.metadata['says']} | {getattr(total, one.name)} |" for one in bad)
    rows = "\n".join(row(habit.name, found[habit.name]) for habit in SCORED)
    verdict = _verdict(total)
    said = PAGE.format(days=DAYS, busiest=BUSIEST, columns=columns, rows=rows, total=total, verdict=verdict)
    return HEAD + said


def row(name: str, each: Columns) -> str:
    return f"| {name} | {each.requests} | {each.conditional} | {each.unconditional} | {_verdict(each)} |"


def _verdict(each: Columns) -> str:
    return "good" if not each.faults else "; ".join(f"{says}: {count}" for says, count in each.faults.items())


HEAD = "<!-- Written by `make politeness`; a test compares it with what happens. -->\n"
PAGE = """# What publishers' logs say of wirewatch

{days} simulated days against a publisher of every habit, with two restarts, a day without a daemon and six
hours without a network; the daemon's own poll on its default pace. The columns are those of the public feed
reader scores and audits. Cookies, referrers, User-Agent, Accept-Encoding and the bytes of an ETag, which the
simulated web cannot vouch for, are counted by the same yardstick on real HTTP
(`tests/sim/test_politeness.py`).

## Faults, all publishers together

| column | count |
|---|---|
{columns}

## By habit, at most {busiest:.0f} entries a day

| habit of the publisher | requests | conditional | unconditional | verdict |
|---|---|---|---|---|
{rows}
| **all** | {total.requests} | {total.conditional} | {total.unconditional} | {verdict} |

Unconditional are: the first request; every request to a publisher that sends no validators; those after an
answer that could not be kept; and the look past a cache that may lie, at most one a day.
"""


def main() -> None:
    found: dict[str, Columns] = {}
    for number in range(WORLDS):
        with tempfile.TemporaryDirectory() as folder:
            found |= asyncio.run(thirty_days(Path(folder), habits_of(number)))
    REPORT.write_text(report(found), encoding="utf-8")


if __name__ == "__main__":
    main()
