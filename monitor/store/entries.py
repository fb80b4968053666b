"""Entries: what waits to be read, what was read and found, and where each stands."""

import sys
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from monitor.model import (
    Article,
    Block,
    Decision,
    Entry,
    EntryState,
    Found,
    Known,
    Said,
    StoredEntry,
    Twin,
    host_of,
)
from monitor.store.codec import blocks_in, blocks_out, excerpts_in, excerpts_out, spans_in
from monitor.store.columns import Moment, key_of, shard_of
from monitor.store.schema import aliases, articles, entries, feeds, ledger, put_over, revisions
from monitor.store.schema import matches as matches_table

CHUNK = 500  # names asked for in one statement: SQLite before 3.32 takes 999 parameters

MANY = 50  # names: of a first document 180 are asked for, 1 ms to learn that its feed has none

# --- who is known -----------------------------------------------------------------------------------------


def known(tx: Connection, feed_id: int, names: Sequence[str]) -> Known:
    """Which of these names the feed's entries bear, and what those entries said last."""
    by_key = named(tx, feed_id, names)
    if not by_key:
        return Known({}, {})
    by_alias = {name: by_key[key] for name in names if (key := key_of(name)) in by_key}
    return Known(by_alias, _said(tx, list(set(by_alias.values()))))


def named(tx: Connection, feed_id: int, names: Sequence[str]) -> Mapping[str, int]:
    """`key_of` a name -> the entry that bears it."""
    keys = list(dict.fromkeys(map(key_of, names)))
    found: dict[str, int] = {}
    if len(keys) > MANY and tx.scalar(_ANY, {"feed": feed_id}) is None:
        return found
    for chunk in _chunks(keys):
        rows = tx.execute(_NAMED, {"feed": feed_id, "names": chunk})
        found.update((alias, entry_id) for alias, entry_id in rows)
    return found


def names_of(tx: Connection, ids: Collection[int]) -> set[str]:
    """Every name that these entries bear, as `key_of` makes it."""
    found: set[str] = set()
    for chunk in _chunks(tuple(ids)):
        found.update(tx.scalars(select(aliases.c.alias).where(aliases.c.entry_id.in_(chunk))))
    return found


_NAMED = select(aliases.c.alias, aliases.c.entry_id).where(
    aliases.c.feed_id == bindparam("feed"), aliases.c.alias.in_(bindparam("names", expanding=True))
)
_ANY = select(aliases.c.alias).where(aliases.c.feed_id == bindparam("feed")).limit(1)


def _said(tx: Connection, ids: Sequence[int]) -> Mapping[int, Said]:
    said: dict[int, Said] = {}
    for chunk in _chunks(ids):
        rows = tx.execute(_SAID, {"ids": chunk})
        said.update((row.id, _said_in(row)) for row in rows)
    return said


@dataclass(frozen=True, slots=True)
class Name:
    """An alias, and when its feed was last known to carry it."""

    feed_id: int
    alias: str
    seen_at: datetime


def names_after(tx: Connection, feed_id: int, alias: str, limit: int) -> tuple[Name, ...]:
    """The next names of all feeds, from there on, in the order of their key."""
    place = tuple_(aliases.c.feed_id, aliases.c.alias)
    asked = select(aliases.c.feed_id, aliases.c.alias, aliases.c.seen_at).where(place > (feed_id, alias))
    rows = tx.execute(asked.order_by(aliases.c.feed_id, aliases.c.alias).limit(limit))
    return tuple(Name(row.feed_id, row.alias, row.seen_at) for row in rows)


_NAME = and_(aliases.c.feed_id == bindparam("feed"), aliases.c.alias == bindparam("name"))


def still_carried(tx: Connection, names: Sequence[Name], now: datetime) -> None:
    if names:
        tx.execute(update(aliases).where(_NAME).values(seen_at=now), _keys(names))


def forget(tx: Connection, names: Sequence[Name]) -> None:
    """The names only: entries and their articles stay."""
    if names:
        tx.execute(delete(aliases).where(_NAME), _keys(names))


def _keys(names: Sequence[Name]) -> list[dict[str, Any]]:
    return [{"feed": name.feed_id, "name": name.alias} for name in names]


_SAID = select(
    *(entries.c[name] for name in ("id", "title", "link", "words_hash", "guid", "published", "blocks"))
).where(entries.c.id.in_(bindparam("ids", expanding=True)))


