"""One value of config.yaml: its text -> what it means, or Wrong, which quotes nothing but the file."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from shutil import which
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from monitor.config.book import nearest, shown
from monitor.config.marked import Text, Wrong
from monitor.config.outside import SLACK_SECRET
from monitor.model import EVERY_DAY, Hours, Secret, Times, host_of
from monitor.sources import guard
from monitor.sources.proxy import parse as parse_proxy
from rules.language.countries import CODES, COUNTRIES
from rules.language.values import LANGUAGES, language_of

LONGEST = timedelta(days=30)

E = TypeVar("E", bound=StrEnum)


def choice(kind: type[E]) -> Callable[[Text], E]:
    def read(text: Text) -> E:
        if text.value not in tuple(kind):
            raise Wrong(f"{shown(text)} is none of {', '.join(kind)}", nearest(text.raw, kind))
        return kind(text.value)

    return read


def span(least: timedelta) -> Callable[[Text], timedelta]:
    def read(text: Text) -> timedelta:
        found = _SPAN.fullmatch(text.value)
        if found is None:
            raise Wrong(
                f"{shown(text)} is not a span of time", "write a number and its unit:  30s, 5m, 2h  or  1d"
            )
        span = timedelta(**{_UNITS[found[2]]: int(found[1])})
        if not least <= span <= LONGEST:
            raise Wrong(f"{shown(text)} is too {'short' if span < least else 'long'}", "between 1s and 30d")
        return span

    return read


_SPAN = re.compile(r"([0-9]{1,7}) ?([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def whole(least: int, most: int) -> Callable[[Text], int]:
    def read(text: Text) -> int:
        if not re.fullmatch("[0-9]{1,9}", text.value) or not least <= int(text.value) <= most:
            raise Wrong(f"{shown(text)} is not a whole number from {least} to {most}")
        return int(text.value)

    return read


def given(text: Text) -> Text:
    if not text.value.strip():
        raise Wrong("this value is empty", "write a value, or leave the line out")
    return text


def line(text: Text) -> str:
    """Words on one line."""
    words = " ".join(given(text).value.split())
    if len(words) > 200:
        raise Wrong(f"{shown(text)} is longer than 200 characters")
    return words


def flag(text: Text) -> bool:
    if text.value not in ("true", "false"):
        raise Wrong(f"{shown(text)} is neither true nor false")
    return text.value == "true"


def language(text: Text) -> str:
    """Two letters (ISO 639-1)."""
    if text.value in LANGUAGES:
        return text.value
    meant = language_of(text.raw)
    hint = f"did you mean  {meant}  ?" if meant else "write its two letters (ISO 639-1):  en,  ar"
    raise Wrong(f"{shown(text)} is not a language", hint)


def country(text: Text) -> str:
    """Two capital letters (ISO 3166)."""
    code = text.value.upper()
    if code in COUNTRIES:
        return code
    meant = CODES.get(text.raw.lower())
    hint = f"did you mean  {meant}  ?" if meant else "write its two letters (ISO 3166):  GB,  IQ"
    raise Wrong(f"{shown(text)} is not a country", hint)


_CHANNEL = re.compile(r"[\w-]{1,80}")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")


def channel(text: Text) -> str:
    """Slack's own id, or a name in lower case; its # may be left out, since YAML takes that for a comment."""
    value = given(text).value
    name = value.removeprefix("#")
    if _CHANNEL_ID.fullmatch(value):
        return value
    if _CHANNEL.fullmatch(name) and name == name.lower():
        return f"#{name}"
    if value.startswith("@"):
        raise Wrong(f"{shown(text)} is a person, not a channel", 'write a channel:  "#alerts"')
    hint = 'names are lower-case letters, digits, - and _:  "#alerts";  ids look like  C024BE91L'
    raise Wrong(f"{shown(text)} is not a Slack channel", hint)


_PERSON = re.compile(r"@[a-z0-9][\w.-]{0,79}")
_PERSON_ID = re.compile(r"[UWS][A-Z0-9]{8,}")
EVERYONE = ("here", "channel")


def target(text: Text) -> str:
    """A channel, or a person who is told alone."""
    value = given(text).value
    return value if _PERSON.fullmatch(value) or _PERSON_ID.fullmatch(value) else channel(text)


def mention(text: Text) -> str:
    """A person or a group of people, by handle or Slack's id; here or channel."""
    value = given(text).value
    name = value.removeprefix("@")
    if name in EVERYONE:
        return name
    if _PERSON.fullmatch(value) or _PERSON_ID.fullmatch(value):
        return value
    raise Wrong(
        f"{shown(text)} is nobody who can be called",
        'write  "@ann",  "@desk",  here  or Slack\'s id: U012AB3CD',
    )


def person(text: Text) -> str:
    """One person, by handle or Slack's id."""
    value = mention(text)
    if value in EVERYONE or value.startswith("S"):
        raise Wrong(f"{shown(text)} is no single person", 'write  "@ann"  or Slack\'s id: U012AB3CD')
    return value


