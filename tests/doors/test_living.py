"""A message lives as long as its story: whoever tells it is named, what is corrected is shown."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from monitor import looking
from monitor.alerts.slack import SlackChat
from monitor.model import EntryState, OnUnknown, OutboxState, Outgoing, Secret, SendOutcome
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import edits, entries, living, looks, outbox
from monitor.store.db import Tx
from tests.doors.newsroom import page
from tests.doors.slackroom import SlackRoom, failed
from tests.doors.stores import NOON
from tests.doors.test_grouping import CONVOY, MINUTE, Newsdesk, opened

HOUR = timedelta(hours=1)
SLACK = SimpleNamespace(settle=timedelta(0), fallback_channel="", on_unknown=OnUnknown.RESEND)


@pytest.fixture
async def desk(address: str) -> AsyncIterator[Newsdesk]:
    async with opened(address) as desk:
        desk.lives = True
        yield desk


@asynccontextmanager
async def sending(desk: Newsdesk, slack: SlackRoom) -> AsyncIterator[Sending]:
    chat = SlackChat(Secret(slack.slack.token), slack.url, seal=Secret("s"))
    seen: list[tuple[Outgoing, SendOutcome]] = []

    async def told(out: Outgoing, outcome: SendOutcome) -> None:
        seen.append((out, outcome))

    settings: Any = SimpleNamespace(slack=SLACK)
    yield Sending(lambda: settings, desk.db, chat, told)
    await chat.close()


def due_now(tx: Tx) -> None:
    """Edits need not wait for their pace."""
    from sqlalchemy import update

    from monitor.store.schema import outbox as table

    tx.execute(update(table).where(table.c.edit_at.is_not(None)).values(edit_at=NOON, edited_at=None))


async def test_a_copy_says_nothing_new_and_is_named_by_the_message_of_its_story(desk: Newsdesk) -> None:
    first = await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    second = await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    assert (len(first.deliveries), second.deliveries) == (1, ())
    assert second.state is EntryState.MERGED and "names it" in second.reason
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await to_slack.once()
        [message] = slack.messages("#desk")
        assert "2 articles of 1 newsroom" in str(message.blocks)
        assert "' first 12:00 UTC" in str(message.blocks) or "' first 22 Nov 12:00 UTC" in str(message.blocks)


async def test_a_message_that_stands_in_slack_is_edited_and_not_told_again(desk: Newsdesk) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        [before] = slack.messages("#desk")
        await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
        await to_slack.once()
        [after] = slack.messages("#desk")
        assert (after.ts, after.edits, after.metadata) == (before.ts, 1, before.metadata)
        assert "2 articles of 1 newsroom" not in str(before.blocks)
        assert "2 articles of 1 newsroom" in str(after.blocks)
        assert await desk.db.read(edits.next_due) is None


async def test_an_edit_that_slack_does_not_take_now_is_made_later(desk: Newsdesk) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
        slack.faults_of["chat.update"] = deque([failed("internal_error")])
        await to_slack.once()
        assert slack.messages("#desk")[0].edits == 0
        due = await desk.db.read(edits.next_due)
        assert due and due > clock()
        await desk.db.write(due_now)
        await to_slack.once()
        assert slack.messages("#desk")[0].edits == 1


async def test_a_message_that_people_have_deleted_is_left_and_never_told_again(desk: Newsdesk) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        slack.slack.remove(slack.messages("#desk")[0].ts)
        await desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
        await to_slack.once()
        assert slack.messages("#desk") == ()
        assert await desk.db.read(edits.next_due) is None


async def test_s17_a_reply_to_a_message_that_people_have_deleted_is_dropped_and_kept_on_record(
    desk: Newsdesk,
) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        slack.slack.remove(slack.messages("#desk")[0].ts)
        news = [*CONVOY[:7], "The ministry denied that 44 guards had died near Falluja on Monday."]
        reply = await desk.told("/2", "Ministry denies 44 dead near Falluja", news, NOON + MINUTE)
        assert reply.deliveries[0].root
        await to_slack.once()
        assert slack.messages("#desk") == ()
        counts = await desk.db.read(outbox.counts)
        assert counts[OutboxState.DROPPED] == 1 and counts[OutboxState.READY] == 0


async def test_s18_a_locked_thread_takes_no_reply_and_the_message_names_it(desk: Newsdesk) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        slack.slack.locked.add(slack.messages("#desk")[0].ts)
        news = [*CONVOY[:7], "The ministry denied that 44 guards had died near Falluja on Monday."]
        await desk.told("/2", "Ministry denies 44 dead near Falluja", news, NOON + MINUTE)
        await to_slack.once()
        await desk.db.write(due_now)
        await to_slack.once()
        [message] = slack.messages("#desk")
        assert "2 articles of 1 newsroom" in str(message.blocks)


async def test_a_changed_headline_is_shown_by_the_message_and_one_line_in_its_thread(desk: Newsdesk) -> None:
    async with SlackRoom() as slack, sending(desk, slack) as to_slack:
        await desk.told("/1", "Convoy hit near Rutba", CONVOY)
        await to_slack.once()
        desk.news.publish("/1", page("Convoy attacked near Rutba, army says", list(CONVOY)))
        [look] = await desk.db.read(lambda tx: looks.due(tx, NOON + HOUR, 10))
        await looking.look_again(look, desk.at_hand(NOON + HOUR))
        await to_slack.once()
        [message, line] = slack.messages("#desk")
        changed = "the headline was changed: “Convoy attacked near Rutba, army says”"
        assert changed in str(message.blocks) and message.edits == 1
        assert line.thread == message.ts and changed in str(line.blocks)


async def test_what_a_story_has_become_is_nothing_for_one_article(desk: Newsdesk) -> None:
    await desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [row] = await desk.db.read(lambda tx: outbox.rows(tx, desk.known["/1"].id))
    assert await desk.db.read(lambda tx: living.of(tx, row.id)) is None
    assert await desk.db.read(lambda tx: entries.state(tx, desk.known["/1"].id)) is EntryState.TOLD
