"""A document of which only the unseen entries are read leads to the same decisions as the whole.

For every feed of the data, against a feed that is known to hold all but one of its entries, all but a third,
or all; and for feeds that were polled again and again, against what their last answer was.
"""

import random

import pytest

from monitor.model import FeedRead
from monitor.sources import cut
from tests.monitor.readings import URL, Shelf, decided, difference
from tests.quality.feeds import ALL, FOLDERS, content, documents, histories


def following(before: bytes, after: bytes) -> str:
    """What is decided otherwise of a document that follows another, the first of its feed."""
    shelf = Shelf()
    first, found = decided(before, b"", shelf)
    shelf.keep(found)
    return difference(after, first.marks, shelf) if isinstance(first, FeedRead) else ""


def without(body: bytes, share: float, seed: str) -> bytes:
    """The document without a share of its entries, or without one; whole where it is not cut."""
    found = cut.cut(body, URL, "application/xml")
    if found is None or not found.spans:
        return body
    chance = random.Random(seed)
    dropped = [span for span in found.spans if chance.random() < share] or [chance.choice(found.spans)]
    return cut.without(body, dropped)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_new_in_a_document_does_not_depend_on_how_much_of_it_is_read(folder: str) -> None:
    wrong = {}
    for name, body in documents(folder):
        for before in (body, *(without(body, share, name) for share in (0, 0.33, 0.9))):
            if found := following(before, body):
                wrong[name] = found
    assert not wrong


@pytest.mark.parametrize("feed", histories() or ["sequences"])
def test_what_is_new_in_a_poll_does_not_depend_on_how_much_of_it_is_read(feed: str) -> None:
    paths = histories().get(feed)
    if not paths:
        pytest.skip("sequences is not there: set WIREWATCH_DATA to the folder that holds it")
    shelf, marks = Shelf(), b""
    for path in paths if ALL else paths[:20]:
        body = content(path)
        assert not difference(body, marks, shelf), path
        read, found = decided(body, marks, shelf)
        if isinstance(read, FeedRead):
            marks = read.marks
            shelf.keep(found)
