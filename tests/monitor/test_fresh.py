"""Who an entry is, over days of polls. What the feeds do here, real ones were seen to do."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Block, Change, Entry, FeedRead, Fresh, Known, NewEntry, Said, Zone
from monitor.sources import fresh
from monitor.sources.feed import read_feed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Memory:
    """A store as small as fresh.py can tell: what was new becomes known, edits and names are kept."""

    def __init__(self) -> None:
        self.by_alias: dict[str, int] = {}
        self.said: dict[int, Said] = {}

    def poll(self, *entries: Entry, total: int = 0) -> Fresh:
        read = FeedRead("World", entries, total=total or len(entries))
        asked = {name: self.by_alias[name] for name in fresh.all_aliases(read) if name in self.by_alias}
        known = Known(asked, {entry_id: self.said[entry_id] for entry_id in asked.values()})
        found = fresh.compare(read, 7, known)
        for new in found.new:
            self._keep(len(self.said) + 1, new)
        for edit in found.changed:
            guid = self.said[edit.entry_id].guid
            self.said[edit.entry_id] = replace(said(edit.entry, edit.words_hash), guid=guid)
        for name, entry_id in found.learnt:
            assert name not in self.by_alias
            self.by_alias[name] = entry_id
        return found

    def _keep(self, entry_id: int, new: NewEntry) -> None:
        assert new.aliases and not set(new.aliases) & self.by_alias.keys()
        self.by_alias |= dict.fromkeys(new.aliases, entry_id)
        self.said[entry_id] = said(new.entry, new.words_hash)


def said(entry: Entry, words: str) -> Said:
    return Said(entry.title, entry.link, words, entry.guid, entry.published, entry.blocks)


def entry(number: int, text: str = "Two were hurt.", **fields: str) -> Entry:
    own: dict[str, Any] = {
        "guid": f"tag:{number}",
        "link": f"https://news.example/world/{number}",
        "title": f"Headline {number}",
    }
    return Entry(**(own | fields), blocks=(Block(Zone.SUMMARY, text),))


def dated(one: Entry, day: int) -> Entry:
    return replace(one, published=datetime(2026, 3, day, 9, 30, tzinfo=UTC))


def later(one: Entry, by: timedelta) -> Entry:
    return replace(one, published=one.published and one.published + by)


def titles(found: Iterable[NewEntry]) -> list[str]:
    return [new.entry.title for new in found]


ONE, TWO, THREE = entry(1), entry(2), entry(3)


# --- new and known -----------------------------------------------------------------------------------------


def test_entries_are_new_once() -> None:
    memory = Memory()
    assert titles(memory.poll(ONE, TWO).new) == ["Headline 1", "Headline 2"]
    assert memory.poll(ONE, TWO) == Fresh()


def test_a_new_entry_below_known_ones_is_found() -> None:
    memory = Memory()
    memory.poll(ONE, TWO)
    assert titles(memory.poll(ONE, THREE, TWO).new) == ["Headline 3"]


def test_order_does_not_matter() -> None:
    memory = Memory()
    memory.poll(ONE, TWO, THREE)
    assert memory.poll(THREE, ONE, TWO) == Fresh()


def test_an_entry_that_vanishes_and_returns_is_known() -> None:
    memory = Memory()
    memory.poll(ONE, TWO)
    memory.poll(TWO)
    memory.poll()
    assert memory.poll(ONE, TWO) == Fresh()


def test_an_entry_twice_in_one_document_is_one() -> None:
    memory = Memory()
    assert titles(memory.poll(ONE, ONE, TWO).new) == ["Headline 1", "Headline 2"]


def test_the_same_article_under_two_guids_in_one_document_is_one() -> None:
    memory = Memory()
    assert len(memory.poll(ONE, replace(ONE, guid="tag:again")).new) == 1
    assert memory.poll(replace(ONE, guid="tag:again")) == Fresh()


# --- names that change -------------------------------------------------------------------------------------


def test_a_guid_that_counts_up_is_the_same_entry() -> None:
    memory = Memory()
    link = "https://news.example/world/c1?at_medium=RSS"
    for count in range(4):
        found = memory.poll(entry(1, guid=f"https://news.example/world/c1#{count}", link=link))
        assert bool(found.new) == (count == 0)
        assert not found.changed


def test_a_random_guid_at_each_poll_is_the_same_entry() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="9f1c"), entry(2, guid="77aa"))
    found = memory.poll(entry(1, guid="0b3d"), entry(2, guid="e01f"))
    assert not found.new and [name for name, _ in found.learnt] == ["guid:0b3d", "guid:e01f"]


def test_a_random_guid_without_a_link_is_known_by_its_words() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="9f1c", link=""))
    assert not memory.poll(entry(1, guid="0b3d", link="")).new


def test_the_same_words_on_another_day_without_a_link_are_another_entry() -> None:
    memory = Memory()
    outages = [
        replace(entry(1, guid=f"{day}", link=""), published=datetime(2026, 3, day, tzinfo=UTC))
        for day in (1, 9, 19)
    ]
    assert len(memory.poll(*outages[:2]).new) == 2
    assert memory.poll(*outages).new[0].entry == outages[2]
    assert not memory.poll(*(replace(one, guid=f"{one.guid} again") for one in outages)).new


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_random_guids_without_dates_and_links_are_known_by_their_words(number: int) -> None:
    memory = Memory()
    for poll in range(5):
        found = memory.poll(*(entry(n, guid=f"{poll}-{n}", link="") for n in range(number + poll)))
        assert len(found.new) == (1 if poll else number)


def test_two_notices_with_the_same_words_from_a_feed_with_guids_are_two() -> None:
    """Both in one document, or one after the other; also where the second is too young to be dated."""
    memory = Memory()
    first, second, third = (
        dated(entry(1, guid=f"{day}", link="", title="Status: OK"), day) for day in (1, 2, 3)
    )
    assert len(memory.poll(first, second).new) == 2
    assert memory.poll(third).new
    young = replace(entry(1, guid="4", link="", title="Status: OK"), published=None)
    assert memory.poll(young).new
    assert not memory.poll(dated(young, 4)).new


@pytest.mark.parametrize("link", ["", "https://news.example/"])
def test_a_notice_in_the_place_of_the_last_one_with_the_same_words_is_another(link: str) -> None:
    memory = Memory()
    for day in (1, 2, 3):
        assert memory.poll(dated(entry(1, guid=f"{day}", link=link, title="Status: OK"), day)).new


def test_https_www_and_tracking_do_not_make_an_entry_new() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="http://www.news.example/?p=1", link="http://www.news.example/world/1"))
    moved = entry(1, guid="https://news.example/?p=1", link="https://news.example/world/1/?utm_source=rss")
    assert not memory.poll(moved).new


def test_a_site_that_moves_to_another_host_tells_nothing_again() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="http://old.example/?p=1", link="http://old.example/world/1"))
    moved = entry(1, guid="https://new.example/?p=1", link="https://new.example/world/1")
    assert not memory.poll(moved).new


def test_guids_that_appear_one_day_belong_to_the_known_entries() -> None:
    memory = Memory()
    memory.poll(entry(1, guid=""))
    assert memory.poll(entry(1)).learnt == (("guid:tag:1", 1),)


def test_an_address_rewritten_with_the_headline_stays_the_same_entry() -> None:
    memory = Memory()
    memory.poll(
        entry(
            1,
            link="https://news.example/national/415027/light-aircraft-crashes",
            title="Light aircraft crashes",
        )
    )
    died = entry(
        1, link="https://news.example/national/415027/pilot-dies-after-crash", title="Pilot dies after crash"
    )
    found = memory.poll(died)
    assert not found.new and found.changed == (Change(1, died, fresh.words_hash(died)),)


def test_the_date_in_an_address_is_not_the_number_of_an_article() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="latest", link="https://news.example/20261122/dawn", title="Dawn"))
    assert memory.poll(entry(1, guid="latest", link="https://news.example/20261122/dusk", title="Dusk")).new


# --- names that are none -----------------------------------------------------------------------------------


def test_one_guid_on_all_entries_names_none_of_them() -> None:
    memory = Memory()
    assert len(memory.poll(*(entry(n, guid="news") for n in (1, 2, 3))).new) == 3
    assert titles(memory.poll(*(entry(n, guid="news") for n in (2, 3, 4))).new) == ["Headline 4"]


def test_a_front_page_as_every_link_names_no_entry_and_no_story() -> None:
    memory = Memory()
    found = memory.poll(*(entry(n, guid="", link="https://news.example/") for n in (1, 2, 3)))
    assert len({new.story_key for new in found.new}) == 3
    assert titles(memory.poll(*(entry(n, guid="", link="https://news.example/") for n in (3, 4))).new) == [
        "Headline 4"
    ]


def test_a_running_page_as_every_link_names_no_entry_and_no_story() -> None:
    memory = Memory()
    found = memory.poll(*(entry(n, link="https://news.example/live/iran") for n in (1, 2, 3)))
    assert len({new.story_key for new in found.new}) == 3


def test_no_guid_and_no_link_is_known_by_its_words() -> None:
    memory = Memory()
    bare = [entry(n, guid="", link="") for n in (1, 2)]
    assert len(memory.poll(*bare).new) == 2
    assert memory.poll(*reversed(bare)) == Fresh()


def test_the_same_headline_on_another_page_is_another_article() -> None:
    memory = Memory()
    memory.poll(entry(1, title="What happened today"))
    assert memory.poll(entry(1, title="What happened today"), entry(2, title="What happened today")).new


def test_a_guid_used_again_for_another_article_is_a_new_entry() -> None:
    memory = Memory()
    memory.poll(entry(1, guid="top"))
    assert titles(memory.poll(entry(2, guid="top")).new) == ["Headline 2"]
    assert memory.poll(entry(2, guid="top")) == Fresh()


def test_two_versions_of_one_article_in_one_document_tell_one_story() -> None:
    memory = Memory()
    found = memory.poll(
        entry(1, guid="hash-a", title="Strike"), entry(1, guid="hash-b", title="Strike kills two")
    )
    assert len(found.new) == 2 and len({new.story_key for new in found.new}) == 1


def test_the_edition_of_the_day_on_one_address_is_new_each_day() -> None:
    """Its guid, its date, its words: nothing is the same but the address. It is a story of its own, too."""
    memory = Memory()
    page = "https://news.example/bulletin"
    first = dated(entry(1, link=page, title="Rain in the north"), 1)
    second = dated(entry(2, "Four were hurt.", link=page, title="Missile found"), 2)
    assert memory.poll(first).new
    (new,) = memory.poll(second).new
    assert new.story_key != fresh.story_key(first, feed_id=7)
    assert memory.poll(second) == Fresh()


def test_the_state_of_the_day_under_one_guid_is_new_each_day() -> None:
    """Without a link: the guid is all that stays, and it means "now"."""
    memory = Memory()
    memory.poll(dated(entry(1, guid="now", link="", title="All is well"), 1))
    assert memory.poll(dated(entry(1, "Hit.", guid="now", link="", title="All is better"), 1)).changed
    assert memory.poll(dated(entry(1, "Fire.", guid="now", link="", title="Storm over Basra"), 2)).new
    assert memory.poll(dated(entry(1, "Ice.", guid="now", link="", title=""), 3)).new
    assert memory.poll(dated(entry(1, "Fog.", guid="now", link="", title=""), 4)).new


def test_an_edit_a_day_later_with_another_guid_is_no_edition() -> None:
    memory = Memory()
    memory.poll(dated(entry(1, guid="https://news.example/c1#0", title="Rain in the north"), 1))
    later = dated(entry(1, guid="https://news.example/c1#1", title="Missile found"), 2)
    found = memory.poll(later)
    assert not found.new and found.changed


def test_one_path_on_two_sites_of_a_collection_is_two_entries() -> None:
    """As in the feed of a planet: a path that is known, and a headline that everybody uses."""
    memory = Memory()
    ours = dated(entry(1, guid="https://a.example/?p=12", link="https://a.example/q/10001", title="Links"), 1)
    theirs = dated(
        entry(2, "Others.", guid="https://b.example/?p=12", link="https://b.example/q/10001", title="Links"),
        9,
    )
    memory.poll(ours)
    assert memory.poll(ours, theirs).new
    assert memory.poll(ours, theirs) == Fresh()


# --- all at once -------------------------------------------------------------------------------------------


def document(change: Callable[[int, Entry], Entry] = lambda number, one: one) -> list[Entry]:
    """Eight entries of eight days, each changed so."""
    subjects = ("Harbour", "Ferry", "Strike", "Budget", "Storm", "Museum", "Treaty", "Election")
    made = (
        dated(entry(n, f"What is known of it: {word}.", title=f"{word} in the news"), n + 1)
        for n, word in enumerate(subjects)
    )
    return [change(n, one) for n, one in enumerate(made)]


def rewritten(number: int, one: Entry) -> Entry:
    """A new guid and another address: what a new system makes of an old page."""
    return replace(one, guid=f"urn:new:{number}", link=f"https://news.example/{one.title[:4]}-x{number}")


CHANGES: dict[str, Callable[[int, Entry], Entry]] = {
    "the guids are gone": lambda n, one: replace(one, guid=""),
    "F25 new guids": lambda n, one: replace(one, guid=f"b7{n}e-{n * 977:x}"),
    "F26 http to https": lambda n, one: replace(one, link=one.link.replace("https:", "http:")),
    "F26 www": lambda n, one: replace(one, link=one.link.replace("//", "//www.")),
    "F26 another host": lambda n, one: replace(
        one, guid=f"https://n2.example/?p={n}", link=one.link.replace("news.", "paper.")
    ),
    "F27 headlines edited": lambda n, one: replace(one, title=f"{one.title}: what we know"),
    "F27 headlines, texts and guids edited": lambda n, one: replace(
        one, guid=f"h{n}", title=f"Update {n}", blocks=(Block(Zone.SUMMARY, f"It is over: {n}."),)
    ),
    "guids and addresses": rewritten,
    "guids, addresses and texts": lambda n, one: replace(
        rewritten(n, one), blocks=(Block(Zone.SUMMARY, f"Another summary {n}."),)
    ),
    "guids, addresses and dates": lambda n, one: later(rewritten(n, one), timedelta(hours=9)),
    "guids and addresses, without links": lambda n, one: replace(rewritten(n, one), link=""),
    "addresses with the headline, guids kept": lambda n, one: replace(
        one, link=f"https://news.example/{n}/{one.title}", title=f"{one.title}, at last"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_feed_that_changes_all_its_entries_tells_none_again(change: Callable[[int, Entry], Entry]) -> None:
    memory = Memory()
    assert len(memory.poll(*document()).new) == 8
    assert not memory.poll(*document(change)).new
    assert memory.poll(*reversed(document(change))) == Fresh()
    assert not memory.poll(*document()).new


NO_GUIDS = {
    "F21 no guid": "",
    "F22 an empty guid": "<guid></guid>",
    "F22 a guid of spaces": "<guid> \n </guid>",
    "F23 isPermaLink=false, empty": '<guid isPermaLink="false"></guid>',
    "F23 isPermaLink=false, no element": '<guid isPermaLink="false"/>',
}


@pytest.mark.parametrize("guid", NO_GUIDS.values(), ids=NO_GUIDS.keys())
@pytest.mark.parametrize("linked", [True, False])
def test_without_a_guid_an_entry_goes_by_its_link_then_by_its_words(guid: str, linked: bool) -> None:
    def polled(*words: str) -> tuple[Entry, ...]:
        items = (
            f"<item>{guid}<title>{word}</title>"
            + (f"<link>https://news.example/{word}</link>" if linked else "")
            + f"<description>What is known of it: {word}.</description></item>"
            for word in words
        )
        body = f"<rss version='2.0'><channel><title>World</title>{''.join(items)}</channel></rss>"
        got = read_feed(body.encode(), "https://news.example/feed", "application/xml", NOON)
        assert isinstance(got, FeedRead)
        return got.entries

    memory = Memory()
    assert len(memory.poll(*polled("Harbour", "Ferry")).new) == 2
    assert titles(memory.poll(*polled("Ferry", "Strike", "Harbour")).new) == ["Strike"]


def test_f24_one_guid_on_all_entries_names_none_of_them_even_alone() -> None:
    memory = Memory()
    same = document(lambda n, one: replace(one, guid="news", published=None))
    assert len(memory.poll(*same[:4]).new) == 4
    assert titles(memory.poll(same[4]).new) == ["Storm in the news"]
    assert titles(memory.poll(same[5]).new) == ["Museum in the news"]
    assert not memory.poll(*same[:6]).new


def test_f25_random_guids_dates_of_the_poll_and_no_link_tell_nothing_again() -> None:
    memory = Memory()
    for poll in range(4):
        found = memory.poll(
            *document(lambda n, one, poll=poll: dated(replace(one, guid=f"{poll}-{n}", link=""), 10 + poll))  # type: ignore[misc]
        )
        assert len(found.new) == (8 if poll == 0 else 0)


def test_f28_shuffled_at_each_poll_tells_nothing_again() -> None:
    memory = Memory()
    memory.poll(*document())
    for turn in range(1, 8):
        shown = document()
        assert memory.poll(*shown[turn:], *shown[:turn]) == Fresh()


def test_f29_an_entry_that_returns_with_another_guid_is_known() -> None:
    memory = Memory()
    memory.poll(*document())
    memory.poll(ONE)
    back = document(lambda n, one: replace(one, guid=f"again {n}"))[3]
    assert not memory.poll(ONE, back).new


def test_a_churned_feed_with_news_among_it_tells_the_news() -> None:
    memory = Memory()
    memory.poll(*document())
    assert titles(memory.poll(entry(99), *document(rewritten)).new) == ["Headline 99"]


def test_warnings_that_are_issued_anew_with_the_same_headlines_are_news() -> None:
    memory = Memory()
    memory.poll(*document())
    anew = [
        replace(
            rewritten(n, one),
            blocks=(Block(Zone.SUMMARY, f"Now until Friday: {n}."),),
            published=one.published and one.published + timedelta(hours=2),
        )
        for n, one in enumerate(document())
    ]
    assert len(memory.poll(*anew).new) == 8


@pytest.mark.parametrize("number", [1, 3, 5, 8])
def test_entries_with_words_of_yesterday_are_todays(number: int) -> None:
    """A programme: the same headlines and texts every day, other guids, addresses and dates."""
    memory = Memory()
    memory.poll(*document()[:number])
    for day in range(1, 4):
        today = [
            later(
                replace(one, guid=f"{day}-{n}", link=f"https://news.example/{day}-{n}"), timedelta(days=day)
            )
            for n, one in enumerate(document()[:number])
        ]
        assert len(memory.poll(*today).new) == number
        assert memory.poll(*today) == Fresh()


def test_one_entry_with_the_words_and_the_moment_of_another_that_is_gone_is_that() -> None:
    memory = Memory()
    memory.poll(*document())
    others = document()[3:]
    assert memory.poll(rewritten(2, document()[2]), *others).new == ()


def test_one_entry_with_the_words_and_the_moment_of_another_that_is_there_is_new() -> None:
    """Notices of an exchange: all at seven o'clock, all with the same words."""
    memory = Memory()
    memory.poll(*document())
    assert memory.poll(*document(), rewritten(2, document()[2])).new


