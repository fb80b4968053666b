"""A world in memory: a clock that jumps, a web of publishers, and the product as it is, polling them.

Real are the store, the pipeline, the readers and the whole of the web door above its HTTP session; made are
the session (publishers answer in memory), the clock, and the processes of the readers (there are none).
Everything happens in one thread and in one order, so that a seed gives the same world every time.
"""

import asyncio
import errno
import random
import re
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict

import rules
from monitor import pipeline
from monitor.desk import Desk
from monitor.learning import Lessons
from monitor.model import FeedSpec, FirstLook
from monitor.polling import filling, outage
from monitor.polling.poll import poll
from monitor.sources.fetch import Limits, Web
from monitor.sources.horizon import Horizon
from monitor.store import entries, feeds, upkeep
from monitor.store.db import Act, Db, Tx
from monitor.workers import Workers
from rules import RuleSet
from tests.doors.desks import a_desk
from tests.sim.hub import Hub, Reception
from tests.sim.publisher import BEGIN, HOUR, MARK, Habit, Publisher, Reply, Trouble

T = TypeVar("T")
Span = tuple[float, float]  # from, until
INCIDENTS = "SELECT key, text FROM incidents"
NOTICES = "SELECT key, payload FROM outbox WHERE kind = 'notice' AND channel = ? ORDER BY id"
FAILING = "SELECT id, failing_since, ok_at, due_at FROM feeds WHERE failing_since IS NOT NULL"
UNREAD = re.compile(r"has published since (\S+ \S+) UTC may be missing|Nothing of it was ever read")
MISSING = re.compile(r"missing between (\S+ \S+) and (?:(\S+) )?(\d\d:\d\d) UTC")
AGENT = "wirewatch/sim (+desk@newsroom.example)"
OPS = "#ops"
BEAT = 1.0  # seconds: how often the daemon looks for what is due
FILLING = 15.0  # seconds: how often it looks for gaps
ALL = 1_000_000


class Watcher(Protocol):
    """Whoever is told of every request for a feed, and of what happens to the one who asks."""

    def asked(
        self, one: Publisher, url: str, headers: dict[str, str], reply: Reply | Trouble, t: float
    ) -> None: ...
    def restarted(self, t: float) -> None: ...


class SimDb(Db):
    """The real store, asked in the caller's own thread: nothing depends on which thread is quicker."""

    async def write(self, act: Act[T], *, urgent: bool = True) -> T:
        with self._writer.connect() as tx:
            result = act(tx)
            tx.commit()
            return result

    async def read(self, act: Act[T]) -> T:
        return self.read_sync(act)

    def careless(self) -> "SimDb":
        """Without waiting for the disk: no simulated machine loses its power."""
        raw = self._writer.raw_connection()
        raw.driver_connection.execute("PRAGMA synchronous = OFF")  # type: ignore[union-attr]
        raw.close()
        return self


class SimWorkers(Workers):
    """Reads in the caller's process what the real ones read in theirs."""

    def __init__(self) -> None:
        self._dictionary = asyncio.Semaphore(1)

    async def read(self, reader: Callable[..., Any], limits: object, body: bytes, *args: object) -> Any:
        return reader(body, *args)

    async def alone(self, function: Callable[..., Any], limits: object, *args: object) -> Any:
        return function(*args)

    def close(self) -> None:
        pass


class Response:
    """As much of aiohttp's as the door looks at."""

    def __init__(self, reply: Reply, url: str) -> None:
        self.status, self.reason = reply.status, ""
        self.headers = CIMultiDict(reply.headers)
        self.raw_headers = tuple((k.encode(), v.encode()) for k, v in reply.headers.items())
        self.content_length = len(reply.body)
        self.content = self
        self.url = url
        self._body = reply.body

    async def iter_any(self) -> AsyncIterator[bytes]:
        if self._body:
            yield self._body

    async def read(self, most: int = -1) -> bytes:
        return self._body if most < 0 else self._body[:most]

    async def __aenter__(self) -> "Response":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


@dataclass
class Session:
    """Stands where aiohttp's session does."""

    world: "World"
    closed: bool = False

    def request(
        self, method: str, url: str, *, headers: dict[str, str], data: bytes | None = None, **_: object
    ) -> Response:
        reply = self.world.answer(url, headers, data)
        if isinstance(reply, Trouble):
            raise _as_error(reply)
        return Response(reply, url)

    async def close(self) -> None:
        self.closed = True


def _as_error(trouble: Trouble) -> Exception:
    place: Any = SimpleNamespace(host="", port=443, ssl=True)
    match trouble.kind:
        case "dns":
            return aiohttp.ClientConnectorDNSError(place, socket.gaierror(socket.EAI_NONAME, "not known"))
        case "offline":
            return aiohttp.ClientConnectorDNSError(place, socket.gaierror(socket.EAI_AGAIN, "again"))
        case "connect":
            return aiohttp.ClientConnectorError(place, OSError(errno.ECONNREFUSED, "refused"))
        case "timeout":
            return TimeoutError()
    return aiohttp.ServerDisconnectedError()


