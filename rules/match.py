"""Compiled rules against documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.document import Clause, Document, Match, Member
from rules.lexicon import Lexicon
from rules.plan import Plan
from rules.reading import Reading
from rules.reasons import causes, clause, parts_causes
from rules.tree import Rule

_UNKNOWN = ("en",)  # what a document without languages is read in


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Compiled rules. Safe to share between threads.

    A language that was not learnt is learnt when a document in it comes, which reads a dictionary; whoever
    wants that done elsewhere asks for `unlearnt` first and gives the forms to `learn`.
    """

    rules: Mapping[str, Rule]
    plans: Mapping[str, Plan] = field(repr=False)
    lexicon: Lexicon = field(repr=False)
    sets: Mapping[str, Sequence[str | Member]] = field(default_factory=dict, repr=False)  # as they were given

    def __len__(self) -> int:
        return len(self.rules)

    def match(self, document: Document) -> tuple[Match, ...]:
        """The rules that hold in one of the document's languages, in the order they were given."""
        readings = tuple(self._readings(document))
        found = []
        for rule, plan in self.plans.items():
            for reading in readings:
                if reading.holds(plan):
                    found.append(Match(rule, causes(reading, plan), parts_causes(reading, plan)))
                    break
        return tuple(found)

    def matches(self, rule_id: str, document: Document) -> bool:
        """Does one rule hold? KeyError for a rule that is not here."""
        plan = self.plans[rule_id]
        return any(reading.holds(plan) for reading in self._readings(document))

    def why(self, rule_id: str, document: Document) -> Clause:
        """Every part of one rule, true or false, with its words, in the language in which it holds.

        KeyError for a rule that is not here.
        """
        plan = self.plans[rule_id]
        readings = tuple(self._readings(document))
        best = next((reading for reading in readings if reading.holds(plan)), readings[0])
        return clause(best, plan)

    def _readings(self, document: Document) -> Iterator[Reading]:
        for language in document.languages or _UNKNOWN:
            yield Reading(document, self.lexicon.tongue(language))

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
