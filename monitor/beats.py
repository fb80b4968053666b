"""Beats: what the daemon looks at every so many seconds, hung on APScheduler. Due times live in rows."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

Beat = tuple[Callable[[], None], int]  # what it does, at once; seconds from one to the next


class Beats:
    """They run from their making on, the first of each now, until they are stopped."""

    def __init__(self, beats: Iterable[Beat], now: datetime) -> None:
        # Defaults of the library drop a run that is one second late.
        lenient = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=lenient)
        for beat, seconds in beats:
            self._scheduler.add_job(_in_loop, "interval", (beat,), seconds=seconds, next_run_time=now)
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)


async def _in_loop(beat: Callable[[], None]) -> None:
    """The scheduler runs a plain function in a thread, and only a coroutine in our loop."""
    beat()
