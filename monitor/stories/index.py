"""Which of the latest articles hold a key: a triple or a term. The newest in a dictionary, others in arrays.

100,000 articles of 150 keys would fill 2 GB as dictionaries and lists; sorted arrays take 8 bytes a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
SEALED = 4_096  # articles: so many are sorted at once, in 30 ms


@dataclass(frozen=True, slots=True)
class _Sealed:
    keys: Numbers  # sorted
    places: Numbers  # of the articles, beside their keys
    articles: int

    def ranges(self, keys: Numbers) -> tuple[Places, Places]:
        """Where each key begins, and how many articles hold it."""
        first = np.searchsorted(self.keys, keys, "left")
        return first, np.searchsorted(self.keys, keys, "right") - first

    def places_of(self, first: Places, lengths: Places) -> tuple[Places, Places]:
        """(which of the keys, in which place) for so many articles of each key, from where it begins."""
        which = np.repeat(np.arange(len(first)), lengths)
        begins = np.repeat(first - np.cumsum(lengths) + lengths, lengths)
        return which, self.places[begins + np.arange(len(which))].astype(np.int64)


class Index:
    """Articles go by their place: 0, 1, 2 in the order they came."""

    def __init__(self) -> None:
        self._sealed: list[_Sealed] = []
        self._newest: dict[int, list[int]] = {}
        self._begun = 0  # the first place of the newest
        self._end = 0

    @property
    def articles(self) -> int:
        """That are held."""
        return self._end - self._begun + sum(part.articles for part in self._sealed)

    def add(self, keys: Numbers) -> None:
        """The next article."""
        for key in keys.tolist():
            self._newest.setdefault(key, []).append(self._end)
        self._end += 1
        if self._end - self._begun >= SEALED:
            self._seal()

    def forget(self, before: int) -> None:
        """Articles before a place, as far as a whole array holds no others."""
        self._sealed = [
            part for part in self._sealed if not len(part.places) or int(part.places.max()) >= before
        ]

    def counts(self, keys: Numbers) -> Places:
        """In how many articles each key stands."""
        return self._counts(keys, [part.ranges(keys) for part in self._sealed])

    def find(self, keys: Numbers, most: int) -> tuple[Places, Places]:
        """(which of the keys, in which place), beside each other; none for a key that over `most` hold."""
        ranges = [part.ranges(keys) for part in self._sealed]
        rare = self._counts(keys, ranges) <= most
        met = [self._newest_places(keys, rare)]
        met += [
            part.places_of(first, np.where(rare, lengths, 0))
            for part, (first, lengths) in zip(self._sealed, ranges, strict=True)
        ]
        which, places = zip(*met, strict=True)
        return np.concatenate(which), np.concatenate(places)

    def _counts(self, keys: Numbers, ranges: Sequence[tuple[Places, Places]]) -> Places:
        newest = (len(self._newest.get(key, ())) for key in keys.tolist())
        counts = np.fromiter(newest, np.int64, len(keys))
        return sum((lengths for _, lengths in ranges), counts)

    def _newest_places(self, keys: Numbers, wanted: NDArray[np.bool_]) -> tuple[Places, Places]:
        found = [
            (at, place)
            for at, key in enumerate(keys.tolist())
            if wanted[at]
            for place in self._newest.get(key, ())
        ]
        both = np.array(found, np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _seal(self) -> None:
        lengths = [len(places) for places in self._newest.values()]
        keys = np.repeat(np.fromiter(self._newest, np.uint32, len(self._newest)), lengths)
        places = np.fromiter((at for found in self._newest.values() for at in found), np.uint32, len(keys))
        order = np.argsort(keys, kind="stable")
        self._sealed.append(_Sealed(keys[order], places[order], self._end - self._begun))
        self._newest, self._begun = {}, self._end
