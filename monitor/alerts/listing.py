"""Messages that list: a digest, whole, and the first look, as far as Slack takes it. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from slack_sdk.models.blocks import Block

from monitor.alerts import wording
from monitor.alerts.pieces import (
    BLOCK,
    HEADLINE,
    IN_A_LIST,
    MESSAGE,
    NOTE,
    RULE,
    SOURCE,
    TEXT,
    Line,
    blocks_with,
    bullets,
    escape,
    fit,
    grouped,
    headline,
    joined,
    length,
    lines_of,
    linked,
    name,
    said,
    units,
    words,
)
from monitor.model import Alert, Digest, FirstLookAlert, Listed

HEADING = IN_A_LIST + len("Rule ")

# --- a digest -----------------------------------------------------------------------------------------------


def digest_blocks(digest: Digest, now: datetime) -> list[Block]:
    """A line an alert, every one of them, rule by rule."""
    sections = by_rule(within(digest.alerts, now))
    blocks = blocks_with(*lines_of(words(wording.digest(digest, now), NOTE, bold=True)))
    for rules, alerts in sections.items():
        heading = joined([said("Rule"), words(rules, IN_A_LIST, code=True)], " ")
        for place, group in enumerate(
            grouped((digest_line(alert, now) for alert in alerts), MESSAGE, BLOCK - HEADING)
        ):
            blocks += blocks_with(*lines_of(heading if not place else []), bullets(group))
    return blocks


def by_rule(alerts: Iterable[Alert]) -> dict[str, list[Alert]]:
    """In the order they came; the rules of an alert as they stand in its heading."""
    sections: dict[str, list[Alert]] = {}
    for alert in alerts:
        sections.setdefault(", ".join(one.text for one in alert.found), []).append(alert)
    return sections


def within(alerts: Iterable[Alert], now: datetime) -> list[Alert]:
    """Where they do not all fit otherwise, without the longest links."""
    kept = list(alerts)
    sizes = [length(digest_line(alert, now)) + HEADING for alert in kept]
    for place in sorted(range(len(kept)), key=lambda place: -len(kept[place].link)):
        if sum(sizes) <= MESSAGE - NOTE:
            break
        kept[place] = replace(kept[place], link="")
        sizes[place] = length(digest_line(kept[place], now)) + HEADING
    return kept


def digest_line(alert: Alert, now: datetime) -> Line:
    when = wording.clock(alert.published, now) if alert.published else "no date"
    return [*linked(alert, NOTE), *said(" · ".join(["", name(alert.source, IN_A_LIST), when]))]


def plain_digest(digest: Digest, now: datetime) -> str:
    """A line an alert; with links, the shortest, as long as there is room."""
    lines = [f"• {headline(alert, SOURCE)}" for alert in digest.alerts]
    links = [wording.safe_link(alert.link) for alert in digest.alerts]
    title = wording.digest(digest, now)
    room = TEXT - units("\n".join([title, *lines]))
    for place in sorted(range(len(lines)), key=lambda place: len(links[place])):
        room -= 1 + units(links[place])
        if links[place] and room >= 0:
            lines[place] += f" {links[place]}"
    return escape("\n".join([title, *lines]))


# --- a first look -----------------------------------------------------------------------------------------


def first_look_blocks(look: FirstLookAlert, now: datetime) -> list[Block]:
    """As many lines as Slack takes; the others join those that are only counted."""
    lines = [listed(line, now) for line in look.listed]
    groups = grouped(lines, MESSAGE - 2 * HEADLINE)
    more = look.more + len(lines) - sum(len(group) for group in groups)
    rest = f"and {more:,} more" if more else ""
    listing = (block for group in groups for block in blocks_with(bullets(group)))
    return [
        *blocks_with(*lines_of(words(wording.first_look_line(look)))),
        *listing,
        *blocks_with(*lines_of(words(rest))),
    ]


def listed(line: Listed, now: datetime) -> Line:
    rules = words(", ".join(line.rules), IN_A_LIST, code=True)
    return [*linked(line, RULE), *said(about_line(line, now)), *rules]


def about_line(line: Listed, now: datetime) -> str:
    when = wording.clock(line.published, now) if line.published else "no date"
    about = filter(None, (name(line.source), when, wording.told_by(line)))
    return f" · {' · '.join(about)} · "


def plain_first_look(look: FirstLookAlert) -> str:
    lines = [wording.first_look_line(look)]
    lines += [f"• {headline(line, RULE)} · {fit(line.source, SOURCE)}" for line in look.listed[:10]]
    more = look.more + len(look.listed[10:])
    return escape("\n".join([*lines, f"and {more:,} more"] if more else lines))
