"""Hubs are found and asked, and their questions answered. Numbers as on websub.rocks."""

import ssl
from pathlib import Path

import pytest

from monitor.model.hubs import CallbackState, Offer, Subscription
from monitor.store import subscriptions
from monitor.store.db import Db, Tx
from monitor.workers import Workers
from tests.doors.hubroom import Hub, Reply, moved
from tests.doors.newsroom import Answer, Newsroom, page, redirect, rss
from tests.doors.stores import NOON
from tests.doors.websub.subscriber import (
    DAY,
    NEW,
    OLD,
    TLS,
    Subscriber,
    feed_of,
    header,
    links,
    opened,
    subscribed,
)


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
