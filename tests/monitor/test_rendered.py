"""What Slack is given for a message of each kind, byte for byte: a change of it is seen and meant."""

import pytest

from tests.doors.slackroom import fault_of
from tests.monitor.rendered import CASES, GOLDEN, as_file, payload


@pytest.mark.parametrize("name", CASES)
def test_a_message_reads_as_its_golden_file(name: str) -> None:
    made = payload(name)
    assert as_file(made) == (GOLDEN / f"{name}.json").read_text(), "read the diff after: make golden"
    assert fault_of(made) == ""


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(CASES)
