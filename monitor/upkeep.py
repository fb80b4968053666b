"""The nouns of a feed's upkeep: where it has moved to, how far it is believed, what it may have lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Move:
    """Where a feed's address leads by permanent redirects, before that is believed."""

    url: str
    since: datetime  # when it first led there
    times: int = 1


class Doubt(StrEnum):
    """Which of a server's validators are not sent, because "unchanged" was once not true of them."""

    NONE = "none"
    ETAG = "etag"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a server's "unchanged" is believed."""

    probed_at: datetime | None = None  # when it was last asked without validators, to see if that is true
    honest: int = 0  # such probes in a row that found it true
    suspect: Doubt = Doubt.NONE  # a probe found news: "unchanged" once more would be a lie of these
    doubt: Doubt = Doubt.NONE  # proven
    until: datetime | None = None  # when it is believed again


@dataclass(frozen=True, slots=True)
class Part:
    """A document of a sitemap index, and what is remembered of its last answer. Empty: none, or nothing."""

    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""  # of the last body whose entries were committed


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two polls that have no entry in common. It stays open until older pages close it."""

    feed_id: int
    since: datetime  # the last poll before it
    until: datetime  # the first poll after it
    most: int  # entries that may be missing, at most; 0: nobody can tell
    older: str = ""  # the page of older entries that the feed links; empty: it links none
    came: int = 0  # entries found later, in older pages or the sitemap
    tries: int = 0
    due_at: datetime | None = None  # when to look for them next; None: nothing is left to try
    filled: bool = False  # an older page reached an entry that was known
    tried: str = ""  # what was done, for people
    id: int = 0  # 0: not kept yet
