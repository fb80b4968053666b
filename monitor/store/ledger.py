"""The ledger: where every entry went. `audit` proves that as many are accounted for as came in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from monitor.model import EntryState, OutboxState
from monitor.store.schema import entries, feeds, ledger, matches, outbox, stories, told

# Of an entry told to several channels, the message that stands worst speaks.
WORST_FIRST = (
    OutboxState.DEAD,
    OutboxState.UNKNOWN,
    OutboxState.SENDING,
    OutboxState.READY,
    OutboxState.DROPPED,
    OutboxState.CARRIED,
    OutboxState.SENT,
)
MATCHED = (EntryState.TOLD, EntryState.MERGED, EntryState.HELD, EntryState.SILENT, EntryState.MUTED)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One step of an entry."""

    at: datetime
    stage: str  # poll, judge, tell
    state: EntryState  # its state from then on
    reason: str


@dataclass(frozen=True, slots=True)
class FeedAudit:
    """One feed: what came in, where it stands, and whatever does not add up, as lines for people."""

    name: str
    url: str
    active: bool
    entries_in: int  # counted when they came, apart from the rows
    states: Mapping[EntryState, int]
    sent: int = 0  # of the told: how their messages stand
    waiting: int = 0
    unknown: int = 0
    dropped: int = 0  # replies in threads that people have deleted or closed
    dead: int = 0
    unaccounted: Sequence[str] = field(default=())

    @property
    def balanced(self) -> bool:
        return not self.unaccounted


def history(tx: Connection, entry_id: int) -> tuple[LedgerRow, ...]:
    """Every step of an entry, oldest first."""
    rows = tx.execute(select(ledger).where(ledger.c.entry_id == entry_id).order_by(ledger.c.id))
    return tuple(LedgerRow(row.at, row.stage, row.state, row.reason) for row in rows)


def audit(tx: Connection) -> tuple[FeedAudit, ...]:
    """Every feed that ever was; and one line more, without address, for messages that nobody asked for."""
    states = _states(tx)
    ways = _ways(tx)
    faults = _faults(tx)
    found = []
    for row in tx.execute(select(feeds).order_by(feeds.c.id)):
        here = states.get(row.id, {})
        told_by = ways.get(row.id, Counter())
        found.append(
            FeedAudit(
                name=row.name or row.title or row.host,
                url=row.url,
                active=row.active,
                entries_in=row.entries_in,
                states=here,
                sent=told_by[OutboxState.SENT],
                waiting=told_by[OutboxState.READY] + told_by[OutboxState.SENDING],
                unknown=told_by[OutboxState.UNKNOWN],
                dropped=told_by[OutboxState.DROPPED],
                dead=told_by[OutboxState.DEAD],
                unaccounted=(*_miscounted(row.entries_in, sum(here.values())), *faults.get(row.id, ())),
            )
        )
    return (*found, *_strays(tx))


def _states(tx: Connection) -> Mapping[int, Mapping[EntryState, int]]:
    counted = select(entries.c.feed_id, entries.c.state, func.count()).group_by(
        entries.c.feed_id, entries.c.state
    )
    states: dict[int, dict[EntryState, int]] = {}
    for feed_id, state, count in tx.execute(counted):
        states.setdefault(feed_id, {})[state] = count
    return states


def _miscounted(came: int, rows: int) -> Iterable[str]:
    if came != rows:
        yield f"{came} entries came in, {rows} are here"


_carriers = outbox.alias("carrier")


def _ways(tx: Connection) -> Mapping[int, Counter[OutboxState]]:
    """Per feed, how the messages of its told entries stand. Another entry of its story may tell one."""
    standing = func.coalesce(_carriers.c.state, outbox.c.state, type_=outbox.c.state.type)
    carried = (
        select(entries.c.feed_id, entries.c.id, standing)
        .join(stories, stories.c.key == entries.c.story_key)
        .join(told, told.c.story_id == stories.c.id)
        .join(outbox, outbox.c.id == told.c.outbox_id)
        .outerjoin(_carriers, _carriers.c.id == outbox.c.carried_by)
        .where(entries.c.state == EntryState.TOLD)
    )
    worst: dict[tuple[int, int], OutboxState] = {}
    for feed_id, entry_id, stands in tx.execute(carried):
        key = (feed_id, entry_id)
        worst[key] = min(worst.get(key, stands), stands, key=WORST_FIRST.index)
    ways: dict[int, Counter[OutboxState]] = {}
    for (feed_id, _), state in worst.items():
        ways.setdefault(feed_id, Counter())[state] += 1
    return ways


# --- what may not be ----------------------------------------------------------------------------------------


def _faults(tx: Connection) -> Mapping[int, list[str]]:
    """feed id -> a line for every entry that contradicts itself."""
    faults: dict[int, list[str]] = {}
    for asked, says in CONTRADICTIONS:
        for entry_id, feed_id in tx.execute(asked):
            faults.setdefault(feed_id, []).append(f"entry {entry_id}: {says}")
    return faults


def _of(table: Any) -> Any:
    return select(table.c.entry_id).where(table.c.entry_id == entries.c.id)


_WHO = select(entries.c.id, entries.c.feed_id).order_by(entries.c.id)
_LAST = (
    select(ledger.c.entry_id, func.max(ledger.c.id).label("id")).group_by(ledger.c.entry_id).subquery("last")
)
_TOLD_STORY = (
    select(told.c.outbox_id)
    .join(stories, stories.c.id == told.c.story_id)
    .where(stories.c.key == entries.c.story_key)
)
CONTRADICTIONS = (
    (
        _WHO.where(entries.c.state.in_([EntryState.NEW, EntryState.FAILED]), entries.c.due_at.is_(None)),
        "waits to be judged, but no time is set for it",
    ),
    (
        _WHO.where(entries.c.state == EntryState.TOLD, ~_TOLD_STORY.exists()),
        "is called told, but no message carries its story",
    ),
    (
        _WHO.where(entries.c.state.in_([EntryState.HELD, EntryState.SILENT]), ~entries.c.first_look),
        "is kept back, but it came after the first look",
    ),
    (
        _WHO.where(entries.c.state.in_(MATCHED), ~_of(matches).exists()),
        "is called a match, but no rule is noted",
    ),
    (_WHO.where(~_of(ledger).exists()), "has no line in the ledger"),
    (
        _WHO.join(_LAST, _LAST.c.entry_id == entries.c.id).join(
            ledger, and_(ledger.c.id == _LAST.c.id, ledger.c.state != entries.c.state)
        ),
        "is in another state than its last line in the ledger",
    ),
)


def _strays(tx: Connection) -> tuple[FeedAudit, ...]:
    asked = select(outbox.c.id).where(
        outbox.c.kind == "alert", ~select(told.c.rule_key).where(told.c.outbox_id == outbox.c.id).exists()
    )
    lines = [
        f"message {row_id}: an alert that tells no story"
        for row_id in tx.scalars(asked.order_by(outbox.c.id))
    ]
    return (FeedAudit("outbox", "", True, 0, {}, unaccounted=tuple(lines)),) if lines else ()
