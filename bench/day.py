"""A day of many publishers of every habit and fault, lived through by one wirewatch in simulated time.

    python -m bench.day [FEEDS] [SEED]        default 10,000 feeds

Then passing faults cease, nothing more is published, and it goes on until every patience has passed: a feed
that answers 404 is told after three days. Printed for each habit: what was published, seen, named in a gap
notice, named in the notice of a feed that still fails, behind such a feed without a notice (0), out of reach,
still to come, missed (0), told twice (0), and how often publishers were asked. Ends with 1 when an entry was
lost, repeated or left untold, or when the audit does not add up.
"""

import asyncio
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from monitor.store import ledger
from monitor.store.db import Db
from tests.sim.habits import HABITS
from tests.sim.oracle import accounts, table, total
from tests.sim.publisher import DAY, HOUR
from tests.sim.world import World, people

GRACE = 3 * DAY + 27 * HOUR  # the longest patience; and the longest back-off, with its spread
OFFLINE = ((15.0, 16.5),)  # hours in which the machine has no network


def main(count: int = 10_000, seed: int = 1) -> int:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        world = asyncio.run(day(Path(folder), count, seed, hourly=partial(_progress, started=started)))
        spent = time.perf_counter() - started
        found = accounts(world)
        print(table(found))
        for line in total(found).missed[:20]:
            print(f"  missed {line}")
        odd = unbalanced(world)
        print(f"audit: {'balanced' if not odd else odd[:5]}")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{world.polls} polls in {spent:.0f} s ({1000 * spent / world.polls:.2f} ms each), {memory} MB")
        return 0 if not odd and all(one.balanced for one in found) else 1


Watch = Callable[[World], None]


def unwatched(world: World) -> None:
    """Nobody waits for it."""


async def day(folder: Path, count: int, seed: int, beat: float = 10, hourly: Watch = unwatched) -> World:
    """A day with an outage of our own and a restart, and the time of grace. `hourly` is told of each hour."""
    publishers = people(HABITS, count, seed, DAY)
    gc.freeze()  # as the daemon does: no collection has to look at all that is published
    world = World(publishers, folder / "store.db", offline=OFFLINE, beat=beat, hourly=hourly)
    await world.live(until=DAY + GRACE, restarts=(9 * HOUR,))
    return world


def _progress(world: World, started: float) -> None:
    spent = time.perf_counter() - started
    line = f"hour {world.t // HOUR:.0f} of {(DAY + GRACE) / HOUR:.0f}: {world.polls:,} polls in {spent:.0f} s"
    print(line, file=sys.stderr, flush=True)


def unbalanced(world: World) -> list[str]:
    with Db.open(f"sqlite:///{world.store}") as db:
        found = db.read_sync(ledger.audit)
    return [f"{feed.name}: {line}" for feed in found for line in feed.unaccounted]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
