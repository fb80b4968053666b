"""How feeds stand with their hubs, in words: who brings their news, or why nobody does."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.model import host_of
from monitor.model.hubs import Callback, Standing, Subscription
from monitor.sources import websub
from monitor.words import span


class PushState(StrEnum):
    """The words stay: scripts read them."""

    PUSHED = "pushed"  # a hub brings the news; polls are the safety net
    AGREED = "agreed"  # it will, and has brought nothing yet
    DOUBTED = "doubted"  # it leaves entries out, so polls keep their pace
    ASKED = "asked"  # it has not confirmed yet
    REFUSED = "refused"  # it does not want to, or cannot be reached
    NONE = "none"  # the feed names no hub


@dataclass(frozen=True, slots=True)
class Push:
    """How a feed stands. `until`: the end of the lease; `again_at`: when a hub is asked next."""

    state: PushState
    text: str  # one line, no secrets
    hub: str = ""  # its host
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    again_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self) | {"state": self.state.value}
        plain.pop("text")
        return {
            key: value.isoformat() if isinstance(value, datetime) else value for key, value in plain.items()
        }


POLLING = Push(PushState.NONE, "polling only")


def book(standings: Mapping[int, Standing], now: datetime) -> dict[int, Push]:
    return {feed_id: push_of(standing, now) for feed_id, standing in standings.items()}


def push_of(standing: Standing, now: datetime) -> Push:
    live, known = websub.live_of(standing.callbacks, now), standing.subscription
    if live:
        return _live(live, known, websub.is_trusted(known, standing.callbacks, now))
    if not known.offer.hubs:
        return POLLING
    hub = host_of(known.offer.hubs[max(0, known.tries - 1) % len(known.offer.hubs)])
    again = f"; asked again in {span(known.due_at - now)}" if known.due_at and known.due_at > now else ""
    if known.reason:
        text = f"push refused: {known.reason}{_since(known.since)}{again}"
        return Push(PushState.REFUSED, text, hub, known.reason, known.since, None, known.due_at)
    said = f"has not confirmed yet{again}" if known.tries else "is about to be asked"
    return Push(PushState.ASKED, f"push: {hub} {said}", hub, "", known.since, None, known.due_at)


def _live(live: Callback, known: Subscription, trusted: bool) -> Push:
    hub, since, lease = host_of(live.hub), known.since or live.verified_at, f"lease until {_at(live.until)}"
    if known.doubted_until and not trusted:
        text = f"push doubted{_since(since)}: {known.reason}; trusted again from {_at(known.doubted_until)}"
        return Push(PushState.DOUBTED, text, hub, known.reason, since, live.until, known.due_at)
    if known.delivered_at is None:
        text = f"push: {hub} has agreed{_since(live.verified_at)}, and brought nothing yet; {lease}"
        return Push(PushState.AGREED, text, hub, "", live.verified_at, live.until, known.due_at)
    return Push(
        PushState.PUSHED, f"pushed by {hub}{_since(since)}; {lease}", hub, "", since, live.until, known.due_at
    )


def _since(when: datetime | None) -> str:
    return f" since {_at(when)}" if when else ""


def _at(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"
