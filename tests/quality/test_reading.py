"""A document of which only the unseen entries are read leads to the same decisions as the whole.

For every feed of the data, against a feed that is known to hold all but one of its entries, all but a third, or
all; and for feeds that were polled again and again, against what their last answer was.
"""

import random
from datetime import UTC, datetime

import pytest

from monitor.model import FeedRead, Fresh, Unreadable
from monitor.sources import cut, fresh
from monitor.sources.feed import read_feed
from tests.quality.feeds import ALL, FOLDERS, Shelf, content, documents, histories

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://news.example/feed"


def read(body: bytes, marks: bytes = b"") -> FeedRead | Unreadable:
    """As a poll reads: without a parser where nothing is new."""
    quick = cut.unchanged(body, URL, "application/xml", marks)
    return quick or read_feed(body, URL, "application/xml", NOW, marks)


def decided(body: bytes, marks: bytes, shelf: Shelf) -> tuple[FeedRead | Unreadable, Fresh]:
    """What a poll makes of a document that follows the one with these marks."""
    got = read(body, marks)
    if isinstance(got, Unreadable):
        return got, Fresh()
    known = shelf.known()
    names = set(fresh.all_aliases(got))
    ids = {known.by_alias[name] for name in names if name in known.by_alias}
    if len(got.entries) < got.total and cut.bears(got.marks, shelf.names(ids) - names):
        return decided(body, cut.frameless(marks), shelf)
    return got, fresh.compare(got, 1, known)


def differs(before: bytes, after: bytes) -> str:
    """What reading the unseen only decides otherwise than reading all, after a first document; empty: nothing."""
    shelf = Shelf()
    first, found = decided(before, b"", shelf)
    if isinstance(first, Unreadable):
        return ""
    shelf.keep(found)
    whole, wanted = decided(after, b"", shelf)
    part, got = decided(after, first.marks, shelf)
    return difference(whole, wanted, part, got)


def difference(whole: FeedRead | Unreadable, wanted: Fresh, part: FeedRead | Unreadable, got: Fresh) -> str:
    if isinstance(whole, Unreadable) or isinstance(part, Unreadable):
        return "" if whole == part else f"{whole} is not {part}"
    told = [(one.hints, one.total, one.complete) for one in (whole, part)]
    if told[0] != told[1]:
        return f"{told}"
    if part.entries and (whole.title, whole.language) != (part.title, part.language):
        return f"{whole.title!r} {whole.language!r} is not {part.title!r} {part.language!r}"
    return "" if wanted == got else f"{wanted}\n is not {got}"


def without(body: bytes, share: float, seed: str) -> bytes | None:
    """The document without some of its entries: a share of them, or one where that is 0. None: it is not cut."""
    found = cut.cut(body, URL, "application/xml")
    if found is None or not found.spans:
        return None
    chance = random.Random(seed)
    dropped = [span for span in found.spans if chance.random() < share] or [chance.choice(found.spans)]
    return cut.without(body, dropped)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_new_in_a_document_does_not_depend_on_how_much_of_it_is_read(folder: str) -> None:
    wrong, tried = {}, 0
    for name, body in documents(folder):
        for before in (body, without(body, 0, name), without(body, 0.33, name), without(body, 0.9, name)):
            if before is not None:
                tried += 1
                if found := differs(before, body):
                    wrong[name] = found
    assert tried
    assert not wrong, wrong


@pytest.mark.parametrize("feed", histories() or ["sequences"])
def test_what_is_new_in_a_poll_does_not_depend_on_how_much_of_it_is_read(feed: str) -> None:
    paths = histories().get(feed)
    if not paths:
        pytest.skip("sequences is not there: set WIREWATCH_DATA to the folder that holds it")
    shelf, marks = Shelf(), b""
    for path in paths if ALL else paths[:20]:
        body = content(path)
        whole, wanted = decided(body, b"", shelf)
        part, got = decided(body, marks, shelf)
        assert not difference(whole, wanted, part, got), path
        if isinstance(part, FeedRead):
            marks = part.marks
            shelf.keep(got)
