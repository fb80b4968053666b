"""Answers that mislead: what is remembered of them, and when the feed is asked again."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.compose import compose
from monitor.model import Alert, FeedRead, Outgoing, Validators
from monitor.sources.feed import read_feed
from monitor.store import feeds
from tests.doors.newsroom import Answer, Newsroom, entry, rss
from tests.sim.publisher import BEGIN, DAY, Fault, Habit
from tests.sim.scorer import Scores
from tests.sim.test_losses import lived, publisher, stored
from tests.sim.test_politeness import DAYS, Reader, edition, polling
from tests.sim.world import World

SAME = '"a"'


async def kept(reader: Reader) -> Validators:
    (feed,) = await reader.db.read(feeds.get_all)
    return feed.state.validators


async def after(folder: Path, *answers: Answer) -> Validators:
    """What is remembered of a feed that gave these answers, an hour apart."""
    async with Newsroom() as news, polling(news, folder, "/feed") as reader:
        for hour, answer in enumerate(answers):
            await reader.poll(hour, [answer])
        assert not reader.score.columns.faults
        return await kept(reader)


async def test_f51_a_304_with_another_etag_brings_the_one_to_send(tmp_path: Path) -> None:
    unchanged = Answer(status=304, etag='"b"', modified=DAYS[0])
    assert await after(tmp_path, edition(0, SAME, DAYS[0]), unchanged) == Validators('"b"', DAYS[0])


async def test_f53_a_new_etag_is_kept_though_the_date_stands_still(tmp_path: Path) -> None:
    found = await after(tmp_path, edition(0, SAME, DAYS[0]), edition(1, '"b"', DAYS[0]))
    assert found == Validators('"b"', DAYS[0])


@pytest.mark.parametrize(
    ("etag", "remembered"),
    [('W/"x"', 'W/"x"'), ("bare", "bare"), (f'"{"x" * 8000}"', "")],
    ids=["F52 weak", "F52 without quotes", "F52 8 KB"],
)
async def test_an_etag_is_kept_byte_for_byte_or_not_at_all(
    tmp_path: Path, etag: str, remembered: str
) -> None:
    async with Newsroom() as news, polling(news, tmp_path, "/feed") as reader:
        await reader.poll(0, [edition(0, etag, DAYS[0])])
        assert await kept(reader) == Validators(remembered, DAYS[0])


async def test_f50_a_503_is_left_alone_for_as_long_as_it_says(tmp_path: Path) -> None:
    one = publisher(Habit("busy", per_day=96, faults=(Fault("503", start=2, hours=1, wait="5400"),)))
    scores = Scores([one])
    await lived(tmp_path, one, watcher=scores)
    found = scores.by_number[0].columns
    assert found.requests > 24
    assert not found.faults


async def test_f56_a_max_age_of_a_year_rests_a_day(tmp_path: Path) -> None:
    one = publisher(Habit("for a year", max_age=31_536_000), 4 * DAY)
    world: World = await lived(tmp_path, one, until=4 * DAY)
    (feed,) = stored(world)
    assert one.served == 4
    assert world.now < feed.state.due_at <= world.now + timedelta(hours=26.4)


def test_f38_links_are_resolved_by_xml_base_then_by_the_site() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/blog/">
      <entry><id>1</id><title>One</title><link href="one"/></entry>
      <entry xml:base="/other/"><id>2</id><title>Two</title><link href="two"/></entry></feed>"""
    read = read_feed(body, "https://feeds.example/atom", "application/atom+xml", BEGIN)
    assert isinstance(read, FeedRead)
    assert [one.link for one in read.entries] == [
        "https://news.example/blog/one",
        "https://news.example/other/two",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [("<!channel> now", "<!channel> now"), ("&lt;!channel&gt; now", "<!channel> now")],
    ids=["F41 escaped once", "F41 escaped twice"],
)
def test_a_headline_that_calls_everybody_is_text(written: str, read: str) -> None:
    body = rss([entry(written, "https://news.example/1")])
    found = read_feed(body, "https://news.example/feed", "", BEGIN)
    assert isinstance(found, FeedRead)
    assert found.entries[0].title == read
    alert = Alert(read, "https://news.example/1", "News", (), BEGIN)
    payload = compose(Outgoing(1, "k", "#desk", alert, BEGIN), BEGIN)
    assert "<!channel>" not in payload.text
