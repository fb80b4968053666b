"""Entries of feeds, the articles behind them, and what is known of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.model.feeds import Hints
from monitor.model.upkeep import Cause, Part


class Zone(StrEnum):
    """What a block of text is to the article: its edges are hard breaks, unless both sides are BODY."""

    TITLE = "title"  # the headline once more; rules see it as the title
    LEAD = "lead"  # what stands between headline and text, and sums it up
    BODY = "body"
    HEADING = "heading"
    QUOTE = "quote"
    LIST = "list"
    TABLE = "table"
    CAPTION = "caption"
    SUMMARY = "summary"  # the feed's own words about the article
    RELATED = "related"  # read-more lines, teasers: other stories
    BOILERPLATE = "boilerplate"


# What rules do not see of a body.
UNSEEN = frozenset({Zone.TITLE, Zone.CAPTION, Zone.RELATED, Zone.BOILERPLATE})


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
    touched: bool = False  # a page that was known: a sitemap says that it was touched since; not stored
    # As fresh.py makes them, by who made the entry; empty: not made yet. Not stored.
    names: tuple[str, ...] = field(default=(), compare=False, repr=False)


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
    parts: tuple[Part, ...] = ()  # it is a sitemap index: the documents its entries stand in, best first
    archive: bool = False  # a sitemap of all pages a site has: `entries` are those that are new, or touched
    torn: bool = False  # of the documents of an index: one has no entry in common with the last look at it
    left: int = 0  # entries that may be new and were left out, as nothing tells them from old ones
    older: str = ""  # where a JSON Feed says that its older entries are; empty: it does not
    trouble: str = ""  # of a sitemap: what of it is not read, for people; empty: nothing


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
    headline: str = ""  # what its page calls it, where `title` is the feed's; empty: no page was read
    canonical: str = ""  # the story key of where its page says that it stands; empty: it does not
    modified: datetime | None = None  # when its page says that it was changed last
    section: str = ""  # of the site, as its page names it
    paid: bool = False  # its page says that one must pay to read all of it

    @property
    def text(self) -> str:
        """What rules see of the body: blocks joined by newlines."""
        return "\n".join(block.text for block in self.blocks if block.zone not in UNSEEN)


@dataclass(frozen=True, slots=True)
class Skim:
    """All the words of a page and its feed, each once, in no order, and the languages they may be in."""

    words: str
    languages: tuple[str, ...] = ()
    packed: bytes = b""  # the page as it came, by zstd


class EntryState(StrEnum):
    """The one state every entry ever seen is in. The reason stands beside it."""

    NEW = "new"  # waits to be read and judged
    NO_MATCH = "no match"
    TOLD = "told"  # matched: an outbox row carries it
    MERGED = "merged"  # matched, but this story was told to every channel already
    HELD = "held"  # matched at first look: waits for the summary
    SILENT = "silent"  # matched at first look, which is set to silent
    MUTED = "muted"  # matched, and people have asked to hear nothing of it for a while
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


@dataclass(frozen=True, slots=True)
class Twin:
    """An entry that may be the same article as another one: pages of both call one address their own."""

    story_key: str
    link: str
    title: str
    at: datetime  # when it was published, or else first seen


class AmendmentKind(StrEnum):
    """What a publisher did to an article that was told."""

    HEADLINE = "headline changed"
    SENTENCE = "matching sentence changed"
    CORRECTION = "correction"
    REMOVED = "page removed"
    RETURNED = "page is back"


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of a page, in its own words. `before` empty: it is new; `after` empty: it is gone."""

    kind: AmendmentKind
    before: str = ""
    after: str = ""
