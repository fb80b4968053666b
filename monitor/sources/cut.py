"""A feed document cut into its entries, and the marks by which the next one tells what it has seen before.

feedparser takes 1 ms an entry, and nearly all entries of a changed feed are those of last time. An entry
with the same bytes in the same frame (all that is around the entries) reads the same, so it need not be read
again, with one exception: fresh.py decides by names that several entries of one document may share. So marks
keep the names of every entry, as hashes: who shares one with an unseen entry is read with it, and so is who
shares one with others than last time.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain
from typing import Any, NoReturn
from xml.parsers import expat
from zlib import crc32

from monitor.model import FeedRead
from monitor.sources import archive
from monitor.sources.charset import named_charset, reads_ascii
from monitor.sources.hints import hints_of

# Bytes of a digest. Who makes two alike hides only entries of his own feed; by chance it happens to one of
# 100,000 feeds of 30 entries, polled every five minutes, in two million years.
DIGEST = 8
UNKNOWN = bytes(DIGEST)  # the digest of an entry that could not be cut out
MOST_MARKS = 5000  # entries, 170 KB: all that are read of one document (feed.py)
MOST_TAGS = 50_000  # of one document, comments too: 25 ms; the richest of 1,200 real feeds has 12,000
FORMAT = b"1"  # rises when names or digests are made otherwise: everything is read once more

ROOTS = {"rss": 3, "rdf": 2, "feed": 2}  # how deep its entries stand
ENTRIES = {"item", "entry"}
# What changes in a frame from poll to poll, and says nothing about an entry.
FLEETING = {"pubdate", "lastbuilddate", "updated", "modified", "date", "published", "issued", "created"}
FLEETING |= {"items", "totalresults", "startindex", "itemsperpage", "updatebase"}

Span = tuple[int, int]  # bytes, start inclusive, end exclusive
Names = frozenset[int]  # of one entry, hashed: two that collide cost a reading too many, no more
NAMELESS: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the entries of a document stand, and digests of the bytes of each and of all around them."""

    spans: tuple[Span, ...]
    digests: tuple[bytes, ...]
    frame: bytes


@dataclass(frozen=True, slots=True)
class Marks:
    """What is remembered of a document: of each entry its digest and its names."""

    frame: bytes = UNKNOWN
    digests: tuple[bytes, ...] = ()
    names: tuple[Names, ...] = ()

    def named(self, names: Iterable[tuple[int, Names]]) -> "Marks":
        """With other names of some entries, given by their places."""
        known = dict(enumerate(self.names)) | dict(names)
        return replace(self, names=tuple(known[place] for place in range(len(self.digests))))

    def by_digest(self) -> Mapping[bytes, Names]:
        """The names of every entry whose bytes are known."""
        known = dict(zip(self.digests, self.names, strict=True))
        known.pop(UNKNOWN, None)
        return known


# --- what is new -------------------------------------------------------------------------------------------


def unchanged(body: bytes, url: str, content_type: str, kept: bytes) -> FeedRead | None:
    """The reading of a document that has nothing but entries of the last one, which `kept` are the marks of.

    None: it may have more. Safe beside an event loop for bodies of a few hundred KB: nothing is parsed into
    anything, and nothing takes longer than its bytes.
    """
    old = marks_in(kept)
    found = cut(body, url, content_type) if old.digests else None
    if found is None or found.frame != old.frame:
        return None
    now = carried(found, old)
    if with_company(unseen(found, old), now, old):
        return None
    count = len(found.digests)
    return FeedRead("", (), hints=hints_of(body), total=count, shared=count, marks=marks_out(now))


def unseen(found: Cut, old: Marks) -> set[int]:
    """Which entries of a document the last one did not have, by their places."""
    known = old.by_digest() if found.frame == old.frame else {}
    return {place for place, digest in enumerate(found.digests) if digest not in known}


def carried(found: Cut, old: Marks) -> Marks:
    """The marks of a document as far as the last one has them: unseen entries are without names."""
    known = old.by_digest()
    return Marks(found.frame, found.digests, tuple(known.get(digest, NAMELESS) for digest in found.digests))


def with_company(places: Iterable[int], now: Marks, old: Marks) -> set[int]:
    """These entries and all that the same decisions hang on: who shares a name with one of them, or shares
    one with others than last time, or in another order; and who shares one with those."""
    taken = set(places)
    reach = _moved(now, old).union(*(now.names[place] for place in taken))
    while more := {place for place, own in enumerate(now.names) if place not in taken and own & reach}:
        taken |= more
        reach.update(*(now.names[place] for place in more))
    return taken


def _moved(now: Marks, old: Marks) -> set[int]:
    """Names that other entries bear than last time, or in another order."""
    bearers, before = _bearers(now), _bearers(old)
    return {name for name, digests in bearers.items() if before.get(name) != digests}