def test_a_version_of_a_page_stays_known_when_the_other_is_gone() -> None:
    memory = Memory()
    versions = [entry(1, title="Strike"), entry(1, title="Strike kills two")]
    memory.poll(*versions)
    assert not memory.poll(versions[0]).new
    assert not memory.poll(versions[1]).new


@pytest.mark.parametrize("kept", [3, 5])
def test_what_a_partial_reading_leaves_out_counts_as_known(kept: int) -> None:
    """A poll hands on the entries that are not those of last time, byte for byte, and how many there were."""
    memory = Memory()
    memory.poll(*document())
    churned = document(lambda n, one: later(rewritten(n, one), timedelta(hours=9)))[:5]
    found = memory.poll(*churned, total=5 + kept)
    assert bool(found.new) == (kept == 5)


def test_an_entry_that_only_borrows_a_name_does_not_take_the_place_of_its_owner() -> None:
    """The second entry is an edit of the known one; the first has its guid, and now its words, too."""
    memory, guid, page = Memory(), "https://news.example/world/2", "https://news.example/world/2"
    memory.poll(entry(2, guid=guid, link=page, title="Harbour"))
    both = entry(1, guid=guid, title="Ferry"), entry(2, guid="g1", link=page, title="Ferry")
    assert titles(memory.poll(*both).new) == ["Ferry"]
    assert memory.poll(*both) == Fresh()


