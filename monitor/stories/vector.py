"""The terms of an article or a story, weighed: what is rare and said early weighs most."""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.stories.reading import Reading

TERMS = 56  # of an article; of a story more, as its articles differ
STORY_TERMS = 96
NAMES = 12
# A name or a figure weighs more than another term as rare: it tells one event from the next.
_NAME = 1.5
_COUNTED = 1.0  # rarity of what is counted: "percent" and "people" tell no event from another


@dataclass(frozen=True, slots=True)
class Vector:
    """Terms with their weights, heaviest first; of length one, so that a product is a cosine. 1 KB."""

    keys: "array[int]"
    weights: "array[float]"
    names: "array[int]"  # heaviest first
    counts: "array[int]"  # what is counted in the upper 32 bits, how many in the lower
    years: tuple[int, ...]


def weigh(reading: Reading, rarity: Mapping[int, float]) -> Vector:
    """`rarity`: of every term, ln(articles / those that hold it)."""
    weights = {
        term: rarity[term] * (1 + math.log(often)) * (_NAME if _tells(term, reading) else 1.0)
        for term, often in reading.terms.items()
        if rarity[term] > 0
    }
    keys = _heaviest(weights, TERMS)
    return Vector(
        keys=array("I", keys),
        weights=_normed(weights[key] for key in keys),
        names=array("I", [key for key in keys if key in reading.names][:NAMES]),
        counts=array("Q", sorted(_pairs(reading, rarity))),
        years=reading.years,
    )


def _tells(term: int, reading: Reading) -> bool:
    return term in reading.names or reading.spelled[term][0].isdigit()


def _pairs(reading: Reading, rarity: Mapping[int, float]) -> Iterable[int]:
    return (what << 32 | many for what, many in reading.counts if rarity.get(what, _COUNTED) >= _COUNTED)


def _heaviest(weights: Mapping[int, float], most: int) -> list[int]:
    return sorted(weights, key=lambda key: (-weights[key], key))[:most]


def _normed(weights: Iterable[float]) -> "array[float]":
    found = array("f", weights)
    length = math.sqrt(sum(weight * weight for weight in found)) or 1.0
    return array("f", (weight / length for weight in found))


def weights_of(vector: Vector) -> dict[int, float]:
    return dict(zip(vector.keys, vector.weights, strict=True))


def cosine(weights: Mapping[int, float], vector: Vector) -> float:
    get = weights.get
    return sum(get(key, 0.0) * weight for key, weight in zip(vector.keys, vector.weights, strict=True))


def together(story: Vector, size: int, article: Vector) -> Vector:
    """The centre of a story of `size` articles and one more."""
    weights = {key: weight * size for key, weight in weights_of(story).items()}
    for key, weight in weights_of(article).items():
        weights[key] = weights.get(key, 0.0) + weight
    keys = _heaviest(weights, STORY_TERMS)
    names = {*story.names, *article.names}
    return Vector(
        keys=array("I", keys),
        weights=_normed(weights[key] for key in keys),
        names=array("I", [key for key in keys if key in names][:NAMES]),
        counts=array("Q", sorted({*story.counts, *article.counts})),
        years=tuple(sorted({*story.years, *article.years})),
    )
