"""What every worker is born with: the fork server imports this once, and forks all of them from itself."""

import gc
import os
from contextlib import suppress

# Each thread of OpenBLAS reserves some 40 MB of address space: on 32 cores no document would fit the limits.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from monitor.model.sites import site_of
from monitor.sources import article, feed, language, skim

with suppress(OSError):  # no temporary folder to unpack it in: see own.with_languages
    language.languages("", "The model is read once, not by each of them when its first article comes.", "")

site_of("example.org")  # reads the list of suffixes, likewise: a page's own name of itself is held against it

gc.freeze()  # no worker's collector looks at the libraries, nor copies their pages by looking
gc.set_threshold(10_000)  # objects between two collections: with 700 they take a tenth of what a feed takes

__all__ = ["article", "feed", "language", "skim"]
