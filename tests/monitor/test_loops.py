"""A loop finds what is due; work here is a number, and done when it is crossed off."""

import asyncio
import io
from collections.abc import Collection, Hashable, Sequence

from monitor.loops import Loop


class Work:
    """Numbers to do, handed out `share` at a time, as the store shares out the entries of one host."""

    def __init__(self, count: int, share: int) -> None:
        self.left = list(range(count))
        self.share = share
        self.looks = 0
        self.faults: list[Exception] = []  # what goes wrong at the first looks
        self.busy_changed = False
        self.done = asyncio.Event()
        self.loop = Loop[int]("work", self.due, lambda number: number, self.do, room=10)

    async def due(self, room: int, busy: Collection[Hashable]) -> Sequence[int]:
        self.looks += 1
        if self.faults:
            self.loop.wake()  # as a beat does
            raise self.faults.pop(0)
        before = list(busy)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.busy_changed |= list(busy) != before
        taken = sum(number in busy for number in self.left)
        free = [number for number in self.left if number not in busy]
        return free[: min(room, self.share - taken)]

    async def do(self, number: int) -> None:
        for _ in range(1 + number % 3):
            await asyncio.sleep(0)
        self.left.remove(number)
        if not self.left:
            self.done.set()

    async def run(self, wakes: int = 1) -> None:
        """So many wakes, then until all is done or five seconds are over."""
        task = asyncio.create_task(self.loop.run())
        try:
            for _ in range(wakes):
                self.loop.wake()
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            await asyncio.wait_for(self.done.wait(), 5)
        finally:
            task.cancel()


async def test_a_fault_while_looking_for_work_does_not_end_the_loop() -> None:
    work = Work(3, share=3)
    work.faults = [ValueError("a row nobody can read")]
    await work.run(wakes=2)
    assert work.looks >= 2


async def test_a_trouble_that_lasts_is_told_once(logged: io.StringIO) -> None:
    work = Work(1, share=1)
    work.faults = [ValueError("the database is away")] * 2
    await work.run()
    assert logged.getvalue().count("the database is away") == 1


async def test_what_is_busy_does_not_change_while_somebody_looks() -> None:
    """The store looks in a thread of its own, while pieces of work come to their end here."""
    work = Work(20, share=4)
    await work.run()
    assert not work.busy_changed


async def test_what_is_shared_out_in_small_pieces_is_done_without_another_wake() -> None:
    work = Work(200, share=4)
    await work.run()
    assert work.looks <= 101


async def test_a_full_room_is_looked_at_again_when_half_of_it_is_empty() -> None:
    work = Work(200, share=200)
    await work.run()
    assert work.looks <= 41
