"""The web's door against a newsroom on loopback that does what servers do, and worse."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Cause, Fetched, FetchFailed, FetchOutcome, Unchanged, Validators
from monitor.sources.fetch import FEED, PAGE, Kind, Limits, Web, user_agent
from tests.doors.newsroom import (
    DROP,
    DROP_AFTER_HEADERS,
    HANG,
    HTML,
    Answer,
    Names,
    Newsroom,
    bomb,
    cut,
    drip,
    entry,
    page,
    redirect,
    rss,
    status,
)

LOOPBACK = ["127.0.0.0/8"]
AGENT = user_agent("1.2", "ops@courier.example")
TLS = Path(__file__).parent / "tls"
COURIER = rss([entry("Reactor shut", "https://courier.example/reactor")])
HASTY = Limits(connect=2, first_byte=0.3, total=0.6, slow_after=0.2)


@pytest.fixture
async def news() -> AsyncIterator[Newsroom]:
    async with Newsroom(hosts=2) as news:
        yield news


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web(AGENT, LOOPBACK)
    yield web
    await web.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Web]:
    """A Web without patience, so that slow servers do not make slow tests."""
    web = Web(AGENT, LOOPBACK, limits=HASTY)
    yield web
    await web.close()


@contextmanager
def deaf(ip: str, port: int) -> Iterator[int]:
    """A listener whose queue of one is full, so that the kernel drops every further SYN; its port."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family) as full, socket.socket(family) as second:
        full.bind((ip, port))
        full.listen(0)
        place = full.getsockname()[:2]
        with socket.create_connection(place):
            second.setblocking(False)
            second.connect_ex(place)
            yield place[1]


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def failed(outcome: FetchOutcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


# --- what comes -------------------------------------------------------------------------------------------


async def test_a_feed_comes_with_all_that_is_known_of_it(news: Newsroom, web: Web) -> None:
    headers = {"Cache-Control": "max-age=600", "Age": "60"}
    feed = news.publish("/feed", Answer(COURIER, headers=headers, etag='"1"', modified="today"))
    assert await web.get(feed, kind=FEED) == Fetched(
        url=feed,
        body=COURIER,
        content_type="application/rss+xml; charset=utf-8",
        validators=Validators('"1"', "today"),
        fresh_for=timedelta(seconds=540),
    )


async def test_the_charset_of_the_header_is_handed_on_as_it_came(news: Newsroom, web: Web) -> None:
    text = page("Привет", ["Мир"]).decode().encode("windows-1251")
    url = news.publish("/a", text, type="text/html; charset=windows-1251")
    got = fetched(await web.get(url, kind=PAGE))
    assert (got.body, got.content_type) == (text, "text/html; charset=windows-1251")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("size", [1, 20_000])
async def test_a_compressed_body_arrives_as_it_was(news: Newsroom, web: Web, coding: str, size: int) -> None:
    feed = rss(entry(f"Reactor {number} shut", guid=f"{number**5:x}") for number in range(size))
    url = news.publish("/feed", Answer(feed, coding=coding))
    assert fetched(await web.get(url, kind=FEED)).body == feed


async def test_f08_compression_that_nobody_declared_is_undone(news: Newsroom, web: Web) -> None:
    url = news.publish("/feed", Answer(COURIER, coding="gzip", declared=False))
    assert fetched(await web.get(url, kind=FEED)).body == COURIER


@pytest.mark.parametrize("text", [b"", b"<html>not a feed</html>", b"\xff\xfe\x00"])
async def test_what_a_body_means_is_not_for_the_door_to_judge(news: Newsroom, web: Web, text: bytes) -> None:
    assert fetched(await web.get(news.publish("/feed", text), kind=FEED)).body == text


async def test_an_address_is_asked_for_as_it_is_spelt(news: Newsroom, web: Web) -> None:
    path = "/a%20b/%C3%BC?q=1&empty=&u=http://x/"
    assert fetched(await web.get(news.publish(path, COURIER) + "#top", kind=FEED)).body == COURIER


# --- validators -------------------------------------------------------------------------------------------


async def test_an_unchanged_feed_costs_a_304(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", COURIER)
    first = fetched(await web.get(feed, kind=FEED))
    assert await web.get(feed, kind=FEED, validators=first.validators) == Unchanged(first.validators)
    assert [asked.answer for asked in news.log] == ["200", "304"]


@pytest.mark.parametrize("etag", ['"x"', 'W/"x"', "x", '"a "quoted" one"', '"\xc3\xbc"'])
@pytest.mark.parametrize("modified", ["Sun, 22 Nov 2026 10:00:00 GMT", "yesterday, about noon"])
async def test_validators_go_back_exactly_as_they_came(
    news: Newsroom, web: Web, etag: str, modified: str
) -> None:
    raw = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nLast-Modified: {modified}\r\nContent-Length: 0\r\n\r\n"
    feed = news.publish("/feed", Answer(raw=raw.encode("latin-1")))
    first = fetched(await web.get(feed, kind=FEED))
    assert first.validators == Validators(etag, modified)
    await web.get(feed, kind=FEED, validators=first.validators)
    sent = news.log[1].headers
    assert sent["If-None-Match"].encode("utf-8", "surrogateescape") == etag.encode("latin-1")
    assert sent["If-Modified-Since"] == modified


async def test_a_first_request_is_unconditional(news: Newsroom, web: Web) -> None:
    await web.get(news.publish("/feed", COURIER), kind=FEED)
    assert not {"If-None-Match", "If-Modified-Since"} & set(news.log[0].headers)


async def test_an_etag_of_8_kb_is_not_carried_about(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", Answer(COURIER, etag='"' + "x" * 8190 + '"', modified="today"))
    assert fetched(await web.get(feed, kind=FEED)).validators == Validators("", "today")


async def test_a_new_body_brings_both_validators_anew(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", Answer(COURIER, etag='"new"', modified="same"))
    got = await web.get(feed, kind=FEED, validators=Validators('"old"', "same"))
    assert fetched(got).validators == Validators('"new"', "same")


async def test_a_validator_the_new_body_lacks_is_forgotten(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", Answer(COURIER, etag="", modified="today"))
    got = await web.get(feed, kind=FEED, validators=Validators('"old"', "yesterday"))
    assert fetched(got).validators == Validators("", "today")


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (Answer(status=304, etag='"new"', modified=""), Validators('"new"', "old day")),
        (Answer(status=304, etag="", modified="new day"), Validators('"old"', "new day")),
        (Answer(status=304, etag='"new"', modified="new day"), Validators('"new"', "new day")),
        (status(304), Validators('"old"', "old day")),
    ],
)
async def test_a_304_may_bring_new_validators(
    news: Newsroom, web: Web, answer: Answer, kept: Validators
) -> None:
    got = await web.get(news.publish("/feed", answer), kind=FEED, validators=Validators('"old"', "old day"))
    assert got == Unchanged(kept)


async def test_a_304_says_how_long_it_is_good(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", status(304, {"Cache-Control": "max-age=900"}))
    got = await web.get(feed, kind=FEED, validators=Validators('"1"'))
    assert isinstance(got, Unchanged)
    assert got.fresh_for == timedelta(minutes=15)


async def test_a_304_to_an_unconditional_request_is_a_failure(news: Newsroom, web: Web) -> None:
    got = failed(await web.get(news.publish("/feed", status(304)), kind=FEED))
    assert (got.cause, got.status) == (Cause.STATUS, 304)


# --- statuses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (204, "204 No Content"),
        (206, "206 Partial Content"),
        (300, "300 Multiple Choices"),
        (401, "401 Unauthorized"),
        (403, "403 Forbidden"),
        (404, "404 Not Found"),
        (410, "410 Gone"),
        (429, "429 Too Many Requests"),
        (500, "500 Internal Server Error"),
        (503, "503 Service Unavailable"),
        (599, "status 599"),
    ],
)
async def test_any_other_status_is_a_failure_in_words(
    news: Newsroom, web: Web, code: int, reason: str
) -> None:
    got = await web.get(news.publish("/feed", status(code)), kind=FEED)
    assert got == FetchFailed(Cause.STATUS, reason, code)


@pytest.mark.parametrize("code", [429, 503, 500])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("1000000000", timedelta(days=7)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(days=7)),
        ("abc", None),
        ("-1", None),
    ],
)
async def test_a_busy_server_says_how_long(
    news: Newsroom, web: Web, code: int, value: str, wait: timedelta | None
) -> None:
    got = await web.get(news.publish("/feed", status(code, {"Retry-After": value})), kind=FEED)
    assert (failed(got).status, failed(got).retry_after) == (code, wait)


