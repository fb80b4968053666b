"""Killable processes for feedparser, trafilatura, the model of languages and the dictionaries.

One small document can drive either of the first two to half a minute of CPU and hundreds of megabytes, and
trafilatura has crashed under threads. So they run in processes of their own with limits: one that is killed
or falls over costs one document, which becomes Unreadable, and never the daemon. The model takes 75 MB, once
for all workers; a dictionary up to 320, in a process that ends with its answer. The daemon loads none.
"""

import asyncio
import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from fcntl import F_SETPIPE_SZ, fcntl
from functools import partial
from hashlib import blake2b
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import RLock
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool, concurrent
from pebble.common.types import CONSTS

from monitor.model import Article, FeedRead, Skim, StoredEntry, Unreadable
from monitor.ops.memory import lasting

if TYPE_CHECKING:
    from monitor.sources.discover import Candidate
    from monitor.sources.opml import Opml

T = TypeVar("T")
Forms = dict[str, frozenset[str]]  # of a rule's words, by word

MEGABYTE = 1 << 20
# No leak is known: 10,000 pages that a worker reads leave no more than the first thousand (bench/worker.py).
TASKS_BEFORE_RECYCLING = 5_000
QUARANTINED = 256  # documents that killed a worker: not tried again ...
QUARANTINE = 3600.0  # ... for so many seconds: now and then the machine was slow, not the document


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds of CPU, seconds on the wall, bytes of address space.

    A worker is born with 290 MB of these, 115 of them in use: libraries and the model of languages.
    """

    cpu: int
    wall: int
    memory: int


# On the wall three times the CPU: two workers and the daemon share two cores.
FEED = Limits(cpu=5, wall=15, memory=576 * MEGABYTE)
PAGE = Limits(cpu=8, wall=24, memory=832 * MEGABYTE)
WORDS = Limits(cpu=2, wall=15, memory=512 * MEGABYTE)
DICTIONARY = Limits(cpu=60, wall=180, memory=1024 * MEGABYTE)  # Polish: 9 s, 450 MB


@dataclass(frozen=True, slots=True)
class _Killed:
    """The worker died of the document. `passing`: or the machine was too slow for it."""

    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class _Lost:
    """The worker died of something else: somebody's kill, a stopped fork server, a pool out of order."""

    reason: str


_FREE = (0.0, Unreadable(""))  # what stands for a document that is not in quarantine


