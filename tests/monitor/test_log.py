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


SECRET_ADDRESSES = [
    f"https://example.org/feed?{name}=canary"
    for name in (
        "token", "access_token", "key", "api_key", "apikey", "X-Api-Key", "auth", "authorization", "password",
        "passwd", "pwd", "secret", "client_secret", "sig", "signature", "session", "sid", "PHPSESSID", "jwt",
        "user[password]", "tok%65n", "page=2&TOKEN", "a=b;token",
    )
] + [
    "https://me:canary@example.org/feed",
    "https://canary@example.org/feed",
    "https://me:c&canary@example.org/feed",
    "https://me:p@canary@example.org/feed",
    "http://example.org/feed?token=canary&x=1#top",
    "see <http://example.org/feed?token=canary>, twice: http://example.org/feed?token=canary",
]  # fmt: skip


@pytest.mark.parametrize("text", SECRET_ADDRESSES)
def test_an_address_is_shown_without_what_opens_it(text: str) -> None:
    shown = log.mask(text)
    assert "canary" not in shown and "example.org/feed" in shown


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/feed?page=2&lang=en",
        "https://medium.com/@author/a-story",
        "https://example.org/?q=a@b.example",
        "mail desk@example.org; monkey=7",
        "the key=value of it",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert log.mask(text) == text
