"""L09: words that nobody knows, one letter from one that is known."""

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from rules.lint.desk import Desk, Spoken
from rules.lint.finding import Finding, Level
from rules.meaning import SCRIPTS, Meaning, script, script_of
from rules.text.forms import Way, known

_LONG = 5  # letters: of shorter words too many are one letter apart
_SEEN = 3  # articles that make a word of the archive a word
_USED = 2  # rules that do
_COMPARED = 5000  # words that nobody knows; who has more writes names that no list has

Word = tuple[Spoken, Meaning]
Near = Callable[[str], Iterable[str]]


def typos(desk: Desk) -> Iterator[Finding]:
    """L09: a word in no dictionary and no stored article, but for one letter."""
    unknown = _unknown(desk)[:_COMPARED]
    near = Neighbours(desk, unknown)
    for spoken, meaning in unknown:
        if meant := near.meant(spoken, meaning):
            yield _typo(desk, spoken, meaning, meant)


def _unknown(desk: Desk) -> Sequence[Word]:
    """Those in none of the dictionaries, nor any form of them in the archive."""
    words = list(_words(desk))
    listed = _listed(desk, (meaning.folded for _, meaning in words))
    words = [word for word in words if word[1].folded not in listed]
    if desk.sample is None:
        return words
    seen = desk.sample.words.keys()
    return [word for word in words if seen.isdisjoint(desk.forms.texts(word[1]))]


def _listed(desk: Desk, words: Iterable[str], near: Near = lambda word: (word,)) -> frozenset[str]:
    """Those of the words, or of what is near them, that a dictionary has.

    What is near is made anew for each language: to 5,000 words there are two million.
    """
    if not (asked := frozenset(words)):
        return asked
    found = (known(chain.from_iterable(map(near, asked)), language) for language in desk.languages)
    return frozenset().union(*found)


def _words(desk: Desk) -> Iterator[Word]:
    """Words long enough to be told from others, in scripts of which we have a dictionary."""
    for spoken in desk.spoken:
        for meaning in spoken.phrase if spoken.way in (Way.FORMS, Way.EXACT) else ():
            if len(meaning.folded) >= _LONG and meaning.folded.isalpha() and not meaning.wild:
                languages = SCRIPTS.get(script(meaning.folded))
                if languages is None or set(languages) & set(desk.languages):
                    yield spoken, meaning


def _typo(desk: Desk, spoken: Spoken, meaning: Meaning, meant: str) -> Finding:
    articles = desk.sample.articles if desk.sample else 0
    where = "no dictionary" + (f" and in none of {articles:,} articles" if articles else "")
    shown = meant.capitalize() if _is_name(meaning) else meant
    level = Level.WARNING if articles else Level.NOTE
    return desk.spoken_finding(
        "L09", level, spoken, f'"{meaning.plain}" is in {where}', f"did you mean {shown} ?"
    )


def _is_name(meaning: Meaning) -> bool:
    return meaning.plain[:1].isupper()


class Neighbours:
    """The known words that are one letter from some unknown ones.

    Names are in no dictionary: a word with a capital is compared with names of the archive and of other rules
    only. A spelling that stands beside its neighbour in a rule or a set was listed on purpose.
    """

    def __init__(self, desk: Desk, unknown: Sequence[Word]) -> None:
        self._desk = desk
        self._seen: Mapping[str, int] = desk.sample.words if desk.sample else {}
        self._names = desk.sample.names if desk.sample else frozenset()
        plain = {meaning.folded for _, meaning in unknown if not _is_name(meaning)}
        self._listed = _listed(desk, plain, self._near)
        self._known = self._listed.union(self._seen, self._used)

    def meant(self, spoken: Spoken, meaning: Meaning) -> str:
        """The known word that is meant, the one most used; empty: none is near."""
        owners, name = set(spoken.owners), _is_name(meaning)
        near = [
            word
            for word in self._near(meaning.folded)
            if word in self._known and self._is_word(word, name) and owners.isdisjoint(self._owners(word))
        ]
        return max(near, key=self._weight, default="")

    def _weight(self, word: str) -> tuple[int, int]:
        return self._seen.get(word, 0), len(self._owners(word))

    def _is_word(self, word: str, name: bool) -> bool:
        if len(self._owners(word)) >= _USED:
            return True
        if word in self._listed and not name:
            return True
        return self._seen.get(word, 0) >= _SEEN and (not name or word in self._names)

    def _near(self, word: str) -> Iterable[str]:
        return _neighbours(word, self._letters.get(script_of(word[0]), ""))

    def _owners(self, word: str) -> set[str]:
        """The rules and sets that use a word."""
        return {owner for spoken in self._used.get(word, ()) for owner in spoken.owners}

    @cached_property
    def _used(self) -> Mapping[str, Sequence[Spoken]]:
        used: dict[str, list[Spoken]] = {}
        for spoken in self._desk.spoken:
            for meaning in spoken.phrase:
                used.setdefault(meaning.folded, []).append(spoken)
        return used

    @cached_property
    def _letters(self) -> Mapping[str, str]:
        """The letters of each script, as far as rules and articles use them."""
        letters: dict[str, str] = {}
        for char in sorted({*string.ascii_lowercase, *"".join(self._seen), *"".join(self._used)}):
            letters[script_of(char)] = letters.get(script_of(char), "") + char
        return letters


def _neighbours(word: str, letters: str) -> Sequence[str]:
    """Every word a letter away: one swapped, left out, put in or changed.

    Not in the first letter, where mistakes are seen, nor in the last, where Iraqi is no mistake for Iraqis.
    """
    cuts = [(word[:at], word[at:]) for at in range(1, len(word))]
    inner = cuts[:-1]
    return [
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in inner),
        *(head + tail[1:] for head, tail in inner),
        *[head + char + tail[1:] for head, tail in inner for char in letters if char != tail[0]],
        *[head + char + tail for head, tail in cuts for char in letters],
    ]
