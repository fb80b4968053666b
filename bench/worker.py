"""What 10,000 pages leave in the worker that reads them, where nothing recycles it.

    python -m bench.worker PAGES_DIR [PAGES]     *.html and *.html.gz below it

The pages are read again and again, every time with other words and other addresses (letters change places),
so that what a cache keeps of a page is never met again. Memory: the worker's resident set every 1,000 pages.
"""

import asyncio
import random
import re
import string
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path

from bench.footprint import resident
from bench.judge import read_pages
from monitor.workers import MEGABYTE, Limits, Workers

PAGES, STEP = 10_000, 1_000
LOOK = Limits(cpu=1, wall=10, memory=1024 * MEGABYTE)
# What people read, and where its links lead; scripts and attributes stay, so that a page is a page.
_SITE = re.compile(rb"((?:https?:)?//)?((?(1)[^/]*))(.*)", re.DOTALL)
_VARIED = re.compile(
    rb"<script.*?</script>|<style.*?</style>|(?<=>)[^<]+|(?<=href=\")[^\"]+", re.DOTALL | re.I
)


def varied(pages: Sequence[bytes]) -> Iterator[bytes]:
    """First as they are, then in ever other words."""
    yield from pages
    letters = string.ascii_lowercase.encode()
    for seed in count(1):
        others = bytes(random.Random(seed).sample(letters, len(letters)))
        said_otherwise = partial(_said_otherwise, table=bytes.maketrans(letters, others))
        yield from (_VARIED.sub(said_otherwise, page) for page in pages)


def _said_otherwise(found: re.Match[bytes], table: bytes) -> bytes:
    if found[0].startswith(b"<"):
        return found[0]
    before, host, path = _SITE.fullmatch(found[0]).groups(b"")  # type: ignore[union-attr]
    return b"".join((before, host, path.translate(table)))


def memory(_body: bytes) -> float:
    """Of the worker that is asked."""
    return resident("self")


async def main(folder: str, pages: int = PAGES) -> None:
    found = read_pages(Path(folder))
    print(f"{len(found)} pages, read until there were {pages:,}, each round in other words", flush=True)
    workers = Workers(1, recycled_after=0)
    try:
        for number, page in enumerate(islice(varied(found), pages + 1)):
            if number % STEP == 0:
                print(f"{number:7,} pages  {await workers.read(memory, LOOK, b''):6.1f} MB", flush=True)
            address = f"https://paper{number % 97}.example/{number}"
            await workers.read_page(page, address, "text/html")
    finally:
        workers.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
