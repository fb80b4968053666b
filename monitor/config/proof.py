"""A rule's own examples: `must_match` and `must_not_match`.

An example is read as the headline and as the text of an article, in the language its script tells, else in
each that the config or the rule names. Nothing else is known of it, so `where:` is left out.
"""

from collections.abc import Iterator, Mapping, Sequence

import rules
from monitor.config.asked import Asked
from monitor.config.book import shown
from monitor.config.marked import Text
from rules import Document, Member, RuleSet

Sets = Mapping[str, Sequence[str | Member]]


def prove(asked: Sequence[Asked], ruleset: RuleSet, sets: Sets, languages: Sequence[str]) -> None:
    """Tells every example that its rule breaks; of rules that were not compiled nothing is asked."""
    proven = [one for one in asked if one.rule.id in ruleset.rules and (one.must_match or one.must_not_match)]
    alone = [one.words for one in proven if one.words]
    wordy = rules.compile(alone, sets) if alone else ruleset
    for one in proven:
        if one.where and not one.words:
            example = (*one.must_match, *one.must_not_match)[0]
            one.book.add(example.start, _WORDLESS, "leave it out")
            continue
        read_as = (*languages, *(one.where.languages if one.where else ()))
        for example, what in _broken(one, wordy if one.words else ruleset, tuple(dict.fromkeys(read_as))):
            one.book.add(example.start, f"rule {one.name} {what}", "mend the rule, or the example")


_WORDLESS = "an example proves what words a rule finds, and this rule asks for none"


def _broken(asked: Asked, ruleset: RuleSet, languages: tuple[str, ...]) -> Iterator[tuple[Text, str]]:
    for example in asked.must_match:
        if not _matches(ruleset, asked.rule.id, example.value, languages):
            yield example, f"does not match its example {shown(example)}"
    for example in asked.must_not_match:
        if _matches(ruleset, asked.rule.id, example.value, languages):
            yield example, f"matches {shown(example)}, which it must not"


def _matches(ruleset: RuleSet, id: str, example: str, languages: tuple[str, ...]) -> bool:
    """Under one of the languages at least."""
    return ruleset.matches(id, Document(title=example, body=example, languages=languages))
