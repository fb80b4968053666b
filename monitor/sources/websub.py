"""Push, decided: what a feed offers, whom to ask and when, what of a hub is believed (W3C WebSub, 2018).

    answer of a feed | offer | a hub is asked | it confirms or denies | it delivers | at half the lease again
                               └─ every request gives away an address of its own

A push never replaces a poll: polls go on, less often, and find out hubs that drop things.
"""

import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model import Fetched, Secret, host_of
from monitor.model.hubs import Callback, CallbackState, Offer, Standing, Subscription
from monitor.sources import guard, links
from monitor.sources.address import web_address
from monitor.sources.plain import clamp, plain

DAY = timedelta(days=1)
LEASE = timedelta(days=10)  # what we ask for: "a good default" (WebSub 8.2)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=30)  # of a silly one; none is for ever
# How long a hub has to confirm before it is asked again: many that feeds name have been gone for years.
WAITS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), DAY, 3 * DAY, 7 * DAY)
DENIED = timedelta(days=7)  # before a hub that said no is asked again
OVERLAP = timedelta(hours=1)  # an address that was replaced is good for so long: a delivery may be on its way
LATE = timedelta(hours=1)  # a delivery after the lease is taken for so long: clocks differ
GRACE = timedelta(minutes=15)  # a hub may come so much later than a poll
DROPS = 3  # entries that never came in half a lease: the hub is doubted ...
DOUBT = timedelta(days=7)  # ... for so long
MOST_HUBS = 4
MOST_UNHEARD = 100
LONGEST_ADDRESS = 2000  # characters
LONGEST_CHALLENGE = 1000  # characters; hubs send 20 to 40
TOKEN = "push-"  # a log knows the secret by it
LOOPBACK = ("127.0.0.0/8", "::1/128")


# --- what a feed offers ------------------------------------------------------------------------------------


def offer_of(fetched: Fetched) -> Offer:
    """Topic and hubs: Link headers first, then the document (WebSub 4), then the feed's own address."""
    sent = _by_relation(links.in_headers(fetched.links), fetched.url)
    written = _by_relation(links.in_document(fetched.body), fetched.url)
    own = sent["self"] or written["self"] or [fetched.url]
    return Offer(own[0], _best_first(sent["hub"] or written["hub"]))


def _by_relation(named: Iterable[links.Link], base: str) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for relation, written in named:
        if 0 < len(address := web_address(written, base)) <= LONGEST_ADDRESS:
            found[relation].append(address)
    return found


def _best_first(hubs: Iterable[str]) -> tuple[str, ...]:
    """Those over https, then the others over https after all (WebSub 8.2), then those as they are."""
    named = list(dict.fromkeys(hubs))[:MOST_HUBS]
    bare = [hub for hub in named if hub.lower().startswith("http:")]
    moved = ["https" + hub[4:] for hub in bare if not _PORT.search(host_of(hub))]
    return tuple(dict.fromkeys([*(hub for hub in named if hub not in bare), *moved, *bare]))


_PORT = re.compile(r":\d*$")


