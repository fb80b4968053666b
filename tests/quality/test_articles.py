"""The text that rules see is the article and nothing else: measured on pages whose text people have marked.

Beside the floors of ours (floors.json) stands what bare trafilatura 2.3.1 does on the same pages: at its
defaults token F1 .956, must-have .945, must-not-have .908 (both with the title).
To see the numbers again: `python -m tests.quality`.
"""

from pathlib import Path
from statistics import fmean

import pytest

from monitor.sources.plain import plain
from tests.quality.corpora import corpus, fallen
from tests.quality.pages import articles, f1

NAME = "articles"
LANGUAGES = ["fundus-pages", "trafilatura-eval"]
CORPORA = {name: name for name in LANGUAGES}


def measured(folder: Path, part: str) -> dict[str, float]:
    return _text(folder) if part == "fundus-pages" else _segments(folder)


def _text(folder: Path) -> dict[str, float]:
    return {"token F1": fmean(f1(article.text, page.text) for page, article in articles(folder))}


def _segments(folder: Path) -> dict[str, float]:
    seen = [(page, plain(f"{article.title} {article.text}")) for page, article in articles(folder)]
    wanted = [segment in text for page, text in seen for segment in page.wanted]
    unwanted = [segment not in text for page, text in seen for segment in page.unwanted]
    return {"must-have": fmean(wanted), "must-not-have": fmean(unwanted)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", LANGUAGES)
def test_what_rules_see_is_the_article(part: str) -> None:
    folder = corpus(CORPORA[part])
    corpus("related-lines")
    assert not fallen(NAME, part, measured(folder, part))
