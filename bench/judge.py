"""Pages a second, fetch aside: ours against bare trafilatura, on the same pages with as many processes.

    python -m bench.judge PAGES_DIR      *.html and *.html.gz below it

Bare: trafilatura.extract(page), its defaults, in a plain process pool. Ours: Workers.read_page, that is
charset, limits, zones, related lines, title, language and date besides the text. Rounds alternate, so drift
cancels.
"""

import asyncio
import gzip
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from monitor.model import Unreadable
from monitor.workers import Workers

PROCESSES = 2
ROUNDS = 5


def main(folder: str) -> None:
    pages = read_pages(Path(folder))
    size = sum(map(len, pages)) / len(pages) / 1000
    print(f"{len(pages)} pages, {size:.0f} kB on average, {PROCESSES} processes each side")
    with ProcessPoolExecutor(PROCESSES) as bare, asyncio.Runner() as runner:
        ours = Workers(PROCESSES)
        rounds = [
            (timed(lambda: bare_round(bare, pages)), timed(lambda: runner.run(our_round(ours, pages))))
            for _ in range(ROUNDS + 1)
        ][1:]  # the first warms caches on both sides
        ours.close()
    for number, (theirs, mine) in enumerate(rounds, 1):
        rates = (
            f"trafilatura {len(pages) / theirs:5.1f} pages/s    wirewatch {len(pages) / mine:5.1f} pages/s"
        )
        print(f"round {number}: {rates}    ratio {theirs / mine:.2f}")
    print(f"median ratio {statistics.median(theirs / mine for theirs, mine in rounds):.2f}")


def read_pages(folder: Path) -> list[bytes]:
    packed = [gzip.decompress(path.read_bytes()) for path in sorted(folder.rglob("*.html.gz"))]
    return packed + [path.read_bytes() for path in sorted(folder.rglob("*.html"))]


def bare_round(pool: ProcessPoolExecutor, pages: list[bytes]) -> None:
    list(pool.map(bare_extract, pages))


def bare_extract(page: bytes) -> str | None:
    from trafilatura import extract

    return extract(page)


async def our_round(workers: Workers, pages: list[bytes]) -> None:
    answers = await asyncio.gather(
        *(workers.read_page(page, "https://news.example/", "text/html") for page in pages)
    )
    if all(isinstance(answer, Unreadable) for answer in answers):
        sys.exit(f"nothing could be read: {answers[0]}")


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
