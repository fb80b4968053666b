"""DOOR: Slack with a bot token: posts, edits, looks up and takes back messages. One request, one outcome.

The outbox says when; here is only how, and what came of it. Nothing is tried again here.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from monitor.alerts import seal
from monitor.alerts.answers import Answer, Fate, fate_of, limited, sort, words_for
from monitor.alerts.compose import compose
from monitor.alerts.names import Names
from monitor.alerts.wire import TIMEOUT, Wire
from monitor.model import (
    Alert,
    Held,
    Lookup,
    Notice,
    NotSent,
    Outgoing,
    Secret,
    Seen,
    SendOutcome,
    Unknown,
    Unread,
)

NO_SEAL = Secret()
PAGE = 200  # messages a read; Slack allows 999, and recommends 200
EARLIER = timedelta(minutes=2)  # a look-up begins so long before the first attempt: clocks differ
MOST_PAGES = 50  # a channel with 10,000 messages in the time that is looked through


class SlackChat:
    """Tells alerts with a bot token."""

    pace = timedelta(seconds=1)  # Slack's limit: one message a second and channel
    lives = True  # messages can be edited

    def __init__(
        self,
        token: Secret,
        api_url: str,
        *,
        seal: Secret = NO_SEAL,
        proxy: str = "",
        buttons: bool = False,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        wire: Wire | None = None,
    ) -> None:
        """`seal`: what our messages are sealed with. `proxy`: its address; empty: Slack is asked directly.

        `buttons`: alerts have them, because somebody hears what is pressed.
        """
        self.wire = wire or Wire(token, api_url, proxy=proxy, timeout=timeout)
        self._seal = seal
        self.names = Names(self.wire)
        self._buttons = buttons

    @property
    def ahead(self) -> timedelta:
        """How far Slack's clock is ahead of ours."""
        return self.wire.ahead

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome:
        """Posts once. Raises for nothing that Slack or the network does, and never tries again.

        A public channel that the bot is not in is joined: a message that was refused for that did not arrive.
        """
        message = await self._message(out, now)
        outcome = await self._ask("chat.postMessage", message, now)
        joined = (
            isinstance(outcome, Held) and "not_in_channel" in outcome.reason and await self._join(out.channel)
        )
        return await self._ask("chat.postMessage", message, now) if joined else outcome

    async def edit(self, out: Outgoing, now: datetime) -> SendOutcome:
        """Puts what a message says now in the place of what it said. To do so twice does no harm."""
        message = await self._message(out, now)
        for name in ("unfurl_links", "unfurl_media", "thread_ts", "metadata", "mrkdwn"):
            message.pop(name, None)  # chat.update knows them not, or keeps what was
        return await self._ask(
            "chat.update", message | {"channel": out.place, "ts": out.ts, "link_names": False}, now
        )

    async def _message(self, out: Outgoing, now: datetime) -> dict[str, Any]:
        payload = compose(await self._called(out), now, self._buttons)
        message = {
            "channel": await self.names.target(out.channel),
            "text": payload.text,
            "metadata": seal.sealed(payload.metadata, self._seal),
            "mrkdwn": False,
            "parse": "none",
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if out.thread:
            message["thread_ts"] = out.thread
        if payload.blocks:
            message["blocks"] = payload.blocks
        return message

    async def _called(self, out: Outgoing) -> Outgoing:
        """With Slack's ids of those who are called."""
        message = out.message
        if not isinstance(message, Alert | Notice) or not message.mention:
            return out
        ids = await self.names.ids(message.mention)
        return replace(out, message=replace(message, mention=ids))

    async def _ask(self, method: str, args: dict[str, Any], now: datetime) -> SendOutcome:
        answer = await self.wire.ask(method, args)
        return sort(answer, now) if isinstance(answer, Answer) else answer

    async def _join(self, channel: str) -> bool:
        place = await self.names.place(channel)
        if not place:
            return False
        answer = await self.wire.ask("conversations.join", {"channel": place})
        return isinstance(answer, Answer) and answer.body.get("ok") is True

    # --- what became of messages ------------------------------------------------------------------------

    async def find(self, lookup: Lookup, now: datetime) -> Seen | Unread:
        """Our messages that stand in a channel, or a thread of it, since then."""
        place = lookup.place or await self.names.place(lookup.channel)
        if not place:
            return Unread(f"no channel {lookup.channel} can be seen", blind=True)
        seen: dict[str, list[str]] = {}
        oldest = min(lookup.since, lookup.since + self.ahead) - EARLIER
        async for page in self._pages(place, lookup.thread, oldest, now):
            if isinstance(page, Unread):
                return page
            for message in page:
                if key := seal.key_of(message, self._seal):
                    seen.setdefault(key, []).append(str(message.get("ts", "")))
        return Seen({key: tuple(sorted(set(ts), key=float)) for key, ts in seen.items()}, place)

    async def _pages(
        self, place: str, thread: str, oldest: datetime, now: datetime
    ) -> AsyncIterator[Iterable[Mapping[str, Any]] | Unread]:
        method = "conversations.replies" if thread else "conversations.history"
        args: dict[str, Any] = {
            "channel": place,
            "oldest": f"{oldest.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": "true",
        } | ({"ts": thread} if thread else {})
        for _ in range(MOST_PAGES):
            answer = await self.wire.ask(method, args, reads=True)
            if not isinstance(answer, Answer) or answer.body.get("ok") is not True:
                if gone(answer):
                    return
                yield unread(answer, now)
                return
            yield messages_of(answer)
            cursor = cursor_of(answer)
            if not cursor:
                return
            args["cursor"] = cursor
        yield Unread("more messages than can be looked through", blind=True)

    async def erase(self, place: str, ts: str) -> bool:
        """Takes a message back. False: it stands there still."""
        answer = await self.wire.ask("chat.delete", {"channel": place, "ts": ts})
        return isinstance(answer, Answer) and (
            answer.body.get("ok") is True or answer.body.get("error") == "message_not_found"
        )

    # --- questions ---------------------------------------------------------------------------------------

    async def probe(self) -> str:
        """Empty when Slack takes the token, else what is wrong and what to do."""
        answer = await self.wire.ask("auth.test", {})
        if not isinstance(answer, Answer):
            return answer.reason
        if not answer.body.get("ok"):
            return words_for(str(answer.body.get("error", f"HTTP {answer.status}")), answer.body)
        scopes = answer.headers.get("x-oauth-scopes", "")
        lacking = scopes and "chat:write" not in scopes.replace(" ", "").split(",")
        return words_for("missing_scope", {"needed": "chat:write"}) if lacking else ""

    async def reached(self) -> bool | None:
        """Does anything answer at its address? None: nothing was asked, the token being none."""
        answer = await self.wire.ask("api.test", {})
        return None if isinstance(answer, Held) else isinstance(answer, Answer)

    async def close(self) -> None:
        await self.wire.close()


def gone(answer: object) -> bool:
    """A thread whose first message was deleted holds none of ours."""
    return isinstance(answer, Answer) and answer.body.get("error") == "thread_not_found"


def unread(answer: Answer | NotSent | Unknown | Held, now: datetime) -> Unread:
    """Why a channel cannot be read; `blind`: nor will it be, as things are set."""
    match answer:
        case Answer():
            error = str(answer.body.get("error", f"HTTP {answer.status}"))
            if answer.status == 429 or fate_of(error)[0] is Fate.LIMITED:
                return Unread(f"Slack: {error}", retry_after=limited(answer, now).retry_after)
            shut = fate_of(error)[0] in (Fate.CHANNEL, Fate.WORKSPACE)
            return Unread(
                words_for(error, answer.body), blind=shut or error == "method_not_supported_for_channel_type"
            )
        case NotSent(reason) | Unknown(reason) | Held(reason):
            return Unread(reason)


def messages_of(answer: Answer) -> list[Mapping[str, Any]]:
    found = answer.body.get("messages")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def cursor_of(answer: Answer) -> str:
    metadata = answer.body.get("response_metadata")
    return str(metadata.get("next_cursor") or "") if isinstance(metadata, Mapping) else ""
