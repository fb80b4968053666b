"""DOOR: Socket Mode: Slack brings what people press and ask, over a line that we open. No public address.

A loop of our own, small enough to be seen whole: the SDK's client can stop without a word when Slack changes
the line under it. Here a line is pinged, a silent one is closed, and another is opened, less and less often.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from monitor.alerts.answers import Answer, sort, words_for_app
from monitor.alerts.wire import Wire
from monitor.model import Held, NotSent

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds before another line is opened; doubled from try to try
HELD_WAIT = 600.0  # the same, where somebody has to mend a setting first
LINGER = 10.0  # Slack closes a line so long after it has asked for another one
LAST_ACTS = 3.0  # seconds for what people have pressed before a stop; what is not acknowledged comes again

Later = Callable[[], Awaitable[None]]
# (type, payload) -> what is left to do once Slack knows that it was heard. By then the act is committed;
# where it raises, nothing is acknowledged.
Heed = Callable[[str, Mapping[str, Any]], Awaitable[Later | None]]


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a line is no more. `rest`: seconds before the next one; None: as the number of tries says."""

    reason: str  # empty: Slack asked for another one
    heard: bool = False  # it stood: Slack has greeted
    rest: float | None = None


class Socket:
    """One line to Slack, kept up until it is cancelled. `told` hears why it breaks, and "" when it stands."""

    def __init__(
        self,
        wire: Wire,
        heed: Heed,
        clock: Callable[[], datetime],
        told: Callable[[str], None] = lambda trouble: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`wire`: one that bears the app's token."""
        self._wire = wire
        self._heed = heed
        self._clock = clock
        self._told = told
        self._sleep = sleep
        self._acts: set[asyncio.Task[None]] = set()
        self._heard = False
        self.trouble: str | None = None  # why nobody is heard; empty: they are; None: it is not known yet

    async def run(self) -> None:
        """Until it is cancelled."""
        tries = 0
        try:
            while True:
                ended = await self._one_line()
                tries = 0 if ended.heard else tries + 1
                if ended.reason:
                    self._tell(ended.reason)
                await self._sleep(backoff(tries) if ended.rest is None else ended.rest)
        finally:
            if self._acts:
                await asyncio.wait(self._acts, timeout=LAST_ACTS)
            for act in self._acts:
                act.cancel()
            await self._wire.close()

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._told(trouble)

    # --- one line ---------------------------------------------------------------------------------------

    async def _one_line(self) -> Ended:
        address = await self._address()
        if isinstance(address, Ended):
            return address
        line = await self._wire.listen(address)
        if not isinstance(line, aiohttp.ClientWebSocketResponse):
            return Ended("Slack opens no line" if isinstance(line, Answer) else line.reason)
        self._heard = False
        lingers = False
        try:
            ended = await self._read(line)
            lingers = ended.heard and not ended.reason
            return ended
        finally:
            if lingers:
                self._begin(self._linger(line))
            else:
                await line.close()

    async def _address(self) -> str | Ended:
        answer = await self._wire.ask("apps.connections.open", {})
        if not isinstance(answer, Answer):
            return Ended(answer.reason, rest=HELD_WAIT if isinstance(answer, Held) else None)
        if answer.body.get("ok") is not True:
            return refused(answer, self._clock())
        address = str(answer.body.get("url", ""))
        # What Slack says is not ours: no line is opened to another place than Slack.
        return address if self._wire.is_slack(address) else Ended("Slack names a line that is not Slack's")

    async def _read(self, line: aiohttp.ClientWebSocketResponse) -> Ended:
        """All that comes, until it ends."""
        async for frame in line:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            match read_frame(frame.data):
                case {"type": "hello"}:
                    self._heard = True
                    self._tell("")
                case {"type": "disconnect", **rest}:
                    return parted(str(rest.get("reason", "")), self._heard)
                case {"envelope_id": str(id), "type": str(kind), "payload": dict(payload)}:
                    self._begin(self._act(line, id, kind, payload))
        return Ended("the line to Slack broke", self._heard)

    async def _linger(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """What Slack still brings on the old line, while another one is opened."""
        try:
            async with asyncio.timeout(LINGER):
                await self._read(line)
        except TimeoutError:
            pass
        finally:
            await line.close()

    # --- what it brings ---------------------------------------------------------------------------------

    def _begin(self, act: Any) -> None:
        task = asyncio.create_task(act)
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    async def _act(
        self, line: aiohttp.ClientWebSocketResponse, id: str, kind: str, payload: Mapping[str, Any]
    ) -> None:
        """Done first, acknowledged then: what a kill cuts off, Slack brings again."""
        try:
            later = await self._heed(kind, payload)
        except Exception:  # whoever heeds has told why; Slack brings it again
            return
        with suppress(ConnectionError):  # it comes again, on another line, and is done already
            await line.send_json({"envelope_id": id})
        if later is not None:
            await later()


def backoff(tries: int) -> float:
    """1 s, 2 s, 4 s ... 60 s, a little less by chance: not all come back at once."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(tries - 1, 0), 10))
    return wait * random.uniform(0.75, 1.0)


def parted(reason: str, heard: bool) -> Ended:
    """What Slack says when it ends a line (docs.slack.dev, Socket Mode)."""
    match reason:
        case "link_disabled":
            text = "Socket Mode is switched off for this app: switch it on at api.slack.com/apps"
            return Ended(text, heard, HELD_WAIT)
        case "warning" | "refresh_requested":
            return Ended("", heard, 0.0 if heard else None)
        case _:
            return Ended(f"Slack ended the line ({reason[:60]})")


def refused(answer: Answer, now: datetime) -> Ended:
    outcome = sort(answer, now)
    reason = words_for_app(str(answer.body.get("error", f"HTTP {answer.status}")), answer.body)
    if isinstance(outcome, Held):
        return Ended(f"slack.app_token: {reason}", rest=HELD_WAIT)
    after = outcome.retry_after if isinstance(outcome, NotSent) else None
    return Ended(reason, rest=after.total_seconds() if after else None)


def read_frame(text: str) -> Any:
    """None: it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
