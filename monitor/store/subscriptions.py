"""Push: how feeds stand with their hubs, which addresses hubs were given, what they brought unread."""

from collections.abc import Collection, Hashable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, func, insert, select, true, update

from monitor.model import Secret, host_of
from monitor.model.hubs import Callback, CallbackState, Delivery, Offer, Standing, Subscription
from monitor.store import vitals
from monitor.store.columns import EPOCH, MILLISECOND, Moment
from monitor.store.schema import callbacks, deliveries, feeds, insert_into, subscriptions

# A hub answers one request at a time: more of its feeds at once would fill the room that other hubs need.
HUB_SHARE = 4

# --- how feeds stand --------------------------------------------------------------------------------------


def add(tx: Connection, subscription: Subscription) -> None:
    """Of a feed that had none."""
    tx.execute(insert(subscriptions).values(_columns_of(subscription)))


def get(tx: Connection, feed_id: int) -> Subscription | None:
    """None: the feed never named a hub."""
    row = tx.execute(select(subscriptions).where(subscriptions.c.feed_id == feed_id)).first()
    return None if row is None else _subscription(row)


def keep(tx: Connection, subscription: Subscription, *, pushed: bool) -> None:
    """`pushed`: a hub brings its news, so that its polls go easy."""
    this = subscriptions.c.feed_id == subscription.feed_id
    tx.execute(update(subscriptions).where(this).values(_columns_of(subscription)))
    tx.execute(update(feeds).where(feeds.c.id == subscription.feed_id).values(pushed=pushed))


def is_pushed(tx: Connection, feed_id: int) -> bool:
    """Does a hub bring a feed's news, as far as was known last?"""
    return bool(tx.scalar(select(feeds.c.pushed).where(feeds.c.id == feed_id)))


def due(tx: Connection, now: datetime, limit: int, busy: Collection[Hashable] = ()) -> tuple[Standing, ...]:
    """Subscriptions whose time has come, of each hub's host a few; `busy` feeds are in work already."""
    turn = func.row_number().over(
        partition_by=subscriptions.c.host,
        order_by=(case((subscriptions.c.feed_id.in_(busy), 0), else_=1), subscriptions.c.due_at),
    )
    asked = (subscriptions.c.due_at <= now) | subscriptions.c.feed_id.in_(busy)
    ripe = select(subscriptions.c.feed_id, turn.label("turn")).where(asked).subquery()
    found = select(ripe.c.feed_id).where(ripe.c.turn <= HUB_SHARE, ripe.c.feed_id.not_in(busy))
    return tuple(standing(tx, feed_id) for feed_id in tx.scalars(found.limit(limit)).all())


def doubted(tx: Connection, now: datetime) -> tuple[tuple[int, str], ...]:
    """Feeds whose hub left out too many entries: (feed id, what it did), of feeds that are watched."""
    asked = select(subscriptions.c.feed_id, subscriptions.c.reason).join(
        feeds, feeds.c.id == subscriptions.c.feed_id
    )
    rows = tx.execute(asked.where(feeds.c.active, subscriptions.c.doubted_until > now))
    return tuple((row.feed_id, row.reason) for row in rows)


def standing(tx: Connection, feed_id: int) -> Standing:
    """Of a feed that has a subscription."""
    row = tx.execute(_STANDING.where(subscriptions.c.feed_id == feed_id)).one()
    return _standing(row, given(tx, feed_id))


def standings(tx: Connection) -> dict[int, Standing]:
    """Of every watched feed that ever named a hub, by its number."""
    rows = select(callbacks).where(callbacks.c.state != CallbackState.ENDED).order_by(callbacks.c.asked_at)
    open_ones: dict[int, list[Callback]] = {}
    for row in tx.execute(rows):
        open_ones.setdefault(row.feed_id, []).append(_callback(row))
    watched = tx.execute(_STANDING.where(feeds.c.active))
    return {row.feed_id: _standing(row, tuple(open_ones.get(row.feed_id, ()))) for row in watched}


_STANDING = select(
    subscriptions, feeds.c.active, feeds.c.name, feeds.c.title, feeds.c.host.label("own_host")
).join(feeds)


def _standing(row: Row[Any], callbacks: tuple[Callback, ...]) -> Standing:
    return Standing(
        subscription=_subscription(row),
        feed_name=row.name or row.title or row.own_host,
        wanted=row.active,
        callbacks=callbacks,
    )


