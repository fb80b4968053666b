"""Rules and sets together: what is refused, what why says, what stays small."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from rules import Clause, Document, RuleErrors, Span, compile, explain, rule
from rules.lint import lint

ARTICLE = Document(
    "Iran upgrading missiles in Iraq",
    "Factories in Iraq build cruise missiles.\nRead: Macron on aid to Lebanon",
    frozenset({40}),
)


def outline(clause: Clause) -> list[tuple[str, bool, int]]:
    children = [line for child in clause.children for line in outline(child)]
    return [(clause.text, clause.holds, len(clause.spans)), *children]


def refused(*texts: str, **sets: list[str]) -> str:
    with pytest.raises(RuleErrors) as caught:
        compile([rule(text) for text in texts], sets)
    return str(caught.value)


def test_matches_come_in_the_order_of_the_rules() -> None:
    ruleset = compile([rule("Iraq", "b"), rule("Syria", "x"), rule("missile", "a")])
    assert [match.rule for match in ruleset.match(ARTICLE)] == ["b", "a"]
    assert len(ruleset) == 3
    assert ruleset.rules["x"].text == "Syria"


def test_no_rules_match_nothing() -> None:
    assert compile([]).match(ARTICLE) == ()
    assert len(compile([])) == 0


def test_spans_are_sorted_title_first() -> None:
    (match,) = compile([rule("Iraq OR missile", "r")]).match(ARTICLE)
    assert match.spans == (
        Span("title", 15, 23),
        Span("title", 27, 31),
        Span("body", 13, 17),
        Span("body", 31, 39),
    )


def test_why_tells_every_clause_with_its_words() -> None:
    ruleset = compile([rule('missile AND ("cruise missile" OR rocket) NOT title:Macron', "r")])
    assert outline(ruleset.why("r", ARTICLE)) == [
        ('missile AND ("cruise missile" OR rocket) AND NOT title:Macron', True, 3),
        ("missile", True, 2),
        ('"cruise missile" OR rocket', True, 1),
        ('"cruise missile"', True, 1),
        ("rocket", False, 0),
        ("NOT title:Macron", True, 0),
        ("title:Macron", False, 0),
        ("Macron", False, 0),
    ]


def test_why_tells_what_stood_in_the_way() -> None:
    ruleset = compile([rule("missile NOT Macron", "r")])
    assert outline(ruleset.why("r", ARTICLE)) == [
        ("missile AND NOT Macron", False, 0),
        ("missile", True, 2),
        ("NOT Macron", False, 0),
        ("Macron", True, 1),
    ]


def test_why_shows_the_members_of_a_set_that_were_found() -> None:
    ruleset = compile([rule("$arms NEAR/2 Iraq", "r")], {"arms": ["missile", "rocket", "drone"]})
    assert outline(ruleset.why("r", ARTICLE)) == [
        ("$arms NEAR/2 Iraq", True, 4),
        ("$arms", True, 2),
        ("missile", True, 2),
        ("Iraq", True, 2),
    ]


def test_why_shows_only_found_members_under_case_too() -> None:
    ruleset = compile([rule("title:exact:$arms", "r")], {"arms": ["missiles", "rocket"]})
    assert outline(ruleset.why("r", ARTICLE)) == [
        ("title:exact:$arms", True, 1),
        ("exact:$arms", True, 1),
        ("missiles", True, 1),
    ]


def test_why_of_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        compile([]).why("nobody", ARTICLE)


def test_all_wrong_rules_and_sets_are_told_at_once() -> None:
    told = refused("$misiles AND Iraq", "NOT Macron", missiles=["missile", "..."], empty=[])
    assert "there is no set named $misiles" in told
    assert "did you mean $missiles?" in told
    assert "a rule needs at least one word that must be there" in told
    assert "nothing to search for" in told
    assert "$empty: this set is empty" in told


def test_a_set_holds_no_rules() -> None:
    told = refused("$a", a=["missile AND Iraq", "$b", "title:x"], b=["x"])
    assert told.count("a set holds words, phrases and OR-groups") == 2


def test_a_set_takes_names_with_signs_in_them() -> None:
    ruleset = compile([rule("$names", "r")], {"names": ["Canal+", "Hamas (Gaza)", "C++"]})
    assert ruleset.match(Document("", "He watches Canal + daily"))
    assert ruleset.match(Document("", "Hamas, Gaza"))


def test_a_set_nobody_uses_costs_nothing_and_is_still_checked() -> None:
    assert "$unused" in refused("Iraq", unused=["*"])


def test_two_rules_of_one_id_are_refused() -> None:
    assert 'two rules have the id "missile-and-iraq"' in refused("missile + Iraq", '"missile" AND Iraq')


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("missile + Iraq", "missile-and-iraq"),
        ('"missile" + "Iraq"', "missile-and-iraq"),
        ("missile  OR\nrocket", "missile-or-rocket"),
        ("Ракета AND Ирак", "ракета-and-ирак"),
        ("missile NOT Macron", "missile-and-not-macron"),
    ],
)
def test_an_id_is_made_from_the_text(text: str, id: str) -> None:
    assert rule(text).id == id


def test_ids_of_different_rules_differ() -> None:
    texts = [
        '"missile Iraq"',
        "missile*",
        "title:missile",
        "(a AND b) OR c",
        "a AND (b OR c)",
        "$missile",
        "€",
        "mis?ile",
    ]
    ids = [rule(text).id for text in texts]
    assert len(set(ids)) == len(ids)
    assert all(id == rule(text).id and 0 < len(id) < 64 for id, text in zip(ids, texts, strict=True))
    assert rule(" OR ".join(f"word{n}" for n in range(50))).id.startswith("word0-or-word1")


def test_two_hundred_parentheses_are_taken_and_one_more_is_an_error() -> None:
    deep = "missile"
    for level in range(200):
        deep = f"(Iraq {'OR' if level % 2 else 'AND'} {deep})"
    ruleset = compile([rule(deep, "deep")])
    assert ruleset.match(ARTICLE)
    assert ruleset.why("deep", ARTICLE).holds
    assert str(ruleset.rules["deep"].tree)
    with pytest.raises(Exception, match="more than 200 levels"):
        rule(f"({deep})")


def test_deep_nearness_stays_clear_of_the_stack() -> None:
    deep = "missile"
    for _ in range(190):
        deep = f"(Iraq OR in NEAR/1 {deep})"
    assert sys.getrecursionlimit() <= 1000

    def judged() -> bool:
        ruleset = compile([rule(deep, "deep")])
        return bool(ruleset.match(ARTICLE)) and ruleset.why("deep", ARTICLE).holds

    with ThreadPoolExecutor(1) as pool:  # a stack of its own: a test runner's may be 200 frames deep already
        assert pool.submit(judged).result()


DEEP = {
    "chains": ("(Iraq AND {})", "(desert OR {})"),
    "nearness": ("(in NEAR/9 {})", "(Iraq OR {})"),
    "exceptions": ("({} EXCEPT desert)", "(Iraq OR {})"),
}


@pytest.mark.parametrize("name", DEEP)
def test_two_hundred_levels_are_read_and_told_of_where_the_stack_is_a_third_full(name: str) -> None:
    deep = "missile"
    for level in range(200):
        deep = DEEP[name][level % 2].format(deep)
    assert sys.getrecursionlimit() <= 1000

    def used(frames: int) -> bool:
        if frames:
            return used(frames - 1)
        ruleset = compile([rule(deep, "deep")])
        tree = ruleset.rules["deep"].tree
        assert (
            str(tree).count("(") > 190 and explain.outline(tree, {}) and not lint(ruleset, ids=["L01", "L03"])
        )
        return bool(ruleset.match(ARTICLE)) and ruleset.why("deep", ARTICLE).holds

    with ThreadPoolExecutor(1) as pool:  # its stack is empty, that of a test runner is not
        assert pool.submit(used, 300).result()


def test_a_large_set_and_a_large_or_are_ordinary() -> None:
    members = [f"name{number}" for number in range(10_000)] + ["missile"]
    ruleset = compile(
        [rule("$many AND Iraq", "set"), rule(" OR ".join(members[-5000:]), "or")], {"many": members}
    )
    assert [match.rule for match in ruleset.match(ARTICLE)] == ["set", "or"]


def test_a_megabyte_is_read_in_one_pass() -> None:
    words = "missile Iraq zorg US " * 45_000
    ruleset = compile(
        [
            rule("missile NEAR/900 nowhere", "a"),
            rule("(missile NEAR/9 zorg) NEAR/9 Iraq", "b"),
            rule("US", "c"),
        ]
    )
    assert [match.rule for match in ruleset.match(Document(words[:200], words))] == ["b", "c"]


@pytest.mark.parametrize(
    "body",
    [
        "a-" * 300_000,
        "a." * 300_000,
        "a'" * 300_000,
        "a\u0301" * 300_000,
        "US " * 100_000,
        "-" * 900_000,
        "A" * 900_000,
    ],
)
def test_hostile_text_is_only_text(body: str) -> None:
    ruleset = compile([rule("US OR a*b*c*d*e*f", "r")])
    ruleset.match(Document("", body))


def test_a_break_at_every_letter_is_no_trouble() -> None:
    body = "a\n" * 100_000
    ruleset = compile([rule("aa NEAR/100 bb", "r"), rule('"a a"', "s")])
    assert ruleset.match(Document("", body, frozenset(range(1, len(body), 2)))) == ()


def test_breaks_outside_the_body_are_ignored() -> None:
    assert compile([rule('"in Iraq"', "r")]).match(Document("", "in Iraq", frozenset({-5, 0, 7, 99})))


def test_what_stands_before_a_break_says_nothing_about_the_words_after_it() -> None:
    """The quotation mark in דו"חות is part of the word; that of ו"חות, after a prefix, is none."""
    (match,) = compile([rule("missile")]).match(Document("", 'דו"חות missile', frozenset({1}), ("he",)))
    assert match.spans == (Span("body", 7, 14),)
