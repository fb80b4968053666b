"""A rule's tree -> its plan. Rules share their atoms, their phrases and their sets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from rules.clauses import cheapest, clauses
from rules.facts import test
from rules.forms import Way
from rules.lexicon import Atom, Kind
from rules.plan import (
    ANY_WORD,
    LEAD,
    WHOLE_BODY,
    AllOf,
    Apart,
    Close,
    Element,
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
from rules.words import Part, parts, rule_words

# From so many parts on, those whose words stand in a document are looked up instead of tried in turn.
_MANY = 16

_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_REGIONS = {"title": (True, 0), "body": (False, WHOLE_BODY), "lead": (True, LEAD)}


class Manner:
    """How words are compared where a plan is made, and what was planned so before."""

    def __init__(self, way: Way, language: str) -> None:
        self.way = way
        self.language = language
        self.phrases: dict[str, Phrase] = {}
        self.sets: dict[str, Some] = {}


class Planner:
    """`members` are the trees of every set, `values` their texts, as facts compare with them."""

    def __init__(self, members: Mapping[str, Sequence[Node]], values: Mapping[str, Sequence[str]]) -> None:
        self.members = members
        self.values = values
        self.atoms: dict[Atom, int] = {}
        self.manners: dict[tuple[Way, str], Manner] = {}
        self.facts: dict[Fact, Known] = {}

    def plan(self, tree: Node) -> Plan:
        return self._plan(tree, self.manner(Way.FORMS, ""))

    def manner(self, way: Way, language: str) -> Manner:
        return self.manners.setdefault((way, language), Manner(way, language))

    def _plan(self, node: Node, manner: Manner) -> Plan:
        manner = self.inside(node, manner)
        plans = []
        for part in children(node):  # a comprehension is a second frame for each of 400 possible levels
            plans.append(self._plan(part, manner))  # noqa: PERF401
        match node:
            case Term() | Regex():
                return self.phrase(node, manner)
            case SetName(name):
                return self.set(name, manner)
            case Fact():
                return self.fact(node)
            case Scope():
                return _scoped(node, plans[0])
            case Tongue():
                return replace(plans[0], node=node)
        return _joined(node, plans)

    def inside(self, node: Node, manner: Manner) -> Manner:
        """How the words inside a node are compared."""
        match node:
            case Scope("exact" | "case" | "stem" as name):
                return self.manner(Way[name.upper()], manner.language)
            case Tongue(language):
                return self.manner(manner.way, language)
        return manner

    def set(self, name: str, manner: Manner) -> Some:
        """Opened once for all the rules that name it."""
        if name not in manner.sets:
            planned = [self._plan(member, manner) for member in self.members[name]]
            plans = tuple({id(plan): plan for plan in planned}.values())  # a word listed twice is one member
            manner.sets[name] = Some(SetName(name), plans, 1, _under(plans))
        return manner.sets[name]

    def fact(self, fact: Fact) -> Known:
        if fact not in self.facts:
            values = self.values[fact.value] if fact.test == "in" else (fact.value,)
            self.facts[fact] = Known(fact, fact, None if fact.name == "words" else test(fact, values))
        return self.facts[fact]

    # --- words ---

    def phrase(self, node: Term | Regex, manner: Manner) -> Phrase:
        key = (
            f"/{node.pattern}/" if isinstance(node, Regex) else f'"{node.text}"' if node.quoted else node.text
        )
        if key not in manner.phrases:
            elements = self.regex(node, manner) if isinstance(node, Regex) else self.elements(node, manner)
            manner.phrases[key] = Phrase(node, elements)
        return manner.phrases[key]

    def regex(self, node: Regex, manner: Manner) -> tuple[Element, ...]:
        return (((self.atom(manner.way, node.pattern, manner, Kind.REGEX),),),)

    def elements(self, term: Term, manner: Manner) -> tuple[Element, ...]:
        chunks = rule_words(term.text)
        # A phrase all in capitals says nothing about case: "AIR STRIKE" is not about an acronym AIR.
        loud = len(chunks) > 1 and term.text.isupper()
        return tuple(self.element(chunk, manner, loud) for chunk in chunks)

    def element(self, chunk: Sequence[Part], manner: Manner, loud: bool) -> Element:
        """The ways to write a chunk: apart (or hyphenated, which is the same), and as one word."""
        word = partial(self.word, manner=manner, loud=loud)
        single = [part for part in chunk if part.wide == 1]
        ways = [tuple(map(word, single))]
        if len(single) > 1 and ANY_WORD not in ways[0]:
            ways += [(word(part),) for part in chunk if part.wide == len(single)]
        elif len(single) == 1 and (halves := _LETTERS_DIGITS.fullmatch(single[0].plain)):
            ways.append(tuple(word(parts(half)[0]) for half in halves.groups()))
        return tuple(ways)

    def word(self, part: Part, manner: Manner, loud: bool) -> int:
        bare = part.folded.strip("*")
        if not bare:
            return ANY_WORD
        way = manner.way
        wild = "*" in part.folded or "?" in part.folded
        text = part.exact if way is Way.EXACT else part.plain
        if wild:
            folded = way in (Way.FORMS, Way.STEM)
            return self.atom(way, part.folded if folded else text, manner, Kind.WILD)
        return self.atom(way, text, manner, Kind.WORD, loud and way is Way.FORMS and part.plain.isupper())

    def atom(self, way: Way, text: str, manner: Manner, kind: Kind, loud: bool = False) -> int:
        return self.atoms.setdefault(Atom(way, text, kind, loud, manner.language), len(self.atoms))


def _scoped(scope: Scope, plan: Plan) -> Plan:
    match scope.name:
        case "title" | "body" | "lead":
            return Within(scope, *_REGIONS[scope.name], plan)
        case "first":
            return Within(scope, False, scope.size, plan)
        case "sentence" | "paragraph":
            return InOne(scope, scope.name, plan)
    return replace(plan, node=scope)


def _joined(node: Node, plans: list[Plan]) -> Plan:
    parts = tuple(plans)
    match node:
        case Or():
            return Some(node, parts, 1, _under(parts))
        case And():
            return AllOf(node, parts)
        case Near(reach=reach, ordered=ordered) | Window(reach=reach, ordered=ordered):
            return Close(node, parts, reach, ordered)
        case NotNear(reach=reach):
            return Apart(node, parts[0], parts[1], reach)
        case Except():
            return Outside(node, parts[0], parts[1])
        case Not():
            return NoneOf(node, parts[0])
        case AtLeast(count):
            if isinstance(node.parts[0], SetName) and isinstance(named := parts[0], Some) and len(parts) == 1:
                return replace(named, node=node, count=count)
            return Some(node, parts, count, _under(parts))
        case Times(count):
            return Often(node, count, parts[0])
        case Score(at_least, weighed, most):
            return Weighed(node, at_least, tuple(weight for weight, _ in weighed), parts, most)
    raise TypeError(f"not a node of a rule: {node!r}")


def _under(plans: Sequence[Plan]) -> dict[int | None, list[int]] | None:
    if len(plans) <= _MANY:
        return None
    found: dict[int | None, list[int]] = {}
    for number, plan in enumerate(plans):
        for atom in cheapest(clauses(plan, _equal), _equal) or (None,):
            found.setdefault(atom, []).append(number)
    return found


def _equal(_: int) -> float:
    return 1.0
