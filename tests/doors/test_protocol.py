"""The delivery protocol against a small model: whatever happens, each message stands in Slack once.

The real outbox, the real SQLite, the real SlackChat; Slack itself is in memory and does what a test says. The
model is a set of keys that were queued, and what people have deleted.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from monitor import pipeline, settling
from monitor.alerts.answers import Answer
from monitor.alerts.slack import SlackChat
from monitor.model import (
    Alert,
    Found,
    Held,
    Notice,
    NotSent,
    OnUnknown,
    OutboxState,
    Priority,
    Secret,
    Unknown,
)
from monitor.store import edits, lanes, outbox, unknown
from monitor.store.db import Db
from monitor.store.outbox import Terms
from tests.doors.stores import NOON
from tests.doors.workspace import Workspace

SECOND = timedelta(seconds=1)
SETTLE = 30 * SECOND
LATE = 9.0  # seconds a request may be under way after its sender gave up: it gives up after ten
FAULTS = ("refused", "lost before", "lost after", "late", "error before", "error after", "strange", "429")


class Crash(BaseException):
    """The plug is pulled."""


class MemoryWire:
    """A line to a Slack in memory that fails as planned: `plan` holds a fault for each message to come."""

    def __init__(self, slack: Workspace) -> None:
        self.slack = slack
        self.plan: list[str] = []
        self.late: list[tuple[float, Mapping[str, Any]]] = []
        self.ahead = timedelta(0)

    async def ask(
        self, method: str, args: dict[str, Any], *, reads: bool = False
    ) -> Answer | NotSent | Unknown | Held:
        fault = self.plan.pop(0) if self.plan and method == "chat.postMessage" else ""
        match fault:
            case "refused":
                return NotSent("Slack cannot be reached", wide=True)
            case "lost before":
                return Unknown("the line broke")
            case "late":
                self.late.append((self.slack.clock() + LATE, args))
                return Unknown("no answer")
            case "error before":
                return Answer(200, {"ok": False, "error": "internal_error"}, {})
            case "strange":
                return Answer(200, {"ok": False, "error": "never_heard_of"}, {})
            case "429":
                return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "2"})
            case "crash before":
                raise Crash
        answer = self.slack.act(method, self.slack.token, args)
        match fault:
            case "lost after":
                return Unknown("the line broke")
            case "error after":
                return Answer(500, {}, {})
            case "crash after":
                raise Crash
        return Answer(200, answer, {})

    def arrive(self) -> None:
        """What is under way gets there."""
        _, args = self.late.pop(0)
        self.slack.act("chat.postMessage", self.slack.token, args)

    async def close(self) -> None:
        pass


def an_alert(headline: str) -> Alert:
    return Alert(headline, f"https://news.example/{headline}", "News", (Found("r", "r", ()),), NOON)


class Protocol(RuleBasedStateMachine):
    """Subclasses break one step each, and have to fail."""

    folder: Path
    settle = SETTLE
    number = 0

    @initialize(lag=st.sampled_from([0.0, 5.0, 15.0]), skew=st.sampled_from([-300.0, 0.0, 300.0]))
    def begin(self, lag: float, skew: float) -> None:
        type(self).number += 1
        self.now = NOON
        self.slack = Workspace(
            channels=frozenset({"#a", "#b"}), lag=lag, skew=skew, clock=lambda: self.now.timestamp()
        )
        self.wire = MemoryWire(self.slack)
        self.wire.ahead = timedelta(seconds=skew)
        self.chat = SlackChat(Secret("t"), "", seal=Secret("s"), wire=self.wire)  # type: ignore[arg-type]
        store = self.folder / f"{self.number}.db"
        shutil.copyfile(self.folder / "empty.db", store)
        self.db = Db.open(f"sqlite:///{store}")
        self.runner = asyncio.Runner()
        self.queued: dict[str, int] = {}
        self.deleted: set[str] = set()
        self.closed = False

    # --- what happens ---------------------------------------------------------------------------------

    @rule(channel=st.sampled_from(["#a", "#b"]), priority=st.sampled_from(Priority), digest=st.booleans())
    def queue(self, channel: str, priority: Priority, digest: bool) -> None:
        key = f"k{len(self.queued)}"
        message = an_alert(key) if digest else Notice(key)
        bundle = "digest" if digest and len(self.queued) % 2 else ""
        row = self.db.write_sync(
            lambda tx: outbox.put(tx, key, channel, message, now=self.now, priority=priority, bundle=bundle)
        )
        assert row
        self.queued[key] = row

    @rule(pick=st.integers(0, 50))
    def reply(self, pick: int) -> None:
        if self.queued:
            root = list(self.queued.values())[pick % len(self.queued)]
            key = f"k{len(self.queued)}"
            put = self.db.write_sync(
                lambda tx: outbox.put(tx, key, "#a", an_alert(key), now=self.now, root=root)
            )
            assert put
            self.queued[key] = put

    @rule(channel=st.sampled_from(["#a", "#b"]), fault=st.sampled_from(["", *FAULTS]))
    def send(self, channel: str, fault: str) -> None:
        self.wire.plan = [fault] if fault else []
        self.runner.run(self._send(channel))

    @rule(channel=st.sampled_from(["#a", "#b"]), fault=st.sampled_from(["crash before", "crash after"]))
    def crash(self, channel: str, fault: str) -> None:
        self.wire.plan = [fault]
        try:
            self.runner.run(self._send(channel))
        except Crash:
            self.runner.close()
            self.runner = asyncio.Runner()
        self.take_up()

    def take_up(self) -> None:
        self.db.write_sync(lambda tx: outbox.recover(tx, self.now, Terms(self.settle)))

    @rule(seconds=st.sampled_from([1, 10, 35, 700]))
    def wait(self, seconds: int) -> None:
        then = self.now + seconds * SECOND
        while self.wire.late and self.wire.late[0][0] <= then.timestamp():
            self.now = datetime.fromtimestamp(self.wire.late[0][0], UTC)
            self.wire.arrive()
        self.now = then

    @rule()
    def look_up(self) -> None:
        self.runner.run(self._look_up())

    @rule(pick=st.integers(0, 50))
    def reword(self, pick: int) -> None:
        if self.queued:
            key = list(self.queued)[pick % len(self.queued)]
            self.db.write_sync(lambda tx: edits.touch(tx, [self.queued[key]], self.now))

    @rule()
    def edit(self) -> None:
        self.runner.run(settling.edit(chat=self.chat, db=self.db, clock=lambda: self.now))

    @rule(pick=st.integers(0, 50))
    def somebody_deletes(self, pick: int) -> None:
        """Only what is known to have arrived: what is deleted before that is told again, as the page says."""
        sent = self._rows(OutboxState.SENT)
        if sent and self.slack.posted:
            message = self.slack.posted[pick % len(self.slack.posted)]
            if message.ts in sent.values():
                self.slack.remove(message.ts)

    @rule()
    def archive(self) -> None:
        self.closed = not self.closed
        self.slack.closed = {"#b": "is_archived"} if self.closed else {}

    @rule()
    def reload(self) -> None:
        self.db.write_sync(lanes.release_lanes)

    # --- what has to hold -------------------------------------------------------------------------------

    @invariant()
    def nothing_stands_twice(self) -> None:
        assert all(count == 1 for count in self._standing().values()), self._standing()

    @invariant()
    def every_message_is_somewhere(self) -> None:
        states = self.db.read_sync(outbox.counts)
        assert states[OutboxState.SENDING] == 0
        assert sum(states.values()) >= len(self.queued)

    def teardown(self) -> None:
        if not hasattr(self, "db"):
            return
        try:
            self._heal()
            self._check_that_all_is_told()
        finally:
            self.runner.close()
            self.db.close_sync()

    def _heal(self) -> None:
        self.slack.closed, self.wire.plan, self.slack.unreadable = {}, [], ""
        for _ in range(200):
            self.wait(700)
            self.db.write_sync(lanes.release_lanes)
            for channel in ("#a", "#b"):
                self.runner.run(self._send(channel))
            self.runner.run(self._look_up())
            if not self.db.read_sync(outbox.unsettled):
                return
        raise AssertionError("it never comes to an end")

    def _check_that_all_is_told(self) -> None:
        self.nothing_stands_twice()
        told = set(self._standing(with_deleted=True))
        carried = self.db.read_sync(lambda tx: {row.key: row for row in _all(tx)})
        by_id = {row.id: row for row in carried.values()}
        for key in self.queued:
            row = carried[key]
            carrier = by_id[row.carried_by] if row.carried_by else row
            assert carrier.key in told or carrier.state == OutboxState.DROPPED, (key, carrier.state)

    # --- pieces -----------------------------------------------------------------------------------------

    async def _send(self, channel: str) -> None:
        await pipeline.send(
            channel, chat=self.chat, db=self.db, clock=lambda: self.now, terms=Terms(self.settle)
        )

    async def _look_up(self) -> None:
        for channel in self.db.read_sync(lambda tx: unknown.channels_due(tx, self.now)):
            await settling.look_up(
                channel, chat=self.chat, db=self.db, clock=lambda: self.now, policy=OnUnknown.HOLD
            )

    def _standing(self, with_deleted: bool = False) -> Counter[str]:
        there = [*self.slack.posted, *(self.slack.deleted if with_deleted else ())]
        return Counter(message.key for message in there)

    def _rows(self, state: OutboxState) -> dict[str, str]:
        return self.db.read_sync(lambda tx: {row.key: row.ts for row in _all(tx) if row.state == state})


def _all(tx: Any) -> Any:
    from sqlalchemy import select

    from monitor.store.schema import outbox as table

    return tx.execute(select(table)).all()


def run(machine: type[Protocol], folder: Path, examples: int = 120, shrink: bool = True) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
    profile = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=slow,
        derandomize=not shrink,  # a broken step is found each time, or never
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
    )
    Db.open(f"sqlite:///{folder}/empty.db").close_sync()
    run_state_machine_as_test(type(machine.__name__, (machine,), {"folder": folder}), settings=profile)


def test_whatever_happens_each_message_stands_in_slack_once(tmp_path: Path) -> None:
    run(Protocol, tmp_path)


# --- each step is needed ----------------------------------------------------------------------------------


class NoSettle(Protocol):
    """What is unknown is looked up at once: history does not show it yet, or it has not arrived."""

    settle = timedelta(0)

    async def _send(self, channel: str) -> None:
        await super()._send(channel)
        await self._look_up()


class NoClaim(Protocol):
    """A crash leaves the message as it was before it was sent."""

    def take_up(self) -> None:
        super().take_up()
        self.db.write_sync(_forget_unknown)


class Retries(Protocol):
    """A message is sent once more when its answer is lost, as clients do by themselves."""

    async def _send(self, channel: str) -> None:
        await super()._send(channel)
        self.db.write_sync(_forget_unknown)
        await super()._send(channel)


class NoLookup(Protocol):
    """What is unknown is given up."""

    async def _look_up(self) -> None:
        self.db.write_sync(_give_up_unknown)


def _forget_unknown(tx: Any) -> None:
    from sqlalchemy import update

    from monitor.store.schema import outbox as table

    again = {"state": OutboxState.READY, "look_at": None}
    tx.execute(update(table).where(table.c.state == OutboxState.UNKNOWN).values(again))


def _give_up_unknown(tx: Any) -> None:
    from sqlalchemy import update

    from monitor.store.schema import outbox as table

    tx.execute(update(table).where(table.c.state == OutboxState.UNKNOWN).values(state=OutboxState.SENT))


@pytest.mark.parametrize("broken", [NoSettle, NoClaim, Retries, NoLookup])
def test_without_any_one_step_it_fails(broken: type[Protocol], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run(broken, tmp_path, examples=200, shrink=False)
