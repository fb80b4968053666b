"""Configs as tests write them, and what is said of those that are wrong."""

from pathlib import Path

import pytest

from monitor import config
from monitor.errors import ConfigError
from monitor.model import Config

FEEDS = "feeds: [https://example.org/feed]\n"
RULES = "rules: [missile + Iraq]\n"
LEAST = FEEDS + RULES


def load(file: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    file.write_text(text, encoding="utf-8")
    return config.load(file, environ or {})


def problems(file: Path, text: str | bytes, environ: dict[str, str] | None = None) -> str:
    """All problems as a person reads them, with the names of files alone."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as raised:
        config.load(file, environ or {})
    return str(raised.value).replace(f"{file.parent}/", "")
