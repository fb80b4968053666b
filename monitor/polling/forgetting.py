"""Names of entries that a feed has not carried for 400 days are forgotten, a few thousand at a time.

So an entry that returns is known for longer than a year, and the table does not grow for ever. Polls do not
say that a name was seen once more: that would be a write for every name and poll. A slow walk through the
table does, by the marks of each feed's last document. A feed without marks, whose last document was empty or
is a sitemap of all pages, forgets nothing.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from monitor.sources import cut
from monitor.store import entries, feeds, vitals
from monitor.store.db import Db, Tx
from monitor.store.entries import Name

LIFE = timedelta(days=400)
FRESH = timedelta(days=30)  # how old it may be that a name was seen, before that is said again
REST = timedelta(days=1)  # between two walks
STEP = 5000  # names: 20 ms of the store's writing thread
PLACE = "names"  # the vital that keeps where the walk is: a feed's id and an alias
BEGIN, END = (0, ""), list[object]()


def walk(db: Db, clock: Callable[[], datetime]) -> Callable[[], Coroutine[Any, Any, None]]:
    """One step of it, for a beat a minute: seven million names a day."""

    async def forget() -> None:
        await db.write(lambda tx: step(tx, clock()), urgent=False)

    return forget


def step(tx: Tx, now: datetime, most: int = STEP) -> None:
    """The walk goes on for so many names; when it has come to the end, it rests."""
    kept = vitals.vital(tx, PLACE)
    if kept and kept[0] == END and now - kept[1] < REST:
        return
    feed_id, alias = (kept and kept[0]) or BEGIN
    names = entries.names_after(tx, feed_id, alias, most)
    carried, gone = sorted_out(names, feeds.marks_of(tx, {name.feed_id for name in names}), now)
    entries.still_carried(tx, carried, now)
    entries.forget(tx, gone)
    place = [names[-1].feed_id, names[-1].alias] if len(names) == most else END
    vitals.beat(tx, PLACE, place, now)


def sorted_out(
    names: Iterable[Name], marks: Mapping[int, bytes], now: datetime
) -> tuple[list[Name], list[Name]]:
    """Names to be called seen again, and names to be forgotten. `marks` by feed."""
    borne = {
        feed_id: frozenset(chain.from_iterable(cut.marks_in(kept).names)) for feed_id, kept in marks.items()
    }
    carried: list[Name] = []
    gone: list[Name] = []
    for name in names:
        age = now - name.seen_at
        if age < FRESH or not borne.get(name.feed_id):
            continue
        if not cut.names_of([name.alias]).isdisjoint(borne[name.feed_id]):
            carried.append(name)
        elif age >= LIFE:
            gone.append(name)
    return carried, gone
