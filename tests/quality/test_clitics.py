"""How many nouns and names of Hebrew, Arabic and Persian news a rule finds that has their dictionary word.

In the text they are inflected, and articles, prepositions and pronouns cling to them; linguists have said
which words they are.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from rules import Document, compile, fold, words
from rules.tree import Rule, Scope, Term
from tests.quality.corpora import corpus, fallen, lines

NAME = "ud-clitics"
LANGUAGES = ("he", "ar", "fa")
NO_LANGUAGE = "zz"  # has no dictionary: what is found is found under its clitics alone
KINDS = {"NOUN": "nouns", "PROPN": "names"}
# Running text with every word of it, where there is one.
TEXTS = {
    "he": "UD_Hebrew-HTB/he_htb-ud-dev.conllu.gz",
    "fa": "UD_Persian-Seraji/fa_seraji-ud-dev.conllu.gz",
}

Finder = Callable[[str], Collection[str]]  # a word of a text -> the dictionary words whose rules find it


@dataclass(frozen=True)
class Form:
    """A way to write a dictionary word, and how often it is written so."""

    language: str
    written: str
    lemma: str
    kind: str
    count: int


@cache
def forms(folder: Path) -> tuple[Form, ...]:
    rows = map(json.loads, lines(folder / "forms.dev.jsonl.gz"))
    return tuple(Form(row["lang"], row["form"], row["lemma"], row["upos"], row["count"]) for row in rows)


def running(folder: Path, language: str) -> Counter[tuple[str, frozenset[str]]]:
    """Written words with the folded dictionary words in each, and how often they stand in the text."""
    if language in TEXTS:
        return Counter(tokens(lines(folder / TEXTS[language])))
    found: Counter[tuple[str, frozenset[str]]] = Counter()
    for form in forms(folder):
        if form.language == language:
            found[form.written, frozenset((fold(form.lemma),))] += form.count
    return found


def tokens(conllu: Iterator[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Of a text in CoNLL-U, in which `3-5` is a word as written and 3, 4 and 5 are the words in it."""
    pending, written, lemmas = 0, "", [""]
    for line in conllu:
        number, form, lemma, *_ = line.split("\t") if line[:1].isdigit() else ("", "", "")
        first, _, last = number.partition("-")
        if last:
            pending, written, lemmas = 1 + int(last) - int(first), form, []
        elif first.isdigit():
            pending, written, lemmas = (pending - 1, written, lemmas) if pending else (0, form, [])
            lemmas.append(fold(lemma))
            if not pending and any(words(written)):
                yield written, frozenset(lemmas)


def finder(lemmas: Collection[str], language: str, exact: bool = False) -> Finder:
    terms = {lemma: Term(lemma, quoted=True) for lemma in lemmas}
    rules = [Rule(lemma, lemma, Scope("exact", term) if exact else term) for lemma, term in terms.items()]
    ruleset = compile(rules)

    @cache
    def found(written: str) -> frozenset[str]:
        document = Document(title=written, body="", languages=(language,))
        return frozenset(match.rule for match in ruleset.match(document))

    return found


def recall(found: Finder, asked: Collection[Form]) -> float:
    """Of the words as often as they are written."""
    return sum(form.count for form in asked if form.lemma in found(form.written)) / sum(
        form.count for form in asked
    )


def recall_of_forms(found: Finder, asked: Collection[Form]) -> float:
    """Of the ways to write them, rare or not."""
    return sum(form.lemma in found(form.written) for form in asked) / len(asked)


def precision(found: Finder, text: Counter[tuple[str, frozenset[str]]]) -> dict[str, float]:
    """Of what rules find in a running text; and of its words, how many no rule for another word finds."""
    right = wrong = spared = 0
    for (written, lemmas), count in text.items():
        answers = {fold(lemma) for lemma in found(written)}
        right += count * len(answers & lemmas)
        wrong += count * len(answers - lemmas)
        spared += count * (answers <= lemmas)
    return {"precision": right / (right + wrong), "others spared": spared / text.total()}


def measured(folder: Path, language: str) -> dict[str, float]:
    asked = [
        form
        for form in forms(folder)
        # `#` parts the two stems of a Persian verb.
        if form.language == language
        and form.kind in KINDS
        and any(words(form.lemma))
        and "#" not in form.lemma
    ]
    lemmas = {form.lemma for form in asked}
    whole, bare = finder(lemmas, language), finder(lemmas, NO_LANGUAGE)
    exact = finder(lemmas, language, exact=True)
    numbers = {}
    for kind, name in KINDS.items():
        if of_kind := [form for form in asked if form.kind == kind]:
            numbers[name] = recall(whole, of_kind)
            numbers[f"{name}: forms"] = recall_of_forms(whole, of_kind)
            numbers[f"{name}: no dictionary"] = recall(bare, of_kind)
            numbers[f"{name}: exact"] = recall(exact, of_kind)
    text = running(folder, language)
    alone = {f"{what}: no dictionary": value for what, value in precision(bare, text).items()}
    return numbers | precision(whole, text) | alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dictionary_word_finds_its_forms_and_few_others(language: str) -> None:
    numbers = measured(corpus(NAME), language)
    assert not fallen(NAME, language, numbers)
