"""What only shows when rules and sets meet: unknown sets, empty sets, rules that match nearly everything."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from rules.lexer import JOINERS, Kind, tokens
from rules.parser import SCOPES, parse
from rules.tree import (
    And,
    Except,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Problem,
    Rule,
    RuleError,
    RuleErrors,
    Scope,
    SetName,
    joins_places,
)

_QUOTES = str.maketrans("", "", '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02')
_FIELDS = ("title", "body")


def members(sets: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[Node, ...]], list[RuleError]]:
    """Every set's words as trees, and what is wrong with them."""
    trees: dict[str, tuple[Node, ...]] = {}
    errors: list[RuleError] = []
    for name, texts in sets.items():
        found = []
        for text in texts:
            try:
                found.append(_member(text))
            except RuleError as error:
                errors.append(RuleError(error.text, error.problems, f"${name}"))
        if not texts:
            errors.append(
                RuleError("", [Problem("this set is empty", "write at least one word", 0, 0)], f"${name}")
            )
        trees[name] = tuple(found)
    return trees, errors


def _member(text: str) -> Node:
    """One word or phrase, quotes or not; with operators in it, an expression."""
    if not any(_is_operator(token.kind, token.text) for token in tokens(text)):
        return parse(f'"{text.translate(_QUOTES).strip()}"')
    tree = parse(text)
    if not joins_places(tree) or next(_set_names(tree), None):
        message = "a set holds words, phrases and OR-groups, not AND/NOT expressions, fields or other sets"
        raise RuleError(text, [Problem(message, "put this into a rule", 0, len(text))])
    return tree


def _is_operator(kind: Kind, text: str) -> bool:
    """`+` and parentheses belong to names too: Canal+, Hamas (Gaza)."""
    if kind is Kind.FIELD:
        return text.lower() in SCOPES
    return kind is Kind.SET or (kind in JOINERS and text != "+")


def refuse(rules: Iterable[Rule], sets: Mapping[str, object], errors: list[RuleError]) -> None:
    """Raises RuleErrors for these errors and for whatever is wrong with a rule beside these sets."""
    rules = tuple(rules)
    for rule in rules:
        errors += _wrong(rule, sets)
    ids = Counter(rule.id for rule in rules)
    for rule in rules:
        if ids.pop(rule.id, 1) > 1:
            problem = Problem(f'two rules have the id "{rule.id}"', "give each its own id", 0, len(rule.text))
            errors.append(RuleError(rule.text, [problem], rule.id))
    if errors:
        raise RuleErrors(errors)


def _wrong(rule: Rule, sets: Mapping[str, object]) -> Iterator[RuleError]:
    if problems := [*_unknown_sets(rule.tree, sets), *_pure_not(rule), *_nowhere(rule.tree, "")]:
        yield RuleError(rule.text, problems, rule.id)


def _unknown_sets(tree: Node, sets: Mapping[str, object]) -> Iterator[Problem]:
    for node in _set_names(tree):
        if node.name not in sets:
            meant = get_close_matches(node.name, sets, 1)
            hint = f"did you mean ${meant[0]}?" if meant else f"write it under sets: {node.name}: […]"
            yield Problem(f"there is no set named ${node.name}", hint, node.start, node.end)


def _pure_not(rule: Rule) -> Iterator[Problem]:
    if not _demands(rule.tree, True):
        message = "a rule needs at least one word that must be there"
        yield Problem(
            message, "as it stands it matches nearly every article: add AND word", 0, len(rule.text)
        )


def _demands(node: Node, wanted: bool) -> bool:
    """True if the node can only be `wanted` (true or false) where some word stands."""
    inside = partial(_demands, wanted=wanted)
    match node:
        case And(nodes):
            return (any if wanted else all)(map(inside, nodes))
        case Or(nodes):
            return (all if wanted else any)(map(inside, nodes))
        case Not(part):
            return _demands(part, not wanted)
        case Scope(_, part):
            return _demands(part, wanted)
    return wanted


def _nowhere(node: Node, field: str) -> Iterator[Problem]:
    """title: inside body: can never match."""
    if isinstance(node, Scope) and node.name in _FIELDS:
        if field not in ("", node.name):
            message = f"{node.name}: inside {field}: can never match"
            yield Problem(message, "join them with AND instead", node.start, node.end)
            return
        field = node.name
    for part in parts(node):
        yield from _nowhere(part, field)


def _set_names(node: Node) -> Iterator[SetName]:
    waiting = [node]
    while waiting:
        if isinstance(node := waiting.pop(), SetName):
            yield node
        waiting += reversed(parts(node))  # a stack: the first part comes off first


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside."""
    match node:
        case And(inside) | Or(inside):
            return inside
        case Not(part) | Scope(_, part):
            return (part,)
        case Near(left, right) | NotNear(left, right) | Except(left, right):
            return (left, right)
    return ()
