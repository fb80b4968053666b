"""What a site says under every article is learnt, and is no part of the next one."""

from dataclasses import replace

from monitor.model import Article, Block, Source, Zone
from monitor.sources import habits
from monitor.sources.habits import COMMON, Habits, learnt, packed, unpacked, without

FOOT = Block(Zone.BODY, "Missile Weekly is read by two million people. Write to the desk.")


def story(number: int, *more: Block, title: str = "") -> Article:
    text = " ".join(f"Word{number}x{place}" for place in range(60))
    return Article(title or f"Headline of story {number}", (Block(Zone.BODY, text), *more))


def after(*articles: Article) -> Habits:
    known: Habits = {}
    for article in articles:
        known = unpacked(packed(learnt(known, article)))
    return known


def zones(article: Article, known: Habits) -> list[Zone]:
    return [block.zone for block in without(article, known).blocks]


def test_a_line_that_recurs_under_other_articles_is_the_sites_own() -> None:
    known = after(*(story(number, FOOT) for number in range(COMMON)))
    assert zones(story(9, FOOT), known) == [Zone.BODY, Zone.BOILERPLATE]


def test_a_line_that_came_a_few_times_is_seen() -> None:
    known = after(*(story(number, FOOT) for number in range(COMMON - 1)))
    assert zones(story(9, FOOT), known) == [Zone.BODY, Zone.BODY]


def test_it_is_still_learnt_where_it_was_left_out() -> None:
    known = after(*(story(number, FOOT) for number in range(COMMON)))
    known = learnt(known, without(story(8, FOOT), known))
    assert zones(story(9, FOOT), known) == [Zone.BODY, Zone.BOILERPLATE]


def test_an_article_that_is_read_again_and_again_counts_once() -> None:
    known = after(*(story(1, FOOT) for _ in range(10)))
    assert zones(story(9, FOOT), known) == [Zone.BODY, Zone.BODY]


def test_the_headline_of_another_article_is_related_and_its_own_is_not() -> None:
    known = after(story(1), story(2))
    teaser = Block(Zone.BODY, "Headline of  Story 1")
    assert zones(story(2, teaser), known) == [Zone.BODY, Zone.RELATED]
    assert zones(story(1, teaser), known) == [Zone.BODY, Zone.BODY]


def test_the_same_article_at_other_addresses_stays_whole() -> None:
    same = [Block(Zone.BODY, f"Sentence {number} of the agency's report.") for number in range(20)]
    known = after(*(Article(f"Title {number}", tuple(same)) for number in range(5)))
    assert set(zones(Article("Another title", tuple(same)), known)) == {Zone.BODY}


def test_words_of_feeds_teach_nothing() -> None:
    assert after(replace(story(1, FOOT), source=Source.FEED)) == {}


def test_a_long_paragraph_is_never_the_sites_own() -> None:
    long = Block(Zone.BODY, "missile " * 60)
    known = after(*(story(number, long, long) for number in range(9)))
    assert zones(story(10, long), known) == [Zone.BODY, Zone.BODY]


def test_what_is_remembered_of_a_site_is_bounded_and_the_newest() -> None:
    known: Habits = {}
    for number in range(habits.MOST_LINES + 50):
        known = learnt(known, story(number))
    kept = unpacked(packed(known))
    assert len(kept) == habits.MOST_LINES
    assert len(packed(known)) == 13 * habits.MOST_LINES
    assert zones(story(0, Block(Zone.BODY, "Headline of story 1")), kept) == [Zone.BODY, Zone.BODY]
    assert zones(story(0, Block(Zone.BODY, "Headline of story 99")), kept) == [Zone.BODY, Zone.RELATED]


def test_hostile_text_is_only_a_line() -> None:
    odd = Block(Zone.BODY, "\ud800 \x00")
    assert zones(story(2, odd), after(story(1, odd))) == [Zone.BODY, Zone.BODY]
