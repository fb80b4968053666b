"""What the tests of other parsers expect of small feeds is a floor; real feeds, old and new, are all read."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from monitor.model import FeedRead, Unreadable
from monitor.sources.feed import read_feed
from monitor.workers import FEED
from tests.quality.claims import deviations, of_feedparser, of_gofeed
from tests.quality.corpora import HERE, corpus, fallen

NAME = "feed claims"
CLAIMS = {"feedparser-tests": of_feedparser, "gofeed-testdata": of_gofeed}
LANGUAGES = sorted(CLAIMS)
CORPORA = {name: name for name in CLAIMS}
LISTED = yaml.safe_load((HERE / "deviations.yaml").read_text(encoding="utf-8"))
REAL = {"speedparser-feeds-2011": "feeds", "fastfeedparser-bench": "."}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def measured(folder: Path, name: str) -> dict[str, float]:
    """The share of the expected values of each field that we agree with."""
    counts, off = deviations(folder, CLAIMS[name](folder))
    return {what: 1 - sum(claim.what == what for claim in off) / count for what, count in counts.items()}


@pytest.mark.parametrize("name", LANGUAGES)
def test_feeds_read_as_their_tests_expect(name: str) -> None:
    assert not fallen(NAME, name, measured(corpus(name), name))


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_deviation_is_listed_with_its_reason(name: str) -> None:
    folder = corpus(name)
    _, off = deviations(folder, CLAIMS[name](folder))
    listed = [line for lines in LISTED[name].values() for line in lines]
    assert sorted(claim.name for claim in off) == sorted(listed)


@pytest.mark.parametrize("name", REAL)
def test_a_real_feed_is_read_within_the_limits_or_named(name: str) -> None:
    """The limit is that of a worker; here the daemon's own process reads, so a crash would end the test."""
    folder = corpus(name)
    slow, named, entries = [], 0, 0
    for path in sorted((folder / REAL[name]).rglob("*.gz")):
        if path.name.endswith(".json.gz"):
            continue
        started = time.process_time()
        read = read_feed(gzip.decompress(path.read_bytes()), "https://feed.example/", "", NOW)
        if time.process_time() - started > FEED.cpu:
            slow.append(path.name)
        match read:
            case Unreadable(reason):
                named += 1
                assert reason.startswith("not a feed")
            case FeedRead():
                entries += len(read.entries)
    assert not slow
    assert entries > 2000
    assert named < 20
