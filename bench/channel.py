"""What a channel sees of a day of headlines: messages of their own and replies, with stories and without.

    python -m bench.channel UCI_DIR [HOURS]

UCI_DIR holds uci-news-aggregator.csv.gz: headlines of 10 and 11 March 2014 from some 1,900 hosts. Each gets a
page that is made here: the headline once more as the lead, and paragraphs of plain words that tell nothing. A
daemon polls them hour by hour over loopback and judges them by a rule that matches all. "Same" is how many
pairs of articles in one story Google News had in one, too; its stories are broad: up to 322 headlines.
"""

import asyncio
import csv
import gzip
import io
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from monitor import config
from monitor.daemon import Daemon
from monitor.store.db import Db
from tests.doors.newsroom import Newsroom, entry, page, rss

HOURS = 24
HOSTS = 500  # addresses on loopback; hosts share them
PLAIN = ["people", "time", "day", "way", "part", "place", "case", "week", "company", "system", "number"]
PLAIN += ["group", "problem", "fact", "month", "lot", "right", "study", "book", "eye", "job", "word", "side"]
PLAIN += ["business", "issue", "kind", "head", "house", "service", "friend", "father", "power", "hour"]
PLAIN += ["line", "end", "member", "law", "car", "city", "name", "team", "minute", "idea", "body", "level"]


@dataclass(frozen=True, slots=True)
class Headline:
    id: int
    title: str
    publisher: str
    host: str
    story: str  # as Google News has it
    at: datetime


def main(folder: Path, hours: int = HOURS) -> None:
    headlines = read(folder, hours)
    print(f"{len(headlines):,} headlines of {hours} h from {len({one.host for one in headlines}):,} hosts")
    for grouping in ("apart", "thread"):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(day(Path(home), headlines, grouping))
            report(Path(home), headlines, grouping)
        print(f"         {time.monotonic() - started:.0f} s")


def read(folder: Path, hours: int) -> tuple[Headline, ...]:
    """The first hours of the stream, moved to end now."""
    text = gzip.decompress((folder / "uci-news-aggregator.csv.gz").read_bytes()).decode("utf-8", "replace")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if (row["TIMESTAMP"] or "").isdigit()]
    first = int(rows[0]["TIMESTAMP"])
    end = first + hours * 3_600_000
    now = datetime.now(UTC).replace(microsecond=0)
    return tuple(
        Headline(
            id=int(row["ID"]),
            title=row["TITLE"],
            publisher=row["PUBLISHER"],
            host=row["HOSTNAME"],
            story=row["STORY"],
            at=now - timedelta(milliseconds=end - int(row["TIMESTAMP"])),
        )
        for row in rows
        if int(row["TIMESTAMP"]) < end
    )


async def day(home: Path, headlines: Sequence[Headline], grouping: str) -> None:
    """Hour by hour: what was published, polled and judged."""
    by_hour: dict[int, list[Headline]] = defaultdict(list)
    for one in headlines:
        by_hour[int((one.at - headlines[0].at) / timedelta(hours=1))].append(one)
    hosts = {host: number for number, host in enumerate(dict.fromkeys(one.host for one in headlines))}
    async with Newsroom(hosts=HOSTS) as news:
        feeds = [news.publish(f"/feed/{hour}", rss([]), "application/rss+xml") for hour in by_hour]
        path = home / "config.yaml"
        path.write_text(settings(feeds, grouping))
        loaded = config.load(path, {})
        daemon = Daemon(loaded, Db.open(loaded.store, hold=True))
        await daemon.start()
        for hour, told in by_hour.items():
            for one in told:
                news.publish(f"/{one.id}", made(one))
            entries = [
                entry(one.title, news.url(f"/{one.id}", hosts[one.host] % HOSTS), published=one.at)
                for one in told
            ]
            news.publish(f"/feed/{hour}", rss(entries), "application/rss+xml")
            await daemon.poll_all()
            await daemon.judgements.once()
        await daemon.close()


def settings(feeds: Iterable[str], grouping: str) -> str:
    return "\n".join(
        [
            *("feeds:", *(f"  - {{url: '{feed}', every: 5s}}" for feed in feeds)),
            *("rules:", "  - said"),
            "fetch: {allow_networks: [127.0.0.0/8], every: 5s}",
            f"first_look: alert\nstories: {grouping}\n",
        ]
    )


def made(one: Headline) -> bytes:
    chance = random.Random(one.id)
    plain = [" ".join(chance.choices(PLAIN, k=30)).capitalize() + "." for _ in range(3)]
    return page(one.title, [f"{one.title}, {one.publisher} said.", *plain])


def report(home: Path, headlines: Sequence[Headline], grouping: str) -> None:
    with sqlite3.connect(f"file:{home}/wirewatch.db?mode=ro", uri=True) as store:
        roots, replies = store.execute(
            "select sum(root_id is null), sum(root_id is not null) from outbox where kind = 'alert'"
        ).fetchone()
        states = dict(store.execute("select state, count(*) from entries group by state"))
        rows = store.execute("select story_id, link from members join entries on entries.id = entry_id")
        stories: dict[int, list[int]] = defaultdict(list)
        for story, link in rows:
            stories[story].append(int(link.rpartition("/")[2]))
        news = store.execute("select count(*) from members where how != '' and news != '[]'").fetchone()[0]
    sizes = sorted(map(len, stories.values()), reverse=True)
    known = {one.id: one.story for one in headlines}
    same = Counter(known[one] == known[two] for one, two in pairs(stories.values()))
    print(f"{grouping:7}  {roots:,} messages, {replies or 0:,} replies of which {news:,} say something new")
    print(f"         {len(stories):,} stories, the largest {sizes[:5]}; entries {states}")
    print(f"         same in {same[True]:,} of {same.total():,} pairs")


def pairs(stories: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    for story in stories:
        yield from combinations(story, 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