def test_a_page_with_the_number_of_another_does_not_take_its_place() -> None:
    memory = Memory()
    memory.poll(entry(1, link="https://news.example/55555/x", title="Harbour"))
    both = [Entry("a", f"https://{host}.example/55555/x", "Ferry", ONE.blocks) for host in ("paper", "news")]
    memory.poll(*both)
    assert memory.poll(*both) == Fresh()


# --- edits -------------------------------------------------------------------------------------------------


def test_an_edited_headline_is_a_change() -> None:
    memory = Memory()
    memory.poll(ONE)
    edited = replace(ONE, title="Missile strike kills two")
    assert memory.poll(edited).changed == (Change(1, edited, fresh.words_hash(edited)),)
    assert memory.poll(edited) == Fresh()


def test_an_edited_text_is_a_change_and_back_to_what_it_was_is_none() -> None:
    """Rules saw that version when it first came; a feed may flip between two at every poll."""
    memory = Memory()
    memory.poll(ONE)
    edited = entry(1, "Three were hurt.")
    assert memory.poll(edited).changed
    for version in (ONE, edited, ONE, edited):
        assert memory.poll(version) == Fresh()
    assert memory.poll(entry(1, "Four were hurt.")).changed


def test_a_new_guid_and_a_new_headline_on_the_same_link_are_an_edit() -> None:
    memory = Memory()
    memory.poll(ONE)
    found = memory.poll(entry(1, guid="hash-b", title="Missile strike kills two"))
    assert not found.new and [edit.entry_id for edit in found.changed] == [1]


