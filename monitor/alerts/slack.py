"""DOOR: Slack's Web API. One post, one outcome; every answer Slack can give has its row in ANSWERS.

slack_sdk speaks through aiohttp, and only aiohttp's exceptions tell a message that never left from one that
may have arrived: that is why both are imported here.
"""

import email.utils
import logging
import math
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from fnmatch import fnmatchcase
from typing import Any, assert_never

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from monitor.alerts.compose import compose
from monitor.model import Held, NotSent, Outgoing, Refused, Secret, SendOutcome, Sent, Unknown

# The connect limit is the shorter one, so a timeout says on which side of the first byte it struck.
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
LONGEST_WAIT = timedelta(hours=1)  # a garbled Retry-After must not silence a channel for good

# At DEBUG the SDK logs whole messages, and it takes a logger without a level of its own for one at DEBUG.
SDK_LOG = logging.getLogger("slack_sdk.wirewatch")
SDK_LOG.setLevel(logging.INFO)


class Fate(Enum):
    """What an error string says about the message."""

    LIMITED = auto()  # not sent, the workspace has to wait
    FULL = auto()  # not sent, the free plan's messages are used up: an hour's wait
    AGAIN = auto()  # not sent, the request did not get through whole
    UNKNOWN = auto()
    CHANNEL = auto()  # held: this channel
    WORKSPACE = auto()  # held: all channels
    REFUSED = auto()


PROXY = "check fetch.proxy in config.yaml"
NEW_TOKEN = "install the app again and put its bot token (xoxb-…) into SLACK_BOT_TOKEN"

# chat.postMessage's own list and the common ones (docs.slack.dev, 2026-05-25): fate, errors, what to do.
ANSWERS = (
    (Fate.LIMITED, "ratelimited rate_limited", ""),
    (Fate.FULL, "message_limit_exceeded", "the workspace's plan takes no more messages for now"),
    (Fate.AGAIN, "request_timeout", "only part of the request arrived"),
    (Fate.UNKNOWN, "internal_error fatal_error service_unavailable", ""),
    (Fate.UNKNOWN, "team_added_to_org org_login_required external_channel_migrating", ""),
    (Fate.CHANNEL, "channel_not_found", "check its name; a private one must /invite @wirewatch first"),
    (Fate.CHANNEL, "not_in_channel", "type /invite @wirewatch in it"),
    (Fate.CHANNEL, "is_archived", "unarchive it, or name another channel in config.yaml"),
    (Fate.CHANNEL, "restricted_action* no_permission", "let the app post there, in the channel's settings"),
    (Fate.CHANNEL, "ekm_access_denied", "an administrator has suspended posting"),
    (Fate.CHANNEL, "messages_tab_disabled", "turn on the app's Messages tab, or name a channel"),
    (Fate.CHANNEL, "cannot_reply_to_message", "name a channel that allows threads"),
    (Fate.CHANNEL, "team_not_found team_access_not_granted", "an administrator has to allow the app there"),
    (Fate.CHANNEL, "slack_connect_*_blocked", "an administrator has to allow the app there"),
    (Fate.WORKSPACE, "invalid_auth not_authed token_revoked token_expired account_inactive", NEW_TOKEN),
    (Fate.WORKSPACE, "not_allowed_token_type", "use the bot token: it begins with xoxb-"),
    (
        Fate.WORKSPACE,
        "missing_scope",
        "add the scopes of deploy/slack-manifest.yaml and install the app again",
    ),
    (Fate.WORKSPACE, "enterprise_is_restricted access_denied", "an administrator has to allow the app"),
    (Fate.WORKSPACE, "two_factor_setup_required", "set up two-factor sign-in for the app's owner"),
    (Fate.WORKSPACE, "accesslimited", "add this machine to the app's allowed IP addresses"),
    (
        Fate.WORKSPACE,
        "method_deprecated deprecated_endpoint",
        "this wirewatch is too old for Slack: update it",
    ),
    (Fate.REFUSED, "invalid_blocks* msg_blocks_too_long msg_too_long no_text markdown_text_conflict", ""),
    (Fate.REFUSED, "invalid_metadata_* metadata_too_large metadata_must_be_sent_from_app", ""),
    (Fate.REFUSED, "attachment_payload_limit_exceeded too_many_attachments too_many_contact_cards", ""),
    (Fate.REFUSED, "invalid_arguments invalid_arg_name invalid_array_arg invalid_charset", ""),
    (Fate.REFUSED, "invalid_form_data invalid_post_type missing_post_type missing_file_data", ""),
    (Fate.REFUSED, "as_user_not_supported draft_*", ""),
)
FATES = {error: (fate, advice) for fate, errors, advice in ANSWERS for error in errors.split()}


@dataclass(slots=True)
class Line:
    """The connection of one request: through the proxy, too, and with its TLS."""

    made: bool = False  # before that no byte of a message can have left


