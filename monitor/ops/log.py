"""Log lines: short ones for a person at a terminal, JSON for a machine. Secrets are masked in both."""

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast
from urllib.parse import unquote

import structlog

# Slack's tokens and webhook addresses, the addresses hubs are given, user and password in addresses,
# and parameters whose name ends in what opens a door: access_token, X-Api-Key, PHPSESSID, user[password].
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|push-[\w-]{43}|(?<=://)[^/?#\s]+(?=@)"
    r"|(?P<kept>hooks\.slack\.com/services/|[?&;][\w.%+\[\]-]*?(?:token|key|auth|authorization|passw(?:or)?d|pwd"
    r"|pass|secret|sig|signature|session|sessionid|sid|sessid|credentials?|jwt)(?:\]|%5d)?=)[^&\s\"'<>]+",
    re.IGNORECASE,
)
_LETTER = re.compile(r"%([46][1-9a-f]|[57][0-9a])", re.IGNORECASE)  # tok%65n is token


def mask(text: str) -> str:
    """`text` with whatever looks like a secret replaced by an ellipsis."""
    if "%" in text:
        text = _LETTER.sub(lambda found: unquote(found[0]), text)
    return _SECRETS.sub(lambda found: (found["kept"] or "") + "…", text)


def _masked(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def _for_people(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    """`14:02:11  feed cannot be reached  name=…  reason=…`: the event first, then what is known of it."""
    mark = {"warning": "! ", "error": "!! ", "critical": "!! "}.get(event.pop("level", ""), "")
    at = event.pop("timestamp", "")
    event.pop("exception", None)
    words = [f"{at}  {mark}{event.pop('event')}", *(f"{key}: {value}" for key, value in event.items())]
    return "  ".join(_one_line(word) for word in words)


def _one_line(text: str) -> str:
    """Text from outside may carry newlines or escape sequences; a log line carries neither."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


class _Tolerant:
    """A stream that may be full, or closed: that costs a log line, never the work it speaks of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def setup(stream: TextIO | None = None, *, verbose: bool = False) -> None:
    """Log to `stream` (default stderr): for people when it is a terminal, else one JSON object a line."""
    out = stream or sys.stderr
    people = out.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people),
            _masked,
            _for_people if people else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, _Tolerant(out))),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every beat that is a second late
    logging.getLogger("slack_sdk").setLevel(logging.ERROR)  # below INFO it prints tokens and texts


def get() -> Any:
    """A bound logger: `log.info("feed is back", name=…)`."""
    return structlog.get_logger()
