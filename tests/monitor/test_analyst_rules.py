"""The fifteen rules that docs/rules.md teaches, as YAML, on texts they must find and texts they leave."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import config
from rules import Document, Facts, RuleSet

ROOT = Path(__file__).parents[2]
TABLE = yaml.safe_load((ROOT / "tests/rules/cases/analyst.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
CASES = [
    pytest.param(number, text, fires, id=f"{number + 1} {'finds' if fires else 'leaves'} {text}")
    for number, row in enumerate(TABLE["rules"])
    for fires in (True, False)
    for text in row["fires" if fires else "silent"]
]


def document(text: str | dict[str, Any]) -> Document:
    if isinstance(text, str):
        return Document(text, "")
    facts = Facts(source=text.get("source", ""))
    return Document(
        text["title"], text.get("body", ""), languages=tuple(text.get("languages", ())), facts=facts
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    path = tmp_path_factory.mktemp("analyst") / "rules.yaml"
    rules = [row["rule"] for row in TABLE["rules"]]
    path.write_text(
        yaml.safe_dump({"sets": TABLE["sets"], "rules": rules}, allow_unicode=True), encoding="utf-8"
    )
    return config.load_rules(path, {})


@pytest.mark.parametrize(("number", "text", "fires"), CASES)
def test_an_analysts_rule(loaded: RuleSet, number: int, text: str | dict[str, Any], fires: bool) -> None:
    name = list(loaded.rules)[number]
    assert loaded.matches(name, document(text)) is fires, loaded.why(name, document(text))


@pytest.mark.parametrize("row", TABLE["rules"], ids=lambda row: str(row["rule"])[:60])
def test_the_guide_teaches_with_these_rules(row: dict[str, Any]) -> None:
    assert [row["rule"]] in BLOCKS
    for text in [*row["fires"], *row["silent"]]:
        assert (text if isinstance(text, str) else text["title"]) in GUIDE


def test_the_guide_shows_their_sets() -> None:
    assert {"sets": TABLE["sets"]} in BLOCKS
    assert len(TABLE["rules"]) == 15
