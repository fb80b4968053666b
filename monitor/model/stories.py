"""Which story an article was placed in, and why: as the store keeps it, so that a restart forgets nothing."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Which story an article is in, and whose text it is: a newsroom's or an agency's."""

    story: int
    origin: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much a story is told, and from when to when."""

    story: int
    articles: int
    newsrooms: int  # whose texts these are
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """An article's place. A story is named by the entry it began with."""

    entry_id: int
    story: int
    at: datetime  # when it was published, or first seen
    newsroom: str  # host
    origin: str  # whose text it is: a newsroom's or an agency's
    reading: bytes  # what later articles are compared with (monitor/stories/packing.py)
    said: bytes  # what later articles need not tell again (monitor/stories/said.py)
    why: str  # in words for people
    how: str = ""  # copy, same headline, same event; empty: it opened the story
    like: int | None = None  # the entry it is a copy of; None: it is none
    news: tuple[tuple[str, str], ...] = ()  # (kind, in words for people): what it said that was new
    by_hand: bool = False  # a person has put it there
