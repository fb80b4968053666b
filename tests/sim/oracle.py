"""Who knows everything: what was published, when it could be seen, and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from tests.sim.publisher import HOUR, Publisher
from tests.sim.world import Sight, Span, Told, World, sights, told_of


@dataclass(slots=True)
class Account:
    """What became of everything that the publishers of one habit published."""

    habit: str
    feeds: int = 0
    published: int = 0
    seen: int = 0
    named: int = 0  # not seen, but within the time that a gap notice names
    failing: int = 0  # not seen, behind a feed that still fails, within the time that its notice names
    untold: int = 0  # not seen, behind a feed that still fails, of which nobody was told (yet)
    out_of_reach: int = 0  # never shown to anyone who asks as seldom as the publisher wants
    pending: int = 0  # still in the feed, which will be asked again
    repeats: int = 0
    polls: int = 0
    lags: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def lag(self) -> float:
        """Minutes from published to seen, on average; 0: nothing was seen."""
        return fmean(self.lags) / 60 if self.lags else 0.0

    @property
    def balanced(self) -> bool:
        told = self.seen + self.named + self.failing + self.out_of_reach + self.pending
        return self.published == told and not self.repeats


def accounts(world: World) -> list[Account]:
    """One account a habit, in the order of the publishers."""
    found: dict[str, Account] = {}
    seen = _by_publisher(sights(world.store))
    told = told_of(world.store)
    for one in world.publishers:
        account = found.setdefault(one.habit.name, Account(one.habit.name))
        account.feeds += 1
        account.polls += one.served
        _settle(account, one, seen.get(one.number, []), told, world)
    return list(found.values())


def _by_publisher(found: Iterable[Sight]) -> Mapping[int, list[Sight]]:
    sorted_out: defaultdict[int, list[Sight]] = defaultdict(list)
    for sight in found:
        sorted_out[sight.publisher].append(sight)
    return sorted_out


def _settle(
    account: Account,
    one: Publisher,
    seen: Sequence[Sight],
    told: Told,
    world: World,
) -> None:
    times = Counter(sight.number for sight in seen)
    account.repeats += sum(count - 1 for count in times.values())
    account.lags += [sight.at - one.times[sight.number] for sight in seen if one.times[sight.number] > 0]
    for n in one.published(0, min(world.t, one.until)):
        account.published += 1
        if n in times:
            account.seen += 1
        elif _is_within(one.times[n], told.gaps.get(one.url, ())):
            account.named += 1
        elif _is_within(one.times[n], told.failing.get(one.url, ())):
            account.failing += 1
        elif _is_within(one.times[n], told.untold.get(one.url, ())):
            account.untold += 1
        else:
            _explain(account, one, n, world)


def _is_within(t: float, spans: Sequence[Span]) -> bool:
    return any(start <= t <= end for start, end in spans)


def _explain(account: Account, one: Publisher, n: int, world: World) -> None:
    """An entry that is not there: never shown long enough, still to come, or missed."""
    moments = [t for t in one.reachable(n, world.t) if world.can_ask(t)]
    if one.shows(n, world.t):
        account.pending += 1
    elif 60 * len(moments) < one.rest:
        account.out_of_reach += 1
    else:
        account.missed.append(
            f"{one.mark(n)} at {one.times[n] / HOUR:.2f} h, in sight for {len(moments)} min"
        )


def table(found: Sequence[Account]) -> str:
    """For people: a line a habit, and one for all."""
    head = (
        f"{'habit':34}{'feeds':>6}{'published':>10}{'seen':>9}{'named':>8}{'failing':>8}{'untold':>7}"
        f"{'no reach':>9}{'pending':>8}{'missed':>7}{'repeats':>8}{'polls':>9}{'lag min':>8}"
    )
    return "\n".join([head, *map(_line, found), _line(total(found))])


def total(found: Sequence[Account]) -> Account:
    names = (
        "feeds",
        "published",
        "seen",
        "named",
        "failing",
        "untold",
        "out_of_reach",
        "pending",
        "repeats",
        "polls",
    )
    sums = {name: sum(getattr(account, name) for account in found) for name in names}
    lags = [lag for account in found for lag in account.lags]
    return Account("all", **sums, lags=lags, missed=[line for account in found for line in account.missed])


def _line(one: Account) -> str:
    return (
        f"{one.habit:34}{one.feeds:6}{one.published:10}{one.seen:9}{one.named:8}{one.failing:8}{one.untold:7}{one.out_of_reach:9}"
        f"{one.pending:8}{len(one.missed):7}{one.repeats:8}{one.polls:9}{one.lag:8.1f}"
    )
