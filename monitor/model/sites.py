"""Which hosts are one site: whose they are, as far as their names can tell.

One function for all that asks: whom a subscription's cookies go to, whose failure is whose, what a page's own
feed is. The Public Suffix List (publicsuffix.org, its private part too) says below which names anybody can
have one of their own; it comes with the library, nothing is downloaded.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from monitor.model.feeds import host_of

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_PORT = re.compile(r":[0-9]*$", re.ASCII)

# Names below which every writer has a host, and that are not on the list of October 2026.
_SHARED = """
    beehiiv.com blog.ir blogfa.com canalblog.com dreamwidth.org ghost.io home.blog hypotheses.org
    jimdofree.com livejournal.com medium.com micro.blog neocities.org noblogs.org over-blog.com
    squarespace.com substack.com tistory.com tumblr.com typepad.com ucoz.ru webnode.com weebly.com
    wordpress.com write.as
"""
SHARED = frozenset(_SHARED.split())


def same_site(one: str, other: str) -> bool:
    """Are two web addresses of one site?"""
    host, there = host_of(one), host_of(other)
    return bool(host and there) and site_of(host) == site_of(there)


@lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """The site of a `host[:port]`: `courier.co.uk` of `rss.courier.co.uk:8443`, `a.github.io` of itself.

    Lower case, in the letters of the DNS (xn--…), without a final dot. An IP address is a site of its own, as
    are a name without a dot, a public suffix, and what is no name at all. Below a suffix that is not on the
    list two labels are a site (the list's own rule). Empty for an empty host.
    """
    name = _PORT.sub("", host.lower()).removesuffix(".")
    if address := _address(name):
        return address
    name = _in_ascii(name)
    site = _suffixes().privatesuffix(name) or name
    if not _is_shared(site):
        return site
    return ".".join(name.split(".")[-site.count(".") - 2 :])


def _address(name: str) -> str:
    try:
        return str(ip_address(name.removeprefix("[").removesuffix("]")))
    except ValueError:
        return ""


def _in_ascii(name: str) -> str:
    """As the DNS knows it. Letters that one standard maps to others and the next one does not (ß, ς) stay as
    they are: such a name is nobody else's site."""
    if name.isascii():
        return name
    try:
        ascii_name = name.encode("idna").decode("ascii")
        return ascii_name if ascii_name.encode("ascii").decode("idna") == name else name
    except UnicodeError:
        return name


def _is_shared(site: str) -> bool:
    return site in SHARED or site.startswith("blogspot.")


@lru_cache(maxsize=1)
def _suffixes() -> "PublicSuffixList":
    """50 ms and 1.5 MB, when the first name is asked for; workers are born with it (preload.py)."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
