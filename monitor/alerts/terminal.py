"""DOOR: the terminal, for a first run without Slack. The same contract: one message, one outcome.

All is printed as rich Text, which reads no markup, and has been cleaned, which leaves no escape sequence.
Addresses stand on lines of their own and are never wrapped, so that a click or a copy takes them whole.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import assert_never

from rich.console import Console
from rich.style import Style
from rich.text import Text

from monitor.alerts import wording
from monitor.alerts.wording import Run, clean
from monitor.model import (
    Alert,
    Digest,
    FirstLookAlert,
    Listed,
    Lookup,
    NoThread,
    Notice,
    NotSent,
    Outgoing,
    Seen,
    SendOutcome,
    Sent,
    Unread,
)

WIDTH = 100  # longer lines are hard to read, however wide the window
HEADLINE, NOTE, SUBJECT = 300, 200, 80  # characters
IN_A_LIST = 60  # of rules: a list is read for its headlines
MARKED = "bold yellow"


class Terminal:
    """Shows alerts on a console. Where it cannot be bold, matched words are *marked* instead."""

    pace = timedelta(0)
    ahead = timedelta(0)
    lives = False

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console()
        if isinstance(self._console.file, io.TextIOWrapper):
            self._console.file.reconfigure(errors="replace")  # a terminal without UTF-8 shows ? and goes on

    async def send(self, out: Outgoing, now: datetime) -> SendOutcome:
        try:
            self._show(out, now)
        except (OSError, SystemExit):  # rich leaves by SystemExit when nobody reads the pipe any more
            return NotSent("the terminal is gone")
        return NotSent("the terminal is gone") if self._console.quiet else Sent("", "shown on the terminal")

    async def edit(self, out: Outgoing, now: datetime) -> SendOutcome:
        return NoThread("what was shown stays")

    async def find(self, lookup: Lookup, now: datetime) -> Seen | Unread:
        return Unread("nobody knows what was read on a terminal", blind=True)

    async def erase(self, place: str, ts: str) -> bool:
        return False

    async def probe(self) -> str:
        return ""

    async def reached(self) -> None:
        """It says nothing of the web."""

    async def close(self) -> None:
        pass

    def _show(self, out: Outgoing, now: datetime) -> None:
        self._line("")
        match out.message:
            case Alert() as alert:
                self._alert(alert, now)
            case Digest(alerts) as digest:
                self._words(Text(wording.digest(digest, now), "bold"), "● ")
                for one in alerts:
                    self._alert(one, now)
            case FirstLookAlert() as look:
                self._first_look(look, now)
            case Notice(text):
                self._words(Text(clean(text).strip()), "! ")
            case other:
                assert_never(other)

    def _alert(self, alert: Alert, now: datetime) -> None:
        link = wording.safe_link(alert.link)
        names = dict.fromkeys([short(alert.source, NOTE), wording.host(link)])
        about = [*names, wording.dateline(alert.published, alert.seen_at, now)]
        self._words(headline(alert), "● ")
        self._words(Text(" · ".join(filter(None, about)), "dim"))
        for why in wording.why(alert):
            for excerpt in why.excerpts:
                self._words(self._marked(excerpt), "  │ ", "  │ ")
            rules = " · ".join(short(rule, NOTE) for rule in why.rules)
            self._words(Text.assemble(("rule: ", "dim"), (rules, "cyan")))
        for remark in remarks(alert):
            self._words(Text(remark, "dim"))
        self._link(link)

    def _first_look(self, look: FirstLookAlert, now: datetime) -> None:
        self._words(Text(wording.first_look_line(look), "bold"), "● ")
        for line in look.listed:
            when = wording.clock(line.published, now) if line.published else "no date"
            rules = short(", ".join(line.rules), IN_A_LIST)
            told = filter(None, (short(line.source, NOTE), when, wording.told_by(line)))
            about = Text(f" · {' · '.join(told)} · ", "dim")
            self._words(Text.assemble(headline(line), about, (rules, "cyan")), "  - ")
            self._link(wording.safe_link(line.link), indent=4)
        if look.more:
            self._words(Text(f"and {look.more:,} more", "dim"))

    def _marked(self, excerpt: Iterable[Run]) -> Text:
        styled = self._console.color_system is not None
        text = Text()
        for words, bold in excerpt:
            text.append(words if styled or not bold else f"*{words}*", MARKED if bold else "")
        return text

    def _words(self, text: Text, first: str = "  ", then: str = "") -> None:
        """A paragraph behind `first`, its further lines behind `then` (or as many spaces)."""
        then = then or " " * len(first)
        for place, line in enumerate(self._wrapped(text, len(first))):
            self._line(Text.assemble((then if place else first, "dim"), line))

    def _wrapped(self, text: Text, indent: int) -> Iterator[Text]:
        """One line a line where there is a window; in a file or a pipe, one line a paragraph."""
        if not self._console.is_terminal:
            yield text
            return
        width = max(20, min(self._console.width, WIDTH) - indent)
        yield from text.wrap(self._console, width)

    def _link(self, link: str, indent: int = 2) -> None:
        if link:
            self._line(Text.assemble(" " * indent, (link, "blue")))

    def _line(self, text: Text | str) -> None:
        self._console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)


def headline(what: Alert | Listed) -> Text:
    """Bold, and a link where the terminal knows such things."""
    link = wording.safe_link(what.link)
    text = short(what.headline, HEADLINE) or wording.host(link) or "(no headline)"
    return Text(text, Style(bold=True, link=link or None))


def remarks(alert: Alert) -> Iterator[str]:
    if age := wording.age(alert):
        yield age
    if caveat := wording.caveat(alert):
        yield short(caveat, NOTE)
    if alert.follows:
        yield short(wording.follows(alert, short(alert.follows, SUBJECT)), NOTE)
    if alert.tags:
        yield short(" · ".join(alert.tags), NOTE)


def short(text: str, most: int) -> str:
    whole = clean(text[: 4 * most]).strip()
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
