"""How feeds are kept up, on real HTTP and a real store: gaps, moves, lies, rest, outages, notices."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.model import Cause, Feed, FeedSpec, FeedState, Notice
from monitor.model.upkeep import Gap
from monitor.polling import filling, outage
from monitor.polling.poll import poll
from monitor.sources.fetch import Limits, Web
from monitor.sources.horizon import Horizon
from monitor.store import edits, feeds, gaps, ledger, outbox
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.newsroom import Answer, Newsroom, entry, redirect, rss, status
from tests.doors.stores import NOON, SECOND

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPS = "#ops"


class Desk:
    """One wirewatch whose clock is the test's."""

    def __init__(self, db: Db, web: Web, workers: Workers) -> None:
        self.db, self.web, self.workers = db, web, workers
        self.now = NOON
        self.horizon = Horizon()

    def watch(self, *urls: str) -> None:
        self.db.write_sync(lambda tx: feeds.sync(tx, [FeedSpec(url, "Courier") for url in urls], self.now))

    @property
    def feed(self) -> Feed:
        return self.db.read_sync(feeds.get_all)[0]

    async def poll(self, at: datetime, number: int = 0) -> FeedState:
        self.now = at
        polled = await poll(
            self.db.read_sync(feeds.get_all)[number],
            web=self.web,
            workers=self.workers,
            db=self.db,
            floor=5 * MINUTE,
            clock=lambda: self.now,
            horizon=self.horizon,
            ops_channel=OPS,
        )
        return polled.state

    async def fill(self) -> int:
        return await filling.fill_due(
            web=lambda feed: self.web,
            workers=self.workers,
            db=self.db,
            clock=lambda: self.now,
            ops_channel=OPS,
        )

    @property
    def told(self) -> list[str]:
        """What the ops channel was told, the oldest first."""
        texts = []
        while out := self.db.write_sync(lambda tx: outbox.claim(tx, OPS, self.now)):
            assert isinstance(out.message, Notice)
            texts.append(out.message.text)
            self.db.write_sync(lambda tx, out=out: outbox.settle(tx, out, outbox.Sent("1"), self.now))
        return texts + self._reworded()

    def _reworded(self) -> list[str]:
        """Of messages that say something more by now, that."""
        texts = []
        later = self.now + MINUTE  # an edit waits for the one before it
        while claimed := self.db.write_sync(lambda tx: edits.claim(tx, later)):
            out, shown = claimed
            assert isinstance(out.message, Notice)
            texts.append(out.message.text.splitlines()[-1])
            self.db.write_sync(lambda tx, out=out, shown=shown: edits.settle(tx, out.id, shown, self.now))
        return texts

    @property
    def gaps(self) -> list[Gap]:
        return [
            gap
            for found in self.db.read_sync(lambda tx: gaps.unfilled(tx, NOON - DAY)).values()
            for gap in found
        ]

    @property
    def entries(self) -> int:
        return sum(row.entries_in for row in self.db.read_sync(ledger.audit))


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Desk]:
    workers = Workers(1)
    with Db.open(address) as db:
        desk = Desk(db, Web("test", ["127.0.0.0/8"], limits=Limits(first_byte=2)), workers)
        desk.web._clock = lambda: desk.now
        try:
            yield desk
        finally:
            await desk.web.close()
            workers.close()


def edition(first: int, last: int, older: str = "") -> bytes:
    """Entries of these numbers, the newest first; entry n was published n minutes after noon."""
    body = rss(
        [
            entry(f"News {n}", f"https://courier.example/{n}", published=NOON + n * MINUTE)
            for n in range(last, first - 1, -1)
        ]
    )
    link = f'<link rel="next" href="{older}"/>'.encode() if older else b""
    return body.replace(b"<item>", link + b"<item>", 1)


# --- gaps -------------------------------------------------------------------------------------------------


