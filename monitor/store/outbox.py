"""The outbox: what is to be told, claimed before the first byte and settled by what became of it.

ready -> sending -> sent | ready again | unknown | dropped | dead; ready -> carried, by one that tells many.
A claim is a commit, so a killed daemon leaves `sending`, which the next one reads as "may have arrived": it
is looked up in Slack (unknown.py) and never sent again blindly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never
from zlib import crc32

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from monitor.model import (
    Held,
    Message,
    NoThread,
    NotSent,
    OutboxState,
    Outgoing,
    Priority,
    Refused,
    SendOutcome,
    Sent,
    Unknown,
)
from monitor.store import bundles, edits
from monitor.store.columns import key_of
from monitor.store.lanes import WIDE, block, blocked, held, lanes, release
from monitor.store.outgoing import new_row, outgoing, root_of
from monitor.store.schema import insert_into, outbox, told
from monitor.store.stories import opened

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=7)  # by age, never by count: an outage of Slack must not use up the tries
PROBE_AFTER = timedelta(minutes=10)  # how long a held lane rests before one message tries it again
STRANGE = 3  # attempts that ended in an answer Slack does not list, before people are asked

Tell = tuple[str, str, int]  # (rule, story, entry id): what a message makes known


@dataclass(frozen=True, slots=True)
class Terms:
    """What config.yaml says of delivery. `fallback`: told what a closed channel is not; empty: it waits."""

    settle: timedelta = timedelta(seconds=30)  # how long an unknown outcome rests before it is looked up
    fallback: str = ""


TERMS = Terms()


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message and how far it came, for people."""

    id: int
    channel: str
    kind: str  # alert, first look, notice
    state: OutboxState
    attempt: int
    created_at: datetime
    next_at: datetime
    started_at: datetime | None
    sent_at: datetime | None
    ts: str
    error: str


# --- in ---------------------------------------------------------------------------------------------------


def put(
    tx: Connection,
    key: str,
    channel: str,
    message: Message,
    *,
    now: datetime,
    priority: Priority = Priority.NORMAL,
    tells: Sequence[Tell] = (),
    root: int | None = None,
    at: datetime | None = None,
    bundle: str = "",
) -> int | None:
    """Queue a message and remember what it tells. None: it stands here already, or tells nothing new.

    `root`: the row of the message in whose thread it goes. `at`: not before then. `bundle`: with all others
    of the same one that are due, in one message.
    """
    story_ids = opened(tx, [story for _, story, _ in tells], now)
    fresh = _untold(tx, channel, tells, story_ids)
    if tells and not fresh:
        return None
    row = new_row(
        key,
        channel,
        message,
        created_at=now,
        next_at=max(at or now, now),
        priority=priority,
        root=root,
        bundle=bundle,
    )
    new = insert_into(tx, outbox).values(row).on_conflict_do_nothing()
    row_id: int | None = tx.scalar(new.returning(outbox.c.id))
    if row_id is not None and fresh:
        line = {"channel": channel, "outbox_id": row_id, "at": now}
        tx.execute(insert(told), [line | one for one in fresh])
    return row_id


