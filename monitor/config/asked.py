"""One rule of config.yaml or of a rule file: a text, or a table with conditions, channels and examples."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import rules
from monitor.config import conditions
from monitor.config import values as value_of
from monitor.config.book import Book, Schema, field_as_key, filled, many, nearest, one, quoted, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.model import Escalation, Kept, Priority, Route, SlackSpec, Template, Timing
from rules import Piece, Problem, Rule, RuleError, Scoring
from rules.tree import Node as Tree

Values = Mapping[str, Any]


class Asked(NamedTuple):
    """A rule with what belongs to it, and where it stands; a tuple, since 100,000 are made."""

    book: Book
    start: int
    id: str  # as the file has it; empty: it has none
    route: Route
    must_match: tuple[Text, ...]
    must_not_match: tuple[Text, ...]
    rule: Rule
    texts: tuple[Text, ...]  # of its conditions, as they stand in the file
    where: conditions.Where | None
    words: Callable[[], Rule | None] | None  # makes the rule without its `where`, for its examples

    @property
    def place(self) -> int:
        return self.texts[0].start if self.texts else self.start

    @property
    def name(self) -> str:
        """For messages: never what ${…} stands for."""
        return quoted(self.id or self.texts[0].raw)

    def tell(self, error: RuleError) -> None:
        """What is wrong with one of its texts, there; what is wrong with the whole, where it begins."""
        for text in self.texts:
            if said(text) == error.text:
                return tell(self.book, text, error)
        facts = zip(self.where.trees, self.where.places, strict=True) if self.where else ()
        start = next((place.start for tree, place in facts if str(tree) == error.text), self.start)
        for problem in error.problems:
            self.book.add(start, problem.message, problem.hint)
        return None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a rule is read beside."""

    slack: SlackSpec  # what holds for rules that say nothing else
    tags: Mapping[str, Values] = field(default_factory=dict)  # what holds before that, by tag of the feed
    by_text: Mapping[str, Rule] = field(default_factory=dict)  # the rules of one text, at the last reading
    before: Kept = Kept()
    composed: dict[int, Rule] = field(default_factory=dict)  # for the next reading
    routes: dict[object, Route] = field(default_factory=dict)  # one of each, for 100,000 rules

    def route(self, values: Values) -> Route:
        said = tuple(values.get(key) for key in ROUTE)
        return self.routes.get(said) or self.routes.setdefault(said, self._made(values))

    def _made(self, values: Values) -> Route:
        own = {key: values[key] for key in ROUTE if key in values}
        tagged = tuple((tag, self._route({**asked, **own})) for tag, asked in self.tags.items())
        return replace(self._route(own), tagged=tagged)

    def _route(self, said: Values) -> Route:
        slack = self.slack
        return Route(
            said.get("to") or (slack.channel,),
            said.get("priority", Priority.NORMAL),
            said.get("mention", slack.mention),
            Timing(said.get("digest", slack.digest), said.get("quiet", slack.quiet), slack.time_zone),
            said.get("escalate"),
            said.get("template", Template.FULL),
        )


def ask(book: Book, node: Node, beside: Beside) -> Asked | None:
    """A rule of the file; None, with the problem told, if it cannot be one."""
    given = _given(book, node)
    values = book.fields(given, RULE, "rules" if isinstance(node, Table) else "")
    if "match" not in values and not _seeks(book, node, given, values):
        return None
    if _MORE.isdisjoint(given):
        parts = _of_one_text(book, values, beside.by_text) if "match" in values else None
    else:
        parts = None if _broken(given, values) else _composed(book, values, beside)
    if parts is None:
        return None
    return Asked(
        book,
        node.start,
        values["id"].raw if "id" in values else "",
        beside.route(values),
        values.get("must_match", ()),
        values.get("must_not_match", ()),
        *parts,
    )


