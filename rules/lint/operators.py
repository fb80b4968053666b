"""L05 and L08: operators that do something else than what was wanted."""

from collections.abc import Iterator

from rules.lint.desk import Desk, clauses
from rules.lint.finding import Finding, Level
from rules.lint.never import Barred, Judge, alternatives
from rules.meaning import Phrase, nodes, terms
from rules.text.forms import Way
from rules.tree import Near, Node, Not, NotNear, Rule, SetName, Term, Window

_FAR = 50  # words: a fifth of a short article
_LARGE = 1000  # members: a set so large is a list to leave out, whatever else a rule wants


def left_out(desk: Desk) -> Iterator[Finding]:
    """L05: NOT "apple juice" beside apple: it loses the articles on apples that name the juice as well."""
    judge = Judge(desk)
    for rule in desk.rules.values():
        parts = list(clauses(rule.tree))
        phrases = [found for part in parts if isinstance(part, Not) for found in _phrases(desk, part)]
        if phrases:
            yield from _left_out(desk, judge, rule, parts, phrases)


def _phrases(desk: Desk, negated: Not) -> Iterator[tuple[Not, Term, Phrase]]:
    """The phrases that a NOT leaves out, in its own words or by a set."""
    for part, way, _ in alternatives(negated.part, Way.FORMS, ""):
        members = desk.sets.get(part.name, ()) if isinstance(part, SetName) else (part,)
        for member in members if len(members) <= _LARGE else ():
            if isinstance(member, Term) and len(phrase := desk.phrase(member, way)) > 1:
                yield negated, member, phrase


def _left_out(
    desk: Desk, judge: Judge, rule: Rule, parts: list[Node], phrases: list[tuple[Not, Term, Phrase]]
) -> Iterator[Finding]:
    wanted = [part for part in parts if not isinstance(part, Not)]
    words = [(term, desk.phrase(term, way)) for part in wanted for term, way in terms(part)]
    names = {node.name for part in wanted for node in nodes(part) if isinstance(node, SetName)}
    sought = [Barred(desk, "", words), *(judge.set(name, Way.FORMS, "") for name in sorted(names))]
    for negated, term, phrase in phrases:
        word = next(filter(None, (barred.covering(phrase, "") for barred in sought)), None)
        if word is not None and len(desk.phrase(word)) < len(phrase):
            message = f"NOT {term} also loses the articles in which {word} stands elsewhere too"
            hint = f"write  {word} EXCEPT {term},  which leaves out the places, not the article"
            yield desk.finding("L05", Level.WARNING, rule, negated, message, hint)
            return


def far(desk: Desk) -> Iterator[Finding]:
    """L08: a NEAR so wide that it says little more than AND."""
    told = set()
    for rule, node in desk.rare:
        if isinstance(node, Near | NotNear | Window) and node.reach >= _FAR and rule.id not in told:
            told.add(rule.id)
            message = f"{node.reach} words are a good part of an article: this says little more than AND"
            hint = "write AND, or paragraph:(a AND b) for both in one paragraph"
            yield desk.finding("L08", Level.WARNING, rule, node, message, hint)
