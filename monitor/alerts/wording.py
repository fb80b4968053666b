"""What an alert says, whatever chat it goes to: cleaned strings, safe links, ages, why. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from urllib.parse import quote, urlsplit

from monitor.model import (
    Alert,
    Amendment,
    AmendmentKind,
    Digest,
    FirstLookAlert,
    Found,
    Listed,
    Living,
    Telling,
    Template,
)
from monitor.words import counted, span

# Directions a text can be turned in (U+061C, U+200E-F, U+202A-E, U+2066-9), and characters without a
# picture: soft hyphen, fillers, zero-widths, interlinear marks, tags, lone surrogates.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
# Joiners shape Persian, Indic scripts and emoji; between or beside ASCII they only make words look alike.
IDLE_JOINER = re.compile(
    "(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])"
)
SPACES = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

# Characters, each & as the five it is escaped to. Slack takes 3,000; no article's address is that long.
LONGEST_LINK = 2_000


def clean(text: str) -> str:
    """One line of visible characters: no controls, no escape sequences, nothing that turns or hides text."""
    spaced = SPACES.sub(" ", INVISIBLE.sub("", text))
    return SPACES.sub(" ", IDLE_JOINER.sub("", spaced))


def safe_link(url: str) -> str:
    """The address with all that could end or bend a link percent-encoded; empty: not one to link to."""
    if len(url) > LONGEST_LINK:
        return ""
    try:
        parts = urlsplit(url)
        honest = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    if not honest or "\\" in parts.netloc:
        return ""
    link = "".join(char if is_plain(char) else quote(char, safe="", errors="replace") for char in url)
    return link if len(link) + 4 * link.count("&") <= LONGEST_LINK else ""


def is_plain(char: str) -> bool:
    return char not in ' "<>\\^`{|}' and char.isprintable()


def host(link: str) -> str:
    """Whose page a link opens, to be read beside it."""
    return (urlsplit(link).hostname or "").removeprefix("www.") if link else ""


def first_look_line(look: FirstLookAlert) -> str:
    """What stands above the list, or instead of it."""
    watching = f"Watching {counted(look.feeds, 'feed')} with {counted(look.rules, 'rule')}"
    if not look.listed:
        none = f"none of {counted(look.entries, 'article')} matches"
        return f"{watching}; in what they carry now, {none}. New ones are told as they come."
    stories = len(look.listed) + look.more
    matching = f"{max(look.matched, stories):,} of {counted(look.entries, 'article')} match"
    told = f" and tell {counted(stories, 'story', 'stories')}" if stories < look.matched else ""
    return f"{watching}; in what they carry now, {matching}{told}:"


def digest(several: Digest, now: datetime) -> str:
    """What stands above alerts that are told together."""
    count = counted(len(several.alerts), "alert")
    more = f", and {several.waiting:,} more in the next messages" if several.waiting else ""
    name = _BUNDLES.get(several.bundle.partition(" ")[0], "")
    return f"{name}{count} since {clock(several.since, now)}{more}"


# Why they were told together, by the first word of their bundle.
_BUNDLES = {"digest": "Digest: ", "quiet": "After quiet hours: ", "flood": "All at once, from one feed: "}


def caveat(alert: Alert) -> str:
    """Why not all of an article was read, or may not be by all; empty: nothing is to be said."""
    if alert.summary_only:
        return f"summary only: {alert.summary_only}"
    return "paywall: one must pay to read all of it" if alert.paid else ""


OLD = timedelta(days=2)


def age(alert: Alert) -> str:
    """That it was old when it was seen: it is no news, and somebody reads it as such; empty: it was not."""
    if alert.published is None or alert.seen_at - alert.published < OLD:
        return ""
    return f"an old article: published {span(alert.seen_at - alert.published)} before it was seen"


def told_by(line: Listed) -> str:
    """5 articles of 3 newsrooms; nothing of a story that one article tells."""
    if line.articles == 1:
        return ""
    return f"{counted(line.articles, 'article')} of {counted(line.newsrooms, 'newsroom')}"


# --- what became of a story -------------------------------------------------------------------------------

NAMED = 8  # newsrooms a message names; the rest is counted


def tellers(living: Living) -> str:
    """`5 articles of 3 newsrooms`; nothing of a story that one article tells."""
    if living.articles == 1:
        return ""
    return f"{counted(living.articles, 'article')} of {counted(living.newsrooms, 'newsroom')}"


def named(living: Living) -> tuple[tuple[Telling, ...], int]:
    """The newsrooms that are named, the first and the latest always, and how many are not."""
    tellings = living.tellings
    if len(tellings) <= NAMED:
        return tellings, 0
    return (*tellings[: NAMED - 1], tellings[-1]), len(tellings) - NAMED


def amended(one: Amendment) -> str:
    """What a publisher changed, in a line."""
    match one.kind:
        case AmendmentKind.HEADLINE:
            return f"the headline was changed: “{one.after}”, before “{one.before}”"
        case AmendmentKind.SENTENCE if one.after:
            return f"the sentence that matched was changed: “{one.after}”, before “{one.before}”"
        case AmendmentKind.SENTENCE:
            return f"the sentence that matched was taken out: “{one.before}”"
        case AmendmentKind.CORRECTION:
            return f"its publisher says: “{one.after}”"
        case AmendmentKind.REMOVED:
            return "the page was taken down"
        case AmendmentKind.RETURNED:
            return "the page is there again"
        case other:
            assert_never(other)


# --- when -------------------------------------------------------------------------------------------------


def dateline(published: datetime | None, seen: datetime, now: datetime) -> str:
    """When it was published, seen and told, with every lag; a missing or impossible date is said to be so."""
    if published is None:
        return f"no date given · seen {second(seen, now)} · told +{span(now - seen)}"
    if published > seen:
        return f"dated {clock(published, now)}, ahead of when it was seen: {clock(seen, now)}"
    seen_after, told_after = span(seen - published), span(now - published)
    return f"published {second(published, now)} · seen +{seen_after} · told +{told_after}"


def second(when: datetime, now: datetime) -> str:
    """14:02:11 UTC; of another day no seconds."""
    return f"{when:%H:%M:%S} UTC" if when.date() == now.date() else clock(when, now)


def clock(when: datetime, now: datetime) -> str:
    """14:02 UTC, with as much of the date as `now` does not already say."""
    if when.date() == now.date():
        return f"{when:%H:%M} UTC"
    return (
        f"{when.day} {when:%b %H:%M} UTC" if when.year == now.year else f"{when.day} {when:%b %Y %H:%M} UTC"
    )


# --- why --------------------------------------------------------------------------------------------------

Run = tuple[str, bool]  # a piece of a sentence, and whether it made a rule true


@dataclass(frozen=True, slots=True)
class Why:
    """Rules that the same sentences made true, and those sentences."""

    rules: tuple[str, ...]
    excerpts: tuple[tuple[Run, ...], ...]


def why(alert: Alert) -> tuple[Why, ...]:
    """Rules in the order they stand; those with the same sentences are told together."""
    most = _QUOTED[alert.template]
    together: dict[tuple[str, ...], list[Found]] = {}
    for one in alert.found:
        together.setdefault(tuple(excerpt.text for excerpt in one.excerpts[:most]), []).append(one)
    return tuple(
        Why(
            tuple(clean(one.text) for one in found),
            tuple(runs(text, bold) for text, bold in united(found).items())[:most],
        )
        for found in together.values()
    )


# Sentences a rule; None: all that were kept.
_QUOTED = {Template.FULL: None, Template.SHORT: 1, Template.HEADLINE: 0}


def united(found: Iterable[Found]) -> Mapping[str, list[tuple[int, int]]]:
    """Each sentence with the bold places of every rule."""
    places: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        for excerpt in one.excerpts:
            places.setdefault(excerpt.text, []).extend(excerpt.bold)
    return places


def runs(text: str, bold: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """A sentence cut at the edges of its bold places, every piece cleaned; empty pieces are left out."""
    pieces: list[Run] = []
    done = 0
    for start, end in sorted(bold):
        start = max(start, done)
        if end > start:
            pieces += [(clean(text[done:start]), False), (clean(text[start:end]), True)]
            done = end
    pieces.append((clean(text[done:]), False))
    return tuple((piece, marked) for piece, marked in pieces if piece)


def follows(alert: Alert, headline: str) -> str:
    """follows “Convoy hit near Rutba”: a new number: 31 guards, not 12"""
    said = f": {'; '.join(alert.news)}" if alert.news else "; its first lines say nothing new"
    return f"follows “{headline}”{said}"
