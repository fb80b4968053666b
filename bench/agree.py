"""Does `wirewatch match` find what SQLite's full-text search finds, on articles as they were written?

    python -m bench.agree NEWS.jsonl.gz… [--queries 600] [--seed 1] [--lang ar]

Lines of {"id", "title", "body"}. Queries are flat, of words drawn as often as they occur: boolean, phrase,
prefix, NEAR, title: and body:. Ours are asked with exact:, so that forms of words do not come between. SQLite
gets the words of our tokenizer, each letter spelled as a number, so that its own tokenizer has no say.
Exit 1 if any answer differs.
"""

import argparse
import gzip
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from rules.text.words import CHUNK, Part, parts, rule_words

LIMIT = 20  # differences shown
Query = tuple[str, str]  # ours, SQLite's
Answers = dict[str, set[int]]  # query -> articles


@dataclass
class News:
    """Articles, and their words in the spelling that exact: compares."""

    articles: list[dict[str, str]]
    titles: list[list[str]] = field(init=False)
    bodies: list[list[str]] = field(init=False)
    joins: set[tuple[str, str]] = field(default_factory=set)  # ceasefire, cease: written cease-fire

    def __post_init__(self) -> None:
        self.titles = [self.words(article["title"]) for article in self.articles]
        self.bodies = [self.words(article["body"]) for article in self.articles]

    def words(self, text: str) -> list[str]:
        found: list[str] = []
        for chunk in CHUNK.finditer(text):
            pieces = parts(chunk[0])
            found += [part.exact for part in pieces if part.wide == 1]
            self.joins.update((part.exact, _first(part, pieces)) for part in pieces if part.wide > 1)
        return found

    @cached_property
    def joined(self) -> set[str]:
        return {join for join, _ in self.joins}

    def askable(self, word: str) -> bool:
        """SQLite knows no joined words: not as we find cease-fire under ceasefire, nor F-16 under F16."""
        plain = word.isdigit() or word.isalpha()
        return plain and word not in self.joined and [len(chunk) for chunk in rule_words(word)] == [1]

    def prefix(self, start: str) -> bool:
        return not any(join.startswith(start) and not first.startswith(start) for join, first in self.joins)


def _first(join: Part, pieces: tuple[Part, ...]) -> str:
    return next(part.exact for part in pieces if part.wide == 1 and part.at == join.at)


@dataclass
class Chance:
    news: News
    random: Random

    def query(self) -> Query:
        return self.random.choice(
            [self.both, self.either, self.without, self.phrase, self.begun, self.near, self.titled]
        )()

    def row(self) -> list[str]:
        """The words of some article: words that occur often come often."""
        while True:
            row = self.random.choice(self.news.bodies)
            if sum(map(self.news.askable, row)) > 10:
                return row

    def word(self) -> str:
        return self.random.choice(list(filter(self.news.askable, self.row())))

    def some(self) -> Query:
        return self.random.choice([self.single, self.single, self.phrase, self.begun])()

    def single(self) -> Query:
        word = self.word()
        return f'"{word}"', spelled(word)

    def both(self) -> Query:
        (a, b), (x, y) = self.some(), self.some()
        return f"{a} AND {x}", f"{b} AND {y}"

    def either(self) -> Query:
        (a, b), (x, y) = self.some(), self.both()
        return f"{a} OR ({x})", f"{b} OR ({y})"

    def without(self) -> Query:
        (a, b), (x, y) = self.some(), self.some()
        return f"{a} NOT {x}", f"{b} NOT {y}"

    def phrase(self) -> Query:
        row, size = self.row(), self.random.randint(2, 3)
        at = self.random.randrange(len(row) - size)
        run = row[at : at + size]
        return (
            (f'"{" ".join(run)}"', f'"{" ".join(map(spelled, run))}"')
            if all(map(self.news.askable, run))
            else self.phrase()
        )

    def begun(self) -> Query:
        word = self.word()
        start = word[: self.random.randint(3, 6)]
        askable = start.isalpha() and len(start) > 2 and self.news.prefix(start)
        return (f"{start}*", f"{spelled(start)} *") if askable else self.begun()

    def near(self) -> Query:
        """Two words of one article, mostly."""
        row, reach = list(filter(self.news.askable, self.row())), self.random.randint(0, 12)
        at = self.random.randrange(len(row) - 1)
        one, two = row[at], self.random.choice(row[at + 1 : at + 8])
        if one == two:  # SQLite lets one word be both
            return self.near()
        return f'"{one}" NEAR/{reach} "{two}"', f"NEAR({spelled(one)} {spelled(two)}, {reach})"

    def titled(self) -> Query:
        name = self.random.choice(["title", "body"])
        ours, theirs = self.some()
        return f"{name}:{ours}", f"{{{name}}} : {theirs}"


