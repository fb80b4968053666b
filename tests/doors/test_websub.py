"""Push through its doors: a hub on loopback, the listener, a real store. Numbers as on websub.rocks."""

import asyncio
import gzip
import io
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor import config
from monitor.commands import checks
from monitor.daemon import Daemon
from monitor.errors import ConfigError
from monitor.model import Config, Feed, FeedSpec, Secret
from monitor.model.hubs import CallbackState, Offer, Standing, Subscription
from monitor.polling.poll import Polled, poll
from monitor.reception import Reception
from monitor.sources.callback import Bounds, Letter, Listener, Receipt
from monitor.sources.fetch import Limits, Web
from monitor.store import entries, feeds, schema, subscriptions
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from tests.doors.hubroom import Form, Hub, Reply, moved
from tests.doors.newsroom import Answer, Newsroom, entry, page, redirect, rss
from tests.doors.stores import NOON, disk_with

TLS = Path(__file__).parent / "tls"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LOOPBACK = ("127.0.0.0/8",)
OLD, NEW, NEWER = (entry(f"Missile {n} over Basra", f"https://courier.example/{n}") for n in (1, 2, 3))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(1)
    yield pool
    pool.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Subscriber:
    """What a daemon does for push, a step at a time, on a clock of the test's."""

    settings: Config
    db: Db
    web: Web
    workers: Workers
    now: datetime = NOON
    woken: int = 0
    reception: Reception = field(init=False)

    def __post_init__(self) -> None:
        self.reception = Reception(
            lambda: self.settings, self.db, self.workers, lambda: self.web, self._wake, self.clock
        )

    def clock(self) -> datetime:
        return self.now

    def _wake(self) -> None:
        self.woken += 1

    async def take_up(self, *urls: str) -> None:
        """A config with these feeds."""

        def act(tx: Tx) -> None:
            feeds.sync(tx, [FeedSpec(url) for url in urls], self.now)
            self.reception.take_up(tx, self.now)

        await self.db.write(act)

    async def feed(self, url: str) -> Feed:
        known = await self.db.read(feeds.get_all)
        if all(feed.spec.url != url for feed in known):
            await self.take_up(*(feed.spec.url for feed in known), url)
        return next(feed for feed in await self.db.read(feeds.get_all) if feed.spec.url == url)

    async def poll(self, url: str) -> Polled:
        return await poll(
            await self.feed(url),
            web=self.web,
            workers=self.workers,
            db=self.db,
            floor=self.settings.fetch.every,
            clock=self.clock,
            listening=self.reception.open_since,
        )

    async def ask(self) -> None:
        """Whatever is due at the hubs."""
        await self.reception.asks.once()

    async def read(self) -> None:
        """Whatever hubs have brought."""
        await self.reception.reads.once()

    async def standing(self, url: str) -> Standing:
        feed = await self.feed(url)
        return await self.db.read(lambda tx: subscriptions.standing(tx, feed.id))

    async def titles(self) -> list[str]:
        return sorted(await self.db.read(lambda tx: tx.scalars(select(schema.entries.c.title)).all()))

    async def unread(self) -> int:
        return len(await self.db.read(lambda tx: subscriptions.undone(tx, 1000)))


@asynccontextmanager
async def opened(
    db: Db, workers: Workers, folder: Path, more: str = "", trust: ssl.SSLContext | None = None
) -> AsyncIterator[Subscriber]:
    """A subscriber that hubs can reach under /push/ of a port of its own."""
    where = f"127.0.0.1:{free_port()}"
    path = folder / "config.yaml"
    path.write_text(
        "feeds: [https://a.example/f]\nrules: [missile]\n"
        f"websub: {{public: 'http://{where}/push/', listen: '{where}'{more}}}\n"
    )
    web = Web("wirewatch/test", LOOPBACK, limits=Limits(connect=2, first_byte=5, total=10), trust=trust)
    subscriber = Subscriber(config.load(path, {}), db, web, workers)
    await subscriber.reception.open()
    try:
        yield subscriber
    finally:
        await subscriber.reception.close()
        await web.close()


@pytest.fixture
async def subscriber(db: Db, workers: Workers, tmp_path: Path) -> AsyncIterator[Subscriber]:
    """On SQLite and on PostgreSQL."""
    async with opened(db, workers, tmp_path) as made:
        yield made


