"""Incidents: what is wrong until it is mended. Each is told in one message, which is edited and closed.

What begins within two minutes of a message is told in the same one: twenty feeds of a publisher that is
down are one message, not twenty. A change and the edit that shows it share one commit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from monitor.model import Notice, OutboxState
from monitor.store.edits import reword
from monitor.store.outbox import put
from monitor.store.schema import incidents, insert_into, outbox

TOGETHER = timedelta(minutes=2)
ROOM = 1_200  # characters of a message to which one more is added: Slack shows 3,000 of a section
LONGEST = 1_000  # of what one incident says
KEPT = timedelta(days=90)

_MAY_STAND = [OutboxState.READY, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.SENT]


@dataclass(frozen=True, slots=True)
class Incident:
    """`subject`: what it is about, its kind first, in 400 characters; of one, one goes on at a time."""

    subject: str
    text: str
    opened_at: datetime
    closed_at: datetime | None = None  # None: it goes on


def begin(
    tx: Connection, subject: str, text: str, channel: str, now: datetime, *, since: datetime | None = None
) -> bool:
    """It goes on `since` then (None: now), which is told. False: that was known; what it says may be new.

    `channel` empty: it is kept, and told nobody.
    """
    known = _going_on(tx, subject)
    if known:
        _say(tx, known[0], text, now)
        return False
    since = since or now
    key = f"{subject} {since.isoformat()}"
    row = {"key": key, "text": text, "opened_at": since, "changed_at": now}
    new = insert_into(tx, incidents).values(row).on_conflict_do_nothing()
    if tx.scalar(new.returning(incidents.c.key)) is None:
        return False  # it is over, and was told
    if channel:
        _tell(tx, key, channel, now)
    return True


def end(tx: Connection, subject: str, words: str, now: datetime) -> bool:
    """It is over, which its message shows. False: it did not go on."""
    known = _going_on(tx, subject)
    for row in known:
        text = f"{row.text[:LONGEST]}\n✓ {words} ({_between(row.opened_at, now)})"
        closed = {"text": text, "closed_at": now, "changed_at": now}
        tx.execute(update(incidents).where(incidents.c.key == row.key).values(closed))
        _reword(tx, row.outbox_id, now)
    return bool(known)


def going_on(tx: Connection) -> tuple[Incident, ...]:
    """All that are not over, the oldest first."""
    return tuple(Incident(_subject(row.key), row.text, row.opened_at) for row in _open_rows(tx))


def settle(
    tx: Connection, kinds: Collection[str], found: Mapping[str, str], channel: str, now: datetime, words: str
) -> tuple[Collection[str], Collection[str]]:
    """What is wrong of these kinds now, by subject, and no more. The subjects that began, and that ended.

    A kind is the first word of a subject.
    """
    before = [one.subject for one in going_on(tx) if one.subject.partition(" ")[0] in kinds]
    began = [subject for subject, text in found.items() if begin(tx, subject, text, channel, now)]
    ended = [subject for subject in before if subject not in found and end(tx, subject, words, now)]
    return began, ended


def forget(tx: Connection, now: datetime) -> None:
    """Those that were over long ago."""
    tx.execute(delete(incidents).where(incidents.c.closed_at < now - KEPT))


# --- rows and messages ------------------------------------------------------------------------------------


def _subject(key: str) -> str:
    return key.rpartition(" ")[0]


def _open_rows(tx: Connection) -> list[Row[Any]]:
    asked = select(incidents).where(incidents.c.closed_at.is_(None))
    return list(tx.execute(asked.order_by(incidents.c.opened_at, incidents.c.key)))


def _going_on(tx: Connection, subject: str) -> list[Row[Any]]:
    """One at most, but for a feed whose failure was forgiven in between."""
    return [row for row in _open_rows(tx) if _subject(row.key) == subject]


def _say(tx: Connection, row: Row[Any], text: str, now: datetime) -> None:
    if row.text != text:
        change = {"text": text, "changed_at": now}
        tx.execute(update(incidents).where(incidents.c.key == row.key).values(change))
        _reword(tx, row.outbox_id, now)


def _tell(tx: Connection, key: str, channel: str, now: datetime) -> None:
    """In the message of those that began just before, where there is one with room; else in its own."""
    row_id = _message_of_now(tx, channel, now)
    if row_id is None:
        row_id = put(tx, f"incident|{key}", channel, Notice(""), now=now)
    tx.execute(update(incidents).where(incidents.c.key == key).values(outbox_id=row_id))
    _reword(tx, row_id, now)


def _message_of_now(tx: Connection, channel: str, now: datetime) -> int | None:
    asked = (
        select(outbox.c.id, func.sum(func.length(incidents.c.text)).label("size"))
        .join(incidents, incidents.c.outbox_id == outbox.c.id)
        .where(outbox.c.channel == channel, outbox.c.state.in_(_MAY_STAND))
        .where(outbox.c.created_at.between(now - TOGETHER, now))
        .group_by(outbox.c.id)
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    row = tx.execute(asked).first()
    return row.id if row and row.size < ROOM else None


def _reword(tx: Connection, row_id: int | None, now: datetime) -> None:
    if row_id is not None:
        reword(tx, row_id, Notice(_text_of(tx, row_id)), now)


def _text_of(tx: Connection, row_id: int) -> str:
    told = select(incidents.c.text, incidents.c.closed_at).where(incidents.c.outbox_id == row_id)
    rows = tx.execute(told.order_by(incidents.c.changed_at, incidents.c.key))
    return "\n".join(row.text if row.closed_at else row.text[:LONGEST] for row in rows)


def _between(since: datetime, until: datetime) -> str:
    """`2026-11-22 14:02-16:12 UTC`."""
    end = f"{until:%H:%M}" if until.date() == since.date() else f"{until:%Y-%m-%d %H:%M}"
    return f"{since:%Y-%m-%d %H:%M}-{end} UTC"
