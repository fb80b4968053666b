"""The nouns: every value that crosses a file boundary.

All are frozen; change is `dataclasses.replace`. Times are aware UTC datetimes, spans of time are
timedeltas, places in a text are character offsets (start inclusive, end exclusive).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from monitor.upkeep import Cause as Cause
from monitor.upkeep import Move, Part, Trust, Watched
from rules import Rule, RuleSet

# --- what the operator asks for (config.yaml) ---------------------------------------------------------


class FirstLook(StrEnum):
    """What happens to entries that a feed already carries when it is seen for the first time."""

    SUMMARY = "summary"  # judged, and told as one message a channel
    ALERT = "alert"  # judged and told like any other entry
    SILENT = "silent"  # judged and kept, not told


class Priority(StrEnum):
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as config.yaml names it. `every` None: the pace decides."""

    url: str
    name: str = ""  # empty: the feed's own title, then its host
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    lang: str = ""  # what it is written in, two letters; empty: what it says itself, and the words show
    country: str = ""  # where it is published, two capital letters; empty: by its language tag and host


@dataclass(frozen=True, slots=True)
class Route:
    """Where the matches of one rule go."""

    channels: tuple[str, ...]
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Secret:
    """A string that never shows itself in a repr, a log line or an error."""

    value: str = ""

    def __repr__(self) -> str:
        return "Secret('…')" if self.value else "Secret('')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True, slots=True)
class Access:
    """How one feed and its pages are asked for, beyond how all are. Holds secrets: it is never stored."""

    feed: str = ""  # its address in config.yaml: the site that headers may go to
    headers: tuple[tuple[str, Secret], ...] = ()  # name and value; cookies are the header Cookie
    allow_networks: tuple[str, ...] = ()  # CIDRs the guard lets through for this feed and its pages
    pages: bool = True  # False: the feed carries whole articles, their pages are not asked for


class RobotsUse(StrEnum):
    """What robots.txt is obeyed for. Feeds and sitemaps are published for machines."""

    PAGES = "pages"
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class SlackSpec:
    token: Secret = Secret()
    app_token: Secret = Secret()
    channel: str = "#alerts"
    ops_channel: str = ""
    api_url: str = "https://slack.com/api/"
    settle: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class FetchSpec:
    contact: str = ""  # mail or web address put into the User-Agent
    allow_networks: tuple[str, ...] = ()  # CIDRs the guard lets through, and no gap between requests there
    concurrency: int = 64
    every: timedelta = timedelta(minutes=5)
    robots: RobotsUse = RobotsUse.PAGES


