"""DOOR: what the machine says of itself: room on its disk, and a clock that nobody sets."""

import os
import time
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


def ticking() -> float:
    """Seconds since the machine was started, asleep or not."""
    return time.clock_gettime(_BOOT)
