"""Manners towards a host, on an event loop without a network."""

import asyncio

import pytest

from monitor.sources.lanes import Lanes


async def test_a_host_is_asked_one_request_at_a_time_in_order() -> None:
    lanes, seen = Lanes(), []

    async def ask(number: int) -> None:
        async with lanes.turn("courier.example"):
            seen.append(f"in {number}")
            await asyncio.sleep(0)
            seen.append(f"out {number}")

    await asyncio.gather(*(ask(number) for number in range(3)))
    assert seen == ["in 0", "out 0", "in 1", "out 1", "in 2", "out 2"]


async def test_hosts_do_not_wait_for_each_other() -> None:
    lanes = Lanes()
    async with lanes.turn("courier.example", 60), lanes.turn("herald.example", 60):
        assert len(lanes) == 2


async def test_a_host_gets_a_breath_between_two_requests() -> None:
    lanes, loop = Lanes(), asyncio.get_running_loop()
    async with lanes.turn("courier.example", 0.05):
        pass
    left = loop.time()
    async with lanes.turn("courier.example"):
        assert loop.time() - left >= 0.049


async def test_a_request_that_fails_owes_the_same_breath() -> None:
    lanes = Lanes()
    with pytest.raises(OSError):
        async with lanes.turn("courier.example", 60):
            raise OSError
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02), lanes.turn("courier.example", 60):
            pass


async def test_giving_up_the_wait_leaves_the_lane_to_the_next() -> None:
    lanes = Lanes()
    async with lanes.turn("courier.example"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), lanes.turn("courier.example"):
                pass
    async with lanes.turn("courier.example"):
        pass
    assert len(lanes) == 0


async def test_hosts_are_forgotten() -> None:
    lanes = Lanes()
    for number in range(1000):
        async with lanes.turn(f"{number}.example"):
            pass
    assert len(lanes) == 0


async def test_hosts_that_are_owed_a_breath_are_forgotten_after_it() -> None:
    lanes = Lanes()
    for number in range(100):
        async with lanes.turn(f"{number}.example", 0.01):
            pass
    await asyncio.sleep(0.02)  # timers of a loop run in the order of their times
    assert len(lanes) == 0


async def test_a_host_asked_again_during_its_breath_is_not_forgotten_twice() -> None:
    lanes = Lanes()
    for _ in range(5):
        async with lanes.turn("courier.example", 0.01):
            assert len(lanes) == 1
    await asyncio.sleep(0.02)  # timers of a loop run in the order of their times
    assert len(lanes) == 0
