"""Log lines are for people; the work they speak of does not depend on them."""

import io

import pytest

from monitor.ops import log


class Full(io.StringIO):
    """A stream whose disk is full."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


class Shut(io.StringIO):
    """A stream that somebody has closed."""

    def write(self, text: str) -> int:
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize("stream", [Full(), Shut()], ids=["full", "shut"])
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(
    logged: io.StringIO, stream: io.StringIO
) -> None:
    log.setup(stream)
    log.get().error("the store is away")


def test_a_secret_is_masked(logged: io.StringIO) -> None:
    log.get().error("refused", reason="token xoxb-1-2-secret", url="https://me:word@example.org/feed?key=abc")
    shown = logged.getvalue()
    assert "refused" in shown and "example.org" in shown
    assert "secret" not in shown and "word" not in shown and "abc" not in shown
