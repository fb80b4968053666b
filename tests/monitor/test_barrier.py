"""Whose challenge or firewall it is, and that good pages are none."""

import pytest

from monitor.model import Cause
from monitor.sources.barrier import Barrier, barrier, instead_of_feed
from tests.doors.newsroom import entry, page, rss


def html(title: str = "", body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


BY_HEADERS = [
    pytest.param(403, {"cf-mitigated": "challenge"}, "Cloudflare challenge", id="F03 Cloudflare 403"),
    pytest.param(503, {"cf-mitigated": "challenge"}, "Cloudflare challenge", id="F03 Cloudflare 503"),
    pytest.param(200, {"cf-mitigated": "challenge"}, "Cloudflare challenge", id="F03 Cloudflare 200"),
    pytest.param(405, {"x-amzn-waf-action": "captcha"}, "AWS challenge", id="F03 AWS"),
    pytest.param(403, {"x-datadome": "protected"}, "DataDome challenge", id="F03 DataDome"),
    pytest.param(403, {"server": "AkamaiGHost"}, "Akamai firewall", id="F04 Akamai"),
    pytest.param(403, {"x-iinfo": "7-1-0"}, "Imperva firewall", id="F04 Imperva"),
    pytest.param(403, {"x-sucuri-block": "GEO"}, "Sucuri firewall", id="F04 Sucuri"),
]


@pytest.mark.parametrize(("status", "headers", "words"), BY_HEADERS)
def test_headers_name_it(status: int, headers: dict[str, str], words: str) -> None:
    found = barrier(status, headers, b"")
    assert found is not None and found.words == words


BY_PAGE = [
    (html("Just a moment...", "<script src='/cdn-cgi/challenge-platform/h.js'>"), "Cloudflare challenge"),
    (html("Attention Required! | Cloudflare", "Sorry, you have been blocked"), "Cloudflare firewall"),
    (html("courier.example", "<script src='https://ct.captcha-delivery.com/c.js'>"), "DataDome challenge"),
    (html("Access Denied", "Reference&#32;&#35;18.2f https://errors.edgesuite.net/18"), "Akamai firewall"),
    (html("", "Request unsuccessful. Incapsula incident ID: 1-2"), "Imperva firewall"),
    (html("Sucuri WebSite Firewall - Access Denied", "Your IP"), "Sucuri firewall"),
    (html("Access to this page has been denied", "<div id='px-captcha'></div>"), "PerimeterX challenge"),
    (html("Vercel Security Checkpoint"), "Vercel challenge"),
    (html("DDoS-Guard"), "DDoS-Guard challenge"),
    (html("One moment, please...", "<input name='wsidchk'>"), "Imunify360 challenge"),
    (html("", "The requested URL was rejected. Please consult with your administrator."), "F5 firewall"),
]  # fmt: skip


@pytest.mark.parametrize("status", [200, 403, 503])
@pytest.mark.parametrize(("body", "words"), BY_PAGE, ids=[f"F03 F04 {words}" for _, words in BY_PAGE])
def test_its_own_page_names_it_with_any_status(status: int, body: bytes, words: str) -> None:
    found = barrier(status, {}, body)
    assert found is not None and found.words == words


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Are you a robot?", "challenge page"),
        ("Just a moment...", "challenge page"),
        ("Web Application Firewall", "firewall page"),
        ("Access Denied", "firewall page"),
    ],
)
def test_words_alone_count_on_a_refusal_only(title: str, words: str) -> None:
    refused = barrier(403, {}, html(title, "Blocked."))
    assert refused is not None and refused.words == words
    assert barrier(200, {}, html(title, "A flash of news.")) is None


LONG = "The reactor was shut on Sunday, said officials who had been there. " * 20
GOOD = [
    rss([entry("Just a moment...", "https://x.example/", "captcha-delivery.com/ is down")]),
    page("Cloudflare is down", [LONG, "It said: /cdn-cgi/challenge-platform/ was to blame."]),
    page("Are you a robot?", [LONG]),
    html("Reactor shut", f"<p>{LONG}</p><script src='https://js.captcha-delivery.com/tags.js'></script>"),
    html(
        "Reactor shut", f"<p>{LONG}</p><script src='/_Incapsula_Resource?SWJIYLWA=7&incident_id=1'></script>"
    ),
    b"",
    b"\xff\xfe\x00<",
    b'{"error": "captcha-delivery.com/"}',
]


@pytest.mark.parametrize("body", GOOD)
def test_a_good_answer_is_no_barrier(body: bytes) -> None:
    protected = {"x-datadome": "protected", "x-iinfo": "1", "x-cdn": "Imperva", "server": "cloudflare"}
    assert barrier(200, protected, body) is None


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        pytest.param(html("Just a moment..."), Cause.CHALLENGE, id="F04 challenge"),
        pytest.param(html("Fortiguard Web Filter"), Cause.FIREWALL, id="F04 firewall"),
        pytest.param(html("Before you continue"), Cause.CONSENT, id="F04 consent"),
        pytest.param(html("Anmelden"), Cause.LOGIN, id="F04 login"),
        pytest.param(html("Hello", "<input type=password>"), Cause.LOGIN, id="F04 password"),
    ],
)
def test_f04_what_came_instead_of_a_feed_has_a_cause(body: bytes, cause: Cause) -> None:
    found = instead_of_feed(body)
    assert found is not None and found.cause is cause


@pytest.mark.parametrize(
    "body",
    [
        html("The Gulf Courier"),
        html("Log in", "<link type=application/rss+xml href=/f>"),
        b"",
        b"not found",
        rss([entry("Log in")]),
    ],
)
def test_a_page_is_just_a_page(body: bytes) -> None:
    assert instead_of_feed(body) is None


@pytest.mark.parametrize(
    "piece", [b"<script", b"<!--", b"<title>", b"<a ", b"_Incapsula_Resource?", b"<input "]
)
def test_hostile_bytes_take_no_time(piece: bytes) -> None:
    """A test that runs into its time limit otherwise."""
    body = b"<html>" + piece * (16 * 1024 // len(piece))
    for status in (200, 403):
        assert barrier(status, {}, body) in (None, Barrier(Cause.FIREWALL, "Imperva firewall"))
    instead_of_feed(body)
