"""The feed's own words, alone or beside the page's."""

import subprocess
import sys
from dataclasses import replace

import pytest

from monitor.model import Article, Block, Entry, EntryState, Source, StoredEntry, Zone
from monitor.sources.own import from_entry, with_entry, with_languages
from tests.doors.stores import NOON

PAGE = Article("Depot opened", (Block(Zone.BODY, "A depot was opened in the west on Tuesday."),), ("en",))


def entry(title: str, *texts: str, zone: Zone = Zone.SUMMARY) -> Entry:
    return Entry("1", "https://a.example/1", title, tuple(Block(zone, text) for text in texts))


def test_without_a_page_the_feed_speaks_and_says_why() -> None:
    article = from_entry(entry("Depot opened", "Missiles seen."), "404 Not Found")
    assert (article.text, article.source, article.note) == ("Missiles seen.", Source.FEED, "404 Not Found")


def test_a_word_that_stands_only_in_the_summary_is_seen_by_rules() -> None:
    assert "Missiles seen." in with_entry(PAGE, entry("Depot opened", "Missiles seen.")).text


def test_what_the_page_says_already_is_not_said_twice() -> None:
    same = entry("Depot opened", "A depot was opened  in the West", "Depot opened")
    assert with_entry(PAGE, same).blocks == PAGE.blocks


def test_related_lines_of_the_feed_stay_unseen() -> None:
    assert with_entry(PAGE, entry("Depot opened", "Macron in Beirut", zone=Zone.RELATED)).text == PAGE.text


def test_the_feeds_headline_leads_and_the_pages_other_one_is_kept() -> None:
    article = with_entry(PAGE, entry("Missiles in the west"))
    assert article.title == "Missiles in the west" and "Depot opened" in article.text


def test_a_page_of_hardly_any_text_does_not_count_as_read() -> None:
    article = with_entry(replace(PAGE, note="almost no text"), entry("Depot opened", "Missiles seen."))
    assert (article.source, article.note) == (Source.FEED, "almost no text")
    assert "Missiles seen." in article.text and "A depot was opened" in article.text


def test_the_headline_is_not_quoted_as_if_it_were_the_text() -> None:
    page = Article("Depot opened", (Block(Zone.HEADING, "Depot Opened"), *PAGE.blocks))
    assert with_entry(page, entry("Missiles in the west")).text == PAGE.text + "\nDepot opened"


# --- the page's text or the feed's -------------------------------------------------------------------------

WHOLE = [
    f"Paragraph {number} of the report on the depot: " + "trucks came at night. " * 15 for number in range(4)
]
PART = Article("Depot opened", (Block(Zone.BODY, WHOLE[0].strip()), Block(Zone.RELATED, "Macron in Beirut")))


def test_a_feed_that_carries_more_than_the_page_is_the_article_and_says_why() -> None:
    article = with_entry(PART, entry("Depot opened", *WHOLE))
    assert [block.zone for block in article.blocks] == [Zone.BODY] * 4 + [Zone.RELATED]
    assert (article.source, article.note[:32]) == (Source.PAGE, "the feed has more than the page:")


def test_before_a_paywall_the_feed_s_whole_text_is_the_article() -> None:
    walled = replace(PAGE, note="only what stands before the paywall", passing=True)
    article = with_entry(walled, entry("Depot opened", *WHOLE))
    assert article.source is Source.PAGE and not article.passing
    assert "only what stands before the paywall" in article.note
    assert PAGE.text in article.text, "a rule true of either must fire"


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(WHOLE[:1], id="no more than the page"),
        pytest.param([*WHOLE, "Trucks came […]"], id="cut short"),
        pytest.param([*WHOLE, "Trucks came… Continue reading on our site"], id="cut short, with a prompt"),
        pytest.param(["Quite another matter was told at length elsewhere. " * 30], id="another text"),
    ],
)
def test_else_the_page_is_the_article(texts: list[str]) -> None:
    article = with_entry(PART, entry("Depot opened", *texts))
    assert article.blocks[0] == PART.blocks[0]
    assert all(block.zone is Zone.SUMMARY for block in article.blocks[2:])
    assert not article.note


# --- languages ---------------------------------------------------------------------------------------------

# Words that Danish and Norwegian share: what is said decides.
SHORT = Article("Havn og tog", ())


def stored(lang: str = "", feed_language: str = "") -> StoredEntry:
    known = {"lang": lang, "feed_language": feed_language}
    return StoredEntry(1, 1, "", (), entry("Havn og tog"), "s", EntryState.NEW, False, NOON, **known)


@pytest.mark.parametrize(
    ("lang", "page", "feed", "likeliest"),
    [
        ("da", "no", "no", "da"),
        ("no", "da", "da", "no"),
        ("", "da", "no", "da"),
        ("", "", "da-DK", "da"),
        ("", "", "nb-NO", "no"),
    ],
)
def test_the_operator_is_believed_before_the_page_and_the_page_before_the_feed(
    lang: str, page: str, feed: str, likeliest: str
) -> None:
    article = replace(SHORT, languages=(page,) * bool(page))
    assert with_languages(article, stored(lang, feed)).languages[0] == likeliest


def test_words_are_believed_before_anyone() -> None:
    text = "Министерство обороны сообщило о пуске ракет, которые были замечены у границы ночью."
    article = Article("Сообщение", (Block(Zone.BODY, text),), ("en",))
    assert with_languages(article, stored("en", "en-US")).languages == ("ru",)


NOWHERE = """
import tempfile
tempfile.tempdir = "/nowhere"
from monitor.model import Article, Block, Zone
from monitor.sources.own import with_languages
print(with_languages(Article("", (Block(Zone.BODY, "Missiles were seen."),), ("en-GB",))).languages)
"""


def test_without_a_temporary_folder_what_is_said_is_believed() -> None:
    done = subprocess.run([sys.executable, "-c", NOWHERE], capture_output=True, text=True)
    assert done.stdout == "('en',)\n", done.stderr
