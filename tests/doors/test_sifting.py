"""What no rule can match is put by and read later; what may match is read at once; nothing is lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

import rules
from monitor import pipeline, sifting
from monitor.desk import Desk
from monitor.model import Decision, EntryState, OutboxState
from monitor.store import entries, ledger, outbox, pages
from tests.doors.newsroom import Answer, page, status
from tests.doors.stores import NOON
from tests.doors.test_edits import CALM, HOUR, PAGE, STRIKE, Watcher, opened

QUIET = [
    "Ships were leaving as planned, the port authority said in a short statement in the evening.",
    "It rained.",
]
STRUCK = ["A missile struck the harbour on Sunday, killing four people, officials in the city said later."]


@dataclass(slots=True)
class Sieve:
    """A desk that sifts what its feed brings."""

    desk: Watcher

    async def sift(self) -> list[Decision | None]:
        found = []
        for due in await self.desk.due():
            answer = await pipeline.page_of(due, self.desk.web)
            found.append(await sifting.sift(due, answer, self.judges()))
        return found

    async def read(self) -> None:
        """What was put by."""
        for one in await self.desk.db.read(lambda tx: pages.waiting(tx, 9)):
            await pipeline.judge(one.entry, self.judges(), one.page)

    def judges(self) -> Desk:
        return self.desk.judges(lambda: NOON + self.desk.hour * HOUR)

    async def waiting(self) -> int:
        return len(await self.desk.db.read(lambda tx: pages.waiting(tx, 9)))


@pytest.fixture
async def sieve(address: str) -> AsyncIterator[Sieve]:
    async with opened(address) as desk:
        desk.ruleset = rules.compile(
            [rules.rule("missile", "missile"), rules.rule("minister", "minister + port")]
        )
        await desk.lessons.take(desk.ruleset, ["en"])
        yield Sieve(desk)


async def test_what_no_rule_can_match_is_settled_and_read_later(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(CALM)
    (decision,) = await sieve.sift()
    assert decision == Decision(
        EntryState.NO_MATCH, "none of 2 rules can match the words of its page; read when there is time"
    )
    assert not await sieve.desk.due()
    assert await sieve.desk.db.read(lambda tx: entries.article(tx, 1)) is None
    await sieve.read()
    article = await sieve.desk.db.read(lambda tx: entries.article(tx, 1))
    assert article is not None and QUIET[0] in article.text
    assert not await sieve.waiting()
    assert len(sieve.desk.news.asked(PAGE)) == 1
    reasons = [row.reason for row in await sieve.desk.db.read(lambda tx: ledger.history(tx, 1))]
    assert "read when there is time" in reasons[-2] and "words read" in reasons[-1]


async def test_what_may_match_is_left_to_reading(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, STRUCK))
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]
    assert not await sieve.waiting()
    await sieve.desk.judge()
    assert sieve.desk.alerts == [1]


async def test_a_word_of_the_feed_alone_is_enough_to_read(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(STRIKE)
    assert await sieve.sift() == [None]


async def test_a_word_in_another_story_on_the_page_is_enough_to_read(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET, ["Missile hits harbour: what we know"]))
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]
    await sieve.desk.judge()
    assert sieve.desk.alerts == [0]


async def test_an_article_in_a_language_that_was_not_learnt_is_read(sieve: Sieve) -> None:
    text = [
        "Bei dem Angriff auf den Hafen der Stadt sind am Sonntag vier Menschen getötet worden, hieß es."
    ] * 3
    sieve.desk.news.publish(PAGE, page("Angriff auf den Hafen", text, language="de"))
    await sieve.desk.show("Angriff auf den Hafen der Stadt am Sonntag")
    assert await sieve.sift() == [None]


async def test_however_many_languages_were_met_what_no_rule_can_match_is_put_by(sieve: Sieve) -> None:
    for language in ("de", "fr", "it", "es", "pt", "nl", "ar", "ru", "pl", "tr"):
        sieve.desk.ruleset.learn(language, {word: frozenset() for word in sieve.desk.ruleset.vocabulary})
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(CALM)
    (decision,) = await sieve.sift()
    assert decision and decision.state is EntryState.NO_MATCH


async def test_a_form_in_any_language_that_was_met_is_enough_to_read(sieve: Sieve) -> None:
    for language in ("de", "ru"):
        forms = {word: frozenset() for word in sieve.desk.ruleset.vocabulary}
        sieve.desk.ruleset.learn(language, forms | {"missile": frozenset({"statement"})})
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]


@pytest.mark.parametrize("answer", [status(404), status(503), Answer(b"%PDF-1.7", type="application/pdf")])
async def test_what_is_no_page_is_judged_as_ever(sieve: Sieve, answer: Answer) -> None:
    sieve.desk.news.publish(PAGE, answer)
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]


async def test_a_page_that_asks_for_no_copy_is_not_put_by(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, Answer(page(CALM, QUIET), headers={"X-Robots-Tag": "noarchive"}))
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]


async def test_a_page_that_was_put_by_and_is_not_the_article_is_asked_for_again(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page("Page not found", ["Sorry, this page was not found."]))
    await sieve.desk.show(CALM)
    await sieve.sift()
    await sieve.read()
    (entry,) = await sieve.desk.db.read(lambda tx: entries.find(tx, sieve.desk.news.url(PAGE)))
    assert entry.due_at is not None
    sieve.desk.news.publish(PAGE, page(CALM, STRUCK))
    sieve.desk.hour += 24
    await sieve.desk.judge()
    assert sieve.desk.alerts == [1]


async def test_an_edit_of_what_was_put_by_is_judged_by_its_new_words(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(CALM)
    await sieve.sift()
    await sieve.desk.show(STRIKE)
    await sieve.read()  # nothing: the page may have been edited too
    assert await sieve.sift() == [None]
    await sieve.desk.judge()
    assert sieve.desk.alerts == [1]
    assert not await sieve.waiting()


async def test_what_was_told_is_judged_in_full(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(STRIKE)
    await sieve.desk.judge()
    await sieve.desk.show(CALM)
    assert await sieve.sift() == [None]


async def test_nothing_is_read_twice_and_all_is_accounted_for(sieve: Sieve) -> None:
    sieve.desk.news.publish(PAGE, page(CALM, QUIET))
    await sieve.desk.show(CALM)
    await sieve.sift()
    for _ in range(2):
        await sieve.read()
        (audit,) = await sieve.desk.db.read(ledger.audit)
        assert audit.balanced and audit.states == {EntryState.NO_MATCH: 1}
    assert (await sieve.desk.db.read(outbox.counts))[OutboxState.READY] == 0
    assert len(await sieve.desk.db.read(lambda tx: ledger.history(tx, 1))) == 3
