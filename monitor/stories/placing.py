"""Which story an article belongs to: a copy of what is open, the same event in other words, or a new one.

Grouping hides nothing: it says where an article is told, not whether. A wrong merge is worse than a split, so
whatever is in doubt opens a story of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.stories.common import rarities
from monitor.stories.index import Index, Numbers
from monitor.stories.likeness import WEIGHTS, Likeness, Weights, likeness, share_names_alone
from monitor.stories.reading import Reading
from monitor.stories.reasons import against, shared
from monitor.stories.register import Places, Register
from monitor.stories.story import QUIET, Member, Story, begun, grown
from monitor.stories.vector import Vector, weigh, weights_of

# Copies. Of 20,000 unrelated pairs none contains more than .28 of the other's triples; nine of ten copies
# that were cut to 70 % with a tenth of their words changed keep .69.
CONTAINED = 0.5
SHARED = 8  # triples at least, of one in four
SHORT = 60  # terms: under that only the headline tells a copy
SAME_TITLE = timedelta(hours=24)
VERY_ALIKE = 0.75  # then no name has to be in both
ALIKE = 0.45  # cosine with the story: of 750 copies 99 % have .6, and no two articles under one footer .25
BOILERPLATE = 20  # stories of the window that share a triple: it is the site's, or everyone's
OWN_BOILERPLATE = 3  # stories of one newsroom that share it
EVERYWHERE = 1_000  # articles that share a triple: nobody counts their stories
# The same event.
TERMS = 24  # of an article that look for stories: the heaviest
COMMON = 3_000  # articles that hold a term: it finds none
NEAREST = 6  # stories that are compared
INDEXED = 40  # terms of an article by which later ones find it
SAME = 0.5  # score from which on two tell one event
# Each one's heaviest name, or nearly, is not in the other: two dividends, two town councils. On ECB+ that is
# so of 2 % of an event's articles and of 90 % of its look-alikes. Where no capitals tell names, any word may
# be the heaviest: there it only counts against.
STRANGE = 0.95


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that is to be placed. `credit`: the agency it names as its source; empty: none."""

    entry_id: int
    at: datetime
    newsroom: str
    reading: Reading
    credit: str = ""


class How(StrEnum):
    COPY = "copy"
    TITLE = "same headline"
    EVENT = "same event"


