"""Which of the latest articles hold a key: a triple or a term. The newest in a dictionary, others in arrays.

100,000 articles of 150 keys would fill 2 GB as dictionaries and lists; sorted arrays take 8 bytes a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Places = NDArray[np.int64]
SEALED = 1_024  # articles: so many are sorted at once, in 10 ms; in the dictionary they take 20 MB
MERGED = 8  # arrays of so many are made one, so that few are searched
# Slots in which keys are counted, 8 MB: of a million keys three in five have one for themselves.
_SLOTS = 1 << 21


@dataclass(frozen=True, slots=True)
class _Sealed:
    keys: Numbers  # sorted
    places: Numbers  # of the articles, beside their keys
    articles: int

    def find(self, keys: Numbers) -> tuple[Places, Places]:
        """(which of the keys, in which place); the keys sorted, as that is four times as fast."""
        first = np.searchsorted(self.keys, keys)
        met = np.flatnonzero(self.keys.take(first, mode="clip") == keys)
        begins = first[met]
        lengths = np.searchsorted(self.keys, keys[met], "right") - begins
        offsets = np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
        return np.repeat(met, lengths), self.places[offsets + np.arange(len(offsets))].astype(np.int64)


class Index:
    """Articles go by their place: 0, 1, 2 in the order they came."""

    def __init__(self) -> None:
        self._sealed: list[_Sealed] = []
        self._newest: dict[int, list[int]] = {}
        self._counts = np.zeros(_SLOTS, np.int32)
        self._begun = 0  # the first place of the newest
        self._end = 0

    @property
    def articles(self) -> int:
        """That are held."""
        return self._end - self._begun + sum(part.articles for part in self._sealed)

    def add(self, keys: Numbers) -> None:
        """The next article; each key once."""
        for key in keys.tolist():
            self._newest.setdefault(key, []).append(self._end)
        np.add.at(self._counts, keys % _SLOTS, 1)
        self._end += 1
        if self._end - self._begun >= SEALED:
            self._seal()

    def forget(self, before: int) -> None:
        """Articles before a place, as far as a whole array holds no others."""
        kept = []
        for part in self._sealed:
            if (part.places >= before).any():
                kept.append(part)
            else:
                np.subtract.at(self._counts, part.keys % _SLOTS, 1)
        self._sealed = kept

    def counts(self, keys: Numbers) -> Places:
        """In how many articles each key stands; now and then more, where two share a slot."""
        return self._counts[keys % _SLOTS].astype(np.int64)

    def find(self, keys: Numbers, most: int) -> tuple[Places, Places]:
        """(which of the keys, in which place), beside each other; none for a key that over `most` hold."""
        order = np.argsort(keys)
        order = order[self.counts(keys[order]) <= most]
        asked = keys[order]
        met = [self._among_newest(asked), *(part.find(asked) for part in self._sealed)]
        which, places = zip(*met, strict=True)
        return order[np.concatenate(which)], np.concatenate(places)

    def _among_newest(self, keys: Numbers) -> tuple[Places, Places]:
        found = [(at, place) for at, key in enumerate(keys.tolist()) for place in self._newest.get(key, ())]
        both = np.array(found, np.int64).reshape(-1, 2)
        return both[:, 0], both[:, 1]

    def _seal(self) -> None:
        lengths = [len(places) for places in self._newest.values()]
        keys = np.repeat(np.fromiter(self._newest, np.uint32, len(self._newest)), lengths)
        places = np.fromiter((at for found in self._newest.values() for at in found), np.uint32, len(keys))
        self._sealed.append(_sorted(keys, places, self._end - self._begun))
        self._newest, self._begun = {}, self._end
        latest = self._sealed[-MERGED:]
        if len(latest) == MERGED and all(part.articles == SEALED for part in latest):
            self._sealed[-MERGED:] = [_merged(latest)]


def _merged(parts: Sequence[_Sealed]) -> _Sealed:
    keys = np.concatenate([part.keys for part in parts])
    places = np.concatenate([part.places for part in parts])
    return _sorted(keys, places, sum(part.articles for part in parts))


def _sorted(keys: Numbers, places: Numbers, articles: int) -> _Sealed:
    order = np.argsort(keys, kind="stable")
    return _Sealed(keys[order], places[order], articles)