class Workers:
    """A pool that reads documents. Starts in the background; the first answer waits for it."""

    def __init__(self, count: int = 2, recycled_after: int = TASKS_BEFORE_RECYCLING) -> None:
        """`recycled_after`: documents, after which a process makes room for a new one; 0: never."""
        self._count = count
        self._recycled_after = recycled_after
        self._turns = asyncio.Semaphore(2 * count)  # one in work and one in the pipe for each
        self._reading = 0  # documents that have their turn
        self._killers: OrderedDict[bytes, tuple[float, Unreadable]] = OrderedDict()
        self._pool: ProcessPool | None = None
        self._life, self._alive = multiprocessing.Pipe(duplex=False)  # ends when the daemon goes
        # Only this thread touches the pool: starting it blocks for the imports of the fork server.
        self._desk = ThreadPoolExecutor(1, "workers", initializer=_leave_signals_to_the_daemon)
        self._desk.submit(self._running_pool)
        self._dictionary = asyncio.Semaphore(1)  # of all languages one at a time, for their memory

    async def read_feed(
        self, body: bytes, url: str, content_type: str, now: datetime, marks: bytes = b""
    ) -> FeedRead | Unreadable:
        return await self.read(_feed, FEED, body, url, content_type, now, marks)

    async def read_list(self, body: bytes) -> "Opml | Unreadable":
        return await self.read(_list, FEED, body)

    async def find_feeds(self, body: bytes, url: str) -> "tuple[Candidate, ...] | Unreadable":
        """The feeds that a web page names; Unreadable: it is none, or one that wants something first."""
        return await self.read(_feeds_on, PAGE, body, url)

    async def read_page(
        self, body: bytes, url: str, content_type: str, entry: StoredEntry | None = None
    ) -> Article | Unreadable:
        """The article on a page; with what the feed says, where its entry is given."""
        return await self.read(_page, PAGE, body, url, content_type, entry)

    async def skim(self, body: bytes, content_type: str, entry: StoredEntry) -> Skim | Unreadable:
        """All the words of a page, at a fraction of the cost of reading it."""
        return await self.read(_skim, PAGE, body, content_type, entry)

    @property
    def busy(self) -> bool:
        """Is there more to read than processes to read it?"""
        return self._reading >= self._count

    @property
    def kills(self) -> Sequence[str]:
        """Why documents of the last hour killed the process that read them."""
        now = time.monotonic()
        return [verdict.reason for until, verdict in self._killers.values() if now < until]

    async def read_entry(self, entry: StoredEntry, why: str) -> Article | Unreadable:
        """What the feed says, as an article; `why` says why there is no page."""
        return await self.read(_entry, WORDS, entry.entry.title.encode(), entry, why)

    async def inflect(self, words: Iterable[str], language: str) -> Forms | Unreadable:
        """`inflect` in a process of its own, which takes the dictionary with it when it ends."""
        async with self._dictionary:
            lines = await self.alone(_inflected, DICTIONARY, "\n".join(words), language)
        return lines if isinstance(lines, Unreadable) else await asyncio.to_thread(_forms, lines)

    async def read(
        self, reader: Callable[..., T], limits: Limits, body: bytes, *args: object
    ) -> T | Unreadable:
        """`reader(body, *args)` within limits. Waits for a turn; never raises what happens to a worker."""
        if (verdict := self._verdict(body)) is not None:
            return verdict
        async with self._turns:
            self._reading += 1
            try:
                outcome = await self._attempt(reader, limits, body, args)
            finally:
                self._reading -= 1
            if isinstance(outcome, _Lost):
                outcome = await self._attempt(reader, limits, body, args)
        match outcome:
            case _Killed(reason, passing):
                return self._quarantine(body, Unreadable(reason, passing))
            case _Lost(reason):
                return Unreadable(reason, passing=True)
            case read:
                return read

    async def alone(self, function: Callable[..., T], limits: Limits, *args: object) -> T | Unreadable:
        """`function(*args)` within limits, in a process that is new and ends with it."""
        begin = partial(self._begin_alone, function, limits, args)
        try:
            task = await asyncio.get_running_loop().run_in_executor(self._desk, begin)
        except (OSError, EOFError, RuntimeError) as error:
            return Unreadable(f"no process for it: {error}", passing=True)
        match await _outcome(task, limits):
            case _Killed(reason, passing):
                return Unreadable(reason, passing)
            case _Lost(reason):
                return Unreadable(reason, passing=True)
            case answer:
                return answer

    def close(self) -> None:
        """Kills what runs. Quick: a document in work is read again after the next start."""
        self._desk.submit(lambda: self._stop_pool(self._pool)).result()
        self._desk.shutdown()

    async def _attempt(
        self, reader: Callable[..., T], limits: Limits, body: bytes, args: tuple[object, ...]
    ) -> T | Unreadable | _Killed | _Lost:
        loop = asyncio.get_running_loop()
        pool = None
        try:
            # A worker killed from outside while it holds the pool's lock leaves a pool that answers no more.
            async with asyncio.timeout(4 * limits.wall):
                pool = await loop.run_in_executor(self._desk, self._running_pool)
                task = pool.schedule(_limited, (limits, reader, body, *args), timeout=limits.wall)
                return await _outcome(task, limits)
        except TimeoutError:
            self._desk.submit(self._stop_pool, pool)
            return _Lost("the readers did not answer and were restarted")
        except (BrokenProcessPool, RuntimeError) as error:
            return _Lost(f"the readers were out of order: {error}")

    def _verdict(self, body: bytes) -> Unreadable | None:
        """Why a document is not read again for now. None: it may be read. A digest takes 0.4 ms a page."""
        if not self._killers:
            return None
        until, verdict = self._killers.get(_digest(body), _FREE)
        return verdict if time.monotonic() < until else None

    def _quarantine(self, body: bytes, verdict: Unreadable) -> Unreadable:
        self._killers[_digest(body)] = (time.monotonic() + QUARANTINE, verdict)
        if len(self._killers) > QUARANTINED:
            self._killers.popitem(last=False)
        return verdict

    # --- at the desk: in its thread only ---

    def _running_pool(self) -> ProcessPool:
        if self._pool is None or not self._pool.active:
            self._stop_pool(self._pool)
            self._pool = self._new_pool()
        return self._pool

    def _new_pool(self) -> ProcessPool:
        pool = ProcessPool(
            self._count,
            max_tasks=self._recycled_after,
            initializer=_settle_in,
            initargs=(self._life,),
            context=_Context(),
        )
        if not pool.active:  # asking starts it
            raise RuntimeError("they do not start")
        return pool

    def _stop_pool(self, pool: ProcessPool | None) -> None:
        """Of several documents that wait in a silent pool, the first stops it; the others find a new one."""
        if pool is not None and pool is self._pool:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()
            self._pool = None

    def _begin_alone(
        self, function: Callable[..., T], limits: Limits, args: tuple[object, ...]
    ) -> "Future[T]":
        # pebble 5.2 declares mp_context, and listens to context: else it forks the daemon, threads and all
        run = concurrent.process(timeout=limits.wall, context=_Context())(_settled)  # type: ignore[call-overload]
        task: Future[T] = run(self._life, limits, function, *args)
        return task