def optional_channel(text: Text) -> str:
    return channel(text) if text.value else ""


def _secret(text: Text, variable: str) -> Secret:
    """From the environment or a file, never from the config itself."""
    if text.raw and "${" not in text.raw:
        if SLACK_SECRET.search(text.raw):
            return Secret()  # told already: the whole file was searched for these
        hint = (
            f"write  ${{{variable}:-}}  here and set it in the environment, or  ${{file:/run/secrets/slack}}"
        )
        raise Wrong("a secret does not belong in this file", hint)
    if not re.fullmatch(r"[\x21-\x7e]*", text.value):
        raise Wrong(
            f"{shown(text)} stands for something with spaces or line ends in it", "a token is one word"
        )
    return Secret(text.value)


def bot_token(text: Text) -> Secret:
    if text.value.startswith("xapp-"):
        raise Wrong(
            f"{shown(text)} stands for an app-level token (xapp-…)", "the bot's is wanted here (xoxb-…)"
        )
    return _secret(text, "SLACK_BOT_TOKEN")


def app_token(text: Text) -> Secret:
    if text.value.startswith("xox"):
        raise Wrong(
            f"{shown(text)} stands for a bot or user token (xox…)", "the app's is wanted here (xapp-…)"
        )
    return _secret(text, "SLACK_APP_TOKEN")


def _is_safe(address: str) -> bool:
    """Does a secret travel to it unseen, or not at all?"""
    host = host_of(address)
    schemes = ("https://", "http://") if guard.is_here(host) else ("https://",)
    return bool(host) and address.startswith(schemes) and bool(re.fullmatch(r"[\x21-\x7e]+", address))


def api_url(text: Text) -> str:
    """https, since the token travels with it; plain http only on this machine, for tests."""
    if not _is_safe(text.value):
        raise Wrong(f"{shown(text)} is not an https address", "leave the line out for Slack's own")
    return text.value.rstrip("/") + "/"


def webhook(text: Text) -> Secret:
    """An incoming webhook: its address is the secret. https, as for a token; plain http only for tests."""
    if not text.value:
        return Secret("")
    if not _is_safe(text.value):
        raise Wrong(
            f"{shown(text)} is not the address of a webhook",
            "it begins with  https://hooks.slack.com/services/",
        )
    return _secret(text, "SLACK_WEBHOOK")


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_DAYS_AND = rf"(?:({_DAY})(?:-({_DAY}))? )?"
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_HOURS = re.compile(rf"{_DAYS_AND}{_TIME}-(?:{_TIME}|(24:00))")
_TIMES = re.compile(rf"{_DAYS_AND}{_TIME}")


def hours(text: Text) -> Hours:
    """22:00-07:00, or  sat-sun 00:00-24:00."""
    found = _HOURS.fullmatch(given(text).value)
    if found is None:
        raise Wrong(f"{shown(text)} is no part of a day", 'write  "22:00-07:00"  or  "sat-sun 00:00-24:00"')
    start = int(found[3]) * 60 + int(found[4])
    end = 24 * 60 if found[7] else int(found[5]) * 60 + int(found[6])
    if start == end:
        raise Wrong(f"{shown(text)} ends when it begins", 'for whole days write  "sat-sun 00:00-24:00"')
    return Hours(start, end, _days(found[1], found[2]))


def times(text: Text) -> Times:
    """08:00, hourly, or  mon 08:00."""
    if given(text).value == "hourly":
        return Times(tuple(range(0, 24 * 60, 60)))
    found = _TIMES.fullmatch(text.value)
    if found is None:
        raise Wrong(f"{shown(text)} is no time of a digest", 'write  "08:00",  hourly  or  "mon 08:00"')
    return Times((int(found[3]) * 60 + int(found[4]),), _days(found[1], found[2]))


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return EVERY_DAY
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return frozenset((start + n) % 7 for n in range((end - start) % 7 + 1))


def time_zone(text: Text) -> str:
    """A name of the IANA's: Europe/Paris."""
    if text.value in available_timezones():
        return text.value
    raise Wrong(f"{shown(text)} is no time zone", nearest(text.raw, available_timezones()))


_MAIL = re.compile(r"[\w.+%-]+@[\w.-]+\.\w+", re.ASCII)
_PAGE = re.compile(r"https?://[\w.-]+[^\s()<>;\"\\]*", re.ASCII)


def contact(text: Text) -> str:
    """It goes into a header that every publisher reads."""
    if text.value and not (
        _MAIL.fullmatch(text.value) or (_PAGE.fullmatch(text.value) and text.value.isascii())
    ):
        raise Wrong(
            f"{shown(text)} is neither a mail nor a web address",
            "write  you@example.org  or  https://example.org/bot",
        )
    return text.value


