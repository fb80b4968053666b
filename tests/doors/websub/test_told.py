"""How a feed stands with its hubs, as `feeds list` tells it."""

from datetime import timedelta

from monitor.commands import feedlist
from monitor.commands.pushed import Push, PushState
from tests.doors.hubroom import Hub, Reply
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import NOON
from tests.doors.websub.subscriber import DAY, HOUR, NEW, OLD, Subscriber, feed_of, subscribed


async def told(subscriber: Subscriber, url: str) -> Push:
    feed = await subscriber.feed(url)
    book = await subscriber.db.read(lambda tx: feedlist.book(tx, subscriber.now))
    found = book.push(feed)
    assert found
    return found


async def test_a_hub_that_agrees_then_brings_news_then_goes_silent(
    subscriber: Subscriber, news: Newsroom, hub: Hub
) -> None:
    url, form = await subscribed(subscriber, news, hub)
    agreed = await told(subscriber, url)
    assert agreed.state is PushState.AGREED and agreed.text.endswith(
        "has agreed since 2026-11-22 12:00 UTC, and brought nothing yet; lease until 2026-12-02 12:00 UTC"
    )
    subscriber.now += HOUR
    await hub.deliver(form, rss([NEW]))
    await subscriber.read()
    pushed = await told(subscriber, url)
    assert (pushed.state, pushed.since, pushed.until) == (PushState.PUSHED, NOON + HOUR, NOON + 10 * DAY)
    subscriber.now += 5 * DAY
    await subscriber.ask()
    await hub.confirmed(2)
    assert (await told(subscriber, url)).since == NOON + HOUR, "a renewed lease is the same push"
    shown = [OLD, NEW]
    for hour in range(1, 6):
        subscriber.now += hour * HOUR
        shown.append(entry(f"Story {hour}", f"https://courier.example/s{hour}"))
        news.publish("/feed", feed_of(hub, url, *shown))
        await subscriber.poll(url)
    doubted = await told(subscriber, url)
    assert doubted.state is PushState.DOUBTED and "its hub left out 3 entries; trusted again" in doubted.text


async def test_a_hub_that_refuses_is_told_with_its_reason_and_when_it_is_asked_again(
    alone: Subscriber, news: Newsroom, hub: Hub
) -> None:
    hub.plan(Reply(503, then=""))
    url = news.url("/feed")
    news.publish("/feed", feed_of(hub, url, OLD))
    await alone.poll(url)
    assert (await told(alone, url)).text.endswith("is about to be asked")
    await alone.ask()
    refused = await told(alone, url)
    assert (refused.state, refused.since) == (PushState.REFUSED, NOON)
    assert refused.text.startswith("push refused: 127.0.0.1") and "503" in refused.text
    assert refused.again_at and refused.again_at > NOON
    alone.now += timedelta(hours=1)
    await alone.ask()
    await hub.confirmed(1)
    assert (await told(alone, url)).state is PushState.AGREED


async def test_a_feed_without_a_hub_is_polled_only(alone: Subscriber, news: Newsroom) -> None:
    url = news.publish("/feed", rss([OLD]))
    await alone.poll(url)
    assert (await told(alone, url)).state is PushState.NONE
    assert (await told(alone, url)).as_json()["until"] is None