def spelled(word: str) -> str:
    """The same prefixes, in letters no tokenizer splits or folds."""
    return "".join(f"{ord(char):05x}" for char in word)


def sqlite(news: News, queries: list[Query]) -> Answers:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE news USING fts5(title, body, tokenize = 'ascii')")
        for number, columns in enumerate(zip(news.titles, news.bodies, strict=True)):
            texts = [" ".join(map(spelled, words)) for words in columns]
            db.execute("INSERT INTO news (rowid, title, body) VALUES (?, ?, ?)", (number, *texts))
        found = "SELECT rowid FROM news WHERE news MATCH ?"
        return {ours: {row[0] for row in db.execute(found, [asked])} for ours, asked in queries}


def wirewatch(news: News, queries: list[Query], language: str) -> Answers:
    rules = [{"id": f"q{number}", "match": f"exact:({ours})"} for number, (ours, _) in enumerate(queries)]
    lines = [
        json.dumps({"id": number, "title": one["title"], "text": one["body"], "lang": language})
        for number, one in enumerate(news.articles)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rules.yaml")
        path.write_text(json.dumps({"rules": rules}), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("wirewatch")), "match", "--rules", str(path)]
        told = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(f"wirewatch match failed: {told.stderr}")
    found: Answers = {ours: set() for ours, _ in queries}
    for answer in map(json.loads, told.stdout.splitlines()):
        for id in answer["rules"]:
            found[queries[int(id[1:])][0]].add(answer["id"])
    return found


def read(path: Path) -> Iterator[dict[str, str]]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for record in map(json.loads, lines):
            yield {"id": str(record["id"]), "title": record["title"] or "", "body": record["body"] or ""}


def compare(path: Path, asked: Any) -> int:
    news = News(list(read(path)))
    chance = Chance(news, Random(asked.seed))
    queries = list(
        {ours: (ours, theirs) for ours, theirs in (chance.query() for _ in range(asked.queries))}.values()
    )
    right, found = sqlite(news, queries), wirewatch(news, queries, asked.lang)
    differ = [(ours, number) for ours, _ in queries for number in sorted(found[ours] ^ right[ours])]
    for ours, number in differ[:LIMIT]:
        who = "only ours" if number in found[ours] else "only SQLite's"
        print(f"  {who}: exact:({ours}) in {news.articles[number]['id']}")
    kinds = Counter(len(right[ours]) > 0 for ours, _ in queries)
    print(
        f"{path.name}: {len(queries)} queries on {len(news.articles)} articles; {kinds[True]} find some, "
        f"{sum(map(len, right.values()))} findings; {len({ours for ours, _ in differ})} queries differ"
    )
    return len(differ)


def main() -> None:
    words = argparse.ArgumentParser(prog="bench.agree")
    words.add_argument("news", type=Path, nargs="+")
    words.add_argument("--queries", type=int, default=600)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--lang", default="")
    asked = words.parse_args()
    sys.exit(1 if sum([compare(path, asked) for path in asked.news]) else 0)


if __name__ == "__main__":
    main()
