"""config.yaml -> Config. Inside: marked (YAML with places), book (problems, secrets), values, schema."""

from monitor.config.schema import KEYS, fingerprint_of, load, load_rules, load_store

__all__ = ["KEYS", "fingerprint_of", "load", "load_rules", "load_store"]
