"""Rules against articles of 1,000 words: how long, beside splitting the text into words in the same run.

    python -m bench.rules [DATA]

DATA is a folder of Reuters-21578 (reuters*.jsonl.gz); without it texts are made up, their words as unevenly
common as in any language. Times are of one core, everything warm, in microseconds an article; the split is
re.findall(r"\\w+", text.lower()) on the same articles, turn and turn about. Rules are made of words that
stand in 0.75 to 15 % of other articles (the hard pool), or of any words of these.
"""

import gc
import gzip
import json
import random
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rules import Document, RuleSet, compile, rule
from rules.text.words import CHUNK, parts

WORDS = 1000
ARTICLES = 300
MATCHED = 30  # articles whose matches are asked with their places
ROUNDS = 5
_WORD = re.compile(r"\w+")


def split(text: str) -> list[str]:
    return _WORD.findall(text.lower())


# --- texts -----------------------------------------------------------------------------------------------


def articles(folder: Path | None) -> list[str]:
    words = list(real(folder) if folder else made_up())
    starts = range(0, len(words) - WORDS, WORDS)
    return [" ".join(words[at : at + WORDS]) for at in starts]


def real(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("reuters*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                yield from f"{record.get('title') or ''}\n{record.get('body') or ''}".split(" ")


def made_up(count: int = 1_000_000) -> Iterator[str]:
    """Words of syllables, the n-th one 1/n as common as the first; sentences of about 14."""
    chance = random.Random(1)
    syllables = [a + b for a in "bcdfghjklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]
    names = {"".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(60_000)}
    vocabulary = sorted(names, key=lambda name: (len(name), name))
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    for word in chance.choices(vocabulary, weights, k=count):
        yield word + ("." if chance.random() < 0.07 else "," if chance.random() < 0.05 else "")


# --- rules -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pool:
    name: str
    words: Sequence[str]
    pairs: Sequence[tuple[str, str]]  # words that stand side by side


def pools(texts: Sequence[str]) -> tuple[Pool, Pool]:
    """Of words of three letters or more: those in 0.75-15 % of the texts, and all."""
    common: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        listed = split(text)
        common.update(set(listed))
        pairs.update(zip(listed, listed[1:], strict=False))
    usable = sorted(word for word in common if len(word) > 2 and word.isalpha())
    middle = {word for word in usable if 0.0075 <= common[word] / len(texts) <= 0.15}
    every = set(usable)
    rows = sorted(pairs)
    return (
        Pool("0.75-15 %", sorted(middle), [pair for pair in rows if middle.issuperset(pair)]),
        Pool("all words", usable, [pair for pair in rows if every.issuperset(pair)]),
    )


def two_terms(pool: Pool, count: int, chance: random.Random) -> Iterator[str]:
    for _ in range(count):
        one, two = chance.sample(pool.words, 2)
        yield f'"{one}" AND "{two}"'


def mixed(pool: Pool, count: int, chance: random.Random) -> Iterator[str]:
    """Half a AND b, a fifth OR-groups, a tenth phrases, 15 % NEAR of OR-groups, 5 % with NOT."""

    def group() -> str:
        return (
            "(" + " OR ".join(f'"{word}"' for word in chance.sample(pool.words, chance.randint(3, 8))) + ")"
        )

    def pick() -> str:
        return f'"{chance.choice(pool.words)}"'

    for number in range(count):
        match number % 20:
            case 0 | 1 | 2 | 3:
                yield f"{group()} AND {group()}"
            case 4 | 5:
                yield f'"{" ".join(chance.choice(pool.pairs))}" AND {pick()}'
            case 6 | 7 | 8:
                yield f"{group()} NEAR/{chance.randint(3, 15)} {group()}"
            case 9:
                yield f"{pick()} AND {pick()} NOT {pick()}"
            case _:
                yield f"{pick()} AND {pick()}"


# --- time ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """Of every article, the best of its rounds, in microseconds."""

    each: Sequence[float]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.each)

    @property
    def p99(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.99)]


def timed(works: Sequence[Callable[[str], object]], texts: Sequence[str]) -> list[Times]:
    """Every work on every text, turn and turn about, so that a busy machine is busy for all of them."""
    best = [[float("inf")] * len(texts) for _ in works]
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            for number, work in enumerate(works):
                start = time.perf_counter()
                work(text)
                best[number][place] = min(best[number][place], (time.perf_counter() - start) * 1e6)
    return [Times(each) for each in best]


def compiled(texts: Sequence[str]) -> RuleSet:
    gc.disable()
    ruleset = compile([rule(text, str(number)) for number, text in enumerate(texts)])
    gc.enable()
    gc.collect()
    gc.freeze()
    return ruleset


def peer(rules: Sequence[str], texts: Sequence[str]) -> tuple[Times, Times, list[set[str]]]:
    """mokaccino on `"a" AND "b"`: a document made and percolated, the split beside it.

    And what it finds in our words: post-split is postsplit too, didn't is not didn.
    """
    from mokaccino import Document as Tokens
    from mokaccino import Percolator, Query

    percolator = Percolator()
    for text in rules:
        one, two = text.replace('"', "").split(" AND ")
        percolator.add_query(Query.from_kv("t", one) & Query.from_kv("t", two))

    def percolate(words: Iterable[str]) -> list[int]:
        tokens = Tokens()
        for word in set(words):
            tokens = tokens.with_value("t", word)
        return list(percolator.percolate_list(tokens))

    theirs, beside = timed([lambda text: percolate(split(text)), split], texts)
    return theirs, beside, [set(map(str, percolate(our_words(text)))) for text in texts]


def our_words(text: str) -> Iterator[str]:
    for chunk in CHUNK.finditer(text):
        yield from (part.exact for part in parts(chunk[0]))


def row(name: str, ruleset: RuleSet, texts: Sequence[str]) -> None:
    documents = {text: Document("", text) for text in texts}
    for text in texts:
        ruleset.holding(documents[text])  # warm
    found = statistics.fmean(len(ruleset.holding(document)) for document in documents.values())
    holding, beside = timed([lambda text: ruleset.holding(documents[text]), split], texts)
    (match,) = timed([lambda text: ruleset.match(documents[text])], texts[:MATCHED])
    print(
        f"{name:44} {holding.mean:6.0f} us  {holding.mean / beside.mean:5.2f} x split  "
        f"p99 {holding.p99:6.0f}, {holding.p99 / holding.mean:4.1f} x mean  words {match.mean:6.0f} us  "
        f"{found:6.1f} hold",
        flush=True,
    )


def main(folder: Path | None) -> None:
    texts = articles(folder)
    middle, every = pools(texts[ARTICLES:])
    texts, chance = texts[:ARTICLES], random.Random(7)
    for pool in (every, middle):
        for count in (1_000, 10_000, 100_000):
            row(f"{count:>9,} two-term, {pool.name}", compiled(list(two_terms(pool, count, chance))), texts)
        row("  100,000 mixed, " + pool.name, compiled(list(mixed(pool, 100_000, chance))), texts)
    plain = [f'exact:"{one}" AND exact:"{two}"' for one, two in _pairs(every, 100_000, chance)]
    theirs, beside, found = peer([text.replace("exact:", "") for text in plain], texts[:50])
    ratio = theirs.mean / beside.mean
    print(
        f"{'mokaccino, 100,000 two-term, all words':44} {theirs.mean:6.0f} us  {ratio:5.2f} x split",
        flush=True,
    )
    ours = compiled(plain)
    same = sum(set(ours.holding(Document("", text))) == ids for text, ids in zip(texts, found, strict=False))
    print(f"  the same rules found as it finds in our words, in {same} of {len(found)} articles")
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        alone.submit(load, list(mixed(every, 100_000, chance)), texts).result()
    row("1,000,000 two-term, all words", compiled(list(two_terms(every, 1_000_000, chance))), texts)


def _pairs(pool: Pool, count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        one, two = chance.sample(pool.words, 2)
        yield one, two


def load(texts: Sequence[str], read: Sequence[str]) -> None:
    """In a process of its own: how long, and how much memory, articles read included."""
    gc.disable()
    start = time.process_time()
    rules = [rule(text, str(number)) for number, text in enumerate(texts)]
    parsed = time.process_time()
    ruleset = compile(rules)
    loaded = time.process_time()
    changed = [*rules[:-1], rule("missile AND Iraq", "changed")]
    begun = time.process_time()
    compile(changed, previous=ruleset)
    done = time.process_time()
    gc.enable()
    for text in read:
        ruleset.holding(Document("", text))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"load of 100,000 mixed: {loaded - start:.1f} s of CPU ({parsed - start:.1f} of them parsing)")
    print(f"one rule changed: {(done - begun) * 1000:.0f} ms; memory, both sets: {peak} MB", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
