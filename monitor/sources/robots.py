"""What a host's robots.txt asks of us (RFC 9309): asked for once a day and host, for whoever waits for it.

Nothing can be led astray by it for long: of the file only the groups that speak to us, or to everybody, are
kept and parsed.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from protego import Protego

from monitor.model import Cause, Fetched, FetchFailed, FetchOutcome, Unchanged, host_of
from monitor.sources.lanes import Lanes

TOKEN = "wirewatch"  # our product token (RFC 9309 2.2.1): the word before the slash of our User-Agent
FRESH = timedelta(hours=24)  # RFC 9309 2.4: no longer
SHUT = timedelta(hours=1)  # how long a host counts as closed whose file could not be had
LONGEST_DELAY = 30.0  # seconds between two requests: a host that asks for more would get no news told
IN_MEMORY = 512  # hosts, with 2 KB of lines each usually; the others are read from the shelf
MOST_IN_MEMORY = 1024 * 1024  # characters of lines; parsed they take 30 times that at worst
IN_A_THREAD = 64 * 1024  # a larger file is parsed beside the event loop: 500 KB take 0.4 s


class Shelf(Protocol):
    """Where the lines that concern us outlive a restart, each host's until a moment."""

    async def find(self, host: str) -> tuple[str, datetime] | None: ...
    async def keep(self, host: str, text: str, until: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class _Known:
    until: datetime
    rules: Protego
    size: int  # characters that were parsed
    closed: FetchFailed | None = None  # why the file could not be had: then nothing may be asked for


class Gatekeeper:
    """Says what may be asked for. One a Web, whose `ask` it uses for the files themselves."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[FetchOutcome]],
        clock: Callable[[], datetime],
        shelf: Shelf | None,
    ) -> None:
        self._ask, self._clock, self._shelf = ask, clock, shelf
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._held = 0  # characters of what is known
        self._turns = Lanes()

    async def refusal(self, url: str) -> FetchFailed | None:
        """Why this address is not asked for; None: it may be."""
        known = await self._of(url)
        if known.closed:
            wait = known.until - self._clock()
            reason = f"its robots.txt cannot be had: {known.closed.reason}"
            return FetchFailed(known.closed.cause, reason, known.closed.status, max(wait, timedelta(0)))
        if known.rules.can_fetch(url, TOKEN):
            return None
        return FetchFailed(Cause.ROBOTS, "its publisher's robots.txt asks us not to read it")

    def delay(self, host: str) -> float:
        """Seconds this host wants between two requests, as far as we have just read; 0: it does not say."""
        known = self._known.get(host)
        return min((known.rules.crawl_delay(TOKEN) if known else None) or 0.0, LONGEST_DELAY)

    async def _of(self, url: str) -> _Known:
        """Those who ask for the same host wait for the same answer."""
        host = host_of(url)
        async with self._turns.turn(host):
            known = self._known.get(host)
            if known is None or known.until <= self._clock():
                known = await self._from_shelf(host) or await self._from_host(host, url)
                self._remember(host, known)
            self._known.move_to_end(host)
            return known

    def _remember(self, host: str, known: _Known) -> None:
        """The last ones used, as many as fit; the newest in any case."""
        if old := self._known.pop(host, None):
            self._held -= old.size
        self._known[host] = known
        self._held += known.size
        while len(self._known) > IN_MEMORY or (self._held > MOST_IN_MEMORY and len(self._known) > 1):
            _, gone = self._known.popitem(last=False)
            self._held -= gone.size

    async def _from_shelf(self, host: str) -> _Known | None:
        text, until = (self._shelf and await self._shelf.find(host)) or ("", None)
        return await _read(text, until) if until and until > self._clock() else None

    async def _from_host(self, host: str, url: str) -> _Known:
        scheme = url.partition("://")[0].lower()
        found = wishes(await self._ask(f"{scheme}://{host}/robots.txt"))
        now = self._clock()
        if isinstance(found, FetchFailed):
            return _Known(now + min(found.retry_after or SHUT, FRESH), Protego.parse(""), 0, found)
        if self._shelf:
            await self._shelf.keep(host, found, now + FRESH)
        return await _read(found, now + FRESH)


async def _read(text: str, until: datetime) -> _Known:
    if len(text) > IN_A_THREAD:
        return _Known(until, await asyncio.to_thread(Protego.parse, text), len(text))
    return _Known(until, Protego.parse(text), len(text))


def wishes(got: FetchOutcome) -> str | FetchFailed:
    """The lines that concern us; empty: anything may be asked for. A failure: nothing, for now.

    RFC 9309 2.3.1: refused (4xx) or redirected where we do not follow is like no file at all; unreachable
    closes a host. 429 counts as unreachable, as it does for Google: it says "not now".
    """
    match got:
        case Fetched():
            return ours(got.body.decode("utf-8-sig", "replace"))
        case FetchFailed(status=status) if 400 <= status < 500 and status != 429:
            return ""
        case FetchFailed(cause=Cause.REDIRECT | Cause.ADDRESS | Cause.BLOCKED):
            return ""  # the guard judges the page itself, too
        case FetchFailed():
            return got
        case Unchanged():
            return ""


_LINE = re.compile(r"[^\r\n]+")
_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*([^#]*)", re.IGNORECASE)
_RULE = re.compile(r"\s*(?:dis{1,2}al+[ao]w|diasllow|allow|crawl[- ]delay)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:#|site-?maps?\b|host\b|$)", re.IGNORECASE)  # belongs to no group, and ends none


def ours(text: str) -> str:
    """The groups for us or for all: with 15,000 names before 20,000 rules protego would be busy for hours."""
    return "\n".join(_ours(text))


def _ours(text: str) -> Iterator[str]:
    names: set[str] = set()
    naming = False  # the line before named a robot, too: both head the same group
    for line in _LINE.findall(text):
        if named := _AGENT.match(line):
            names, naming = names if naming else set(), True
            if (name := _token(named[1])) in ("*", TOKEN) and name not in names:
                names.add(name)
                yield f"User-agent: {name}"
        elif not _ASIDE.match(line):
            naming = False
            if names and _RULE.match(line):
                yield line.strip()


def _token(name: str) -> str:
    """`Wirewatch/1.2` is us: of a name only its product token counts (RFC 9309 2.2.1)."""
    return name.strip().lower().partition("/")[0].strip()


# --- what a page says of being kept ------------------------------------------------------------------------

_NAMED = re.compile(r"\s*([\w-]+)\s*:\s*(.*)", re.DOTALL)
_NOT_A_NAME = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


def forbids_keeping(tags: str) -> bool:
    """Does an X-Robots-Tag or <meta name=robots> ask us for no stored copy? Some speak to one robot only."""
    named = _NAMED.fullmatch(tags)
    if named and named[1].lower() not in _NOT_A_NAME:
        if named[1].lower() != TOKEN:
            return False
        tags = named[2]
    return bool({"noarchive", "none"} & {word.strip().lower() for word in tags.split(",")})