@dataclass(frozen=True, slots=True)
class WebsubSpec:
    """Where hubs deliver. `public` is the address they ask, with a final slash; empty: no push."""

    public: str = ""
    listen: str = "127.0.0.1:8081"  # host:port of ours that `public` leads to
    sha1: bool = True  # signatures by SHA-1 count, too


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reload need not do again, by hashes of what the config says."""

    composed: Mapping[int, Rule] = field(default_factory=dict)  # rules of several conditions
    proven: frozenset[int] = frozenset()  # examples that hold


@dataclass(frozen=True, slots=True)
class Config:
    """config.yaml, whole and valid."""

    path: Path
    feeds: tuple[FeedSpec, ...]
    rules: RuleSet
    routes: Mapping[str, Route]  # by rule id; every rule of `rules` has one
    slack: SlackSpec
    fetch: FetchSpec
    store: str  # SQLAlchemy-like address: sqlite:///wirewatch.db, postgresql://…
    first_look: FirstLook
    web: str = ""  # host:port; empty: off
    fingerprint: str = ""  # of the file's bytes and of every file it names: has it changed?
    notes: tuple[str, ...] = ()  # what was left out: feeds of an OPML file that cannot be asked
    languages: tuple[str, ...] = ("en",)  # whose forms are ready before the first article; others when met
    kept: Kept = Kept()
    websub: WebsubSpec = WebsubSpec()
    access: Mapping[str, Access] = field(default_factory=dict)  # by address of the feed; most have none
    lists: tuple[Watched, ...] = ()  # whose feeds are watched beside these


# --- feeds ---------------------------------------------------------------------------------------------


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
    marks: bytes = b""  # of the last document's entries (cut.py); empty: the next one is read whole
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
        passing = (Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.BROKEN, Cause.PAUSED)
        return self.cause in passing


FetchOutcome = Fetched | Unchanged | FetchFailed


# --- entries and articles --------------------------------------------------------------------------------


class Zone(StrEnum):
    """What a block of text is to the article. Rules see all but RELATED and BOILERPLATE."""

    BODY = "body"
    HEADING = "heading"
    QUOTE = "quote"
    LIST = "list"
    TABLE = "table"
    CAPTION = "caption"
    SUMMARY = "summary"  # the feed's own words about the article
    RELATED = "related"  # read-more lines, teasers: other stories
    BOILERPLATE = "boilerplate"


UNSEEN = frozenset({Zone.RELATED, Zone.BOILERPLATE})


@dataclass(frozen=True, slots=True)
class Block:
    zone: Zone
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a feed carries it: plain text, cleaned and clamped; an absolute http(s) link or none."""

    guid: str
    link: str
    title: str
    blocks: tuple[Block, ...] = ()  # its own text: content where there is one, else the summary
    published: datetime | None = None  # None: missing or not believable
    author: str = ""
    categories: tuple[str, ...] = ()  # terms and labels the publisher gives it
    modified: datetime | None = None  # when its page was last touched, by a sitemap; not stored
    archived: bool = False  # an old page of a sitemap: known from now on, never read


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A feed document, parsed. `entries` may leave out such as the last one had, byte for byte: `total`
    counts all, `shared` those it had too."""

    title: str
    entries: tuple[Entry, ...]
    complete: bool = True  # False: it was cut short, so validators must not be kept
    language: str = ""  # the tag the feed bears: en-GB; empty: none
    hints: Hints = Hints()
    total: int = 0
    shared: int = 0
    marks: bytes = b""  # by which the next reading tells these; empty: nothing may be left out of it
    parts: tuple[str, ...] = ()  # addresses of the documents its entries stand in: it is a sitemap index
    archive: bool = False  # a sitemap of all pages a site has, old ones too


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that could not be made into what was asked for: not a feed, no text, worker killed."""

    reason: str
    passing: bool = False  # the machine's trouble rather than theirs: they may be read later
    cause: Cause = Cause.NOT_A_FEED  # of a feed: what came instead


class Source(StrEnum):
    """Where an article's text came from."""

    PAGE = "page"
    FEED = "feed"  # "summary only": the page could not be read


@dataclass(frozen=True, slots=True)
class Article:
    """An entry's page with the text a reader would read: no menus, no related links.

    `languages` are those it may be in, two letters each, the likeliest first; none: nobody can tell.
    """

    title: str
    blocks: tuple[Block, ...]
    languages: tuple[str, ...] = ()
    published: datetime | None = None
    source: Source = Source.PAGE
    note: str = ""  # why the text is what it is: "page: 503", "page read, 812 words"
    author: str = ""  # as the page names them
    passing: bool = False  # what `note` says may pass: the page is asked for again
    keep: bool = True  # False: the page asks for no stored copy (noarchive)

    @property
    def text(self) -> str:
        """What rules see of the body: blocks joined by newlines."""
        return "\n".join(block.text for block in self.blocks if block.zone not in UNSEEN)


