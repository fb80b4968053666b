"""Real processes that spin, swell, crash and hang."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from string import ascii_lowercase

import pytest
import pytest_asyncio
from pebble import ProcessExpired

from monitor import workers
from monitor.model import Article, FeedRead, Unreadable
from monitor.workers import MEGABYTE, Limits, Workers
from tests.doors import hogs

Hog = Callable[[bytes], object]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIGHT = Limits(cpu=1, wall=60, memory=320 * MEGABYTE)
PATIENT = Limits(cpu=60, wall=300, memory=300 * MEGABYTE)
IMPATIENT = Limits(cpu=60, wall=1, memory=300 * MEGABYTE)
FEED = b"<rss version='2.0'><channel><item><title>Rockets over Basra</title></item></channel></rss>"
PAGE = (
    b"<html><body><article><p>"
    + b"Missiles were moved through Iraq at night. " * 20
    + b"</p></article></body></html>"
)


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


async def test_feeds_and_pages_are_read_in_another_process(pool: Workers) -> None:
    read = await pool.read_feed(FEED, "https://news.example/feed", "", NOW)
    page = await pool.read_page(PAGE, "https://news.example/1", "text/html")
    assert isinstance(read, FeedRead) and read.entries[0].title == "Rockets over Basra"
    assert isinstance(page, Article) and "Missiles" in page.text
    assert await pool.read(hogs.answer, TIGHT, b"") != os.getpid()


def test_the_daemon_itself_never_loads_the_libraries() -> None:
    heavy = "{'feedparser', 'trafilatura', 'lxml.html', 'py3langid'}"
    script = f"import monitor.daemon, sys; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("hog", "limits", "reason"),
    [
        (hogs.spin, TIGHT, "took more than 1 s of CPU to read"),
        (hogs.sleep, IMPATIENT, "took longer than 1 s to read"),
        (hogs.swell, TIGHT, "needed more than 320 MB of memory to read"),
        pytest.param(hogs.crash, TIGHT, "crashed its reader (SIGSEGV)", id="P09 SIGSEGV"),
        (hogs.vanish, TIGHT, "its reader was killed from outside (exit code -9)"),
        (hogs.stumble, TIGHT, "could not be read: ValueError: what a day"),
    ],
)
async def test_a_hostile_document_costs_itself_only(
    pool: Workers, hog: Hog, limits: Limits, reason: str
) -> None:
    read = await pool.read(hog, limits, b"hostile")
    assert isinstance(read, Unreadable) and read.reason == reason
    assert isinstance(await pool.read_feed(FEED, "https://news.example/feed", "", NOW), FeedRead)


@pytest.mark.parametrize(
    ("hog", "limits", "passing"),
    [
        (hogs.vanish, TIGHT, True),
        (hogs.sleep, IMPATIENT, True),
        (hogs.crash, TIGHT, False),
        (hogs.stumble, TIGHT, False),
    ],
)
async def test_what_may_not_be_the_fault_of_a_document_is_told_apart(
    pool: Workers, hog: Hog, limits: Limits, passing: bool
) -> None:
    read = await pool.read(hog, limits, b"unlucky")
    assert isinstance(read, Unreadable) and read.passing is passing


@pytest.mark.parametrize(
    ("hog", "limits", "reason"),
    [
        (hogs.spin, TIGHT, "took more than 1 s of CPU to read"),
        (hogs.sleep, IMPATIENT, "took longer than 1 s to read"),
        (hogs.swell, TIGHT, "needed more than 320 MB of memory to read"),
        (hogs.vanish, TIGHT, "its reader was killed from outside (exit code -9)"),
        (hogs.stumble, TIGHT, "could not be read: ValueError: what a day"),
        (hogs.garble, TIGHT, "its reader gave no answer (ValueError)"),
    ],
)
async def test_a_hog_in_a_process_of_its_own_costs_itself_only(
    pool: Workers, hog: Hog, limits: Limits, reason: str
) -> None:
    assert await pool.alone(hog, limits, b"") == Unreadable(
        reason, passing=hog in (hogs.sleep, hogs.vanish, hogs.garble)
    )


async def test_a_reader_whose_end_is_not_yet_told_is_lost_like_any_other() -> None:
    ended: Future[int] = Future()
    ended.set_exception(ProcessExpired("Abnormal termination", None))
    assert isinstance(await workers._outcome(ended, TIGHT), workers._Lost)


async def test_a_process_of_its_own_ends_with_its_answer(pool: Workers) -> None:
    first, second = [await pool.alone(hogs.answer, TIGHT, b"") for _ in range(2)]
    assert isinstance(first, int) and isinstance(second, int) and first != second
    assert await asyncio.to_thread(wait_for, lambda: not is_alive(first) and not is_alive(second))


async def test_no_process_is_a_fork_of_the_daemon(pool: Workers) -> None:
    """Which has threads: what they hold would never be let go."""
    parents = {await pool.read(hogs.parent, TIGHT, b""), await pool.alone(hogs.parent, TIGHT, b"")}
    assert len(parents) == 1 and os.getpid() not in parents


async def test_a_process_of_its_own_ends_when_nobody_waits(pool: Workers, tmp_path: Path) -> None:
    said = tmp_path / "who"
    lesson = asyncio.create_task(pool.alone(hogs.say_who_and_sleep, PATIENT, b"", str(said)))
    pid = int(await asyncio.to_thread(wait_for, lambda: said.exists() and said.read_text()))
    lesson.cancel()
    assert await asyncio.to_thread(wait_for, lambda: not is_alive(pid))


async def test_the_forms_of_words_are_made_in_another_process(pool: Workers) -> None:
    forms = await pool.inflect(["missile", "Иран"], "en")
    assert isinstance(forms, dict) and {"missile", "missiles"} <= forms["missile"]


@pytest.mark.parametrize(
    ("claim", "languages"), [("", ("ru",)), ("ru", ("ru",)), ("x" * 10_000, ("ru",)), ("{{ lang }}", ("ru",))]
)
async def test_the_language_of_an_article_is_told_by_its_words(
    pool: Workers, claim: str, languages: tuple[str, ...]
) -> None:
    text = "Министерство обороны сообщило о пуске ракет, которые были замечены у границы ночью. " * 5
    page = f"<html lang='{claim}'><body><article><p>{text}</p></article></body></html>"
    read = await pool.read_page(page.encode(), "https://news.example/1", "text/html; charset=utf-8")
    assert isinstance(read, Article) and read.languages == languages


async def test_a_hostile_document_does_not_delay_the_others(pool: Workers) -> None:
    hostile = asyncio.create_task(pool.read(hogs.sleep, TIGHT, b"hostile"))
    others = await asyncio.gather(*(pool.read(hogs.answer, TIGHT, bytes([n])) for n in range(50)))
    assert all(isinstance(other, int) for other in others) and not hostile.done()
    hostile.cancel()


async def test_bytes_that_killed_a_worker_are_not_tried_again(pool: Workers) -> None:
    killed = await pool.read(hogs.crash, TIGHT, b"killer")
    assert await pool.read(hogs.answer, TIGHT, b"killer") == killed
    assert isinstance(await pool.read(hogs.answer, TIGHT, b"innocent"), int)


async def test_bytes_whose_worker_somebody_else_killed_are_tried_again(pool: Workers) -> None:
    await pool.read(hogs.vanish, TIGHT, b"unlucky")
    assert isinstance(await pool.read(hogs.answer, TIGHT, b"unlucky"), int)


async def test_the_list_of_killers_is_bounded(pool: Workers) -> None:
    for number in range(workers.QUARANTINED + 10):
        pool._quarantine(bytes([number % 256, number // 256]), Unreadable("killed"))
    assert len(pool._killers) == workers.QUARANTINED


async def test_a_pool_that_answers_no_more_is_replaced() -> None:
    pool = Workers(1)
    try:
        stopped = await pool.read(hogs.answer, TIGHT, b"1")
        assert isinstance(stopped, int)
        os.kill(stopped, signal.SIGSTOP)
        others = await asyncio.gather(*(pool.read(hogs.answer, IMPATIENT, bytes([n])) for n in range(3)))
        assert stopped not in others and all(isinstance(other, int) for other in others)
    finally:
        pool.close()


async def test_cpu_is_counted_for_each_document_anew() -> None:
    pool = Workers(1)
    try:
        for _ in range(4):  # together more than the limit of one
            assert await pool.read(hogs.work_a_while, TIGHT, b"honest") is None
    finally:
        pool.close()


async def test_a_worker_is_recycled_after_its_share_of_documents() -> None:
    pool = Workers(1)
    try:
        pids = {await pool.read(hogs.answer, TIGHT, b"x") for _ in range(workers.TASKS_BEFORE_RECYCLING + 1)}
    finally:
        pool.close()
    assert len(pids) == 2


async def test_more_documents_than_turns_wait_for_theirs(pool: Workers) -> None:
    outcomes = await asyncio.gather(*(pool.read(hogs.grow, TIGHT, b"%d" % n * 200_000) for n in range(40)))
    assert [len(outcome) for outcome in outcomes] == [3 * len(b"%d" % n * 200_000) for n in range(40)]


async def test_a_worker_makes_no_noise(pool: Workers, capfd: pytest.CaptureFixture[str]) -> None:
    assert await pool.read(hogs.shout, TIGHT, b"noise\n") == 6
    assert capfd.readouterr() == ("", "")


# --- the daemon goes, or is told to ------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
BUSY = """
import asyncio, sys
from monitor.workers import Limits, Workers
from tests.doors import hogs

