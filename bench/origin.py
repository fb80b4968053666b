"""A process that serves N feeds on N addresses of the loopback, with real conditional GET.

python -m bench.origin FEEDS ENTRIES      prints its port, then serves until its stdin closes
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from aiohttp import web

ETAG = '"1"'


def address(number: int) -> str:
    """One address a feed, so that each is a host of its own as it is in the world."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


def feed(host: str, entries: int) -> bytes:
    """About 900 bytes an entry: 30 make the 28 kB that a summary feed has."""
    words = "Officials said on Tuesday that the road would stay closed for another week. " * 8
    items = "".join(
        f"<item><title>Report {n} of {host}</title><link>http://{host}/{n}</link><guid>{host}/{n}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 1{n % 10}:00:00 GMT</pubDate><description>{words}</description></item>"
        for n in range(entries)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


async def serve(feeds: int, entries: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path != "/feed":
            return web.Response(status=404)
        if request.headers.get("If-None-Match") == ETAG:
            return web.Response(status=304, headers={"ETag": ETAG})
        body = feed(request.host, entries)
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": ETAG})

    runner = web.ServerRunner(web.Server(answer))  # type: ignore[arg-type]
    await runner.setup()
    # One socket for all of 127.0.0.0/8, where every address is this machine's own.
    site = web.TCPSite(runner, "0.0.0.0", 0, backlog=4096)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def origin(feeds: int, entries: int) -> Iterator[list[str]]:
    """The addresses of the feeds, while a process of its own serves them."""
    words = [sys.executable, "-m", "bench.origin", str(feeds), str(entries)]
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout and process.stdin
        port = process.stdout.readline().strip()
        yield [f"http://{address(n)}:{port}/feed" for n in range(feeds)]
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
