"""`must_match` and `must_not_match`, and what a reload takes from the config before it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import config
from monitor.errors import ConfigError
from monitor.model import Config
from rules import Document
from tests.monitor.configs import FEEDS, load, problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def again(file: Path, text: str, previous: Config) -> Config:
    file.write_text(text, encoding="utf-8")
    return config.load(file, {}, previous)


# --- examples -------------------------------------------------------------------------------------------


def test_a_rule_proves_its_own_examples(file: Path) -> None:
    text = f"""{FEEDS}rules:
  - id: far
    match: missile + Iraq
    must_match: [Missiles in Iraq, Iraq only]
    must_not_match:
      - Iraq and its missile
"""
    assert problems(file, text).splitlines() == [
        'config.yaml:5:36: rule "far" does not match its example "Iraq only"',
        "  hint: mend the rule, or the example (L13)",
        'config.yaml:7:9: rule "far" matches "Iraq and its missile", which it must not',
        "  hint: mend the rule, or the example (L13)",
    ]


def test_examples_are_proven_beside_rules_that_are_wrong(file: Path) -> None:
    found = problems(file, f"{FEEDS}rules:\n  - $none\n  - {{match: a, must_match: [b]}}\n")
    assert "there is no set named $none" in found
    assert 'rule "a" does not match its example "b"' in found


@pytest.mark.parametrize(
    "rule",
    [
        "{all: [Macron, Lebanon], none: [football], must_match: [Macron in Lebanon], must_not_match: [x]}",
        "{match: missile, where: {source: bbc.co.uk, min_words: 300}, must_match: [Missiles], id: a}",
        "{match: missile, where: {not_lang: en}, must_match: [Missiles]}",
        "{match: 'title:missile + body:Iraq', must_match: [Missiles in Iraq]}",
        "{score: {at_least: 3, terms: {a b: 3, x: -1}}, must_match: [a b], must_not_match: [a b x]}",
        "{match: ракета, must_match: [Пуск ракеты]}",
        "{match: العراق, must_match: [قصف والعراق], must_not_match: [إيران]}",
        "{match: kinder, where: {lang: [de]}, must_match: [den Kindern]}",
        "{match: $iraq, must_match: [Iraq], must_not_match: [Basra]}",
    ],
)
def test_an_example_proves_the_words_of_a_rule_and_not_what_else_it_asks(file: Path, rule: str) -> None:
    assert load(file, f"{FEEDS}sets: {{iraq: {{any: [Iraq], ar: [Basra]}}}}\nrules: [{rule}]\n").kept.proven


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{match: a, where: {lang: en}, must_not_match: [a]}", 'rule "a" matches "a", which it must not'),
        (
            "{match: kinder, must_match: [den Kindern]}",
            'rule "kinder" does not match its example "den Kindern"',
        ),
        ("{match: kinder, where: {lang: de}, must_not_match: [Kindern]}", "which it must not"),
        (
            "{broad: true, where: {lang: en}, must_match: [a]}",
            "2:55: an example proves words, and this rule asks",
        ),
        ("{match: a, must_match: []}", "rules.must_match: this list is empty"),
    ],
)
def test_an_example_that_is_broken_is_told(file: Path, rule: str, told: str) -> None:
    assert told in problems(file, f"{FEEDS}rules: [{rule}]\n")


def test_an_example_is_read_in_every_language_of_the_config(file: Path) -> None:
    rule = "rules: [{match: kinder, must_match: [den Kindern]}]\n"
    assert load(file, f"{FEEDS}languages: [en, de]\n{rule}").kept.proven


# --- reload ---------------------------------------------------------------------------------------------

SETS = "sets: {m: [missile]}\n"
RULES = "rules:\n- {id: a, match: $m + Iraq, must_match: [a missile in Iraq]}\n- Iran\n- {all: [Gaza, aid]}\n"


def test_a_reload_takes_over_the_rules_that_stand_as_they_did(file: Path) -> None:
    first = load(file, FEEDS + SETS + RULES)
    second = again(file, FEEDS + SETS + RULES + "- {id: b, match: Iran, to: x}\n", first)
    assert list(second.rules.rules) == ["a", "iran", "gaza-and-aid", "b"]
    assert second.rules.rules["a"] is first.rules.rules["a"]
    assert second.rules.rules["iran"] is first.rules.rules["iran"]
    assert second.rules.rules["gaza-and-aid"] is first.rules.rules["gaza-and-aid"]
    assert second.rules.rules["b"] == replace(first.rules.rules["iran"], id="b")
    assert (second.kept.proven, len(second.kept.proven)) == (first.kept.proven, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("all: [a, b]", "all: [a, c]"),
        ("all: [a, b]", "any: [a, b]"),
        ("all: [a b]", "match: a + b"),
        ("all: [a], none: [b]", "all: [a]"),
        ("all: [a], match: b", "all: [b], match: a"),
        ("match: a, where: {lang: en}", "match: a, where: {lang: ar}"),
        ("match: a, where: {lang: en}", "match: a, where: {not_lang: en}"),
        ("score: {at_least: 2, terms: {a: 2, b: 1}}", "score: {at_least: 2, terms: {a: 1, b: 2}}"),
        ("score: {at_least: 1, terms: {a: 2}}", "score: {at_least: 2, terms: {a: 2}}"),
        ("score: {at_least: 1, terms: {a: 2}, count: each}", "score: {at_least: 1, terms: {a: 2}}"),
        ("all: [NOT a, b], broad: true", "all: [NOT a, b]"),
    ],
)
def test_a_rule_that_says_something_else_is_another_rule(file: Path, before: str, after: str) -> None:
    first = load(file, f"{FEEDS}rules: [{{id: it, {before}}}]\n")
    text = f"{FEEDS}rules: [{{id: it, {after}}}]\n"
    assert again(file, text, first).rules.rules["it"] == load(file, text).rules.rules["it"]
    assert again(file, text, first).rules.rules["it"] != first.rules.rules["it"]


def test_a_rule_whose_id_is_dropped_is_named_after_its_text_again(file: Path) -> None:
    first = load(file, f"{FEEDS}rules: [{{id: x, match: Iran + Iraq}}]\n")
    assert list(again(file, f"{FEEDS}rules: [Iran + Iraq]\n", first).rules.rules) == ["iran-and-iraq"]


def test_examples_are_proven_again_when_a_set_or_an_example_changes(file: Path) -> None:
    first = load(file, FEEDS + SETS + RULES)
    for text in (SETS.replace("missile", "tank") + RULES, SETS + RULES.replace("a missile", "a tank")):
        with pytest.raises(ConfigError, match="does not match its example"):
            again(file, FEEDS + text, first)
    changed = again(file, FEEDS + SETS + RULES.replace("a missile in", "missiles hit"), first)
    assert changed.kept.proven.isdisjoint(first.kept.proven)


def test_what_is_wrong_at_a_reload_is_told_as_at_a_start(file: Path) -> None:
    text = f"{FEEDS}rules:\n- Iran\n- $none\n- Iran AND\n- Iran\n"
    first = load(file, f"{FEEDS}rules: [Iran]\n")
    file.write_text(text)
    with pytest.raises(ConfigError) as reload:
        config.load(file, {}, first)
    with pytest.raises(ConfigError) as start:
        config.load(file, {})
    assert reload.value.problems == start.value.problems
    assert len(start.value.problems) == 3


LINES = [
    "- {id: a, match: $m + Iraq}\n",
    "- {id: a, match: Iran}\n",
    "- {id: b, match: Iran, to: x}\n",
    "- Iran\n",
    "- {id: b, all: [$m, Iran], none: [Gaza]}\n",
    "- {all: [$m, Iran]}\n",
    "- {id: c, any: [Iran, Gaza], where: {lang: en}, must_not_match: [Iraq]}\n",
    "- {id: c, any: [Iran, Gaza], where: {lang: ar}, must_not_match: [Iran]}\n",
    "- {id: d, match: $m, must_match: [a missile]}\n",
    "- {id: d, score: {at_least: 2, terms: {$m: 1, Iran: 1}}}\n",
    "- Iran AND\n",
]
FILES = st.tuples(
    st.sampled_from(["sets: {m: [missile]}\n", "sets: {m: [missile, tank], n: [x]}\n"]),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=6, unique=True).map("".join),
).map(lambda parts: f"{FEEDS}{parts[0]}rules:\n{parts[1]}")
READ = [
    Document(text, "") for text in ("A missile in Iran", "tanks in Iraq", "Gaza and Iran", "Iraq, a missile")
]


@settings(max_examples=60, deadline=None)
@given(before=FILES, after=FILES)
def test_a_reload_is_a_load(tmp_path_factory: pytest.TempPathFactory, before: str, after: str) -> None:
    file = tmp_path_factory.getbasetemp() / "reload.yaml"
    first = outcome(file, before)
    reloaded = outcome(file, after, first if isinstance(first, Config) else None)
    loaded = outcome(file, after)
    if isinstance(loaded, Config) and isinstance(reloaded, Config):
        assert dict(reloaded.rules.rules) == dict(loaded.rules.rules)
        assert [reloaded.rules.match(text) for text in READ] == [loaded.rules.match(text) for text in READ]
        assert replace(reloaded, rules=loaded.rules) == loaded
    else:
        assert reloaded == loaded


def outcome(file: Path, text: str, previous: Config | None = None) -> Config | str:
    file.write_text(text)
    try:
        return config.load(file, {}, previous)
    except ConfigError as error:
        return str(error)
