"""Polls of addresses that answer something else than entries: web pages, sitemap indexes."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.commands import report
from monitor.model import EntryState, Feed, FeedRead, FeedSpec, StoredEntry
from monitor.model.upkeep import Gap
from monitor.polling import filling, seeking
from monitor.polling.poll import poll
from monitor.sources import archive
from monitor.sources.fetch import Limits, Web
from monitor.store import entries, feeds, gaps, ledger
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.newsroom import DROP, Answer, Newsroom, entry, page, rss, status
from tests.doors.stores import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMED = b'<link rel="alternate" type="application/rss+xml" title="News" href="%s">'


@dataclass
class Desk:
    """One feed of a store, polled at the moments a test says."""

    db: Db
    web: Web
    workers: Workers
    told: list[str] = field(default_factory=list)  # what people are told of the feed

    async def poll(self, url: str, now: datetime = NOON) -> Feed:
        """The feed after a poll, as a daemon that was just started finds it."""
        await self.db.write(lambda tx: feeds.sync(tx, [FeedSpec(url)], NOON))
        (feed,) = await self.db.read(feeds.get_all)
        floor = timedelta(minutes=5)
        polled = await poll(
            feed, web=self.web, workers=self.workers, db=self.db, floor=floor, clock=lambda: now
        )
        self.told += polled.notices
        (feed,) = await self.db.read(feeds.get_all)
        return feed

    async def due(self, now: datetime = NOON) -> tuple[StoredEntry, ...]:
        return await self.db.read(lambda tx: entries.due(tx, now, 99))

    async def gaps(self) -> tuple[Gap, ...]:
        return await self.db.read(lambda tx: gaps.due(tx, NOON + DAY, 9))

    async def fill(self, now: datetime) -> int:
        """How many entries came late, of all gaps."""
        doors: Any = {"web": lambda _: self.web, "workers": self.workers, "db": self.db}
        return await filling.fill_due(**doors, clock=lambda: now, ops_channel="")

    async def states(self) -> dict[EntryState, int]:
        found = await self.db.read(ledger.audit)
        assert all(row.balanced for row in found)
        return dict(found[0].states)


@pytest.fixture
async def desk(sqlite_address: str) -> AsyncIterator[Desk]:
    web, workers = Web("test", ["127.0.0.0/8"], limits=Limits(gap=0)), Workers(1)
    with Db.open(sqlite_address) as db:
        yield Desk(db, web, workers)
    await web.close()
    workers.close()


def site(*heads: bytes) -> bytes:
    return page("The Courier", ["Welcome."]).replace(b"<head>", b"<head>" + b"".join(heads))


NEWS = rss([entry("Missiles over Basra", "https://courier.example/1")])
OTHER = rss([entry("Missiles over Basra again", "https://courier.example/2")])


# --- a web page --------------------------------------------------------------------------------------------


async def test_f02_the_feed_that_a_page_names_is_polled_instead(desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site(NAMED % b"/gone", NAMED % b"/news.xml"))
        address = news.publish("/news.xml", NEWS)
        feed = await desk.poll(home)
        assert feed.spec.url == home and feed.address == address and not feed.state.error
        assert (await desk.states()) == {EntryState.NEW: 1}
        await desk.poll(home, NOON + HOUR)
    assert [asked.path for asked in news.log] == ["/", "/gone", "/news.xml", "/news.xml"]
    assert len(desk.told) == 1 and f"write {address} in place of {home}" in desk.told[0]
    assert news.log[-1].answer == "304"


async def test_f02_a_page_without_a_feed_is_searched_once_and_again_after_a_week(desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site())
        feed = await desk.poll(home)
        searched = len(news.log)
        assert "a web page ('The Courier'); no feed was found there either" in feed.state.error
        feed = await desk.poll(home, NOON + DAY)
        assert len(news.log) == searched + 1 and "a web page" in feed.state.error
        await desk.poll(home, NOON + 8 * DAY)
    assert len(news.log) == 2 * searched + 1 <= 2 * 10 + 1


async def test_a_feed_at_a_usual_place_is_found(desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site())
        address = news.publish("/rss.xml", NEWS)
        assert (await desk.poll(home)).address == address
    assert [asked.path for asked in news.log] == ["/", "/feed", "/rss", "/rss.xml"]


async def test_the_news_sitemap_that_robots_txt_names_is_found(desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site())
        news.publish(
            "/robots.txt", b"User-agent: *\nAllow: /\nSitemap: /sitemap.xml\nSitemap: /news-map.xml\n"
        )
        address = news.publish("/news-map.xml", sitemap(("https://courier.example/1", "Basra")))
        assert (await desk.poll(home)).address == address
    assert not news.asked("/sitemap.xml")


async def test_f02_a_feed_that_becomes_a_page_is_not_taken_for_another_feed(desk: Desk) -> None:
    """An error page names the feed of the whole site: its hundreds of entries are not what was asked for."""
    async with Newsroom() as news:
        address = news.publish("/world.xml", NEWS)
        await desk.poll(address)
        news.publish("/world.xml", site(NAMED % b"/all.xml"))
        news.publish("/all.xml", OTHER)
        feed = await desk.poll(address, NOON + HOUR)
        assert feed.address == address and "has other entries" in feed.state.error
        assert (await desk.states()) == {EntryState.NEW: 1}
        news.publish("/world.xml", NEWS + b" ")
        assert not (await desk.poll(address, NOON + 2 * HOUR)).state.error


async def test_f02_a_feed_that_moved_and_left_a_page_is_followed_by_its_entries(desk: Desk) -> None:
    async with Newsroom() as news:
        address = news.publish("/old.xml", NEWS)
        await desk.poll(address)
        news.publish("/old.xml", site(NAMED % b"/new.xml"))
        found = news.publish("/new.xml", NEWS)
        feed = await desk.poll(address, NOON + HOUR)
    assert feed.address == found and (await desk.states()) == {EntryState.NEW: 1}


async def test_a_found_feed_that_fails_for_a_day_is_looked_for_anew(desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site(NAMED % b"/one.xml"))
        news.publish("/one.xml", NEWS)
        await desk.poll(home)
        news.publish("/one.xml", status(404))
        news.publish("/", site(NAMED % b"/two.xml"))
        found = news.publish("/two.xml", NEWS)
        for hours in (1, 2, 26):
            feed = await desk.poll(home, NOON + hours * HOUR)
        assert feed.address == home
        feed = await desk.poll(home, NOON + 50 * HOUR)
    assert feed.address == found and not feed.state.error


@pytest.mark.parametrize(
    "body",
    [b'{"error": "no such feed"}', b"", b"<gpx><trk/></gpx>", b"%PDF-1.7", b"feed not found"],
    ids=["F05 JSON", "F01 empty", "XML", "PDF", "text"],
)
async def test_only_pages_are_searched(desk: Desk, body: bytes) -> None:
    async with Newsroom() as news:
        feed = await desk.poll(news.publish("/feed.xml", body))
    assert len(news.log) == 1 and feed.state.error.startswith("not a feed")


async def test_f04_a_firewalls_page_is_not_searched(desk: Desk) -> None:
    body = page("Just a moment...", ["Checking your browser before you go on."])
    async with Newsroom() as news:
        await desk.poll(news.publish("/feed.xml", body))
    assert len(news.log) == 1


async def test_a_private_address_that_a_page_names_is_not_asked(sqlite_address: str, desk: Desk) -> None:
    async with Newsroom() as news:
        names = [
            NAMED % to for to in (b"http://10.1.2.3/feed", b"http://169.254.169.254/", b"file:///etc/passwd")
        ]
        feed = await desk.poll(news.publish("/", site(*names)))
    assert not feed.state.address and feed.state.error


# --- sitemaps ----------------------------------------------------------------------------------------------


def sitemap(*pages: tuple[str, str], date: str = "2026-11-22T10:00:00Z") -> bytes:
    """(address, title) each; without a title a plain one, last touched at `date`."""
    urls = "".join(
        f"<url><loc>{link}</loc><news:news><news:title>{title}</news:title>"
        f"<news:publication_date>{date}</news:publication_date></news:news></url>"
        if title
        else f"<url><loc>{link}</loc><lastmod>{date}</lastmod></url>"
        for link, title in pages
    )
    return f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'.encode()


def index(*parts: tuple[str, str]) -> bytes:
    inner = "".join(f"<sitemap><loc>{url}</loc><lastmod>{date}</lastmod></sitemap>" for url, date in parts)
    return f"<sitemapindex>{inner}</sitemapindex>".encode()


async def test_the_parts_of_an_index_are_polled_each_by_its_own_validators(desk: Desk) -> None:
    async with Newsroom() as news:
        for n in range(5):
            news.publish(f"/map-{n}.xml", sitemap((f"https://courier.example/{n}", f"Story {n}")))
        named = [(news.url(f"/map-{n}.xml"), f"2026-11-{n + 10}") for n in range(5)]
        address = news.publish("/sitemap.xml", index(*named))
        feed = await desk.poll(address)
        asked = [part.url[-5] for part in feed.state.parts if part.asked_at]
        assert asked == ["4", "3", "2"] and feed.state.looked
        assert (await desk.states()) == {EntryState.NEW: 3}
        news.publish(
            "/map-4.xml",
            sitemap(("https://courier.example/4", "Story 4"), ("https://courier.example/9", "New")),
        )
        await desk.poll(address, NOON + HOUR)
        assert (await desk.states()) == {EntryState.NEW: 4}
    assert [asked.answer for asked in news.log[4:]] == ["304", "200", "304", "304"]


async def test_a_part_that_fails_costs_the_others_nothing(desk: Desk) -> None:
    async with Newsroom() as news:
        good = news.publish("/good.xml", sitemap(("https://courier.example/1", "One")))
        bad = news.publish("/bad.xml", DROP)
        feed = await desk.poll(news.publish("/sitemap.xml", index((good, ""), (bad, ""))))
        assert feed.state.error.startswith("1 of its 2 sitemaps cannot be read: ")
        assert feed.state.failing_since is None and (await desk.states()) == {EntryState.NEW: 1}
        asked = len(news.log)
        feed = await desk.poll(feed.spec.url, NOON + HOUR / 6)
        assert feed.state.error == "1 of its 2 sitemaps cannot be read"
        assert [one.path for one in news.log[asked:]] == ["/sitemap.xml", "/good.xml"], "for an hour"
        news.publish("/bad.xml", sitemap(("https://courier.example/2", "Two")))
        feed = await desk.poll(feed.spec.url, NOON + HOUR)
        assert not feed.state.error
    assert (await desk.states()) == {EntryState.NEW: 2}


async def test_an_index_whose_parts_all_fail_is_a_feed_that_fails(desk: Desk) -> None:
    async with Newsroom() as news:
        address = news.publish("/sitemap.xml", index((news.publish("/map.xml", status(503)), "")))
        feed = await desk.poll(address)
        assert "503" in feed.state.error and not feed.state.looked
        news.publish("/map.xml", sitemap(("https://courier.example/1", "One")))
        feed = await desk.poll(address, NOON + HOUR)
    assert not feed.state.error and (await desk.states()) == {EntryState.NEW: 1}


async def test_f30_a_sitemap_of_fifty_thousand_pages_is_read_and_one_too_large_is_named(desk: Desk) -> None:
    """It has 9 MB, more than a feed may have."""
    said = (
        "<lastmod>2025-11-22T10:00:00+00:00</lastmod><changefreq>monthly</changefreq><priority>0.2</priority>"
    )
    link = "<loc>https://courier.example/2025/11/22/an-address-with-some-words-in-it-{}</loc>"
    urls = "".join(f"<url>{link.format(n)}{said}</url>\n" for n in range(50_000))
    whole = f"<urlset>{urls}</urlset>".encode()
    assert len(whole) > 9_000_000
    async with Newsroom() as news:
        part = news.publish("/all.xml", Answer(whole, coding="gzip"))
        feed = await desk.poll(news.publish("/sitemap.xml", index((part, ""))))
        assert not feed.state.error and len(feed.state.marks) > 50_000 * 8
        assert await desk.states() == {}
        news.publish("/all.xml", Answer(whole + b" " * (9 << 20), coding="gzip"))
        feed = await desk.poll(feed.spec.url, NOON + HOUR)
        assert feed.state.error == "more than 16 MB"
        news.publish("/all.xml", Answer(b"<urlset>" + b" " * (15 << 20), coding="gzip"))
        feed = await desk.poll(feed.spec.url, NOON + DAY)
        assert feed.state.error == "a decompression bomb"
        new = whole.replace(b"in-it-778</loc><lastmod>2025", b"newer</loc><lastmod>2026")
        news.publish("/all.xml", Answer(new, coding="gzip"))
        await desk.poll(feed.spec.url, NOON + 2 * DAY)
        assert [one.entry.link[-5:] for one in await desk.due(NOON + 2 * DAY)] == ["newer"]


@pytest.mark.parametrize(("path", "problem"), [("/sitemap.xml", ""), ("/rss.xml", "more than 8 MB")])
async def test_what_is_called_a_sitemap_may_be_longer_than_a_feed(
    desk: Desk, path: str, problem: str
) -> None:
    end = b" " * (9 << 20) + b"</urlset>"
    body = sitemap(("https://courier.example/1", "One")).replace(b"</urlset>", end)
    async with Newsroom() as news:
        address = news.publish(path, body)
        assert (await desk.poll(address)).state.error == problem
        found = await seeking.read_at(address, web=desk.web, workers=desk.workers, clock=lambda: NOON)
    assert isinstance(found.read, FeedRead) is not bool(problem)


async def test_compressed_sitemaps_are_read(desk: Desk) -> None:
    body = sitemap(("https://courier.example/1", "One"))
    async with Newsroom() as news:
        part = news.publish(
            "/map.xml.gz", Answer(body, type="application/gzip", coding="gzip", declared=False)
        )
        await desk.poll(news.publish("/sitemap.xml", index((part, ""))))
    assert (await desk.states()) == {EntryState.NEW: 1}


async def test_the_old_pages_of_a_sitemap_are_known_and_not_read(desk: Desk) -> None:
    old = [(f"https://courier.example/{n}", "") for n in range(50)]
    async with Newsroom() as news:
        address = news.publish("/sitemap.xml", sitemap(*old, date="2025-01-01"))
        feed = await desk.poll(address)
        assert feed.state.looked and await desk.states() == {}
        touched = sitemap(*old, ("https://courier.example/new", ""), date="2026-11-22")
        news.publish("/sitemap.xml", touched)
        await desk.poll(address, NOON + HOUR)
        assert (await desk.states()) == {EntryState.NEW: 1}
        settings: Any = None
        why = await desk.db.read(lambda tx: report.why(tx, old[7][0], settings))
    assert not why.known and "its sitemap lists the page, which was old" in str(why.lines[-1])


async def test_a_page_whose_sitemap_says_that_it_was_touched_is_judged_again(desk: Desk) -> None:
    def body(first: str, second: str) -> bytes:
        pages = zip(("1", "2", "3"), (first, second, "2026-11-22T09:00:00Z"), strict=True)
        urls = (f"<url><loc>https://a.example/{n}</loc><lastmod>{day}</lastmod></url>" for n, day in pages)
        return f"<urlset>{''.join(urls)}</urlset>".encode()

    async with Newsroom() as news:
        address = news.publish("/sitemap.xml", body("2026-11-22T10:00:00Z", "2025-01-01"))
        await desk.poll(address)
        assert [one.revision for one in await desk.due()] == [1, 1]
        news.publish("/sitemap.xml", body("2026-11-22T12:30:00Z", "2026-11-22T12:40:00Z"))
        await desk.poll(address, NOON + HOUR)
        due = {one.entry.link[-1]: one.revision for one in await desk.due(NOON + HOUR)}
        assert due == {"1": 2, "2": 1, "3": 1}, "a page that was too old to be read is new now"
        await desk.poll(address, NOON + 2 * HOUR)
        assert {one.entry.link[-1]: one.revision for one in await desk.due(NOON + 2 * HOUR)} == due
        touched = await desk.db.read(lambda tx: entries.find(tx, "https://a.example/1"))
        history = await desk.db.read(lambda tx: ledger.history(tx, touched[0].id))
    assert history[-1].reason == "touched, as the sitemap says"


async def test_a_page_in_the_middle_of_a_long_undated_sitemap_is_found(desk: Desk) -> None:
    def body(*places: object) -> bytes:
        urls = "".join(f"<url><loc>https://courier.example/{place}</loc></url>" for place in places)
        return f"<urlset>{urls}</urlset>".encode()

    async with Newsroom() as news:
        address = news.publish("/sitemap.xml", body(*range(12_000)))
        await desk.poll(address)
        news.publish("/sitemap.xml", body(*range(6000), "new", *range(6000, 12_000)))
        await desk.poll(address, NOON + HOUR)
        assert [one.entry.link for one in await desk.due(NOON + HOUR)] == ["https://courier.example/new"]
        news.publish("/sitemap.xml", body())
        await desk.poll(address, NOON + 2 * HOUR)
        news.publish("/sitemap.xml", body(*range(12_000)))
        await desk.poll(address, NOON + 3 * HOUR)
    assert (await desk.states()) == {EntryState.NEW: 1}


async def test_an_old_part_that_an_index_brings_back_is_no_news(desk: Desk) -> None:
    async with Newsroom() as news:
        now = news.publish("/now.xml", sitemap(("https://courier.example/1", ""), date="2026-11-22"))
        old = news.publish("/old.xml", sitemap(("https://courier.example/2", ""), date="2024-05-05"))
        address = news.publish("/sitemap.xml", index((now, "2026-11-22")))
        await desk.poll(address)
        news.publish("/sitemap.xml", index((now, "2026-11-22"), (old, "2026-11-22")))
        await desk.poll(address, NOON + HOUR)
        news.publish("/old.xml", sitemap(("https://courier.example/2", ""), date="2024-05-06"))
        news.publish("/sitemap.xml", index((now, "2026-11-22"), (old, "2026-11-23")))
        feed = await desk.poll(address, NOON + 2 * HOUR)
    assert (await desk.states()) == {EntryState.NEW: 2}, "until it is touched"
    assert all(archive.knows(feed.state.marks, f"https://courier.example/{n}") for n in (1, 2))


def undated(folder: str, *numbers: int) -> bytes:
    urls = "".join(f"<url><loc>https://courier.example/{folder}/{n}</loc></url>" for n in numbers)
    return f"<urlset>{urls}</urlset>".encode()


async def test_every_part_of_an_undated_index_has_its_turn(desk: Desk) -> None:
    """What stood there at first is old, whenever it is read; what is added later comes in from any part."""
    async with Newsroom() as news:
        maps = [news.publish(f"/map-{n}.xml", undated(f"{n}", *range(300))) for n in range(20)]
        address = news.publish("/sitemap.xml", index(*((one, "") for one in maps)))
        for minutes in (0, 10, 20, 30):
            before = len(news.log)
            feed = await desk.poll(address, NOON + timedelta(minutes=minutes))
            assert len(news.log) - before <= seeking.MOST_ASKED + 1
        assert all(part.body_hash for part in feed.state.parts)
        assert await desk.states() == {} and await desk.gaps() == ()
        for n in (3, 11, 18):
            news.publish(f"/map-{n}.xml", undated(f"{n}", *range(301)))
        for hours in (25, 26, 27, 28):
            await desk.poll(address, NOON + hours * HOUR)
    found = sorted(one.entry.link for one in await desk.due(NOON + 2 * DAY))
    assert found == [f"https://courier.example/{n}/300" for n in (11, 18, 3)]


async def test_an_index_of_fifty_thousand_parts_costs_no_more_requests_than_any(desk: Desk) -> None:
    """And what is not read of it is said, also while it stays as it is."""
    async with Newsroom() as news:
        parts = ((news.url(f"/map-{n}.xml"), "") for n in range(50_000))
        address = news.publish("/sitemap.xml", index(*parts))
        for n in range(50_000 - 9, 50_000):
            news.publish(f"/map-{n}.xml", undated(f"{n}", 1))
        for hours in (0, 1):
            feed = await desk.poll(address, NOON + hours * HOUR)
            assert len(news.log) == (1 + hours) * (seeking.MOST_ASKED + 1)
            assert feed.state.failing_since is None and len(feed.state.parts) == 1000
        assert feed.state.error.startswith("4 of its 1,000 sitemaps cannot be read: 404")
        news.publish("/sitemap.xml", index(*((news.url(f"/map-{n}.xml"), "") for n in range(49_995, 50_000))))
        feed = await desk.poll(address, NOON + 2 * HOUR)
    assert not feed.state.error


async def test_a_part_whose_date_rises_is_read_at_once_however_many_there_are(desk: Desk) -> None:
    old, days = "2020-01-01", [f"2026-11-{n:02}" for n in range(1, 4)]
    async with Newsroom() as news:
        maps = [news.publish(f"/map-{n}.xml", undated(f"{n}", *range(300))) for n in range(30)]
        named = [(one, old) for one in maps]
        address = news.publish("/sitemap.xml", index(*named))
        await desk.poll(address)
        new = "<url><loc>https://courier.example/7/new</loc><lastmod>2026-11-22T12:30:00Z</lastmod></url>"
        body = undated("7", *range(300)).replace(b"</urlset>", new.encode() + b"</urlset>")
        news.publish("/map-7.xml", body)
        named[7] = (maps[7], "2026-11-22T12:30:00Z")
        named[20:23] = list(zip(maps[20:23], days, strict=True))
        news.publish("/sitemap.xml", index(*named))
        before = len(news.log)
        await desk.poll(address, NOON + HOUR)
        await desk.poll(address, NOON + 2 * HOUR)
    assert [one.entry.link for one in await desk.due(NOON + DAY)] == ["https://courier.example/7/new"]
    asked = {one.path for one in news.log[before:]}
    assert {f"/map-{n}.xml" for n in (7, 20, 21, 22)} <= asked and len(asked) < 12


async def test_the_rest_of_an_index_of_large_parts_is_read_by_later_polls(desk: Desk) -> None:
    def body(n: int) -> bytes:
        return undated(f"{n}", 1).replace(b"</urlset>", b" " * (12 << 20) + b"</urlset>")

    async with Newsroom() as news:
        maps = [news.publish(f"/map-{n}.xml", body(n)) for n in range(5)]
        address = news.publish("/sitemap.xml", index(*((one, "") for one in maps)))
        feed = await desk.poll(address)
        assert sum(bool(part.body_hash) for part in feed.state.parts) == 3
        feed = await desk.poll(address, NOON + HOUR)
    assert all(part.body_hash for part in feed.state.parts)


async def test_the_parts_of_an_index_in_an_index_are_read(desk: Desk) -> None:
    async with Newsroom() as news:
        part = news.publish("/map.xml", sitemap(("https://courier.example/1", "One")))
        inner = news.publish("/inner.xml", index((part, "2026-11-22")))
        feed = await desk.poll(news.publish("/sitemap.xml", index((inner, "2026-11-22"))))
        assert (await desk.states()) == {EntryState.NEW: 1}
        assert [one.url for one in feed.state.parts[0].parts] == [part]
        news.publish("/map.xml", sitemap(("https://courier.example/2", "Two")))
        await desk.poll(feed.spec.url, NOON + HOUR)
    assert (await desk.states()) == {EntryState.NEW: 2}
    assert [asked.answer for asked in news.log] == ["200", "200", "200", "304", "304", "200"]


async def test_indexes_that_name_each_other_end(desk: Desk) -> None:
    async with Newsroom() as news:
        one, other, third = (news.url(f"/{name}.xml") for name in ("sitemap", "other", "third"))
        news.publish("/sitemap.xml", index((one, ""), (other, "")))
        news.publish("/other.xml", index((one, ""), (other, ""), (third, "")))
        news.publish("/third.xml", index((one, ""), (other, "")))
        feed = await desk.poll(one)
        assert feed.state.error == "an index in an index in an index of sitemaps"
        assert sorted(asked.path for asked in news.log) == ["/other.xml", "/sitemap.xml", "/third.xml"]
        news.publish("/sitemap.xml", index((one, "")))
        feed = await desk.poll(one, NOON + DAY)
    assert feed.state.error == "an index of sitemaps that names nothing but itself"


async def test_of_indexes_in_an_index_a_few_documents_are_asked(desk: Desk) -> None:
    async with Newsroom() as news:
        for n in range(3):
            maps = [
                news.publish(f"/{n}-{m}.xml", sitemap((f"https://a.example/{n}/{m}", "T"))) for m in range(9)
            ]
            news.publish(f"/inner-{n}.xml", index(*((one, "") for one in maps)))
        inner = [(news.url(f"/inner-{n}.xml"), "") for n in range(3)]
        await desk.poll(news.publish("/sitemap.xml", index(*inner)))
    assert len(news.log) == seeking.MOST_ASKED + 1


def edition(*numbers: int) -> bytes:
    return sitemap(*((f"https://courier.example/{n}", f"Story {n}") for n in numbers))


async def test_a_news_part_that_shares_nothing_with_the_last_look_is_a_gap(desk: Desk) -> None:
    async with Newsroom() as news:
        part = news.publish("/news-map.xml", edition(*range(10)))
        plain = news.publish(
            "/all.xml", sitemap(*((f"https://courier.example/old/{n}", "") for n in range(9)))
        )
        address = news.publish("/sitemap.xml", index((part, ""), (plain, "")))
        await desk.poll(address)
        news.publish("/news-map.xml", edition(*range(5, 15)))
        await desk.poll(address, NOON + HOUR)
        assert await desk.gaps() == ()
        news.publish("/news-map.xml", edition(*range(40, 50)))
        await desk.poll(address, NOON + 9 * HOUR)
    (gap,) = await desk.gaps()
    assert (gap.since, gap.until) == (NOON + HOUR, NOON + 9 * HOUR)
    assert (await desk.states())[EntryState.NEW] == 25 + 9


async def test_a_sitemap_of_a_rebuilt_site_says_how_much_may_be_missing(desk: Desk) -> None:
    def body(folder: str) -> bytes:
        urls = "".join(f"<url><loc>https://courier.example/{folder}/{n}</loc></url>" for n in range(900))
        return f"<urlset>{urls}</urlset>".encode()

    async with Newsroom() as news:
        address = news.publish("/sitemap.xml", body("old"))
        await desk.poll(address)
        news.publish("/sitemap.xml", body("new"))
        await desk.poll(address, NOON + HOUR)
        await desk.poll(address, NOON + 2 * HOUR)
    (gap,) = await desk.gaps()
    assert gap.most == 900 and gap.alike and await desk.states() == {}


async def test_a_json_feed_is_polled_like_any_other(desk: Desk) -> None:
    def body(*ids: int) -> bytes:
        entries = [{"id": n, "url": f"https://courier.example/{n}", "title": f"Story {n}"} for n in ids]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries}).encode()

    async with Newsroom() as news:
        address = news.publish("/feed.json", Answer(body(1, 2), type="application/feed+json"))
        await desk.poll(address)
        news.publish("/feed.json", Answer(body(3, 2, 1), type="application/json"))
        await desk.poll(address, NOON + HOUR)
    assert (await desk.states()) == {EntryState.NEW: 3}


def json_feed(*numbers: int, older: str = "") -> Answer:
    named = [
        {"id": n, "url": f"https://courier.example/{n}", "title": f"Story {n}"}
        | {"date_published": (NOON + n * HOUR).isoformat()}
        for n in numbers
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": named, "padding": "x" * 70_000}
    return Answer(json.dumps(feed | ({"next_url": older} if older else {})).encode())


async def test_the_next_page_of_a_json_feed_fills_a_gap_page_by_page(desk: Desk) -> None:
    async with Newsroom() as news:
        address = news.publish("/feed.json", json_feed(-3, -4, -5))
        await desk.poll(address)
        news.publish("/feed.json", json_feed(9, 8, 7, older=news.url("/feed.json?page=2")))
        news.publish("/feed.json?page=2", json_feed(6, 5, 4, older="/feed.json?page=3"))
        news.publish("/feed.json?page=3", json_feed(3, 2, 1, older=news.url("/feed.json?page=4")))
        news.publish("/feed.json?page=4", json_feed(0, -3, -4, older=news.url("/feed.json?page=2")))
        await desk.poll(address, NOON + 9 * HOUR)
        assert await desk.fill(NOON + 9 * HOUR) == 7
        assert (await desk.states()) == {EntryState.NEW: 13} and await desk.gaps() == ()
        assert len(news.asked("/feed.json?page=2")) == 1


async def test_the_next_page_of_a_json_feed_on_another_site_is_not_asked(desk: Desk) -> None:
    async with Newsroom(hosts=2) as news:
        address = news.publish("/feed.json", json_feed(-3, -4, -5))
        await desk.poll(address)
        elsewhere = news.url("/2", host=1)
        news.publish("/2", json_feed(6, 5, 4))
        news.publish("/feed.json", json_feed(9, 8, 7, older=elsewhere))
        await desk.poll(address, NOON + 9 * HOUR)
        assert await desk.fill(NOON + 9 * HOUR) == 0
        assert not news.asked("/2")


async def test_a_gap_is_filled_from_an_index_in_an_index_that_robots_txt_names(desk: Desk) -> None:
    def plain(*days: int) -> bytes:
        urls = (
            f"<url><loc>https://courier.example/{n}</loc><lastmod>{NOON + n * DAY:%Y-%m-%d}</lastmod></url>"
            for n in days
        )
        return f"<urlset>{''.join(urls)}</urlset>".encode()

    async with Newsroom() as news:
        address = news.publish("/feed.json", json_feed(-3, -4, -5))
        await desk.poll(address)
        part = news.publish("/all.xml", plain(*range(-300, 12)))
        inner = news.publish("/inner.xml", index((part, "")))
        outer = news.publish("/sitemap.xml", index((inner, ""), (news.url("/sitemap.xml"), "")))
        news.publish("/robots.txt", f"Sitemap: {outer}".encode(), type="text/plain")
        news.publish("/feed.json", json_feed(243, 242, 241))
        await desk.poll(address, NOON + 10 * DAY + 4 * HOUR)
        came = await desk.fill(NOON + 10 * DAY + 4 * HOUR)
    assert 9 <= came <= 11, "a page a day, known to a day"


@pytest.mark.parametrize(
    "address",
    ["http://10.1.2.3/map.xml", "http://169.254.169.254/", "http://[::1]/", "http://2130706433/"],
)
async def test_a_private_address_that_an_index_names_is_not_asked(desk: Desk, address: str) -> None:
    async with Newsroom() as news:
        feed = await desk.poll(news.publish("/sitemap.xml", index((address, ""))))
    assert len(news.log) == 1 and not feed.state.looked


async def test_a_found_feed_is_remembered_over_a_restart(sqlite_address: str, desk: Desk) -> None:
    async with Newsroom() as news:
        home = news.publish("/", site(NAMED % b"/news.xml"))
        news.publish("/news.xml", NEWS)
        await desk.poll(home)
        with Db.open(sqlite_address) as again:
            feed = await Desk(again, desk.web, desk.workers).poll(home, NOON + HOUR)
    assert feed.address.endswith("/news.xml") and len(news.asked("/")) == 1
