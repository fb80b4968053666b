"""Random rules and articles from one seed: few words, so that rules hold about as often as not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from rules import Document, Facts, Member
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
)

SETS: dict[str, tuple[str | Member, ...]] = {
    "arms": ("missile", "rocket", "cruise missile", "munition*", "Iraq NEAR/1 strike"),
    "who": ("WHO", "Su-35", "exact:missiles", Member("عراق", "ar"), Member("missile", "fr")),
    "many": (*(f"name{number}" for number in range(20)), "struck", "IRAQ", "rocket NEAR/2 of", "r?cket"),
    "sites": ("bbc.co.uk", "example.org", "sport", "uk"),
}
WORDS = [
    "missile",
    "rocket",
    "Iraq",
    "Su-35",
    "su35",
    "US",
    "WHO",
    "strike",
    "café",
    "عراق",
    "导弹",
    "이라크",
]
WILD = ["mis*", "r?cket", "*35", "mis?ile*"]
PHRASES = [
    *("cruise missile", "missile * Iraq", "Su 35", "US strike", "rocket rocket", "missiles", "AIR STRIKE"),
    *("* Iraq", "mis* of"),
]
REGEXES = [
    "mis+iles?",
    "su-?35",
    "r(o|a)cket.*",
    "[iu][rs].*",
    "[0-9]{2}",
    "o'?brien",
    "missile-rocket",
    ".*IRAQ",
    "caf[éi]",
    "CAFÉ",
]
TEXT = [
    *("missile", "missiles", "Missile", "rocket", "rockets", "cruise", "Iraq", "IRAQ", "Iraq's", "strike"),
    *("struck", "Su-35", "Su", "35", "su35", "US", "us", "WHO", "who", "KILLED", "THE", "2019", "of", "of"),
    *("US-Iraq", "mis-rocket", "CAFÉ", "cafe", "cafe\u0301", "العراق", "عراق", "导", "弹", "导弹"),
    *("missile-rocket", "O'Brien", "이라크의", "AIR", "Mr.", "والعراق", "l'Irak"),
]
LANGUAGES = [(), (), ("en",), ("fr",), ("ar",), ("ar", "en"), ("fr", "en"), ("ko",), ("zz",)]
ENDS = ["", "", "", "", ".", "?", ",", ";", "。"]

FACTS = {
    "source": ["bbc.co.uk", "co.uk", "www.example.org", "BBC.co.uk", "bc.co.uk"],
    "feed": ["World news", "world*", "https://example.org/rss", "*rss", "café"],
    "lang": ["en", "AR", "fr", "fi"],
    "country": ["GB", "gb", "US"],
    "category": ["sport", "SPORT", "sp*", "wor?d"],
    "tag": ["tier-1", "tier-?", "iraq"],
    "author": ["Jane Doe", "doe", "JANE", "Jane Smith", "Zoë"],
    "url": ["bbc.co.uk/news", "bbc.co.uk/new", "*/news/*", "*sport*", "https://BBC.co.uk", "example.org/"],
    "age": ["30m", "48h", "2d", "1w"],
    "words": ["0", "3", "10", "40"],
}
KNOWN = {
    "source": ["bbc.co.uk", "www.bbc.co.uk", "example.org", ""],
    "feeds": [("World news", "https://example.org/rss"), ("Cafe",), ()],
    "country": ["GB", "US", ""],
    "categories": [("Sport",), ("world", "Iraq"), ()],
    "tags": [("tier-1",), ("tier-2", "iraq"), ()],
    "author": ["Jane Doe", "By Mary Jane Doe and Zoe Smith", ""],
    "url": ["https://bbc.co.uk/news/1?x=/sport", "http://example.org/sport/2", "https://bbc.co.uk/news", ""],
    "age": [None, 0.0, 1800.0, 172_800.0, 172_801.0, 604_799.5],
}
IN_SETS = ("source", "category", "country")
PLACES = ("title", "body", "text", "lead", "lead", "first", "sentence", "sentence", "paragraph", "paragraph")
WAYS = ("exact", "case", "stem")


@dataclass
class Chance:
    random: Random

    def pick(self, *makers: Callable[[], Node]) -> Node:
        return self.random.choice(makers)()

    def number(self, most: int) -> int:
        return self.random.randint(0, most)

    # --- rules ---

    def tree(self, size: int, field: str = "") -> Node:
        """About so many words; inside a title: no body:, which is refused."""
        if size <= 1:
            return self.placed(size) if self.number(9) else self.fact()
        return self.pick(
            lambda: self.placed(size),
            lambda: And(self.trees(size, field)),
            lambda: And(self.trees(size, field)),
            lambda: Or(self.trees(size, field)),
            lambda: Not(self.tree(size - 1, field)),
            lambda: self.scope(size, field),
            lambda: self.scope(size, field),
            lambda: self.at_least(size, field),
            lambda: Times(1 + self.number(2), self.placed(size)),
        )

    def trees(self, size: int, field: str) -> tuple[Node, ...]:
        return tuple(self.tree(part, field) for part in self.shares(size))

    def shares(self, size: int) -> list[int]:
        """`size` split into two or three."""
        cut = self.random.randint(1, max(1, size - 1))
        first, rest = cut, max(1, size - cut)
        return [first, rest] if rest < 2 or self.number(1) else [first, rest // 2, rest - rest // 2]

    def scope(self, size: int, field: str) -> Node:
        name = self.random.choice(PLACES + WAYS)
        if name in ("title", "body"):
            name = field = field or name
        words = 1 + self.number(5) if name == "first" else 0
        return Scope(name, self.tree(size - 1, field), words)

    def at_least(self, size: int, field: str) -> Node:
        if not self.number(4):
            return AtLeast(1 + self.number(2), (self.set_name(),))
        parts = self.trees(size, field)
        return AtLeast(1 + self.number(len(parts) - 1), parts)

    def rule(self, size: int) -> Node:
        """A tree, or what YAML makes of several: a score beside others, never inside one."""
        if size < 2 or self.number(9):
            return self.tree(size)
        score = self.score(size)
        return self.random.choice([score, And((self.tree(size - 1), score)), And((score, Not(self.term())))])

    def score(self, size: int) -> Node:
        weights = [-10, -5, 5, 10, 10, 20, 30]
        parts = tuple((self.random.choice(weights), part) for part in self.trees(size, ""))
        return Score(self.random.choice([5, 10, 15, 30]), parts, 1 + self.number(2))

    def fact(self) -> Node:
        name = self.random.choice(list(FACTS))
        if name in IN_SETS and not self.number(3):
            return Fact(name, "sites", "in")
        test = self.random.choice(["<", "<=", ">", ">="]) if name in ("age", "words") else "is"
        return Fact(name, self.random.choice(FACTS[name]), test)

    # --- what stands at places ---

    def placed(self, size: int) -> Node:
        if size <= 1:
            return self.term()
        reach = self.number(4)
        return self.pick(
            lambda: Or(self.placed_parts(size)),
            lambda: Near(*self.placed_parts(size)[:2], reach, bool(self.number(1))),
            lambda: Near(*self.placed_parts(size)[:2], reach, bool(self.number(1))),
            lambda: NotNear(*self.placed_parts(size)[:2], reach),
            lambda: Except(*self.placed_parts(size)[:2]),
            lambda: Window(self.placed_parts(size), reach * 2, bool(self.number(1))),
            lambda: Scope(self.random.choice(WAYS), self.placed(size - 1)),
            lambda: Tongue(self.random.choice(["en", "fr", "ar"]), Term(self.random.choice(WORDS))),
        )

    def placed_parts(self, size: int) -> tuple[Node, ...]:
        return tuple(map(self.placed, self.shares(size)))

    def term(self) -> Node:
        word = self.random.choice
        return self.pick(
            lambda: Term(word(WORDS)),
            lambda: Term(word(WORDS)),
            lambda: Term(word(WORDS), True),
            lambda: Term(word(PHRASES), True),
            lambda: Term(word(WILD)),
            lambda: Regex(word(REGEXES)),
            lambda: self.set_name(),
        )

    def set_name(self) -> SetName:
        return SetName(self.random.choice(["arms", "who", "many"]))

    # --- articles ---

    def document(self) -> Document:
        lines = [self.text(self.number(6)) for _ in range(self.number(4))]
        if not self.number(7):  # around the edges of a lead
            lines = [
                self.text(size + self.number(2)) for size in self.random.choice([(39, 40, 3), (2, 38, 42)])
            ]
        body = "\n".join(lines)
        newlines = [at for at, char in enumerate(body) if char == "\n"]
        breaks = frozenset(at for at in newlines if not self.number(2))
        facts = Facts(**{name: self.random.choice(values) for name, values in KNOWN.items()})
        return Document(self.text(self.number(6)), body, breaks, self.random.choice(LANGUAGES), facts)

    def text(self, size: int) -> str:
        # Few different words in one text: they repeat, and stand near themselves.
        words = self.random.sample(TEXT, 6)
        return " ".join(self.random.choice(words) + self.random.choice(ENDS) for _ in range(size))


def sizes(random: Random) -> int:
    """Small rules find most, large ones the rest."""
    return random.choice([1, 2, 3, 3, 4, 4, 5, 6, 8, 12])


def cases(seed: int, trees: int, documents: int) -> tuple[Sequence[Node], Sequence[Document]]:
    chance = Chance(Random(seed))
    return (
        [chance.rule(sizes(chance.random)) for _ in range(trees)],
        [chance.document() for _ in range(documents)],
    )
