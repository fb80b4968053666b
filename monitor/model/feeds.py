"""A feed, what is remembered of it, and what became of a request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.settings import FeedSpec
from monitor.model.upkeep import Cause, Move, Part, Trust


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified, byte for byte as the server sent them (latin-1). Empty: none."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a publisher asks for in the feed: a rest between polls; hours and days (UTC) without any."""

    rest: timedelta = timedelta(0)  # the longer of <ttl> and the syndication module's, a day at most
    hours: frozenset[int] = frozenset()  # 0 to 23; never all of them
    days: frozenset[int] = frozenset()  # Monday is 0; never all of them

    def welcome(self, moment: datetime, latest: datetime) -> datetime:
        """`moment` (UTC), or the end of the hours and days without any it falls into; `latest` at most."""
        while moment < latest and (moment.hour in self.hours or moment.weekday() in self.days):
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return min(moment, latest)


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between two polls."""

    due_at: datetime
    validators: Validators = Validators()
    body_hash: str = ""  # of the last body whose entries were committed
    title: str = ""  # what the feed calls itself
    language: str = ""  # the tag it bears: en-GB
    hints: Hints = Hints()  # of the last document that was read
    looked: bool = False  # its first entries are in: from here on every entry is news
    polled_at: datetime | None = None
    ok_at: datetime | None = None  # last answer that was a feed, or "unchanged"
    pause_until: datetime | None = None  # the publisher asked to be left alone (Retry-After)
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    error: str = ""  # why the last poll failed, for people; empty: it did not
    marks: bytes = b""  # of its last entries (cut.py), or a sitemap's pages; empty: the next is read whole
    cause: Cause | None = None  # of the error, as a class; None: the last poll went well
    address: str = ""  # adopted after permanent redirects, or found on a page; empty: as config.yaml says
    move: Move | None = None  # None: it leads nowhere else
    trust: Trust = Trust()
    body_at: datetime | None = None  # when the last document came: answers since then were "unchanged"
    news_at: datetime | None = None  # when the last new entry came
    carried: int = 0  # entries of the last document that was not a stub of the one before
    rhythm: bytes = b""  # when it publishes (rhythm.py); empty: nothing is known
    told_at: datetime | None = None  # when the ops channel was told that it fails; None: it was not
    quiet_at: datetime | None = None  # likewise: that it is quieter than ever
    sought_at: datetime | None = None  # when its page was last searched for a feed; None: never
    parts: tuple[Part, ...] = ()  # it is a sitemap index: the documents that are asked beside it


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as the store holds it."""

    id: int
    spec: FeedSpec
    state: FeedState
    pushed: bool = False  # a hub brings its news as they come: polls are the safety net

    @property
    def name(self) -> str:
        return self.spec.name or self.state.title or self.host

    @property
    def host(self) -> str:
        return host_of(self.spec.url)

    @property
    def address(self) -> str:
        """Where it is asked for: where config.yaml says, or where that has moved to."""
        return self.state.address or self.spec.url


def host_of(url: str) -> str:
    """Host with port, lower case: the unit of manners. Empty when the address has none."""
    authority = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return authority.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body came. `moved_to` is set when every redirect on the way was permanent."""

    url: str  # after redirects
    body: bytes
    content_type: str = ""
    validators: Validators = Validators()
    moved_to: str = ""
    fresh_for: timedelta = timedelta(0)  # Cache-Control max-age less Age, or Expires less Date
    links: tuple[str, ...] = ()  # Link headers, as they came
    partial: bool = False  # 226: only what is new since the last time (RFC 3229), so nothing is gone
    keep: bool = True  # False: X-Robots-Tag asks for no stored copy (noarchive)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: what we have is current. `validators` is what to send next time."""

    validators: Validators
    fresh_for: timedelta = timedelta(0)
    moved_to: str = ""  # as above


@dataclass(frozen=True, slots=True)
class FetchFailed:
    cause: Cause
    reason: str  # one readable line, no secrets
    status: int = 0
    retry_after: timedelta | None = None

    @property
    def passing(self) -> bool:
        """May the same request succeed later without anyone changing anything?"""
        if self.cause in (Cause.STATUS, Cause.CHALLENGE, Cause.FIREWALL):
            return self.status in (408, 425, 429) or self.status >= 500
        passing = (
            Cause.DNS,
            Cause.CONNECT,
            Cause.TLS,
            Cause.TIMEOUT,
            Cause.BROKEN,
            Cause.PAUSED,
            Cause.PROXY,
        )
        return self.cause in passing


FetchOutcome = Fetched | Unchanged | FetchFailed
