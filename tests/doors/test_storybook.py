"""`wirewatch stories`, on stories that a newsroom's articles made."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.commands import storybook
from monitor.errors import WirewatchError
from monitor.store.db import Db
from tests.doors.stores import NOON
from tests.doors.test_grouping import CONVOY, MINUTE, PRICES, Newsdesk, opened

DAY = timedelta(days=1)


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Newsdesk]:
    """Three articles: a story of two, and one that stands alone."""
    async with opened(address) as desk:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
        await desk.told("/3", "Tomatoes dearer in Lima", PRICES, NOON + 2 * MINUTE)
        yield desk


def shown(lines: object) -> str:
    return "\n".join(str(line) for line in lines)  # type: ignore[attr-defined]


async def test_a_list_names_stories_of_several_articles_and_counts_the_rest(desk: Newsdesk) -> None:
    told = await desk.db.read(lambda tx: storybook.latest(tx, NOON + DAY, 3 * DAY))
    assert shown(storybook.list_lines(told)) == (
        "Convoy hit near Rutba\n"
        "  story 1: 2 articles of 1 independent newsroom, "
        "2026-11-22 12:00:00 UTC to 2026-11-22 12:01:00 UTC\n"
        "1 article tells a story of its own"
    )


async def test_a_long_list_says_how_many_stories_it_leaves_out(desk: Newsdesk) -> None:
    told = await desk.db.read(lambda tx: storybook.latest(tx, NOON + DAY, 3 * DAY))
    lines = shown(storybook.list_lines(replace(told, more=1_200, alone=0)))
    assert lines.endswith("1,200 more stories (--json lists all)\n0 articles tell stories of their own")


async def test_no_headline_fills_the_screen_or_speaks_to_the_terminal(desk: Newsdesk) -> None:
    hostile = "\x1b]0;owned\x07\u202e" + "missile " * 400
    await desk.told("/4", hostile, CONVOY, NOON + 3 * MINUTE)
    told = await desk.db.read(lambda tx: storybook.of(tx, "4"))
    text = shown(storybook.show_lines(told))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert max(map(len, text.splitlines())) < 300 and "missile missile" in text


async def test_a_list_without_stories_says_why_it_is_empty(desk: Newsdesk) -> None:
    told = await desk.db.read(lambda tx: storybook.latest(tx, NOON + 9 * DAY, 3 * DAY))
    assert shown(storybook.list_lines(told)) == storybook.NONE


@pytest.mark.parametrize("by", ["number", "address"])
async def test_a_story_is_shown_with_why_each_article_is_in_it(desk: Newsdesk, by: str) -> None:
    second = desk.known["/2"]
    asked = str(second.id) if by == "number" else second.entry.link
    text = shown(storybook.show_lines(await desk.db.read(lambda tx: storybook.of(tx, asked))))
    assert "Convoy hit near Rutba\nstory 1: 2 articles of 1 independent newsroom" in text
    assert "begun by it: no open story shares its rare words" in text
    assert "% of its word triples stand in entry 1" in text
    assert second.entry.link in text and "Tomatoes" not in text


async def test_json_names_every_story(desk: Newsdesk) -> None:
    told = await desk.db.read(lambda tx: storybook.everything(tx, NOON + DAY, 3 * DAY))
    found = json.loads(json.dumps(storybook.as_json(told)))
    assert [(one["headline"], len(one["articles"])) for one in found] == [
        ("Tomatoes dearer in Lima", 1),
        ("Convoy hit near Rutba", 2),
    ]


async def test_a_split_leaves_two_stories_and_says_who_did_it(desk: Newsdesk) -> None:
    first = desk.known["/1"].entry.link
    told = await desk.db.write(lambda tx: storybook.split(tx, [first], NOON + DAY))
    assert [member.entry_id for member in told.members] == [1]
    assert "split by a person, 2026-11-23 12:00:00 UTC" in shown(storybook.show_lines(told))
    left = await desk.db.read(lambda tx: storybook.of(tx, "2"))
    assert left.id == 2 and [member.entry_id for member in left.members] == [2]


async def test_a_merge_takes_the_name_of_the_older(desk: Newsdesk) -> None:
    told = await desk.db.write(lambda tx: storybook.merge(tx, "3", "1", NOON + DAY))
    assert told.id == 1 and [member.entry_id for member in told.members] == [1, 2, 3]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["https://nowhere.example/x"], "https://nowhere.example/x was never seen; give the address of an"),
        (["99999999999999999999"], "99999999999999999999 was never seen"),
        (["²"], "² was never seen"),
        (["1", "2"], "these are all the articles of their story"),
        (["1", "3"], "these articles are of several stories"),
        (["3"], "these are all the articles of their story"),
    ],
)
async def test_what_cannot_be_split_is_said(desk: Newsdesk, asked: list[str], said: str) -> None:
    with pytest.raises(WirewatchError, match=said):
        await desk.db.write(lambda tx: storybook.split(tx, asked, NOON))


async def test_one_story_is_not_merged_with_itself(desk: Newsdesk) -> None:
    with pytest.raises(WirewatchError, match="these articles are of one story already"):
        await desk.db.write(lambda tx: storybook.merge(tx, "1", "2", NOON))


async def test_an_article_that_matched_nothing_is_in_no_story(desk: Newsdesk) -> None:
    await desk.told("/4", "Snow in Voss", ["Snow fell in Voss and nobody minded it at all."])
    with pytest.raises(WirewatchError, match="matched no rule yet: only what matches is put into stories"):
        await desk.db.read(lambda tx: storybook.of(tx, "4"))


# --- the filter -------------------------------------------------------------------------------------------


def sorted_lines(*records: object) -> tuple[list[dict[str, object]], int]:
    lines = "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "stories"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def test_the_filter_says_which_story_and_why() -> None:
    text = " ".join(CONVOY)
    answers, code = sorted_lines(
        {"id": "a", "title": "Convoy hit", "text": text, "published": "2026-11-22T12:00:00Z", "source": "x"},
        {"id": "b", "title": "Tomatoes dearer in Lima", "text": " ".join(PRICES)},
        {"id": "c", "title": "Guards hurt", "text": text, "url": "https://y.example/1"},
        "{",
        {"title": "without an id", "text": text},
        {"id": 7, "title": "Guards hurt", "text": 7},
    )
    assert code == 1
    assert [one.get("story") for one in answers[:3]] == ["a", "b", "a"]
    assert answers[2]["why"] == "100% of its word triples stand in a"
    broken, nameless, textless = (str(one["error"]) for one in answers[3:])
    assert broken.startswith("line 4: not JSON: ")
    assert nameless == 'line 5: "id" is missing: it names the story that an article begins'
    assert textless == 'line 6: "text" is not a string'


def test_the_filter_on_nothing_says_nothing() -> None:
    assert sorted_lines() == ([], 0)


async def test_a_person_puts_right_what_a_running_daemon_holds(desk: Newsdesk, address: str) -> None:
    with Db.open(address) as other:
        other.write_sync(lambda tx: storybook.split(tx, ["2"], NOON + DAY))
    told = await desk.db.read(lambda tx: storybook.of(tx, "2"))
    assert told.id == 2 and len(told.members) == 1
