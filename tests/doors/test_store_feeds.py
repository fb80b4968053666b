"""Feeds: following config.yaml, being due, and keeping what a poll brought, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import (
    Cause,
    Change,
    EntryState,
    Feed,
    FeedSpec,
    FeedState,
    Fresh,
    Hints,
    Validators,
)
from monitor.model.upkeep import Doubt, Move, Trust
from monitor.store import entries, feeds, ledger
from monitor.store.db import Db, Tx
from monitor.store.feeds import Synced
from tests.doors.stores import ARTICLE, FOUND, NOON, TOLD, a_feed, an_entry, brought, new

MINUTE = timedelta(minutes=1)
SPECS = [
    FeedSpec("https://a.example/feed", "A", ("war", "oil"), 5 * MINUTE, "en", "GB"),
    FeedSpec("https://b.example/feed"),
]


def polled(tx: Tx, feed: Feed, **changes: object) -> Feed:
    feeds.keep_state(tx, feed, replace(feed.state, polled_at=NOON, **changes))
    return next(one for one in feeds.get_all(tx, active=False) if one.id == feed.id)


# --- following the config -------------------------------------------------------------------------------


def test_new_feeds_are_due_at_once(tx: Tx) -> None:
    assert feeds.sync(tx, SPECS, NOON) == Synced(added=2, removed=0, kept=0)
    first, second = feeds.due(tx, NOON, 10)
    assert [first.spec, second.spec] == SPECS
    assert first.state == FeedState(due_at=NOON)


def test_syncing_the_same_config_changes_nothing(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    before = feeds.get_all(tx)
    assert feeds.sync(tx, SPECS, NOON + MINUTE) == Synced(added=0, removed=0, kept=2)
    assert feeds.get_all(tx) == before


def test_a_feed_gone_from_the_config_rests_and_keeps_its_entries(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, _ = feeds.get_all(tx)
    brought(tx, first, "a", "b")
    assert feeds.sync(tx, SPECS[1:], NOON) == Synced(added=0, removed=1, kept=1)
    assert [feed.spec.url for feed in feeds.due(tx, NOON, 10)] == ["https://b.example/feed"]
    assert len(feeds.get_all(tx, active=False)) == 2
    assert len(entries.due(tx, NOON, 10)) == 2


def test_a_feed_that_returns_is_due_and_knows_its_entries(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, _ = feeds.get_all(tx)
    brought(tx, first, "a")
    polled(tx, first, due_at=NOON + 60 * MINUTE, looked=True)
    feeds.sync(tx, SPECS[1:], NOON)
    assert feeds.sync(tx, SPECS, NOON + MINUTE) == Synced(added=1, removed=0, kept=1)
    again = feeds.get_all(tx)[0]
    assert again.state.due_at == NOON + MINUTE
    assert again.state.looked
    assert entries.known(tx, again.id, ["guid-a"]).by_alias.keys() == {"guid-a"}


def test_a_feed_whose_new_address_is_written_into_the_config_stays_the_same_feed(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, second = feeds.get_all(tx)
    brought(tx, first, "a")
    moved = polled(tx, first, address="https://c.example/feed", looked=True)
    there = replace(SPECS[0], url="https://c.example/feed")
    assert feeds.sync(tx, [there, SPECS[1]], NOON) == Synced(added=0, removed=0, kept=2)
    after, other = feeds.get_all(tx)
    assert (after.id, after.spec, after.address) == (first.id, there, there.url)
    assert after.state == replace(moved.state, address="")
    assert other == second


def test_a_feed_keeps_its_address_while_the_config_names_the_old_one(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, _ = feeds.get_all(tx)
    polled(tx, first, address="https://c.example/feed")
    both = [*SPECS, FeedSpec("https://c.example/feed")]
    assert feeds.sync(tx, both, NOON) == Synced(added=1, removed=0, kept=2)
    assert feeds.get_all(tx)[0].address == "https://c.example/feed"


def test_a_changed_name_and_tags_are_taken(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    renamed = replace(SPECS[0], name="Alpha", tags=("تَهْران",))
    feeds.sync(tx, [renamed, SPECS[1]], NOON)
    assert feeds.get_all(tx)[0].spec == renamed


def test_a_shorter_interval_pulls_the_next_poll_nearer(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    polled(tx, feeds.get_all(tx)[0], due_at=NOON + 60 * MINUTE)
    feeds.sync(tx, [replace(SPECS[0], every=2 * MINUTE), SPECS[1]], NOON + MINUTE)
    assert feeds.get_all(tx)[0].state.due_at == NOON + 2 * MINUTE


def test_a_longer_interval_does_not_put_a_poll_off(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    polled(tx, feeds.get_all(tx)[0], due_at=NOON + 5 * MINUTE)
    feeds.sync(tx, [replace(SPECS[0], every=60 * MINUTE), SPECS[1]], NOON + MINUTE)
    assert feeds.get_all(tx)[0].state.due_at == NOON + 5 * MINUTE


def test_a_feed_named_twice_is_one_feed(tx: Tx) -> None:
    assert feeds.sync(tx, [SPECS[0], SPECS[0]], NOON).added == 1


def test_an_address_longer_than_an_index_takes_is_a_feed_like_any_other(tx: Tx) -> None:
    urls = [f"https://a.example/{'é' * 4000}{end}" for end in ("x", "y")]
    feeds.sync(tx, [FeedSpec(url) for url in urls], NOON)
    assert [feed.spec.url for feed in feeds.get_all(tx)] == urls


# --- being due ------------------------------------------------------------------------------------------


def test_the_longest_overdue_feed_comes_first(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, second = feeds.get_all(tx)
    polled(tx, first, due_at=NOON - MINUTE)
    polled(tx, second, due_at=NOON - 2 * MINUTE)
    assert [feed.id for feed in feeds.due(tx, NOON, 10)] == [second.id, first.id]
    assert [feed.id for feed in feeds.due(tx, NOON, 1)] == [second.id]


def test_feeds_that_are_being_polled_are_left_out(tx: Tx) -> None:
    feeds.sync(tx, SPECS, NOON)
    first, second = feeds.get_all(tx)
    assert feeds.due(tx, NOON, 10, {first.id}) == (second,)
    assert feeds.due(tx, NOON, 10, {first.id, second.id}) == ()


def test_a_publisher_who_asked_for_rest_is_not_polled_not_even_once(tx: Tx) -> None:
    feed = polled(tx, a_feed(tx), due_at=NOON, pause_until=NOON + MINUTE)
    assert feeds.due(tx, NOON, 10) == ()
    assert feeds.pollable(tx, NOON) == ()
    assert feeds.due(tx, NOON + MINUTE, 10) == feeds.pollable(tx, NOON + MINUTE) == (feed,)


def test_once_polls_feeds_that_are_not_due(tx: Tx) -> None:
    feed = polled(tx, a_feed(tx), due_at=NOON + 60 * MINUTE)
    assert feeds.pollable(tx, NOON) == (feed,)


# --- what a poll brought --------------------------------------------------------------------------------


def test_every_field_of_the_state_returns_as_it_was_kept(tx: Tx) -> None:
    feed = a_feed(tx)
    state = FeedState(
        due_at=NOON + timedelta(milliseconds=1),
        validators=Validators('W/"\x80\xff"', "Sun, 22 Nov 2026 11:59:59 GMT"),
        body_hash="abc",
        title="Nachrichten",
        language="de-AT",
        hints=Hints(timedelta(minutes=90), frozenset({0, 23}), frozenset({5, 6})),
        looked=True,
        polled_at=NOON,
        ok_at=NOON - MINUTE,
        pause_until=NOON + MINUTE,
        failures=3,
        failing_since=NOON - 60 * MINUTE,
        error="503 at https://news.example/feed",
        cause=Cause.STATUS,
        address="https://news.example/new",
        move=Move("https://news.example/newer", NOON, 2),
        trust=Trust(NOON, 3, Doubt.BOTH, Doubt.ETAG, NOON + MINUTE),
        body_at=NOON - 2 * MINUTE,
        news_at=NOON - 3 * MINUTE,
        carried=25,
        rhythm=bytes(range(256)),
        told_at=NOON - 4 * MINUTE,
        quiet_at=NOON - 5 * MINUTE,
    )
    feeds.keep_state(tx, feed, state)
    assert feeds.get_all(tx)[0].state == state


def test_a_poll_writes_what_it_has_changed_and_leaves_the_rest_to_others(tx: Tx) -> None:
    feed = a_feed(tx)
    feeds.keep_state(tx, feed, replace(feed.state, title="World", marks=b"12345678"))
    feeds.keep_state(tx, feed, replace(feed.state, error="503", failures=1))
    state = feeds.get_all(tx)[0].state
    assert state == replace(feed.state, title="World", marks=b"12345678", error="503", failures=1)


def test_validators_and_entries_are_kept_together_or_not_at_all(db: Db) -> None:
    feed = db.write_sync(a_feed)
    state = replace(feed.state, validators=Validators("etag-2"), looked=True)

    def cut_short(tx: Tx) -> None:
        feeds.keep_poll(tx, feed, state, Fresh(new=(new("a"),)), NOON)
        raise RuntimeError("killed before the commit")

    with pytest.raises(RuntimeError):
        db.write_sync(cut_short)
    assert db.read_sync(feeds.get_all) == (feed,)
    assert db.read_sync(lambda tx: entries.due(tx, NOON, 10)) == ()


def test_new_entries_wait_to_be_read(tx: Tx) -> None:
    feed = a_feed(tx)
    assert (
        feeds.keep_poll(tx, feed, replace(feed.state, looked=True), Fresh(new=(new("a"), new("b"))), NOON)
        == 2
    )
    first, second = entries.due(tx, NOON, 10)
    assert (first.entry, second.entry) == (an_entry("a"), an_entry("b"))
    assert (first.state, first.due_at, first.seen_at) == (EntryState.NEW, NOON, NOON)
    assert first.story_key == "news.example/a"
    assert [row.state for row in ledger.history(tx, first.id)] == [EntryState.NEW]
    (audit,) = ledger.audit(tx)
    assert audit.entries_in == 2
    assert audit.balanced


def test_only_what_a_feed_carried_when_first_seen_is_first_look(tx: Tx) -> None:
    feed = a_feed(tx)
    feeds.keep_poll(tx, feed, replace(feed.state, looked=True), Fresh(new=(new("a"),)), NOON)
    (feed,) = feeds.get_all(tx)
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=(new("b"),)), NOON)
    assert {entry.entry.guid: entry.first_look for entry in entries.due(tx, NOON, 10)} == {
        "guid-a": True,
        "guid-b": False,
    }


def test_the_same_entries_twice_are_the_same_entries(tx: Tx) -> None:
    feed = a_feed(tx)
    found = Fresh(new=(new("a"), new("b")))
    assert feeds.keep_poll(tx, feed, feed.state, found, NOON) == 2
    assert feeds.keep_poll(tx, feed, feed.state, found, NOON) == 0
    (audit,) = ledger.audit(tx)
    assert (audit.entries_in, audit.balanced) == (2, True)


def test_entries_that_share_a_name_are_all_kept(tx: Tx) -> None:
    """A feed that gives every entry the same guid still has as many entries as links."""
    feed = a_feed(tx)
    same = [replace(new(name), aliases=("guid-same", f"link-{name}")) for name in "abc"]
    assert feeds.keep_poll(tx, feed, feed.state, Fresh(new=tuple(same)), NOON) == 3
    known = entries.known(tx, feed.id, ["guid-same", "link-a", "link-b", "link-c"])
    assert len(set(known.by_alias.values())) == 3


def test_names_are_known_within_their_feed_only(tx: Tx) -> None:
    first, second = a_feed(tx), a_feed(tx, "https://other.example/feed")
    brought(tx, first, "a")
    assert entries.known(tx, second.id, ["guid-a"]).by_alias == {}


def test_an_edit_makes_a_new_version_due(tx: Tx) -> None:
    feed = a_feed(tx)
    (entry,) = brought(tx, feed, "a")
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), TOLD, None, NOON)
    edit = Change(entry.id, an_entry("a", "Rockets over Mosul"), "hash 2")
    feeds.keep_poll(tx, feed, feed.state, Fresh(changed=(edit,)), NOON + MINUTE)
    (again,) = entries.due(tx, NOON + MINUTE, 10)
    assert (again.entry.title, again.revision, again.tries) == ("Rockets over Mosul", 2, 0)
    assert again.state is EntryState.TOLD
    assert ledger.history(tx, entry.id)[-1].reason == 'edited: its headline was "Rockets over Basra"'
    assert entries.known(tx, feed.id, ["guid-a"]).said[entry.id].words_hash == "hash 2"
    assert ledger.audit(tx)[0].entries_in == 1


def test_names_learnt_later_name_the_same_entry(tx: Tx) -> None:
    feed = a_feed(tx)
    (entry,) = brought(tx, feed, "a")
    feeds.keep_poll(tx, feed, feed.state, Fresh(learnt=(("moved", entry.id), ("guid-a", entry.id))), NOON)
    assert entries.known(tx, feed.id, ["moved", "unheard"]).by_alias == {"moved": entry.id}


HOSTILE = [
    "\0",
    "a\0b",
    "\ud800",
    "x\udfffy",
    "\x0b\x1b[2J",
    "\ufffe\uffff",
    "<!channel>",
    "'; DROP TABLE entries; --",
    "é" * 1_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_no_text_of_a_publisher_makes_an_entry_fail(tx: Tx, text: str) -> None:
    feed = a_feed(tx)
    entry = replace(an_entry(), guid=text, link=text, title=text, author=text)
    named = replace(new(), entry=entry, aliases=(text, f"link {text}"), story_key=text)
    feeds.keep_poll(tx, feed, replace(feed.state, title=text, error=text), Fresh(new=(named,)), NOON)
    assert len(entries.due(tx, NOON, 10)) == 1
    assert f"link {text}" in entries.known(tx, feed.id, [text, f"link {text}"]).by_alias
    assert feeds.keep_poll(tx, feed, feed.state, Fresh(new=(named,)), NOON) == 0


def test_ten_thousand_entries_at_once_come_in(tx: Tx) -> None:
    feed = a_feed(tx)
    many = tuple(new(str(number)) for number in range(10_000))
    assert feeds.keep_poll(tx, feed, feed.state, Fresh(new=many), NOON) == 10_000
    names = [alias for entry in many for alias in entry.aliases]
    assert len(entries.known(tx, feed.id, names).by_alias) == 20_000
    ids = [entry.id for entry in entries.due(tx, NOON, 3)]
    assert entries.known(tx, feed.id, ["guid-0", "guid-1", "guid-2"]).by_alias == dict(
        zip(["guid-0", "guid-1", "guid-2"], ids, strict=True)
    )
