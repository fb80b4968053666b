"""The audit: as many accounted for as came in, and a line for whatever does not add up, on both databases."""

import pytest
from sqlalchemy import text

from monitor.model import Decision, EntryState, Held, NotSent, Outgoing, Refused, SendOutcome, Sent, Unknown
from monitor.store import entries, feeds, ledger, outbox
from monitor.store.db import Tx
from monitor.store.ledger import FeedAudit
from tests.doors.stores import ARTICLE, FOUND, NOON, TOLD, a_feed, an_alert, brought


def tell(tx: Tx, entry) -> Outgoing:
    """The entry is judged and its alert claimed."""
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), TOLD, None, NOON)
    tells = [(FOUND.rule, entry.story_key, entry.id)]
    outbox.put(tx, f"k{entry.id}", "#alerts", an_alert(entry), now=NOON, tells=tells)
    out = outbox.claim(tx, "#alerts", NOON)
    assert out is not None
    return out


def audited(tx: Tx) -> FeedAudit:
    return ledger.audit(tx)[0]


def test_a_feed_without_entries_balances(tx: Tx) -> None:
    a_feed(tx)
    assert audited(tx) == FeedAudit("news.example", "https://news.example/feed", True, 0, {})


@pytest.mark.parametrize(
    ("outcome", "place"),
    [
        (Sent("1.1"), "sent"),
        (NotSent("429"), "waiting"),
        (Held("is_archived"), "waiting"),
        (Unknown("dropped"), "unknown"),
        (Refused("invalid_blocks"), "waiting"),
    ],
)
def test_told_entries_are_counted_by_what_became_of_their_message(
    tx: Tx, outcome: SendOutcome, place: str
) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    outbox.settle(tx, tell(tx, entry), outcome, NOON)
    found = audited(tx)
    assert getattr(found, place) == 1
    assert found.sent + found.waiting + found.unknown + found.dead == found.states[EntryState.TOLD] == 1
    assert found.balanced


def test_an_entry_told_by_another_one_of_its_story_is_accounted_for(tx: Tx) -> None:
    brought(tx, a_feed(tx), "a")
    first, second = brought(tx, a_feed(tx, "https://other.example/feed"), "a")
    outbox.settle(tx, tell(tx, first), Sent("1.1"), NOON)
    entries.keep_judgement(tx, second, ARTICLE, (FOUND,), TOLD, None, NOON)
    assert [(audit.sent, audit.balanced) for audit in ledger.audit(tx)] == [(1, True), (1, True)]


def test_a_feed_that_is_no_longer_watched_is_still_audited(tx: Tx) -> None:
    brought(tx, a_feed(tx), "a")
    feeds.sync(tx, [], NOON)
    found = audited(tx)
    assert (found.active, found.entries_in, found.balanced) == (False, 1, True)


def test_the_history_tells_every_step(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), Decision(EntryState.HELD, "summary"), None, NOON)
    entries.tell_held(tx, [entry.id], EntryState.TOLD, "told", NOON)
    steps = [(row.stage, row.state) for row in ledger.history(tx, entry.id)]
    assert steps == [("poll", EntryState.NEW), ("judge", EntryState.HELD), ("tell", EntryState.TOLD)]


LOSSES = {
    "DELETE FROM ledger WHERE entry_id = 1": "has no line in the ledger",
    "UPDATE feeds SET entries_in = 3": "3 entries came in, 2 are here",
    "UPDATE entries SET due_at = NULL WHERE id = 2": "waits to be judged, but no time is set for it",
    "UPDATE entries SET state = 'failed', due_at = NULL WHERE id = 2": "waits to be judged",
    "DELETE FROM told": "is called told, but no message carries its story",
    "DELETE FROM matches": "is called a match, but no rule is noted",
    "UPDATE entries SET state = 'held', first_look = (1 = 0) WHERE id = 1": "is kept back, but it came after",
    "UPDATE entries SET state = 'no match' WHERE id = 1": "is in another state than its last line",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_does_not_add_up_is_named(tx: Tx, loss: str) -> None:
    first, _ = brought(tx, a_feed(tx), "a", "b")
    tell(tx, first)
    tx.execute(text("UPDATE entries SET first_look = (1 = 0)"))
    assert audited(tx).balanced
    tx.execute(text(loss))
    assert not audited(tx).balanced
    assert any(LOSSES[loss] in line for line in audited(tx).unaccounted)


def test_an_alert_that_tells_no_story_is_named(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    outbox.put(tx, "stray", "#alerts", an_alert(entry), now=NOON)
    _, strays = ledger.audit(tx)
    assert (strays.url, strays.balanced) == ("", False)
    assert strays.unaccounted[0].endswith("an alert that tells no story")
