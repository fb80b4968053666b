"""The words of real pages: a look at all of them misses next to none that reading the article finds."""

import gzip

from monitor.model import Article, Entry, Skim
from monitor.sources.article import read_page
from monitor.sources.skim import skim
from rules.text.words import parts
from tests.quality.corpora import corpus

MOST_MISSED = 0.0003  # of the words; of 69,461 there are 11, of which ten are two that reading glued together


def words(text: str) -> set[str]:
    return {part.plain for chunk in text.split() for part in parts(chunk)}


def test_hardly_a_word_of_an_article_is_missed() -> None:
    missed, count = [], 0
    for path in sorted(corpus("fundus-pages").rglob("*.html.gz")):
        body = gzip.decompress(path.read_bytes())
        read = read_page(body, "https://n.example/1", "text/html")
        seen = skim(body, "text/html", Entry("", "", ""), "")
        if isinstance(read, Article) and isinstance(seen, Skim):
            wanted = words(f"{read.title}\n{read.text}")
            missed += wanted - words(seen.words)
            count += len(wanted)
    assert len(missed) <= MOST_MISSED * count, missed
    assert count > 50_000
