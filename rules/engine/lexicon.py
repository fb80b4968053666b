"""Which atoms the words of articles stand for, language by language.

An *atom* is one word of the rules in one way of comparing, shared by all rules: a number. What a piece of
text stands for is looked up once and remembered as an *entry*: bytes that hold three numbers for every atom
(the atom, its position in the chunk, how many positions it takes) and after those of a chunk (CHUNK_END, its
positions, 0). The entries of pieces in a row, joined, are the entry of the whole text.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, islice
from threading import Lock
from weakref import WeakMethod

import numpy as np
from numpy.typing import NDArray

from rules.engine.kernel import LONGEST_PIECE, REMEMBERED, Kernel
from rules.text.forms import Way, has_forms, inflect, is_acronym, stems
from rules.text.patterns import LONGEST_WORD, Glob, Pattern
from rules.text.words import CHUNK, Part, fold, parts

CHUNK_END = -1
SEGMENT_END = -2
NUMBER = "i"  # of an entry, as `array` calls it: 32 bits


class Kind(Enum):
    WORD = auto()
    WILD = auto()  # with * or ?
    REGEX = auto()


@dataclass(frozen=True, slots=True)
class Atom:
    """`text` is compared as its `way` says: folded, exact or plain.

    `loud`: it stands among capitals, so that its own say nothing. `language`: it counts in that one only.
    """

    way: Way
    text: str
    kind: Kind = Kind.WORD
    loud: bool = False
    language: str = ""


Table = dict[str, tuple[int, ...]]  # a text -> the atoms it stands for

_START = re.compile(r"[^*?]+\*+")


class Words:
    """Atoms by what a word of an article must be."""

    def __init__(self) -> None:
        self.tables: dict[Way, Table] = {way: {} for way in Way}
        self.starts: dict[Way, Table] = {way: {} for way in Way}  # `mis*`, by its letters
        self.patterns: dict[Way, list[tuple[Glob | Pattern, int]]] = {way: [] for way in Way}
        self.regexes: list[tuple[Way, Pattern, int]] = []  # tried on whole chunks too

    def copy(self) -> "Words":
        other = Words()
        other.tables = {way: dict(table) for way, table in self.tables.items()}
        other.starts = {way: dict(table) for way, table in self.starts.items()}
        other.patterns = {way: list(patterns) for way, patterns in self.patterns.items()}
        other.regexes = list(self.regexes)
        return other

    def put(self, way: Way, text: str, number: int) -> None:
        _put(self.tables[way], text, number)

    def put_pattern(self, atom: Atom, number: int) -> None:
        way = Way.FORMS if atom.way is Way.STEM else atom.way
        if atom.kind is Kind.REGEX:
            pattern = Pattern(atom.text, way is not Way.CASE)
            self.regexes.append((way, pattern, number))
            self.patterns[way].append((pattern, number))
        elif _START.fullmatch(atom.text):
            _put(self.starts[way], atom.text.rstrip("*"), number)
        elif len(atom.text) <= LONGEST_WORD:
            self.patterns[way].append((Glob(atom.text), number))

    @property
    def patterned(self) -> bool:
        """Is there more than words to compare with?"""
        return any(self.starts.values()) or any(self.patterns.values())

    def known(self, way: Way, text: str) -> tuple[int, ...]:
        """The atoms of a word that reads so in this way of comparing."""
        return self.tables[way].get(text, ())

    def fitting(self, part: Part) -> Iterator[int]:
        """The atoms of patterns that a word fits."""
        for way, text in ((Way.FORMS, part.folded), (Way.EXACT, part.exact), (Way.CASE, part.plain)):
            if starts := self.starts[way]:
                for end in range(1, len(text) + 1):
                    yield from starts.get(text[:end], ())
            if len(text) <= LONGEST_WORD:
                yield from (number for pattern, number in self.patterns[way] if pattern.fits(text))

    def whole(self, chunk: str) -> Iterator[int]:
        """The atoms of regular expressions that a chunk matches with its hyphens."""
        if self.regexes:
            texts = {Way.FORMS: fold(chunk), Way.EXACT: chunk.casefold(), Way.CASE: chunk}
            yield from (number for way, pattern, number in self.regexes if pattern.fits(texts[way]))


def _put(table: Table, text: str, number: int) -> None:
    table[text] = (*table.get(text, ()), number)


class Remembered:
    """What pieces of text and their chunks stand for, each worked out once: a reading of articles."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.memo = kernel.memo(_weakly(self.look))
        self.chunks: dict[str, bytes] = {}

    def look(self, piece: str) -> bytes:
        """What a piece of text stands for, at whose edges no word is cut."""
        return b"".join(map(self.chunk, CHUNK.findall(piece)))

    def chunk(self, chunk: str) -> bytes:
        if (entry := self.chunks.get(chunk)) is None:
            entry = self.entry(chunk)
            if len(self.chunks) >= REMEMBERED:
                self.chunks.clear()
            if len(chunk) <= LONGEST_PIECE:
                self.chunks[chunk] = entry
        return entry

    def entry(self, chunk: str) -> bytes:
        """What a chunk stands for."""
        raise NotImplementedError


