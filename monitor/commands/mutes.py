"""PURE: mutes as the command line asks for them, and shows them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from monitor.errors import WirewatchError
from monitor.model import MuteKind
from monitor.store.mutes import Mute
from monitor.words import counted


def asked(
    rule: str, source: str, story: int | None, channel: str, until: datetime, rules: Collection[str]
) -> Mute:
    """What is to be muted. Raises if that is nothing, or a rule that there is not."""
    if not (rule or source or story is not None):
        raise WirewatchError("what is to be muted? Name --rule, --source or --story")
    if rule and rule not in rules:
        raise WirewatchError(f"there is no rule {rule}; those of the config: {', '.join(sorted(rules))}")
    kind = MuteKind.STORY if story is not None else MuteKind.SOURCE if source else MuteKind.RULE
    return Mute(kind, until, channel, rule, source.lower().removeprefix("www."), story)


def lines(found: Sequence[Mute]) -> list[str]:
    return [line(mute) for mute in found] or ["nothing is muted"]


def line(mute: Mute) -> str:
    where = f" in {mute.channel}" if mute.channel else ""
    held = f"{counted(mute.held_back, 'alert')} held back"
    return f"{mute.id}  {mute.what}{where} {mute.by} until {mute.until:%Y-%m-%d %H:%M} UTC, {held}"
