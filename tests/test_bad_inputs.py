"""Every bad input of feeds, HTTP and pages that was thought of has a test that bears its number."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
NUMBERS = {*(f"F{n:02}" for n in range(1, 71)), *(f"P{n:02}" for n in range(6, 12))}
# test_f47_…, test_f32_f33_…, and the id of a case: "F47 410 once".
IN_A_NAME = re.compile(r"(?<![a-z0-9])([fp]\d\d)(?=_|\b)")
OF_A_CASE = re.compile(r"[\"']([FP]\d\d)\b")


def numbers(text: str) -> set[str]:
    names = " ".join(re.findall(r"def (test_\w+)", text)).replace("_", " ")
    return {found.upper() for found in IN_A_NAME.findall(names)} | set(OF_A_CASE.findall(text))


def test_every_bad_input_has_a_test_of_its_number() -> None:
    files = (path for path in HERE.rglob("test_*.py") if path != Path(__file__))
    found = set().union(*(numbers(path.read_text(encoding="utf-8")) for path in files))
    assert not NUMBERS - found


def test_a_number_is_found_in_a_name_and_in_a_case() -> None:
    assert numbers("def test_f47_f48_gone() -> None:  # F49") == {"F47", "F48"}
    assert numbers('ids=["F50 busy", "P06"]') == {"F50", "P06"}
    assert not numbers("def test_xf47_is_none() -> None: ...  # F51")