class _Context(ForkServerContext):
    """Keeps a pool's locks until its last worker is gone.

    pebble drops them while one may still be starting, which that one would tell with a traceback.
    """

    def __init__(self) -> None:
        self._locks: list[RLock] = []

    def RLock(self) -> RLock:
        self._locks.append(super().RLock())
        return self._locks[-1]

    def Pipe(self, duplex: bool = True) -> tuple[Connection, Connection]:
        """A page in one piece: through the usual 64 kB it goes in six, and each wakes both sides."""
        reader, writer = super().Pipe(duplex)
        with suppress(OSError):  # there are machines that allow less
            fcntl(writer, F_SETPIPE_SZ, MEGABYTE)
        return reader, writer


async def _outcome(task: "Future[T]", limits: Limits) -> T | _Killed | _Lost:
    try:
        return await asyncio.wrap_future(task)
    except TimeoutError:
        return _Killed(f"took longer than {limits.wall} s to read", passing=True)
    except ProcessExpired as death:
        return _autopsy(death.exitcode, limits)
    except Exception as error:  # what it sent cannot be read
        return _Lost(f"its reader gave no answer ({type(error).__name__})")


def _autopsy(exitcode: int | None, limits: Limits) -> _Killed | _Lost:
    """None where the fork server has not told it yet, which on a busy machine it may not."""
    match -(exitcode or 0):
        case signal.SIGXCPU:
            return _Killed(f"took more than {limits.cpu} s of CPU to read")
        case signal.SIGSEGV | signal.SIGABRT | signal.SIGBUS | signal.SIGILL | signal.SIGFPE as fault:
            return _Killed(f"crashed its reader ({signal.Signals(fault).name})")
    if exitcode == _OUT_OF_MEMORY:
        return _Killed(f"needed more than {limits.memory // MEGABYTE} MB of memory to read")
    return _Lost(f"its reader was killed from outside (exit code {exitcode})")


def _forms(lines: str) -> Forms:
    with lasting():
        words = (line.split(" ") for line in lines.split("\n"))
        return {word: frozenset(found) for word, *found in words}


# --- in the worker -----------------------------------------------------------------------------------------

_OUT_OF_MEMORY = 77  # exit code of ours


