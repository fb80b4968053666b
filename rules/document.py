"""What goes into a set of rules and what comes out: documents, and matches with their places."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an article beside its words; empty where it is not known."""

    source: str = ""  # host of its address, lower case, without a port
    feeds: tuple[str, ...] = ()  # what its feed is called: the name, the address
    country: str = ""  # of the source, two capital letters (ISO 3166)
    categories: tuple[str, ...] = ()  # the publisher's
    tags: tuple[str, ...] = ()  # the operator's, of the feed
    author: str = ""
    url: str = ""
    age: float | None = None  # seconds since it was published, or first seen


@dataclass(frozen=True, slots=True)
class Document:
    """What rules see of an article: `body` is its blocks joined by newlines, each a paragraph.

    `breaks` are offsets in the body that no phrase and no NEAR crosses, as none goes from title to body.
    `languages` are codes of two letters (ISO 639-1), the likeliest first; a rule that holds under one of them
    holds. Empty: English.
    """

    title: str
    body: str
    breaks: frozenset[int] = field(default_factory=frozenset)
    languages: tuple[str, ...] = ()
    facts: Facts = Facts()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a field, "title" or "body"."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, and the words that made it so: sorted, each once, the title's first.

    `parts`: of a rule that is an AND, the words of each part that has some; else nothing.
    """

    rule: str
    spans: tuple[Span, ...]
    parts: tuple[tuple[Span, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a rule in one document: does it hold, and by which words. Of a set, the members found.

    `note` says by how much it fails, or what was compared: `12 words apart`, `1 of 2`, `language: fr`.
    """

    text: str
    holds: bool
    spans: tuple[Span, ...]
    children: tuple["Clause", ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of a set that counts in articles of one language only; empty: of any."""

    text: str
    language: str = ""
