"""Mutes: what people want to hear nothing of, until when, and how much that held back. Every one ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from monitor.model import Decision, EntryState, Found, MuteKind, Route, StoredEntry, host_of
from monitor.store.schema import mutes

Muted = Mapping[tuple[str, str], "Mute"]  # (channel, rule) -> why that rule is not heard there


@dataclass(frozen=True, slots=True)
class Mute:
    """Empty and None mean all: every channel, rule, source, story. `user`: Slack's id; empty: by command."""

    kind: MuteKind
    until: datetime
    channel: str = ""
    rule: str = ""
    source: str = ""  # host of a newsroom; those below it are meant, too
    story: int | None = None
    user: str = ""
    id: int = 0  # 0: not stored yet
    held_back: int = 0  # alerts

    @property
    def what(self) -> str:
        match self.kind:
            case MuteKind.STORY:
                return f"story {self.story}"
            case MuteKind.SOURCE:
                return f"{self.source} for rule {self.rule}" if self.rule else self.source
            case MuteKind.RULE:
                return f"rule {self.rule}"

    @property
    def by(self) -> str:
        return f"by @{self.user}" if self.user else "by command"

    def covers(self, channel: str, rule: str, host: str, story: int | None) -> bool:
        return (
            self.channel in ("", channel)
            and self.rule in ("", rule)
            and (not self.source or f".{host}".endswith(f".{self.source}"))
            and self.story in (None, story)
        )


def add(tx: Connection, mute: Mute, now: datetime) -> Mute:
    """As it is kept."""
    row = {
        "kind": mute.kind,
        "channel": mute.channel,
        "rule": mute.rule,
        "source": mute.source,
        "story_id": mute.story,
        "user": mute.user,
        "at": now,
        "until": mute.until,
        "held_back": 0,
        "told": False,
    }
    return replace(mute, id=tx.scalar(insert(mutes).values(row).returning(mutes.c.id)) or 0)


def put(tx: Connection, mute: Mute, now: datetime) -> Mute:
    """The same, unless one holds that mutes the same: that one ends with the later of the two."""
    for one in active(tx, now):
        if same(one) == same(mute):
            until = max(one.until, mute.until)
            tx.execute(update(mutes).where(mutes.c.id == one.id).values(until=until))
            return replace(one, until=until)
    return add(tx, mute, now)


def same(mute: Mute) -> tuple[object, ...]:
    """What two mutes share that mute the same."""
    return (mute.kind, mute.channel, mute.rule, mute.source, mute.story)


def active(tx: Connection, now: datetime) -> tuple[Mute, ...]:
    """Those that hold, the first to end first."""
    return _read(tx, mutes.c.until > now)


def end(tx: Connection, mute_id: int, now: datetime) -> bool:
    """Ends one before its time. False: none that holds has this number."""
    ended = update(mutes).where(mutes.c.id == mute_id, mutes.c.until > now).values(until=now)
    return tx.execute(ended).rowcount > 0


def ended(tx: Connection, now: datetime) -> tuple[Mute, ...]:
    """Those whose end nobody was told yet."""
    return _read(tx, mutes.c.until <= now, ~mutes.c.told)


def told(tx: Connection, over: Iterable[Mute]) -> None:
    """Their end is told, or about to be in this transaction."""
    tx.execute(update(mutes).where(mutes.c.id.in_([mute.id for mute in over])).values(told=True))


def _read(tx: Connection, *which: object) -> tuple[Mute, ...]:
    asked = select(mutes).where(*which).order_by(mutes.c.until, mutes.c.id)  # type: ignore[arg-type]
    return tuple(
        Mute(
            row.kind,
            row.until,
            row.channel,
            row.rule,
            row.source,
            row.story_id,
            row.user,
            row.id,
            row.held_back,
        )
        for row in tx.execute(asked)
    )


# --- where an entry is judged -------------------------------------------------------------------------


def over(
    tx: Connection,
    entry: StoredEntry,
    found: Iterable[Found],
    routes: Mapping[str, Route],
    story: int | None,
    now: datetime,
) -> Muted:
    """Which of the rules that hold are not to be heard, where."""
    holding, host = active(tx, now), host_of(entry.entry.link)
    if not holding:
        return {}
    pairs = [(channel, one.rule) for one in found for channel in routes[one.rule].under(entry.tags).channels]
    return {
        pair: next(mute for mute in holding if mute.covers(*pair, host, story))
        for pair in pairs
        if any(mute.covers(*pair, host, story) for mute in holding)
    }


def weighed(
    tx: Connection, entry: StoredEntry, decision: Decision, muted: Muted, told: frozenset[tuple[str, str]]
) -> Decision:
    """The decision in the light of the mutes. What they held back is counted, an entry and mute once.

    `decision` was made as if `muted` had been told; `told` is what really was.
    """
    kept = [mute for pair, mute in muted.items() if pair not in told]
    if not kept or decision.state not in (EntryState.TOLD, EntryState.MERGED):
        return decision
    if entry.state is not EntryState.MUTED:
        _count(tx, sorted({mute.id for mute in kept}))
    why = "; ".join(
        dict.fromkeys(f"{one.what} is muted {one.by} until {one.until:%Y-%m-%d %H:%M} UTC" for one in kept)
    )
    if decision.deliveries or decision.shown or told or decision.state is EntryState.TOLD:
        return replace(decision, reason=f"{decision.reason}; {why}")
    return replace(decision, state=EntryState.MUTED, reason=f"matched {_rules(muted)}; {why}")


def _rules(muted: Muted) -> str:
    return ", ".join(dict.fromkeys(rule for _, rule in muted))


def _count(tx: Connection, ids: Sequence[int]) -> None:
    tx.execute(update(mutes).where(mutes.c.id.in_(ids)).values(held_back=mutes.c.held_back + 1))