# The rule, its texts, its `where`, and what makes it without that; None: told what is wrong.
Parts = tuple[Rule, tuple[Text, ...], conditions.Where | None, Callable[[], Rule | None] | None] | None

_POSITIVE = frozenset({"match", "all", "any", "score"})
_CONDITIONS = _POSITIVE | {"none", "where"}
_MORE = (_CONDITIONS | {"broad"}) - {"match"}


def _given(book: Book, node: Node) -> dict[str, Node]:
    """What is said of a rule; nothing, with the problem told, if it is none."""
    if isinstance(node, Table):
        if node.pairs and node.pairs[0][0].raw not in RULE and (wrong := field_as_key(node)):
            book.add_wrong(node, wrong)
            return {}
        return book.table(node, RULE, "a rule", _INSIDE)
    if isinstance(node, List):
        hint = "write  - missile + Iraq  or  - match: missile + Iraq"
        book.add(node.start, "a rule is a text, not a list", hint)
        return {}
    if node.raw.endswith((".yaml", ".yml")) and not node.style:
        book.add(node.start, f"{shown(node)} is the name of a file", f"write  {{file: {node.raw}}}")
        return {}
    return {"match": node}


_INSIDE = {key: f"it stands inside where:  where: {{{key}: …}}" for key in conditions.WHERE}
_INSIDE |= {name: f"it stands inside where:  where: {{{key}: …}}" for name, key in conditions.MEANT.items()}
_INSIDE |= {key: f"it stands inside score:  score: {{{key}: …}}" for key in conditions.SCORE}


def _seeks(book: Book, node: Node, given: Mapping[str, Node], values: Values) -> bool:
    """Does it ask for a word, or is it broad and asks for something else?"""
    if not _POSITIVE.isdisjoint(given) or (values.get("broad") and "where" in given):
        return True
    if given or node == Table((), node.start):
        hint = "write  match: missile + Iraq,  or a list of words under  all:  or  any:"
        book.add(node.start, "this rule has no match", hint)
    return False


def _broken(given: Mapping[str, Node], values: Values) -> bool:
    """Was a condition left out, because something in it is wrong?"""
    return any(key in _CONDITIONS and not values.get(key) for key in given)


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
        r"\b(AND|OR|NOT|NEAR|BEFORE|EXCEPT|OF|TIMES)\b", text.value
    )
    if text.style not in ("'", '"') or not bare or not problem.message.startswith("no operator"):
        return problem
    return replace(problem, hint=f"YAML took the quotes off; for the phrase write  '\"{text.value}\"'")


# --- a rule of several ----------------------------------------------------------------------------------


def _composed(book: Book, values: Values, beside: Beside) -> Parts:
    texts = tuple(_texts(values))
    examples = (*values.get("must_match", ()), *values.get("must_not_match", ()))
    if examples and not texts:
        what = "an example proves words, and this rule asks for none"
        book.add(examples[0].start, what, "leave it out")
        return None
    where: conditions.Where | None = values.get("where")
    facts, broad = where.trees if where else (), values.get("broad", False)
    seal = hash((values["id"].value if "id" in values else "", facts, broad, *_sayings(values)))
    rule = beside.before.composed.get(seal) or _made(book, values, facts, broad)
    if rule is None:
        return None
    beside.composed[seal] = rule
    return rule, texts, where, partial(_made, book, values, (), True) if where and examples else None


def _texts(values: Values) -> Iterator[Text]:
    """Of its conditions on words."""
    yield from (values["match"],) if "match" in values else ()
    for key in _LISTS:
        yield from values.get(key, ())
    yield from values["score"].terms if "score" in values else ()


def _sayings(values: Values) -> Iterator[object]:
    """What the file says of words; of two rules that are not the same it is not the same."""
    yield values["match"].value if "match" in values else ""
    for key in _LISTS:
        yield tuple(text.value for text in values.get(key, ()))
    if score := values.get("score"):
        yield score.at_least, score.most, tuple((text.value, weight) for text, weight in score.terms.items())


