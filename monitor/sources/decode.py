"""A body as it came over the wire -> the body that was meant, whatever its size claims to be.

Servers compress without saying so and say so without compressing, so gzip and zstd are known by their first
bytes and the header decides only for what has none. A few bytes can hold gigabytes, so no more is decoded
than a true text of that size could hold.
"""

import re
import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from monitor.model import Cause, FetchFailed

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, br, zstd"  # what we ask for: what we can stop half-way

MB = 2**20
RATIO = 200  # text shrinks 3-20 times; past the first MB, more than this is a bomb (gzip can do 1,028)
MEMBERS = 64  # a stream is one member, rarely a few; the bytes that are left are copied for each
ZSTD_WINDOW = {
    int(DecompressionParameter.window_log_max): 23
}  # 8 MB, the most that RFC 9659 lets the web use

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})


class Inflater(Protocol):
    """What zlib and zstd have in common: one member of a stream, and no more of it than asked for."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def decode(raw: bytes, content_encoding: str, limit: int, *, cut: bool = False) -> bytes | FetchFailed:
    """Undo Content-Encoding (RFC 9110 8.4) up to `limit` bytes.

    Fails with TOO_LARGE past the limit or for a bomb, with BROKEN when the bytes are cut short, damaged or
    compressed twice. With `cut` what is beyond the limit is left instead.
    """
    declared = [coding for coding in re.split(r"[,\s]+", content_encoding.lower()) if coding in CODINGS]
    if len(declared) > 1:
        return FetchFailed(Cause.BROKEN, "the body is compressed more than once")
    coding = _sniffed(raw) or "".join(declared)
    room = min(limit, max(MB, RATIO * len(raw)))
    try:
        body = _undone(raw, coding, room)
    except (EOFError, ValueError, zlib.error, brotli.error, ZstdError):
        return FetchFailed(Cause.BROKEN, f"the body is {coding}, but cut short or damaged")
    if len(body) > room and not cut:
        return FetchFailed(Cause.TOO_LARGE, too_large(limit) if room == limit else "a decompression bomb")
    if coding and _sniffed(body):
        return FetchFailed(Cause.BROKEN, "the body is compressed more than once")
    return body[:limit]


def too_large(limit: int) -> str:
    return f"more than {limit // MB} MB"


def _sniffed(raw: bytes) -> str:
    return "gzip" if raw.startswith(GZIP) else "zstd" if raw.startswith(ZSTD) else ""


def _undone(raw: bytes, coding: str, room: int) -> bytes:
    """At most a little more than `room` bytes. Raises EOFError when the stream has no end."""
    match coding:
        case "deflate" if raw:
            # RFC 9110 means zlib's wrapping; some servers send the bare stream (RFC 1951)
            wrapped = raw[0] & 0x0F == 8
            return _members(raw, b"", lambda: zlib.decompressobj(15 if wrapped else -15), room)
        case "br" if raw:
            return _unbrotlied(raw, room)
        case "gzip" if raw.startswith(GZIP):
            return _members(raw, GZIP, lambda: zlib.decompressobj(31), room)
        case "zstd" if raw.startswith(ZSTD):
            return _members(raw, ZSTD, lambda: ZstdDecompressor(options=ZSTD_WINDOW), room)
    return raw


def _members(raw: bytes, magic: bytes, start: Callable[[], Inflater], room: int) -> bytes:
    """All members of a stream, one after the other; padding behind the last is left alone."""
    body = b""
    for _ in range(MEMBERS):
        inflater = start()
        body += inflater.decompress(raw, room + 1 - len(body))
        raw = inflater.unused_data
        if len(body) > room or (inflater.eof and not (magic and raw.startswith(magic))):
            return body
        if not inflater.eof:
            raise EOFError
    raise ValueError("too many members")


def _unbrotlied(raw: bytes, room: int) -> bytes:
    inflater = brotli.Decompressor()
    body = bytes(inflater.process(raw, output_buffer_limit=room + 1))
    while len(body) <= room and not inflater.is_finished():
        more = inflater.process(b"", output_buffer_limit=room + 1 - len(body))
        if not more:
            raise EOFError
        body += more
    return body
