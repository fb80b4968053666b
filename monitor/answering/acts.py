"""What a button does: kept, and in force, in one commit. To press twice does nothing more."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from monitor.alerts.buttons import SPANS
from monitor.answering.said import Chosen, Pressed
from monitor.commands import storybook
from monitor.model import ActionKind, MuteKind
from monitor.store import actions, edits, entries, mutes, stories
from monitor.store.actions import About
from monitor.store.db import Tx
from monitor.store.mutes import Mute

NO_MESSAGE = "This message is not in the store any more (or is not of this wirewatch): nothing was done."
CHOICES = 50  # articles of a story that can be chosen from
NO_STORY = "This article stands for itself: there is no story to mute or to split it from."


def press(tx: Tx, pressed: Pressed, now: datetime) -> str:
    """What only the person who pressed is told; empty: the message shows it."""
    about = actions.about(tx, pressed.row_id)
    if about is None or (about.ts, about.place or pressed.place) != (pressed.ts, pressed.place):
        return NO_MESSAGE
    if pressed.kind is ActionKind.SPLIT and not about.in_thread:
        return "" if choices(tx, pressed) else NO_STORY  # a window asks which
    trouble = do(tx, about, pressed, now)
    if not trouble and actions.keep(tx, about.row_id, pressed.kind, pressed.value, pressed.user, now):
        edits.touch(tx, [about.row_id], now, pace=timedelta(0))
    return trouble


def do(tx: Tx, about: About, pressed: Pressed, now: datetime) -> str:
    """Empty: done, or nothing to do but to keep what was said."""
    match pressed.kind:
        case ActionKind.MUTE:
            return mute(tx, about, pressed, now)
        case ActionKind.SPLIT:
            return split(tx, about, now)
        case ActionKind.RELEVANT | ActionKind.WRONG | ActionKind.OLD:
            return ""


def mute(tx: Tx, about: About, pressed: Pressed, now: datetime) -> str:
    kind, _, span = pressed.value.partition("|")
    if kind not in set(MuteKind) or span not in SPANS:
        return "This button is of an older wirewatch: nothing was muted."
    asked = list(muted(about, MuteKind(kind), now + SPANS[span], pressed.user))
    for one in asked:
        mutes.put(tx, one, now)
    return "" if asked else NO_STORY


def muted(about: About, kind: MuteKind, until: datetime, user: str) -> Iterator[Mute]:
    """In the channel of the message, and for the rules that it names."""
    here = about.channel
    match kind:
        case MuteKind.STORY:
            if about.story is not None:
                yield Mute(kind, until, here, story=about.story, user=user)
        case MuteKind.SOURCE:
            for rule in about.rules:
                for host in about.hosts:
                    yield Mute(kind, until, here, rule, host.removeprefix("www."), user=user)
        case MuteKind.RULE:
            for rule in about.rules:
                yield Mute(kind, until, here, rule, user=user)


def split(tx: Tx, about: About, now: datetime) -> str:
    """The article of a reply becomes a story of its own; the message it stood under is put right."""
    if about.story is None:
        return NO_STORY
    others = {one.entry_id for one in stories.members_of(tx, [about.story])} - set(about.entries)
    if not others:
        return NO_STORY
    storybook.split_off(tx, about.entries, now)
    edits.touch(tx, edits.roots_of(tx, [about.row_id]), now, pace=timedelta(0))
    return ""


def choices(tx: Tx, pressed: Pressed) -> Mapping[int, str]:
    """What can be split off the story of a message that began it: entry -> headline. None of a reply."""
    about = actions.about(tx, pressed.row_id)
    if about is None or about.in_thread or about.ts != pressed.ts or about.story is None:
        return {}
    others = [
        one.entry_id for one in stories.members_of(tx, [about.story]) if one.entry_id not in about.entries
    ]
    known = entries.by_id(tx, others[:CHOICES])
    return {id: known[id].entry.title or known[id].entry.link for id in others[:CHOICES]}


def split_off(tx: Tx, chosen: Chosen, now: datetime) -> str:
    """What was chosen of a story's articles becomes a story of its own."""
    about = actions.about(tx, chosen.row_id)
    if about is None or about.story is None:
        return NO_MESSAGE
    apart = {one.entry_id for one in stories.members_of(tx, [about.story])} & set(chosen.entries)
    apart -= set(about.entries)
    if not apart:
        return NO_STORY
    storybook.split_off(tx, sorted(apart), now)
    for entry_id in sorted(apart):
        actions.keep(tx, about.row_id, ActionKind.SPLIT, f"{entry_id}", chosen.user, now)
    edits.touch(tx, [about.row_id], now, pace=timedelta(0))
    return ""
