"""The second way to people, while Slack takes nothing: once when that begins, once when it is over."""

import itertools
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import (
    AlarmSpec,
    Config,
    Held,
    Notice,
    NotSent,
    OnUnknown,
    Secret,
    SendOutcome,
    Sent,
    Unknown,
)
from monitor.sources.fetch import Web
from monitor.store import lanes, outbox, stuck
from monitor.store.db import Db, Tx
from monitor.watch import machine
from monitor.watch.alarm import Alarm
from tests.doors.newsroom import Newsroom, status
from tests.doors.stores import NOON
from tests.monitor.configs import LEAST, load

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AWAY = NotSent("Slack cannot be reached", wide=True)
REVOKED = Held("token_revoked: install the app again", wide=True)
PAGE = ("page", "--urgent")
_numbers = itertools.count(1)


@dataclass
class Desk:
    """A store, messages that are sent from it, and a command that is run."""

    settings: Config
    db: Db
    web: Web
    now: datetime = NOON
    fails: str = ""
    told: list[str] = field(default_factory=list)
    alarm: Alarm = field(init=False)

    def __post_init__(self) -> None:
        self.alarm = Alarm(
            lambda: self.settings, self.db, lambda: self.web, clock=lambda: self.now, run=self._run
        )

    async def _run(self, command: Sequence[str], text: str) -> str:
        assert tuple(command) == PAGE
        if not self.fails:
            self.told.append(text.strip())
        return self.fails

    async def look(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        await self.alarm.look_at_slack()

    async def send(self, outcome: SendOutcome, channel: str = "#desk") -> None:
        def act(tx: Tx) -> None:
            lanes.release_lanes(tx)
            tx.exec_driver_sql("UPDATE lanes SET blocked_until = NULL")
            outbox.put(tx, f"{next(_numbers)}", channel, Notice("words"), now=self.now)
            out = outbox.claim(tx, channel, self.now)
            assert out
            outbox.settle(tx, out, outcome, self.now)

        await self.db.write(act)


@pytest.fixture
async def desk(tmp_path: Path, db: Db) -> AsyncIterator[Desk]:
    settings = replace(load(tmp_path / "config.yaml", LEAST), alarm=AlarmSpec(command=PAGE))
    web = Web("wirewatch", ["127.0.0.0/8"])
    yield Desk(settings, db, web)
    await web.close()


async def test_a_token_that_was_taken_back_is_told_at_once_and_so_is_its_end(desk: Desk) -> None:
    await desk.send(Sent("1"))
    await desk.look()
    await desk.send(REVOKED)
    for _ in range(3):
        await desk.look(MINUTE)
    [text] = desk.told
    assert f"on {machine.name()} cannot tell Slack, since 2026-11-22 12:00 UTC: token_revoked" in text
    assert "1 message waits until that is mended" in text
    desk.now += HOUR
    await desk.send(Sent("2"))
    for _ in range(3):
        await desk.look(MINUTE)
    assert len(desk.told) == 2
    assert "Slack takes messages again, after 64 min; 1 message that waited will follow." in desk.told[1]


@pytest.mark.parametrize("outcome", [AWAY, Unknown("Slack did not answer within 10 s")])
async def test_an_outage_is_told_when_it_has_not_passed_for_ten_minutes(
    desk: Desk, outcome: SendOutcome
) -> None:
    for _ in range(10):
        await desk.send(outcome)
        await desk.look(MINUTE)
        assert desk.told == []
    for _ in range(60):
        await desk.send(outcome)
        await desk.look(MINUTE)
    assert len(desk.told) == 1
    await desk.send(Sent("1"))
    await desk.look()
    assert len(desk.told) == 2


async def test_one_channel_that_is_shut_is_not_slack(desk: Desk) -> None:
    await desk.send(Held("is_archived"))
    await desk.send(NotSent("only part of the request arrived"), channel="#iran")
    await desk.look(HOUR)
    assert desk.told == []


async def test_a_message_that_nobody_may_look_up_is_not_slack(desk: Desk) -> None:
    slack = replace(desk.settings.slack, on_unknown=OnUnknown.HOLD)
    desk.settings = replace(desk.settings, slack=slack)
    await desk.send(Unknown("the line to Slack broke"))
    await desk.look(HOUR)
    assert desk.told == []


async def test_a_restart_tells_nothing_twice(desk: Desk) -> None:
    await desk.send(REVOKED)
    await desk.look()
    again = Desk(desk.settings, desk.db, desk.web, now=desk.now)
    await again.look(MINUTE)
    assert (len(desk.told), again.told) == (1, [])
    await again.send(Sent("1"))
    await again.look()
    assert len(again.told) == 1


async def test_an_alarm_that_fails_is_given_again_after_a_minute(desk: Desk) -> None:
    desk.fails = "it ended with 1"
    await desk.send(REVOKED)
    await desk.look()
    desk.fails = ""
    await desk.look(timedelta(seconds=30))
    assert desk.told == []
    await desk.look(timedelta(seconds=30))
    assert len(desk.told) == 1


async def test_a_clock_that_was_set_back_does_not_put_off_an_alarm(desk: Desk) -> None:
    desk.fails = "it ended with 1"
    await desk.send(REVOKED)
    await desk.look()
    desk.fails = ""
    await desk.look(-HOUR)
    assert len(desk.told) == 1


async def test_an_outage_that_ended_before_anybody_heard_of_it_is_not_told(desk: Desk) -> None:
    desk.fails = "it ended with 1"
    await desk.send(REVOKED)
    await desk.look()
    desk.fails = ""
    await desk.send(Sent("1"))
    await desk.look(HOUR)
    assert desk.told == []


async def test_a_webhook_is_told_in_json(desk: Desk) -> None:
    async with Newsroom() as news:
        url = news.publish("/alarm", status(204))
        desk.settings = replace(desk.settings, alarm=AlarmSpec(Secret(url)))
        await desk.send(REVOKED)
        await desk.look()
        await desk.look()
        [asked] = news.asked("/alarm")
        assert "cannot tell Slack" in json.loads(asked.body)["text"]
        assert asked.headers["Content-Type"] == "application/json"


async def test_a_webhook_that_is_away_is_said_without_its_address(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Newsroom() as news:
        url = news.publish("/alarm-secret", status(500))
        desk.settings = replace(desk.settings, alarm=AlarmSpec(Secret(url)))
        await desk.send(REVOKED)
        await desk.look()
    assert await desk.db.read(lambda tx: stuck.away(tx, desk.now, HOUR, resends=True)) is not None
    shown = "".join(capsys.readouterr())
    assert "it could not be given" in shown and "alarm-secret" not in shown


async def test_a_webhook_in_a_private_network_is_not_asked(desk: Desk) -> None:
    async with Newsroom() as news:
        guarded = Web("wirewatch")
        desk.web, strict = guarded, desk.web
        url = news.publish("/alarm", status(200))
        desk.settings = replace(desk.settings, alarm=AlarmSpec(Secret(url)))
        await desk.send(REVOKED)
        await desk.look()
        assert not news.asked("/alarm")
        desk.web = strict
        await guarded.close()


# --- the command ------------------------------------------------------------------------------------------


async def test_a_command_reads_the_text_and_no_shell_reads_its_arguments(tmp_path: Path) -> None:
    code = "import pathlib,sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2] + sys.stdin.read())"
    assert await machine.run((sys.executable, "-c", code, str(tmp_path / "out"), "$HOME;"), "words <&>") == ""
    assert (tmp_path / "out").read_text() == "$HOME;words <&>"


async def test_why_a_command_failed_is_said(tmp_path: Path) -> None:
    assert await machine.run((sys.executable, "-c", "raise SystemExit(3)"), "x") == "it ended with 3"
    assert "it cannot be run: No such file" in await machine.run((str(tmp_path / "none"),), "x")


async def test_a_command_that_hangs_is_ended_with_all_that_it_began() -> None:
    code = "import subprocess,sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    assert await machine.run((sys.executable, "-c", code), "x", 1) == "it did not end within 1 s"