async def test_f03_a_challenge_is_called_by_its_name_and_not_evaded(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", status(403, {"cf-mitigated": "challenge"}))
    got = await web.get(feed, kind=FEED)
    assert got == FetchFailed(Cause.CHALLENGE, "Cloudflare challenge (403)", 403)
    assert len(news.log) == 1


@pytest.mark.parametrize(
    ("code", "passing"),
    [
        pytest.param(200, False, id="F03 challenge with 200"),
        pytest.param(403, False, id="F03 challenge with 403"),
        pytest.param(503, True, id="F03 challenge with 503"),
    ],
)
async def test_f03_a_challenge_passes_where_its_status_says_so(
    news: Newsroom, web: Web, code: int, passing: bool
) -> None:
    wall = b"<!DOCTYPE html><title>Just a moment...</title><a href=/cdn-cgi/challenge-platform/x.js></a>"
    feed = news.publish("/feed", Answer(wall, status=code, type=HTML, coding="gzip"))
    for kind in (FEED, PAGE):
        got = failed(await web.get(feed, kind=kind))
        assert (got.cause, got.reason) == (Cause.CHALLENGE, f"Cloudflare challenge ({code})")
        assert got.passing is passing


async def test_f04_a_firewall_whose_page_never_ends_is_known_by_its_beginning(
    news: Newsroom, web: Web
) -> None:
    page = b"<html><title>Request Rejected</title></html>"
    feed = news.publish("/feed", replace(drip(page, pause=30, piece=40), status=403, type=HTML))
    async with asyncio.timeout(10):
        got = await web.get(feed, kind=FEED)
    assert got == FetchFailed(Cause.FIREWALL, "firewall page (403)", 403)


async def test_the_words_of_a_server_do_not_reach_people(news: Newsroom, web: Web) -> None:
    raw = b"HTTP/1.1 500 <!channel> token=s3cret\r\nContent-Length: 0\r\n\r\n"
    got = failed(await web.get(news.publish("/feed", Answer(raw=raw)), kind=FEED))
    assert got.reason == "500 Internal Server Error"


# --- redirects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/new", "new", "//127.0.0.2:{port}/new", "http://127.0.0.2:{port}/new#part"])
async def test_redirects_are_followed(news: Newsroom, web: Web, code: int, to: str) -> None:
    news.publish("/new", COURIER)
    got = fetched(await web.get(news.publish("/feed", redirect(to.format(port=news.port), code)), kind=FEED))
    assert got.url in (news.url("/new"), news.url("/new", 1))
    assert got.moved_to == (got.url if code in (301, 308) else "")


@pytest.mark.parametrize(
    ("codes", "moved"),
    [((301, 308), True), ((301, 302), False), ((302, 301), False), ((307, 308, 301), False)],
)
async def test_only_a_chain_that_is_permanent_throughout_is_a_move(
    news: Newsroom, web: Web, codes: tuple[int, ...], moved: bool
) -> None:
    for number, code in enumerate(codes):
        news.publish(f"/{number}", redirect(f"/{number + 1}", code))
    end = news.publish(f"/{len(codes)}", COURIER)
    got = fetched(await web.get(news.url("/0"), kind=FEED))
    assert (got.url, got.moved_to) == (end, end if moved else "")


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
async def test_f43_five_hops_are_enough(news: Newsroom, web: Web, hops: int, arrives: bool) -> None:
    for number in range(hops):
        news.publish(f"/{number}", redirect(f"/{number + 1}"))
    news.publish(f"/{hops}", COURIER)
    got = await web.get(news.url("/0"), kind=FEED)
    assert isinstance(got, Fetched) is arrives
    if not arrives:
        assert got == FetchFailed(Cause.REDIRECT, "redirected more than 5 times")
    assert len(news.log) == 6


async def test_f42_a_circle_is_left_at_once(news: Newsroom, web: Web) -> None:
    news.publish("/b", redirect("/a"))
    got = await web.get(news.publish("/a", redirect("/b")), kind=FEED)
    assert got == FetchFailed(Cause.REDIRECT, "redirected in a circle")
    assert len(news.log) == 2


async def test_two_hosts_that_redirect_to_each_other_do_not_wait_for_each_other(news: Newsroom) -> None:
    news.publish("/a", redirect(f"http://127.0.0.2:{news.port}/feed"))
    news.publish("/b", redirect(f"http://127.0.0.1:{news.port}/feed"))
    news.publish("/feed", COURIER)
    web = Web(AGENT, LOOPBACK)
    async with asyncio.timeout(10):
        got = await asyncio.gather(web.get(news.url("/a"), kind=FEED), web.get(news.url("/b", 1), kind=FEED))
    await web.close()
    assert [fetched(one).body for one in got] == [COURIER, COURIER]


@pytest.mark.parametrize(
    ("to", "cause"),
    [
        ("http://10.0.0.1/feed", Cause.BLOCKED),
        ("http://169.254.169.254/latest/meta-data/", Cause.BLOCKED),
        ("http://[::1]/feed", Cause.BLOCKED),
        ("http://[::ffff:10.0.0.1]/feed", Cause.BLOCKED),
        ("http://2130706433/feed", Cause.ADDRESS),
        ("http://courier.example:22/", Cause.ADDRESS),
        ("http://user:s3cret@127.0.0.1/", Cause.ADDRESS),
        ("file:///etc/passwd", Cause.ADDRESS),
        ("ftp://courier.example/feed", Cause.ADDRESS),
        ("javascript:alert(1)", Cause.ADDRESS),
        ("http://[::1", Cause.REDIRECT),
        ("", Cause.REDIRECT),
    ],
)
async def test_f44_a_redirect_leads_nowhere_the_first_address_could_not(
    news: Newsroom, web: Web, to: str, cause: Cause
) -> None:
    got = failed(await web.get(news.publish("/feed", redirect(to, 301)), kind=FEED))
    assert got.cause is cause
    assert "s3cret" not in got.reason


async def test_f45_a_secure_address_does_not_lead_to_an_insecure_one(news: Newsroom) -> None:
    async with Newsroom(tls=serving("good")) as secure:
        web = Web(AGENT, LOOPBACK, trust=trusting("good"))
        feed = secure.publish("/feed", redirect(news.publish("/feed", COURIER)))
        got = await web.get(feed, kind=FEED)
        await web.close()
    assert got == FetchFailed(Cause.REDIRECT, "redirected from https to an address that is not")
    assert not news.log


# --- limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [FEED, PAGE])
@pytest.mark.parametrize("chunked", [True, False])
async def test_f58_no_more_is_taken_than_fits(news: Newsroom, web: Web, kind: Kind, chunked: bool) -> None:
    text = b"x" * (kind.max_bytes // 2 if chunked else kind.max_bytes + 1)
    got = await web.get(news.publish("/a", Answer(text, type=HTML, endless=chunked)), kind=kind)
    assert got == FetchFailed(Cause.TOO_LARGE, f"more than {kind.max_bytes // 2**20} MB")


async def test_what_just_fits_is_taken(news: Newsroom, web: Web) -> None:
    text = b"x" * PAGE.max_bytes
    assert fetched(await web.get(news.publish("/a", text, type=HTML), kind=PAGE)).body == text


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("declared", [True, False])
async def test_f09_f10_a_bomb_is_not_set_off(news: Newsroom, web: Web, coding: str, declared: bool) -> None:
    answer = replace(bomb(coding, 32 * 2**20), declared=declared or coding != "gzip")
    got = failed(await web.get(news.publish("/feed", answer), kind=FEED))
    assert got.cause is Cause.TOO_LARGE


async def test_f11_stacked_codings_are_refused(news: Newsroom, web: Web) -> None:
    answer = Answer(gzip.compress(gzip.compress(COURIER)), headers={"Content-Encoding": "gzip, gzip"})
    got = await web.get(news.publish("/feed", answer), kind=FEED)
    assert got == FetchFailed(Cause.BROKEN, "the body is compressed more than once")


async def test_f07_a_gzip_body_cut_short_is_no_body(news: Newsroom, web: Web) -> None:
    answer = Answer(gzip.compress(COURIER)[:-20], headers={"Content-Encoding": "gzip"})
    got = await web.get(news.publish("/feed", answer), kind=FEED)
    assert got == FetchFailed(Cause.BROKEN, "the body is gzip, but cut short or damaged")


FLOOD = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100)) + b"\r\n"


