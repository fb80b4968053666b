"""L09: words that nobody knows, one letter from one that is known."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from rules.forms import Way
from rules.lint.desk import Desk, Spoken
from rules.lint.finding import Finding, Level
from rules.meaning import SCRIPTS, Meaning, script, script_of
from rules.vocabulary import Vocabulary

_LETTERS = 5  # of shorter words too many are one letter apart
_SEEN = 3  # articles that make a word of the archive a word
_USED = 2  # rules that do


def typos(desk: Desk) -> Iterator[Finding]:
    """L09: a word in no dictionary and no stored article, but for one letter."""
    known = Known(desk)
    for spoken, meaning in _words(desk):
        if not known.has(meaning) and (meant := known.meant(spoken, meaning)):
            yield _typo(desk, spoken, meaning, meant)


def _words(desk: Desk) -> Iterator[tuple[Spoken, Meaning]]:
    """Words long enough to be told from others, in scripts of which we have a dictionary."""
    for spoken in desk.spoken:
        for meaning in spoken.phrase if spoken.way in (Way.FORMS, Way.EXACT) else ():
            if len(meaning.folded) >= _LETTERS and meaning.folded.isalpha() and not meaning.wild:
                languages = SCRIPTS.get(script(meaning.folded))
                if languages is None or set(languages) & set(desk.languages):
                    yield spoken, meaning


def _typo(desk: Desk, spoken: Spoken, meaning: Meaning, meant: str) -> Finding:
    many = desk.sample is not None and bool(desk.sample.articles)
    where = (
        f"no dictionary and in none of {desk.sample.articles:,} articles" if desk.sample else "no dictionary"
    )
    level = Level.WARNING if many else Level.NOTE
    shown = meant.capitalize() if meaning.plain[:1].isupper() else meant
    return desk.spoken_finding(
        "L09", level, spoken, f"{meaning.plain} is in {where}", f"did you mean {shown} ?"
    )


class Known:
    """What a word is compared with.

    Names are in no dictionary: a word with a capital is compared with names of the archive and of other rules
    only. A spelling that stands beside its neighbour in a rule or a set was listed on purpose.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._vocabulary = Vocabulary(desk.languages)
        self._seen: Mapping[str, int] = desk.sample.words if desk.sample else {}

    def has(self, meaning: Meaning) -> bool:
        texts = self._desk.forms.texts(meaning)
        return any(text in self._seen or text in self._vocabulary.dictionary for text in texts)

    def meant(self, spoken: Spoken, meaning: Meaning) -> str:
        """The known word that is meant, if one is near; the one most used."""
        names, owners = meaning.plain[:1].isupper(), set(spoken.owners)
        near = [
            word
            for word in _neighbours(meaning.folded, self._letters[script_of(meaning.folded[0])])
            if self._is_word(word, names) and owners.isdisjoint(self._used.get(word, ()))
        ]
        return max(
            near, key=lambda word: (self._seen.get(word, 0), len(self._used.get(word, ()))), default=""
        )

    def _is_word(self, word: str, names: bool) -> bool:
        if len(self._used.get(word, ())) >= _USED:
            return True
        if names:
            return self._seen.get(word, 0) >= _SEEN and word in self._names
        return word in self._vocabulary.dictionary or self._seen.get(word, 0) >= _SEEN

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._desk.sample.names if self._desk.sample else frozenset()

    @cached_property
    def _used(self) -> Mapping[str, set[str]]:
        """The rules and sets that use a word."""
        used: dict[str, set[str]] = {}
        for spoken in self._desk.spoken:
            for meaning in spoken.phrase:
                used.setdefault(meaning.folded, set()).update(spoken.owners)
        return used

    @cached_property
    def _letters(self) -> Mapping[str, str]:
        """The letters of each script, as far as any known word has them."""
        every = set[str]().union(*self._vocabulary.dictionary, *self._seen, *self._used)
        letters: dict[str, str] = {}
        for char in sorted(every):
            letters[script_of(char)] = letters.get(script_of(char), "") + char
        return letters


def _neighbours(word: str, letters: str) -> Iterable[str]:
    """Every word a letter away: one swapped, left out, put in or changed.

    Not in the first letter, where mistakes are seen, nor in the last, where Iraqi is no mistake for Iraqis.
    """
    cuts = [(word[:at], word[at:]) for at in range(1, len(word))]
    inner = [(head, tail) for head, tail in cuts if len(tail) > 1]
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in inner)
    yield from (head + tail[1:] for head, tail in inner)
    yield from (head + char + tail[1:] for head, tail in inner for char in letters if char != tail[0])
    yield from (head + char + tail for head, tail in cuts for char in letters)
