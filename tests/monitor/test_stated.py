"""Pages that contradict themselves: JSON-LD of another story, a site for an author, a language that lies."""

import pytest
from trafilatura.utils import load_html

from monitor.model import Article
from monitor.sources import own
from monitor.sources.article import read_page
from monitor.sources.stated import Stated, stated

URL = "https://courier.example/world/reactor-shut"
DATA = '<script type="application/ld+json">%s</script>'
SITE = '<meta property="og:site_name" content="The Courier">'
GERMAN = (
    "<p>Der Reaktor wurde am Sonntag abgeschaltet, sagten Beamte, die an diesem Tag dort gewesen waren.</p>"
    * 4
)


def told(head: str, body: str = "", url: str = URL) -> Stated:
    return stated(load_html(f"<html><head>{head}</head><body>{body}<p>Text.</p></body></html>"), url)


# --- of another article ------------------------------------------------------------------------------------

OTHER = (
    '{"@type": "NewsArticle", "headline": "Volcano wakes after ninety years", "author": "V. Ulcan", '
    '"articleSection": "Nature", "url": "%s"}'
)


def test_json_ld_of_another_article_says_nothing_of_this_one() -> None:
    found = told("<title>Reactor shut</title>" + DATA % (OTHER % "https://courier.example/nature/volcano"))
    assert (found.title, found.author, found.section) == ("Reactor shut", "", "")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://courier.example/world/reactor-shut?utm_source=x#a", id="this page"),
        pytest.param("https://sister.example/world/reactor-shut", id="the same article of a sister paper"),
        pytest.param("https://courier.example/", id="the front page"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_headline_alone_makes_no_other_article(url: str) -> None:
    found = told("<title>Reactor shut</title>" + DATA % (OTHER % url))
    assert (found.author, found.section) == ("V. Ulcan", "Nature")


def test_an_old_address_under_the_same_headline_is_this_article() -> None:
    head = "<title>Volcano wakes after ninety years - The Courier</title>"
    assert told(head + DATA % (OTHER % "https://courier.example/old/1")).author == "V. Ulcan"


def test_headlines_are_compared_in_any_script() -> None:
    data = (
        DATA % '{"@type": "NewsArticle", "headline": "%s", "author": "X", "url": "https://courier.example/2"}'
    )
    assert told("<title>火山九十年後甦醒 | 信使報</title>" + data % "火山九十年後甦醒").author == "X"
    assert told("<title>反應爐週日關閉 | 信使報</title>" + data % "火山九十年後甦醒").author == ""


def test_of_several_articles_the_one_that_names_the_page_speaks() -> None:
    own_one = OTHER.replace("V. Ulcan", "R. Actor") % URL
    both = f"[{OTHER % 'https://courier.example/'}, {own_one}]"
    assert told("<title>Reactor shut</title>" + DATA % both).author == "R. Actor"


# --- names of the site -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Reactor shut | The Courier",
        "Reactor shut – THE COURIER",
        "The Courier - Reactor shut",
        "Reactor shut » The Courier",
    ],
)
def test_the_site_s_name_is_cut_off_a_title(title: str) -> None:
    assert told(f'{SITE}<meta property="og:title" content="{title}">').title == "Reactor shut"


@pytest.mark.parametrize("title", ["Reactor shut | World", "Courier shut", "The Courier-Mail is sold"])
def test_nothing_else_is_cut_off(title: str) -> None:
    assert told(f"{SITE}<title>{title}</title>").title == title


def test_a_title_that_is_the_site_s_name_is_none_if_there_is_another() -> None:
    head = SITE + '<meta property="og:title" content="The Courier">'
    assert told(head, "<h1>Reactor shut</h1>").title == "Reactor shut"
    assert told(head).title == "The Courier"


@pytest.mark.parametrize(
    "claim",
    [
        *("The Courier", "the  courier", "https://courier.example/staff/1", "www.courier.example/staff/1"),
        *("/staff/1", "@courier", "desk@courier.example", ""),
    ],
)
def test_an_author_is_no_address_and_not_the_site(claim: str) -> None:
    head = f'{SITE}<meta name="author" content="{claim}">'
    assert told(head).author == ""
    assert told(head + DATA % '{"@type": "Article", "author": {"name": "R. Actor"}}').author == "R. Actor"


def test_a_publisher_is_no_author() -> None:
    data = '{"@type": "Article", "author": {"name": "Courier Ltd"}, "publisher": {"name": "Courier Ltd"}}'
    assert told(DATA % data).author == ""


# --- where it stands, and in which language ----------------------------------------------------------------


@pytest.mark.parametrize(
    "link", ["https://courier.example/", "/", "https://elsewhere.example/world/reactor-shut"]
)
def test_p11_a_canonical_address_that_is_a_front_page_or_elsewhere_is_none(link: str) -> None:
    assert told(f'<link rel="canonical" href="{link}">').canonical == ""


def test_the_text_decides_on_its_language_where_the_page_says_another() -> None:
    body = (
        f"<html lang='en'><head><title>Reaktor</title></head><body><article>{GERMAN}</article></body></html>"
    )
    page = read_page(body.encode(), URL, "text/html")
    assert isinstance(page, Article) and page.languages == ("en",)
    assert own.with_languages(page).languages[0] == "de"
