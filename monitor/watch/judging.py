"""When is it worth a word to people? Each answer is what they read; empty: there is nothing to say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from monitor.ops.log import mask
from monitor.store.days import Day
from monitor.store.rates import Rate, Times
from monitor.store.stuck import Away
from monitor.watch.machine import Room
from monitor.words import counted, span

LEAST = 0.10  # of a disk
EASED = 0.12  # a disk at the limit does not flicker
KILLS = 3  # documents that killed their reader in KILLS_IN: one alone is a bad document
KILLS_IN = timedelta(hours=1)
FLOOD = 50  # articles an hour
KNOWN = 10  # matches from which a rule has a usual rate
RATED = timedelta(days=7)  # from first to last match, of a usual rate
LATE = 10  # matches that did not come: by chance once in 20,000 times
LONGEST = 120  # characters of a rule
JUMP = timedelta(seconds=30)  # NTP moves a clock by less than that at a time


def disk(room: Room | None, known: bool) -> str:
    """`known`: that it is nearly full was told."""
    if room is None or not room.total:
        return ""
    if room.free >= (EASED if known else LEAST) * room.total:
        return ""
    return (
        f"The disk of the store ({room.folder}) is nearly full: less than {LEAST:.0%} is free. Make room: "
        "once it is full, nothing new is read or told until there is some; what was seen before is not lost."
    )


def kills(reasons: Sequence[str], known: bool) -> str:
    """`reasons`: of the documents that killed their reader in KILLS_IN."""
    if len(reasons) < (1 if known else KILLS):
        return ""
    return (
        f"Documents kill the processes that read them, {KILLS} or more within {span(KILLS_IN)}. "
        "Each is left alone for an hour, and its entry judged by the feed's own words; all else goes on."
    )


def slack_away(away: Away, waiting: int, where: str) -> str:
    since = f"{away.since:%Y-%m-%d %H:%M} UTC"
    return (
        f"wirewatch on {where} cannot tell Slack, since {since}: {mask(away.reason)}. "
        f"{counted(waiting, 'message')} {'waits' if waiting == 1 else 'wait'} until that is mended, and none "
        "is lost; feeds are read and matched as ever."
    )


def slack_again(since: datetime, waiting: int, where: str, now: datetime) -> str:
    left = f"; {counted(waiting, 'message')} that waited will follow" if waiting else ""
    return f"wirewatch on {where}: Slack takes messages again, after {span(now - since)}{left}."


def flood(rule: str, count: int, known: bool) -> str:
    """`count`: articles of the last hour that it matched."""
    if count <= (FLOOD / 2 if known else FLOOD):
        return ""
    return (
        f"Rule {clamp(rule)} floods: it matched more than {FLOOD} articles within an hour. If that is no "
        "news event, narrow it: `wirewatch check` says what is too broad."
    )


def is_late(rate: Rate, newest: int) -> bool:
    """So many articles came in since its last match that, at its usual rate, it had matched LATE of them."""
    usual = rate.count / (rate.last - rate.first + 1)
    return rate.count >= KNOWN and usual * (newest - rate.last) >= LATE


def silent(rule: str, rate: Rate, times: Times, newest: int, now: datetime) -> str:
    """It is late, by a day at least and twice its widest gap: matches come in bursts, and one is no rate."""
    rest, seen_for = now - times.last_at, times.last_at - times.first_at
    if seen_for < RATED or rest < timedelta(days=1) or newest - rate.last < 2 * times.widest:
        return ""
    daily = rate.count / (seen_for / timedelta(days=1))
    return (
        f"Rule {clamp(rule)} silent for {span(rest)} (usual: {daily:.1f} a day), while "
        f"{counted(newest - rate.last, 'article')} came in. Has a name changed, or a feed gone?"
    )


def clamp(rule: str) -> str:
    return rule if len(rule) <= LONGEST else f"{rule[: LONGEST - 1]}…"


def night(day: Day, name: str) -> str:
    """The line of a day that is over."""
    left = "" if day.balanced else "; `wirewatch audit` names what is not accounted for"
    return (
        f"{name}: {counted(day.entries_in, 'entry', 'entries')} in, {day.entries_in - day.unaccounted:,} "
        f"accounted for, {counted(day.alerts, 'alert')}, {day.pending:,} pending{_lag(day.lags)}{left}"
    )


def _lag(lags: Sequence[timedelta]) -> str:
    if not lags:
        return ""
    half, most = (lags[ceil(share * len(lags)) - 1] for share in (0.5, 0.99))
    return f"; from seen to Slack p50 {span(half)}, p99 {span(most)}"


def jump(wall: timedelta, ticked: float, now: datetime) -> str:
    """`wall`: how far the clock went while so many seconds `ticked`."""
    ahead = wall - timedelta(seconds=ticked)
    if abs(ahead) < JUMP:
        return ""
    way = "forward" if ahead > timedelta(0) else "back"
    return (
        f"The clock of this machine was set {way} by {span(abs(ahead))} and shows {now:%Y-%m-%d %H:%M} UTC "
        "now. If that is wrong, set it right; what was seen before keeps the time it was seen at."
    )
