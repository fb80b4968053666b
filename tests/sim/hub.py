"""The hub of the simulated publishers: it asks back, keeps its leases, pushes what is published, or loses it.

What the product answers goes through its own desk (`pushes.Desk`), as the callback door would bring it.
"""

import hashlib
import hmac
import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs

from monitor.model import Secret, WebsubSpec
from monitor.polling import pushes
from monitor.sources.callback import Letter, Receipt
from monitor.sources.fetch import Web
from monitor.store import subscriptions
from monitor.store.db import Db
from monitor.workers import Workers
from tests.sim.publisher import Publisher, Reply

PUBLIC = "https://wirewatch.example/"
ALL = 1_000_000


@dataclass(slots=True)
class Lease:
    """Where a publisher's news is pushed to. Without an end, so that only what the hub loses is missing."""

    callback: str
    secret: str
    topic: str
    since: float
    verified: bool = False

    @property
    def token(self) -> Secret:
        return Secret(self.callback.removeprefix(PUBLIC))


class Hub:
    """One for all publishers that name one."""

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        pushing = [one for one in publishers if one.habit.hub]
        self._waiting = deque(sorted((t, n, one.number) for one in pushing for n, t in enumerate(one.times)))
        self._publishers = {one.number: one for one in pushing}
        self._leases: dict[int, Lease] = {}  # the last one of each publisher

    @property
    def next_at(self) -> float:
        """When something is published that it hears of."""
        return self._waiting[0][0] if self._waiting else math.inf

    def asked(self, one: Publisher, form: bytes, t: float) -> Reply:
        said = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        if said["hub.mode"] == "subscribe":
            secret = said.get("hub.secret", "")
            self._leases[one.number] = Lease(said["hub.callback"], secret, said["hub.topic"], t)
        return Reply(202)

    async def verify(self, desk: pushes.Desk) -> None:
        for lease in self._leases.values():
            if not lease.verified:
                lease.verified = await desk.asked(lease.token, _question(lease)) == "said"

    async def push(self, desk: pushes.Desk, t: float, *, reached: bool) -> None:
        """All that was published until now, an entry a push. It does not try again."""
        while self.next_at <= t:
            published, n, number = self._waiting.popleft()
            lease = self._leases.get(number)
            if lease and lease.verified and published > lease.since and reached:
                await self._push(desk, lease, self._publishers[number], n, t)

    async def _push(self, desk: pushes.Desk, lease: Lease, one: Publisher, n: int, t: float) -> None:
        if one.habit.lost and (n + 1) % one.habit.lost == 0:
            return
        body = one.document(t, [n])
        signature = "sha256=" + hmac.new(lease.secret.encode(), body, hashlib.sha256).hexdigest()
        receipt = await desk.delivered(lease.token, Letter(body, "application/rss+xml", "", signature))
        assert receipt is Receipt.TAKEN


def _question(lease: Lease) -> Mapping[str, str]:
    return {
        "hub.mode": "subscribe",
        "hub.topic": lease.topic,
        "hub.challenge": "said",
        "hub.lease_seconds": str(int(timedelta(days=10).total_seconds())),
    }


class Reception:
    """The product's side of push, as the daemon's loops do it (monitor/reception.py)."""

    def __init__(self, db: Db, web: Web, workers: Workers, clock: pushes.Clock, floor: timedelta) -> None:
        self._db, self._web, self._workers, self._clock, self._floor = db, web, workers, clock, floor
        self.since = clock()
        self.desk = pushes.Desk(WebsubSpec(public=PUBLIC), db, clock, lambda: floor, lambda: None)

    async def ask(self) -> None:
        for one in await self._db.read(lambda tx: subscriptions.due(tx, self._clock(), ALL)):
            await pushes.ask(one, web=self._web, db=self._db, public=PUBLIC, clock=self._clock)

    async def read(self) -> None:
        while waiting := await self._db.read(lambda tx: subscriptions.undone(tx, ALL)):
            for one in waiting:
                await pushes.push(
                    one, workers=self._workers, db=self._db, floor=self._floor, clock=self._clock
                )
