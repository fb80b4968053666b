"""What the words of a rule stand for, as people and the linter ask; the engine makes plans of its own."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from unicodedata import name

from rules.text.forms import Way, inflect, is_acronym
from rules.text.words import Part, rule_words
from rules.tree import Node, Scope, Term, children

WAYS = {way.name.lower(): way for way in Way if way is not Way.ACRONYM}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of a rule in its spellings, and how it is compared; `parts` if it is joined of some: Su-35."""

    plain: str
    exact: str
    folded: str
    way: Way
    wild: bool = False
    parts: tuple["Meaning", ...] = ()


Phrase = tuple[Meaning, ...]


def phrase(term: Term, way: Way, languages: Iterable[str]) -> Phrase:
    """The words of a term. In one of these languages a word in capitals may stand for the capitals only."""
    chunks = rule_words(term.text)
    shouted = len(chunks) > 1 and term.text.isupper()  # then capitals say nothing
    return tuple(_meaning(chunk, way, () if shouted else languages) for chunk in chunks)


def _meaning(chunk: Sequence[Part], way: Way, languages: Iterable[str]) -> Meaning:
    single = tuple(_single(part, way, languages) for part in chunk if part.wide == 1)
    if len(single) == 1:
        return single[0]
    plain, exact, folded = (
        "-".join(part) for part in zip(*((one.plain, one.exact, one.folded) for one in single), strict=True)
    )
    return Meaning(plain, exact, folded, way, any(one.wild for one in single), single)


def _single(part: Part, way: Way, languages: Iterable[str]) -> Meaning:
    wild = "*" in part.folded or "?" in part.folded
    if way is Way.FORMS and not wild and any(is_acronym(part.plain, language) for language in languages):
        way = Way.ACRONYM
    return Meaning(part.plain, part.exact, part.folded, way, wild)


def inside(node: Node, way: Way) -> Way:
    """How words inside a node are compared, if those around it are compared so."""
    return WAYS.get(node.name, way) if isinstance(node, Scope) else way


def nodes(tree: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    waiting = [tree]
    while waiting:
        yield (node := waiting.pop())
        waiting += reversed(children(node))


def terms(tree: Node, way: Way = Way.FORMS) -> Iterator[tuple[Term, Way]]:
    """The words and phrases of a rule, in the order of the text, with how they are compared."""
    waiting = [(tree, way)]
    while waiting:
        node, way = waiting.pop()
        if isinstance(node, Term):
            yield node, way
        elif parts := children(node):
            way = inside(node, way)
            waiting += [(part, way) for part in reversed(parts)]


# Languages in scripts of their own, the most read first; one that is not here is taken to use Latin letters.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    script: tuple(languages.split())
    for script, languages in {
        "ARABIC": "ar fa ur ps ku ug sd",
        "ARMENIAN": "hy",
        "BENGALI": "bn as",
        "CJK": "zh ja ko",
        "CYRILLIC": "ru uk bg sr mk be kk ky mn tg",
        "DEVANAGARI": "hi mr ne",
        "GEORGIAN": "ka",
        "GREEK": "el",
        "HANGUL": "ko",
        "HEBREW": "he yi",
        "HIRAGANA": "ja",
        "KATAKANA": "ja",
        "TAMIL": "ta",
        "THAI": "th",
    }.items()
}


def script(text: str) -> str:
    """The script of the first letter that is not Latin, as Unicode calls it: CYRILLIC. Empty: none."""
    if text.isascii():
        return ""
    return next((found for found in map(script_of, text) if found not in ("", "LATIN")), "")


@lru_cache(10_000)
def script_of(char: str) -> str:
    """LATIN, CYRILLIC, CJK; empty for what is no letter."""
    return name(char, "").partition(" ")[0] if char.isalpha() else ""


_LETTERS_DIGITS = re.compile(r"[^\W\d_]+\d+")  # su35 finds Su 35 too


class Forms:
    """The forms of many words in some languages, asked for once."""

    def __init__(self, words: Iterable[str], languages: Sequence[str]) -> None:
        asked = frozenset(words)
        self.languages = languages
        self.tables: Mapping[str, Mapping[str, frozenset[str]]] = {
            language: inflect(asked, language) for language in languages
        }

    def of(self, word: str) -> tuple[frozenset[str], ...]:
        """The forms of a word in the spelling of the rule, language by language."""
        return tuple(table.get(word, frozenset()) for table in self.tables.values())

    def texts(self, meaning: Meaning) -> frozenset[str]:
        """Every folded word that may stand for it in an article, in any of the languages."""
        alone = frozenset((meaning.folded,))
        return alone.union(*self.of(meaning.plain)) if meaning.way is Way.FORMS else alone

    def covers(self, wide: Meaning, narrow: Meaning) -> bool:
        """Is every word of an article that is `narrow` also `wide`? False where that is not certain."""
        if (wide.way, wide.folded, wide.plain) == (narrow.way, narrow.folded, narrow.plain):
            return True
        if narrow.way is Way.STEM or narrow.wild or narrow.parts or wide.parts:
            return False  # there is more than one way to write these
        if _LETTERS_DIGITS.fullmatch(narrow.folded):
            return False
        match wide.way:
            case Way.FORMS if wide.wild:
                return all(fnmatchcase(text, wide.folded) for text in self.texts(narrow))
            case Way.FORMS if narrow.way is Way.FORMS:
                return self._covers(wide, narrow)
            case Way.FORMS:
                return narrow.folded in self.texts(wide)
            case Way.EXACT:
                return not wide.wild and narrow.way is not Way.FORMS and wide.exact == narrow.exact
        return False

    def _covers(self, wide: Meaning, narrow: Meaning) -> bool:
        """A language that knows other forms of neither says nothing, unless they are the same word."""
        pairs = zip(self.of(wide.plain), self.of(narrow.plain), strict=True)
        telling = [(more, fewer) for more, fewer in pairs if len(more) > 1 or len(fewer) > 1]
        if not telling:
            return wide.folded == narrow.folded
        return all(fewer <= more for more, fewer in telling)

    def holds_inside(self, wide: Phrase, narrow: Phrase) -> bool:
        """Does `wide` stand wherever `narrow` stands: is it a run of its words?"""
        room = range(len(narrow) - len(wide) + 1)
        return any(all(map(self.covers, wide, narrow[at:])) for at in room)