class Tongue(Remembered):
    """The atoms of the words of articles in one language.

    `missing` are words of rules whose forms in this language are still to come.
    """

    def __init__(
        self,
        language: str,
        atoms: Mapping[Atom, int],
        base: Words,
        own: Words,
        missing: frozenset[str],
        kernel: Kernel,
    ) -> None:
        self.language = language
        self.atoms = atoms
        self.base = base
        self.own = own
        self.missing = missing
        self.stem = stems(language)
        self.acronyms: set[int] = set()
        super().__init__(kernel)

    def copy(self, atoms: Mapping[Atom, int], base: Words) -> "Tongue":
        """With nothing remembered of texts."""
        other = Tongue(self.language, atoms, base, self.own.copy(), self.missing, self.kernel)
        other.acronyms = set(self.acronyms)
        return other

    def put(self, atom: Atom, number: int) -> None:
        """What the base cannot know: acronyms, stems, and atoms that count in this language only."""
        if atom.language not in ("", self.language):
            return
        if _wants_forms(atom) and not atom.loud and is_acronym(atom.text, self.language):
            self.acronyms.add(number)
            self.own.put(Way.ACRONYM, atom.text, number)
        elif atom.way is Way.STEM and atom.kind is Kind.WORD:
            self.own.put(Way.STEM, self.stem(fold(atom.text)), number)
        elif atom.language:
            _put_anywhere(self.own, atom, number)

    def put_forms(self, forms: Mapping[str, frozenset[str]]) -> None:
        """Forms of words not learnt before."""
        for atom, number in self.atoms.items():
            if self.misses(atom) and number not in self.acronyms:
                for form in forms.get(atom.text, frozenset()) - {fold(atom.text)}:
                    self.own.put(Way.FORMS, form, number)
        self.missing = self.missing.difference(forms)

    def misses(self, atom: Atom) -> bool:
        return atom.text in self.missing and _wants_forms(atom) and atom.language in ("", self.language)

    def folded(self, number: int) -> str:
        """The word of an atom that asks for one way of writing it; of others nothing."""
        atom = next(islice(self.atoms, number, None))
        strict = atom.way in (Way.EXACT, Way.CASE) or number in self.acronyms
        return fold(atom.text) if strict and atom.kind is Kind.WORD else ""

    # --- the words of articles ---

    def entry(self, chunk: str) -> bytes:
        found = parts(chunk)
        size = sum(part.wide == 1 for part in found)
        meant = {(atom, part.at, part.wide): None for part in found for atom in self.meant(part)}
        if size:
            meant |= {(atom, 0, size): None for words in (self.base, self.own) for atom in words.whole(chunk)}
        numbers = array(NUMBER, [number for place in meant for number in place])
        numbers.extend((CHUNK_END, size, 0))
        return numbers.tobytes()

    def meant(self, part: Part) -> Iterator[int]:
        for text in (part.folded, *part.variants):
            yield from (atom for atom in self.base.known(Way.FORMS, text) if atom not in self.acronyms)
            yield from self.own.known(Way.FORMS, text)
        yield from self.own.known(Way.ACRONYM, part.plain)
        if self.own.tables[Way.STEM]:
            yield from self.own.known(Way.STEM, self.stem(part.folded))
        for words in (self.base, self.own):
            yield from words.known(Way.EXACT, part.exact)
            yield from words.known(Way.CASE, part.plain)
            yield from words.fitting(part)


