"""A daemon that takes 100,000 new rules: how long until they count, and how long its loop stands still.

    python -m bench.reload [RULES] [LANGUAGE ...]

The loop is asked every 2 ms for the time; the longest wait for an answer is its pause. While it stands,
nothing is polled, judged or sent.
"""

import asyncio
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.footprint import resident
from monitor import config
from monitor.daemon import Daemon
from monitor.store.db import Db
from rules.text.forms import vocabulary

LIMIT_MS = 250  # a post on its way, a page that comes in: nobody notices so little


def main(count: int = 100_000, *languages: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measured(Path(name) / "config.yaml", count, languages or ("en",)))


async def measured(path: Path, count: int, languages: Sequence[str]) -> None:
    words = [word for word in vocabulary("en") if word.isascii() and 3 < len(word) < 12]
    write(path, languages, mixed(words, count, 1))
    begin = time.perf_counter()
    settings = config.load(path, os.environ)
    print(f"{count:,} rules: loaded in {time.perf_counter() - begin:.1f} s, {memory()}")
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        async with watched(f"learning {', '.join(languages)}"):
            await daemon.start()
            await daemon._lessons.take(settings.rules, languages)
        rules = list(mixed(words, count, 1))
        write(path, languages, [*rules[:-1], "orchard AND volcano"])
        async with watched("reload, one rule changed"):
            await daemon.reload()
        write(path, languages, mixed(words, count, 2))
        async with watched("reload, every rule changed"):
            await daemon.reload()
        write(path, languages, mixed(words, count, 3))
        async with watched("and once more"):
            await daemon.reload()
        await daemon.close()


@asynccontextmanager
async def watched(what: str) -> AsyncIterator[None]:
    pauses = [0.0]

    async def ask() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            pauses.append(time.perf_counter() - before - 0.002)

    asking = asyncio.create_task(ask())
    begin = time.perf_counter()
    yield
    took = time.perf_counter() - begin
    await asyncio.sleep(0.1)
    asking.cancel()
    worst = ", ".join(f"{1000 * pause:.0f}" for pause in sorted(pauses, reverse=True)[:3])
    print(f"{what}: {took:.1f} s, longest pauses {worst} ms    limit {LIMIT_MS} ms; {memory()}")


def memory() -> str:
    return f"{resident(os.getpid()):.0f} MB resident, {len(gc.get_objects()):,} objects to collect"


def write(path: Path, languages: Sequence[str], rules: Iterator[str] | Sequence[str]) -> None:
    settings = {"feeds": ["https://feeds.example/1"], "languages": list(languages), "rules": list(rules)}
    path.write_text(json.dumps(settings, indent=0))


def mixed(words: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Half a AND b, a fifth groups, the rest phrases, NEAR and NOT."""
    chance = random.Random(seed)
    seen = set()
    while len(seen) < count:
        a, b, *more = chance.sample(words, 8)
        group = f"({' OR '.join(more)})"
        shapes = [f"{a} AND {b}"] * 5 + [f"({a} OR {b}) AND {group}"] * 2
        shapes += [f'"{a} {b}"', f"{a} NEAR/10 {group}", f"{a} AND {b} NOT {more[0]}"]
        text = chance.choice(shapes)
        if text not in seen:
            seen.add(text)
            yield text


if __name__ == "__main__":
    main(*(int(word) if word.isdecimal() else word for word in sys.argv[1:]))  # type: ignore[arg-type]
