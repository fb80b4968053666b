"""Which hosts are one site."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.sites import same_site, site_of

BÜCHER = "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("courier.example", "courier.example"),
        ("rss.courier.example:8443", "courier.example"),
        ("RSS.Courier.Example.", "courier.example"),
        ("desk.rss.courier.co.uk", "courier.co.uk"),
        ("www.courier.com.au", "courier.com.au"),
        ("www.city.kobe.jp", "city.kobe.jp"),  # an exception of the list
        ("a.b.c.kobe.jp", "b.c.kobe.jp"),  # a wildcard of the list
        ("deep.mine.github.io", "mine.github.io"),
        ("mine.blogspot.com", "mine.blogspot.com"),
        ("mine.blogspot.com.br", "mine.blogspot.com.br"),
        ("deep.mine.substack.com", "mine.substack.com"),
        ("substack.com", "substack.com"),
        ("github.io", "github.io"),
        ("co.uk", "co.uk"),
        ("com", "com"),
        ("bücher.example", BÜCHER),
        ("www.BÜCHER.example", BÜCHER),
        (f"www.{BÜCHER}:443", BÜCHER),
        ("a.食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("a.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("wiki.desk.corp", "desk.corp"),  # no such suffix
        ("localhost:8080", "localhost"),
        ("127.0.0.7:8080", "127.0.0.7"),
        ("127.0.0.7.", "127.0.0.7"),
        ("[::1]", "::1"),
        ("[0:0::1]:80", "::1"),
        ("", ""),
    ],
)
def test_the_site_of_a_host(host: str, site: str) -> None:
    assert site_of(host) == site


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://mine.github.io/", "https://yours.github.io/"),
        ("https://a.example/", "https://a.example.evil.example/"),
        ("https://a.example/", "https://evila.example/"),
        ("https://faß.de/", "https://fass.de/"),
        ("https://1.2.3.4/", "https://4.1.2.3.4/"),
        ("https://[::1]/", "https://[::2]/"),
        ("https://a..example/", "https://.example/"),
        ("https:///", "https:///"),
        ("", ""),
    ],
)
def test_strangers_are_no_site(one: str, other: str) -> None:
    assert not same_site(one, other)


@given(st.text(max_size=80))
def test_any_text_has_a_site_and_it_is_its_own(host: str) -> None:
    assert site_of(site_of(host)) == site_of(host) or ":" in site_of(host)


@given(st.lists(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?", fullmatch=True), min_size=3, max_size=5))
def test_what_stands_below_a_site_is_of_it(labels: list[str]) -> None:
    host = ".".join([*labels, "courier.example"])
    assert site_of(host) == "courier.example"


def test_a_process_that_asks_for_no_site_reads_no_list() -> None:
    code = "import sys, monitor.model.sites; sys.exit('publicsuffixlist' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
