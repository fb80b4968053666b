"""Why two articles met, or did not, in words for people."""

from monitor.stories.likeness import Likeness
from monitor.stories.reading import Reading
from monitor.stories.vector import Vector

_TOLD = 4  # names, and other words, that a reason gives


def shared(reading: Reading, article: Vector, story: Vector) -> str:
    """`names Klitschko, Thompson; numbers 58, 51`, else the rarest words both have."""
    both = [key for key in article.keys if key in set(story.keys)]
    names = _spelled(reading, [key for key in both if key in reading.names])
    numbers = _spelled(
        reading, [key for key in both if key not in reading.names and _is_figure(reading, key)]
    )
    words = _spelled(
        reading, [key for key in both if key not in reading.names and not _is_figure(reading, key)]
    )
    told = (("names", names), ("numbers", numbers), ("words", "" if names and numbers else words))
    return "; ".join(f"{what} {found}" for what, found in told if found)


def against(found: Likeness) -> str:
    """What stands most against one event."""
    if found.years:
        return "they name different years"
    if found.disputed:
        return "they count the same things differently"
    if found.strangers > _STRANGE:
        return "each has a name that the other lacks"
    return "too few rare words in common"


_STRANGE = 0.5


def _is_figure(reading: Reading, key: int) -> bool:
    return reading.spelled[key][0].isdigit()


def _spelled(reading: Reading, keys: list[int]) -> str:
    return ", ".join(reading.spelled[key] for key in keys[:_TOLD])
