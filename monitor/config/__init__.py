"""config.yaml -> Config.

Inside, from below: marked (YAML with places), outside (files, secrets), book (a file and its problems),
values, feeds, pages (rule files), sets, conditions, asked (one rule), proof (its examples), ruleset (all
rules), schema (the whole), changed, places.
"""

from monitor.config.changed import fingerprint_of
from monitor.config.places import Places
from monitor.config.schema import KEYS, load, load_rules, load_store

__all__ = ["KEYS", "Places", "fingerprint_of", "load", "load_rules", "load_store"]
