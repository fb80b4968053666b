"""The nouns of push (W3C WebSub): what a feed offers, what a hub was asked, what it brings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model import Secret


@dataclass(frozen=True, slots=True)
class Offer:
    """What a feed names for push: its topic, and hubs that tell of it, the best first; none: no push."""

    topic: str
    hubs: tuple[str, ...] = ()


class CallbackState(StrEnum):
    PENDING = "pending"  # the hub is asked to deliver here, and has not confirmed
    LIVE = "live"  # it has: it may deliver until the lease ends
    LEAVING = "leaving"  # it is asked to stop, and has not confirmed
    ENDED = "ended"  # whoever still delivers here is told that it is over


@dataclass(frozen=True, slots=True)
class Callback:
    """An address of ours, given to one hub for one request: who knows it may speak for that hub.

    It ends with a token nobody can guess. `secret` empty: the hub was asked over plain http, where it could
    be read; so it signs nothing, and what comes is not believed.
    """

    feed_id: int
    address: Secret
    topic: str
    hub: str
    secret: Secret
    state: CallbackState
    asked_at: datetime
    until: datetime  # the end of its lease; while pending or leaving, how long a confirmation is waited for
    verified_at: datetime | None = None

    @property
    def token(self) -> Secret:
        return Secret(self.address.value.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Subscription:
    """How a feed stands with its hubs."""

    feed_id: int
    offer: Offer
    due_at: datetime | None = None  # when to look at it next; None: there is nothing to do
    tries: int = 0  # requests in a row that no hub confirmed
    reason: str = ""  # why no hub delivers, for people; empty: one does, or is asked
    delivered_at: datetime | None = None  # the last time a hub brought something we believed
    unheard: tuple[tuple[str, datetime], ...] = ()  # entries polls found first: a hub may bring them yet
    missed: int = 0  # entries no hub brought, since it was last trusted
    doubted_until: datetime | None = None  # it missed too many: until then polls keep their pace
    since: datetime | None = None  # when a hub began to bring its news or ceased to, or the reason changed


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription with all that a decision on it needs."""

    subscription: Subscription
    feed_name: str
    wanted: bool  # config.yaml names the feed
    callbacks: tuple[Callback, ...] = ()  # that have not ended, the newest last


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body that a hub brought for a feed, believed and kept, but not read yet."""

    id: int
    feed_id: int
    topic: str
    body: bytes
    content_type: str
    at: datetime