def _bearers(marks: Marks) -> Mapping[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for digest, own in zip(marks.digests, marks.names, strict=True):
        for name in own:
            found.setdefault(name, []).append(digest)
    return found


def shared(now: Marks, old: Marks) -> int:
    """How many entries of a document the last one had too: the same bytes, or a name in common."""
    digests, names = old.by_digest().keys(), set(chain.from_iterable(old.names))
    return sum(
        digest in digests or not names.isdisjoint(own)
        for digest, own in zip(now.digests, now.names, strict=True)
    )


def bears(kept: bytes, names: Iterable[str]) -> bool:
    """Does an entry of the marked document bear one of these names? (Or one that hashes alike.)"""
    return not names_of(names).isdisjoint(chain.from_iterable(marks_in(kept).names))


# --- marks as bytes ----------------------------------------------------------------------------------------


def names_of(names: Iterable[str]) -> Names:
    return frozenset(crc32(name.encode("utf-8", "replace")) for name in names)


def marks_out(marks: Marks) -> bytes:
    """The frame's digest; then of each entry its digest, the number of its names, and those. Or nothing."""
    if not 0 < len(marks.digests) <= MOST_MARKS:
        return b""
    rows = (
        struct.pack(f"<{DIGEST}sB{len(own)}I", digest, len(own), *own)
        for digest, own in zip(marks.digests, marks.names, strict=True)
    )
    return b"".join((marks.frame, *rows))


def frameless(kept: bytes) -> bytes:
    """Marks that tell what a document shares with the last one, and let nothing of it be left out."""
    return kept and UNKNOWN + kept[DIGEST:]


def marks_in(kept: bytes) -> Marks:
    """Marks as `marks_out` wrote them; empty bytes: none, nor what is remembered of a sitemap's pages."""
    if archive.is_memory(kept):
        return Marks()
    rows = tuple(_rows(kept))
    return Marks(kept[:DIGEST], tuple(digest for digest, _ in rows), tuple(own for _, own in rows))


def _rows(kept: bytes) -> Iterator[tuple[bytes, Names]]:
    at = DIGEST
    while at < len(kept):
        digest, count = struct.unpack_from(f"<{DIGEST}sB", kept, at)
        at += DIGEST + 1
        yield digest, frozenset(struct.unpack_from(f"<{count}I", kept, at))
        at += 4 * count


# --- cutting -----------------------------------------------------------------------------------------------


def cut(body: bytes, url: str, content_type: str) -> Cut | None:
    """None: not plainly well-formed RSS, RDF or Atom in UTF-8 without entities of its own.

    Well-formed is what feedparser's strict parser takes, because both are expat. Linear in time.
    """
    if not reads_ascii(named_charset(content_type)) or not _is_utf8(body):
        return None
    scan = _Scan(body)
    try:
        scan.run()
    except (expat.ExpatError, _NotPlain):
        return None
    digests = tuple(_digest(body[start:end]) for start, end in scan.entries)
    around = b" ".join(without(body, [*scan.entries, *scan.fleeting]).split())
    frame = _digest(b"\0".join((FORMAT, url.encode("utf-8", "replace"), around)))
    return Cut(tuple(scan.entries), digests, frame)


def without(body: bytes, spans: Iterable[Span]) -> bytes:
    """The bytes that are in none of the spans, which do not overlap."""
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(body[at:start])
        at = end
    return b"".join((*kept, body[at:]))


def _is_utf8(body: bytes) -> bool:
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def _digest(piece: bytes) -> bytes:
    return blake2b(piece, digest_size=DIGEST).digest()


class _NotPlain(Exception):
    """There is something in the document that makes cutting unsafe."""


@dataclass(slots=True)
class _Scan:
    """One walk over a document."""

    body: bytes
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate("utf-8", " "))
    entries: list[Span] = field(default_factory=list)
    fleeting: list[Span] = field(default_factory=list)  # in the frame; comments too
    prefixes: dict[str, str | None] = field(default_factory=dict)
    level: int = 0  # how deep entries stand; 0: before the root
    depth: int = 0
    tags: int = 0
    inside: int = 0  # how deep the entry or fleeting element stands that we are in; 0: in the frame
    start: int = 0  # where that begins

    def run(self) -> None:
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CommentHandler = self._comment
        self.parser.StartNamespaceDeclHandler = self._bind
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.XmlDeclHandler = _check_encoding
        self.parser.Parse(self.body, True)

    def _open(self, name: str, _attributes: object) -> None:
        self.depth += 1
        self._count()
        if not self.inside:
            self._open_in_frame(_local(name))

    def _count(self) -> None:
        self.tags += 1
        if self.tags > MOST_TAGS:
            raise _NotPlain

    def _open_in_frame(self, kind: str) -> None:
        if not self.level:
            self.level = ROOTS.get(kind) or _refuse()
        is_entry = kind in ENTRIES
        if is_entry and self.depth != self.level:
            raise _NotPlain  # feedparser takes it for an entry wherever it stands
        if is_entry or (self.depth > 1 and kind in FLEETING):
            self.inside, self.start = self.depth, self.parser.CurrentByteIndex

    def _close(self, name: str) -> None:
        if self.depth == self.inside:
            span = self.start, self._end_of_tag(_local(name))
            (self.entries if _local(name) in ENTRIES else self.fleeting).append(span)
            self.inside = 0
        self.depth -= 1

    def _end_of_tag(self, kind: str) -> int:
        """Of an element's end tag, where the parser stands; it stands behind an element that has none."""
        at = self.parser.CurrentByteIndex
        end = self.body.index(b">", at) + 1
        tag = self.body[at : end - 1].strip()
        if not tag.startswith(b"</") or tag[2:].rpartition(b":")[2].decode().lower() != kind:
            raise _NotPlain
        return end

    def _comment(self, _text: str) -> None:
        self._count()
        if not self.inside:
            at = self.parser.CurrentByteIndex
            self.fleeting.append((at, self.body.index(b"-->", at) + 3))

    def _bind(self, prefix: str | None, address: str | None) -> None:
        """feedparser keeps what a prefix stands for beyond the element that says so."""
        if prefix and self.prefixes.setdefault(prefix, address) != address:
            raise _NotPlain


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and not reads_ascii(encoding):
        raise _NotPlain


def _refuse(*_: Any) -> NoReturn:
    raise _NotPlain


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()