async def test_a_poll_that_shares_no_entry_with_the_last_is_a_gap_that_its_older_pages_fill(
    address: str,
) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", edition(31, 40, older="/feed?paged=2"))
        news.publish("/feed?paged=2", edition(21, 30, older="/feed?paged=3"))
        news.publish("/feed?paged=3", edition(11, 20, older="/feed?paged=4"))
        news.publish("/feed?paged=4", edition(1, 10, older="/feed?paged=5"))
        news.publish("/feed?paged=5", edition(-9, 0))
        state = await desk.poll(NOON + 40 * MINUTE)
        assert state.due_at <= NOON + 51 * MINUTE, "it is asked sooner"
        (gap,) = desk.gaps
        assert (gap.since, gap.until) == (NOON + SECOND, NOON + 40 * MINUTE)
        assert await desk.fill() == 30
        assert desk.entries == 50
        assert desk.gaps == [] and desk.told == []
        assert await desk.fill() == 0


async def test_what_no_page_fills_is_told_with_its_time(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", edition(31, 40))
        await desk.poll(NOON + 40 * MINUTE)
        assert await desk.fill() == 0
        (text,) = desk.told
        assert text.startswith("Courier: up to ")
        assert "entries may be missing between 2026-11-22 12:00 and 12:40 UTC" in text
        (gap,) = desk.gaps
        assert gap.due_at is None


async def test_the_gaps_of_a_day_are_told_in_one_notice_that_names_all_of_their_time(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        told = []
        for hours in range(1, 5):
            news.publish("/feed", edition(60 * hours - 9, 60 * hours))
            await desk.poll(NOON + hours * HOUR)
            await desk.fill()
            told.append(desk.told)
        assert [len(texts) for texts in told] == [1, 0, 0, 0], "the first at once"
        desk.now = NOON + HOUR + DAY
        await desk.fill()
        (text,) = desk.told
        assert "may be missing between 2026-11-22 13:00 and 16:00 UTC" in text
        assert "3 times two polls had no entry in common" in text
        assert all(gap.told_at for gap in desk.gaps)
        desk.now += 2 * DAY
        await desk.fill()
        assert not desk.told


async def test_what_dropped_off_a_feed_while_it_failed_is_told_when_it_is_back(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", Answer(status=503))
        for hours in range(1, 9):
            await desk.poll(NOON + hours * HOUR)
        (failing,) = desk.told
        assert "cannot be read since 2026-11-22 13:00 UTC" in failing
        news.publish("/feed", edition(531, 540))
        await desk.poll(NOON + 9 * HOUR)
        await desk.fill()
        missing, back = desk.told
        assert "answers again after 8 h" in back
        assert "may be missing between 2026-11-22 12:00 and 21:00 UTC" in missing


async def test_a_sitemap_that_robots_txt_names_gives_what_it_dates_within_the_gap(address: str) -> None:
    times = "".join(
        f"<url><loc>https://courier.example/{n}</loc><news:news><news:title>News {n}</news:title>"
        f"<news:publication_date>{NOON + n * MINUTE:%Y-%m-%dT%H:%M:%SZ}</news:publication_date>"
        "</news:news></url>"
        for n in range(-600, 60, 5)
    )
    mapped = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{times}</urlset>'
    ).encode()
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        news.publish("/robots.txt", Answer(f"Sitemap: {news.url('/news.xml')}".encode(), type="text/plain"))
        news.publish("/news.xml", mapped)
        await desk.poll(NOON + SECOND)
        news.publish("/feed", edition(61, 70))
        await desk.poll(NOON + 70 * MINUTE)
        came = await desk.fill()
        assert 11 <= came <= 24, "an hour before it at most, every fifth minute"
        (text,) = desk.told
        assert f"a sitemap brought {came}" in text


async def test_an_older_page_that_does_not_come_is_asked_again_an_hour_later(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", edition(31, 40, older="/old"))
        news.publish("/old", status(500))
        await desk.poll(NOON + 40 * MINUTE)
        await desk.fill()
        (gap,) = desk.gaps
        assert gap.due_at == desk.now + filling.AGAIN and desk.told == []
        news.publish("/old", edition(-9, 30))
        desk.now += filling.AGAIN
        assert await desk.fill() == 30
        assert desk.gaps == []


@pytest.mark.parametrize("between", [rss([]), edition(-9, -8), b"<html><body>Soon back</body></html>"])
async def test_an_empty_a_short_and_a_broken_answer_are_no_gap(address: str, between: bytes) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", between)
        await desk.poll(NOON + HOUR)
        news.publish("/feed", edition(-9, 2))
        await desk.poll(NOON + 2 * HOUR)
        assert desk.gaps == [] and desk.entries == 12


async def test_entries_that_stay_at_the_top_for_ever_are_no_bridge(address: str) -> None:
    pinned = edition(-1000, -999).split(b"<description>News</description>")[1].split(b"</channel>")[0]

    def with_pinned(first: int, last: int) -> bytes:
        return edition(first, last).replace(b"<item>", pinned + b"<item>", 1)

    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", with_pinned(-9, 0)))
        await desk.poll(NOON + SECOND)
        for hour in (1, 2):
            news.publish("/feed", with_pinned(hour * 8 - 9, hour * 8))
            await desk.poll(NOON + hour * HOUR)
        assert desk.gaps == []
        news.publish("/feed", with_pinned(101, 110))
        await desk.poll(NOON + 3 * HOUR)
        assert len(desk.gaps) == 1


async def test_f64_a_226_is_merged_and_nothing_is_gone(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.plan("/feed", replace(Answer(edition(1, 3)), status=226))
        await desk.poll(NOON + 10 * MINUTE)
        assert desk.entries == 13
        assert desk.gaps == []
        news.publish("/feed", edition(-6, 4))
        await desk.poll(NOON + 20 * MINUTE)
        assert desk.entries == 14
        assert desk.gaps == []


# --- moves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "moves"), [(301, True), (308, True), (302, False), (303, False), (307, False)]
)
async def test_a_permanent_redirect_is_adopted_after_a_day_and_told_once(
    address: str, code: int, moves: bool
) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/new", edition(-9, 1))
        news.publish("/feed", redirect("/new", code))
        for hours in (1, 12, 25, 26, 50):
            await desk.poll(NOON + hours * HOUR)
        assert desk.feed.spec.url == news.url("/feed")
        assert desk.feed.address == news.url("/new" if moves else "/feed")
        assert len(desk.told) == moves
        assert len(news.asked("/feed")) == (4 if moves else 6)


async def test_f44_a_permanent_redirect_into_a_private_network_keeps_the_old_address(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", redirect("http://10.0.0.1/feed", 301))
        for hours in (1, 12, 25, 50):
            state = await desk.poll(NOON + hours * HOUR)
        assert (desk.feed.address, state.cause) == (news.url("/feed"), Cause.BLOCKED)


async def test_f46_a_redirect_to_other_entries_is_never_adopted(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", edition(-9, 0)))
        await desk.poll(NOON + SECOND)
        news.publish("/bought", rss([entry("Casino", "https://spam.example/1")]))
        news.publish("/feed", redirect("/bought", 301))
        await desk.poll(NOON + HOUR)
        assert desk.feed.state.move is None


# --- rest -------------------------------------------------------------------------------------------------

WAITS = [
    pytest.param("7200", 2 * HOUR, id="F49 seconds"),
    pytest.param("Sun, 22 Nov 2026 15:00:00 GMT", 3 * HOUR, id="F49 date"),
    pytest.param("", HOUR, id="F49 absent"),
    pytest.param("abc", HOUR, id="F49 abc"),
    pytest.param("1000000000", 7 * DAY, id="F49 10^9"),
    pytest.param("-5", HOUR, id="F49 negative"),
]


@pytest.mark.parametrize(("sent", "wait"), WAITS)
async def test_all_feeds_of_a_host_that_says_429_rest(address: str, sent: str, wait: timedelta) -> None:
    headers = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"} | ({"Retry-After": sent} if sent else {})
    async with Newsroom(hosts=2) as news, opened(address) as desk:
        news.publish("/b", edition(-9, 0))
        busy = news.publish("/a", status(429, headers))
        desk.watch(busy, news.url("/b"), news.url("/b", host=1))
        state = await desk.poll(NOON)
        assert state.due_at - NOON == pytest.approx(wait, rel=0.11)
        _, neighbour, other = desk.db.read_sync(feeds.get_all)
        assert neighbour.state.pause_until == NOON + wait
        assert wait <= neighbour.state.due_at - NOON <= wait + 10 * MINUTE
        assert other.state.pause_until is None
        await desk.poll(NOON + wait / 2, number=1)
        assert not news.asked("/b"), "also one that was on its way already"
        await desk.poll(NOON + wait / 2, number=2)
        assert len(news.asked("/b")) == 1
        blamed = desk.db.read_sync(feeds.get_all)[1].state
        assert (blamed.failures, blamed.error) == (0, "")


async def test_a_host_rests_over_a_restart_and_doubles_its_rest(sqlite_address: str) -> None:
    async with Newsroom() as news:
        busy = news.publish("/a", status(429))
        async with opened(sqlite_address) as desk:
            desk.watch(busy, news.url("/b"))
            await desk.poll(NOON)
        async with opened(sqlite_address) as desk:
            assert desk.db.read_sync(lambda tx: feeds.due(tx, NOON + 59 * MINUTE, 10)) == ()
            await desk.poll(NOON + 61 * MINUTE)
            paused = desk.db.read_sync(feeds.get_all)[1].state.pause_until
            assert paused == NOON + 61 * MINUTE + 2 * HOUR


# --- lies, outages, notices -------------------------------------------------------------------------------


async def test_a_server_that_says_304_while_the_feed_changes_is_found_out(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        tag = {"etag": '"always"', "modified": ""}
        desk.watch(news.publish("/feed", Answer(edition(-120, 0), **tag)))
        await desk.poll(NOON + SECOND)
        news.publish("/feed", Answer(edition(-100, 20), **tag))
        asked = []
        for hours in range(1, 40):
            await desk.poll(NOON + hours * HOUR)
            asked.append("If-None-Match" in news.log[-1].headers)
        assert desk.entries == 141
        assert asked.index(False) == 7, "as soon as an hourly feed cannot be that silent"
        assert not any(asked[25:]), "and from then on"


async def test_f55_a_body_like_the_last_is_not_read_again_and_its_validators_are_kept(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", Answer(edition(-9, 0), etag='"1"', modified="")))
        before = await desk.poll(NOON)
        news.publish("/feed", Answer(edition(-9, 0), etag='"2"', modified=""))
        after = await desk.poll(NOON + HOUR)
        assert (before.validators.etag, after.validators.etag) == ('"1"', '"2"')
        assert desk.entries == 10


async def test_an_outage_is_told_once_and_made_up_for(address: str) -> None:
    """Names that lead nowhere stand for a line that is cut."""
    dead = [f"http://nowhere{n}.invalid/feed" for n in range(6)]
    async with Newsroom(hosts=6) as news, opened(address) as desk:
        desk.watch(*dead)
        for number in range(6):
            await desk.poll(NOON + number * SECOND, number)
        assert desk.horizon.offline_since == NOON
        for _ in range(2):
            await outage.look(desk.horizon, db=desk.db, clock=lambda: desk.now, ops_channel=OPS)
        (text,) = desk.told
        assert "offline since 2026-11-22 12:00 UTC" in text
        states = [feed.state for feed in desk.db.read_sync(feeds.get_all)]
        assert not any(state.error or state.failures for state in states), "nor the first, who failed before"
        news.publish("/feed", edition(-9, 0))
        desk.now = NOON + HOUR
        assert desk.db.read_sync(outage.remembered) == NOON
        for number in range(3):
            desk.horizon.saw(news.url("/feed", host=number), True, desk.now)
        assert await outage.look(desk.horizon, db=desk.db, clock=lambda: desk.now, ops_channel=OPS)
        (text,) = desk.told
        assert "online again after 1 h; 6 feeds asked in vain are asked again" in text
        for feed in desk.db.read_sync(feeds.get_all):
            assert (feed.state.failures, feed.state.error) == (0, "")
            assert feed.state.due_at <= desk.now + 6 * SECOND


async def test_a_notice_is_told_once_over_kills(address: str) -> None:
    async with Newsroom() as news, opened(address) as desk:
        desk.watch(news.publish("/feed", status(500)))
        await desk.poll(NOON)
        await desk.poll(NOON + 2 * HOUR)
        state = desk.feed.state
        desk.db.write_sync(lambda tx: feeds.keep_state(tx, desk.feed, replace(state, told_at=None)))
        await desk.poll(NOON + 3 * HOUR)
        assert len(desk.told) == 1, "its key is that of the incident"
