"""The writer, the readers, the hold and the way a store is opened, on both databases."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BOOLEAN, TEXT, MetaData, Table, event, insert, inspect, text

from monitor.errors import StoreError, StoreHeld
from monitor.model import Hints
from monitor.store import engines, entries, feeds, upgrade, vitals
from monitor.store.db import Db, Tx
from monitor.store.schema import REVISION, VERSION_TABLE, metadata
from tests.doors.stores import NOON, disk_with


def beat(key: str) -> Any:
    return lambda tx: vitals.beat(tx, key, key, NOON)


def value(key: str) -> Any:
    return lambda tx: (vitals.vital(tx, key) or (None,))[0]


def broken(tx: Tx) -> None:
    vitals.beat(tx, "broken", "half", NOON)
    raise ZeroDivisionError("a fault in an act")


class Commits:
    """Counts the commits of the writer."""

    def __init__(self, db: Db) -> None:
        self.count = 0
        event.listen(db._writer, "commit", self._seen)

    def _seen(self, _connection: object) -> None:
        self.count += 1


# --- writing ------------------------------------------------------------------------------------------------


async def test_many_acts_share_few_commits(db: Db) -> None:
    commits = Commits(db)
    await asyncio.gather(*(db.write(beat(f"k{n}"), urgent=False) for n in range(1000)))
    assert commits.count <= 10
    assert await db.read(value("k999")) == "k999"


async def test_an_answer_comes_after_the_commit(db: Db, address: str) -> None:
    await db.write(beat("kept"))
    with Db.open(address) as other:
        assert other.read_sync(value("kept")) == "kept"


async def test_an_urgent_act_takes_the_waiting_ones_along(db: Db) -> None:
    commits = Commits(db)
    slow = [asyncio.create_task(db.write(beat(f"k{n}"), urgent=False)) for n in range(5)]
    await asyncio.sleep(0)
    await db.write(beat("now"))
    await asyncio.gather(*slow)
    assert commits.count <= 2  # the first of them may have been on its way already


async def test_a_failing_act_fails_alone(db: Db) -> None:
    acts = [beat("before"), broken, beat("after")]
    before, failed, after = await asyncio.gather(*map(db.write, acts), return_exceptions=True)
    assert (before, after) == (None, None)
    assert isinstance(failed, ZeroDivisionError)
    assert await db.read(value("before")) == "before"
    assert await db.read(value("after")) == "after"
    assert await db.read(value("broken")) is None


async def test_an_act_the_database_refuses_is_told_as_a_store_error(db: Db) -> None:
    with pytest.raises(StoreError, match="store "):
        await db.write(lambda tx: tx.execute(text("INSERT INTO nowhere VALUES (1)")))
    await db.write(beat("goes on"))
    assert await db.read(value("goes on")) == "goes on"


async def test_a_cancelled_caller_does_not_undo_its_act(db: Db, address: str) -> None:
    busy = threading.Event()
    first = asyncio.create_task(db.write(lambda tx: busy.wait(10)))
    second = asyncio.create_task(db.write(beat("settled")))
    await asyncio.sleep(0)
    second.cancel()
    busy.set()
    await first
    await db.close()
    with Db.open(address) as again:
        assert again.read_sync(value("settled")) == "settled"


async def test_closing_writes_what_waits(address: str) -> None:
    db = Db.open(address)
    writes = [asyncio.create_task(db.write(beat(f"k{n}"), urgent=False)) for n in range(300)]
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*writes)
    with Db.open(address) as again:
        assert again.read_sync(value("k299")) == "k299"


async def test_a_closed_store_says_so(db: Db) -> None:
    await db.close()
    with pytest.raises(StoreError, match="is closed"):
        await db.write(beat("late"))


async def test_readers_cannot_write(db: Db) -> None:
    with pytest.raises(StoreError, match=r"read.?only|cannot be written"):
        await db.read(beat("sneaked in"))


async def test_a_reader_does_not_wait_for_the_writer(db: Db) -> None:
    done = threading.Event()
    writing = asyncio.create_task(db.write(lambda tx: (beat("slow")(tx), done.wait(10))))
    try:
        assert await db.read(value("slow")) is None
    finally:
        done.set()
    await writing
    assert await db.read(value("slow")) == "slow"


# --- what a disk and other programs do --------------------------------------------------------------------


async def test_a_locked_database_is_waited_for(sqlite_address: str, tmp_path: Path) -> None:
    with Db.open(sqlite_address) as db:
        backup = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        backup.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(db.write(beat("patient")))
        while not db.trouble:  # noqa: ASYNC110 - a word, not an event
            await asyncio.sleep(0.01)
        assert "is locked by another program" in db.trouble
        assert not writing.done()
        backup.execute("ROLLBACK")
        await writing
        assert db.read_sync(value("patient")) == "patient"
        assert db.trouble == ""
        backup.close()


async def test_a_full_disk_is_told_and_leaves_nothing_half_written(sqlite_address: str) -> None:
    with Db.open(sqlite_address) as db:
        await db.write(lambda tx: disk_with(tx, pages=2))
        acts = [beat("small"), lambda tx: vitals.beat(tx, "large", "x" * 200_000, NOON)]
        small, large = await asyncio.gather(*map(db.write, acts), return_exceptions=True)
        assert small is None
        assert isinstance(large, StoreError)
        assert "the disk is full; free some space" in str(large)
        await db.write(lambda tx: disk_with(tx, pages=10_000))
        await db.write(acts[1])
        assert await db.read(value("small")) == "small"


async def test_a_store_deleted_under_us_is_noticed(sqlite_address: str, tmp_path: Path) -> None:
    with Db.open(sqlite_address) as db:
        await db.write(beat("kept"))
        (tmp_path / "store.db").rename(tmp_path / "moved.db")
        with pytest.raises(StoreError, match="was deleted or replaced under us"):
            await db.write(beat("into the void"))
        (tmp_path / "moved.db").rename(tmp_path / "store.db")
        await db.write(beat("back"))


async def test_a_server_that_drops_us_is_asked_again(postgres_address: str, postgres: str) -> None:
    with Db.open(postgres_address, hold=True) as db:
        await db.write(beat("before"))
        _drop_connections(postgres)
        await db.write(beat("after"))
        assert await db.read(value("after")) == "after"
        with pytest.raises(StoreHeld):
            Db.open(postgres_address, hold=True)


def _drop_connections(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wirewatch %'"
        )


KILLED = """
import asyncio, sys
from monitor.store import vitals
from monitor.store.db import Db
from tests.doors.stores import NOON

