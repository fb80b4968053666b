from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.decide import A_NEW_STORY, NOWHERE, Places, SoFar, decide, outbox_key, summarise
from monitor.model import (
    Alert,
    Article,
    Block,
    Decision,
    Entry,
    EntryState,
    FirstLook,
    Found,
    Hours,
    Priority,
    Root,
    Route,
    Source,
    StoredEntry,
    Template,
    Times,
    Timing,
    Zone,
)
from monitor.model.stories import Place

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ENTRY = StoredEntry(
    id=1,
    feed_id=1,
    feed_name="World Israel News",
    tags=("middle-east",),
    entry=Entry("guid", "https://example.org/1", "Missiles in Iraq", published=NOON),
    story_key="story-1",
    state=EntryState.NEW,
    first_look=False,
    seen_at=NOON,
)
ARTICLE = Article("Missiles in Iraq | News", (Block(Zone.BODY, "one two three"),), published=NOON)
IRAQ = Found("iraq", "missile + Iraq", ())
IRAN = Found("iran", "Iran", ())
ROUTES = {
    "iraq": Route(("#alerts",)),
    "iran": Route(("#alerts", "#iran-desk"), Priority.HIGH),
    "quiet": Route(("#low",), Priority.LOW),
}
NOTHING = frozenset[tuple[str, str]]()


def decided(
    entry=ENTRY,
    article=ARTICLE,
    found=(IRAQ,),
    told=NOTHING,
    policy=FirstLook.SUMMARY,
    story=A_NEW_STORY,
    routes=ROUTES,
):
    return decide(entry, article, found, routes, frozenset(told), policy, NOON, story)


def alerts(decision: Decision) -> list[Alert]:
    return [one.alert for one in decision.deliveries]


def test_no_match_says_how_much_was_read() -> None:
    decision = decided(found=())
    assert decision.state is EntryState.NO_MATCH
    assert decision.reason == "none of 3 rules matched; 3 words read"
    assert not decision.deliveries


def test_no_match_says_in_which_languages_it_was_read() -> None:
    decision = decided(article=replace(ARTICLE, languages=("ru", "uk")), found=())
    assert decision.reason == "none of 3 rules matched; 3 words read as ru or uk"


def test_no_match_in_the_feed_s_words_says_why_the_page_was_not_read() -> None:
    decision = decided(article=replace(ARTICLE, source=Source.FEED, note="the page answered 503"), found=())
    assert (
        decision.reason == "none of 3 rules matched; only the feed's own text was read: the page answered 503"
    )


def test_a_match_is_one_alert_a_channel_with_all_its_rules() -> None:
    decision = decided(found=(IRAQ, IRAN))
    assert decision.state is EntryState.TOLD
    assert decision.reason == "matched iraq, iran; told to #alerts, #iran-desk"
    assert [(one.channel, one.alert.found) for one in decision.deliveries] == [
        ("#alerts", (IRAQ, IRAN)),
        ("#iran-desk", (IRAN,)),
    ]


def test_an_alert_carries_what_a_reader_needs() -> None:
    [alert] = alerts(decided())
    assert (alert.headline, alert.link) == ("Missiles in Iraq", "https://example.org/1")
    assert (alert.source, alert.tags) == ("World Israel News", ("middle-east",))
    assert (alert.published, alert.seen_at, alert.summary_only) == (NOON, NOON, "")


def test_an_alert_knows_that_one_must_pay_for_its_article() -> None:
    [alert] = alerts(decided(article=replace(ARTICLE, paid=True)))
    assert alert.paid and not alert.summary_only


def test_an_entry_without_headline_or_date_takes_the_page_s() -> None:
    bare = replace(ENTRY, entry=Entry("guid", "https://example.org/1", ""))
    [alert] = alerts(decided(bare))
    assert alert.headline == "Missiles in Iraq | News" and alert.published == NOON


@pytest.mark.parametrize(
    ("note", "shown"), [("the page answered 503", "the page answered 503"), ("", "no page")]
)
def test_an_alert_from_the_feed_s_words_alone_says_so(note: str, shown: str) -> None:
    [alert] = alerts(decided(article=replace(ARTICLE, source=Source.FEED, note=note)))
    assert alert.summary_only == shown


