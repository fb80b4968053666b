"""Two ways to read a document that follows another, and whether they come to the same decisions."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.model import Entry, FeedRead, Fresh, Known, Said, Unreadable
from monitor.sources import cut, fresh
from monitor.sources.feed import read_feed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://news.example/feed"


@dataclass(slots=True)
class Shelf:
    """What a store keeps of one feed's entries."""

    by_alias: dict[str, int] = field(default_factory=dict)
    said: dict[int, Said] = field(default_factory=dict)

    def known(self) -> Known:
        return Known(dict(self.by_alias), dict(self.said))

    def names(self, ids: set[int]) -> set[str]:
        return {name for name, entry_id in self.by_alias.items() if entry_id in ids}

    def keep(self, found: Fresh) -> None:
        for new in found.new:
            entry_id = len(self.said) + 1
            self.said[entry_id] = _said(new.entry, new.words_hash, new.entry.guid)
            for name in new.aliases:
                self.by_alias.setdefault(name, entry_id)
        for name, entry_id in found.learnt:
            self.by_alias.setdefault(name, entry_id)
        for change in found.changed:
            guid = self.said[change.entry_id].guid
            self.said[change.entry_id] = _said(change.entry, change.words_hash, guid)


def _said(entry: Entry, words: str, guid: str) -> Said:
    return Said(entry.title, entry.link, words, guid, entry.published, entry.blocks)


def decided(body: bytes, marks: bytes, shelf: Shelf) -> tuple[FeedRead | Unreadable, Fresh]:
    """What a poll makes of a document that follows the one with these marks; without marks it reads all."""
    seen = cut.unchanged(body, URL, "application/xml", marks)
    read = seen or read_feed(body, URL, "application/xml", NOW, marks)
    if isinstance(read, Unreadable):
        return read, Fresh()
    known, names = shelf.known(), set(fresh.all_aliases(read))
    ids = {known.by_alias[name] for name in names & known.by_alias.keys()}
    if len(read.entries) < read.total and cut.bears(read.marks, shelf.names(ids) - names):
        return decided(body, cut.frameless(marks), shelf)
    return read, fresh.compare(read, 1, known)


def difference(body: bytes, marks: bytes, shelf: Shelf) -> str:
    """What reading the unseen only decides otherwise than reading all; empty: nothing."""
    (whole, wanted), (part, got) = decided(body, b"", shelf), decided(body, marks, shelf)
    if isinstance(whole, Unreadable) or isinstance(part, Unreadable):
        return "" if whole == part else f"{whole} is not {part}"
    told, tells = _told(whole, part), _told(part, part)
    return "" if told == tells and wanted == got else f"{told} {wanted}\n is not {tells} {got}"


def _told(one: FeedRead, part: FeedRead) -> tuple[object, ...]:
    """What a document says beside its entries; its own name only where anything was read of it."""
    named = (one.title, one.language) if part.entries else ()
    return (one.hints, one.total, one.complete, *named)
