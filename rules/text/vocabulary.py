"""The words that dictionaries have and articles had, to be asked which of them a wildcard finds."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import translate
from functools import cached_property

from rules.text.forms import vocabulary


class Vocabulary:
    """All known words, folded: of these languages, and `more`. Reads the dictionaries when first asked."""

    def __init__(self, languages: Iterable[str], more: Iterable[str] = ()) -> None:
        self._languages, self._more = languages, more

    @cached_property
    def dictionary(self) -> frozenset[str]:
        return frozenset(word for language in self._languages for word in vocabulary(language))

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self.dictionary.union(self._more))

    @cached_property
    def _text(self) -> str:
        return "\n".join(self._words) + "\n"

    def matching(self, pattern: str) -> Sequence[str]:
        """A pattern's known words, in order: those that begin or hold its letters are tried."""
        start, *_ = pieces = re.split(r"[*?]+", pattern)
        if pattern == f"{start}*":
            return self._beginning(start)
        fits = re.compile(translate(pattern)).match
        near = self._beginning(start) if start else self._holding(max(pieces, key=len))
        return [word for word in near if fits(word)]

    def _holding(self, letters: str) -> Iterator[str]:
        """The words with these letters in them: a search in one text is done in C."""
        text, at = self._text, 0
        while letters and (at := text.find(letters, at)) >= 0:
            end = text.find("\n", at)
            yield text[text.rfind("\n", 0, at) + 1 : end]
            at = end

    def _beginning(self, start: str) -> Sequence[str]:
        words = self._words
        return words[bisect_left(words, start) : bisect_left(words, start + "\U0010ffff")]
