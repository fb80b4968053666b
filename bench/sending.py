"""How soon Slack has a match below its rate limit, and how fast a long queue drains.

    python -m bench.sending [ALERTS]        # queued at once for one channel; 2,500 unless told

To a Slack on loopback, at the pace that the real one allows: a message a second and channel, three at once
to a quiet one. First, from the commit that queues an alert to its acceptance, beside slack_sdk's own client
that is given the same messages one by one in the same run. Then a long queue, against what the pace allows:
25 alerts a message.
"""

import asyncio
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from monitor.alerts.rates import BURST
from monitor.alerts.slack import SlackChat
from monitor.model import OnUnknown, Outgoing, Secret, SendOutcome
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import outbox
from monitor.store.bundles import MOST_IN_ONE
from monitor.store.db import Db
from tests.doors.slackroom import SlackRoom
from tests.monitor.rendered import alert, found

CHANNELS, SOON, A_SECOND = 20, 300, 5.0
HEADLINE = "Iran builds missile factories in Iraq, officials say, alert number {}"


@dataclass
class Office:
    db: Db
    slack: SlackRoom
    sending: Sending
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    queued: dict[str, float] = field(default_factory=dict)  # key -> time.time() of its commit

    async def queue(self, number: int, channel: str) -> None:
        key, now = f"alert {number}", clock()
        message = alert(
            HEADLINE.format(number),
            f"https://example.org/{number}",
            "Reuters",
            found("missile + Iraq", "Iran is building *missile* factories in southern *Iraq*."),
        )
        await self.db.write(lambda tx: outbox.put(tx, key, channel, message, now=now))
        self.queued[key] = time.time()
        self.sending.wake()

    def begin(self) -> None:
        """Send from now on, woken as the daemon wakes it."""
        self.tasks += [asyncio.create_task(loop.run()) for loop in self.sending.loops]
        self.tasks.append(asyncio.create_task(beat(self.sending)))


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        db = Db.open(f"sqlite:///{Path(folder) / 'bench.db'}")
        async with SlackRoom() as slack:
            chat = SlackChat(Secret("xoxb-test"), slack.url, seal=Secret("s"))
            spec = SimpleNamespace(settle=clock() - clock(), fallback_channel="", on_unknown=OnUnknown.RESEND)
            settings: Any = SimpleNamespace(slack=spec)

            async def told(out: Outgoing, outcome: SendOutcome) -> None:
                pass

            sending = Sending(lambda: settings, db, chat, told)
            place = Office(db, slack, sending)
            try:
                yield place
            finally:
                for task in place.tasks:
                    task.cancel()
                await asyncio.wait(place.tasks)
                await chat.close()
                await db.close()


async def beat(sending: Sending) -> None:
    """As the daemon's: every second."""
    while True:
        sending.wake()
        await asyncio.sleep(1)


async def soon() -> None:
    """Below the limit: 5 alerts a second, to 20 channels in turn."""
    async with office() as place:
        place.begin()
        for number in range(SOON):
            await place.queue(number, f"#c{number % CHANNELS}")
            await asyncio.sleep(1 / A_SECOND)
        messages = await place.slack.wait(SOON)
        waits = [one.at - place.queued[one.key] for one in messages]
        peer = await sdk(place.slack, messages[:100])
    p50, p95, p99 = (statistics.quantiles(waits, n=100)[at - 1] for at in (50, 95, 99))
    print(f"matched to accepted: p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s, {SOON} alerts")
    print(f"slack_sdk alone: p50 {peer:.3f} s; ours in its terms: {p50 / peer:.1f}")


async def sdk(slack: SlackRoom, messages: Sequence[Any]) -> float:
    client, waits = AsyncWebClient("xoxb-test", slack.url), []
    for one in messages:
        began = time.monotonic()
        await client.chat_postMessage(channel=one.channel, text=one.text, blocks=list(one.blocks))
        waits.append(time.monotonic() - began)
    return statistics.median(waits)


async def drains(alerts: int) -> None:
    """All at once to one channel: told in order, none lost, none twice, at the pace that Slack allows."""
    async with office() as place:
        before = memory()
        for number in range(alerts):
            await place.queue(number, "#desk")
        queued = memory()
        place.begin()
        began = time.monotonic()
        messages = math.ceil(alerts / MOST_IN_ONE)
        for done in range(messages):
            await place.slack.wait(done + 1, seconds=60)
            print(f"\r{done + 1:,} of {messages:,} messages", end="", file=sys.stderr, flush=True)
        seconds, allowed = time.monotonic() - began, max(1.0, float(messages - BURST))
        shown = "\n".join(f"{one.blocks}" for one in place.slack.messages("#desk"))
    print(file=sys.stderr)
    places = [shown.find(f"alert number {number}'") for number in range(alerts)]
    lost = sum(place < 0 for place in places)
    doubled = sum(shown.count(f"alert number {number}'") > 1 for number in range(0, alerts, 10))
    ordered = all(one < two for one, two in zip(places, places[1:], strict=False))
    print(f"{alerts:,} alerts in {messages:,} messages: {seconds:.1f} s, {seconds / allowed:.3f} of its pace")
    print(f"lost {lost}, doubled {doubled}, in order: {ordered}")
    print(f"memory: {before} MB before, {queued} MB with all queued, {memory()} MB after")


def memory() -> int:
    """The most so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def main(alerts: int) -> None:
    await soon()
    await drains(alerts)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 2_500))
