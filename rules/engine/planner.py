"""A rule's tree -> its plan. Rules share their words, their sets and their questions about facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rules.engine.clauses import Clauses
from rules.engine.facts import test
from rules.engine.plan import (
    LEAD,
    WHOLE_BODY,
    AllOf,
    Apart,
    Close,
    InOne,
    Known,
    NoneOf,
    Often,
    Outside,
    Phrase,
    Plan,
    Some,
    Weighed,
    Within,
)
from rules.engine.spelling import Manner
from rules.text.forms import Way
from rules.tree import (
    And,
    AtLeast,
    Except,
    Fact,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Regex,
    Scope,
    Score,
    SetName,
    Term,
    Times,
    Tongue,
    Window,
    children,
)

# From so many parts on, those whose words stand in a document are looked up instead of tried in turn.
_MANY = 16

_REGIONS = {"title": (True, 0), "body": (False, WHOLE_BODY), "lead": (True, LEAD)}


class Planner:
    """`members` are the trees of every set, `values` their texts, as facts compare with them."""

    def __init__(
        self, clauses: Clauses, members: Mapping[str, Sequence[Node]], values: Mapping[str, Sequence[str]]
    ) -> None:
        self.clauses = clauses
        self.spelling = clauses.spelling
        self.members = members
        self.values = values
        self.sets: dict[tuple[str, Way, str], Some] = {}
        self.facts: dict[Fact, Known] = {}

    def keep(self, other: "Planner") -> None:
        """What was planned of the same sets."""
        self.sets, self.facts = dict(other.sets), dict(other.facts)

    def plan(self, tree: Node) -> Plan:
        return self._plan(tree, self.spelling.usual)

    def _plan(self, node: Node, manner: Manner) -> Plan:
        inside = self.spelling.inside(node, manner)
        plans = []
        for part in children(node):  # a comprehension is a frame more for each of 400 possible levels
            plans.append(self._plan(part, inside))  # noqa: PERF401
        match node:
            case Term() | Regex():
                return Phrase(node, self.spelling.row(node, manner).elements)
            case SetName(name):
                return self.set(name, manner)
            case Fact():
                return self.fact(node)
            case Or():
                return self.some(node, plans, 1, children(node), inside)
            case AtLeast(count, (SetName(name),)):
                return replace(self.set(name, manner), node=node, count=count)
            case AtLeast(count):
                return self.some(node, plans, count, children(node), inside)
        return _joined(node, plans)

    def some(
        self, node: Node, plans: Sequence[Plan], count: int, nodes: Sequence[Node], manner: Manner
    ) -> Some:
        return Some(node, tuple(plans), count, self.under(nodes, manner) if len(nodes) > _MANY else None)

    def under(self, nodes: Sequence[Node], manner: Manner) -> dict[int | None, list[int]]:
        """Which of many parts need an atom; under None those that need none."""
        found: dict[int | None, list[int]] = {}
        for number, node in enumerate(nodes):
            for atom in self.clauses.cheapest(self.clauses.of(node, manner).clauses) or (None,):
                found.setdefault(atom, []).append(number)
        return found

    def set(self, name: str, manner: Manner) -> Some:
        """Opened once for all the rules that name it."""
        key = name, manner.way, manner.language
        if key not in self.sets:
            nodes = tuple(dict.fromkeys(self.members[name]))  # a word listed twice is one member
            plans = [self._plan(node, manner) for node in nodes]
            self.sets[key] = self.some(SetName(name), plans, 1, nodes, manner)
        return self.sets[key]

    def fact(self, fact: Fact) -> Known:
        if fact not in self.facts:
            values = self.values[fact.value] if fact.test == "in" else (fact.value,)
            self.facts[fact] = Known(fact, fact, None if fact.name == "words" else test(fact, values))
        return self.facts[fact]


def _joined(node: Node, plans: list[Plan]) -> Plan:
    match node:
        case And():
            return AllOf(node, tuple(plans))
        case Near(reach=reach, ordered=ordered) | Window(reach=reach, ordered=ordered):
            return Close(node, tuple(plans), reach, ordered)
        case NotNear(reach=reach):
            return Apart(node, plans[0], plans[1], reach)
        case Except():
            return Outside(node, plans[0], plans[1])
        case Not():
            return NoneOf(node, plans[0])
        case Times(count):
            return Often(node, count, plans[0])
        case Scope():
            return _scoped(node, plans[0])
        case Score(at_least, weighed, most):
            return Weighed(node, at_least, tuple(weight for weight, _ in weighed), tuple(plans), most)
        case Tongue():
            return replace(plans[0], node=node)
    raise TypeError(f"not a node of a rule: {node!r}")


def _scoped(scope: Scope, plan: Plan) -> Plan:
    match scope.name:
        case "title" | "body" | "lead":
            return Within(scope, *_REGIONS[scope.name], plan)
        case "first":
            return Within(scope, False, scope.size, plan)
        case "sentence" | "paragraph":
            return InOne(scope, scope.name, plan)
    return replace(plan, node=scope)
