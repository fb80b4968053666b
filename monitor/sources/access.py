"""What one feed's headers and cookies may be sent to: its own site, and nobody else. Pure."""

from urllib.parse import urlsplit

from monitor.model import Access
from monitor.model.sites import same_site

_DEFAULT_PORTS = {"http": 80, "https": 443}


def headers_for(access: Access, url: str) -> dict[str, str]:
    """The headers that go with a request for `url`."""
    if not access.headers or not may_know(access.feed, url):
        return {}
    return {name: secret.value for name, secret in access.headers}


def may_know(feed: str, url: str) -> bool:
    """May whoever answers at `url` be sent the secrets of a feed?

    Its own origin may, over plain http too if its owner wrote that; so may all of its site (sites.py) over
    https, at the port of the web or the feed's: news.courier.example what is for rss.courier.example.
    """
    try:
        ours, theirs = _origin(feed), _origin(url)
    except (ValueError, KeyError):
        return False
    if ours == theirs:
        return True
    secure = theirs[0] == "https" and theirs[2] in (443, ours[2])
    return secure and same_site(feed, url)


def _origin(url: str) -> tuple[str, str, int]:
    """Scheme, host, port. Raises ValueError or KeyError for what is no web address."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS[parts.scheme]