_LISTS = ("all", "any", "none")


def _made(book: Book, values: Values, facts: Sequence[Tree], broad: bool) -> Rule | None:
    """The rule; None, with the problems told, if a text of it cannot be read."""
    told = book.told
    matches = _pieces(book, [values["match"]] if "match" in values else [], rules.parse)
    alls, anys, nones = (_pieces(book, values.get(key, ()), rules.entry) for key in _LISTS)
    score: conditions.Weights | None = values.get("score")
    weights = score.terms.values() if score else ()
    terms = _pieces(book, score.terms, rules.entry) if score else []
    if score:
        _tell_repeated(book, dict(zip(score.terms, terms, strict=False)))
    if book.told > told:
        return None
    return rules.compose(
        values["id"].value if "id" in values else "",
        all=alls,
        any=anys,
        none=nones,
        match=matches[0] if matches else None,
        score=score and Scoring(score.at_least, [*zip(weights, terms, strict=True)], score.most),
        where=facts,
        broad=broad,
    )


def _tell_repeated(book: Book, terms: Mapping[Text, Piece]) -> None:
    """Two texts of one score that are the same part: missile and "missile"."""
    first: dict[Tree, Text] = {}
    for text, piece in terms.items():
        if (other := first.setdefault(piece.tree, text)) is not text:
            what = f"{shown(text)} is the same as {shown(other)}"
            book.add(text.start, what, f"that is in {book.line_of(other.start)}; keep one")


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


def _escalate(book: Book, node: Node) -> Escalation | None:
    given = book.table(node, ESCALATE, "escalate")
    values = book.fields(given, ESCALATE, "escalate")
    for key in ("newsrooms", "mention"):
        if key not in given:
            raise Wrong(f"there is no {key}", 'write  escalate: {newsrooms: 3, mention: "@desk"}')
    return Escalation(values["newsrooms"], values["mention"]) if len(values) == len(given) else None


ESCALATE: Schema = {
    "newsrooms": one(value_of.whole(2, 1000)),
    "mention": filled(value_of.mention),
}
ROUTE: Schema = {
    "to": filled(value_of.target),
    "priority": one(value_of.choice(Priority)),
    "mention": many(value_of.mention),
    "digest": many(value_of.times),
    "quiet": many(value_of.hours),
    "escalate": _escalate,
    "template": one(value_of.choice(Template)),
}
RULE: Schema = {
    "id": one(_id),
    "match": one(value_of.given),
    "all": conditions.entries,
    "any": conditions.entries,
    "none": conditions.entries,
    "score": conditions.score,
    "where": conditions.where,
    "broad": one(value_of.flag),
    **ROUTE,
    "must_match": filled(value_of.given),
    "must_not_match": filled(value_of.given),
}


def read_tags(book: Book, node: Node | None, known: Collection[str] | None) -> Mapping[str, Values]:
    """What rules say of the articles of feeds with a tag, unless they say otherwise; by tag.

    `known`: those that feeds have; None: lists may bring others.
    """
    if node is None or (isinstance(node, Text) and not node.raw):
        return {}
    if not isinstance(node, Table):
        book.add(node.start, "tags must be a table of  tag: {key: value}  lines", _A_TAG)
        return {}
    tags: dict[str, Values] = {}
    for tag, asked in node.pairs:
        if tag.raw in tags:
            book.add(tag.start, f"the tag {shown(tag)} stands twice", "keep one")
        if known is not None and tag.raw not in known:
            meant = nearest(tag.raw, known)
            book.notes.append(f"tags: no feed has the tag {shown(tag)}" + f"; {meant}" * bool(meant))
        tags[tag.raw] = book.fields(book.table(asked, ROUTE, f"the tag {shown(tag)}"), ROUTE, "tags")
    return tags


_A_TAG = 'write  middle-east: {to: "#middle-east"}'
