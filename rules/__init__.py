"""The rule language: text in, matches out. Pure: no clock, no file, no network, no log."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    body: str
    breaks: frozenset[int] = field(default_factory=frozenset)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    rule: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    rules: Mapping[str, Rule]

    def match(self, document: Document) -> tuple[Match, ...]:
        raise NotImplementedError
