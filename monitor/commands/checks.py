"""`wirewatch check`: is everything that config.yaml names within reach?"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TextIO, assert_never
from urllib.parse import urlsplit

from monitor.daemon import WORKERS
from monitor.doors import open_chat, open_web
from monitor.errors import ConfigError
from monitor.model import (
    Config,
    FeedRead,
    FeedSpec,
    Fetched,
    FetchFailed,
    Secret,
    Unchanged,
    Unreadable,
    host_of,
)
from monitor.model.upkeep import Watched
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.polling import lists, seeking
from monitor.sources import guard, websub
from monitor.sources.callback import Letter, Listener, Receipt
from monitor.sources.discover import robots_of
from monitor.sources.fetch import ROBOTS, Kind, Web
from monitor.sources.horizon import proxy_trouble
from monitor.store.lists import StoredList
from monitor.words import counted
from monitor.workers import Workers


async def reach(settings: Config, out: TextIO) -> int:
    """Ask every feed and the chat once, a line each as they answer. 0: all well; 1: something is not."""
    bad = 0
    async for name, trouble, what in _feeds(settings):
        bad += bool(trouble)
        out.write(f"  {'!' if trouble else '✓'} {name}: {trouble or what}\n")
        out.flush()
    if 1 < bad == len(settings.feeds) + len(settings.lists):
        out.write("  nothing answers: is this machine online?\n")
    trouble = await _chat(settings)
    bad += bool(trouble)
    where = "Slack" if settings.slack.token else "terminal"
    told = "ready" if settings.slack.token else "alerts are shown here while no Slack token is set"
    out.write(f"  {'!' if trouble else '✓'} {where}: {trouble or told}\n")
    asked = len(settings.feeds) + len(settings.lists) + 1 + bool(settings.fetch.proxy)
    if settings.websub.public:
        trouble = await _way_of_hubs(settings)
        bad, asked = bad + bool(trouble), asked + 1
        out.write(f"  {'!' if trouble else '✓'} websub: {trouble or 'hubs can reach us'}\n")
    out.write(f"{bad} of {asked} cannot be reached\n" if bad else "all within reach\n")
    return int(bad > 0)


async def _feeds(settings: Config) -> AsyncIterator[tuple[str, str, str]]:
    web, workers = open_web(settings), Workers(WORKERS)
    try:
        if settings.fetch.proxy:
            yield "proxy", await _proxy(settings, web), "it answers"
        asked = [
            asyncio.create_task(_feed(spec, web.under(settings.access.get(spec.url)), workers))
            for spec in settings.feeds
        ] + [asyncio.create_task(_list(one, web, workers)) for one in settings.lists]
        for answer in asyncio.as_completed(asked):
            yield await answer
    finally:
        await web.close()
        workers.close()


async def _proxy(settings: Config, web: Web) -> str:
    """What is wrong with the proxy, tried with the first robots.txt that we shall need; empty: nothing."""
    named = [spec.url for spec in settings.feeds] + [one.url for one in settings.lists]
    outside = [url for url in named if not guard.may_hurry(host_of(url), settings.fetch.allow_networks)]
    return proxy_trouble(await web.get(robots_of((outside or named)[0]), kind=ROBOTS))


async def _feed(spec: FeedSpec, web: Web, workers: Workers) -> tuple[str, str, str]:
    """(name, what is wrong or empty, what it carries)."""
    name = spec.name or host_of(spec.url)
    fetched = await web.get(spec.url, kind=seeking.kind_at(spec.url))
    match fetched:
        case FetchFailed():
            return name, f"{fetched.reason}  ({log.mask(spec.url)})", ""
        case Unchanged():
            return name, "", "unchanged"
        case Fetched():
            read = await workers.read_feed(fetched.body, fetched.url, fetched.content_type, clock())
        case other:
            assert_never(other)
    match read:
        case Unreadable():
            found = await seeking.first_feed(fetched, web=web, workers=workers, clock=clock)
            if found:
                return name, "", f"a web page; the feed {log.mask(found.candidate.url)} is asked instead"
            return name, f"{read.reason}  ({log.mask(spec.url)})", ""
        case FeedRead():
            moved = f"; it has moved to {fetched.moved_to}" if fetched.moved_to else ""
            return name, "", f"{read.total} entries{moved}"
        case nothing:
            assert_never(nothing)


async def _list(one: Watched, web: Web, workers: Workers) -> tuple[str, str, str]:
    """As `_feed`, of a watched list."""
    fetched, read = await lists.ask(StoredList(one.url, clock()), web, workers)
    now = lists.after(one, StoredList(one.url, clock()), fetched, read, clock())
    trouble = f"{now.error}  ({log.mask(one.url)})" if now.error else ""
    return f"list at {host_of(one.url)}", trouble, counted(len(now.feeds), "feed")


async def _chat(settings: Config) -> str:
    chat = open_chat(settings)
    try:
        return await chat.probe()
    finally:
        await chat.close()


async def _way_of_hubs(settings: Config) -> str:
    """What is wrong with the way from `websub.public` to `websub.listen`, which is tried; empty: nothing."""
    spec, echo = settings.websub, _Echo()
    listener = Listener(spec.listen, urlsplit(spec.public).path, echo)
    try:
        await listener.open()
    except ConfigError as error:
        return f"{error} (a wirewatch that runs? stop it to try the way of hubs)"
    web = open_web(settings)
    try:
        url = f"{spec.public}{websub.new_token()}?hub.challenge={echo.challenge}"
        fetched = await web.get(url, kind=Kind("*/*", 1000))
    finally:
        await web.close()
        await listener.close()
    if isinstance(fetched, Fetched) and fetched.body == echo.challenge.encode():
        return ""
    why = fetched.reason if isinstance(fetched, FetchFailed) else "somebody else answers there"
    return f"{spec.public} does not lead to {spec.listen}: {why}"


class _Echo:
    """Answers one question, which only we ask."""

    def __init__(self) -> None:
        self.challenge = websub.new_token()

    async def asked(self, token: Secret, query: Mapping[str, str]) -> str | None:
        return self.challenge if query.get("hub.challenge") == self.challenge else None

    async def expects(self, token: Secret) -> Receipt:
        return Receipt.UNKNOWN

    async def delivered(self, token: Secret, letter: Letter) -> Receipt:
        return Receipt.UNKNOWN
