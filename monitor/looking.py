"""Articles that were told are looked at again: publishers change headlines, correct, take pages down.

A look reads the page as judging did. What it says now is judged like an edit: a rule that begins to match
tells, one that was told does not tell again. What was changed is kept beside it, in the same commit.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor import pipeline
from monitor.alerts import amended, wording
from monitor.alerts.wording import clean
from monitor.desk import Desk
from monitor.model import (
    Amendment,
    AmendmentKind,
    Article,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Found,
    Notice,
)
from monitor.sources import pace
from monitor.store import edits, entries, looks, outbox
from monitor.store.db import Db, Tx
from monitor.store.looks import Look

SURE = timedelta(minutes=10)  # a page that is missing is asked once more before it counts as removed
MISSING, REMOVED = 1, 2  # Look.gone


async def look_again(look: Look, desk: Desk) -> tuple[Amendment, ...]:
    """The page as it is now -> what its publisher changed; alerts of rules that hold only now."""
    db, clock, lives = desk.db, desk.clock, desk.lives
    fetched = await desk.web.page(look.entry.entry.link, again=True)
    if not isinstance(fetched, Fetched):
        return await _unseen(look, fetched, db, lives, clock())
    after = await desk.workers.read_page(fetched.body, fetched.url, fetched.content_type, look.entry)
    if not isinstance(after, Article):
        return await _keep(look, (), look.gone, db, lives, clock())
    after = await pipeline.as_on_its_site(look.entry, after, db)
    before, told = await db.read(lambda tx: _as_told(tx, look))
    back = (Amendment(AmendmentKind.RETURNED, "", after.headline),) if look.gone == REMOVED else ()
    if before is None or not amended.is_worth_judging(before, after):
        return await _keep(look, back, 0, db, lives, clock())
    seen = (*back, *amended.amendments(before, after, told))
    found = await pipeline.match(look.entry, after, desk)
    now = clock()

    def keep(tx: Tx) -> None:
        looks.keep(tx, look, seen, 0, pace.next_look(look.since, now), now)
        _tell(tx, look, seen, desk.lives, now)
        due_at = look.entry.due_at
        decision = pipeline.keep_judged(tx, look.entry, after, found, place, desk, due_at, now)
        if decision.deliveries:
            looks.begin(tx, look.entry.id, now, now + pace.LOOKS[0])

    async with desk.stories.placed(look.entry, after, found) as place:
        await db.write(keep)
    return seen


def _as_told(tx: Tx, look: Look) -> tuple[Article | None, tuple[Found, ...]]:
    return entries.article(tx, look.entry.id), entries.matches(tx, look.entry.id)


async def _unseen(
    look: Look, fetched: FetchOutcome, db: Db, lives: bool, now: datetime
) -> tuple[Amendment, ...]:
    """No page. Only 404 and 410, twice, say that it was removed; all else may be our line."""
    removed = isinstance(fetched, FetchFailed) and fetched.status in (404, 410)
    if not removed or look.gone == REMOVED:
        return await _keep(look, (), look.gone, db, lives, now)
    if look.gone < MISSING:
        return await _keep(look, (), MISSING, db, lives, now, now + SURE)
    headline = look.entry.entry.title
    return await _keep(look, (Amendment(AmendmentKind.REMOVED, headline),), REMOVED, db, lives, now)


async def _keep(
    look: Look,
    seen: tuple[Amendment, ...],
    gone: int,
    db: Db,
    lives: bool,
    now: datetime,
    due_at: datetime | None = None,
) -> tuple[Amendment, ...]:
    following = due_at or pace.next_look(look.since, now)

    def keep(tx: Tx) -> None:
        looks.keep(tx, look, seen, gone, following, now)
        _tell(tx, look, seen, lives, now)

    await db.write(keep)
    return seen


def _tell(tx: Tx, look: Look, seen: Sequence[Amendment], lives: bool, now: datetime) -> None:
    """Every message that told the article shows what was changed, and its thread says so in one line."""
    if not seen or not lives:
        return
    lines = "\n".join(wording.amended(one) for one in seen)
    text = f"{look.entry.feed_name}, {clean(look.entry.entry.title)}: {lines}"
    told = outbox.telling(tx, look.entry.id)
    edits.touch(tx, [row.id for row in told], now)
    for row in told:
        key = f"amended|{row.id}|{look.entry.id}|{now.isoformat()}"
        outbox.put(tx, key, row.channel, Notice(text), now=now, root=row.root_id or row.id)