_line: ContextVar[Line] = ContextVar("line")  # of the request that is being made


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP. `body` is empty when it was not a JSON object."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class SlackChat:
    """Posts alerts with a bot token. The outbox says when; here is only how, and what came of it."""

    pace = timedelta(seconds=1)  # Slack's limit: one message a second and channel

    def __init__(
        self, token: Secret, api_url: str, *, proxy: str = "", timeout: aiohttp.ClientTimeout = TIMEOUT
    ) -> None:
        """`proxy`: its address, with user and password; empty: Slack is asked directly."""
        self._token = token
        self._api_url = api_url
        self._proxy = proxy or None
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome:
        """Posts once. Raises for nothing that Slack or the network does, and never tries again."""
        payload = compose(out, now)
        message = {
            "channel": out.channel,
            "text": payload.text,
            "metadata": payload.metadata,
            "mrkdwn": False,
            "parse": "none",
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if out.thread:
            message["thread_ts"] = out.thread
        if payload.blocks:
            message["blocks"] = payload.blocks
        answer = await self._ask("chat.postMessage", message)
        return sort(answer, now) if isinstance(answer, Answer) else answer

    async def probe(self) -> str:
        """Empty when Slack takes the token, else what is wrong and what to do."""
        answer = await self._ask("auth.test", {})
        if not isinstance(answer, Answer):
            return answer.reason
        if not answer.body.get("ok"):
            return words_for(str(answer.body.get("error", f"HTTP {answer.status}")), answer.body)
        scopes = answer.headers.get("x-oauth-scopes", "")
        lacking = scopes and "chat:write" not in scopes.replace(" ", "").split(",")
        return words_for("missing_scope", {"needed": "chat:write"}) if lacking else ""

    async def reached(self) -> bool | None:
        """Does anything answer at its address? None: nothing was asked, the token being none."""
        answer = await self._ask("api.test", {})
        return None if isinstance(answer, Held) else isinstance(answer, Answer)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, args: dict[str, Any]) -> Answer | NotSent | Unknown | Held:
        if not (self._token.value.isascii() and self._token.value.isprintable()):
            return Held("Slack: the token holds characters no token has; copy it again", wide=True)
        line = Line()
        _line.set(line)
        try:
            response = await self._client().api_call(method, json=args)
            return Answer(response.status_code, body_of(response), response.headers)
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
        if self._session is None or self._session.closed:
            # A kept line that Slack has just closed would make a message that never left Unknown.
            connector = aiohttp.TCPConnector(force_close=True)
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_create_end.append(_note_made)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, trust_env=False, trace_configs=[tracing]
            )
        client = AsyncWebClient(
            self._token.value, self._api_url, session=self._session, logger=SDK_LOG, retry_handlers=[]
        )
        client.proxy = self._proxy
        return client


async def _note_made(session: aiohttp.ClientSession, context: object, params: object) -> None:
    _line.get().made = True


def sort(answer: Answer, now: datetime) -> SendOutcome:
    """Slack's answer to a post -> what became of the message."""
    status, body = answer.status, answer.body
    if status == 429:
        return limited(answer, now)
    if status >= 500 or status == 408:
        return Unknown(f"Slack answered with HTTP {status}")
    if body.get("ok") is True:
        ts = body.get("ts")
        known = isinstance(ts, str) and ts
        return Sent(str(ts), warnings(body)) if known else Unknown("Slack said ok without a ts")
    error = body.get("error")
    if isinstance(error, str):
        return verdict(error, answer, now)
    if 400 <= status < 500:  # turned away before Slack read it: a wrong address, a proxy, a firewall
        return Held(f"HTTP {status}, and not from Slack: check slack.api_url and the network", wide=True)
    return Unknown(f"an answer that is not Slack's (HTTP {status})")


def verdict(error: str, answer: Answer, now: datetime) -> SendOutcome:
    reason = words_for(error, answer.body)
    match fate_of(error)[0]:
        case Fate.LIMITED:
            return limited(answer, now)
        case Fate.FULL:
            return NotSent(reason, LONGEST_WAIT, wide=True)
        case Fate.AGAIN:
            return NotSent(reason)
        case Fate.CHANNEL:
            return Held(reason)
        case Fate.WORKSPACE:
            return Held(reason, wide=True)
        case Fate.REFUSED:
            return Refused(reason)
        case Fate.UNKNOWN:
            return Unknown(reason)
        case other:
            assert_never(other)


def fate_of(error: str) -> tuple[Fate, str]:
    """Its fate and what to do. "Other errors can be returned", say the docs: those are Unknown."""
    if error in FATES:
        return FATES[error]
    families = (row for pattern, row in FATES.items() if "*" in pattern and fnmatchcase(error, pattern))
    return next(families, (Fate.UNKNOWN, ""))


def words_for(error: str, body: Mapping[str, Any]) -> str:
    """`Slack: missing_scope (chat:write); add the scopes …`. Quotes names only, never what was sent."""
    name, needed = plain_name(error) or "an error without a name", plain_name(body.get("needed"))
    advice = fate_of(error)[1]
    return f"Slack: {name}" + (f" ({needed})" if needed else "") + (f"; {advice}" if advice else "")


def plain_name(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_:.,* -]{1,80}", value) else ""


def limited(answer: Answer, now: datetime) -> NotSent:
    wait = retry_after(answer.headers.get("Retry-After", ""), now)
    return NotSent(f"Slack asks to wait {wait.total_seconds():g} s", wait, wide=True)


def retry_after(header: str, now: datetime) -> timedelta:
    """Seconds, whole or not, or an HTTP date (RFC 9110 10.2.3). One second where there is none to read."""
    try:
        seconds = float(header)
    except ValueError:
        seconds = until(header, now)
    if not math.isfinite(seconds) or seconds < 0:
        seconds = 1.0
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))


def until(date: str, now: datetime) -> float:
    try:
        when = email.utils.parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return 1.0
    return max(0.0, (when.replace(tzinfo=UTC) - now).total_seconds())


def warnings(body: Mapping[str, Any]) -> str:
    metadata = body.get("response_metadata")
    said = metadata.get("warnings") if isinstance(metadata, dict) else None
    return ", ".join(filter(None, map(plain_name, said))) if isinstance(said, list) else ""


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
