"""An outage of our own: told once, blamed on nobody, and made up for when it is over."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from monitor.ops import log
from monitor.polling import health, notices
from monitor.sources.horizon import Horizon
from monitor.store import upkeep, vitals
from monitor.store.db import Db, Tx

KEY = "offline"  # of the vital that remembers since when, over restarts; empty: we are online


def remembered(tx: Tx) -> datetime | None:
    """Since when we were offline when the last run ended; None: we were not."""
    found = vitals.vital(tx, KEY)
    return datetime.fromisoformat(found[0]) if found and found[0] else None


Witness = Callable[[], Awaitable[bool | None]]  # is it reached? None: it says nothing


async def hear(horizon: Horizon, witness: Witness, clock: Callable[[], datetime]) -> None:
    """Where feeds fail and nothing tells whose fault it is, ask whether somebody else answers.

    With one feed that fails, or two, only this tells; with many it tells sooner, and that it is over.
    """
    if horizon.in_doubt(clock()):
        reached = await witness()
        horizon.heard(reached, clock())


async def look(horizon: Horizon, *, db: Db, clock: Callable[[], datetime], ops_channel: str) -> bool:
    """Keep and tell what has changed since the last look. True: feeds are due again."""
    before, since = await db.read(remembered), horizon.offline_since
    if (before is None) == (since is None):
        return False
    now = clock()

    def keep(tx: Tx) -> health.Told:
        vitals.beat(tx, KEY, since.isoformat() if since else "", now)
        if since:
            upkeep.unblame(tx, since)
        asked = upkeep.ask_again(tx, before, now) if before and not since else 0
        told = health.offline(since, horizon.proxy) if since else health.online(before or now, now, asked)
        notices.tell(tx, told, ops_channel, now)
        return told

    told = await db.write(keep)
    log.get().warning(told.text)
    return since is None
