"""What holds for every rule and every text."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules import (
    Document,
    Piece,
    Rule,
    RuleError,
    RuleErrors,
    RuleSet,
    compile,
    compose,
    entry,
    parse,
    rule,
    sentences,
    words,
)
from rules.tree import (
    And,
    AtLeast,
    Except,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Scope,
    Term,
    Times,
    Window,
    children,
)
from tests.rules.chance import SETS, WORDS
from tests.rules.slow import judge
from tests.rules.strategies import PLACED, POSITIVE, REACH, TEXTS, TREES, YAML_TREES, documents

LAW = settings(deadline=None)  # the first to ask reads the dictionary


def compiled(*trees: Node) -> RuleSet:
    """Each under its number. What is refused, as title: inside body: is, ends the example."""
    try:
        given = [Rule(str(number), str(tree), tree, broad=True) for number, tree in enumerate(trees)]
        return compile(given, SETS)
    except RuleErrors:
        assume(False)
        raise


def fires(tree: Node, document: Document) -> bool:
    return bool(compiled(tree).match(document))


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
        ),
        *(
            "!",
            '"',
            "“",
            "”",
            "title:",
            "x:",
            "case:",
            "lead:",
            "first/3:",
            "first/",
            "$s",
            "$",
            "*",
            "?",
            ",",
        ),
        *(
            ":",
            "2",
            "OF",
            "TIMES",
            "W/5",
            "NEAR",
            "NEAR/9(",
            "2 OF (",
            "/a+/",
            "/(a+)+$/",
            "/(a",
            "-",
            "/",
            "&&",
        ),
        *(
            "\n",
            "\u200b",
            "é",
            "导",
            "NEAR/99999",
            "source:",
            "age:<",
            "48h",
            "words:>3",
            "sentence:",
            "stem:",
        ),
    ]
)
RULE_TEXTS = st.one_of(
    st.text(), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=14).map("".join)
)


def well_told(error: RuleError) -> None:
    assert error.problems
    for problem in error.problems:
        assert 0 <= problem.start <= problem.end <= len(error.text)
        assert problem.message and problem.hint and problem.message in str(error)


@given(RULE_TEXTS)
@settings(LAW, max_examples=400)
def test_only_rule_errors_escape_and_their_places_are_inside_the_text(text: str) -> None:
    for read in (parse, entry, rule):
        try:
            read(text)
        except RuleError as error:
            assert error.text == text
            well_told(error)


@given(st.lists(RULE_TEXTS, max_size=3), st.lists(RULE_TEXTS, max_size=3))
@settings(LAW, max_examples=200)
def test_all_that_is_wrong_with_rules_and_sets_is_told_with_its_place(
    texts: list[str], members: list[str]
) -> None:
    given = []
    for number, text in enumerate(texts):
        try:
            given.append(rule(text, f"{number}"))
        except RuleError:
            given.append(rule("$s OR $nowhere", f"{number}"))
    try:
        compile(given, {"s": members})
    except RuleErrors as errors:
        for error in errors.errors:
            well_told(error)


@given(TREES)
@settings(LAW, max_examples=400)
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
        assert all(node.start <= part.start and part.end <= node.end for part in children(node))
        waiting += children(node)


# --- matching ----------------------------------------------------------------------------------------------


@given(YAML_TREES, documents())
@settings(LAW, max_examples=400)
def test_the_fast_and_the_obvious_evaluator_agree(tree: Node, document: Document) -> None:
    ruleset = compiled(tree)
    found = ruleset.match(document)
    assert (set(found[0].spans) if found else None) == judge(tree, document, SETS)


@given(PLACED, documents())
@settings(LAW, max_examples=300)
def test_they_agree_on_nested_places(tree: Node, document: Document) -> None:
    found = compiled(tree).match(document)
    assert (set(found[0].spans) if found else None) == judge(tree, document, SETS)


@given(PLACED, documents())
@settings(LAW, max_examples=20)
def test_what_stands_far_down_is_found_as_at_the_beginning(tree: Node, document: Document) -> None:
    """Long texts are read in blocks; here a break divides what is below from 9,000 words above."""
    above = "pad " * 9000
    breaks = frozenset({len(above)} | {len(above) + 1 + edge for edge in document.breaks})
    longer = replace(document, body=f"{above}\n{document.body}", breaks=breaks)
    assert fires(tree, longer) is fires(tree, document)


@given(YAML_TREES, documents())
@LAW
def test_a_match_shows_words_that_stand_in_the_text(tree: Node, document: Document) -> None:
    for match in compiled(tree).match(document):
        assert len(set(match.spans)) == len(match.spans)
        assert list(match.spans) == sorted(
            match.spans, key=lambda span: (span.field == "body", span.start, span.end)
        )
        for span in match.spans:
            text = document.title if span.field == "title" else document.body
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()


@given(st.lists(YAML_TREES, min_size=1, max_size=5), documents())
@LAW
def test_the_index_never_loses_a_rule_and_rules_do_not_disturb_each_other(
    trees: list[Node], document: Document
) -> None:
    """Whatever stands beside it, and whether a rule is looked up or asked for by its id."""
    together = compiled(*trees, Near(Term("missile"), Term("Iraq"), 40), Term("US"))
    found = {match.rule: replace(match, rule="0") for match in together.match(document)}
    for number, tree in enumerate(trees):
        alone = compiled(tree).match(document)
        assert alone == tuple(match for id, match in found.items() if id == str(number))
        assert together.matches(str(number), document) is bool(alone)
        assert together.why(str(number), document).holds is bool(alone)


@given(TREES, TREES, documents())
@LAW
def test_or_never_loses_and_and_never_gains(one: Node, two: Node, document: Document) -> None:
    document = replace(document, languages=document.languages[:1])  # NOT is judged in one language
    alone = fires(one, document)
    assert fires(Or((one, two)), document) is (alone or fires(two, document))
    assert fires(And((one, two)), document) is (alone and fires(two, document))
    assert fires(Not(one), document) is not alone


@given(TREES, documents())
@LAW
def test_under_two_languages_a_rule_holds_if_it_holds_under_one(tree: Node, document: Document) -> None:
    """All but lang:, which asks for both at once."""
    assume("lang:" not in str(tree))
    each = [fires(tree, replace(document, languages=(language,))) for language in ("en", "ar")]
    assert fires(tree, replace(document, languages=("ar", "en"))) is any(each)


@given(PLACED, PLACED, REACH, documents())
@LAW
def test_near_grows_with_its_number_and_is_either_order(
    one: Node, two: Node, reach: int, document: Document
) -> None:
    close = fires(Near(one, two, reach), document)
    assert close <= fires(Near(one, two, reach + 1), document) <= fires(And((one, two)), document)
    orders = [Near(one, two, reach, True), Near(two, one, reach, True)]
    assert close is any(fires(order, document) for order in orders)
    assert close is fires(Near(two, one, reach), document)
    assert close is fires(Window((one, two), reach), document)
    assert fires(orders[0], document) is fires(Window((one, two), reach, True), document)


@given(st.lists(PLACED, min_size=2, max_size=4).map(tuple), REACH, documents())
@LAW
def test_a_window_grows_with_its_number_and_stays_within_and(
    parts: tuple[Node, ...], reach: int, document: Document
) -> None:
    inside = fires(Window(parts, reach), document)
    assert fires(Window(parts, reach, True), document) <= inside
    assert inside <= fires(Window(parts, reach + 1), document) <= fires(And(parts), document)
    assert inside is fires(Window(parts[::-1], reach), document)


@given(PLACED, PLACED, REACH, documents())
@LAW
def test_except_and_not_near_only_take_away(one: Node, two: Node, reach: int, document: Document) -> None:
    assert fires(Except(one, two), document) <= fires(one, document)
    assert fires(NotNear(one, two, reach + 1), document) <= fires(NotNear(one, two, reach), document)
    assert fires(NotNear(one, two, reach), document) <= fires(one, document)


@given(st.lists(TREES, min_size=2, max_size=4).map(tuple), documents())
@LAW
def test_so_many_of_lies_between_or_and_and(parts: tuple[Node, ...], document: Document) -> None:
    found = [fires(AtLeast(count, parts), document) for count in range(1, len(parts) + 1)]
    assert found == sorted(found, reverse=True)
    assert found[0] is fires(Or(parts), document)
    assert found[-1] is fires(And(parts), document)


@given(PLACED, documents())
@LAW
def test_more_times_never_gains_and_once_is_there(part: Node, document: Document) -> None:
    found = [fires(Times(count, part), document) for count in range(1, 5)]
    assert found == sorted(found, reverse=True)
    assert found[0] is fires(part, document)


@given(POSITIVE, st.integers(1, 8), documents())
@settings(LAW, max_examples=200)
def test_a_narrower_scope_never_gains(tree: Node, size: int, document: Document) -> None:
    def within(*names: str) -> list[bool]:
        return [fires(Scope(name, tree), document) for name in names]

    first, more = (fires(Scope("first", tree, count), document) for count in (size, size + 1))
    title, lead, text = within("title", "lead", "text")
    body, sentence, paragraph = within("body", "sentence", "paragraph")
    assert text is fires(tree, document)
    assert title <= lead <= text
    assert first <= more <= body <= text
    assert sentence <= paragraph <= text


@given(
    st.lists(st.sampled_from(WORDS), max_size=2),
    st.lists(st.sampled_from(WORDS), max_size=2),
    TREES,
    documents(),
)
@LAW
def test_a_rule_of_pieces_is_the_and_of_them(
    every: list[str], no: list[str], match: Node, document: Document
) -> None:
    def pieces(texts: list[str]) -> list[Piece]:
        return [Piece(text, entry(text)) for text in texts]

    given = {"all": pieces(every), "any": pieces(every[::-1]), "none": pieces(no)}
    composed = compose("it", match=Piece(str(match), match), broad=True, **given)  # type: ignore[arg-type]
    parts = [match, *map(entry, every), *(Not(entry(text)) for text in no)]
    compiled(*parts)  # ends the example where one is refused
    whole = And(tuple(parts)) if len(parts) > 1 else match
    assert bool(compile([composed], SETS).match(document)) is fires(whole, document)


@given(st.sampled_from(WORDS), TEXTS, TEXTS)
@LAW
def test_adding_text_never_removes_a_word(word: str, text: str, more: str) -> None:
    before = fires(Term(word), Document("", text))
    # A line of its own: WHO among shouted words is no WHO.
    assert fires(Term(word), Document("", f"{text}\n{more}")) >= before


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
    "text",
    [
        *("(" * 50_000, "NOT " * 50_000, "title:" * 50_000, "a " * 50_000, '"' * 50_001, "NEAR/2(" * 50_000),
        *("2 OF (" * 50_000, "2 TIMES " * 50_000, "/(" * 50_000, "sentence:" * 50_000, "a," * 50_000),
    ],
)
def test_a_monstrous_text_is_one_readable_error(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert len(str(caught.value)) < 20_000