async def main():
    pool = Workers(2)
    patient = Limits(cpu=100, wall=300, memory=1 << 30)
    hogs_at_work = [pool.read(hogs.say_who_and_sleep, patient, bytes([n]), sys.argv[1]) for n in range(2)]
    await asyncio.gather(*hogs_at_work)

asyncio.run(main())
"""
SIGNALLED = """
import asyncio, signal
from monitor.workers import Limits, Workers
from tests.doors import hogs

async def main():
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    pool = Workers(1)
    limits = Limits(cpu=5, wall=60, memory=1 << 30)
    print(await pool.read(hogs.answer, limits, b"1"), flush=True)
    await told.wait()
    print(await pool.read(hogs.answer, limits, b"2"), flush=True)
    pool.close()

asyncio.run(main())
"""


def test_workers_die_with_the_daemon(tmp_path: Path) -> None:
    said = tmp_path / "who"
    daemon = subprocess.Popen([sys.executable, "-c", BUSY, said], cwd=ROOT)
    pids = wait_for(lambda: said.exists() and len(said.read_text().split()) == 2 and said.read_text().split())
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    assert wait_for(lambda: not any(is_alive(int(pid)) for pid in pids))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_is_for_the_daemon_only(number: signal.Signals) -> None:
    command = [sys.executable, "-c", SIGNALLED]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as daemon:
        assert daemon.stdout
        before = daemon.stdout.readline()
        os.killpg(daemon.pid, number)
        assert daemon.stdout.readline() == before  # the same worker, still at work
    assert daemon.returncode == 0


# --- a worker that lives long: `python -m bench.worker` reads 10,000 real pages -----------------------------

WARM, MORE = 150, 300  # pages: the first fill the libraries' caches
KEPT = MEGABYTE  # 300 pages of 9 KB leave 0.1; kept, 1.8


async def test_pages_leave_nothing_behind_in_the_worker_that_read_them() -> None:
    async def read(pool: Workers, page: bytes, number: int) -> None:
        address = f"https://paper{number % 50}.example/{number}"
        assert isinstance(await pool.read_page(page, address, "text/html"), Article)

    assert await grown_by(read) < KEPT


async def test_what_a_worker_keeps_of_its_documents_shows_in_its_memory() -> None:
    async def read(pool: Workers, page: bytes, number: int) -> None:
        await pool.read(hogs.hoard, PATIENT, page)

    assert await grown_by(read) > KEPT


async def grown_by(read: Callable[[Workers, bytes, int], Awaitable[None]]) -> int:
    """Bytes that one worker, never replaced, has in use after more documents of ever other words."""
    pool, chance = Workers(1, recycled_after=0), Random(5)
    try:
        for number in range(WARM):
            await read(pool, unheard_of(chance), number)
        before = await pool.read(hogs.resident, PATIENT, b"")
        for number in range(WARM, WARM + MORE):
            await read(pool, unheard_of(chance), number)
        after = await pool.read(hogs.resident, PATIENT, b"")
    finally:
        pool.close()
    assert isinstance(before, int) and isinstance(after, int)
    return after - before


def unheard_of(chance: Random) -> bytes:
    """A page of 9 KB whose words and links stand on no other."""

    def word() -> str:
        return "".join(chance.choices(ascii_lowercase, k=8))

    def sentence() -> str:
        return " ".join(word() for _ in range(14)).capitalize() + "."

    paragraphs = "".join(
        f"<p>{sentence()} {sentence()} {sentence()} <a href='/{word()}'>{word()}</a></p>" for _ in range(22)
    )
    head = f"<title>{sentence()}</title>"
    return f"<html><head>{head}</head><body><article>{paragraphs}</article></body></html>".encode()


def wait_for(condition):  # type: ignore[no-untyped-def]
    """What the condition gives once it gives something; fails after half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