def network(text: Text) -> str:
    try:
        network = ip_network(text.value)
    except ValueError:
        raise Wrong(f"{shown(text)} is not a network", _network_hint(text)) from None
    if network.prefixlen == 0:
        raise Wrong(f"{shown(text)} is every address there is", "name your own networks only")
    return str(network)


def _network_hint(text: Text) -> str:
    try:
        return f"did you mean  {ip_network(text.raw, strict=False)}  ?"
    except ValueError:
        return "write  10.1.0.0/16,  192.168.1.7  or  fd00::/8"


def proxy(text: Text) -> Secret:
    """The value is not shown: it may hold a password."""
    value = given(text).value.strip()
    if not value.isascii():
        raise Wrong("a proxy takes ASCII letters only", "write the others of its password as %C3%A9")
    if parse_proxy(value) is None:
        raise Wrong("this is not the address of a proxy", _proxy_hint(value))
    return Secret(value)


def _proxy_hint(value: str) -> str:
    scheme = re.match(r"([a-z0-9+]{2,10})://", value, re.IGNORECASE)
    if scheme and scheme[1].lower() != "http":
        return f"only a proxy that is asked by  http://  can be used, not by {scheme[1].lower()}"
    return "write  http://proxy.example.org:3128,  with a password  http://user:${file:secrets/proxy}@…"


_LISTEN = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):([0-9]{1,5})", re.ASCII)


def listen(text: Text) -> str:
    found = _LISTEN.fullmatch(text.value)
    if found is None or int(found[2]) > 65535:
        raise Wrong(f"{shown(text)} is not host:port", "write  127.0.0.1:8080")
    return text.value


_PUBLIC = re.compile(
    r"(https?://)([\w.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[\w.~/-]*)?", re.ASCII | re.IGNORECASE
)


def public(text: Text) -> str:
    """Where hubs reach us: the beginning of addresses that we make, so it ends with a slash."""
    if not _PUBLIC.fullmatch(given(text).value) or len(text.value) > 500:
        hint = "write  https://news.example.org/push/  with nothing behind a ? or #"
        raise Wrong(f"{shown(text)} is not an address hubs could be given", hint)
    return text.value.rstrip("/") + "/"


def command(words: Sequence[Text]) -> tuple[str, ...]:
    """A program that is there, and its arguments."""
    values = tuple(word.value for word in words)
    if not values or not values[0].strip():
        raise Wrong("there is no command in this list", "write  [/usr/local/bin/page, --urgent]")
    if which(values[0]) is None:
        raise Wrong(f"{shown(words[0])} cannot be run here", "write its whole path, and make it executable")
    return values


def address(text: Text, networks: Sequence[str]) -> Secret:
    """Of somebody who is told something: whoever knows it may tell them, so it is never shown."""
    value = text.value.strip()
    if value and not re.match(r"https?://", value, re.IGNORECASE):
        raise Wrong("an http or https address is wanted here", "it begins with  https://")
    if value and (problem := url_problem(value, networks)):
        raise Wrong(*(problem if text.raw == text.value else _HIDDEN))
    return Secret(value)


# --- addresses of feeds -------------------------------------------------------------------------------


def url(text: Text, networks: Sequence[str]) -> str:
    address = given(text).value.strip()
    if problem := url_problem(address, networks):
        raise Wrong(*(problem if text.raw == text.value else _HIDDEN))
    return address


_HIDDEN = (
    "what ${…} stands for here is no address we ask",
    "it begins with https:// and leads to a public host",
)


def url_problem(url: str, networks: Sequence[str]) -> tuple[str, str] | None:
    """What is wrong with an address, and what to do. The address is not shown: it may hold a password."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return "a feed needs an http or https address", _scheme_hint(url)
    if re.search(r"[\s\\]", url):
        return "a space or a backslash in the address", "write %20 for a space, / for a backslash"
    if problem := guard.check_url(url, networks):
        return problem, _guard_hint(problem)
    return ("the address is longer than 2,000 characters", "") if len(url) > 2000 else None


def _scheme_hint(url: str) -> str:
    bare = re.sub(r"^[a-z]+:/*", "", url, flags=re.IGNORECASE)
    simple = re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/[\w./-]*)?", bare, re.IGNORECASE)
    return f"did you mean  https://{bare}  ?" if simple and len(bare) < 200 else "it begins with  https://"


def _guard_hint(problem: str) -> str:
    if "allow_networks" in problem:
        return "for a feed of your own network, add it to  fetch: {allow_networks: […]}"
    if problem.startswith("port"):
        return "only addresses inside  fetch: {allow_networks: […]}  are asked on other ports"
    return "feeds behind a password are not part of this version" if "password" in problem else ""


def same(url: str) -> str:
    """Two spellings of one address are equal here: case of the host, default port, fragment."""
    parts = urlsplit(url)
    host = host_of(url).removesuffix(":443" if parts.scheme == "https" else ":80")
    return f"{parts.scheme}://{host}{parts.path or '/'}?{parts.query}"