# --- whom to ask, and when ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this hub to deliver."""

    hub: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Nobody wants the feed any more: tell the hubs. One that does not hear it is told with 410."""

    callbacks: tuple[Callback, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """All is as it should be until then; None: for good."""

    until: datetime | None


def next_step(standing: Standing, now: datetime) -> Ask | Leave | Rest:
    """What a subscription that is due needs. A lease is renewed at its half, and looked at once a day."""
    offer, live = standing.subscription.offer, live_of(standing.callbacks, now)
    if not standing.wanted:
        given = tuple(one for one in standing.callbacks if one.state is CallbackState.LIVE)
        return Leave(given) if given else Rest(None)
    if not offer.hubs:
        return Rest(live.until if live else None)
    if live and live.topic == offer.topic and now < (half := _half(live)):
        return Rest(min(half, now + DAY))
    return Ask(offer.hubs[standing.subscription.tries % len(offer.hubs)])


def live_of(callbacks: Iterable[Callback], now: datetime) -> Callback | None:
    """The newest address a hub delivers to, if there is one."""
    return next((one for one in reversed(tuple(callbacks)) if _is_live(one, now)), None)


def _is_live(callback: Callback, now: datetime) -> bool:
    return callback.state is CallbackState.LIVE and now < callback.until


def _half(callback: Callback) -> datetime:
    """When it is renewed: a lease of a minute is left to end, rather than asked for twice a minute."""
    since = callback.verified_at or callback.asked_at
    return since + max(WAITS[0], (callback.until - since) / 2)


def offered(
    subscription: Subscription, offer: Offer, asked_at: datetime | None, now: datetime
) -> Subscription:
    """The feed names another topic, or other hubs. Some do in every answer, so once a day is enough."""
    due_at = max(now, asked_at + DAY) if asked_at else now
    return replace(subscription, offer=offer, due_at=due_at, tries=0 if due_at == now else subscription.tries)


def callback_for(feed_id: int, offer: Offer, hub: str, public: str, now: datetime) -> Callback:
    """A new address nobody can guess, with a secret where nobody can read it on the way."""
    return Callback(
        feed_id=feed_id,
        address=Secret(public + new_token()),
        topic=offer.topic,
        hub=hub,
        secret=Secret(secrets.token_urlsafe(32) if _is_private(hub) else ""),
        state=CallbackState.PENDING,
        asked_at=now,
        until=now + DAY,
    )


def new_token() -> str:
    return TOKEN + secrets.token_urlsafe(32)


def _is_private(hub: str) -> bool:
    """What is sent there cannot be read on the way: it goes over https, or does not leave this machine."""
    return hub.lower().startswith("https:") or guard.may_hurry(host_of(hub), LOOPBACK)


def form(callback: Callback) -> Mapping[str, str]:
    """What a hub is sent (WebSub 5.1): to deliver here, or to stop."""
    leaving = callback.state is CallbackState.LEAVING
    asked = {
        "hub.mode": "unsubscribe" if leaving else "subscribe",
        "hub.topic": callback.topic,
        "hub.callback": callback.address.value,
    }
    if not leaving:
        asked["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
    if callback.secret and not leaving:
        asked["hub.secret"] = callback.secret.value
    return asked


def asked(subscription: Subscription, now: datetime) -> Subscription:
    """A request is on its way: so long has the hub to confirm it."""
    rounds = subscription.tries // max(1, len(subscription.offer.hubs))
    wait = WAITS[min(rounds, len(WAITS) - 1)]
    return replace(subscription, tries=subscription.tries + 1, due_at=now + wait)


def refused(subscription: Subscription, reason: str, wish: timedelta | None, now: datetime) -> Subscription:
    """The request came to nothing. `wish`: how long the hub wants to be left alone."""
    due_at = max(subscription.due_at or now, now + (wish or timedelta(0)))
    return replace(subscription, reason=reason, due_at=due_at)


# --- what a hub asks back ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confirmed:
    """We did ask for that: the hub gets its challenge back."""

    callback: Callback  # as it is from now on
    challenge: str


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str  # for people


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Nobody here asked for that."""


def intent(callback: Callback, asked: Mapping[str, str], now: datetime) -> Confirmed | Denied | NotAsked:
    """What a hub's GET means (WebSub 5.2, 5.3). `asked` is its query."""
    mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
    if asked.get("hub.topic") != callback.topic:
        return NotAsked()
    if mode == "denied" and callback.state in (CallbackState.PENDING, CallbackState.LIVE):
        said = clamp(plain(asked.get("hub.reason", "")), 200)
        return Denied(f"denied by {host_of(callback.hub)}" + (f": {said}" if said else ""))
    if not 0 < len(challenge) <= LONGEST_CHALLENGE or not challenge.isprintable():
        return NotAsked()
    if mode == "subscribe" and callback.state in (CallbackState.PENDING, CallbackState.LIVE):
        until = now + _lease(asked.get("hub.lease_seconds", ""))
        live = replace(callback, state=CallbackState.LIVE, until=until, verified_at=now)
        return Confirmed(live, challenge)
    if mode == "unsubscribe" and callback.state is CallbackState.LEAVING:
        return Confirmed(replace(callback, state=CallbackState.ENDED), challenge)
    return NotAsked()


def _lease(seconds: str) -> timedelta:
    """What the hub grants; a day where it does not say, and never more than a month."""
    if not re.fullmatch(r"\d{1,18}", seconds, re.ASCII):
        return DAY
    return max(SHORTEST_LEASE, min(timedelta(seconds=min(int(seconds), 10**9)), LONGEST_LEASE))


