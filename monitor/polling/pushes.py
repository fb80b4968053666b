"""Push: hubs are asked, ask back, and bring news, which takes the road of any poll.

    ask      subscription | a new address (COMMIT) | to the hub      | COMMIT  when it is looked at again
    confirm  a hub's GET  | is it what we asked?                     | COMMIT  the address is live
    receive  a hub's POST | signed?                                  | COMMIT  delivery, then 202
    push     delivery     | read | what is fresh                     | COMMIT  entries, delivery gone

Nothing here decides: websub and fresh do. Killed anywhere, the work is done again: by us, or by the hub,
which then has no 202.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from monitor.errors import StoreError
from monitor.model import (
    Cause,
    Feed,
    FeedRead,
    FetchFailed,
    Fresh,
    Secret,
    Unreadable,
    WebsubSpec,
    host_of,
)
from monitor.model.hubs import Callback, CallbackState, Delivery, Offer, Standing, Subscription
from monitor.ops import log
from monitor.sources import fresh, pace, websub
from monitor.sources.callback import Letter, Receipt
from monitor.sources.decode import MB, decode
from monitor.sources.fetch import FEED, Web
from monitor.store import entries, feeds, subscriptions
from monitor.store.db import Db, Tx
from monitor.words import span
from monitor.workers import Workers

Clock = Callable[[], datetime]

A_MINUTE = 60  # deliveries to one address: a wire brings a few, a hub in a circle of retries many
UNREAD = 50  # deliveries of a feed that wait to be read ...
UNREAD_BYTES = 256 * MB  # ... and bytes of all: any feed may name any hub


# --- polls say what is offered, and find out hubs that drop things -----------------------------------------


def polled(tx: Tx, feed: Feed, offer: Offer, found: Fresh, listening: datetime, now: datetime) -> str:
    """After a poll of a feed that offers this and has these new entries.

    `listening`: since when hubs could reach us. Returns what has come to light about its hub, for people.
    """
    if log.mask(offer.topic) != offer.topic:
        offer = replace(offer, hubs=())  # a secret stands in its address: no hub is told it
    if (before := subscriptions.get(tx, feed.id)) is None:
        if offer.hubs:
            subscriptions.add(tx, Subscription(feed.id, offer, now))
        return ""
    if offer.hubs != before.offer.hubs or (offer.hubs and offer.topic != before.offer.topic):
        asked_at = subscriptions.last_asked(tx, feed.id)
        _change(tx, feed.id, lambda known: websub.offered(known, offer, asked_at, now), now)
    live = websub.live_of(subscriptions.given(tx, feed.id), now)
    since = feed.state.polled_at or now
    names = (
        [one.aliases[0] for one in found.new] if since >= listening else []
    )  # else it was for us to listen
    after = _change(tx, feed.id, lambda known: websub.polled(known, live, names, since, now), now)
    doubted = after and after.doubted_until and not before.doubted_until
    return f"{feed.name}: {after.reason}, so it is polled as often as any other" if after and doubted else ""


# --- asking ------------------------------------------------------------------------------------------------


async def ask(standing: Standing, *, web: Web, db: Db, public: str, clock: Clock) -> None:
    """Do what a subscription that is due needs."""
    now = clock()
    match websub.next_step(standing, now):
        case websub.Ask(hub):
            await _subscribe(standing, hub, web, db, public, clock)
        case websub.Leave(callbacks):
            for callback in callbacks:
                await _leave(callback, web, db, now)
            await _rest(standing, None, db, now)
            log.get().info(f"{standing.feed_name}: its hub is asked to stop")
        case websub.Rest(until):
            await _rest(standing, until, db, now)
        case other:
            assert_never(other)


async def _subscribe(standing: Standing, hub: str, web: Web, db: Db, public: str, clock: Clock) -> None:
    """The address is kept before the hub knows it: it may ask back before it has answered."""
    now, offer = clock(), standing.subscription.offer
    callback = websub.callback_for(standing.subscription.feed_id, offer, hub, public, now)

    def give(tx: Tx) -> None:
        subscriptions.give(tx, callback)
        _change(tx, callback.feed_id, lambda before: websub.asked(before, now), now)

    await db.write(give)
    got = await web.send(hub, websub.form(callback))
    if isinstance(got, FetchFailed) and await db.write(lambda tx: _refused(tx, callback, got, clock())):
        log.get().warning(f"{standing.feed_name}: no push, {host_of(hub)}: {got.reason}; it is polled")


def _refused(tx: Tx, callback: Callback, failed: FetchFailed, now: datetime) -> bool:
    """The request came to nothing, unless the hub has confirmed all the same. True: that is news.

    Where the hub may have it (no answer came in time, say), it may still confirm it.
    """
    found = subscriptions.find(tx, callback.token)
    if found is None or found.state is not CallbackState.PENDING:
        return False
    reason = f"{host_of(callback.hub)}: {failed.reason}"
    before = subscriptions.get(tx, callback.feed_id)
    if not failed.passing:
        subscriptions.end(tx, callback.token)
    _change(tx, callback.feed_id, lambda known: websub.refused(known, reason, failed.retry_after, now), now)
    return before is not None and before.reason != reason


async def _leave(callback: Callback, web: Web, db: Db, now: datetime) -> None:
    leaving = replace(callback, state=CallbackState.LEAVING, until=now + websub.DAY)
    await db.write(lambda tx: subscriptions.give(tx, leaving))
    await web.send(leaving.hub, websub.form(leaving))


async def _rest(standing: Standing, until: datetime | None, db: Db, now: datetime) -> None:
    """Unless something made it due anew meanwhile."""
    was = standing.subscription.due_at

    def rest(before: Subscription) -> Subscription:
        return replace(before, due_at=until) if before.due_at == was else before

    await db.write(lambda tx: _change(tx, standing.subscription.feed_id, rest, now), urgent=False)


def _change(
    tx: Tx, feed_id: int, how: Callable[[Subscription], Subscription], now: datetime
) -> Subscription | None:
    """A subscription as it stands now, changed, and what that means for the pace of its polls."""
    if (before := subscriptions.get(tx, feed_id)) is None:
        return None
    after = how(before)
    pushed = websub.is_trusted(after, subscriptions.given(tx, feed_id), now)
    if pushed != subscriptions.is_pushed(tx, feed_id) or after.reason != before.reason:
        after = replace(after, since=now)
    subscriptions.keep(tx, after, pushed=pushed)
    return after


# --- what hubs ask and bring -------------------------------------------------------------------------------


class Desk:
    """Answers hubs (callback.Desk). While the store fails they are asked to come again."""

    def __init__(
        self, spec: WebsubSpec, db: Db, clock: Clock, floor: Callable[[], timedelta], news: Callable[[], None]
    ) -> None:
        """`floor`: the shortest pause between two polls; `news` is called when there is something to read."""
        self._spec, self._db, self._clock, self._floor, self._news = spec, db, clock, floor, news
        self._minute, self._came = 0, Counter[Secret]()  # deliveries of this minute

    async def asked(self, token: Secret, query: Mapping[str, str]) -> str | None:
        try:
            confirmed, told = await self._db.write(lambda tx: self._confirm(tx, token, query))
        except StoreError:
            return None
        if told:
            (log.get().info if confirmed else log.get().warning)(told)
        return confirmed

    def _confirm(self, tx: Tx, token: Secret, query: Mapping[str, str]) -> tuple[str | None, str]:
        """What to give back, and what to tell people."""
        now, callback = self._clock(), subscriptions.find(tx, token)
        if callback is None:
            return None, ""
        standing = subscriptions.standing(tx, callback.feed_id)
        match websub.intent(callback, query, now):
            case websub.Confirmed(confirmed, challenge):
                subscriptions.give(tx, confirmed)
                return challenge, self._now_live(tx, standing, confirmed, now)
            case websub.Denied(reason):
                subscriptions.end(tx, token)
                _change(tx, callback.feed_id, lambda before: websub.denied(before, reason, now), now)
                return "", f"{standing.feed_name}: no push, {reason}; it is polled"
            case websub.NotAsked():
                return None, ""
            case other:
                assert_never(other)

    def _now_live(self, tx: Tx, standing: Standing, live: Callback, now: datetime) -> str:
        if live.state is not CallbackState.LIVE:
            return ""
        subscriptions.replace_others(tx, live, now + websub.OVERLAP)
        _change(tx, live.feed_id, lambda before: websub.confirmed(before, live, now), now)
        signed = "" if live.secret else "; unsigned, so each push only brings the next poll forward"
        return (
            f"{standing.feed_name}: {host_of(live.hub)} pushes its news for {span(live.until - now)}{signed}"
        )

    async def expects(self, token: Secret) -> Receipt:
        def look(tx: Tx) -> tuple[Callback | None, tuple[int, int]]:
            callback = subscriptions.find(tx, token)
            return callback, subscriptions.waiting(tx, callback.feed_id) if callback else (0, 0)

        try:
            callback, (unread, size) = await self._db.read(look)
        except StoreError:
            return Receipt.BUSY
        if callback and (unread >= UNREAD or size >= UNREAD_BYTES or self._is_flooded(token)):
            return Receipt.BUSY
        return _receipt(callback, self._clock())

    def _is_flooded(self, token: Secret) -> bool:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._came = minute, Counter()
        self._came[token] += 1
        return self._came[token] > A_MINUTE

    async def delivered(self, token: Secret, letter: Letter) -> Receipt:
        try:
            callback = await self._db.read(lambda tx: subscriptions.find(tx, token))
            return await self._take(callback, letter) if callback else Receipt.UNKNOWN
        except StoreError:
            return Receipt.BUSY

    async def _take(self, callback: Callback, letter: Letter) -> Receipt:
        now = self._clock()
        trust = partial(websub.trust, callback, letter.signature, letter.body, now, sha1=self._spec.sha1)
        match await asyncio.to_thread(trust):  # 8 MB take 15 ms to hash
            case websub.Trust.FULL:
                return await self._keep(callback, letter, now)
            case websub.Trust.HINT:
                await self._db.write(lambda tx: _hint(tx, callback.feed_id, self._floor(), now))
            case websub.Trust.NONE:
                log.get().warning("a push is ignored: not signed as agreed", topic=callback.topic)
            case websub.Trust.OVER | websub.Trust.UNKNOWN:
                return _receipt(callback, now)
            case other:
                assert_never(other)
        return Receipt.TAKEN

    async def _keep(self, callback: Callback, letter: Letter, now: datetime) -> Receipt:
        """The body is in the store before the hub hears that we have it: it will not come again."""
        body = await asyncio.to_thread(decode, letter.body, letter.coding, FEED.max_bytes)
        if isinstance(body, FetchFailed):
            return Receipt.TOO_LARGE if body.cause is Cause.TOO_LARGE else Receipt.TAKEN
        feed_id, topic, kind = callback.feed_id, callback.topic, letter.content_type
        await self._db.write(lambda tx: subscriptions.put(tx, feed_id, topic, body, kind, now))
        self._news()
        return Receipt.TAKEN


def _receipt(callback: Callback | None, now: datetime) -> Receipt:
    """Does anybody wait for a delivery there?"""
    match websub.trust(callback, "", b"", now, sha1=True) if callback else websub.Trust.UNKNOWN:
        case websub.Trust.UNKNOWN:
            return Receipt.UNKNOWN
        case websub.Trust.OVER:
            return Receipt.OVER
    return Receipt.TAKEN


# --- reading -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a delivery left behind. `lag`: from its arrival to the commit."""

    feed_name: str
    lag: timedelta
    new: int = 0
    changed: int = 0


