"""How every feed fares, for people at 80 columns: what needs them first, with its cause and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from rich.text import Text

from monitor.alerts.wording import clean
from monitor.commands import pushed
from monitor.commands.pushed import POLLING, Push
from monitor.commands.report import Hanging, Line
from monitor.model import Feed, FeedState
from monitor.model.upkeep import Doubt, Gap
from monitor.ops import log
from monitor.polling import health, outage
from monitor.sources import horizon, trust
from monitor.store import feeds, gaps, subscriptions
from monitor.store.db import Tx
from monitor.words import counted, span

RECENT = timedelta(days=7)  # a gap that is older is left to the audit
SOON = timedelta(seconds=2)
MANY = 20  # feeds: more do not fit on a screen

Gaps = Mapping[int, Sequence[Gap]]  # by feed


@dataclass(frozen=True, slots=True)
class Book:
    """Every watched feed, with what else is known of it. `pushes` by feed; None: hubs cannot reach us."""

    feeds: Sequence[Feed]
    gaps: Gaps = field(default_factory=dict)
    pushes: Mapping[int, Push] | None = None
    offline_since: datetime | None = None
    of: Sequence[Feed] = ()  # those were chosen from these; empty: they are all

    def only(self, word: str, failing: bool) -> "Book":
        """Those with this in their name, address or tags; of these all, or those that need people."""
        chosen = [one for one in self.feeds if _speaks_of(one, word.casefold())]
        chosen = [one for one in chosen if not failing or self.rank(one) < WELL]
        return replace(self, feeds=chosen, of=self.feeds)

    def rank(self, feed: Feed) -> int:
        if feed.state.error:
            return FAILING
        return ODD if feed.state.quiet_at or feed.id in self.gaps else WELL

    def in_vain(self, feed: Feed) -> bool:
        """Was it asked while this machine was offline, and not reached since?"""
        ok_at, since = feed.state.ok_at, self.offline_since
        return ok_at is None or bool(since and ok_at < since <= (feed.state.polled_at or since))

    def push(self, feed: Feed) -> Push | None:
        """None: hubs cannot reach us, for any feed."""
        return None if self.pushes is None else self.pushes.get(feed.id, POLLING)


FAILING, ODD, WELL = 0, 1, 2


def _speaks_of(feed: Feed, word: str) -> bool:
    return any(word in said.casefold() for said in (feed.name, log.mask(feed.spec.url), *feed.spec.tags))


def book(tx: Tx, now: datetime) -> Book:
    """As the store has it."""
    return Book(
        feeds.get_all(tx),
        dict(gaps.unfilled(tx, now - RECENT)),
        pushed.book(subscriptions.standings(tx), now) if subscriptions.is_on(tx) else None,
        outage.remembered(tx),
    )


def lines(book: Book, now: datetime) -> Iterator[Line]:
    """Those that fail, the longest first; those that are quiet or have lost something; all others."""
    if line := _own_line(book):
        yield Hanging(Text(line, "bold yellow"), 2)
    for feed in sorted(book.feeds, key=lambda one: (book.rank(one), one.state.failing_since or now)):
        yield from _feed(feed, book, now)
    yield _summary(book)


def _own_line(book: Book) -> str:
    """What must be said before any feed is; empty: nothing."""
    if book.offline_since:
        return (
            f"This machine seems offline since {book.offline_since:%Y-%m-%d %H:%M} UTC. "
            "No feed is to blame; all are asked again when it is back."
        )
    asked = [one.state for one in book.of or book.feeds if one.state.polled_at]
    if len(asked) > 1 and all(state.error and state.cause in horizon.OURS for state in asked):
        return "No feed can be reached: is this machine online?"
    return ""


def _summary(book: Book) -> str:
    if book.of and not book.feeds:
        return f"none of {counted(len(book.of), 'feed')}"
    failing = sum(bool(feed.state.error) for feed in book.feeds)
    quiet = sum(bool(feed.state.quiet_at and not feed.state.error) for feed in book.feeds)
    lost = sum(feed.id in book.gaps for feed in book.feeds)
    brought = sum(feed.pushed for feed in book.feeds)
    counts = [(failing, "failing"), (quiet, "quiet"), (lost, "with a gap"), (brought, "pushed")]
    said = [counted(len(book.feeds), "feed"), *(f"{number:,} {what}" for number, what in counts if number)]
    more = failing + quiet + lost and len(book.feeds) > MANY
    return ", ".join(said) + ("; only these: wirewatch feeds list --failing" if more else "")


def _feed(feed: Feed, book: Book, now: datetime) -> Iterator[Line]:
    state, gaps = feed.state, book.gaps.get(feed.id, ())
    if state.error:
        yield _head(("! ", "bold red"), feed.name, state.error)
        yield from map(_under, _failing(feed, now, _own_line(book) != ""))
    elif state.polled_at is None:
        yield _head(("  ", ""), feed.name, f"not asked yet, {_next(state, now)}")
    elif book.in_vain(feed):
        well = f"last well {span(now - state.ok_at)} ago" if state.ok_at else "not reached yet"
        yield _head(("  ", ""), feed.name, f"{well}, {_next(state, now)}")
    else:
        sign = ("? ", "bold yellow") if state.quiet_at or gaps else ("✓ ", "green")
        yield _head(sign, feed.name, _well(feed, now))
    if state.quiet_at and state.news_at and not state.error:
        yield _under("quiet for longer than in 99 % of its history: has its news moved elsewhere?")
    yield from (_under(health.lost(gap)) for gap in gaps[-1:])
    yield from map(_under, _remarks(feed, now))
    tags = f"  [{', '.join(feed.spec.tags)}]" if feed.spec.tags else ""
    push = book.push(feed)
    polled = "  polling only" if push is POLLING else ""
    if push and push is not POLLING:
        yield _under(push.text)
    yield _under(f"{log.mask(feed.spec.url)}{tags}{polled}", "dim")


def _failing(feed: Feed, now: datetime, offline: bool) -> Iterator[str]:
    """Since when, when it is asked again, and what to do. A feed that was cut short answers all the same."""
    state = feed.state
    if state.failing_since is None:
        yield f"{_well(feed, now)}"
        return
    well = f"last well {span(now - state.ok_at)} ago" if state.ok_at else "never well yet"
    since = f"since {state.failing_since:%Y-%m-%d %H:%M} UTC, {counted(state.failures, 'time')}"
    yield f"{since}; {well}; {_next(state, now)}"
    if state.cause and not (offline and state.cause in horizon.OURS):
        yield health.ADVICE.get(state.cause, "")


def _well(feed: Feed, now: datetime) -> str:
    """`about 12 a day, the last 20 min ago; next in 4 min`."""
    state = feed.state
    last = f"the last {span(now - state.news_at)} ago" if state.news_at else "nothing new yet"
    rate = health.rate(state, now)
    return f"{', '.join(filter(None, (rate, last)))}; {_next(state, now)}"


def _next(state: FeedState, now: datetime) -> str:
    if state.pause_until and state.pause_until > now:
        return f"rests for {span(state.pause_until - now)}, as its host wants"
    ahead = state.due_at - now
    return f"next in {span(ahead)}" if ahead >= SOON else "due now"


def _remarks(feed: Feed, now: datetime) -> Iterator[str]:
    state = feed.state
    if state.address:
        yield f"is asked at {log.mask(state.address)}: write that into config.yaml"
    if trust.doubt_of(state.trust, now) is not Doubt.NONE:
        yield 'its server says "unchanged" when it is not, and is no longer asked whether it is'


def _head(sign: tuple[str, str], name: str, text: str) -> Line:
    return Hanging(Text.assemble(sign, (clean(name), "bold"), f": {clean(text)}"), 4)


def _under(text: str, style: str = "") -> Line:
    return Hanging(Text.assemble("    ", (clean(text), style)), 4)


# --- for machines ------------------------------------------------------------------------------------------


def as_json(book: Book, now: datetime) -> dict[str, Any]:
    """{"offline_since", "feeds": [...]}: times in ISO 8601, UTC; null: never, or nothing of that kind."""
    return {
        "offline_since": _iso(book.offline_since),
        "feeds": [_json_of(feed, book, now) for feed in book.feeds],
    }


def _json_of(feed: Feed, book: Book, now: datetime) -> dict[str, Any]:
    state, push = feed.state, book.push(feed)
    return {
        "name": feed.name,
        "url": log.mask(feed.spec.url),
        "asked_at_url": log.mask(feed.address),
        "tags": list(feed.spec.tags),
        "state": _word(feed, book),
        "cause": state.cause.value if state.cause else None,
        "error": state.error or None,
        "failing_since": _iso(state.failing_since),
        "failures": state.failures,
        "asked_at": _iso(state.polled_at),
        "ok_at": _iso(state.ok_at),
        "new_at": _iso(state.news_at),
        "next_at": _iso(max(state.due_at, state.pause_until or state.due_at)),
        "quiet_since": _iso(state.news_at) if state.quiet_at else None,
        "rate": health.rate(state, now) or None,
        "gaps": [
            {
                "since": _iso(gap.since),
                "until": _iso(gap.until),
                "most": gap.most - gap.came if gap.most else None,
            }
            for gap in book.gaps.get(feed.id, ())
        ],
        "push": push and push.as_json(),
    }


def _word(feed: Feed, book: Book) -> str:
    """failing, quiet, gap, well; new: not asked yet; unreached: asked in vain while we were offline."""
    state = feed.state
    if state.error:
        return "failing"
    if state.polled_at is None:
        return "new"
    if book.in_vain(feed):
        return "unreached"
    return "quiet" if state.quiet_at else "gap" if feed.id in book.gaps else "well"


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