def confirmed(subscription: Subscription, live: Callback, now: datetime) -> Subscription:
    due_at = min(_half(live), now + DAY)
    return replace(subscription, tries=0, reason="", missed=0, due_at=due_at)


def denied(subscription: Subscription, reason: str, now: datetime) -> Subscription:
    return replace(subscription, tries=subscription.tries + 1, reason=reason, due_at=now + DENIED)


# --- what a hub delivers -----------------------------------------------------------------------------------


class Trust(StrEnum):
    FULL = "full"  # signed by whom we told the secret
    HINT = "hint"  # there is no secret: it may be anybody's, so the feed itself is asked
    NONE = "none"  # not signed as it should be: as if it had not come
    OVER = "over"  # the lease has ended
    UNKNOWN = "unknown"  # nobody was asked to deliver here


def trust(callback: Callback, signature: str, body: bytes, now: datetime, *, sha1: bool) -> Trust:
    """How far a delivery is believed. `signature` is its X-Hub-Signature (WebSub 7.1); empty: none."""
    match callback.state:
        case CallbackState.PENDING:
            return Trust.UNKNOWN
        case CallbackState.LIVE if now < callback.until + LATE:
            pass
        case _:
            return Trust.OVER
    if not callback.secret:
        return Trust.HINT
    return Trust.FULL if _is_signed(callback.secret, signature, body, sha1) else Trust.NONE


_SIGNATURE = re.compile(r"(sha(?:1|256|384|512))=([0-9a-f]{40,128})", re.ASCII)


def _is_signed(secret: Secret, signature: str, body: bytes, sha1: bool) -> bool:
    found = _SIGNATURE.fullmatch(signature.strip().lower())
    if found is None or (found[1] == "sha1" and not sha1):
        return False
    return hmac.compare_digest(hmac.new(secret.value.encode(), body, found[1]).hexdigest(), found[2])


# --- does it deliver? --------------------------------------------------------------------------------------


def is_trusted(subscription: Subscription, callbacks: Iterable[Callback], now: datetime) -> bool:
    """Does a hub bring this feed's news, so that polls may go easy?"""
    doubted = subscription.doubted_until is not None and now < subscription.doubted_until
    return live_of(callbacks, now) is not None and subscription.delivered_at is not None and not doubted


def heard(subscription: Subscription, names: Collection[str], now: datetime) -> Subscription:
    """After a delivery of entries that go by these names."""
    known = frozenset(names)
    left = tuple(one for one in subscription.unheard if one[0] not in known)
    return replace(_settled(replace(subscription, unheard=left), now), delivered_at=now)


def hinted(subscription: Subscription, now: datetime) -> Subscription:
    """After a delivery that is not believed: it says that there is something, not what."""
    return replace(_settled(replace(subscription, unheard=()), now), delivered_at=now)


def polled(
    subscription: Subscription, live: Callback | None, found: Iterable[str], since: datetime, now: datetime
) -> Subscription:
    """After a poll that was the first to find the entries of these names, all published after `since`.

    A hub is answerable only for what came after it had confirmed, and gets GRACE to bring it yet.
    """
    settled = _settled(subscription, now)
    if live is None or live.verified_at is None or since < live.verified_at:
        return settled
    if not live.secret and settled.delivered_at and settled.delivered_at >= since:
        return settled  # a hint brought this poll about
    unheard = (*settled.unheard, *((name, now) for name in found))
    return replace(settled, unheard=unheard[-MOST_UNHEARD:])


def _settled(subscription: Subscription, now: datetime) -> Subscription:
    """Entries that waited too long count as missed; too many of them, and the hub is doubted for a while."""
    if subscription.doubted_until and now >= subscription.doubted_until:
        subscription = replace(subscription, doubted_until=None, reason="", missed=0, unheard=())
    waiting = tuple(one for one in subscription.unheard if now - one[1] < GRACE)
    missed = subscription.missed + len(subscription.unheard) - len(waiting)
    settled = replace(subscription, unheard=waiting, missed=missed)
    if settled.doubted_until or missed < DROPS:
        return settled
    return replace(settled, doubted_until=now + DOUBT, reason=f"its hub left out {missed} entries")