def _said_in(row: Row[Any]) -> Said:
    return Said(row.title, row.link, row.words_hash, row.guid, row.published, blocks_in(row.blocks))


def _chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


# --- what waits -------------------------------------------------------------------------------------------

_OF_FEED = ("url", "name", "title", "host", "lang", "country", "language")
WALK = 400  # articles that are read at once

_STORED = select(entries, feeds.c.tags, *(feeds.c[name].label(f"feed_{name}") for name in _OF_FEED)).join(
    feeds, feeds.c.id == entries.c.feed_id
)


def _stored(row: Row[Any]) -> StoredEntry:
    return StoredEntry(
        id=row.id,
        feed_id=row.feed_id,
        feed_name=row.feed_name or row.feed_title or row.feed_host,
        tags=tuple(row.tags),
        entry=_entry(row),
        story_key=row.story_key,
        state=row.state,
        first_look=row.first_look,
        seen_at=row.seen_at,
        revision=row.revision,
        tries=row.tries,
        due_at=row.due_at,
        feed_url=row.feed_url,
        lang=row.feed_lang,
        country=row.feed_country,
        feed_language=row.feed_language,
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        guid=row.guid,
        link=row.link,
        title=row.title,
        blocks=blocks_in(row.blocks),
        published=row.published,
        author=row.author,
        categories=tuple(row.categories),
    )


_OLD_NEWS = case((and_(entries.c.first_look, entries.c.revision == 1), 1), else_=0)


# A host answers one request at a time. More of its entries at once would only fill the room that other hosts'
# entries need: three hosts that hang would stop all judging.
HOST_SHARE = 4


def due(
    tx: Connection, now: datetime, limit: int, busy: Collection[Hashable] = ()
) -> tuple[StoredEntry, ...]:
    """Entries whose time has come: news and edits before first looks, then longest overdue first.

    Of each shard of hosts at most HOST_SHARE, those that are being judged (`busy`) included.
    """
    turn = func.row_number().over(
        partition_by=entries.c.shard,
        order_by=(case((entries.c.id.in_(busy), 0), else_=1), _OLD_NEWS, entries.c.due_at, entries.c.id),
    )
    ripe = select(entries.c.id, turn.label("turn")).where(entries.c.due_at <= now).subquery()
    shared = _STORED.join(ripe, ripe.c.id == entries.c.id).where(ripe.c.turn <= HOST_SHARE)
    ordered = shared.where(entries.c.id.not_in(busy)).order_by(_OLD_NEWS, entries.c.due_at, entries.c.id)
    return tuple(map(_stored, tx.execute(ordered.limit(limit))))


def by_id(tx: Connection, ids: Sequence[int]) -> Mapping[int, StoredEntry]:
    """The entries of these numbers."""
    rows = [row for chunk in _chunks(ids) for row in tx.execute(_STORED.where(entries.c.id.in_(chunk)))]
    return {row.id: _stored(row) for row in rows}


def of_feed(tx: Connection, feed_id: int) -> tuple[StoredEntry, ...]:
    """All that a feed brought."""
    return tuple(map(_stored, tx.execute(_STORED.where(entries.c.feed_id == feed_id).order_by(entries.c.id))))


_STATE = select(entries.c.state).where(entries.c.id == bindparam("entry"))


def came_with(tx: Connection, entry: StoredEntry) -> int:
    """How many entries the poll brought that brought this one."""
    same = and_(entries.c.feed_id == entry.feed_id, entries.c.seen_at == entry.seen_at)
    return int(tx.scalar(select(func.count()).where(same)) or 0)


def state(tx: Connection, entry_id: int) -> EntryState:
    """Where an entry stands at this moment."""
    found: EntryState = tx.execute(_STATE, {"entry": entry_id}).scalar_one()
    return found


# --- one article at several addresses -----------------------------------------------------------------------

MOST_TWINS = 50
_TWIN = (
    select(
        entries.c.story_key,
        entries.c.link,
        func.coalesce(func.nullif(entries.c.title, ""), articles.c.title, "").label("title"),
        func.coalesce(entries.c.published, entries.c.seen_at).label("at"),
    )
    .where(entries.c.id != bindparam("entry"))
    .order_by(entries.c.id)
    .limit(MOST_TWINS)
)
_ARTICLE = articles.c.entry_id == entries.c.id
_BEING = _TWIN.outerjoin(articles, _ARTICLE).where(entries.c.story_key == bindparam("key"))
_SAYING = _TWIN.join(articles, _ARTICLE).where(articles.c.canonical == bindparam("key"))


