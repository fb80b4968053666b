"""An incoming webhook: what it answers, and that nothing is lost on its way, though it may be told twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from monitor.alerts.answers import Answer
from monitor.alerts.webhook import WebhookChat, sort
from monitor.model import (
    Held,
    Notice,
    NotSent,
    OnUnknown,
    Outgoing,
    Refused,
    Secret,
    SendOutcome,
    Sent,
    Unknown,
)
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import outbox
from monitor.store.db import Db
from tests.doors.stores import NOON


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (200, "ok", Sent),
        (429, "rate_limited", NotSent),
        (400, "invalid_payload", Refused),
        (400, "invalid_blocks", Refused),
        (403, "action_prohibited", Held),
        (404, "channel_not_found", Held),
        (410, "channel_is_archived", Held),
        (404, "no_service", Held),
        (410, "never heard of", Held),
        (500, "rollup_error", Unknown),
        (200, "<html>", Unknown),
    ],
)
def test_every_answer_of_a_webhook_has_its_outcome(status: int, text: str, kind: type[SendOutcome]) -> None:
    assert isinstance(sort(Answer(status, {"text": text}, {}), NOON), kind)


class Hook:
    """Takes what it is given; the first answer is lost on its way."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.taken.append(await request.json())
        if len(self.taken) == 1 and request.transport:
            request.transport.abort()
        return web.Response(text="ok")


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    hook, app = Hook(), web.Application()
    app.router.add_post("/hook", hook.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield hook, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_what_a_webhook_may_not_have_taken_is_told_again(
    hook: tuple[Hook, str], sqlite_address: str
) -> None:
    slack = SimpleNamespace(settle=timedelta(0), fallback_channel="", on_unknown=OnUnknown.RESEND)
    settings: Any = SimpleNamespace(slack=slack)

    async def told(out: Outgoing, outcome: SendOutcome) -> None:
        pass

    with Db.open(sqlite_address, hold=True) as db:
        chat = WebhookChat(Secret(hook[1]))
        sending = Sending(lambda: settings, db, chat, told)
        await db.write(lambda tx: outbox.put(tx, "k", "#desk", Notice("one"), now=clock()))
        for _ in range(2):
            await sending.once()
        await chat.close()
        assert [one["text"] for one in hook[0].taken] == ["one", "one"]
        assert not await db.read(outbox.unsettled)
