"""What a feed document asks of its readers: how long to rest, which hours and days to stay away.

feedparser keeps only the last <hour> and <day>, so they are read from the bytes. Sources: RSS 2.0 (ttl,
skipHours, skipDays), RSS 1.0 syndication module (updatePeriod, updateFrequency; updateBase is not used).
"""

import re
from datetime import timedelta

from monitor.model import Hints

HEAD = 65_536  # bytes that are looked at, at most: what comes before the first entry is 1 to 4 KB
DAY = timedelta(days=1)
DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": DAY,
    b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}

# An element with its value, the first entry, or what may only look like them. Everything left open reaches to
# the end and no repetition is tried twice, so that 64 KB of "<!--" or blanks are read once.
_TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|<(?:[\w.-]++:)?(?P<entry>item|entry)[\s/>]"
    rb"|<(?P<name>ttl|hour|day|(?:[\w.-]++:)(?:updatePeriod|updateFrequency))(?:\s[^<>]*+)?>"
    rb"\s*+(?:<!\[CDATA\[\s*+)?(?P<value>[\w-]{1,40}+)\s*+(?:\]\]>\s*+)?</(?P=name)\s*+>",
    re.DOTALL | re.IGNORECASE,
)


def hints_of(body: bytes) -> Hints:
    """The hints of a feed document, looked for before its first entry. Nonsense is no hint; never raises."""
    said: dict[bytes, list[bytes]] = {}
    for token in _TOKEN.finditer(body[:HEAD].replace(b"\0", b"")):  # UTF-16 reads as ASCII
        if token["entry"]:
            break
        if token["name"]:
            name = token["name"].lower().rpartition(b":")[2]
            said.setdefault(name, []).append(token["value"].lower())
    return _hints(said) if said else Hints()


def _hints(said: dict[bytes, list[bytes]]) -> Hints:
    hours = frozenset(hour % 24 for hour in _numbers(said, b"hour") if hour <= 24)
    days = frozenset(DAYS.index(day) for day in said.get(b"day", ()) if day in DAYS)
    return Hints(
        rest=min(DAY, max(_ttl(said), _period(said))),
        hours=hours if len(hours) < 24 else frozenset(),
        days=days if len(days) < 7 else frozenset(),
    )


def _ttl(said: dict[bytes, list[bytes]]) -> timedelta:
    minutes = max(_numbers(said, b"ttl"), default=0)
    return timedelta(minutes=min(minutes, 24 * 60))


def _period(said: dict[bytes, list[bytes]]) -> timedelta:
    """The time between two updates; of several values the most patient. A frequency alone says nothing."""
    periods = (PERIODS.get(period, timedelta(0)) for period in said.get(b"updateperiod", ()))
    times = min((number for number in _numbers(said, b"updatefrequency") if number), default=1)
    return max(periods, default=timedelta(0)) / min(times, 24 * 60)


def _numbers(said: dict[bytes, list[bytes]], name: bytes) -> list[int]:
    return [int(value) for value in said.get(name, ()) if value.isdigit()]
