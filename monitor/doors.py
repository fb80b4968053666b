"""The doors to other people's servers, as a config wants them."""

import asyncio
from collections.abc import Iterable
from typing import Any

from monitor import __version__
from monitor.loops import Loop
from monitor.model import Config, host_of
from monitor.ops.clock import clock
from monitor.pipeline import Chat
from monitor.sources.fetch import Web, user_agent
from monitor.sources.guard import is_here
from monitor.sources.proxy import parse
from monitor.store.db import Db
from monitor.store.robots import Shelf


def open_chat(settings: Config) -> Chat:
    """Slack when there is a token, else the terminal. Imports only the one that is used.

    A Slack on this machine, as tests have one, is asked without the proxy.
    """
    if settings.slack.token:
        from monitor.alerts.slack import SlackChat

        out = None if is_here(host_of(settings.slack.api_url)) else parse(settings.fetch.proxy.value)
        return SlackChat(settings.slack.token, settings.slack.api_url, proxy=out.url if out else "")
    from monitor.alerts.terminal import Terminal

    return Terminal()


def open_web(settings: Config, db: Db | None = None) -> Web:
    """With a `db`, robots.txt that were read are kept there."""
    fetch = settings.fetch
    return Web(
        user_agent(__version__, fetch.contact),
        fetch.allow_networks,
        fetch.concurrency,
        robots=fetch.robots,
        shelf=Shelf(db) if db else None,
        proxy=parse(fetch.proxy.value),
        clock=clock,
    )


class Retired:
    """Doors that a reload has replaced: each is closed once the work that began with it is done."""

    def __init__(self) -> None:
        self._closing: set[asyncio.Task[None]] = set()

    def add(self, door: Web | Chat, *users: Loop[Any]) -> None:
        task = asyncio.create_task(_close(door, users))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def closed(self) -> None:
        await asyncio.gather(*self._closing)


async def _close(door: Web | Chat, users: Iterable[Loop[Any]]) -> None:
    await asyncio.gather(*(loop.settled() for loop in users))
    await door.close()
