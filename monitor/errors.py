"""Our exception hierarchy. A message says what, where, and what to do; never a secret.

WirewatchError
├── ConfigError      config.yaml cannot be used; carries every problem        exit 78
└── StoreError       the store cannot be opened or written                    exit 1
    ├── StoreHeld    another daemon holds the store                           exit 75
    └── StoreGone    its file was deleted or replaced under a running daemon  exit 1
"""

from collections.abc import Sequence


class WirewatchError(Exception):
    """Anything we tell a person in one line instead of a traceback."""

    exit_code = 1


class ConfigError(WirewatchError):
    """All problems of a config at once, each `file:line:col: what` with its hint below."""

    exit_code = 78

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class StoreError(WirewatchError):
    """The store cannot be opened, read or written."""


class StoreHeld(StoreError):
    """Another daemon holds the store: two would tell everything twice."""

    exit_code = 75


class StoreGone(StoreError):
    """What is written now would never be read again: a daemon ends."""


def reason_of(error: Exception) -> str:
    """One line for a log: what we know to be wrong in its own words, a fault of ours with its kind."""
    return str(error) if isinstance(error, WirewatchError) else f"{type(error).__name__}: {error}"
