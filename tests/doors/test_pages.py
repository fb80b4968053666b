"""Articles' pages, judged: which are asked for, which count as read, and what is looked at again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

import rules
from monitor import pipeline
from monitor.model import (
    Access,
    Article,
    Block,
    Cause,
    Decision,
    Entry,
    EntryState,
    FetchFailed,
    FirstLook,
    Fresh,
    NewEntry,
    Source,
    StoredEntry,
    Zone,
)
from monitor.sources.fetch import PAGE, Web
from monitor.store import entries, feeds
from monitor.store.db import Db
from monitor.workers import Workers
from tests.doors.desks import a_desk
from tests.doors.newsroom import Answer, Newsroom, page, status
from tests.doors.stores import NOON, a_feed

WORDS = "The reactor was shut on Sunday, said officials who had been there on the day of it. " * 4
MISSILE = page("Convoy seen", [WORDS, "Officials said that a missile had been moved.", WORDS])


@dataclass
class Desk:
    """Judges what a feed names, by the rule `missile`, at the time the test says."""

    workers: Workers
    db: Db
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.web = Web("t", ["127.0.0.0/8"], clock=lambda: self.now)

    async def carry(
        self, link: str, summary: str = "Convoys were seen.", title: str = "Convoy seen"
    ) -> StoredEntry:
        feed = await self.db.write(a_feed)
        words = Entry(link, link, title, (Block(Zone.SUMMARY, summary),))
        news = Fresh(new=(NewEntry(words, (link,), "hash", link),))
        state = replace(feed.state, looked=True)
        await self.db.write(lambda tx: feeds.keep_poll(tx, replace(feed, state=state), state, news, NOON))
        return (await self.due())[0]

    async def due(self) -> tuple[StoredEntry, ...]:
        return await self.db.read(lambda tx: entries.due(tx, self.now, 9))

    async def judge(self, entry: StoredEntry, access: Access | None = None) -> Decision:
        ruleset = rules.compile([rules.rule("missile")])
        web, summary = self.web.under(access), FirstLook.SUMMARY
        desk = a_desk(web, self.workers, self.db, ruleset, lambda: self.now, first_look=summary)
        return await pipeline.judge(entry, desk)

    async def read(self, entry: StoredEntry) -> Article:
        found = await self.db.read(lambda tx: entries.article(tx, entry.id))
        assert found
        return found


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as news:
        yield news


@pytest.fixture
async def desk(sqlite_address: str) -> AsyncIterator[Desk]:
    with Db.open(sqlite_address) as db:
        desk = Desk(Workers(1), db)
        yield desk
        await desk.web.close()
        desk.workers.close()


SOON = [
    pytest.param(
        page("Page not found", ["Try another."]), "the page says it is not found", id="P06 soft 404"
    ),
    pytest.param(page("Convoy seen", ["More soon."]), "almost no text", id="P06 a flash of news"),
    pytest.param(status(503), "503 Service Unavailable", id="a server in trouble"),
]


@pytest.mark.parametrize(("first", "note"), SOON)
async def test_p06_an_article_whose_page_is_thin_is_judged_again_when_its_body_is_there(
    news: Newsroom, desk: Desk, first: bytes | Answer, note: str
) -> None:
    entry = await desk.carry(news.publish("/a", first))
    assert (await desk.judge(entry)).state is EntryState.NO_MATCH
    read = await desk.read(entry)
    assert read.source is Source.FEED and read.note.startswith(note)
    desk.now += timedelta(minutes=5)
    news.publish("/a", MISSILE)
    (again,) = await desk.due()
    decision = await desk.judge(again)
    assert decision.state is EntryState.TOLD and not decision.deliveries[0].alert.summary_only
    assert await desk.due() == ()


async def test_p06_a_paywalled_article_is_told_by_what_there_is_and_says_so(
    news: Newsroom, desk: Desk
) -> None:
    teaser = page("Convoy seen", [WORDS, "A missile was among it. Subscribe to continue reading."])
    entry = await desk.carry(news.publish("/a", teaser))
    decision = await desk.judge(entry)
    [alert] = [one.alert for one in decision.deliveries]
    assert alert.summary_only == "only what stands before the paywall"
    desk.now += timedelta(days=2)
    assert await desk.due() == (), "nobody will take the wall away"


async def test_what_a_site_says_under_every_article_is_not_the_next_one(news: Newsroom, desk: Desk) -> None:
    foot = "Missile Weekly is read by two million people. Write to its desk."
    states = []
    for number in range(5):
        words = [f"Convoy {number} was seen. {WORDS}", WORDS, foot]
        title = f"Convoy {number} seen"
        entry = await desk.carry(news.publish(f"/{number}", page(title, words)), title=title)
        states.append((await desk.judge(entry)).state)
    assert states == [EntryState.TOLD] * 3 + [EntryState.NO_MATCH] * 2
    assert (await desk.read(entry)).blocks[-2].zone is Zone.BOILERPLATE


OTHER_KINDS = [
    pytest.param("application/pdf", "application/pdf", id="P07 PDF"),
    pytest.param("image/jpeg", "image/jpeg", id="P07 image"),
    pytest.param("video/mp4; codecs=x", "video/mp4", id="P07 300 MB video"),
    pytest.param("audio/mpeg", "audio/mpeg", id="P07 audio"),
]


@pytest.mark.parametrize(("type", "shown"), OTHER_KINDS)
async def test_p07_of_another_kind_no_byte_is_taken(
    news: Newsroom, desk: Desk, type: str, shown: str
) -> None:
    """The body never ends: whoever reads it waits for the time limit."""
    link = news.publish("/a", Answer(b"x" * 1024, type=type, endless=True, pause=0.05))
    async with asyncio.timeout(5):
        got = await desk.web.get(link, kind=PAGE)
    assert got == FetchFailed(Cause.OTHER_KIND, f"not a web page: {shown}")
    assert not got.passing


async def test_p08_a_page_that_leads_on_is_not_followed(news: Newsroom, desk: Desk) -> None:
    secret = news.publish("/secret", MISSILE)
    head = f"<meta http-equiv='refresh' content='0; url={secret}'>".encode()
    link = news.publish("/a", MISSILE.split(b"<body>")[0].replace(b"</head>", head + b"</head>"))
    await desk.judge(await desk.carry(link))
    assert not news.asked("/secret")


async def test_p11_what_a_page_calls_its_own_address_is_not_asked_for(news: Newsroom, desk: Desk) -> None:
    secret = news.publish("/secret", MISSILE)
    more = "".join(
        f"<link rel='{name}' href='{place}'><meta property='og:url' content='{place}'>"
        for name in ("canonical", "amphtml", "alternate", "next", "prefetch", "icon", "stylesheet")
        for place in (secret, "http://169.254.169.254/latest/", "http://10.0.0.1/")
    ).encode()
    link = news.publish("/a", MISSILE.replace(b"</head>", more + f"<base href='{secret}'></head>".encode()))
    decision = await desk.judge(await desk.carry(link))
    assert decision.deliveries[0].alert.link == link
    assert [asked.path for asked in news.log] == ["/a"]


async def test_a_page_of_a_feed_that_carries_whole_articles_is_never_asked_for(
    news: Newsroom, desk: Desk
) -> None:
    link = news.publish("/a", MISSILE)
    entry = await desk.carry(link, "A missile was seen.")
    decision = await desk.judge(entry, Access(news.url("/feed"), pages=False))
    assert decision.state is EntryState.TOLD and not decision.deliveries[0].alert.summary_only
    assert not news.log and await desk.due() == ()


@pytest.mark.parametrize("way", ["header", "page"])
async def test_what_asks_not_to_be_kept_is_read_and_not_kept(news: Newsroom, desk: Desk, way: str) -> None:
    mark = b"<meta name=robots content='noarchive'></head>"
    body = MISSILE.replace(b"</head>", mark) if way == "page" else MISSILE
    headers = {"X-Robots-Tag": "noarchive"} if way == "header" else {}
    entry = await desk.carry(news.publish("/a", Answer(body, headers=headers)))
    assert (await desk.judge(entry)).state is EntryState.TOLD
    kept = await desk.read(entry)
    assert "noarchive" in kept.note and kept.text == "Convoys were seen."


async def test_an_article_in_several_feeds_is_asked_for_once(news: Newsroom, desk: Desk) -> None:
    link = news.publish("/a", MISSILE)
    got = await asyncio.gather(*(desk.web.page(link) for _ in range(4)))
    desk.now += timedelta(minutes=9)
    assert {id(one) for one in got} == {id(await desk.web.page(link))} and len(news.log) == 1
    await desk.web.page(link, again=True)
    assert len(news.log) == 2, "an edited article is read as it is now"
    desk.now += timedelta(minutes=10)
    await desk.web.page(link)
    assert len(news.log) == 3


async def test_a_page_that_failed_is_not_shared_for_long(news: Newsroom, desk: Desk) -> None:
    link = news.publish("/a", status(503))
    await asyncio.gather(*(desk.web.page(link) for _ in range(4)))
    assert len(news.log) == 1
    desk.now += timedelta(minutes=1)
    await desk.web.page(link)
    assert len(news.log) == 2


async def test_pages_that_were_kept_are_let_go(news: Newsroom, desk: Desk) -> None:
    """Sixteen MB at most: the first of five of 4 MB is asked for again."""
    links = [news.publish(f"/{n}", Answer(b"<p>" + b"x" * 4 * 2**20, type="text/html")) for n in range(5)]
    for link in (*links, links[0], links[4]):
        await desk.web.page(link)
    assert [asked.path for asked in news.log] == ["/0", "/1", "/2", "/3", "/4", "/0"]