@pytest.fixture
async def alone(sqlite_address: str, workers: Workers, tmp_path: Path) -> AsyncIterator[Subscriber]:
    """On SQLite, where the store makes no difference."""
    with Db.open(sqlite_address) as db:
        async with opened(db, workers, tmp_path) as made:
            yield made


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom() as newsroom:
        yield newsroom


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub() as made:
        yield made


def links(hub: str, own: str) -> str:
    return f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{own}"/>'


def feed_of(hub: Hub, own: str, *found: str) -> bytes:
    """An RSS feed that names its hub."""
    body = rss(found)
    return body.replace(b"<description>", links(hub.url, own).encode() + b"<description>", 1)


async def subscribed(
    subscriber: Subscriber, news: Newsroom, hub: Hub, *found: str, fresh_for: timedelta = timedelta(0)
) -> tuple[str, Form]:
    """The address of a feed with these entries, and the request that its hub has confirmed."""
    url = news.url("/feed")
    good_for = {"Cache-Control": f"max-age={fresh_for.total_seconds():.0f}"} if fresh_for else {}
    news.publish("/feed", Answer(feed_of(hub, url, *(found or (OLD,))), headers=good_for))
    before = len(hub.verified)
    await subscriber.poll(url)
    await subscriber.ask()
    return url, await hub.confirmed(before + 1)


# --- discovery and subscription ----------------------------------------------------------------------------


def header(hub: str, own: str) -> dict[str, str]:
    return {"Link": f'<{hub}>; rel="hub", <{own}>; rel="self"'}


def blog(kind: int, hub: str, own: str) -> Answer:
    """The blog of a test of websub.rocks, as its answer to a GET."""
    html = page("Posts", ["Hello."])
    named = f'<link rel="hub" href="{hub}"><link rel="self" href="{own}">'
    match kind:
        case 100 | 201 | 202:
            return Answer(html, headers=header(hub, own))
        case 101:
            return Answer(html.replace(b"</head>", named.encode() + b"</head>"))
        case 102:
            inner = f"<title>Posts</title>{named.replace('>', '/>')}"
            atom = f'<feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'
            return Answer(atom.encode(), type="text/xml")
        case 103:
            return Answer(rss([OLD]).replace(b"<item>", links(hub, own).encode() + b"<item>", 1))
        case 104:
            wrong = links(hub + "?error=wrongtag", own + "?wrong")
            return Answer(
                rss([OLD]).replace(b"<item>", wrong.encode() + b"<item>", 1), headers=header(hub, own)
            )
    return Answer(rss([OLD]), headers=header(hub, own))


