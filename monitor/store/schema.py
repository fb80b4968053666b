"""The tables. What null or empty means stands beside the column; times are UTC milliseconds."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite

from monitor.model import ActionKind, AmendmentKind, Cause, EntryState, MuteKind, OutboxState, Source
from monitor.model.hubs import CallbackState
from monitor.store.columns import Choice, Id, Json, Key, Moment, Prose, Rank, Span

REVISION = "0007"  # the migration this schema stands at; numbered, so that newer ones sort behind it
# Not Alembic's own name: another program's may stand in the same database.
VERSION_TABLE = "wirewatch_version"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _column(name: str, kind: Any, *args: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *args, nullable=options.pop("nullable", False), **options)


feeds = Table(
    "feeds",
    metadata,
    _column("id", Id, primary_key=True),
    _column("key", Key, unique=True),  # the address, short enough for an index
    _column("url", Prose),  # as config.yaml names it
    _column("name", Prose),  # as config.yaml names it; empty: the feed's own title, then its host
    _column("tags", Json),
    _column("every", Span, nullable=True),  # null: the pace decides
    _column("lang", Prose),  # as config.yaml names it; empty: it does not
    _column("country", Prose),  # as config.yaml names it; empty: it does not
    _column("active", Boolean),  # false: config.yaml no longer names it; its entries stay
    _column("host", Prose),
    _column("shard", Integer, index=True),
    _column("due_at", Moment),
    _column("etag", Prose),  # empty: the server sent none
    _column("last_modified", Prose),  # empty: the server sent none
    _column("body_hash", Prose),  # empty: no body was read yet, or the last one was cut short
    _column("title", Prose),  # what the feed calls itself; empty: not known
    _column("language", Prose),  # the tag the feed bears; empty: not known
    # Of its last document's entries (cut.py), or a sitemap's pages (archive.py); null: that is read whole.
    _column("marks", LargeBinary, nullable=True),
    _column("hints", Json),  # [seconds to rest, [hour, …], [weekday, …]], as the feed asks
    _column("looked", Boolean),  # its first entries are in
    _column("polled_at", Moment, nullable=True),  # null: never asked
    _column("ok_at", Moment, nullable=True),  # null: never answered with a feed
    _column("pause_until", Moment, nullable=True),  # null: the publisher did not ask to be left alone
    _column("failures", Integer),  # in a row
    _column("failing_since", Moment, nullable=True),  # null: the last poll went well
    _column("error", Prose),  # empty: the last poll went well
    _column("cause", Choice(Cause), nullable=True),  # null: the last poll went well
    _column("address", Prose),  # where it has moved to, or was found; empty: it is where `url` says
    _column("move", Json, nullable=True),  # [address, ms since, times]; null: it leads nowhere else
    _column("trust", Json, nullable=True),  # how far "unchanged" is believed (codec); null: as far as it says
    _column("body_at", Moment, nullable=True),  # null: no document ever came
    _column("news_at", Moment, nullable=True),  # null: no entry ever came
    _column("carried", Integer),  # entries of the last document that was not a stub; 0: none came
    _column("rhythm", LargeBinary, nullable=True),  # when it publishes (rhythm.py); null: not known
    _column("told_at", Moment, nullable=True),  # null: the ops channel does not know that it fails
    _column("quiet_at", Moment, nullable=True),  # null: nor that it is quieter than ever
    _column("sought_at", Moment, nullable=True),  # null: no page at its address was searched for a feed
    _column("parts", Json, nullable=True),  # documents of a sitemap index (codec); null: it is none
    _column("pushed", Boolean),  # a hub brings its news: polls are the safety net
    _column("introduced", Boolean),  # what it carried when first seen was told (or kept silent)
    _column("entries_in", Integer),  # how many entries ever came in: the audit counts the rows against it
    Index("ix_feeds_due", "active", "due_at"),
    Index("ix_feeds_introduced", "active", "introduced"),  # asked every two seconds
)

entries = Table(
    "entries",
    metadata,
    _column("id", Id, primary_key=True),
    _column("feed_id", Id, ForeignKey("feeds.id"), index=True),
    _column("guid", Prose),  # empty: the feed gives none
    _column("link", Prose),  # empty: none that is http(s)
    _column("title", Prose),
    _column("blocks", Json),  # [[zone, text], …]: the feed's own words
    _column("published", Moment, nullable=True),  # null: missing or not believable
    _column("author", Prose),
    _column("categories", Json),  # [text, …]
    _column("words_hash", Prose),  # of headline and text: has the feed edited it?
    _column("story_key", Key, index=True),
    _column("state", Choice(EntryState)),
    _column("reason", Prose),
    _column("first_look", Boolean),  # the feed carried it when it was first seen
    _column("seen_at", Moment),
    _column("changed_at", Moment, nullable=True),  # null: never edited
    _column("revision", Integer),
    _column("judged", Integer),  # the version that state and matches speak of; 0: none was judged yet
    _column("tries", Integer),  # how often its page was asked for in this revision
    _column("due_at", Moment, nullable=True),  # null: nothing left to do
    _column("shard", Integer, index=True),  # of its page's host; of the feed's when it has no link
    Index("ix_entries_state", "state", "first_look"),
)
Index(
    "ix_entries_due",
    entries.c.due_at,
    sqlite_where=entries.c.due_at.is_not(None),
    postgresql_where=entries.c.due_at.is_not(None),
)

aliases = Table(
    "aliases",
    metadata,
    _column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True),
    _column("alias", Key, primary_key=True),
    _column("entry_id", Id, ForeignKey("entries.id"), index=True),
    _column("seen_at", Moment),  # when the feed was last known to carry it, to a month (forgetting.py)
)

revisions = Table(
    "revisions",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    _column("revision", Integer, primary_key=True, autoincrement=False),  # before the one in `entries`
    _column("title", Prose),
    _column("blocks", Json),  # [[zone, text], …]: the feed's own words
    _column("seen_at", Moment),  # when the feed was first seen to say so
)

articles = Table(
    "articles",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    _column("title", Prose),
    _column("headline", Prose),  # what the page calls it; empty: no page was read
    _column("canonical", Key, index=True),  # story key of where the page says that it stands; empty: nowhere
    _column("blocks", Json),  # [[zone, text], …], related lines and boilerplate included
    _column("languages", Json),  # [two letters, …], the likeliest first
    _column("author", Prose),  # empty: the page does not say
    _column("published", Moment, nullable=True),  # null: the page does not say
    _column("source", Choice(Source)),
    _column("note", Prose),
    _column("read_at", Moment),
    _column("modified", Moment, nullable=True),  # null: the page does not say
    _column("section", Prose),  # empty: the page names none
    _column("paid", Boolean),  # the page says that one must pay for all of it
)

sites = Table(
    "sites",
    metadata,
    _column("host", Key, primary_key=True),
    _column("lines", LargeBinary),  # what recurs under its articles, packed (monitor/sources/habits.py)
    _column("at", Moment, index=True),  # when an article of it was read last
)

pages = Table(
    "pages",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    _column("url", Prose),  # after redirects
    _column("content_type", Prose),  # empty: the server sent none
    _column("body", LargeBinary),  # by zstd; gone once it is read
)

looks = Table(
    "looks",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    _column("since", Moment),  # when it was told last: the looks are counted from there
    _column("due_at", Moment, index=True),
    _column("gone", Integer),  # 0: its page is there; 1: it was missing at the last look; 2: it is told gone
)

amendments = Table(
    "amendments",
    metadata,
    _column("id", Id, primary_key=True),
    _column("entry_id", Id, ForeignKey("entries.id"), index=True),
    _column("kind", Choice(AmendmentKind)),
    _column("before", Prose),  # empty: it is new
    _column("after", Prose),  # empty: it is gone
    _column("at", Moment),  # when it was seen
)

matches = Table(
    "matches",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True),
    _column("revision", Integer, primary_key=True, autoincrement=False),  # which version of the entry matched
    _column("rule_key", Key, primary_key=True),
    _column("rule", Prose),  # its id, which may be as long as the rule itself
    _column("rule_text", Prose),  # as it was written then
    _column("spans", Json),  # [[field, start, end], …]
    _column("excerpts", Json),  # [[text, [[start, end], …]], …]
    _column("at", Moment),
)

stories = Table(
    "stories",
    metadata,
    _column("id", Id, primary_key=True),
    _column("key", Key, unique=True),
    _column("opened_at", Moment),
)

members = Table(
    "members",
    metadata,
    _column("entry_id", Id, ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    _column("story_id", Id, ForeignKey("entries.id")),  # the entry the story began with
    _column("at", Moment),  # when it was published, or first seen
    _column("newsroom", Prose),  # host
    _column("origin", Prose),  # whose text it is: a newsroom's or an agency's
    _column("reading", LargeBinary),  # what later articles are compared with (monitor/stories/packing.py)
    _column("said", LargeBinary),  # what later articles need not tell again (monitor/stories/said.py)
    _column("how", Prose),  # copy, same headline, same event; empty: it opened the story
    _column("like_id", Id, ForeignKey("entries.id"), nullable=True),  # what it copies; null: nothing
    _column("why", Prose),
    _column("news", Json),  # [[kind, why], …]: what it said that was new
    _column("by_hand", Boolean),  # a person has put it there
    _column("moved_at", Moment, nullable=True, index=True),  # when a person did; null: nobody has
    _column("moved_from", Id, nullable=True),  # the story it was in before; null: it was not moved
    # A list of stories is answered from these two alone: rows have 2.5 KB.
    Index("ix_members_story", "story_id", "at", "origin"),
    Index("ix_members_at", "at", "story_id"),
)

outbox = Table(
    "outbox",
    metadata,
    _column("id", Id, primary_key=True),
    _column("key", Key, unique=True),  # the same message never stands here twice
    _column("channel", Key),
    _column("kind", Prose),  # alert, digest, first look, notice: how to read the payload
    _column("payload", Prose),  # the message as JSON
    _column("payload_hash", Prose),  # SHA-256 of the payload: what was sent is what was decided
    _column("state", Choice(OutboxState)),
    _column("priority", Rank),
    _column("attempt", Integer),  # how often it was claimed
    _column("plain", Boolean),  # refused once: the minimal form is sent
    _column("created_at", Moment),
    _column("next_at", Moment),  # not before; counts while ready
    _column("started_at", Moment, nullable=True),  # null: never claimed
    _column("sent_at", Moment, nullable=True),  # null: not known to be sent
    _column("ts", Prose),  # Slack's name of the message; empty: not known to be sent
    _column("error", Prose),  # why it is not sent; empty: nothing went wrong
    _column("root_id", Id, nullable=True),  # the message in whose thread it goes; null: into the channel
    _column("place", Prose),  # Slack's id of the channel it stands in; empty: not known to stand anywhere
    _column("first_at", Moment, nullable=True),  # when it was first claimed; null: never
    _column("look_at", Moment, nullable=True),  # when what became of it is looked up; null: that is known
    _column("looks", Integer),  # how often that was tried in vain
    _column("bundle", Prose),  # with which others it is told as one message; empty: by itself
    _column("carried_by", Id, nullable=True),  # the message that told it among others; null: none
    _column("changes", Integer),  # how often what it says has changed since it was queued
    _column("shown", Integer),  # how many of these Slack shows
    _column("edit_at", Moment, nullable=True),  # when it is edited; null: it shows all
    _column("edited_at", Moment, nullable=True),  # null: never
    _column("meant", Key),  # the channel it was for, where that one is closed; empty: this one
    Index("ix_outbox_lane", "channel", "state", "priority", "id"),
    Index("ix_outbox_state", "state", "next_at"),
    Index("ix_outbox_look", "look_at"),
    Index("ix_outbox_edit", "edit_at"),
    Index("ix_outbox_carried", "carried_by"),
)

actions = Table(
    "actions",
    metadata,
    _column("id", Id, primary_key=True),
    _column("outbox_id", Id, ForeignKey("outbox.id"), index=True),
    _column("kind", Choice(ActionKind)),
    _column("value", Key),  # a rule, a source, a span; empty: the kind says all
    _column("user", Key),  # Slack's id of who did it
    _column("at", Moment),
    UniqueConstraint("outbox_id", "kind", "value", "user"),
)

mutes = Table(
    "mutes",
    metadata,
    _column("id", Id, primary_key=True),
    _column("kind", Choice(MuteKind)),
    _column("channel", Key),  # empty: everywhere
    _column("rule", Key),  # empty: every rule
    _column("source", Prose),  # host of a newsroom; empty: every source
    _column("story_id", Id, nullable=True),  # the entry a story began with; null: every story
    _column("user", Prose),  # Slack's id of who did it; empty: the command line
    _column("at", Moment),
    _column("until", Moment, index=True),
    _column("held_back", Integer),  # alerts
    _column("told", Boolean),  # its end, to people
)

incidents = Table(
    "incidents",
    metadata,
    _column("key", Key, primary_key=True),
    _column("text", Prose),
    _column("opened_at", Moment),
    _column("changed_at", Moment),
    _column("closed_at", Moment, nullable=True, index=True),  # null: it goes on
    _column("outbox_id", Id, ForeignKey("outbox.id"), nullable=True, index=True),  # null: not told yet
)

told = Table(
    "told",
    metadata,
    _column("channel", Key, primary_key=True),
    _column("story_id", Id, ForeignKey("stories.id"), primary_key=True, index=True),
    _column("rule_key", Key, primary_key=True),
    _column("rule", Prose),  # its id, which may be as long as the rule itself
    _column("entry_id", Id, ForeignKey("entries.id"), index=True),
    _column("outbox_id", Id, ForeignKey("outbox.id"), index=True),
    _column("at", Moment),
)

lanes = Table(
    "lanes",
    metadata,
    _column("channel", Key, primary_key=True),  # "*": the whole workspace
    _column("blocked_until", Moment, nullable=True),  # null: free to send
    _column("held", Boolean),  # somebody has to mend a setting; tried again when blocked_until is over
    _column("reason", Prose),
)

ledger = Table(
    "ledger",
    metadata,
    _column("id", Id, primary_key=True),
    _column("entry_id", Id, ForeignKey("entries.id"), index=True),
    _column("at", Moment),
    _column("stage", Prose),  # poll, judge, tell
    _column("state", Choice(EntryState)),  # the entry's state from here on
    _column("reason", Prose),
)

gaps = Table(
    "gaps",
    metadata,
    _column("id", Id, primary_key=True),
    _column("feed_id", Id, ForeignKey("feeds.id"), index=True),
    _column("since", Moment),  # the last poll before it
    _column("until", Moment),  # the first poll after it
    _column("most", Integer),  # entries that may be missing, at most; 0: nobody can tell
    _column("older", Prose),  # the page of older entries; empty: the feed links none
    _column("came", Integer),  # entries found later
    _column("tries", Integer),
    _column("due_at", Moment, nullable=True, index=True),  # null: nothing is left to try
    _column("alike", Boolean),  # pages of a sitemap that nothing tells from old ones were left alone
    _column("filled", Boolean),  # an older page reached an entry that was known
    _column("tried", Prose),  # what was done, for people; empty: nothing yet
    # when people were told of it, or it was filled; null: it is looked into, or waits for the day's notice
    _column("told_at", Moment, nullable=True),
)
Index(
    "ix_gaps_untold",
    gaps.c.feed_id,
    sqlite_where=gaps.c.told_at.is_(None),
    postgresql_where=gaps.c.told_at.is_(None),
)

lists = Table(
    "lists",
    metadata,
    _column("url", Key, primary_key=True),
    _column("etag", Prose),  # empty: the server sent none
    _column("last_modified", Prose),  # empty: likewise
    _column("feeds", Json),  # [[address, name, [tag, …]], …], as it last said
    _column("due_at", Moment),
    _column("failures", Integer),  # in a row
    _column("failing_since", Moment, nullable=True),  # null: the last answer was a list
    _column("error", Prose),  # empty: likewise
)

hosts = Table(
    "hosts",
    metadata,
    _column("host", Key, primary_key=True),
    _column("until", Moment),  # all its feeds rest until then: it said 429
    _column("times", Integer),  # in a row
)

robots = Table(
    "robots",
    metadata,
    _column("host", Key, primary_key=True),  # with its port
    _column("text", Prose),  # the lines of its robots.txt that concern us; empty: it asks for nothing
    _column("until", Moment, index=True),  # when it is asked again
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True, autoincrement=False),
    _column("topic", Prose),  # the address the feed calls itself by
    _column("hubs", Json),  # [address, …], the best first; empty: it no longer names one
    _column("host", Prose),  # of the first hub; empty likewise
    _column("due_at", Moment, nullable=True, index=True),  # null: nothing left to do
    _column("tries", Integer),  # requests in a row that no hub confirmed
    _column("reason", Prose),  # why no hub delivers; empty: one does, or is asked
    _column("delivered_at", Moment, nullable=True),  # null: never
    _column("unheard", Json),  # [[name, ms], …]: entries that polls found first
    _column("missed", Integer),  # entries that no hub brought, since it was last trusted
    _column("doubted_until", Moment, nullable=True),  # null: not doubted
    _column("since", Moment, nullable=True),  # when that began which is told of it; null: nothing has
)

callbacks = Table(
    "callbacks",
    metadata,
    _column("token", Key, primary_key=True),  # the end of the address: a secret
    _column("feed_id", Id, ForeignKey("feeds.id"), index=True),
    _column("address", Prose),
    _column("topic", Prose),
    _column("hub", Prose),
    _column("secret", Prose),  # empty: the hub was asked over plain http
    _column("state", Choice(CallbackState)),
    _column("asked_at", Moment),
    _column("until", Moment, index=True),  # end of the lease, or of the wait for a confirmation
    _column("verified_at", Moment, nullable=True),  # null: the hub has not confirmed
)

deliveries = Table(
    "deliveries",
    metadata,
    _column("id", Id, primary_key=True),
    _column("feed_id", Id, ForeignKey("feeds.id"), index=True),
    _column("topic", Prose),
    _column("body", LargeBinary),  # as it was signed, decoded; gone once its entries are in
    _column("content_type", Prose),
    _column("at", Moment),
)

vitals = Table(
    "vitals",
    metadata,
    _column("key", Key, primary_key=True),
    _column("value", Json),
    _column("at", Moment),
)


def insert_into(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of this transaction."""
    return _insert(tx.dialect.name, table)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _over(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    new = _insert(dialect, table)
    told = {column.name: new.excluded[column.name] for column in table.columns if not column.primary_key}
    return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=told)


def put_over(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of whole rows that takes the place of those with the same key.

    Built once a table: to build a statement takes three times as long as to run it.
    """
    return _over(tx.dialect.name, table)