def twins(tx: Connection, entry_id: int, key: str) -> tuple[Twin, ...]:
    """Other entries whose pages say that they stand where this story key is, or who do; the first of them."""
    asked = {"entry": entry_id, "key": key}
    rows = [row for which in (_BEING, _SAYING) for row in tx.execute(which, asked)]
    return tuple(Twin(row.story_key, row.link, row.title, row.at) for row in rows)


def join(tx: Connection, entry_id: int, story_key: str) -> None:
    """The entry tells another story than its address says."""
    tx.execute(update(entries).where(entries.c.id == entry_id).values(story_key=story_key))


# --- what was judged --------------------------------------------------------------------------------------


def keep_judgement(
    tx: Connection,
    entry: StoredEntry,
    article: Article,
    found: Sequence[Found],
    decision: Decision,
    due_at: datetime | None,
    now: datetime,
) -> None:
    """What was read, what matched, what becomes of the entry. `due_at`: when its page is asked for again.

    When the feed edited the entry meanwhile, the new version stays due: this judgement was of the old one.
    """
    _keep_article(tx, entry.id, article, now)
    _keep_matches(tx, entry, found, now)
    _judge(tx, entry, decision.state, decision.reason, due_at, now)


# Built once: to build a statement takes three times as long as to run it.
_SAME = entries.c.revision == bindparam("seen")
_MOVED = (
    update(entries)
    .where(entries.c.id == bindparam("entry"))
    .values(state=bindparam("to"), reason=bindparam("why"), judged=bindparam("seen"))
)
_SETTLED = _MOVED.values(due_at=case((_SAME, literal(None, Moment)), else_=entries.c.due_at))
_JUDGED = _MOVED.values(
    due_at=case((_SAME, bindparam("until", type_=Moment)), else_=entries.c.due_at),
    tries=case((_SAME, entries.c.tries + 1), else_=entries.c.tries),
)


def settle(tx: Connection, entry: StoredEntry, decision: Decision, now: datetime) -> None:
    """What becomes of an entry is known before its article is read. An edit that came meanwhile stays due."""
    to = {"to": decision.state, "why": decision.reason}
    tx.execute(_SETTLED, {"entry": entry.id, "seen": entry.revision, **to})
    _note(tx, [entry.id], "judge", decision.state, decision.reason, now)


def fail(tx: Connection, entry: StoredEntry, reason: str, due_at: datetime, now: datetime) -> None:
    """The entry could not be judged; it is tried again at `due_at`."""
    _judge(tx, entry, EntryState.FAILED, reason, due_at, now)


def judge_again(tx: Connection, ids: Collection[int], at: datetime) -> int:
    """Those of them that another story's message only named are judged anew, then. How many these are."""
    named = and_(entries.c.id.in_(ids), entries.c.state == EntryState.MERGED)
    return int(tx.execute(update(entries).where(named).values(due_at=at)).rowcount)


def _judge(
    tx: Connection, entry: StoredEntry, state: EntryState, reason: str, due_at: datetime | None, now: datetime
) -> None:
    to = {"to": state, "why": reason, "until": due_at}
    tx.execute(_JUDGED, {"entry": entry.id, "seen": entry.revision, **to})
    _note(tx, [entry.id], "judge", state, reason, now)


_NOTE = insert(ledger)


def _note(
    tx: Connection, ids: Sequence[int], stage: str, state: EntryState, reason: str, now: datetime
) -> None:
    line = {"at": now, "stage": stage, "state": state, "reason": reason}
    tx.execute(_NOTE, [line | {"entry_id": entry_id} for entry_id in ids])


def _keep_article(tx: Connection, entry_id: int, article: Article, now: datetime) -> None:
    read = {
        "entry_id": entry_id,
        "title": article.title,
        "headline": article.headline,
        "canonical": article.canonical,
        "blocks": blocks_out(article.blocks),
        "languages": article.languages,
        "author": article.author,
        "published": article.published,
        "source": article.source,
        "note": article.note,
        "read_at": now,
        "modified": article.modified,
        "section": article.section,
        "paid": article.paid,
    }
    tx.execute(put_over(tx, articles), read)


_OF_ENTRY = and_(
    matches_table.c.entry_id == bindparam("entry"), matches_table.c.revision == bindparam("seen")
)
_UNMATCH = delete(matches_table).where(_OF_ENTRY)
_MATCH = insert(matches_table)


