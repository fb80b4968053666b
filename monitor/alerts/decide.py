"""Entry x matches x what was told -> alerts or none, and why. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerts.schedule import Release, release
from monitor.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    EntryState,
    FirstLook,
    FirstLookAlert,
    Found,
    Listed,
    Priority,
    Root,
    Route,
    Source,
    StoredEntry,
    Template,
)
from monitor.model.stories import Place
from monitor.words import counted

Told = frozenset[tuple[str, str]]  # (channel, rule) pairs that know an article already
Held = tuple[StoredEntry, tuple[Found, ...]]
Places = Mapping[int, Place]  # by entry
Tells = tuple[tuple[str, str, int], ...]  # (rule, story, entry id): what a message makes known


@dataclass(frozen=True, slots=True)
class SoFar:
    """What an article's story has been, up to it."""

    roots: Mapping[tuple[str, str], Root]  # (channel, rule) -> the message that told the story so
    news: tuple[str, ...]  # what the article says that the story had not
    lives: bool = False  # the message of a story is edited, and names whoever tells it


A_NEW_STORY = SoFar({}, ())
NOWHERE: Places = {}
FULLEST = (Template.FULL, Template.SHORT, Template.HEADLINE)
URGENCY = (Priority.HIGH, Priority.NORMAL, Priority.LOW)


def decide(
    entry: StoredEntry,
    article: Article,
    found: tuple[Found, ...],
    routes: Mapping[str, Route],
    told: Told,
    policy: FirstLook,
    now: datetime,
    story: SoFar = A_NEW_STORY,
) -> Decision:
    """What becomes of a judged entry. `told`: what was told of its article so far; `routes`: every rule.

    Its story decides where it is told: in a message of its own; in the thread of the story's, if it says
    something new; or in that message itself, which then names it among those who tell the story.
    """
    if not found:
        return unmatched(entry, article, len(routes))
    if not is_news(entry, policy):
        return kept_back(found, policy)
    routes = under_tags(routes, found, entry)
    untold = {
        channel: fresh
        for channel, rules in by_channel(found, routes).items()
        if (fresh := tuple(one for one in rules if (channel, one.rule) not in told))
    }
    if not untold:
        return told_before(entry, found, routes)
    wanted = [
        timed(delivery_of(channel, alert_of(entry, article, rules, routes), story), routes, now)
        for channel, rules in untold.items()
    ]
    deliveries = tuple(one for one in wanted if not is_shown(one, story))
    shown = tuple(one.root.id for one in wanted if one.root and is_shown(one, story))
    if not deliveries:
        return named_only(entry, found, [one.channel for one in wanted], shown)
    new_rules = {one.rule for delivery in deliveries for one in delivery.alert.found}
    priority = min((routes[rule].priority for rule in new_rules), key=URGENCY.index)
    where = ", ".join(place_of(one, now) for one in deliveries)
    return Decision(EntryState.TOLD, f"matched {names(found)}; told to {where}", deliveries, priority, shown)


def is_shown(delivery: Delivery, story: SoFar) -> bool:
    """Is it told by the message of its story, which names it, and by nothing else?"""
    return delivery.root is not None and story.lives and not story.news


def named_only(
    entry: StoredEntry, found: tuple[Found, ...], channels: Sequence[str], shown: tuple[int, ...]
) -> Decision:
    why = f"matched {names(found)}; its first lines say nothing new: the message of its story in"
    state = EntryState.TOLD if entry.state is EntryState.TOLD else EntryState.MERGED
    return Decision(state, f"{why} {', '.join(channels)} names it", shown=shown)


def delivery_of(channel: str, alert: Alert, story: SoFar) -> Delivery:
    """In the thread of its story, if the channel was told of it by each of these rules; the latest such one.

    What only a new rule finds is worth a message of its own.
    """
    known = [story.roots.get((channel, one.rule)) for one in alert.found]
    if None in known:
        return Delivery(channel, alert)
    root = max((one for one in known if one), key=lambda one: one.id)
    return Delivery(channel, replace(alert, follows=root.headline, news=story.news), root)


