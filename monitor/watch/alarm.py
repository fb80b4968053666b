"""The alarm: a second way to people, while Slack takes nothing. Told once, and once when that is over.

What was told is kept after it was told: a kill in between tells it twice, rather than never.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from monitor.beats import Beat
from monitor.chores import Chores
from monitor.model import AlarmSpec, Config, Fetched, FetchFailed, OnUnknown, Unchanged
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.sources.fetch import Web
from monitor.store import outbox, stuck, vitals
from monitor.store.db import Db, Tx
from monitor.watch import judging, machine

LOOK = 5  # seconds
PATIENCE = timedelta(minutes=10)  # of an outage that may pass by itself
AGAIN = timedelta(minutes=1)  # after which an alarm that could not be given is tried again
KEY = "alarm"  # of the vital that remembers since when people think Slack is away; empty: they do not

Clock = Callable[[], datetime]
Run = Callable[[Sequence[str], str], Awaitable[str]]


class Alarm:
    """Looks whether Slack as a whole can be told, and says so another way. `run`: a command, with a text."""

    def __init__(
        self,
        settings: Callable[[], Config],
        db: Db,
        web: Callable[[], Web],
        *,
        clock: Clock = clock,
        run: Run = machine.run,
    ) -> None:
        self._settings, self._db, self._web = settings, db, web
        self._clock, self._run = clock, run
        self._failed_at: datetime | None = None  # None: the last alarm has not
        self._trouble = ""  # with the last alarm

    def beats(self, chores: Chores) -> tuple[Beat, ...]:
        return ((chores.beat(self.look_at_slack), LOOK),)

    async def look_at_slack(self) -> None:
        settings, now = self._settings(), self._clock()
        rests = self._failed_at is not None and timedelta(0) <= now - self._failed_at < AGAIN
        if not settings.alarm or rests:  # a clock that was set back keeps nobody waiting
            return
        resends = settings.slack.on_unknown is OnUnknown.RESEND
        away = await self._db.read(lambda tx: stuck.away(tx, now, PATIENCE, resends=resends))
        since = await self._db.read(_told)
        if (away is None) == (since is None):
            return
        waiting = await self._db.read(lambda tx: outbox.undelivered(tx, now))
        if away:
            text = judging.slack_away(away, waiting, machine.name())
            await self._tell(settings.alarm, text, away.since.isoformat(), now)
        elif since:
            await self._tell(
                settings.alarm, judging.slack_again(since, waiting, machine.name(), now), "", now
            )

    async def _tell(self, spec: AlarmSpec, text: str, since: str, now: datetime) -> None:
        log.get().warning(text)
        before, self._trouble = self._trouble, await self._give(spec, text)
        if not self._trouble:
            self._failed_at = None
            return await self._db.write(lambda tx: vitals.beat(tx, KEY, since, now))
        self._failed_at = now
        if self._trouble != before:
            log.get().error("alarm: it could not be given, and is tried every minute", reason=self._trouble)

    async def _give(self, spec: AlarmSpec, text: str) -> str:
        """Why that failed; empty: it did not."""
        if spec.command:
            return await self._run(spec.command, f"{text}\n")
        match await self._web().tell(spec.webhook.value, {"text": text}):
            case Fetched():
                return ""
            case FetchFailed() as failed:
                return failed.reason
            case Unchanged():
                return "it answered 304"
            case other:
                assert_never(other)


def _told(tx: Tx) -> datetime | None:
    found = vitals.vital(tx, KEY)
    return datetime.fromisoformat(found[0]) if found and found[0] else None
