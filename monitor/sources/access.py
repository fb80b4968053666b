"""What one feed's headers and cookies may be sent to: its own site, and nobody else. Pure."""

from urllib.parse import urlsplit

from monitor.model import Access

_DEFAULT_PORTS = {"http": 80, "https": 443}


def headers_for(access: Access, url: str) -> dict[str, str]:
    """The headers that go with a request for `url`: none to another site, nor in clear if the feed is not."""
    if not access.headers or not same_site(access.feed, url):
        return {}
    return {name: secret.value for name, secret in access.headers}


def same_site(feed: str, url: str) -> bool:
    """Is `url` on the feed's host, one below it (www. left aside) or above it, and no less secure?

    Hosts side by side are strangers: a.blog.example may belong to somebody else than b.blog.example.
    """
    try:
        ours, theirs = urlsplit(feed), urlsplit(url)
        ports = [part.port or _DEFAULT_PORTS[part.scheme] for part in (ours, theirs)]
    except (ValueError, KeyError):
        return False
    if ours.scheme == "https" != theirs.scheme:
        return False
    if ports[0] != ports[1] and not {*ports} <= {*_DEFAULT_PORTS.values()}:
        return False
    return _related((ours.hostname or "").removeprefix("www."), (theirs.hostname or "").removeprefix("www."))


def _related(ours: str, theirs: str) -> bool:
    below, above = theirs.endswith(f".{ours}"), ours.endswith(f".{theirs}")
    return bool(ours) and (ours == theirs or (below and "." in ours) or (above and "." in theirs))
