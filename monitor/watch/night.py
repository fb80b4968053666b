"""The line of the day: at midnight, by the wall clock of config.yaml, what came in and what became of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.beats import Beat
from monitor.chores import Chores
from monitor.model import Config, Notice
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.store import days, outbox, vitals
from monitor.store.db import Db, Tx
from monitor.watch import judging
from monitor.watch.room import ops_channel

LOOK = 60  # seconds
KEY = "night"  # of the vital that holds the last day that was told

Clock = Callable[[], datetime]


class Night:
    """Tells each day once: what was told, and that it was, share one commit."""

    def __init__(self, settings: Callable[[], Config], db: Db, *, clock: Clock = clock) -> None:
        self._settings, self._db, self._clock = settings, db, clock

    def beats(self, chores: Chores) -> tuple[Beat, ...]:
        return ((chores.beat(self.tell_the_day), LOOK),)

    async def tell_the_day(self) -> None:
        settings, now = self._settings(), self._clock()
        zone = ZoneInfo(settings.slack.time_zone)
        over = now.astimezone(zone).date() - timedelta(days=1)
        known = await self._db.read(lambda tx: vitals.vital(tx, KEY))
        if known is None:  # a store that has not seen a day yet
            await self._db.write(lambda tx: vitals.beat(tx, KEY, over.isoformat(), now))
        elif date.fromisoformat(known[0]) < over:
            since, until = _midnight(over, zone), _midnight(over + timedelta(days=1), zone)
            day = await self._db.read(lambda tx: days.day(tx, since, until, now))
            await self._tell(over, judging.night(day, f"{over:%a} {over}"), ops_channel(settings), now)

    async def _tell(self, over: date, text: str, channel: str, now: datetime) -> None:
        def keep(tx: Tx) -> None:
            vitals.beat(tx, KEY, over.isoformat(), now)
            if channel:
                outbox.put(tx, f"notice|night {over}", channel, Notice(text), now=now)

        await self._db.write(keep)
        log.get().info(text)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