def test_an_edit_at_the_end_of_a_post_that_is_all_headline_is_an_edit() -> None:
    """Where headlines are cut off: posts of a network came so, 1,400 characters long."""

    def post(end: str) -> tuple[Entry, ...]:
        title = f"<title>{'It is my great honour. ' * 60}{end}</title>"
        body = f"<rss version='2.0'><channel><item><guid>1</guid>{title}</item></channel></rss>"
        got = read_feed(body.encode(), "https://news.example/feed", "application/xml", NOON)
        assert isinstance(got, FeedRead)
        return got.entries

    memory = Memory()
    memory.poll(*post("Good night!"))
    (edit,) = memory.poll(*post("A missile was seen.")).changed
    assert edit.entry.blocks[-1].text.endswith("A missile was seen.")


def test_spacing_case_and_related_lines_are_no_edit() -> None:
    memory = Memory()
    memory.poll(ONE)
    same = replace(ONE, title="HEADLINE  1", blocks=(*ONE.blocks, Block(Zone.RELATED, "Read another story")))
    assert not memory.poll(same).changed


BANGLA = "ইরান আজ ক্ষেপণাস্ত্র ছুড়েছে বলে জানানো হয়েছে"


def test_characters_broken_on_the_way_are_no_edit() -> None:
    memory = Memory()
    memory.poll(entry(1, BANGLA))
    for broken in ("ক্ষেপণাস্ত্র", "ছুড়েছে", "জানানো"):  # another word at each poll
        damaged = BANGLA.replace(broken, f"\ufffd\ufffd{broken[1:]}")
        assert not memory.poll(entry(1, damaged)).changed
        assert not memory.poll(entry(1, damaged, title="Headline \ufffd")).changed
    assert not memory.poll(entry(1, BANGLA)).changed


