"""Where a feed's own headers may go."""

from pathlib import Path

import pytest

from monitor.model import Access, Secret
from monitor.sources.access import headers_for, may_know
from tests.monitor.configs import load, problems

SENT = [
    ("https://www.a.example/feed", "https://a.example/1"),
    ("https://rss.a.example/feed", "https://news.a.example/1"),
    ("https://a.example/rss", "https://deep.down.a.example/1"),
    ("https://rss.a.co.uk/feed", "https://www.a.co.uk/1"),
    ("https://a.example/rss", "https://a.example./1"),
    ("https://a.example:443/rss", "https://A.EXAMPLE/1"),
    ("https://a.example:8443/feed", "https://www.a.example:8443/1"),
    ("https://a.example:8443/feed", "https://www.a.example/1"),
    ("https://bücher.example/feed", "https://www.xn--bcher-kva.example/1"),
    ("https://mine.github.io/feed", "https://mine.github.io/1"),
    ("https://10.0.0.1/rss", "https://10.0.0.1/1"),
    ("http://a.example/rss", "http://a.example/1"),
    ("http://a.example/rss", "https://www.a.example/1"),
    ("http://10.0.0.1:8081/rss", "http://10.0.0.1:8081/1"),
]
KEPT = [
    ("https://a.example/feed", "http://a.example/1"),
    ("http://a.example/feed", "http://www.a.example/1"),
    ("http://a.example/feed", "http://a.example:8080/1"),
    ("https://a.example/feed", "https://b.example/1"),
    ("https://a.co.uk/feed", "https://b.co.uk/1"),
    ("https://a.co.uk/feed", "https://co.uk/1"),
    ("https://co.uk/feed", "https://a.co.uk/1"),
    ("https://mine.github.io/feed", "https://yours.github.io/1"),
    ("https://mine.blogspot.com/feed", "https://yours.blogspot.com/1"),
    ("https://mine.blogspot.co.uk/feed", "https://yours.blogspot.co.uk/1"),
    ("https://mine.substack.com/feed", "https://yours.substack.com/1"),
    ("https://mine.wordpress.com/feed", "https://wordpress.com/1"),
    ("https://faß.de/feed", "https://fass.de/1"),
    ("https://fass.de/feed", "https://faß.de/1"),
    ("https://a.example/feed", "https://a.example.evil.example/1"),
    ("https://a.example/feed", "https://nota.example/1"),
    ("https://a.example/feed", "https://evil.example/a.example"),
    ("https://a.example/feed", "https://a.example@evil.example/1"),
    ("https://a.example/feed", "https://example/1"),
    ("https://www.example/feed", "https://evil.example/1"),
    ("http://10.0.0.1:8081/rss", "http://10.0.0.1:8082/1"),
    ("https://10.0.0.1/rss", "https://110.0.0.1/1"),
    ("https://10.0.0.1/rss", "https://9.10.0.0.1/1"),
    ("https://[2001:db8::1]/rss", "https://[2001:db8::2]/1"),
    ("https://a.example/feed", "https://a.example:8443/1"),
    ("https://a.example/feed", "https://a.example:99999/1"),
    ("https://a.example/feed", "https://[::1"),
    ("https://a.example/feed", "ftp://a.example/1"),
    ("https://a.example/feed", "https:///1"),
    ("https://a.example/feed", ""),
    ("", "https://a.example/1"),
    ("", ""),
]


@pytest.mark.parametrize(("feed", "url"), SENT)
def test_a_feeds_secrets_go_to_its_origin_and_its_site(feed: str, url: str) -> None:
    assert may_know(feed, url)


@pytest.mark.parametrize(("feed", "url"), KEPT)
def test_a_feeds_secrets_go_to_nobody_else_and_not_in_clear(feed: str, url: str) -> None:
    assert not may_know(feed, url)
    assert headers_for(Access(feed, headers=(("X-Key", Secret("s")),)), url) == {}


def test_a_secret_does_not_show_itself() -> None:
    access = Access("https://a.example/", headers=(("Authorization", Secret("canary")),))
    assert "canary" not in repr(access) + str(access)


# --- as config.yaml says it ---------------------------------------------------------------------------------


def feed(*lines: str) -> str:
    inner = "".join(f"    {line}\n" for line in lines)
    return f"feeds:\n  - url: https://a.example/feed\n{inner}rules: [missile]\n"


