"""Queries of other programs on their way into a config."""

from pathlib import Path
from typing import get_args

import pytest

from monitor import cli, config
from monitor.commands.imports import rule_of
from monitor.errors import WirewatchError
from rules import rule
from rules.language.vendors import VENDORS


def test_the_command_knows_every_dialect() -> None:
    assert set(get_args(cli.Dialect)) == set(VENDORS)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('"oil tanker" w/5 (fire OR blast)', '"oil tanker" NEAR/5 (fire OR blast)'),
        ("cs(“AID”) AND* tanker", None),
        ("tank* AND “Basra:\nport”", 'tank* AND "Basra: port"'),
        ("“${HOME}” AND oil\x00", '"${HOME}" AND oil'),
        ("oil # tanker", None),
        ('"- oil: [tanker]"', '"- oil: [tanker]"'),
    ],
)
def test_what_is_printed_is_read_by_the_config(tmp_path: Path, query: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(WirewatchError):
            rule_of(query, "cision")
        return
    path = tmp_path / "rules.yaml"
    path.write_text(f"rules:\n{rule_of(query, 'cision').yaml}", encoding="utf-8")
    loaded = config.load_rules(path, {"HOME": "/root"})
    assert [one.text for one in loaded.rules.values()] == [rule(text).text]


def test_a_query_of_facts_alone_says_that_it_is_broad() -> None:
    assert rule_of("site:bbc.co.uk", "google").yaml.endswith("broad: true\n")


def test_a_note_has_a_caret_where_it_is_about_a_place() -> None:
    notes = rule_of("missile w/5 Iraq", "cision").notes
    assert notes[0].splitlines()[1:] == ["  missile w/5 Iraq", "          ^^^"]
    assert notes[1].startswith("note: a word also finds") and "^" not in notes[1]


def test_what_cannot_be_said_is_an_error_with_carets() -> None:
    with pytest.raises(WirewatchError) as caught:
        rule_of("missile AND likes>5 AND sentiment:bad", "meltwater")
    assert str(caught.value).count("^^^") >= 2
    assert caught.value.exit_code == 1
