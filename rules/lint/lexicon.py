"""The words of the dictionaries and of the archive, to be asked for patterns and for neighbours."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from fnmatch import translate
from functools import cached_property

from rules.forms import vocabulary
from rules.lint.desk import Desk


class Lexicon:
    """All known words, folded. Reads the dictionaries when first asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def dictionary(self) -> frozenset[str]:
        return frozenset(word for language in self._desk.languages for word in vocabulary(language))

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self.dictionary.union(self._desk.sample.words if self._desk.sample else ()))

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
