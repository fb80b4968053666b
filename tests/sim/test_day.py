"""A day of publishers of every habit and fault, small: `python -m bench.day` is the large one."""

import asyncio
from collections.abc import Sequence

import pytest

from bench.day import day, unbalanced
from tests.sim.habits import HABITS
from tests.sim.oracle import Account, accounts, total
from tests.sim.world import World

pytestmark = pytest.mark.timeout(600)  # a minute of CPU, and some machines are slow

SEED = 3
BEAT = 60.0  # seconds


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return asyncio.run(day(tmp_path_factory.mktemp("day"), len(HABITS), SEED, BEAT))


@pytest.fixture(scope="module")
def found(world: World) -> Sequence[Account]:
    return accounts(world)


def test_nothing_comes_in_twice(found: Sequence[Account]) -> None:
    assert not [(one.habit, one.repeats) for one in found if one.repeats]


def test_the_audit_adds_up(world: World) -> None:
    assert not unbalanced(world)


def test_every_entry_was_seen_or_is_named_in_a_notice(found: Sequence[Account]) -> None:
    """Or never stood in its feed for as long as the publisher wants to be left alone."""
    assert total(found).published > 1500
    assert total(found).seen > 0.95 * total(found).published
    assert not [(one.habit, one.missed) for one in found if not one.balanced]
    assert not [(one.habit, one.pending) for one in found if one.pending]
    lasting = ("404 for weeks", "410 for ever", "500 for ever")  # of these people were told that they fail
    assert not [(one.habit, one.failing) for one in found if one.failing and one.habit not in lasting]
