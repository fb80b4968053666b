"""The words of real pages: a look at all of them misses next to none that reading the article finds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.model import Article, Entry, Skim
from monitor.sources.article import read_page
from monitor.sources.skim import skim
from rules.text.words import parts
from tests.quality.corpora import corpus
from tests.quality.pages import Page, fundus, segments

# Of the words: nearly all of them are two that reading glued together. 8 of 70,152, and 35 of 154,031.
MOST_MISSED = 0.0003


def words(text: str) -> set[str]:
    return {part.plain for chunk in text.split() for part in parts(chunk)}


@pytest.mark.parametrize(("name", "pages"), [("fundus-pages", fundus), ("trafilatura-eval", segments)])
def test_hardly_a_word_of_an_article_is_missed(name: str, pages: Callable[[Path], Iterator[Page]]) -> None:
    missed: list[str] = []
    count = 0
    for page in pages(corpus(name)):
        read = read_page(page.body, page.url, "text/html")
        seen = skim(page.body, "text/html", Entry("", "", ""), "")
        if isinstance(read, Article) and isinstance(seen, Skim):
            wanted = words(f"{read.title}\n{read.text}")
            missed += wanted - words(seen.words)
            count += len(wanted)
    assert len(missed) <= MOST_MISSED * count, missed
    assert count > 50_000
