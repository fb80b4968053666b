"""How every feed fares, for people at 80 columns: what needs them first, with its cause and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from rich.text import Text

from monitor.alerts.wording import clean
from monitor.commands.report import Hanging, Line
from monitor.model import Feed, FeedState
from monitor.model.upkeep import Doubt, Gap
from monitor.ops.log import mask
from monitor.polling import health
from monitor.sources import trust
from monitor.words import counted, span

RECENT = timedelta(days=7)  # a gap that is older is left to the audit
SOON = timedelta(seconds=2)

Gaps = Mapping[int, Sequence[Gap]]  # by feed


def lines(found: Sequence[Feed], gaps: Gaps, now: datetime) -> Iterator[Line]:
    """Those that fail, the longest first; those that are quiet or have lost something; all others."""
    ranked = sorted(found, key=lambda feed: _rank(feed, gaps, now))
    for feed in ranked:
        yield from _feed(feed, gaps.get(feed.id, ()), now)
    yield _summary(found, gaps)


def _rank(feed: Feed, gaps: Gaps, now: datetime) -> tuple[int, datetime]:
    state = feed.state
    if state.error:
        return 0, state.failing_since or now
    return (1 if state.quiet_at or feed.id in gaps else 2), now


def _summary(found: Sequence[Feed], gaps: Gaps) -> str:
    failing = sum(bool(feed.state.error) for feed in found)
    quiet = sum(bool(feed.state.quiet_at and not feed.state.error) for feed in found)
    lost = sum(feed.id in gaps for feed in found)
    counts = [(failing, "failing"), (quiet, "quiet"), (lost, "with a gap")]
    return ", ".join(
        [counted(len(found), "feed"), *(f"{number:,} {what}" for number, what in counts if number)]
    )


def _feed(feed: Feed, gaps: Sequence[Gap], now: datetime) -> Iterator[Line]:
    state = feed.state
    if state.error:
        yield _head(("! ", "bold red"), feed.name, state.error)
        yield from map(_under, _failing(feed, now))
    elif state.polled_at is None:
        yield _head(("  ", ""), feed.name, f"not asked yet, {_next(state, now)}")
    elif state.ok_at is None:  # asked in vain, while this machine was offline
        yield _head(("  ", ""), feed.name, f"not reached yet, {_next(state, now)}")
    else:
        sign = ("? ", "bold yellow") if state.quiet_at or gaps else ("✓ ", "green")
        yield _head(sign, feed.name, _well(feed, now))
    if state.quiet_at and state.news_at and not state.error:
        yield _under("quiet for longer than in 99 % of its history: has its news moved elsewhere?")
    yield from (_under(health.lost(gap)) for gap in gaps[-1:])
    yield from map(_under, _remarks(feed, now))
    tags = f"  [{', '.join(feed.spec.tags)}]" if feed.spec.tags else ""
    yield _under(f"{mask(feed.spec.url)}{tags}", "dim")


def _failing(feed: Feed, now: datetime) -> Iterator[str]:
    """Since when, when it is asked again, and what to do. A feed that was cut short answers all the same."""
    state = feed.state
    if state.failing_since is None:
        yield f"{_well(feed, now)}"
        return
    well = f"last well {span(now - state.ok_at)} ago" if state.ok_at else "never well yet"
    since = f"since {state.failing_since:%Y-%m-%d %H:%M} UTC, {counted(state.failures, 'time')}"
    yield f"{since}; {well}; {_next(state, now)}"
    if state.cause and (advice := health.ADVICE.get(state.cause)):
        yield advice


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
        yield f"is asked at {mask(state.address)}: write that into config.yaml"
    if trust.doubt_of(state.trust, now) is not Doubt.NONE:
        yield 'its server says "unchanged" when it is not, and is no longer asked whether it is'
    if feed.pushed:
        yield "a hub brings its news as they come"


def _head(sign: tuple[str, str], name: str, text: str) -> Line:
    return Hanging(Text.assemble(sign, (clean(name), "bold"), f": {clean(text)}"), 4)


def _under(text: str, style: str = "") -> Line:
    return Hanging(Text.assemble("    ", (clean(text), style)), 4)
