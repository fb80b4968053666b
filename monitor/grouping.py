"""Stories as articles arrive: what a rule found is placed, told apart from what was known, and kept.

One thread places, in the order of judging, so that no two articles begin one story twice. The store gets the
place in the commit that keeps the judgement; killed before that, the article is placed again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from monitor.model import Article, Found, StoredEntry
from monitor.model.stories import Membership
from monitor.store import stories
from monitor.store.db import Db
from monitor.stories import said
from monitor.stories.arriving import arrival_of, matched_in, membership_of, reading_of
from monitor.stories.novelty import News, news, said_first
from monitor.stories.packing import unpack
from monitor.stories.placing import Joined, OpenStories, Placing
from monitor.stories.said import Heard
from monitor.stories.story import LONGEST, Member

T = TypeVar("T")
CHUNK = timedelta(hours=6)  # of members that a start reads at a time: at 100,000 in three days 8,000
COMPARED = 1_000  # articles of a story that are read from the store, the latest: 1 KB each, 6 ms for all
HEARD = 64  # stories whose articles are not read again with each later one: of 10,000 articles one takes 5 MB


@dataclass(frozen=True, slots=True)
class _Placed:
    placing: Placing
    member: Member
    said: bytes


class Stories:
    """The open stories of a daemon."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._open = OpenStories()
        self._thread = ThreadPoolExecutor(1, "stories")
        self._uncommitted: dict[int, _Placed] = {}  # by entry; a commit that failed is tried again
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()  # by story
        self._heard: dict[int, Heard] = {}  # by story, the last asked for at the end; what is committed
        self._regrouped_at: datetime | None = None  # what people moved until then is known

    @property
    def articles(self) -> int:
        """That were taken in since the start."""
        return self._open.articles

    async def begin(self, now: datetime) -> None:
        """Take in what the store knows: a restart forgets nothing."""
        self._regrouped_at = now
        at = now - LONGEST
        while at <= now:
            since, at = at, at + CHUNK
            window = partial(stories.members_since, since=since, until=at if at <= now else None)
            kept = await self._db.read(window)
            await self._run(partial(self._take_in, kept))

    @asynccontextmanager
    async def placed(
        self, entry: StoredEntry, article: Article, found: Sequence[Found]
    ) -> AsyncIterator[Membership | None]:
        """Where an article stands, to be kept within. None: no rule found it.

        Of one story one at a time: the next sees what was told of those before.
        """
        if not found:
            yield None
            return
        if known := await self._db.read(lambda tx: stories.member(tx, entry.id)):
            async with self._turn(known.story):
                yield await self._run(lambda: said_more(known, entry, article, found))
                self._heard.pop(known.story, None)
            return
        placed = await self._run(lambda: self._place(entry, article, found))
        async with self._turn(placed.member.story):
            fresh = await self._news(entry, article, found, placed)
            yield membership_of(placed.member, placed.placing, placed.said, fresh)
            if heard := self._heard.get(placed.member.story):
                heard.take(said.unpack([placed.said]))
        self._uncommitted.pop(entry.id, None)

    def _turn(self, story: int) -> asyncio.Lock:
        """One article of a story at a time, from what the earlier ones said to its own commit."""
        return self._turns.setdefault(story, asyncio.Lock())

    async def forget(self, now: datetime) -> None:
        """What is closed is no longer compared with."""
        await self._run(lambda: self._open.forget(now))

    async def regroup(self) -> None:
        """Take over what a person has split or merged since."""
        if self._regrouped_at is None:
            return
        since = self._regrouped_at
        touched = await self._db.read(lambda tx: stories.moved_after(tx, since))
        if not touched:
            return
        self._heard = {story: heard for story, heard in self._heard.items() if story not in touched}
        kept = await self._db.read(lambda tx: stories.members_of(tx, touched))
        await self._run(lambda: self._open.regroup(touched, _unpacked(kept)))
        self._regrouped_at = max(touched.values())

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    # --- in its thread ----------------------------------------------------------------------------------

    async def _run(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    def _take_in(self, kept: Iterable[Membership]) -> None:
        for member in _unpacked(kept):
            if not self._open.knows(member.entry_id):
                self._open.keep(member)

    def _place(self, entry: StoredEntry, article: Article, found: Sequence[Found]) -> _Placed:
        """Taken in at once, before any commit: copies of one wire text come within a second."""
        if known := self._uncommitted.get(entry.id):
            return known
        arrival = arrival_of(entry, article, found)
        placing, member = self._open.place(arrival)
        self._open.keep(member)
        placed = _Placed(placing, member, said.pack(said.said_by(arrival.reading)))
        self._uncommitted[entry.id] = placed
        return placed

    # --- what is new ------------------------------------------------------------------------------------

    async def _news(
        self, entry: StoredEntry, article: Article, found: Sequence[Found], placed: _Placed
    ) -> tuple[News, ...]:
        """Nothing, of an article that begins its story: all of it is."""
        if not isinstance(placed.placing, Joined):
            return ()
        story = placed.member.story
        before = await self._heard_of(story, entry.id)
        rules = await self._db.read(lambda tx: stories.rules_before(tx, story, entry.id))

        def compare() -> tuple[News, ...]:
            title = entry.entry.title or article.title
            first = said_first(title, article.text, matched_in(found), article.languages)
            return news(first, before, {one.rule for one in found}, rules)

        return await self._run(compare)

    async def _heard_of(self, story: int, entry_id: int) -> Heard:
        """What its other articles said."""
        heard = self._heard.pop(story, None)
        if heard is None:
            kept = await self._db.read(lambda tx: stories.said_before(tx, story, entry_id, COMPARED))
            heard = await self._run(lambda: Heard(said.unpack(kept)))
        self._heard[story] = heard
        for oldest in list(self._heard)[:-HEARD]:
            del self._heard[oldest]
        return heard


def said_more(known: Membership, entry: StoredEntry, article: Article, found: Sequence[Found]) -> Membership:
    """An article that is judged again stays where it is, and said what it says now, too."""
    now = said.said_by(reading_of(entry, article, found))
    return replace(known, said=said.pack(said.together([said.unpack([known.said]), now])))


def _unpacked(kept: Iterable[Membership]) -> Iterable[Member]:
    """Without what another version kept, which nothing can be compared with."""
    for one in kept:
        with suppress(ValueError):
            yield unpack(one)
