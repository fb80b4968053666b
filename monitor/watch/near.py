"""Near misses of a rule: the clause that keeps it from articles of which all its other clauses hold."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from monitor.alerts import matching
from monitor.facts import facts_of
from monitor.model import Article, StoredEntry
from monitor.watch.judging import clamp
from monitor.words import counted
from rules import Clause, Document, RuleSet
from rules.tree import And

LOOKED_AT = 500  # articles, the newest


def nearest(rules: RuleSet, rule: str, articles: Iterable[tuple[StoredEntry, Article]]) -> str:
    """What people read of them; empty: there is none, or the rule has no clauses that all must hold."""
    if not isinstance(rules.rules[rule].tree, And):
        return ""
    clauses = (rules.why(rule, document) for document in _documents(rules, articles))
    misses = Counter(filter(None, map(missed, clauses)))
    if not misses:
        return ""
    (place, text), count = misses.most_common(1)[0]
    return f"Nearest: {counted(count, 'article')} matched all but clause {place} ({clamp(text)})."


def missed(clause: Clause) -> tuple[int, str] | None:
    """The only clause that does not hold: its place and what it says."""
    failing = [(place, part.text) for place, part in enumerate(clause.children, 1) if not part.holds]
    return failing[0] if len(failing) == 1 and any(part.spans for part in clause.children) else None


def _documents(rules: RuleSet, articles: Iterable[tuple[StoredEntry, Article]]) -> Iterator[Document]:
    """Of articles in languages whose words the rules know, or in none that can be told."""
    for entry, article in articles:
        languages = tuple(language for language in article.languages if language in rules.languages)
        if languages or not article.languages:
            document = matching.document_of(article, facts_of(entry, article, entry.seen_at))
            yield replace(document, languages=languages)