def test_a_subscription_is_read_from_the_config(tmp_path: Path) -> None:
    text = feed(
        "headers: {authorization: 'Bearer ${KEY}', X-API-key: abc}",
        "cookies: {session: '${KEY}', region: eu}",
        "allow_networks: [10.0.0.0/8]",
        "pages: never",
    )
    loaded = load(tmp_path / "config.yaml", text, {"KEY": "canary"})
    assert loaded.access == {
        "https://a.example/feed": Access(
            "https://a.example/feed",
            (
                ("Authorization", Secret("Bearer canary")),
                ("X-Api-Key", Secret("abc")),
                ("Cookie", Secret("session=canary; region=eu")),
            ),
            ("10.0.0.0/8",),
            pages=False,
        )
    }
    assert "canary" not in repr(loaded)


def test_cookies_may_be_written_as_a_browser_sends_them(tmp_path: Path) -> None:
    loaded = load(tmp_path / "config.yaml", feed("cookies: '${C}'"), {"C": "a=1; b=2"})
    assert headers_for(loaded.access["https://a.example/feed"], "https://a.example/1") == {
        "Cookie": "a=1; b=2"
    }


def test_secrets_that_travel_in_clear_are_pointed_out(tmp_path: Path) -> None:
    text = feed("cookies: {session: abc}")
    assert load(tmp_path / "config.yaml", text).notes == ()
    [note] = load(tmp_path / "config.yaml", text.replace("https:", "http:")).notes
    assert note == "a.example: its headers and cookies travel in clear; has it https:// ?"


def test_a_secret_whose_file_changes_is_a_changed_config(tmp_path: Path) -> None:
    text = feed("cookies: {session: '${file:secret}'}")
    found = []
    for secret in ("one", "two"):
        (tmp_path / "secret").write_text(secret)
        found.append(load(tmp_path / "config.yaml", text))
    assert found[0].fingerprint != found[1].fingerprint
    sent = [headers_for(one.access["https://a.example/feed"], "https://a.example/1") for one in found]
    assert sent == [{"Cookie": "session=one"}, {"Cookie": "session=two"}]


def test_a_feed_of_a_network_of_its_own_may_be_asked_often(tmp_path: Path) -> None:
    text = "feeds: [{url: 'http://10.0.0.1:9000/f', allow_networks: 10.0.0.1, every: 1s}]\nrules: [missile]\n"
    loaded = load(tmp_path / "config.yaml", text)
    assert loaded.access["http://10.0.0.1:9000/f"].allow_networks == ("10.0.0.1/32",)


def test_most_feeds_have_no_access_of_their_own(tmp_path: Path) -> None:
    assert load(tmp_path / "config.yaml", feed("name: A")).access == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("headers: {Host: evil.example}", 'the header "Host" is wirewatch\'s own'),
        ("headers: {content-length: 5}", "wirewatch's own"),
        ("headers: {If-None-Match: x}", "wirewatch's own"),
        ("headers: {User-Agent: Mozilla}", "wirewatch's own"),
        ("headers: {Proxy-Authorization: x}", "wirewatch's own"),
        ("headers: {Cookie: a=b}", "cookies have a key of their own"),
        ("headers: {'X Key': abc}", "is not the name of a header"),
        ("headers: {'X:Key': abc}", "is not the name of a header"),
        ("headers: {X-Key: a, x-key: b}", "stands twice"),
        ("headers: {X-Key: ''}", "empty"),
        ("headers: {X-Key: '${BAD}'}", "not what can be sent"),
        ("headers: {X-Key: é}", "not what can be sent"),
        ("headers: abc", "must be a table"),
        ("headers: {}", "must be a table"),
        ("cookies: {'a b': c}", "is not the name of a cookie"),
        ("cookies: {a: 'b; c=d'}", "not what can be sent"),
        ("cookies: {a: '${BAD}'}", "not what can be sent"),
        ("cookies: '${BAD}'", "not what can be sent"),
        ("cookies: [a]", "must be a table"),
        ("allow_networks: 0.0.0.0/0", "every address there is"),
        ("pages: sometimes", "neither always nor never"),
    ],
)
def test_what_cannot_be_sent_is_told_without_the_secret(tmp_path: Path, line: str, told: str) -> None:
    text = feed(line)
    found = problems(tmp_path / "config.yaml", text, {"BAD": "canary\r\nHost: evil"})
    assert told in found and "canary" not in found
