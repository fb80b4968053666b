"""News in 23 languages, and Arabic news: is its language known from a headline, from five lines?"""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

from monitor.sources.language import languages
from tests.quality.corpora import FLOORS, corpus, fallen, lines

NAME = "languages"
CORPUS = "ntrex128"
LANGUAGES = sorted(FLOORS[NAME])
# As the corpus calls them -> as we do.
CODES = dict(
    pair.split("=")
    for pair in (
        *("arb=ar", "deu=de", "ell=el", "eng=en", "fas=fa", "fra=fr", "heb=he", "hin=hi", "ita=it", "jpn=ja"),
        *(
            "kor=ko",
            "nld=nl",
            "pol=pl",
            "por=pt",
            "por-BR=pt",
            "rus=ru",
            "spa=es",
            "tha=th",
            "tur=tr",
            "ukr=uk",
        ),
        *("vie=vi", "zho-CN=zh", "zho-TW=zh"),
    )
)
HEADLINE = 70  # letters
Found = Collection[Sequence[str]]


def texts(folder: Path, language: str) -> list[str]:
    source = "src" if language == "eng" else "ref"
    return [line.strip() for line in lines(folder / f"NTREX-128/newstest2019-{source}.{language}.txt.gz")]


def fives(texts: Sequence[str]) -> Iterator[str]:
    return ("\n".join(texts[at : at + 5]) for at in range(0, len(texts), 5))


def first(found: Found, code: str) -> float:
    return sum(each[:1] == (code,) for each in found) / len(found)


def either(found: Found, code: str) -> float:
    return sum(code in each for each in found) / len(found)


def measured(folder: Path, language: str) -> dict[str, float]:
    """The share of texts whose language comes first, or is one of two."""
    code, written = CODES[language], texts(folder, language)
    headlines = [text for text in written if 0 < len(text) <= HEADLINE]
    alone, declared, misled = ([languages(text, "", said) for text in headlines] for said in ("", code, "en"))
    return {
        "headlines": first(alone, code),
        "headlines: one of two": either(alone, code),
        "headlines: declared": first(declared, code),
        "headlines: declared English": either(misled, code),
        "five lines: declared English": first([languages("", text, "en") for text in fives(written)], code),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_s_language_is_known(language: str) -> None:
    assert not fallen(NAME, language, measured(corpus(CORPUS), language))


def test_the_language_of_arabic_news_is_known() -> None:
    news = [json.loads(line) for line in lines(corpus("antcorpus-ar") / "ant.dev.jsonl.gz")]
    numbers = {
        "articles": first([languages(each["title"], each["body"], "") for each in news], "ar"),
        "headlines": first([languages(each["title"], "", "") for each in news], "ar"),
    }
    assert not fallen("antcorpus-ar", "ar", numbers)
