"""The languages of articles, taught to the rules: in a worker, each once, before the first article in it."""

import asyncio
from collections.abc import Iterable

from monitor.model import Unreadable
from monitor.ops import log
from monitor.ops.memory import lasting
from monitor.workers import Forms, Workers
from rules import RuleSet


class Lessons:
    """The languages that rules are learning, and those they could not learn."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._running: dict[tuple[int, str], asyncio.Task[None]] = {}
        self.failed: set[str] = set()  # languages whose dictionary could not be read

    async def take(self, rules: RuleSet, languages: Iterable[str]) -> None:
        """Ends when rules know their words in these languages, as far as they can be known."""
        if lessons := self.begin(rules, languages):
            await asyncio.wait(lessons)  # which go on for the others when one who waits is gone

    def begin(self, rules: RuleSet, languages: Iterable[str]) -> list[asyncio.Task[None]]:
        """One lesson for each of the languages that rules have not learnt, however many ask for it."""
        learnt = rules.languages
        return [
            self._lesson(rules, language) for language in dict.fromkeys(languages) if language not in learnt
        ]

    async def close(self) -> None:
        for lesson in (running := list(self._running.values())):
            lesson.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _lesson(self, rules: RuleSet, language: str) -> asyncio.Task[None]:
        key = id(rules), language
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._teach(rules, language))
            self._running[key].add_done_callback(lambda _: self._running.pop(key))
        return self._running[key]

    async def _teach(self, rules: RuleSet, language: str) -> None:
        words = await asyncio.to_thread(rules.lexicon.missing, language)
        if not words:
            return  # in this language a word stands for itself
        forms = await self._forms(words, language)
        if isinstance(forms, Unreadable):
            self._fail(language, forms.reason)
            forms = {}
        else:
            self.failed.discard(language)
        await asyncio.to_thread(_learn, rules, language, words, forms)

    async def _forms(self, words: frozenset[str], language: str) -> Forms | Unreadable:
        """A second process may live where the first was killed."""
        forms = await self._workers.inflect(words, language)
        return await self._workers.inflect(words, language) if isinstance(forms, Unreadable) else forms

    def _fail(self, language: str, reason: str) -> None:
        self.failed.add(language)
        log.get().warning(
            "a dictionary cannot be read: until it can, articles in its language are matched without forms",
            language=language,
            reason=reason,
        )


def _learn(rules: RuleSet, language: str, words: Iterable[str], forms: Forms) -> None:
    """A word without forms stands for itself: it is not asked for again."""
    with lasting():
        rules.learn(language, {word: forms.get(word, frozenset()) for word in words})
