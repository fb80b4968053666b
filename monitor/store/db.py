"""DOOR: the database. One thread writes, in batches of one commit; readers have their own connections.

An act is a plain function of an open transaction. It does nothing but talk to the database, because it may
run twice: when a batch fails, each of its acts is run again in a transaction of its own.
"""

import asyncio
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError, StoreGone, StoreHeld
from monitor.store import engines, faults, hold, upgrade

Tx = Connection  # what an act is given: one open transaction
T = TypeVar("T")
Act = Callable[[Tx], T]

BATCH = 200  # acts a commit: 1,000 small ones then cost 5 commits, not 1,000
LINGER_S = 0.1  # how long an act that is not urgent waits for company
READERS = 4
PAUSE_S = 0.1  # between two tries at a store that is locked or out of reach
OPEN_PATIENCE_S = 10.0  # a server that starts together with us is up by then
HOLD_PATIENCE_S = 1.0  # a command that creates the store holds it for a moment


class NotKept(StoreError):
    """The commit itself failed: nothing of the batch may be run again without asking its callers."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An act, and who waits for its answer: a thread, or what runs in an event loop."""

    act: Act[Any]
    urgent: bool
    answer: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None  # None: a thread waits


class Db:
    """The store, opened. `trouble` says why writes wait at the moment; empty: they do not."""

    def __init__(self, url: URL, hold: bool) -> None:
        name = f"wirewatch pid {os.getpid()} on {socket.gethostname()}"
        self.name = engines.shown(url)
        self.trouble = ""
        self._held = hold
        self._file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        self._writer = engines.writer(url, name)
        self._readers = engines.readers(url, name, READERS)
        self._reading = ThreadPoolExecutor(READERS, "store-read")
        self._holding = ExitStack()
        self._queue: deque[Ask] = deque()
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._inode = 0
        if hold and not self._file:
            # The lock lives in the one connection that writes: whoever lost it cannot write any more.
            event.listen(self._writer, "connect", self._hold_server)

    # --- opening and closing ------------------------------------------------------------------------------

    @classmethod
    def open(cls, address: str, *, hold: bool = False, patience_s: float = OPEN_PATIENCE_S) -> Self:
        """The store at our schema, made or migrated where it is not. `hold`: as its one daemon.

        Waits `patience_s` for a store that is locked, or a server that is not up. Raises StoreHeld
        when another daemon holds it, StoreError when it cannot be opened or is newer than us.
        """
        db = cls(engines.address_of(address), hold)
        try:
            db._patiently(db._hold, HOLD_PATIENCE_S)
            db._patiently(db._migrate, patience_s)
        except BaseException as error:
            db.close_sync()
            raise db._explained(error) from None
        return db

    def _hold(self) -> None:
        if self._held and self._file:
            self._holding.enter_context(hold.file_held(self._file))
        elif self._held:
            self._writer.connect().close()

    def _hold_server(self, connection: Any, _record: object) -> None:
        hold.server_held(connection, self.name)
        connection.commit()

    def _migrate(self) -> None:
        with self._readers.connect() as tx:
            behind = upgrade.behind(tx, self.name)
        if behind:
            with self._alone(), self._writer.begin() as tx:
                self._migrate_in(tx)
        self._inode = self._inode_now()

    def _migrate_in(self, tx: Connection) -> None:
        if not self._file:
            raw: Any = tx.connection.driver_connection
            hold.server_held(raw, self.name, hold.TRY_TRANSACTION)
        if upgrade.behind(tx, self.name):
            upgrade.upgrade(tx)

    def _alone(self) -> AbstractContextManager[None]:
        """No daemon may run on a store while its tables change under it."""
        return hold.file_held(self._file) if self._file and not self._held else nullcontext()

    async def close(self) -> None:
        """Write what waits, then let go of the store."""
        await asyncio.to_thread(self.close_sync)

    def close_sync(self) -> None:
        with self._news:
            self._closing.set()
            self._news.notify()
        if self._thread:
            self._thread.join()
        self._reading.shutdown()
        self._readers.dispose()
        self._writer.dispose()
        self._holding.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_sync()

    # --- writing and reading ------------------------------------------------------------------------------

    async def write(self, act: Act[T], *, urgent: bool = True) -> T:
        """Run an act; the answer comes after its commit. Not urgent: it may wait 100 ms for company.

        Once asked for, an act is done even when its caller is cancelled. Raises what the act raised, or
        StoreError.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._ask(Ask(act, urgent, answer, loop))
        return await answer

    def write_sync(self, act: Act[T]) -> T:
        answer: Future[T] = Future()
        self._ask(Ask(act, True, answer))
        return answer.result()

    async def read(self, act: Act[T]) -> T:
        """Run an act that only reads, on one snapshot. Raises what the act raised, or StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self.read_sync, act)

    def read_sync(self, act: Act[T]) -> T:
        try:
            return self._patiently(partial(self._look, act), OPEN_PATIENCE_S)
        except DBAPIError as error:
            raise self._explained(error) from error

    def _look(self, act: Act[T]) -> T:
        with self._readers.connect() as tx:
            return act(tx)

    def _ask(self, ask: Ask) -> None:
        with self._news:
            if self._closing.is_set():
                raise StoreError(f"store {self.name} is closed")
            self._queue.append(ask)
            if ask.urgent or len(self._queue) in (1, BATCH):
                self._news.notify()
            if not self._thread:
                self._thread = threading.Thread(target=self._write_all, name="store-write", daemon=True)
                self._thread.start()

    # --- the writing thread -------------------------------------------------------------------------------

    def _write_all(self) -> None:
        while batch := self._next_batch():
            self._answer(batch)

    def _next_batch(self) -> list[Ask]:
        """Up to BATCH acts, in the order they were asked for; empty: closed, and all is written."""
        with self._news:
            self._news.wait_for(lambda: self._queue or self._closing.is_set())
            self._news.wait_for(self._ripe, LINGER_S)
            return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _ripe(self) -> bool:
        return len(self._queue) >= BATCH or self._closing.is_set() or any(ask.urgent for ask in self._queue)

    def _answer(self, batch: Sequence[Ask]) -> None:
        """All in one commit; when that fails, each in its own, so that only the culprit fails."""
        try:
            results = self._patiently(partial(self._keep, batch), inf)
        except BaseException as error:
            if len(batch) > 1 and not isinstance(error, NotKept | StoreGone):
                for ask in batch:
                    self._answer([ask])
                return
            _tell(batch, [_Failed(self._explained(error))] * len(batch))
            return
        _tell(batch, results)

    def _keep(self, batch: Sequence[Ask]) -> list[Any]:
        with self._writer.connect() as tx:
            results = [ask.act(tx) for ask in batch]
            self._check_file()
            try:
                tx.commit()
            except DBAPIError as error:
                raise NotKept(str(self._explained(error))) from error
        return results

    def _check_file(self) -> None:
        """SQLite goes on writing into a file that was deleted; nobody would ever read it again."""
        if self._inode_now() != self._inode:
            raise StoreGone(
                f"store {self.name} was deleted or replaced under us; put it back and start again"
            )

    def _patiently(self, attempt: Callable[[], T], patience_s: float) -> T:
        """Try until it works: a locked or unreachable store is waited for, unless we are closing."""
        until = time.monotonic() + patience_s
        while True:
            try:
                result = attempt()
                self.trouble = ""
                return result
            except (DBAPIError, StoreHeld) as error:
                if not self._passes(error) or time.monotonic() > until or self._closing.is_set():
                    raise
                self.trouble = str(self._explained(error))
            self._closing.wait(PAUSE_S)

    def _passes(self, error: DBAPIError | StoreHeld) -> bool:
        return isinstance(error, StoreHeld) or faults.passing(error)

    def _explained(self, error: BaseException) -> BaseException:
        return faults.explained(error, self.name) if isinstance(error, DBAPIError) else error

    def _inode_now(self) -> int:
        """0: no file, or none that is ours to watch."""
        try:
            return self._file.stat().st_ino if self._file else 0
        except OSError:
            return -1


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


def _tell(batch: Sequence[Ask], results: Sequence[Any]) -> None:
    """One call into an event loop for all that waits in it: each call wakes it up, for 20 us."""
    loops: dict[asyncio.AbstractEventLoop | None, list[tuple[Any, Any]]] = {}
    for ask, result in zip(batch, results, strict=True):
        loops.setdefault(ask.loop, []).append((ask.answer, result))
    for loop, told in loops.items():
        if loop is None:
            _settle(told)
        else:
            with suppress(RuntimeError):  # it has ended, and all that waited in it
                loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple[Any, Any]]) -> None:
    for answer, result in told:
        match result:
            case _ if answer.done():  # its caller was cancelled
                pass
            case _Failed(error):
                answer.set_exception(error)
            case _:
                answer.set_result(result)
