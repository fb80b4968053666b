"""The two loops that every article passes: its words looked up, and the rules that need them found.

They exist twice: in C (rules/_fast.c), where that could be compiled, and in Python. Both say the same; C can
also run programs (rules/program.py), so that fewer rules are left to be judged one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rules.index import Index, Numbers

try:
    from rules import _fast
except ImportError:  # no compiler where it was installed
    _fast = None  # type: ignore[assignment]

Look = Callable[[str], bytes]
Programs = list[bytes | None]
Tally = NDArray[np.int64]

# Remembered pieces of text, about 20 MB; an English newsroom uses some 60,000. Longer ones are addresses,
# noise, or lines of Chinese.
REMEMBERED = 100_000
LONGEST_PIECE = 40

NOBODY: Tally = np.zeros(0, np.int64)


class Memo(Protocol):
    """What pieces of text stand for, looked up once and remembered."""

    def read(self, text: str) -> bytes:
        """The marks of a text."""


class Finder(Protocol):
    def found(self, marks: bytes, programs: Programs, tally: Tally) -> "tuple[Numbers, Numbers]":
        """The rules that hold in a document, and those that may; counts its atoms in the tally."""


@dataclass(frozen=True, slots=True)
class Kernel:
    memo: Callable[[Look], Memo]
    finder: "Callable[[Index], Finder]"
    programs: bool  # does the finder run them?


class PlainMemo:
    def __init__(self, look: Look, limit: int = REMEMBERED) -> None:
        self.look = look
        self.limit = limit
        self.seen: dict[str, bytes] = {}
        self.same: dict[bytes, bytes] = {}  # most pieces mean nothing, or the same

    def read(self, text: str) -> bytes:
        pieces = text.split()
        try:
            return b"".join(map(self.seen.get, pieces))  # type: ignore[arg-type]
        except TypeError:  # a None: some piece was never seen
            return b"".join(map(self.piece, pieces))

    def piece(self, piece: str) -> bytes:
        if (marks := self.seen.get(piece)) is None:
            marks = self.look(piece)
            if len(self.seen) >= self.limit:
                self.seen.clear()
                self.same.clear()
            if len(piece) <= LONGEST_PIECE:
                self.seen[piece] = self.same.setdefault(marks, marks)
        return marks


class PlainFinder:
    def __init__(self, index: "Index") -> None:
        self.index = index

    def found(self, marks: bytes, programs: Programs, tally: Tally) -> "tuple[Numbers, Numbers]":
        atoms = np.frombuffer(marks, np.int32)[::3]
        standing = np.zeros(max(len(tally), self.index.atoms), bool)
        standing[atoms[(atoms >= 0) & (atoms < len(standing))]] = True
        tally += standing[: len(tally)]
        return self.index.found(np.flatnonzero(standing[: self.index.atoms]))


class FastMemo:
    def __init__(self, look: Look, limit: int = REMEMBERED) -> None:
        self.look = look
        self.memo = _fast.Memo(look, limit, LONGEST_PIECE)

    def read(self, text: str) -> bytes:
        try:
            return self.memo.read(text)
        except UnicodeEncodeError:  # half a surrogate pair: C reads UTF-8
            return b"".join(map(self.look, text.split()))


class FastFinder:
    def __init__(self, index: "Index") -> None:
        keys, atoms = index.by_key, index.by_atom
        self.finder = _fast.Finder(atoms.ends, atoms.values, keys.ends, keys.values)

    def found(self, marks: bytes, programs: Programs, tally: Tally) -> "tuple[Numbers, Numbers]":
        sure, unsure = self.finder.found(marks, programs, tally)
        return np.frombuffer(sure, np.int32), np.frombuffer(unsure, np.int32)


PLAIN = Kernel(PlainMemo, PlainFinder, programs=False)
KERNELS: Sequence[Kernel] = (Kernel(FastMemo, FastFinder, programs=True), PLAIN) if _fast else (PLAIN,)
BEST = KERNELS[0]
