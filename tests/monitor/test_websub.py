"""Push, decided: offers, requests, leases, intents, signatures, trust; numbered as on websub.rocks."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import (
    Entry,
    Feed,
    FeedSpec,
    FeedState,
    Fetched,
    Fresh,
    NewEntry,
    Secret,
    Unchanged,
    Validators,
    WebsubSpec,
)
from monitor.model.hubs import Callback, CallbackState, Offer, Standing, Subscription
from monitor.ops import log
from monitor.sources import pace, rhythm, websub
from tests.monitor.configs import LEAST, load, problems

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://news.example/feed"
HUB = "https://hub.example/"
OFFER = Offer(URL, (HUB,))
PUBLIC = "https://wire.example/push/"
SUBSCRIPTION = Subscription(7, OFFER, NOON)


def given(state: CallbackState = CallbackState.LIVE, **changes: object) -> Callback:
    """An address that was confirmed at noon, for ten days."""
    made = websub.callback_for(7, OFFER, HUB, PUBLIC, NOON)
    live = replace(made, state=state, until=NOON + 10 * DAY, verified_at=NOON)
    return replace(live, **changes)  # type: ignore[arg-type]


def standing(*callbacks: Callback, wanted: bool = True, **changes: object) -> Standing:
    return Standing(replace(SUBSCRIPTION, **changes), "News", wanted, callbacks)  # type: ignore[arg-type]


# --- offers ------------------------------------------------------------------------------------------------


def linked(hub: str = "", own: str = "") -> str:
    named = [f'<link rel="{rel}" href="{to}"/>' for rel, to in (("hub", hub), ("self", own)) if to]
    return "".join(named)


OFFERS = [
    ("100 HTTP headers", Fetched(URL, b"", links=(f'<{HUB}>; rel="hub"', f'<{URL}>; rel="self"')), OFFER),
    ("101 HTML", Fetched(URL, f"<html><head>{linked(HUB, URL)}</head></html>".encode()), OFFER),
    ("102 Atom", Fetched(URL, f"<feed>{linked(HUB, URL)}<entry/></feed>".encode()), OFFER),
    (
        "103 RSS",
        Fetched(URL, f"<rss><channel>{linked(HUB, URL).replace('<', '<atom:')}</channel></rss>".encode()),
        OFFER,
    ),
    (
        "104 headers before the document",
        Fetched(
            URL,
            f"<feed>{linked('https://wrong.example/', 'https://wrong.example/f')}</feed>".encode(),
            links=(f"<{HUB}>; rel=hub, <{URL}>; rel=self",),
        ),
        OFFER,
    ),
    (
        "200 another rel=self",
        Fetched(URL, f"<feed>{linked(HUB, URL + '?self=other')}</feed>".encode()),
        Offer(URL + "?self=other", (HUB,)),
    ),
    ("no rel=self: where it came from", Fetched(URL, f"<feed>{linked(HUB)}</feed>".encode()), OFFER),
    ("addresses may be relative", Fetched(URL, b"", links=("</hub>; rel=hub, <feed>; rel=self",)), Offer(
        URL, ("https://news.example/hub",))),
    ("no hub", Fetched(URL, f"<feed>{linked('', URL)}</feed>".encode()), Offer(URL)),
    ("no web address", Fetched(URL, f"<feed>{linked('file:///a', 'x:y')}</feed>".encode()), Offer(URL)),
    ("an endless one", Fetched(URL, f"<feed>{linked(HUB + 'x' * 3000)}</feed>".encode()), Offer(URL)),
    (
        "https is preferred, and tried where it is not named",
        Fetched(URL, b"", links=("<http://a.example/>; rel=hub, <https://b.example/>; rel=hub",)),
        Offer(URL, ("https://b.example/", "https://a.example/", "http://a.example/")),
    ),
    (
        "with a port of its own it is not",
        Fetched(URL, b"", links=("<http://a.example:8080/>; rel=hub",)),
        Offer(URL, ("http://a.example:8080/",)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fetched", "offer"), [row[1:] for row in OFFERS], ids=[row[0] for row in OFFERS])
def test_what_an_answer_offers(fetched: Fetched, offer: Offer) -> None:
    assert websub.offer_of(fetched) == offer


def test_a_feed_with_very_many_hubs_is_asked_at_a_few() -> None:
    named = ", ".join(f"<https://{number}.example/>; rel=hub" for number in range(1000))
    assert len(websub.offer_of(Fetched(URL, b"", links=(named,))).hubs) == websub.MOST_HUBS


# --- requests ----------------------------------------------------------------------------------------------


def test_every_request_has_an_address_nobody_can_guess() -> None:
    made = [websub.callback_for(7, OFFER, HUB, PUBLIC, NOON) for _ in range(1000)]
    assert len({one.token.value for one in made}) == len({one.secret.value for one in made}) == 1000
    assert all(one.address.value.startswith(PUBLIC) and len(one.token.value) >= 43 for one in made)


@pytest.mark.parametrize(
    ("hub", "secret"),
    [
        (HUB, True),
        ("HTTPS://hub.example/", True),
        ("http://hub.example/", False),
        ("http://127.0.0.1.example/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost/", False),  # a name may mean any machine
        ("http://127.0.0.1:9/hub", True),
        ("http://[::1]/hub", True),
    ],
)
def test_a_secret_travels_only_where_nobody_can_read_it(hub: str, secret: bool) -> None:
    form = websub.form(websub.callback_for(7, OFFER, hub, PUBLIC, NOON))
    assert ("hub.secret" in form) == secret
    assert len(form.get("hub.secret", "").encode()) < 200


def test_a_hub_is_sent_what_the_recommendation_asks_for() -> None:
    callback = websub.callback_for(7, OFFER, HUB, PUBLIC, NOON)
    assert websub.form(callback) == {
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.callback": callback.address.value,
        "hub.lease_seconds": "864000",
        "hub.secret": callback.secret.value,
    }
    leaving = replace(callback, state=CallbackState.LEAVING)
    assert websub.form(leaving) == {
        "hub.mode": "unsubscribe",
        "hub.topic": URL,
        "hub.callback": callback.address.value,
    }


def test_no_secret_and_no_address_shows_itself() -> None:
    callback = given()
    assert callback.secret.value not in repr(callback) and callback.token.value not in repr(callback)
    assert callback.token.value not in log.mask(f"GET {callback.address.value}?hub.mode=subscribe failed")
    assert callback.token.value not in log.mask(f"/push/{callback.token.value}")


# --- when --------------------------------------------------------------------------------------------------


def test_a_feed_without_a_lease_is_subscribed() -> None:
    assert websub.next_step(standing(), NOON) == websub.Ask(HUB)


def test_a_lease_is_looked_at_daily_and_renewed_at_its_half() -> None:
    live = given()
    assert websub.next_step(standing(live), NOON) == websub.Rest(NOON + DAY)
    assert websub.next_step(standing(live), NOON + 4.5 * DAY) == websub.Rest(NOON + 5 * DAY)
    assert websub.next_step(standing(live), NOON + 5 * DAY) == websub.Ask(HUB)


def test_a_lease_that_is_too_short_does_not_make_us_ask_all_the_time() -> None:
    short = given(until=NOON + MINUTE)
    assert websub.confirmed(SUBSCRIPTION, short, NOON).due_at == NOON + 10 * MINUTE
    assert websub.next_step(standing(short), NOON + 10 * MINUTE) == websub.Ask(HUB)


def test_f70_a_lease_that_ended_while_we_were_down_is_asked_for_again() -> None:
    late = NOON + 11 * DAY
    assert not websub.is_trusted(replace(SUBSCRIPTION, delivered_at=NOON), [given()], late)
    assert websub.next_step(standing(given()), late) == websub.Ask(HUB)


def test_f70_a_hub_that_denies_leaves_the_feed_to_polls_and_is_asked_rarely() -> None:
    callback = given(CallbackState.PENDING)
    asked = {"hub.mode": "denied", "hub.topic": URL, "hub.reason": "not\x07 for <you>"}
    found = websub.intent(callback, asked, NOON)
    assert found == websub.Denied("denied by hub.example: not for <you>")
    after = websub.denied(SUBSCRIPTION, found.reason, NOON)
    assert (after.due_at, after.reason) == (NOON + websub.DENIED, found.reason)
    assert not websub.is_trusted(replace(after, delivered_at=NOON), [], NOON)


def test_a_hub_that_is_silent_is_asked_less_and_less() -> None:
    asked, now, waits = SUBSCRIPTION, NOON, []
    for _ in range(8):
        asked = websub.asked(asked, now)
        assert asked.due_at
        waits.append(asked.due_at - now)
        now = asked.due_at
    assert waits == [10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 7 * DAY, 7 * DAY]


def test_of_several_hubs_each_is_tried_before_the_first_is_again() -> None:
    several = replace(SUBSCRIPTION, offer=Offer(URL, ("https://a.example/", "https://b.example/")))
    steps = [websub.next_step(Standing(replace(several, tries=n), "News", True), NOON) for n in range(3)]
    assert steps == [websub.Ask(f"https://{letter}.example/") for letter in "aba"]


def test_a_hub_that_asks_for_patience_gets_it() -> None:
    asked = websub.asked(SUBSCRIPTION, NOON)
    assert websub.refused(asked, "hub.example: 503", 2 * HOUR, NOON).due_at == NOON + 2 * HOUR
    assert websub.refused(asked, "hub.example: 503", None, NOON).due_at == NOON + 10 * MINUTE


def test_a_feed_that_moved_its_topic_is_subscribed_there() -> None:
    moved = standing(given(), offer=Offer(URL + "2", (HUB,)))
    assert websub.next_step(moved, NOON) == websub.Ask(HUB)


def test_a_feed_that_names_another_topic_in_every_answer_is_asked_for_once_a_day() -> None:
    first = websub.offered(SUBSCRIPTION, Offer(URL + "?t=1", (HUB,)), None, NOON)
    assert (first.due_at, first.tries) == (NOON, 0)
    again = websub.offered(replace(first, tries=1), Offer(URL + "?t=2", (HUB,)), NOON, NOON + HOUR)
    assert (again.due_at, again.tries, again.offer.topic) == (NOON + DAY, 1, URL + "?t=2")
    late = websub.offered(again, Offer(URL + "?t=3", (HUB,)), NOON, NOON + 2 * DAY)
    assert (late.due_at, late.tries) == (NOON + 2 * DAY, 0)


def test_a_feed_that_no_longer_names_a_hub_keeps_its_lease_and_does_not_renew_it() -> None:
    assert websub.next_step(standing(given(), offer=Offer(URL)), NOON) == websub.Rest(NOON + 10 * DAY)
    assert websub.next_step(standing(offer=Offer(URL)), NOON) == websub.Rest(None)


def test_a_feed_that_left_the_config_is_unsubscribed_once() -> None:
    live = given()
    assert websub.next_step(standing(live, wanted=False), NOON) == websub.Leave((live,))
    leaving = replace(live, state=CallbackState.LEAVING)
    assert websub.next_step(standing(leaving, wanted=False), NOON) == websub.Rest(None)


# --- what hubs ask back ------------------------------------------------------------------------------------

VERIFY = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c0ffee", "hub.lease_seconds": "3600"}


def test_a_request_of_ours_is_confirmed_for_the_lease_the_hub_grants() -> None:
    found = websub.intent(given(CallbackState.PENDING), VERIFY, NOON)
    assert isinstance(found, websub.Confirmed)
    assert (found.challenge, found.callback.state) == ("c0ffee", CallbackState.LIVE)
    assert (found.callback.verified_at, found.callback.until) == (NOON, NOON + HOUR)


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("864000", 10 * DAY),
        ("", DAY),
        ("-5", DAY),
        ("1.5", DAY),
        ("٣٦٠٠", DAY),
        ("0", MINUTE),
        ("9" * 17, 30 * DAY),
        ("9" * 5000, DAY),
    ],
)
def test_no_lease_is_for_ever_and_none_makes_us_ask_all_the_time(seconds: str, lease: timedelta) -> None:
    found = websub.intent(given(CallbackState.PENDING), VERIFY | {"hub.lease_seconds": seconds}, NOON)
    assert isinstance(found, websub.Confirmed) and found.callback.until == NOON + lease


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        pytest.param(CallbackState.PENDING, {"hub.topic": URL + "/"}, id="205 another topic"),
        pytest.param(CallbackState.PENDING, {"hub.topic": ""}, id="205 no topic"),
        pytest.param(CallbackState.PENDING, {"hub.mode": "unsubscribe"}, id="nobody wants to leave"),
        pytest.param(CallbackState.LIVE, {"hub.mode": "unsubscribe"}, id="somebody else does"),
        pytest.param(CallbackState.LEAVING, {}, id="we are leaving"),
        pytest.param(CallbackState.ENDED, {}, id="it is over"),
        pytest.param(CallbackState.PENDING, {"hub.mode": "publish"}, id="no mode of ours"),
        pytest.param(CallbackState.PENDING, {"hub.challenge": ""}, id="no challenge"),
        pytest.param(CallbackState.PENDING, {"hub.challenge": "x" * 1001}, id="a challenge too long"),
        pytest.param(CallbackState.PENDING, {"hub.challenge": "a\r\nSet-Cookie: b"}, id="one with lines"),
        pytest.param(CallbackState.PENDING, {"hub.challenge": "\x00\x01"}, id="one of bytes"),
        pytest.param(CallbackState.ENDED, {"hub.mode": "denied"}, id="denied when it is over"),
    ],
)
def test_what_nobody_asked_for_is_not_confirmed(state: CallbackState, changes: dict[str, str]) -> None:
    assert websub.intent(given(state), VERIFY | changes, NOON) == websub.NotAsked()


def test_a_hub_may_ask_again_whether_a_live_lease_is_wanted() -> None:
    later = NOON + DAY
    found = websub.intent(given(), VERIFY, later)
    assert isinstance(found, websub.Confirmed) and found.callback.until == later + HOUR


def test_leaving_is_confirmed() -> None:
    found = websub.intent(given(CallbackState.LEAVING), VERIFY | {"hub.mode": "unsubscribe"}, NOON)
    assert isinstance(found, websub.Confirmed) and found.callback.state is CallbackState.ENDED


# --- what hubs deliver -------------------------------------------------------------------------------------

BODY = b"<feed/>"


def signed(callback: Callback, method: str, body: bytes = BODY) -> str:
    return f"{method}=" + hmac.new(callback.secret.value.encode(), body, method).hexdigest()


def trust(callback: Callback, signature: str, *, sha1: bool = True, now: datetime = NOON) -> websub.Trust:
    return websub.trust(callback, signature, BODY, now, sha1=sha1)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_delivery_is_believed_by_the_method_it_states(method: str) -> None:
    callback = given()
    assert trust(callback, signed(callback, method)) is websub.Trust.FULL
    assert trust(callback, signed(callback, method).upper()) is websub.Trust.FULL


def test_sha1_can_be_refused() -> None:
    callback = given()
    assert trust(callback, signed(callback, "sha1"), sha1=False) is websub.Trust.NONE
    assert trust(callback, signed(callback, "sha256"), sha1=False) is websub.Trust.FULL


LIVE = given()
PLAIN_HASH = hashlib.sha256(BODY).hexdigest()
FORGED = [
    ("302 none", ""),
    ("301 of another body", signed(LIVE, "sha256", b"other")),
    ("301 of another secret", signed(given(), "sha256")),
    ("301 a hash without the secret", f"sha256={PLAIN_HASH}"),
    ("301 the right one under another name", signed(LIVE, "sha256").replace("sha256", "sha1")),
    ("301 half of it", signed(LIVE, "sha256")[:-1]),
    ("301 no method", signed(LIVE, "sha256").partition("=")[2]),
    ("301 a method nobody knows", signed(LIVE, "sha256").replace("sha256", "md5")),
    ("301 not hexadecimal", "sha256=" + "g" * 64),
    ("301 not even ASCII", "sha256=" + "é" * 64),
    ("301 two", signed(LIVE, "sha256") + "," + signed(LIVE, "sha1")),
]


@pytest.mark.parametrize("signature", [row[1] for row in FORGED], ids=[row[0] for row in FORGED])
def test_f69_a_delivery_that_is_not_signed_as_agreed_is_not_believed(signature: str) -> None:
    assert trust(LIVE, signature) is websub.Trust.NONE


def test_a_delivery_without_a_secret_is_a_hint_and_no_more() -> None:
    assert trust(given(secret=Secret("")), "") is websub.Trust.HINT


@pytest.mark.parametrize(
    ("callback", "now", "found"),
    [
        (given(CallbackState.PENDING), NOON, websub.Trust.UNKNOWN),
        (given(CallbackState.LEAVING), NOON, websub.Trust.OVER),
        (given(CallbackState.ENDED), NOON, websub.Trust.OVER),
        (LIVE, NOON + 10 * DAY + 59 * MINUTE, websub.Trust.FULL),
        (LIVE, NOON + 10 * DAY + HOUR, websub.Trust.OVER),
    ],
    ids=["not confirmed", "leaving", "ended", "a clock that is late", "after the lease"],
)
def test_a_delivery_is_taken_only_while_there_is_a_lease(
    callback: Callback, now: datetime, found: websub.Trust
) -> None:
    assert trust(callback, signed(callback, "sha256"), now=now) is found


# --- does it deliver? --------------------------------------------------------------------------------------

DELIVERS = replace(SUBSCRIPTION, delivered_at=NOON)


def poll(subscription: Subscription, now: datetime, *names: str, live: Callback = LIVE) -> Subscription:
    """A poll an hour after the one before."""
    return websub.polled(subscription, live, names, now - HOUR, now)


def test_a_hub_is_trusted_once_it_has_delivered() -> None:
    assert not websub.is_trusted(SUBSCRIPTION, [LIVE], NOON)
    after = websub.heard(SUBSCRIPTION, (), NOON)
    assert websub.is_trusted(after, [LIVE], NOON)
    assert not websub.is_trusted(after, [], NOON)


def test_a_hub_that_leaves_entries_out_is_doubted_for_a_week_and_tried_again() -> None:
    first = NOON + 2 * HOUR
    found = poll(DELIVERS, first, "a", "b")
    found = poll(found, first + HOUR, "c")
    assert (found.missed, found.doubted_until) == (2, None)
    then = first + 2 * HOUR
    found = poll(found, then)
    assert (found.missed, found.doubted_until) == (3, then + websub.DOUBT)
    assert found.reason == "its hub left out 3 entries"
    assert not websub.is_trusted(found, [LIVE], then)
    later = then + websub.DOUBT
    again = websub.heard(found, (), later)
    assert (again.missed, again.reason) == (0, "")
    assert websub.is_trusted(again, [given(until=later + DAY)], later)


def test_an_entry_that_a_poll_found_first_may_come_a_little_later() -> None:
    found = poll(DELIVERS, NOON + 2 * HOUR, "a", "b", "c")
    heard = websub.heard(found, {"a", "b", "c", "d"}, NOON + 2 * HOUR + 10 * MINUTE)
    assert (heard.unheard, heard.missed) == ((), 0)


def test_a_hub_does_not_answer_for_what_came_before_it_confirmed() -> None:
    late = given(verified_at=NOON + 90 * MINUTE)
    assert poll(DELIVERS, NOON + 2 * HOUR, "a", "b", "c", live=late).unheard == ()
    assert websub.polled(DELIVERS, None, ["a"], NOON, NOON + HOUR).unheard == ()


def test_a_poll_that_a_hint_brought_about_says_nothing_against_the_hub() -> None:
    unsigned = given(secret=Secret(""))
    hinted = websub.hinted(DELIVERS, NOON + 2 * HOUR)
    assert poll(hinted, NOON + 2 * HOUR + MINUTE, "a", live=unsigned).unheard == ()
    assert poll(hinted, NOON + 5 * HOUR, "b", live=unsigned).unheard
    assert websub.hinted(poll(hinted, NOON + 5 * HOUR, "b", live=unsigned), NOON + 5 * HOUR).unheard == ()


def test_a_renewed_lease_forgives_a_few() -> None:
    renewed = websub.confirmed(replace(DELIVERS, missed=2, tries=3, reason="x"), LIVE, NOON)
    assert (renewed.missed, renewed.tries, renewed.reason, renewed.due_at) == (0, 0, "", NOON + DAY)


def test_a_flood_of_entries_is_remembered_in_part() -> None:
    found = poll(DELIVERS, NOON + 2 * HOUR, *map(str, range(5000)))
    assert len(found.unheard) == websub.MOST_UNHEARD


@pytest.mark.parametrize(
    ("every", "fresh_for", "wait", "pushed"),
    [
        (None, timedelta(0), 5 * MINUTE, 20 * MINUTE),
        (None, HOUR, HOUR, 4 * HOUR),
        (None, 20 * HOUR, 20 * HOUR, DAY),
        (MINUTE, timedelta(0), MINUTE, MINUTE),
    ],
    ids=["the floor", "what the publisher says", "a day at most", "the owner's word stands"],
)
def test_a_feed_that_is_pushed_is_polled_four_times_less(
    every: timedelta | None, fresh_for: timedelta, wait: timedelta, pushed: timedelta
) -> None:
    feed = Feed(7, FeedSpec(URL, every=every), FeedState(NOON))
    answer = Unchanged(Validators(), fresh_for)
    for one, expected in ((feed, wait), (replace(feed, pushed=True), pushed)):
        assert pace.after(one, answer, None, "", NOON, 5 * MINUTE, 0).due_at - NOON == expected


def test_what_a_hub_brings_tells_when_a_feed_publishes() -> None:
    before = FeedState(NOON, ok_at=NOON, news_at=NOON - DAY, rhythm=rhythm.packed(rhythm.first([NOON], NOON)))
    found = Fresh(new=tuple(NewEntry(Entry(str(n), "", ""), (str(n),), "", "") for n in range(3)))
    after = pace.after_push(before, found, NOON + HOUR)
    assert after == replace(before, news_at=NOON + HOUR, rhythm=after.rhythm)
    known, learnt = rhythm.unpacked(before.rhythm), rhythm.unpacked(after.rhythm)
    assert known and learnt and learnt.entries > known.entries + 2
    assert pace.after_push(before, Fresh(), NOON + HOUR) == before


# --- config.yaml -------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ("", WebsubSpec()),
        ("websub: {public: https://news.example.org}", WebsubSpec("https://news.example.org/")),
        (
            "websub: {public: 'http://[::1]:8080/a/b', listen: '[::1]:9', sha1: false}",
            WebsubSpec("http://[::1]:8080/a/b/", "[::1]:9", sha1=False),
        ),
    ],
)
def test_where_hubs_deliver_is_set_in_the_config(file: Path, typed: str, spec: WebsubSpec) -> None:
    assert load(file, LEAST + typed).websub == spec


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("websub: {}", "3:9: websub: there is no public address\n  hint: write  public: https://"),
        ("websub: {listen: 127.0.0.1:1}", "there is no public address"),
        ("websub: true", "websub must be a table"),
        ("websub: {public: news.example.org}", '3:18: websub.public: "news.example.org" is not an address'),
        ("websub: {public: 'https://a.example/?x=1'}", "is not an address hubs could be given"),
        ("websub: {public: 'https://me:pw@a.example/'}", "is not an address hubs could be given"),
        ("websub: {public: https://a.example, listen: 8081}", 'websub.listen: "8081" is not host:port'),
        ("websub: {public: https://a.example, sha1: maybe}", "is neither true nor false"),
        ("websub: {public: https://a.example, secret: x}", 'unknown key "secret"'),
    ],
)
def test_check_says_what_is_wrong_with_where_hubs_deliver(file: Path, typed: str, told: str) -> None:
    assert told in problems(file, LEAST + typed)
