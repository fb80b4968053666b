"""What only shows when rules and sets meet: unknown sets, empty sets, rules that match nearly everything."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from rules.document import Member
from rules.language.compose import entry
from rules.language.names import Names
from rules.tree import (
    And,
    AtLeast,
    Fact,
    Node,
    Not,
    Or,
    Problem,
    Rule,
    RuleError,
    RuleErrors,
    Scope,
    Score,
    SetName,
    Term,
    Tongue,
    children,
    joins_places,
)

# Levels of an entry of a set, with the sets it names. A rule has up to 200 of its own, and a walk over both
# stays clear of Python's recursion limit.
DEPTH = 50
# Of sets that name each other in circles; who has more of them makes them by machine.
CIRCLES = 20
_FIELDS = ("title", "body")
# What a fact alone lets in, where its name does not say it.
_ALONE = {
    "lang": "in this language",
    "url": "at such an address",
    "age": "of this age",
    "words": "of this length",
}
Sets = Mapping[str, Sequence[str | Member]]
Trees = Mapping[str, Sequence[Node]]

# --- sets --------------------------------------------------------------------------------------------------


def members(sets: Sets) -> tuple[dict[str, tuple[Node, ...]], list[RuleError]]:
    """Every set's entries as trees, and what is wrong with them."""
    errors: list[RuleError] = []
    trees = {name: tuple(_readable(name, entries, errors)) for name, entries in sets.items()}
    if not errors:
        errors += _badly_nested(sets, trees)
    return trees, errors


def _readable(name: str, entries: Sequence[str | Member], errors: list[RuleError]) -> Iterator[Node]:
    for one in entries:
        try:
            tree = _member(_text(one))
        except RuleError as error:
            errors.append(RuleError(error.text, error.problems, f"${name}"))
        else:
            yield Tongue(one.language, tree) if isinstance(one, Member) and one.language else tree
    if not entries:
        problem = Problem("this set is empty", "write at least one word", 0, 0)
        errors.append(RuleError("", [problem], f"${name}"))


def _member(text: str) -> Node:
    """One word or phrase, quotes or not; with operators in it, an expression that has places."""
    tree = entry(text)
    if not joins_places(tree):
        message = "a set holds words, phrases and OR-groups, not AND/NOT expressions or fields"
        hint = "put this into a rule; if it is a name, put the whole in quotes"
        raise RuleError(text, [Problem(message, hint, 0, len(text))])
    return tree


def _text(one: str | Member) -> str:
    return one.text if isinstance(one, Member) else one


def _badly_nested(sets: Sets, trees: Trees) -> Iterator[RuleError]:
    """Sets that name one that is not there, or in the end themselves, or that lie too deep in each other."""
    named = {name: _named(entries, trees[name]) for name, entries in sets.items()}
    names = Names(trees)
    for name, uses in named.items():
        for text, use in uses.values():
            if use.name not in trees:
                yield RuleError(text, [_unknown(use.name, use, names)], f"${name}")
    graph = {name: [other for other in uses if other in trees] for name, uses in named.items()}
    for _ in range(CIRCLES):
        if not (circle := _circle(graph)):
            yield from _too_deep(sets, trees, TopologicalSorter(graph).static_order())
            break
        text, use = named[circle[0]][circle[1]]
        graph[circle[0]].remove(circle[1])
        message = f"sets that hold each other in a circle: {' -> '.join(circle)}"
        hint = "take one of them out of the other"
        yield RuleError(text, [Problem(message, hint, use.start, use.end)], f"${circle[0]}")


def _named(entries: Sequence[str | Member], trees: Sequence[Node]) -> dict[str, tuple[str, SetName]]:
    """The sets that entries name, each with the text that does so and its place there."""
    return {
        node.name: (_text(one), node)
        for one, tree in zip(entries, trees, strict=True)
        for node in _nodes(tree)
        if isinstance(node, SetName)
    }


