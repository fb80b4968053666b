"""Does a later article of a story say something new: a figure, a name, a denial, words of another rule.

Only what it says first counts, its headline and first sentences and the sentences that rules matched: there a
newsroom puts what is new. What any article of the story said before, anywhere, is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

import numpy as np

from monitor.stories.common import rarities
from monitor.stories.reading import Reading, read, terms_of
from monitor.stories.said import Heard
from rules import sentences

FIRST = 3  # sentences, after the headline
RARE = 6.0  # a name nobody said before: in fewer than two of a thousand articles; others may be any word
_TOLD = 3  # names and numbers that a reason gives


class Kind(StrEnum):
    RULE = "rule"
    DENIAL = "denial"
    CONFIRMATION = "confirmation"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class News:
    """One new thing, and what it is, in words for people."""

    kind: Kind
    why: str


def said_first(title: str, text: str, matched: Sequence[str] = (), languages: Sequence[str] = ()) -> Reading:
    """The part of an article in which something new would stand."""
    first = [text[start:end] for start, end in sentences(text)[:FIRST]]
    return read(title, "\n".join([*first, *matched]), languages=languages)


def news(said: Reading, before: Heard, rules: Iterable[str], rules_before: Iterable[str]) -> tuple[News, ...]:
    """What is new in `said` (of `said_first`) beside the story's earlier articles; the most telling first."""
    known = before.among(chain(said.terms, *_CUES.values()))
    return (
        *_rules(frozenset(rules) - frozenset(rules_before)),
        *_cue(Kind.DENIAL, said, known),
        *_cue(Kind.CONFIRMATION, said, known),
        *_numbers(said, before.counts, known),
        *_names(said, known),
    )


def _rules(fresh: frozenset[str]) -> tuple[News, ...]:
    return (News(Kind.RULE, f"matched {', '.join(sorted(fresh))}, as none before did"),) if fresh else ()


def _cue(kind: Kind, said: Reading, known: frozenset[int]) -> tuple[News, ...]:
    """A word of denial or confirmation that no article of the story has used."""
    cues = _CUES[kind]
    if known & cues:
        return ()
    first = next((said.spelled[term] for term in said.terms if term in cues), "")
    return (News(kind, f"a {kind}: “{first}”"),) if first else ()


def _numbers(said: Reading, earlier: Mapping[int, str], known: frozenset[int]) -> tuple[News, ...]:
    told = []
    for what, many in sorted(said.counts, key=lambda count: said.spelled[count[1]]):
        if many in known or what not in said.spelled:
            continue
        number = f"{said.spelled[many]} {said.spelled[what]}"
        told.append(f"{number}, not {earlier[what]}" if what in earlier else number)
    return (News(Kind.NUMBER, f"a new number: {'; '.join(told[:_TOLD])}"),) if told else ()


def _names(said: Reading, known: frozenset[int]) -> tuple[News, ...]:
    fresh = [term for term in said.names if term not in known]
    if not fresh:
        return ()
    rare = rarities(np.array(fresh, np.uint32), said.languages, np.zeros(len(fresh), np.int64), 0)
    told = sorted(
        said.spelled[term] for term, rarity in zip(fresh, rare.tolist(), strict=True) if rarity >= RARE
    )
    return (News(Kind.NAME, f"a new name: {', '.join(told[:_TOLD])}"),) if told else ()


# Words by which newsrooms say that something is denied or confirmed, cut to stems as all words are.
_DENIALS = """
deny denies denied denial denying refutes refuted dementiert dementierte bestreitet bestritt dément démenti
démentent niega niegan negó desmiente desmintió smentisce nega desmente desmentiu отрицает отрицают
опроверг опровергла опровергли опровергает نفى نفت ينفي تنفي نفي تكذيب הכחיש הכחישה מכחיש تکذیب yalanladı 否认
"""
_CONFIRMATIONS = """
confirm confirms confirmed confirming confirmation bestätigt bestätigte bestätigten confirme confirmé
confirment confirma confirman confirmó confirmaron conferma confirmou подтвердил подтвердила подтвердили
подтверждает أكد أكدت يؤكد تأكيد אישר אישרה מאשר تایید doğruladı 证实 確認
"""
_CUES = {
    Kind.DENIAL: frozenset(terms_of(_DENIALS)),
    Kind.CONFIRMATION: frozenset(terms_of(_CONFIRMATIONS)),
}
