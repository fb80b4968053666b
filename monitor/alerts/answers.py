"""What an answer of Slack means for its message; every answer Slack can give has its row here. Pure."""

import email.utils
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from fnmatch import fnmatchcase
from typing import Any, assert_never

from monitor.model import Held, NoThread, NotSent, Refused, SendOutcome, Sent, Unknown

LONGEST_WAIT = timedelta(hours=1)  # a garbled Retry-After must not silence a channel for good


class Fate(Enum):
    """What an error string says about the message."""

    LIMITED = auto()  # not sent, the workspace has to wait
    FULL = auto()  # not sent, the free plan's messages are used up: an hour's wait
    AGAIN = auto()  # not sent, the request did not get through whole
    UNKNOWN = auto()
    CHANNEL = auto()  # held: this channel
    WORKSPACE = auto()  # held: all channels
    NO_THREAD = auto()  # not sent: the thread, or the message that was to be edited, is gone or closed
    REFUSED = auto()


PROXY = "check fetch.proxy in config.yaml"
NEW_TOKEN = "install the app again and put its bot token (xoxb-…) into SLACK_BOT_TOKEN"

NEW_APP_TOKEN = (
    "make an app-level token with connections:write (it begins with xapp-) and put it into SLACK_APP_TOKEN"
)

# chat.postMessage's own list and the common ones (docs.slack.dev, 2026-05-25): fate, errors, what to do.
ANSWERS = (
    (Fate.LIMITED, "ratelimited rate_limited", ""),
    (Fate.FULL, "message_limit_exceeded", "the workspace's plan takes no more messages for now"),
    (Fate.AGAIN, "request_timeout", "only part of the request arrived"),
    (Fate.AGAIN, "streaming_state_conflict", "Slack is at work on the message"),
    (Fate.UNKNOWN, "internal_error fatal_error service_unavailable", ""),
    (Fate.UNKNOWN, "team_added_to_org org_login_required external_channel_migrating", ""),
    (Fate.CHANNEL, "channel_not_found", "check its name; a private one must /invite @wirewatch first"),
    (Fate.CHANNEL, "not_in_channel", "type /invite @wirewatch in it"),
    (Fate.CHANNEL, "is_archived", "unarchive it, or name another channel in config.yaml"),
    (Fate.CHANNEL, "restricted_action* no_permission", "let the app post there, in the channel's settings"),
    (Fate.CHANNEL, "ekm_access_denied", "an administrator has suspended posting"),
    (Fate.CHANNEL, "messages_tab_disabled", "turn on the app's Messages tab, or name a channel"),
    (Fate.NO_THREAD, "cannot_reply_to_message thread_not_found message_not_found", ""),
    (Fate.NO_THREAD, "restricted_action_thread_locked restricted_action_non_threadable_channel", ""),
    (Fate.NO_THREAD, "cant_update_message edit_window_closed is_inactive block_mismatch", ""),
    (Fate.CHANNEL, "team_not_found team_access_not_granted", "an administrator has to allow the app there"),
    (Fate.CHANNEL, "slack_connect_*_blocked", "an administrator has to allow the app there"),
    (Fate.WORKSPACE, "invalid_auth not_authed token_revoked token_expired account_inactive", NEW_TOKEN),
    (Fate.WORKSPACE, "not_allowed_token_type", "use the bot token: it begins with xoxb-"),
    (
        Fate.WORKSPACE,
        "missing_scope",
        "add the scopes that  wirewatch slack manifest  names and install the app again",
    ),
    (Fate.WORKSPACE, "enterprise_is_restricted access_denied", "an administrator has to allow the app"),
    (Fate.WORKSPACE, "two_factor_setup_required", "set up two-factor sign-in for the app's owner"),
    (Fate.WORKSPACE, "accesslimited", "add this machine to the app's allowed IP addresses"),
    (
        Fate.WORKSPACE,
        "method_deprecated deprecated_endpoint upgrade_required",
        "this wirewatch is too old for Slack: update it",
    ),
    (Fate.REFUSED, "invalid_blocks* msg_blocks_too_long msg_too_long no_text markdown_text_conflict", ""),
    (Fate.REFUSED, "invalid_metadata_* metadata_too_large metadata_must_be_sent_from_app", ""),
    (Fate.REFUSED, "attachment_payload_limit_exceeded too_many_attachments too_many_contact_cards", ""),
    (Fate.REFUSED, "invalid_arguments invalid_arg_name invalid_array_arg invalid_charset", ""),
    (
        Fate.REFUSED,
        "invalid_form_data invalid_post_type missing_post_type missing_file_data invalid_json",
        "",
    ),
    (Fate.REFUSED, "as_user_not_supported draft_* json_not_object", ""),
)
FATES = {error: (fate, advice) for fate, errors, advice in ANSWERS for error in errors.split()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP. `body` is empty when it was not a JSON object."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


def sort(answer: Answer, now: datetime) -> SendOutcome:
    """Slack's answer to a post -> what became of the message."""
    status, body = answer.status, answer.body
    if status == 429:
        return limited(answer, now)
    if status >= 500 or status == 408:
        return Unknown(f"Slack answered with HTTP {status}")
    if body.get("ok") is True:
        return taken(body)
    error = body.get("error")
    if isinstance(error, str):
        return verdict(error, answer, now)
    if 400 <= status < 500:  # turned away before Slack read it: a wrong address, a proxy, a firewall
        return Held(f"HTTP {status}, and not from Slack: check slack.api_url and the network", wide=True)
    return Unknown(f"an answer that is not Slack's (HTTP {status})")


def taken(body: Mapping[str, Any]) -> SendOutcome:
    ts, place = body.get("ts"), body.get("channel")
    if not isinstance(ts, str) or not ts:
        return Unknown("Slack said ok without a ts")
    return Sent(ts, warnings(body), place if isinstance(place, str) else "")


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
        case Fate.NO_THREAD:
            return NoThread(reason)
        case Fate.UNKNOWN:
            return Unknown(reason, strange=not is_listed(error))
        case other:
            assert_never(other)


def fate_of(error: str) -> tuple[Fate, str]:
    """Its fate and what to do. "Other errors can be returned", say the docs: those are Unknown."""
    if error in FATES:
        return FATES[error]
    families = (row for pattern, row in FATES.items() if "*" in pattern and fnmatchcase(error, pattern))
    return next(families, (Fate.UNKNOWN, ""))


def is_listed(error: str) -> bool:
    return error in FATES or any("*" in pattern and fnmatchcase(error, pattern) for pattern in FATES)


def words_for(error: str, body: Mapping[str, Any]) -> str:
    """`Slack: missing_scope (chat:write); add the scopes …`. Quotes names only, never what was sent."""
    name, needed = plain_name(error) or "an error without a name", plain_name(body.get("needed"))
    advice = fate_of(error)[1]
    return f"Slack: {name}" + (f" ({needed})" if needed else "") + (f"; {advice}" if advice else "")


def words_for_app(error: str, body: Mapping[str, Any]) -> str:
    """The same where the app's token was used: what helps is another token of that kind."""
    if fate_of(error)[0] is not Fate.WORKSPACE:
        return words_for(error, body)
    return f"Slack: {plain_name(error) or 'an error without a name'}; {NEW_APP_TOKEN}"


def plain_name(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_:.,* -]{1,80}", value) else ""


def limited(answer: Answer, now: datetime) -> NotSent:
    wait = retry_after(answer.headers.get("Retry-After", ""), now)
    return NotSent(f"Slack asks to wait {wait.total_seconds():g} s", wait, wide=True, limited=True)


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
