"""What a server's headers promise and ask for. Pure; a header that makes no sense says nothing.

`headers` is case-insensitive, as aiohttp gives it: bytes that are not UTF-8 are surrogates in its strings.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.model import Validators

LONGEST_VALIDATOR = 4096  # bytes; an ETag has 20-60, and 8 KB of it break proxies on the way back
LONGEST_FRESH = timedelta(hours=24)  # a silly max-age must not silence a feed
LONGEST_WAIT = timedelta(days=7)  # nor a silly Retry-After

CONDITIONS = ("If-None-Match", "If-Modified-Since")

Headers = Mapping[str, str]


def validators(headers: Headers) -> Validators:
    """ETag and Last-Modified, byte for byte (RFC 9110 8.8)."""
    return Validators(_validator(headers.get("ETag", "")), _validator(headers.get("Last-Modified", "")))


def _validator(value: str) -> str:
    raw = value.encode("utf-8", "surrogateescape")
    return raw.decode("latin-1") if len(raw) <= LONGEST_VALIDATOR else ""


def conditions(validators: Validators) -> dict[str, str]:
    """The same bytes, back to the server. Those it did not send in UTF-8 cannot be sent by aiohttp at all."""
    pairs = zip(CONDITIONS, (validators.etag, validators.last_modified), strict=True)
    return {name: text for name, value in pairs if (text := _as_sent(value))}


def _as_sent(value: str) -> str:
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""


def fresh_for(headers: Headers, now: datetime) -> timedelta:
    """How long the answer stays good (RFC 9111 4.2): max-age less Age, else Expires less Date; 0 to 24 h."""
    control, expires = headers.get("Cache-Control", "").lower(), headers.get("Expires", "")
    if not control and not expires:
        return timedelta(0)
    if re.search(r"\bno-(cache|store)\b", control):
        return timedelta(0)
    if age := re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d+)", control):
        left = _seconds(age[1]) - _seconds(headers.get("Age", ""))
    else:
        end = _date(expires)
        left = end - (_date(headers.get("Date", "")) or now) if end else timedelta(0)
    return max(timedelta(0), min(left, LONGEST_FRESH))


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110 10.2.3), seconds or a date, 0 to 7 d. None: absent, or no sense in it."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+", value, re.ASCII):
        return min(_seconds(value), LONGEST_WAIT)
    if (day := _date(value)) is None:
        return None
    return max(timedelta(0), min(day - (_date(headers.get("Date", "")) or now), LONGEST_WAIT))


def _seconds(digits: str) -> timedelta:
    """Ten digits of seconds are 300 years: more is cut, as int() and timedelta would fail on it."""
    found = re.match(r"\d{1,10}(?=\d*\s*$)", digits.strip(), re.ASCII)
    return timedelta(seconds=int(found[0])) if found else timedelta(0)


def _date(value: str) -> datetime | None:
    try:
        day = parsedate_to_datetime(value)
        return day.replace(tzinfo=UTC) if day.tzinfo is None else day.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