@pytest.mark.parametrize("kind", [100, 101, 102, 103, 104])
async def test_a_hub_is_found_wherever_a_publisher_names_it(
    kind: int, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url = news.url("/blog")
    news.publish("/blog", blog(kind, hub.url, url))
    await alone.poll(url)
    await alone.ask()
    form = await hub.confirmed()
    assert (form["hub.mode"], form["hub.topic"], hub.paths) == ("subscribe", url, ["/hub"])
    assert len(news.asked("/blog")) == 1, "discovery asks for nothing more"


async def test_200_the_topic_is_what_the_feed_calls_itself(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    news.publish("/blog", blog(200, hub.url, news.url("/blog?self=other")))
    await alone.poll(news.url("/blog"))
    await alone.ask()
    assert (await hub.confirmed())["hub.topic"] == news.url("/blog?self=other")


@pytest.mark.parametrize(("number", "status"), [(201, 302), (202, 301)])
async def test_the_topic_is_that_of_the_place_a_feed_has_moved_to(
    number: int, status: int, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    there = news.url("/there")
    news.publish("/blog", redirect("/there", status))
    news.publish("/there", blog(number, hub.url, there))
    await alone.poll(news.url("/blog"))
    await alone.ask()
    assert (await hub.confirmed())["hub.topic"] == there


@pytest.mark.parametrize(("number", "status"), [(203, 307), (204, 308)])
async def test_a_hub_that_has_moved_gets_the_same_request_there(
    number: int, status: int, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(moved(hub.at("/new"), status))
    url, form = await subscribed(alone, news, hub)
    assert hub.paths == ["/hub", "/new"] and form == hub.asked[0], number
    assert (await alone.standing(url)).callbacks[0].state is CallbackState.LIVE


async def test_a_slow_hub_leaves_room_for_the_others(subscriber: Subscriber) -> None:
    """Of its feeds a few are asked about at a time, whatever is in work already."""
    urls = [f"https://news.example/{n}" for n in range(10)]
    await subscriber.take_up(*urls)
    ids = [(await subscriber.feed(url)).id for url in urls]

    def offer(tx: Tx) -> None:
        for number, feed_id in enumerate(ids):
            hub = "https://slow.example/" if number < 8 else f"https://{number}.example/"
            subscriptions.add(tx, Subscription(feed_id, Offer(urls[number], (hub,)), subscriber.now))

    await subscriber.db.write(offer)

    async def due(*busy: int) -> set[int]:
        found = await subscriber.db.read(lambda tx: subscriptions.due(tx, subscriber.now, 100, busy))
        return {one.subscription.feed_id for one in found}

    assert len(await due()) == subscriptions.HUB_SHARE + 2
    assert await due(*ids[:4]) == set(ids[8:])


async def test_205_a_topic_nobody_asked_for_is_not_confirmed(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    hub.plan(Reply(then=""))
    await subscriber.poll(url)
    await subscriber.ask()
    [form] = await hub.requests()
    assert await hub.verify(form, {"hub.topic": url + "?other"}) == (404, "")
    assert (await subscriber.standing(url)).callbacks[0].state is CallbackState.PENDING
    assert await hub.verify(form, {"hub.challenge": "echo"}) == (200, "echo")
    live = (await subscriber.standing(url)).callbacks[0]
    assert (live.state, live.until) == (CallbackState.LIVE, NOON + 10 * DAY)


async def test_a_hub_may_ask_back_before_it_answers(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    hub.plan(Reply(500, first=True))
    url, _ = await subscribed(alone, news, hub)
    standing = await alone.standing(url)
    assert [one.state for one in standing.callbacks] == [CallbackState.LIVE]
    assert standing.subscription.tries == 0


async def test_a_hub_that_answered_too_late_may_still_confirm(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(Reply(504, then=""))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await alone.poll(url)
    await alone.ask()
    [form] = await hub.requests()
    assert "504" in (await alone.standing(url)).subscription.reason
    assert await hub.verify(form, {}) == (200, "challenge")
    assert (await alone.standing(url)).subscription.reason == ""


async def test_a_secret_in_the_address_of_a_feed_is_told_to_no_hub(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url = news.url("/feed?token=s3cret")
    news.publish("/feed?token=s3cret", Answer(rss([OLD]), headers={"Link": f"<{hub.url}>; rel=hub"}))
    await alone.poll(url)
    await alone.ask()
    assert hub.asked == [] and len(await alone.titles()) == 1


async def test_a_hub_over_https_is_told_a_secret(
    sqlite_address: str, workers: Workers, news: Newsroom, tmp_path: Path
) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(TLS / "good.pem", TLS / "key.pem")
    trust = ssl.create_default_context(cafile=TLS / "good.pem")
    with Db.open(sqlite_address) as db:
        async with opened(db, workers, tmp_path, trust=trust) as subscriber, Hub(tls=server) as hub:
            _, form = await subscribed(subscriber, news, hub)
            assert len(form["hub.secret"]) >= 40
            assert await hub.deliver(form, rss([NEW])) == 202
            await subscriber.read()
            assert len(await subscriber.titles()) == 2


@pytest.mark.parametrize(
    "where", ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/"]
)
async def test_no_hub_leads_us_where_we_must_not_go(
    where: str, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url = news.url("/feed")
    news.publish("/feed", Answer(rss([OLD]), headers=header(where, url)))
    await alone.poll(url)
    await alone.ask()
    reason = (await alone.standing(url)).subscription.reason
    assert "private or reserved network" in reason or "no secure connection" in reason


@pytest.mark.parametrize("status", [307, 308])
async def test_nor_does_a_hub_that_moves_there(
    status: int, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(moved("http://169.254.169.254/hub", status))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await alone.poll(url)
    await alone.ask()
    assert "private or reserved network" in (await alone.standing(url)).subscription.reason


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_drops_the_form_is_not_followed(
    status: int, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(moved(hub.at("/new"), status))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await alone.poll(url)
    await alone.ask()
    assert hub.paths == ["/hub"]
    assert "drops the form" in (await alone.standing(url)).subscription.reason


# --- leases ------------------------------------------------------------------------------------------------


async def test_a_lease_is_renewed_at_its_half_with_a_new_address(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, first = await subscribed(subscriber, news, hub)
    for day in range(1, 5):
        subscriber.now = NOON + day * DAY
        await subscriber.ask()
    assert len(hub.asked) == 1
    subscriber.now = NOON + 5 * DAY
    await subscriber.ask()
    second = await hub.confirmed(2)
    assert second["hub.callback"] != first["hub.callback"] and second["hub.secret"] != first["hub.secret"]
    assert await hub.deliver(first, rss([NEW])) == 202, "one may be on its way yet"
    subscriber.now += 3 * HOUR
    assert await hub.deliver(first, rss([NEWER])) == 410
    assert await hub.deliver(second, rss([NEWER])) == 202


async def test_a_feed_whose_topic_moves_is_subscribed_there_within_a_day(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, _ = await subscribed(subscriber, news, hub)
    for hour in range(1, 24):
        subscriber.now = NOON + hour * HOUR
        news.publish("/feed", feed_of(hub, f"{url}?at={hour}", OLD, NEW))
        await subscriber.poll(url)
        await subscriber.ask()
    assert len(hub.asked) == 1
    subscriber.now = NOON + DAY
    await subscriber.ask()
    assert (await hub.confirmed(2))["hub.topic"] == f"{url}?at=23"


async def test_addresses_that_were_over_long_ago_are_forgotten(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(Reply(then=""))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await subscriber.poll(url)
    await subscriber.ask()
    [never] = await hub.requests()
    subscriber.now += HOUR
    await subscriber.ask()
    form = await hub.confirmed()
    subscriber.now += 11 * DAY
    await subscriber.reception.tidy()
    assert await hub.deliver(never, rss([NEW])) == 404
    assert await hub.deliver(form, rss([NEW])) == 410
    subscriber.now += 40 * DAY
    await subscriber.reception.tidy()
    assert await hub.deliver(form, rss([NEW])) == 404


async def test_f70_a_lease_that_ended_while_we_were_down_is_asked_for_again(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()
    assert (await subscriber.feed(url)).pushed
    subscriber.now = NOON + 30 * DAY
    await subscriber.take_up(url)
    hub.plan(Reply(503, then=""))
    await subscriber.ask()
    assert not (await subscriber.feed(url)).pushed, "until then it is polled as any other"
    subscriber.now += HOUR
    await subscriber.ask()
    again = await hub.confirmed(2)
    assert again["hub.callback"] != form["hub.callback"]
    assert await hub.deliver(form, rss([NEWER])) == 410
    assert (await subscriber.standing(url)).subscription.due_at == subscriber.now + DAY


async def test_f70_a_hub_that_denies_leaves_the_feed_to_polls(
    subscriber: Subscriber, news: Newsroom, hub: Hub, logged: io.StringIO
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()
    assert (await subscriber.feed(url)).pushed
    denial = {"hub.mode": "denied", "hub.topic": url, "hub.reason": "members only"}
    assert await hub.get(form["hub.callback"], denial) == (200, "")
    assert not (await subscriber.feed(url)).pushed
    standing = await subscriber.standing(url)
    assert standing.subscription.due_at == NOON + 7 * DAY
    assert "denied by 127.0.0.1" in standing.subscription.reason
    assert "members only" in logged.getvalue() and "it is polled" in logged.getvalue()
    assert await hub.deliver(form, rss([NEWER])) == 410


async def test_a_request_that_is_denied_is_not_made_again_soon(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(Reply(then="deny"))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await alone.poll(url)
    await alone.ask()
    await asyncio.gather(*hub._tasks)
    alone.now += 6 * DAY
    await alone.ask()
    assert len(hub.asked) == 1
    alone.now += DAY
    await alone.ask()
    assert len(hub.asked) == 2


async def test_a_feed_that_left_the_config_is_unsubscribed_and_one_that_returns_subscribed(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await subscriber.take_up(news.url("/another"))
    await subscriber.ask()
    left = await hub.confirmed(2)
    assert (left["hub.mode"], left["hub.callback"]) == ("unsubscribe", form["hub.callback"])
    assert "hub.secret" not in left
    assert await hub.deliver(form, rss([NEW])) == 410
    await subscriber.take_up(url)
    await subscriber.ask()
    assert (await hub.confirmed(3))["hub.mode"] == "subscribe"


async def test_without_push_in_the_config_no_feed_is_taken_for_pushed(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()

    def switched_off(tx: Tx) -> None:
        subscriptions.take_up(tx, "", subscriber.now)

    await subscriber.db.write(switched_off)
    assert not (await subscriber.feed(url)).pushed


async def test_addresses_that_lead_elsewhere_now_are_given_anew(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, _ = await subscribed(subscriber, news, hub)
    await subscriber.db.write(lambda tx: subscriptions.take_up(tx, "https://new.example/", subscriber.now))
    standing = await subscriber.standing(url)
    assert standing.callbacks == () and standing.subscription.due_at == subscriber.now


# --- deliveries --------------------------------------------------------------------------------------------


async def test_300_what_a_hub_brings_is_taken_and_comes_in_as_if_polled(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    before = (await subscriber.feed(url)).state
    subscriber.now += MINUTE
    assert await hub.deliver(form, feed_of(hub, url, NEW, OLD)) == 202
    assert await subscriber.unread() == 1, "it is kept before the hub hears of it"
    await subscriber.read()
    assert await subscriber.titles() == ["Missile 1 over Basra", "Missile 2 over Basra"]
    assert (subscriber.woken, await subscriber.unread()) == (1, 0)
    feed = await subscriber.feed(url)
    learnt = replace(before, news_at=subscriber.now, rhythm=feed.state.rhythm)
    assert feed.pushed and feed.state == learnt, "of the document that was polled nothing is forgotten"
    news.publish("/feed", feed_of(hub, url, NEW, OLD))
    assert (await subscriber.poll(url)).new == 0


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("sha256=" + "0" * 64, id="301 wrong"),
        pytest.param("x", id="301 nonsense"),
        pytest.param("", id="302 none"),
    ],
)
async def test_f69_a_delivery_that_is_not_signed_is_ignored(
    signature: str, alone: Subscriber, news: Newsroom, hub: Hub, logged: io.StringIO
) -> None:
    url, form = await subscribed(alone, news, hub)
    assert await hub.deliver(form, rss([NEW]), signature=signature) == 202
    await alone.read()
    assert await alone.titles() == ["Missile 1 over Basra"] and not (await alone.feed(url)).pushed
    said = logged.getvalue()
    assert "not signed as agreed" in said
    assert form["hub.secret"] not in said and form["hub.callback"].rpartition("/")[2] not in said


async def test_sha1_is_refused_where_the_config_says_so(
    sqlite_address: str, workers: Workers, news: Newsroom, hub: Hub, tmp_path: Path
) -> None:
    with Db.open(sqlite_address) as db:
        async with opened(db, workers, tmp_path, ", sha1: false") as subscriber:
            _, form = await subscribed(subscriber, news, hub)
            for method in ("sha1", "sha512"):
                assert await hub.deliver(form, rss([NEW]), method=method) == 202
                await subscriber.read()
                assert len(await subscriber.titles()) == (1 if method == "sha1" else 2)


async def test_f69_a_delivery_that_comes_again_changes_nothing(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    _, form = await subscribed(subscriber, news, hub)
    for _ in range(3):
        assert await hub.deliver(form, rss([NEW, OLD])) == 202
    await subscriber.read()
    assert await hub.deliver(form, rss([NEW, OLD])) == 202
    await subscriber.read()
    found = await subscriber.db.read(lambda tx: entries.due(tx, subscriber.now, 10))
    assert len(found) == 2 and {one.revision for one in found} == {1}


async def test_f69_a_delivery_that_is_huge_is_refused(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    huge = rss([NEW]).replace(b"</channel>", b" " * (8 * 2**20) + b"</channel>")
    assert await hub.deliver(form, huge) == 413
    bomb = gzip.compress(bytes(64 * 2**20))
    assert await hub.deliver(form, bomb, Content_Encoding="gzip") == 413
    assert await alone.unread() == 0


async def test_f69_a_delivery_of_a_part_takes_nothing_away(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    many = [entry(f"Story {n}", f"https://courier.example/s{n}") for n in range(30)]
    url, form = await subscribed(subscriber, news, hub, *many)
    before = (await subscriber.feed(url)).state
    assert await hub.deliver(form, rss([NEW])) == 202
    await subscriber.read()
    assert len(await subscriber.titles()) == 31
    after = (await subscriber.feed(url)).state
    assert replace(after, news_at=before.news_at, rhythm=before.rhythm) == before


async def test_a_compressed_delivery_is_read(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    body = gzip.compress(rss([NEW]))
    assert await hub.deliver(form, body, Content_Encoding="gzip") == 202
    await alone.read()
    assert len(await alone.titles()) == 2


async def test_an_edit_that_is_pushed_is_an_edit(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    edited = entry("Missile 1 over Basra was a drone", "https://courier.example/1")
    await hub.deliver(form, rss([edited]))
    await alone.read()
    [found] = await alone.db.read(lambda tx: entries.due(tx, alone.now, 10))
    assert (found.entry.title, found.revision) == ("Missile 1 over Basra was a drone", 2)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Hello</body></html>", b"\x00\xff" * 100, rss([NEW])[:-80]]
)
async def test_what_cannot_be_read_to_its_end_makes_us_ask_the_feed(
    body: bytes, alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(alone, news, hub, fresh_for=HOUR)
    alone.now += 30 * MINUTE
    assert await hub.deliver(form, body) == 202
    await alone.read()
    assert (await alone.feed(url)).state.due_at == alone.now and await alone.unread() == 0


async def test_an_unsigned_hub_only_hastens_the_next_poll(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(alone, news, hub, fresh_for=HOUR)
    await alone.db.write(forget_the_secret)
    alone.now += 10 * MINUTE
    assert await hub.deliver(form, rss([NEW])) == 202
    await alone.read()
    assert await alone.titles() == ["Missile 1 over Basra"]
    assert (await alone.feed(url)).state.due_at == alone.now
    await alone.poll(url)
    alone.now += MINUTE
    assert await hub.deliver(form, rss([NEW])) == 202
    assert (await alone.feed(url)).state.due_at == alone.now + 4 * MINUTE, "but not all the time"
    assert (await alone.feed(url)).pushed


def forget_the_secret(tx: Tx) -> None:
    """As if the hub had been reached over plain http on another machine."""
    [live] = subscriptions.given(tx, 1)
    subscriptions.give(tx, replace(live, secret=Secret("")))


async def test_a_hub_that_floods_is_asked_to_come_later(alone: Subscriber, news: Newsroom, hub: Hub) -> None:
    _, form = await subscribed(alone, news, hub)
    answers = [await hub.deliver(form, rss([NEW])) for _ in range(70)]
    assert set(answers[:50]) == {202} and answers[-1] == 429


async def test_while_the_disk_is_full_no_hub_hears_that_we_have_it(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    _, form = await subscribed(alone, news, hub)
    await alone.db.write(lambda tx: disk_with(tx, pages=0))
    big = rss([NEW]).replace(b"</channel>", b" " * 1_000_000 + b"</channel>")
    assert await hub.deliver(form, big) == 429
    await alone.db.write(lambda tx: disk_with(tx, pages=10_000))
    assert await hub.deliver(form, big) == 202
    await alone.read()
    assert len(await alone.titles()) == 2


# --- polls as the safety net -------------------------------------------------------------------------------


async def test_a_hub_that_leaves_entries_out_is_found_out_by_polls(
    subscriber: Subscriber, news: Newsroom, hub: Hub, logged: io.StringIO
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()
    await subscriber.poll(url)
    shown = [OLD, NEW]
    for hour in range(1, 6):
        subscriber.now = NOON + hour * HOUR
        shown.append(entry(f"Story {hour}", f"https://courier.example/s{hour}"))
        news.publish("/feed", feed_of(hub, url, *shown))
        await subscriber.poll(url)
    standing = await subscriber.standing(url)
    assert standing.subscription.missed >= 3 and not (await subscriber.feed(url)).pushed
    assert "left out 3 entries, so it is polled as often as any other" in logged.getvalue()
    subscriber.now += 8 * DAY
    assert await hub.deliver(form, rss([NEWER])) == 202
    await subscriber.read()
    assert (await subscriber.feed(url)).pushed, "it is tried again"


async def test_a_hub_does_not_answer_for_the_time_we_were_down(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()
    subscriber.now = NOON + 8 * HOUR
    subscriber.reception.open_since = subscriber.now
    shown = [entry(f"S {n}", f"https://courier.example/s{n}") for n in range(9)]
    news.publish("/feed", feed_of(hub, url, *shown))
    assert (await subscriber.poll(url)).new == 9
    subscriber.now += HOUR
    news.publish("/feed", feed_of(hub, url, *shown, OLD))
    await subscriber.poll(url)
    assert (await subscriber.standing(url)).subscription.missed == 0
    assert (await subscriber.feed(url)).pushed


async def test_a_hub_that_is_a_little_later_than_a_poll_is_no_hub_that_drops(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    for hour in range(1, 6):
        subscriber.now = NOON + hour * HOUR
        news.publish(
            "/feed", feed_of(hub, url, OLD, NEW, entry(f"S {hour}", f"https://courier.example/s{hour}"))
        )
        assert (await subscriber.poll(url)).new
        subscriber.now += 5 * MINUTE
        await hub.deliver(form, rss([NEW, entry(f"S {hour}", f"https://courier.example/s{hour}")]))
        await subscriber.read()
    assert (await subscriber.standing(url)).subscription.missed == 0
    assert (await subscriber.feed(url)).pushed


# --- wirewatch check ---------------------------------------------------------------------------------------


async def checked(news: Newsroom, folder: Path, public: str, listen: str) -> tuple[int, str]:
    path = folder / "config.yaml"
    path.write_text(
        f"feeds: ['{news.publish('/feed', rss([OLD]))}']\nrules: [missile]\n"
        "fetch: {allow_networks: [127.0.0.0/8]}\n"
        f"websub: {{public: '{public}', listen: '{listen}'}}\n"
    )
    paper = io.StringIO()
    code = await checks.reach(config.load(path, {}), paper)
    return code, paper.getvalue()


async def test_check_tries_the_way_that_hubs_take(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{free_port()}"
    code, said = await checked(news, tmp_path, f"http://{where}/push/", where)
    assert code == 0 and "✓ websub: hubs can reach us" in said


async def test_check_says_where_the_way_of_hubs_leads_instead(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{free_port()}"
    code, said = await checked(news, tmp_path, news.url("/"), where)
    assert code == 1 and f"does not lead to {where}: 404 Not Found" in said and "1 of 3 cannot" in said
    assert "push-" not in said


async def test_check_says_that_the_port_is_taken(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{news.port}"
    code, said = await checked(news, tmp_path, f"http://{where}/", where)
    assert code == 1 and f"! websub: websub.listen: {where} is taken by another program" in said


async def test_a_feed_with_headers_of_its_own_is_named_to_no_hub(
    tmp_path: Path, news: Newsroom, hub: Hub
) -> None:
    path, where = tmp_path / "config.yaml", f"127.0.0.1:{free_port()}"
    for name in ("/private", "/feed"):
        news.publish(name, feed_of(hub, news.url(name), OLD))
    path.write_text(
        f"feeds:\n- {{url: '{news.url('/private')}', headers: {{Authorization: '${{KEY}}'}}}}\n"
        f"- {news.url('/feed')}\nrules: [missile]\nfetch: {{allow_networks: [127.0.0.0/8]}}\n"
        f"websub: {{public: 'http://{where}/', listen: '{where}'}}\n"
    )
    settings = config.load(path, {"KEY": "Bearer s3cret"})
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon._reception.open()
        await daemon.start()
        await daemon.poll_all()
        await daemon._reception.asks.once()
        await hub.confirmed()
        await daemon.close()
    assert news.asked("/private")[0].headers["Authorization"] == "Bearer s3cret"
    assert [form["hub.topic"] for form in hub.asked] == [news.url("/feed")]


async def test_where_hubs_reach_us_cannot_change_under_a_running_daemon(
    tmp_path: Path, logged: io.StringIO
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("feeds: [https://a.example/f]\nrules: [missile]\n")
    settings = config.load(path, {})
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon.start()
        with path.open("a") as file:
            file.write("websub: {public: https://news.example.org/push/}\n")
        await daemon.reload()
        await daemon.close()
    assert "config.yaml: websub cannot change while the daemon runs: restart it" in logged.getvalue()


# --- the listener ------------------------------------------------------------------------------------------


@dataclass
class Clerk:
    """A desk where everything is in order."""

    seen: list[str] = field(default_factory=list)

    async def asked(self, token: Secret, query: Mapping[str, str]) -> str | None:
        self.seen.append(token.value)
        return query.get("hub.challenge")

    async def expects(self, token: Secret) -> Receipt:
        self.seen.append(token.value)
        return Receipt.TAKEN

    async def delivered(self, token: Secret, letter: Letter) -> Receipt:
        if letter.body == b"fault":
            raise RuntimeError("a fault of ours")
        return Receipt.TAKEN


TOKEN = "push-" + "a" * 43


@asynccontextmanager
async def listening(prefix: str = "/push/", **bounds: float) -> AsyncIterator[tuple[Listener, Clerk]]:
    clerk = Clerk()
    listener = Listener("127.0.0.1:0", prefix, clerk, Bounds(**bounds))  # type: ignore[arg-type]
    await listener.open()
    try:
        yield listener, clerk
    finally:
        await listener.close()


async def told(listener: Listener, request: bytes, *, eof: bool = False) -> bytes:
    """What the listener says to these bytes, until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    try:
        writer.write(request)
        if eof:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize(
    "request_",
    [
        get("/"),
        get("/push/"),
        get("/favicon.ico"),
        get("/push/" + TOKEN + "x"),
        get("/push/" + TOKEN + "/"),
        get("/push/push-short"),
        get("/other/" + TOKEN),
        get("/push/../push/" + TOKEN),
        get("/push/" + TOKEN, "PUT"),
        get("/push/" + TOKEN, "HEAD"),
        get("/push/" + TOKEN, "OPTIONS"),
        get("/push/" + TOKEN),
    ],
)
async def test_who_knows_no_address_learns_nothing(request_: bytes) -> None:
    async with listening() as (listener, _):
        answer = await told(listener, request_)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404") and not body
    assert b"aiohttp" not in head.lower() and b"python" not in head.lower() and b"wirewatch" not in head


@pytest.mark.parametrize("path", ["/push/" + TOKEN, "/" + TOKEN, "http://x/push/" + TOKEN])
async def test_a_proxy_may_keep_the_prefix_or_take_it_off(path: str) -> None:
    async with listening() as (listener, clerk):
        answer = await told(listener, get(path + "?hub.challenge=%3Cscript%3E"))
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n<script>")
    assert b"nosniff" in answer and b"application/octet-stream" in answer, "safe in any browser"
    assert clerk.seen == [TOKEN]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
        b"POST /push/" + TOKEN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: no\r\n\r\n",
        b"POST /push/" + TOKEN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfault",
    ],
    ids=["TLS", "half", "version", "path", "headers", "header", "length", "fault"],
)
async def test_nonsense_is_answered_without_a_word(
    request_: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    async with listening() as (listener, _):
        answer = await told(listener, request_, eof=True)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (not answer or head.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 500"))) and not body
    assert b"aiohttp" not in answer.lower() and TOKEN not in "".join(capfd.readouterr())


async def test_a_connection_has_its_time() -> None:
    async with listening(head=0.2, seconds=0.2) as (listener, clerk):
        assert await told(listener, b"GET / HT") == b""
        post = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc"
        assert b"202" not in await told(listener, post.encode())
        assert clerk.seen == [TOKEN]


async def test_bodies_on_their_way_have_a_bound_together() -> None:
    async with listening(body=600, bodies=1000) as (listener, _):
        head = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(head + b"a" * 599)
        while listener._reading < 599:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert b" 429 " in await told(listener, head + b"b" * 600)
        writer.write(b"a")
        assert b" 202 " in await reader.read()
        assert b" 202 " in await told(listener, head + b"b" * 600), "what is done counts no more"
        writer.close()


async def test_there_are_only_so_many_connections() -> None:
    async with listening(connections=3) as (listener, _):
        lines = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(3)]
        for _, writer in lines:
            writer.write(b"GET /")
            await writer.drain()
        assert await told(listener, get("/")) == b""
        for _, writer in lines:
            writer.close()


async def test_a_request_is_the_only_one_of_its_connection() -> None:
    async with listening() as (listener, _):
        answer = await told(listener, get("/a") + get("/b"))
        assert answer.count(b"HTTP/1.1") == 1


async def test_a_hub_that_waits_for_leave_to_send_gets_it() -> None:
    async with listening() as (listener, _):
        head = f"POST /push/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(head.encode())
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        writer.write(b"abc")
        assert b"HTTP/1.1 202" in await reader.read()
        writer.close()


async def test_a_port_that_is_taken_is_told_in_words() -> None:
    async with listening() as (listener, clerk):
        second = Listener(f"127.0.0.1:{listener.port}", "/", clerk)
        with pytest.raises(
            ConfigError, match=r"websub\.listen: 127\.0\.0\.1:\d+ is taken by another program"
        ):
            await second.open()
        await second.close()


async def test_an_address_of_another_machine_is_told_in_words() -> None:
    with pytest.raises(ConfigError, match=r"this machine has no address 192\.0\.2\.1"):
        await Listener("192.0.2.1:8081", "/", Clerk()).open()
