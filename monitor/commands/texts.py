"""The texts that people hand to a command, in a file or on stdin."""

import sys
from contextlib import nullcontext
from pathlib import Path

from monitor.errors import WirewatchError
from monitor.sources.charset import BOMS, decoded, kind_of

LARGEST = 32 << 20  # bytes; a megabyte is a long book


def read(path: str) -> bytes:
    """A file, or stdin for `-`. Raises WirewatchError: it cannot be read, is no text, or has no end."""
    name = "stdin" if path == "-" else path
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as file:
            body = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise WirewatchError(f"{name}: {reason.lower()}") from None
    if len(body) > LARGEST:
        raise WirewatchError(f"{name}: larger than {LARGEST >> 20} MB; is it the right file?")
    refuse_file(body, name)
    if b"\0" in body and not body.startswith(tuple(BOMS)):  # UTF-16 has a zero in every other byte
        raise WirewatchError(f"{name}: this is binary data, not text")
    return body


def refuse_file(body: bytes, name: str) -> None:
    """Raises WirewatchError for what begins like a file of another kind."""
    if kind := kind_of(body):
        raise WirewatchError(f"{name}: this is {kind}, not text")


def text(body: bytes) -> str:
    """UTF-8, or what Windows writes instead: UTF-16 with its mark, or an old code page."""
    return decoded(body, "", lambda _: ["cp1252"])
