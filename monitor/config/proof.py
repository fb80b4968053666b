"""A rule's own examples: `must_match` and `must_not_match`.

An example is read as the headline and as the text of an article: in the language its letters tell, else in
those of the config, and in those the rule asks for. Nothing else is known of it, so `where:` is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import rules
from monitor.config.asked import Asked
from monitor.config.book import shown
from monitor.config.marked import Text
from monitor.sources.language import of_script
from rules import Document, Member, RuleSet

Sets = Mapping[str, Sequence[str | Member]]


def prove(
    asked: Sequence[Asked], ruleset: RuleSet, sets: Sets, languages: Sequence[str], before: frozenset[int]
) -> frozenset[int]:
    """Tells every example that its rule breaks; of rules that were not compiled nothing is asked.

    What was proven `before` is not proven again: 20,000 examples take 2 s.
    """
    known = hash(tuple((name, tuple(words)) for name, words in sets.items()))
    sealed = [(_seal(one, languages, known), one) for one in asked if one.must_match or one.must_not_match]
    open_ones = [one for seal, one in sealed if seal not in before and one.rule.id in ruleset.rules]
    alone = [replace(words, id=one.rule.id) for one in open_ones if one.words and (words := one.words())]
    wordy = rules.compile(alone, sets, ruleset) if alone else ruleset
    for one in open_ones:
        for example, what in _broken(one, wordy if one.words else ruleset, languages):
            one.book.add(example.start, f"rule {one.name} {what}", "mend the rule, or the example (L13)")
    return frozenset(seal for seal, _ in sealed)


def _seal(asked: Asked, languages: Sequence[str], sets: int) -> int:
    """The same while the rule, the sets, its examples and the languages they are read in stay the same."""
    examples = (tuple(text.value for text in texts) for texts in (asked.must_match, asked.must_not_match))
    return hash((sets, *languages, asked.rule.text, *examples))


def _broken(asked: Asked, ruleset: RuleSet, languages: Sequence[str]) -> Iterator[tuple[Text, str]]:
    for example in asked.must_match:
        if not ruleset.matches(asked.rule.id, _article(asked, example.value, languages)):
            yield example, f"does not match its example {shown(example)}"
    for example in asked.must_not_match:
        if ruleset.matches(asked.rule.id, _article(asked, example.value, languages)):
            yield example, f"matches {shown(example)}, which it must not"


def _article(asked: Asked, example: str, languages: Sequence[str]) -> Document:
    """A rule holds if it does in one of the languages."""
    told = (script,) if (script := of_script(example)) else languages
    read_as = dict.fromkeys((*told, *(asked.where.languages if asked.where else ())))
    return Document(title=example, body=example, languages=tuple(read_as))
