"""Alert -> the message Slack takes: Block Kit within its limits; a minimal form if that is refused. Pure.

`text`, which notifications show, is escaped; all else is literal (pieces.py).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, assert_never

from slack_sdk.models.blocks import Block, RichTextElementParts
from slack_sdk.models.metadata import Metadata

from monitor.alerts import buttons as answers
from monitor.alerts import wording
from monitor.alerts.listing import digest_blocks, first_look_blocks, plain_digest, plain_first_look
from monitor.alerts.pieces import (
    BLOCK,
    HEADLINE,
    MESSAGE,
    NOTE,
    RULE,
    SENTENCES,
    SOURCE,
    TEXT,
    Line,
    blocks_with,
    escape,
    fit,
    headline,
    joined,
    length,
    lines_of,
    name,
    quote,
    said,
    small,
    title,
    units,
    words,
)
from monitor.alerts.wording import Run, Why
from monitor.model import Alert, Amendment, Digest, FirstLookAlert, Living, Notice, Outgoing, Telling
from monitor.words import counted

WHYS, RULES, TAGS, CHANGES = 3, 5, 10, 5  # how many of each an alert shows; the rest is counted
CHANGED = 160  # of the words before, and of those after
SHORT_LINK = 300  # of a newsroom that tells the story, too: eight of these fit
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


def compose(out: Outgoing, now: datetime, buttons: bool = False) -> Payload:
    """The message of an outbox row, as it reads when it is sent `now`. `buttons`: somebody hears them."""
    text = plain_text(out, now) if out.plain else escape(headline_text(out, now))
    blocks = [] if out.plain else [block.to_dict() for block in blocks_of(out, now, buttons)]
    payload_hash = hashlib.sha256(json.dumps([text, blocks]).encode()).hexdigest()[:16]
    metadata = Metadata("wirewatch_alert", {"k": out.key, "h": payload_hash, "v": 1})
    return Payload(text, blocks, metadata.to_dict(), payload_hash)


def blocks_of(out: Outgoing, now: datetime, buttons: bool = False) -> list[Block]:
    match out.message:
        case Alert() as alert:
            # A reply calls nobody, and what it follows stands above it.
            alert = replace(alert, mention=(), follows="") if out.thread else alert
            blocks = alert_blocks(alert, out.told_at or now, out.living or NOTHING_SINCE)
            return [*blocks, answers.buttons(out)] if buttons else blocks
        case Digest() as digest:
            return digest_blocks(digest, now)
        case FirstLookAlert() as look:
            return first_look_blocks(look, now)
        case Notice(text, mention):
            return blocks_with(*lines_of(joined([called(mention), words(text, BLOCK)], " ")))
        case other:
            assert_never(other)


def headline_text(out: Outgoing, now: datetime) -> str:
    """One line for a phone's lock screen; not escaped yet."""
    match out.message:
        case Alert() as alert:
            rules = ", ".join(one.text for one in alert.found)
            return f"{headline(alert, HEADLINE)} · {name(alert.source)} · {fit(rules, RULE)}"
        case Digest() as digest:
            return wording.digest(digest, now)
        case FirstLookAlert() as look:
            return wording.first_look_line(look)
        case Notice(text):
            return fit(text, TEXT)
        case other:
            assert_never(other)


# --- an alert ---------------------------------------------------------------------------------------------


def alert_blocks(alert: Alert, told_at: datetime, living: Living) -> list[Block]:
    """Headline, who tells it and what is new; what was changed; why, rule by rule; what else; when."""
    about_it = [said(source_of(alert)), said(wording.age(alert)), tellers(living, told_at), news(alert)]
    head = lines_of(loud(alert), title(alert), *about_it)
    above = [*blocks_with(*head), *blocks_with(*lines_of(*changes(living, told_at)))]
    footer = small(footer_of(alert, told_at))
    whys, more = why_blocks(wording.why(alert), MESSAGE - length([*above, footer]) - 4 * NOTE)
    below = lines_of(*(said(line) for line in remarks(alert, more)))
    done = blocks_with(*lines_of(*answers.done_lines(living.done, told_at)))
    return [*above, *whys, *blocks_with(*below), *done, footer]


def loud(alert: Alert) -> Line:
    """A line of its own above the headline, which would be turned by it if it runs from the right."""
    high = [RichTextElementParts.Emoji(name="red_circle"), *said(" High priority", bold=True)]
    return joined([high if alert.urgent else [], called(alert.mention)], " · ")


def called(mention: Sequence[str]) -> Line:
    """People and groups by Slack's id; a name that nobody bears stays a word."""
    return joined(map(call, mention), " ")


