"""Who an entry is, over days of polls. What the feeds do here, real ones were seen to do."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Block, Change, Entry, FeedRead, Fresh, Known, NewEntry, Said, Zone
from monitor.sources import fresh


class Memory:
    """A store as small as fresh.py can tell: what was new becomes known, edits and names are kept."""

    def __init__(self) -> None:
        self.by_alias: dict[str, int] = {}
        self.said: dict[int, Said] = {}

    def poll(self, *entries: Entry) -> Fresh:
        read = FeedRead("World", entries)
        asked = {name: self.by_alias[name] for name in fresh.all_aliases(read) if name in self.by_alias}
        known = Known(asked, {entry_id: self.said[entry_id] for entry_id in asked.values()})
        found = fresh.compare(read, 7, known)
        for new in found.new:
            self._keep(len(self.said) + 1, new)
        for edit in found.changed:
            self.said[edit.entry_id] = Said(edit.entry.title, edit.entry.link, edit.words_hash)
        for name, entry_id in found.learnt:
            assert name not in self.by_alias
            self.by_alias[name] = entry_id
        return found

    def _keep(self, entry_id: int, new: NewEntry) -> None:
        assert new.aliases and not set(new.aliases) & self.by_alias.keys()
        self.by_alias |= dict.fromkeys(new.aliases, entry_id)
        self.said[entry_id] = Said(new.entry.title, new.entry.link, new.words_hash)


def entry(number: int, text: str = "Two were hurt.", **fields: str) -> Entry:
    own = {
        "guid": f"tag:{number}",
        "link": f"https://news.example/world/{number}",
        "title": f"Headline {number}",
    }
    return Entry(**(own | fields), blocks=(Block(Zone.SUMMARY, text),))


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


# --- edits -------------------------------------------------------------------------------------------------


def test_an_edited_headline_is_a_change() -> None:
    memory = Memory()
    memory.poll(ONE)
    edited = replace(ONE, title="Missile strike kills two")
    assert memory.poll(edited) == Fresh(changed=(Change(1, edited, fresh.words_hash(edited)),))
    assert memory.poll(edited) == Fresh()


def test_an_edited_text_is_a_change_even_back_to_what_it_was() -> None:
    memory = Memory()
    memory.poll(ONE)
    assert memory.poll(entry(1, "Three were hurt.")).changed
    assert memory.poll(ONE).changed


def test_a_new_guid_and_a_new_headline_on_the_same_link_are_an_edit() -> None:
    memory = Memory()
    memory.poll(ONE)
    found = memory.poll(entry(1, guid="hash-b", title="Missile strike kills two"))
    assert not found.new and [edit.entry_id for edit in found.changed] == [1]


def test_spacing_case_and_related_lines_are_no_edit() -> None:
    memory = Memory()
    memory.poll(ONE)
    same = replace(ONE, title="HEADLINE  1", blocks=(*ONE.blocks, Block(Zone.RELATED, "Read another story")))
    assert not memory.poll(same).changed


def test_characters_broken_on_the_way_are_no_edit() -> None:
    memory = Memory()
    memory.poll(entry(1, "ইরান ক্ষেপণাস্ত্র"))
    assert not memory.poll(entry(1, "ইরান \ufffd\ufffdেপণাস্ত্র")).changed
    assert memory.poll(replace(entry(1, "ইরান \ufffd\ufffd"), title="Another headline")).changed


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
