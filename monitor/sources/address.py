"""Addresses of strangers: which are web pages, and which are the same page."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

# Parameters that say who sent the reader, not which page is meant. Those that could also name a page count
# only with a sender's value: ?ref=rss is tracking, ?ref=4711 may be the document.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_\w+|ns_\w+|mc_[ce]id|mtm_\w+|pk_\w+|hsa_\w+|__twitter_impression"
    r"|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|ocid|cmpid|ito|smid|taid|xtor|wt[._]mc(?:_\w+)?"
    r"|traffic_source|maca|amp|sh|_ga|spm|guccounter|guce_\w+)(?:=.*)?"
    r"|(?:ref|refer|source|src|from|via|partner|feed|mod|cid|rss)=(?:[\w-]*(?:rss|feed|atom|twitter|facebook|home)[\w-]*)?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"^[^/?]*")
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_GAPS = re.compile(r"[\x00-\x20\x7f-\x9f\xa0\ud800-\udfff]+")


def web_address(link: str, base: str = "") -> str:
    """The absolute http or https address of a link; empty for javascript:, data:, file: and worse."""
    try:
        address = urljoin(base, _GAPS.sub("%20", link.strip())) if link.strip() else ""
        parts = urlsplit(address)
        return address if parts.scheme in _DEFAULT_PORTS and parts.hostname else ""
    except ValueError:
        return ""


@lru_cache(maxsize=1024)  # an entry's are asked for ten times, from its reading to the store
def canonical(url: str) -> str:
    """The page behind an address: without scheme, www, default port, fragment, tracking and final slash.

    Only for comparing, never for asking. Empty when it is no web address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return ""
    host = parts.hostname.removeprefix("www.").rstrip(".")
    if port and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return host + _place(parts.path, parts.query)


def place(page: str) -> str:
    """Path and query of a canonical address: what is left when a site moves. Empty for a front page."""
    return _HOST.sub("", page, count=1)


def _place(path: str, query: str) -> str:
    wanted = sorted(pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair))
    found = _ESCAPE.sub(lambda hexes: hexes[0].upper(), quote(path, safe="%/:@!$&'()*+,;=~")).rstrip("/")
    return found + ("?" + "&".join(wanted) if wanted else "")
