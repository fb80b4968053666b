"""Articles that were told are looked at again: what publishers change, take down and put back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import config, looking
from monitor.commands import report
from monitor.model import Amendment, AmendmentKind, EntryState
from monitor.store import looks, outbox
from monitor.store.looks import Look
from tests.doors.newsroom import page, status
from tests.doors.stores import NOON
from tests.doors.test_edits import PAGE, STRIKE, Watcher, opened

FIRST = "A missile struck the harbour on Sunday, killing four people, officials in the city said."
CALM = "Ships were leaving as planned, the port authority said in a short statement in the evening."
MORE = "Schools in the city stay closed until Wednesday, the governor said after a meeting there."
START = NOON + timedelta(hours=1)  # when the article was told
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Watch:
    """A desk that was told of an article, and what it sees of its page later."""

    desk: Watcher

    def show(self, *lines: str, headline: str = STRIKE) -> None:
        self.desk.news.publish(PAGE, page(headline, lines))

    async def due(self, minutes: int) -> tuple[Look, ...]:
        return await self.desk.db.read(lambda tx: looks.due(tx, START + minutes * MINUTE, 9))

    async def look(self, minutes: int) -> tuple[Amendment, ...]:
        """All that is due so many minutes after it was told."""
        seen: tuple[Amendment, ...] = ()
        for look in await self.due(minutes):
            seen += await looking.look_again(look, self.desk.judges(lambda: START + minutes * MINUTE))
        return seen

    async def told(self) -> int:
        return len(await self.desk.db.read(lambda tx: outbox.rows(tx, 1)))


@pytest.fixture
async def watch(address: str) -> AsyncIterator[Watch]:
    async with opened(address) as desk:
        watch = Watch(desk)
        watch.show(FIRST, CALM, MORE)
        await desk.show(STRIKE)
        await desk.judge()
        assert desk.alerts == [1]
        yield watch


async def test_it_is_looked_at_after_ten_minutes_an_hour_six_and_a_day(watch: Watch) -> None:
    for minutes in (10, 60, 360, 1440):
        assert not await watch.due(minutes - 1)
        assert len(await watch.due(minutes)) == 1
        assert not await watch.look(minutes)
    assert not await watch.due(1_000_000)
    assert len(watch.desk.news.asked(PAGE)) == 5
    assert await watch.told() == 1


async def test_looks_that_fell_into_a_stop_are_not_made_up_for(watch: Watch) -> None:
    await watch.look(400)
    assert not await watch.due(1439)
    assert len(await watch.due(1440)) == 1


async def test_a_changed_headline_and_sentence_are_kept_with_both_wordings(
    watch: Watch, tmp_path: Path
) -> None:
    seven = FIRST.replace("four", "seven")
    watch.show(seven, CALM, MORE, headline="Blast in the harbour kills seven")
    seen = await watch.look(10)
    assert [one.kind for one in seen] == [AmendmentKind.HEADLINE, AmendmentKind.SENTENCE]
    assert await watch.told() == 1
    assert not await watch.look(60)  # they are known now
    (tmp_path / "config.yaml").write_text("feeds: [https://n.example/feed]\nrules: [missile]")
    settings = config.load(tmp_path / "config.yaml", {})
    why = await watch.desk.db.read(lambda tx: report.why(tx, watch.desk.news.url(PAGE), settings))
    lines = [str(line) for line in why.lines]
    assert "  2026-11-22 13:10:00 UTC  headline changed" in lines
    assert "    now: Blast in the harbour kills seven" in lines
    assert f"    was: {FIRST}" in lines
    assert f"    now: {seven}" in lines
    assert "  its page is looked at again 2026-11-22 19:00:00 UTC" in lines


async def test_a_rule_that_begins_to_match_tells_once_and_is_looked_after_anew(watch: Watch) -> None:
    watch.show(FIRST, CALM, MORE, "The minister was not in the city at the time, her office said later on.")
    assert not await watch.look(10)
    assert await watch.told() == 2
    assert not await watch.due(19)
    assert len(await watch.due(20)) == 1
    await watch.look(20)
    assert await watch.told() == 2


async def test_what_no_longer_matches_stays_told(watch: Watch) -> None:
    watch.show(FIRST.replace("missile", "fire"), CALM, MORE)
    (one,) = await watch.look(10)
    assert one.kind is AmendmentKind.SENTENCE
    assert (await watch.desk.only()).state is EntryState.TOLD


async def test_a_page_that_is_missing_twice_is_removed_and_may_come_back(watch: Watch) -> None:
    watch.desk.news.withdraw(PAGE)
    assert not await watch.look(10)
    (removed,) = await watch.look(20)
    assert removed == Amendment(AmendmentKind.REMOVED, STRIKE)
    assert not await watch.look(60)
    watch.show(FIRST, CALM, MORE)
    (back,) = await watch.look(360)
    assert back.kind is AmendmentKind.RETURNED


async def test_a_page_that_was_missing_once_is_not_called_removed(watch: Watch) -> None:
    watch.desk.news.withdraw(PAGE)
    await watch.look(10)
    watch.show(FIRST, CALM, MORE)
    assert not await watch.look(20)
    watch.desk.news.withdraw(PAGE)
    assert not await watch.look(60)


@pytest.mark.parametrize("code", [403, 429, 500, 503])
async def test_a_server_in_trouble_removes_nothing(watch: Watch, code: int) -> None:
    watch.desk.news.publish(PAGE, status(code))
    for minutes in (10, 20, 60, 360):
        assert not await watch.look(minutes)


async def test_a_wall_before_the_page_takes_nothing_back(watch: Watch) -> None:
    watch.desk.news.publish(PAGE, page(STRIKE, ["Subscribe to read on."]))
    assert not await watch.look(10)
    watch.show(FIRST, CALM, MORE)
    assert not await watch.look(60)


async def test_an_article_told_anew_meanwhile_keeps_its_new_looks(watch: Watch) -> None:
    (look,) = await watch.due(10)
    later = START + 5 * MINUTE
    await watch.desk.db.write(lambda tx: looks.begin(tx, 1, later, later + 10 * MINUTE))
    await watch.desk.db.write(lambda tx: looks.keep(tx, look, (), 0, None, later))
    assert len(await watch.due(15)) == 1


async def test_what_did_not_match_is_not_looked_at(address: str) -> None:
    async with opened(address) as desk:
        await desk.show("Talks go on")
        await desk.judge()
        assert not await Watch(desk).due(1_000_000)
