"""Pages that answer well and are not the article: named, and never a good page."""

import pytest

from monitor.model import Article, Unreadable
from monitor.sources.article import read_page
from monitor.sources.thin import again_in

ASKED = "https://courier.example/2026/11/reactor-shut"
LONG = "The reactor was shut on Sunday, said officials who had been there. " * 40
TEASER = "The reactor was shut on Sunday, said officials who had been there on the day of it. " * 3


def page(title: str, *paragraphs: str, head: str = "") -> str:
    inner = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{inner}</article></body>"
        "</html>"
    )


def read(markup: str, url: str = ASKED) -> Article | Unreadable:
    return read_page(markup.encode(), url, "text/html", ASKED)


IN_ITS_PLACE = [
    pytest.param(page("Page not found | Courier", "Try another."), "not found", True, id="P06 soft 404"),
    pytest.param(page("404 - The Courier", "Try the front page."), "not found", True, id="P06 404"),
    pytest.param(page("Seite nicht gefunden", "Leider."), "not found", True, id="P06 German 404"),
    pytest.param(page("الصفحة غير موجودة", "عذرا"), "not found", True, id="P06 Arabic 404"),
    pytest.param(page("We value your privacy", "We and our partners"), "consent", False, id="P06 consent"),
    pytest.param(page("Bevor Sie fortfahren", "Wir und Partner"), "consent", False, id="P06 German consent"),
    pytest.param(
        page("Log in - The Courier", "Welcome", "<input type='password'>"), "login", False, id="P06 login"
    ),
    pytest.param(
        page("Courier", head="<meta http-equiv='refresh' content='0; url=https://x.example/'>"),
        "leads on",
        False,
        id="P08 meta refresh",
    ),
    pytest.param(
        "<html><head><meta http-equiv=refresh content='0;URL=/b'></head></html>",
        "leads on",
        False,
        id="P08 nothing but meta refresh",
    ),
    pytest.param(
        page("Courier", "") + "<noscript>You need to enable JavaScript to run this app.</noscript>",
        "JavaScript",
        False,
        id="P08 scripts only",
    ),
]


@pytest.mark.parametrize(("markup", "word", "passing"), IN_ITS_PLACE)
def test_a_page_in_the_articles_place_is_named(markup: str, word: str, passing: bool) -> None:
    found = read(markup)
    assert isinstance(found, Unreadable) and word in found.reason and found.passing is passing


@pytest.mark.parametrize(
    ("url", "word"),
    [
        pytest.param("https://consent.courier.example/v2?to=x", "consent", id="P06 consent host"),
        pytest.param("https://courier.example/collectConsent?id=1", "consent", id="P06 consent place"),
        pytest.param("https://courier.example/login?next=x", "login", id="P06 login redirect"),
        pytest.param("https://sso.courier.example/x", "login", id="P06 login host"),
        pytest.param("https://courier.example/", "front page", id="P06 soft 404 to the front page"),
        pytest.param("https://courier.example/en/", "front page", id="P06 front page of a language"),
        pytest.param("https://courier.example/404.html", "not found", id="P06 error page"),
    ],
)
def test_where_a_redirect_ends_tells_whatever_stands_there(url: str, word: str) -> None:
    found = read(page("The Courier", LONG), url)
    assert isinstance(found, Unreadable) and word in found.reason


PAYWALLS = [
    ("<script type='application/ld+json'>{\"isAccessibleForFree\": false}</script>", TEASER),
    ("<meta property='article:content_tier' content='locked'>", TEASER),
    ("", TEASER + "Subscribe to continue reading."),
    ("", TEASER + "This article is for subscribers."),
    ("", TEASER + "Der Artikel ist nur für Abonnenten."),
    ("", TEASER + "Cet article est réservé aux abonnés."),
]


@pytest.mark.parametrize(("head", "text"), PAYWALLS, ids=[f"P06 paywall {n}" for n in range(len(PAYWALLS))])
def test_what_stands_before_a_paywall_counts_and_is_named(head: str, text: str) -> None:
    found = read(page("Reactor shut", text, head=head))
    assert isinstance(found, Article) and "reactor was shut" in found.text
    assert found.note == "only what stands before the paywall" and not found.passing


@pytest.mark.parametrize(
    "markup",
    [
        page("Page not found: a story of lost books", LONG),
        page("Cookies: how to bake them", LONG),
        page("Log in or drown: lumber on the river", TEASER),
        page("Consent was given", TEASER),
        page("Reactor shut", LONG + "Subscribe to continue reading."),
        page("Reactor shut", LONG, head="<meta property='article:content_tier' content='locked'>"),
        page("Reactor shut", TEASER, head="<meta http-equiv=refresh content='300; url=/x'>"),
        page("Reactor 404 shut", TEASER),
        page("The body of the reactor was not found", TEASER),
    ],
)
def test_a_page_with_the_article_is_one(markup: str) -> None:
    found = read(markup)
    assert isinstance(found, Article) and found.note == "" and found.keep


@pytest.mark.parametrize(
    "url",
    [
        ASKED + "/?utm_source=rss",
        "https://m.courier.example/reactor",
        "https://courier.example/?p=4711",
        "https://courier.example/blog/login-chaos-at-the-bank",
        "https://id.courier.example/reactor",
    ],
)
def test_an_article_elsewhere_is_the_article(url: str) -> None:
    assert isinstance(read(page("Reactor shut", LONG), url), Article)


def test_a_flash_of_news_is_read_and_looked_at_again() -> None:
    found = read(page("Reactor shut", "Reactor shut, more soon."))
    assert isinstance(found, Article) and found.passing and found.note.startswith("almost no text")
    waits = [again_in(tries) for tries in range(6)]
    assert all(waits[:4]) and waits[4:] == [None, None]


@pytest.mark.parametrize("name", ["robots", "wirewatch"])
def test_a_page_may_ask_not_to_be_kept(name: str) -> None:
    found = read(page("Reactor shut", LONG, head=f"<meta name='{name}' content='index, NoArchive'>"))
    assert isinstance(found, Article) and not found.keep
