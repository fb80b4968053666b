"""What of a robots.txt is for us, and what a page says of being kept."""

import pytest
from protego import Protego

from monitor.sources.robots import TOKEN, forbids_keeping, ours

GROUPS = [
    ("User-agent: *\nDisallow: /", False),
    ("User-agent: wirewatch\nDisallow: /\nUser-agent: *\nAllow: /", False),
    ("User-agent: *\nDisallow: /\nUser-agent: WireWatch\nAllow: /", True),
    ("User-agent: Wirewatch/1.2\nDisallow: /", False),
    ("User-agent: Googlebot\nDisallow: /", True),
    ("User-agent: Googlebot\nUser-agent: *\nDisallow: /", False),
    ("User-agent: *\nUser-agent: Googlebot\nDisallow: /", False),
    ("User-agent: *\nDisallow:\n\nUser-agent: Googlebot\nDisallow: /", True),
    ("User-agent: *\nContent-signal: search=yes\nAllow: /\n\nUser-agent: GPTBot\nDisallow: /", True),
    ("User-agent: *\nContent-signal: search=yes\n\nUser-agent: GPTBot\nDisallow: /", True),
    ("User-agent: *\nSitemap: https://x.example/s.xml\nDisallow: /", False),
    ("User-agent: wirewatchman\nDisallow: /", True),
    ("User-agent: *\rDisallow: /\r", False),
    ("\ufeffUser-agent: *\nDisallow: /", False),
    ("user agent: *\ndissallow: /", False),
    ("User-agent: * # all\nDisallow: / # everything", False),
    ("Disallow: /", True),
    ("<html><body>Not found</body></html>", True),
    ("\x00\x01", True),
    ("", True),
]


@pytest.mark.parametrize(("text", "allowed"), GROUPS)
def test_a_group_for_us_counts_before_the_one_for_all(text: str, allowed: bool) -> None:
    rules = Protego.parse(ours(text.removeprefix("\ufeff")))
    assert rules.can_fetch("https://x.example/a", TOKEN) is allowed


def test_what_is_said_to_others_is_not_even_parsed() -> None:
    """15,000 names before 20,000 rules keep protego busy for hours; ours are two lines."""
    others = "".join(f"User-agent: bot{number}\n" for number in range(15_000)) + "Disallow: /x\n" * 20_000
    assert ours(others + "User-agent: *\nDisallow: /a") == "User-agent: *\nDisallow: /a"


@pytest.mark.parametrize(
    ("tags", "forbidden"),
    [
        ("noarchive", True),
        ("NoIndex, NoArchive", True),
        ("none", True),
        ("wirewatch: noarchive", True),
        ("googlebot: noarchive", False),
        ("unavailable_after: 25 Jun 2027, noarchive", True),
        ("noindex, nofollow", False),
        ("max-snippet:-1, max-image-preview:large", False),
        ("", False),
        (":", False),
    ],
)
def test_a_page_may_ask_not_to_be_kept(tags: str, forbidden: bool) -> None:
    assert forbids_keeping(tags) is forbidden
