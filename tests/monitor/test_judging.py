"""When something is worth a word to people, and when no more."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.watch import judging
from monitor.watch.machine import Room

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("free", "known", "told"), [(99, False, True), (100, False, False), (119, True, True), (120, True, False)]
)
def test_a_disk_is_nearly_full_and_has_to_ease_before_it_is_not(free: int, known: bool, told: bool) -> None:
    assert bool(judging.disk(Room(free, 1000, "/data"), known)) is told


def test_the_word_about_a_disk_says_which_and_does_not_change_with_every_byte() -> None:
    text = judging.disk(Room(5, 1000, "/data"), False)
    assert "(/data)" in text and "less than 10%" in text
    assert text == judging.disk(Room(90, 1000, "/data"), True)


@pytest.mark.parametrize("room", [None, Room(0, 0)], ids=["on a server", "says nothing"])
def test_a_disk_of_which_nothing_is_known_is_not_full(room: Room | None) -> None:
    assert judging.disk(room, False) == ""


@pytest.mark.parametrize(("count", "known", "told"), [(2, False, False), (3, False, True), (1, True, True)])
def test_one_bad_document_is_no_trouble_of_ours(count: int, known: bool, told: bool) -> None:
    assert bool(judging.kills(["took more than 832 MB"] * count, known)) is told


def test_kills_are_over_when_the_last_is_an_hour_ago() -> None:
    assert judging.kills([], True) == ""


@pytest.mark.parametrize(
    ("wall", "ticked", "says"),
    [
        (5 * SECOND, 5.0, ""),
        (34 * SECOND, 5.0, ""),
        (3605 * SECOND, 3605.0, ""),  # asleep: the other clock goes on as well
        (3605 * SECOND, 5.0, "forward by 1 h"),
        (-7195 * SECOND, 5.0, "back by 2 h"),
    ],
)
def test_a_clock_that_was_set_is_told_from_one_that_goes(wall: timedelta, ticked: float, says: str) -> None:
    text = judging.jump(wall, ticked, NOW)
    assert says in text and bool(text) is bool(says)
