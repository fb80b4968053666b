"""A match, the message it becomes, what becomes of the message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.articles import Amendment, EntryState
from monitor.model.settings import Priority, Template


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
    follows: str = ""  # headline of the message whose story it goes on with; empty: it begins one
    news: tuple[str, ...] = ()  # what it says that its story had not, in words for people
    paid: bool = False  # its page says that one must pay to read all of it
    urgent: bool = False  # by the priority of a rule that found it
    mention: tuple[str, ...] = ()  # who is called: names, Slack's ids, here, channel
    template: Template = Template.FULL
    language: str = ""  # the likeliest, two letters; empty: nobody can tell


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a first look: a story, as its newest article tells it."""

    headline: str
    link: str
    source: str
    rules: tuple[str, ...]
    published: datetime | None = None
    articles: int = 1  # that tell the story
    newsrooms: int = 1  # whose texts these are


@dataclass(frozen=True, slots=True)
class FirstLookAlert:
    """What the feeds already carried when they were first seen, in one message."""

    feeds: int
    rules: int
    entries: int  # how many were judged
    listed: tuple[Listed, ...]
    more: int = 0  # stories beyond the list
    matched: int = 0  # articles, of all these stories


@dataclass(frozen=True, slots=True)
class Notice:
    """Words of our own. `text` may quote untrusted text: it is never formatted."""

    text: str
    mention: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """Alerts that are told in one message, every one of them."""

    alerts: tuple[Alert, ...]
    since: datetime  # when the first of them was queued
    bundle: str = ""  # what they waited for together; empty: their turn
    waiting: int = 0  # those of the same bundle that other messages tell


Message = Alert | Digest | FirstLookAlert | Notice


class ActionKind(StrEnum):
    """What people say to a message by its buttons."""

    RELEVANT = "relevant"
    WRONG = "wrong sense"
    OLD = "old or duplicate"
    MUTE = "mute"
    SPLIT = "split"


class MuteKind(StrEnum):
    STORY = "story"
    SOURCE = "source"  # one newsroom, for one rule
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Telling:
    """The first article of a story in one newsroom."""

    newsroom: str  # host, or the name of the feed where there is none
    link: str
    at: datetime  # when it was published, or first seen


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did with the buttons of a message. `user`: Slack's id."""

    kind: ActionKind
    value: str
    user: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Living:
    """What the story of a message has become since it was told, as it stands now."""

    tellings: tuple[Telling, ...] = ()  # a newsroom once, in the order of time
    articles: int = 1  # in all
    newsrooms: int = 1  # whose texts these are: copies of one text are one
    amended: tuple[tuple[Amendment, datetime], ...] = ()  # what publishers changed after it was told
    done: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Root:
    """The message that told a story first: later articles stand in its thread."""

    id: int  # its outbox row
    headline: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert and where it is told. `root`: in the thread of that message; None: as one of its own."""

    channel: str
    alert: Alert
    root: Root | None = None
    at: datetime | None = None  # not before then; None: now
    bundle: str = ""  # with all others of it, in one message; empty: by itself


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a judged entry, and why."""

    state: EntryState
    reason: str
    deliveries: tuple[Delivery, ...] = ()
    priority: Priority = Priority.NORMAL
    shown: tuple[int, ...] = ()  # messages, by outbox row, that only name it among those who tell the story


class OutboxState(StrEnum):
    READY = "ready"
    SENDING = "sending"  # claimed: bytes may be on the wire
    SENT = "sent"
    UNKNOWN = "unknown"  # Slack may have it or not; never sent again blindly
    CARRIED = "carried"  # told by another message, among others
    DROPPED = "dropped"  # a reply in a thread whose message people have deleted
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
    thread: str = ""  # `ts` of the message in whose thread it goes; empty: into the channel
    place: str = ""  # Slack's id of the channel; empty: not known
    meant: str = ""  # the channel it was for, where that one is closed; empty: this one
    ts: str = ""  # what Slack calls it; empty: it was not sent yet
    living: Living | None = None  # what its story has become; None: there is nothing to say
    told_at: datetime | None = None  # when it was sent first; None: this is the first time


@dataclass(frozen=True, slots=True)
class Sent:
    """`ts`: Slack's name of the message; `place`: its id of the channel that holds it; empty: it has none."""

    ts: str
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not delivered. `wide`: the whole workspace has to wait, not only this channel. `limited`: it
    was one too many."""

    reason: str
    retry_after: timedelta | None = None
    wide: bool = False
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """May have been delivered. `strange`: by an answer that Slack's documents do not list."""

    reason: str
    strange: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Not delivered, and nothing will be until somebody mends a setting. `wide`: for every channel."""

    reason: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Not delivered: Slack does not take this very message."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoThread:
    """Not delivered: people have deleted or closed the thread it was for."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """Messages of one channel, or of one thread in it, whose fate one read shows."""

    channel: str
    place: str  # Slack's id of the channel; empty: not known
    thread: str  # empty: they stand in the channel
    since: datetime  # when the first of them was first sent, by Slack's clock
    messages: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Our messages that stand in a channel: outbox key -> every `ts` that bears it, oldest first."""

    messages: Mapping[str, tuple[str, ...]]
    place: str  # Slack's id of the channel


@dataclass(frozen=True, slots=True)
class Unread:
    """A channel that could not be read. `blind`: nor will it be, until somebody mends a setting."""

    reason: str
    retry_after: timedelta | None = None
    blind: bool = False


SendOutcome = Sent | NotSent | Unknown | Held | Refused | NoThread
