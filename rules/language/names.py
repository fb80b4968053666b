"""The name that a person meant, among the many there are."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

# On each side of where it would stand. A hundred comparisons took 2 ms, and a file may misspell thousands.
_SIDE = 12
_LONGEST = 80  # characters: what is longer is no name


class Names:
    """Sorted when the first one is asked for: most are never misspelt."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    def nearest(self, name: str) -> str:
        """The one most like it; empty if none is. A mistake leaves the beginning or the end as it was."""
        if len(name) > _LONGEST:
            return ""
        alike = {
            *_around(self._by_start, name),
            *(other[::-1] for other in _around(self._by_end, name[::-1])),
        }
        return next(iter(get_close_matches(name, sorted(alike), 1)), "")

    @cached_property
    def _by_start(self) -> list[str]:
        return sorted(self._names)

    @cached_property
    def _by_end(self) -> list[str]:
        return sorted(name[::-1] for name in self._names)


def _around(names: Sequence[str], name: str) -> Sequence[str]:
    at = bisect(names, name)
    return names[max(0, at - _SIDE) : at + _SIDE]
