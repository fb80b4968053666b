"""Words for people that more than one command needs."""

from datetime import timedelta


def span(between: timedelta) -> str:
    """`40 s`, `5 min`, `3 h`, `2 d`: a span of time."""
    seconds = max(0, round(between.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{round(seconds / size)} {unit}"
    return f"{seconds} s"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 feed`, `1,204 feeds`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
