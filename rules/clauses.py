"""What must stand in a document for a plan to hold: how rules are passed over without being read."""

from collections.abc import Callable, Iterable, Sequence

from rules.plan import (
    ANY_WORD,
    Apart,
    Element,
    Known,
    NoneOf,
    Outside,
    Phrase,
    Plan,
    Some,
    Weighed,
    inner,
)

# Atoms of which at least one stands in every document where the plan holds.
Clause = frozenset[int]
# How many documents an atom is thought to stand in.
Cost = Callable[[int], float]


def clauses(plan: Plan, cost: Cost) -> list[Clause]:
    """All of these are necessary; a plan without any may hold in any document."""
    if isinstance(plan, Phrase):
        return [clause for element in plan.elements if (clause := _of_element(element, cost))]
    found = []
    for part in _needed(plan):  # a comprehension is a second frame for each of 400 possible levels
        found.append(clauses(part, cost))  # noqa: PERF401
    match plan:
        case Some(parts=parts, count=count):
            return _of_some(found, len(parts) - count + 1, cost)
        case Weighed():
            return _of_weights(plan, found, cost)
    return [clause for some in found for clause in some]


def cheapest(found: Iterable[Clause], cost: Cost) -> Clause | None:
    """The clause that stands in fewest documents."""
    return min(found, key=lambda clause: price(clause, cost), default=None)


def price(clause: Clause, cost: Cost) -> float:
    return sum(map(cost, clause))


def _needed(plan: Plan) -> Sequence[Plan]:
    """The parts whose clauses say something of the whole."""
    match plan:
        case NoneOf() | Known():
            return ()
        case Apart(left=left) | Outside(left=left):
            return (left,)
    return inner(plan)


def _of_element(element: Element, cost: Cost) -> Clause:
    """The rarest word of each way to write it."""
    if any(ANY_WORD in way for way in element):
        return frozenset()
    return frozenset([min(way, key=cost) for way in element])


def _of_some(found: Iterable[list[Clause]], wanted: int, cost: Cost) -> list[Clause]:
    """If k of n parts hold, one of any n - k + 1 of them does: the cheapest are taken."""
    best = [clause for some in found if (clause := cheapest(some, cost)) is not None]
    if wanted > len(best):
        return []
    best.sort(key=lambda clause: price(clause, cost))
    return [frozenset().union(*best[:wanted])]


def _of_weights(plan: Weighed, found: Iterable[list[Clause]], cost: Cost) -> list[Clause]:
    """Without one of these parts the others do not weigh enough: the commonest are left out first."""
    free = 0
    known = []
    for weight, some in zip(plan.weights, found, strict=True):
        clause, most = cheapest(some, cost), max(weight, 0) * plan.most
        if clause is None:
            free += most
        elif most:
            known.append((price(clause, cost), most, clause))
    known.sort(key=lambda one: one[0], reverse=True)
    while known and free + known[0][1] < plan.at_least:
        free += known.pop(0)[1]
    return [frozenset().union(*(clause for _, _, clause in known))] if free < plan.at_least else []
