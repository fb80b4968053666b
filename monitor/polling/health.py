"""What people are told of a feed: that it fails, is quiet, has moved, is back. Once each, and no blips.

Pure: `told` says what to tell and remembers in the feed's state that it was told. Both go into one commit,
so a kill in between tells nothing twice. What has an end is an incident: the end is told where it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Cause, Feed, FeedState
from monitor.model.upkeep import Gap
from monitor.ops.log import mask
from monitor.sources import rhythm
from monitor.words import counted, span

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GAPS = 3  # of the usual time between two entries: so long a feed may fail before anybody is told
LONGEST_PATIENCE = 3 * DAY  # also of a feed that publishes once a month
KNOWN = 14 * DAY  # so long a feed is watched before its silence means anything

ADVICE = {
    Cause.ADDRESS: "Correct its address in config.yaml.",
    Cause.BLOCKED: "If it is in your own network, name that network under fetch.allow_networks.",
    Cause.PROXY: "Check fetch.proxy in config.yaml, and ask whoever runs the proxy.",
    Cause.DNS: "Is its name spelled as it should be? The site may be gone.",
    Cause.CONNECT: "Its server may be down; nothing is to be done here.",
    Cause.TLS: "Its publisher has to mend the certificate.",
    Cause.TIMEOUT: "Its server may be overloaded; nothing is to be done here.",
    Cause.BROKEN: "Its server may be in trouble; nothing is to be done here.",
    Cause.REDIRECT: "Open it in a browser, and write where it leads into config.yaml.",
    Cause.TOO_LARGE: "Does its publisher have a shorter feed?",
    Cause.NOT_FOUND: "Look for its new address: wirewatch feeds discover SITE.",
    Cause.GONE: "It is gone for good: look for another feed, or take it out of config.yaml.",
    Cause.FORBIDDEN: "It may want a subscription, or keep machines out: ask its publisher.",
    Cause.BUSY: "It is asked as seldom as it wishes; nothing is to be done here.",
    Cause.STATUS: "Its server may be in trouble; nothing is to be done here.",
    Cause.ROBOTS: "Its robots.txt asks us to stay away; fetch.robots says if that counts for feeds.",
    Cause.OTHER_KIND: "Open it in a browser: it is no text.",
    Cause.NOT_A_FEED: "Open it in a browser: has the feed moved? wirewatch feeds discover SITE looks for it.",
    Cause.CHALLENGE: "It wants a human: ask its publisher to let wirewatch pass, or look for another feed.",
    Cause.CONSENT: "It wants a click on a consent page: ask its publisher, or look for another feed.",
    Cause.LOGIN: "It wants a subscriber: give the feed its headers in config.yaml.",
    Cause.FIREWALL: "A firewall keeps this machine out: ask its publisher, or look for another feed.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice for the ops channel. `key`: the same one is told once.

    With `since`, or as an end, it is of an incident: `key` says what it is about.
    """

    key: str
    text: str
    since: datetime | None = None  # it goes on since then, until an end with its key
    ends: bool = False


def told(feed: Feed, state: FeedState, news: int, now: datetime) -> tuple[FeedState, tuple[Told, ...]]:
    """After a poll of a feed that left it in this state and brought so many new entries."""
    notices: list[Told] = []
    for tell in (_moved, _fails, _back, _loud, _quiet):
        state, notice = tell(feed, state, news, now)
        notices += [notice] if notice else []
    return state, tuple(notices)


def patience(state: FeedState, now: datetime) -> timedelta:
    """How long a feed may fail before anybody is told of it."""
    if state.cause is Cause.NOT_FOUND:
        return LONGEST_PATIENCE
    if state.cause is Cause.GONE:
        return timedelta(0) if state.failures > 1 else HOUR  # it was asked once more, an hour later
    known = rhythm.unpacked(state.rhythm)
    return min(max(HOUR, GAPS * rhythm.gap(known, now)), LONGEST_PATIENCE) if known else HOUR


def is_quiet(state: FeedState, now: datetime) -> bool:
    """Quieter than in 99 % of its history, and than this time of the week explains?"""
    if state.news_at is None or now - state.news_at < HOUR:
        return False
    known = rhythm.unpacked(state.rhythm)
    return (
        known is not None
        and rhythm.watched(known, now) >= KNOWN
        and rhythm.is_record(known, state.news_at, now)
    )


def rate(state: FeedState, now: datetime) -> str:
    """`about 12 a day`, `about 3 a week`; empty: nobody knows yet."""
    known = rhythm.unpacked(state.rhythm)
    a_day = rhythm.a_day(known, now) if known else 0.0
    for size, unit in ((1, "day"), (7, "week"), (30, "month")):
        if round(a_day * size) >= 1:
            return f"about {round(a_day * size):,} a {unit}"
    return "hardly any" if known and rhythm.watched(known, now) >= KNOWN else ""


# --- one occasion each: the state, and what is told --------------------------------------------------------

Occasion = tuple[FeedState, Told | None]