def test_an_edit_of_a_text_that_is_always_broken_is_an_edit() -> None:
    memory = Memory()
    memory.poll(entry(1, "The caf\ufffd was hit, two were hurt."))
    assert memory.poll(entry(1, "The caf\ufffd was hit, three were hurt.")).changed
    assert memory.poll(
        entry(1, "The caf\ufffd was hit, three were hurt.", title="Missile hits caf\ufffd")
    ).changed


def test_a_text_that_comes_whole_after_a_broken_one_says_nothing_new() -> None:
    memory = Memory()
    memory.poll(entry(1, BANGLA.replace("আজ", "\ufffdজ")))
    assert not memory.poll(entry(1, BANGLA)).changed


# --- names -------------------------------------------------------------------------------------------------


def test_an_entry_has_these_names() -> None:
    both = entry(1, guid="https://news.example/?p=1")
    assert fresh.aliases(both) == (
        "guid:https://news.example/?p=1",
        "path:?p=1",
        "path:/world/1",
        "link:news.example/world/1",
        f"words:{fresh.words_hash(both)}",
    )
    title, moment, words = fresh.aliases(dated(both, 7))[4:]
    assert title.startswith("title:") and title.endswith("@20260307")
    assert (moment, words) == (
        f"words:{fresh.words_hash(both)}@20260307093000",
        f"words:{fresh.words_hash(both)}",
    )


