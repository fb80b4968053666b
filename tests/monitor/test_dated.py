"""When a page was published: what it tells machines before what it shows, and what is of others is none."""

from datetime import UTC, datetime

import pytest
from trafilatura.utils import load_html

from monitor.sources.stated import Stated, stated

URL = "https://courier.example/world/reactor-shut"
STORY = "<p>The reactor was shut on Sunday, said officials who had been there on the day of it.</p>" * 5
DATA = '<script type="application/ld+json">%s</script>'
DAY = datetime(2023, 5, 12, 12, tzinfo=UTC)
MOMENT = datetime(2023, 5, 12, 9, 30, tzinfo=UTC)


def told(
    around: str = "", *, head: str = "", url: str = URL, language: str = "de", above: str = ""
) -> Stated:
    markup = (
        f"<html lang='{language}'><head><title>Reactor shut</title>{head}</head><body>{above}<article>"
        f"<h1>Reactor shut</h1>{around}</article></body></html>"
    )
    return stated(load_html(markup), url)


def published(around: str = "", **more: str) -> datetime | None:
    return told(around, **more).published


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2023-05-12T09:30:00Z">',
        '<meta name="parsely-pub-date" value="2023-05-12T09:30:00Z">',
        DATA % '{"@type": "NewsArticle", "datePublished": "2023-05-12T11:30:00+02:00"}',
        DATA % '// <![CDATA[\n{"@type": "NewsArticle", "datePublished": "2023-05-12T11:30:00+02:00"}\n// ]]>',
        DATA % '{"@type": "NewsArticle", "datePublished": "2023-05-12T09:30Z", "text": "broken" here"}',
    ],
)
def test_what_a_page_tells_machines_goes_before_what_it_shows(head: str) -> None:
    assert published("<p>1. Januar 2020</p>" + STORY, head=head) == MOMENT


@pytest.mark.parametrize(
    "line",
    [
        "<p>12. Mai 2023</p>",
        "<div>Von <a href='/a'>A. Reporter</a> | <span>12. Mai</span> <span>2023</span></div>",
        "<p>Fri 12.05.2023, 10:15</p>",
        "<p>2023年5月12日</p>",
        "<p>12 مايو 2023</p>",
        "<p>12 במאי 2023</p>",
        "<p>12/05/2023</p>",
        "<p>12.05.2023 – " + "Heavy rain fell on the town. " * 30 + "</p>",
        "<p>Aktualisiert: 14. Mai 2023</p><p>12. Mai 2023</p>",
    ],
)
def test_a_day_beside_the_headline_is_the_article_s(line: str) -> None:
    assert published(line + STORY) == DAY
    assert published(STORY, above=line) == DAY


def test_a_time_in_the_headline_s_header_counts_whatever_it_shows() -> None:
    header = '<header><time datetime="2023-05-12T09:30:00Z">2 hours ago</time></header>'
    assert published(header + STORY) == MOMENT


def test_the_time_of_another_story_is_not_the_article_s() -> None:
    card = "<li><a href='/2'>Volcano wakes</a> <time datetime='%s'>x</time></li>"
    cards = card % "2020-12-03 07:32:49" + card % "2021-01-07 07:32:49"
    shown = f"<ul>{cards}</ul>"
    assert published("<p>12. Mai 2023</p>" + STORY, above=shown) == DAY
    assert published(STORY * 4 + shown) is None


def test_microdata_of_several_days_is_that_of_other_stories() -> None:
    one = "<p itemprop='datePublished' content='2023-05-12T09:30:00Z'>x</p>"
    assert published(STORY * 4 + one) == MOMENT
    assert published(STORY * 4 + one + one.replace("-12T", "-11T")) is None


@pytest.mark.parametrize(
    "place", ["/2023/05/12/reactor", "/reactor-20230512", "/news/2023-05-12-reactor.html"]
)
def test_the_day_in_an_address_counts(place: str) -> None:
    assert published(STORY, url=f"https://courier.example{place}") == DAY


@pytest.mark.parametrize(
    "place", ["/2023/05/reactor", "/id-2023051277", "/2023/13/12/reactor", "/2023-05/12/x"]
)
def test_an_address_without_a_whole_day_tells_none(place: str) -> None:
    assert published(STORY, url=f"https://courier.example{place}") is None


def test_a_day_that_the_page_calls_its_publication_counts_wherever_it_stands() -> None:
    assert published(STORY * 4 + "<p>Erstellt am: 12.05.2023</p>") == DAY
    assert published(STORY * 4 + "<p>The court met on 11.05.2023</p>") is None


def test_a_meta_that_may_be_of_a_change_comes_after_what_is_shown() -> None:
    touched = '<meta name="date" content="2023-06-01T10:00:00Z">'
    assert published("<p>12. Mai 2023</p>" + STORY, head=touched) == DAY
    assert published(STORY, head=touched) == datetime(2023, 6, 1, 10, tzinfo=UTC)


def test_when_a_page_was_changed_is_not_when_it_was_published() -> None:
    changed = '<meta property="article:modified_time" content="2023-06-01T10:00:00Z">'
    found = told(STORY, head=changed)
    assert (found.published, found.modified) == (None, datetime(2023, 6, 1, 10, tzinfo=UTC))


def test_json_ld_of_another_article_dates_nothing() -> None:
    other = (
        '{"@type": "NewsArticle", "headline": "Volcano wakes after ninety years", '
        '"datePublished": "2020-01-01", "url": "https://courier.example/world/volcano"}'
    )
    own = (
        '{"@type": "NewsArticle", "headline": "Shut it is", "datePublished": "2023-05-12", '
        '"mainEntityOfPage": {"@id": "https://courier.example/world/reactor-shut?utm_source=x"}}'
    )
    assert published(STORY * 4, head=DATA % other) is None
    assert published(STORY * 4, head=DATA % f"[{other}, {own}]") == DAY