def timed(delivery: Delivery, routes: Mapping[str, Route], now: datetime) -> Delivery:
    first = when(delivery.alert, routes, now)
    return replace(delivery, at=first.at, bundle=first.bundle) if first.bundle else delivery


def when(alert: Alert, routes: Mapping[str, Route], now: datetime) -> Release:
    """Not before the first of its rules wants it told; at once, if one of them is urgent, or none is left."""
    told_by = [routes[one.rule].under(alert.tags) for one in alert.found if one.rule in routes]
    if alert.urgent or not told_by or any(route.priority is Priority.HIGH for route in told_by):
        return Release(now)
    timings = {route.timing for route in told_by}
    return min((release(timing, now) for timing in timings), key=lambda one: one.at)


def place_of(delivery: Delivery, now: datetime) -> str:
    where = f"the thread of its story in {delivery.channel}" if delivery.root else delivery.channel
    kept = f", not before {delivery.at:%Y-%m-%d %H:%M} UTC" if delivery.at and delivery.at > now else ""
    return where + kept


def is_news(entry: StoredEntry, policy: FirstLook) -> bool:
    """Is it told by itself? What a feed carried when first seen is not, until something new is read of it.

    New is an edit, and, where the first look is told at all, a page that came only after the summary did. An
    entry that is still held, or was kept silent, brings nothing that the first look has not.
    """
    if not entry.first_look or policy is FirstLook.ALERT:
        return True
    kept = entry.state in (EntryState.HELD, EntryState.SILENT)
    late = entry.tries > 0 and policy is FirstLook.SUMMARY
    return not kept and (entry.revision > 1 or late)


def unmatched(entry: StoredEntry, article: Article, rules: int) -> Decision:
    why = f"none of {counted(rules, 'rule')} matched; {what_was_read(article)}"
    if entry.state is EntryState.TOLD:
        return Decision(EntryState.TOLD, f"told before it changed; now {why}")
    return Decision(EntryState.NO_MATCH, why)


def what_was_read(article: Article) -> str:
    languages = f" as {' or '.join(article.languages)}" if article.languages else ""
    if article.source is Source.FEED:
        return f"only the feed's own text was read{languages}: {article.note or 'no page'}"
    return f"{counted(len(article.text.split()), 'word')} read{languages}"


def kept_back(found: tuple[Found, ...], policy: FirstLook) -> Decision:
    seen = f"matched {names(found)}; the feed carried it when first seen"
    if policy is FirstLook.SUMMARY:
        return Decision(EntryState.HELD, f"{seen}: it goes into the summary")
    return Decision(EntryState.SILENT, f"{seen}, and first_look is silent")


def told_before(entry: StoredEntry, found: tuple[Found, ...], routes: Mapping[str, Route]) -> Decision:
    channels = ", ".join(by_channel(found, routes))
    if entry.state is EntryState.TOLD:
        return Decision(
            EntryState.TOLD, f"changed, and still matches {names(found)}: told to {channels} before"
        )
    return Decision(EntryState.MERGED, f"matched {names(found)}; its story was told to {channels} before")


def under_tags(
    routes: Mapping[str, Route], found: Iterable[Found], entry: StoredEntry
) -> Mapping[str, Route]:
    """Where these rules tell an article of a feed with tags."""
    return {one.rule: routes[one.rule].under(entry.tags) for one in found}


def by_channel(found: Iterable[Found], routes: Mapping[str, Route]) -> dict[str, list[Found]]:
    channels: dict[str, list[Found]] = {}
    for one in found:
        for channel in routes[one.rule].channels:
            channels.setdefault(channel, []).append(one)
    return channels


