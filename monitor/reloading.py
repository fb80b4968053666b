"""A config that may have changed on disk -> the one to take, or why the old one stays in force."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from monitor import config
from monitor.errors import ConfigError
from monitor.model import Config
from monitor.ops.memory import lasting


@dataclass(frozen=True, slots=True)
class NotTaken:
    """`fingerprint` is from before the reading: a file that is still being written differs later."""

    fingerprint: str
    error: ConfigError


async def read_again(settings: Config, previous: Config | None) -> Config | NotTaken | None:
    """None: it is what it was. `previous`: whose rules need not be compiled again."""
    found = await asyncio.to_thread(config.fingerprint_of, settings.path, os.environ)
    if found == settings.fingerprint:
        return None
    try:
        changed = await asyncio.to_thread(_loaded, settings.path, previous)
        _refuse_moves(settings, changed)
    except ConfigError as error:
        return NotTaken(found, error)
    return changed


def _loaded(path: Path, previous: Config | None) -> Config:
    with lasting():
        return config.load(path, os.environ, previous)


def _refuse_moves(old: Config, new: Config) -> None:
    for name, moves in (("store", new.store != old.store), ("websub", new.websub != old.websub)):
        if moves:
            raise ConfigError([f"{new.path.name}: {name} cannot change while the daemon runs: restart it"])