def _circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """A way from a set through those that it names back to it; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _too_deep(sets: Sets, trees: Trees, order: Iterable[str]) -> Iterator[RuleError]:
    """`order`: no set before those that it names."""
    depths: dict[str, int] = {}
    for name in order:
        found = [_depth(tree, depths) for tree in trees[name]]
        depths[name] = deepest = max(found)
        if deepest > DEPTH:
            text = _text(sets[name][found.index(deepest)])
            message = f"with the sets in it this entry is {deepest} levels deep, and {DEPTH} are the most"
            yield RuleError(text, [Problem(message, "put less into each other", 0, len(text))], f"${name}")
            depths[name] = 0  # told once, not for each set around it


def _depth(node: Node, depths: Mapping[str, int]) -> int:
    if isinstance(node, SetName):
        return depths.get(node.name, 0) + 1
    return 1 + max((_depth(part, depths) for part in children(node)), default=0)


# --- rules -------------------------------------------------------------------------------------------------


def refuse(rules: Iterable[Rule], sets: Trees, errors: list[RuleError]) -> None:
    """Raises RuleErrors for these errors and for whatever is wrong with a rule beside these sets."""
    rules = tuple(rules)
    names = Names(sets)
    for rule in rules:
        errors += _wrong(rule, sets, names)
    ids = Counter(rule.id for rule in rules)
    for rule in rules:
        if ids.pop(rule.id, 1) > 1:
            problem = Problem(f'two rules have the id "{rule.id}"', "give each its own id", 0, len(rule.text))
            errors.append(RuleError(rule.text, [problem], rule.id))
    if errors:
        raise RuleErrors(errors)


def _wrong(rule: Rule, sets: Trees, names: Names) -> Iterator[RuleError]:
    """Each text of the rule with what is wrong in it; the whole with what is wrong with the whole."""
    whole = [*_scores(rule), *_pure_not(rule)]
    if not rule.pieces:
        whole += _misplaced(rule.tree, sets, names)
    for piece in rule.pieces:
        if problems := [*_misplaced(piece.tree, sets, names)]:
            yield RuleError(piece.text, problems, rule.id)
    if whole:
        yield RuleError(rule.text, whole, rule.id)


def _misplaced(tree: Node, sets: Trees, names: Names) -> Iterator[Problem]:
    """Sets that are not there or too small, and fields that exclude each other."""
    for node in _nodes(tree):
        match node:
            case SetName(name) | Fact(_, name, "in") if name not in sets:
                yield _unknown(name, node, names)
            case AtLeast(count, (SetName(name),)) if count > len(sets.get(name, range(count))):
                message = f"{count} OF … has only {len(sets[name])} alternatives, so it can never match"
                yield Problem(message, f"${name} is that small", node.start, node.end)
            case Scope("title" | "body" as name, part):
                yield from _nowhere(part, name)


def _unknown(name: str, place: Node, names: Names) -> Problem:
    meant = names.nearest(name)
    hint = f"did you mean ${meant}?" if meant else f"write it under sets: {name}: […]"
    if name[0].isdecimal() and not meant:
        hint = f'to search for the amount, put it in quotes: "${name}"'
    return Problem(f"there is no set named ${name}", hint, place.start, place.end)


def _nowhere(inside: Node, field: str) -> Iterator[Problem]:
    """title: inside body: can never match."""
    for node in _nodes(inside):
        if isinstance(node, Scope) and node.name in _FIELDS and node.name != field:
            message = f"{node.name}: inside {field}: can never match"
            yield Problem(message, "join them with AND instead", node.start, node.end)


def _nodes(tree: Node) -> Iterator[Node]:
    """The node and all inside it, in the order of the text."""
    waiting = [tree]
    while waiting:
        yield (node := waiting.pop())
        if not isinstance(node, Term):
            waiting += reversed(children(node))  # a stack: the first part comes off first


# --- rules that match nearly everything, or nothing ---------------------------------------------------------


def _pure_not(rule: Rule) -> Iterator[Problem]:
    if not rule.broad and not needs_words(rule.tree):
        message = "a rule needs at least one word that must be there"
        hint = "as it stands it matches nearly every article: add AND word"
        if isinstance(rule.tree, Fact):
            which = _ALONE.get(rule.tree.name, f"of this {rule.tree.name}")
            hint = f"as it stands it matches every article {which}: add AND word"
        yield Problem(message, hint, 0, len(rule.text))


def needs_words(tree: Node) -> bool:
    """False for what can hold in an article whatever its words are."""
    return _demands(tree, True)


def _demands(node: Node, wanted: bool) -> bool:
    """True if the node can only be `wanted` (true or false) where some word stands."""
    match node:
        case Term():
            return wanted
        case And(parts):
            return _enough(parts, wanted, len(parts) if wanted else 1)
        case Or(parts):
            return _enough(parts, wanted, 1 if wanted else len(parts))
        case Not(part):
            return _demands(part, not wanted)
        case Scope(_, part) | Tongue(_, part):
            return _demands(part, wanted)
        case AtLeast(count, parts) if len(parts) > 1:
            return _enough(parts, wanted, count if wanted else len(parts) - count + 1)
        case Score():
            return wanted and _word_scores(node)
        case Fact():
            return False
    return wanted


def _enough(parts: Sequence[Node], wanted: bool, needed: int) -> bool:
    """`needed` of these must be as wanted: is one of them then a word, whichever they are?"""
    return sum(not _demands(part, wanted) for part in parts) < needed


def _word_scores(score: Score) -> bool:
    """What holds without a word does not score enough."""
    wordless = (weight for weight, part in score.parts if weight > 0 and not _demands(part, True))
    return sum(wordless) * score.most < score.at_least


def _scores(rule: Rule) -> Iterator[Problem]:
    for score in (rule.tree, *children(rule.tree)):
        if isinstance(score, Score):
            most = score.most * sum(weight for weight, _ in score.parts if weight > 0)
            if score.at_least < 1:
                yield Problem(
                    "every article scores that much", "write at_least: 1 or more", 0, len(rule.text)
                )
            elif most < score.at_least:
                message = f"the weights over 0 add up to {most}, so {score.at_least} is never reached"
                yield Problem(message, "raise the weights or lower at_least", 0, len(rule.text))
