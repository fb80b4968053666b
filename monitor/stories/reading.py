"""An article's words -> what placing compares: its triples, terms, names and figures. In any script.

A *term* is the stem of a word, a *triple* three words in a row. Both are numbers of 32 bits from here on: of
a million terms a hundred share theirs with another.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, groupby, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from monitor.stories.common import listed
from rules.text.words import CHUNK, Part, parts

# A stem that needs no language. On ECB+ six letters found .66 of the pairs where whole words found .54, at a
# precision of .96 to .97.
STEM = 6
WORDS = 400  # of an article that tell its event: what follows is background
LEAD = 60  # of them: the headline and the first sentences, which count twice
LONGEST = 8_000  # words that are sketched: a book is no article
SAID = 1_000  # terms that are remembered of an article, the first: of 400 words some 220
KEPT = 4  # one triple in so many is kept: 20 of an article of 80 words
TITLE_WORDS = 5  # fewer are the headline of many articles: "Earthquake hits Chile"
SITE_NAME = 20  # characters: a shorter end of a headline, after a bar or a dash, is the site's name

# 1,200 and 1.200 are one number; 5.6 and 5,6 another, written with a letter that is a dot.
_THOUSANDS = re.compile(r"(?<=\d)[.,\u066c\u2019'](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(?<=\d)[.,\u066b](?=\d)")
_POINT = "\ua78f"
_YEAR = re.compile("(?:19|20)\\d\\d")
_SITE_NAME = re.compile(rf"\s+[-|:\u2013\u2014\u00b7]\s+[^-|\u2013\u2014\u00b7]{{1,{SITE_NAME}}}\Z")
# Scripts without spaces, where every character is a word. Two ideographs make a term, or four syllables.
_IDEOGRAPH = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SYLLABLE = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u309f\u3100-\u312f\ua9e0-\uaa7f]")

Numbers = NDArray[np.uint32]
Sketch = Numbers


class Token(NamedTuple):
    """A word as placing sees it."""

    number: int  # of the folded word
    plain: str  # as written
    term: str
    stem: int  # the number of the term
    small: bool  # written so, in a script that has capitals
    wide: int  # 1; in a script without spaces: how many such make a term


@dataclass(frozen=True, slots=True)
class Reading:
    """What placing sees of an article; terms by `number_of`, with their spelling in `spelled`."""

    terms: Counter[int]  # how often among the first words; those of headline, lead and matches twice
    names: frozenset[int]  # never written small; without capitals any term, without spaces what is said twice
    capitals: bool  # they tell its names: not where no word is written small (Arabic, Chinese, SHOUTING)
    counts: frozenset[tuple[int, int]]  # (what is counted, how many): 23 pirates, magnitude 5.6
    years: tuple[int, ...]  # that the headline and the lead name
    spelled: dict[int, str]
    anywhere: Numbers  # terms of the whole text, each once
    sketch: Sketch  # sorted, each once
    size: int  # in terms
    title: int  # the words of the headline; 0: it has too few to tell one article from another
    languages: tuple[str, ...] = ()


class _Term(NamedTuple):
    number: int
    plain: str
    small: bool


@dataclass(slots=True)
class _Words:
    """The first words of an article, as they are counted."""

    terms: Counter[int] = field(default_factory=Counter)
    spelled: dict[int, str] = field(default_factory=dict)
    small: set[int] = field(default_factory=set)
    figures: set[int] = field(default_factory=set)

    @property
    def names(self) -> frozenset[int]:
        return frozenset(self.terms.keys() - self.small - self.figures)

    def take(self, found: Iterable["_Term"]) -> None:
        for term in found:
            self.terms[term.number] += 1
            self.spelled.setdefault(term.number, term.plain)
            if term.small:
                self.small.add(term.number)
            elif term.plain[0].isdigit():
                self.figures.add(term.number)


def read(title: str, text: str, matched: Sequence[str] = (), languages: Sequence[str] = ()) -> Reading:
    """What rules found in an article, the sentences in `matched`, weighs as its lead does."""
    tokens = _tokens(f"{title}\n{text}")
    found = list(_terms(tokens[:WORDS], languages))
    lead = list(_terms(tokens[:LEAD], languages))
    words = _Words()
    words.take(found)
    words.take(lead)
    for sentence in matched:
        words.take(_terms(_tokens(sentence), languages))
    wide = _width(tokens)
    return Reading(
        terms=words.terms,
        names=_said_twice(found, words.names) if wide > 1 else words.names,
        capitals=bool(words.small) and wide == 1,
        counts=frozenset(_counts(found)),
        years=tuple(sorted({int(term.plain) for term in lead if _YEAR.fullmatch(term.plain)})),
        spelled=words.spelled,
        anywhere=_anywhere(words.terms, _terms(tokens[WORDS:], languages)),
        sketch=_sketch(tokens),
        size=len(tokens) // wide,
        title=title_number(title),
        languages=tuple(languages),
    )


def number_of(term: str) -> int:
    return crc32(term.encode())


def title_number(title: str) -> int:
    """Of the headline's words, without the site's name at its end; 0: too few to name one article."""
    tokens = _tokens(_SITE_NAME.sub("", title))
    if len(tokens) < TITLE_WORDS * _width(tokens):
        return 0
    return number_of(" ".join(str(token.number) for token in tokens))


def terms_of(text: str) -> Iterator[int]:
    return (term.number for term in _terms(_tokens(text)))


def _tokens(text: str) -> list[Token]:
    text = _DECIMAL.sub(_POINT, _THOUSANDS.sub("", text))
    return [token for chunk in CHUNK.finditer(text) for token in _of_chunk(chunk[0])][:LONGEST]


@lru_cache(maxsize=1 << 16)  # 20 MB; nine of ten words were met before
def _of_chunk(chunk: str) -> tuple[Token, ...]:
    return tuple(_token(part) for part in parts(chunk) if part.wide == 1)


def _token(part: Part) -> Token:
    """Without its clitics: of all that a word may stand for, the shortest is the same however it is worn."""
    bare = min((part.folded, *part.variants), key=len)
    first = part.plain[0]
    wide = 2 if _IDEOGRAPH.match(first) else 4 if _SYLLABLE.match(first) else 1
    term = bare.replace(_POINT, ".") if bare[0].isdigit() else bare[:STEM]
    plain = part.plain.replace(_POINT, ".")
    return Token(number_of(part.folded), plain, term, number_of(term), first.islower(), wide)


def _said_twice(found: Iterable[_Term], names: frozenset[int]) -> frozenset[int]:
    """All of them, of a text that says none twice."""
    often = Counter(term.number for term in found)
    return frozenset(name for name in names if often[name] > 1) or names


def _anywhere(first: Iterable[int], rest: Iterable[_Term]) -> Numbers:
    terms = list(dict.fromkeys(chain(first, (term.number for term in rest))))[:SAID]
    return np.array(terms, np.uint32)


def _terms(tokens: Iterable[Token], languages: Sequence[str] = ()) -> Iterator[_Term]:
    """Without single letters."""
    for wide, run in groupby(tokens, key=_wide):
        if wide > 1:
            text = "".join(token.term for token in run)
            yield from _without_spaces(text, wide, languages)
            continue
        for token in run:
            if len(token.term) > 1 or token.term.isdigit():
                yield _Term(token.stem, token.plain, token.small)


def _without_spaces(text: str, wide: int, languages: Sequence[str]) -> Iterator[_Term]:
    """`wide` characters in a row, without joins, that overlap a common word and are none: of 发生爆炸 生爆.

    Such joins look as rare as names: with them .28 of the overlapping halves of Chinese news found each
    other, without them .86.
    """
    grams = [text[at : at + wide] for at in range(max(1, len(text) - wide + 1))]
    numbers = [number_of(gram) for gram in grams]
    words = listed(np.array(numbers, np.uint32), languages)
    beside = np.convolve(words, np.ones(2 * wide - 1))[wide - 1 : wide - 1 + len(words)] > 0
    for gram, number, join in zip(grams, numbers, (beside & ~words).tolist(), strict=True):
        if not join:
            yield _Term(number, gram, False)


def _wide(token: Token) -> int:
    return token.wide


def _counts(found: Sequence[_Term]) -> Iterator[tuple[int, int]]:
    """A figure with the word behind it and the word before it; years count nothing."""
    for one, two in pairwise(found):
        if _is_count(one) and not _is_figure(two):
            yield two.number, one.number
        elif _is_count(two) and not _is_figure(one) and len(one.plain) > 3:
            yield one.number ^ _BEFORE, two.number


def _is_figure(term: _Term) -> bool:
    return term.plain[0].isdigit()


def _is_count(term: _Term) -> bool:
    return _is_figure(term) and not _YEAR.fullmatch(term.plain)


_BEFORE = 0xFFFFFFFF  # what stands before its figure is counted apart: magnitude 5.6


def _width(tokens: Sequence[Token]) -> int:
    """How many words of this text make a term."""
    wide = Counter(token.wide for token in tokens)
    return wide.most_common(1)[0][0] if wide else 1


def _sketch(tokens: Sequence[Token]) -> Sketch:
    """FracMinHash: of all triples those whose hash is a multiple of KEPT, so that a part keeps its share."""
    span = 3 * _width(tokens)
    numbers = np.fromiter((token.number for token in tokens), np.uint64, len(tokens))
    count = len(tokens) - span + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    mixed = np.zeros(count, np.uint64)
    for at in range(span):
        mixed = mixed * _FACTOR + numbers[at : at + count]
    for shift in (_HALF, _MOST):
        mixed = (mixed ^ (mixed >> shift)) * _MIX
    return np.unique((mixed[mixed % KEPT == 0] >> _HALF).astype(np.uint32))


# Of splitmix64: every bit of a triple's words moves half of its hash.
_FACTOR, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_HALF, _MOST = np.uint64(32), np.uint64(29)