def call(who: str) -> Line:
    if who in BROADCAST:
        return [RichTextElementParts.Broadcast(range=who)]
    if not ID.fullmatch(who):
        return words(who, SOURCE)
    return [
        RichTextElementParts.UserGroup(usergroup_id=who)
        if who.startswith("S")
        else RichTextElementParts.User(user_id=who)
    ]


def source_of(alert: Alert) -> str:
    """World Israel News · worldisraelnews.com"""
    host = fit(wording.host(wording.safe_link(alert.link)), SOURCE)
    return " · ".join(dict.fromkeys(filter(None, [name(alert.source), host])))


def footer_of(alert: Alert, told_at: datetime) -> str:
    """published 14:02:11 UTC · seen +29 s · told +31 s · lang:he"""
    when = wording.dateline(alert.published, alert.seen_at, told_at)
    return f"{when} · lang:{alert.language}" if alert.language else when


def news(alert: Alert) -> Line:
    """What it says that its story had not."""
    if alert.follows:
        return said(fit(wording.follows(alert, fit(alert.follows, SOURCE)), SENTENCES))
    return words("; ".join(alert.news), SENTENCES, bold=True)


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
    when = " ".join(filter(None, [before, wording.clock(one.at, now), after]))
    link, newsroom = wording.safe_link(one.link), name(one.newsroom) or "?"
    is_short = 0 < units(link) <= SHORT_LINK
    return [
        *([RichTextElementParts.Link(url=link, text=newsroom)] if is_short else said(newsroom)),
        *said(f" {when}"),
    ]


def changes(living: Living, now: datetime) -> Iterable[Line]:
    """What publishers changed since, the latest."""
    for one, at in living.amended[-CHANGES:]:
        short = Amendment(one.kind, name(one.before, CHANGED), name(one.after, CHANGED))
        yield [*said(f"{wording.clock(at, now)} ", bold=True), *said(wording.amended(short))]


def why_blocks(whys: Sequence[Why], most: int) -> tuple[list[Block], int]:
    """As many reasons as fit, and how many rules have others."""
    blocks: list[Block] = []
    for place, why in enumerate(whys):
        shown = why_block(why)
        most -= length(shown)
        if place == WHYS or most < 0:
            return blocks, sum(len(one.rules) for one in whys[place:])
        blocks += shown
    return blocks, 0


def why_block(why: Why) -> list[Block]:
    names = [words("Rule"), *(words(rule, RULE, code=True) for rule in why.rules[:RULES])]
    names += [words(f"and {len(why.rules) - RULES} more")] if len(why.rules) > RULES else []
    return blocks_with(*lines_of(joined(names, " ")), quote(marked(excerpt) for excerpt in why.excerpts))


def remarks(alert: Alert, more: int) -> Iterable[str]:
    if more:
        yield f"and {counted(more, 'more rule')}, for other sentences"
    if caveat := wording.caveat(alert):
        yield fit(caveat, NOTE)
    if alert.tags:
        yield f"tagged {', '.join(name(tag) for tag in alert.tags[:TAGS])}"


def marked(excerpt: Iterable[Run]) -> Line:
    """A sentence with the words that made the rule true in bold, at most SENTENCES long."""
    left, line = SENTENCES, Line()
    for text, bold in excerpt:
        if left <= 0:
            break
        line += words(text, left, bold=bold)
        left -= units(text)
    return line


# --- the minimal form -------------------------------------------------------------------------------------


def plain_text(out: Outgoing, now: datetime) -> str:
    """Text alone, escaped, for a message whose blocks Slack has refused."""
    match out.message:
        case Alert() as alert:
            told_at = out.told_at or now
            return "\n".join([escape(headline(alert, HEADLINE)), *plain_alert(alert, told_at)])
        case Digest() as digest:
            return plain_digest(digest, now)
        case FirstLookAlert() as look:
            return plain_first_look(look)
        case Notice(text):
            return escape(fit(text, TEXT))
        case other:
            assert_never(other)


def plain_alert(alert: Alert, told_at: datetime) -> Iterable[str]:
    if link := wording.safe_link(alert.link):
        yield f"<{escape(link)}>"
    yield escape(" · ".join(filter(None, [source_of(alert), footer_of(alert, told_at)])))
    for why in wording.why(alert)[:1]:
        yield escape(fit(", ".join(why.rules), RULE))
        yield from (escape(fit("".join(text for text, _ in runs), SENTENCES)) for runs in why.excerpts[:1])
