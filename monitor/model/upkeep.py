"""The nouns of a feed's upkeep: why it fails, where it has moved to, how far it is believed, what it lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Cause(StrEnum):
    """Why a fetch failed, as a class; the words for people stand beside it."""

    ADDRESS = "address"  # not an address we ask: scheme, port, userinfo, spelling
    BLOCKED = "blocked"  # the guard: a private or reserved network
    PROXY = "proxy"  # the operator's, that is not there or does not take us: nobody else was reached
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the line dropped, or the bytes cannot be decoded
    REDIRECT = "redirect"  # a loop, too many, or https to http
    TOO_LARGE = "too large"
    STATUS = "status"  # an HTTP status that is not success
    ROBOTS = "robots"  # robots.txt asks us not to
    OTHER_KIND = "other kind"  # a picture, a video, a PDF where a page was asked for
    NOT_FOUND = "not found"  # 404
    GONE = "gone"  # 410
    FORBIDDEN = "forbidden"  # 401, 403
    BUSY = "busy"  # 429, 503
    PAUSED = "paused"  # not asked at all: its host wants to be left alone
    NOT_A_FEED = "not a feed"  # an answer of another kind
    CHALLENGE = "challenge"  # a page instead of it: prove that you are human
    CONSENT = "consent"  # likewise: agree to cookies
    LOGIN = "login"  # likewise: sign in
    FIREWALL = "firewall"  # likewise: somebody between them and us forbids it


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
    suspect: Doubt = Doubt.NONE  # the last probe found news: one more that does proves a lie of these
    doubt: Doubt = Doubt.NONE  # proven
    until: datetime | None = None  # when it is believed again


@dataclass(frozen=True, slots=True)
class Watched:
    """A list of feeds (OPML) at an address, as config.yaml names it."""

    url: str
    every: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A document of a sitemap index, and what is remembered of its last answer. Empty: none, or nothing.

    `parts`: it is an index itself, of these.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""  # of the last body whose entries were committed
    parts: tuple["Part", ...] = ()
    changed: str = ""  # when, as the index says; empty: it does not
    risen: bool = False  # it says another date than when this document was read last
    named_at: datetime | None = None  # when the index was first seen to name it; None: not remembered yet
    asked_at: datetime | None = None  # None: it was never asked
    body_at: datetime | None = None  # when it last had another body than before
    failures: int = 0  # in a row


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two polls without an entry in common, or pages left alone; open until older ones close it."""

    feed_id: int
    since: datetime  # the last poll before it
    until: datetime  # the first poll after it
    most: int  # entries that may be missing, at most; 0: nobody can tell
    older: str = ""  # the page of older entries that the feed links; empty: it links none
    came: int = 0  # entries found later, in older pages or the sitemap
    tries: int = 0
    due_at: datetime | None = None  # when to look for them next; None: nothing is left to try
    alike: bool = False  # a sitemap's pages were left alone, as nothing tells new ones from old
    filled: bool = False  # an older page reached an entry that was known
    tried: str = ""  # what was done, for people
    told_at: datetime | None = None  # when people were told, or it was filled; None: not yet
    id: int = 0  # 0: not kept yet
