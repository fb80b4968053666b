"""How common a term is: what is known of its language, and what was read here."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Figures = NDArray[np.float64]

# 12,000 terms of each of forty languages; COMMON.md beside it says whose counts they are.
TABLE = Path(__file__).with_name("common.npz")
STEP = 32  # steps to a power of ten in which the table counts
# Codes under which the table has languages that others name differently.
_CODES = {"sr": "sh", "hr": "sh", "bs": "sh", "no": "nb", "nn": "nb", "tl": "fil"}

_ARTICLE = 300  # terms: from a share of words to a share of articles
_UNLISTED = 1e-6  # of a term no table has
# What is known of a language weighs as this many articles read here: of 300 to 3,000 none is better on ECB+.
_PRIOR = 1_000


def rarities(terms: Numbers, languages: Sequence[str], counts: NDArray[np.int64], articles: int) -> Figures:
    """Of each term ln(articles / those that hold it), at least 0; `counts` are of the `articles` read here.

    Of the languages an article may be in, the one that knows most of a term counts.
    """
    shares = np.max([_shares(terms, language) for language in languages or ("en",)], axis=0)
    held = -np.expm1(-_ARTICLE * shares)
    rare: Figures = np.log((_PRIOR + articles + 1) / (_PRIOR * held + counts + 0.5))
    return np.maximum(rare, 0.0)


def listed(terms: Numbers, languages: Sequence[str]) -> NDArray[np.bool_]:
    """Which of them are among the 12,000 commonest of one of the languages."""
    found: NDArray[np.bool_] = np.zeros(len(terms), np.bool_)
    for language in languages:
        found |= _shares(terms, language) > _UNLISTED
    return found


def _shares(terms: Numbers, language: str) -> Figures:
    known, shares = _table(_CODES.get(language, language))
    if not len(known):
        return np.full(len(terms), _UNLISTED)
    at = np.minimum(np.searchsorted(known, terms), len(known) - 1)
    return np.where(known[at] == terms, shares[at], _UNLISTED)


@cache
def _table(language: str) -> tuple[Numbers, Figures]:
    """Terms in order, and their shares of a language's words; empty for a language nobody counted."""
    with np.load(TABLE) as table:
        if f"{language} terms" not in table:
            return np.empty(0, np.uint32), np.empty(0)
        terms = np.cumsum(table[f"{language} terms"], dtype=np.uint64).astype(np.uint32)
        return terms, 10.0 ** (-table[f"{language} shares"].astype(np.float64) / STEP)
