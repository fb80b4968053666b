"""A loop: finds what is due, starts a task for each piece, never the same piece twice at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from typing import Generic, TypeVar

from monitor.errors import reason_of
from monitor.ops import log

Work = TypeVar("Work")

# After an error a piece of work rests this long before it may be taken again. Its row still says that it
# is due: without a rest, a full disk or a fault of ours would be tried thousands of times a second.
REST = 30.0


class Loop(Generic[Work]):
    """`due(room, busy)` names the work, `key` tells two pieces apart, `work` does one piece."""

    def __init__(
        self,
        name: str,
        due: Callable[[int, Collection[Hashable]], Awaitable[Sequence[Work]]],
        key: Callable[[Work], Hashable],
        work: Callable[[Work], Awaitable[None]],
        room: int,
    ) -> None:
        self._name, self._due, self._key, self._work, self._room = name, due, key, work, room
        self._busy: dict[Hashable, asyncio.Task[None] | None] = {}
        self._wake = asyncio.Event()
        self._look_at = -1  # look again when so few are busy; -1: not before the next wake
        self._trouble = ""  # why the last look failed; empty: it did not

    def wake(self) -> None:
        """There may be work: a commit or a beat says so."""
        self._wake.set()

    async def run(self) -> None:
        """Start what is due, for ever. Cancel to stop starting; `drain` then waits for what runs."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._start()
                self._trouble = ""
            except Exception as error:  # whatever it is, the next look may go well; a dead loop never does
                self._tell(reason_of(error))
                await asyncio.sleep(1)

    def _tell(self, reason: str) -> None:
        """Once a trouble, not once a second for as long as a database is away."""
        if reason != self._trouble:
            self._trouble = reason
            log.get().error(f"{self._name}: cannot look for work", reason=reason)

    async def once(self) -> None:
        """Do all that is due, and what becomes due meanwhile; return when there is nothing left."""
        while await self._start() or self._tasks():
            await asyncio.wait(self._tasks(), return_when=asyncio.FIRST_COMPLETED)

    async def drain(self, seconds: float) -> int:
        """Wait for running work, at most so long; what is left is cancelled and counted."""
        tasks = self._tasks()
        if not tasks:
            return 0
        _, left = await asyncio.wait(tasks, timeout=seconds)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return len(left)

    async def settled(self) -> None:
        """Wait until what runs now has come to its end."""
        if tasks := self._tasks():
            await asyncio.wait(tasks)

    @property
    def idle(self) -> bool:
        return not self._tasks()

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for task in self._busy.values() if task is not None]

    async def _start(self) -> int:
        room = self._room - len(self._busy)
        if room <= 0:
            return 0
        found = await self._due(room, tuple(self._busy))
        for one in found:
            self._busy[self._key(one)] = asyncio.create_task(self._do(one))
        self._look_at = len(self._busy) // 2 if found else -1
        return len(found)

    async def _do(self, one: Work) -> None:
        key = self._key(one)
        rest = 0.0
        try:
            await self._work(one)
        except Exception as error:  # this piece rests, all others go on
            rest = REST
            log.get().error(
                f"{self._name}: put off for {REST:.0f} s", reason=reason_of(error), work=repr(key)
            )
        self._free(key, rest)

    def _free(self, key: Hashable, rest: float) -> None:
        if rest:
            self._busy[key] = None
            asyncio.get_running_loop().call_later(rest, self._busy.pop, key, None)
        else:
            self._busy.pop(key, None)
        # One look for work when half of it is done, not one a finished piece: at 500 polls a second that
        # matters. What was found may be the share of a host that has more: the beat alone would starve it.
        if len(self._busy) <= self._look_at:
            self.wake()
