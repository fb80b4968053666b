"""`sets:` and `rules:` of a config and of the files it names -> rules ready to match, and where they tell."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import rules
from monitor.config.asked import Asked, Beside, Values, ask, tell
from monitor.config.book import Book
from monitor.config.marked import Node
from monitor.config.pages import pages_of
from monitor.config.proof import prove
from monitor.config.sets import WordSet, members, read_sets
from monitor.model import Config, Kept, Route, SlackSpec
from rules import Rule, RuleErrors, RuleSet


class Ruled(NamedTuple):
    """The rules of a config, the channels of each by its id, and what the next reading need not do again."""

    rules: RuleSet
    routes: dict[str, Route]
    kept: Kept


def read_rules(
    book: Book,
    top: dict[str, Node],
    slack: SlackSpec,
    tags: Mapping[str, Values],
    languages: Sequence[str],
    previous: Config | None = None,
) -> Ruled:
    """What stands as it did in `previous` is neither read nor proven anew."""
    pages = [*pages_of(book, top)]
    sets: dict[str, WordSet] = {}
    for page in pages:
        if page.sets is not None:
            read_sets(page.book, page.sets, sets)
    known = (_by_text(previous.rules), previous.kept) if previous else ()
    beside = Beside(slack, tags, *known)
    asked = _each_once(ask(page.book, node, beside) for page in pages for node in page.taken())
    ruleset = _compiled(asked, sets, previous.rules if previous else None)
    proven = prove(asked, ruleset, members(sets), languages, beside.before.proven)
    routes = {one_rule.rule.id: one_rule.route for one_rule in asked}
    return Ruled(ruleset, routes, Kept(beside.composed, proven))


def _by_text(previous: RuleSet) -> dict[str, Rule]:
    return {rule.text: rule for rule in previous.rules.values() if not rule.pieces}


def _each_once(asked: Iterable[Asked | None]) -> list[Asked]:
    """One rule an id. Without ids of their own, rules of one meaning share one: `a + b` is `a AND b`."""
    first: dict[str, Asked] = {}
    for one_rule in asked:
        if one_rule and (before := first.setdefault(one_rule.rule.id, one_rule)) is not one_rule:
            what = f"the id {one_rule.name}" if one_rule.id else "this rule"
            cure = "give each its own" if one_rule.id else "one rule can have two channels in  to:"
            line = before.book.line_of(before.place, one_rule.book)
            one_rule.book.add(one_rule.place, f"{what} stands twice", f"the first is in {line}; {cure}")
    return list(first.values())


def _compiled(asked: Sequence[Asked], sets: Mapping[str, WordSet], previous: RuleSet | None) -> RuleSet:
    """Rules and sets together. What is wrong is noted, and the rules it does not touch are compiled."""
    words = members(sets)
    try:
        return rules.compile([one_rule.rule for one_rule in asked], words, previous)
    except RuleErrors as errors:
        _tell(errors, {one_rule.rule.id: one_rule for one_rule in asked}, sets)
        wrong = {error.rule for error in errors.errors}
    sound = [one_rule.rule for one_rule in asked if one_rule.rule.id not in wrong]
    with suppress(RuleErrors):
        return rules.compile(sound, words, previous)
    return rules.compile(())


def _tell(errors: RuleErrors, asked: Mapping[str, Asked], sets: Mapping[str, WordSet]) -> None:
    """Each problem where it stands; that a set is empty was told where it was read."""
    for error in errors.errors:
        if error.rule in asked:
            asked[error.rule].tell(error)
        elif named := sets.get(error.rule.removeprefix("$")):
            for word in named.words:
                if word.text.value == error.text:
                    tell(word.book, word.text, error)
                    break
