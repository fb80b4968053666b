"""Leases: renewed, denied, lost, given back."""

import asyncio
import io

from monitor.store import subscriptions
from monitor.store.db import Tx
from tests.doors.hubroom import Hub, Reply
from tests.doors.newsroom import Newsroom, rss
from tests.doors.stores import NOON
from tests.doors.websub.subscriber import (
    DAY,
    HOUR,
    NEW,
    NEWER,
    OLD,
    Subscriber,
    feed_of,
    subscribed,
)


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
