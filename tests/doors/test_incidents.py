"""Incidents on a real store: one message for what is wrong, edited in place, and closed when it is mended."""

from collections.abc import Sequence
from datetime import timedelta

from monitor.model import Notice
from monitor.store import edits, incidents, outbox
from monitor.store.db import Tx
from tests.doors.stores import NOON, SECOND

OPS = "#ops"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def sent(tx: Tx) -> list[str]:
    """What is sent now, as new messages."""
    texts = []
    while out := outbox.claim(tx, OPS, NOON + DAY):
        assert isinstance(out.message, Notice)
        texts.append(out.message.text)
        outbox.settle(tx, out, outbox.Sent(f"{out.id}"), NOON)
    return texts


def edited(tx: Tx) -> list[str]:
    """What is put in the place of what was sent."""
    texts = []
    while claimed := edits.claim(tx, NOON + 200 * DAY):
        out, shown = claimed
        assert isinstance(out.message, Notice)
        texts.append(out.message.text)
        edits.settle(tx, out.id, shown, NOON)
    return texts


def subjects(tx: Tx) -> Sequence[str]:
    return [one.subject for one in incidents.going_on(tx)]


def test_an_incident_is_one_message_that_is_closed_in_place(tx: Tx) -> None:
    assert incidents.begin(tx, "fails 7", "Courier cannot be read", OPS, NOON, since=NOON - 2 * HOUR)
    assert sent(tx) == ["Courier cannot be read"]
    assert incidents.end(tx, "fails 7", "Courier answers again", NOON + 10 * MINUTE)
    assert sent(tx) == []
    assert edited(tx) == [
        "Courier cannot be read\n✓ Courier answers again (2026-11-22 10:00-12:10 UTC)",
    ]
    assert not incidents.end(tx, "fails 7", "Courier answers again", NOON + HOUR) and not edited(tx)


def test_what_is_mended_on_another_day_says_which(tx: Tx) -> None:
    incidents.begin(tx, "disk", "the disk is full", OPS, NOON)
    incidents.end(tx, "disk", "mended", NOON + DAY + HOUR)
    assert sent(tx) == ["the disk is full\n✓ mended (2026-11-22 12:00-2026-11-23 13:00 UTC)"]


def test_an_incident_that_is_known_is_not_told_again_but_may_say_more(tx: Tx) -> None:
    incidents.begin(tx, "held #desk", "it is archived", OPS, NOON)
    assert sent(tx) == ["it is archived"]
    assert not incidents.begin(tx, "held #desk", "it is archived", OPS, NOON + HOUR)
    assert edited(tx) == []
    assert not incidents.begin(tx, "held #desk", "it is missing", OPS, NOON + HOUR)
    assert (sent(tx), edited(tx)) == ([], ["it is missing"])


def test_a_second_incident_is_told_again_the_same_one_never(tx: Tx) -> None:
    for since, told in ((NOON, True), (NOON, False), (NOON + HOUR, True)):
        assert incidents.begin(tx, "fails 7", "it fails", OPS, NOON + 2 * HOUR, since=since) is told
        incidents.end(tx, "fails 7", "it is back", NOON + 2 * HOUR)


def test_what_begins_together_is_one_message_sent_already_or_not(tx: Tx) -> None:
    incidents.begin(tx, "fails 1", "one", OPS, NOON)
    incidents.begin(tx, "fails 2", "two", OPS, NOON + SECOND)
    assert sent(tx) == ["one\ntwo"]
    incidents.begin(tx, "fails 3", "three", OPS, NOON + MINUTE)
    assert (sent(tx), edited(tx)) == ([], ["one\ntwo\nthree"])
    incidents.begin(tx, "fails 4", "four", OPS, NOON + 3 * MINUTE)
    incidents.begin(tx, "fails 5", "five", "#other", NOON + 3 * MINUTE)
    assert sent(tx) == ["four"]


def test_each_of_a_message_is_closed_by_itself(tx: Tx) -> None:
    incidents.begin(tx, "fails 1", "one", OPS, NOON)
    incidents.begin(tx, "fails 10", "ten", OPS, NOON)
    incidents.end(tx, "fails 1", "back", NOON + HOUR)
    assert subjects(tx) == ["fails 10"]
    (text,) = sent(tx)
    assert sorted(text.splitlines()) == ["one", "ten", "✓ back (2026-11-22 12:00-13:00 UTC)"]
    assert text.index("one") < text.index("✓"), "the end stands below what it ends"


def test_more_than_a_message_holds_goes_into_the_next(tx: Tx) -> None:
    for number in range(20):
        incidents.begin(tx, f"fails {number}", f"{number}: " + "x" * 300, OPS, NOON)
    for number in range(20):
        incidents.end(tx, f"fails {number}", "answers again", NOON + HOUR)
    texts = sent(tx)
    assert len(texts) == 5 and all(len(text) <= 2_700 for text in texts)
    assert sum(text.count("✓ answers again") for text in texts) == 20


def test_a_long_text_leaves_room_for_its_end(tx: Tx) -> None:
    incidents.begin(tx, "config", "x" * 9_000, OPS, NOON)
    incidents.end(tx, "config", "it is taken", NOON + HOUR)
    (text,) = sent(tx)
    assert len(text) < 2_000 and text.endswith("✓ it is taken (2026-11-22 12:00-13:00 UTC)")


def test_without_a_channel_it_is_kept_and_told_nobody(tx: Tx) -> None:
    assert incidents.begin(tx, "fails 7", "it fails", "", NOON)
    assert subjects(tx) == ["fails 7"]
    assert incidents.end(tx, "fails 7", "it is back", NOON + HOUR)
    assert outbox.unsettled(tx) == 0


def test_what_is_wrong_now_begins_and_what_is_not_any_more_ends(tx: Tx) -> None:
    incidents.begin(tx, "quiet 7", "it is quiet", OPS, NOON)
    subject, kinds = "held #desk", ("held",)
    assert incidents.settle(tx, kinds, {subject: "wrong"}, OPS, NOON, "mended") == ([subject], [])
    assert incidents.settle(tx, kinds, {subject: "wrong"}, OPS, NOON + HOUR, "mended") == ([], [])
    assert incidents.settle(tx, kinds, {}, OPS, NOON + HOUR, "mended") == ([], [subject])
    assert subjects(tx) == ["quiet 7"], "of another kind"


def test_what_was_over_long_ago_is_forgotten(tx: Tx) -> None:
    incidents.begin(tx, "fails 1", "one", OPS, NOON)
    incidents.begin(tx, "fails 2", "two", OPS, NOON)
    incidents.end(tx, "fails 1", "back", NOON)
    incidents.forget(tx, NOON + incidents.KEPT + SECOND)
    assert not incidents.begin(tx, "fails 2", "two", OPS, NOON)
    assert incidents.begin(tx, "fails 1", "one", "", NOON, since=NOON)
