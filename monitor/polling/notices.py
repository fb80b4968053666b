"""What people are to know, to the ops channel: an incident as one message that is edited, all else once."""

from datetime import datetime

from monitor.model import Notice
from monitor.polling.health import Told
from monitor.store import incidents, outbox
from monitor.store.db import Tx


def tell(tx: Tx, told: Told, channel: str, now: datetime) -> None:
    """`channel` empty: incidents are kept, and nobody is told."""
    if told.ends:
        incidents.end(tx, told.key, told.text, now)
    elif told.since:
        incidents.begin(tx, told.key, told.text, channel, now, since=told.since)
    elif channel:
        outbox.put(tx, f"notice|{told.key}", channel, Notice(told.text), now=now)
