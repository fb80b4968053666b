"""Documents made to hurt, read by real workers: each is done or given up within its limits."""

from collections.abc import AsyncIterator

import pytest

from monitor.model import FeedRead, Unreadable
from monitor.sources import cut
from monitor.workers import Workers
from tests.doors.newsroom import Newsroom, entry, rss
from tests.doors.stores import NOON

URL = "https://news.example/feed"


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    pool = Workers(1)
    yield pool
    pool.close()


async def outcome(workers: Workers, body: bytes) -> FeedRead | Unreadable:
    """The worker's answer; the next document is read whatever became of it."""
    found = await workers.read_feed(body, URL, "application/rss+xml", NOON)
    after = await workers.read_feed(rss([entry("next")]), URL, "", NOON)
    assert isinstance(after, FeedRead) and after.total == 1
    return found


def with_entities(*declared: str, use: str) -> bytes:
    return rss([f"<item><title>{use}</title></item>"]).replace(
        b"<rss", f"<!DOCTYPE rss [{''.join(declared)}]><rss".encode(), 1
    )


LAUGHS = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(with_entities('<!ENTITY l0 "ha">', *LAUGHS, use="&l11;"), id="F12 billion laughs"),
        pytest.param(with_entities(f'<!ENTITY q "{"x" * 50_000}">', use="&q;" * 20_000), id="F12 quadratic"),
        pytest.param(
            rss([f"<item><description><![CDATA[{'<' * 2_000_000}]]></description></item>"]), id="F14"
        ),
        pytest.param(rss([f"<item><a>{'<b>' * 100_000}{'</b>' * 100_000}</a></item>"]), id="F15"),
        pytest.param(rss([f"<item><title>{'&' * 200_000}</title></item>"]), id="F16"),
    ],
)
async def test_a_document_made_to_hurt_costs_itself_only(workers: Workers, body: bytes) -> None:
    found = await outcome(workers, body)
    if isinstance(found, FeedRead):
        assert (
            len(found.entries) == 1 and sum(len(block.text) for block in found.entries[0].blocks) < 3_000_000
        )
    else:
        assert "to read" in found.reason or "not a feed" in found.reason


@pytest.mark.parametrize("name", ["l", "p"])
async def test_f13_nothing_is_fetched_for_a_document(workers: Workers, name: str) -> None:
    async with Newsroom() as news:
        secret = news.publish("/secret", b"leaked")
        declared = {
            "l": (f'<!ENTITY leak SYSTEM "{secret}">',),
            "p": (f'<!ENTITY % p SYSTEM "{secret}"> %p;', '<!ENTITY leak "none">'),
        }[name]
        found = await outcome(workers, with_entities(*declared, use="&leak;"))
        assert not news.log
    assert "leaked" not in str(found)


async def test_f30_ten_thousand_entries_are_read_at_once_and_again(workers: Workers) -> None:
    body = rss([f"<item><title>{n}</title><guid>{n}</guid></item>" for n in range(10_000)])
    found = await outcome(workers, body)
    assert isinstance(found, FeedRead), found
    assert (len(found.entries), found.total, len(cut.marks_in(found.marks).names)) == (5_000, 5_000, 5_000)
