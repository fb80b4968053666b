"""What publishers' logs say of us: thirty simulated days of every habit, and the bytes on real HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import __version__
from monitor.model import FeedSpec
from monitor.polling.poll import poll
from monitor.sources.fetch import Web, user_agent
from monitor.store import feeds
from monitor.store.db import Db
from tests.doors.newsroom import Answer, Newsroom, entry, headers_of, redirect, rss
from tests.sim.publisher import BEGIN, Fault, Habit, Reply
from tests.sim.score import Asked, Columns, Score
from tests.sim.scorer import REPORT, WORLDS, habits_of, row, thirty_days
from tests.sim.world import SimWorkers

pytestmark = pytest.mark.timeout(600)  # half a minute of CPU each, and some machines are slow

HOUR = timedelta(hours=1)
AGENT = user_agent(__version__, "desk@newsroom.example")
COOKIE = {"Set-Cookie": "seen=1; Path=/"}
DAYS = tuple(f"Mon, 02 Mar 2026 {hour:02}:00:00 GMT" for hour in range(9))


def edition(n: int, etag: str, modified: str, **headers: str) -> Answer:
    return Answer(
        rss([entry(f"News {n}", f"/news/{n}", "Words.")]), etag=etag, modified=modified, headers=headers
    )


def editions(*etags: str) -> list[Answer]:
    return [edition(n, etag, DAYS[n], **COOKIE) for n, etag in enumerate(etags)]


@asynccontextmanager
async def polling(news: Newsroom, folder: Path, path: str) -> AsyncIterator["Reader"]:
    web = Web(AGENT, ["127.0.0.0/8"])
    with Db.open(f"sqlite:///{folder}/store.db") as db:
        await db.write(lambda tx: feeds.sync(tx, [FeedSpec(news.url(path))], BEGIN))
        yield Reader(news, web, db, path)
    await web.close()


class Reader:
    """Polls one feed of a newsroom at hours of our own, and scores the newsroom's log."""

    def __init__(self, news: Newsroom, web: Web, db: Db, path: str) -> None:
        self.news, self.web, self.db = news, web, db
        self.score = Score(news.url(path), whole=True)

    async def poll(self, hour: float, answers: Sequence[Answer]) -> None:
        """At an hour; the newsroom gives these answers, one to each hop."""
        now = BEGIN + hour * HOUR
        for path, answer in zip(self._paths(answers), answers, strict=True):
            self.news.plan(path, answer)
        before = len(self.news.log)
        await self._ask(now)
        for asked, answer in zip(self.news.log[before:], answers, strict=True):
            status = 304 if asked.answer == "304" else answer.status
            reply = Reply(status, headers_of(answer))
            url = f"http://{asked.host}{asked.path}"
            self.score.heard(Asked(hour * 3600, url, asked.headers, reply, rest=0))

    def _paths(self, answers: Sequence[Answer]) -> list[str]:
        home = "/" + self.score.home.partition("//")[2].partition("/")[2]
        return [home, *(answer.headers["Location"] for answer in answers[:-1])]

    async def _ask(self, now: datetime) -> None:
        (feed,) = await self.db.read(feeds.get_all)
        await poll(
            feed,
            web=self.web,
            workers=SimWorkers(),
            db=self.db,
            floor=timedelta(minutes=5),
            clock=lambda: now,
        )


@pytest.mark.parametrize(
    "etag",
    ['"a"', 'W/"a"', "a", '"with spaces, commas and W/"', "'single'", '"ünï"', f'"{"x" * 3000}"'],
    ids=["strong", "weak", "bare", "odd", "single quotes", "not ASCII", "long"],
)
async def test_on_real_http_a_publisher_sees_its_own_bytes_again(tmp_path: Path, etag: str) -> None:
    async with Newsroom() as news, polling(news, tmp_path, "/feed") as reader:
        first, second = edition(0, etag, DAYS[0]), edition(1, etag + "2", DAYS[1])
        for hour, answer in enumerate((first, first, second, second)):
            await reader.poll(hour, [answer])
        assert [asked.answer for asked in news.log] == ["200", "304", "200", "304"]
        assert good(reader.score.columns, requests=4, unconditional=1)


async def test_on_real_http_nothing_is_sent_that_tells_readers_apart(tmp_path: Path) -> None:
    """Cookies are offered with every answer, and a redirect is followed every time."""
    away = redirect("/elsewhere")
    async with Newsroom() as news, polling(news, tmp_path, "/feed") as reader:
        for hour, answer in enumerate(editions('"a"', '"b"', '"b"')):
            await reader.poll(
                hour, [Answer(status=302, headers=away.headers | COOKIE, etag="", modified=""), answer]
            )
        assert good(reader.score.columns, requests=3, unconditional=1)
        (names,) = {frozenset(asked.headers) - {"If-None-Match", "If-Modified-Since"} for asked in news.log}
        assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def good(found: Columns, *, requests: int, unconditional: int) -> bool:
    assert not found.faults
    return (found.requests, found.unconditional) == (requests, unconditional)


# --- thirty days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", range(WORLDS))
async def test_in_thirty_days_no_publisher_has_anything_to_complain_of(tmp_path: Path, world: int) -> None:
    """The report says the same; `make politeness` writes it anew."""
    habits = habits_of(world)
    found = await thirty_days(tmp_path, habits)
    assert not {name: columns.faults for name, columns in found.items() if columns.faults}
    rows = REPORT.read_text(encoding="utf-8").splitlines()
    assert not [line for name, columns in found.items() if (line := row(name, columns)) not in rows]


async def faults(folder: Path, habit: Habit, days: float) -> dict[str, int]:
    return (await thirty_days(folder, [habit], days))[habit.name].faults


@pytest.mark.parametrize("answer", ["401", "500", "dns"])
async def test_a_look_past_the_cache_that_fails_is_not_made_again_at_every_try(
    tmp_path: Path, answer: str
) -> None:
    """A feed that fails says nothing of its cache."""
    failing = Habit("failing", per_day=4, faults=(Fault(answer, start=5, hours=96),))
    assert not await faults(tmp_path, failing, 6)


async def test_after_a_look_past_the_cache_the_newest_validators_are_sent(tmp_path: Path) -> None:
    """A publisher counts older ones as out of sequence, whatever they are to prove."""
    assert not await faults(tmp_path, Habit("seldom", per_day=4), 30)


async def test_a_page_in_place_of_a_feed_is_asked_for_once(tmp_path: Path) -> None:
    """The paths that feeds often stand at are tried: the feed's own was asked a moment ago."""
    closed = Habit("web page", faults=(Fault("html", hours=8, every=60),))
    assert not await faults(tmp_path, closed, 2)