def _keep_matches(tx: Connection, entry: StoredEntry, found: Sequence[Found], now: datetime) -> None:
    tx.execute(_UNMATCH, {"entry": entry.id, "seen": entry.revision})
    if found:
        tx.execute(_MATCH, [_match_row(entry, match, now) for match in found])


def _match_row(entry: StoredEntry, match: Found, now: datetime) -> dict[str, Any]:
    return {
        "entry_id": entry.id,
        "revision": entry.revision,
        "rule_key": match.rule,
        "rule": match.rule,
        "rule_text": match.text,
        "spans": match.spans,
        "excerpts": excerpts_out(match.excerpts),
        "at": now,
    }


# --- the first look ---------------------------------------------------------------------------------------


def held(tx: Connection) -> tuple[tuple[StoredEntry, tuple[Found, ...]], ...]:
    """What matched at first look and waits for the summary, with what matched."""
    waiting = _STORED.where(entries.c.state == EntryState.HELD).order_by(entries.c.id)
    stored = tuple(map(_stored, tx.execute(waiting)))
    found = _found(tx, entries.c.state == EntryState.HELD)
    return tuple((entry, tuple(found.get(entry.id, ()))) for entry in stored)


def tell_held(
    tx: Connection, entry_ids: Sequence[int], state: EntryState, reason: str, now: datetime
) -> None:
    """The summary is on its way. An entry that was edited meanwhile is news now, and left alone."""
    for chunk in _chunks(list(entry_ids)):
        still = and_(entries.c.id.in_(chunk), entries.c.state == EntryState.HELD)
        moved = list(tx.scalars(select(entries.c.id).where(still)))
        if moved:
            tx.execute(update(entries).where(entries.c.id.in_(moved)).values(state=state, reason=reason))
            _note(tx, moved, "tell", state, reason, now)


@dataclass(frozen=True, slots=True)
class Look:
    """The first look at feeds whose summary is still to come."""

    feeds: int  # active, not told of yet
    polled: int  # of these, how many were asked at least once
    looked: int  # of these, how many answered with a feed
    entries: int  # what they carried
    judged: int
    matched: int
    told: bool  # was an active feed's summary told before? Then it could be reached

    @property
    def done(self) -> bool:
        """Nothing is left to wait for."""
        return self.polled == self.feeds and self.judged == self.entries


def first_look_progress(tx: Connection) -> Look:
    """How far the first look is. All zero: every feed's was told, which costs two looks into an index."""
    coming = and_(feeds.c.active, ~feeds.c.introduced)
    asked = select(func.count(), func.count(feeds.c.polled_at), func.sum(case((feeds.c.looked, 1), else_=0)))
    named, polled, looked = tx.execute(asked.where(coming)).one()
    carried = select(entries.c.state, func.count()).join(feeds, feeds.c.id == entries.c.feed_id)
    rows = tx.execute(carried.where(coming, entries.c.first_look).group_by(entries.c.state)).all()
    states: dict[EntryState, int] = dict(rows)
    came = sum(states.values())
    plain = sum(states.get(state, 0) for state in (EntryState.NEW, EntryState.NO_MATCH, EntryState.FAILED))
    told = tx.scalar(select(feeds.c.id).where(feeds.c.active, feeds.c.introduced).limit(1)) is not None
    return Look(named, polled, looked or 0, came, came - states.get(EntryState.NEW, 0), came - plain, told)


_SOME_HELD = select(entries.c.id).where(entries.c.state == EntryState.HELD).limit(1)


def first_look_done(tx: Connection) -> bool:
    """Is there a summary to tell now: something new to tell of, and nothing left to judge?"""
    look = first_look_progress(tx)
    return look.done and (look.looked > 0 or tx.scalar(_SOME_HELD) is not None)


def first_look_told(tx: Connection) -> None:
    """The summary of every feed seen so far is on its way."""
    tx.execute(update(feeds).where(feeds.c.looked, ~feeds.c.introduced).values(introduced=True))


# --- questions of people ----------------------------------------------------------------------------------


def find(tx: Connection, url: str, story_key: str = "") -> tuple[StoredEntry, ...]:
    """Entries with this link, or of this story, newest first. `story_key`: the url's, as `fresh` makes it."""
    linked = and_(entries.c.shard == shard_of(host_of(url)), entries.c.link == url)
    same = or_(linked, entries.c.story_key.in_([url, story_key or url]))
    return tuple(map(_stored, tx.execute(_STORED.where(same).order_by(entries.c.id.desc()))))


