"""Polls find out hubs that drop entries, and blame none for what is not theirs."""

import io

from tests.doors.hubroom import Hub
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import NOON
from tests.doors.websub.subscriber import DAY, HOUR, MINUTE, NEW, NEWER, OLD, Subscriber, feed_of, subscribed


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
