"""The rules as every lint needs them: their words gathered, their sets opened, forms at hand."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rules.engine.match import RuleSet
from rules.lint.finding import Feeds, Finding, Level, Sample
from rules.meaning import Forms, Phrase, nodes, phrase, terms
from rules.text.forms import Way
from rules.tree import And, Fact, Node, Or, Piece, Rule, SetName, Term


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word or phrase that rules and sets use: how it is compared, and where it stands."""

    term: Term
    way: Way
    phrase: Phrase
    where: list[tuple[str, str, Term]] = field(default_factory=list)  # rule or $set, text, place in it

    @property
    def owners(self) -> list[str]:
        return list(dict.fromkeys(owner for owner, _, _ in self.where))


class Desk:
    """What a run of the linter knows."""

    def __init__(
        self,
        ruleset: RuleSet,
        languages: Sequence[str],
        to: Mapping[str, frozenset[str]],
        feeds: Feeds | None,
        sample: Sample | None,
    ) -> None:
        self.ruleset, self.rules, self.sets = ruleset, ruleset.rules, ruleset.trees
        self.languages, self.to = languages, to
        self.feeds, self.sample = feeds, sample
        self.member_texts = {
            name: [entry if isinstance(entry, str) else entry.text for entry in entries]
            for name, entries in ruleset.sets.items()
        }
        self._phrases: dict[tuple[str, Way], Phrase] = {}

    # --- parts ---

    @cached_property
    def rare(self) -> Sequence[tuple[Rule, Node]]:
        """What rules have beside words, AND and OR, in the order of the rules; most have nothing."""
        return [
            (rule, node)
            for rule in self.rules.values()
            for node in nodes(rule.tree)
            if not isinstance(node, Term | And | Or)
        ]

    def asking(self, *names: str) -> Iterable[Rule]:
        """The rules with a fact of one of these names."""
        facts = ((rule.id, node) for rule, node in self.rare if isinstance(node, Fact))
        return map(self.rules.__getitem__, dict.fromkeys(id for id, fact in facts if fact.name in names))

    @property
    def named(self) -> Collection[str]:
        """The sets that rules name, for their words or for what is known of an article."""
        named = {node.name for _, node in self.rare if isinstance(node, SetName)}
        return named | {node.value for _, node in self.rare if isinstance(node, Fact) and node.test == "in"}

    # --- channels ---

    def meet(self, id: str, other: str) -> bool:
        """Do two rules tell the same channel?"""
        return not self.to or not self.to[id].isdisjoint(self.to[other])

    def goes_along(self, id: str, other: str) -> bool:
        """Does every channel of a rule get what the other finds?"""
        return not self.to or self.to[id] <= self.to[other]

    # --- words ---

    def phrase(self, term: Term, way: Way = Way.FORMS) -> Phrase:
        key = term.text, way
        if (found := self._phrases.get(key)) is None:
            found = self._phrases[key] = phrase(term, way, self.languages)
        return found

    @cached_property
    def spoken(self) -> Sequence[Spoken]:
        """Every word and phrase once, in the order of the rules."""
        found: dict[tuple[str, bool, Way], Spoken] = {}
        for owner, text, tree in self.texts():
            for term, way in terms(tree):
                key = term.text, term.quoted, way
                if (spoken := found.get(key)) is None:
                    spoken = found[key] = Spoken(term, way, self.phrase(term, way))
                spoken.where.append((owner, text, term))
        return list(found.values())

    @cached_property
    def forms(self) -> Forms:
        """Reads dictionaries: about a second for some languages."""
        plain = {
            meaning.plain
            for spoken in self.spoken
            for meaning in spoken.phrase
            if meaning.way is Way.FORMS and not meaning.wild and not meaning.parts
        }
        return Forms(plain, self.languages)

    # --- texts and places ---

    def texts(self) -> Iterator[tuple[str, str, Node]]:
        """(rule or $set, text, its tree) of every piece and every member."""
        for rule in self.rules.values():
            for piece in pieces(rule):
                yield rule.id, piece.text, piece.tree
        for name, trees in self.sets.items():
            for text, tree in zip(self.member_texts[name], trees, strict=True):
                yield f"${name}", text, tree

    def finding(
        self,
        id: str,
        level: Level,
        rule: Rule,
        node: Node,
        message: str,
        hint: str = "",
        also: Iterable[str] = (),
    ) -> Finding:
        """About a node of a rule, in the piece where it stands."""
        piece = next((piece for piece in pieces(rule) if _holds(piece.tree, node)), None)
        text = piece.text if piece else rule.text
        start, end = _place(node, text) if piece else (0, len(text))
        others = tuple(dict.fromkeys(other for other in also if other != rule.id))
        return Finding(id, level, rule.id, message, hint, start, end, text, others)

    def spoken_finding(self, id: str, level: Level, spoken: Spoken, message: str, hint: str = "") -> Finding:
        """About a word, where it stands first; the others that use it are named beside."""
        owner, text, term = spoken.where[0]
        start, end = _place(term, text)
        return Finding(id, level, owner, message, hint, start, end, text, tuple(spoken.owners[1:]))


def _place(node: Node, text: str) -> tuple[int, int]:
    """Where a node stands in a text; of one that was made and not written, all of it."""
    return (node.start, node.end) if node.end else (0, len(text))


def pieces(rule: Rule) -> Sequence[Piece]:
    return rule.pieces or (Piece(rule.text, rule.tree),)


def _holds(tree: Node, wanted: Node) -> bool:
    return any(node is wanted for node in nodes(tree))


def clauses(tree: Node) -> Iterator[Node]:
    """What has to hold together: the parts of an AND, and of ANDs in it."""
    if isinstance(tree, And):
        for part in tree.parts:
            yield from clauses(part)
    else:
        yield tree