def _moved(feed: Feed, state: FeedState, news: int, now: datetime) -> Occasion:
    if not state.address or state.address == feed.state.address:
        return state, None
    found = state.sought_at != feed.state.sought_at
    what = "is a web page; the feed that it names" if found else "has moved for good; its new address"
    text = (
        f"{feed.name} {what} is asked from now on. "
        f"In config.yaml, write {mask(state.address)} in place of {mask(feed.spec.url)}"
    )
    return state, Told(f"moved {feed.id} {state.address}", text)


def _fails(feed: Feed, state: FeedState, news: int, now: datetime) -> Occasion:
    since = state.failing_since
    if since is None or state.told_at or now - since < patience(state, now):
        return state, None
    again = span(max(state.due_at - now, timedelta(minutes=1)))
    text = (
        f"{feed.name} cannot be read since {_at(since)}: {state.error}. {_unread(state)} "
        f"{ADVICE.get(state.cause or Cause.STATUS, '')} It is asked again in {again}: {mask(feed.address)}"
    )
    return replace(state, told_at=now), Told(f"fails {feed.id}", text, since)


def _unread(state: FeedState) -> str:
    """From when on entries may be missing: the last good answer came before the first that failed."""
    if state.ok_at is None:
        return "Nothing of it was ever read."
    return f"What it has published since {_at(state.ok_at)} may be missing."


def _back(feed: Feed, state: FeedState, news: int, now: datetime) -> Occasion:
    before = feed.state.failing_since
    if state.told_at is None or state.failing_since:
        return state, None
    lasted = f" after {span(now - before)}" if before else ""
    text = f"{feed.name} answers again{lasted}, with {counted(news, 'new entry', 'new entries')}"
    return replace(state, told_at=None), Told(f"fails {feed.id}", text, ends=True)


def _loud(feed: Feed, state: FeedState, news: int, now: datetime) -> Occasion:
    if state.quiet_at is None or not news:
        return state, None
    lasted = f" after {span(now - feed.state.news_at)}" if feed.state.news_at else ""
    text = f"{feed.name} publishes again{lasted}"
    return replace(state, quiet_at=None), Told(f"quiet {feed.id}", text, ends=True)


def _quiet(feed: Feed, state: FeedState, news: int, now: datetime) -> Occasion:
    if state.failing_since or state.quiet_at or state.news_at is None or not is_quiet(state, now):
        return state, None
    text = (
        f"{feed.name} answers, but has brought nothing new since {_at(state.news_at)}: longer than in 99 % "
        f"of its history ({rate(state, now)}). Has its news moved elsewhere? {mask(feed.address)}"
    )
    return replace(state, quiet_at=now), Told(f"quiet {feed.id}", text, state.news_at)


def _at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


# --- gaps --------------------------------------------------------------------------------------------------


def missing(feed: Feed, gaps: Sequence[Gap]) -> Told:
    """Of all gaps since the last notice, the latest last: each lies within the time that is named."""
    whole = _joined(gaps)
    tried = f"; {whole.tried} brought {whole.came:,}" if whole.tried else ""
    text = (
        f"{feed.name}: {lost(whole)}{tried}. {_cause(gaps)}. "
        f"It is asked sooner from now on; `every: 5m` on the feed makes sure: {mask(feed.address)}"
    )
    return Told(f"gap {feed.id} {whole.until.isoformat()}", text)


def _cause(gaps: Sequence[Gap]) -> str:
    if all(gap.alike for gap in gaps):
        return "Its sitemap lists pages that nothing tells from old ones: they are left alone"
    times = "Two polls" if len(gaps) == 1 else f"{len(gaps):,} times two polls"
    return f"{times} had no entry in common"


def _joined(gaps: Sequence[Gap]) -> Gap:
    known = all(gap.most for gap in gaps)
    return replace(
        gaps[-1],
        since=min(gap.since for gap in gaps),
        most=sum(gap.most for gap in gaps) if known else 0,
        came=sum(gap.came for gap in gaps),
    )


def lost(gap: Gap) -> str:
    """`up to 40 entries may be missing between 2026-11-22 14:00 and 14:20 UTC`."""
    left = counted(max(1, gap.most - gap.came), "entry", "entries")
    end = f"{gap.until:%H:%M}" if gap.until.date() == gap.since.date() else f"{gap.until:%Y-%m-%d %H:%M}"
    return (
        f"{f'up to {left}' if gap.most else 'entries'} may be missing "
        f"between {gap.since:%Y-%m-%d %H:%M} and {end} UTC"
    )


# --- the machine itself ------------------------------------------------------------------------------------


def offline(since: datetime, proxy: str = "") -> Told:
    """`proxy`: what is wrong with the operator's; empty: it is not that."""
    text = (
        f"This machine seems offline since {_at(since)}: {proxy or 'most feeds cannot be reached'}. "
        "None of them is blamed for it; all are asked again when it is back."
    )
    return Told("offline", text, since)


def online(since: datetime, now: datetime, feeds: int) -> Told:
    asked = counted(feeds, "feed")
    text = f"This machine is online again after {span(now - since)}; {asked} asked in vain are asked again"
    return Told("offline", text, ends=True)
