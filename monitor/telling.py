"""What the daemon says of its work in the log, one line at a time."""

from collections.abc import Iterable
from typing import assert_never

from monitor import __version__
from monitor.model import (
    Amendment,
    Config,
    Feed,
    Held,
    NoThread,
    NotSent,
    Outgoing,
    Refused,
    SendOutcome,
    Sent,
    StoredEntry,
    Unknown,
)
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.polling.poll import Polled
from monitor.store.entries import Look
from monitor.words import counted, span


def greeting(settings: Config) -> None:
    """What is watched, with which rules, and where alerts go."""
    log.get().info(
        f"wirewatch {__version__} watches {counted(len(settings.feeds), 'feed')} "
        f"with {counted(len(settings.rules), 'rule')}",
        store=_shown(settings.store),
    )
    notes(settings)
    if not settings.slack.token:
        log.get().info(
            "No Slack token, so alerts are shown here. "
            "To send them to Slack: export SLACK_BOT_TOKEN=xoxb-… (docs/slack.md)"
        )


def _shown(store: str) -> str:
    """A store address without its password."""
    return log.mask(store).removeprefix("sqlite:///")


def notes(settings: Config) -> None:
    for note in settings.notes:
        log.get().warning(note)


def polled(feed: Feed, this: Polled) -> None:
    """One line when a feed begins to fail, fails otherwise, or is back; nothing while all is as it was."""
    before, after = feed.state, this.state
    if after.error and after.error != before.error:
        again = span(after.due_at - clock())
        log.get().warning(f"{feed.name}: {after.error}; asked again in {again}", url=feed.spec.url)
    elif before.error and not after.error:
        log.get().info(f"{feed.name}: answers again", url=feed.spec.url)
    for text in this.notices:
        log.get().warning(text)
    if this.new or this.changed:
        log.get().debug(f"{feed.name}: {this.new} new, {this.changed} changed")


def amended(entry: StoredEntry, seen: Iterable[Amendment]) -> None:
    """What a publisher changed after an article was told."""
    for one in seen:
        log.get().info(f"{one.kind}: {entry.entry.title}", feed=entry.feed_name, now=one.after)


class Sends:
    """What becomes of messages: one line a way in which a channel fails, and one when it takes them again.

    A day without Slack has thousands of tries, and a few lines.
    """

    def __init__(self) -> None:
        self._said: dict[str, set[type[SendOutcome]]] = {}  # by channel in trouble, what the log has said

    async def sent(self, out: Outgoing, outcome: SendOutcome) -> None:
        if isinstance(outcome, NotSent | Unknown | Held):
            said = self._said.setdefault(out.channel, set())
            if type(outcome) in said:
                return
            said.add(type(outcome))
        elif isinstance(outcome, Sent) and self._said.pop(out.channel, set()):
            log.get().info("messages arrive again", channel=out.channel)
        _sent(out, outcome)


def _sent(out: Outgoing, outcome: SendOutcome) -> None:
    match outcome:
        case Sent():
            log.get().debug("told", channel=out.channel, alert=out.id)
        case NotSent(reason):
            log.get().warning("an alert waits", channel=out.channel, reason=reason)
        case Unknown(reason):
            log.get().warning("an alert may or may not have arrived", channel=out.channel, reason=reason)
        case Held(reason):
            log.get().error("a channel is held; its alerts wait", channel=out.channel, reason=reason)
        case Refused(reason):
            log.get().error("Slack refuses an alert", channel=out.channel, alert=out.id, reason=reason)
        case NoThread(reason):
            log.get().warning(
                "its thread is gone or closed", channel=out.channel, alert=out.id, reason=reason
            )
        case other:
            assert_never(other)


def progress(look: Look) -> str:
    """How far a first look is, or that nothing can be looked at; empty: there is nothing to say."""
    if not look.feeds or (look.done and (look.looked or look.told)):
        return ""
    if look.polled == look.feeds and not look.looked and not look.told:
        return "no feed can be reached; is this machine online? They are asked again by themselves"
    return (
        f"first look: {look.looked} of {look.feeds} feeds, "
        f"{look.judged} of {look.entries} articles read, {look.matched} match"
    )
