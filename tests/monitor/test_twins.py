"""Entries that are one article, because their pages say so; and those that are not, though they do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Twin
from monitor.sources.twins import CROWD, story_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWIN = Twin("page:a.example/1", "https://a.example/1", "Depot opened", NOON)


def test_an_entry_joins_the_story_of_the_first_entry_with_its_headline_and_day() -> None:
    later = replace(TWIN, story_key="page:a.example/2", at=NOON + HOUR)
    assert (
        story_of("page:a.example/print/1", "DEPOT  opened", NOON + 3 * HOUR, [TWIN, later]) == TWIN.story_key
    )


@pytest.mark.parametrize(
    ("title", "hours"),
    [
        pytest.param("Depot closed", 0, id="P11 a running page names itself on each of its pieces"),
        pytest.param("Depot opened", 24, id="P11 a daily edition names one address"),
        pytest.param("Depot opened", -24, id="P11 an edition of the day before"),
        pytest.param("", 0, id="P11 no headline"),
        pytest.param(" \n", 0, id="P11 an empty headline"),
    ],
)
def test_p11_another_headline_or_day_is_another_article(title: str, hours: int) -> None:
    assert story_of("page:own", title, NOON + hours * HOUR, [TWIN, replace(TWIN, title="")]) == "page:own"


def test_p11_an_address_that_many_bear_is_nobodys() -> None:
    """A site that writes itself by scripts calls every page the same, title and address."""
    many = [replace(TWIN, link=f"https://a.example/{n}") for n in range(CROWD)]
    assert story_of("page:own", TWIN.title, NOON, many) == "page:own"
    assert story_of("page:own", TWIN.title, NOON, many[1:]) == TWIN.story_key


def test_an_entry_in_many_feeds_is_no_crowd() -> None:
    assert story_of("page:own", "Depot opened", NOON, [TWIN] * 40) == TWIN.story_key


def test_without_twins_a_story_is_its_own() -> None:
    assert story_of("page:own", "Depot opened", NOON, []) == "page:own"
