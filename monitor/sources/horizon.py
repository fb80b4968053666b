"""Whether it is this machine that is cut off, rather than the feeds: told by most unrelated sites failing.

In memory only: it is a matter of minutes. A captive portal counts as well, where it gives its page in place
of feeds that were feeds before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Cause, FeedRead, Fetched, FetchFailed, FetchOutcome, Unchanged, Unreadable, host_of
from monitor.model.sites import site_of

WINDOW = timedelta(minutes=5)
FEW = 3  # sites that say nothing of the others
MOST = 0.8  # of the sites asked within the window
MANY = 200  # sites that are remembered: enough for a share, however many feeds there are

OURS = frozenset({Cause.PROXY, Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.BROKEN})
_PORTAL = frozenset({Cause.NOT_A_FEED, Cause.LOGIN, Cause.CONSENT})


@dataclass(frozen=True, slots=True)
class Sight:
    """What became of the last request to a site."""

    at: datetime
    reached: bool


class Horizon:
    """What was seen of the web lately. `offline_since`: None while it is there. `proxy`: what is wrong with
    the operator's, in words; empty: it is not that."""

    def __init__(self, offline_since: datetime | None = None) -> None:
        self.offline_since = offline_since
        self.proxy = ""
        self._sights: dict[str, Sight] = {}  # by site, the latest last

    def saw(self, url: str, reached: bool | None, now: datetime, proxy: str = "") -> bool:
        """After a request (`reached` None: it says nothing); are we offline?

        One that the proxy did not let out (`proxy`: why) says so alone, until a site is reached that was not.
        """
        if reached is None:
            return self.offline_since is not None
        site = site_of(host_of(url))
        before = self._sights.pop(site, None)
        if not proxy:  # sites asked directly stay known, however many wait behind it
            self._remember(site, Sight(now, reached))
        if proxy or self.proxy:
            freed = not proxy and reached and not (before and before.reached)
            self.proxy = "" if freed else proxy or self.proxy
            self.offline_since = None if freed else self.offline_since or now
        elif not reached or self.offline_since:  # what succeeds cuts nobody off
            self.offline_since = verdict(self._sights.values(), self.offline_since, now)
        return self.offline_since is not None

    def _remember(self, site: str, sight: Sight) -> None:
        self._sights[site] = sight
        if len(self._sights) > MANY:
            del self._sights[next(iter(self._sights))]


def verdict(sights: Iterable[Sight], offline_since: datetime | None, now: datetime) -> datetime | None:
    """Since when we are offline; None: we are not. `sights`: one a site, the latest last."""
    lately = [sight for sight in sights if now - sight.at <= WINDOW]
    if offline_since is not None:
        back = lately and all(sight.reached for sight in lately[-FEW:])
        return None if back else offline_since
    failed = [sight.at for sight in lately if not sight.reached]
    return min(failed) if len(failed) >= max(FEW, MOST * len(lately)) else None


def was_reached(fetched: FetchOutcome, read: FeedRead | Unreadable | None, known: bool) -> bool | None:
    """Did a request reach the site it was meant for? None: it says nothing. `known`: it was a feed before."""
    match fetched:
        case Fetched() if isinstance(read, Unreadable) and read.cause in _PORTAL:
            return False if known else None
        case Fetched() | Unchanged():
            return True
        case FetchFailed(cause=Cause.STATUS, status=511):  # Network Authentication Required (RFC 6585)
            return False
        case FetchFailed(cause=Cause.STATUS):
            return True
        case FetchFailed(cause=Cause.PROXY, status=status) if (
            status
        ):  # it is there, and keeps us from one site
            return None
        case FetchFailed(cause=cause):
            return False if cause in OURS else None


def proxy_trouble(fetched: FetchOutcome) -> str:
    """Why the proxy let a request out to nobody; empty: it did, or there is none."""
    failed = fetched if isinstance(fetched, FetchFailed) and fetched.cause is Cause.PROXY else None
    return failed.reason if failed and not failed.status else ""
