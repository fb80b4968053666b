"""What feeds answered to somebody who asked again and again, read from folders of polled feeds.

A folder of a feed holds `polls.tsv.gz`, a line a poll, and the bodies it names. An arrival log holds a line
an entry, with the time when it was first seen: it becomes JSON Feeds of what came together and some before.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

WINDOW = 40  # entries of a feed made from a log; older ones have left it
JSON_FEED = "application/feed+json"


@dataclass(frozen=True, slots=True)
class Poll:
    """One answer, and when it came."""

    at: datetime
    packed: bytes  # gzip
    type: str = "application/xml"

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.packed) if self.packed else b""


@dataclass(frozen=True, slots=True)
class History:
    """All answers of one feed that are known, in order of time."""

    name: str
    polls: tuple[Poll, ...]


def histories(folder: Path) -> Iterator[History]:
    """Every feed below a folder, by name."""
    for listed in sorted(folder.rglob("polls.tsv.gz")):
        where = listed.parent
        if any(where.glob("*.xml.gz")):
            yield History(_name(where, folder), tuple(_polled(listed, "application/xml")))
        else:
            yield from _snapshots(_name(where, folder), listed)
    for first in sorted(folder.rglob("1.xml.gz")):
        pair = (first, first.with_name("2.xml.gz"))
        moments = (datetime(2014, 1, 1, hour, tzinfo=UTC) for hour in (0, 1))
        answers = (Poll(at, path.read_bytes()) for at, path in zip(moments, pair, strict=True))
        yield History(_name(first.parent, folder), tuple(answers))
    for log in sorted(folder.rglob("*.jsonl.gz")):
        yield from _arrivals(_name(log.parent, folder), log)


def _name(where: Path, folder: Path) -> str:
    return str(where.relative_to(folder))


def _polled(listed: Path, kind: str) -> Iterator[Poll]:
    """A line without a file is a poll that brought what the one before did."""
    body, last = b"", None
    for row in csv.DictReader(io.StringIO(gzip.decompress(listed.read_bytes()).decode()), delimiter="\t"):
        at = _moment(row["utc"])
        body = (listed.parent / row["file"]).read_bytes() if row["file"] else body
        if last is None or at > last:
            last = at
            yield Poll(at, body, kind)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


# --- what is no feed yet ------------------------------------------------------------------------------------


def _snapshots(name: str, listed: Path) -> Iterator[History]:
    """Pages of several sources -> a feed of each."""
    found: dict[str, list[Poll]] = {}
    for poll in _polled(listed, JSON_FEED):
        entries = sorted(json.loads(poll.body)["items"], key=_source)
        for source, own in groupby(entries, _source):
            found.setdefault(source, []).append(Poll(poll.at, _feed(own), JSON_FEED))
    for source, polls in found.items():
        yield History(f"{name}/{source}", tuple(polls))


def _source(entry: Mapping[str, Any]) -> str:
    return str(entry["source"])


def _arrivals(name: str, log: Path) -> Iterator[History]:
    lines = [json.loads(line) for line in gzip.decompress(log.read_bytes()).decode().splitlines()]
    if lines and _came(lines[0]):
        yield History(name, tuple(_batches(sorted(lines, key=_came))))


def _came(line: Mapping[str, Any]) -> str:
    """When it was first seen; empty: this is no log of arrivals."""
    return str(line.get("first_seen") or line.get("collectedAt") or "")


def _batches(lines: Sequence[Mapping[str, Any]]) -> Iterator[Poll]:
    """Lines of one minute came together; those before them stay for a while."""
    shown: list[Mapping[str, Any]] = []
    for minute, batch in groupby(lines, lambda line: _stamp(_came(line)).replace(second=0, microsecond=0)):
        new = {_address(line): line for line in batch}
        shown = [*new.values(), *(line for line in shown if _address(line) not in new)][
            : max(WINDOW, len(new))
        ]
        yield Poll(minute, _feed(shown), JSON_FEED)


def _address(line: Mapping[str, Any]) -> str:
    """An edited headline takes the place of the one before."""
    return str(line.get("url") or line.get("link")).partition("#")[0]


def _stamp(text: str) -> datetime:
    return _moment(text) if text.endswith("Z") and "-" not in text else datetime.fromisoformat(text)


def _feed(lines: Iterable[Mapping[str, Any]]) -> bytes:
    entries = [
        {
            "id": line.get("id") or line.get("url") or line.get("link"),
            "url": line.get("url") or line.get("link"),
            "title": line.get("title"),
            "content_html": line.get("text") or line.get("description") or line.get("summary") or "",
            "date_published": line.get("published") or line.get("pubDate"),
        }
        for line in lines
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A history", "items": entries}
    return gzip.compress(json.dumps(feed, ensure_ascii=False).encode(), compresslevel=1, mtime=0)


# --- an invented one ----------------------------------------------------------------------------------------


def invented(bodies: Sequence[bytes], every: timedelta = timedelta(hours=1)) -> History:
    """A history of these answers, one after the other."""
    begin = datetime(2026, 1, 5, tzinfo=UTC)
    polls = (
        Poll(begin + n * every, gzip.compress(body, mtime=0) if body else b"")
        for n, body in enumerate(bodies)
    )
    return History("invented", tuple(polls))
