"""Pulls the plug of a sender again and again while Slack fails in nine ways; counts what is lost or doubled.

    python -m bench.kills [ALERTS] [SEED]     2,000 alerts; a third are replies, a third are edited later

The sender is the daemon's own sending, over a real SQLite store, to a Slack on loopback; it is forked from a
warm process and killed with SIGKILL 50 to 350 ms later, until everything has been told. Then Slack is asked.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections import Counter, deque
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from monitor.alerts.slack import SlackChat
from monitor.model import Alert, Found, Notice, OnUnknown, OutboxState, Outgoing, Secret, SendOutcome
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import edits, lanes, outbox
from monitor.store.db import Db, Tx
from tests.doors.slackroom import (
    BAD_GATEWAY,
    CUT_SHORT,
    DROP_AFTER,
    DROP_BEFORE,
    SERVER_ERROR,
    Fault,
    SlackRoom,
    answered,
    failed,
    rate_limited,
)

TOKEN, SEAL, NURSERY = "xoxb-test", "seal", "nursery"
SETTLE = timedelta(seconds=0.5)
CHANNELS = 40
SOONEST, LATEST = 0.05, 0.35  # seconds until the plug is pulled
FAULTY = 0.2  # of all messages
FAULTS = (
    DROP_BEFORE,
    DROP_AFTER,
    CUT_SHORT,
    SERVER_ERROR,
    BAD_GATEWAY,
    rate_limited("0.05"),
    failed("internal_error"),
    answered('{"ok":false,"error":"internal_error"}', stores=True),
    answered('{"ok":true}', stores=True),
)


class Chance(deque[Fault | None]):
    """A fault for each message, or none, as chance has it."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.faults = 0

    def __bool__(self) -> bool:
        return True

    def popleft(self) -> Fault | None:
        fault = self._chance.choice(FAULTS) if self._chance.random() < FAULTY else None
        self.faults += fault is not None
        return fault


@dataclass(frozen=True, slots=True)
class Tally:
    """What Slack holds in the end."""

    alerts: int
    kills: int
    faults: int
    lost: int
    doubled: int
    unshown: int  # edits that Slack does not show
    seconds: float


def main(alerts: int = 2_000, seed: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(run(Path(folder) / "kills.db", alerts, seed))
    print(
        f"{tally.alerts} alerts, {tally.kills} kills, {tally.faults} faults of Slack: {tally.lost} lost, "
        f"{tally.doubled} doubled, {tally.unshown} edits not shown; {tally.seconds:.0f} s, seed {seed}"
    )


async def run(store: Path, alerts: int, seed: int) -> Tally:
    """Raises TimeoutError if it does not come to an end within ten minutes."""
    began, chance, kills = time.monotonic(), random.Random(seed), 0
    address = f"sqlite:///{store}"
    with Db.open(address) as db:
        db.write_sync(lambda tx: fill(tx, alerts))
    channels = [f"#c{n}" for n in range(CHANNELS)]
    async with SlackRoom(TOKEN, channels=channels) as slack, asyncio.timeout(600):
        slack.faults_of["chat.postMessage"] = faults = Chance(chance)
        nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.kills", NURSERY, address, slack.url),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        try:
            while not is_done(address):
                pid = await born(nursery)
                await asyncio.sleep(chance.uniform(SOONEST, LATEST))
                os.kill(pid, signal.SIGKILL)
                kills += 1
        finally:
            os.killpg(nursery.pid, signal.SIGKILL)
            await nursery.wait()
        return tally_of(
            address, slack, Tally(alerts, kills, faults.faults, 0, 0, 0, time.monotonic() - began)
        )


async def born(nursery: asyncio.subprocess.Process) -> int:
    """A new sender: its process id."""
    assert nursery.stdin and nursery.stdout
    nursery.stdin.write(b"\n")
    return int(await nursery.stdout.readline())


def nurse(address: str, url: str) -> None:
    """Forks a warm sender for each line: to start one from nothing takes longer than it may live."""
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            asyncio.run(send(address, url))
        print(pid, flush=True)
        os.waitpid(pid, 0)


def fill(tx: Tx, alerts: int) -> None:
    """A third begin stories, a third go into their threads, a third change what a message says."""
    now = clock()
    roots = [
        outbox.put(tx, f"root {n}", f"#c{n % CHANNELS}", an_alert(n), now=now)
        for n in range(alerts // 3 + alerts % 3)
    ]
    for n, root in enumerate(roots[: alerts // 3]):
        outbox.put(tx, f"reply {n}", f"#c{n % CHANNELS}", Notice(f"reply {n}"), now=now, root=root)
        outbox.put(tx, f"edited {n}", f"#c{n % CHANNELS}", Notice(f"before {n}"), now=now)


def an_alert(n: int) -> Alert:
    return Alert(f"Headline {n}", f"https://a.example/{n}", "News", (Found("r", "r", ()),), clock())


def is_done(address: str) -> bool:
    with Db.open(address) as db:
        db.write_sync(change)
        return not db.read_sync(outbox.unsettled) and db.read_sync(edits.next_due) is None


def change(tx: Tx) -> None:
    """What was told is to say something else, as the story goes on."""
    from sqlalchemy import select

    from monitor.store.schema import outbox as table

    told = select(table.c.id, table.c.key).where(
        table.c.key.like("edited %"), table.c.state == OutboxState.SENT
    )
    for row in tx.execute(told.where(table.c.changes == 0)).all():
        edits.reword(tx, row.id, Notice(f"after {row.key.removeprefix('edited ')}"), clock())


async def send(address: str, url: str) -> None:
    """In its own process, until it is killed."""
    given = {"settle": SETTLE, "fallback_channel": "", "on_unknown": OnUnknown.HOLD}
    settings: Any = SimpleNamespace(slack=SimpleNamespace(**given))
    chat = SlackChat(Secret(TOKEN), url, seal=Secret(SEAL))
    chat.pace = timedelta(0)
    with Db.open(address) as db:
        sending = Sending(lambda: settings, db, chat, nobody)
        await db.write(lambda tx: (lanes.release_lanes(tx), sending.take_up(tx, clock())))
        while True:
            await sending.once()
            await asyncio.sleep(0.01)


def nobody(out: Outgoing, outcome: SendOutcome) -> Awaitable[None]:
    return asyncio.sleep(0)


def tally_of(address: str, slack: SlackRoom, tally: Tally) -> Tally:
    from dataclasses import replace

    from sqlalchemy import select

    from monitor.store.schema import outbox as table

    with Db.open(address) as db:
        rows = db.read_sync(lambda tx: tx.execute(select(table)).all())
    keys = {row.id: row.key for row in rows}
    standing = Counter(message.key for message in slack.messages())
    shown = {message.key: message.text for message in slack.messages()}
    queued = [row for row in rows if row.kind != "digest"]
    return replace(
        tally,
        lost=sum(not standing[keys[row.carried_by or row.id]] for row in queued),
        doubled=sum(count - 1 for count in standing.values()),
        unshown=sum(
            shown.get(row.key, "") != f"after {row.key.removeprefix('edited ')}"
            for row in queued
            if row.key.startswith("edited ")
        ),
    )


if __name__ == "__main__":
    if sys.argv[1:2] == [NURSERY]:
        nurse(*sys.argv[2:])
    else:
        main(*(int(word) for word in sys.argv[1:]))
