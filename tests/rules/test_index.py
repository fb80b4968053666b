"""What is looked up instead of tried: it leaves no rule out, whatever was compiled, learnt or seen before."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest

from rules import Document, Rule, RuleErrors, RuleSet, compile, rule
from rules.engine.building import build
from rules.engine.kernel import KERNELS, PLAIN, Kernel, PlainMemo
from rules.engine.reading import Reading
from rules.text.forms import inflect
from rules.tree import Node
from tests.rules.chance import SETS, cases

GIVEN = {name: tuple(entries) for name, entries in SETS.items()}
SEEDS = range(3)


def sound(trees: Sequence[Node]) -> list[Rule]:
    """Without those that are refused, as `title:` inside `body:` is."""
    rules = [Rule(str(number), str(tree), tree, broad=True) for number, tree in enumerate(trees)]
    try:
        compile(rules, SETS)
    except RuleErrors as errors:
        wrong = {error.rule for error in errors.errors}
        rules = [one for one in rules if one.id not in wrong]
    return rules


def random_cases(seed: int, rules: int = 150, documents: int = 20) -> tuple[list[Rule], list[Document]]:
    trees, articles = cases(seed, rules, documents)
    return sound(trees), list(articles)


def tried(ruleset: RuleSet, document: Document) -> list[str]:
    """Every rule by itself, without the index."""
    return [id for id in ruleset.rules if ruleset.matches(id, document)]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_index_leaves_no_rule_out_and_adds_none(seed: int, kernel: Kernel) -> None:
    rules, documents = random_cases(seed)
    ruleset = build(rules, GIVEN, None, kernel)
    for document in documents:
        assert list(ruleset.holding(document)) == tried(ruleset, document)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_index_is_sure_of_holds_and_what_it_passes_over_does_not(seed: int) -> None:
    rules, documents = random_cases(seed)
    ruleset = build(rules, GIVEN, None, PLAIN)
    (shelf,) = ruleset.rules.shelves
    for document in documents:
        for language in document.languages or ("en",):
            reading = Reading(document, ruleset.lexicon.tongue(language))
            sure, unsure = shelf.finder.found(reading.entry, np.zeros(0, np.int64))
            held = {number for number in range(len(rules)) if reading.holds(shelf.plan(number))}
            assert set(sure.tolist()) <= held <= {*sure.tolist(), *unsure.tolist()}


@pytest.mark.skipif(len(KERNELS) == 1, reason="rules/engine/_fast.c was not compiled")
@pytest.mark.parametrize("seed", SEEDS)
def test_c_and_python_say_the_same(seed: int) -> None:
    rules, documents = random_cases(seed, 300, 30)
    one, two = (build(rules, GIVEN, None, kernel) for kernel in KERNELS)
    for document in documents * 2:  # at first it has no programs
        assert one.match(document) == two.match(document)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_set_of_rules_is_as_one_compiled_anew(seed: int) -> None:
    rules, documents = random_cases(seed)
    random = Random(seed)
    ruleset = compile(rules[::2], SETS)
    for step in range(4):
        for document in random.sample(documents, 3):
            ruleset.match(document)
        given = random.sample(rules, random.randint(1, len(rules)))
        sets = GIVEN if step % 2 else {**GIVEN, "arms": ("rocket", "su35", "US"), "new": ("$arms",)}
        ruleset = compile(given, sets, ruleset)
        fresh = compile(given, sets)
        assert list(ruleset.rules) == list(fresh.rules) == [one.id for one in given]
        for document in documents:
            assert ruleset.match(document) == fresh.match(document)


def test_a_changed_rule_leaves_the_others_where_they_are() -> None:
    rules = [rule(f"word{number} AND other", str(number)) for number in range(50)]
    before = compile(rules)
    changed = [*rules[:10], rule("zebra", "10"), *rules[11:40], rule("new AND zebra", "x")]
    after = compile(changed, {}, before)
    assert after.rules.shelves[0] is before.rules.shelves[0]
    article = Document("", "a new zebra, word10, word45 and other word9")
    assert after.holding(article) == ("9", "10", "x")
    assert before.holding(article) == ("9", "10", "45")


def test_a_changed_set_changes_the_rules_that_name_it_through_others() -> None:
    rules = [rule("$outer AND Iraq", "a"), rule("Iraq", "b"), rule("Iraq AND 2 OF $inner", "c")]
    sets = {"outer": ["$inner", "tank"], "inner": ["missile", "drone"]}
    before = compile(rules, sets)
    after = compile(rules, {**sets, "inner": ["zebra", "lion"]}, before)
    article = Document("", "A lion and a zebra in Iraq")
    assert before.holding(article) == ("b",)
    assert after.holding(article) == ("a", "b", "c")
    assert after.rules.shelves[0] is before.rules.shelves[0]


def test_a_wrong_rule_is_refused_beside_right_ones_too() -> None:
    before = compile([rule("Iraq", "a")], {"arms": ["missile"]})
    with pytest.raises(RuleErrors, match="there is no set named"):
        compile([rule("Iraq", "a"), rule("$misiles", "b")], {"arms": ["missile"]}, before)
    with pytest.raises(RuleErrors, match='two rules have the id "a"'):
        compile([rule("Iraq", "a"), rule("Syria", "a")], {"arms": ["missile"]}, before)
    (same,) = before.rules.values()
    with pytest.raises(RuleErrors, match='two rules have the id "a"'):
        compile([same, same], {"arms": ["missile"]}, before)
    named = compile([rule("$arms", "a")], {"arms": ["missile"]}, before)
    with pytest.raises(RuleErrors, match="there is no set named"):
        compile([rule("$arms", "a")], {}, named)


def test_many_changes_are_compiled_anew() -> None:
    before = compile([rule("Iraq", "a")])
    rules = [rule(f"word{number}", str(number)) for number in range(2000)]
    after = compile(rules, {}, before)
    assert len(after.rules.shelves) == 1
    assert after.holding(Document("", "word1999 Iraq")) == ("1999",)


# --- languages ---------------------------------------------------------------------------------------------

TERMS = ["missile", "Rakete", "attack", "WHO"]
ARTICLES = [
    Document("", "Missiles attacked", languages=("en",)),
    Document("", "Raketen und die WHO", languages=("de",)),
    Document("", "Raketen, missiles", languages=("de", "en")),
    Document("", "raketen", languages=("zz",)),
]


def test_the_order_of_learning_does_not_matter() -> None:
    rules = [rule(term) for term in TERMS]
    one, two, three = compile(rules), compile(rules), compile(rules)
    for language in ("en", "de"):
        one.learn(language, inflect(one.vocabulary, language))
    for word in reversed(TERMS):
        for language in ("de", "en"):
            two.learn(language, inflect([word], language))
    assert one.languages == two.languages == {"en", "de"}
    for article in ARTICLES:
        assert one.match(article) == two.match(article) == three.match(article)


def test_what_is_not_learnt_is_said_and_learnt_when_it_is_read() -> None:
    ruleset = compile([rule(term) for term in TERMS])
    assert ruleset.vocabulary == frozenset(TERMS)
    assert ruleset.languages == frozenset()
    assert ruleset.unlearnt(ARTICLES[2]) == ("de", "en")
    assert ruleset.unlearnt(ARTICLES[3]) == ()
    assert ruleset.match(ARTICLES[1])
    assert ruleset.languages == {"de"}
    assert ruleset.unlearnt(ARTICLES[2]) == ("en",)


def test_a_new_word_is_all_there_is_to_learn_after_a_change() -> None:
    before = compile([rule("missile", "a")])
    before.learn("en", inflect(before.vocabulary, "en"))
    after = compile([rule("missile", "a"), rule("rocket", "b")], {}, before)
    assert after.lexicon.missing("en") == {"rocket"}
    after.learn("en", inflect(["rocket"], "en"))
    assert after.unlearnt(Document("", "")) == ()
    assert after.holding(Document("", "missiles and rockets")) == ("a", "b")
    assert before.holding(Document("", "missiles and rockets")) == ("a",)


def test_words_known_already_keep_what_was_seen() -> None:
    before = compile([rule("missile AND Iraq", "a")])
    before.match(ARTICLES[0])
    assert compile([rule("missile OR Iraq", "a")], {}, before).lexicon is before.lexicon


# --- what was seen before ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_memory_that_overflows_changes_nothing(kernel: Kernel) -> None:
    rules, documents = random_cases(7)
    small = replace(kernel, memo=partial(kernel.memo, limit=5))
    one, two = build(rules, GIVEN, None, small), build(rules, GIVEN)
    for document in documents * 2:
        assert one.match(document) == two.match(document)


def test_rules_looked_up_by_counted_words_are_the_same() -> None:
    rules, documents = random_cases(8)
    ruleset, fresh = compile(rules, SETS), compile(rules, SETS)
    keys = [ruleset.clause(one.id) for one in rules]
    while ruleset.counts.documents <= 200:
        for document in documents:
            ruleset.holding(document)
    assert keys != [ruleset.clause(one.id) for one in rules]
    for document in documents:
        assert ruleset.match(document) == fresh.match(document)


def test_the_rarest_words_are_the_key() -> None:
    rules = [rule('(missile OR rocket) AND Iraq AND "red sea"', "a"), rule("3 TIMES Iraq", "b")]
    broad = replace(rule("NOT Macron OR Iraq", "c"), broad=True)
    ruleset = compile([*rules, broad])
    for _ in range(200):
        ruleset.holding(Document("", "Iraq sea missile"))
    assert ruleset.clause("a") == ("red",)
    assert ruleset.clause("b") == ("Iraq",)
    assert ruleset.clause("c") == ()
    with pytest.raises(KeyError):
        ruleset.clause("nobody")


def test_of_several_words_so_many_that_one_must_be_there_are_the_key() -> None:
    ruleset = compile(
        [rule("2 OF (missile, Iraq, Macron)", "a"), rule("2 OF $s", "b")], {"s": ["alpha", "beta"]}
    )
    for _ in range(200):
        ruleset.holding(Document("", "missile"))
    assert ruleset.clause("a") == ("Iraq", "Macron")
    assert len(ruleset.clause("b")) == 1


# --- text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
def test_text_is_cut_where_python_cuts_it(kernel: Kernel) -> None:
    memo = kernel.memo(lambda piece: piece.encode("utf-32-le", "surrogatepass"))
    every = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    text = "".join(f"a{char}" for char in every)
    for _ in range(2):
        assert memo.read(text) == "".join(text.split()).encode("utf-32-le")
    assert memo.read("a\ud800 b") == "a\ud800b".encode("utf-32-le", "surrogatepass")
    assert memo.read("") == memo.read(" \u3000\n") == b""


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_text_without_end_is_remembered_in_part(kernel: Kernel) -> None:
    asked: list[str] = []

    def look(piece: str) -> bytes:
        asked.append(piece)
        return b"1234"

    memo = kernel.memo(look)
    for _ in range(2):
        assert memo.read("x" * 1_000_000) == b"1234"
        assert memo.read("short " * 1000) == b"1234" * 1000
    assert asked.count("short") == 1


# --- threads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", KERNELS)
def test_threads_that_match_learn_and_compile_do_not_disturb_each_other(kernel: Kernel) -> None:
    rules, documents = random_cases(9)
    expected = {id(document): build(rules, GIVEN).match(document) for document in documents}
    shared = build(rules, GIVEN, None, kernel)

    def matched(turn: int) -> None:
        for document in documents[turn:] + documents[:turn]:
            assert shared.match(document) == expected[id(document)]

    def learnt(language: str) -> None:
        shared.learn(language, inflect(shared.vocabulary, language))

    def compiled(turn: int) -> None:
        other = compile(rules[turn:], SETS, shared)
        for document in documents:
            other.match(document)

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(matched, turn) for turn in range(4)]
        work += [pool.submit(learnt, language) for language in ("fr", "en", "ar")]
        work += [pool.submit(compiled, turn) for turn in range(3)]
    for done in work:
        done.result()


# --- hostile -----------------------------------------------------------------------------------------------


def test_ten_thousand_rules_with_a_set_of_ten_thousand_share_it() -> None:
    sets = {"people": [f"name{number}" for number in range(10_000)]}
    rules = [rule(f"$people NEAR/5 word{number}", str(number)) for number in range(2_000)]
    ruleset = compile(rules, sets)
    assert ruleset.holding(Document("", "name77 met word5 and word6 today")) == ("5", "6")
    assert PlainMemo is PLAIN.memo


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_part_of_a_word_that_stands_after_the_whole_is_found_near(kernel: Kernel) -> None:
    ruleset = build([rule("strike BEFORE/0 *35", "a"), rule("*35 BEFORE/0 strike", "b")], {}, None, kernel)
    for _ in range(2):
        assert ruleset.holding(Document("", "a strike, Su-35 and Su-35 strike")) == ("a", "b")
        assert ruleset.holding(Document("", "a strike, a Su-35")) == ()