class EntryState(StrEnum):
    """The one state every entry ever seen is in. The reason stands beside it."""

    NEW = "new"  # waits to be read and judged
    NO_MATCH = "no match"
    TOLD = "told"  # matched: an outbox row carries it
    MERGED = "merged"  # matched, but this story was told to every channel already
    HELD = "held"  # matched at first look: waits for the summary
    SILENT = "silent"  # matched at first look, which is set to silent
    FAILED = "failed"  # could not be judged; tried again until it can


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the store holds it, with what judging needs."""

    id: int
    feed_id: int
    feed_name: str
    tags: tuple[str, ...]
    entry: Entry
    story_key: str
    state: EntryState
    first_look: bool
    seen_at: datetime
    revision: int = 1  # rises when the feed changes its headline or text
    tries: int = 0  # how often its page was asked for in this revision
    due_at: datetime | None = None  # when it is judged next; None: nothing left to do
    feed_url: str = ""
    lang: str = ""  # of its feed, as config.yaml says; empty: it does not
    country: str = ""  # likewise
    feed_language: str = ""  # the tag its feed bears


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that no alias names yet. `story_key` names its page across feeds (see fresh.py)."""

    entry: Entry
    aliases: tuple[str, ...]
    words_hash: str
    story_key: str


@dataclass(frozen=True, slots=True)
class Change:
    """A known entry whose headline or text the feed has changed."""

    entry_id: int
    entry: Entry
    words_hash: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a feed document adds to what is known: new entries, edits, and new names of known entries."""

    new: tuple[NewEntry, ...] = ()
    changed: tuple[Change, ...] = ()
    learnt: tuple[tuple[str, int], ...] = ()  # (alias, entry id)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a feed's entries: which aliases name which entry, and what each said last."""

    by_alias: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[int, "Said"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a known entry said last, not folded, and the hash of its words."""

    title: str
    link: str
    words_hash: str
    guid: str = ""  # the one it came with
    published: datetime | None = None
    blocks: tuple[Block, ...] = ()


# --- matches, alerts, outcomes -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence that made a rule true. `bold` are spans within `text`."""

    text: str
    bold: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One rule that an article matched. `spans` are (field, start, end) with field "title" or "body"."""

    rule: str
    text: str  # the rule as it was written
    spans: tuple[tuple[str, int, int], ...]
    excerpts: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One article for one channel, with every rule that found it."""

    headline: str
    link: str
    source: str  # name of the feed
    found: tuple[Found, ...]
    seen_at: datetime
    published: datetime | None = None
    summary_only: str = ""  # why only the feed's own text was read; empty: the page was
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a first look."""

    headline: str
    link: str
    source: str
    rules: tuple[str, ...]
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstLookAlert:
    """What the feeds already carried when they were first seen, in one message."""

    feeds: int
    rules: int
    entries: int  # how many were judged
    listed: tuple[Listed, ...]
    more: int = 0  # matches beyond the list


@dataclass(frozen=True, slots=True)
class Notice:
    """Words of our own for the ops channel. `text` may quote untrusted text: it is never formatted."""

    text: str


Message = Alert | FirstLookAlert | Notice


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a judged entry, and why."""

    state: EntryState
    reason: str
    alerts: tuple[tuple[str, Alert], ...] = ()  # (channel, alert)
    priority: Priority = Priority.NORMAL


class OutboxState(StrEnum):
    READY = "ready"
    SENDING = "sending"  # claimed: bytes may be on the wire
    SENT = "sent"
    UNKNOWN = "unknown"  # Slack may have it or not; never sent again blindly
    DEAD = "dead"  # refused for good; shown, never silent


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed outbox row."""

    id: int
    key: str  # its dedupe key: goes into the message's metadata
    channel: str
    message: Message
    created_at: datetime
    attempt: int = 1
    plain: bool = False  # refused once: send the minimal form


@dataclass(frozen=True, slots=True)
class Sent:
    ts: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not delivered. `wide`: the whole workspace has to wait, not only this channel."""

    reason: str
    retry_after: timedelta | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """May have been delivered."""

    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Not delivered, and nothing will be until somebody mends a setting. `wide`: for every channel."""

    reason: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not delivered: Slack does not take this very message."""

    reason: str


SendOutcome = Sent | NotSent | Unknown | Held | Refused
