"""What bytes from the web are: no text at all, or text of which charset, whatever header and document say."""

import codecs
import re
from collections.abc import Callable, Iterator

_MAGIC = {
    **{b"%PDF": "a PDF", b"\x89PNG": "an image", b"\xff\xd8\xff": "an image", b"GIF8": "an image"},
    **{b"\x1f\x8b": "compressed data", b"PK\x03\x04": "an archive"},
}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PAGE_TYPES = frozenset(
    (
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "text/plain",
        "application/octet-stream",
    )
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(r"<meta[^>]{0,300}>", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page names its charset
# Subsets that are written where the superset is meant (WHATWG Encoding).
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **{
        "iso-8859-9": "cp1254",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "euc-kr": "cp949",
    },
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_PRINTABLE = bytes(range(0x20, 0x7F))
_MOST_HOLES = 0.1  # of the bytes beyond ASCII may be broken in a page that is UTF-8 all the same


def kind_of(body: bytes) -> str:
    """What bytes that are no text begin like, in words for people; empty: they may be text."""
    return next((name for magic, name in _MAGIC.items() if body.startswith(magic)), "")


def other_type(content_type: str, wanted: frozenset[str]) -> str:
    """The media type that a Content-Type names, if it is none of those `wanted`; empty: it may be one."""
    claim = content_type.partition(";")[0].strip().lower()
    return claim if claim and claim not in wanted else ""


def decoded(body: bytes, content_type: str, guess: Callable[[bytes], list[str]]) -> str:
    """A page as text: by what its bytes prove, then by what header and page claim, then by a guess."""
    for charset in _charsets(body, content_type, guess):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def proves_utf8(body: bytes) -> bool:
    """Valid UTF-8 that is more than ASCII is no accident in text of any length."""
    try:
        return not body.isascii() and bool(body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def reads_ascii(charset: str) -> bool:
    """Does ASCII read the same in this charset? Not in UTF-16, UTF-7, HZ, EBCDIC. Unknown ones: yes."""
    try:
        return _PRINTABLE.decode(charset, "replace") == _PRINTABLE.decode("ascii")
    except LookupError:
        return True


def named_charset(content_type: str) -> str:
    """The charset that a Content-Type names; empty: none."""
    found = _CHARSET.search(content_type)
    return found[1] if found else ""


def _charsets(body: bytes, content_type: str, guess: Callable[[bytes], list[str]]) -> Iterator[str]:
    yield from (charset for bom, charset in BOMS.items() if body.startswith(bom))
    yield "utf-8"  # bytes that are valid UTF-8 are UTF-8, whatever anyone says of them
    if not _holed_utf8(body):
        yield from _claimed(body, content_type)
        yield from guess(body)


def _claimed(body: bytes, content_type: str) -> list[str]:
    """The charsets that header and page name. Latin-1 last: servers say it of pages they know nothing of."""
    head = body[:_HEAD].decode("latin-1")
    claims = _CHARSET.findall(content_type) + _CHARSET.findall(" ".join(_META.findall(head)))
    meant = [_MEANT.get(claim.lower(), claim.lower()) for claim in claims]
    return sorted(meant, key=lambda charset: charset == "cp1252")


def _holed_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    return text.count("\ufffd") <= _MOST_HOLES * sum(1 for _ in _BEYOND_ASCII.finditer(text))
