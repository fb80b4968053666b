"""Fixtures every kind of test may ask for."""

import io
from collections.abc import Iterator

import pytest
import structlog

from monitor.ops import log

pytest_plugins = ["tests.doors.stores"]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged while a test runs."""
    paper = io.StringIO()
    log.setup(paper)
    yield paper
    structlog.reset_defaults()
