"""What becomes of what people have asked for: a mute that has ended is told to those who hear again."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from monitor.model import Notice
from monitor.store import mutes, outbox
from monitor.store.db import Db, Tx
from monitor.words import counted


def ends(
    db: Db, clock: Callable[[], datetime], channel: Callable[[], str]
) -> Callable[[], Coroutine[Any, Any, None]]:
    """For a beat: says which mutes have ended. `channel`: where those are told that held everywhere."""

    async def end_mutes() -> None:
        now = clock()
        if await db.read(lambda tx: mutes.ended(tx, now)):
            await db.write(lambda tx: tell_ends(tx, channel(), now))

    return end_mutes


def tell_ends(tx: Tx, channel: str, now: datetime) -> int:
    """How many have ended. Of each is said once how much it held back."""
    over = mutes.ended(tx, now)
    for mute in over:
        held = f"{counted(mute.held_back, 'alert')} not told meanwhile"
        notice = Notice(f"the mute of {mute.what} {mute.by} has ended; {held}")
        outbox.put(tx, f"mute ended|{mute.id}", mute.channel or channel, notice, now=now)
    mutes.told(tx, over)
    return len(over)