def test_the_story_of_a_page_is_the_same_in_every_feed() -> None:
    other = entry(9, guid="other", link="http://www.news.example/world/1?utm_medium=rss#top")
    assert fresh.story_key(ONE, feed_id=7) == fresh.story_key(other, feed_id=8) == "page:news.example/world/1"


def test_an_entry_without_a_page_is_a_story_of_its_own() -> None:
    bare = entry(1, link="https://news.example/")
    assert fresh.story_key(bare, feed_id=7) != fresh.story_key(bare, feed_id=8)


def test_names_are_short_however_long_guid_and_link_are() -> None:
    long = entry(1, guid="g" * 100_000, link="https://news.example/" + "l" * 100_000)
    assert all(len(name) <= fresh.LONGEST_NAME for name in fresh.aliases(long))
    assert fresh.aliases(long)[0] != fresh.aliases(replace(long, guid="g" * 99_999))[0]


WORDS = st.sampled_from(["", "a", "b", "c"])
LINKS = st.sampled_from(
    ["", "https://n.example/", "https://n.example/1", "https://n.example/2", "https://n.example/3"]
)
ENTRIES = st.builds(
    lambda guid, link, title, text: Entry(guid, link, title, (Block(Zone.SUMMARY, text),)),
    WORDS,
    LINKS,
    WORDS,
    WORDS,
)


@given(st.lists(st.lists(ENTRIES, max_size=5), max_size=5))
def test_whatever_a_feed_does_the_same_document_again_adds_nothing(polls: list[list[Entry]]) -> None:
    memory = Memory()
    for entries in polls:
        memory.poll(*entries)
        assert memory.poll(*entries) == Fresh()


@given(st.lists(ENTRIES, max_size=6))
def test_no_words_of_a_first_document_are_lost(entries: list[Entry]) -> None:
    found = Memory().poll(*entries)
    assert {fresh.words_hash(new.entry) for new in found.new} == {
        fresh.words_hash(entry) for entry in entries
    }
