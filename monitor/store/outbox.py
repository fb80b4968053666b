"""The outbox: what is to be told, claimed before the first byte and settled by what became of it.

ready -> sending -> sent | ready again | unknown | dead. A claim is a commit, so a killed daemon leaves
`sending`, which the next one reads as "may have arrived" and never sends again blindly.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, assert_never
from zlib import crc32

from sqlalchemy import Connection, Row, and_, exists, func, insert, select, update

from monitor.model import (
    Held,
    Message,
    NotSent,
    OutboxState,
    Outgoing,
    Priority,
    Refused,
    SendOutcome,
    Sent,
    Unknown,
)
from monitor.store.codec import message_in, message_out
from monitor.store.columns import key_of
from monitor.store.schema import insert_into, outbox, told
from monitor.store.schema import lanes as lanes_table
from monitor.store.stories import opened

WIDE = "*"  # the lane of the whole workspace
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=7)  # by age, never by count: an outage of Slack must not use up the tries
PROBE_AFTER = timedelta(minutes=10)  # how long a held lane rests before one message tries it again

Tell = tuple[str, str, int]  # (rule, story, entry id): what a message makes known


@dataclass(frozen=True, slots=True)
class Lane:
    """What keeps a channel ("*": all of them) from being sent to."""

    channel: str
    blocked_until: datetime | None  # None: free
    held: bool  # until somebody mends a setting
    reason: str


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
) -> int | None:
    """Queue a message and remember what it tells. None: it stands here already, or tells nothing new.

    `root`: the row of the message in whose thread it goes.
    """
    story_ids = opened(tx, [story for _, story, _ in tells], now)
    fresh = _untold(tx, channel, tells, story_ids)
    if tells and not fresh:
        return None
    row_id = _insert(tx, key, channel, message, priority, now, root)
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


def _insert(
    tx: Connection,
    key: str,
    channel: str,
    message: Message,
    priority: Priority,
    now: datetime,
    root: int | None,
) -> int | None:
    kind, payload = message_out(message)
    row = {
        "key": key,
        "channel": channel,
        "kind": kind,
        "payload": payload,
        "payload_hash": sha256(payload.encode()).hexdigest(),
        "state": OutboxState.READY,
        "priority": priority,
        "attempt": 0,
        "plain": False,
        "created_at": now,
        "next_at": now,
        "ts": "",
        "error": "",
        "root_id": root,
        "place": "",
        "looks": 0,
        "bundle": "",
        "changes": 0,
        "shown": 0,
    }
    new = insert_into(tx, outbox).values(row).on_conflict_do_nothing()
    row_id: int | None = tx.scalar(new.returning(outbox.c.id))
    return row_id


# --- out --------------------------------------------------------------------------------------------------


_roots = outbox.alias()
# A thread begins when its root stands in Slack. A root of which that is not known holds nothing up: what was
# to be in its thread goes into the channel.
_ON_ITS_WAY = [OutboxState.READY, OutboxState.SENDING]
_WAITS = and_(
    outbox.c.root_id.is_not(None),
    exists().where(_roots.c.id == outbox.c.root_id, _roots.c.state.in_(_ON_ITS_WAY)),
)


def _ready(now: datetime) -> Any:
    return and_(outbox.c.state == OutboxState.READY, outbox.c.next_at <= now, ~_WAITS)


def lanes_ready(tx: Connection, now: datetime) -> tuple[str, ...]:
    """Channels with a message to send that nothing keeps back; a held one, too, when its rest is over."""
    blocked = _blocked(tx, now)
    if WIDE in blocked:
        return ()
    rows = tx.scalars(select(outbox.c.channel).where(_ready(now)).distinct().order_by(outbox.c.channel))
    return tuple(channel for channel in rows if channel not in blocked)


def _blocked(tx: Connection, now: datetime) -> frozenset[str]:
    return frozenset(tx.scalars(select(lanes_table.c.channel).where(lanes_table.c.blocked_until > now)))


def claim(tx: Connection, channel: str, now: datetime) -> Outgoing | None:
    """Take the next message of a channel: the most urgent, then the oldest. None: nothing may be sent now."""
    if _blocked(tx, now) & {WIDE, channel}:
        return None
    asked = select(outbox).where(outbox.c.channel == channel, _ready(now))
    row = tx.execute(asked.order_by(outbox.c.priority, outbox.c.id).limit(1)).first()
    if row is None:
        return None
    try:
        message = message_in(row.kind, row.payload)
    except (KeyError, ValueError) as error:
        _bury(tx, row.id, f"cannot be read any more: {error}")
        return claim(tx, channel, now)
    taken = {"state": OutboxState.SENDING, "attempt": row.attempt + 1, "started_at": now}
    tx.execute(update(outbox).where(outbox.c.id == row.id).values(taken))
    thread = "" if row.plain else _thread(tx, row.root_id)
    return Outgoing(row.id, row.key, row.channel, message, row.created_at, row.attempt + 1, row.plain, thread)


def _thread(tx: Connection, root_id: int | None) -> str:
    """What Slack calls the message of a root; empty: there is none, or nobody knows."""
    if root_id is None:
        return ""
    sent = and_(outbox.c.id == root_id, outbox.c.state == OutboxState.SENT)
    return tx.scalar(select(outbox.c.ts).where(sent)) or ""


def _bury(tx: Connection, row_id: int, reason: str) -> None:
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(state=OutboxState.DEAD, error=reason))


def settle(tx: Connection, out: Outgoing, outcome: SendOutcome, now: datetime) -> None:
    """What became of a claimed message, and what that means for its channel."""
    match outcome:
        case Sent(ts, note):
            _become(tx, out, state=OutboxState.SENT, ts=ts, sent_at=now, error=note)
            _release(tx, (out.channel, WIDE))
        case NotSent(reason, retry_after, wide):
            _again_later(tx, out, reason, retry_after, wide, now)
        case Unknown(reason):
            _become(tx, out, state=OutboxState.UNKNOWN, error=reason)
        case Held(reason, wide):
            _become(tx, out, state=OutboxState.READY, next_at=now, error=reason)
            _block(tx, WIDE if wide else out.channel, now + PROBE_AFTER, reason, held=True)
        case Refused(reason) if out.plain:
            _become(tx, out, state=OutboxState.DEAD, error=reason)
        case Refused(reason):
            _become(tx, out, state=OutboxState.READY, next_at=now, plain=True, error=reason)
        case other:
            assert_never(other)


def _become(tx: Connection, out: Outgoing, **columns: Any) -> None:
    """Only the attempt that was made is settled: a later claim of the same row is not ours to judge."""
    ours = and_(
        outbox.c.id == out.id,
        outbox.c.attempt == out.attempt,
        outbox.c.state.in_([OutboxState.SENDING, OutboxState.UNKNOWN]),
    )
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
        _block(tx, WIDE, now + wait, reason)
    elif retry_after is not None:
        _block(tx, out.channel, now + wait, reason)


def back_off(out: Outgoing) -> timedelta:
    """1 s, doubled with every attempt, at most 5 min; half of it spread, so that rows return apart."""
    wait: timedelta = min(FIRST_WAIT * 2 ** min(out.attempt - 1, 20), LONGEST_WAIT)
    spread = crc32(f"{out.id}:{out.attempt}".encode()) / 2**32
    return wait * (0.5 + spread / 2)


def _block(tx: Connection, channel: str, until: datetime, reason: str, *, held: bool = False) -> None:
    """A block is only ever made longer; `release_lanes` and a message that arrives make it shorter."""
    lane = tx.execute(select(lanes_table).where(lanes_table.c.channel == channel)).first()
    if lane and lane.blocked_until:
        until = max(until, lane.blocked_until)
    now_so = {"blocked_until": until, "held": held or bool(lane and lane.held), "reason": reason}
    new = insert_into(tx, lanes_table).values(channel=channel, **now_so)
    tx.execute(new.on_conflict_do_update(index_elements=["channel"], set_=now_so))


def _release(tx: Connection, channels: Sequence[str]) -> None:
    free = {"held": False, "blocked_until": None, "reason": ""}
    tx.execute(
        update(lanes_table).where(lanes_table.c.channel.in_(channels), lanes_table.c.held).values(free)
    )


# --- messages that live on ---------------------------------------------------------------------------------


def touch(tx: Connection, ids: Collection[int], now: datetime) -> None:
    """What these messages say has changed: Slack is to show it, at most every EDIT_PACE."""
    rows = tx.execute(select(outbox.c.id, outbox.c.edit_at).where(outbox.c.id.in_(ids))).all()
    for row in rows:
        due = row.edit_at or now
        change = {"changes": outbox.c.changes + 1, "edit_at": due}
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(change))


# --- at start and at reload ---------------------------------------------------------------------------------


def recover(tx: Connection) -> int:
    """What was being sent when the last daemon died may have arrived. How many messages that are."""
    lost = {"state": OutboxState.UNKNOWN, "error": "interrupted while sending"}
    return tx.execute(update(outbox).where(outbox.c.state == OutboxState.SENDING).values(lost)).rowcount


def release_lanes(tx: Connection) -> None:
    """A setting may have been mended: try held lanes at once. A publisher's Retry-After stays."""
    tx.execute(update(lanes_table).where(lanes_table.c.held).values(blocked_until=None))


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


def lanes(tx: Connection) -> tuple[Lane, ...]:
    """Every lane that was ever kept back, and why it is if it still is."""
    rows = tx.execute(select(lanes_table).order_by(lanes_table.c.channel))
    return tuple(Lane(row.channel, row.blocked_until, row.held, row.reason) for row in rows)


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


def _row(row: Row[Any]) -> OutboxRow:
    times = (row.created_at, row.next_at, row.started_at, row.sent_at)
    return OutboxRow(row.id, row.channel, row.kind, row.state, row.attempt, *times, row.ts, row.error)
