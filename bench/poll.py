"""Polls a second: the daemon's poll against reader, newsboat and rss2email, one local server for all.

    python -m bench.poll [FEEDS] [NAMES]     default 1,000 feeds, ours,reader,newsboat,rss2email

Ours is the daemon's own poll loop on a SQLite store, workers and writer included; judging is left out, as
nobody else judges. Peers: reader, update_feeds(workers=10, scheduled=False); newsboat -x reload, 10 threads;
r2e run into a maildir. CPU is that of all processes a product needs; the server's is not in it, but it runs
on the same cores. Each product goes through the same editions of the same feeds, from nothing.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from subprocess import PIPE, Popen

from bench.origin import HOSTS, Origin, address, serving

ENTRIES = 30
ROUNDS = 3  # of ours; the median counts
ROWS = {"all new": 80, "304": 1500, "one new in 10 %": 900, "same bytes": 800, "304, new TLS": 300}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    wall: float  # seconds
    cpu: float  # likewise, of all its processes

    def told(self, feeds: int) -> str:
        return f"{feeds / self.wall:7.0f}/s {1000 * self.cpu / feeds:7.2f} ms CPU"


class Product(ABC):
    """Something that polls all its feeds when it is told to."""

    rounds = 1

    @abstractmethod
    def poll(self) -> None: ...

    @abstractmethod
    def cpu(self) -> float:
        """Seconds so far, of all its processes."""

    def measured(self) -> Figure:
        start, before = time.perf_counter(), self.cpu()
        self.poll()
        return Figure(time.perf_counter() - start, self.cpu() - before)


class Lasting(Product):
    """A process that polls whenever it is told to: this file, with a word that says which."""

    def __init__(self, life: ExitStack, what: str, folder: Path) -> None:
        command = [sys.executable, "-m", "bench.poll", what, str(folder)]
        trust = os.environ | {"SSL_CERT_FILE": str(folder / "cert.pem")}  # which is there where there is TLS
        self._process = life.enter_context(
            Popen(command, stdin=PIPE, stdout=PIPE, text=True, bufsize=1, env=trust)
        )
        life.callback(self._process.stdin.close)  # type: ignore[union-attr]
        self._answered()

    def _answered(self) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline() == "done\n"

    def poll(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("poll\n")
        self._answered()

    def cpu(self) -> float:
        return sum(map(spent, family(self._process.pid)))


class Started(Product):
    """A command that polls once and ends."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command, self._environment = command, os.environ | environment

    def poll(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(self._command, env=self._environment, check=True, **quiet)  # type: ignore[call-overload]

    def cpu(self) -> float:
        times = os.times()
        return times.children_user + times.children_system


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(_fields(place)[1]), []).append(int(place.parent.name))
        except OSError:
            continue  # ended meanwhile
    waiting = [pid]
    while waiting:
        yield (one := waiting.pop())
        waiting += parents.get(one, [])


def spent(pid: int) -> float:
    """Seconds of CPU of a process and of its children that ended."""
    return sum(map(int, _fields(Path(f"/proc/{pid}/stat"))[11:15])) / TICKS


def _fields(place: Path) -> list[str]:
    """From the state on: the name before it may hold blanks."""
    return place.read_text().rpartition(")")[2].split()


# --- the products ------------------------------------------------------------------------------------------


def ours(life: ExitStack, folder: Path, urls: list[str]) -> Product:
    (folder / "config.yaml").write_text(
        "rules: [missile + Iraq]\n"
        "fetch: {contact: bench@example.org, allow_networks: [127.0.0.0/8]}\nfeeds:\n"
        + "".join(f"  - {{url: '{url}', every: 1h}}\n" for url in urls)
    )
    product = Lasting(life, "ours", folder)
    product.rounds = ROUNDS
    return product


def reader(life: ExitStack, folder: Path, urls: list[str]) -> Product:
    (folder / "urls").write_text("\n".join(urls))
    return Lasting(life, "reader", folder)


def newsboat(life: ExitStack, folder: Path, urls: list[str]) -> Product:
    (folder / "urls").write_text("\n".join(urls))
    (folder / "config").write_text("reload-threads 10\n")
    named = [f"-{flag}{folder / name}" for flag, name in (("u", "urls"), ("c", "cache.db"), ("C", "config"))]
    return Started([_found("newsboat"), *named, "-x", "reload"], {"HOME": str(folder)})


def rss2email(life: ExitStack, folder: Path, urls: list[str]) -> Product:
    mail = f"to = bench@example.org\nemail-protocol = maildir\nmaildir-path = {folder}/mail\n"
    feeds = "".join(f"[feed.f{n}]\nurl = {url}\n" for n, url in enumerate(urls))
    (folder / "r2e.cfg").write_text(f"[DEFAULT]\n{mail}{feeds}")
    for part in ("cur", "new", "tmp"):
        (folder / "mail" / "INBOX" / part).mkdir(parents=True)
    command = [_found("r2e"), "-c", str(folder / "r2e.cfg"), "-d", str(folder / "r2e.json"), "run"]
    return Started(command, {"HOME": str(folder)})


