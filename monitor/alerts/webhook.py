"""DOOR: an incoming webhook of Slack, for want of a token. Second best, and said so where it is set.

It tells into the one channel it was made for, knows no threads, and what it took can be neither looked up nor
edited: a message whose answer is lost is told again, perhaps for the second time.
"""

from datetime import datetime, timedelta

from monitor.alerts.answers import Answer, Fate, fate_of, limited, words_for
from monitor.alerts.compose import compose
from monitor.alerts.wire import TIMEOUT, Wire
from monitor.model import (
    Held,
    Lookup,
    NoThread,
    Outgoing,
    Refused,
    Secret,
    Seen,
    SendOutcome,
    Sent,
    Unknown,
    Unread,
)

MAKE_ANEW = "make a new webhook and put its address into SLACK_WEBHOOK"

# What a webhook answers in plain text (api.slack.com/changelog/2016-05-17, and seen since): what to do.
HELD = {
    "no_service": MAKE_ANEW,
    "no_service_id": MAKE_ANEW,
    "no_team": MAKE_ANEW,
    "team_disabled": "the workspace is closed",
    "invalid_token": MAKE_ANEW,
    "no_active_hooks": MAKE_ANEW,
    "action_prohibited": "an administrator has to allow the webhook",
    "posting_to_general_channel_denied": "make the webhook for another channel",
    "user_not_found": MAKE_ANEW,
    "channel_not_found": MAKE_ANEW,
    "channel_is_archived": "unarchive the channel, or make a webhook for another",
}
REFUSED = frozenset(
    ("invalid_payload", "missing_text_or_fallback_or_attachments", "no_text", "too_many_attachments")
)


class WebhookChat:
    """Tells everything into one channel."""

    pace = timedelta(seconds=1)
    ahead = timedelta(0)
    lives = False

    def __init__(self, address: Secret, *, proxy: str = "") -> None:
        self._wire = Wire(Secret(), "", proxy=proxy, timeout=TIMEOUT)
        self._address = address

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome:
        payload = compose(out, now)
        message = {"text": payload.text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        if payload.blocks:
            message["blocks"] = payload.blocks
        answer = await self._wire.ask_webhook(self._address, message)
        return sort(answer, now) if isinstance(answer, Answer) else answer

    async def edit(self, out: Outgoing, now: datetime) -> SendOutcome:
        return NoThread("a webhook edits nothing")

    async def find(self, lookup: Lookup, now: datetime) -> Seen | Unread:
        return Unread("a webhook cannot look", blind=True)

    async def erase(self, place: str, ts: str) -> bool:
        return False

    async def probe(self) -> str:
        """Nothing can be asked of a webhook without telling something."""
        return ""

    async def reached(self) -> bool | None:
        return None

    async def close(self) -> None:
        await self._wire.close()


def sort(answer: Answer, now: datetime) -> SendOutcome:
    """What a webhook says, in plain text -> what became of the message."""
    said = str(answer.body.get("text", ""))
    if answer.status == 200 and said == "ok":
        return Sent("", "a webhook has taken it")
    if answer.status == 429 or said in ("rate_limited", "ratelimited"):
        return limited(answer, now)
    if said in HELD:
        return Held(f"Slack's webhook: {said}; {HELD[said]}", wide=True)
    if said in REFUSED or fate_of(said)[0] is Fate.REFUSED:
        return Refused(words_for(said, {}))
    if answer.status in (403, 404, 410):
        return Held(f"Slack's webhook: HTTP {answer.status}; {MAKE_ANEW}", wide=True)
    return Unknown(f"Slack's webhook answered with HTTP {answer.status}")
