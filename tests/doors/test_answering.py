"""Buttons under alerts and /wirewatch: done once, by those who may, kept, and shown in the message."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from monitor.alerts.slack import SlackChat
from monitor.alerts.socket import Socket
from monitor.alerts.wire import Wire
from monitor.answering.room import STRANGER, Answering
from monitor.model import ActionKind, EntryState, MuteKind, OnUnknown, Outgoing, Secret, SendOutcome
from monitor.ops.clock import clock
from monitor.sending import Sending
from monitor.store import entries, mutes
from monitor.store.schema import actions, members
from tests.doors.slackroom import SlackRoom
from tests.doors.stores import NOON
from tests.doors.test_grouping import CONVOY, MINUTE, PRICES, Newsdesk, opened
from tests.doors.workspace import Posted, channel_id

ANN, BOB = "U0ANN00001", "U0BOB00001"
LATER = [
    CONVOY[0],
    "Nineteen guards were hurt, 31 guards in all, Brigadier Tahsin Khafaji said.",
    *CONVOY[2:],
]


class Office:
    """A desk whose alerts stand in Slack, where people press buttons."""

    def __init__(self, desk: Newsdesk, slack: SlackRoom, to_slack: Sending) -> None:
        self.desk, self.slack, self.to_slack = desk, slack, to_slack

    async def messages(self) -> list[Posted]:
        await self.to_slack.once()
        return list(self.slack.messages("#desk"))

    async def press(self, message: Posted, action: str, user: str = ANN, **more: Any) -> None:
        await self.slack.bring("interactive", self.pressed(message, action, user, **more))

    def pressed(self, message: Posted, action: str, user: str = ANN, **more: Any) -> dict[str, Any]:
        block = next(one for one in message.blocks if one["type"] == "actions")
        return {
            "type": "block_actions",
            "user": {"id": user, "name": "somebody"},
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": channel_id(message.channel),
            },
            "response_url": self.slack.answer_at,
            "trigger_id": "1.2.3",
            "actions": [{"block_id": block["block_id"], "action_id": action, **more}],
        }

    async def ask(self, text: str, user: str = ANN) -> str:
        """The answer to /wirewatch `text`."""
        before = len(self.slack.answers)
        payload = {"command": "/wirewatch", "text": text, "user_id": user, "channel_id": "C1"}
        await self.slack.bring("slash_commands", payload | {"response_url": self.slack.answer_at})
        return shown((await self.slack.answered(before + 1))[-1])

    async def kept(self) -> list[tuple[ActionKind, str, str]]:
        columns = (actions.c.kind, actions.c.value, actions.c.user)
        asked = select(*columns).order_by(actions.c.id)
        return await self.desk.db.read(lambda tx: [tuple(row) for row in tx.execute(asked)])


def shown(answer: Mapping[str, Any]) -> str:
    assert answer["response_type"] == "ephemeral"
    return "".join(
        piece["text"]
        for block in answer["blocks"]
        for part in block["elements"]
        for piece in part["elements"]
    )


@asynccontextmanager
async def answering(address: str, users: tuple[str, ...] = ()) -> AsyncIterator[Office]:
    async with opened(address) as desk, SlackRoom() as slack:
        desk.lives = True
        chat = SlackChat(Secret("xoxb-test"), slack.url, seal=Secret("s"), buttons=True)
        spec = SimpleNamespace(settle=MINUTE, fallback_channel="", on_unknown=OnUnknown.RESEND, users=users)
        settings: Any = SimpleNamespace(slack=spec, rules=desk.at_hand(NOON).rules)

        async def told(out: Outgoing, outcome: SendOutcome) -> None:
            pass

        to_slack = Sending(lambda: settings, desk.db, chat, told)
        room = Answering(lambda: settings, desk.db, chat, clock, lambda: None)
        socket = Socket(Wire(Secret("xapp-test"), slack.url), room.heed, clock)
        task = asyncio.create_task(socket.run())
        await slack.listened()
        try:
            yield Office(desk, slack, to_slack)
        finally:
            task.cancel()
            await asyncio.wait([task])
            await chat.close()


@pytest.fixture
async def office(address: str) -> AsyncIterator[Office]:
    async with answering(address) as office:
        yield office


async def test_a_verdict_is_kept_once_and_shown_in_the_message(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    for _ in range(2):
        await office.press(message, "relevant")
    [after] = await office.messages()
    assert await office.kept() == [(ActionKind.RELEVANT, "", ANN)]
    assert (after.ts, after.edits) == (message.ts, 1)
    assert "Relevant, says" in str(after.blocks) and ANN in str(after.blocks)
    assert not office.slack.answers


async def test_who_changes_their_mind_says_one_thing_at_a_time(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    await office.press(message, "relevant")
    await office.press(message, "old", BOB)
    await office.press(message, "wrong")
    assert await office.kept() == [(ActionKind.OLD, "", BOB), (ActionKind.WRONG, "", ANN)]


@pytest.mark.parametrize(
    ("kind", "rule", "source"),
    [(MuteKind.RULE, True, False), (MuteKind.SOURCE, True, True), (MuteKind.STORY, False, False)],
)
async def test_a_mute_holds_for_its_time_where_it_was_pressed(
    office: Office, kind: MuteKind, rule: bool, source: bool
) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    for _ in range(2):
        await office.press(message, "mute", selected_option={"value": f"{kind}|1 day"})
    [mute] = await office.desk.db.read(lambda tx: mutes.active(tx, clock()))
    assert (mute.kind, mute.channel, mute.user) == (kind, "#desk", ANN)
    assert (bool(mute.rule), bool(mute.source), mute.story is not None) == (rule, source, not rule)
    assert 23.9 < (mute.until - clock()).total_seconds() / 3600 <= 24
    [after] = await office.messages()
    assert "muted for 1 day by" in str(after.blocks)


async def test_a_longer_mute_lengthens_the_one_that_holds(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    for span in ("1 week", "1 hour"):
        await office.press(message, "mute", BOB, selected_option={"value": f"rule|{span}"})
    [mute] = await office.desk.db.read(lambda tx: mutes.active(tx, clock()))
    assert (mute.until - clock()).days >= 6


async def test_a_wrong_sense_is_answered_with_rules_that_would_not_have_found_it(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await office.messages()
    await office.desk.told("/2", "Tomatoes dearer in Lima", PRICES, NOON + MINUTE)
    first, second = await office.messages()
    await office.press(first, "relevant")
    for again in (False, True):
        await office.press(second, "wrong")
        if again:  # that trigger has opened a window already: the same in words
            await office.slack.answered()
    [view] = office.slack.slack.views
    lines, effects = opened_lines(view)
    assert '- {id: "missile", match: "(missile EXCEPT \\"missile museum\\")"}' in lines
    assert effects[0] == (
        "would have kept back 1 of 2 alerts of the last 30 days: 0 that people marked relevant, "
        "1 marked wrong or old, 0 not marked"
    )
    assert "nothing was changed yet" in shown(office.slack.answers[0])
    assert all("0 that people marked relevant" in effect for effect in effects[:2])


def opened_lines(view: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    blocks = view["blocks"][1:]
    lines = [block["elements"][0]["elements"][0]["text"] for block in blocks[::2]]
    return lines, [block["elements"][0]["text"] for block in blocks[1::2]]


async def test_a_reply_can_be_split_from_its_story(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await office.desk.told("/2", "Convoy hit near Rutba: 31 hurt", LATER, NOON + MINUTE)
    root, reply = await office.messages()
    assert reply.thread == root.ts
    assert [one["type"] for one in root.blocks].count("actions") == 1
    assert "Split from story" in str(reply.blocks)
    assert "2 articles" in str(root.blocks)
    await office.press(reply, "split")
    placed = select(members.c.story_id).distinct()
    assert len(await office.desk.db.read(lambda tx: tx.scalars(placed).all())) == 2
    after, below = await office.messages()
    assert "2 articles" not in str(after.blocks)
    assert "Split from its story by" in str(below.blocks)
    await office.press(below, "split", BOB)
    assert "no story" in shown((await office.slack.answered())[0])


async def test_what_a_message_only_named_is_split_off_and_told_by_itself(office: Office) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    await office.messages()
    second = await office.desk.told("/2", "Twelve guards hurt on desert road", CONVOY[:7], NOON + MINUTE)
    assert second.state is EntryState.MERGED
    [message] = await office.messages()
    assert "Split from story" in str(message.blocks)
    await office.press(message, "split")
    await office.slack.called(1, "views.open")
    [view] = office.slack.slack.views
    [option] = view["blocks"][0]["element"]["options"]
    assert option["text"]["text"] == "Twelve guards hurt on desert road"
    state = {"values": {"split": {"split": {"selected_options": [option]}}}}
    sent = {"callback_id": view["callback_id"], "private_metadata": view["private_metadata"], "state": state}
    payload = {"type": "view_submission", "user": {"id": ANN}, "view": sent}
    for _ in range(2):
        await office.slack.bring("interactive", payload)
    assert await office.kept() == [(ActionKind.SPLIT, option["value"], ANN)]
    [after] = await office.messages()
    assert "2 articles" not in str(after.blocks) and "An article split off by" in str(after.blocks)
    due = await office.desk.db.read(lambda tx: entries.due(tx, clock() + MINUTE, 9))
    assert [f"{one.id}" for one in due] == [option["value"]]
    await office.desk.room.regroup()
    again = await office.desk.judge(due[0])
    assert again.state is EntryState.TOLD and again.deliveries[0].root is None


async def test_a_stranger_is_told_so_and_does_nothing(address: str) -> None:
    async with answering(address, users=("@bob",)) as office:
        await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
        [message] = await office.messages()
        await office.press(message, "mute", selected_option={"value": "rule|1 week"})
        assert shown((await office.slack.answered())[0]) == STRANGER
        assert await office.ask("mute") == STRANGER
        assert await office.kept() == []
        await office.press(message, "relevant", BOB)
        assert await office.kept() == [(ActionKind.RELEVANT, "", BOB)]


@pytest.mark.parametrize(
    ("block", "ts"),
    [("alert|999", None), ("alert|1", "1.000000"), ("alert|99999999999999999999", None), ("other|1", None)],
)
async def test_a_press_on_what_is_not_ours_does_nothing(office: Office, block: str, ts: str | None) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    payload = office.pressed(message, "relevant")
    payload["actions"][0]["block_id"] = block
    payload["container"]["message_ts"] = ts or message.ts
    await office.slack.bring("interactive", payload)
    assert await office.kept() == []
    if block in ("alert|999", "alert|1"):
        assert "nothing was done" in shown((await office.slack.answered())[0])


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("events_api", {}),
        ("interactive", {}),
        ("interactive", {"type": "block_actions", "actions": []}),
        ("interactive", {"type": "block_actions", "actions": [7], "user": {"id": ANN}}),
        ("interactive", {"type": "message_action", "user": {"id": ANN}, "message": "no"}),
        ("slash_commands", {"text": 7}),
    ],
)
async def test_what_is_no_press_and_no_question_is_acknowledged_and_passed_over(
    office: Office, kind: str, payload: Mapping[str, Any]
) -> None:
    await office.slack.bring(kind, payload)
    assert (await office.kept(), office.slack.answers) == ([], [])


@pytest.mark.parametrize("value", ["", "rule", "rule|1 year", "everything|1 day", "rule|1 day|<!here>"])
async def test_no_mute_without_an_end(office: Office, value: str) -> None:
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    await office.press(message, "mute", selected_option={"value": value})
    assert "nothing was muted" in shown((await office.slack.answered())[0])
    assert (await office.kept(), await office.desk.db.read(lambda tx: mutes.active(tx, clock()))) == ([], ())


class Away:
    """A store that cannot be asked."""

    async def read(self, act: object) -> object:
        raise OSError("the disk is away")

    async def write(self, act: object) -> object:
        raise OSError("the disk is away")


async def test_questions_are_acknowledged_before_they_are_looked_up_and_acts_after_they_are_kept() -> None:
    chat = SlackChat(Secret("xoxb-test"), "https://slack.com/api/")
    away: Any = Away()
    settings: Any = SimpleNamespace(slack=SimpleNamespace(users=()))
    room = Answering(lambda: settings, away, chat, clock, lambda: None)
    question = {"text": "why https://a.example/1", "user_id": ANN}
    later = await room.heed("slash_commands", question)
    assert later is not None
    await later()  # a line in the log, no traceback
    with pytest.raises(OSError):
        await room.heed("slash_commands", question | {"text": "mute missile 1d"})


async def test_an_answer_goes_to_nobody_but_slack(office: Office) -> None:
    payload = {"text": "help", "user_id": ANN, "response_url": "https://evil.example/steal"}
    await office.slack.bring("slash_commands", payload)
    assert "status" in await office.ask("help")
    assert len(office.slack.answers) == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("", "/wirewatch why URL"),
        ("help", "/wirewatch mute end NUMBER"),
        ("dance", "There is no /wirewatch dance."),
        ("why", "Which article?"),
        ("why https://never.example/1", "was never seen"),
        ("mute", "nothing is muted"),
        ("mute iran", "For how long?"),
        ("mute nosuch 1d", "There is no rule nosuch"),
        ("mute missile 31d", "For how long?"),
        ("mute end 7", "No mute 7 holds"),
        ("mute end x", "There is no rule end"),
        ("status", "no daemon ever ran on this store"),
        ("feeds", "feed"),
        ("try", "Which rule?"),
        ("try missile + (", "^"),
        ("try “missile” + zeppelin", "0 articles would have matched"),
    ],
)
async def test_a_question_has_an_answer(office: Office, asked: str, says: str) -> None:
    assert says in await office.ask(asked)


async def test_a_rule_is_tried_on_what_the_store_keeps(office: Office) -> None:
    """Verdicts of people stand beside what they were of."""
    await office.desk.told("/1", "Convoy hit near Rutba", CONVOY)
    [message] = await office.messages()
    await office.press(message, "wrong")
    answer = await office.ask("try missile + convoy")
    assert "1 article would have matched" in answer
    assert "Convoy hit near Rutba  (wrong sense, people said)" in answer
    assert "came under missile fire" in answer


async def test_a_rule_is_muted_by_a_word_and_heard_again(office: Office) -> None:
    rule = "missile"
    assert f"rule {rule} by @{ANN} until" in await office.ask(f"mute {rule} 8h")
    [mute] = await office.desk.db.read(lambda tx: mutes.active(tx, clock()))
    assert await office.ask(f"mute end {mute.id}") == f"Mute {mute.id} has ended."
    assert await office.ask("mute") == "nothing is muted"


async def test_why_is_asked_of_any_message_with_a_link(office: Office) -> None:
    message = {
        "text": "look: <https://never.example/a?x=1&amp;y=2|this> and <https://never.example/b>",
        "blocks": [{"type": "rich_text", "elements": [{"type": "link", "url": "https://never.example/c"}]}],
    }
    payload = {"type": "message_action", "user": {"id": ANN}, "message": message}
    await office.slack.bring("interactive", payload | {"response_url": office.slack.answer_at})
    text = shown((await office.slack.answered())[0])
    places = [text.index(f"https://never.example/{end}") for end in ("c", "a?x=1&y=2", "b")]
    assert places == sorted(places)
    await office.slack.bring(
        "interactive", payload | {"message": {"text": "no"}, "response_url": office.slack.answer_at}
    )
    assert "no link" in shown((await office.slack.answered(2))[1])
