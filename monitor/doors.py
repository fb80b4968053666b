"""The doors to other people's servers, as a config wants them."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from monitor import __version__
from monitor.loops import Loop
from monitor.model import Config, Secret, host_of
from monitor.ops.clock import clock
from monitor.pipeline import Chat
from monitor.sources.fetch import Web, user_agent
from monitor.sources.guard import is_here
from monitor.sources.proxy import parse
from monitor.store.db import Db
from monitor.store.robots import Shelf

if TYPE_CHECKING:
    from monitor.alerts.socket import Socket
    from monitor.alerts.wire import Wire

NO_SEAL = Secret()


def open_chat(settings: Config, seal: Secret = NO_SEAL) -> Chat:
    """Slack when there is a token, or a webhook, else the terminal. Imports only the one that is used.

    A Slack on this machine, as tests have one, is asked without the proxy. `seal`: what our messages bear.
    """
    slack = settings.slack
    if slack.token:
        from monitor.alerts.slack import SlackChat

        proxy, buttons = _proxy_to(slack.api_url, settings), bool(slack.app_token)
        return SlackChat(slack.token, slack.api_url, seal=seal, proxy=proxy, buttons=buttons)
    if slack.webhook:
        from monitor.alerts.webhook import WebhookChat

        return WebhookChat(slack.webhook, proxy=_proxy_to(slack.webhook.value, settings))
    from monitor.alerts.terminal import Terminal

    return Terminal()


def open_socket(
    settings: Callable[[], Config],
    db: Db,
    chat: Chat,
    told: Callable[[str], None],
    woken: Callable[[], None],
) -> "Socket | None":
    """The line on which Slack brings what people press. None: there is no token for it."""
    from monitor.alerts.slack import SlackChat

    slack = settings().slack
    if not slack.app_token or not isinstance(chat, SlackChat):
        return None
    from monitor.alerts.socket import Socket
    from monitor.answering.room import Answering

    answering = Answering(settings, db, chat, clock, woken)
    return Socket(app_wire(settings()), answering.heed, clock, told)


def app_wire(settings: Config) -> "Wire":
    """Asks Slack as the app, not as its bot."""
    from monitor.alerts.wire import Wire

    slack = settings.slack
    return Wire(slack.app_token, slack.api_url, proxy=_proxy_to(slack.api_url, settings))


def _proxy_to(address: str, settings: Config) -> str:
    out = None if is_here(host_of(address)) else parse(settings.fetch.proxy.value)
    return out.url if out else ""


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
