"""Which articles are one story, kept over restarts, on both databases."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from monitor.model.stories import Membership
from monitor.store import stories
from monitor.store.db import Tx
from monitor.stories.packing import pack, unpack
from monitor.stories.placing import Arrival, Joined, OpenStories
from monitor.stories.reading import read
from monitor.stories.story import Member
from tests.doors.stores import NOON
from tests.doors.test_store_db import add_row

TEXT = """A strong earthquake of magnitude 6.1 struck the coast of Oaxaca on Tuesday and damaged 230 houses in
Salina Cruz and Juchitan, governor Salomon Rivera said. The Pemex refinery kept running."""


@pytest.fixture
def entry_ids(tx: Tx) -> list[int]:
    add_row(tx, "feeds", id=1, key="k", url="https://news.example/feed", tags="[]", host="news.example")
    for number in range(1, 6):
        add_row(tx, "entries", id=number, feed_id=1, blocks="[]", state="told", story_key=str(number))
    return list(range(1, 6))


def placed(tx: Tx, room: OpenStories, entry_id: int, text: str) -> Membership:
    at = NOON + timedelta(minutes=entry_id)
    arrival = Arrival(entry_id, at, f"paper{entry_id}.example", read("", text, languages=("en",)))
    placing, member = room.place(arrival)
    room.keep(member)
    kept = kept_of(member, placing.why, placing.how.value if isinstance(placing, Joined) else "")
    stories.keep_member(tx, kept)
    return kept


def kept_of(member: Member, why: str, how: str = "") -> Membership:
    names = (member.entry_id, member.story, member.at, member.newsroom, member.origin)
    return Membership(
        *names, reading=pack(member), said=b"", why=why, how=how, news=(("number", "a new number: 31"),)
    )


def test_a_member_comes_back_as_it_was_kept(tx: Tx, entry_ids: list[int]) -> None:
    kept = placed(tx, OpenStories(), 1, TEXT)
    assert stories.member(tx, 1) == kept
    assert stories.member(tx, 2) is None
    assert tuple(stories.members_since(tx, NOON)) == stories.members_of(tx, [1]) == (kept,)
    assert tuple(stories.members_since(tx, NOON + timedelta(hours=1))) == ()


def test_what_an_article_is_compared_with_survives_packing(tx: Tx, entry_ids: list[int]) -> None:
    _, member = OpenStories().place(Arrival(1, NOON, "a.example", read("In 2026", TEXT)))
    same = unpack(kept_of(member, ""))
    assert same.vector == member.vector
    assert np.array_equal(same.sketch, member.sketch)
    assert (same.size, same.title, same.at) == (member.size, member.title, member.at)


def test_a_reading_of_another_version_is_refused_in_words(tx: Tx) -> None:
    _, member = OpenStories().place(Arrival(7, NOON, "a.example", read("", TEXT)))
    strange = replace(kept_of(member, ""), reading=b"\x63" + pack(member)[1:])
    with pytest.raises(ValueError, match="entry 7: its reading is of version 99, not 1"):
        unpack(strange)


def test_a_restart_forgets_nothing(tx: Tx, entry_ids: list[int]) -> None:
    before = OpenStories()
    placed(tx, before, 1, TEXT)
    placed(tx, before, 2, TEXT + " Schools stay closed.")
    after = OpenStories()
    for kept in stories.members_since(tx, NOON):
        after.keep(unpack(kept))
    third = Arrival(3, NOON + timedelta(hours=1), "c.example", read("", TEXT, languages=("en",)))
    assert after.place(third)[0] == before.place(third)[0]
    assert after.place(third)[0].story == 1


def test_an_article_is_placed_once(tx: Tx, entry_ids: list[int]) -> None:
    kept = placed(tx, OpenStories(), 1, TEXT)
    assert not stories.keep_member(tx, replace(kept, why="placed again"))
    assert stories.member(tx, 1) == kept


def test_what_the_others_of_a_story_said_comes_in_time_order_the_latest_first_to_stay(
    tx: Tx, entry_ids: list[int]
) -> None:
    kept = placed(tx, OpenStories(), 1, TEXT)
    for number in (2, 3, 4):
        at = NOON + timedelta(minutes=10 - number)
        stories.keep_member(tx, replace(kept, entry_id=number, at=at, said=b"%d" % number))
    assert stories.said_before(tx, 1, 2, most=9) == [b"", b"4", b"3"]
    assert stories.said_before(tx, 1, 2, most=1) == [b"3"]
    assert stories.said_before(tx, 7, 2, most=9) == []


def test_an_article_that_is_judged_again_says_more_where_it_is(tx: Tx, entry_ids: list[int]) -> None:
    kept = placed(tx, OpenStories(), 1, TEXT)
    assert not stories.keep_member(tx, replace(kept, story=2, said=b"more"))
    assert stories.member(tx, 1) == replace(kept, said=b"more")


def test_what_a_person_merges_and_splits_is_remembered(tx: Tx, entry_ids: list[int]) -> None:
    room = OpenStories()
    for number, text in enumerate(
        (TEXT, "Rain in Bergen and snow in Voss.", "Snow in Voss, says Bergen."), 1
    ):
        placed(tx, room, number, text)
    stories.merge(tx, 2, into=1, why="merged by ada", now=NOON)
    assert {kept.entry_id for kept in stories.members_of(tx, [1])} >= {1, 2}
    assert stories.split(tx, [2, 3], why="split by ada", now=NOON) == 2
    apart = stories.members_of(tx, [2])
    assert [(kept.entry_id, kept.why, kept.by_hand) for kept in apart] == [
        (2, "split by ada", True),
        (3, "split by ada", True),
    ]
    assert stories.split(tx, [99], why="", now=NOON) == 0
