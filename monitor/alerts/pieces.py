"""What messages to Slack are made of: literal texts and links, lines, blocks, cut to size. Pure.

Strings from feeds and pages stand only in the text and link elements of rich_text blocks, which Slack shows
as they are: no mention, link, emoji or format can be written into them. Sizes are counted as the strictest
reader would: UTF-16 units of the escaped text.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from monitor.alerts import wording
from monitor.alerts.wording import clean
from monitor.model import Alert, Listed

Element = (
    RichTextElementParts.Text
    | RichTextElementParts.Link
    | RichTextElementParts.Emoji
    | RichTextElementParts.User
    | RichTextElementParts.UserGroup
    | RichTextElementParts.Broadcast
)
Line = list[Element]
Part = RichTextSectionElement | RichTextQuoteElement | RichTextListElement

# 90 % of Slack's caps: 3,000 a section, 13,202 a message (measured by others), 4,000 of plain text.
BLOCK = 2_700
MESSAGE = 12_000
TEXT = 3_600

HEADLINE, SOURCE, RULE, SENTENCES, NOTE = 300, 80, 200, 600, 200
IN_A_LIST = 60  # of rules and sources: a list is read for its headlines


def blocks_with(*parts: Part) -> list[Block]:
    """One block that holds these parts one below the other; none where they are empty."""
    filled = [part for part in parts if part.elements]
    return [RichTextBlock(elements=filled)] if filled else []


def lines_of(*lines: Line) -> list[RichTextSectionElement]:
    """Each line a section: so one in Hebrew runs from the right, and the next one from the left."""
    return [RichTextSectionElement(elements=line) for line in lines if line]


def bullets(lines: Iterable[Line]) -> RichTextListElement:
    return RichTextListElement(style="bullet", elements=lines_of(*lines))


def quote(lines: Iterable[Line]) -> RichTextQuoteElement:
    return RichTextQuoteElement(elements=joined(lines, "\n"))


def small(text: str) -> ContextBlock:
    """Grey and small, for words of our own only: nobody says how Slack unescapes these."""
    return ContextBlock(elements=[PlainTextObject(text=text, emoji=False)])


def joined(lines: Iterable[Line], between: str) -> Line:
    """Lines with `between` between them; empty ones leave no trace."""
    gaps = ([RichTextElementParts.Text(text=between), *line] for line in lines if line)
    return list(chain.from_iterable(gaps))[1:]


def words(text: str, most: int = BLOCK, *, bold: bool = False, code: bool = False) -> Line:
    """A text element, or none where nothing is left to show: Slack refuses empty ones."""
    return said(fit(text, most, strip=False), bold=bold, code=code)


def said(text: str, *, bold: bool = False, code: bool = False) -> Line:
    """The same of a text that is clean and fits."""
    return [RichTextElementParts.Text(text=text, style=style(bold, code))] if text else []


def style(bold: bool = False, code: bool = False) -> dict[str, bool] | None:
    return {name: True for name, on in (("bold", bold), ("code", code)) if on} or None


def headline(what: Alert | Listed, most: int) -> str:
    return fit(what.headline, most) or wording.host(wording.safe_link(what.link)) or "(no headline)"


def linked(what: Alert | Listed, most: int) -> Line:
    """The headline in a list, as a link where there is one to follow."""
    return link(what, name(headline(what, most), most))


def title(what: Alert) -> Line:
    """The same on a line of its own, which runs as its script does."""
    return link(what, headline(what, HEADLINE), bold=True)


def link(what: Alert | Listed, text: str, *, bold: bool = False) -> Line:
    url = wording.safe_link(what.link)
    if not url:
        return said(text, bold=bold)
    return [RichTextElementParts.Link(url=url, text=text, style=style(bold=bold))]


def name(text: str, most: int = SOURCE) -> str:
    """A name amid a line of ours, which it must not turn: after `הארץ`, `14:02 UTC` reads `UTC 14:02`.

    Isolated, behind a mark that says which way the line runs: who looks for its first strong letter may look
    into isolates (HTML's dir=auto does, Unicode's rule P2 does not).
    """
    fitting = fit(text, most - 3)
    runs_left = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in fitting)
    return f"\u200e\u2068{fitting}\u2069" if runs_left else fitting


def length(what: Any) -> int:
    """Units of all texts and addresses in an element, a line, a part, a block."""
    if isinstance(what, Sequence):
        return sum(map(length, what))
    inner = getattr(what, "elements", None)
    if inner is not None:
        return length(list(inner))
    return units(getattr(what, "text", None) or "") + units(getattr(what, "url", None) or "")


def grouped(lines: Iterable[Line], most: int, block: int = BLOCK) -> list[list[Line]]:
    """Lines into groups of at most `block` units each, until `most` is reached."""
    groups: list[list[Line]] = []
    room = 0
    for line in lines:
        size = length(line)
        if size > most:
            break
        most -= size
        if size > room:
            groups.append([])
            room = block
        groups[-1].append(line)
        room -= size
    return groups


def fit(text: str, most: int, *, strip: bool = True) -> str:
    """Cleaned, and cut with an ellipsis where it is more than `most` units long."""
    start = text[: 4 * most]  # enough to choose from, whatever is cleaned away; a feed may send megabytes
    whole = clean(start).strip() if strip else clean(start)
    if len(start) == len(text) and units(whole) <= most:
        return whole
    size, kept = 0, []
    for char in whole:
        size += units(char)
        if size > most - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip(" \u200c\u200d\ufe0f") + "…"


def units(text: str) -> int:
    """UTF-16 units of the escaped text. Slack does not say whether it counts before or after escaping."""
    return len(escape(text)) + sum(char > "\uffff" for char in text)


def escape(text: str) -> str:
    """Slack's three control characters, once, ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
