"""Chores: what the daemon does now and then that takes time, each one at a time, and waited for at a stop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from monitor.errors import reason_of
from monitor.ops import log

Act = Callable[[], Coroutine[Any, Any, None]]


class Chores:
    """Acts that beats start, as tasks of ours: the scheduler would cancel them in the middle."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    def beat(self, act: Act) -> Callable[[], None]:
        """What a beat calls: it starts the act, unless that is still at work or all are stopping."""
        trouble = ""

        async def run() -> None:
            nonlocal trouble
            before, trouble = trouble, ""
            try:
                await act()
            except Exception as error:  # the next beat tries again
                trouble = reason_of(error)
            if trouble not in ("", before):
                log.get().error(f"{act.__name__.strip('_')}: put off", reason=trouble)

        def start() -> None:
            running = self._running.get(act.__name__)
            if not self._stopping and (running is None or running.done()):
                self._running[act.__name__] = asyncio.create_task(run())

        return start

    def stop(self) -> list[asyncio.Task[None]]:
        """None begins from now on; those that may still be at work."""
        self._stopping = True
        return list(self._running.values())
