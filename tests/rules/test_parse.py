"""From a text to its tree, from pieces to a rule, and what rules and sets refuse of each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Member, Piece, Rule, RuleError, RuleErrors, Scoring, compose, entry, parse, rule
from rules.language.check import members, refuse
from rules.language.parser import FIELDS
from rules.text.words import rule_words
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
    children,
)

A, B, C = Term("a"), Term("b"), Term("c")


def refused(*rules: Rule, **sets: list[str | Member]) -> str:
    """Everything that is wrong with these rules beside these sets; empty if nothing is."""
    trees, errors = members(sets)
    try:
        refuse(rules, trees, errors)
    except RuleErrors as told:
        return str(told)
    return ""


# --- what a text means -------------------------------------------------------------------------------------

MEANT = {
    "a + b": And((A, B)),
    '"a"+"b"': And((Term("a", True), Term("b", True))),
    "a NOT b": And((A, Not(B))),
    "a AND NOT b NEAR/3 c": And((A, Not(Near(B, C, 3)))),
    "a NEAR/3 b AND c": And((Near(A, B, 3), C)),
    "“a b”": Term("a b", True),
    "«a b» OR „a b“": Or((Term("a b", True), Term("a b", True))),
    "a ONEAR/2 b": Near(A, B, 2, True),
    "a PRE/2 b": Near(A, B, 2, True),
    "a NOT NEAR/2 b": NotNear(A, B, 2),
    "a EXCEPT (b OR c)": Except(A, Or((B, C))),
    # windows
    "NEAR/5(a, b, c)": Window((A, B, C), 5),
    "BEFORE/5 (a, b)": Window((A, B), 5, True),
    "NEAR/5(a OR b, c)": Window((Or((A, B)), C), 5),
    "NEAR/5(a, (b, c))": None,
    "NOT NEAR/5(a, b)": Not(Window((A, B), 5)),
    "a AND NOT NEAR/5(b, c)": And((A, Not(Window((B, C), 5)))),
    "a NEAR/1 NEAR/2(b, c)": Near(A, Window((B, C), 2), 1),
    "NEAR/2(a, b) NEAR/1 c": Near(Window((A, B), 2), C, 1),
    "NEAR/2(NEAR/1(a, b), 2 OF (a, b))": None,
    "NEAR/2(a，b)": Window((A, B), 2),
    # counts
    "2 OF (a, b, c)": AtLeast(2, (A, B, C)),
    "2 OF(a,b)": AtLeast(2, (A, B)),
    "2 OF $s": AtLeast(2, (SetName("s"),)),
    "3 OF ($s)": AtLeast(3, (SetName("s"),)),
    "1 OF (a AND b, NOT c)": AtLeast(1, (And((A, B)), Not(C))),
    "3 TIMES a": Times(3, A),
    "3 TIMES (a OR b)": Times(3, Or((A, B))),
    "2\u00a0OF (a, b)": AtLeast(2, (A, B)),
    "title:2 OF (a, b)": Scope("title", AtLeast(2, (A, B))),
    "a AND 2": And((A, Term("2"))),
    "2 AND OFF": And((Term("2"), Term("OFF"))),
    # fields
    "sentence:(a AND NOT b)": Scope("sentence", And((A, Not(B)))),
    "first/40:(a OR b)": Scope("first", Or((A, B)), 40),
    "FIRST/1:a": Scope("first", A, 1),
    "lead:stem:a": Scope("lead", Scope("stem", A)),
    "paragraph: a": Scope("paragraph", A),
    # regular expressions
    "/mh-?17/": Regex("mh-?17"),
    "(/a|b+/)": Regex("a|b+"),
    '2 OF (/x(1,2)/, /y:"/)': AtLeast(2, (Regex("x(1,2)"), Regex('y:"'))),
    r"/a\/b/": Regex(r"a\/b"),
    "/colou?r/+a": And((Regex("colou?r"), A)),
    "case:/MH17/": Scope("case", Regex("MH17")),
    "/r/worldnews": Term("/r/worldnews"),
    "/home/user/": Term("/home/user/"),
    "AND/OR": Term("AND/OR"),
    "km/h": Term("km/h"),
    "AC/DC OR C# OR #tag OR @name": Or(tuple(map(Term, ("AC/DC", "C#", "#tag", "@name")))),
    "AT&T OR e-mail OR foo_bar": Or(tuple(map(Term, ("AT&T", "e-mail", "foo_bar")))),
    "50% OR €50 OR a=b": Or(tuple(map(Term, ("50%", "€50", "a=b")))),
    '"C++" OR "3:1" OR "[a]^5"': Or((Term("C++", True), Term("3:1", True), Term("[a]^5", True))),
    "tag:a;b": Fact("tag", "a;b"),
    "url:*/~jane/*": Fact("url", "*/~jane/*"),
    # facts
    "source:bbc.co.uk": Fact("source", "bbc.co.uk"),
    "Lang:EN": Fact("lang", "EN"),
    "lang:(en OR ar)": Or((Fact("lang", "en"), Fact("lang", "ar"))),
    "NOT tag:(a AND NOT (b OR c))": Not(
        And((Fact("tag", "a"), Not(Or((Fact("tag", "b"), Fact("tag", "c"))))))
    ),
    "source:$trusted": Fact("source", "trusted", "in"),
    "source:($trusted OR x.org)": Or((Fact("source", "trusted", "in"), Fact("source", "x.org"))),
    'author:"Jane Doe"': Fact("author", "Jane Doe"),
    "author:“Jane Doe”": Fact("author", "Jane Doe"),
    'category:("world news" OR sport*)': Or((Fact("category", "world news"), Fact("category", "sport*"))),
    "age:<48h": Fact("age", "48h", "<"),
    "age:(>=1h + <2d)": And((Fact("age", "1h", ">="), Fact("age", "2d", "<"))),
    "words:>=300": Fact("words", "300", ">="),
    "url:https://x.org/a?b=c&d=-1*": Fact("url", "https://x.org/a?b=c&d=-1*"),
    "url:/news/ AND a": And((Fact("url", "/news/"), A)),
    "url:(x.org/a:b OR *.org/(c))": None,
    "feed:near": Fact("feed", "near"),
    "lang:or": Fact("lang", "or"),
    "lang:pt-BR": Fact("lang", "pt-BR"),
    "country:gb": Fact("country", "gb"),
    "tag:tier-1 + a": And((Fact("tag", "tier-1"), A)),
    # words that look like operators
    '"AND" OR "near/5"': Or((Term("AND", True), Term("near/5", True))),
    "near AND before AND except": And((Term("near"), Term("before"), Term("except"))),
    "Before AND Near": And((Term("Before"), Term("Near"))),
    "a NOT near": And((A, Not(Term("near")))),
    "of AND times": And((Term("of"), Term("times"))),
    "title:near": Scope("title", Term("near")),
    "a A\u00adND b": And((A, B)),
    "a \u200bAND\u200b b": And((A, B)),
    "$": Term("$"),
}


@pytest.mark.parametrize(("text", "tree"), [(text, tree) for text, tree in MEANT.items() if tree])
def test_a_text_means_its_tree(text: str, tree: Node) -> None:
    assert parse(text) == tree
    assert parse(str(tree)) == tree


@pytest.mark.parametrize("text", [text for text, tree in MEANT.items() if not tree])
def test_what_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse(text)


def test_a_tree_is_written_as_people_write() -> None:
    text = 'NEAR/5(a OR b, "c d") AND 2 OF (x, NOT y) AND lang:en AND first/9:(3 TIMES (a EXCEPT b))'
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        "x.org/a?b=c",
        "NEAR/5",
        "AND",
        "OF",
        "2 OF",
        "near",
        "$set",
        "<5",
        "a:b",
        "a+b",
        "(x)",
        "/x/",
        "-x",
        "a,b",
    ],
)
def test_a_value_is_written_so_that_it_stays_a_value(value: str) -> None:
    for fact in (Fact("tag", value), Not(Fact("tag", value)), Or((Fact("tag", value), A))):
        assert parse(str(fact)) == fact


def test_places_of_facts_lie_where_they_are_written() -> None:
    tree = parse("a AND lang:(en OR ar)")
    assert isinstance(tree, And)
    either = tree.parts[1]
    assert (either.start, either.end) == (6, 21)
    assert [(part.start, part.end) for part in children(either)] == [(12, 14), (18, 20)]


# --- what does not parse -----------------------------------------------------------------------------------


def test_all_problems_are_told_at_once_and_each_place_once() -> None:
    with pytest.raises(RuleError) as caught:
        parse("lang:xx AND age:soon AND 9 OF (a, b) AND titel:x AND /(/ AND (a b) AND or")
    told = [problem.message for problem in caught.value.problems]
    assert len(told) == 8
    places = [(problem.start, problem.end) for problem in caught.value.problems]
    assert len(set(places)) == len(places)


PIECES = [
    *(
        "a",
        "b",
        "2",
        "OF",
        "2 OF",
        "3 TIMES",
        "(",
        ")",
        ",",
        "AND",
        "OR",
        "NOT",
        "+",
        "NEAR/3",
        "NEAR/3(",
        ":",
    ),
    *(
        "BEFORE/2",
        "EXCEPT",
        "NOT NEAR/1",
        "and",
        "near/5",
        "W/5",
        "W/5(",
        "/",
        "/x/",
        "/x?",
        "/(/",
        "/a|b/",
        "//",
    ),
    *(f"{field}:" for field in FIELDS),
    *("first/9:", "<", ">=", "<48h", ">300", "en", "$s", "$", '"', "“", "”", "http://", "*", "?", "-", "&&"),
    *("\n", "\u200b", "\u00ad", "é", "导", "，", "（", "）", "：", "NEAR/99999", "~5", "\\"),
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=14)


@given(SOUP.map(" ".join) | SOUP.map("".join))
@settings(max_examples=700, deadline=None)
def test_any_text_is_a_rule_or_an_error_inside_it(text: str) -> None:
    try:
        tree = parse(text)
    except RuleError as error:
        assert error.problems
        for problem in error.problems:
            assert 0 <= problem.start <= problem.end <= len(text)
            assert problem.message in str(error) and problem.hint
        return
    assert parse(str(tree)) == tree
    assert str(parse(str(tree))) == str(tree)


@given(SOUP.map(" ".join) | SOUP.map("".join) | st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_entry_or_an_error_inside_it(text: str) -> None:
    try:
        tree = entry(text)
    except RuleError as error:
        assert all(0 <= problem.start <= problem.end <= len(text) for problem in error.problems)
        return
    assert 0 <= tree.start <= tree.end <= len(text)


DEEP = {
    "parentheses": ("(", "a", ")"),
    "NOT": ("NOT ", "a", ""),
    "fields": ("title:", "a", ""),
    "windows": ("NEAR/5(a, ", "b", ")"),
    "counts": ("2 OF (a, ", "b", ")"),
    "places": ("(a NEAR/3 ", "b", ")"),
    "sentences": ("sentence:(a OR NOT (b AND ", "c", "))"),
    "values": ("tag:(", "a", ")"),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_lies_too_deep_is_said_so_and_what_does_not_can_be_used(name: str) -> None:
    opening, inside, closing = DEEP[name]
    deepest = 0
    for depth in (1, 10, 49, 50, 99, 100, 101, 198, 199, 200, 201):
        text = opening[:4] + "(" * depth + inside + ")" * depth if name == "values" else ""
        text = text or opening * depth + inside + closing * depth
        try:
            tree = parse(text)
        except RuleError as error:
            assert len(error.problems) == 1 and "more than 200 levels" in str(error)
            break
        deepest = depth
        assert parse(str(tree)) == tree and hash(tree) == hash(parse(text))
        refused(Rule("it", text, tree))
    assert deepest >= 50


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 50_000, "NOT " * 50_000, "NEAR/5(" * 50_000, "2 OF (" * 50_000, "3 TIMES " * 50_000),
        *("sentence:" * 50_000, "lang:(" * 50_000, "a, " * 50_000, "/" * 50_000, "/(" * 50_000, "$" * 50_000),
        *('"' * 50_001, "a NEAR/3 " * 50_000, "2 OF " * 50_000, "age:" * 50_000, "1" * 50_000 + " OF (a)"),
        *("NEAR/5(a, b) " * 10_000, "/a{99}" * 10_000, "first/" + "9" * 5_000 + ":a", "\\" * 50_000),
    ],
)
def test_a_monstrous_text_is_a_readable_error_or_a_rule(text: str) -> None:
    try:
        parse(text)
    except RuleError as error:
        assert len(str(error)) < 20_000


def test_five_thousand_alternatives_and_ten_thousand_members_are_read() -> None:
    assert len(children(parse(" OR ".join(f"word{number}" for number in range(5_000))))) == 5_000
    assert len(children(parse(f"2 OF ({', '.join(f'word{number}' for number in range(5_000))})"))) == 5_000
    assert not refused(
        rule("10000 OF $s".replace("10000", "999")), s=[f"two words{n}" for n in range(10_000)]
    )


def test_a_letter_that_says_nothing_is_refused_alone() -> None:
    """Whatever Unicode calls a letter or a digit can be searched for, or is told to be nothing."""
    for char in filter(str.isalnum, map(chr, range(0x110000))):
        try:
            parse(char)
        except RuleError:
            assert not any(rule_words(char))
        else:
            assert char.isascii() or any(rule_words(char))


# --- entries of lists --------------------------------------------------------------------------------------

ENTRIES = {
    "cruise missile": Term("cruise missile", True),
    '"cruise missile"': Term("cruise missile", True),
    "Canal+": Term("Canal+", True),
    "C++": Term("C++", True),
    "Hamas (Gaza)": Term("Hamas (Gaza)", True),
    "Paris, Texas": Term("Paris, Texas", True),
    "AT & T": Term("AT & T", True),
    "Two and a half (2 of (2))": Term("Two and a half (2 of (2))", True),
    "Bank of England": Term("Bank of England", True),
    "BANK OF ENGLAND": Term("BANK OF ENGLAND", True),
    "and": Term("and", True),
    "AC/DC": Term("AC/DC", True),
    "10:30": Term("10:30", True),
    "[sic]": Term("[sic]", True),
    "Iraq; Iran": Term("Iraq; Iran", True),
    '"H^2"': Term("H^2", True),
    "Subject: Iraq": Term("Subject: Iraq", True),
    "missile + Iraq": And((Term("missile"), Term("Iraq"))),
    "missile OR rocket": Or((Term("missile"), Term("rocket"))),
    "title:cholera": Scope("title", Term("cholera")),
    "first/40:cholera": Scope("first", Term("cholera"), 40),
    "/mh-?17/": Regex("mh-?17"),
    "$other": SetName("other"),
    "source:bbc.co.uk": Fact("source", "bbc.co.uk"),
    "2 OF (a, b)": AtLeast(2, (A, B)),
    "Georgia EXCEPT Atlanta": Except(Term("Georgia"), Term("Atlanta")),
}


@pytest.mark.parametrize(("text", "tree"), ENTRIES.items())
def test_an_entry_without_operators_is_one_term(text: str, tree: Node) -> None:
    assert entry(text) == tree


@pytest.mark.parametrize(
    "text", ["", " ", '""', "…", "*", "a AND", "/mh?", "title:", "headline:a", "a^5", '"a b"~5']
)
def test_an_entry_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        entry(text)
    assert caught.value.text == text


# --- rules of several pieces -------------------------------------------------------------------------------


def pieces(*texts: str) -> list[Piece]:
    return [Piece(text, entry(text)) for text in texts]


def test_the_pieces_of_a_rule_must_all_hold() -> None:
    made = compose(
        "",
        all=pieces("Macron", "state visit"),
        any=pieces("Lebanon", "Beirut"),
        none=pieces("$sport", "a OR b"),
        match=Piece("c NEAR/3 d AND e", parse("c NEAR/3 d AND e")),
        where=[Or((Fact("lang", "en"), Fact("lang", "fr"))), Not(Fact("source", "x.org"))],
    )
    assert made.text == (
        'Macron AND "state visit" AND (c NEAR/3 d) AND e AND (Lebanon OR Beirut)'
        " AND NOT $sport AND NOT (a OR b) AND (lang:en OR lang:fr) AND NOT source:x.org"
    )
    assert made.tree == parse(made.text)
    assert len(made.pieces) == 9
    assert made.id


def test_one_piece_stands_alone() -> None:
    made = compose("it", any=pieces("Lebanon"), broad=True)
    assert (made.id, made.text, made.tree, made.broad) == ("it", "Lebanon", Term("Lebanon"), True)


def test_a_score_weighs_its_terms() -> None:
    terms = tuple(
        zip((20, 10, -60), pieces("cholera", "title:cholera", "love in the time of cholera"), strict=True)
    )
    made = compose("cholera", score=Scoring(30, terms, 2))
    assert made.tree == Score(30, tuple((weight, piece.tree) for weight, piece in terms), 2)
    assert [piece.text for piece in made.pieces] == [piece.text for _, piece in terms]
    assert not refused(made)


def test_what_nothing_is_given_for_is_refused() -> None:
    with pytest.raises(RuleError, match="there is no rule here"):
        compose("it")


def test_a_wrong_fact_is_told_with_its_own_text() -> None:
    with pytest.raises(RuleError) as caught:
        compose("it", all=pieces("a"), where=[Fact("lang", "english")])
    assert caught.value.text == "lang:english"


def test_what_is_wrong_in_a_piece_is_told_there_and_what_is_wrong_with_all_at_the_whole() -> None:
    made = compose("it", none=pieces("$nope"), where=[Fact("source", "gone", "in")])
    with pytest.raises(RuleErrors) as caught:
        refuse([made], {}, [])
    told = {error.text: [problem.message for problem in error.problems] for error in caught.value.errors}
    assert told == {
        "$nope": ["there is no set named $nope"],
        "source:$gone": ["there is no set named $gone"],
        made.text: ["a rule needs at least one word that must be there"],
    }
    assert {error.rule for error in caught.value.errors} == {"it"}


# --- rules that hold nearly everywhere, or nowhere ---------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("NOT a", "a OR NOT b", "lang:en", "NOT lang:en", "a OR lang:en", "2 OF (a, lang:en, NOT b)"),
        *("1 OF (a, NOT b)", "NOT (a AND lang:en)", "title:(NOT a)", "NOT 2 OF (a, b, c)"),
    ],
)
def test_a_rule_that_no_word_is_needed_for_is_refused_unless_it_is_broad(text: str) -> None:
    tree = parse(text)
    assert "a rule needs at least one word that must be there" in refused(Rule("it", text, tree))
    assert not refused(Rule("it", text, tree, broad=True))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a AND lang:en",
            "NOT (NOT a OR lang:en)",
            "2 OF (a, b, lang:en)",
            "3 TIMES a",
            "NEAR/3(a, b)",
            "/ab+/",
        ),
        *("sentence:(a AND NOT b)", "a EXCEPT b", "NOT NOT a", "NOT 2 OF (NOT a, NOT b)", "2 OF $s", "$s"),
    ],
)
def test_a_rule_that_some_word_is_needed_for_is_taken(text: str) -> None:
    assert not refused(rule(text), s=["x", "y"])


def scored(at_least: int, *weighed: tuple[int, str], most: int = 1) -> str:
    terms = [(weight, Piece(text, entry(text))) for weight, text in weighed]
    return refused(compose("it", score=Scoring(at_least, terms, most)))


def test_a_score_that_cannot_be_reached_is_refused() -> None:
    assert "the weights over 0 add up to 30, so 31 is never reached" in scored(
        31, (10, "a"), (20, "b"), (-5, "c")
    )
    assert "add up to 0" in scored(1, (-5, "a"))
    assert not scored(31, (10, "a"), (20, "b"), most=2)
    assert "every article scores that much" in scored(0, (10, "a"))


def test_a_score_that_no_word_is_needed_for_is_refused() -> None:
    assert "at least one word" in scored(10, (10, "lang:en"), (10, "a"))
    assert "at least one word" in scored(10, (10, "NOT a"))
    assert not scored(11, (10, "lang:en"), (10, "a"))


# --- sets --------------------------------------------------------------------------------------------------


def test_sets_may_hold_sets() -> None:
    trees, errors = members(
        {"all": ["$iran", "drone OR $iraq", Member("$iraq", "ar")], "iran": ["x"], "iraq": ["y"]}
    )
    assert not errors
    assert trees["all"] == (
        SetName("iran"),
        Or((Term("drone"), SetName("iraq"))),
        Tongue("ar", SetName("iraq")),
    )


def test_each_circle_of_sets_is_told_once() -> None:
    told = refused(a=["x", "$b"], b=["$c"], c=["y OR $a"], d=["$d"], e=["$a"])
    assert "circle: a -> b -> c -> a" in told.replace("b -> c -> a -> b", "a -> b -> c -> a")
    assert "circle: d -> d" in told
    assert told.count("circle") == 2


def test_sets_too_deep_in_each_other_are_refused_and_the_first_that_is_is_named() -> None:
    chain = {f"s{number}": [f"$s{number + 1}"] for number in range(3_000)} | {"s3000": ["x"]}
    told = refused(**chain)
    assert "levels deep, and 50 are the most" in told
    assert not refused(**{f"s{number}": [f"$s{number + 1}"] for number in range(40)}, s40=["x"])


def test_a_member_of_one_language_keeps_it() -> None:
    trees, errors = members({"iraq": ["Iraq", Member("العراق", "ar"), Member("عراق OR بغداد", "ar")]})
    assert not errors
    assert trees["iraq"][1] == Tongue("ar", Term("العراق"))
    assert "a set holds words" in refused(iraq=[Member("a AND b", "ar")])


def test_more_members_than_there_are_can_never_be_there() -> None:
    assert "3 OF … has only 2 alternatives, so it can never match" in refused(rule("3 OF $s"), s=["x", "y"])
    assert not refused(rule("2 OF $s"), s=["x", "y"])
