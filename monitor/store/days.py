"""What became of a day: its entries as the audit counts them, its alerts, and how long these took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from monitor.model import EntryState
from monitor.store.ledger import CONTRADICTIONS, audit
from monitor.store.outbox import undelivered
from monitor.store.schema import entries, outbox, told


@dataclass(frozen=True, slots=True)
class Day:
    """From one midnight to the next."""

    entries_in: int
    unaccounted: int  # of these: what the store says of them contradicts itself
    balanced: bool  # the whole store
    alerts: int  # that were told
    pending: int  # entries that wait to be judged, and messages that wait to be told, at the end
    lags: Sequence[timedelta]  # from the poll that brought an article to its alert, in order


def day(tx: Connection, since: datetime, until: datetime, now: datetime) -> Day:
    came = and_(entries.c.seen_at >= since, entries.c.seen_at < until)
    wrong = {entry_id for asked, _ in CONTRADICTIONS for entry_id, _ in tx.execute(asked.where(came))}
    unjudged = _count(
        tx, and_(entries.c.state.in_([EntryState.NEW, EntryState.FAILED]), entries.c.seen_at < until)
    )
    return Day(
        entries_in=_count(tx, came),
        unaccounted=len(wrong),
        balanced=all(feed.balanced for feed in audit(tx)),
        alerts=_alerts(tx, since, until),
        pending=unjudged + undelivered(tx, now),
        lags=_lags(tx, since, until),
    )


def _count(tx: Connection, which: ColumnElement[bool]) -> int:
    return int(tx.scalar(select(func.count()).select_from(entries).where(which)) or 0)


_carriers = outbox.alias("carrier")
_SENT_AT = func.coalesce(_carriers.c.sent_at, outbox.c.sent_at, type_=outbox.c.sent_at.type)


def _alerts(tx: Connection, since: datetime, until: datetime) -> int:
    """One that a message of many carried counts as one."""
    asked = (
        select(func.count())
        .select_from(outbox.outerjoin(_carriers, _carriers.c.id == outbox.c.carried_by))
        .where(outbox.c.kind == "alert", since <= _SENT_AT, until > _SENT_AT)
    )
    return int(tx.scalar(asked) or 0)


def _lags(tx: Connection, since: datetime, until: datetime) -> Sequence[timedelta]:
    """Of alerts that were to be told at once: quiet hours and digests are no delay."""
    asked = (
        select(
            func.min(entries.c.seen_at, type_=entries.c.seen_at.type), func.min(_SENT_AT, type_=_SENT_AT.type)
        )
        .select_from(outbox)
        .join(told, told.c.outbox_id == outbox.c.id)
        .join(entries, entries.c.id == told.c.entry_id)
        .outerjoin(_carriers, _carriers.c.id == outbox.c.carried_by)
        .where(outbox.c.kind == "alert", outbox.c.bundle == "", since <= _SENT_AT, until > _SENT_AT)
        .group_by(outbox.c.id)
    )
    return sorted(max(sent - seen, timedelta(0)) for seen, sent in tx.execute(asked))
