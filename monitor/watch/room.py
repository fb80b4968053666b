"""The watch: looks every few seconds for what is wrong, tells what has changed, and nothing twice."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from monitor.beats import Beat
from monitor.chores import Chores
from monitor.model import Config, Notice
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.store import feeds, incidents, outbox
from monitor.store.db import Db, Tx
from monitor.watch import judging, machine, standing

LOOK = 5  # seconds
KINDS = (*standing.KINDS, "disk", "kills")
OF_FEEDS = ("fails", "quiet")

Clock = Callable[[], datetime]


def ops_channel(settings: Config) -> str:
    """Where troubles are told; empty: there is none, or no way to it."""
    return settings.slack.ops_channel if settings.slack.token else ""


class Watch:
    """`kills`: of the last hour, why documents killed their readers."""

    def __init__(
        self,
        settings: Callable[[], Config],
        db: Db,
        kills: Callable[[], Sequence[str]],
        *,
        clock: Clock = clock,
        ticking: Callable[[], float] = machine.ticking,
        room_of: Callable[[str], machine.Room | None] = machine.room_of,
    ) -> None:
        self._settings, self._db, self._kills = settings, db, kills
        self._clock, self._ticking, self._room_of = clock, ticking, room_of
        self._time = clock(), ticking()  # at the last look

    def beats(self, chores: Chores) -> tuple[Beat, ...]:
        return ((chores.beat(self.look_after), LOOK), (chores.beat(self.forget_incidents), 86_400))

    async def look_after(self) -> None:
        """What is wrong now, against what was told."""
        settings, now = self._settings(), self._clock()
        await self._check_clock(now)
        room = await asyncio.to_thread(self._room_of, settings.store)
        known = await self._db.read(incidents.going_on)
        subjects = {one.subject for one in known}
        found = {
            "disk": judging.disk(room, "disk" in subjects),
            "kills": judging.kills(self._kills(), "kills" in subjects),
            **await self._db.read(lambda tx: standing.wrong(tx, settings, now)),
        }
        found = {subject: text for subject, text in found.items() if text}
        gone = await self._db.read(lambda tx: _of_feeds_that_are_gone(tx, subjects))
        told = {one.subject: one.text for one in known if one.subject.partition(" ")[0] in KINDS}
        if found != told or gone:
            await self._tell(found, gone, ops_channel(settings), now)

    async def _tell(
        self, found: Mapping[str, str], gone: Collection[str], channel: str, now: datetime
    ) -> None:
        def keep(tx: Tx) -> tuple[Collection[str], Collection[str]]:
            for subject in gone:
                incidents.end(tx, subject, "it is watched no longer", now)
            return incidents.settle(tx, KINDS, found, channel, now, "mended")

        began, ended = await self._db.write(keep)
        for subject in began:
            log.get().warning(found[subject])
        for subject in ended:
            log.get().info("mended", what=subject)

    async def _check_clock(self, now: datetime) -> None:
        (before, ticked), self._time = self._time, (now, self._ticking())
        text = judging.jump(now - before, self._time[1] - ticked, now)
        if not text:
            return
        log.get().warning(text)
        if channel := ops_channel(self._settings()):
            key = f"notice|clock {now.isoformat()}"
            await self._db.write(lambda tx: outbox.put(tx, key, channel, Notice(text), now=now))

    async def forget_incidents(self) -> None:
        now = self._clock()
        await self._db.write(lambda tx: incidents.forget(tx, now), urgent=False)


def _of_feeds_that_are_gone(tx: Tx, subjects: Collection[str]) -> Sequence[str]:
    """What went on of a feed that config.yaml names no longer: nothing will ever end it."""
    named = [(subject, *subject.split(" ", 1)) for subject in subjects if " " in subject]
    return [subject for subject, kind, feed in named if kind in OF_FEEDS and not feeds.get(tx, int(feed))]