@dataclass(frozen=True, slots=True)
class Joined:
    """It belongs to an open story. `like`: the entry it copies, or, of the same event, the story's first."""

    story: int
    how: How
    like: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Nothing open tells the same."""

    story: int
    why: str


Placing = Joined | Opened


class _Compared(NamedTuple):
    score: float
    story: Story
    found: Likeness


class OpenStories:
    """The stories of the last three days. `place` changes nothing; `keep` takes in what was decided."""

    def __init__(self, weights: Weights = WEIGHTS, name: Callable[[int], str] = "entry {}".format) -> None:
        """`name`: what reasons call an entry."""
        self._weights = weights
        self._name = name
        self._triples = Index()
        self._terms = Index()
        self._stories: dict[int, Story] = {}
        self._members = Register()

    @property
    def articles(self) -> int:
        """That were taken in."""
        return self._members.count

    def place(self, arrival: Arrival) -> tuple[Placing, Member]:
        vector = self._weighed(arrival.reading)
        placing = self._copy(arrival, vector) or self._headline(arrival) or self._event(arrival, vector)
        return placing, self._member(arrival, placing, vector)

    def keep(self, member: Member) -> None:
        """Members come in time order, now or from the store after a restart."""
        self._members.add(member)
        self._triples.add(np.append(member.sketch, _headline_key(member.title)))
        self._terms.add(np.array(member.vector.keys[:INDEXED], np.uint32))
        known = self._stories.get(member.story)
        self._stories[member.story] = grown(known, member) if known else begun(member)

    def knows(self, entry_id: int) -> bool:
        return self._members.knows(entry_id)

    def regroup(self, touched: Iterable[int], members: Iterable[Member]) -> None:
        """What a person has split or merged: the stories it touches, and all their members in time order."""
        for id in touched:
            self._stories.pop(id, None)
        stories: dict[int, Story] = {}
        for member in members:
            self._members.move(member.entry_id, member.story)
            known = stories.get(member.story)
            stories[member.story] = grown(known, member) if known else begun(member)
        self._stories |= stories

    def forget(self, now: datetime) -> None:
        """Stories that are closed, and articles that no open story needs to be found by."""
        self._stories = {id: story for id, story in self._stories.items() if story.is_open(now)}
        before = self._members.first_since((now - QUIET).timestamp())
        self._triples.forget(before)
        self._terms.forget(before)

    # --- a copy -----------------------------------------------------------------------------------------

    def _copy(self, arrival: Arrival, vector: Vector) -> Joined | None:
        reading = arrival.reading
        if reading.size < SHORT:
            return None
        which, places = self._triples.find(reading.sketch, EVERYWHERE)
        common = self._boilerplate(arrival, which, places)
        found, held = np.unique(places[~common[which]], return_counts=True)
        smaller = np.minimum(len(reading.sketch) - int(common.sum()), self._members.triples(found))
        contained = held / np.maximum(smaller, 1)
        for at in np.argsort(-contained, kind="stable"):
            if contained[at] < CONTAINED:
                break
            if held[at] >= SHARED and self._tells_of(int(found[at]), arrival.at, vector):
                return self._copied(int(found[at]), float(contained[at]))
        return None

    def _tells_of(self, place: int, at: datetime, vector: Vector) -> bool:
        """Is it of an open story that this tells of? Two notices over one long footer are no copies."""
        story = self._stories.get(self._members.story(place))
        if story is None or not story.is_open(at):
            return False
        found = likeness(vector, weights_of(vector), story)
        alike = max(found.centre, found.edge)
        return alike >= VERY_ALIKE or (alike >= ALIKE and found.strangers < STRANGE)

    def _boilerplate(self, arrival: Arrival, which: Places, places: Places) -> NDArray[np.bool_]:
        """Which triples stand in too many stories to be of this one."""
        count = len(arrival.reading.sketch)
        stories = self._members.stories(places)
        own = self._members.are_of(arrival.newsroom, places)
        everyone, ours = _stories_of(which, stories, count), _stories_of(which[own], stories[own], count)
        return (everyone > BOILERPLATE) | (ours >= OWN_BOILERPLATE)

    def _is_open(self, place: int, at: datetime) -> bool:
        story = self._stories.get(self._members.story(place))
        return story is not None and story.is_open(at)

    def _copied(self, place: int, contained: float) -> Joined:
        entry = self._members.entry(place)
        why = f"{contained:.0%} of its word triples stand in {self._name(entry)}"
        return Joined(self._members.story(place), How.COPY, entry, contained, why)

    def _headline(self, arrival: Arrival) -> Joined | None:
        """Short texts have too few triples: the same headline within a day tells them."""
        _, places = self._triples.find(_headline_key(arrival.reading.title), EVERYWHERE)
        place = int(places.max(initial=-1))
        if place < 0 or min(arrival.reading.size, self._members.size(place)) >= SHORT:
            return None
        apart = abs(arrival.at.timestamp() - self._members.at(place))
        if apart > SAME_TITLE.total_seconds() or not self._is_open(place, arrival.at):
            return None
        entry = self._members.entry(place)
        return Joined(
            self._members.story(place), How.TITLE, entry, 1.0, f"the same headline as {self._name(entry)}"
        )

    # --- the same event ---------------------------------------------------------------------------------

    def _weighed(self, reading: Reading) -> Vector:
        terms = np.fromiter(reading.terms, np.uint32, len(reading.terms))
        rare = rarities(terms, reading.languages, self._terms.counts(terms), self._terms.articles)
        return weigh(reading, dict(zip(reading.terms, rare.tolist(), strict=True)))

    def near(self, arrival: Arrival) -> list[tuple[Story, Likeness]]:
        """The open stories it is compared with, most words in common first."""
        return self._near(self._weighed(arrival.reading), arrival.at)

    def _near(self, vector: Vector, at: datetime) -> list[tuple[Story, Likeness]]:
        weights = weights_of(vector)
        return [(story, likeness(vector, weights, story)) for story in self._nearest(vector, at)]

    def _event(self, arrival: Arrival, vector: Vector) -> Placing:
        compared = [
            _Compared(self._score(arrival, vector, story, found), story, found)
            for story, found in self._near(vector, arrival.at)
        ]
        if not compared:
            return Opened(arrival.entry_id, "no open story shares its rare words")
        best = max(compared, key=_by_score)
        if best.score < SAME:
            nearest = f"the nearest story, of {self._name(best.story.id)}, has {best.score:.2f} of {SAME:.2f}"
            return Opened(arrival.entry_id, f"{nearest}: {against(best.found)}")
        why = f"same event: {shared(arrival.reading, vector, best.story.centre)}; {best.score:.2f}"
        return Joined(best.story.id, How.EVENT, best.story.id, best.score, why)

    def _score(self, arrival: Arrival, vector: Vector, story: Story, found: Likeness) -> float:
        score = self._weights.score(found, _days(arrival.at, story.last_at))
        if score < SAME or not arrival.reading.capitals:
            return score
        return 0.0 if found.strangers >= STRANGE or share_names_alone(vector, story) else score

    def _nearest(self, vector: Vector, at: datetime) -> list[Story]:
        """Open stories with the most of its heaviest terms."""
        terms = np.array(vector.keys[:TERMS], np.uint32)
        which, places = self._terms.find(terms, COMMON)
        pairs = np.unique(which << _STORY_BITS | self._members.stories(places))
        stories, of = np.unique(pairs & _STORY_MASK, return_inverse=True)
        weights = np.array(vector.weights[:TERMS])[pairs >> _STORY_BITS]
        votes = np.bincount(of, weights * weights, len(stories))
        known = (self._stories.get(int(stories[at])) for at in np.argsort(-votes, kind="stable"))
        return list(islice((story for story in known if story and story.is_open(at)), NEAREST))

    def _member(self, arrival: Arrival, placing: Placing, vector: Vector) -> Member:
        reading = arrival.reading
        return Member(
            entry_id=arrival.entry_id,
            story=placing.story,
            at=arrival.at,
            newsroom=arrival.newsroom,
            origin=self._origin(arrival, placing),
            size=reading.size,
            title=reading.title,
            sketch=reading.sketch,
            vector=vector,
        )

    def _origin(self, arrival: Arrival, placing: Placing) -> str:
        """Of a copy: whose text it copies."""
        if isinstance(placing, Joined) and placing.how is not How.EVENT:
            return self._members.origin(self._members.place(placing.like))
        return arrival.credit or arrival.newsroom


_STORY_BITS = 40  # of a number that holds a term's place and a story: entries go by fewer than 10 ** 12
_STORY_MASK = (1 << _STORY_BITS) - 1


def _headline_key(title: int) -> Numbers:
    """Headlines stand among the triples: of both there are far fewer than numbers."""
    return np.array([title] if title else [], np.uint32)


def _stories_of(which: Places, stories: Places, count: int) -> Places:
    """In how many stories each of `count` triples stands."""
    pairs = np.unique(which << _STORY_BITS | stories)
    return np.bincount(pairs >> _STORY_BITS, minlength=count)


def _days(at: datetime, last: datetime) -> float:
    return max(0.0, (at - last) / timedelta(days=1))


def _by_score(compared: _Compared) -> float:
    return compared.score
