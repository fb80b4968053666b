"""Which name was meant, where one of very many is misspelt."""

import random

import pytest

from rules import RuleErrors, compile, rule
from rules.language.names import Names

MANY = [f"{place}-{number:04}" for place in ("gulf", "delta", "harbour", "border") for number in range(2_500)]
random.Random(7).shuffle(MANY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("glf-0700", "gulf-0700"),
        ("Gulf-0700", "gulf-0700"),
        ("gulf_0700", "gulf-0700"),
        ("harbor-0013", "harbour-0013"),
        ("borders-2499", "border-2499"),
        ("delta-0001x", "delta-0001"),
        ("detla-1999", "delta-1999"),
        ("weather", ""),
        ("gulf-0700" + "x" * 100, ""),
        ("", ""),
    ],
)
def test_one_misspelt_name_among_ten_thousand_is_found(written: str, meant: str) -> None:
    assert Names(MANY).nearest(written) == meant


def test_two_thousand_misspelt_names_beside_ten_thousand_sets_are_no_stall() -> None:
    """Each compared with each would take minutes, and the time of a test is limited."""
    wrong = [rule(f"$dleta-{number:04}", str(number)) for number in range(2_000)]
    with pytest.raises(RuleErrors) as told:
        compile(wrong, {name: ["x"] for name in MANY})
    hints = {error.rule: error.problems[0].hint for error in told.value.errors}
    assert len(hints) == 2_000
    assert all(hints[str(number)] == f"did you mean $delta-{number:04}?" for number in range(2_000))


def test_no_names_are_no_help() -> None:
    assert not Names(()).nearest("missiles")
