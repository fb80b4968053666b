"""How often rules match: by articles rather than by the clock, so that a night or an outage is no silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from monitor.store.schema import entries, matches

SILENCE_OF = timedelta(days=60)  # how far back a usual rate is looked for


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one rule, without what first looks brought. Entries are numbered as they came in."""

    count: int
    first: int  # the number of the first entry that matched
    last: int


@dataclass(frozen=True, slots=True)
class Times:
    """When the first and the last of these entries were seen, and the widest gap between two, in entries."""

    first_at: datetime
    last_at: datetime
    widest: int


def rates(tx: Connection, since: datetime) -> Mapping[str, Rate]:
    """Of entries seen since then, by the key of the rule."""
    number = matches.c.entry_id
    asked = (
        select(matches.c.rule_key, func.count(number.distinct()), func.min(number), func.max(number))
        .join(entries, entries.c.id == number)
        .where(number >= _first_since(tx, since), ~entries.c.first_look)
        .group_by(matches.c.rule_key)
    )
    return {key: Rate(count, first, last) for key, count, first, last in tx.execute(asked)}


def newest(tx: Connection) -> int:
    """The number of the last entry that came in."""
    return int(tx.scalar(select(func.max(entries.c.id))) or 0)


def times(tx: Connection, rule_key: str, rate: Rate) -> Times:
    numbers = _numbers(tx, rule_key, rate)
    asked = select(entries.c.id, entries.c.seen_at).where(entries.c.id.in_([rate.first, rate.last]))
    seen = {row.id: row.seen_at for row in tx.execute(asked)}
    widest = max((b - a for a, b in zip(numbers, numbers[1:], strict=False)), default=0)
    return Times(seen[rate.first], seen[rate.last], widest)


def _numbers(tx: Connection, rule_key: str, rate: Rate) -> Sequence[int]:
    asked = select(matches.c.entry_id).where(
        matches.c.rule_key == rule_key, matches.c.entry_id.between(rate.first, rate.last)
    )
    return sorted(tx.scalars(asked.distinct()))


def _first_since(tx: Connection, since: datetime) -> int:
    """The number of the first entry seen since then: 20 looks at one row, where a scan reads a million."""
    low, high = 0, newest(tx) + 1
    while low < high:
        middle = (low + high) // 2
        row = tx.execute(_NEXT.where(entries.c.id >= middle)).first()
        if row is None or row.seen_at >= since:
            high = middle
        else:
            low = row.id + 1
    return low


_NEXT = select(entries.c.id, entries.c.seen_at).order_by(entries.c.id).limit(1)
