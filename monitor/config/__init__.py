"""config.yaml -> Config.

Inside, from below: marked (YAML with places), outside (files, secrets), book (a file and its problems),
values, feeds, sets, asked (one rule), ruleset (all rules, of all files), schema (the whole), changed.
"""

from monitor.config.changed import fingerprint_of
from monitor.config.schema import KEYS, load, load_rules, load_store

__all__ = ["KEYS", "fingerprint_of", "load", "load_rules", "load_store"]
