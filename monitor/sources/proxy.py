"""The operator's proxy (`fetch.proxy`): what is asked through it, and what its own troubles are called.

It is the proxy that connects, so no socket of ours sees where to. Each target is judged before the proxy
hears of it, by all that its name means here. A name that cannot be looked up here is the proxy's to judge, as
is one that means something else there: it has to keep private networks closed itself.
"""

import asyncio
import errno
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from monitor.model import Cause, FetchFailed, Secret
from monitor.sources import guard
from monitor.sources.guard import Blocked

PATIENCE = 2.0  # seconds for the look at a name; behind a proxy there is often no DNS that would answer
SILENT = 3  # lookups in a row without any answer: there is none
REST = 300.0  # seconds in which none is asked then

# Names of one's own network (RFC 6761, 6762 appendix G, 8375, and Kubernetes'): no publisher has one.
_INSIDE = re.compile(
    r"[^.]+|(?:.+\.)?(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|svc|home\.arpa)"
)
_ADDRESS = re.compile(
    r"http://(?:(?P<user>[^:/?#\s]*):(?P<password>\S*)@)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+):(?P<port>[0-9]{1,5})/?",
    re.ASCII | re.IGNORECASE,
)

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]  # a name and a port -> IP addresses; raises OSError


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy: `address` is its `host:port`."""

    address: str
    user: str = ""
    password: Secret = Secret()

    @property
    def url(self) -> str:
        """With its user and password: a secret."""
        said = f"{quote(self.user, '')}:{quote(self.password.value, '')}@" if self.user else ""
        return f"http://{said}{self.address}"


def parse(text: str) -> Proxy | None:
    """`http://user:password@host:port`, user and password percent-encoded or as they are. None: it is not."""
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65536:
        return None
    user, password = (unquote(found[part] or "") for part in ("user", "password"))
    return Proxy(f"{found['host'].lower()}:{found['port']}", user, Secret(password))


class WayOut:
    """Says of every target, right before it is asked, whether the proxy may hear of it."""

    def __init__(self, proxy: Proxy, look_up: Lookup, patience: float = PATIENCE) -> None:
        self.proxy = proxy
        self.led = False  # anywhere yet, or since it last did not know us
        self._look_up = look_up
        self._patience = patience
        self._silent, self._rest_until = 0, 0.0

    async def is_direct(self, url: str, allow_networks: Sequence[str]) -> bool:
        """Is it asked without the proxy, since all that it means is in networks of our own?

        Raises Blocked where any of it is denied, or is the proxy itself.
        """
        host, port = _place(url)
        found = await self._meaning(host, port)
        if not found and _INSIDE.fullmatch(host):
            raise Blocked("it is a name of a private network, and cannot be looked up here")
        ours = guard.are_ours(found, allow_networks)
        at, its_port = _place(f"http://{self.proxy.address}")
        if port == its_port and (host == at or guard.meet(found, await self._meaning(at, its_port))):
            raise Blocked("it is the proxy itself")
        return ours

    async def _meaning(self, host: str, port: int) -> Sequence[str]:
        """The IP addresses of a host; none where they cannot be known here."""
        if guard.literal(host):
            return (host,)
        now = asyncio.get_running_loop().time()
        if now < self._rest_until:
            return ()
        try:
            async with asyncio.timeout(self._patience):
                found = await self._look_up(host, port)
        except TimeoutError:
            self._silent += 1
            if self._silent >= SILENT:
                self._rest_until = now + REST
            return ()
        except (OSError, UnicodeError):
            found = ()
        self._silent = 0
        return found


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


# --- its troubles, in words --------------------------------------------------------------------------------


def refused(status: int, offers: Sequence[str] = ()) -> FetchFailed:
    """What a proxy says in place of a way. `offers`: its Proxy-Authenticate headers.

    Without a status something is wrong between it and us, whatever is asked for; with one it keeps us from
    this target alone.
    """
    if status == 407:
        return FetchFailed(Cause.PROXY, _no_password(offers))
    if status >= 500:
        return FetchFailed(Cause.CONNECT, f"the proxy cannot reach it ({status})")
    return FetchFailed(Cause.PROXY, f"the proxy does not lead there ({status})", status)


def _no_password(offers: Sequence[str]) -> str:
    found = [re.match(r"\s*([A-Za-z]{2,20})(?![\w-])", offer) for offer in offers]
    schemes = dict.fromkeys(one[1] for one in found if one)
    if schemes and "basic" not in map(str.lower, schemes):
        asked = ", ".join(schemes)
        return f"the proxy refused: it asks for {asked}, and fetch.proxy can only say a user and a password"
    return "the proxy refused: it wants a user and a password; check fetch.proxy"


NAMELESS = FetchFailed(Cause.PROXY, "the proxy's name cannot be looked up: check fetch.proxy")


def unreached(error: OSError) -> FetchFailed:
    """No connection to the proxy."""
    closed = error.errno == errno.ECONNREFUSED
    words = "the proxy refused the connection" if closed else "the proxy cannot be reached"
    return FetchFailed(Cause.PROXY, f"{words}: check fetch.proxy")
