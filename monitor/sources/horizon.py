"""Whether it is this machine that is cut off, rather than the feeds: told by most unrelated sites failing.

Of many feeds the last minutes tell it. Of few, whose polls lie far apart, the last polls do: nothing was
reached since. What fails while others answer fails on its own, and says nothing of the line. A captive portal
counts as well, where it gives its page in place of feeds that were feeds before. In memory only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import Cause, FeedRead, Fetched, FetchFailed, FetchOutcome, Unchanged, Unreadable, host_of
from monitor.model.sites import site_of

WINDOW = timedelta(minutes=5)
FEW = 3  # sites that say nothing of the others
MOST = 0.8  # of the sites asked within the window
EARLIER = timedelta(hours=1)  # who failed by so much earlier may have been the first to feel it
WITNESS = "https://slack.com/"
HEARING = timedelta(minutes=1)  # from one question to the witness to the next
MANY = 200  # sites that are remembered: enough for a share, however many feeds there are

OURS = frozenset({Cause.PROXY, Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT, Cause.BROKEN})
_PORTAL = frozenset({Cause.NOT_A_FEED, Cause.LOGIN, Cause.CONSENT})


@dataclass(frozen=True, slots=True)
class Sight:
    """What became of the last request to a site."""

    at: datetime
    reached: bool
    since: datetime  # since when it is so
    known: bool = False  # it was reached in this run, or is known to be there

    def then(self, reached: bool, now: datetime) -> "Sight":
        since = self.since if reached == self.reached else now
        return Sight(now, reached, since, self.known or self.reached or reached)


class Horizon:
    """What was seen of the web lately. `offline_since`: None while it is there. `proxy`: what is wrong with
    the operator's, in words; empty: it is not that."""

    def __init__(self, offline_since: datetime | None = None) -> None:
        self.offline_since = offline_since
        self.proxy = ""
        self._sights: dict[str, Sight] = {}  # by site, the latest last
        self._well_at: datetime | None = None  # a site was reached, or this run began
        self._heard_at: datetime | None = None  # the witness was asked

    def saw(
        self,
        url: str,
        reached: bool | None,
        now: datetime,
        proxy: str = "",
        *,
        failing_since: datetime | None = None,
        known: bool = False,
    ) -> bool:
        """After a request (`reached` None: it says nothing); are we offline?

        One that the proxy did not let out (`proxy`: why) says so alone, until a site is reached that was not.
        `failing_since`: what is remembered of its feed; `known`: this site is there, whatever we saw of it.
        """
        self._well_at = self._well_at or now
        if reached is None:
            return self.offline_since is not None
        site = site_of(host_of(url))
        before = self._sights.pop(site, None)
        if not proxy:  # sites asked directly stay known, however many wait behind it
            first = Sight(now, reached, now if reached else failing_since or now, known or reached)
            self._remember(site, before.then(reached, now) if before else first)
        if proxy or self.proxy:
            freed = not proxy and reached and not (before and before.reached)
            self.proxy = "" if freed else proxy or self.proxy
            self.offline_since = None if freed else self.offline_since or now
        elif self.offline_since:
            self.offline_since = (
                None if _is_back(self._sights.values(), self.offline_since, now) else self.offline_since
            )
        elif not reached:  # what succeeds cuts nobody off
            self.offline_since = _cut_off(self._sights.values(), self._well_at, now)
        if reached and not self.offline_since:
            self._well_at = now
        return self.offline_since is not None

    def heard(self, reached: bool | None, now: datetime) -> None:
        """Of the witness, a site that is known to be there."""
        self._heard_at = now
        self.saw(WITNESS, reached, now, known=True)

    def in_doubt(self, now: datetime) -> bool:
        """Is nothing known but that sites fail? Then a witness may end it, or tell an outage."""
        if self.proxy or not self._sights or (self._heard_at and now - self._heard_at < HEARING):
            return False
        last = next(reversed(self._sights.values()))
        return self.offline_since is not None or not (last.reached or _is_own(last, self._well_at or now))

    def _remember(self, site: str, sight: Sight) -> None:
        self._sights[site] = sight
        if len(self._sights) > MANY:
            del self._sights[next(iter(self._sights))]


def _cut_off(sights: Collection[Sight], well_at: datetime, now: datetime) -> datetime | None:
    """Since when we are offline; None: we are not. `sights`: one a site, the latest last; `well_at`: we were
    online."""
    telling = [sight for sight in sights if not _is_own(sight, well_at)]
    lately = [sight for sight in telling if now - sight.at <= WINDOW]
    asked = lately if len(lately) >= FEW else telling[-FEW:]
    failed = [sight.since for sight in asked if not sight.reached]
    if len(failed) < max(FEW, MOST * len(asked)) and not _all_of_two(telling):
        return None
    first = min(failed)
    return min(sight.since for sight in sights if not sight.reached and sight.since >= first - EARLIER)


def _is_own(sight: Sight, well_at: datetime) -> bool:
    """Does it fail on its own: for long already when another was reached?"""
    return not sight.reached and sight.since + WINDOW < well_at


def _all_of_two(sights: Collection[Sight]) -> bool:
    """There are no more, both fail, and one of them is known to be there."""
    return len(sights) == 2 and not any(one.reached for one in sights) and any(one.known for one in sights)


def _is_back(sights: Collection[Sight], offline_since: datetime, now: datetime) -> bool:
    """Do the last sites that were asked answer, or one for a while that did not before? However many others
    fail: their names may be misspelled."""
    lately = [
        sight.reached
        for sight in sights
        if now - sight.at <= WINDOW and (sight.since >= offline_since or sight.reached)
    ]
    steady = any(
        sight.reached and sight.since > offline_since and sight.at - sight.since >= WINDOW for sight in sights
    )
    return steady or (bool(lately) and all(lately[-FEW:]))


_NO_WAY_ON = frozenset({502, 503, 504})  # a proxy found no way to the site, or to any: the others tell


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
        case FetchFailed(cause=Cause.PROXY, status=status) if status and status not in _NO_WAY_ON:
            return None  # it is there, and keeps us from one site
        case FetchFailed(cause=cause):
            return False if cause in OURS else None


def proxy_trouble(fetched: FetchOutcome) -> str:
    """Why the proxy let a request out to nobody; empty: it did, or there is none."""
    failed = fetched if isinstance(fetched, FetchFailed) and fetched.cause is Cause.PROXY else None
    return failed.reason if failed and not failed.status else ""
