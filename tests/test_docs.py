"""The pages are true: what they name exists, what exists is named, and their examples work."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from typer.main import get_command

import rules
from monitor import config
from monitor.alerts.terminal import Terminal
from monitor.cli import app
from monitor.model import Alert, EntryState, Excerpt, Found, OutboxState, Outgoing
from monitor.ops import log

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> list[str]:
    """`run`, `feeds list` …: every command a user can type."""
    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return found


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"`wirewatch {command}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`wirewatch ((?:feeds|mutes|rules|stories) [a-z]+|[a-z]+)", README))
    assert named <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *command.split(), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "Usage: wirewatch" in done.stdout.replace(
        "python -m monitor", "wirewatch"
    )


async def test_the_alert_of_the_readme_is_what_the_terminal_shows() -> None:
    [shown] = re.findall(r"```\n(●.*?)```", README, re.DOTALL)
    text = "Iran is building missile-manufacturing factories in Iraq, a newspaper reported on Tuesday."
    found = Found("missile-and-iraq", "missile + Iraq", (), (Excerpt(text, ((17, 24), (52, 56))),))
    alert = Alert(
        headline="Iran manufacturing, upgrading missiles in Iraq, intelligence warns",
        link="https://worldisraelnews.com/iran-missiles-iraq/",
        source="World Israel News",
        found=(found,),
        seen_at=NOW - timedelta(seconds=31),
        published=NOW - timedelta(minutes=12),
    )
    paper = io.StringIO()
    await Terminal(Console(file=paper)).send(Outgoing(1, "key", "#alerts", alert, NOW), NOW)
    assert paper.getvalue().strip() == shown.strip()


def test_the_make_targets_of_the_readme_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"^    make ([a-z-]+)$", README, re.M)) == {"run", "test"} <= targets


def readme_rules() -> list[str]:
    block = README.split("## Rules in twelve lines", 1)[1].split("The whole language", 1)[0]
    lines = [re.split(r"\s{3,}", line.strip())[0] for line in block.splitlines() if line.startswith("    ")]
    return [rule for line in lines for rule in re.split(r"\s{2,}", line)]


def test_the_rules_of_the_readme_do_what_they_say() -> None:
    *good, bad = readme_rules()
    assert len(good) >= 10
    for text in good:
        rules.compile([rules.rule(text)], {"missiles": ["missile"], "iran": ["Iran"]})
    with pytest.raises(rules.RuleError):
        rules.parse(bad)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_shipped_config_runs_as_it_is() -> None:
    settings = config.load(ROOT / "config.yaml", {})
    assert len(settings.feeds) == 12 and not settings.slack.token and not settings.notes
    assert next(iter(settings.rules.rules.values())).text == "missile + Iraq"


@pytest.mark.parametrize("state", [*EntryState, *OutboxState])
def test_every_state_is_explained(state: str) -> None:
    pages = (ROOT / "docs" / "how-it-works.md").read_text() + (ROOT / "docs" / "slack.md").read_text()
    assert f"`{state}`" in pages


SECRETS = [
    "xoxb-1-2-abc",
    "xapp-1-A-b",
    "https://hooks.slack.com/services/T0/B0/secret",
    "postgresql://me:secret@host/db",
    "https://a.example/feed?token=secret&x=1",
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_secret_is_logged(text: str) -> None:
    masked = log.mask(f"cannot open {text} now")
    assert "…" in masked and masked.endswith(" now")
    assert not {"secret", "abc", "A-b"} & set(re.split(r"[/=&@:?\s]", masked))


def test_a_table_of_others_is_passed_on_as_its_licence_asks() -> None:
    """CC BY-SA 4.0, 3(a): who made it, that it was changed, under which licence; in the wheel, too."""
    notice = (ROOT / "monitor/stories/COMMON.md").read_text()
    for asked in ("Robyn Speer", "github.com/rspeer/wordfreq", "licenses/by-sa/4.0", "changed by", "warrant"):
        assert asked in notice
    build = (ROOT / "pyproject.toml").read_text()
    assert 'license = "Apache-2.0 AND CC-BY-SA-4.0"' in build
    assert 'license-files = ["LICENSE", "monitor/stories/COMMON.md"]' in build
    assert "monitor/stories/COMMON.md" in README
