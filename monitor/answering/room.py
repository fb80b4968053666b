"""Answering back: what people press and ask in Slack is done, kept, and answered to them alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import StringIO
from typing import Any, assert_never

from monitor.alerts.answers import Answer
from monitor.alerts.buttons import choice, modal, private
from monitor.alerts.slack import SlackChat
from monitor.alerts.socket import Later
from monitor.answering import acts, asks, narrower, said
from monitor.answering.said import Asked, Chosen, Pointed, Pressed
from monitor.commands import report
from monitor.commands.report import Line
from monitor.errors import reason_of
from monitor.model import ActionKind, Config, Secret
from monitor.ops import log
from monitor.store.db import Db, Tx

STRANGER = "Only those whom slack.users of config.yaml names may do this here. Nothing was done."
PROPOSED = (
    "It is kept that this alert has the wrong sense. To be told fewer of these, change the rule in "
    "config.yaml to one of these; nothing was changed yet."
)
WHICH = "Which of its articles tell another story?"
NO_LINK = "This message has no link to an article."
LONGEST = 10_000  # characters of an answer; Slack takes some 13,000 a message
REST = "… and more: ask on the command line of the machine that wirewatch runs on"


class Answering:
    """Heeds what Slack brings. `woken`: a message is to be edited, or something told."""

    def __init__(
        self,
        settings: Callable[[], Config],
        db: Db,
        chat: SlackChat,
        clock: Callable[[], datetime],
        woken: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._db = db
        self._chat = chat
        self._clock = clock
        self._woken = woken

    async def heed(self, kind: str, payload: Mapping[str, Any]) -> Later | None:
        """Raises when it could not be done: it is not acknowledged then, and comes again.

        What changes nothing is looked up later: Slack waits three seconds to be acknowledged.
        """
        heard = said.read(kind, payload)
        if heard is None:
            return None
        try:
            if not await self._may(heard.user):
                return self._saying(heard.answer_at, STRANGER)
            later = await self._done(heard)
            return partial(_safely, later) if later else None
        except Exception as error:
            log.get().error("what somebody asked in Slack was not done", reason=reason_of(error))
            raise

    async def _may(self, user: str) -> bool:
        users = self._settings().slack.users
        return not users or user in await self._chat.names.ids(users)

    async def _done(self, heard: said.Said) -> Later | None:
        """What is to be kept is; the rest is left for later. A message itself shows most of what was done."""
        match heard:
            case Pressed():
                text = await self._press(heard)
                return self._saying(heard.answer_at, text) if text else self._window(heard)
            case Chosen():
                text = await self._split(heard)
                return self._saying(heard.answer_at, text) if text else None
            case Asked(words, user) if asks.writes(words):
                return self._saying(heard.answer_at, await self._ask(words, user))
            case Asked(words, user):
                return partial(self._look_up, heard.answer_at, [words], user)
            case Pointed(links):
                questions = [("why", link) for link in links]
                return partial(self._look_up, heard.answer_at, questions, heard.user)
            case other:
                assert_never(other)

    async def _look_up(self, answer_at: str, questions: Sequence[tuple[str, ...]], user: str) -> None:
        answers = [await self._ask(words, user) for words in questions]
        if say := self._saying(answer_at, "\n\n".join(answers) or NO_LINK):
            await say()

    def _window(self, pressed: Pressed) -> Later | None:
        match pressed.kind:
            case ActionKind.WRONG:
                return partial(self._propose, pressed)
            case ActionKind.SPLIT:
                return partial(self._choose, pressed)
            case ActionKind.RELEVANT | ActionKind.OLD | ActionKind.MUTE:
                return None

    async def _split(self, chosen: Chosen) -> str:
        text = await self._db.write(lambda tx: acts.split_off(tx, chosen, self._clock()))
        self._woken()
        return text

    async def _choose(self, pressed: Pressed) -> None:
        """Which article of the story, where the message tells several."""
        articles = await self._db.read(lambda tx: acts.choices(tx, pressed))
        if articles:
            view = choice("Split from story", WHICH, pressed.row_id, articles)
            await self._chat.wire.ask("views.open", {"trigger_id": pressed.trigger, "view": view})

    async def _press(self, pressed: Pressed) -> str:
        text = await self._db.write(lambda tx: acts.press(tx, pressed, self._clock()))
        self._woken()
        return text

    async def _ask(self, words: tuple[str, ...], user: str) -> str:
        def act(tx: Tx) -> list[Line]:
            return asks.answer(tx, words, self._settings(), user, self._clock())

        return written(await (self._db.write(act) if asks.writes(words) else self._db.read(act)))

    async def _propose(self, pressed: Pressed) -> None:
        """How the rule could be narrowed, in a window; where Slack opens none, in words."""
        found = await self._db.read(
            lambda tx: narrower.of_message(tx, pressed.row_id, self._settings(), self._clock())
        )
        if not found:
            return
        shown = [(one.line, one.effect) for one in found]
        view = modal("Wrong sense", PROPOSED, shown)
        answer = await self._chat.wire.ask("views.open", {"trigger_id": pressed.trigger, "view": view})
        if not isinstance(answer, Answer) or answer.body.get("ok") is not True:
            text = "\n\n".join([PROPOSED, *(f"{line}\n{effect}" for line, effect in shown)])
            if say := self._saying(pressed.answer_at, text):
                await say()

    def _saying(self, answer_at: str, text: str) -> Later | None:
        """To the one who asked, by the address that came with it, if that is Slack's."""
        if not self._chat.wire.is_slack(answer_at):
            return None

        async def say() -> None:
            await self._chat.wire.ask_webhook(Secret(answer_at), private(text))

        return say


async def _safely(later: Later) -> None:
    """What goes wrong now is told here: Slack knows already that the question was heard."""
    try:
        await later()
    except Exception as error:
        log.get().error("a question in Slack has no answer", reason=reason_of(error))


def written(lines: Iterable[Line]) -> str:
    """Lines as a pipe gets them, cut where Slack would refuse them."""
    page = StringIO()
    report.show(lines, page)
    text = log.mask(page.getvalue().rstrip("\n"))
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(chr(10))[0]}\n{REST}"
