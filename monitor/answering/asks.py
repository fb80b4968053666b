"""What /wirewatch answers: the same words as the commands of the terminal, for whoever asked."""

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.commands import explain, feedlist, report, trying
from monitor.commands import mutes as mutebook
from monitor.commands.report import Line
from monitor.errors import WirewatchError
from monitor.model import Config, MuteKind
from monitor.store import ledger, mutes, outbox
from monitor.store.db import Tx
from monitor.store.mutes import Mute
from monitor.words import read_span

HELP = (
    "/wirewatch status             is it alive, and is every entry accounted for",
    "/wirewatch try RULE           what a rule would have found in the last 7 days",
    "/wirewatch why URL            what became of an article, and what each rule makes of it",
    "/wirewatch feeds [WORD]       the feeds; with a word, those that bear it",
    "/wirewatch mute               what is muted",
    "/wirewatch mute RULE 1d       hear nothing of a rule, everywhere, for 1h, 8h, 1d, 7d",
    "/wirewatch mute end NUMBER    end a mute before its time",
    "/wirewatch help               this",
)
TRIED_BACK, TRIED = timedelta(days=7), 2_000  # at most so many articles, the newest
_ROUND = str.maketrans("“”„‟‘’", '""""\'\'')
LONGEST = timedelta(days=30)
NO_SPAN = "For how long? A number and m, h or d, 30d at most:  /wirewatch mute iran-missiles 8h"

Ask = Callable[[Tx, Sequence[str], Config, str, datetime], Iterable[Line]]


def answer(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> list[Line]:
    """`words`: those after /wirewatch. What was asked wrongly is said, with what to ask instead."""
    first, *rest = words or ["help"]
    ask = ASKS.get(first.lower())
    if ask is None:
        return [f"There is no /wirewatch {first[:60]}.", "", *HELP]
    try:
        return list(ask(tx, rest, settings, user, now))
    except WirewatchError as error:
        return [str(error)]


def writes(words: Sequence[str]) -> bool:
    """Does it change the store?"""
    return len(words) > 1 and words[0].lower() == "mute"


def _status(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    yield from report.health(tx, now).lines
    yield from mutebook.lines(mutes.active(tx, now))
    yield from report.audit_lines(ledger.audit(tx), outbox.counts(tx))


def _why(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    if len(words) != 1:
        raise WirewatchError("Which article? /wirewatch why https://…")
    return report.why(tx, words[0].strip("<>").partition("|")[0], settings).lines


def _feeds(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    book = feedlist.book(tx, now)
    return feedlist.lines(book.only(" ".join(words), False) if words else book, now)


def _mute(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    match words:
        case []:
            return mutebook.lines(mutes.active(tx, now))
        case ["end", number] if number.isascii() and number.isdigit() and len(number) < 19:
            if mutes.end(tx, int(number), now):
                return [f"Mute {number} has ended."]
            raise WirewatchError(f"No mute {number} holds; /wirewatch mute shows those that do.")
        case [rule, span]:
            if rule not in settings.rules.rules:
                raise WirewatchError(f"There is no rule {rule[:60]}; wirewatch rules lists them.")
            mute = Mute(MuteKind.RULE, now + _span(span), rule=rule, user=user)
            return [mutebook.line(mutes.put(tx, mute, now))]
        case _:
            raise WirewatchError(NO_SPAN)


def _span(word: str) -> timedelta:
    span = read_span(word)
    if span is None or span > LONGEST:
        raise WirewatchError(NO_SPAN)
    return span


def _try(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    """Of the newest articles: a daemon has more to do than to look back."""
    if not words:
        raise WirewatchError("Which rule? /wirewatch try missile + Iraq")
    asked = explain.find_rule(typed(" ".join(words)), settings)
    return trying.lines(trying.tried(tx, asked, now - TRIED_BACK, now, most=TRIED))


def typed(text: str) -> str:
    """As a keyboard meant it: Slack makes quotes round."""
    return html.unescape(text.translate(_ROUND))


def _help(tx: Tx, words: Sequence[str], settings: Config, user: str, now: datetime) -> Iterable[Line]:
    return HELP


ASKS: Mapping[str, Ask] = {
    "status": _status,
    "try": _try,
    "why": _why,
    "feeds": _feeds,
    "mute": _mute,
    "help": _help,
}
