"""What the operator asks for in config.yaml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from monitor.model.upkeep import Watched
from rules import Rule, RuleSet


class FirstLook(StrEnum):
    """What happens to entries that a feed already carries when it is seen for the first time."""

    SUMMARY = "summary"  # judged, and told as one message a channel
    ALERT = "alert"  # judged and told like any other entry
    SILENT = "silent"  # judged and kept, not told


class Grouping(StrEnum):
    """Where a later article of a story is told whose rules its channel was told of already."""

    THREAD = "thread"  # in the thread of the story's first message
    APART = "apart"  # as a message of its own


class Template(StrEnum):
    """How much an alert says."""

    FULL = "full"
    SHORT = "short"  # the first sentence that made a rule true
    HEADLINE = "headline"  # only who says it, and the rules


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


EVERY_DAY = frozenset(range(7))  # Monday is 0


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day by the wall clock, in minutes from midnight; where it ends earlier, a day later."""

    start: int
    end: int
    days: frozenset[int] = EVERY_DAY  # on which it begins


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes from midnight, by the wall clock."""

    minutes: tuple[int, ...]
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Timing:
    """When alerts are told that are not urgent. None of it: at once."""

    digest: tuple[Times, ...] = ()
    quiet: tuple[Hours, ...] = ()
    zone: str = "UTC"  # whose wall clock


@dataclass(frozen=True, slots=True)
class Escalation:
    """So many independent newsrooms that tell a story are worth a word to somebody."""

    newsrooms: int
    mention: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where the matches of one rule go, when, and who is called."""

    channels: tuple[str, ...]
    priority: Priority = Priority.NORMAL
    mention: tuple[str, ...] = ()  # people and groups, by name or Slack's id; here, channel
    timing: Timing = Timing()
    escalate: Escalation | None = None
    template: Template = Template.FULL
    tagged: tuple[tuple[str, "Route"], ...] = ()  # what it is for feeds with a tag; the first such tag counts

    def under(self, tags: Collection[str]) -> "Route":
        """For an article of a feed with these tags."""
        return next((route for tag, route in self.tagged if tag in tags), self)


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


class OnUnknown(StrEnum):
    """What becomes of a message whose answer was lost, where its channel cannot be read."""

    RESEND = "resend"  # told again, perhaps for the second time
    HOLD = "hold"  # kept, and shown, until somebody has looked


@dataclass(frozen=True, slots=True)
class SlackSpec:
    token: Secret = Secret()
    app_token: Secret = Secret()
    users: tuple[str, ...] = ()  # who may press buttons and ask; none: everybody in the workspace
    channel: str = "#alerts"
    ops_channel: str = ""
    api_url: str = "https://slack.com/api/"
    settle: timedelta = timedelta(seconds=30)
    on_unknown: OnUnknown = OnUnknown.RESEND
    fallback_channel: str = ""  # told what closed channels are not; empty: that waits
    time_zone: str = "UTC"
    digest: tuple[Times, ...] = ()
    quiet: tuple[Hours, ...] = ()
    mention: tuple[str, ...] = ()
    flood: int = 20  # alerts of one poll of a feed that are told one by one; 0: any number
    webhook: Secret = Secret()  # an incoming webhook, for want of a token
    heartbeat_channel: str = ""  # where the canary sings; empty: the ops channel, where there is a heartbeat


@dataclass(frozen=True, slots=True)
class FetchSpec:
    contact: str = ""  # mail or web address put into the User-Agent
    allow_networks: tuple[str, ...] = ()  # CIDRs the guard lets through, and no gap between requests there
    concurrency: int = 64
    every: timedelta = timedelta(minutes=5)
    robots: RobotsUse = RobotsUse.PAGES
    proxy: Secret = Secret()  # http://user:password@host:port, through which all leaves; empty: directly


@dataclass(frozen=True, slots=True)
class WebsubSpec:
    """Where hubs deliver. `public` is the address they ask, with a final slash; empty: no push."""

    public: str = ""
    listen: str = "127.0.0.1:8081"  # host:port of ours that `public` leads to
    sha1: bool = True  # signatures by SHA-1 count, too


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    """The way to people while Slack is away: a webhook, or a command; neither: there is none."""

    webhook: Secret = Secret()
    command: tuple[str, ...] = ()  # the program and its arguments; no shell reads them

    def __bool__(self) -> bool:
        return bool(self.webhook or self.command)


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
    grouping: Grouping
    web: str = ""  # host:port; empty: off
    fingerprint: str = ""  # of the file's bytes and of every file it names: has it changed?
    notes: tuple[str, ...] = ()  # what was left out: feeds of an OPML file that cannot be asked
    languages: tuple[str, ...] = ("en",)  # whose forms are ready before the first article; others when met
    kept: Kept = Kept()
    websub: WebsubSpec = WebsubSpec()
    access: Mapping[str, Access] = field(default_factory=dict)  # by address of the feed; most have none
    lists: tuple[Watched, ...] = ()  # whose feeds are watched beside these
    alarm: AlarmSpec = AlarmSpec()
    heartbeat: Secret = Secret()  # an address that is asked when the canary has reached Slack; empty: none is
