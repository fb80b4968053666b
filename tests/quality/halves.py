"""Numbers are chosen on half of the publishers and judged on the other half."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

from monitor.model.feeds import host_of
from monitor.model.sites import site_of

Numbers = TypeVar("Numbers", bound=Any)  # a frozen dataclass
HALVES = ("first", "second")


def half(url: str) -> str:
    """By its publisher's name, so that what is learnt of a publisher is judged on others."""
    return HALVES[sha256(site_of(host_of(url)).encode()).digest()[0] % 2]


def other(name: str) -> str:
    return HALVES[1 - HALVES.index(name)]


def chosen(
    least: Numbers, grid: Mapping[str, Sequence[float]], worth: Callable[[Numbers], tuple[float, ...]]
) -> Numbers:
    """The numbers of most worth, one after the other, from those in `least` up.

    Where several are worth the same, the one in the middle: it is the farthest from where that ends.
    """
    best = least
    for name, values in grid.items():
        tried = [replace(best, **{name: value}) for value in values]
        found = list(map(worth, tried))
        equals = [one for one, its in zip(tried, found, strict=True) if its == max(found)]
        best = equals[(len(equals) - 1) // 2]
    return best
