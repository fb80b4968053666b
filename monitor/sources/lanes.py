"""Manners towards a host: one request at a time, in order, a breath between two, and rest when it says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Lane:
    """The way to one host. `using`: who is in it or waits for it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    using: int = 0
    open_at: float = 0.0  # loop time


class Lanes:
    """One lane a host; a lane is forgotten once nobody wants it and its breath is over."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, host: str, gap: float = 0.0) -> AsyncIterator[None]:
        """Wait for our turn at a host and hold it; the next one comes `gap` seconds after its end."""
        loop = asyncio.get_running_loop()
        lane = self._lanes.setdefault(host, Lane())
        lane.using += 1
        try:
            async with lane.lock:
                if (wait := lane.open_at - loop.time()) > 0:
                    await asyncio.sleep(wait)
                try:
                    yield
                finally:
                    lane.open_at = loop.time() + gap
        finally:
            lane.using -= 1
            if not lane.using:
                self._forget(host, lane, loop)

    def _forget(self, host: str, lane: Lane, loop: asyncio.AbstractEventLoop) -> None:
        """Drop a lane now, or when its breath is over: 100,000 hosts must not stay in memory."""
        if lane.using or self._lanes.get(host) is not lane:
            return
        if lane.open_at <= loop.time():
            del self._lanes[host]
        else:
            loop.call_at(lane.open_at, self._forget, host, lane, loop)


class Rests:
    """Hosts that want to be left alone (429), and until when."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def begin(self, host: str, until: datetime, now: datetime) -> None:
        """Those that are over are forgotten meanwhile."""
        self._until = {name: end for name, end in self._until.items() if end > now}
        self._until[host] = max(until, self._until.get(host, until))

    def left(self, host: str, now: datetime) -> timedelta:
        """How long to leave it alone; zero: not at all."""
        return max(timedelta(0), self._until[host] - now) if host in self._until else timedelta(0)
