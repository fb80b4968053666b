"""The one line on which Slack brings what people press: opened with the daemon, anew with a new config."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from monitor.alerts.socket import Socket
from monitor.ops import log
from monitor.store import vitals
from monitor.store.db import Db


class Hearing:
    """Keeps up at most one socket at a time: Slack would bring each press to one of several."""

    def __init__(self, db: Db, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._notes: set[asyncio.Task[Any]] = set()

    def begin(self, socket: Socket | None) -> None:
        """In the place of the one before. None: there is no app token."""
        self._end()
        self._note("")
        self._task = asyncio.create_task(socket.run()) if socket else None

    def told(self, trouble: str) -> None:
        """For the socket: it broke, or stands."""
        if trouble:
            log.get().warning("buttons and /wirewatch are not heard in Slack; trying again", reason=trouble)
        else:
            log.get().info("buttons and /wirewatch are heard in Slack")
        self._note(trouble)

    def _note(self, trouble: str) -> None:
        """For `wirewatch health`, which is another process."""
        now = self._clock()
        task = asyncio.create_task(
            self._db.write(lambda tx: vitals.beat(tx, "socket", {"trouble": trouble}, now), urgent=False)
        )
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    def _end(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def close(self) -> None:
        """What was pressed is done first, and acknowledged."""
        self._end()
        if self._notes:
            await asyncio.wait(self._notes)
