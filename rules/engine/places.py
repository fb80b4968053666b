"""The algebra of places: where words, phrases and their neighbourhoods stand, as bits of big integers.

Positions count the words of a document. The places of something are {width: bits}: bit p says that a place of
that width starts at position p; no width has zero bits. An operation costs a few steps on integers, however
long the text, and a NEAR/n about n of them where something is near at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

Places = dict[int, int]

# A window is looked for in so many positions at a time: for NEAR/999 of five words in a megabyte, the chains
# of all positions at once would take 800 MB.
_BLOCK = 1 << 13
# So many ways to pick the words of windows are tried when their words are shown; all of them in real texts.
_PICKS = 10_000


class Fence:
    """The segments of a text that no place and no NEAR crosses, given by their first positions."""

    def __init__(self, starts: Iterable[int], length: int) -> None:
        everywhere = (1 << length) - 1
        self._within = {0: everywhere, 1: everywhere & ~bits(starts)}

    def within(self, far: int) -> int:
        """The positions whose `far` predecessors stand in their segment."""
        if far not in self._within:
            half = far // 2
            self._within[far] = self.within(far - half) & (self.within(half) << (far - half))
        return self._within[far]

    def below(self, found: int, far: int) -> int:
        """Every position moved down by `far`, unless that leaves its segment."""
        return (found & self.within(far)) >> far

    def spread_below(self, found: int, far: int) -> int:
        """Every position and the `far` before it in its segment, in log2(far) steps."""
        done = 0
        while done < far:
            step = min(done + 1, far - done)
            found |= self.below(found, step)
            done += step
        return found

    def spread_above(self, found: int, far: int) -> int:
        done = 0
        while done < far:
            step = min(done + 1, far - done)
            found |= (found << step) & self.within(step)
            done += step
        return found


# --- positions and bits ----------------------------------------------------------------------------------


def bits(positions: Iterable[int]) -> int:
    """One pass over bytes: setting bits in a growing integer would be quadratic."""
    listed = list(positions)
    if len(listed) < 20:  # of a short list, cheaper so
        return _few_bits(listed)
    buffer = bytearray((max(listed) >> 3) + 1)
    for position in listed:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")


def _few_bits(listed: list[int]) -> int:
    found = 0
    for position in listed:
        found |= 1 << position
    return found


def positions(found: int) -> Iterator[int]:
    """Where the ones are, in one pass: taking them off an integer one by one would be quadratic."""
    digits = bin(found)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def listed(places: Places) -> list[tuple[int, int]]:
    """(first position, position after the last), by the end, the shorter first."""
    pairs = [(at, at + wide) for wide, found in places.items() for at in positions(found)]
    return sorted(pairs, key=lambda pair: (pair[1], -pair[0]))


def apart(places: Places) -> list[int]:
    """The starts of as many places as can be had of which no two overlap."""
    if places.keys() == {1}:
        return list(positions(places[1]))
    starts, free = [], 0
    for start, end in listed(places):
        if start >= free:
            starts.append(start)
            free = end
    return starts


# --- sets of places --------------------------------------------------------------------------------------


def add(places: Places, more: Places) -> None:
    for wide, found in more.items():
        places[wide] = places.get(wide, 0) | found


def both(left: Places, right: Places) -> Places:
    return _some({wide: found & right.get(wide, 0) for wide, found in left.items()})


def inside(places: Places, mask: int) -> Places:
    """Those that start and end in a mask, whose own segments no place crosses."""
    return _some({wide: found & mask & (mask >> (wide - 1)) for wide, found in places.items()})


def uncrossed(places: Places, fence: Fence) -> Places:
    return _some({wide: found & (fence.within(wide - 1) >> (wide - 1)) for wide, found in places.items()})


def anywhere(places: Places) -> int:
    """The starts of places of any width."""
    found = 0
    for some in places.values():
        found |= some
    return found


def _some(places: Places) -> Places:
    return {wide: found for wide, found in places.items() if found}


# --- neighbours ------------------------------------------------------------------------------------------


def followed(left: Places, right: Places, fence: Fence) -> Places:
    """From the start of a left to the end of a right that comes at once after it."""
    found: Places = {}
    for first, lefts in left.items():
        for second, rights in right.items():
            if pairs := lefts & fence.below(rights, first):
                add(found, {first + second: pairs})
    return found


def near_starts(left: Places, right: Places, reach: int, fence: Fence) -> int:
    """The starts of lefts that have a right after them, at most `reach` positions between."""
    found = 0
    after = [fence.spread_below(rights, reach) for rights in right.values()]
    for first, lefts in left.items():
        for close in after:
            found |= lefts & fence.below(close, first)
    return found


def lonely(left: Places, right: Places, reach: int, fence: Fence) -> Places:
    """The places of left with no right overlapping them or within reach on either side."""
    found = dict(left)
    for first in left:
        for second, rights in right.items():
            found[first] &= ~fence.spread_below(rights, first + reach)
            found[first] &= ~fence.spread_above(rights, second + reach)
    return _some(found)


def outside(left: Places, right: Places, fence: Fence) -> Places:
    """The places of left that lie inside no place of right."""
    found = dict(left)
    for first in left:
        for second, rights in right.items():
            if second >= first:
                found[first] &= ~fence.spread_above(rights, second - first)
    return _some(found)


# --- windows ---------------------------------------------------------------------------------------------

# Starts of chains of places that do not overlap: by which operands they hold (bits) and how many words these
# have; then by how many other words stand between.
Chains = dict[tuple[int, int], list[int]]


def windows(operands: Sequence[Places], reach: int, ordered: bool, fence: Fence) -> Places:
    """From the first to the last of one place of each operand, none overlapping another, with at most
    `reach` other positions among them. Time grows with 2**operands and with reach."""
    widest = reach + sum(max(places, default=0) for places in operands)
    starts = _promising(operands, widest, fence)
    found: Places = {}
    for at in range(0, starts.bit_length(), _BLOCK):
        if begun := starts >> at & ((1 << _BLOCK) - 1):
            block = (1 << (_BLOCK + widest)) - 1
            here = [{wide: some >> at & block for wide, some in places.items()} for places in operands]
            for wide, some in _hulls(here, begun, reach, ordered).items():
                add(found, {wide: some << at})
    return uncrossed(found, fence)


def _promising(operands: Sequence[Places], widest: int, fence: Fence) -> int:
    """Positions from which a place of every operand is to be seen."""
    starts = fence.within(0)
    for places in operands:
        starts &= fence.spread_below(anywhere(places), widest)
    return starts


def _hulls(operands: Sequence[Places], begun: int, reach: int, ordered: bool) -> Places:
    chains: Chains = {(0, 0): [begun] + [0] * reach}
    for size in range(len(operands)):
        chains = _longer(chains, operands, range(size, size + 1) if ordered else range(len(operands)))
    found: Places = {}
    for (_, length), rows in chains.items():
        add(found, {length + gaps: starts for gaps, starts in enumerate(rows) if starts})
    return found


def _longer(chains: Chains, operands: Sequence[Places], allowed: Iterable[int]) -> Chains:
    """The chains with one more place at their end."""
    longer: Chains = {}
    for (held, length), rows in chains.items():
        closed = _cumulated(rows) if held else rows[:1]  # the first place starts the chain: no gap before it
        for operand in allowed:
            if not held >> operand & 1:
                for wide, found in operands[operand].items():
                    key = held | 1 << operand, length + wide
                    _append(longer.setdefault(key, [0] * len(rows)), closed, found >> length)
    return longer


def _append(rows: list[int], closed: list[int], following: int) -> None:
    for gaps, starts in enumerate(closed):
        if starts:
            rows[gaps] |= starts & (following >> gaps)


def _cumulated(rows: list[int]) -> list[int]:
    """By at most so many words between, where `rows` has them by exactly so many."""
    found, sums = 0, []
    for starts in rows:
        found |= starts
        sums.append(found)
    return sums


# --- the places behind a window --------------------------------------------------------------------------

Pair = tuple[int, int]  # first position, position after the last


def chosen(operands: Sequence[Places], hulls: Places, reach: int, ordered: bool) -> list[Places]:
    """The places of each operand that make these windows; of more than two operands, of the first _PICKS."""
    if len(operands) == 2:
        return _chosen_pairs(operands, hulls, reach, ordered)
    found: list[Places] = [{} for _ in operands]
    for pick in islice(_picks(operands, hulls, ordered), _PICKS):
        row = pick if ordered else sorted(pick)
        gaps = [two[0] - one[1] for one, two in zip(row, row[1:], strict=False)]
        if min(gaps, default=0) >= 0 and sum(gaps) <= reach:
            for places, (start, end) in zip(found, pick, strict=True):
                add(places, {end - start: 1 << start})
    return found


def _chosen_pairs(operands: Sequence[Places], hulls: Places, reach: int, ordered: bool) -> list[Places]:
    found: list[Places] = [{}, {}]
    for one, two in ((0, 1),) if ordered else ((0, 1), (1, 0)):
        for first, lefts in operands[one].items():
            for second, rights in operands[two].items():
                for wide, starts in hulls.items():
                    away = wide - second
                    if 0 <= away - first <= reach and (pairs := starts & lefts & (rights >> away)):
                        add(found[one], {first: pairs})
                        add(found[two], {second: pairs << away})
    return found


def _picks(operands: Sequence[Places], hulls: Places, ordered: bool) -> Iterator[Sequence[Pair]]:
    """One place of each operand, from the start to the end of one of the hulls; some may overlap."""
    for wide, starts in hulls.items():
        for start in positions(starts):
            window = [_within(places, start, start + wide) for places in operands]
            for first, last in product(range(len(operands)), repeat=2):
                if not ordered or (first, last) == (0, len(operands) - 1):
                    yield from _spanning(window, first, last, (start, start + wide))


def _spanning(window: Sequence[list[Pair]], first: int, last: int, hull: Pair) -> Iterator[Sequence[Pair]]:
    """Picks in which one operand starts the hull and one ends it."""
    begun = [place for place in window[first] if place[0] == hull[0]]
    ended = [place for place in window[last] if place[1] == hull[1]]
    inner = [
        begun if operand == first else ended if operand == last else places
        for operand, places in enumerate(window)
    ]
    if (first == last) == (len(window) == 1):
        yield from product(*inner)


def _within(places: Places, start: int, end: int) -> list[Pair]:
    """The places between two positions."""
    mask = (1 << (end - start)) - 1
    here = inside({wide: found >> start for wide, found in places.items()}, mask)
    return [(start + one, start + two) for one, two in listed(here)]
