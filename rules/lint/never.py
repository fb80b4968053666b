"""L01: rules that can never match, because what they ask for rules itself out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from rules.lint.desk import Desk, clauses
from rules.lint.facts import clash, denied
from rules.lint.finding import Finding, Level
from rules.meaning import Phrase, inside
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
    Scope,
    Score,
    SetName,
    Term,
    Times,
    Tongue,
    Window,
)


@dataclass(frozen=True, slots=True)
class Dead:
    """A part of a rule that can never hold."""

    node: Node
    why: str
    cure: str = ""


class Barred:
    """Words and phrases that must not stand in a region, found by the first word of each."""

    def __init__(self, desk: Desk, region: str, found: Iterable[tuple[Term, Phrase]]) -> None:
        self.region = region
        self._desk = desk
        self._wild: list[tuple[Term, Phrase]] = []
        self._by_word: dict[str, list[tuple[Term, Phrase]]] = {}
        for term, phrase in found:
            if phrase and phrase[0].wild:
                self._wild.append((term, phrase))
            elif phrase:
                for text in desk.forms.texts(phrase[0]):
                    self._by_word.setdefault(text, []).append((term, phrase))

    def covering(self, phrase: Phrase, region: str, whole: bool = False) -> Term | None:
        """What must not be there, and is wherever this phrase is; `whole`: of the same length."""
        if self.region not in ("", region):
            return None
        for meaning in phrase:
            for term, barred in chain(self._by_word.get(meaning.folded, ()), self._wild):
                if whole and len(barred) != len(phrase):
                    continue
                if self._desk.forms.holds_inside(barred, phrase):
                    return term
        return None


@dataclass(frozen=True, slots=True)
class Around:
    """What holds where a node stands."""

    way: Way = Way.FORMS
    region: str = ""
    room: int = 0  # words in that region; 0: any number
    barred: tuple[Barred, ...] = ()
    facts: tuple[Fact, ...] = ()


def never(desk: Desk) -> Iterator[Finding]:
    """L01: words that must and must not be there, an EXCEPT that leaves nothing, a score out of reach."""
    judge = Judge(desk)
    for rule in desk.rules.values():
        if dead := judge.dead(rule.tree, Around()):
            yield desk.finding("L01", Level.ERROR, rule, dead.node, f"can never match: {dead.why}", dead.cure)


class Judge:
    """Looks for the part of a rule that keeps all of it from ever holding."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._sets: dict[tuple[str, Way, str], Barred] = {}

    def dead(self, node: Node, around: Around) -> Dead | None:
        match node:
            case Term():
                return self._term(node, around)
            case SetName(name):
                return self._all_dead(node, self.desk.sets.get(name, ()), around)
            case And(parts):
                return self._chain(parts, around)
            case Or(parts):
                return self._all_dead(node, parts, around)
            case Fact():
                return _at_odds(node, around.facts)
            case Scope("title" | "body" | "lead" | "first" as name, part, size):
                return self.dead(part, replace(around, region=f"{name}/{size}" if size else name, room=size))
            case Scope(_, part):
                return self.dead(part, replace(around, way=inside(node, around.way)))
            case Times(_, part) | Tongue(_, part):
                return self.dead(part, around)
            case Near(left, right):
                return self._first_dead((left, right), around)
            case Window(parts):
                return self._first_dead(parts, around)
            case AtLeast(count, parts):
                return self._too_few(node, count, parts, around)
            case Score():
                return self._out_of_reach(node, around)
            case NotNear(left, right) | Except(left, right):
                return self.dead(left, around) or self._covered(node, left, right, around)
        return None

    # --- words ---

    def _term(self, term: Term, around: Around) -> Dead | None:
        phrase = self.desk.phrase(term, around.way)
        if 0 < around.room < len(phrase):
            return Dead(term, f"{term} is longer than the {around.room} words it must stand in")
        for barred in around.barred:
            if other := barred.covering(phrase, around.region):
                return _contradiction(term, other)
        return None

    def _first_dead(self, parts: Iterable[Node], around: Around) -> Dead | None:
        return next(filter(None, (self.dead(part, around) for part in parts)), None)

    def _all_dead(self, node: Node, parts: Iterable[Node], around: Around) -> Dead | None:
        first = None
        for part in parts:
            if (dead := self.dead(part, around)) is None:
                return None
            first = first or dead
        if first and isinstance(node, SetName):
            return replace(first, node=node, why=f"no member of {node} can stand: {first.why}")
        return first

    def _chain(self, parts: Iterable[Node], around: Around) -> Dead | None:
        """Each part beside what the others bar, and beside the facts that they ask for."""
        together = [clause for part in parts for clause in clauses(part)]
        wanted = [part for part in together if not isinstance(part, Not)]
        denials = [part.part for part in together if isinstance(part, Not)]
        facts = [part for part in wanted if isinstance(part, Fact)]
        refused = [part for part in denials if isinstance(part, Fact)]
        for number, fact in enumerate(facts):
            if dead := _at_odds(fact, facts[:number], refused):
                return dead
        barred = (bar for part in denials for bar in self._bars(part, around))
        around = replace(around, barred=(*around.barred, *barred), facts=(*around.facts, *facts))
        return self._first_dead((part for part in wanted if not isinstance(part, Fact)), around)

    # --- what must not be there ---

    def _bars(self, node: Node, around: Around) -> Iterator[Barred]:
        """Of the part of a NOT: its words, if it is nothing but words."""
        direct: dict[str, list[tuple[Term, Phrase]]] = {}
        for part, way, region in alternatives(node, around.way, around.region):
            if isinstance(part, Term):
                direct.setdefault(region, []).append((part, self.desk.phrase(part, way)))
            elif isinstance(part, SetName):
                yield self.set(part.name, way, region)
        for region, found in direct.items():
            yield Barred(self.desk, region, found)

    def set(self, name: str, way: Way, region: str) -> Barred:
        """Made once: a thousand rules may leave out the same ten thousand words."""
        key = name, way, region
        if key not in self._sets:
            members = self.desk.sets.get(name, ())
            opened = (alternative for member in members for alternative in alternatives(member, way, region))
            found = [
                (part, self.desk.phrase(part, inner)) for part, inner, _ in opened if isinstance(part, Term)
            ]
            self._sets[key] = Barred(self.desk, region, found)
        return self._sets[key]

    # --- counts ---

    def _too_few(self, node: Node, count: int, parts: Sequence[Node], around: Around) -> Dead | None:
        if len(parts) == 1 and isinstance(parts[0], SetName):
            parts = self.desk.sets.get(parts[0].name, ())
        dead = [dead for part in parts if (dead := self.dead(part, around))]
        if len(parts) - len(dead) >= count:
            return None
        left = f"only {len(parts) - len(dead)} of its {len(parts)} alternatives can hold"
        return Dead(
            node, left + (f": {dead[0].why}" if dead else ""), "lower the number, or add alternatives"
        )

    def _out_of_reach(self, node: Score, around: Around) -> Dead | None:
        alive = [weight for weight, part in node.parts if weight > 0 and not self.dead(part, around)]
        most = node.most * sum(alive)
        if most >= node.at_least:
            return None
        return Dead(
            node, f"its weights add up to {most}, never to {node.at_least}", f"at_least: {most} or less"
        )

    # --- EXCEPT and NOT NEAR ---

    def _covered(self, node: NotNear | Except, left: Node, right: Node, around: Around) -> Dead | None:
        """Every place of left lies in a place of right; of NOT NEAR, it is enough that it holds one."""
        whole = isinstance(node, Except)
        excluded = list(self._bars(right, replace(around, region="")))
        for part, way, _ in self._opened(left, around.way):
            if not isinstance(part, Term):
                return None
            phrase = self.desk.phrase(part, way)
            if not any(barred.covering(phrase, "", whole) for barred in excluded):
                return None
        name = "EXCEPT" if whole else "NOT NEAR"
        return Dead(node, f"{name} leaves no place of {left}", "write on the right what is longer than that")

    def _opened(self, node: Node, way: Way) -> Iterator[tuple[Node, Way, str]]:
        """The alternatives of a node, those of its sets among them."""
        for part, inner, region in alternatives(node, way, ""):
            if isinstance(part, SetName):
                for member in self.desk.sets.get(part.name, ()):
                    yield from alternatives(member, inner, region)
            else:
                yield part, inner, region


def alternatives(node: Node, way: Way, region: str) -> Iterator[tuple[Node, Way, str]]:
    """What an OR-group consists of, with how and where it is looked for."""
    match node:
        case Or(parts):
            for part in parts:
                yield from alternatives(part, way, region)
        case Scope("title" | "body" as name, part):
            yield from alternatives(part, way, name)
        case Scope("exact" | "case" | "stem" | "text", part):
            yield from alternatives(part, inside(node, way), region)
        case _:
            yield node, way, region


def _at_odds(fact: Fact, others: Iterable[Fact], refused: Iterable[Fact] = ()) -> Dead | None:
    for other in others:
        if clash(fact, other):
            return Dead(fact, f"{other} and {fact} never hold together", "drop one of the two")
    for other in refused:
        if denied(fact, other):
            return Dead(fact, f"NOT {other} leaves out every article with {fact}", "drop one of the two")
    return None


def _contradiction(term: Term, other: Term) -> Dead:
    if term.text == other.text:
        return Dead(term, f"{term} must be there and must not", "drop one of the two")
    why = f"{term} must be there, and NOT {other} leaves out every article that has it"
    return Dead(term, why, "NOT looks at the whole article; EXCEPT leaves out single places")