def test_the_most_urgent_rule_gives_the_priority() -> None:
    assert decided().priority is Priority.NORMAL
    assert decided(found=(IRAQ, IRAN)).priority is Priority.HIGH
    assert decided(found=(Found("quiet", "x", ()),)).priority is Priority.LOW
    assert (
        decided(found=(IRAQ, IRAN), told={("#alerts", "iran"), ("#iran-desk", "iran")}).priority
        is Priority.NORMAL
    )


def test_only_what_a_channel_does_not_know_is_told_to_it() -> None:
    decision = decided(found=(IRAQ, IRAN), told={("#alerts", "iran")})
    assert [(one.channel, one.alert.found) for one in decision.deliveries] == [
        ("#alerts", (IRAQ,)),
        ("#iran-desk", (IRAN,)),
    ]


def test_a_story_told_before_is_merged_and_says_where() -> None:
    decision = decided(told={("#alerts", "iraq")})
    assert decision.state is EntryState.MERGED
    assert decision.reason == "matched iraq; its story was told to #alerts before"
    assert not decision.deliveries


def test_a_told_entry_that_changes_stays_told() -> None:
    again = replace(ENTRY, state=EntryState.TOLD, revision=2)
    same = decided(again, told={("#alerts", "iraq")})
    assert same.state is EntryState.TOLD and not same.deliveries
    gone = decided(again, found=(), told={("#alerts", "iraq")})
    assert gone.state is EntryState.TOLD and gone.reason.startswith(
        "told before it changed; now none of 3 rules"
    )


def test_a_told_entry_that_now_matches_another_rule_is_told_again() -> None:
    again = replace(ENTRY, state=EntryState.TOLD, revision=2)
    [first, *_] = decided(again, found=(IRAQ, IRAN), told={("#alerts", "iraq")}).deliveries
    assert first.channel == "#alerts" and first.alert.found == (IRAN,)


BEFORE = {("#alerts", "iraq"): Root(7, "Rockets near Baghdad"), ("#alerts", "iran"): Root(4, "Talks")}
STORY = SoFar(BEFORE, ("a new number: 12 dead",))


def test_a_later_article_of_a_story_goes_into_the_thread_of_its_message() -> None:
    decision = decided(story=STORY)
    [delivery] = decision.deliveries
    assert (delivery.channel, delivery.root) == ("#alerts", Root(7, "Rockets near Baghdad"))
    assert delivery.alert.follows == "Rockets near Baghdad"
    assert delivery.alert.news == ("a new number: 12 dead",)
    assert decision.reason == "matched iraq; told to the thread of its story in #alerts"


def test_what_says_nothing_new_is_named_by_the_message_of_its_story() -> None:
    silent = replace(STORY, news=(), lives=True)
    decision = decided(story=silent)
    assert (decision.state, decision.deliveries, decision.shown) == (EntryState.MERGED, (), (7,))
    assert "the message of its story in #alerts names it" in decision.reason


def test_what_says_nothing_new_is_still_told_where_messages_cannot_be_edited() -> None:
    [delivery] = decided(story=replace(STORY, news=())).deliveries
    assert delivery.root == Root(7, "Rockets near Baghdad")


def test_one_channel_is_told_and_another_one_s_message_names_it() -> None:
    silent = replace(STORY, news=(), lives=True)
    decision = decided(found=(IRAQ, IRAN), story=silent)
    assert [one.channel for one in decision.deliveries] == ["#iran-desk"]
    assert (decision.state, decision.shown) == (EntryState.TOLD, (7,))


def test_of_several_messages_of_a_story_the_latest_takes_the_reply() -> None:
    first, second = decided(found=(IRAQ, IRAN), story=STORY).deliveries
    assert first.root == Root(7, "Rockets near Baghdad")
    assert (second.channel, second.root) == ("#iran-desk", None)  # which was told of no article of it


def test_what_a_new_rule_finds_in_a_known_story_is_a_message_of_its_own() -> None:
    known = SoFar({("#alerts", "iraq"): Root(7, "Rockets near Baghdad")}, ())
    first, _ = decided(found=(IRAQ, IRAN), story=known).deliveries
    assert (first.root, first.alert.follows, first.alert.news) == (None, "", ())


MORNING = Timing(digest=(Times((480,)),))
NIGHT = Timing(quiet=(Hours(11 * 60, 13 * 60),))


