"""The canary on a real store: the whole way, one message, a heartbeat when Slack shows it, and no trace."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Config, FeedRead, Notice, Outgoing, Secret, Sent, Unreadable
from monitor.sources.fetch import Web
from monitor.store import edits, outbox
from monitor.store.db import Db, Tx
from monitor.store.schema import metadata
from monitor.watch.canary import Canary, Lost, channel_of
from monitor.workers import Workers
from rules import compile, rule
from tests.doors.desks import a_desk
from tests.doors.newsroom import Newsroom, status
from tests.doors.stores import NOON, SECOND, a_feed, brought
from tests.monitor.configs import LEAST, load

OPS = "#ops"
QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    running = Workers(1)
    yield running
    running.close()


class Deaf(Workers):
    """Every document kills who reads it."""

    async def read_feed(self, *_: object) -> FeedRead | Unreadable:
        return Unreadable("took more than 576 MB")


@dataclass
class Cage:
    """A canary and the Slack it sings to."""

    settings: Config
    db: Db
    workers: Workers
    web: Web
    now: datetime = NOON
    shown: dict[int, str] = field(default_factory=dict)  # what Slack shows, by message
    canary: Canary = field(init=False)

    def __post_init__(self) -> None:
        ruleset = compile([rule("missile")])
        self.canary = Canary(
            lambda: self.settings,
            self.db,
            self.workers,
            lambda _: a_desk(self.web, self.workers, self.db, ruleset, lambda: self.now),
            lambda: self.web,
            clock=lambda: self.now,
        )

    async def sing(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        await self.canary.sing()

    async def deliver(self, *, deleted: bool = False) -> list[str]:
        """What Slack shows, once it has taken what there is."""

        def act(tx: Tx) -> None:
            while out := outbox.claim(tx, OPS, self.now):
                self.shown[out.id] = words(out)
                outbox.settle(tx, out, Sent(f"{out.id}"), self.now)
            while claimed := edits.claim(tx, self.now):
                if not deleted:
                    self.shown[claimed[0].id] = words(claimed[0])
                    edits.settle(tx, claimed[0].id, claimed[1], self.now)
                else:
                    edits.leave(tx, claimed[0].id)

        await self.db.write(act)
        return list(self.shown.values())


def words(out: Outgoing) -> str:
    assert isinstance(out.message, Notice)
    return out.message.text


@pytest.fixture
async def cage(tmp_path: Path, db: Db, workers: Workers) -> AsyncIterator[Cage]:
    slack = f'slack: {{token: "${{T}}", heartbeat_channel: "{OPS}"}}\n'
    settings = load(tmp_path / "config.yaml", LEAST + slack, {"T": "xoxb-test"})
    web = Web("wirewatch", ["127.0.0.0/8"])
    yield Cage(settings, db, workers, web)
    await web.close()


def rows(tx: Tx) -> dict[str, list[str]]:
    """All that the store holds, but for messages and signs of life."""
    tables = [table for name, table in metadata.tables.items() if name not in ("outbox", "vitals")]
    return {table.name: sorted(map(repr, tx.execute(table.select()))) for table in tables}


async def test_one_message_says_when_the_last_story_came_and_nothing_else_stays(cage: Cage) -> None:
    await cage.db.write(lambda tx: brought(tx, a_feed(tx), "a", "b"))
    before = await cage.db.read(rows)
    await cage.sing()
    [first] = await cage.deliver()
    assert first.startswith("✓ 2026-11-22 12:00:00 UTC: a story of our own came all the way here.")
    for _ in range(3):
        await cage.sing(QUARTER)
        await cage.deliver()
    [last] = cage.shown.values()
    assert last.startswith("✓ 2026-11-22 12:45:00 UTC")
    assert await cage.db.read(rows) == before


async def test_the_heartbeat_is_asked_when_slack_shows_the_story_and_once(cage: Cage) -> None:
    async with Newsroom() as news:
        url = news.publish("/ping", status(204))
        cage.settings = replace(cage.settings, heartbeat=Secret(url))
        for songs in (1, 2):
            await cage.sing(QUARTER)
            await cage.canary.ring()
            assert len(news.asked("/ping")) == songs - 1, "it waits for Slack"
            await cage.deliver()
            await cage.canary.ring()
            await cage.canary.ring()
            assert len(news.asked("/ping")) == songs


async def test_a_heartbeat_that_fails_is_asked_again_and_its_address_is_not_said(
    cage: Cage, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Newsroom() as news:
        news.plan("/ping-secret", status(500))
        cage.settings = replace(cage.settings, heartbeat=Secret(news.publish("/ping-secret", status(200))))
        await cage.sing()
        await cage.deliver()
        for _ in range(3):
            await cage.canary.ring()
            cage.now += timedelta(seconds=31)
        assert [asked.answer for asked in news.asked("/ping-secret")] == ["500", "200"]
    shown = "".join(capsys.readouterr())
    assert "heartbeat: it cannot be asked" in shown and "secret" not in shown


async def test_a_message_that_people_deleted_is_no_sign_of_life_and_the_next_story_makes_another(
    cage: Cage,
) -> None:
    async with Newsroom() as news:
        cage.settings = replace(cage.settings, heartbeat=Secret(news.publish("/ping", status(200))))
        await cage.sing()
        await cage.deliver()
        await cage.sing(QUARTER)
        await cage.deliver(deleted=True)
        await cage.canary.ring()
        assert not news.asked("/ping")
        await cage.sing(QUARTER)
        await cage.deliver()
        await cage.canary.ring()
        assert len(news.asked("/ping")) == 1 and len(cage.shown) == 2


async def test_a_restart_at_once_goes_on_with_the_same_message(cage: Cage) -> None:
    await cage.sing()
    await cage.deliver()
    again = replace(cage, now=cage.now + 3 * SECOND)
    await again.sing()
    assert len(await again.deliver()) == 1 and "12:00:03" in again.shown.popitem()[1]


async def test_a_way_that_is_not_clear_is_not_told(cage: Cage) -> None:
    deaf = Deaf(1)
    cage.canary = replace(cage, workers=deaf).canary
    with pytest.raises(Lost, match="its feed cannot be read: took more than 576 MB"):
        await cage.sing()
    deaf.close()
    assert await cage.db.read(outbox.unsettled) == 0


async def test_a_song_that_did_not_get_through_is_tried_again_and_one_that_did_rests(cage: Cage) -> None:
    cage.canary._workers = deaf = Deaf(1)
    with pytest.raises(Lost):
        await cage.canary.sing_when_due()
    deaf.close()
    cage.canary._workers = cage.workers
    for _ in range(2):
        await cage.canary.sing_when_due()
        cage.now += timedelta(minutes=1)
    assert [text[:21] for text in await cage.deliver()] == ["✓ 2026-11-22 12:00:00"]
    cage.now -= timedelta(hours=2)  # the clock was set back
    await cage.canary.sing_when_due()
    cage.now += timedelta(hours=3)
    assert [text[:21] for text in await cage.deliver()] == ["✓ 2026-11-22 10:02:00"]


async def test_without_anybody_who_listens_it_does_not_sing(cage: Cage) -> None:
    slack = replace(cage.settings.slack, heartbeat_channel="", ops_channel=OPS)
    cage.settings = replace(cage.settings, slack=slack)
    await cage.sing()
    assert await cage.db.read(outbox.unsettled) == 0
    assert channel_of(replace(cage.settings, heartbeat=Secret("https://hc.example/x"))) == OPS
