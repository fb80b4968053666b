"""Values of the model as JSON, and back."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from monitor.model import (
    Alert,
    Block,
    Digest,
    Excerpt,
    FirstLookAlert,
    Hints,
    Message,
    Notice,
    Zone,
)
from monitor.model.upkeep import Doubt, Move, Part, Trust
from monitor.store.columns import EPOCH, MILLISECOND

if sys.version_info >= (3, 14):
    from compression.zstd import decompress
else:
    from backports.zstd import decompress

Raw = list[list[Any]]  # what the Json columns hold

KINDS: dict[str, type[Message]] = {
    "alert": Alert,
    "digest": Digest,
    "first look": FirstLookAlert,
    "notice": Notice,
}
_ADAPTERS: dict[str, TypeAdapter[Message]] = {kind: TypeAdapter(shape) for kind, shape in KINDS.items()}
_NAMES = {shape: kind for kind, shape in KINDS.items()}


def message_out(message: Message) -> tuple[str, str]:
    """(kind, payload)."""
    kind = _NAMES[type(message)]
    return kind, _ADAPTERS[kind].dump_json(message).decode()


def message_in(kind: str, payload: str) -> Message:
    """Raises ValueError, or KeyError for a kind we do not know, when `message_out` did not write it."""
    return _ADAPTERS[kind].validate_json(payload)


def unpacked(body: bytes) -> bytes:
    """What zstd made small."""
    return decompress(body)


def blocks_out(blocks: Iterable[Block]) -> Raw:
    return [[block.zone.value, block.text] for block in blocks]


def blocks_in(raw: Raw) -> tuple[Block, ...]:
    return tuple(Block(Zone(zone), text) for zone, text in raw)


def parts_out(parts: tuple[Part, ...]) -> list[Any] | None:
    """[[address, etag, last_modified, hash, those within it or null, date, risen, failures, times], …], the
    times in minutes or null; None: there are none."""
    return list(map(_part_out, parts)) or None


def _part_out(part: Part) -> list[Any]:
    said = (part.url, part.etag, part.last_modified, part.body_hash, parts_out(part.parts))
    times = (part.named_at, part.asked_at, part.body_at)
    minutes = [None if at is None else int(at.timestamp()) // 60 for at in times]
    return [*said, part.changed, int(part.risen), part.failures, *minutes]


def parts_in(raw: list[Any] | None) -> tuple[Part, ...]:
    return tuple(map(_part_in, raw or ()))


def _part_in(values: list[Any]) -> Part:
    url, etag, last_modified, body_hash, within, changed, risen, failures, *minutes = values
    named_at, asked_at, body_at = (
        None if minute is None else datetime.fromtimestamp(minute * 60, UTC) for minute in minutes
    )
    said = (url, etag, last_modified, body_hash, parts_in(within), changed, bool(risen))
    return Part(*said, named_at, asked_at, body_at, failures)


def hints_out(hints: Hints) -> list[Any]:
    return [hints.rest.total_seconds(), sorted(hints.hours), sorted(hints.days)]


def hints_in(raw: list[Any]) -> Hints:
    seconds, hours, days = raw
    return Hints(timedelta(seconds=seconds), frozenset(hours), frozenset(days))


def move_out(move: Move | None) -> list[Any] | None:
    return None if move is None else [move.url, _ms_out(move.since), move.times]


def move_in(raw: list[Any] | None) -> Move | None:
    return None if raw is None else Move(raw[0], _sure_ms_in(raw[1]), raw[2])


def trust_out(trust: Trust) -> list[Any] | None:
    """[ms of the last probe, honest, suspect, doubt, ms until]; None: nothing to remember."""
    if trust == Trust():
        return None
    doubts = (trust.suspect.value, trust.doubt.value)
    return [_ms_out(trust.probed_at), trust.honest, *doubts, _ms_out(trust.until)]


def trust_in(raw: list[Any] | None) -> Trust:
    if raw is None:
        return Trust()
    probed_at, honest, suspect, doubt, until = raw
    return Trust(_ms_in(probed_at), honest, Doubt(suspect), Doubt(doubt), _ms_in(until))


def _ms_out(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // MILLISECOND


def _ms_in(raw: int | None) -> datetime | None:
    return None if raw is None else _sure_ms_in(raw)


def _sure_ms_in(raw: int) -> datetime:
    return EPOCH + raw * MILLISECOND


def spans_in(raw: Raw) -> tuple[tuple[str, int, int], ...]:
    return tuple((field, start, end) for field, start, end in raw)


def excerpts_out(excerpts: Iterable[Excerpt]) -> Raw:
    return [[excerpt.text, excerpt.bold] for excerpt in excerpts]


def excerpts_in(raw: Raw) -> tuple[Excerpt, ...]:
    return tuple(Excerpt(text, tuple((start, end) for start, end in bold)) for text, bold in raw)
