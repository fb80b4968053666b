"""Teaching rules the languages of articles: once each, whoever asks, and what happens when it fails."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

import rules
from monitor.learning import Lessons
from monitor.model import Unreadable
from monitor.workers import Forms
from rules import Document, RuleSet, fold

KILLED = Unreadable("its reader was killed from outside (exit code -9)", passing=True)
FORMS = {"ракета": frozenset(("ракета", "ракеты", "ракету"))}
RUSSIAN = Document("", "Они видели ракету.", languages=("ru",))


@dataclass
class Dictionaries:
    """Workers that give the answers of a test, in order, once the test lets them."""

    plan: list[Forms | Unreadable]
    asked: list[str] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def inflect(self, words: Iterable[str], language: str) -> Forms | Unreadable:
        self.asked.append(language)
        answer = self.plan.pop(0)
        await self.open.wait()
        if isinstance(answer, Unreadable):
            return answer
        return {word: answer.get(word, frozenset((fold(word),))) for word in words}


def lessons(*plan: Forms | Unreadable, open: bool = True) -> tuple[Lessons, Dictionaries]:
    dictionaries = Dictionaries(list(plan))
    if open:
        dictionaries.open.set()
    return Lessons(dictionaries), dictionaries  # type: ignore[arg-type]


def ruleset() -> RuleSet:
    return rules.compile([rules.rule("ракета")])


async def test_a_language_is_learnt_before_its_first_article_is_matched() -> None:
    taught, dictionaries = lessons(FORMS)
    found = ruleset()
    await taught.take(found, ["ru"])
    assert dictionaries.asked == ["ru"] and "ru" in found.languages
    assert [match.rule for match in found.match(RUSSIAN)] == ["ракета"]


async def test_what_is_learnt_is_not_learnt_again() -> None:
    taught, dictionaries = lessons(FORMS)
    found = ruleset()
    await taught.take(found, ["ru"])
    await taught.take(found, ["ru"])
    assert dictionaries.asked == ["ru"]


async def test_articles_of_one_language_wait_for_the_same_lesson() -> None:
    taught, dictionaries = lessons(FORMS, open=False)
    found = ruleset()
    waiting = [asyncio.create_task(taught.take(found, ["ru"])) for _ in range(20)]
    await asyncio.sleep(0)
    dictionaries.open.set()
    await asyncio.gather(*waiting)
    assert dictionaries.asked == ["ru"]


async def test_articles_of_other_languages_do_not_wait() -> None:
    taught, dictionaries = lessons(FORMS, open=False)
    found = ruleset()
    found.learn("en", {})
    russian = asyncio.create_task(taught.take(found, ["ru"]))
    await asyncio.sleep(0)
    await taught.take(found, ["en"])
    assert not russian.done()
    dictionaries.open.set()
    await russian


async def test_who_stops_waiting_takes_nothing_from_the_others() -> None:
    taught, dictionaries = lessons(FORMS, open=False)
    found = ruleset()
    first, second = [asyncio.create_task(taught.take(found, ["ru"])) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    dictionaries.open.set()
    await second
    assert dictionaries.asked == ["ru"] and "ru" in found.languages


async def test_a_killed_worker_is_followed_by_another() -> None:
    taught, dictionaries = lessons(KILLED, FORMS)
    found = ruleset()
    await taught.take(found, ["ru"])
    assert dictionaries.asked == ["ru", "ru"] and not taught.failed
    assert found.match(RUSSIAN)


async def test_without_a_dictionary_words_are_matched_as_they_stand(logged: io.StringIO) -> None:
    taught, _ = lessons(KILLED, KILLED)
    found = ruleset()
    await taught.take(found, ["ru"])
    plain = Document("", "РАКЕТА замечена.", languages=("ru",))
    assert found.match(plain) and not found.match(RUSSIAN)
    assert taught.failed == {"ru"}
    assert "killed from outside" in logged.getvalue() and "ru" in logged.getvalue()


async def test_a_lesson_that_failed_is_made_good_by_the_next_rules() -> None:
    taught, _ = lessons(KILLED, KILLED, FORMS)
    await taught.take(ruleset(), ["ru"])
    found = ruleset()
    await taught.take(found, ["ru"])
    assert not taught.failed and found.match(RUSSIAN)


async def test_what_no_dictionary_answers_is_not_asked_for_again() -> None:
    class Forgetful(Dictionaries):
        async def inflect(self, words: Iterable[str], language: str) -> Forms | Unreadable:
            self.asked.append(language)
            return {}

    dictionaries = Forgetful([])
    taught, found = Lessons(dictionaries), ruleset()  # type: ignore[arg-type]
    await taught.take(found, ["ru"])
    await taught.take(found, ["ru"])
    assert dictionaries.asked == ["ru"] and found.match(Document("", "ракета", languages=("ru",)))


async def test_a_language_without_forms_needs_no_lesson() -> None:
    taught, dictionaries = lessons()
    await taught.take(ruleset(), ["zz", "", "klingon"])
    assert dictionaries.asked == []


async def test_a_stop_does_not_wait_for_a_dictionary() -> None:
    taught, _ = lessons(FORMS, open=False)
    waiting = asyncio.create_task(taught.take(ruleset(), ["ru"]))
    await asyncio.sleep(0)
    await taught.close()
    await waiting
