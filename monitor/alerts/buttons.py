"""The buttons under an alert, and what people have done with them. Pure.

A button says which message it stands under (`block_id`) and what is asked (`action_id`, `value`); what comes
back is looked up in the store, never believed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from monitor.alerts import wording
from monitor.alerts.pieces import BLOCK, NOTE, Line, escape, fit, said
from monitor.model import ActionKind, Done, MuteKind, Outgoing
from monitor.words import counted

UNDER = "alert|"  # and the number of the message
SHOWN = 5  # of what was done
OPTION = 75  # characters of an option
SPANS: Mapping[str, timedelta] = {
    "1 hour": timedelta(hours=1),
    "1 day": timedelta(days=1),
    "1 week": timedelta(days=7),
}
OF: Mapping[MuteKind, str] = {
    MuteKind.STORY: "This story",
    MuteKind.SOURCE: "This source, for this rule",
    MuteKind.RULE: "This rule",
}
_SAID: Mapping[ActionKind, str] = {
    ActionKind.RELEVANT: "Relevant, says",
    ActionKind.WRONG: "Wrong sense, says",
    ActionKind.OLD: "Old or a duplicate, says",
    ActionKind.SPLIT: "Split from its story by",
}


def buttons(out: Outgoing) -> ActionsBlock:
    """Those of one alert. Split: a reply from the story it stands under; of a story, what it names."""
    several = out.living is not None and out.living.articles > 1
    verdicts = [
        button(ActionKind.RELEVANT, "Relevant"),
        button(ActionKind.WRONG, "Wrong sense"),
        button(ActionKind.OLD, "Old or duplicate"),
    ]
    split = [button(ActionKind.SPLIT, "Split from story")] if out.thread or several else []
    return ActionsBlock(block_id=f"{UNDER}{out.id}", elements=[*verdicts, mute_menu(), *split])


def button(kind: ActionKind, text: str) -> ButtonElement:
    return ButtonElement(text=plain(text), action_id=kind.name.lower(), value=kind.name.lower())


def mute_menu() -> StaticSelectElement:
    """What for how long; every mute ends."""
    groups = [
        OptionGroup(
            label=plain(of),
            options=[Option(value=f"{kind}|{span}", text=plain(f"{of}: {span}")) for span in SPANS],
        )
        for kind, of in OF.items()
    ]
    return StaticSelectElement(placeholder=plain("Mute"), action_id="mute", option_groups=groups)


def plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)


def private(text: str) -> dict[str, Any]:
    """An answer that only one person sees, of fixed width: literal, as all that feeds may have a word in."""
    pieces = [text[start : start + BLOCK] for start in range(0, len(text), BLOCK)]
    blocks = [
        RichTextBlock(
            elements=[RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=piece)])]
        )
        for piece in pieces
    ]
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": escape(fit(text, NOTE)),
        "blocks": [block.to_dict() for block in blocks],
    }


def modal(title: str, words: str, proposed: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A window with lines to copy, and what each would do. It asks nothing, and changes nothing."""
    blocks: list[Block] = [SectionBlock(text=plain(words))]
    for line, effect in proposed:
        code = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=fit(line, BLOCK))])
        blocks += [RichTextBlock(elements=[code]), ContextBlock(elements=[plain(effect)])]
    view = {"type": "modal", "title": plain(title).to_dict(), "close": plain("Done").to_dict()}
    return view | {"blocks": [block.to_dict() for block in blocks]}


def choice(title: str, words: str, row_id: int, articles: Mapping[int, str]) -> dict[str, Any]:
    """A window to choose from articles of a story, by entry."""
    options = [
        Option(value=f"{id}", text=plain(fit(headline, OPTION) or "?")) for id, headline in articles.items()
    ]
    menu = StaticMultiSelectElement(placeholder=plain("Articles"), action_id="split", options=options)
    asked = InputBlock(label=plain(words), element=menu, block_id="split")
    view = {"type": "modal", "title": plain(title).to_dict(), "submit": plain("Split off").to_dict()}
    return view | {
        "close": plain("Cancel").to_dict(),
        "callback_id": "split",
        "private_metadata": f"{row_id}",
        "blocks": [asked.to_dict()],
    }


def done_lines(done: Iterable[Done], now: datetime) -> Iterable[Line]:
    """What people did, the latest."""
    every = list(done)
    if earlier := len(every) - SHOWN:
        yield said(f"{counted(earlier, 'earlier answer')}") if earlier > 0 else []
    for one in every[-SHOWN:]:
        who = RichTextElementParts.User(user_id=one.user)
        yield [*said(f"{words_of(one)} "), who, *said(f" {wording.clock(one.at, now)}")]


def words_of(one: Done) -> str:
    if one.kind is ActionKind.SPLIT and one.value:
        return "An article split off by"
    if one.kind is not ActionKind.MUTE:
        return _SAID[one.kind]
    kind, _, span = one.value.partition("|")
    return f"{OF[MuteKind(kind)]}: muted for {span} by"
