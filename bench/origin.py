"""A process that serves N feeds on N addresses of the loopback, with real conditional GET.

python -m bench.origin FEEDS ENTRIES [FOLDER]    prints its port, then serves until its stdin closes

One line of HTTP is all it knows, so that it takes little of the machine that a bench measures. A line on its
stdin changes what it serves: "fresh" puts a new entry into every tenth feed, "bare" ends its validators,
"close" ends a connection with each answer. With FOLDER, which holds cert.pem and key.pem, it serves TLS.
"""

import asyncio
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen

SHARE = 10  # one feed in so many has news
HOSTS = 50  # where there is TLS: a certificate names its addresses


def address(number: int) -> str:
    """One address a feed, so that each is a host of its own as it is in the world."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"


@cache
def feed(host: str, entries: int, edition: int = 0) -> bytes:
    """About 900 bytes an entry: 30 make the 28 kB of a summary feed. Each edition has a new entry on top."""
    words = "Officials said on Tuesday that the road would stay closed for another week. " * 8
    items = "".join(
        f"<item><title>Report {n} of {host}</title><link>http://{host}/{n}</link><guid>{host}/{n}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 1{n % 10}:00:00 GMT</pubDate><description>{words}</description></item>"
        for n in range(entries - 1 + edition, edition - 1, -1)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


@dataclass(slots=True)
class Shelf:
    """What is served at the moment."""

    entries: int
    edition: int = 0
    bare: bool = False
    close: bool = False

    def obey(self, line: str) -> None:
        match line:
            case "fresh":
                self.edition += 1
            case "bare":
                self.bare = True
            case "close":
                self.close = True

    def answer(self, head: bytes) -> bytes:
        line, _, rest = head.partition(b"\r\n")
        fields = dict(field.lower().split(b": ", 1) for field in rest.split(b"\r\n") if b": " in field)
        end = b"Connection: close\r\n" if self.close else b""
        path = line.split(b" ")[1]
        if not path.startswith(b"/feed") or not path[5:].isdigit():  # an article: there are none
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n" + end + b"\r\n"
        edition = self.edition if int(path[5:]) % SHARE == 0 else 0
        etag = b"" if self.bare else b'ETag: "%d"\r\n' % edition
        if not self.bare and fields.get(b"if-none-match") == b'"%d"' % edition:
            return b"HTTP/1.1 304 Not Modified\r\n" + etag + end + b"\r\n"
        body = feed((fields[b"host"] + path).decode(), self.entries, edition)
        kind = b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n" % len(body)
        return b"HTTP/1.1 200 OK\r\n" + kind + etag + end + b"\r\n" + body


class Desk(asyncio.Protocol):
    """One connection: a request, its answer, the next one."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._line = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._line.write(self._shelf.answer(head))
            if self._shelf.close:
                self._line.close()


async def serve(entries: int, folder: Path | None) -> None:
    shelf = Shelf(entries)
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if folder else None
    if secure and folder:
        secure.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    # One socket for all of 127.0.0.0/8, where every address is this machine's own.
    server = await asyncio.get_running_loop().create_server(
        lambda: Desk(shelf), "0.0.0.0", 0, backlog=4096, ssl=secure
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        shelf.obey(line.strip())
        print("done", flush=True)


@dataclass(frozen=True, slots=True)
class Origin:
    urls: list[str]
    tell: Callable[[str], None]  # one of the lines it knows


@contextmanager
def serving(count: int, entries: int, folder: Path | None = None) -> Iterator[Origin]:
    """The feeds, while a process of its own serves them."""
    words = [sys.executable, "-m", "bench.origin", str(count), str(entries)]
    words += [str(folder)] if folder else []
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as process:
        assert process.stdout and process.stdin
        read, write = process.stdout, process.stdin
        port = read.readline().strip()
        hosts = [address(n % HOSTS if folder else n) for n in range(count)]

        def tell(line: str) -> None:
            write.write(f"{line}\n")
            read.readline()

        scheme = "https" if folder else "http"
        yield Origin([f"{scheme}://{host}:{port}/feed{n}" for n, host in enumerate(hosts)], tell)
        write.close()


@contextmanager
def origin(count: int, entries: int) -> Iterator[list[str]]:
    """The addresses of feeds that stay as they are."""
    with serving(count, entries) as found:
        yield found.urls


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None))
