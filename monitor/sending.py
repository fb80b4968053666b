"""Sending: the outbox goes out at Slack's pace, lost answers are looked up, and messages live on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from datetime import datetime
from typing import Any

from monitor import pipeline, settling
from monitor.alerts.rates import Rates
from monitor.loops import Loop
from monitor.model import Config, NotSent, Outgoing, SendOutcome
from monitor.ops.clock import clock
from monitor.pipeline import Chat
from monitor.store import edits, outbox, unknown
from monitor.store.db import Db, Tx
from monitor.store.outbox import Terms

CHANNELS_AT_ONCE = 100
LOOKUPS_AT_ONCE = 4
EDIT_GAP = 1.2  # seconds: Slack takes 50 edits a minute of a workspace
EDITS = "edits"

Told = Callable[[Outgoing, SendOutcome], Awaitable[None]]


class Sending:
    """What goes to a chat. `told` hears of every outcome."""

    def __init__(self, settings: Callable[[], Config], db: Db, chat: Chat, told: Told) -> None:
        self._settings = settings
        self._db = db
        self._chat = chat
        self._told = told
        self._rates = Rates(chat.pace.total_seconds())
        self._stopping = False
        self.tells = Loop[str]("send", self._channels_due, str, self._tell, CHANNELS_AT_ONCE)
        self.lookups = Loop[str]("look up", self._lookups_due, str, self._look_up, LOOKUPS_AT_ONCE)
        self.edits = Loop[str]("edit", self._edits_due, str, self._edit, 1)
        self.loops: tuple[Loop[Any], ...] = (self.tells, self.lookups, self.edits)

    @property
    def chat(self) -> Chat:
        return self._chat

    def turn_to(self, chat: Chat) -> None:
        """Another chat from now on; what is on its way goes where it began."""
        self._chat = chat
        self._rates = Rates(chat.pace.total_seconds())

    def take_up(self, tx: Tx, now: datetime) -> int:
        """What the last run was sending is looked up. How many messages that are."""
        return outbox.recover(tx, now, self._terms)

    @property
    def _terms(self) -> Terms:
        slack = self._settings().slack
        return Terms(slack.settle, slack.fallback_channel)

    def wake(self) -> None:
        for loop in self.loops:
            loop.wake()

    def stop(self) -> None:
        """No message begins from now on: it might be cut off."""
        self._stopping = True

    async def drain(self, seconds: float) -> None:
        await asyncio.gather(self.tells.drain(seconds), self.lookups.drain(0), self.edits.drain(0))

    async def once(self) -> None:
        """All that may be sent, looked up and edited now."""
        for loop in self.loops:
            await loop.once()

    async def next_due(self) -> datetime | None:
        """When there is something to do again. None: nothing waits."""

        def first(tx: Tx) -> datetime | None:
            times = [outbox.next_due(tx), unknown.next_due(tx)]
            times += [edits.next_due(tx)] if self._chat.lives else []
            return min(filter(None, times), default=None)

        return await self._db.read(first)

    # --- what is due ----------------------------------------------------------------------------------

    async def _channels_due(self, room: int, busy: Collection[Hashable]) -> Sequence[str]:
        if fallback := self._terms.fallback:
            await self._db.write(lambda tx: outbox.divert(tx, fallback))
        ready = await self._db.read(lambda tx: outbox.lanes_ready(tx, clock()))
        return [channel for channel in ready if channel not in busy][:room]

    async def _lookups_due(self, room: int, busy: Collection[Hashable]) -> Sequence[str]:
        due = await self._db.read(lambda tx: unknown.channels_due(tx, clock()))
        return [channel for channel in due if channel not in busy][:room]

    async def _edits_due(self, room: int, busy: Collection[Hashable]) -> Sequence[str]:
        if not self._chat.lives or EDITS in busy:
            return ()
        due = await self._db.read(edits.next_due)
        return (EDITS,) if due and due <= clock() else ()

    # --- one piece of work each -----------------------------------------------------------------------

    async def _tell(self, channel: str) -> None:
        """Everything due for one channel, at its pace."""
        chat, rates = self._chat, self._rates
        while not self._stopping:
            await asyncio.sleep(rates.wait(channel, time.monotonic()))
            if self._stopping or chat is not self._chat:
                return
            rates.take(channel, time.monotonic())
            told = await pipeline.send(channel, chat=chat, db=self._db, clock=clock, terms=self._terms)
            if told is None:
                rates.give_back(channel, time.monotonic())
                return
            self._heed(told[1])
            await self._told(*told)

    def _heed(self, outcome: SendOutcome) -> None:
        if isinstance(outcome, NotSent) and outcome.limited:
            self._rates.slow_down(time.monotonic())

    async def _look_up(self, channel: str) -> None:
        policy = self._settings().slack.on_unknown
        while not self._stopping:
            done = await settling.look_up(channel, chat=self._chat, db=self._db, clock=clock, policy=policy)
            if done is None:
                break
        self.tells.wake()

    async def _edit(self, _: str) -> None:
        while not self._stopping:
            done = await settling.edit(chat=self._chat, db=self._db, clock=clock)
            if done is None:
                return
            rest = done[1].retry_after if isinstance(done[1], NotSent) else None
            await asyncio.sleep(max(EDIT_GAP, rest.total_seconds() if rest else 0))
