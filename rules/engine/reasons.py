"""Why a rule holds, or by how much it does not: the words behind every part of it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rules.document import Clause, Span
from rules.engine.facts import note
from rules.engine.layout import View
from rules.engine.places import (
    Places,
    add,
    anywhere,
    apart,
    both,
    chosen,
    inside,
    near_starts,
    positions,
    windows,
)
from rules.engine.plan import (
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
    has_places,
    inner,
)
from rules.engine.reading import WHOLE, Reading
from rules.tree import AtLeast, Scope, SetName, Tongue

# Farther than any NEAR reaches.
_FARTHEST = 999
# So many other forms of a word are told.
_FORMS = 3


def matched(reading: Reading, plan: Plan) -> tuple[tuple[Span, ...], tuple[tuple[Span, ...], ...]]:
    """The words that make a plan hold; and of an AND, those of each part that has some."""
    if not isinstance(plan, AllOf):
        return _causes(reading, plan), ()
    parts = tuple(filter(None, (_causes(reading, part) for part in plan.parts)))
    return _sorted(span for part in parts for span in part), parts


def _causes(reading: Reading, plan: Plan) -> tuple[Span, ...]:
    found: Places = {}
    _collect(reading, plan, WHOLE, True, found)
    return _spans(reading, found)


def _spans(reading: Reading, places: Places) -> tuple[Span, ...]:
    span = reading.layout.span
    return _sorted(span(at, at + wide - 1) for wide, starts in places.items() for at in positions(starts))


def _sorted(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Each once, the title's first."""
    return tuple(sorted(set(spans), key=lambda span: (span.field == "body", span.start, span.end)))


# --- the words behind it ---------------------------------------------------------------------------------


def _collect(reading: Reading, plan: Plan, view: View, wanted: bool, found: Places) -> None:
    """Adds the words of every part that is as wanted, in the sentences that the view judges.

    A word that must not be there is none of them.
    """
    match plan:
        case NoneOf(part=part):
            _collect(reading, part, view, not wanted, found)
        case Within(part=part):
            _collect(reading, part, reading.narrowed(plan, view), wanted, found)
        case InOne(part=part):
            _collect_if(reading, part, reading.divided(plan, view), wanted, found)
        case Often(part=part):
            _collect(reading, part, view, wanted, found)
        case Weighed(weights=weights, parts=parts):
            for weight, part in zip(weights, parts, strict=True):
                if weight:
                    _collect_if(reading, part, view, wanted is (weight > 0), found)
        case AllOf(parts=parts) | Some(parts=parts):
            if wanted or not has_places(plan):
                for part in reading.likely(plan) if isinstance(plan, Some) and wanted else parts:
                    _collect_if(reading, part, view, wanted, found)
        case _ if wanted and has_places(plan):
            region = reading.layout.region(view.judged, view.unit)
            _trace(reading, plan, view, inside(reading.find(plan, view), region), found)


def _collect_if(reading: Reading, plan: Plan, view: View, wanted: bool, found: Places) -> None:
    held = reading.holds(plan, view)
    if judged := held if wanted else view.judged & ~held:
        _collect(reading, plan, _judging(view, judged), wanted, found)


def _judging(view: View, judged: int) -> View:
    return view if judged == view.judged else replace(view, judged=judged)


def _trace(reading: Reading, plan: Plan, view: View, places: Places, found: Places) -> None:
    """Adds the words behind chosen places of a plan: of `a NEAR/5 b`, those a and b that are near."""
    match plan:
        case Some():
            for part in reading.likely(plan):
                if here := both(places, reading.find(part, view)):
                    _trace(reading, part, view, here, found)
        case Close(parts=parts, reach=reach, ordered=ordered):
            standing = [reading.find(part, view) for part in parts]
            for part, here in zip(parts, chosen(standing, places, reach, ordered), strict=True):
                if here:
                    _trace(reading, part, view, here, found)
        case Apart(left=left) | Outside(left=left):
            _trace(reading, left, view, places, found)
        case _:
            add(found, places)


# --- part by part ----------------------------------------------------------------------------------------


