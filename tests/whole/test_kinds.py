"""From every kind of feed to an alert, through the whole daemon."""

import json
from datetime import UTC, datetime
from pathlib import Path

from monitor.model import FeedSpec
from monitor.sources import opml
from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.doors.slackroom import SlackRoom
from tests.whole.household import Household

WORDS = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."


def story(title: str) -> bytes:
    return page(title, [WORDS, WORDS, WORDS])


def publish(news: Newsroom) -> list[object]:
    """One article by every kind of feed, each on a host of its own; what a config names of them."""
    today, links = datetime.now(UTC).isoformat(), [news.url(f"/{n}", host=n) for n in range(5)]
    for n in range(5):
        news.publish(f"/{n}", story(f"Convoy {n} seen"))
    one = {"id": 1, "url": links[0], "title": "Convoy 0 seen"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "items": [one]}
    news.publish("/feed.json", json.dumps(feed).encode(), type="text/plain")
    told = f"<n:title>Convoy 1 seen</n:title><n:publication_date>{today}</n:publication_date>"
    url = f"<url><loc>{links[1]}</loc><n:news>{told}</n:news></url>"
    news.publish("/news.xml", f"<urlset xmlns:n='urn:n'>{url}</urlset>".encode())
    url = f"<url><loc>{links[2]}</loc><lastmod>{today}</lastmod></url>"
    part = news.publish("/plain.xml", f"<urlset>{url}</urlset>".encode())
    index = f"<sitemapindex><sitemap><loc>{part}</loc></sitemap></sitemapindex>"
    news.publish("/index.xml", index.encode())
    news.publish("/rss.xml", rss([entry("Convoy 3 seen", links[3])]))
    link = b'<head><link rel=alternate type="application/rss+xml" href="/rss.xml">'
    news.publish("/", page("The Courier", ["Welcome."]).replace(b"<head>", link))
    news.publish("/listed.xml", rss([entry("Convoy 4 seen", links[4])]))
    listed = FeedSpec(news.url("/listed.xml", host=4), "Listed")
    news.publish("/feeds.opml", opml.write([listed]))
    feeds = ("/feed.json", "/news.xml", "/index.xml", "/")
    return [
        *(news.url(path, host=n) for n, path in enumerate(feeds)),
        {"opml": news.url("/feeds.opml", host=5)},
    ]


async def test_f68_entries_of_every_kind_of_feed_become_alerts(tmp_path: Path) -> None:
    async with Newsroom(hosts=6) as news, SlackRoom() as slack:
        home = Household(tmp_path, feeds=publish(news), slack=slack.url)
        async with home.daemon():
            alerts = await slack.wait(5)
        listing = await home.run("feeds", "export")
        checked = await home.run("check")
        audit = await home.audit()
    text = "\n".join(alert.text for alert in alerts)
    assert all(f"Convoy {n} seen" in text for n in range(5)), text
    assert audit["balanced"] and audit["entries_in"] == 5
    assert "Listed" in [feed.name for feed in opml.parse(listing.out.encode()).feeds]
    assert "a web page; the feed" in checked.out and "list at 127.0.0.6" in checked.out
    assert checked.code == 0, checked.out
