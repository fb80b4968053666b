"""The text that rules see is the article and nothing else: measured on pages whose text people have marked.

Beside the floors of ours (floors.json) stands what bare trafilatura 2.3.1 does on the same pages: at its
defaults token F1 .956, must-have .945, must-not-have .908 (both with the title), all related lines, 91.3 % of
the dates. To see the numbers again: `python -m tests.quality`.
"""

from datetime import date
from pathlib import Path
from statistics import fmean

import pytest

from monitor.sources.plain import plain
from tests.quality.corpora import corpus, fallen
from tests.quality.pages import Page, articles, f1, kept, words, wrongly_dropped

NAME = "articles"
LANGUAGES = ["dates", "fundus-pages", "trafilatura-eval"]
CORPORA = {"fundus-pages": "fundus-pages", "trafilatura-eval": "trafilatura-eval", "dates": "postlight-pages"}
DATED = ("fundus-pages", "trafilatura-eval", "postlight-pages")


def measured(folder: Path, part: str) -> dict[str, float]:
    match part:
        case "fundus-pages":
            return _text(folder)
        case "trafilatura-eval":
            return _segments(folder)
        case _:
            return _dates(folder.parent)


def _text(folder: Path) -> dict[str, float]:
    read = articles(folder)
    lines = sum(len(page.related) for page, _ in read)
    return {
        "token F1": fmean(f1(article.text, page.text) for page, article in read),
        "related lines gone": 1 - sum(len(kept(page, article)) for page, article in read) / lines,
        "gold words seen": 1
        - sum(wrongly_dropped(page, article) for page, article in read)
        / sum(words(page.text).total() for page, _ in read),
    }


def _segments(folder: Path) -> dict[str, float]:
    seen = [(page, plain(f"{article.title} {article.text}")) for page, article in articles(folder)]
    wanted = [segment in text for page, text in seen for segment in page.wanted]
    unwanted = [segment not in text for page, text in seen for segment in page.unwanted]
    return {"must-have": fmean(wanted), "must-not-have": fmean(unwanted)}


def _dates(data: Path) -> dict[str, float]:
    read = [(page, article) for name in DATED for page, article in articles(data / name) if is_day(page)]
    near = [
        article.published is not None and days(page, article.published.date()) <= 1 for page, article in read
    ]
    return {"within a day": fmean(near)}


def is_day(page: Page) -> bool:
    try:
        return bool(date.fromisoformat(page.day))
    except ValueError:
        return False  # a gold names a 29th month, another writes 2022-01.26


def days(page: Page, found: date) -> int:
    return abs((found - date.fromisoformat(page.day)).days)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", LANGUAGES)
def test_what_rules_see_is_the_article(part: str) -> None:
    folder = corpus(CORPORA[part])
    for name in DATED if part == "dates" else ("related-lines",):
        corpus(name)
    assert not fallen(NAME, part, measured(folder, part))
