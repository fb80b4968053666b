"""What `check` says of rules: told of feeds, channels and stored articles, and shown a kind at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import config
from monitor.commands.findings import Linted, find, lines, verdict
from monitor.model import Config
from rules.lint import Finding, Level

ROOT = Path(__file__).parents[2]
TABLE = yaml.safe_load((ROOT / "tests/rules/cases/analyst.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "linter.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEED = {"url": "https://feeds.example.org/rss.xml", "name": "Example", "tags": ["desk"]}


def settings(folder: Path, rules: Sequence[Any], **more: Any) -> Config:
    path = folder / "config.yaml"
    path.write_text(
        yaml.safe_dump({"feeds": [FEED], "rules": list(rules), **more}, allow_unicode=True), "utf-8"
    )
    return config.load(path, {})


def shown(linted: Linted, rules: int = 1, every: bool = False) -> list[str]:
    return [str(line) for line in lines(linted, rules, every=every)]


def test_the_fifteen_rules_of_the_guide_draw_no_warning(tmp_path: Path) -> None:
    rules = [row["rule"] for row in TABLE["rules"]]
    linted = find(settings(tmp_path, rules, sets=TABLE["sets"]), 0, NOW)
    assert not [finding for finding in linted.findings if finding.level is not Level.NOTE]
    assert {finding.id for finding in linted.findings} == {"L06"}


def test_tags_and_names_are_those_of_the_config(tmp_path: Path) -> None:
    linted = find(settings(tmp_path, ["x AND tag:desk", "y AND feed:example", "z AND tag:dessk"]), 0, NOW)
    (finding,) = linted.findings
    assert finding.level is Level.ERROR and "dessk" in finding.message
    assert verdict(linted, strict=False) == 1


def test_a_rule_of_higher_priority_may_repeat_another(tmp_path: Path) -> None:
    wide = {"id": "wide", "match": "missile"}
    narrow = {"id": "narrow", "match": "missile AND Iraq"}
    assert find(settings(tmp_path, [wide, narrow]), 0, NOW).findings
    assert not find(settings(tmp_path, [wide, narrow | {"priority": "high"}]), 0, NOW).findings
    assert not find(settings(tmp_path, [wide, narrow | {"to": "iraq"}]), 0, NOW).findings


def test_a_store_that_cannot_be_read_is_said_so_and_the_rules_are_looked_at_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "wirewatch.db").write_bytes(b"this is no database, however long it may be" * 100)
    linted = find(settings(tmp_path, ["missile NOT missiles"]), 30, NOW)
    assert linted.levels[Level.ERROR] == 1
    assert "the stored articles were not read" in shown(linted)[-1]


def test_errors_come_first_and_notes_last() -> None:
    findings = tuple(
        Finding(id, level, f"rule-{id}", "message", "hint", 0, 1, "text")
        for id, level in (("L06", Level.NOTE), ("L10", Level.WARNING), ("L01", Level.ERROR))
    )
    text = "\n".join(shown(Linted(findings)))
    assert text.index("L01") < text.index("L10") < text.index("L06")


def test_the_words_that_a_finding_is_about_are_under_a_caret() -> None:
    finding = Finding(
        "L05", Level.WARNING, "fruit", "message", "write this", 6, 23, 'apple NOT "apple juice"', ("b",)
    )
    assert shown(Linted((finding,)))[1:6] == [
        "L05 NOT where EXCEPT is meant  1 warning",
        "  fruit: message",
        '      apple NOT "apple juice"',
        "            ^^^^^^^^^^^^^^^^^",
        "      hint: write this",
    ]


def test_the_page_shows_what_is_shown(tmp_path: Path) -> None:
    linted = find(settings(tmp_path, [{"id": "apples", "match": 'apple NOT "apple juice"'}]), 0, NOW)
    for line in shown(linted)[1:-2]:
        assert line.removeprefix("  ") in PAGE, line


@pytest.mark.parametrize(("every", "count"), [(False, 10), (True, 1204)])
def test_of_many_findings_of_a_kind_the_first_are_shown(every: bool, count: int) -> None:
    findings = tuple(
        Finding("L04", Level.NOTE, f"${number}", "no rule names this set") for number in range(1204)
    )
    text = shown(Linted(findings), every=every)
    assert sum(line.endswith("no rule names this set") for line in text) == count
    assert ("  and 1,194 more: --all shows them" in text) is not every


def test_escapes_and_invisible_marks_of_a_rule_are_not_shown() -> None:
    finding = Finding("L12", Level.NOTE, "x\x1b[31m", "m\u202e", "h\x07", 0, 3, "a\x1b]b")
    assert not set("".join(shown(Linted((finding,))))) & set("\x1b\u202e\x07")


def test_a_finding_names_the_file_the_line_and_the_column(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        "sets:\n  arms:\n    - missile\n    - missiles\nrules:\n  - $arms AND Iraq\n"
    )
    text = """feeds: [https://feeds.example.org/rss.xml]
rules:
  - missile + Iraq
  - {id: fruit, match: 'apple NOT "apple juice"'}
  - id: long
    match: >
      missile
      NEAR/80 Iraq
  - {id: list, all: [Iran, pear], none: [pears]}
  - {file: more.yaml}
"""
    (tmp_path / "config.yaml").write_text(text)
    loaded = config.load(tmp_path / "config.yaml", {})
    places = config.Places(loaded, {})
    found = {
        (one.id, one.rule): places.of(one.rule, one.text, one.start).removeprefix(f"{tmp_path}/")
        for one in find(loaded, 0, NOW).findings
    }
    assert found[("L05", "fruit")] == "config.yaml:4:31"
    assert found[("L08", "long")] == "config.yaml:7:7"
    assert found[("L01", "list")] == "config.yaml:9:28"
    assert found[("L04", "$arms")].endswith("more.yaml:4:7")
