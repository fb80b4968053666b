"""Alerts that are told as one message: digests, quiet hours, a queue that is too long. None is left out."""

from datetime import timedelta

from monitor.model import (
    Alert,
    Digest,
    Found,
    Notice,
    NotSent,
    OutboxState,
    Outgoing,
    Priority,
    Refused,
    Sent,
    Unknown,
)
from monitor.store import bundles, entries, ledger, outbox
from monitor.store.db import Tx
from tests.doors.stores import ARTICLE, FOUND, NOON, TOLD, a_feed, brought

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def put(tx: Tx, n: int, **more: object) -> int:
    alert = Alert(f"Headline {n}", f"https://a.example/{n}", "News", (Found("r", "r", ()),), NOON)
    row = outbox.put(tx, f"k{n}", "#desk", alert, now=NOON, **more)  # type: ignore[arg-type]
    assert row
    return row


def claim(tx: Tx, after: timedelta = timedelta(0)) -> Outgoing:
    out = outbox.claim(tx, "#desk", NOON + after)
    assert out
    return out


def headlines(out: Outgoing) -> list[str]:
    assert isinstance(out.message, Digest)
    return [alert.headline for alert in out.message.alerts]


def test_what_waits_for_one_digest_is_one_message(tx: Tx) -> None:
    for n in range(3):
        put(tx, n, at=NOON + HOUR, bundle="digest 13")
    put(tx, 9, at=NOON + 2 * HOUR, bundle="digest 14")
    assert outbox.claim(tx, "#desk", NOON) is None
    out = claim(tx, HOUR)
    assert headlines(out) == ["Headline 0", "Headline 1", "Headline 2"]
    outbox.settle(tx, out, Sent("1.1", place="C1"), NOON + HOUR)
    counts = outbox.counts(tx)
    assert (counts[OutboxState.CARRIED], counts[OutboxState.SENT], counts[OutboxState.READY]) == (3, 1, 1)


def test_one_alone_is_told_as_it_is(tx: Tx) -> None:
    put(tx, 1, at=NOON + HOUR, bundle="digest 13")
    assert isinstance(claim(tx, HOUR).message, Alert)


def test_a_long_digest_is_several_messages_and_complete(tx: Tx) -> None:
    for n in range(60):
        put(tx, n, bundle="digest 12")
    told: list[str] = []
    for size, left in ((25, 35), (25, 10), (10, 0)):
        out = claim(tx)
        assert isinstance(out.message, Digest) and out.message.waiting == left
        assert len(out.message.alerts) == size
        told += headlines(out)
        outbox.settle(tx, out, Sent("1.1"), NOON)
    assert told == [f"Headline {n}" for n in range(60)]
    assert outbox.claim(tx, "#desk", NOON) is None


def test_more_than_twenty_that_wait_are_told_together_and_urgent_ones_before_them(tx: Tx) -> None:
    for n in range(21):
        put(tx, n)
    put(tx, 99, priority=Priority.HIGH)
    first = claim(tx)
    assert isinstance(first.message, Alert) and first.message.headline == "Headline 99"
    outbox.settle(tx, first, Sent("1.1"), NOON)
    assert len(headlines(claim(tx))) == 21


def test_twenty_that_have_just_come_are_told_one_by_one_and_older_ones_together(tx: Tx) -> None:
    for n in range(20):
        put(tx, n)
    out = claim(tx)
    assert isinstance(out.message, Alert)
    outbox.settle(tx, out, Sent("1.1"), NOON)
    assert len(headlines(claim(tx, timedelta(seconds=61)))) == 19


def test_a_notice_is_told_by_itself(tx: Tx) -> None:
    for n in range(30):
        outbox.put(tx, f"n{n}", "#desk", Notice(f"{n}"), now=NOON)
    assert isinstance(claim(tx, HOUR).message, Notice)


def test_what_slack_does_not_take_together_is_told_alone(tx: Tx) -> None:
    rows = [put(tx, n, bundle="digest 12") for n in range(2)]
    out = claim(tx)
    outbox.settle(tx, out, Refused("invalid_blocks"), NOON)
    outbox.settle(tx, claim(tx), Refused("invalid_blocks"), NOON)
    alone = [claim(tx)]
    outbox.settle(tx, alone[0], Sent("1.1"), NOON)
    alone.append(claim(tx))
    assert [one.id for one in alone] == rows
    assert all(isinstance(one.message, Alert) for one in alone)


def test_what_cannot_be_read_any_more_keeps_no_other_back(tx: Tx) -> None:
    from sqlalchemy import update

    from monitor.store.schema import outbox as table

    broken = put(tx, 0, bundle="digest 12")
    for n in (1, 2):
        put(tx, n, bundle="digest 12")
    tx.execute(update(table).where(table.c.id == broken).values(payload="{"))
    assert headlines(claim(tx)) == ["Headline 1", "Headline 2"]
    assert outbox.counts(tx)[OutboxState.DEAD] == 1


def test_a_reply_goes_into_the_thread_of_the_message_that_carries_its_root(tx: Tx) -> None:
    root = put(tx, 0, bundle="digest 12")
    put(tx, 1, bundle="digest 12")
    put(tx, 2, root=root)
    out = claim(tx)
    assert outbox.claim(tx, "#desk", NOON) is None  # the reply waits for it
    outbox.settle(tx, out, Unknown("no answer"), NOON)
    assert outbox.claim(tx, "#desk", NOON) is None
    outbox.settle(tx, out, Sent("1700.1", place="C1"), NOON)
    reply = claim(tx)
    assert (reply.thread, reply.place) == ("1700.1", "C1")


def test_what_is_not_to_be_told_yet_counts_as_settled_and_can_be_told_at_another_time(tx: Tx) -> None:
    rows = [put(tx, n, at=NOON + HOUR, bundle="quiet 13") for n in range(2)]
    put(tx, 3)
    assert outbox.undelivered(tx, NOON) == 1
    assert [row for row, _ in bundles.waiting_alerts(tx, NOON)] == rows
    for row in rows:
        bundles.retime(tx, row, NOON, "quiet 12")
    assert (outbox.undelivered(tx, NOON), list(bundles.waiting_alerts(tx, NOON))) == (3, [])
    assert len(headlines(claim(tx))) == 2


def test_one_that_was_tried_waits_for_slack_whatever_the_hours_are(tx: Tx) -> None:
    put(tx, 1, at=NOON + HOUR, bundle="digest 13")
    out = claim(tx, HOUR)
    outbox.settle(tx, out, NotSent("503"), NOON + HOUR)
    assert list(bundles.waiting_alerts(tx, NOON + HOUR)) == []


def test_an_article_is_accounted_for_by_the_message_that_carries_its_own(tx: Tx) -> None:
    for n, entry in enumerate(brought(tx, a_feed(tx), "a", "b")):
        entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), TOLD, None, NOON)
        put(tx, n, bundle="digest 12", tells=[(FOUND.rule, entry.story_key, entry.id)])
    out = claim(tx)
    [audit] = ledger.audit(tx)
    assert (audit.waiting, audit.sent, audit.balanced) == (2, 0, True)
    outbox.settle(tx, out, Sent("1.1"), NOON)
    [audit] = ledger.audit(tx)
    assert (audit.waiting, audit.sent, audit.balanced) == (0, 2, True)
