"""The dictionary of a language: its words in families, each a headword and its inflected forms.

simplemma ships one for 54 languages, as a stream of (form, headword). Its own table of them takes 320 MB for
Polish; here the stream is packed into one text and columns of numbers: 87 MB for Polish, 4 MB for English.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from simplemma.strategies.dictionaries import dictionary_factory, frontcode

from rules.text.words import fold

LANGUAGES: frozenset[str] = dictionary_factory.SUPPORTED_LANGUAGES


@dataclass(frozen=True, slots=True)
class Dictionary:
    """`text` is the families one after another, a line a word, the headword first."""

    text: bytes
    starts: "array[int]"  # where in the text each family starts, and where the last one ends
    hashes: "array[int]"  # of the folded words, sorted; 64 bits, so that two words never share one
    owners: "array[int]"  # the number of the family of each

    def __contains__(self, folded: str) -> bool:
        key = hash(folded)
        at = bisect_left(self.hashes, key)
        return at < len(self.hashes) and self.hashes[at] == key

    def has(self, folded: Sequence[str]) -> NDArray[np.bool_]:
        """Which of many words it has, in 0.4 µs each; asked one by one they take 2.5."""
        hashes: NDArray[np.int64] = np.asarray(self.hashes)
        asked = np.fromiter(map(hash, folded), np.int64, len(folded))
        return np.not_equal(np.searchsorted(hashes, asked), np.searchsorted(hashes, asked, "right"))

    def families(self, folded: str) -> list[list[str]]:
        """Every family that has this word: its words as the dictionary spells them, the headword first."""
        key = hash(folded)
        first = last = bisect_left(self.hashes, key)
        while last < len(self.hashes) and self.hashes[last] == key:
            last += 1
        return [self._family(number) for number in self.owners[first:last]]

    def words(self) -> Iterator[str]:
        """All of them, as the dictionary spells them."""
        for number in range(len(self.starts) - 1):
            yield from self._family(number)

    @property
    def size(self) -> int:
        """In bytes."""
        columns = (self.starts, self.hashes, self.owners)
        return len(self.text) + sum(len(column) * column.itemsize for column in columns)

    def _family(self, number: int) -> list[str]:
        return self.text[self.starts[number] : self.starts[number + 1] - 1].decode().split("\n")


EMPTY = Dictionary(b"", array("I", [0]), array("q"), array("I"))


def read(language: str) -> Dictionary:
    """Of one of LANGUAGES: 0.2 s for English; 2 s and 180 MB, most of them for that while, for Russian."""
    families = _families(language)
    hashes, owners = array("q"), array("I")
    for number, family in enumerate(families):
        words = _folded(family.decode()).split("\n")
        hashes.extend(map(hash, words))
        owners.extend([number] * len(words))
    order = np.argsort(np.frombuffer(hashes, np.int64))
    starts = array("I", accumulate((len(family) + 1 for family in families), initial=0))
    text = b"".join(family + b"\n" for family in families)
    return Dictionary(text, starts, _sorted(hashes, order), _sorted(owners, order))


def _sorted(column: "array[int]", order: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "array[int]":
    return array(column.typecode, np.frombuffer(column, column.typecode)[order].tobytes())


def _families(language: str) -> list[bytearray]:
    families: dict[bytes, bytearray] = {}
    for form, head in _records(language):
        family = families.get(head)
        if family is None:
            family = families[head] = bytearray(head)
        if form != head and not _NO_WORD.search(form):
            family += b"\n" + form
    return [family for head, family in families.items() if not _NO_WORD.search(head)]


# What no single word of a text has: -paced, it's, {{{1}}}, L1360742.
_NO_WORD = re.compile("[\0-@[-`{-\x7f]|’|^$".encode())
# In these languages words are written with an apostrophe (здоров'я, ng'ombe), an ending is joined by one
# (Ankara'nın), or a plural by a zero-width non-joiner (موشک‌ها): words are compared without.
_APOSTROPHES, _HEBREW, _NON_JOINER = (re.compile(marks.encode()) for marks in ("'|’", "['\"]|׳|״", "\u200c"))
_DROPPED = dict.fromkeys(("uk", "tr", "sw"), _APOSTROPHES) | {"he": _HEBREW, "fa": _NON_JOINER}


def _records(language: str) -> Iterator[tuple[bytes, bytes]]:
    """(form, headword). simplemma's own reader, record by record: its tables cost four times the memory."""
    stream = dictionary_factory._read_decompressed(language)
    backwards, _, start = frontcode._read_header(stream)
    records = ((form, head) for _, form, head in frontcode._iter_records(stream, start))
    if backwards:
        records = ((form[::-1], head[::-1]) for form, head in records)
    if dropped := _DROPPED.get(language):
        records = ((dropped.sub(b"", form), dropped.sub(b"", head)) for form, head in records)
    return records


# The letters of Europe fold one by one where no mark is beside them: a quarter of the time.
_LETTERS = [chr(code) for code in range(0xC0, 0x590) if chr(code).isalpha()]
_BY_LETTER = str.maketrans({letter: fold(letter) for letter in _LETTERS})
_ONLY_LETTERS = re.compile(f"[\n -~{''.join(_LETTERS)}]*")


def _folded(text: str) -> str:
    """As `fold`."""
    lower = text.lower()
    return lower.translate(_BY_LETTER) if _ONLY_LETTERS.fullmatch(lower) else fold(text)
