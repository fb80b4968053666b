"""wirewatch: the daemon. `rules` is the language it matches with."""

__version__ = "0.1.0"
