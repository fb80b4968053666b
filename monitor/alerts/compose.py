"""Alert -> the message Slack takes: Block Kit within its limits; a minimal form if that is refused. Pure.

Strings from feeds and pages stand only in the text and link elements of rich_text blocks, which Slack shows
as they are: no mention, link, emoji or format can be written into them. `text`, which notifications show, is
escaped. Sizes are counted as the strictest reader would: UTF-16 units of the escaped text.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, assert_never

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)
from slack_sdk.models.metadata import Metadata

from monitor.alerts import wording
from monitor.alerts.wording import Run, Why, clean
from monitor.model import Alert, Digest, FirstLookAlert, Listed, Living, Notice, Outgoing, Telling
from monitor.words import counted

Element = (
    RichTextElementParts.Text
    | RichTextElementParts.Link
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
PLAIN_LINK = 300  # characters: 25 of these fit
WHYS, RULES, TAGS, CHANGES = 3, 5, 10, 5  # how many of each an alert shows; the rest is counted
NOTHING_SINCE = Living()
BROADCAST = ("here", "channel")
ID = re.compile(r"[UWS][A-Z0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Payload:
    """What is posted. `metadata` carries the outbox key, so that a message can be found again."""

    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    payload_hash: str


def compose(out: Outgoing, now: datetime) -> Payload:
    """The message of an outbox row, as it reads when it is sent `now`."""
    text = plain_text(out, now) if out.plain else escape(headline_text(out, now))
    blocks = [] if out.plain else [block.to_dict() for block in blocks_of(out, now)]
    payload_hash = hashlib.sha256(json.dumps([text, blocks]).encode()).hexdigest()[:16]
    metadata = Metadata("wirewatch_alert", {"k": out.key, "h": payload_hash, "v": 1})
    return Payload(text, blocks, metadata.to_dict(), payload_hash)


def blocks_of(out: Outgoing, now: datetime) -> list[RichTextBlock]:
    match out.message:
        case Alert() as alert:
            alert = replace(alert, mention=()) if out.thread else alert  # a reply calls nobody
            return alert_blocks(alert, out.told_at or now, out.living or NOTHING_SINCE)
        case Digest() as digest:
            return digest_blocks(digest, now)
        case FirstLookAlert() as look:
            return first_look_blocks(look, now)
        case Notice(text, mention):
            return [block(section([joined([called(mention), words(text, BLOCK)], " ")]))]
        case other:
            assert_never(other)


def headline_text(out: Outgoing, now: datetime) -> str:
    """One line for a phone's lock screen; not escaped yet."""
    match out.message:
        case Alert() as alert:
            rules = ", ".join(one.text for one in alert.found)
            return f"{headline(alert, HEADLINE)} · {fit(alert.source, SOURCE)} · {fit(rules, RULE)}"
        case Digest() as digest:
            return wording.digest(digest, now)
        case FirstLookAlert() as look:
            return wording.first_look_line(look)
        case Notice(text):
            return fit(text, TEXT)
        case other:
            assert_never(other)


# --- an alert ---------------------------------------------------------------------------------------------


def alert_blocks(alert: Alert, told_at: datetime, living: Living) -> list[RichTextBlock]:
    """Headline, who tells it, dateline; why, rule by rule; what else is to be known."""
    whys = wording.why(alert)
    about_it = [words(about(alert, told_at)), tellers(living, told_at)]
    head = joined([called(alert.mention), linked(alert, HEADLINE, bold=True)], " ")
    parts: list[Part] = [section([urgent(alert), head, *about_it])]
    parts += [section([words(fit(line, SENTENCES)) for line in changes(living, told_at)])]
    parts += [part for why in whys[:WHYS] for part in why_parts(why)]
    parts += [section([words(line) for line in remarks(alert, len(whys))])]
    return [block(part) for part in parts if part.elements]


def urgent(alert: Alert) -> Line:
    return words("High priority", bold=True) if alert.urgent else []


def called(mention: Sequence[str]) -> Line:
    """People and groups by Slack's id; a name that nobody bears stays a word."""
    return joined(map(call, mention), " ")


def call(name: str) -> Line:
    if name in BROADCAST:
        return [RichTextElementParts.Broadcast(range=name)]
    if not ID.fullmatch(name):
        return words(name, SOURCE)
    return [
        RichTextElementParts.UserGroup(usergroup_id=name)
        if name.startswith("S")
        else RichTextElementParts.User(user_id=name)
    ]


