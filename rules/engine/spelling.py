"""The words of rules as atoms: how each may be written in an article, numbered once for all rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import exp

from rules.engine.lexicon import Atom, Kind
from rules.engine.plan import ANY_WORD, Element
from rules.language.regex import folded
from rules.text.forms import Way
from rules.text.words import Part, parts, rule_words
from rules.tree import Node, Regex, Scope, Term, Tongue

# Atoms of which at least one stands in every document where something holds.
Clause = frozenset[int]


@dataclass(frozen=True, slots=True)
class Needs:
    """Clauses that must all be met; none: it may hold in any document. `plain`: where they are, it holds."""

    clauses: Sequence[Clause]
    plain: bool = False


_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """A word, or words in a row."""

    elements: tuple[Element, ...]
    needs: Needs


class Manner:
    """How words are compared in a part of a rule, and those compared so before."""

    def __init__(self, way: Way, language: str) -> None:
        self.way = way
        self.language = language
        self.rows: dict[str, Row] = {}
        self.regexes: dict[str, Row] = {}


class Spelling:
    """All atoms, in the order in which rules asked for them."""

    def __init__(self) -> None:
        self.atoms: dict[Atom, int] = {}
        self.priors: list[float] = []  # by atom
        self.capitals: set[int] = set()  # atoms that may be acronyms: these do not count where all shout
        self.manners: dict[tuple[Way, str], Manner] = {}
        self.usual = self.manner(Way.FORMS, "")

    def copy(self) -> "Spelling":
        """To which atoms can be added without the first one knowing."""
        other = Spelling()
        other.atoms = dict(self.atoms)
        other.priors, other.capitals = list(self.priors), set(self.capitals)
        for (way, language), manner in self.manners.items():
            copied = other.manner(way, language)
            copied.rows, copied.regexes = dict(manner.rows), dict(manner.regexes)
        return other

    def manner(self, way: Way, language: str) -> Manner:
        return self.manners.setdefault((way, language), Manner(way, language))

    def inside(self, node: Node, manner: Manner) -> Manner:
        """How the words inside a node are compared."""
        match node:
            case Scope("exact" | "case" | "stem" as name):
                return self.manner(Way[name.upper()], manner.language)
            case Tongue(language):
                return self.manner(manner.way, language)
        return manner

    def row(self, node: Term | Regex, manner: Manner) -> Row:
        if isinstance(node, Regex):
            if node.pattern not in manner.regexes:
                manner.regexes[node.pattern] = self._regex(node.pattern, manner)
            return manner.regexes[node.pattern]
        if node.text not in manner.rows:
            manner.rows[node.text] = self._row(node.text, manner)
        return manner.rows[node.text]

    def _regex(self, pattern: str, manner: Manner) -> Row:
        text = folded(pattern) if manner.way in (Way.FORMS, Way.STEM) else pattern
        atom = self._atom(Atom(manner.way, text, Kind.REGEX, False, manner.language))
        return Row((((atom,),),), Needs((frozenset((atom,)),), True))

    def _row(self, text: str, manner: Manner) -> Row:
        if text.isascii() and text.isalpha():  # most words, and quicker so
            return self._of_chunks((parts(text),), False, manner)
        chunks = rule_words(text)
        # A phrase all in capitals says nothing about case: "AIR STRIKE" is not about an acronym AIR.
        return self._of_chunks(chunks, len(chunks) > 1 and text.isupper(), manner)

    def _of_chunks(self, chunks: Sequence[Sequence[Part]], loud: bool, manner: Manner) -> Row:
        elements = tuple(self._element(chunk, manner, loud) for chunk in chunks)
        clauses = tuple(clause for element in elements if (clause := self._clause(element)))
        plain = len(elements) == 1 and all(map(self._plain, elements[0]))
        return Row(elements, Needs(clauses, plain))

    def _element(self, chunk: Sequence[Part], manner: Manner, loud: bool) -> Element:
        """The ways to write a chunk: apart (or hyphenated, which is the same), and as one word."""
        word = partial(self._word, manner=manner, loud=loud)
        single = [part for part in chunk if part.wide == 1]
        ways = [tuple(map(word, single))]
        if len(single) > 1 and ANY_WORD not in ways[0]:
            ways += [(word(part),) for part in chunk if part.wide == len(single)]
        elif len(single) == 1 and (halves := _LETTERS_DIGITS.fullmatch(single[0].plain)):
            ways.append(tuple(word(parts(half)[0]) for half in halves.groups()))
        return tuple(ways)

    def _word(self, part: Part, manner: Manner, loud: bool) -> int:
        if not part.folded.strip("*"):
            return ANY_WORD
        way = manner.way
        text = part.exact if way is Way.EXACT else part.plain
        if "*" in part.folded or "?" in part.folded:
            folded = part.folded if way in (Way.FORMS, Way.STEM) else text
            return self._atom(Atom(way, folded, Kind.WILD, False, manner.language))
        loud = loud and way is Way.FORMS and text.isupper()
        return self._atom(Atom(way, text, Kind.WORD, loud, manner.language))

    def _atom(self, atom: Atom) -> int:
        if atom not in self.atoms:
            self.atoms[atom] = len(self.atoms)
            self.priors.append(_prior(atom))
            if atom.way is Way.FORMS and not atom.loud and atom.text.isupper():
                self.capitals.add(self.atoms[atom])
        return self.atoms[atom]

    def _clause(self, element: Element) -> Clause:
        """The rarest word of each way to write it."""
        if any(ANY_WORD in way for way in element):
            return frozenset()
        return frozenset([min(way, key=self.priors.__getitem__) for way in element])

    def _plain(self, way: Sequence[int]) -> bool:
        return len(way) == 1 and way[0] != ANY_WORD and way[0] not in self.capitals


def _prior(atom: Atom) -> float:
    """In what share of documents a word stands, as long as nobody has counted.

    As measured in a thousand pages of news: beyond two letters length says little.
    """
    if atom.kind is Kind.REGEX:
        return 0.5
    letters = len(atom.text.strip("*?"))
    share = 0.03 * exp(-0.1 * letters) if letters > 2 else 0.1
    return share * (5 if atom.kind is Kind.WILD else 1)
