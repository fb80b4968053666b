"""What a message carries so that it can be found again, and that nobody else can write. Pure.

Metadata can be read by every app and member of a workspace, and any app can post some of its own: without a
seal another one could say "already sent". The key is drawn once a store and never leaves it.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from monitor.model import Secret

EVENT = "wirewatch_alert"


def sealed(metadata: Mapping[str, Any], secret: Secret) -> dict[str, Any]:
    """The same metadata, and proof that it is ours."""
    told = metadata["event_payload"]
    return {**metadata, "event_payload": {**told, "s": _seal(str(told["k"]), secret)}}


def key_of(message: Mapping[str, Any], secret: Secret) -> str:
    """The outbox key of a message as Slack shows it; empty: it is none of ours."""
    metadata = message.get("metadata")
    told = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    if (
        not isinstance(told, Mapping)
        or not isinstance(metadata, Mapping)
        or metadata.get("event_type") != EVENT
    ):
        return ""
    key, seal = told.get("k"), told.get("s")
    if not isinstance(key, str) or not isinstance(seal, str) or not seal.isascii():
        return ""
    return key if hmac.compare_digest(_seal(key, secret), seal) else ""


def _seal(key: str, secret: Secret) -> str:
    return hmac.digest(secret.value.encode(), key.encode(), "sha256").hex()[:32]
