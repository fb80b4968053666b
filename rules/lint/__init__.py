"""The linter: what rules say that their writers may not have meant. Pure; its page is docs/linter.md.

lint(ruleset, languages=("en", "ar"), sample=sample(ruleset, documents, days=30))
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from rules.engine.match import RuleSet
from rules.lint.alike import alike
from rules.lint.broad import broad, often, rates, stop_words
from rules.lint.desk import Desk
from rules.lint.facts import foreign, unknown
from rules.lint.finding import Feeds, Finding, Level, Sample, sample
from rules.lint.members import covered, unused
from rules.lint.never import never
from rules.lint.operators import far, left_out
from rules.lint.typos import typos
from rules.lint.words import capitals, look_alikes, wildcards

__all__ = ["TITLES", "Feeds", "Finding", "Level", "Sample", "lint", "sample"]

# L13, examples of its own that a rule does not hold to, is found where the examples are: in the config.
Lint = tuple[str, Callable[[Desk], Iterator[Finding]]]
_LINTS: tuple[Lint, ...] = (
    ("L01", never),
    ("L01", unknown),
    ("L01", foreign),
    ("L02", broad),
    ("L02", often),
    ("L03", alike),
    ("L04", unused),
    ("L04", covered),
    ("L05", left_out),
    ("L06", capitals),
    ("L07", wildcards),
    ("L08", far),
    ("L09", typos),
    ("L10", stop_words),
    ("L11", rates),
    ("L12", look_alikes),
)
TITLES = {
    "L01": "can never match",
    "L02": "matches nearly everything",
    "L03": "the same rule again",
    "L04": "a set or a member without use",
    "L05": "NOT where EXCEPT is meant",
    "L06": "capitals",
    "L07": "a wildcard that finds too much",
    "L08": "a NEAR as wide as an article",
    "L09": "a word that nobody knows",
    "L10": "a word that every article has",
    "L11": "how often a rule matches",
    "L12": "letters that are not what they seem",
    "L13": "its own examples say otherwise",
}


def lint(
    rules: RuleSet,
    *,
    languages: Sequence[str] = ("en",),
    to: Mapping[str, frozenset[str]] = MappingProxyType({}),
    feeds: Feeds | None = None,
    sample: Sample | None = None,
    ids: Collection[str] = TITLES.keys(),
    track: Callable[[Sequence[Lint]], Iterable[Lint]] = iter,
) -> tuple[Finding, ...]:
    """Everything found, by id. Reads the dictionaries of these languages.

    `to`: where the matches of each rule go; rules are only compared with rules that tell the same. Without
    `feeds` and `sample`, nothing is said of what they would have to show. `track` goes through the lints, and
    may show how far it is: of 100,000 rules they take half a minute.
    """
    desk = Desk(rules, languages, to, feeds, sample)
    return tuple(finding for id, find in track(_LINTS) if id in ids for finding in find(desk))
