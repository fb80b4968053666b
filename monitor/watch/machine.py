"""DOOR: what the machine says of itself, its disk, its clock; and the operator's command that it runs."""

import asyncio
import os
import platform
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of the disk that a store is on."""

    free: int  # for us: what is kept for root is not
    total: int
    folder: str = ""


def room_of(store: str) -> Room | None:
    """Of the store at this address; None: it is on a server, or nothing can be said."""
    if not store.startswith("sqlite:///"):
        return None
    folder = Path(store.removeprefix("sqlite:///")).parent
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, str(folder))


def name() -> str:
    """What it is called."""
    return platform.node() or "this machine"


async def run(command: Sequence[str], text: str, seconds: float = 30) -> str:
    """A program with its arguments, no shell; it reads the text. Why that failed; empty: it did not."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        )
    except OSError as error:
        return f"it cannot be run: {error.strerror}"
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(text.encode())
    except TimeoutError:
        return f"it did not end within {seconds:g} s"
    finally:
        if process.returncode is None:
            _end(process.pid)
            await process.wait()
    return f"it ended with {process.returncode}" if process.returncode else ""


def _end(group: int) -> None:
    """It and all that it began."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def ticking() -> float:
    """Seconds since the machine was started, asleep or not."""
    return time.clock_gettime(_BOOT)