def pair(n):
    def act(tx):
        vitals.beat(tx, f"left {n}", n, NOON)
        vitals.beat(tx, f"right {n}", n, NOON)
    return act

async def one(db, n):
    await db.write(pair(n), urgent=n % 3 == 0)
    print(n, flush=True)

async def main():
    db = Db.open(sys.argv[1], hold=True)
    for start in range(0, 10**6, 50):
        await asyncio.gather(*(one(db, n) for n in range(start, start + 50)))

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 60, 333])
def test_kill_minus_nine_leaves_whole_acts_and_every_one_that_was_answered(address: str, after: int) -> None:
    daemon = subprocess.Popen([sys.executable, "-c", KILLED, address], stdout=subprocess.PIPE, text=True)
    assert daemon.stdout
    answered = [int(daemon.stdout.readline()) for _ in range(after)]
    daemon.send_signal(signal.SIGKILL)
    answered += [int(line) for line in daemon.stdout if line.endswith("\n")]
    daemon.wait()
    daemon.stdout.close()
    with Db.open(address, hold=True) as db:
        left, right = (_numbers(db, side) for side in ("left", "right"))
    assert left == right
    assert left.issuperset(answered)


def _numbers(db: Db, side: str) -> set[int]:
    asked = text("SELECT value FROM vitals WHERE key LIKE :side").bindparams(side=f"{side} %")
    return set(map(int, db.read_sync(lambda tx: tx.scalars(asked).all())))


# --- opening ------------------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_schema(tx: Tx) -> None:
    context = MigrationContext.configure(tx, opts={"version_table": VERSION_TABLE})
    assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_schemas_revision() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from monitor.store.upgrade import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_a_store_of_the_first_schema_keeps_what_it_holds(address: str) -> None:
    old = Db(engines.address_of(address), hold=False)
    with old, old._writer.begin() as tx:
        upgrade.upgrade(tx, "0001")
        add_row(tx, "feeds", id=1, key="k", url="https://news.example/feed", tags="[]", host="news.example")
        for number, language in enumerate(("en", "")):
            page = {"blocks": '[["body", "Missiles."]]', "language": language, "source": "page"}
            add_row(tx, "entries", id=number, feed_id=1, blocks="[]", state="no match", due_at=0)
            add_row(tx, "articles", entry_id=number, **page)
    with Db.open(address) as db:
        first, second = db.read_sync(lambda tx: entries.due(tx, NOON, 10))
        read = db.read_sync(lambda tx: [entries.article(tx, number) for number in (0, 1)])
        (feed,) = db.read_sync(lambda tx: feeds.get_all(tx, active=False))
    assert feed.state.hints == Hints()
    assert [article.languages for article in read if article] == [("en",), ()]
    assert (first.feed_url, second.entry.categories) == ("https://news.example/feed", ())