def about(alert: Alert, now: datetime) -> str:
    """World Israel News · worldisraelnews.com · published 14:02 UTC · seen +29 s · told +31 s"""
    source, host = fit(alert.source, SOURCE), fit(wording.host(wording.safe_link(alert.link)), SOURCE)
    names = [source] if host in ("", source) else [source, host]
    return " · ".join(filter(None, [*names, wording.dateline(alert.published, alert.seen_at, now)]))


def tellers(living: Living, now: datetime) -> Line:
    """5 articles of 3 newsrooms: Reuters first 14:02 UTC, BBC 14:40 UTC, AFP 15:10 UTC latest"""
    told = wording.tellers(living)
    if not told:
        return []
    shown, more = wording.named(living)
    last = len(shown) - 1
    pieces = [teller(one, now, "first" * (not n), "latest" * (0 < n == last)) for n, one in enumerate(shown)]
    rest = words(f" and {more:,} more") if more else []
    return [*words(f"{told}: "), *joined(pieces, ", "), *rest]


def teller(one: Telling, now: datetime, before: str, after: str) -> Line:
    when = " ".join(filter(None, (before, wording.clock(one.at, now), after)))
    link, name = wording.safe_link(one.link), fit(one.newsroom, SOURCE) or "?"
    return [*([RichTextElementParts.Link(url=link, text=name)] if link else words(name)), *words(f" {when}")]


def changes(living: Living, now: datetime) -> Iterable[str]:
    """What publishers changed since, the latest."""
    for one, at in living.amended[-CHANGES:]:
        yield f"{wording.clock(at, now)}: {wording.amended(one)}"


def why_parts(why: Why) -> Iterable[Part]:
    names = [words("Rule"), *(words(rule, RULE, code=True) for rule in why.rules[:RULES])]
    names += [words(f"and {len(why.rules) - RULES} more")] if len(why.rules) > RULES else []
    yield section([joined(names, " ")])
    quoted = [marked(excerpt) for excerpt in why.excerpts]
    if quoted:
        yield RichTextQuoteElement(elements=joined(quoted, "\n"))


def remarks(alert: Alert, whys: int) -> Iterable[str]:
    if whys > WHYS:
        yield f"and {counted(whys - WHYS, 'more rule')}, for other sentences"
    if caveat := wording.caveat(alert):
        yield fit(caveat, NOTE)
    if alert.follows:
        yield fit(wording.follows(alert, fit(alert.follows, SOURCE)), NOTE)
    if alert.tags:
        yield " · ".join(fit(tag, SOURCE) for tag in alert.tags[:TAGS])


def marked(excerpt: Iterable[Run]) -> Line:
    """A sentence with the words that made the rule true in bold, at most SENTENCES long."""
    left, line = SENTENCES, Line()
    for text, bold in excerpt:
        if left <= 0:
            break
        line += words(text, left, bold=bold)
        left -= units(text)
    return line


def headline(what: Alert | Listed, most: int) -> str:
    return fit(what.headline, most) or wording.host(wording.safe_link(what.link)) or "(no headline)"


def linked(what: Alert | Listed, most: int, *, bold: bool) -> Line:
    """The headline, as a link where there is one to follow."""
    link, text = wording.safe_link(what.link), headline(what, most)
    if not link:
        return words(text, most, bold=bold)
    return [RichTextElementParts.Link(url=link, text=text, style=style(bold=bold))]


# --- a digest -----------------------------------------------------------------------------------------------


def digest_blocks(digest: Digest, now: datetime) -> list[RichTextBlock]:
    """A line an alert, every one of them; where they do not fit otherwise, without the longest links."""
    lines = [digest_line(alert, now) for alert in digest.alerts]
    for place in sorted(range(len(lines)), key=lambda place: -len(digest.alerts[place].link)):
        if sum(map(length, lines)) <= MESSAGE - NOTE:
            break
        lines[place] = digest_line(replace(digest.alerts[place], link=""), now)
    return [
        block(section([words(wording.digest(digest, now), NOTE, bold=True)])),
        *(
            block(RichTextListElement(style="bullet", elements=[section([x]) for x in g]))
            for g in grouped(lines, MESSAGE)
        ),
    ]


def digest_line(alert: Alert, now: datetime) -> Line:
    when = wording.clock(alert.published, now) if alert.published else "no date"
    about = " · ".join(["", fit(alert.source, IN_A_LIST), when, ""])
    rules = words(", ".join(one.text for one in alert.found), IN_A_LIST, code=True)
    return [*linked(alert, NOTE, bold=False), *words(about), *rules]


