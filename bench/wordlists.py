"""monitor/stories/common.npz: how common the terms of forty languages are, made anew.

    pip install wordfreq==3.1.1 && python -m bench.wordlists

wordfreq (Robyn Speer, data CC BY-SA 4.0) counts words in books, subtitles, news, the web and Wikipedia.
Installed it takes 58 MB and seven packages, and up to two seconds and 16 MB a language to be read as our
terms; what is kept of it here takes 2 MB for all of them, and a millisecond.
"""

import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np
from wordfreq import available_languages, get_frequency_dict

from monitor.stories.common import STEP, TABLE
from monitor.stories.reading import terms_of

TERMS = 12_000  # of a language: the rarest of them stands in one article of 400


def table(language: str) -> tuple["np.ndarray", "np.ndarray"]:
    """Terms in order, each less the one before it, and how common they are: -log10 of a share, times STEP."""
    shares: Counter[int] = Counter()
    for word, share in get_frequency_dict(language, "small").items():
        for term in terms_of(word):
            shares[term] += share
    kept = sorted(term for term, _ in shares.most_common(TERMS))
    steps = np.round(-np.log10([min(1.0, shares[term]) for term in kept]) * STEP)
    return np.diff(kept, prepend=0).astype(np.uint32), steps.astype(np.uint8)


def arrays() -> Iterator[tuple[str, "np.ndarray"]]:
    for language in sorted(available_languages("small")):
        terms, steps = table(language)
        yield f"{language} terms", terms
        yield f"{language} shares", steps
        sys.stdout.write(
            f"{language}: {len(terms):,} terms, the rarest {10 ** (-int(steps.max()) / STEP):.1e}\n"
        )


if __name__ == "__main__":
    np.savez_compressed(TABLE, **dict(arrays()))
    sys.stdout.write(f"{TABLE.stat().st_size:,} bytes\n")
