"""Words for people that more than one room needs."""

import re
from datetime import timedelta

DAY, HOUR, MINUTE = 86_400, 3_600, 60  # seconds


def span(between: timedelta) -> str:
    """`40 s`, `5 min`, `90 min`, `3 h`, `2 d`: one unit, of which there are two or more, or one exactly."""
    seconds = max(0, round(between.total_seconds()))
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size:,} {unit}"
    return f"{seconds} s"


_SPAN = re.compile(r"([1-9][0-9]{0,4})(m|h|d)")


def read_span(word: str) -> timedelta | None:
    """Of `90m`, `12h`, `7d`. None: it is none."""
    found = _SPAN.fullmatch(word.strip().lower())
    unit = {"m": MINUTE, "h": HOUR, "d": DAY}
    return timedelta(seconds=int(found[1]) * unit[found[2]]) if found else None


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 feed`, `1,204 feeds`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
