"""When a page was published is told within a day, as people marked it, and more often than trafilatura tells.

The numbers in dated.Limits are chosen on one half of the publishers and judged on the other, both ways. The
order of the sources, and the names of months and labels, are no numbers: they stand in the code.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from statistics import fmean

import pytest
from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata
from trafilatura.utils import load_html

from monitor.sources import dated
from monitor.sources.dated import LIMITS, Limits
from monitor.sources.stated import stated
from tests.quality import pages
from tests.quality.corpora import corpus, fallen
from tests.quality.halves import HALVES, chosen, half, other
from tests.quality.pages import Page

NAME = "dates"
CORPUS = "fundus-pages"
READERS = {
    "fundus-pages": pages.fundus,
    "trafilatura-eval": pages.segments,
    "postlight-pages": pages.dated,
}
LANGUAGES = ["shipped", *HALVES]
# The first of each sees least.
GRID = {
    "above": (2, 4, 6, 10),
    "below": (4, 8, 12, 16),
    "longest": (60, 90, 120, 200),
    "beginning": (12, 24, 40),
    "header": (200, 400, 600, 1000),
    "behind_label": (20, 40, 60),
}
LEAST = Limits(**{name: values[0] for name, values in GRID.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """A page before its day is looked for; `theirs`: trafilatura's day."""

    page: Page
    tree: HtmlElement
    theirs: str

    def day(self, limits: Limits) -> date | None:
        found = stated(self.tree, self.page.url, limits).published or guess(self)
        return found.date() if found else None


@cache
def guess(one: Rough) -> datetime | None:
    return dated.day_of(copy(one.tree), one.page.url)


@cache
def rough(data: Path) -> tuple[Rough, ...]:
    read = (page for name, reader in READERS.items() for page in reader(data / name) if is_day(page.day))
    return tuple(_rough(page) for page in read)


def _rough(page: Page) -> Rough:
    tree = load_html(page.body)
    theirs = extract_metadata(copy(tree), default_url=page.url).date or ""
    return Rough(page, tree, theirs)


def is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False  # a gold names a 29th month, another writes 2022-01.26


def days(page: Page, found: date) -> int:
    return abs((found - date.fromisoformat(page.day)).days)


def near(found: Sequence[Rough], limits: Limits) -> float:
    told = ((one.page, one.day(limits)) for one in found)
    return fmean(day is not None and days(page, day) <= 1 for page, day in told)


def theirs(found: Sequence[Rough]) -> float:
    return fmean(is_day(one.theirs) and days(one.page, date.fromisoformat(one.theirs)) <= 1 for one in found)


def of_half(data: Path, name: str) -> list[Rough]:
    return [one for one in rough(data) if half(one.page.url) == name]


@cache
def limits_of(data: Path, name: str) -> Limits:
    return chosen(LEAST, GRID, lambda limits: (near(of_half(data, name), limits),))


def measured(folder: Path, part: str) -> dict[str, float]:
    data = folder.parent
    if part == "shipped":
        return _against(rough(data), LIMITS)
    return _against(of_half(data, part), limits_of(data, other(part)))


def _against(found: Sequence[Rough], limits: Limits) -> dict[str, float]:
    ours = near(found, limits)
    return {"within a day": ours, "ahead of trafilatura": ours - theirs(found)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", LANGUAGES)
def test_the_day_of_a_page_is_told(part: str) -> None:
    folder = corpus(CORPUS)
    for name in ("related-lines", *READERS):
        corpus(name)
    assert not fallen(NAME, part, measured(folder, part))
