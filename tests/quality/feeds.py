"""Feed documents by others."""

import gzip
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.quality.corpora import DATA

# WIREWATCH_ALL=1: every file, for ten minutes. Else a sample, chosen by the names of the files.
ALL = bool(os.environ.get("WIREWATCH_ALL"))
SAMPLE = 12  # one file in so many
FOLDERS = (
    *("feedparser-tests", "gofeed-testdata", "miniflux-testdata", "codehollow-feeds", "fastfeedparser-bench"),
    *("speedparser-feeds-2011", "iraqinews-feed", "misc-real-feeds"),
)
FEEDS = {".xml", ".rss", ".atom", ".rdf", ".dat", ".json"}


def documents(folder: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the feeds in a folder of the data; the test ends where it is missing."""
    if not (DATA / folder).is_dir():
        pytest.skip(f"{folder} is not in {DATA}: set WIREWATCH_DATA to the folder that holds it")
    paths = sorted(path for path in (DATA / folder).rglob("*") if path.is_file() and _is_feed(path))
    for path in paths if ALL else paths[::SAMPLE]:
        yield path.relative_to(DATA).as_posix(), content(path)


def histories() -> Mapping[str, list[Path]]:
    """The polls of every feed that was polled again and again, in their order, by its folder."""
    found: dict[str, list[Path]] = {}
    for path in sorted((DATA / "sequences").rglob("*.xml.gz")):
        found.setdefault(path.parent.relative_to(DATA / "sequences").as_posix(), []).append(path)
    return found


def content(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" and body else body


def _is_feed(path: Path) -> bool:
    return bool(FEEDS & set(path.suffixes)) and not path.name.endswith(".json.gz")