async def test_f59_a_flood_of_headers_is_refused(news: Newsroom, web: Web) -> None:
    got = await web.get(news.publish("/feed", Answer(raw=FLOOD)), kind=FEED)
    assert got == FetchFailed(Cause.TOO_LARGE, "more than 64 KB of headers")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HANG, "no answer within 0.3 s"),
        (
            Answer(raw=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50, hang=False),
            "the line dropped before an answer",
        ),
        (drip(COURIER, pause=0.01), "slower than 1024 bytes a second"),
        (drip(COURIER * 100, pause=0.01, piece=64), "no end within 0.6 s"),
        (drip(b"xy", pause=30), "no end within 0.6 s"),
    ],
)
async def test_f57_a_server_has_so_much_time_and_no_more(
    news: Newsroom, hasty: Web, answer: Answer, reason: str
) -> None:
    got = failed(await hasty.get(news.publish("/feed", answer), kind=FEED))
    assert got.reason == reason
    assert got.passing


async def test_a_server_that_takes_no_connection_has_no_more_time_either(hasty: Web) -> None:
    with deaf("127.0.0.1", 0) as port:
        got = failed(await hasty.get(f"http://127.0.0.1:{port}/", kind=FEED))
    assert got.cause is Cause.TIMEOUT


# --- breakage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [DROP, DROP_AFTER_HEADERS, cut(COURIER), cut(COURIER, "gzip")])
async def test_a_dropped_line_is_a_failure_that_passes(news: Newsroom, web: Web, answer: Answer) -> None:
    feed = news.publish("/feed", COURIER)
    news.plan("/feed", answer)
    got = failed(await web.get(feed, kind=FEED))
    assert (got.cause, got.passing) == (Cause.BROKEN, True)
    assert len(news.log) == 1, "a server in trouble is not asked twice"
    assert fetched(await web.get(feed, kind=FEED)).body == COURIER


