"""Texts by others, which stay where they are: in the folder named by WIREWATCH_DATA, else ../shared/data.

What is measured on them may only get better: floors.json holds the numbers, and of which texts they are.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
DATA = Path(os.environ.get("WIREWATCH_DATA", HERE.parents[2] / "shared" / "data"))
FLOORS: dict[str, Any] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


def corpus(name: str) -> Path:
    """The folder of a corpus, if it is there and is the one that the floors are of; else the test ends."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not in {DATA}: set WIREWATCH_DATA to the folder that holds it")
    assert fingerprint(folder) == FLOORS[name]["fingerprint"], f"{folder} has changed: measure anew"
    return folder


@cache
def fingerprint(folder: Path) -> str:
    """Of all its texts and their names: what is packed, or everything where nothing is."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.gz")) or sorted(filter(Path.is_file, folder.rglob("*"))):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        yield from (line.rstrip("\n") for line in text)


def fallen(corpus: str, part: str, measured: Mapping[str, float]) -> dict[str, str]:
    """What is below its floor. A number that rose is no news; its floor may follow it."""
    floors = FLOORS[corpus][part]
    assert measured.keys() == floors.keys()
    return {
        what: f"{value:.4f} is under {floors[what]}"
        for what, value in measured.items()
        if value < floors[what]
    }
