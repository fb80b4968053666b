"""`wirewatch check`: is everything that config.yaml names within reach?"""

import asyncio
from collections.abc import AsyncIterator
from typing import TextIO, assert_never

from monitor.daemon import WORKERS, open_chat, open_web
from monitor.model import Config, FeedRead, FeedSpec, Fetched, FetchFailed, Unchanged, Unreadable, host_of
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.sources.fetch import FEED, Web
from monitor.workers import Workers


async def reach(settings: Config, out: TextIO) -> int:
    """Ask every feed and the chat once, a line each as they answer. 0: all well; 1: something is not."""
    bad = 0
    async for name, trouble, what in _feeds(settings):
        bad += bool(trouble)
        out.write(f"  {'!' if trouble else '✓'} {name}: {trouble or what}\n")
        out.flush()
    trouble = await _chat(settings)
    bad += bool(trouble)
    where = "Slack" if settings.slack.token else "terminal"
    told = "ready" if settings.slack.token else "alerts are shown here while no Slack token is set"
    out.write(f"  {'!' if trouble else '✓'} {where}: {trouble or told}\n")
    out.write(f"{bad} of {len(settings.feeds) + 1} cannot be reached\n" if bad else "all within reach\n")
    return int(bad > 0)


async def _feeds(settings: Config) -> AsyncIterator[tuple[str, str, str]]:
    web, workers = open_web(settings), Workers(WORKERS)
    try:
        asked = [
            asyncio.create_task(_feed(spec, web.under(settings.access.get(spec.url)), workers))
            for spec in settings.feeds
        ]
        for answer in asyncio.as_completed(asked):
            yield await answer
    finally:
        await web.close()
        workers.close()


async def _feed(spec: FeedSpec, web: Web, workers: Workers) -> tuple[str, str, str]:
    """(name, what is wrong or empty, what it carries)."""
    name = spec.name or host_of(spec.url)
    fetched = await web.get(spec.url, kind=FEED)
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
            return name, f"{read.reason}  ({log.mask(spec.url)})", ""
        case FeedRead():
            moved = f"; it has moved to {fetched.moved_to}" if fetched.moved_to else ""
            return name, "", f"{len(read.entries)} entries{moved}"
        case nothing:
            assert_never(nothing)


async def _chat(settings: Config) -> str:
    chat = open_chat(settings)
    try:
        return await chat.probe()
    finally:
        await chat.close()
