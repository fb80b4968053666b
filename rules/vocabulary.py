"""The words that dictionaries have and articles had, to be asked which of them a wildcard finds."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import cached_property

from rules.forms import vocabulary


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
        return "\n".join(self._words)

    def matching(self, pattern: str) -> Sequence[str]:
        """A pattern's known words; where it begins with letters, only those that do so are looked at."""
        start = re.split(r"[*?]", pattern, maxsplit=1)[0]
        if pattern == start + "*":
            return self._beginning(start)
        if start:
            fits = re.compile(translate(pattern)).match
            return [word for word in self._beginning(start) if fits(word)]
        line = re.escape(pattern).replace(r"\*", "[^\n]*").replace(r"\?", "[^\n]")
        return re.findall(f"^{line}$", self._text, re.MULTILINE)

    def _beginning(self, start: str) -> Sequence[str]:
        words = self._words
        return words[bisect_left(words, start) : bisect_left(words, start + "\U0010ffff")]
