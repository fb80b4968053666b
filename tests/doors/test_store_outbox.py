"""The outbox: nothing is told twice, nothing is lost, lanes are respected, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from monitor.model import (
    Excerpt,
    FirstLookAlert,
    Held,
    Listed,
    Message,
    Notice,
    NotSent,
    OutboxState,
    Outgoing,
    Priority,
    Refused,
    Sent,
    Unknown,
)
from monitor.store import lanes, outbox, stories
from monitor.store.db import Db, Tx
from monitor.store.outbox import LONGEST_WAIT, PROBE_AFTER, back_off
from tests.doors.stores import FOUND, NOON, SECOND, a_feed, an_alert, brought

DAY = timedelta(days=1)
WORDS = Notice("words")
READY, SENDING, SENT, UNKNOWN, CARRIED, DROPPED, DEAD = OutboxState


def put(tx: Tx, key: str = "k", channel: str = "#alerts", message: Message = WORDS, **more: object):
    return outbox.put(tx, key, channel, message, **({"now": NOON} | more))


def claim(tx: Tx, channel: str = "#alerts", now=NOON) -> Outgoing:
    out = outbox.claim(tx, channel, now)
    assert out is not None
    return out


def state(tx: Tx, key: str = "k") -> OutboxState:
    return OutboxState(
        tx.execute(text("SELECT state FROM outbox WHERE key = :key"), {"key": key}).scalar_one()
    )


def error(tx: Tx, key: str = "k") -> str:
    return str(tx.execute(text("SELECT error FROM outbox WHERE key = :key"), {"key": key}).scalar_one())


# --- in -------------------------------------------------------------------------------------------------


def test_the_same_key_is_queued_once(tx: Tx) -> None:
    assert put(tx) is not None
    assert put(tx) is None
    assert outbox.counts(tx)[READY] == 1


def test_a_story_is_told_a_channel_once_for_a_rule(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    tells = [("r1", entry.story_key, entry.id)]
    assert put(tx, "k1", tells=tells) is not None
    assert put(tx, "k2", tells=tells) is None
    assert put(tx, "k3", channel="#other", tells=tells) is not None
    assert put(tx, "k4", tells=[*tells, ("r2", entry.story_key, entry.id)]) is not None
    assert stories.told(tx, entry.story_key) == {("#alerts", "r1"), ("#alerts", "r2"), ("#other", "r1")}


def test_one_message_may_tell_many_stories(tx: Tx) -> None:
    found = brought(tx, a_feed(tx), "a", "b", "c")
    tells = [(rule, entry.story_key, entry.id) for entry in found for rule in ("r1", "r2")]
    put(tx, tells=tells * 2)
    assert all(len(stories.told(tx, entry.story_key)) == 2 for entry in found)
    assert [row.kind for row in outbox.rows(tx, found[1].id)] == ["notice"]


def test_long_names_of_rules_and_stories_are_told_apart(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    long, twin = "wörd " * 2000, "wörd " * 2000 + "!"
    put(tx, "k1", tells=[(long, long, entry.id)])
    put(tx, "k2", tells=[(twin, long, entry.id), (long, twin, entry.id)])
    assert stories.told(tx, long) == {("#alerts", long), ("#alerts", twin)}
    assert stories.told(tx, twin) == {("#alerts", long)}


def test_a_message_returns_as_it_was_put(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    hostile = replace(FOUND, excerpts=(Excerpt("<!channel> ‮ \x0b 🚀", ((0, 3),)),))
    messages = [
        replace(an_alert(entry, (hostile,)), published=NOON, tags=("war",), summary_only="page: 503"),
        FirstLookAlert(12, 5, 300, (Listed("h", "https://a.example", "A", ("r1", "r2"), NOON),), more=7),
        Notice("config.yaml was changed & not taken"),
    ]
    for number, message in enumerate(messages):
        put(tx, str(number), message=message)
    assert [claim(tx).message for _ in messages] == messages


# --- out ------------------------------------------------------------------------------------------------


def test_the_most_urgent_goes_first_then_the_oldest(tx: Tx) -> None:
    for key, priority in [
        ("low", Priority.LOW),
        ("a", Priority.NORMAL),
        ("b", Priority.NORMAL),
        ("high", Priority.HIGH),
    ]:
        put(tx, key, priority=priority)
    assert [claim(tx).key for _ in range(4)] == ["high", "a", "b", "low"]


def test_a_claimed_message_is_not_claimed_again(tx: Tx) -> None:
    put(tx)
    assert claim(tx).attempt == 1
    assert outbox.claim(tx, "#alerts", NOON + DAY) is None
    assert state(tx) is SENDING


def test_a_message_that_cannot_be_read_any_more_is_dead_and_the_next_one_goes(tx: Tx) -> None:
    put(tx, "k1")
    put(tx, "k2")
    tx.execute(text("UPDATE outbox SET payload = '{' WHERE key = 'k1'"))
    assert claim(tx).key == "k2"
    assert state(tx, "k1") is DEAD
    assert "cannot be read any more" in error(tx, "k1")


def test_what_was_sent_keeps_its_name_in_slack(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    put(tx, tells=[("r1", entry.story_key, entry.id)])
    outbox.settle(tx, claim(tx), Sent("1763812800.000100"), NOON + SECOND)
    (row,) = outbox.rows(tx, entry.id)
    assert (row.state, row.ts, row.sent_at, row.started_at) == (
        SENT,
        "1763812800.000100",
        NOON + SECOND,
        NOON,
    )
    assert outbox.unsettled(tx) == 0


def test_what_was_certainly_not_sent_is_tried_again_later_and_later(tx: Tx) -> None:
    put(tx)
    now, waits = NOON, []
    for _ in range(12):
        outbox.settle(tx, claim(tx, now=now), NotSent("connection refused"), now)
        due = outbox.next_due(tx)
        assert due is not None
        waits.append(due - now)
        assert outbox.claim(tx, "#alerts", due - timedelta(milliseconds=1)) is None
        now = due
    assert waits[0] <= SECOND
    assert LONGEST_WAIT / 2 <= waits[-1] <= LONGEST_WAIT
    assert all(later > sooner for sooner, later in zip(waits[:8], waits[2:8], strict=False))


def test_retries_of_many_messages_do_not_come_at_one_moment() -> None:
    outs = [Outgoing(n, str(n), "#a", Notice(""), NOON, attempt=9) for n in range(100)]
    assert len({back_off(out) for out in outs}) > 90


def test_a_busy_slack_is_left_alone_for_as_long_as_it_asks(tx: Tx) -> None:
    put(tx, "k1")
    put(tx, "k2")
    put(tx, "other", channel="#other")
    outbox.settle(tx, claim(tx), NotSent("429", retry_after=90 * SECOND), NOON)
    assert outbox.lanes_ready(tx, NOON) == ("#other",)
    assert outbox.claim(tx, "#alerts", NOON + 89 * SECOND) is None
    assert outbox.lanes_ready(tx, NOON + 90 * SECOND) == ("#alerts", "#other")
    assert claim(tx, now=NOON + 90 * SECOND).key == "k1"


def test_a_workspace_that_has_to_wait_stops_every_channel(tx: Tx) -> None:
    put(tx)
    put(tx, "other", channel="#other")
    outbox.settle(tx, claim(tx), NotSent("429", retry_after=30 * SECOND, wide=True), NOON)
    assert outbox.lanes_ready(tx, NOON + 29 * SECOND) == ()
    assert outbox.claim(tx, "#other", NOON + 29 * SECOND) is None
    assert outbox.next_due(tx) == NOON + 30 * SECOND
    assert outbox.lanes_ready(tx, NOON + 30 * SECOND) == ("#alerts", "#other")


def test_a_shorter_wait_does_not_cut_a_longer_one(tx: Tx) -> None:
    put(tx, "k1")
    put(tx, "k2")
    first, second = claim(tx), claim(tx)
    outbox.settle(tx, first, NotSent("429", retry_after=60 * SECOND), NOON)
    outbox.settle(tx, second, NotSent("429", retry_after=5 * SECOND), NOON)
    assert outbox.lanes_ready(tx, NOON + 59 * SECOND) == ()


@pytest.mark.parametrize("seconds", [-5, 0, 10**9, 10**12])
def test_an_absurd_wait_neither_breaks_nor_lasts_for_ever(tx: Tx, seconds: int) -> None:
    put(tx)
    outbox.settle(tx, claim(tx), NotSent("429", retry_after=timedelta(seconds=seconds)), NOON)
    assert claim(tx, now=NOON + 7 * DAY)


def test_a_week_of_failing_ends_a_message_a_week_of_holding_does_not(tx: Tx) -> None:
    put(tx, "failing")
    put(tx, "held", channel="#held")
    late = NOON + 8 * DAY
    outbox.settle(tx, claim(tx, now=late), NotSent("503"), late)
    outbox.settle(tx, claim(tx, "#held", late), Held("channel_not_found"), late)
    assert state(tx, "failing") is DEAD
    assert error(tx, "failing") == "given up after 7 days: 503"
    assert state(tx, "held") is READY


def test_what_may_have_arrived_is_never_sent_again_blindly(tx: Tx) -> None:
    put(tx)
    outbox.settle(tx, claim(tx), Unknown("the line dropped after the request was sent"), NOON)
    assert outbox.claim(tx, "#alerts", NOON + 365 * DAY) is None
    assert outbox.recover(tx, NOON) == 0
    assert (state(tx), outbox.unsettled(tx)) == (UNKNOWN, 1)
    assert "the line dropped" in error(tx)


def test_a_refused_message_is_sent_plain_once_and_then_dead(tx: Tx) -> None:
    put(tx)
    first = claim(tx)
    assert not first.plain
    outbox.settle(tx, first, Refused("invalid_blocks"), NOON)
    second = claim(tx)
    assert second.plain
    outbox.settle(tx, second, Refused("msg_too_long"), NOON)
    assert (state(tx), error(tx)) == (DEAD, "msg_too_long")
    assert outbox.unsettled(tx) == 0


def test_a_held_channel_keeps_its_messages_and_is_tried_again(tx: Tx) -> None:
    put(tx, "k1")
    put(tx, "k2")
    put(tx, "other", channel="#other")
    outbox.settle(tx, claim(tx), Held("not_in_channel: invite the bot"), NOON)
    assert outbox.lanes_ready(tx, NOON) == ("#other",)
    (lane,) = lanes.lanes(tx)
    assert (lane.channel, lane.held, lane.reason) == ("#alerts", True, "not_in_channel: invite the bot")
    out = claim(tx, now=NOON + PROBE_AFTER)
    outbox.settle(tx, out, Sent("1.1"), NOON + PROBE_AFTER)
    assert not lanes.lanes(tx)[0].held
    assert claim(tx, now=NOON + PROBE_AFTER).key == "k2"


def test_a_dead_token_holds_every_channel_until_a_message_arrives(tx: Tx) -> None:
    put(tx)
    put(tx, "other", channel="#other")
    outbox.settle(tx, claim(tx), Held("invalid_auth", wide=True), NOON)
    assert outbox.lanes_ready(tx, NOON + PROBE_AFTER - SECOND) == ()
    later = NOON + PROBE_AFTER
    outbox.settle(tx, claim(tx, "#other", later), Sent("1.1"), later)
    assert [lane for lane in lanes.lanes(tx) if lane.held] == []


def test_a_reload_tries_held_lanes_at_once_but_not_a_busy_slack(tx: Tx) -> None:
    put(tx)
    put(tx, "other", channel="#other")
    outbox.settle(tx, claim(tx), Held("is_archived"), NOON)
    outbox.settle(tx, claim(tx, "#other"), NotSent("429", retry_after=60 * SECOND), NOON)
    lanes.release_lanes(tx)
    assert outbox.lanes_ready(tx, NOON) == ("#alerts",)


def test_a_message_interrupted_while_sending_is_unknown(db: Db, address: str) -> None:
    db.write_sync(put)
    db.write_sync(claim)
    db.close_sync()
    with Db.open(address) as again:
        assert again.write_sync(lambda tx: outbox.recover(tx, NOON)) == 1
        assert again.read_sync(state) is UNKNOWN
        assert again.read_sync(error) == "interrupted while sending"


def test_an_answer_that_comes_late_does_not_undo_what_came_after(tx: Tx) -> None:
    put(tx)
    first = claim(tx)
    outbox.settle(tx, first, NotSent("dns"), NOON)
    second = claim(tx, now=NOON + SECOND)
    outbox.settle(tx, first, Refused("late"), NOON)
    assert state(tx) is SENDING
    outbox.settle(tx, second, Sent("1.1"), NOON)
    outbox.settle(tx, second, NotSent("later still"), NOON)
    assert state(tx) is SENT


def test_an_answer_clears_up_what_was_unknown(tx: Tx) -> None:
    put(tx)
    out = claim(tx)
    outbox.recover(tx, NOON)
    outbox.settle(tx, out, Sent("1.1"), NOON)
    assert state(tx) is SENT


# --- any order of events ----------------------------------------------------------------------------------

CHANNELS = st.sampled_from(["#a", "#b"])
OUTCOMES = st.one_of(
    st.just(Sent("1.1")),
    st.builds(NotSent, st.just("no"), st.sampled_from([None, 5 * SECOND, 900 * SECOND]), st.booleans()),
    st.just(Unknown("?")),
    st.builds(Held, st.just("held"), st.booleans()),
    st.just(Refused("no")),
)


def test_no_order_of_events_loses_or_doubles_a_message(db: Db) -> None:
    """A message is posted again only after an answer that says that it did not arrive."""

    class Outbox(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.tx = db._writer.connect()
            self.now = NOON
            self.put = 0
            self.flying: list[Outgoing] = []
            self.may_have_arrived: set[str] = set()
            self.over: dict[str, OutboxState] = {}

        @rule(channel=CHANNELS, priority=st.sampled_from(Priority))
        def queue(self, channel: str, priority: Priority) -> None:
            put(self.tx, str(self.put), channel, now=self.now, priority=priority)
            self.put += 1

        @rule(channel=CHANNELS)
        def post(self, channel: str) -> None:
            ready = channel in outbox.lanes_ready(self.tx, self.now)
            out = outbox.claim(self.tx, channel, self.now)
            assert (out is not None) == ready
            if out:
                assert out.key not in self.may_have_arrived
                assert out.key not in self.over
                self.may_have_arrived.add(out.key)
                self.flying.append(out)

        @rule(outcome=OUTCOMES, pick=st.integers(0, 9))
        def answer(self, outcome: object, pick: int) -> None:
            if not self.flying:
                return
            out = self.flying.pop(pick % len(self.flying))
            outbox.settle(self.tx, out, outcome, self.now)  # type: ignore[arg-type]
            match outcome:
                case Sent():
                    self.over[out.key] = SENT
                case Refused() if out.plain:
                    self.over[out.key] = DEAD
                case NotSent() if self.now - out.created_at > 7 * DAY:
                    self.over[out.key] = DEAD
            if not isinstance(outcome, Unknown):
                self.may_have_arrived.discard(out.key)

        @rule()
        def crash(self) -> None:
            assert outbox.recover(self.tx, self.now) == len(self.flying)
            self.flying.clear()

        @rule(wait=st.sampled_from([SECOND, 60 * SECOND, PROBE_AFTER, DAY]))
        def wait(self, wait: timedelta) -> None:
            self.now += wait

        @rule()
        def reload(self) -> None:
            lanes.release_lanes(self.tx)

        @invariant()
        def every_message_is_somewhere(self) -> None:
            counts = outbox.counts(self.tx)
            assert sum(counts.values()) == self.put
            assert counts[SENDING] == len(self.flying)
            assert counts[UNKNOWN] == len(self.may_have_arrived) - len(self.flying)
            assert counts[SENT] == sum(end is SENT for end in self.over.values())
            assert counts[DEAD] == sum(end is DEAD for end in self.over.values())

        @invariant()
        def what_waits_is_sent_some_day(self) -> None:
            due = outbox.next_due(self.tx)
            assert (due is not None) == (outbox.counts(self.tx)[READY] > 0)
            assert due is None or outbox.lanes_ready(self.tx, max(due, self.now))

        def teardown(self) -> None:
            self.tx.close()

    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    profile = settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(Outbox, settings=profile)
