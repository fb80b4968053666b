"""The push side of a running daemon: where hubs reach it, and the loops that ask them and read what comes."""

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.loops import Loop
from monitor.model import Config, Feed
from monitor.model.hubs import Delivery, Standing
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.polling import pushes
from monitor.sources.callback import Listener
from monitor.sources.fetch import Web
from monitor.store import subscriptions
from monitor.store.db import Db, Tx
from monitor.words import counted
from monitor.workers import Workers

ASKED_AT_ONCE = 64  # subscriptions; each hub is asked one at a time
READ_AT_ONCE = 64  # deliveries, of as many feeds
KEPT = timedelta(
    days=40
)  # after its end an address still answers that it is over: leases are 30 days at most


class Reception:
    """Stays closed where config.yaml has no `websub`: then nothing listens and no hub is asked."""

    def __init__(
        self,
        settings: Callable[[], Config],
        db: Db,
        workers: Workers,
        web: Callable[[], Web],
        news: Callable[[], None],
        clock: pushes.Clock = clock,
    ) -> None:
        """`settings` and `web` as they are at the moment; `news` is called when there are new entries."""
        self._settings, self._db, self._workers, self._web, self._news = settings, db, workers, web, news
        self._clock = clock
        self.asks = Loop[Standing](
            "subscribe", self._due, lambda one: one.subscription.feed_id, self._ask, ASKED_AT_ONCE
        )
        self.reads = Loop[Delivery]("push", self._undone, lambda one: one.feed_id, self._read, READ_AT_ONCE)
        self._listener: Listener | None = None
        self.open_since: datetime | None = None  # None: no hub can reach us

    async def open(self) -> None:
        """Listen. Raises ConfigError where that cannot be."""
        spec = self._settings().websub
        if not spec.public:
            return
        desk = pushes.Desk(spec, self._db, self._clock, lambda: self._settings().fetch.every, self.reads.wake)
        self._listener = Listener(spec.listen, urlsplit(spec.public).path, desk)
        await self._listener.open()
        self.open_since = self._clock()

    def since(self, feed: Feed) -> datetime | None:
        """Since when hubs can bring its news; None: they cannot, or its address is no business of a hub."""
        access = self._settings().access.get(feed.spec.url)
        return None if access and access.headers else self.open_since

    def take_up(self, tx: Tx, now: datetime) -> None:
        """With the feeds of a new config. A single run that hubs cannot reach leaves their leases alone."""
        public = self._settings().websub.public
        if self.open_since or not public:
            subscriptions.take_up(tx, public, now)

    @property
    def loops(self) -> tuple[Loop[Any], ...]:
        """What was taken from hubs is read, whether any can reach us now or not."""
        return (self.asks, self.reads) if self.open_since else (self.reads,)

    async def tidy(self) -> None:
        """Forget addresses that were over long ago."""
        now = self._clock()
        await self._db.write(lambda tx: subscriptions.forget(tx, now - KEPT, now), urgent=False)

    async def close(self) -> None:
        """What is in work stays due in its row."""
        if self._listener:
            await self._listener.close()
        for loop in (self.asks, self.reads):
            await loop.drain(0)

    async def _due(self, room: int, busy: Collection[Hashable]) -> Sequence[Standing]:
        return await self._db.read(lambda tx: subscriptions.due(tx, self._clock(), room, busy))

    async def _undone(self, room: int, busy: Collection[Hashable]) -> Sequence[Delivery]:
        return await self._db.read(lambda tx: subscriptions.undone(tx, room, busy))

    async def _ask(self, standing: Standing) -> None:
        public = self._settings().websub.public
        await pushes.ask(standing, web=self._web(), db=self._db, public=public, clock=self._clock)

    async def _read(self, delivery: Delivery) -> None:
        floor = self._settings().fetch.every
        pushed = await pushes.push(
            delivery, workers=self._workers, db=self._db, floor=floor, clock=self._clock
        )
        if pushed is None:
            return
        if pushed.new or pushed.changed:
            self._news()
        lag = f"{pushed.lag.total_seconds() * 1000:.0f} ms"
        log.get().debug(f"{pushed.feed_name}: {counted(pushed.new, 'entry', 'entries')} pushed", lag=lag)
