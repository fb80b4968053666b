"""Lucene's intervals as a second engine: python -m tests.oracles.lucene

Flat queries, 60,000 of them, must find the same articles; the exit code is 1 if any does not. Nested ones and
windows of three are known to differ, for Lucene keeps only the smallest of the places that lie inside each
other and counts the words between wrongly where a word comes twice (GH-12213, GH-13819): how often is
printed. Needs a JDK and liblucene8-java; without them it says so and ends well.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

from rules import Document, compile, rule

SEED = int(os.environ.get("WIREWATCH_SEED") or SystemRandom().randrange(1_000_000))
ROUNDS, QUERIES, ARTICLES = 12, 5000, 40
JARS = [
    Path("/usr/share/java", f"lucene-{part}-8.7.0.jar") for part in ("core", "queries", "analyzers-common")
]
ORACLE = Path(__file__).with_name("Oracle.java")
WORDS = ["alder", "aldine", "bex", "bexley", "cato", "dova"]  # few, so that most queries find something
Query = tuple[str, str]  # ours, Lucene's


@dataclass
class Chance:
    random: Random

    def article(self) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(1, 14)))

    def query(self, place: Callable[[], Query]) -> Query:
        """Of one place, or of two or three joined."""
        if self.random.random() < 0.6:
            return place()
        parts = [place() for _ in range(self.random.randint(2, 3))]
        mine, theirs = [f"({ours})" for ours, _ in parts], " ".join(asked for _, asked in parts)
        count, least = len(parts), self.random.randint(1, len(parts))
        return self.random.choice(
            [
                (" AND ".join(mine), f"#and {count} {theirs}"),
                (" OR ".join(mine), f"#or {count} {theirs}"),
                (" NOT ".join(mine[:2]), f"#not {parts[0][1]} {parts[1][1]}"),
                (f"{least} OF ({', '.join(mine)})", f"#atleast {least} {count} {theirs}"),
            ]
        )

    # --- flat: places of words, phrases and groups of words ---

    def flat(self) -> Query:
        return self.measured(self.plain) if self.random.random() < 0.7 else self.plain()

    def measured(self, part: Callable[[], Query]) -> Query:
        reach, times, (word, _) = self.random.randint(0, 4), self.random.randint(1, 3), self.word()
        (a, b), (x, y) = part(), part()
        if b == y and a != b:  # of a phrase and itself Lucene finds too few
            return self.measured(part)
        return self.random.choice(
            [
                (f"({a}) BEFORE/{reach} ({x})", f"#before {reach} 2 {b} {y}"),
                (f"({a}) NEAR/{reach} ({x})", f"#near {reach} 2 {b} {y}"),
                (f"({a}) NOT NEAR/{reach} ({x})", f"#apart {reach} {b} {y}"),
                (f"({a}) EXCEPT ({x})", f"#except {b} {y}"),
                (f"{times} TIMES {word}", f"#times {times} {word}"),  # of a phrase, Lucene counts overlaps
            ]
        )

    def window(self, reach: int, parts: Sequence[Query]) -> Query:
        name = self.random.choice(["NEAR", "BEFORE"])
        mine, theirs = (list(texts) for texts in zip(*parts, strict=True))
        return (
            f"{name}/{reach}({', '.join(mine)})",
            f"#{name.lower()} {reach} {len(parts)} {' '.join(theirs)}",
        )

    def plain(self) -> Query:
        return self.random.choice([self.word, self.word, self.phrase, self.either, self.prefix])()

    def word(self) -> Query:
        word = self.random.choice(WORDS)
        return word, word

    def prefix(self) -> Query:
        word = f"{self.random.choice(WORDS)[:3]}*"
        return word, word

    def phrase(self) -> Query:
        run = [self.random.choice(WORDS) for _ in range(self.random.randint(2, 3))]
        return f'"{" ".join(run)}"', f"#phrase {len(run)} {' '.join(run)}"

    def either(self) -> Query:
        group = self.random.sample(WORDS, 2)
        return " OR ".join(group), f"#either 2 {' '.join(group)}"

    # --- nested: places of places ---

    def nested(self) -> Query:
        if self.random.random() < 0.8:
            return self.measured(self.joined)
        return self.window(self.random.randint(0, 6), [self.plain() for _ in range(3)])

    def joined(self) -> Query:
        reach = self.random.randint(0, 3)
        (a, b), (x, y) = self.flat_part(), self.flat_part()
        return self.random.choice(
            [
                (f"({a}) BEFORE/{reach} ({x})", f"#before {reach} 2 {b} {y}"),
                (f"({a}) NEAR/{reach} ({x})", f"#near {reach} 2 {b} {y}"),
                (f"({a}) EXCEPT ({x})", f"#except {b} {y}"),
                (f"({a}) OR ({x})", f"#either 2 {b} {y}"),
            ]
        )

    def flat_part(self) -> Query:
        return self.random.choice([self.word, self.phrase])()


def lucene(articles: Sequence[str], queries: Sequence[str]) -> list[set[int]]:
    command = ["java", "-cp", ":".join(map(str, JARS)), str(ORACLE)]
    asked = "\n".join([*articles, "", *queries, ""])
    answer = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout
    return [set(map(int, line.split())) for line in answer.splitlines()]


def ours(articles: Sequence[str], queries: Sequence[str]) -> list[set[int]]:
    ruleset = compile([rule(text, str(number)) for number, text in enumerate(queries)])
    found: list[set[int]] = [set() for _ in queries]
    for number, text in enumerate(articles):
        for match in ruleset.match(Document("", text)):
            found[int(match.rule)].add(number)
    return found


def differences(seed: int, nested: bool) -> Iterator[str]:
    chance = Chance(Random(seed))
    articles = [chance.article() for _ in range(ARTICLES)]
    queries = [chance.query(chance.nested if nested else chance.flat) for _ in range(QUERIES)]
    mine, theirs = (
        ours(articles, [text for text, _ in queries]),
        lucene(articles, [asked for _, asked in queries]),
    )
    for (text, asked), one, two in zip(queries, mine, theirs, strict=True):
        for number in sorted(one ^ two):
            who = "only ours" if number in one else "only Lucene's"
            yield f"WIREWATCH_SEED={seed}  {who}: {text}\n  {asked}\n  {articles[number]}"


def missing() -> str:
    if not shutil.which("javac"):
        return "no JDK here; install openjdk-17-jdk-headless"
    return "" if all(jar.exists() for jar in JARS) else "no Lucene here; install liblucene8-java"


def main() -> int:
    if why := missing():
        print(f"SKIPPED: {why}")
        return 0
    differ = [line for number in range(ROUNDS) for line in differences(SEED + number, nested=False)]
    print("\n".join(differ[:20]))
    answers = QUERIES * ARTICLES
    print(f"flat: {ROUNDS * QUERIES} queries, {len(differ)} of {ROUNDS * answers} answers differ")
    known = len(list(differences(SEED, nested=True))) / answers
    print(f"nested: {known:.2%} of {answers} answers differ; Lucene keeps only the smallest places")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
