"""Wrong ways to call wirewatch, and bad lines for its filters: one line with what to do, no traceback."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.newsroom import Newsroom, entry, page, rss
from tests.whole.household import Household

RULES = "rules: [missile + Iraq]\n"
TEXT = "Officials said that missiles had been moved through Iraq in the night, and that nobody was hurt."
GOOD = {"id": "good", "title": "Missiles in Iraq", "html": page("Missiles in Iraq", [TEXT] * 3).decode()}
BAD_LINES = {
    "nested too deep": "[" * 200_000,
    "bytes, not text": "\x00\x01",
    "a path with a zero byte": json.dumps({"id": "bad", "html_path": "a\0b"}),
    "a path without an end": json.dumps({"id": "bad", "html_path": "/dev/zero"}),
    "a folder": json.dumps({"id": "bad", "html_path": "/"}),
    "a number for a text": json.dumps({"id": "bad", "title": 5, "html": 5}),
}


@pytest.mark.parametrize("name", BAD_LINES)
@pytest.mark.parametrize("command", ["extract", "match --rules rules.yaml"])
async def test_a_bad_line_costs_a_filter_only_itself(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    home = Household(tmp_path)
    done = await home.run(*command.split(), stdin=f"{BAD_LINES[name]}\n{json.dumps(GOOD)}\n")
    first, second = map(json.loads, done.out.splitlines())
    assert "Traceback" not in done.err
    assert second["id"] == "good" and "error" not in second
    assert "line 1" in first.get("error", "line 1")  # an answer is right, too, where nothing was asked for


@pytest.mark.parametrize("command", ["extract", "match --rules rules.yaml"])
async def test_a_file_of_another_kind_is_refused_in_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    done = await Household(tmp_path).run(*command.split(), stdin="%PDF-1.4\n" * 1000)
    assert (done.code, done.out, done.err) == (1, "", "stdin: this is a PDF, not text\n")


async def test_match_shows_the_first_places_of_a_rule_and_all_when_asked(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    line = json.dumps({"id": 1, "title": "Missiles", "text": "A missile in Iraq. " * 1000})
    home = Household(tmp_path)
    answer = json.loads((await home.run("match", "--rules", "rules.yaml", stdin=line)).out)
    assert (len(answer["matches"]), answer["more"]) == (20, 1981)
    every = json.loads((await home.run("match", "--rules", "rules.yaml", "--all", stdin=line)).out)
    assert len(every["matches"]) == 2001 and "more" not in every
    assert every["matches"][:20] == answer["matches"]


def start(
    home: Household, *words: str, without: tuple[int, ...] = (), **more: object
) -> subprocess.Popen[bytes]:
    """wirewatch, started without some of its streams."""
    shut = " ".join(f"{number}>&-" for number in without)
    words = ("sh", "-c", f'exec "$0" -m monitor "$@" {shut}', sys.executable, *words)
    return subprocess.Popen(words, cwd=home.folder, env=dict(home.env), **more)  # type: ignore[call-overload,no-any-return]


def test_a_full_disk_behind_the_output_is_one_line(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = start(Household(tmp_path), "--help", stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err.decode() == "output: No space left on device\n"


async def test_a_daemon_without_streams_runs_and_stops(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = Household(tmp_path, feeds=[news.publish("/feed", rss([entry("Missiles in Iraq", guid="a")]))])
        process = start(home, "run", without=(0, 1, 2))
        try:
            await news.wait(2, "/feed")
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 40) == 0
        finally:
            process.kill()
        audit = await home.audit()
    assert audit["balanced"] and audit["entries_in"] == 1


async def test_where_every_feed_fails_the_machine_may_be_offline(tmp_path: Path) -> None:
    async with Newsroom() as news:
        home = Household(tmp_path, feeds=[news.url("/gone"), news.url("/gone-too")], first_look="summary")
        async with home.daemon() as daemon:
            await daemon.says("no feed can be reached")