class SimWeb(Web):
    """The product's own door, redirects, headers and decoding included; only its HTTP sessions are made."""

    def __init__(self, world: "World") -> None:
        self._world = world
        super().__init__(AGENT, limits=Limits(gap=0), clock=world.clock)

    def _session(self, allow_networks: tuple[str, ...]) -> Session:  # type: ignore[override]
        return Session(self._world)


@dataclass
class World:
    """Publishers, and one wirewatch that polls them. `offline`: hours in which the machine has no network."""

    publishers: Sequence[Publisher]
    store: Path
    watcher: Watcher | None = None
    offline: tuple[tuple[float, float], ...] = ()
    down: list[tuple[float, float]] = field(default_factory=list)  # hours in which no daemon ran
    rules: RuleSet = rules.compile(())
    floor: timedelta = timedelta(minutes=5)
    beat: float = BEAT
    hourly: Callable[["World"], None] = lambda world: None  # for those who wait for it
    t: float = 0.0
    polls: int = 0
    filled_at: float = -HOUR
    by_host: dict[str, Publisher] = field(default_factory=dict)
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        random.seed(1)  # the spread of polls
        self.hub = Hub(self.publishers)
        self.by_host = {
            host: one for one in self.publishers for host in (one.host, f"new-{one.host}", f"www.{one.host}")
        }

    # --- the web -------------------------------------------------------------------------------------------

    def answer(self, url: str, headers: dict[str, str], form: bytes | None = None) -> Reply | Trouble:
        if any(start <= self.t / HOUR < end for start, end in self.offline):
            return Trouble("offline")
        parts = urlsplit(url)
        one = self.by_host.get(parts.hostname or "")
        if one is None:
            return Reply(
                200, {"Content-Type": "text/html"}, b"<html><body>We are away.</body></html>", whole=False
            )
        if parts.path.startswith("/feed"):
            reply = one.answer(url, headers, self.t)
            if self.watcher and "/archive/" not in url and "/part/" not in url:
                self.watcher.asked(one, url, headers, reply, self.t)
            return reply
        return self.hub.asked(one, form, self.t) if form else self._elsewhere(one, parts.path)

    def _elsewhere(self, one: Publisher, path: str) -> Reply:
        if mark := MARK.search(path):
            return one.page(int(mark[2]), self.t)
        if path == "/robots.txt" and one.habit.mapped:
            return Reply(200, {"Content-Type": "text/plain"}, f"Sitemap: https://{one.host}/map.xml".encode())
        if path == "/map.xml" and one.habit.mapped:
            return Reply(200, {"Content-Type": "application/xml"}, one.sitemap(self.t))
        return Reply(404)

    def can_ask(self, t: float) -> bool:
        """Was the daemon up, and its machine online?"""
        off = (*self.offline, *self.down)
        return not any(start <= t / HOUR < end for start, end in off)

    # --- the machine ---------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.t)

    def clock(self) -> datetime:
        return self.now

    @asynccontextmanager
    async def machine(self) -> AsyncIterator[None]:
        """The daemon is up while this lasts: started as the daemon starts, and stopped in the end."""
        self.db = SimDb.open(f"sqlite:///{self.store}").careless()
        self.web, self.workers = SimWeb(self), SimWorkers()
        self.reception = Reception(self.db, self.web, self.workers, self.clock, self.floor)
        self.lessons = Lessons(self.workers)
        self.horizon = Horizon(await self.db.read(outage.remembered))
        self.online = self.horizon.offline_since is None
        await self.db.write(self._take_up)
        if self.watcher:
            self.watcher.restarted(self.t)
        try:
            yield
        finally:
            await self.lessons.close()
            await self.web.close()
            self.db.close_sync()

    def _take_up(self, tx: Tx) -> None:
        feeds.sync(tx, [FeedSpec(one.url) for one in self.publishers], self.now)
        upkeep.spread_overdue(tx, self.now)

    async def live(
        self, *, until: float, restarts: Sequence[float] = (), down: tuple[float, float] = (0, 0)
    ) -> None:
        """From now to then, with restarts, and one time without a daemon."""
        for stop in sorted({stop for stop in (*restarts, down[0], until) if 0 < stop <= until}):
            async with self.machine():
                await self.run(stop)
            if stop == down[0]:
                self.down.append((down[0] / HOUR, down[1] / HOUR))
                self.t = down[1]

    async def run(self, until: float) -> None:
        """Poll what is due, at the moment it is due, until then."""
        while True:
            for feed in await self.db.read(lambda tx: feeds.due(tx, self.now, ALL)):
                await self._poll(feed)
            await self._hear()
            await self._look_out()
            await self._fill()
            await self._judge_all()
            following = max(self.t + self.beat, min(self.hub.next_at, await self._next()))
            if following // HOUR > self.t // HOUR:
                self.hourly(self)
            if following >= until:
                self.t = until
                return
            self.t = following

    async def _poll(self, feed: Any) -> None:
        self.polls += 1
        polled = await poll(
            feed,
            web=self.web,
            workers=self.workers,
            db=self.db,
            floor=self.floor,
            clock=self.clock,
            horizon=self.horizon,
            listening=self.reception.since,
            ops_channel=OPS,
        )
        assert "unforeseen" not in polled.state.error, "no answer of a server"

    async def _hear(self) -> None:
        """Of hubs, and from them."""
        await self.hub.push(self.reception.desk, self.t, reached=self.can_ask(self.t))
        await self.reception.read()

    async def _fill(self) -> None:
        """As often as the daemon does."""
        if self.t - self.filled_at < FILLING:
            return
        self.filled_at = self.t
        await self.reception.ask()
        await self.hub.verify(self.reception.desk)
        await filling.fill_due(
            web=lambda feed: self.web,
            workers=self.workers,
            db=self.db,
            clock=self.clock,
            ops_channel=OPS,
        )

    async def _look_out(self) -> None:
        if (self.horizon.offline_since is None) == self.online:
            return
        self.online = not self.online
        await outage.look(self.horizon, db=self.db, clock=self.clock, ops_channel=OPS)

    async def _judge_all(self) -> None:
        """All that waits, by the rules of this world; without any, entries wait."""
        if not self.rules.rules:
            return
        while due := await self.db.read(lambda tx: entries.due(tx, self.now, ALL)):
            for entry in due:
                await pipeline.judge(entry, self._desk())

    def _desk(self) -> Desk:
        web, summary = self.web, FirstLook.SUMMARY
        return a_desk(
            web, self.workers, self.db, self.rules, self.clock, lessons=self.lessons, first_look=summary
        )

    async def _next(self) -> float:
        asked = "SELECT min(due_at) FROM feeds WHERE active"
        if self.rules.rules:
            asked = f"SELECT min(({asked}), coalesce((SELECT min(due_at) FROM entries), 1 << 60))"
        moment = await self.db.read(lambda tx: tx.exec_driver_sql(asked).scalar_one())
        return float(moment) / 1000 - BEGIN.timestamp()


