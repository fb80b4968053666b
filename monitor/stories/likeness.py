"""How like a story an article is: by its terms, its names, what it counts. Figures first, then one number."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from monitor.stories.story import Story
from monitor.stories.vector import Vector, cosine, weights_of

NAMES = 6  # of an article and of a story: those that weigh most
_MOST = 4  # agreements, and disagreements, that count
_UPPER = 32
# Two events of one mayor on one day share a person's two names and a town's, and no other words to speak of.
_FEW = 3  # names
_HEAVY = 0.5  # of the heaviest name: "Tuesday" and "The" are none
_APART = 0.13  # cosine: 1 % of the articles that ECB+ has of one event, with names so few, have less


class Likeness(NamedTuple):
    """Each from 0 to 1; `size` is ln of the story's articles."""

    centre: float  # cosine of the terms with the story's centre
    edge: float  # with its first or its last article, the better
    names: float  # the share of the names of one that stand in the other, the lesser
    strangers: float  # how heavy a name each has that the other lacks, the lesser
    agreed: float  # counts that are the same: 23 pirates
    disputed: float  # counts of the same that differ: 5.6 and 6.1 magnitude
    years: float  # 1: both name years, and no year is in both
    size: float


def likeness(article: Vector, weights: Mapping[int, float], story: Story) -> Likeness:
    """`weights` are those of the article."""
    centre = story.centre
    shared, strange = _names(article, weights, centre)
    agreed, disputed = _counts(article, centre)
    return Likeness(
        centre=cosine(weights, centre),
        edge=max(cosine(weights, story.first), cosine(weights, story.last)),
        names=shared,
        strangers=strange,
        agreed=agreed,
        disputed=disputed,
        years=float(bool(article.years and centre.years) and not set(article.years) & set(centre.years)),
        size=math.log(story.size),
    )


def _names(article: Vector, weights: Mapping[int, float], story: Vector) -> tuple[float, float]:
    theirs = dict(zip(story.keys, story.weights, strict=True))
    one = _of_names(article, weights, theirs)
    two = _of_names(story, theirs, weights)
    return min(one[0], two[0]), min(one[1], two[1])


def _of_names(vector: Vector, own: Mapping[int, float], other: Mapping[int, float]) -> tuple[float, float]:
    """(the share of the names' weight that the other has, the heaviest it lacks beside the heaviest)."""
    names = vector.names[:NAMES]
    if not names:
        return 0.0, 0.0
    shared = sum(own[name] for name in names if name in other)
    lacking = max((own[name] for name in names if name not in other), default=0.0)
    return shared / sum(own[name] for name in names), lacking / max(own[name] for name in names)


def _counts(article: Vector, story: Vector) -> tuple[float, float]:
    theirs = set(story.counts)
    counted = {count >> _UPPER for count in theirs}
    agreed = {count >> _UPPER for count in article.counts if count in theirs}
    disputed = {count >> _UPPER for count in article.counts if count >> _UPPER in counted} - agreed
    return min(len(agreed), _MOST) / _MOST, min(len(disputed), _MOST) / _MOST


def share_names_alone(article: Vector, story: Story) -> bool:
    """Few names, and hardly another word: whom it is about, not what happened."""
    weights = weights_of(article)
    if len(_heavy(article) & _heavy(story.centre)) > _FEW:
        return False
    told = (story.centre, story.first, story.last)
    return max(_besides_names(article, weights, one) for one in told) < _APART


def _heavy(vector: Vector) -> set[int]:
    weights = weights_of(vector)
    least = _HEAVY * max((weights[name] for name in vector.names), default=0.0)
    return {name for name in vector.names if weights[name] >= least}


def _besides_names(article: Vector, weights: Mapping[int, float], story: Vector) -> float:
    """Cosine of the terms that are a name in neither."""
    names = {*article.names, *story.names}
    one = {key: weight for key, weight in weights.items() if key not in names}
    two = {key: weight for key, weight in weights_of(story).items() if key not in names}
    length = math.hypot(*one.values()) * math.hypot(*two.values())
    return sum(weight * two.get(key, 0.0) for key, weight in one.items()) / (length or 1.0)


class Weights(NamedTuple):
    """What each figure of a likeness counts for, and what it takes to be one event."""

    likeness: Likeness
    offset: float
    day: float = -0.7  # for every day since the story's last article

    def score(self, found: Likeness, days: float) -> float:
        """The chance, 0 to 1, that both tell one event, as far as gold goes."""
        total = self.offset + self.day * days
        total += sum(weight * figure for weight, figure in zip(self.likeness, found, strict=True))
        return 1 / (1 + math.exp(-total))


# Fitted on topics 1-35 of ECB+ (tests/quality/test_stories.py does it again), then made stricter until .975
# of the pairs it joins there are right, as the test asks of topics that are seen.
WEIGHTS = Weights(
    Likeness(
        centre=6.1, edge=4.4, names=2.3, strangers=-2.4, agreed=2.6, disputed=-1.3, years=-2.1, size=-0.4
    ),
    offset=-4.6,
)
