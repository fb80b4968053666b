"""Bodies as servers send them: compressed, half compressed, wrongly labelled, and bombs."""

import gzip
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest

from monitor.model import Cause, FetchFailed
from monitor.sources.decode import MB, decode

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "<rss>Überraschung am Golf</rss>".encode() * 40
LIMIT = 8 * MB


def bare_deflate(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def cause(answer: bytes | FetchFailed) -> Cause:
    assert isinstance(answer, FetchFailed)
    return answer.cause


@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_we_ask_for_is_undone(coding: str) -> None:
    assert decode(CODINGS[coding](TEXT), coding, LIMIT) == TEXT


def test_deflate_comes_with_and_without_its_wrapping() -> None:
    assert decode(bare_deflate(TEXT), "deflate", LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["", "identity", "none", "utf-8", "GZIP", "x-gzip"])
def test_gzip_is_known_by_its_first_bytes(coding: str) -> None:
    assert decode(gzip.compress(TEXT), coding, LIMIT) == TEXT


def test_zstd_is_known_by_its_first_bytes() -> None:
    assert decode(zstd.compress(TEXT), "", LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["", "gzip", "zstd", "utf-8", "identity"])
def test_a_plain_body_stays_as_it_is_whatever_its_label(coding: str) -> None:
    assert decode(TEXT, coding, LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["", *CODINGS])
def test_an_empty_body_is_empty(coding: str) -> None:
    assert decode(b"", coding, LIMIT) == b""


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_a_stream_of_several_members_is_one_body(compress: Callable[[bytes], bytes]) -> None:
    assert decode(compress(TEXT) + compress(TEXT), "", LIMIT) == TEXT * 2


def test_padding_behind_a_gzip_stream_is_left_alone() -> None:
    assert decode(gzip.compress(TEXT) + bytes(100), "gzip", LIMIT) == TEXT


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("missing", [1, 9, 30])
def test_a_stream_without_its_end_is_no_body(coding: str, missing: int) -> None:
    assert cause(decode(CODINGS[coding](TEXT)[:-missing], coding, LIMIT)) is Cause.BROKEN


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_second_member_without_its_end_is_no_body(coding: str) -> None:
    whole = CODINGS[coding](TEXT)
    assert cause(decode(whole + whole[:-5], coding, LIMIT)) is Cause.BROKEN


@pytest.mark.parametrize("coding", ["deflate", "br"])
def test_a_body_that_is_not_what_it_says_is_no_body(coding: str) -> None:
    assert cause(decode(TEXT, coding, LIMIT)) is Cause.BROKEN


def test_a_damaged_stream_is_no_body() -> None:
    damaged = bytearray(gzip.compress(TEXT))
    damaged[30] ^= 0xFF
    answer = decode(bytes(damaged), "gzip", LIMIT)
    assert answer == FetchFailed(Cause.BROKEN, "the body is gzip, but cut short or damaged")


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip,br", "br gzip", "deflate, identity, gzip"])
def test_stacked_codings_are_refused(coding: str) -> None:
    answer = decode(gzip.compress(gzip.compress(TEXT)), coding, LIMIT)
    assert answer == FetchFailed(Cause.BROKEN, "the body is compressed more than once")


@pytest.mark.parametrize("outer", [gzip.compress, zstd.compress])
def test_hidden_stacked_codings_are_refused(outer: Callable[[bytes], bytes]) -> None:
    assert cause(decode(outer(gzip.compress(TEXT)), "", LIMIT)) is Cause.BROKEN


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("size", [2 * MB, 32 * MB])
def test_a_bomb_is_not_set_off(coding: str, size: int) -> None:
    assert cause(decode(CODINGS[coding](bytes(size)), coding, LIMIT)) is Cause.TOO_LARGE


@pytest.mark.parametrize("coding", CODINGS)
def test_a_small_body_may_shrink_as_much_as_it_likes(coding: str) -> None:
    assert decode(CODINGS[coding](bytes(MB)), coding, LIMIT) == bytes(MB)


def test_the_limit_is_exact() -> None:
    assert decode(gzip.compress(TEXT), "gzip", len(TEXT)) == TEXT
    assert cause(decode(gzip.compress(TEXT), "gzip", len(TEXT) - 1)) is Cause.TOO_LARGE


def test_a_body_beyond_the_limit_says_which() -> None:
    noise = bytes(range(256)) * (9 * 4096)
    answer = decode(zlib.compress(noise, 0), "deflate", LIMIT)
    assert answer == FetchFailed(Cause.TOO_LARGE, "more than 8 MB")


def test_a_million_empty_members_are_not_unpacked_one_by_one() -> None:
    assert cause(decode(gzip.compress(b"") * 100_000, "gzip", LIMIT)) is Cause.BROKEN