def feeds_of_host(tx: Connection, host: str) -> tuple[str, ...]:
    """Names of the feeds that ever carried an entry of this host."""
    of_host = select(entries.c.feed_id).where(
        entries.c.shard == shard_of(host), entries.c.link.contains(f"//{host}/")
    )
    rows = tx.execute(
        select(feeds).where(or_(feeds.c.host == host, feeds.c.id.in_(of_host))).order_by(feeds.c.id)
    )
    return tuple(row.name or row.title or row.host for row in rows)


@dataclass(frozen=True, slots=True)
class Version:
    """What an entry said before it was edited."""

    revision: int
    title: str
    blocks: tuple[Block, ...]
    seen_at: datetime


def versions(tx: Connection, entry_id: int) -> tuple[Version, ...]:
    """The earlier ones that are kept, oldest first."""
    rows = tx.execute(
        select(revisions).where(revisions.c.entry_id == entry_id).order_by(revisions.c.revision)
    )
    return tuple(Version(row.revision, row.title, blocks_in(row.blocks), row.seen_at) for row in rows)


def article(tx: Connection, entry_id: int) -> Article | None:
    """What was last read of an entry; None: nothing yet."""
    row = tx.execute(select(articles).where(articles.c.entry_id == entry_id)).first()
    return None if row is None else _article(row)


def _article(row: Row[Any]) -> Article:
    return Article(
        title=row.title,
        blocks=blocks_in(row.blocks),
        languages=tuple(row.languages),
        published=row.published,
        source=row.source,
        note=row.note,
        author=row.author,
        headline=row.headline,
        modified=row.modified,
        section=row.section,
        paid=row.paid,
    )


def recent(tx: Connection, since: datetime, limit: int) -> tuple[tuple[StoredEntry, Article], ...]:
    """Entries that were read and are not older than that, with what was read; those seen last first."""
    when = func.coalesce(entries.c.published, entries.c.seen_at)
    read = _STORED.join(articles, articles.c.entry_id == entries.c.id).where(when >= since)
    stored = [_stored(row) for row in tx.execute(read.order_by(entries.c.id.desc()).limit(limit))]
    found: dict[int, Article] = {}
    for chunk in _chunks([entry.id for entry in stored]):
        rows = tx.execute(select(articles).where(articles.c.entry_id.in_(chunk)))
        found.update((row.entry_id, _article(row)) for row in rows)
    return tuple((entry, found[entry.id]) for entry in stored)


def count_since(tx: Connection, since: datetime) -> int:
    """How many came in since."""
    return int(tx.scalar(select(func.count()).where(entries.c.seen_at >= since)) or 0)


def walk(tx: Connection, since: datetime, most: int | None = None) -> Iterator[tuple[StoredEntry, Article]]:
    """All that came in since and was read, with what was read; the newest first, a few hundred in memory."""
    left, before = most if most is not None else sys.maxsize, sys.maxsize
    while left > 0:
        below = and_(entries.c.id < before, entries.c.seen_at >= since)
        read = _STORED.join(articles, articles.c.entry_id == entries.c.id).where(below)
        rows = tx.execute(read.order_by(entries.c.id.desc()).limit(min(left, WALK))).all()
        if not rows:
            return
        found = _articles(tx, [row.id for row in rows])
        yield from ((_stored(row), found[row.id]) for row in rows)
        left, before = left - len(rows), rows[-1].id


def _articles(tx: Connection, ids: Sequence[int]) -> Mapping[int, Article]:
    rows = tx.execute(select(articles).where(articles.c.entry_id.in_(ids)))
    return {row.entry_id: _article(row) for row in rows}


def matches(tx: Connection, entry_id: int) -> tuple[Found, ...]:
    """Which rules the entry matched when it was last judged."""
    return tuple(_found(tx, entries.c.id == entry_id).get(entry_id, ()))


def _found(tx: Connection, which: ColumnElement[bool]) -> Mapping[int, Sequence[Found]]:
    current = and_(matches_table.c.entry_id == entries.c.id, matches_table.c.revision == entries.c.judged)
    by_entry: dict[int, list[Found]] = {}
    for row in tx.execute(
        select(matches_table).join(entries, current).where(which).order_by(matches_table.c.rule_key)
    ):
        match = Found(row.rule, row.rule_text, spans_in(row.spans), excerpts_in(row.excerpts))
        by_entry.setdefault(row.entry_id, []).append(match)
    return by_entry
