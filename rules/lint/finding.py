"""What the linter says, and what it is told besides the rules."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.document import Document
from rules.engine.match import RuleSet
from rules.text.words import words


class Level(StrEnum):
    ERROR = "error"  # it cannot work
    WARNING = "warning"  # it hardly means what it says
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule says that its writer may not have meant.

    `start` and `end` are offsets in `text`, the rule's own or that of one of its pieces. `also` are the other
    rules and sets of which the same is to be said.
    """

    id: str  # L01 to L13
    level: Level
    rule: str  # its id; of a set, `$name`; empty: of no rule in particular
    message: str
    hint: str = ""  # what to write instead
    start: int = 0
    end: int = 0
    text: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feeds:
    """What articles can come with. `whole`: every feed has said what it is called."""

    names: frozenset[str] = frozenset()  # the names and addresses of the feeds
    hosts: frozenset[str] = frozenset()  # of the feeds, and of every article that is stored
    tags: frozenset[str] = frozenset()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Recent articles, counted."""

    articles: int
    days: float  # from the oldest of them until now
    matched: Mapping[str, int]  # by rule
    words: Mapping[str, int] = field(default_factory=dict)  # folded: how many articles have it
    names: frozenset[str] = frozenset()  # those of the words that are mostly written with a capital
    languages: Mapping[str, int] = field(default_factory=dict)


def sample(rules: RuleSet, documents: Iterable[Document], days: float) -> Sample:
    """Counts the words and the matches of these documents."""
    articles = 0
    matched, seen, capital, languages = (Counter[str]() for _ in range(4))
    for document in documents:
        articles += 1
        matched.update(match.rule for match in rules.match(document))
        languages.update(document.languages)
        spelled = dict(_spelled(document))
        seen.update(spelled.keys())
        capital.update(word for word, text in spelled.items() if text[:1].isupper())
    names = frozenset(word for word, count in capital.items() if 2 * count > seen[word])
    return Sample(articles, days, matched, seen, names, languages)


def _spelled(document: Document) -> Iterable[tuple[str, str]]:
    """Each word and how it is written last, which is seldom at the start of a sentence."""
    for text in (document.title, document.body):
        yield from ((word.folded, text[word.start : word.end]) for word in words(text))
