"""The one place time comes from. Everything else takes `now` as an argument."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
