"""One rule of config.yaml or of a rule file: a text, or a table with conditions, channels and examples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import rules
from monitor.config import values as value_of
from monitor.config.book import Book, Schema, many, one, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.model import Priority, Route
from rules import Problem, Rule, RuleError


class Asked(NamedTuple):
    """A rule with what belongs to it, and where it stands; a tuple, since 100,000 are made."""

    rule: Rule
    book: Book
    texts: tuple[Text, ...]  # of its conditions; what is wrong with the whole is told at the first
    id: Text | None
    route: Route
    must_match: tuple[Text, ...] = ()
    must_not_match: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """For messages: never what ${…} stands for."""
        return shown(self.id or self.texts[0])


@dataclass(frozen=True, slots=True)
class Beside:
    """What a rule is read beside."""

    channel: str  # of rules that name none
    before: Mapping[str, Rule]  # by text: the rules of one text as the last reading left them


def ask(book: Book, node: Node, beside: Beside) -> Asked | None:
    """A rule of the file; None, with the problem told, if it cannot be one."""
    if isinstance(node, List):
        hint = "write  - missile + Iraq  or  - match: missile + Iraq"
        book.add(node.start, "a rule is a text, not a list", hint)
        return None
    if isinstance(node, Text) and node.raw.endswith(_YAML) and not node.style:
        book.add(node.start, f"{shown(node)} is the name of a file", f"write  {{file: {node.raw}}}")
        return None
    given = _pairs(book, node) if isinstance(node, Table) else {"match": node}
    values = book.fields(given, RULE, "rules" if isinstance(node, Table) else "")
    if "match" not in given and (given or (isinstance(node, Table) and not node.pairs)):
        book.add(node.start, "this rule has no match", "write  match: missile + Iraq")
    if "match" not in values:
        return None
    rule = _of_one_text(book, values, beside.before)
    return _asked(book, rule, values, beside) if rule else None


_YAML = (".yaml", ".yml")


def _pairs(book: Book, node: Table) -> dict[str, Node]:
    """YAML makes a table of `- title: missile`, which was meant as `title:missile`."""
    first = node.pairs[0][0] if node.pairs else None
    if first and (scoped := _SCOPED.fullmatch(first.raw)):
        word = scoped[1]
        book.add(
            first.start,
            'in YAML ": " makes a key of what stands before it',
            f"write  {word}:missile  without the space",
        )
        return {}
    return book.table(node, RULE, "a rule")


_SCOPED = re.compile(r"(?:.*[\s(])?(title|body|exact|case)", re.DOTALL)


def _of_one_text(book: Book, values: Mapping[str, Any], before: Mapping[str, Rule]) -> Rule | None:
    text, id = values["match"], values.get("id")
    said = text.value.rstrip()  # | and > leave a line end
    if id and (known := before.get(said)):
        return known if known.id == id.value else replace(known, id=id.value)
    try:
        return rules.rule(said, id.value if id else "")
    except RuleError as error:
        for problem in error.problems:
            book.add_rule(text, _with_quotes(text, problem))
    return None


def _with_quotes(text: Text, problem: Problem) -> Problem:
    """`match: "Islamic State"` reaches us without its quotes."""
    bare = re.fullmatch(r"[\w'’-]+(?: [\w'’-]+)+", text.value) and not re.search(
        r"\b(AND|OR|NOT)\b", text.value
    )
    if text.style not in ("'", '"') or not bare:
        return problem
    return replace(problem, hint=f"YAML took the quotes off; for the phrase write  '\"{text.value}\"'")


def _asked(book: Book, rule: Rule, values: Mapping[str, Any], beside: Beside) -> Asked:
    return Asked(
        rule=rule,
        book=book,
        texts=(values["match"],),
        id=values.get("id"),
        route=Route(values.get("to") or (beside.channel,), values.get("priority", Priority.NORMAL)),
        must_match=values.get("must_match", ()),
        must_not_match=values.get("must_not_match", ()),
    )


_ID = re.compile(r"[\w.-]{1,80}")


def _id(text: Text) -> Text:
    if not _ID.fullmatch(value_of.given(text).value):
        raise Wrong(f"{shown(text)} is not an id", "letters, digits, - _ and . ; at most 80:  iran-missiles")
    return text


def _channels(book: Book, node: Node) -> tuple[str, ...]:
    if isinstance(node, List) and not node.values:
        raise Wrong("this list is empty", "name a channel, or leave the line out")
    return many(value_of.channel)(book, node)


RULE: Schema = {
    "id": one(_id),
    "match": one(value_of.given),
    "to": _channels,
    "priority": one(value_of.choice(Priority)),
    "must_match": many(value_of.given),
    "must_not_match": many(value_of.given),
}
