"""The two loops that every article passes: its words looked up, and the rules that need them found.

They exist twice: in C (_fast.c), where that could be compiled, and in Python. Both say the same; C can also
run programs (program.py), so that fewer rules are left to be judged one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rules.engine.index import Index, Numbers

try:
    from rules.engine import _fast
except ImportError:  # no compiler where it was installed
    _fast = None  # type: ignore[assignment]

Look = Callable[[str], bytes]
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
    """Which rules hold. It is tuned before it finds."""

    def tune(self, index: "Index") -> None:
        """From now on rules are looked up here."""

    def put(self, rule: int, program: bytes) -> None:
        """The program of a rule; it has none at first."""

    def found(self, marks: bytes, tally: Tally) -> "tuple[Numbers, Numbers]":
        """The rules that hold in a document, and those that may; counts its atoms in the tally."""


@dataclass(frozen=True, slots=True)
class Kernel:
    memo: Callable[[Look], Memo]
    finder: Callable[[int], Finder]  # of so many rules
    programs: bool  # does the finder run them?
    picked: Callable[[tuple[str, ...], "Numbers"], list[str]]  # what stands at these numbers


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
    index: "Index"

    def __init__(self, rules: int) -> None: ...

    def tune(self, index: "Index") -> None:
        self.index = index

    def put(self, rule: int, program: bytes) -> None:
        """No program is run."""

    def found(self, marks: bytes, tally: Tally) -> "tuple[Numbers, Numbers]":
        index = self.index  # another thread may tune it
        atoms = np.frombuffer(marks, np.int32)[::3]
        standing = np.zeros(max(len(tally), index.atoms), bool)
        standing[atoms[(atoms >= 0) & (atoms < len(standing))]] = True
        tally += standing[: len(tally)]
        return index.found(np.flatnonzero(standing[: index.atoms]))


def picked(of: tuple[str, ...], numbers: "Numbers") -> list[str]:
    return [of[number] for number in numbers.tolist()]


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
    def __init__(self, rules: int) -> None:
        self.finder = _fast.Finder(rules)
        self.put = self.finder.put

    def tune(self, index: "Index") -> None:
        keys, atoms = index.by_key, index.by_atom
        self.finder.tune(atoms.ends, atoms.values, keys.ends, keys.values)

    def found(self, marks: bytes, tally: Tally) -> "tuple[Numbers, Numbers]":
        sure, unsure = self.finder.found(marks, tally)
        return np.frombuffer(sure, np.int32), np.frombuffer(unsure, np.int32)


PLAIN = Kernel(PlainMemo, PlainFinder, False, picked)
KERNELS: Sequence[Kernel] = (Kernel(FastMemo, FastFinder, True, _fast.picked), PLAIN) if _fast else (PLAIN,)
BEST = KERNELS[0]