@pytest.mark.parametrize(
    "raw",
    [
        b"hello\r\n\r\n",
        b"\x00\x01\x02\x03" * 100,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX\x00Y: 1\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
        b"\r\n",
    ],
)
async def test_no_answer_can_raise(news: Newsroom, hasty: Web, raw: bytes) -> None:
    got = failed(await hasty.get(news.publish("/feed", Answer(raw=raw)), kind=FEED))
    assert "unforeseen" not in got.reason


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://", "http://[", "http://127.0.0.1:99999/", "http://127.1/", "http://a\r\nb/", "\ud800"],
)
async def test_no_address_can_raise(web: Web, url: str) -> None:
    assert failed(await web.get(url, kind=FEED)).cause is Cause.ADDRESS


async def test_no_validator_can_raise(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", COURIER)
    got = await web.get(feed, kind=FEED, validators=Validators("x\r\nHost: evil.example", "\x00"))
    assert failed(got).cause is Cause.ADDRESS
    assert not news.log


async def test_a_closed_port_refuses(web: Web) -> None:
    with socket.socket() as bound:  # bound, so that nobody else takes it, but not listening
        bound.bind(("127.0.0.1", 0))
        got = await web.get(f"http://127.0.0.1:{bound.getsockname()[1]}/", kind=FEED)
    assert got == FetchFailed(Cause.CONNECT, "refused the connection")


async def test_a_closed_web_fails_instead_of_raising(news: Newsroom) -> None:
    web = Web(AGENT, LOOPBACK)
    await web.close()
    assert failed(await web.get(news.publish("/feed", COURIER), kind=FEED)).cause is Cause.BROKEN


async def test_no_secret_of_an_address_stands_in_a_reason(news: Newsroom, hasty: Web) -> None:
    for path, answer in (
        ("/1", DROP),
        ("/2", HANG),
        ("/3", status(404)),
        ("/4", redirect("http://10.0.0.1/s3cret")),
    ):
        feed = news.publish(path + "?token=s3cret", answer)
        assert "s3cret" not in failed(await hasty.get(feed, kind=FEED)).reason


# --- names, guard, certificates ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        pytest.param(socket.EAI_NONAME, "the name nowhere.example does not exist", id="F61 NXDOMAIN"),
        pytest.param(socket.EAI_NODATA, "the name nowhere.example does not exist", id="F61 empty answer"),
        pytest.param(socket.EAI_AGAIN, "the name nowhere.example could not be looked up", id="F61 SERVFAIL"),
        pytest.param(socket.EAI_FAIL, "the name nowhere.example could not be looked up", id="F61 CNAME loop"),
    ],
)
async def test_f61_a_name_without_an_address_is_a_failure_that_passes(trouble: int, reason: str) -> None:
    web = Web(AGENT, resolver=Names(80, trouble=trouble))
    got = await web.get("http://nowhere.example/feed", kind=FEED)
    await web.close()
    assert got == FetchFailed(Cause.DNS, reason)
    assert got.passing


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("10.0.0.1", "::1"), ("169.254.169.254", "192.168.0.1")]
)
async def test_f62_a_name_that_leads_inside_is_blocked_at_connect(
    news: Newsroom, addresses: tuple[str, ...]
) -> None:
    web = Web(AGENT, resolver=Names(news.port, *addresses))
    got = failed(await web.get("http://rebound.example/feed", kind=FEED))
    await web.close()
    assert got.cause is Cause.BLOCKED
    assert got.reason.startswith("rebound.example leads to a blocked address: ")
    assert any(ip in got.reason for ip in addresses)
    assert not news.log


