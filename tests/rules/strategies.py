"""Rules and articles for hypothesis: every operator inside every other, in few words."""

from hypothesis import strategies as st

from rules import Document, Facts
from rules.tree import (
    And,
    AtLeast,
    Except,
    Fact,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Regex,
    Scope,
    Score,
    SetName,
    Term,
    Times,
    Tongue,
    Window,
)
from tests.rules.chance import FACTS, IN_SETS, KNOWN, LANGUAGES, PHRASES, REGEXES, TEXT, WILD, WORDS

REACH = st.integers(0, 4)
WAYS = st.sampled_from(["exact", "case", "stem"])
SETS = st.sampled_from(["arms", "who", "many"]).map(SetName)

TERMS: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(WORDS + WILD).map(Term),
    st.sampled_from(WORDS + PHRASES).map(lambda text: Term(text, True)),
    st.sampled_from(REGEXES).map(Regex),
    SETS,
)


def _facts() -> st.SearchStrategy[Node]:
    def of(name: str) -> st.SearchStrategy[Node]:
        tests = ["<", "<=", ">", ">="] if name in ("age", "words") else ["is"]
        return st.builds(Fact, st.just(name), st.sampled_from(FACTS[name]), st.sampled_from(tests))

    named = st.sampled_from(IN_SETS).map(lambda name: Fact(name, "sites", "in"))
    return st.sampled_from(sorted(FACTS)).flatmap(of) | named


def _row(nodes: st.SearchStrategy[Node], least: int = 2) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(nodes, min_size=least, max_size=3).map(tuple)


def _close_more(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        _row(inside).map(Or),
        st.builds(Near, inside, inside, REACH, st.booleans()),
        st.builds(Window, _row(inside), st.integers(0, 8), st.booleans()),
        st.builds(Scope, WAYS, inside),
    )


def _placed_more(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    away = st.builds(NotNear, inside, inside, REACH) | st.builds(Except, inside, inside)
    return away | _close_more(inside)


# What stands at places; and of these what more text can only add to.
PLACED = st.recursive(TERMS, _placed_more, max_leaves=4)
CLOSE = st.recursive(TERMS, _close_more, max_leaves=4)
POSITIVE = st.recursive(CLOSE, lambda inside: _row(inside).map(And) | _row(inside).map(Or), max_leaves=4)


def _at_least(parts: tuple[Node, ...]) -> st.SearchStrategy[Node]:
    return st.integers(1, len(parts)).map(lambda count: AtLeast(count, parts))


def _joined_more(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    where = st.sampled_from(["text", "title", "body", "lead", "sentence", "paragraph"])
    return st.one_of(
        _row(inside).map(And),
        _row(inside).map(Or),
        inside.map(Not),
        st.builds(Scope, where, inside),
        st.builds(Scope, WAYS, inside),
        st.builds(Scope, st.just("first"), inside, st.integers(1, 6)),
        _row(inside).flatmap(_at_least),
        SETS.flatmap(lambda named: st.builds(AtLeast, st.integers(1, 2), st.just((named,)))),
        st.builds(Times, st.integers(1, 3), PLACED),
    )


# What a rule's text can say, and what only YAML can.
TREES = st.recursive(PLACED | _facts(), _joined_more, max_leaves=5)
WEIGHED = st.lists(st.tuples(st.sampled_from([-10, 5, 10, 20]), TREES), min_size=1, max_size=3).map(tuple)
YAML_TREES = st.one_of(
    TREES,
    st.builds(Score, st.sampled_from([5, 10, 20]), WEIGHED, st.integers(1, 3)),
    st.builds(Tongue, st.sampled_from(["en", "fr", "ar"]), st.sampled_from(WORDS).map(Term)),
)

TEXTS = st.lists(st.sampled_from([*TEXT, ".", "?", "。"]), max_size=12).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    body = "\n".join(draw(st.lists(TEXTS, max_size=3)))
    newlines = [at for at, char in enumerate(body) if char == "\n"]
    breaks = draw(st.sets(st.sampled_from(newlines))) if newlines else set()
    facts = Facts(**{name: draw(st.sampled_from(values)) for name, values in KNOWN.items()})
    return Document(draw(TEXTS), body, frozenset(breaks), draw(st.sampled_from(LANGUAGES)), facts)
