"""Counts and spans of time as people read them."""

from datetime import timedelta

import pytest

from monitor.words import counted, span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (60, "1 min"),
        (119, "119 s"),
        (120, "2 min"),
        (3600, "1 h"),
        (7199, "119 min"),
        (7200, "2 h"),
        (86_400, "1 d"),
        (172_799, "47 h"),
        (172_800, "2 d"),
        (86_400 * 1204, "1,204 d"),
    ],
)
def test_a_span_has_one_unit(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_one_is_not_many() -> None:
    assert counted(1, "feed") == "1 feed"
    assert counted(1204, "feed") == "1,204 feeds"
    assert counted(0, "entry", "entries") == "0 entries"
