"""What YAML says of a rule beyond its text: lists, weights, `where:`; what it means, and its mistakes."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rules
from monitor import config
from monitor.config.conditions import WHERE
from monitor.errors import ConfigError
from monitor.model import Config
from rules import Document, Facts
from tests.monitor.configs import FEEDS, load, problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def one(file: Path, rule: str, sets: str = "{}") -> Config:
    """A config of one rule, whose id is `it`."""
    return load(file, f"{FEEDS}sets: {sets}\nrules: [{{id: it, {rule}}}]\n")


def fires(loaded: Config, text: str, facts: Facts = Facts(), language: str = "en") -> bool:  # noqa: B008
    return bool(loaded.rules.match(Document(text, text, languages=(language,), facts=facts)))


# --- lists ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("all: [Macron, Lebanon]", "Macron AND Lebanon"),
        ("all: [Macron], none: [$sport, World Cup]", 'Macron AND NOT $sport AND NOT "World Cup"'),
        ("any: [Shahed*, Geran-2]", '"Shahed*" OR "Geran-2"'),
        ("any: cruise missile", '"cruise missile"'),
        ("match: a OR b, all: [c], any: [d, e]", "c AND (a OR b) AND (d OR e)"),
        ("all: ['a AND b'], match: 'c AND d'", "a AND b AND c AND d"),
        ("all: ['title:(a b)']", None),
        ("any: ['x NEAR/3 y', '2 OF (p, q, r)']", "(x NEAR/3 y) OR 2 OF (p, q, r)"),
        ("match: a, where: {lang: [en, ar], max_age: 48h}", "a AND (lang:en OR lang:ar) AND age:<=48h"),
        ("match: a, where: {not_source: bbc.com}", "a AND NOT source:bbc.com"),
        ("match: a, where: {not_tag: [x, y z]}", 'a AND NOT (tag:x OR tag:"y z")'),
        ("match: a, where: {source: [$sport]}", "a AND source:$sport"),
        ("broad: true, where: {source: bbc.com}", "source:bbc.com"),
        ("broad: true, none: [x], where: {min_words: 300}", "NOT x AND words:>=300"),
    ],
)
def test_conditions_make_one_rule(file: Path, rule: str, written: str | None) -> None:
    if written is None:
        assert "no operator between" in problems(file, f"{FEEDS}rules: [{{{rule}}}]")
    else:
        assert one(file, rule, "{sport: [football]}").rules.rules["it"].text == written


def test_a_rule_of_lists_without_an_id_is_named_after_its_words(file: Path) -> None:
    loaded = load(file, f"{FEEDS}rules: [{{all: [Macron, Lebanon]}}, {{match: a, none: [b]}}]\n")
    assert list(loaded.routes) == ["macron-and-lebanon", "a-and-not-b"]


def test_lists_hold_as_they_say(file: Path) -> None:
    loaded = one(file, "all: [Macron, Lebanon], any: [visit, call], none: [World Cup]")
    assert fires(loaded, "Macron calls for calm on a visit to Lebanon")
    assert not fires(loaded, "Macron and Lebanon")
    assert not fires(loaded, "Macron visits Lebanon for the World Cup")


# --- weights --------------------------------------------------------------------------------------------

CHOLERA = "terms: {cholera: 20, outbreak: 10, 'title:cholera': 10, love in the time of cholera: -60}"


def test_weights_add_up(file: Path) -> None:
    loaded = one(file, f"score: {{at_least: 40, {CHOLERA}}}")
    assert fires(loaded, "Cholera outbreak in Yemen")
    assert not fires(loaded, "Cholera in Yemen")
    assert not fires(loaded, "Love in the time of cholera: an outbreak of reading")


@pytest.mark.parametrize(
    ("count", "needed"), [("", 1), (", count: each", 3), (", count: each, max_times: 2", 2)]
)
def test_a_term_counts_once_or_as_often_as_asked(file: Path, count: str, needed: int) -> None:
    text = "missile; " * 4
    assert fires(one(file, f"score: {{at_least: {needed}, terms: {{missile: 1}}{count}}}"), text)
    beyond = f"score: {{at_least: {needed + 1}, terms: {{missile: 1, tank: 1}}{count}}}"
    assert not fires(one(file, beyond), text)


# --- where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "facts", "holds"),
    [
        ("source: bbc.co.uk", Facts(source="news.bbc.co.uk"), True),
        ("source: [x.org, bbc.co.uk]", Facts(source="bbc.com"), False),
        ("not_source: [x.org, bbc.co.uk]", Facts(source="bbc.co.uk"), False),
        ("not_source: [x.org, bbc.co.uk]", Facts(), True),
        ("source: $ours", Facts(source="example.org"), True),
        ("feed: 'BBC*'", Facts(feeds=("BBC World",)), True),
        ("country: [GB, iq]", Facts(country="IQ"), True),
        ("category: [sport]", Facts(categories=("Sport",)), True),
        ("not_tag: un", Facts(tags=("un",)), False),
        ("author: ali hassan", Facts(author="Dr. Ali Hassan"), True),
        ("url: 'bbc.co.uk/sport/*'", Facts(url="https://bbc.co.uk/sport/1"), True),
        ("not_url: bbc.co.uk/sport", Facts(url="https://bbc.co.uk/sport/1"), False),
        ("max_age: 48h", Facts(age=3600.0 * 49), False),
        ("max_age: 48h", Facts(), True),
        ("min_age: 1d", Facts(age=3600.0 * 49), True),
        ("lang: [ar, en]", Facts(), True),
        ("lang: ar", Facts(), False),
        ("not_lang: en", Facts(), False),
        ("max_words: 3", Facts(), True),
        ("min_words: 4", Facts(), False),
    ],
)
def test_where_asks_what_is_known_of_an_article(file: Path, where: str, facts: Facts, holds: bool) -> None:
    loaded = one(file, f"match: missile, where: {{{where}}}", "{ours: [example.org]}")
    assert fires(loaded, "A missile flew", facts) is holds


# --- what is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{none: [a]}", "2:9: this rule has no match\n  hint: write  match: missile + Iraq,  or a list"),
        ("{where: {lang: en}}", "2:9: this rule has no match"),
        ("{broad: true}", "2:9: this rule has no match"),
        ("{match: NOT a, broad: maybe}", '2:31: rules.broad: "maybe" is neither true nor false'),
        ("{all: []}", "2:15: rules.all: this list is empty"),
        ("{any: [a, '']}", "2:19: this value is empty"),
        ("{any: [a, [b]]}", "2:19: one value is wanted here, not a list"),
        (
            "{all: [a, b AND]}",
            "2:21: the expression ends too early\n  b AND\n    ^^^\n  hint: something must",
        ),
        (
            "{all: [title: a]}",
            '2:16: in YAML ": " makes a key of what stands before it\n  hint: write  title:',
        ),
        ("{all: [a], match: b c}", '2:27: no operator between "b" and "c"'),
        ("{all: [$none]}", "2:16: there is no set named $none\n  $none\n  ^^^^^"),
        ("{all: [a], none: ['title:(body:b)']}", "2:34: body: inside title: can never match"),
        ("{match: a, all: ['${S} AND']}", "this is not a rule once ${…} is filled in"),
        ("{all: [NOT a], id: it}", "2:16: a rule needs at least one word that must be there"),
        # weights
        ("{score: 3}", "2:17: rules.score: a table of weights is wanted here\n  hint: write  {at_least: 30"),
        ("{score: {terms: {a: 1}}}", "2:17: rules.score: there is no at_least"),
        ("{score: {at_least: 3}}", "2:17: rules.score: there is no terms"),
        ("{score: {at_least: 3, terms: [a]}}", "2:38: terms: a table of words and their weights is wanted"),
        ("{score: {at_least: 3, terms: {a: x}}}", '2:42: terms: "x" is not a weight'),
        ("{score: {at_least: 3, terms: {a: 0}}}", '2:42: terms: "0" is not a weight'),
        ("{score: {at_least: 3, terms: {a: 1, a: 2}}}", '2:45: the key "a" stands twice'),
        ("{score: }", "2:16: rules.score: a table of weights is wanted here"),
        ("{match: score, score: {}}", "2:31: rules.score: a table of weights is wanted here"),
        ("{score: {at_least: 3, terms: {}}}", "2:38: terms: a table of words and their weights is wanted"),
        (
            "{score: {at_least: 3, terms: {a: 12345}}}",
            "hint: write a whole number from -9999 to 9999, but not 0",
        ),
        ("{score: {at_least: 3, terms: {'': 1}}}", "2:39: terms: a weight for no word"),
        (
            "{score: {at_least: 3, terms: {a: 1, '\"a\"': 2}}}",
            '2:45: ""a"" is the same as "a"\n  hint: that is in line 2',
        ),
        (
            "{score: {at_least: 3, terms: {a: [1]}}}",
            "one value is wanted here, not a list\n  hint: write it without",
        ),
        ("{score: {at_least: 3, terms: {a AND: 9}}}", "2:41: the expression ends too early"),
        ("{score: {at_least: 0, terms: {a: 1}}}", '2:28: at_least: "0" is not a whole number from 1'),
        (
            "{score: {at_least: 9, terms: {a: 1}}}",
            "2:9: the weights over 0 add up to 1, so 9 is never reached",
        ),
        (
            "{score: {at_least: 1, terms: {a: 1}, max_times: 2}}",
            "2:57: rules.score: max_times needs  count: each",
        ),
        ("{score: {at_least: 1, terms: {a: 1}, count: all}}", '"all" is neither once nor each'),
        ("{score: {at_least: 1, terms: {a: 1}, most: 2}}", 'unknown key "most"'),
        # where
        ("{match: a, where: en}", "2:27: rules.where: a table of facts is wanted here"),
        ("{match: a, where: {}}", "2:27: rules.where: a table of facts is wanted here\n  hint: write  {lang"),
        ("{match: a, where: }", "2:26: rules.where: a table of facts is wanted here"),
        ("{match: a, where: [lang: en]}", "2:27: rules.where: a table of facts is wanted here"),
        ("{match: a, where: {lang: []}}", "2:34: lang: this list is empty"),
        (
            "{match: a, where: {lang: english}}",
            '2:34: lang: knows no language "english"\n  hint: did you mean',
        ),
        ("{match: a, where: {sorce: x}}", '2:28: unknown key "sorce"\n  hint: did you mean  source  ?'),
        (
            "{match: a, where: {source: https://bbc.com/x}}",
            'which "https://bbc.com/x" is not\n  hint: write bbc.com for all of it',
        ),
        ("{match: a, where: {max_age: 48}}", "2:37: max_age: 48 of what?\n  hint: write a unit"),
        ("{match: a, where: {max_age: [48h]}}", "2:37: max_age: one value is wanted here, not a list"),
        (
            "{match: a, where: {min_words: many}}",
            'min_words: "many" is not a number\n  hint: write how many, as in 300',
        ),
        (
            "{match: a, where: {max_age: <48h}}",
            '"<48h" is not a number with a unit\n  hint: write minutes, hours',
        ),
        ("{match: a, where: {max_age: 2y}}", 'max_age: there is no unit "y"\n  hint: m, h, d and w'),
        ("{match: a, where: {country: Iraq}}", 'country: knows no country "Iraq"\n  hint: did you mean IQ ?'),
        ("{match: a, where: {lang: en OR ar}}", "OR means nothing under where\n  hint: write  lang: [a, b]"),
        ("{match: a, where: {source: NOT x.org}}", "for either,  not_source: a  for NOT"),
        (
            "{match: a, where: {not_tag: x AND y}}",
            "AND means nothing under where\n  hint: write  not_tag: [a, b]",
        ),
        (
            "{match: a, where: {age: <48h}}",
            'unknown key "age"\n  hint: write  max_age: 48h  or  min_age: 48h',
        ),
        ("{match: a, where: {age}}", 'unknown key "age"\n  hint: write  max_age: 48h  or  min_age: 48h'),
        ("{match: a, where: {words: 3}}", "hint: write  min_words: 300  or  max_words: 300"),
        ("{match: a, where: {site: x.org}}", 'unknown key "site"\n  hint: did you mean  source  ?'),
        ("{match: a, where: {not_domain: x.org}}", "hint: did you mean  not_source  ?"),
        ("{match: a, where: {not: {lang: en}}}", 'unknown key "not"\n  hint: write  not_source: example.org'),
        (
            "{match: a, where: {headline: x}}",
            "words are looked for beside where, not inside it:  match: title:missile",
        ),
        ("{match: a, where: {broad: true}}", "hint: it stands beside where, not inside it"),
        ("{match: a, where: {sentiment: good}}", "hint: nothing judges the tone"),
        ("{match: a, site: x.org}", "hint: it stands inside where:  where: {source: …}"),
        ("{match: a, age: 2h}", "hint: it stands inside where:  where: {max_age: …}"),
        (
            "{match: a, where: {tag: 'a \"b\"'}}",
            '2:33: "a "b"" has quotes, which nothing can be compared with',
        ),
        ("{match: a, where: {feed: “x”}}", '2:34: "“x”" has quotes, which nothing can be compared with'),
        (
            "{match: a, max_age: 48h}",
            'unknown key "max_age"\n  hint: it stands inside where:  where: {max_age: …}',
        ),
        ("{at_least: 3, match: a}", "hint: it stands inside score:  score: {at_least: …}"),
        ("{match: a, where: {tag: '***'}}", '2:33: tag: has nothing to compare with in "***"'),
        ("{match: a, where: {not_tag: [x, $none]}}", "2:37: there is no set named $none\n  hint: write it"),
        ("{match: a, where: {lang: '${S}'}}", "what ${…} stands for here cannot be compared with"),
    ],
)
def test_a_wrong_condition_is_told_where_it_stands(file: Path, rule: str, told: str) -> None:
    found = problems(file, f"{FEEDS}rules: [{rule}, x]\n", {"S": "geheim"})
    assert told in found
    assert "geheim" not in found


SIGNS = 'aN2Ω"„«“:/$()[]{}~^;,|&+-<>=*?.#@\\ \u0640\u200f'


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(WHERE)), value=st.text(max_size=12) | st.text(SIGNS, max_size=12))
def test_any_value_of_where_is_taken_or_told(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "where.yaml"
    value = "".join(char for char in value if char.isprintable())
    quoted = value.replace("'", "''")
    file.write_text(f"{FEEDS}rules: [{{match: a, where: {{{name}: '{quoted}'}}}}]\n", encoding="utf-8")
    try:
        (rule,) = config.load(file, {"x": "y"}).rules.rules.values()
        assert rules.parse(rule.text) == rule.tree
    except ConfigError as error:
        assert all(re.search(r"where.yaml:2:\d+: \S", problem) for problem in error.problems)


def test_a_name_in_capitals_is_no_expression(file: Path) -> None:
    loaded = one(file, "match: a, where: {feed: NEWS AND VIEWS}")
    assert loaded.rules.rules["it"].text == 'a AND feed:"NEWS AND VIEWS"'


def test_every_wrong_condition_of_a_rule_is_told_at_once(file: Path) -> None:
    rule = "{all: [a AND, b OR], none: [c d AND], match: e f, score: {at_least: 1, terms: {g AND: 1}}}"
    assert problems(file, f"{FEEDS}rules: [{rule}]\n").count("config.yaml:2:") == 6
