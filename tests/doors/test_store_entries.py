"""Entries: what waits, what was read and found, where each stands, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Block, Change, Decision, EntryState, Excerpt, Found, Fresh, Source, Zone
from monitor.store import entries, feeds, ledger, stories, vitals
from monitor.store.db import Tx
from tests.doors.stores import ARTICLE, FOUND, NOON, TOLD, a_feed, an_entry, brought, new

MINUTE = timedelta(minutes=1)
HELD = Decision(EntryState.HELD, "matched missile + Iraq; it goes into the summary")
PLAIN = Decision(EntryState.NO_MATCH, "none of 3 rules matched; 812 words read")


def looked(tx: Tx, url: str = "https://news.example/feed"):
    """A feed whose first look is over."""
    feed = a_feed(tx, url)
    feeds.keep_state(tx, feed, replace(feed.state, looked=True, polled_at=NOON))
    return next(one for one in feeds.get_all(tx) if one.id == feed.id)


def edited(tx: Tx, feed, entry, title: str, now: datetime = NOON) -> None:
    change = Change(entry.id, replace(entry.entry, title=title), f"hash of {title}")
    feeds.keep_poll(tx, feed, feed.state, Fresh(changed=(change,)), now)


def one(tx: Tx, entry):
    return next(found for found in entries.find(tx, entry.entry.link) if found.id == entry.id)


# --- what waits -----------------------------------------------------------------------------------------


def test_news_is_read_before_what_a_new_feed_carried(tx: Tx) -> None:
    old, fresh = looked(tx), a_feed(tx, "https://fresh.example/feed")
    brought(tx, fresh, "carried", now=NOON - MINUTE)
    brought(tx, old, "news")
    assert [entry.entry.guid for entry in entries.due(tx, NOON, 10)] == ["guid-news", "guid-carried"]


def test_an_edit_of_what_a_feed_carried_is_read_like_news(tx: Tx) -> None:
    feed = a_feed(tx)
    first, second = brought(tx, feed, "a", "b")
    edited(tx, feed, second, "New words")
    assert [entry.id for entry in entries.due(tx, NOON, 10)] == [second.id, first.id]


def test_entries_that_are_being_judged_are_left_out(tx: Tx) -> None:
    first, second = brought(tx, a_feed(tx), "a", "b")
    assert [entry.id for entry in entries.due(tx, NOON, 10, {first.id})] == [second.id]


def test_a_host_with_much_to_read_leaves_room_for_others(tx: Tx) -> None:
    feed, share = looked(tx), entries.HOST_SHARE
    elsewhere = replace(new("z"), entry=replace(new("z").entry, link="https://other.example/z"))
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=(*(new(f"many-{n}") for n in range(9)), elsewhere)), NOON)
    *first, other = entries.due(tx, NOON, 100)
    assert (len(first), other.entry.guid) == (share, "guid-z")
    assert entries.due(tx, NOON, 100, {entry.id for entry in first}) == (other,)


def test_an_entry_knows_its_feed_by_name_and_tags(tx: Tx) -> None:
    feed = a_feed(tx)
    (entry,) = brought(tx, feed, "a")
    assert entry.feed_name == "news.example"
    feeds.keep_state(tx, feed, replace(feed.state, title="The News"))
    assert one(tx, entry).feed_name == "The News"
    feeds.sync(tx, [replace(feed.spec, name="Mine", tags=("war",))], NOON)
    assert (one(tx, entry).feed_name, one(tx, entry).tags) == ("Mine", ("war",))


def test_an_entry_knows_what_is_known_of_its_feed(tx: Tx) -> None:
    feed = a_feed(tx)
    (entry,) = brought(tx, feed, "a")
    feeds.keep_state(tx, feed, replace(feed.state, language="ar-IQ"))
    feeds.sync(tx, [replace(feed.spec, lang="en", country="IQ")], NOON)
    known = one(tx, entry)
    assert (known.feed_url, known.feed_language) == (feed.spec.url, "ar-IQ")
    assert (known.lang, known.country) == ("en", "IQ")


def test_an_entry_returns_as_the_feed_gave_it(tx: Tx) -> None:
    feed = a_feed(tx)
    blocks = (Block(Zone.SUMMARY, "ألقت\nصواريخ"), Block(Zone.RELATED, "Read: Macron"))
    dates = [datetime(1479, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, 999000, tzinfo=UTC), None]
    given = [
        replace(
            an_entry(str(n)), blocks=blocks, published=when, author="B. Writer", categories=("نفط", "war")
        )
        for n, when in enumerate(dates)
    ]
    found = [replace(new(str(n)), entry=entry) for n, entry in enumerate(given)]
    feeds.keep_poll(tx, feed, feed.state, Fresh(new=tuple(found)), NOON)
    assert [entry.entry for entry in entries.due(tx, NOON, 10)] == given


# --- what was judged ------------------------------------------------------------------------------------


def test_a_judgement_is_kept_whole(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), TOLD, None, NOON)
    assert entries.article(tx, entry.id) == ARTICLE
    assert entries.matches(tx, entry.id) == (FOUND,)
    assert one(tx, entry).state is EntryState.TOLD
    assert entries.due(tx, NOON, 10) == ()
    last = ledger.history(tx, entry.id)[-1]
    assert (last.stage, last.state, last.reason) == ("judge", EntryState.TOLD, TOLD.reason)


def test_an_article_read_from_the_feed_is_asked_for_again(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    summary = Article("t", (Block(Zone.SUMMARY, "short"),), source=Source.FEED, note="page: 503")
    entries.keep_judgement(tx, entry, summary, (), PLAIN, NOON + 10 * MINUTE, NOON)
    assert entries.due(tx, NOON, 10) == ()
    (again,) = entries.due(tx, NOON + 10 * MINUTE, 10)
    assert (again.tries, again.state) == (1, EntryState.NO_MATCH)
    entries.keep_judgement(tx, again, ARTICLE, (FOUND,), TOLD, None, NOON)
    assert entries.article(tx, entry.id) == ARTICLE
    assert entries.due(tx, NOON + timedelta(days=365), 10) == ()


def test_an_entry_that_cannot_be_judged_is_tried_again(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    entries.fail(tx, entry, "a fault while judging: KeyError", NOON + MINUTE, NOON)
    assert entries.due(tx, NOON, 10) == ()
    (again,) = entries.due(tx, NOON + MINUTE, 10)
    assert (again.state, again.tries) == (EntryState.FAILED, 1)


def test_an_edit_that_comes_while_its_first_version_is_judged_is_not_lost(tx: Tx) -> None:
    feed = a_feed(tx)
    (entry,) = brought(tx, feed, "a")
    edited(tx, feed, entry, "New words")
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), TOLD, None, NOON)
    (again,) = entries.due(tx, NOON, 10)
    assert (again.revision, again.state, again.tries) == (2, EntryState.TOLD, 0)
    assert entries.matches(tx, entry.id) == (FOUND,)
    entries.keep_judgement(tx, again, ARTICLE, (), PLAIN, None, NOON)
    assert entries.matches(tx, entry.id) == ()
    assert ledger.audit(tx)[0].balanced


def test_a_rule_as_long_as_a_page_is_matched_and_told_under_its_own_name(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    long = replace(FOUND, rule=" OR ".join(f"wörd{n}" for n in range(2000)))
    twin = replace(FOUND, rule=long.rule + " OR more")
    entries.keep_judgement(tx, entry, ARTICLE, (long, twin), TOLD, None, NOON)
    assert {match.rule for match in entries.matches(tx, entry.id)} == {long.rule, twin.rule}


@pytest.mark.parametrize("text", ["\0", "\ud800", "\U0001f680" * 300_000])
def test_no_text_of_a_page_makes_a_judgement_fail(tx: Tx, text: str) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    article = Article(text, (Block(Zone.BODY, text),), text, NOON, note=text)
    match = Found(text, text, (("body", 0, 1),), (Excerpt(text, ((0, 1),)),))
    entries.keep_judgement(tx, entry, article, (match,), Decision(EntryState.NO_MATCH, text), None, NOON)
    assert len(entries.matches(tx, entry.id)) == 1
    assert entries.article(tx, entry.id) is not None


# --- the first look -------------------------------------------------------------------------------------


def test_the_first_look_waits_for_every_feed_and_every_entry(tx: Tx) -> None:
    first, second = a_feed(tx), a_feed(tx, "https://slow.example/feed")
    assert not entries.first_look_done(tx)
    feeds.keep_poll(tx, first, replace(first.state, looked=True, polled_at=NOON), Fresh(new=(new(),)), NOON)
    (entry,) = entries.due(tx, NOON, 10)
    look = entries.first_look_progress(tx)
    assert (look.feeds, look.polled, look.entries, look.judged, look.matched) == (2, 1, 1, 0, 0)
    entries.keep_judgement(tx, entry, ARTICLE, (FOUND,), HELD, None, NOON)
    assert not entries.first_look_done(tx)
    feeds.keep_state(tx, second, replace(second.state, polled_at=NOON, error="503"))
    assert entries.first_look_done(tx)
    assert entries.first_look_progress(tx).matched == 1


def test_a_first_look_is_told_once_and_a_feed_added_later_has_its_own(tx: Tx) -> None:
    first = a_feed(tx)
    feeds.keep_state(tx, first, replace(first.state, looked=True, polled_at=NOON))
    assert entries.first_look_done(tx)
    entries.first_look_told(tx)
    assert not entries.first_look_done(tx)
    assert entries.first_look_progress(tx).done
    later = a_feed(tx, "https://later.example/feed")
    feeds.keep_state(tx, later, replace(later.state, looked=True, polled_at=NOON))
    assert entries.first_look_done(tx)
    look = entries.first_look_progress(tx)
    assert (look.feeds, look.told) == (1, True)


def test_held_entries_are_told_with_what_they_matched(tx: Tx) -> None:
    first, second = brought(tx, a_feed(tx), "a", "b")
    entries.keep_judgement(tx, first, ARTICLE, (FOUND,), HELD, None, NOON)
    entries.keep_judgement(tx, second, ARTICLE, (), PLAIN, None, NOON)
    ((held, found),) = entries.held(tx)
    assert (held.id, found) == (first.id, (FOUND,))
    entries.tell_held(tx, [first.id, second.id], EntryState.TOLD, "told in the summary", NOON)
    assert entries.held(tx) == ()
    assert one(tx, first).state is EntryState.TOLD
    assert one(tx, second).state is EntryState.NO_MATCH
    assert ledger.history(tx, first.id)[-1].reason == "told in the summary"


# --- questions of people --------------------------------------------------------------------------------


def test_an_entry_is_found_by_its_link_and_by_its_story_newest_first(tx: Tx) -> None:
    brought(tx, a_feed(tx), "a")
    brought(tx, a_feed(tx, "https://other.example/feed"), "a", "b")
    by_link = entries.find(tx, "https://news.example/a")
    assert [entry.feed_name for entry in by_link] == ["other.example", "news.example"]
    assert entries.find(tx, "https://news.example/a?utm=x", "news.example/a") == by_link
    assert entries.find(tx, "https://news.example/never") == ()


def test_feeds_of_a_host_are_those_that_carried_it(tx: Tx) -> None:
    brought(tx, a_feed(tx, "https://other.example/feed"), "a")
    assert entries.feeds_of_host(tx, "news.example") == ("other.example",)
    assert entries.feeds_of_host(tx, "other.example") == ("other.example",)
    assert entries.feeds_of_host(tx, "ews.example") == ()


def test_what_was_never_read_or_told_is_empty(tx: Tx) -> None:
    (entry,) = brought(tx, a_feed(tx), "a")
    assert entries.article(tx, entry.id) is None
    assert entries.matches(tx, entry.id) == ()
    assert stories.told(tx, entry.story_key) == frozenset()
    assert vitals.vital(tx, "daemon") is None


def test_the_last_sign_of_life_stays(tx: Tx) -> None:
    vitals.beat(tx, "daemon", {"pid": 1}, NOON)
    vitals.beat(tx, "daemon", {"pid": 2}, NOON + MINUTE)
    assert vitals.vital(tx, "daemon") == ({"pid": 2}, NOON + MINUTE)