async def test_f62_a_name_that_changes_its_mind_is_blocked(news: Newsroom) -> None:
    """DNS rebinding: the address judged is the one connected to, each time anew."""
    names = Names(news.port, "127.0.0.1")
    web = Web(AGENT, ["127.0.0.1/32"], resolver=names, limits=Limits(gap=0))
    news.publish("/feed", Answer(COURIER, headers={"Connection": "close"}))
    assert fetched(await web.get("http://rebound.example/feed", kind=FEED)).body == COURIER
    names.addresses = ("127.0.0.2",)
    assert failed(await web.get("http://rebound.example:8080/feed", kind=FEED)).cause is Cause.BLOCKED
    await web.close()
    assert len(news.log) == 1


@pytest.mark.parametrize("dead", ["::1", "10.0.0.1", "127.0.0.9"])
async def test_f63_one_address_that_answers_is_enough(news: Newsroom, dead: str) -> None:
    web = Web(AGENT, [*LOOPBACK, "::1/128"], resolver=Names(news.port, dead, "127.0.0.1"))
    news.publish("/feed", COURIER)
    got = await web.get("http://courier.example/feed", kind=FEED)
    await web.close()
    assert fetched(got).body == COURIER


async def test_f63_an_ipv6_that_swallows_everything_costs_a_moment(news: Newsroom) -> None:
    """Happy eyeballs (RFC 8305): the next address is tried while the first one is still silent."""
    news.publish("/feed", COURIER)
    with deaf("::1", news.port):
        web = Web(AGENT, [*LOOPBACK, "::1/128"], resolver=Names(news.port, "::1", "127.0.0.1"))
        got = await web.get("http://courier.example/feed", kind=FEED)
        await web.close()
    assert fetched(got).body == COURIER


