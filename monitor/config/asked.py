"""One rule of config.yaml or of a rule file: a text, or a table with conditions, channels and examples."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import rules
from monitor.config import conditions
from monitor.config import values as value_of
from monitor.config.book import Book, Schema, field_as_key, filled, many, one, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.model import Priority, Route
from rules import Piece, Problem, Rule, RuleError, Scoring
from rules.tree import Node as Tree


class Asked(NamedTuple):
    """A rule with what belongs to it, and where it stands; a tuple, since 100,000 are made."""

    book: Book
    node: Node
    id: Text | None
    route: Route
    must_match: tuple[Text, ...]
    must_not_match: tuple[Text, ...]
    rule: Rule
    texts: tuple[Text, ...]  # of its conditions, as they stand in the file
    where: conditions.Where | None
    words: Rule | None  # where it has a `where`: the rule without it, for its examples

    @property
    def place(self) -> Node:
        return self.texts[0] if self.texts else self.node

    @property
    def name(self) -> str:
        """For messages: never what ${…} stands for."""
        return shown(self.id or self.texts[0])

    def tell(self, error: RuleError) -> None:
        """What is wrong with one of its texts, there; what is wrong with the whole, where it begins."""
        for text in self.texts:
            if said(text) == error.text:
                return tell(self.book, text, error)
        facts = zip(self.where.trees, self.where.places, strict=True) if self.where else ()
        place = next((place for tree, place in facts if str(tree) == error.text), self.node)
        for problem in error.problems:
            self.book.add(place.start, problem.message, problem.hint)
        return None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a rule is read beside."""

    channel: str  # of rules that name none
    before: Mapping[str, Rule]  # by text: the rules of one text as the last reading left them


def ask(book: Book, node: Node, beside: Beside) -> Asked | None:
    """A rule of the file; None, with the problem told, if it cannot be one."""
    if problem := _no_rule(node):
        book.add_wrong(node, problem)
        return None
    given = book.table(node, RULE, "a rule") if isinstance(node, Table) else {"match": node}
    values = book.fields(given, RULE, "rules" if isinstance(node, Table) else "")
    if _POSITIVE.isdisjoint(given) and not (values.get("broad") and "where" in given):
        if given or (isinstance(node, Table) and not node.pairs):
            book.add(node.start, "this rule has no match", _SEEK)
        return None
    if not all(values.get(key) for key in given if key in _CONDITIONS):
        return None
    read = _composed if _MORE & given.keys() else _of_one_text
    if (parts := read(book, values, beside.before)) is None:
        return None
    return Asked(
        book,
        node,
        values.get("id"),
        Route(values.get("to") or (beside.channel,), values.get("priority", Priority.NORMAL)),
        values.get("must_match", ()),
        values.get("must_not_match", ()),
        *parts,
    )


Values = Mapping[str, Any]
# The rule, its texts, its `where`, and the rule without it; None: told what is wrong.
Parts = tuple[Rule, tuple[Text, ...], conditions.Where | None, Rule | None] | None

_SEEK = "write  match: missile + Iraq,  or a list of words under  all:  or  any:"
_POSITIVE = frozenset({"match", "all", "any", "score"})
_CONDITIONS = _POSITIVE | {"none", "where"}
_MORE = (_CONDITIONS | {"broad"}) - {"match"}


def _no_rule(node: Node) -> Wrong | None:
    if isinstance(node, List):
        return Wrong("a rule is a text, not a list", "write  - missile + Iraq  or  - match: missile + Iraq")
    if isinstance(node, Text) and node.raw.endswith((".yaml", ".yml")) and not node.style:
        return Wrong(f"{shown(node)} is the name of a file", f"write  {{file: {node.raw}}}")
    return field_as_key(node)


# --- a rule of one text ---------------------------------------------------------------------------------


def _of_one_text(book: Book, values: Values, before: Mapping[str, Rule]) -> Parts:
    text, id = values["match"], values.get("id")
    rule = _known(text, id, before) if before else None
    try:
        return rule or rules.rule(said(text), id.value if id else ""), (text,), None, None
    except RuleError as error:
        tell(book, text, error)
    return None


def _known(text: Text, id: Text | None, before: Mapping[str, Rule]) -> Rule | None:
    """The rule of the same text from the last reading: to name it costs a third of reading it."""
    if known := before.get(said(text)):
        named = id.value if id else rules.compose("", match=Piece(known.text, known.tree)).id
        return known if known.id == named else replace(known, id=named)
    return None


def said(text: Text) -> str:
    """| and > leave a line end."""
    return text.value.rstrip()


def tell(book: Book, text: Text, error: RuleError) -> None:
    for problem in error.problems:
        book.add_rule(text, _with_quotes(text, problem))


def _with_quotes(text: Text, problem: Problem) -> Problem:
    """`match: "Islamic State"` reaches us without its quotes."""
    bare = re.fullmatch(r"[\w'’-]+(?: [\w'’-]+)+", text.value) and not re.search(
        r"\b(AND|OR|NOT)\b", text.value
    )
    if text.style not in ("'", '"') or not bare:
        return problem
    return replace(problem, hint=f"YAML took the quotes off; for the phrase write  '\"{text.value}\"'")


# --- a rule of several ----------------------------------------------------------------------------------


def _composed(book: Book, values: Values, before: Mapping[str, Rule]) -> Parts:
    told = book.told
    match = (values["match"],) if "match" in values else ()
    lists = {key: values.get(key, ()) for key in ("all", "any", "none")}
    terms: Mapping[Text, int] = values["score"].terms if "score" in values else {}
    matches = _pieces(book, match, rules.parse)
    alls, anys, nones = (_pieces(book, texts, rules.entry) for texts in lists.values())
    weighed = tuple(zip(terms.values(), _pieces(book, terms, rules.entry), strict=False))
    if book.told > told:
        return None
    compose = partial(
        rules.compose,
        values["id"].value if "id" in values else "",
        all=alls,
        any=anys,
        none=nones,
        match=matches[0] if matches else None,
        score=Scoring(values["score"].at_least, weighed, values["score"].most) if terms else None,
    )
    where: conditions.Where | None = values.get("where")
    rule = compose(where=where.trees if where else (), broad=values.get("broad", False))
    texts = (*match, *lists["all"], *lists["any"], *lists["none"], *terms)
    return rule, texts, where, compose(broad=True) if where and texts else None


def _pieces(book: Book, texts: Iterable[Text], read: Callable[[str], Tree]) -> list[Piece]:
    """Those that can be read; the others are told."""
    pieces = []
    for text in texts:
        try:
            pieces.append(Piece(said(text), read(said(text))))
        except RuleError as error:
            tell(book, text, error)
    return pieces


# --- what a rule may say --------------------------------------------------------------------------------

_ID = re.compile(r"[\w.-]{1,80}")


def _id(text: Text) -> Text:
    if not _ID.fullmatch(value_of.given(text).value):
        raise Wrong(f"{shown(text)} is not an id", "letters, digits, - _ and . ; at most 80:  iran-missiles")
    return text


RULE: Schema = {
    "id": one(_id),
    "match": one(value_of.given),
    "all": conditions.entries,
    "any": conditions.entries,
    "none": conditions.entries,
    "score": conditions.score,
    "where": conditions.where,
    "broad": one(value_of.flag),
    "to": filled(value_of.channel),
    "priority": one(value_of.choice(Priority)),
    "must_match": many(value_of.given),
    "must_not_match": many(value_of.given),
}