_TOLD_APART = 60  # tongues that have a bit of their own among 64; all further ones share one


class AnyTongue(Remembered):
    """What words stand for in the tongues that were met, all at once: nobody has said in which a text is.

    For one question only, whether a rule could hold at all: where a word stands is not kept, but in which
    tongues it stands for an atom, as an article is read in one at a time. `tongues`: by language, not empty.
    """

    def __init__(self, tongues: Mapping[str, Tongue], base: Words, kernel: Kernel) -> None:
        self.tongues = tongues
        self.count = min(len(tongues), _TOLD_APART + 1)
        self.every = (1 << self.count) - 1
        own = [(1 << min(n, _TOLD_APART), tongue) for n, tongue in enumerate(tongues.values())]
        layers = [(self.every, base), *((bit, tongue.own) for bit, tongue in own)]
        self.tables = {
            way: [(bit, words.tables[way]) for bit, words in layers if words.tables[way]] for way in Way
        }
        self.patterned = [(bit, words) for bit, words in layers if words.patterned]
        self.stemmed = [(bit, tongue) for bit, tongue in own if tongue.own.tables[Way.STEM]]
        self.forms = dict.fromkeys(chain(*(tongue.acronyms for _, tongue in own)), self.every)
        for bit, tongue in own[:_TOLD_APART]:
            for atom in tongue.acronyms:  # `us` stands for US only where it is no word
                self.forms[atom] &= ~bit
        super().__init__(kernel)

    def atoms(self, text: str) -> list[NDArray[np.int64]]:
        """Of its words: those in any tongue, and then tongue by tongue."""
        rows = np.frombuffer(self.memo.read(text), np.int64).reshape(-1, 2)
        masks = (self.every, *(1 << number for number in range(self.count)))
        return [rows[rows[:, 1] & mask != 0, 0] for mask in masks]

    def entry(self, chunk: str) -> bytes:
        found: dict[int, int] = {}
        for bits, atom in self.meant(chunk):
            found[atom] = found.get(atom, 0) | bits
        return array("q", chain.from_iterable(found.items())).tobytes()

    def meant(self, chunk: str) -> Iterator[tuple[int, int]]:
        """(the tongues as bits, atom): what `Tongue.entry` has, in all tongues."""
        found = parts(chunk)
        for part in found:
            for text in (part.folded, *part.variants):
                for bits, atom in self._known(Way.FORMS, text):
                    yield bits & self.forms.get(atom, self.every), atom
            yield from self._known(Way.ACRONYM, part.plain)
            yield from self._known(Way.EXACT, part.exact)
            yield from self._known(Way.CASE, part.plain)
            for bits, tongue in self.stemmed:
                for atom in tongue.own.known(Way.STEM, tongue.stem(part.folded)):
                    yield bits, atom
            for bits, words in self.patterned:
                for atom in words.fitting(part):
                    yield bits, atom
        for bits, words in self.patterned if found else ():
            for atom in words.whole(chunk):
                yield bits, atom

    def _known(self, way: Way, text: str) -> Iterator[tuple[int, int]]:
        for bits, table in self.tables[way]:
            for atom in table.get(text, ()):
                yield bits, atom


