"""A document in feedparser's shape, whatever it was written in, so that entries are made in one way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.model import Hints
from monitor.sources.dates import latest_moment

Fields = Mapping[str, Any]  # one entry, or the feed, as feedparser has it

STAMPS = ("published", "updated", "lastmod")


@dataclass(frozen=True, slots=True)
class Document:
    """`parts`: addresses it names in place of entries, best first, and when each was changed, as it says;
    empty: it does not. `archive`: it lists all pages of a site, old ones
    too. `older`: the address of a page of older entries. `trouble`: what of it is not read, for people."""

    feed: Fields
    entries: Sequence[Fields] = ()
    complete: bool = True
    hints: Hints = Hints()
    parts: Mapping[str, str] = field(default_factory=dict)
    archive: bool = False
    older: str = ""
    trouble: str = ""


def newest(entries: Sequence[Fields], most: int) -> Sequence[Fields]:
    """Those with the latest dates, in their order. Of equal or undated ones those nearest to either end:
    publishers add new entries at the top, and sitemaps grow at the bottom."""
    if len(entries) <= most:
        return entries
    count = len(entries)
    places = sorted(range(count), key=lambda place: (_stamp(entries[place]), -min(place, count - 1 - place)))
    return [entries[place] for place in sorted(places[-most:])]


def _stamp(fields: Fields) -> float:
    found = (latest_moment(text) for name in STAMPS if isinstance(text := fields.get(name), str))
    return next((moment.timestamp() for moment in found if moment), float("inf"))