def add_row(tx: Tx, table: str, **values: object) -> None:
    """A row of a table as it stands now; what is not given is empty, or zero."""
    here = Table(table, MetaData(), autoload_with=tx)
    empty = {TEXT: "", BOOLEAN: False}
    plain = {column.name: empty.get(type(column.type), 0) for column in here.columns if not column.nullable}
    tx.execute(insert(here).values(plain | values))


def test_opening_again_changes_nothing(address: str) -> None:
    with Db.open(address) as db:
        db.write_sync(beat("kept"))
    with Db.open(address) as db:
        assert db.read_sync(value("kept")) == "kept"


def test_two_commands_may_create_a_store_at_once(address: str) -> None:
    opened: list[Db] = []
    threads = [threading.Thread(target=lambda: opened.append(Db.open(address))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for db in opened:
        db.close_sync()


def test_a_change_of_the_schema_happens_whole_or_not_at_all(db: Db) -> None:
    with pytest.raises(KeyboardInterrupt), db._writer.begin() as tx:
        tx.execute(text("CREATE TABLE half (id INTEGER)"))
        raise KeyboardInterrupt
    assert "half" not in db.read_sync(lambda tx: inspect(tx).get_table_names())


def test_a_store_of_a_newer_version_is_refused(address: str) -> None:
    with Db.open(address) as db:
        db.write_sync(lambda tx: tx.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")))
    with pytest.raises(StoreError, match=r"written by a newer wirewatch \(schema 9999"):
        Db.open(address)


def test_another_programs_database_is_refused(address: str, sqlite_address: str, tmp_path: Path) -> None:
    with Db.open(address) as db:
        db.write_sync(lambda tx: tx.execute(text(f"DROP TABLE {VERSION_TABLE}")))
    with pytest.raises(StoreError, match="holds tables of another program"):
        Db.open(address)


def test_a_second_daemon_is_refused_and_told_who_holds_the_store(address: str) -> None:
    with Db.open(address, hold=True):
        with pytest.raises(
            StoreHeld, match=rf"another wirewatch \(.*pid {os.getpid()}.*\) runs on this store"
        ):
            Db.open(address, hold=True)
        assert StoreHeld.exit_code == 75


def test_commands_work_while_the_daemon_holds_the_store(address: str) -> None:
    with Db.open(address, hold=True) as daemon:
        daemon.write_sync(beat("alive"))
        with Db.open(address) as command:
            assert command.read_sync(value("alive")) == "alive"


def test_a_store_is_free_when_its_daemon_has_closed_it(address: str) -> None:
    Db.open(address, hold=True).close_sync()
    Db.open(address, hold=True).close_sync()


def test_a_forked_child_does_not_keep_the_hold(sqlite_address: str) -> None:
    db = Db.open(sqlite_address, hold=True)
    asleep, wake = os.pipe()
    child = os.fork()
    if not child:
        os.read(asleep, 1)
        os._exit(0)
    db.close_sync()
    try:
        Db.open(sqlite_address, hold=True).close_sync()
    finally:
        os.write(wake, b"x")
        os.waitpid(child, 0)
        os.close(asleep)
        os.close(wake)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "this is not an address"),
        ("wirewatch.db", "this is not an address"),
        ("mysql://root:hunter2@db/wire", "mysql is not a database wirewatch knows"),
        ("sqlite://", "sqlite needs a file"),
        ("sqlite:///:memory:", "sqlite needs a file"),
        ("sqlite:////nowhere/at/all/wire.db", "cannot be opened; it is a file, and its directory must exist"),
        ("postgresql://me:hunter2@127.0.0.1:1/wire?password=hunter2&connect_timeout=1", "cannot be reached"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why_and_no_secret(address: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Db.open(address, patience_s=0)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("just words " * 1000)
    with pytest.raises(StoreError, match="is damaged or not a wirewatch store; put a backup in its place"):
        Db.open(f"sqlite:///{tmp_path}/store.db")


def test_a_damaged_database_is_refused(sqlite_address: str, tmp_path: Path) -> None:
    Db.open(sqlite_address).close_sync()
    path = tmp_path / "store.db"
    path.write_bytes(path.read_bytes()[:100] + os.urandom(5000))
    with pytest.raises(StoreError, match="is damaged"):
        Db.open(sqlite_address)


def test_a_directory_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened|cannot write"):
        Db.open(f"sqlite:///{tmp_path}", hold=True)


def test_commits_are_on_the_disk(sqlite_address: str) -> None:
    with Db.open(sqlite_address) as db:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        found = db.write_sync(lambda tx: [tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas])
    assert found == ["wal", 2, 1]  # 2: FULL
