"""What stands in the way now, as the store tells it: each with a subject and what people read of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.model import Config
from monitor.ops.log import mask
from monitor.store import feeds, lanes, lists, stuck, subscriptions
from monitor.store.db import Tx

LIST_FAILS = timedelta(days=1)
UNKNOWN_RESTS = timedelta(minutes=30)
IN_VAIN = timedelta(minutes=10)
KINDS = ("held", "list", "unknown", "slack", "hub")

Wrong = tuple[str, str]  # subject, text


def wrong(tx: Tx, settings: Config, now: datetime) -> Mapping[str, str]:
    """By subject; the first word of a subject is its kind."""
    found = (_lanes(tx, settings), _lists(tx, settings, now), _stuck(tx, now), _hubs(tx, now))
    return {subject: text for kind in found for subject, text in kind}


def _lanes(tx: Tx, settings: Config) -> Iterator[Wrong]:
    """A channel that config.yaml names no longer stays closed, and nobody minds once nothing waits for it."""
    closed = [lane for lane in lanes.lanes(tx) if lane.held]
    wanted = {lanes.WIDE, *channels(settings), *stuck.waiting(tx)} if closed else set()
    for lane in closed:
        if lane.channel in wanted:
            yield f"held {lane.channel}", _held(lane, settings.slack.fallback_channel)


def _held(lane: lanes.Lane, fallback: str) -> str:
    which = "all channels" if lane.channel == lanes.WIDE else lane.channel
    if fallback not in ("", lane.channel) and lane.channel != lanes.WIDE:
        return f"Alerts for {which} go to {fallback} until this is mended: {lane.reason}."
    rest = "None is lost, and one is tried every 10 min."
    return f"Alerts for {which} wait until this is mended: {lane.reason}. {rest}"


def channels(settings: Config) -> frozenset[str]:
    """All that config.yaml tells."""
    slack = settings.slack
    routes = [one for route in settings.routes.values() for one in (route, *dict(route.tagged).values())]
    own = {slack.channel, slack.ops_channel, slack.fallback_channel} - {""}
    return frozenset(own.union(*(route.channels for route in routes)))


def _lists(tx: Tx, settings: Config, now: datetime) -> Iterator[Wrong]:
    for one in lists.get(tx, [one.url for one in settings.lists]).values():
        if one.failing_since and now - one.failing_since >= LIST_FAILS:
            name = sha256(one.url.encode()).hexdigest()[:16]
            yield f"list {name}", f"The list of feeds at {mask(one.url)} cannot be read: {one.error}"


def _stuck(tx: Tx, now: datetime) -> Iterator[Wrong]:
    if one := stuck.tried_in_vain(tx, now - IN_VAIN):
        yield (
            "slack",
            f"Alerts do not come through since {one.since:%Y-%m-%d %H:%M} UTC: {one.reason}. "
            "They wait, in order, and none is lost.",
        )
    if one := stuck.unknown(tx, now - UNKNOWN_RESTS):
        yield (
            "unknown",
            f"Since {one.since:%Y-%m-%d %H:%M} UTC it is not known whether a message to {one.channel} has "
            f"arrived: {one.reason}. `wirewatch health` counts such messages.",
        )


def _hubs(tx: Tx, now: datetime) -> Iterator[Wrong]:
    for feed_id, reason in subscriptions.doubted(tx, now):
        if feed := feeds.get(tx, feed_id):
            yield f"hub {feed_id}", f"{feed.name}: {reason}, so it is polled as often as any other"