async def test_f63_a_host_that_has_ipv6_only_is_reached() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()

    async with await asyncio.start_server(answer, "::1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        web = Web(AGENT, ["::1/128"], resolver=Names(port, "::1"))
        got = await web.get("http://courier.example/feed", kind=FEED)
        await web.close()
    assert fetched(got).body == b"hello"


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"])
async def test_a_literal_address_inside_is_blocked(ip: str) -> None:
    web = Web(AGENT)
    got = failed(await web.get(f"http://{ip}/feed", kind=FEED))
    await web.close()
    assert got.cause is Cause.BLOCKED


def serving(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{name}.pem", TLS / "key.pem")
    return context


def trusting(name: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(TLS / f"{name}.pem"))


@pytest.mark.parametrize(
    ("served", "trusted", "reason"),
    [
        ("good", "", "certificate signed by itself"),
        ("old", "old", "certificate expired"),
        ("wrong", "wrong", "certificate of another address"),
    ],
)
async def test_f60_a_certificate_proving_nothing_is_refused(served: str, trusted: str, reason: str) -> None:
    async with Newsroom(tls=serving(served)) as news:
        web = Web(AGENT, LOOPBACK, trust=trusting(trusted) if trusted else None)
        got = await web.get(news.publish("/feed", COURIER), kind=FEED)
        await web.close()
    assert got == FetchFailed(Cause.TLS, reason)


async def test_f60_a_certificate_of_another_name_is_refused() -> None:
    async with Newsroom(tls=serving("wrong")) as news:
        web = Web(AGENT, LOOPBACK, trust=trusting("wrong"), resolver=Names(news.port, "127.0.0.1"))
        got = await web.get("https://courier.example/feed", kind=FEED)
        await web.close()
    assert got == FetchFailed(Cause.TLS, "certificate of another name")


async def test_a_good_certificate_is_accepted() -> None:
    async with Newsroom(tls=serving("good")) as news:
        web = Web(AGENT, LOOPBACK, trust=trusting("good"))
        got = await web.get(news.publish("/feed", COURIER), kind=FEED)
        await web.close()
    assert fetched(got).body == COURIER


async def test_a_server_without_tls_is_not_spoken_to_in_clear(news: Newsroom, web: Web) -> None:
    got = failed(await web.get(f"https://127.0.0.1:{news.port}/feed", kind=FEED))
    assert got == FetchFailed(Cause.TLS, "no secure connection: wrong version number")


# --- manners ----------------------------------------------------------------------------------------------


async def test_we_say_who_we_are_and_what_we_want(news: Newsroom, web: Web) -> None:
    await web.get(news.publish("/feed", COURIER), kind=FEED)
    await web.get(news.publish("/a", page("Reactor shut", ["…"])), kind=PAGE)
    feed, article = (asked.headers for asked in news.log)
    assert feed["User-Agent"] == article["User-Agent"] == "wirewatch/1.2 (+ops@courier.example)"
    assert "application/rss+xml" in feed["Accept"] and "application/atom+xml" in feed["Accept"]
    assert article["Accept"].startswith("text/html")
    assert set(feed) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", "wirewatch/1.2"),
        ("https://courier.example/bot", "wirewatch/1.2 (+https://courier.example/bot)"),
        ("me\r\nX-Evil: 1", "wirewatch/1.2 (+meX-Evil: 1)"),
    ],
)
def test_the_contact_stands_in_the_name(contact: str, agent: str) -> None:
    assert user_agent("1.2", contact) == agent


