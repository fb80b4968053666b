"""SQLite's full-text search as a second opinion: it finds the same articles wherever it can say the same.

What it cannot: NEAR of anything but phrases, NEAR of a word with itself (one word may serve as both), NOT
without something before it, order, forms.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random, SystemRandom

import pytest

from rules import Document, RuleSet, compile, rule, words

SEED = int(os.environ.get("WIREWATCH_SEED") or SystemRandom().randrange(1_000_000))
RUNS, QUERIES, ARTICLES = 4, 800, 150
# No word is a form of another; some begin alike, for prefixes.
WORDS = [
    *["alder", "aldine", "bex", "bexley", "cato", "catoni", "dova", "dovari", "ekra", "elmo"],
    "ракета",
    "العراق",
    "naïve",
    "Ереван",
]
TOKENIZE = "unicode61 remove_diacritics 0"
FIND = "SELECT rowid FROM article WHERE article MATCH ?"
Query = tuple[str, str]  # ours, SQLite's


@dataclass
class Chance:
    random: Random

    # --- articles ---

    def article(self) -> Document:
        return Document(self.text(6), "\n".join(self.text(9) for _ in range(self.random.randint(0, 3))))

    def text(self, most: int) -> str:
        return " ".join(self.written(self.word()) for _ in range(self.random.randint(0, most)))

    def written(self, word: str) -> str:
        return self.random.choice([word, word, word.title(), word.upper(), f"{word},", f"“{word}”"])

    # --- queries ---

    def word(self) -> str:
        return self.random.choice(WORDS)

    def query(self, depth: int = 2) -> Query:
        makers = [self.term, self.term, self.near]
        if depth:
            makers += [lambda: self.joined(depth), lambda: self.joined(depth), lambda: self.field(depth)]
        return self.random.choice(makers)()

    def term(self) -> Query:
        return self.random.choice([self.plain, self.phrase, self.prefix])()

    def plain(self) -> Query:
        word = self.word()
        return word, f'"{bare(word)}"'

    def phrase(self) -> Query:
        run = [self.word() for _ in range(self.random.randint(2, 3))]
        return f'"{" ".join(run)}"', f'"{" ".join(map(bare, run))}"'

    def prefix(self) -> Query:
        word = self.word()
        word = word[: self.random.randint(2, len(word))]
        return f"{word}*", f'"{bare(word)}" *'

    def near(self) -> Query:
        """Different words. SQLite counts all that stand between the first and the last."""
        count, reach = self.random.choice([2, 2, 3, 4]), self.random.randint(0, 6)
        chosen = self.random.sample(WORDS, count)
        window = f"NEAR/{reach}({', '.join(chosen)})"
        ours = window if count > 2 else f" NEAR/{reach} ".join(chosen)
        return ours, f"NEAR({' '.join(map(bare, chosen))}, {reach + count - 2})"

    def joined(self, depth: int) -> Query:
        operator = self.random.choice(["AND", "OR", "NOT"])
        (a, b), (x, y) = self.query(depth - 1), self.query(depth - 1)
        return f"({a}) {operator} ({x})", f"({b}) {operator} ({y})"

    def field(self, depth: int) -> Query:
        name = self.random.choice(["title", "body"])
        ours, theirs = self.query(0)
        return f"{name}:({ours})", f"{{{name}}} : ({theirs})"


def bare(text: str) -> str:
    """As our tokenizer reads it."""
    return " ".join(word.folded for word in words(text))


def searched(articles: list[Document], queries: list[str]) -> Iterator[set[int]]:
    """The numbers of the articles that SQLite finds."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE VIRTUAL TABLE article USING fts5(title, body, tokenize = '{TOKENIZE}')")
        rows = ((number, bare(one.title), bare(one.body)) for number, one in enumerate(articles))
        db.executemany("INSERT INTO article (rowid, title, body) VALUES (?, ?, ?)", rows)
        for query in queries:
            yield {number for (number,) in db.execute(FIND, [query])}


def matched(ruleset: RuleSet, articles: list[Document]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {id: set() for id in ruleset.rules}
    for number, article in enumerate(articles):
        for match in ruleset.match(article):
            found[match.rule].add(number)
    return found


@pytest.mark.parametrize("run", range(RUNS))
def test_sqlite_finds_the_same_articles(run: int) -> None:
    seed = SEED + run
    chance = Chance(Random(seed))
    articles = [chance.article() for _ in range(ARTICLES)]
    queries = [chance.query() for _ in range(QUERIES)]
    ruleset = compile([rule(ours, str(number)) for number, (ours, _) in enumerate(queries)])
    found = matched(ruleset, articles)
    assert sum(map(bool, found.values())) > QUERIES / 2
    theirs = searched(articles, [theirs for _, theirs in queries])
    for number, ((ours, asked), right) in enumerate(zip(queries, theirs, strict=True)):
        differ = sorted(found[str(number)] ^ right)
        assert not differ, f"WIREWATCH_SEED={seed}\n{ours}\n{asked}\n{articles[differ[0]]}"