async def push(
    delivery: Delivery, *, workers: Workers, db: Db, floor: timedelta, clock: Clock
) -> Pushed | None:
    """Delivery -> new entries, as a poll finds them. None: it could not be read, so the feed is asked.

    It is asked, too, where a part of it does not tell: without a link, an edit of an entry looks like another
    entry of the same guid, and only the whole feed shows whether both are there.
    """
    feed = await db.read(lambda tx: feeds.get(tx, delivery.feed_id))
    read = await _read(feed, delivery, workers, clock()) if feed else None
    if feed is None or not isinstance(read, FeedRead):
        await db.write(lambda tx: _unread(tx, feed, delivery, floor, clock()))
        return None
    names = fresh.all_aliases(read)
    known = await db.read(lambda tx: entries.known(tx, feed.id, names))
    compared = await asyncio.to_thread(fresh.compare, read, feed.id, known)
    found = replace(compared, changed=tuple(one for one in compared.changed if one.entry.link))
    now = clock()

    def keep(tx: Tx) -> int:
        subscriptions.done(tx, delivery)
        if not read.complete or found != compared:
            feeds.hurry(tx, feed.id, floor, now)
        _change(tx, feed.id, lambda before: websub.heard(before, names, now), now)
        as_it_stands = feeds.get(tx, feed.id) or feed  # it may have been polled meanwhile
        feeds.keep_state(tx, as_it_stands, pace.after_push(as_it_stands.state, found, now))
        return feeds.keep_push(tx, feed, found, now)

    came = await db.write(keep)
    return Pushed(feed.name, clock() - delivery.at, came, len(found.changed))


async def _read(feed: Feed, delivery: Delivery, workers: Workers, now: datetime) -> FeedRead | Unreadable:
    """What comes before the first look is left to that: it says what a feed carried, and is told as one."""
    if not feed.state.looked:
        return Unreadable("the feed was never read")
    return await workers.read_feed(delivery.body, delivery.topic, delivery.content_type, now)


def _unread(tx: Tx, feed: Feed | None, delivery: Delivery, floor: timedelta, now: datetime) -> None:
    subscriptions.done(tx, delivery)
    if feed:
        _hint(tx, feed.id, floor, now)


def _hint(tx: Tx, feed_id: int, floor: timedelta, now: datetime) -> None:
    """There is news, and nothing that could be believed: the feed says what it is."""
    feeds.hurry(tx, feed_id, floor, now)
    _change(tx, feed_id, lambda before: websub.hinted(before, now), now)
