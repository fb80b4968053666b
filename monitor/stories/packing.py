"""A member of a story <-> the bytes that a store keeps of it: 1 KB and four bytes a triple."""

import struct
from array import array
from collections.abc import Sequence

import numpy as np

from monitor.model.stories import Membership
from monitor.stories.story import Member
from monitor.stories.vector import Vector

# Version, terms, number of the headline; then how many triples, keys, names, counts and years follow.
_HEAD = struct.Struct("<BIIIHHIH")
_VERSION = 1


def pack(member: Member) -> bytes:
    vector = member.vector
    parts = (
        np.asarray(member.sketch, "<u4"),
        np.array(vector.keys, "<u4"),
        np.array(vector.names, "<u4"),
        np.array(vector.counts, "<u8"),
        np.array(vector.years, "<u2"),
        np.array(vector.weights, "<f4"),
    )
    head = _HEAD.pack(_VERSION, member.size, member.title, *map(len, parts[:5]))
    return head + b"".join(part.tobytes() for part in parts)


def unpack(kept: Membership) -> Member:
    """Raises ValueError for bytes that are not of `pack`."""
    version, size, title, *lengths = _HEAD.unpack_from(kept.reading)
    if version != _VERSION:
        raise ValueError(f"entry {kept.entry_id}: its reading is of version {version}, not {_VERSION}")
    sketch, keys, names, counts, years, weights = _cut(kept.reading, (*lengths, lengths[1]))
    return Member(
        entry_id=kept.entry_id,
        story=kept.story,
        at=kept.at,
        newsroom=kept.newsroom,
        origin=kept.origin,
        size=size,
        title=title,
        sketch=sketch.astype(np.uint32),
        vector=Vector(
            keys=array("I", keys.tolist()),
            weights=array("f", weights.tolist()),
            names=array("I", names.tolist()),
            counts=array("Q", counts.tolist()),
            years=tuple(years.tolist()),
        ),
    )


def _cut(data: bytes, lengths: Sequence[int]) -> list["np.ndarray[tuple[int], np.dtype[np.generic]]"]:
    found, at = [], _HEAD.size
    for kind, length in zip(("<u4", "<u4", "<u4", "<u8", "<u2", "<f4"), lengths, strict=True):
        part = np.frombuffer(data, kind, length, at)
        found.append(part)
        at += part.nbytes
    return found
