"""Feeds: what config.yaml names, what is remembered of each, and what a poll brought."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor.model import (
    Change,
    Entry,
    EntryState,
    Feed,
    FeedSpec,
    FeedState,
    Fresh,
    NewEntry,
    Validators,
    host_of,
)
from monitor.store.codec import (
    blocks_out,
    hints_in,
    hints_out,
    move_in,
    move_out,
    parts_in,
    parts_out,
    trust_in,
    trust_out,
)
from monitor.store.columns import key_of, shard_of
from monitor.store.entries import named
from monitor.store.rows import insert_rows
from monitor.store.schema import aliases, entries, feeds, ledger, revisions

MOST_NAMES = 50  # of one entry; 7 are usual, and a guid made anew for each poll would add 300 a day
MOST_VERSIONS = 20  # of one entry, before its newest; of 3,006 edited headlines none had more than 8
AT_ONCE = 1000  # rows of one insert: 100,000 would hold 200 MB, which the process keeps


@dataclass(frozen=True, slots=True)
class Synced:
    """What a (new) config.yaml changed."""

    added: int
    removed: int
    kept: int


def sync(tx: Connection, specs: Sequence[FeedSpec], now: datetime) -> Synced:
    """Make the active feeds those of config.yaml. The others stop being polled; their entries stay."""
    wanted = {key_of(spec.url): spec for spec in specs}
    _follow(tx, wanted)
    stored = {row.key: row for row in tx.execute(_SPECS)}
    gone = [row.id for key, row in stored.items() if row.active and key not in wanted]
    known = [(stored[key], spec) for key, spec in wanted.items() if key in stored]
    new = [spec for key, spec in wanted.items() if key not in stored]
    for start in range(0, len(new), AT_ONCE):
        tx.execute(insert(feeds), [_new_feed(spec, now) for spec in new[start : start + AT_ONCE]])
    changed = [(row, spec) for row, spec in known if _spec(row) != spec or not row.active]
    if changed:
        tx.execute(_RESPEC, [_respecified(row, spec, now) for row, spec in changed])
    if gone:
        tx.execute(_RETIRE, [{"feed": feed_id} for feed_id in gone])
    returned = sum(not row.active for row, _ in known)
    return Synced(added=len(new) + returned, removed=len(gone), kept=len(known) - returned)


def add(tx: Connection, spec: FeedSpec, now: datetime) -> Feed:
    """One feed beside all others, which is not there yet."""
    feed_id = tx.scalar(insert(feeds).values(_new_feed(spec, now)).returning(feeds.c.id))
    found = get(tx, int(feed_id or 0))
    assert found
    return found


def _follow(tx: Connection, wanted: Mapping[str, FeedSpec]) -> None:
    """A feed whose new address config.yaml names by now stays the same feed, with all that is known of it."""
    moved = select(feeds.c.id, feeds.c.key, feeds.c.address).where(feeds.c.active, feeds.c.address != "")
    for row in tx.execute(moved).all():
        spec = wanted.get(key_of(row.address))
        if spec is None or row.key in wanted or tx.scalar(select(feeds.c.id).where(feeds.c.key == spec.url)):
            continue
        host = host_of(spec.url)
        there = {"key": spec.url, "url": spec.url, "host": host, "shard": shard_of(host), "address": ""}
        tx.execute(update(feeds).where(feeds.c.id == row.id).values(there))


def _new_feed(spec: FeedSpec, now: datetime) -> dict[str, Any]:
    host = host_of(spec.url)
    state = _columns_of(FeedState(due_at=now))
    return (
        _columns_of_spec(spec)
        | state
        | {
            "url": spec.url,
            "key": spec.url,
            "host": host,
            "shard": shard_of(host),
            "pushed": False,
            "introduced": False,
            "entries_in": 0,
        }
    )


def _columns_of_spec(spec: FeedSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "tags": list(spec.tags),
        "every": spec.every,
        "lang": spec.lang,
        "country": spec.country,
        "active": True,
    }


def _respecified(row: Row[Any], spec: FeedSpec, now: datetime) -> dict[str, Any]:
    """A feed that returns is due now; a changed interval counts from the last poll, and only pulls nearer."""
    due_at = row.due_at if row.active else now
    if spec.every is not None and spec.every != row.every and row.polled_at is not None:
        due_at = min(due_at, max(now, row.polled_at + spec.every))
    return {"feed": row.id, "due_at": due_at} | _columns_of_spec(spec)


def _columns_of(state: FeedState) -> dict[str, Any]:
    return {
        "due_at": state.due_at,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "title": state.title,
        "language": state.language,
        "hints": hints_out(state.hints),
        "looked": state.looked,
        "polled_at": state.polled_at,
        "ok_at": state.ok_at,
        "pause_until": state.pause_until,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "error": state.error,
        "marks": state.marks or None,
        "cause": state.cause,
        "address": state.address,
        "move": move_out(state.move),
        "trust": trust_out(state.trust),
        "body_at": state.body_at,
        "news_at": state.news_at,
        "carried": state.carried,
        "rhythm": state.rhythm or None,
        "told_at": state.told_at,
        "quiet_at": state.quiet_at,
        "sought_at": state.sought_at,
        "parts": parts_out(state.parts),
    }


# What config.yaml says of a feed, and what a change of that needs to know: of 100,000 feeds a tenth of all.
_SPECS = select(
    *(feeds.c[name] for name in ("id", "key", "url", "polled_at", "due_at", *_columns_of_spec(FeedSpec(""))))
)
_RESPEC = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed"))
    .values({name: bindparam(name) for name in ("due_at", *_columns_of_spec(FeedSpec("")))})
)
_RETIRE = update(feeds).where(feeds.c.id == bindparam("feed")).values(active=False)


@cache
def _keep(names: frozenset[str]) -> Update:
    changes: dict[str, Any] = {name: bindparam(name) for name in names}
    counted = {"entries_in": feeds.c.entries_in + bindparam("came")}
    return update(feeds).where(feeds.c.id == bindparam("feed")).values(changes | counted)


def _keep_feed(tx: Connection, feed: Feed, state: FeedState, came: int = 0) -> None:
    """Of some thirty columns a poll without news changes three: the others cost half of its time."""
    before, after = _columns_of(feed.state), _columns_of(state)
    changes = {name: value for name, value in after.items() if value != before[name]}
    tx.execute(_keep(frozenset(changes)), {"feed": feed.id, "came": came} | changes)


def _feed(row: Row[Any]) -> Feed:
    state = FeedState(
        due_at=row.due_at,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        title=row.title,
        language=row.language,
        hints=hints_in(row.hints),
        looked=row.looked,
        polled_at=row.polled_at,
        ok_at=row.ok_at,
        pause_until=row.pause_until,
        failures=row.failures,
        failing_since=row.failing_since,
        error=row.error,
        marks=row.marks or b"",
        cause=row.cause,
        address=row.address,
        move=move_in(row.move),
        trust=trust_in(row.trust),
        body_at=row.body_at,
        news_at=row.news_at,
        carried=row.carried,
        rhythm=row.rhythm or b"",
        told_at=row.told_at,
        quiet_at=row.quiet_at,
        sought_at=row.sought_at,
        parts=parts_in(row.parts),
    )
    return Feed(row.id, _spec(row), state, row.pushed)


def _spec(row: Row[Any]) -> FeedSpec:
    return FeedSpec(row.url, row.name, tuple(row.tags), row.every, row.lang, row.country)


def _not_paused(now: datetime) -> ColumnElement[bool]:
    return or_(feeds.c.pause_until.is_(None), feeds.c.pause_until <= now)


def due(tx: Connection, now: datetime, limit: int, busy: Collection[Hashable] = ()) -> tuple[Feed, ...]:
    """Active feeds whose time has come, longest overdue first; `busy` ones are being polled already."""
    ripe = select(feeds).where(feeds.c.active, feeds.c.due_at <= now, _not_paused(now))
    ordered = ripe.where(feeds.c.id.not_in(busy)).order_by(feeds.c.due_at, feeds.c.id).limit(limit)
    return tuple(map(_feed, tx.execute(ordered)))


def marks_of(tx: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """Of each of these feeds the marks of its last document; empty: it is read whole."""
    rows = tx.execute(select(feeds.c.id, feeds.c.marks).where(feeds.c.id.in_(ids)))
    return {row.id: row.marks or b"" for row in rows}


def get_all(tx: Connection, *, active: bool = True) -> tuple[Feed, ...]:
    """In the order they were first named; `active` False: those config.yaml no longer names, too."""
    rows = select(feeds).order_by(feeds.c.id)
    return tuple(map(_feed, tx.execute(rows.where(feeds.c.active) if active else rows)))


def pollable(tx: Connection, now: datetime) -> tuple[Feed, ...]:
    """Every active feed that may be asked now, due or not: what `run --once` polls."""
    return tuple(
        map(_feed, tx.execute(select(feeds).where(feeds.c.active, _not_paused(now)).order_by(feeds.c.id)))
    )


def keep_state(tx: Connection, feed: Feed, state: FeedState) -> None:
    """A poll that brought nothing new. `feed` as it was read: what changed since is what is written."""
    _keep_feed(tx, feed, state)


def keep_poll(tx: Connection, feed: Feed, state: FeedState, fresh: Fresh, now: datetime) -> int:
    """Validators, new entries, edits and new names, together or not at all. How many entries came in.

    `feed` as it was read from the store: of its state what changed since is what is written.
    """
    came = _keep_fresh(tx, feed, fresh, "new", now)
    _keep_feed(tx, feed, state, came)
    return came


def keep_push(
    tx: Connection, feed: Feed, fresh: Fresh, now: datetime, reason: str = "new, brought by a hub"
) -> int:
    """What a hub or an older page brought: a part of the feed, so nothing is learnt of the feed from it."""
    came = _keep_fresh(tx, feed, fresh, reason, now)
    counted = update(feeds).where(feeds.c.id == feed.id).values(entries_in=feeds.c.entries_in + came)
    tx.execute(counted)
    return came


def _keep_fresh(tx: Connection, feed: Feed, fresh: Fresh, reason: str, now: datetime) -> int:
    new = _unknown(tx, feed.id, fresh.new)
    ids = _insert_entries(tx, feed, [entry for entry, _ in new], reason, now)
    names = [(alias, entry_id) for (_, own), entry_id in zip(new, ids, strict=True) for alias in own]
    _learn(tx, feed.id, [*names, *_bounded(tx, fresh.learnt)], now)
    _keep_changes(tx, feed, fresh.changed, now)
    return len(new)


def hurry(tx: Connection, feed_id: int, not_before: timedelta, now: datetime) -> None:
    """There is news: the feed is due now, unless it was asked less than `not_before` ago."""
    row = tx.execute(select(feeds.c.due_at, feeds.c.polled_at).where(feeds.c.id == feed_id)).one()
    soon = max(now, row.polled_at + not_before) if row.polled_at else now
    tx.execute(update(feeds).where(feeds.c.id == feed_id).values(due_at=min(row.due_at, soon)))


def get(tx: Connection, feed_id: int) -> Feed | None:
    """A feed as it stands now; None: config.yaml no longer names it."""
    row = tx.execute(select(feeds).where(feeds.c.id == feed_id, feeds.c.active)).first()
    return None if row is None else _feed(row)


def _unknown(tx: Connection, feed_id: int, found: Sequence[NewEntry]) -> list[tuple[NewEntry, list[str]]]:
    """Each entry with the names that are free. One whose names are all taken has come in meanwhile."""
    taken = set(named(tx, feed_id, [alias for entry in found for alias in entry.aliases]))
    unknown = []
    for entry in found:
        own = [key for key in dict.fromkeys(map(key_of, entry.aliases)) if key not in taken]
        if own:
            unknown.append((entry, own))
            taken.update(own)
    return unknown


_LAST = select(func.max(entries.c.id))


def _insert_entries(
    tx: Connection, feed: Feed, new: Sequence[NewEntry], reason: str, now: datetime
) -> list[int]:
    if not new:
        return []
    # Nobody else writes, so their numbers are known before they are in.
    first = (tx.scalar(_LAST) or 0) + 1
    ids = list(range(first, first + len(new)))
    rows = [{"id": n} | _new_entry(feed, entry) for n, entry in zip(ids, new, strict=True)]
    insert_rows(tx, entries, rows, _as_new(feed, now))
    reason = reason if feed.state.looked else "carried by the feed when it was first seen"
    line = {"at": now, "stage": "poll", "state": EntryState.NEW, "reason": reason}
    insert_rows(tx, ledger, [{"entry_id": n} for n in ids], line)
    return ids


def _new_entry(feed: Feed, new: NewEntry) -> dict[str, Any]:
    return _words(feed, new.entry, new.words_hash) | {"guid": new.entry.guid, "story_key": new.story_key}


def _as_new(feed: Feed, now: datetime) -> dict[str, Any]:
    return {
        "feed_id": feed.id,
        "state": EntryState.NEW,
        "reason": "waits to be read",
        "first_look": not feed.state.looked,
        "seen_at": now,
        "changed_at": None,
        "revision": 1,
        "judged": 0,
        "tries": 0,
        "due_at": now,
    }


def _words(feed: Feed, entry: Entry, words_hash: str) -> dict[str, Any]:
    """What an edit may change. The guid and the story stay what they were."""
    return {
        "link": entry.link,
        "title": entry.title,
        "blocks": blocks_out(entry.blocks),
        "published": entry.published,
        "author": entry.author,
        "categories": entry.categories,
        "words_hash": words_hash,
        "shard": shard_of(host_of(entry.link) or feed.host),
    }


_WORDS = ("link", "title", "blocks", "published", "author", "categories", "words_hash", "shard")


def _learn(tx: Connection, feed_id: int, names: Iterable[tuple[str, int]], now: datetime) -> None:
    rows = [{"alias": alias, "entry_id": entry_id} for alias, entry_id in names]
    insert_rows(tx, aliases, rows, {"feed_id": feed_id, "seen_at": now}, unless_there=True)


def _bounded(tx: Connection, learnt: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """No more names than an entry may have: it has been known by the others all the time."""
    room: dict[int, int] = {}
    for alias, entry_id in learnt:
        if entry_id not in room:
            counted = select(func.count()).where(aliases.c.entry_id == entry_id)
            room[entry_id] = MOST_NAMES - tx.scalars(counted).one()
        room[entry_id] -= 1
        if room[entry_id] >= 0:
            yield alias, entry_id


_EDIT = (
    update(entries)
    .where(entries.c.id == bindparam("entry"))
    .values(
        {name: bindparam(name) for name in _WORDS}
        | {"changed_at": bindparam("now"), "due_at": bindparam("now")}
    )
    .values(revision=entries.c.revision + 1, tries=0)
)
_BEFORE = select(entries.c.id, entries.c.title, entries.c.state).where(
    entries.c.id.in_(bindparam("ids", expanding=True))
)


def _keep_changes(tx: Connection, feed: Feed, changes: Sequence[Change], now: datetime) -> None:
    """An edited entry keeps its state until the new version is judged."""
    if not changes:
        return
    before = {row.id: row for row in tx.execute(_BEFORE, {"ids": [change.entry_id for change in changes]})}
    edits = [(before[change.entry_id], change) for change in changes if change.entry_id in before]
    new = [
        {"entry": row.id, "now": now} | _words(feed, change.entry, change.words_hash) for row, change in edits
    ]
    _keep_versions(tx, list(before))
    tx.execute(_EDIT, new)
    tx.execute(insert(ledger), [_edit_line(row, change, now) for row, change in edits])


def _keep_versions(tx: Connection, ids: Sequence[int]) -> None:
    """What entries said until now. The first version stays, of the others the newest."""
    columns = ("id", "revision", "title", "blocks")
    said = select(
        *(entries.c[name] for name in columns), func.coalesce(entries.c.changed_at, entries.c.seen_at)
    )
    names = ("entry_id", "revision", "title", "blocks", "seen_at")
    tx.execute(insert(revisions).from_select(names, said.where(entries.c.id.in_(ids))))
    newest = select(entries.c.revision).where(entries.c.id == revisions.c.entry_id).scalar_subquery()
    old = and_(revisions.c.revision > 1, revisions.c.revision <= newest - MOST_VERSIONS)
    tx.execute(delete(revisions).where(revisions.c.entry_id.in_(ids), old))


def _edit_line(row: Any, change: Change, now: datetime) -> dict[str, Any]:
    what = "its text" if row.title == change.entry.title else f'its headline was "{row.title[:200]}"'
    why = "touched, as the sitemap says" if change.entry.touched else f"edited: {what}"
    return {"entry_id": row.id, "at": now, "stage": "poll", "state": row.state, "reason": why}