def test_what_waits_for_a_digest_says_until_when() -> None:
    [delivery] = decided(routes={"iraq": Route(("#alerts",), timing=MORNING)}).deliveries
    assert (delivery.at, delivery.bundle) == (NOON + timedelta(hours=20), "digest 2026-11-23T08:00:00+00:00")
    decision = decided(routes={"iraq": Route(("#alerts",), timing=MORNING)})
    assert decision.reason == "matched iraq; told to #alerts, not before 2026-11-23 08:00 UTC"


def test_the_first_of_several_rules_decides_when() -> None:
    routes = {"iraq": Route(("#alerts",), timing=MORNING), "iran": Route(("#alerts",), timing=NIGHT)}
    [delivery] = decided(found=(IRAQ, IRAN), routes=routes).deliveries
    assert delivery.at == NOON + timedelta(hours=1)
    [now] = decided(found=(IRAQ, IRAN), routes=routes | {"iran": Route(("#alerts",))}).deliveries
    assert (now.at, now.bundle) == (None, "")


def test_what_is_urgent_waits_for_nothing_and_calls() -> None:
    route = Route(("#alerts",), Priority.HIGH, ("@desk",), MORNING)
    [delivery] = decided(routes={"iraq": route}).deliveries
    assert (delivery.at, delivery.bundle) == (None, "")
    assert (delivery.alert.urgent, delivery.alert.mention) == (True, ("@desk",))


def test_tags_of_its_feed_say_what_a_rule_does_not() -> None:
    low = Route(("#low",), Priority.LOW, template=Template.SHORT)
    routes = {"iraq": Route(("#alerts",), tagged=(("middle-east", low),))}
    decision = decided(routes=routes)
    assert [one.channel for one in decision.deliveries] == ["#low"]
    assert (decision.priority, decision.deliveries[0].alert.template) == (Priority.LOW, Template.SHORT)
    elsewhere = decided(replace(ENTRY, tags=("sport",)), routes=routes)
    assert [one.channel for one in elsewhere.deliveries] == ["#alerts"]
    looked = summarise([held(1)], routes, "#general", feeds=1, rules=1, entries=1)
    assert [channel for channel, _, _ in looked] == ["#low"]


FIRST = replace(ENTRY, first_look=True)


@pytest.mark.parametrize(
    ("policy", "state", "alerts"),
    [
        (FirstLook.SUMMARY, EntryState.HELD, 0),
        (FirstLook.SILENT, EntryState.SILENT, 0),
        (FirstLook.ALERT, EntryState.TOLD, 1),
    ],
)
def test_the_first_look_goes_by_its_policy(policy: FirstLook, state: EntryState, alerts: int) -> None:
    decision = decided(FIRST, policy=policy)
    assert decision.state is state and len(decision.deliveries) == alerts
    assert "matched iraq" in decision.reason


@pytest.mark.parametrize("policy", list(FirstLook))
def test_a_first_look_that_matches_nothing_is_no_match(policy: FirstLook) -> None:
    assert decided(FIRST, found=(), policy=policy).state is EntryState.NO_MATCH


@pytest.mark.parametrize("policy", list(FirstLook))
def test_an_old_entry_that_matches_only_in_a_later_version_is_news(policy: FirstLook) -> None:
    later = replace(FIRST, state=EntryState.NO_MATCH, revision=2)
    assert decided(later, policy=policy).state is EntryState.TOLD


@pytest.mark.parametrize("state", [EntryState.HELD, EntryState.SILENT])
def test_a_change_before_the_summary_is_no_news_of_its_own(state: EntryState) -> None:
    policy = FirstLook.SUMMARY if state is EntryState.HELD else FirstLook.SILENT
    assert decided(replace(FIRST, state=state, revision=2), policy=policy).state is state


# --- the summary ----------------------------------------------------------------------------------------


def held(number: int, *found: Found, story: str = "", age: int = 0, title: str = "") -> tuple:
    entry = Entry(f"g{number}", f"https://example.org/{number}", title or f"Headline {number}")
    entry = replace(entry, published=NOON - timedelta(hours=age))
    return replace(FIRST, id=number, entry=entry, story_key=story or f"s{number}"), found or (IRAQ,)


