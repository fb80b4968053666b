"""The floors of real pages hold on pages of the project's own: 72 of them, six languages, twelve habits.

Of their 180 related lines trafilatura keeps 125, at token F1 .939.
"""

from statistics import fmean

import pytest

from monitor.model import Article
from tests.quality.pages import Page, f1, kept, read, words, wrongly_dropped
from tests.quality.test_dates import days
from tests.quality.traps import STORIES, pages

PAGES = [(page, read(page)) for page in pages()]


def test_there_are_sixty_pages_in_six_languages() -> None:
    assert len(PAGES) >= 60
    assert len(STORIES) == 6


@pytest.mark.parametrize(("page", "article"), PAGES, ids=[page.name for page, _ in PAGES])
def test_a_page_is_read_without_what_stands_between_its_lines(page: Page, article: Article) -> None:
    assert not kept(page, article)
    assert wrongly_dropped(page, article) <= 0.005 * words(page.text).total()
    assert f1(article.text, page.text) >= 0.953
    assert article.published is not None and not days(page, article.published.date())


def test_the_floors_hold() -> None:
    lines = sum(len(page.related) for page, _ in PAGES)
    assert sum(len(kept(page, article)) for page, article in PAGES) <= 0.15 * lines
    assert fmean(f1(article.text, page.text) for page, article in PAGES) >= 0.953
