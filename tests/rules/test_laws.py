"""What holds for every rule and every text."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules import Document, RuleError, RuleErrors, RuleSet, compile, parse, rule, sentences, words
from rules.tree import And, Except, Near, Node, Not, NotNear, Or, Scope, SetName, Term
from tests.rules.slow import judge

SETS = {"arms": ["missile", "rocket", "cruise missile", "munition*"], "who": ["WHO", "Su-35"]}
WORDS = [
    "missile",
    "rocket",
    "Iraq",
    "Su-35",
    "su35",
    "US",
    "WHO",
    "strike",
    "café",
    "عراق",
    "导弹",
    "mis*",
    "r?cket",
]
PHRASES = ["cruise missile", "missile * Iraq", "Su 35", "US strike", "rocket rocket", "missiles"]
TEXT_WORDS = [
    *(
        "missile",
        "missiles",
        "Missile",
        "rocket",
        "rockets",
        "cruise",
        "Iraq",
        "IRAQ",
        "Iraq's",
        "strike",
        "struck",
    ),
    *(
        "Su-35",
        "Su",
        "35",
        "su35",
        "US",
        "us",
        "WHO",
        "who",
        "KILLED",
        "THE",
        "2019",
        "of",
        "US-Iraq",
        "mis-rocket",
    ),
    *("CAFÉ", "cafe", "cafe\u0301", "العراق", "عراق", "导", "弹", "导弹", "missile-rocket"),
]

LAW = settings(deadline=None)  # the first to ask reads the dictionary


def terms() -> st.SearchStrategy[Node]:
    bare = st.sampled_from(WORDS).map(Term)
    quoted = st.sampled_from(WORDS + PHRASES).map(lambda text: Term(text, True))
    return bare | quoted | st.sampled_from(sorted(SETS)).map(SetName)


def _both(nodes: st.SearchStrategy[Node], least: int = 2) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(nodes, min_size=least, max_size=3).map(tuple)


def _placed_more(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    reach = st.integers(0, 4)
    return st.one_of(
        _both(inside).map(Or),
        st.builds(Near, inside, inside, reach, st.booleans()),
        st.builds(NotNear, inside, inside, reach),
        st.builds(Except, inside, inside),
        st.builds(Scope, st.sampled_from(["exact", "case"]), inside),
    )


def _joined_more(inside: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        _both(inside).map(And),
        _both(inside).map(Or),
        inside.map(Not),
        st.builds(Scope, st.sampled_from(["title", "body", "exact", "case"]), inside),
    )


PLACED = st.recursive(terms(), _placed_more, max_leaves=4)
TREES = st.recursive(PLACED, _joined_more, max_leaves=5)
TEXTS = st.lists(st.sampled_from(TEXT_WORDS), max_size=12).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    blocks = draw(st.lists(TEXTS, max_size=3))
    body = "\n".join(blocks)
    newlines = [at for at, char in enumerate(body) if char == "\n"]
    breaks = draw(st.sets(st.sampled_from(newlines))) if newlines else set()
    return Document(draw(TEXTS), body, frozenset(breaks))


def compiled(*trees: Node) -> RuleSet | None:
    """None where a rule is refused, as one that nothing must be there for."""
    try:
        return compile([rule(str(tree), str(number)) for number, tree in enumerate(trees)], SETS)
    except RuleErrors:
        return None


def fires(tree: Node, document: Document) -> bool:
    """A word that stands nowhere is added, so that no rule is refused for being only NOT."""
    both = compiled(And((tree, Term("anchor"))))
    assume(both is not None)  # title: inside body: is refused
    assert both
    return bool(both.match(Document(document.title, f"{document.body}\nanchor", document.breaks)))


# --- the text of a rule ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "missile",
            "AND",
            "OR",
            "NOT",
            "NEAR/3",
            "BEFORE/2",
            "EXCEPT",
            "+",
            "(",
            ")",
            "and",
            "or",
            "!",
        ),
        *(
            '"',
            "“",
            "”",
            "title:",
            "x:",
            "case:",
            "lead:",
            "$s",
            "$",
            "*",
            "?",
            ",",
            ":",
            "2",
            "OF",
            "TIMES",
            "W/5",
        ),
        *("NEAR", "-", "/", "&&", "\n", "\u200b", "é", "导", "NEAR/99999"),
    ]
)


@given(st.text() | st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join))
@settings(LAW, max_examples=300)
def test_only_rule_errors_escape_and_their_places_are_inside_the_text(text: str) -> None:
    try:
        parse(text)
    except RuleError as error:
        assert error.problems
        for problem in error.problems:
            assert 0 <= problem.start <= problem.end <= len(text)
            assert problem.message and problem.hint and problem.message in str(error)


@given(TREES)
@settings(LAW, max_examples=300)
def test_a_tree_writes_a_rule_that_parses_to_itself(tree: Node) -> None:
    assert parse(str(tree)) == tree


@given(st.lists(PIECES, max_size=10).map(" ".join))
@LAW
def test_what_parses_is_written_so_that_it_parses_again(text: str) -> None:
    try:
        tree = parse(text)
    except RuleError:
        return
    assert parse(str(tree)) == tree
    assert str(parse(str(tree))) == str(tree)


@given(TREES)
@LAW
def test_places_in_a_tree_point_at_what_they_are(tree: Node) -> None:
    text = str(tree)
    waiting = [parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Term):
            assert node.text in text[node.start : node.end]
        assert 0 <= node.start < node.end <= len(text)
        waiting += [getattr(node, name) for name in ("part", "left", "right") if hasattr(node, name)]
        waiting += getattr(node, "parts", ())


# --- matching ----------------------------------------------------------------------------------------------


@given(TREES, documents())
@settings(LAW, max_examples=400)
def test_the_fast_and_the_obvious_evaluator_agree(tree: Node, document: Document) -> None:
    ruleset = compiled(tree)
    if ruleset is None:
        return
    found = ruleset.match(document)
    assert (set(found[0].spans) if found else None) == judge(tree, document, SETS)
    assert ruleset.why("0", document).holds is bool(found)


@given(PLACED, documents())
@settings(LAW, max_examples=300)
def test_they_agree_on_nested_places(tree: Node, document: Document) -> None:
    ruleset = compiled(tree)
    assert ruleset
    found = ruleset.match(document)
    assert (set(found[0].spans) if found else None) == judge(tree, document, SETS)


@given(TREES, documents())
@LAW
def test_a_match_shows_words_that_stand_in_the_text(tree: Node, document: Document) -> None:
    ruleset = compiled(tree)
    for match in ruleset.match(document) if ruleset else ():
        assert match.spans
        assert len(set(match.spans)) == len(match.spans)
        assert list(match.spans) == sorted(
            match.spans, key=lambda span: (span.field == "body", span.start, span.end)
        )
        for span in match.spans:
            text = document.title if span.field == "title" else document.body
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()


@given(TREES, TREES, documents())
@LAW
def test_or_never_loses_and_and_never_gains(one: Node, two: Node, document: Document) -> None:
    alone = fires(one, document)
    assert fires(Or((one, two)), document) >= alone
    assert fires(And((one, two)), document) <= alone
    assert fires(Not(one), document) is not alone


@given(PLACED, PLACED, st.integers(0, 5), documents())
@LAW
def test_near_grows_with_its_number_and_is_either_order(
    one: Node, two: Node, reach: int, document: Document
) -> None:
    close = fires(Near(one, two, reach), document)
    assert close <= fires(Near(one, two, reach + 1), document) <= fires(And((one, two)), document)
    orders = (Near(one, two, reach, True), Near(two, one, reach, True))
    assert close is any(fires(order, document) for order in orders)
    assert close is fires(Near(two, one, reach), document)


@given(PLACED, PLACED, st.integers(0, 5), documents())
@LAW
def test_except_and_not_near_only_take_away(one: Node, two: Node, reach: int, document: Document) -> None:
    assert fires(Except(one, two), document) <= fires(one, document)
    assert fires(NotNear(one, two, reach + 1), document) <= fires(NotNear(one, two, reach), document)
    assert fires(NotNear(one, two, reach), document) <= fires(one, document)


@given(st.sampled_from(WORDS), TEXTS, TEXTS)
@LAW
def test_adding_text_never_removes_a_word(word: str, text: str, more: str) -> None:
    before = fires(Term(word), Document("", text))
    # A line of its own: WHO among shouted words is no WHO.
    assert fires(Term(word), Document("", f"{text}\n{more}")) >= before


@given(TREES, documents())
@LAW
def test_rules_do_not_disturb_each_other(tree: Node, document: Document) -> None:
    alone, together = compiled(tree), compiled(tree, Near(Term("missile"), Term("Iraq"), 40), Term("US"))
    if alone and together:
        found = [match for match in together.match(document) if match.rule == "0"]
        assert found == list(alone.match(document))


# --- words and sentences -----------------------------------------------------------------------------------


@given(st.text() | TEXTS)
@LAW
def test_words_stand_where_they_say_in_order(text: str) -> None:
    end = 0
    for position, word in enumerate(words(text)):
        assert end <= word.start < word.end <= len(text)
        assert word.position == position
        assert word.folded
        end = word.end


@given(st.text(alphabet='Mr. US.\n”"?!A b。「」؟ ') | st.text())
@LAW
def test_sentences_cover_all_that_is_not_space(text: str) -> None:
    ranges = sentences(text)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in ranges)
    assert all(one[1] <= two[0] for one, two in zip(ranges, ranges[1:], strict=False))
    assert "".join("".join(text[start:end].split()) for start, end in ranges) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "NOT " * 50_000, "title:" * 50_000, "a " * 50_000, '"' * 50_001]
)
def test_a_monstrous_text_is_one_readable_error(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert len(str(caught.value)) < 20_000
