"""May we ask this address? Feeds and pages name any address they like, the machines beside us included.

Two gates, both pure. `check_spelling` reads an address as text: what two parsers could read differently is
refused, so that the host judged is the host asked. `deny` judges the address a socket is about to be
connected to: the only moment when names, redirects and a lying DNS have all had their say.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK = ("127.0.0.0/8", "::1/128")
PORTS = frozenset({80, 443, 8080, 8443})  # where the web is; not Redis, not a mail server

# What `is_global` of one Python version or another lets through, although no news site lives there.
DENIED: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, and Alibaba's metadata service at 100.100.100.200
        "168.63.129.16/32",  # Azure's host agent
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata service at 192.0.0.192
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "3fff::/20",  # documentation
    )
)
HANDED_OUT = IPv6Network("2000::/3")  # by IANA; private, local and translated addresses are outside of it
NAT64 = IPv6Network("64:ff9b::/96")  # its last 32 bits are the IPv4 address really asked

AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Blocked(OSError):
    """The guard lets nothing out to an address. `problem` is for people.

    Several addresses of a name fail as one error: the first, if all say the same words, so all do.
    """

    def __init__(self, problem: str) -> None:
        super().__init__("blocked by the guard")
        self.problem = problem


def check_url(url: str, allow_networks: Sequence[str] = ()) -> str:
    """Why this address is not asked; empty: it is. A name is judged later, by the address it leads to."""
    if problem := check_spelling(url, allow_networks):
        return problem
    found = AUTHORITY.fullmatch(_authority(url))
    address = literal(found["host"]) if found else None
    return deny(str(address), allow_networks) if address else ""


def check_spelling(url: str, allow_networks: Sequence[str] = ()) -> str:
    """Why an address cannot be read in one way only, or is not the web's; empty: it is well spelt."""
    if not url.lower().startswith(("http://", "https://")):
        return "not an http or https address"
    if CONTROL.search(url):
        return "a control character in the address"
    authority = _authority(url)
    for sign, name in (("\\", "a backslash"), ("@", "a user name or password"), ("%", "a percent sign")):
        if sign in authority:
            return f"{name} in the host of the address"
    found = AUTHORITY.fullmatch(authority)
    if found is None:
        return "host and port of the address cannot be read"
    return _host_problem(found["host"]) or _port_problem(found["host"], found["port"], allow_networks)


def _authority(url: str) -> str:
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].lower()


def _host_problem(host: str) -> str:
    """A resolver takes 2130706433, 0x7f.1 and ①②⑦.⓪.⓪.① for loopback, so a number has one spelling here."""
    if not host:
        return "no host in the address"
    if literal(host):
        return ""
    name = _in_ascii(host)
    if len(name) > 253 or not NAME.fullmatch(name):
        return "the host of the address is not a well-spelt name"
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        return "the host of the address is a number, but not a well-spelt IP address"
    return ""


def _in_ascii(host: str) -> str:
    """The host as the DNS knows it; empty for letters that only stand for others (full-width, circled)."""
    if host.isascii():
        return host
    plain = all(c in ".-" or unicodedata.category(c) in ("Ll", "Lo", "Lm", "Mn", "Mc", "Nd") for c in host)
    if not plain or unicodedata.normalize("NFKC", host) != host:
        return ""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _port_problem(host: str, port: str | None, allow_networks: Sequence[str]) -> str:
    if port is None or int(port) in PORTS:
        return ""
    address = literal(host)
    if address and int(port) < 65536 and _allowed(address, allow_networks):
        return ""
    return f"port {port} is not one of the web's (80, 443, 8080, 8443)"


@lru_cache(maxsize=256)  # one request asks three times
def literal(host: str) -> Address | None:
    """The address a host spells out; None: it is a name."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def deny(ip: str, allow_networks: Sequence[str] = ()) -> str:
    """Why no socket is connected to this IP address; empty: it may be."""
    try:
        address = _unwrapped(ip_address(ip))
    except ValueError:
        return f"{ip} is not an IP address"
    if _allowed(address, allow_networks):
        return ""
    public = address.is_global and (isinstance(address, IPv4Address) or address in HANDED_OUT)
    if not public or any(address in network for network in DENIED):
        return f"{ip} is in a private or reserved network; fetch.allow_networks can allow it"
    return ""


def is_here(host: str) -> bool:
    """Is this `host[:port]` this machine, by its address or as localhost?"""
    return host.partition(":")[0] == "localhost" or may_hurry(host, LOOPBACK)


def are_ours(addresses: Sequence[str], allow_networks: Sequence[str]) -> bool:
    """Are these IP addresses, all that a name means, in our own networks? Raises Blocked if any is denied."""
    for ip in addresses:
        if problem := deny(ip, allow_networks):
            raise Blocked(problem)
    return bool(addresses) and all(_allowed(_unwrapped(ip_address(ip)), allow_networks) for ip in addresses)


def meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Is an IP address among both, however it is wrapped?"""
    first, second = ({_unwrapped(ip_address(ip)) for ip in ips} for ips in (some, others))
    return not first.isdisjoint(second)


def may_hurry(host: str, allow_networks: Sequence[str]) -> bool:
    """Is this `host[:port]` a literal address inside our own networks, where no pause is owed?"""
    if not allow_networks:
        return False
    found = AUTHORITY.fullmatch(host)
    address = literal(found["host"]) if found else None
    return address is not None and _allowed(address, allow_networks)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that a v4-mapped, NAT64 or 6to4 one leads to."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address


def _allowed(address: Address, allow_networks: Sequence[str]) -> bool:
    return any(address in network for network in _networks(tuple(allow_networks)))


@lru_cache(maxsize=8)
def _networks(allow_networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(network, strict=False) for network in allow_networks)