PRODUCTS = {"ours": ours, "reader": reader, "newsboat": newsboat, "rss2email": rss2email}


def _found(name: str) -> str:
    """The command, of this environment before others. Raises LookupError where it is not installed."""
    beside = Path(sys.executable).with_name(name)
    if found := str(beside) if beside.exists() else shutil.which(name):
        return found
    raise LookupError(f"{name} is not installed")


# --- the rows ----------------------------------------------------------------------------------------------


def main(count: int = 1000, names: str = ",".join(PRODUCTS)) -> None:
    print(f"{count} feeds of {ENTRIES} entries, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in names.split(","):
        with ExitStack() as life:
            origin = life.enter_context(serving(count, ENTRIES))
            folder = Path(life.enter_context(tempfile.TemporaryDirectory()))
            try:
                product = PRODUCTS[name](life, folder, origin.urls)
            except (LookupError, ImportError) as missing:
                print(f"{name}: left out, {missing}")
                continue
            through(name, product, origin, count)
    if "ours" in names:
        over_tls(count)


def through(name: str, product: Product, origin: Origin, count: int) -> None:
    tell(name, "all new", product.measured(), count)
    tell(name, "304", median(product.measured() for _ in range(product.rounds)), count)
    tell(name, "one new in 10 %", median(after("fresh", product, origin)), count)
    origin.tell("bare")
    product.poll()  # with validators still
    tell(name, "same bytes", median(product.measured() for _ in range(product.rounds)), count)


def after(word: str, product: Product, origin: Origin) -> Iterator[Figure]:
    for _ in range(product.rounds):
        origin.tell(word)
        yield product.measured()


def median(figures: Iterator[Figure]) -> Figure:
    found = list(figures)
    return Figure(statistics.median(one.wall for one in found), statistics.median(one.cpu for one in found))


def tell(name: str, row: str, figure: Figure, count: int) -> None:
    limit = f"    at least {ROWS[row]}/s" if name == "ours" else ""
    print(f"{row:<16} {name:<10} {figure.told(count)}{limit}", flush=True)


def over_tls(count: int) -> None:
    """One core's worth: what a fresh connection costs of CPU is what bounds it."""
    with ExitStack() as life:
        folder = Path(life.enter_context(tempfile.TemporaryDirectory()))
        try:
            certify(folder)
        except LookupError as missing:
            return print(f"304, new TLS: left out, {missing}")
        origin = life.enter_context(serving(count, ENTRIES, folder))
        product = ours(life, folder, origin.urls)
        product.poll()
        origin.tell("close")
        product.poll()
        figure = median(product.measured() for _ in range(product.rounds))
        tell("ours", "304, new TLS", figure, count)
        print(f"{'':<27} {count / figure.cpu:7.0f}/s a core of its own")


def certify(folder: Path) -> None:
    """A certificate as most have it: P-256, here signed by itself."""
    hosts = ",".join(f"IP:{address(n)}" for n in range(HOSTS))
    command = [_found("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    named = ["-nodes", "-subj", "/CN=bench", "-addext", f"subjectAltName={hosts}", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *named, *files], check=True, stderr=subprocess.DEVNULL)


# --- in a process of its own -------------------------------------------------------------------------------


def lasting_ours(folder: Path) -> None:
    import asyncio

    from monitor import config
    from monitor.daemon import Daemon
    from monitor.ops import log
    from monitor.store import feeds
    from monitor.store.db import Db

    async def live() -> None:
        log.setup(StringIO())
        settings = config.load(folder / "config.yaml", {})
        with Db.open(settings.store, hold=True) as db:
            daemon = Daemon(settings, db)
            await daemon.start()
            async for _ in words():
                await daemon.poll_all()
            failing = [feed.state.error for feed in db.read_sync(feeds.get_all) if feed.state.error]
            assert not failing, failing[:3]
            await daemon.close()

    async def words() -> AsyncIterator[str]:
        while print("done", flush=True) is None and (word := await asyncio.to_thread(sys.stdin.readline)):
            yield word

    asyncio.run(live())


def lasting_reader(folder: Path) -> None:
    from reader import make_reader

    found = make_reader(str(folder / "reader.db"))
    for url in (folder / "urls").read_text().splitlines():
        found.add_feed(url)
    print("done", flush=True)
    for _ in sys.stdin:
        found.update_feeds(workers=10, scheduled=False)
        print("done", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", folder]:
            lasting_ours(Path(folder))
        case ["reader", folder]:
            lasting_reader(Path(folder))
        case [count, *names]:
            main(int(count), *names)
        case _:
            main()
