"""The plug is pulled every 50 to 350 ms while Slack fails in nine ways: nothing lost, nothing told twice."""

from pathlib import Path

import pytest

from bench import kills


@pytest.mark.timeout(300)
async def test_killed_three_times_a_second_everything_is_told_once(
    tmp_path: Path,
) -> None:
    tally = await kills.run(tmp_path / "kills.db", 90, seed=7)
    assert (tally.lost, tally.doubled, tally.unshown) == (0, 0, 0)
    assert tally.kills > 5 and tally.faults > 5