async def test_no_cookie_is_kept_and_no_referer_sent(news: Newsroom, web: Web) -> None:
    news.publish("/new", COURIER)
    feed = news.publish("/feed", status(302, {"Location": "/new", "Set-Cookie": "id=1; Path=/"}))
    await web.get(feed, kind=FEED)
    await web.get(feed, kind=FEED)
    assert len(news.log) == 4
    assert not any({"Cookie", "Referer", "Authorization"} & set(asked.headers) for asked in news.log)


async def test_no_proxy_of_the_environment_is_used(
    news: Newsroom, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert fetched(await web.get(news.publish("/feed", COURIER), kind=FEED)).body == COURIER


async def test_a_host_answers_one_request_of_ours_at_a_time(news: Newsroom, web: Web) -> None:
    urls = [news.publish(f"/{number}", drip(b"xyz", pause=0.005)) for number in range(8)]
    await asyncio.gather(*(web.get(url, kind=PAGE) for url in urls))
    assert [asked.at_once for asked in news.log] == [1] * 8


async def test_a_connection_is_kept_for_the_next_request(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", COURIER)
    for _ in range(3):
        await web.get(feed, kind=FEED)
    assert len({asked.line for asked in news.log}) == 1


async def test_a_kept_line_that_died_unnoticed_is_replaced_once(news: Newsroom, web: Web) -> None:
    feed = news.publish("/feed", COURIER)
    await web.get(feed, kind=FEED)
    news.plan("/feed", DROP)
    assert fetched(await web.get(feed, kind=FEED)).body == COURIER
    news.plan("/feed", DROP, DROP)
    assert failed(await web.get(feed, kind=FEED)).cause is Cause.BROKEN
    assert [asked.answer for asked in news.log] == ["200", "dropped", "200", "dropped", "dropped"]


async def test_a_public_host_gets_a_breath_between_two_requests(news: Newsroom) -> None:
    news.publish("/feed", COURIER)
    web = Web(AGENT, LOOPBACK, limits=Limits(gap=0.1), resolver=Names(news.port, "127.0.0.1"))
    await asyncio.gather(*(web.get("http://courier.example/feed", kind=FEED) for _ in range(3)))
    await web.close()
    times = [asked.at for asked in news.log]
    assert all(later - sooner >= 0.099 for sooner, later in zip(times, times[1:], strict=False))


async def test_a_redirect_to_the_same_host_waits_for_its_breath_too(news: Newsroom) -> None:
    news.publish("/feed", redirect("/new"))
    news.publish("/new", COURIER)
    web = Web(AGENT, LOOPBACK, limits=Limits(gap=0.1), resolver=Names(news.port, "127.0.0.1"))
    await web.get("http://courier.example/feed", kind=FEED)
    await web.close()
    first, second = (asked.at for asked in news.log)
    assert second - first >= 0.099


@pytest.mark.parametrize("concurrency", [1, 8, 64])
async def test_hosts_are_asked_at_once_up_to_the_limit(concurrency: int) -> None:
    """What we sell: `concurrency` fetches really run side by side, and never one more."""
    async with Newsroom(hosts=80) as news:
        news.publish("/feed", HANG)
        web = Web(AGENT, LOOPBACK, concurrency)
        urls = [news.url("/feed", host) for host in range(80)]
        asking = [asyncio.create_task(web.get(url, kind=FEED)) for url in urls]
        assert len(await news.wait(concurrency)) == concurrency
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert len(news.log) == concurrency
        news.publish("/feed", COURIER)
        assert fetched(await web.get(urls[0], kind=FEED)).body == COURIER, "cancelled ones leave the way free"
        await web.close()