def _untold(
    tx: Connection, channel: str, tells: Sequence[Tell], story_ids: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The (story, rule) pairs this channel was not told: the last guard against telling twice."""
    rows = {
        (story_ids[key_of(story)], key_of(rule)): {"rule": rule, "entry_id": entry_id}
        for rule, story, entry_id in reversed(tells)
    }
    known = select(told.c.story_id, told.c.rule_key).where(
        told.c.channel == channel, told.c.story_id.in_(list(story_ids.values()))
    )
    for row in tx.execute(known):
        rows.pop((row.story_id, row.rule_key), None)
    return [row | {"story_id": story, "rule_key": rule} for (story, rule), row in rows.items()]


# --- out --------------------------------------------------------------------------------------------------


_roots, _carriers = outbox.alias("root"), outbox.alias("carrier")
# A thread begins when its root stands in Slack. One that never came there holds nothing up: what was to be in
# its thread goes into the channel.
_ON_ITS_WAY = [OutboxState.READY, OutboxState.SENDING, OutboxState.UNKNOWN]
_WAITS = and_(
    outbox.c.root_id.is_not(None),
    exists().where(
        _roots.c.id == outbox.c.root_id,
        or_(
            _roots.c.state.in_(_ON_ITS_WAY),
            exists().where(_carriers.c.id == _roots.c.carried_by, _carriers.c.state.in_(_ON_ITS_WAY)),
        ),
    ),
)


def _ready(now: datetime) -> Any:
    return and_(outbox.c.state == OutboxState.READY, outbox.c.next_at <= now, ~_WAITS)


def lanes_ready(tx: Connection, now: datetime) -> tuple[str, ...]:
    """Channels with a message to send that nothing keeps back; a held one, too, when its rest is over."""
    shut = blocked(tx, now)
    if WIDE in shut:
        return ()
    rows = tx.scalars(select(outbox.c.channel).where(_ready(now)).distinct().order_by(outbox.c.channel))
    return tuple(channel for channel in rows if channel not in shut)


def claim(tx: Connection, channel: str, now: datetime, skew: timedelta = timedelta(0)) -> Outgoing | None:
    """Take the next message of a channel: the most urgent, then the oldest. None: nothing may be sent now.

    `skew`: how far Slack's clock is ahead of ours.
    """
    if blocked(tx, now) & {WIDE, channel}:
        return None
    asked = select(outbox).where(outbox.c.channel == channel, _ready(now))
    row = tx.execute(asked.order_by(outbox.c.priority, outbox.c.id).limit(1)).first()
    if row is None:
        return None
    try:
        return _claimed(tx, _carrier(tx, row, now) or row, now, skew)
    except bundles.Unreadable as error:
        _bury(tx, error.row_id, f"cannot be read any more: {error}")
        return claim(tx, channel, now, skew)


def _carrier(tx: Connection, first: Row[Any], now: datetime) -> Row[Any] | None:
    """The message that tells this one and others; None: it goes alone."""
    ready = _ready(now)
    rows = bundles.gathered(tx, first, ready, now)
    if not rows:
        return None
    row_id = bundles.carry(tx, rows, bundles.waiting(tx, first, ready) - len(rows), now)
    return tx.execute(select(outbox).where(outbox.c.id == row_id)).one()


def _claimed(tx: Connection, row: Row[Any], now: datetime, skew: timedelta) -> Outgoing:
    root = root_of(tx, row.root_id)
    taken = {
        "state": OutboxState.SENDING,
        "attempt": row.attempt + 1,
        "started_at": now,
        "first_at": row.first_at or now + skew,
        "channel": root.channel if root else row.channel,
        "place": root.place if root else row.place,
    }
    mine = update(outbox).where(outbox.c.id == row.id).values(taken).returning(outbox)
    try:
        return outgoing(tx, tx.execute(mine).one())
    except (KeyError, ValueError) as error:
        raise bundles.Unreadable(row.id, error) from error


def _bury(tx: Connection, row_id: int, reason: str) -> None:
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(state=OutboxState.DEAD, error=reason))


def settle(tx: Connection, out: Outgoing, outcome: SendOutcome, now: datetime, terms: Terms = TERMS) -> None:
    """What became of a claimed message, and what that means for its channel."""
    match outcome:
        case Sent(ts, note, place):
            _become(tx, out, state=OutboxState.SENT, ts=ts, sent_at=now, error=note, place=place or out.place)
            release(tx, (out.channel, WIDE))
        case NotSent(reason, retry_after, wide):
            _again_later(tx, out, reason, retry_after, wide, now)
        case Unknown(reason, strange):
            _become(tx, out, state=OutboxState.UNKNOWN, error=reason, look_at=now + terms.settle)
            if strange and out.attempt >= STRANGE:
                block(tx, out.channel, now + PROBE_AFTER, reason, held=True)
        case Held(reason, wide):
            _become(tx, out, state=OutboxState.READY, next_at=now, error=reason)
            block(tx, WIDE if wide else out.channel, now + PROBE_AFTER, reason, held=True)
            divert(tx, terms.fallback)
        case NoThread(reason):
            _become(tx, out, state=OutboxState.DROPPED, error=reason)
            edits.touch(tx, edits.roots_of(tx, [out.id]), now)
        case Refused(reason) if out.plain:
            _become(tx, out, state=OutboxState.DEAD, error=reason)
            bundles.unpack(tx, out.id, now)
        case Refused(reason):
            _become(tx, out, state=OutboxState.READY, next_at=now, plain=True, error=reason)
        case other:
            assert_never(other)


def divert(tx: Connection, fallback: str) -> None:
    """What waits for channels that are closed goes to another one; what is for a thread waits for its own."""
    closed = [name for name in held(tx) if name not in (WIDE, fallback)]
    if fallback and closed:
        waits = and_(outbox.c.state == OutboxState.READY, outbox.c.root_id.is_(None))
        elsewhere = {"channel": fallback, "meant": outbox.c.channel, "place": ""}
        tx.execute(update(outbox).where(outbox.c.channel.in_(closed), waits).values(elsewhere))


def _become(tx: Connection, out: Outgoing, **columns: Any) -> None:
    """Only the attempt that was made is settled: a later claim of the same row is not ours to judge."""
    ours = and_(
        outbox.c.id == out.id,
        outbox.c.attempt == out.attempt,
        outbox.c.state.in_([OutboxState.SENDING, OutboxState.UNKNOWN]),
    )
    columns = {"look_at": None} | columns
    tx.execute(update(outbox).where(ours).values(columns))


def _again_later(
    tx: Connection, out: Outgoing, reason: str, retry_after: timedelta | None, wide: bool, now: datetime
) -> None:
    wait = back_off(out) if retry_after is None else min(max(retry_after, timedelta(0)), GIVE_UP_AFTER)
    if now - out.created_at > GIVE_UP_AFTER:
        _become(tx, out, state=OutboxState.DEAD, error=f"given up after {GIVE_UP_AFTER.days} days: {reason}")
    else:
        _become(tx, out, state=OutboxState.READY, next_at=now + wait, error=reason)
    if wide:
        block(tx, WIDE, now + wait, reason)
    elif retry_after is not None:
        block(tx, out.channel, now + wait, reason)


def back_off(out: Outgoing) -> timedelta:
    """1 s, doubled with every attempt, at most 5 min; half of it spread, so that rows return apart."""
    wait: timedelta = min(FIRST_WAIT * 2 ** min(out.attempt - 1, 20), LONGEST_WAIT)
    spread = crc32(f"{out.id}:{out.attempt}".encode()) / 2**32
    return wait * (0.5 + spread / 2)


# --- at start and at reload ---------------------------------------------------------------------------------


def recover(tx: Connection, now: datetime, terms: Terms = TERMS) -> int:
    """What was being sent when the last daemon died may have arrived. How many messages that are."""
    lost = {
        "state": OutboxState.UNKNOWN,
        "error": "interrupted while sending",
        "look_at": now + terms.settle,
    }
    return tx.execute(update(outbox).where(outbox.c.state == OutboxState.SENDING).values(lost)).rowcount


# --- questions of people ----------------------------------------------------------------------------------


def counts(tx: Connection) -> Mapping[OutboxState, int]:
    """How many messages stand in each state; every state is named."""
    counted = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    found: dict[OutboxState, int] = dict(tx.execute(counted).all())
    return {state: found.get(state, 0) for state in OutboxState}


def unsettled(tx: Connection) -> int:
    """How many messages are not known to have ended."""
    found = counts(tx)
    return found[OutboxState.READY] + found[OutboxState.SENDING] + found[OutboxState.UNKNOWN]


def undelivered(tx: Connection, now: datetime) -> int:
    """Of these, how many are to be told by now."""
    return unsettled(tx) - bundles.kept_back(tx, now)


def next_due(tx: Connection) -> datetime | None:
    """When the first waiting message may be sent, lanes considered. None: none waits."""
    until = {lane.channel: lane.blocked_until for lane in lanes(tx) if lane.blocked_until}
    first = select(outbox.c.channel, func.min(outbox.c.next_at)).where(
        outbox.c.state == OutboxState.READY, ~_WAITS
    )
    times = [
        max(at, until.get(channel, at), until.get(WIDE, at))
        for channel, at in tx.execute(first.group_by(outbox.c.channel))
    ]
    return min(times, default=None)


def rows(tx: Connection, entry_id: int) -> tuple[OutboxRow, ...]:
    """Every message that carries this entry, oldest first."""
    carrying = select(told.c.outbox_id).where(told.c.entry_id == entry_id)
    found = tx.execute(select(outbox).where(outbox.c.id.in_(carrying)).order_by(outbox.c.id))
    return tuple(map(_row, found))


def telling(tx: Connection, entry_id: int) -> Sequence[Any]:
    """The alerts that were made for this entry and may stand in Slack: id, channel, root_id."""
    carrying = select(told.c.outbox_id).where(told.c.entry_id == entry_id)
    standing = outbox.c.state.not_in([OutboxState.DEAD, OutboxState.DROPPED])
    asked = select(outbox.c.id, outbox.c.channel, outbox.c.root_id)
    return tx.execute(asked.where(outbox.c.id.in_(carrying), outbox.c.kind == "alert", standing)).all()


def _row(row: Row[Any]) -> OutboxRow:
    times = (row.created_at, row.next_at, row.started_at, row.sent_at)
    return OutboxRow(row.id, row.channel, row.kind, row.state, row.attempt, *times, row.ts, row.error)