def plain_digest(digest: Digest, now: datetime) -> str:
    links = (wording.safe_link(alert.link) for alert in digest.alerts)
    lines = (
        f"• {escape(headline(alert, SOURCE))} {escape(link) if len(link) <= PLAIN_LINK else ''}".rstrip()
        for alert, link in zip(digest.alerts, links, strict=True)
    )
    return "\n".join([escape(wording.digest(digest, now)), *lines])


# --- a first look -----------------------------------------------------------------------------------------


def first_look_blocks(look: FirstLookAlert, now: datetime) -> list[RichTextBlock]:
    """As many lines as Slack takes; the others join those that are only counted."""
    lines = [listed(line, now) for line in look.listed]
    groups = grouped(lines, MESSAGE - 2 * HEADLINE)
    more = look.more + len(lines) - sum(len(group) for group in groups)
    rest = f"and {more:,} more" if more else ""
    return [
        block(section([words(wording.first_look_line(look))])),
        *(block(RichTextListElement(style="bullet", elements=[section([x]) for x in g])) for g in groups),
        *([block(section([words(rest)]))] if rest else []),
    ]


def listed(line: Listed, now: datetime) -> Line:
    rules = words(", ".join(line.rules), IN_A_LIST, code=True)
    return [*linked(line, RULE, bold=False), *words(about_line(line, now)), *rules]


def about_line(line: Listed, now: datetime) -> str:
    when = wording.clock(line.published, now) if line.published else "no date"
    about = filter(None, (fit(line.source, SOURCE), when, wording.told_by(line)))
    return f" · {' · '.join(about)} · "


def grouped(lines: Iterable[Line], most: int) -> list[list[Line]]:
    """Lines into blocks of at most BLOCK units each, until `most` is reached."""
    groups: list[list[Line]] = []
    room = 0
    for line in lines:
        size = length(line)
        if size > most:
            break
        most -= size
        if size > room:
            groups.append([])
            room = BLOCK
        groups[-1].append(line)
        room -= size
    return groups


# --- the minimal form -------------------------------------------------------------------------------------


def plain_text(out: Outgoing, now: datetime) -> str:
    """Text alone, escaped, for a message whose blocks Slack has refused."""
    match out.message:
        case Alert() as alert:
            return "\n".join([escape(headline(alert, HEADLINE)), *plain_alert(alert, now)])
        case Digest() as digest:
            return plain_digest(digest, now)
        case FirstLookAlert() as look:
            return plain_first_look(look)
        case Notice(text):
            return escape(fit(text, TEXT))
        case other:
            assert_never(other)


def plain_alert(alert: Alert, now: datetime) -> Iterable[str]:
    if link := wording.safe_link(alert.link):
        yield f"<{escape(link)}>"
    yield escape(about(alert, now))
    for why in wording.why(alert)[:1]:
        yield escape(fit(", ".join(why.rules), RULE))
        yield from (escape(fit("".join(text for text, _ in runs), SENTENCES)) for runs in why.excerpts[:1])


def plain_first_look(look: FirstLookAlert) -> str:
    lines = [wording.first_look_line(look)]
    lines += [f"• {headline(line, RULE)} · {fit(line.source, SOURCE)}" for line in look.listed[:10]]
    more = look.more + len(look.listed[10:])
    return escape("\n".join([*lines, f"and {more:,} more"] if more else lines))


# --- pieces -----------------------------------------------------------------------------------------------


def block(part: Part) -> RichTextBlock:
    return RichTextBlock(elements=[part])


def section(lines: Sequence[Line]) -> RichTextSectionElement:
    return RichTextSectionElement(elements=joined(lines, "\n"))


def joined(lines: Iterable[Line], between: str) -> Line:
    """Lines with `between` between them; empty ones leave no trace."""
    gaps = ([RichTextElementParts.Text(text=between), *line] for line in lines if line)
    return list(chain.from_iterable(gaps))[1:]


def words(text: str, most: int = BLOCK, *, bold: bool = False, code: bool = False) -> Line:
    """A text element, or none where nothing is left to show: Slack refuses empty ones."""
    fitting = fit(text, most, strip=False)
    return [RichTextElementParts.Text(text=fitting, style=style(bold, code))] if fitting else []


def style(bold: bool = False, code: bool = False) -> dict[str, bool] | None:
    return {name: True for name, on in (("bold", bold), ("code", code)) if on} or None


def length(line: Line) -> int:
    return sum(units(getattr(part, "text", None) or "") + units(getattr(part, "url", "")) for part in line)


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
