"""L03: rules that say the same, and rules whose every match another rule finds as well."""

from collections.abc import Iterator, Mapping
from itertools import islice

from rules.lint.desk import Desk
from rules.lint.finding import Finding, Level
from rules.lint.sense import Sense, Senses

# So many rules that share the words of one are compared with it; of the rest nothing is said.
_COMPARED = 200


def alike(desk: Desk) -> Iterator[Finding]:
    """L03: the same rule twice, or one that adds nothing to another in the same channels."""
    senses = Senses(desk)
    first: dict[int, str] = {}
    for rule in desk.rules.values():
        other = first.setdefault(senses.of(rule.tree), rule.id)
        if other != rule.id:
            yield _same(desk, rule.id, other)
    yield from Narrower(desk, senses, first).findings()


def _same(desk: Desk, id: str, other: str) -> Finding:
    rule = desk.rules[id]
    if desk.meet(id, other):
        return desk.finding(
            "L03", Level.WARNING, rule, rule.tree, f"means the same as rule {other}", "drop one"
        )
    message = f"means the same as rule {other}, which tells other channels"
    return desk.finding(
        "L03", Level.NOTE, rule, rule.tree, message, "one rule can name several channels in  to:"
    )


class Narrower:
    """Finds the rules whose every match another rule finds too, for the same channels.

    Sound, not complete: what it says is so, and it looks no further than a few shapes.
    """

    def __init__(self, desk: Desk, senses: Senses, rules: Mapping[int, str]) -> None:
        self.desk, self.senses, self.rules = desk, senses, rules
        self._by_key: dict[int, set[int]] = {}
        for number in rules:
            for clause in senses.clauses(number):
                for key in self._keys(senses.alternatives(clause)[0]):
                    self._by_key.setdefault(key, set()).add(number)

    def findings(self) -> Iterator[Finding]:
        told: set[int] = set()
        for wide, id in self.rules.items():
            for narrow in islice(self._candidates(wide), _COMPARED):
                other = self.rules[narrow]
                if narrow not in told and self.desk.goes_along(other, id) and self.implies(narrow, wide):
                    told.add(narrow)
                    yield self._narrower(other, id)

    def _narrower(self, id: str, other: str) -> Finding:
        rule = self.desk.rules[id]
        message = f"whatever it finds, rule {other} finds too, for the same channels"
        return self.desk.finding("L03", Level.NOTE, rule, rule.tree, message, "drop it, or send it elsewhere")

    # --- which rules to compare ---

    def _candidates(self, wide: int) -> Iterator[int]:
        """Rules that have, for each clause of this one, a word they need to imply it."""
        pools = sorted(filter(None, map(self._pool, self.senses.clauses(wide))), key=len)
        shared = set.intersection(*pools) if pools else set()
        return (number for number in sorted(shared) if number != wide)

    def _pool(self, clause: int) -> set[int]:
        """The rules with a word of each alternative; none where an alternative has no word of its own."""
        found: set[int] = set()
        for alternative in self.senses.alternatives(clause):
            keys = self._keys(alternative)
            if not keys:
                return set()
            found |= min((self._by_key.get(key, set()) for key in keys), key=len)
        return found

    def _keys(self, number: int) -> set[int]:
        """The words that stand wherever this holds; what is no word is its own key."""
        sense = self.senses[number]
        match sense.kind:
            case "or" | "not":
                return set()
            case "except" | "not near":
                return self._keys(sense.parts[0])
            case "at least" | "score" | "tongue":
                return {number}
        return set[int]().union(*map(self._keys, sense.parts)) if sense.parts else {number}

    # --- implication ---

    def implies(self, one: int, two: int) -> bool:
        """Does the first hold only where the second holds? False where that is not seen."""
        first, second = self.senses[one], self.senses[two]
        if one == two:
            return True
        if second.kind == "and":
            return all(self.implies(one, part) for part in second.parts)
        if first.kind == "or":
            return all(self.implies(part, two) for part in first.parts)
        if first.kind == "and" and any(self.implies(part, two) for part in first.parts):
            return True
        if second.kind == "or":
            return any(self.implies(one, part) for part in second.parts)
        return self._follows(first, second, two)

    def _follows(self, first: Sense, second: Sense, two: int) -> bool:
        match first, second:
            case Sense("not", _, (one,)), Sense("not", _, (other,)):
                return self.implies(other, one)
            case Sense("phrase", _, words), Sense("phrase", _, run):
                return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))
            case Sense("phrase", _, words), _:
                return two in words
            case Sense("near" | "before", int(reach), parts), Sense("near", int(more), others) if len(
                parts
            ) == len(others):
                return reach <= more and all(map(self.implies, sorted(parts), others))
            case Sense("before", int(reach), parts), Sense("before", int(more), others) if len(parts) == len(
                others
            ):
                return reach <= more and all(map(self.implies, parts, others))
            case Sense("times", int(many), (part,)), Sense("times", int(few), (other,)):
                return many >= few and self.implies(part, other)
        # title:x is an x somewhere, and so are x NEAR/5 y and x EXCEPT y; but title:(NOT x) is not NOT x.
        if second.kind not in _POSITIVE:
            return False
        match first:
            case Sense("near" | "before", _, parts):
                return any(self.implies(part, two) for part in parts)
            case Sense(kind, _, (part, *_)) if kind in _NARROWING:
                return self.implies(part, two)
        return False


_POSITIVE = frozenset(("word", "phrase", "near", "before", "spelled", "exact", "letters", "regex"))
_NARROWING = frozenset(
    ("times", "except", "not near", "title", "body", "lead", "first", "sentence", "paragraph")
)
