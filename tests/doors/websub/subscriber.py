"""What a daemon does for push, a step at a time; and feeds that name a hub."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from monitor import config
from monitor.model import Config, Feed, FeedSpec
from monitor.model.hubs import Standing
from monitor.polling.poll import Polled, poll
from monitor.reception import Reception
from monitor.sources.fetch import Limits, Web
from monitor.store import feeds, schema, subscriptions
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from tests.doors.hubroom import Form, Hub
from tests.doors.newsroom import Answer, Newsroom, entry, rss
from tests.doors.stores import NOON

TLS = Path(__file__).parents[1] / "tls"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LOOPBACK = ("127.0.0.0/8",)
OLD, NEW, NEWER = (entry(f"Missile {n} over Basra", f"https://courier.example/{n}") for n in (1, 2, 3))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Subscriber:
    """What a daemon does for push, a step at a time, on a clock of the test's."""

    settings: Config
    db: Db
    web: Web
    workers: Workers
    now: datetime = NOON
    woken: int = 0
    reception: Reception = field(init=False)

    def __post_init__(self) -> None:
        self.reception = Reception(
            lambda: self.settings, self.db, self.workers, lambda: self.web, self._wake, self.clock
        )

    def clock(self) -> datetime:
        return self.now

    def _wake(self) -> None:
        self.woken += 1

    async def take_up(self, *urls: str) -> None:
        """A config with these feeds."""

        def act(tx: Tx) -> None:
            feeds.sync(tx, [FeedSpec(url) for url in urls], self.now)
            self.reception.take_up(tx, self.now)

        await self.db.write(act)

    async def feed(self, url: str) -> Feed:
        known = await self.db.read(feeds.get_all)
        if all(feed.spec.url != url for feed in known):
            await self.take_up(*(feed.spec.url for feed in known), url)
        return next(feed for feed in await self.db.read(feeds.get_all) if feed.spec.url == url)

    async def poll(self, url: str) -> Polled:
        return await poll(
            await self.feed(url),
            web=self.web,
            workers=self.workers,
            db=self.db,
            floor=self.settings.fetch.every,
            clock=self.clock,
            listening=self.reception.open_since,
        )

    async def ask(self) -> None:
        """Whatever is due at the hubs."""
        await self.reception.asks.once()

    async def read(self) -> None:
        """Whatever hubs have brought."""
        await self.reception.reads.once()

    async def standing(self, url: str) -> Standing:
        feed = await self.feed(url)
        return await self.db.read(lambda tx: subscriptions.standing(tx, feed.id))

    async def titles(self) -> list[str]:
        return sorted(await self.db.read(lambda tx: tx.scalars(select(schema.entries.c.title)).all()))

    async def unread(self) -> int:
        return len(await self.db.read(lambda tx: subscriptions.undone(tx, 1000)))


@asynccontextmanager
async def opened(
    db: Db, workers: Workers, folder: Path, more: str = "", trust: ssl.SSLContext | None = None
) -> AsyncIterator[Subscriber]:
    """A subscriber that hubs can reach under /push/ of a port of its own."""
    where = f"127.0.0.1:{free_port()}"
    path = folder / "config.yaml"
    path.write_text(
        "feeds: [https://a.example/f]\nrules: [missile]\n"
        f"websub: {{public: 'http://{where}/push/', listen: '{where}'{more}}}\n"
    )
    web = Web("wirewatch/test", LOOPBACK, limits=Limits(connect=2, first_byte=5, total=10), trust=trust)
    subscriber = Subscriber(config.load(path, {}), db, web, workers)
    await subscriber.reception.open()
    try:
        yield subscriber
    finally:
        await subscriber.reception.close()
        await web.close()


def links(hub: str, own: str) -> str:
    return f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{own}"/>'


def feed_of(hub: Hub, own: str, *found: str) -> bytes:
    """An RSS feed that names its hub."""
    body = rss(found)
    return body.replace(b"<description>", links(hub.url, own).encode() + b"<description>", 1)


async def subscribed(
    subscriber: Subscriber, news: Newsroom, hub: Hub, *found: str, fresh_for: timedelta = timedelta(0)
) -> tuple[str, Form]:
    """The address of a feed with these entries, and the request that its hub has confirmed."""
    url = news.url("/feed")
    good_for = {"Cache-Control": f"max-age={fresh_for.total_seconds():.0f}"} if fresh_for else {}
    news.publish("/feed", Answer(feed_of(hub, url, *(found or (OLD,))), headers=good_for))
    before = len(hub.verified)
    await subscriber.poll(url)
    await subscriber.ask()
    return url, await hub.confirmed(before + 1)


def header(hub: str, own: str) -> dict[str, str]:
    return {"Link": f'<{hub}>; rel="hub", <{own}>; rel="self"'}
