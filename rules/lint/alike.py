"""L03: rules that say the same, and rules whose every match another rule finds as well."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from rules.lint.desk import Desk
from rules.lint.finding import Finding, Level
from rules.lint.sense import Sense, Senses

# So many rules that share the rarest word of one are looked at, and so many pairs in all; of the rest nothing
# is said. 100,000 mixed rules have 150,000 such pairs.
_SCANNED = 100
_LOOKS = 5_000_000
_FEW = 100  # alternatives that are compared one by one


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


Pool = tuple[int, frozenset[int]]  # how many rules have one of these words


def _size(pool: Pool) -> int:
    return pool[0]


class Narrower:
    """Finds the rules whose every match another rule finds too, for the same channels.

    Sound, not complete: what it says is so, and it looks no further than a few shapes.
    """

    def __init__(self, desk: Desk, senses: Senses, rules: Mapping[int, str]) -> None:
        self.desk, self.senses, self.rules = desk, senses, rules
        self._said = {number: self._first_keys(number) for number in rules}
        self._pools: dict[int, Pool] = {}  # by clause
        self._within: dict[int, frozenset[int]] = {}  # the parts of an OR
        self._by_key: dict[int, list[int]] = {}
        for number, keys in self._said.items():
            for key in keys:
                self._by_key.setdefault(key, []).append(number)

    def findings(self) -> Iterator[Finding]:
        told: set[int] = set()
        looks = _LOOKS
        for wide, id in self.rules.items():
            for narrow in self._candidates(wide):
                looks -= 1
                other = self.rules[narrow]
                if narrow not in told and self.desk.goes_along(other, id) and self.implies(narrow, wide):
                    told.add(narrow)
                    yield self._narrower(other, id)
            if looks < 0:
                return

    def _narrower(self, id: str, other: str) -> Finding:
        rule = self.desk.rules[id]
        message = f"whatever it finds, rule {other} finds too, for the same channels"
        return self.desk.finding("L03", Level.NOTE, rule, rule.tree, message, "drop it, or send it elsewhere")

    # --- which rules to compare ---

    def _candidates(self, wide: int) -> Iterable[int]:
        """Rules that have, for each clause of this one, a word that they need to imply it."""
        pools = [keys for _, keys in sorted(map(self._needed, self.senses.clauses(wide)), key=_size) if keys]
        if not pools:
            return ()
        found = chain.from_iterable(self._by_key.get(key, ()) for key in pools[0])
        near = [number for number in dict.fromkeys(islice(found, _SCANNED)) if number != wide]
        said = self._said
        for pool in pools[1:]:
            near = [number for number in near if not said[number].isdisjoint(pool)]
        return near

    def _needed(self, clause: int) -> Pool:
        """For each alternative the rarest of its words; none where one has no word of its own."""
        if clause not in self._pools:
            keys = [self._rarest(alternative) for alternative in self.senses.alternatives(clause)]
            found = frozenset().union(*keys) if all(keys) else frozenset[int]()
            self._pools[clause] = sum(len(self._by_key.get(key, ())) for key in found), found
        return self._pools[clause]

    def _rarest(self, alternative: int) -> tuple[int, ...]:
        """None or one."""
        keys = self._keys(alternative)
        return (min(keys, key=lambda key: len(self._by_key.get(key, ()))),) if keys else ()

    def _first_keys(self, number: int) -> frozenset[int]:
        """The words of the first alternative of each clause: what it implies must speak of one of them."""
        first = (self.senses.alternatives(clause)[0] for clause in self.senses.clauses(number))
        return frozenset().union(*map(self._keys, first))

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
        if first.kind in _WORDS:
            return second.kind == "or" and one in self._parts(two)
        if second.kind == "and":
            return all(self.implies(one, part) for part in second.parts)
        if first.kind == "or":
            if second.kind == "or" and (len(first.parts) > _FEW or len(second.parts) > _FEW):
                return self._parts(one) <= self._parts(two)
            return all(self.implies(part, two) for part in first.parts)
        if first.kind == "and" and any(self.implies(part, two) for part in first.parts):
            return True
        if second.kind == "or":
            few = len(second.parts) <= _FEW
            return one in self._parts(two) or (few and any(self.implies(one, part) for part in second.parts))
        return self._follows(first, second, two)

    def _parts(self, number: int) -> frozenset[int]:
        if number not in self._within:
            self._within[number] = frozenset(self.senses[number].parts)
        return self._within[number]

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


_WORDS = frozenset(("word", "spelled", "exact", "letters", "regex", "fact"))
_POSITIVE = frozenset(("word", "phrase", "near", "before", "spelled", "exact", "letters", "regex"))
_NARROWING = frozenset(
    ("times", "except", "not near", "title", "body", "lead", "first", "sentence", "paragraph")
)