def summary(*entries, limit: int = 40, places: Places = NOWHERE):
    return summarise(entries, ROUTES, "#general", feeds=12, rules=3, entries=412, places=places, limit=limit)


def test_the_summary_is_one_message_a_channel_newest_first() -> None:
    messages = summary(held(1, age=3), held(2, age=1), held(3, IRAN, age=2))
    assert [(name, [line.headline for line in look.listed]) for name, look, _ in messages] == [
        ("#alerts", ["Headline 2", "Headline 3", "Headline 1"]),
        ("#iran-desk", ["Headline 3"]),
    ]
    assert {(look.feeds, look.rules, look.entries) for _, look, _ in messages} == {(12, 3, 412)}


def test_a_story_is_listed_once_with_every_rule_that_found_it() -> None:
    [(_, look, tells), _] = summary(held(1, IRAQ, story="s", age=2), held(2, IRAQ, IRAN, story="s", age=1))
    [line] = look.listed
    assert line.headline == "Headline 2" and line.rules == ("missile + Iraq", "Iran")
    assert tells == (("iraq", "s", 2), ("iran", "s", 2))


def test_articles_of_one_story_are_one_line_and_every_one_is_told() -> None:
    ours, theirs = Place(1, "a.example"), Place(1, "Reuters")
    places = {1: theirs, 2: theirs, 3: ours, 4: Place(4, "c.example")}
    articles = [held(1, age=4), held(2, age=1), held(3, age=2), held(4, age=3)]
    [(_, look, tells)] = summary(*articles, places=places)
    told = [(line.headline, line.articles, line.newsrooms) for line in look.listed]
    assert told == [("Headline 2", 3, 2), ("Headline 4", 1, 1)]
    assert (look.matched, look.more) == (4, 0)
    assert tells == (("iraq", "s2", 2), ("iraq", "s3", 3), ("iraq", "s4", 4), ("iraq", "s1", 1))


def test_an_article_at_two_addresses_is_one_of_its_story_wherever_each_was_placed() -> None:
    places = {1: Place(1, "a.example"), 2: Place(2, "b.example"), 3: Place(2, "c.example")}
    [(_, look, _)] = summary(held(1, story="s"), held(2, story="s"), held(3, story="t"), places=places)
    assert [(line.articles, line.newsrooms) for line in look.listed] == [(2, 3)]


def test_an_article_that_was_never_placed_is_a_story_of_its_own() -> None:
    [(_, look, _)] = summary(held(1), held(2), places={1: Place(7, "a.example")})
    assert [line.articles for line in look.listed] == [1, 1]


def test_what_is_beyond_the_limit_is_counted_and_counts_as_told() -> None:
    [(_, look, tells)] = summary(*(held(number) for number in range(50)))
    assert (len(look.listed), look.more, len(tells)) == (40, 10, 50)


def test_a_first_look_without_matches_says_so_in_the_default_channel() -> None:
    [(channel, look, tells)] = summary()
    assert (channel, look.listed, look.more, tells) == ("#general", (), 0, ())


def test_an_entry_without_a_date_stands_where_it_was_seen() -> None:
    entry, found = held(1)
    undated = replace(entry, entry=replace(entry.entry, published=None), seen_at=NOON - timedelta(hours=2))
    [(_, look, _)] = summary((undated, found), held(2, age=1), held(3, age=3))
    assert [line.headline for line in look.listed] == ["Headline 2", "Headline 1", "Headline 3"]


# --- the key ---------------------------------------------------------------------------------------------


def test_the_key_is_the_same_whoever_computes_it() -> None:
    assert outbox_key("#a", "alert", "story", ("x", "y")) == outbox_key("#a", "alert", "story", ("y", "x"))


@pytest.mark.parametrize(
    "other",
    [
        ("#b", "alert", "s", ("x",)),
        ("#a", "first look", "s", ("x",)),
        ("#a", "alert", "t", ("x",)),
        ("#a", "alert", "s", ("y",)),
        ("#a", "alert", "s", ("x", "y")),
        ("#aalert", "", "s", ("x",)),
    ],
)
def test_another_message_has_another_key(other: tuple[str, str, str, tuple[str, ...]]) -> None:
    assert outbox_key("#a", "alert", "s", ("x",)) != outbox_key(*other)