def alert_of(
    entry: StoredEntry, article: Article, found: tuple[Found, ...], routes: Mapping[str, Route]
) -> Alert:
    return Alert(
        headline=entry.entry.title or article.title,
        link=entry.entry.link,
        source=entry.feed_name,
        found=found,
        seen_at=entry.seen_at,
        published=entry.entry.published or article.published,
        summary_only=(article.note or "no page") if article.source is Source.FEED else "",
        tags=entry.tags,
        paid=article.paid,
        urgent=any(routes[one.rule].priority is Priority.HIGH for one in found),
        mention=tuple(dict.fromkeys(name for one in found for name in routes[one.rule].mention)),
        template=min((routes[one.rule].template for one in found), key=FULLEST.index),
        language=article.languages[0] if article.languages else "",
    )


def summarise(
    held: Iterable[Held],
    routes: Mapping[str, Route],
    channel: str,
    *,
    feeds: int,
    rules: int,
    entries: int,
    places: Places = NOWHERE,
    limit: int = 40,
) -> tuple[tuple[str, FirstLookAlert, Tells], ...]:
    """The first look, one message a channel: newest first, a story once, at most `limit` lines.

    `places`: the stories of entries; without one an article is a story. What stands beyond the limit is
    counted, and every article is told: a later change of it is no news. With nothing to list, `channel` (the
    default one) is told so: silence would look like a fault.
    """
    channels: dict[str, list[Held]] = {}
    for entry, found in sorted(held, key=newest_first):
        for name, there in by_channel(found, under_tags(routes, found, entry)).items():
            channels.setdefault(name, []).append((entry, tuple(there)))

    def message(there: Sequence[Held]) -> FirstLookAlert:
        lines = tuple(line_of(story, places) for story in by_story(there, places))
        more, matched = max(0, len(lines) - limit), sum(line.articles for line in lines)
        return FirstLookAlert(feeds, rules, entries, lines[:limit], more, matched)

    told = channels or {channel: []}
    return tuple((name, message(there), tells_of(there)) for name, there in told.items())


def by_story(held: Sequence[Held], places: Places) -> Iterable[Sequence[Held]]:
    """An article that stands at two addresses is in one story, wherever each of them was placed."""
    known = {entry.story_key: places[entry.id].story for entry, _ in held if entry.id in places}
    stories: dict[int | str, list[Held]] = {}
    for entry, found in held:
        stories.setdefault(known.get(entry.story_key, entry.story_key), []).append((entry, found))
    return stories.values()


def newest_first(held: Held) -> tuple[float, int]:
    entry, _ = held
    when = entry.entry.published or entry.seen_at
    return -when.timestamp(), entry.id


def line_of(story: Sequence[Held], places: Places) -> Listed:
    """One line for all entries of a story: the newest entry's headline, every rule once."""
    newest = story[0][0]
    rules = dict.fromkeys(one.text for _, found in story for one in found)
    origins = {places[entry.id].origin for entry, _ in story if entry.id in places}
    return Listed(
        headline=newest.entry.title,
        link=newest.entry.link,
        source=newest.feed_name,
        rules=tuple(rules),
        published=newest.entry.published,
        articles=len({entry.story_key for entry, _ in story}),
        newsrooms=max(1, len(origins)),
    )


def tells_of(held: Sequence[Held]) -> Tells:
    told: dict[tuple[str, str], int] = {}
    for entry, found in held:
        for one in found:
            told.setdefault((one.rule, entry.story_key), entry.id)
    return tuple((rule, key, entry_id) for (rule, key), entry_id in told.items())


def outbox_key(channel: str, kind: str, story: str, rules: Iterable[str]) -> str:
    """The same message to the same channel has the same key, whoever computes it and however often."""
    identity = json.dumps([channel, kind, story, sorted(rules)])
    return hashlib.sha256(identity.encode()).hexdigest()


def names(found: Iterable[Found]) -> str:
    return ", ".join(one.rule for one in found)
