"""Placing an article among 1,000, 10,000 and 100,000 open ones: time and memory. `python -m bench.stories`

Texts are made: 350 words drawn by Zipf's law from 60,000; of a hundred articles 45 tell a new event, 11 are
copies cut to two thirds, 44 tell an event in other words. Two thousand are read and placed; the window is
then filled with variations of them: other triples, and two of three terms others. Time is CPU time of this
process, reading (words, triples) and placing apart; memory is what it has grown by since those were read.
"""

import gc
import os
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from monitor.stories.placing import Arrival, OpenStories
from monitor.stories.reading import read
from monitor.stories.story import Member

SIZES = (1_000, 10_000, 100_000)
READ = 2_000
ASKED = 400  # articles whose placing is timed at each size
WORDS, VOCABULARY = 350, 60_000
OWN = 14  # words of an event's own, which make a tenth of its articles
SECONDS = 72 * 3_600 / SIZES[-1]  # between two articles, so that the largest size fills the window
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Article:
    id: int
    title: str
    text: str


class World:
    """Events and the articles that tell them."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = np.random.default_rng(seed)
        shares = 1 / (np.arange(VOCABULARY) + 2.7)
        self._until = np.cumsum(shares / shares.sum())
        self._words = np.array([self._word(rank) for rank in range(VOCABULARY)])
        self._events: list[tuple[list[str], str]] = []  # its own words, its first text

    def _word(self, rank: int) -> str:
        letters = "aeioubcdfglmnprst"
        word = "".join(letters[int(at)] for at in self._chance.integers(0, len(letters), 4 + rank % 6))
        return word.title() if rank > 5_000 and rank % 3 == 0 else word

    def articles(self) -> Iterator[Article]:
        id = 0
        while True:
            told, text = self._event()
            yield Article(id, " ".join(told[:8]), text)
            id += 1

    def _event(self) -> tuple[list[str], str]:
        kind = self._chance.random()
        if kind < 0.45 or not self._events:  # a new event: alone, or the first of six
            self._events = self._events[-2_000:]
            own = [str(word) for word in self._words[self._chance.integers(3_000, VOCABULARY, OWN)]]
            self._events.append((own, self._text(own)))
            return self._events[-1]
        own, first = self._events[int(self._chance.integers(0, len(self._events)))]
        return own, first[: len(first) * 2 // 3] if kind < 0.56 else self._text(own)

    def _text(self, own: list[str]) -> str:
        drawn = self._words[np.searchsorted(self._until, self._chance.random(WORDS))].tolist()
        for at in self._chance.integers(0, WORDS, WORDS // 10).tolist():
            drawn[at] = own[at % OWN]
        return " ".join(drawn)


def arrival(article: Article) -> Arrival:
    at = NOON + timedelta(seconds=article.id * SECONDS)
    reading = read(article.title, article.text, languages=("en",))
    return Arrival(article.id, at, f"paper{article.id % 500}.example", reading)


def memory() -> float:
    """Of this process, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def varied(member: Member, id: int, chance: np.random.Generator) -> Member:
    """An article like another that tells something else: it opens a story where the other did."""
    other = int(chance.integers(1, 2**32))
    vector = member.vector
    keys = array("I", (key ^ other if at % 3 else key for at, key in enumerate(vector.keys)))
    names = array("I", keys[: len(vector.names)])
    counts = array("Q", (count ^ other for count in vector.counts))
    return replace(
        member,
        entry_id=id,
        story=id if member.story == member.entry_id else max(0, id - 1),
        at=NOON + timedelta(seconds=id * SECONDS),
        sketch=np.sort(member.sketch ^ np.uint32(other)),
        vector=replace(vector, keys=keys, weights=array("f", vector.weights), names=names, counts=counts),
    )


def fill(stories: OpenStories, articles: Iterator[Article], size: int, members: list[Member]) -> None:
    chance = np.random.default_rng(size)
    while stories.articles < size:
        if len(members) < READ:
            _, member = stories.place(arrival(next(articles)))
            members.append(member)
        else:
            member = varied(members[stories.articles % READ], stories.articles, chance)
        stories.keep(member)


def timed(stories: OpenStories, articles: Iterator[Article]) -> str:
    reading, placing, joined = [], [], 0
    for _ in range(ASKED):
        article = replace(next(articles), id=stories.articles)
        begun = time.process_time()
        one = arrival(article)
        read_at = time.process_time()
        placed, member = stories.place(one)
        stories.keep(member)
        placing.append((time.process_time() - read_at) * 1e3)
        reading.append((read_at - begun) * 1e3)
        joined += placed.story != article.id
    slowest = quantiles(placing, n=100)[98]
    return (
        f"reading {median(reading):5.2f} ms  placing {median(placing):5.2f} ms"
        f"  99 of 100 {slowest:5.2f} ms  joined {joined / ASKED:4.0%}"
    )


def main() -> None:
    stories, articles = OpenStories(), World().articles()
    members: list[Member] = []
    fill(OpenStories(), articles, READ, members)  # tables and caches are full before memory is measured
    before = memory()
    for size in SIZES:
        fill(stories, articles, size - ASKED, members)
        line = timed(stories, articles)
        sys.stdout.write(f"{size:7,} open  {line}  {memory() - before:6.0f} MB\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
