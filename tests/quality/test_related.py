"""Lines that point at other stories are seen by no rule, and what is the article's is: on pages with gold.

trafilatura keeps all of these lines. The numbers in chaff.Limits are chosen on one half of the publishers and
judged on the other, both ways. What is no number stands in the code as a rule of structure or as a list of
words, and no choice between halves can judge it: so there are pages of two more collections, "unread", whose
lines are told by machine and were looked at by nobody who wrote a rule.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import load_html

from monitor.model import Article
from monitor.sources import chaff, furniture, layout
from monitor.sources.article import body_of
from monitor.sources.chaff import LIMITS, Limits, Line
from monitor.sources.layout import letters_of
from monitor.sources.lines import lines_of
from monitor.sources.stated import Stated, stated
from tests.quality.corpora import corpus, fallen
from tests.quality.halves import HALVES, chosen, half, other
from tests.quality.pages import Page, articles, fundus, kept, read, words, wrongly_dropped

NAME = "related lines"
LANGUAGES = ["shipped", *HALVES, "unread"]
CORPUS = "fundus-pages"
# The first of each drops least.
GRID = {
    "nearly_all": (0.05, 0.1, 0.15, 0.2, 0.3),
    "short": (100, 150, 200, 300),
    "announced": (50, 75, 100, 150),
    "card": (150, 300, 600, 900),
    "share": (0.05, 0.15, 0.25, 0.35),
}
LEAST = Limits(**{name: values[0] for name, values in GRID.items()})
MOST_WRONG = 0.005  # of the gold's words
# As the collection of lines has it.
PROMPT = re.compile(r"read more|les også|à lire aussi|also read|more:", re.IGNORECASE)
SHORTEST, LONGEST = 4, 200  # characters of a line that is told by machine
OWN = re.compile(rb"<link[^>]*rel=\"?canonical\"?[^>]*href=\"?([^\">\s]+)")
NOWHERE = "https://courier.example/"


@dataclass(frozen=True, slots=True)
class Rough:
    """A page before its lines are told apart: the same for all limits."""

    page: Page
    told: Stated
    tree: HtmlElement
    lines: tuple[Line, ...]

    def article(self, limits: Limits) -> Article:
        placed = layout.placed(self.lines, self.tree, self.page.url, self.told.summary, limits)
        return Article(self.told.title, chaff.blocks(placed, self.told.title, limits))


@cache
def rough(folder: Path) -> tuple[Rough, ...]:
    return tuple(map(_rough, fundus(folder)))


def _rough(page: Page) -> Rough:
    tree = load_html(page.body)
    told = stated(tree, page.url)
    furniture.strip(tree)
    body = body_of(tree, page.url)
    return Rough(page, told, tree, tuple(lines_of(body, page.url)) if body is not None else ())


def judged(pages: list[tuple[Page, Article]]) -> dict[str, float]:
    lines = sum(len(page.related) for page, _ in pages)
    gold = sum(words(page.text).total() for page, _ in pages)
    return {
        "gone": 1 - sum(len(kept(page, article)) for page, article in pages) / lines,
        "gold words seen": 1 - sum(wrongly_dropped(page, article) for page, article in pages) / gold,
    }


def on_half(folder: Path, name: str, limits: Limits) -> dict[str, float]:
    return judged([(one.page, one.article(limits)) for one in rough(folder) if half(one.page.url) == name])


@cache
def limits_of(folder: Path, name: str) -> Limits:
    """Chosen on a half: most lines gone, and fewest words of the gold with them."""

    def worth(limits: Limits) -> tuple[float, ...]:
        found = on_half(folder, name, limits)
        return (found["gold words seen"] > 1 - MOST_WRONG, found["gone"], found["gold words seen"])

    return chosen(LEAST, GRID, worth)


def measured(folder: Path, part: str) -> dict[str, float]:
    match part:
        case "shipped":
            return judged(list(articles(folder)))
        case "unread":
            return judged(list(unread(folder.parent)))
        case _:
            return on_half(folder, part, limits_of(folder, other(part)))


# --- pages that nobody read --------------------------------------------------------------------------------


def unread(data: Path) -> Iterator[tuple[Page, Article]]:
    """Where there is a page and its gold, and text in it."""
    readability, newspaper = data / "readability-pages", data / "newspaper4k-pages"
    found = [(gold.parent / "source.html.gz", gold) for gold in readability.glob("*/expected.html*")]
    found += [
        (newspaper / "html" / f"{gold.name.partition('.')[0]}.html.gz", gold)
        for gold in newspaper.glob("txt/*.txt*")
    ]
    for markup, gold in sorted(found):
        if markup.exists() and (article := read(page := _page(markup, gold))).blocks:
            yield replace(page, related=tuple(_related(page))), article


def _page(markup: Path, gold: Path) -> Page:
    body, text = gzip.decompress(markup.read_bytes()), _text(gold)
    own = OWN.search(body)
    url = own[1].decode() if own else NOWHERE
    return Page(
        str(markup), url, body, document_fromstring(text).text_content() if ".html" in gold.name else text
    )


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")


def _related(page: Page) -> Iterator[str]:
    """Lines that trafilatura keeps and the gold leaves out, and that are a link or begin with a prompt."""
    gold = letters_of(page.text)
    links = {letters_of(link.text_content()) for link in load_html(page.body).iter("a")}
    found = bare_extraction(load_html(page.body), url=page.url, include_comments=False)
    body = found.body if isinstance(found, Document) else None
    for line in lines_of(body, page.url) if body is not None else ():
        text = letters_of(line.text)
        prompts = len(text) <= LONGEST and PROMPT.match(line.text)
        if len(text) >= SHORTEST and text not in gold and (prompts or text in links):
            yield line.text


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", LANGUAGES)
def test_lines_that_point_elsewhere_are_gone_and_the_article_is_not(part: str) -> None:
    folder = corpus(CORPUS)
    for name in ("related-lines", "readability-pages", "newspaper4k-pages"):
        corpus(name)
    assert not fallen(NAME, part, measured(folder, part))


def test_what_is_judged_by_halves_is_what_a_page_is_read_by() -> None:
    folder = corpus(CORPUS)
    corpus("related-lines")
    for one, (_, article) in zip(rough(folder), articles(folder), strict=True):
        assert one.article(LIMITS).blocks == article.blocks
