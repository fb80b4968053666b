"""News in 23 languages, a sentence a line: joined by spaces, does it fall apart where the lines ended?

Translators made two sentences of one now and then, so one sentence more is no mistake as such; but many more
than there were are abbreviations taken for ends.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules import sentences
from tests.quality.corpora import FLOORS, corpus, fallen, lines

NAME = "ntrex128"
LANGUAGES = sorted(FLOORS[NAME].keys() - {"fingerprint"})
# A headline has no full stop: nobody can know where it ends. ; is a question mark in Greek.
ENDED = re.compile(r"[.!?…؟۔।。！？;]['\"’”»」』）)\]}“]*$")
NO_SPACES = ("jpn", "zho-CN", "zho-TW")
TOGETHER = 8


def texts(folder: Path, language: str) -> Iterator[list[str]]:
    source = "src" if language == "eng" else "ref"
    found = [line.strip() for line in lines(folder / f"NTREX-128/newstest2019-{source}.{language}.txt.gz")]
    full = [line for line in found if line]
    return (full[at : at + TOGETHER] for at in range(0, len(full), TOGETHER))


def measured(folder: Path, language: str) -> dict[str, float]:
    """The share of the ends that are found; and how many of those found are ends of lines."""
    space = "" if language in NO_SPACES else " "
    asked = answered = told = 0
    for text in texts(folder, language):
        whole = space.join(text)
        found = {end for _, end in sentences(whole)}
        ends = {sum(map(len, text[:count])) + len(space) * (count - 1) for count in range(1, len(text) + 1)}
        asked_here = {end for end in ends if ENDED.search(whole[max(0, end - 5) : end])} - {len(whole)}
        asked += len(asked_here)
        answered += len(asked_here & found)
        told += len(found - ends)
    return {"found": answered / asked, "not split": 1 - told / asked}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_where_translators_ended_them(language: str) -> None:
    assert not fallen(NAME, language, measured(corpus(NAME), language))