def clause(reading: Reading, plan: Plan, view: View = WHOLE) -> Clause:
    """A plan and every part of it, true or false; of a set, the members found."""
    held = reading.holds(plan, view)
    found: Places = {}
    if held:
        _collect(reading, plan, _judging(view, held), True, found)
    parts = inner(plan)
    if isinstance(plan, Some) and _names_set(plan):
        parts = tuple(part for part in reading.likely(plan) if reading.holds(part, view))
    below = _below(reading, plan, view)
    children = []
    for part in parts:  # a comprehension is a second frame for each of 400 possible levels
        children.append(clause(reading, part, below))  # noqa: PERF401
    return Clause(
        str(plan.node), bool(held), _spans(reading, found), tuple(children), _note(reading, plan, view, held)
    )


def _names_set(plan: Plan) -> bool:
    node = plan.node
    while isinstance(node, Scope | Tongue):
        node = node.part
    return isinstance(node, SetName) or (isinstance(node, AtLeast) and isinstance(node.parts[0], SetName))


def _below(reading: Reading, plan: Plan, view: View) -> View:
    match plan:
        case Within():
            return reading.narrowed(plan, view)
        case InOne():
            return reading.divided(plan, view)
    return view


# --- by how much -----------------------------------------------------------------------------------------


def _note(reading: Reading, plan: Plan, view: View, held: int) -> str:
    """What was compared, or by how much it fails; nothing where the parts say it all."""
    match plan:
        case Known(fact=fact):
            return f"words: {reading.body_words}" if fact.name == "words" else note(fact, reading.document)
        case Weighed():
            return f"{reading.weight(plan, view)} of {plan.at_least}"
    return "" if held else _failing(reading, plan, view)


def _failing(reading: Reading, plan: Plan, view: View) -> str:
    match plan:
        case Close():
            return _apart(reading, plan, view)
        case Phrase():
            return _elsewhere(reading, plan, view)
        case Some(count=count) if count > 1:
            return f"{sum(1 for part in reading.likely(plan) if reading.holds(part, view))} of {count}"
        case Often(count=count, part=part):
            times = len(apart(reading.find(part, view)))
            return f"{times} time{'' if times == 1 else 's'}, {count} wanted"
        case InOne(part=part):
            return f"never in one {plan.unit}" if reading.holds(part, view) else ""
        case Apart(left=left, reach=reach):
            return f"each has the other within {reach} words" if reading.holds(left, view) else ""
        case Outside(left=left):
            return "each is part of the other" if reading.holds(left, view) else ""
    return ""


def _apart(reading: Reading, plan: Close, view: View) -> str:
    """How far the words are from each other."""
    standing = [reading.find(part, view) for part in plan.parts]
    if not all(standing):
        return ""
    if plan.ordered and _near(reading, standing, plan.reach, False, view):
        return "in the other order"
    if _near(reading, standing, _FARTHEST, plan.ordered, view):
        reaches = range(plan.reach + 1, _FARTHEST)
        closest = bisect_left(
            reaches, True, key=lambda reach: _near(reading, standing, reach, plan.ordered, view)
        )
        return f"nearest: {plan.reach + 1 + closest} words apart, {plan.reach} allowed"
    if view.unit:
        return f"never in one {view.unit}"
    fields = (reading.layout.mask(View(True, 0)), reading.layout.mask(View(False)))
    if not any(all(inside(places, field) for places in standing) for field in fields):
        return "never in one field"
    return f"never within {_FARTHEST} words of each other"


def _near(reading: Reading, standing: Sequence[Places], reach: int, ordered: bool, view: View) -> bool:
    fence = reading.layout.fence(view.unit)
    if len(standing) > 2:
        return bool(windows(standing, reach, ordered, fence))
    left, right = standing
    forward = near_starts(left, right, reach, fence)
    return bool(forward or (not ordered and near_starts(right, left, reach, fence)))


def _elsewhere(reading: Reading, plan: Phrase, view: View) -> str:
    """Where a word stands that is not in view, or in which form."""
    if found := anywhere(reading.phrase(plan)):
        if view.title and not view.body:
            return "in the body, not in the title"
        if not view.title and not found >> reading.layout.body_at:
            return "in the title, not in the body"
        return "later in the body" if view.body < WHOLE_BODY else ""
    if len(plan.elements) > 1:
        rows = (reading.phrase(replace(plan, elements=(element,))) for element in plan.elements)
        return "its words stand apart" if all(rows) else ""
    if any(
        atom in reading.tongue.acronyms
        for way in plan.elements[0]
        for atom in way
        if atom in reading.standing
    ):
        return "only among words in capitals"
    forms = sorted(reading.other_forms(atom for way in plan.elements[0] for atom in way if len(way) == 1))
    return f"only as {', '.join(forms[:_FORMS])}" if forms else ""