def _feed(body: bytes, url: str, content_type: str, now: datetime, marks: bytes) -> FeedRead | Unreadable:
    from monitor.sources.feed import read_feed

    return read_feed(body, url, content_type, now, marks)


def _list(body: bytes) -> "Opml | Unreadable":
    from monitor.sources import opml
    from monitor.sources.feed import looks_like

    found = opml.parse(body)
    return found if found.feeds else Unreadable(f"no list of feeds (OPML) with any in it: {looks_like(body)}")


def _feeds_on(body: bytes, url: str) -> "tuple[Candidate, ...] | Unreadable":
    from monitor.sources.discover import candidates
    from monitor.sources.feed import looks_like

    what = looks_like(body)  # a challenge page names nothing, and who sends it wants no guesses
    return candidates(body, url) if what.startswith("a web page") else Unreadable(what)


def _page(body: bytes, url: str, content_type: str, entry: StoredEntry | None) -> Article | Unreadable:
    from monitor.sources import article, own

    page = article.read_page(body, url, content_type, entry.entry.link if entry else url)
    if isinstance(page, Unreadable):
        return page
    return own.with_languages(own.with_entry(page, entry.entry) if entry else page, entry)


def _skim(body: bytes, content_type: str, entry: StoredEntry) -> Skim | Unreadable:
    from monitor.sources.skim import skim

    return skim(body, content_type, entry.entry, entry.lang or entry.feed_language)


def _entry(_title: bytes, entry: StoredEntry, why: str) -> Article:
    from monitor.sources import own

    return own.with_languages(own.from_entry(entry.entry, why), entry)


def _inflected(words: str, language: str) -> str:
    """As lines: to unpickle those of 100,000 words takes half a second, in which the daemon stands still."""
    from rules.text.forms import inflect

    forms = inflect(words.split("\n"), language)
    return "\n".join(" ".join((word, *found)) for word, found in forms.items())


def _settled(daemon: Connection, limits: Limits, function: Callable[..., T], *args: object) -> T | Unreadable:
    _settle_in(daemon)
    return _limited(limits, function, *args)


def _limited(limits: Limits, function: Callable[..., T], *args: object) -> T | Unreadable:
    _allow(_cpu_used() + limits.cpu, limits.memory)
    try:
        return function(*args)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # what is left of this process is not worth trusting
    except Exception as error:
        return Unreadable(f"could not be read: {type(error).__name__}: {error}"[:300])
    finally:
        _allow(resource.RLIM_INFINITY, resource.RLIM_INFINITY)  # to send the answer in peace


def _allow(cpu: int, memory: int) -> None:
    """Soft limits only: the next document gets its own."""
    for what, limit in ((resource.RLIMIT_CPU, cpu), (resource.RLIMIT_AS, memory)):
        resource.setrlimit(what, (limit, resource.getrlimit(what)[1]))


def _cpu_used() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _settle_in(daemon: Connection) -> None:
    """Once in a new worker: no core files, no noise, no life after the daemon's."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # trafilatura logs every page it cannot read; the reason is in the answer.
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    # The parent is the fork server, so PR_SET_PDEATHSIG would not see the daemon go; the end of a pipe does.
    threading.Thread(target=lambda: (daemon.poll(None), os._exit(0)), daemon=True).start()


def prepare() -> None:
    """Start what workers are forked from. That takes a second or two, in which a config can be read."""
    threading.Thread(target=_start_fork_server, daemon=True).start()


def _start_fork_server() -> None:
    _leave_signals_to_the_daemon()
    with suppress(OSError):  # whoever needs a worker tries again, and tells
        forkserver.ensure_running()


def _leave_signals_to_the_daemon() -> None:
    """Blocked in this thread, they are in all it starts: a signal to the whole group stops the daemon only.

    So pebble's SIGTERM does nothing to a worker, and it need not wait long before it takes SIGKILL.
    """
    resource_tracker.ensure_running()  # its start unblocks them again, so it comes first
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    CONSTS.term_timeout = 0.1
    forkserver.set_forkserver_preload(["monitor.preload"])
    forkserver.ensure_running()


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
