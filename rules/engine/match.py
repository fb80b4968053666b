"""Compiled rules against documents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rules.document import Clause, Document, Match, Member
from rules.engine.index import Counts, Numbers
from rules.engine.lexicon import Lexicon
from rules.engine.plan import Plan
from rules.engine.reading import Reading
from rules.engine.reasons import clause, matched
from rules.engine.shelf import Stock
from rules.engine.spelling import Spelling
from rules.tree import Node

_UNKNOWN = ("en",)  # what a document without languages is read in
# After so many documents it is known which words are rare, and rules are looked up by these.
_TUNED = frozenset((200, 2_000, 20_000, 200_000))


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Compiled rules. Safe to share between threads.

    A language that was not learnt is learnt when a document in it comes, which reads a dictionary; whoever
    wants that done elsewhere asks for `unlearnt` first and gives the forms to `learn`.
    """

    rules: Stock  # Mapping[str, Rule], in the order they were given
    sets: Mapping[str, Sequence[str | Member]] = field(repr=False)  # as they were given
    trees: Mapping[str, Sequence[Node]] = field(repr=False)  # of the sets
    spelling: Spelling = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    counts: Counts = field(repr=False)

    def __len__(self) -> int:
        return len(self.rules)

    # --- documents ---

    def holding(self, document: Document) -> tuple[str, ...]:
        """The rules that hold in one of the document's languages, in the order they were given.

        As `match`, without the words that make them so: a tenth of the time where many rules hold.
        """
        found = [self._holding(reading) for reading in self._readings(document)]
        ranks = np.sort(found[0]) if len(found) == 1 else np.unique(np.concatenate(found))
        return tuple(self.rules.at(ranks))

    def may_hold(self, words: str) -> bool:
        """Could a rule hold in an article whose words, and its feed's, are all among these, in any order?

        False is certain, of every operator and in every language that was met: a word that a rule cannot do
        without is not there. True says little. A tenth of a millisecond for 1,000 words that were seen
        before, however many languages there are.
        """
        known = self.lexicon.any_tongue()
        if known is None:
            return True
        everywhere, *each = known.atoms(words)
        return self.rules.possible(everywhere) and any(map(self.rules.possible, each))

    def match(self, document: Document) -> tuple[Match, ...]:
        """The rules that hold, with their words in the first of the document's languages that will do."""
        readings: dict[int, Reading] = {}
        for reading in self._readings(document):
            for rank in self._holding(reading).tolist():
                readings.setdefault(rank, reading)
        found = ((self.rules.ids[rank], readings[rank]) for rank in sorted(readings))
        return tuple(Match(id, *matched(reading, self._plan(id))) for id, reading in found)

    def matches(self, rule_id: str, document: Document) -> bool:
        """Does one rule hold? KeyError for a rule that is not here."""
        plan = self._plan(rule_id)
        return any(reading.holds(plan) for reading in self._readings(document))

    def why(self, rule_id: str, document: Document) -> Clause:
        """Every part of one rule, true or false, with its words, in the first language in which it holds.

        KeyError for a rule that is not here.
        """
        return next(self.whys([rule_id], document))

    def whys(self, rule_ids: Iterable[str], document: Document) -> Iterator[Clause]:
        """As `why`, of many rules: the document is read once."""
        readings = self._readings(document)
        for plan in map(self._plan, rule_ids):
            best = next((reading for reading in readings if reading.holds(plan)), readings[0])
            yield clause(best, plan)

    def clause(self, rule_id: str) -> tuple[str, ...]:
        """Words of which one must stand in a document for a rule to be tried; none: it always is.

        KeyError for a rule that is not here.
        """
        shelf, number = self.rules.place(rule_id)
        return tuple(sorted({self.lexicon.text(atom) for atom in shelf.key(number)}))

    def _readings(self, document: Document) -> list[Reading]:
        languages = document.languages or _UNKNOWN
        return [Reading(document, self.lexicon.tongue(language)) for language in languages]

    def _holding(self, reading: Reading) -> Numbers:
        found = self.rules.holding(reading, self.counts.counts)
        self.counts.documents += 1
        if self.counts.documents in _TUNED:
            for shelf in self.rules.shelves:
                shelf.tune(self.counts)
        return found

    def _plan(self, rule_id: str) -> Plan:
        shelf, number = self.rules.place(rule_id)
        return shelf.plan(number)

    # --- languages ---

    @property
    def languages(self) -> frozenset[str]:
        """Those whose forms are all known."""
        return self.lexicon.languages()

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words of rules that want forms, as they were written."""
        return self.lexicon.vocabulary

    def unlearnt(self, document: Document) -> tuple[str, ...]:
        """The languages of a document whose forms are to be learnt before it is read."""
        asked = document.languages or _UNKNOWN
        return tuple(language for language in asked if self.lexicon.missing(language))

    def learn(self, language: str, forms: Mapping[str, frozenset[str]]) -> None:
        """The forms of words in a language, as `inflect` finds them; those known already stay as they are."""
        self.lexicon.learn(language, forms)