# --- what it found -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sight:
    """One row of the store: which entry of which publisher, and when it was seen."""

    publisher: int
    number: int
    at: float


def sights(store: Path) -> list[Sight]:
    """Every entry that came in, by the mark it bears."""
    rows = _asked(store, "SELECT link, blocks, seen_at FROM entries")
    found = [(MARK.search(link) or MARK.search(str(blocks)), at) for link, blocks, at in rows]
    return [Sight(int(mark[1]), int(mark[2]), at / 1000 - BEGIN.timestamp()) for mark, at in found if mark]


@dataclass(frozen=True, slots=True)
class Told:
    """Where something may be missing, by feed, as notices in the outbox say."""

    gaps: Mapping[str, Sequence[Span]]  # between two polls
    failing: Mapping[str, Sequence[Span]]  # since when a feed that still fails may have published more
    untold: Mapping[str, Sequence[Span]]  # likewise, of a feed that has not failed for long enough to be told


def told_of(store: Path) -> Told:
    urls = dict(_asked(store, "SELECT id, url FROM feeds"))
    notices, incidents = dict(_asked(store, NOTICES, OPS)), dict(_asked(store, INCIDENTS))
    gaps: dict[str, list[Span]] = {}
    failing: dict[str, list[Span]] = {}
    untold: dict[str, list[Span]] = {}
    for key, payload in notices.items():
        what, feed, *_ = key.removeprefix("notice|").split(" ")
        if what == "gap" and (named := MISSING.search(payload)):
            gaps.setdefault(urls[int(feed)], []).append(_span(*named.groups()))
    for feed, since, ok_at, until in _asked(store, FAILING):
        began = datetime.fromtimestamp(since / 1000, UTC)
        notice = UNREAD.search(incidents.get(f"fails {feed} {began.isoformat()}", ""))
        if notice:
            failing[urls[feed]] = [(_minute(notice[1] or "1970-01-01 00:00"), _seconds(until))]
        else:
            untold[urls[feed]] = [(_seconds(ok_at or 0), _seconds(until))]
    return Told(gaps, failing, untold)


def _span(since: str, day: str | None, hour: str) -> Span:
    """As it is written: in whole minutes, both of which belong to it."""
    written = (since, f"{day or since.split()[0]} {hour}")
    start, end = map(_minute, written)
    return start, end + 60


def _minute(written: str) -> float:
    return _seconds(datetime.fromisoformat(f"{written}+00:00").timestamp() * 1000)


def _seconds(moment: float) -> float:
    return moment / 1000 - BEGIN.timestamp()


def _asked(store: Path, asked: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(store)
    try:
        return connection.execute(asked, values).fetchall()
    finally:
        connection.close()


def people(habits: Iterable[Habit], count: int, seed: int, until: float) -> list[Publisher]:
    """So many publishers, every habit in turn."""
    kinds = list(habits)
    return [Publisher(n, kinds[n % len(kinds)], seed, until) for n in range(count)]