def _weakly(look: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """The same, without keeping its owner: old rules go at once, be garbage collected or not."""
    method = WeakMethod(look)

    def looked(piece: str) -> bytes:
        found = method()
        assert found, "whoever reads keeps the tongue"
        return found(piece)

    return looked


def _wants_forms(atom: Atom) -> bool:
    return atom.way is Way.FORMS and atom.kind is Kind.WORD


def _put_anywhere(words: Words, atom: Atom, number: int) -> None:
    if atom.kind is not Kind.WORD:
        words.put_pattern(atom, number)
    elif atom.way is not Way.STEM:
        words.put(atom.way, fold(atom.text) if atom.way is Way.FORMS else atom.text, number)


class Lexicon:
    """All atoms, and the tongues in which articles were met. Safe to share between threads."""

    def __init__(self, atoms: Mapping[Atom, int], kernel: Kernel) -> None:
        self.atoms = atoms
        self.kernel = kernel
        self.base = Words()
        self.tongues: dict[str, Tongue] = {}  # swapped whole when one is learnt
        self._any: AnyTongue | None = None
        self.lock = Lock()
        self._put(atoms.items())

    def extended(self, atoms: Mapping[Atom, int]) -> "Lexicon":
        """The same with more atoms, which stand after the known ones. What was learnt stays."""
        if len(atoms) == len(self.atoms):
            return self
        fresh = dict(islice(atoms.items(), len(self.atoms), None))
        other = Lexicon({}, self.kernel)
        other.atoms = atoms
        other.base = self.base.copy()
        other._put(fresh.items())
        for language, tongue in self.tongues.items():
            known = other.tongues[language] = tongue.copy(atoms, other.base)
            for atom, number in fresh.items():
                known.put(atom, number)
            known.missing |= _lacking(fresh, language)
        return other

    def _put(self, atoms: Iterable[tuple[Atom, int]]) -> None:
        for atom, number in atoms:
            if not atom.language:
                _put_anywhere(self.base, atom, number)

    def text(self, number: int) -> str:
        """Of an atom, as a rule has it."""
        return next(islice(self.atoms, number, None)).text

    # --- languages ---

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words that want forms."""
        return frozenset(atom.text for atom in self.atoms if _wants_forms(atom))

    def languages(self) -> frozenset[str]:
        """Those whose forms are all here."""
        return frozenset(language for language, tongue in self.tongues.items() if not tongue.missing)

    def tongue(self, language: str) -> Tongue:
        """Learns it at once if need be, which reads a dictionary."""
        tongue = self.tongues.get(language)
        if tongue is None or tongue.missing:
            with self.lock:
                tongue = self._begun(language)
                if tongue.missing:
                    tongue = self._learnt(tongue, inflect(tongue.missing, language))
        return tongue

    def any_tongue(self) -> AnyTongue | None:
        """All that were met together; None: none was."""
        tongues, known = self.tongues, self._any
        if tongues and (known is None or known.tongues is not tongues):
            known = self._any = AnyTongue(tongues, self.base, self.kernel)
        return known

    def learn(self, language: str, forms: Mapping[str, frozenset[str]]) -> None:
        """Forms of some words or all; what is known already stays as it is."""
        with self.lock:
            self._learnt(self._begun(language), forms)

    def missing(self, language: str) -> frozenset[str]:
        """The words whose forms in this language are still to come."""
        tongue = self.tongues.get(language)
        return _lacking(self.atoms, language) if tongue is None else tongue.missing

    def _begun(self, language: str) -> Tongue:
        if language not in self.tongues:
            missing = _lacking(self.atoms, language)
            tongue = Tongue(language, self.atoms, self.base, Words(), missing, self.kernel)
            for atom, number in self.atoms.items():
                tongue.put(atom, number)
            self.tongues = {**self.tongues, language: tongue}
        return self.tongues[language]

    def _learnt(self, tongue: Tongue, forms: Mapping[str, frozenset[str]]) -> Tongue:
        """Swapped in whole: who reads an article in the meantime keeps the old one."""
        if tongue.missing.isdisjoint(forms):
            return tongue
        learnt = tongue.copy(self.atoms, self.base)
        learnt.put_forms(forms)
        self.tongues = {**self.tongues, tongue.language: learnt}
        return learnt


def _lacking(atoms: Iterable[Atom], language: str) -> frozenset[str]:
    if not has_forms(language):
        return frozenset()
    return frozenset(atom.text for atom in atoms if _wants_forms(atom) and atom.language in ("", language))