def _columns_of(subscription: Subscription) -> dict[str, Any]:
    hubs = subscription.offer.hubs
    return {
        "feed_id": subscription.feed_id,
        "topic": subscription.offer.topic,
        "hubs": hubs,
        "host": host_of(hubs[0]) if hubs else "",
        "due_at": subscription.due_at,
        "tries": subscription.tries,
        "reason": subscription.reason,
        "delivered_at": subscription.delivered_at,
        "unheard": [[name, (at - EPOCH) // MILLISECOND] for name, at in subscription.unheard],
        "missed": subscription.missed,
        "doubted_until": subscription.doubted_until,
        "since": subscription.since,
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        feed_id=row.feed_id,
        offer=Offer(row.topic, tuple(row.hubs)),
        due_at=row.due_at,
        tries=row.tries,
        reason=row.reason,
        delivered_at=row.delivered_at,
        unheard=tuple((name, EPOCH + ms * MILLISECOND) for name, ms in row.unheard),
        missed=row.missed,
        doubted_until=row.doubted_until,
        since=row.since,
    )


# --- addresses given to hubs ------------------------------------------------------------------------------


def give(tx: Connection, callback: Callback) -> None:
    """Remember an address before any hub is told of it; the same again is as it is now."""
    row = {
        "feed_id": callback.feed_id,
        "address": callback.address.value,
        "topic": callback.topic,
        "hub": callback.hub,
        "secret": callback.secret.value,
        "state": callback.state,
        "asked_at": callback.asked_at,
        "until": callback.until,
        "verified_at": callback.verified_at,
    }
    new = insert_into(tx, callbacks).values(token=callback.token.value, **row)
    tx.execute(new.on_conflict_do_update(index_elements=["token"], set_=row))


def find(tx: Connection, token: Secret) -> Callback | None:
    """None: no such address was given to anybody, or long ago."""
    row = tx.execute(select(callbacks).where(callbacks.c.token == token.value)).first()
    return None if row is None else _callback(row)


def given(tx: Connection, feed_id: int) -> tuple[Callback, ...]:
    """The addresses of a feed that have not ended, the newest last."""
    rows = select(callbacks).where(callbacks.c.feed_id == feed_id, callbacks.c.state != CallbackState.ENDED)
    return tuple(map(_callback, tx.execute(rows.order_by(callbacks.c.asked_at))))


def last_asked(tx: Connection, feed_id: int) -> datetime | None:
    """When a hub was asked last for a feed; None: never, or long ago."""
    asked: datetime | None = tx.scalar(
        select(func.max(callbacks.c.asked_at, type_=Moment)).where(callbacks.c.feed_id == feed_id)
    )
    return asked


def replace_others(tx: Connection, live: Callback, until: datetime) -> None:
    """A new address is confirmed: the older ones of its feed are good until then at the longest."""
    others = and_(callbacks.c.feed_id == live.feed_id, callbacks.c.token != live.token.value)
    older = and_(others, callbacks.c.state == CallbackState.LIVE, callbacks.c.until > until)
    tx.execute(update(callbacks).where(older).values(until=until))


def end(tx: Connection, token: Secret) -> None:
    tx.execute(update(callbacks).where(callbacks.c.token == token.value).values(state=CallbackState.ENDED))


def _callback(row: Row[Any]) -> Callback:
    return Callback(
        feed_id=row.feed_id,
        address=Secret(row.address),
        topic=row.topic,
        hub=row.hub,
        secret=Secret(row.secret),
        state=row.state,
        asked_at=row.asked_at,
        until=row.until,
        verified_at=row.verified_at,
    )


# --- starts, reloads, once a day --------------------------------------------------------------------------


def take_up(tx: Connection, public: str, now: datetime) -> None:
    """After a start or a reload. Feeds that config.yaml dropped or took back are due, and those whose address
    leads elsewhere. `public` is where our addresses begin; empty: there is no push, so feeds are only polled.
    """
    lost = ~callbacks.c.address.startswith(public, autoescape=True) if public else true()
    tx.execute(update(callbacks).where(lost).values(state=CallbackState.ENDED))
    delivered_to = select(callbacks.c.feed_id).where(callbacks.c.state.in_(_OPEN))
    watched = select(feeds.c.id).where(feeds.c.active)
    alone = subscriptions.c.feed_id.in_(watched) & subscriptions.c.feed_id.not_in(delivered_to)
    unwanted = subscriptions.c.feed_id.not_in(watched) & subscriptions.c.feed_id.in_(delivered_to)
    alone &= subscriptions.c.due_at.is_(None) | (subscriptions.c.tries == 0)
    if public:
        tx.execute(update(subscriptions).where(alone | unwanted).values(due_at=now))
    tx.execute(update(feeds).where(feeds.c.pushed, feeds.c.id.not_in(delivered_to)).values(pushed=False))
    vitals.beat(tx, PUBLIC, public, now)


def is_on(tx: Connection) -> bool:
    """Could hubs reach the daemon that ran last?"""
    found = vitals.vital(tx, PUBLIC)
    return bool(found and found[0])


PUBLIC = "websub.public"  # of the vital
_OPEN = (CallbackState.PENDING, CallbackState.LIVE)


def forget(tx: Connection, before: datetime, now: datetime) -> None:
    """Addresses whose time was over before then, and those nobody confirmed: who asks there is unknown."""
    unconfirmed = (callbacks.c.state == CallbackState.PENDING) & (callbacks.c.until < now)
    tx.execute(delete(callbacks).where((callbacks.c.until < before) | unconfirmed))


# --- what hubs brought ------------------------------------------------------------------------------------


def put(tx: Connection, feed_id: int, topic: str, body: bytes, content_type: str, now: datetime) -> None:
    row = {"feed_id": feed_id, "topic": topic, "body": body, "content_type": content_type, "at": now}
    tx.execute(insert(deliveries).values(row))


def waiting(tx: Connection, feed_id: int) -> tuple[int, int]:
    """How many deliveries of a feed nobody has read yet, and how many bytes all that wait have."""
    own = select(func.count()).where(deliveries.c.feed_id == feed_id)
    return tx.scalar(own) or 0, tx.scalar(select(func.sum(func.length(deliveries.c.body)))) or 0


def undone(tx: Connection, limit: int, busy: Collection[Hashable] = ()) -> tuple[Delivery, ...]:
    """The first of each feed: they are read in the order in which they came."""
    first = select(func.min(deliveries.c.id)).where(deliveries.c.feed_id.not_in(busy))
    rows = select(deliveries).where(deliveries.c.id.in_(first.group_by(deliveries.c.feed_id)))
    return tuple(map(_delivery, tx.execute(rows.order_by(deliveries.c.id).limit(limit))))


def done(tx: Connection, delivery: Delivery) -> None:
    tx.execute(delete(deliveries).where(deliveries.c.id == delivery.id))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.id, row.feed_id, row.topic, row.body, row.content_type, row.at)
