"""DOOR: the line to Slack's Web API. One request, one answer, or the reason why there is none.

slack_sdk speaks through aiohttp, and only aiohttp's exceptions tell a message that never left from one that
may have arrived: that is why both are imported here.
"""

import email.utils
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from monitor.alerts.answers import PROXY, Answer
from monitor.model import Held, NotSent, Secret, Unknown

# The connect limit is the shorter one, so a timeout says on which side of the first byte it struck.
LONGEST_ANSWER = 4096  # bytes of a webhook's: two words, as a rule
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
HEARTBEAT = 15.0  # seconds between two pings of ours; a line that leaves one unanswered is closed
LONGEST_FRAME = 2**20  # bytes that Slack may bring at once: a message of 13,200 characters is some 100,000

# At DEBUG the SDK logs whole messages, and it takes a logger without a level of its own for one at DEBUG.
SDK_LOG = logging.getLogger("slack_sdk.wirewatch")
SDK_LOG.setLevel(logging.INFO)


T = TypeVar("T")


@dataclass(slots=True)
class Line:
    """The connection of one request: through the proxy, too, and with its TLS."""

    made: bool = False  # before that no byte of a message can have left


_line: ContextVar[Line] = ContextVar("line")  # of the request that is being made


class Wire:
    """Asks with a token, once, through no proxy but that of config.yaml."""

    def __init__(
        self, token: Secret, api_url: str, *, proxy: str = "", timeout: aiohttp.ClientTimeout = TIMEOUT
    ) -> None:
        """`proxy`: its address, with user and password; empty: Slack is asked directly."""
        self._token = token
        self._api_url = api_url
        self._proxy = proxy or None
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self.ahead = timedelta(0)  # how far Slack's clock is ahead of ours, within 11 s; 0: not known yet

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self, method: str, args: dict[str, Any], *, reads: bool = False
    ) -> Answer | NotSent | Unknown | Held:
        """`reads`: a method that only looks; Slack takes no JSON for these. Raises nothing, tries once."""
        began = datetime.now(UTC)
        answer = await self._ask(method, args, reads)
        if isinstance(answer, Answer) and (date := date_of(answer)):
            self.ahead = date - (began + (datetime.now(UTC) - began) / 2)
        return answer

    async def ask_webhook(
        self, address: Secret, message: dict[str, Any]
    ) -> Answer | NotSent | Unknown | Held:
        """To a webhook, which answers in plain text: the `text` of the answer's body."""

        async def made() -> Answer:
            session = self._session_now()
            async with session.post(
                address.value, json=message, proxy=self._proxy, allow_redirects=False
            ) as got:
                text = (await got.content.read(LONGEST_ANSWER)).decode(errors="replace")
                return Answer(got.status, {"text": text.strip()}, got.headers)

        return await self._tried(made)

    async def listen(
        self, address: str
    ) -> aiohttp.ClientWebSocketResponse | Answer | NotSent | Unknown | Held:
        """A line on which Slack speaks to us; `address`: what apps.connections.open gave."""

        async def made() -> aiohttp.ClientWebSocketResponse:
            return await self._session_now().ws_connect(
                address, proxy=self._proxy, heartbeat=HEARTBEAT, max_msg_size=LONGEST_FRAME
            )

        return await self._tried(made)

    def is_slack(self, address: str) -> bool:
        """Does it lead to Slack, or to what stands in for it under `slack.api_url`?"""
        mine, given = urlsplit(self._api_url), urlsplit(address)
        if given.scheme in ("https", "wss"):
            return f".{given.hostname}".endswith(".slack.com") or given.netloc == mine.netloc
        return mine.scheme == "http" and given.scheme in ("http", "ws") and given.netloc == mine.netloc

    async def _ask(self, method: str, args: dict[str, Any], reads: bool) -> Answer | NotSent | Unknown | Held:
        if not (self._token.value.isascii() and self._token.value.isprintable()):
            return Held("Slack: the token holds characters no token has; copy it again", wide=True)

        async def made() -> Answer:
            client = self._client()
            if reads:
                response = await client.api_call(method, http_verb="GET", params=args)
            else:
                response = await client.api_call(method, json=args)
            return Answer(response.status_code, body_of(response), response.headers)

        return await self._tried(made)

    async def _tried(self, make: Callable[[], Awaitable[T]]) -> T | Answer | NotSent | Unknown | Held:
        line = Line()
        _line.set(line)
        try:
            return await make()
        except SlackApiError as error:
            return refusal(error.response)
        except aiohttp.ClientHttpProxyError as error:
            return NotSent(f"Slack cannot be reached: the proxy refused ({error.status}); {PROXY}", wide=True)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NotSent(f"Slack cannot be reached: {unreached(error, self._timeout)}", wide=True)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            return Held("Slack: slack.api_url in config.yaml is not an address", wide=True)
        except TimeoutError:
            return Unknown(f"Slack did not answer within {self._timeout.total:g} s")
        except (aiohttp.ClientError, OSError) as error:
            if not line.made:
                return NotSent("Slack cannot be reached: the line broke before it was there", wide=True)
            return Unknown(f"the line to Slack broke ({type(error).__name__})")
        except Exception as error:  # whatever the SDK stumbles over: the message may have arrived
            return Unknown(f"Slack's answer cannot be read ({type(error).__name__})")

    def _client(self) -> AsyncWebClient:
        """A client that posts once, and through no proxy but that of config.yaml."""
        client = AsyncWebClient(
            self._token.value, self._api_url, session=self._session_now(), logger=SDK_LOG, retry_handlers=[]
        )
        client.proxy = self._proxy
        return client

    def _session_now(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            # A kept line that Slack has just closed would make a message that never left Unknown.
            connector = aiohttp.TCPConnector(force_close=True)
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_create_end.append(_note_made)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, trust_env=False, trace_configs=[tracing]
            )
        return self._session


async def _note_made(session: aiohttp.ClientSession, context: object, params: object) -> None:
    _line.get().made = True


def date_of(answer: Answer) -> datetime | None:
    """When Slack answered, by its own clock; half a second is what the header cuts off, in the mean."""
    try:
        date = email.utils.parsedate_to_datetime(answer.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return date.replace(tzinfo=UTC) + timedelta(seconds=0.5)


def refusal(response: object) -> Answer:
    """The SDK raises with its own response, or with aiohttp's where the body was no JSON."""
    if isinstance(response, AsyncSlackResponse):
        return Answer(response.status_code, body_of(response), response.headers)
    if isinstance(response, aiohttp.ClientResponse):
        return Answer(response.status, {}, response.headers)
    return Answer(0, {}, {})


def body_of(response: AsyncSlackResponse) -> Mapping[str, Any]:
    return response.data if isinstance(response.data, dict) else {}


def unreached(error: Exception, limits: aiohttp.ClientTimeout) -> str:
    match error:
        case aiohttp.ClientProxyConnectionError():
            return f"no connection to the proxy; {PROXY}"
        case aiohttp.ConnectionTimeoutError():
            return f"no connection within {limits.connect:g} s"
        case aiohttp.ClientConnectorDNSError():
            return f"the name {error.host} cannot be looked up"
        case aiohttp.ClientConnectorCertificateError():
            return f"the certificate of {error.host} is not trusted"
        case aiohttp.ClientConnectorSSLError():
            return f"no TLS connection with {error.host}"
        case aiohttp.ClientConnectorError():
            return f"no connection to {error.host}:{error.port} ({error.strerror})"
        case _:
            return type(error).__name__
