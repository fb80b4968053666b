"""What `why`, `audit`, `feeds list` and `health` show of the store: lines for people, JSON for machines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.alerts import matching
from monitor.alerts.wording import clean
from monitor.model import UNSEEN, Article, Config, Entry, EntryState, Feed, OutboxState, StoredEntry, host_of
from monitor.sources.fresh import story_key
from monitor.store import entries, feeds, ledger, outbox, vitals
from monitor.store.db import Tx
from monitor.store.ledger import FeedAudit
from monitor.words import counted, span
from rules import Clause, Document

SIGN_OF_LIFE = timedelta(seconds=30)  # the daemon gives one every 5 s


@dataclass(frozen=True, slots=True)
class Why:
    known: bool  # was the address ever seen?
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    alive: bool
    lines: tuple[str, ...]


def show(lines: Iterable[str]) -> None:
    """Print lines as they are: never cut, never markup, and no escape sequence gets through."""
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    for line in lines:
        indent = line[: len(line) - len(line.lstrip(" "))]
        console.print(Text(indent + clean(line).lstrip()))


def at(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC") if when else "never"


# --- why ---------------------------------------------------------------------------------------------------


def why(tx: Tx, url: str, settings: Config, rule: str = "") -> Why:
    """Every stage of the article at an address, and each clause of each rule (or of one) in its text."""
    found = entries.find(tx, url, story_key(Entry("", url, ""), 0))
    if not found:
        return Why(False, tuple(_never_seen(tx, url)))
    return Why(True, tuple(line for entry in found for line in _one(tx, entry, settings, rule)))


def _never_seen(tx: Tx, url: str) -> Iterator[str]:
    yield f"{url} was never seen."
    host = host_of(url)
    names = set(entries.feeds_of_host(tx, host))
    near = [feed for feed in feeds.get_all(tx) if feed.name in names or feed.host == host]
    yield (
        f"Feeds that carry pages of {host or 'that host'}:"
        if near
        else "No feed ever carried a page of its host."
    )
    for feed in near:
        how = feed.state.error or "all well"
        yield f"  {feed.name}: asked {at(feed.state.polled_at)}, {how}  {feed.spec.url}"


def _one(tx: Tx, entry: StoredEntry, settings: Config, rule: str) -> Iterator[str]:
    yield f"{entry.entry.title or 'an entry without a headline'}  ({entry.feed_name})"
    yield f"  {entry.entry.link or 'no link'}"
    yield f"  published {at(entry.entry.published)}, seen {at(entry.seen_at)}, version {entry.revision}"
    yield f"  {entry.state}" + (f"; judged again {at(entry.due_at)}" if entry.due_at else "")
    for row in ledger.history(tx, entry.id):
        yield f"  {at(row.at)}  {row.stage}: {row.state}: {row.reason}"
    for sent in outbox.rows(tx, entry.id):
        how = f"{sent.state} {at(sent.sent_at)}" if sent.sent_at else f"{sent.state}"
        yield f"  outbox: {sent.kind} to {sent.channel}: {how}" + (f": {sent.error}" if sent.error else "")
    article = entries.article(tx, entry.id)
    if article is None:
        yield "  not read yet"
        return
    yield from _read(article)
    document = matching.document_of(article)
    for name in [rule] if rule else settings.rules.rules:
        yield from _clauses(settings.rules.why(name, document), document, f"rule {name}: ")


def _read(article: Article) -> Iterator[str]:
    words = len(article.text.split())
    how = f": {article.note}" if article.note else ""
    languages = ", ".join(article.languages) or "not known"
    yield f"  read from the {article.source}{how}; {words} words, language: {languages}"
    for block in article.blocks:
        if block.zone in UNSEEN:
            yield f"  not seen by rules ({block.zone}): {block.text[:100]}"


def _clauses(clause: Clause, document: Document, name: str = "", depth: int = 1) -> Iterator[str]:
    words = dict.fromkeys(_word(document, place) for place in clause.spans)
    found = f"  [{', '.join(list(words)[:6])}]" if words else ""
    yield f"{'  ' * depth}{'✓' if clause.holds else '✗'} {name}{clause.text}{found}"
    for part in clause.children:
        yield from _clauses(part, document, "", depth + 1)


def _word(document: Document, place: Any) -> str:
    return (document.title if place.field == "title" else document.body)[place.start : place.end]


# --- audit -------------------------------------------------------------------------------------------------


def audit_json(rows: Sequence[FeedAudit], counts: Mapping[OutboxState, int]) -> dict[str, Any]:
    """{"balanced", "entries_in", "feeds": [...], "outbox": {state: count}}."""
    return {
        "balanced": all(row.balanced for row in rows),
        "entries_in": sum(row.entries_in for row in rows),
        "outbox": {state.value: counts.get(state, 0) for state in OutboxState},
        "feeds": [
            {
                "name": row.name,
                "url": row.url,
                "active": row.active,
                "entries_in": row.entries_in,
                "states": {state.value: row.states.get(state, 0) for state in EntryState},
                "told": {"sent": row.sent, "waiting": row.waiting, "unknown": row.unknown, "dead": row.dead},
                "balanced": row.balanced,
                "unaccounted": list(row.unaccounted),
            }
            for row in rows
        ],
    }


def audit_lines(rows: Sequence[FeedAudit], counts: Mapping[OutboxState, int]) -> Iterator[str]:
    for row in rows:
        parts = [f"{row.states[state]} {state}" for state in EntryState if row.states.get(state)]
        doubt = [
            f"{count} {what}"
            for what, count in (("waiting", row.waiting), ("unknown", row.unknown), ("dead", row.dead))
            if count
        ]
        told = f" (of the told: {', '.join(doubt)})" if doubt else ""
        sign = "✓" if row.balanced else "✗"
        yield f"{sign} {row.name}: {row.entries_in} in = {' + '.join(parts) or '0'}{told}"
        yield from (f"    {line}" for line in row.unaccounted)
    came, bad = sum(row.entries_in for row in rows), sum(not row.balanced for row in rows)
    alerts = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "none"
    yield f"{counted(came, 'entry', 'entries')} in {counted(len(rows), 'feed')}; " + (
        f"{counted(bad, 'feed')} of these not balanced" if bad else "all accounted for"
    )
    yield f"messages: {alerts}"
    if counts.get(OutboxState.UNKNOWN):
        yield "unknown: Slack may have these or not; they are never sent again blindly"


# --- feeds list --------------------------------------------------------------------------------------------


def feed_lines(found: Sequence[Feed], now: datetime) -> Iterator[str]:
    for feed in found:
        state = feed.state
        if state.error:
            since = f"; failing since {at(state.failing_since)}" if state.failing_since else ""
            yield f"! {feed.name}: {state.error}{since}; asked again in {span(state.due_at - now)}"
        elif state.polled_at is None:
            yield f"  {feed.name}: not asked yet"
        else:
            ago, ahead = span(now - state.polled_at), span(state.due_at - now)
            yield f"✓ {feed.name}: well, asked {ago} ago, again in {ahead}"
        yield f"    {feed.spec.url}" + (f"  [{', '.join(feed.spec.tags)}]" if feed.spec.tags else "")
    yield f"{counted(len(found), 'feed')}, {sum(bool(feed.state.error) for feed in found)} failing"


# --- health ------------------------------------------------------------------------------------------------


def health(tx: Tx, now: datetime) -> Health:
    """Alive: the daemon gave a sign of life within 30 s. What else is said needs a person, not a restart."""
    sign = vitals.vital(tx, "daemon")
    if sign is None:
        return Health(False, ("no daemon ever ran on this store",))
    value, when = sign
    alive = now - when <= SIGN_OF_LIFE
    first = f"alive: pid {value['pid']}, version {value['version']}, since {value['started']}"
    gone = f"no daemon: the last sign of life is {span(now - when)} old (pid {value['pid']})"
    return Health(alive, (first if alive else gone, *_needs_a_person(tx)))


def _needs_a_person(tx: Tx) -> Iterator[str]:
    for lane in outbox.lanes(tx):
        if lane.held:
            yield f"held: {'every channel' if lane.channel == outbox.WIDE else lane.channel}: {lane.reason}"
    counts = outbox.counts(tx)
    for state in (OutboxState.UNKNOWN, OutboxState.DEAD):
        if counts[state]:
            yield f"{counts[state]} alerts are {state}: wirewatch audit"
