"""How a rule could be narrowed that found a word in a sense nobody meant. It proposes; people write rules.

Each proposal would have kept this alert back. What else it would have kept back, of all that the rule told in
the last 30 days, is counted by what people said of it.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import rules
from monitor.alerts import matching
from monitor.facts import facts_of, source_of
from monitor.model import ActionKind, Config
from monitor.store import actions, entries
from monitor.store.actions import About
from monitor.store.db import Tx
from monitor.words import counted
from rules import Clause, Document, Rule, RuleError, RuleErrors, RuleSet, Span

BACK = timedelta(days=30)
LOOKED_AT = 300  # alerts of the rule, the newest
RULES, SHOWN, LEAVES = 3, 3, 4
NEIGHBOUR = re.compile(r"[^\W\d_]{4,}")  # shorter ones are mostly words that stand beside any word
BESIDE = 40  # characters before and after a word in which its neighbours stand
_BEFORE, _AFTER = re.compile(r"([^\W\d_]+)[ \u00a0]+$"), re.compile(r"^[ \u00a0]+([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """`match`: the rule as it could be. `removed`: by what people said of those alerts; None: nothing."""

    rule: str
    match: str
    removed: Counter[ActionKind | None]
    told: int  # alerts of the rule that were looked at

    @property
    def line(self) -> str:
        """As config.yaml takes it: JSON is YAML."""
        id, match = (json.dumps(text, ensure_ascii=False) for text in (self.rule, self.match))
        return f"- {{id: {id}, match: {match}}}"

    @property
    def effect(self) -> str:
        said = [
            f"{self.removed[ActionKind.RELEVANT]} that people marked relevant",
            f"{self.removed[ActionKind.WRONG] + self.removed[ActionKind.OLD]} marked wrong or old",
            f"{self.removed[None]} not marked",
        ]
        told = counted(self.told, "alert")
        return f"would have kept back {self.removed.total()} of {told} of the last 30 days: {', '.join(said)}"


def of_message(tx: Tx, row_id: int, settings: Config, now: datetime) -> Sequence[Proposal]:
    about = actions.about(tx, row_id)
    return proposals(tx, about, settings, now) if about else ()


def proposals(tx: Tx, about: About, settings: Config, now: datetime) -> Sequence[Proposal]:
    """Those that cost fewest relevant alerts first; none where the rule is not written as one text."""
    found = [
        one
        for name in about.rules[:RULES]
        if (rule := settings.rules.rules.get(name))
        for one in of_rule(tx, rule, about, settings, now)
    ]
    found.sort(key=lambda one: (one.removed[ActionKind.RELEVANT], one.removed.total()))
    return found[:SHOWN]


def of_rule(tx: Tx, rule: Rule, about: About, settings: Config, now: datetime) -> Iterator[Proposal]:
    documents = [one for entry_id in about.entries if (one := document_of(tx, entry_id))]
    known = rules.compile([rule], settings.rules.sets)
    matched = [one for one in documents if known.matches(rule.id, one)]
    if not matched:
        return
    narrower = [
        (text, compiled)
        for text in dict.fromkeys(wordings(rule, known, matched[0], about))
        if (compiled := compiled_as(text, settings)) and not any(map(holds_in(compiled), matched))
    ]
    told = [
        (one, verdict)
        for entry_id, verdict in actions.told_of(tx, rule.id, now - BACK, LOOKED_AT)
        if (one := document_of(tx, entry_id)) and known.matches(rule.id, one)
    ]
    for text, compiled in narrower:
        holds = holds_in(compiled)
        removed = Counter(verdict for document, verdict in told if not holds(document))
        yield Proposal(rule.id, text, removed, len(told))


def document_of(tx: Tx, entry_id: int) -> Document | None:
    entry, article = entries.by_id(tx, [entry_id]).get(entry_id), entries.article(tx, entry_id)
    return (
        matching.document_of(article, facts_of(entry, article, entry.seen_at)) if entry and article else None
    )


def compiled_as(text: str, settings: Config) -> RuleSet | None:
    """None: it is no rule."""
    try:
        return rules.compile([rules.rule(text)], settings.rules.sets)
    except (RuleError, RuleErrors):
        return None


def holds_in(ruleset: RuleSet) -> Callable[[Document], bool]:
    [name] = ruleset.rules
    return lambda document: ruleset.matches(name, document)


# --- wordings ----------------------------------------------------------------------------------------------


def wordings(rule: Rule, known: RuleSet, document: Document, about: About) -> Iterator[str]:
    """The rule without a phrase round one of its words, without a neighbour, without this source."""
    for leaf in list(leaves(known.why(rule.id, document)))[:LEAVES]:
        for phrase, neighbour in phrases(document, leaf):
            yield replaced(rule.text, leaf.text, f'({leaf.text} EXCEPT "{phrase}")')
            yield replaced(rule.text, leaf.text, f"({leaf.text} NOT NEAR/5 {neighbour})")
    for host in about.hosts[:1]:
        yield f"({rule.text}) AND NOT source:{source_of(f'https://{host}/')}"


def leaves(clause: Clause) -> Iterator[Clause]:
    """The words of a rule that stand in the article."""
    if clause.children:
        for child in clause.children:
            yield from leaves(child)
    elif clause.spans:
        yield clause


def phrases(document: Document, leaf: Clause) -> Iterator[tuple[str, str]]:
    """(phrase, neighbour): the first place of a word with the word before it, and with the one after."""
    place: Span = leaf.spans[0]
    text = document.title if place.field == "title" else document.body
    word = text[place.start : place.end]
    before = _BEFORE.search(text[max(0, place.start - BESIDE) : place.start])
    after = _AFTER.search(text[place.end : place.end + BESIDE])
    if before and NEIGHBOUR.fullmatch(before[1]):
        yield f"{before[1]} {word}", before[1]
    if after and NEIGHBOUR.fullmatch(after[1]):
        yield f"{word} {after[1]}", after[1]


def replaced(text: str, word: str, by: str) -> str:
    """Its first place as a word of its own; as it was where it is none."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _: by, text, count=1)
