"""What a publisher did to an article after it was told: headline, matching sentence, correction. Pure."""

import re
from collections.abc import Iterator, Sequence

from monitor.model import UNSEEN, Amendment, AmendmentKind, Article, Found, Source
from rules import sentences

ALIKE = 0.4  # of the letter triples two wordings of one sentence share; unrelated ones share under 0.2
LONGEST = 600  # characters of a line that says what was corrected; the article's own paragraphs may be longer
WHOLE = 0.5  # of its text: a page that lost more is another page, a paywall most often

# How newsrooms begin the line that owns up to an error. A new line alone is an update, not a correction.
_OWNS_UP = re.compile(
    r"\W*(?:"
    r"corrections?\b|corrected\b|clarifications?\b|editor['’]s note|retraction\b|an earlier version of"
    r"|this (?:article|story|report|piece|headline) (?:was|has been) (?:amended|corrected|updated|removed)"
    r"|korrektur|berichtigung|richtigstellung|anmerkung der redaktion|in einer früheren version"
    r"|rectificatif|rectification|erratum|note de la rédaction|une version précédente"
    r"|corrección|rectificación|fe de errores|nota de la redacción|(?:en )?una versión anterior"
    r"|rettifica|errata corrige|correzione|una versione precedente"
    r"|correção|errata|nota da redação|(?:em )?uma versão anterior"
    r"|correctie|rectificatie|in een eerdere versie|rättelse|rettelse|oikaisu|sprostowanie|düzeltme"
    r"|исправление|поправка|уточнение|в (?:предыдущей|первоначальной) версии|виправлення|уточнення"
    r"|تصحيح|تصويب|تنويه|תיקון|הבהרה|訂正|更正|정정"
    r")",
    re.IGNORECASE,
)


def amendments(before: Article, after: Article, told: Sequence[Found]) -> tuple[Amendment, ...]:
    """What changed between two readings of one page, if both are of the whole article.

    `told`: what the first of them matched.
    """
    if not (is_whole(before) and is_whole(after)):
        return ()
    return (*_headline(before, after), *_sentences(before, after, told), *_corrections(before, after))


def is_worth_judging(before: Article, after: Article) -> bool:
    """Does a later reading say something else? A wall drawn before the page, a teaser or a page that lost
    half of its words, takes nothing back."""
    if _says_the_same(before, after):
        return False
    return not is_whole(before) or (is_whole(after) and len(after.text) >= WHOLE * len(before.text))


def is_whole(article: Article) -> bool:
    """Was its page read, and found to be all of it?"""
    return article.source is Source.PAGE and not article.note and bool(article.text)


def _says_the_same(before: Article, after: Article) -> bool:
    return (before.title, before.text) == (after.title, after.text) and before.headline == after.headline


def _headline(before: Article, after: Article) -> Iterator[Amendment]:
    was, now = before.headline, after.headline
    if was and now and _letters(was) != _letters(now):
        yield Amendment(AmendmentKind.HEADLINE, was, now)


def _sentences(before: Article, after: Article, told: Sequence[Found]) -> Iterator[Amendment]:
    """Matching sentences that stand there no longer, with what may stand in their place."""
    kept = _letters(after.text)
    was = _letters(before.text)
    shown = dict.fromkeys(excerpt.text.strip("…") for one in told for excerpt in one.excerpts)
    for text in shown:
        letters = _letters(text)
        if letters in was and letters not in kept:
            yield Amendment(AmendmentKind.SENTENCE, text, _nearest(text, after.text))


def _nearest(sentence: str, text: str) -> str:
    """The sentence of a text that is most like another; empty: none is."""
    wanted = _triples(sentence)
    found = [text[start:end] for start, end in sentences(text)]
    best = max(found, key=lambda one: _likeness(wanted, _triples(one)), default="")
    return best if _likeness(wanted, _triples(best)) >= ALIKE else ""


def _corrections(before: Article, after: Article) -> Iterator[Amendment]:
    known = {_letters(block.text) for block in before.blocks}
    for block in after.blocks:
        new = block.zone not in UNSEEN and _letters(block.text) not in known
        if new and len(block.text) <= LONGEST and _OWNS_UP.match(block.text):
            yield Amendment(AmendmentKind.CORRECTION, "", block.text)


def _letters(text: str) -> str:
    """Other quotes, dashes and spaces make no other text."""
    return "".join(filter(str.isalnum, text.casefold()))


def _triples(text: str) -> frozenset[str]:
    letters = _letters(text)
    return frozenset(letters[place : place + 3] for place in range(len(letters) - 2))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
