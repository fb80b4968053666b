"""What became of messages whose answer was lost, and what messages say whose story has changed since.

Slack is asked what stands in the channel: a message of ours bears its key. What is found was told; what is
not found is told again; what stands there twice is taken back but for the oldest.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

from monitor.desk import Clock
from monitor.model import (
    Held,
    Lookup,
    NoThread,
    NotSent,
    OnUnknown,
    Outgoing,
    Refused,
    Seen,
    SendOutcome,
    Sent,
    Unknown,
    Unread,
)
from monitor.ops import log
from monitor.pipeline import Chat, surely
from monitor.store import edits, unknown
from monitor.store.db import Db, Tx

READ_AGAIN = timedelta(seconds=30)
HELD_FOR = timedelta(minutes=10)
INSIST = timedelta(hours=1)  # so long a message that stands twice is tried to be taken back


async def look_up(
    channel: str, *, chat: Chat, db: Db, clock: Clock, policy: OnUnknown
) -> tuple[Lookup, Seen | Unread] | None:
    """One read of a channel -> what became of its unknown messages. None: there is nothing to look up."""
    lookup = await db.read(lambda tx: unknown.due(tx, channel, clock()))
    if lookup is None:
        return None
    found = await chat.find(lookup, clock())
    match found:
        case Seen(messages, place):
            stuck = await _take_back(lookup, found, chat)
            await surely(
                lambda tx: _keep(tx, lookup, messages, place, stuck, clock()), db, lookup.messages[0].id
            )
        case Unread(_, _, blind) if blind and policy is OnUnknown.RESEND:
            await db.write(lambda tx: _send_again(tx, lookup, found.reason, clock()))
        case Unread(reason, retry_after, blind):
            rest = HELD_FOR if blind else max(retry_after or READ_AGAIN, READ_AGAIN)
            await db.write(lambda tx: _put_off(tx, lookup, reason, clock() + rest))
        case other:
            assert_never(other)
    return lookup, found


async def _take_back(lookup: Lookup, found: Seen, chat: Chat) -> frozenset[str]:
    """All but the oldest of each. The keys of which one stands there still."""
    stuck = set()
    for out in lookup.messages:
        for ts in found.messages.get(out.key, ())[1:]:
            log.get().warning("a message stands twice; the later one is taken back", alert=out.id)
            if not await chat.erase(found.place, ts):
                stuck.add(out.key)
    return frozenset(stuck)


def _keep(
    tx: Tx,
    lookup: Lookup,
    messages: Mapping[str, tuple[str, ...]],
    place: str,
    stuck: frozenset[str],
    now: datetime,
) -> None:
    for out in lookup.messages:
        if out.key in stuck and now - out.created_at < INSIST:
            unknown.put_off(tx, out, "it stands twice, and cannot be taken back yet", now + READ_AGAIN)
        elif standing := messages.get(out.key):
            unknown.found(tx, out, standing[0], place, now)
        else:
            unknown.missing(tx, out, "its answer was lost, and Slack does not have it", now)


def _send_again(tx: Tx, lookup: Lookup, reason: str, now: datetime) -> None:
    for out in lookup.messages:
        unknown.missing(tx, out, f"sent again, perhaps for the second time: {reason}", now)


def _put_off(tx: Tx, lookup: Lookup, reason: str, until: datetime) -> None:
    for out in lookup.messages:
        unknown.put_off(tx, out, f"cannot be looked up yet: {reason}", until)


async def edit(*, chat: Chat, db: Db, clock: Clock) -> tuple[Outgoing, SendOutcome] | None:
    """The next message that is to say something else -> outcome; None: there is none."""
    claimed = await db.read(lambda tx: edits.claim(tx, clock()))
    if claimed is None:
        return None
    out, shown = claimed
    outcome = await chat.edit(out, clock())
    await db.write(lambda tx: _edited(tx, out, shown, outcome, clock()))
    return out, outcome


def _edited(tx: Tx, out: Outgoing, shown: int, outcome: SendOutcome, now: datetime) -> None:
    match outcome:
        case Sent():
            edits.settle(tx, out.id, shown, now)
        case NotSent(_, retry_after):
            edits.put_off(tx, out.id, now + (retry_after or edits.PACE))
        case Unknown():  # to edit it once more does no harm
            edits.put_off(tx, out.id, now + edits.PACE)
        case Held():
            edits.put_off(tx, out.id, now + HELD_FOR)
        case Refused() | NoThread():
            edits.leave(tx, out.id)
        case other:
            assert_never(other)
