"""Entries of different links that are one article: their pages call the same address their own. Pure.

An article stands at several addresses: in print, on a phone, in two rubrics. What a page calls its canonical
address (RFC 6596) tells, and is often wrong: a site names one address on all its pages, a running page on
each of its pieces, a daily edition on every day's. To take two articles for one would hide news, so headline
and day have to agree, and an address that many bear is nobody's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.model import Twin
from monitor.sources.address import canonical
from monitor.sources.plain import folded

CROWD = 5  # addresses of one article, beside the entry's own; more are a mistake of the site
SAME_DAY = timedelta(hours=19)  # editions of a day apart have, as fresh.py says, 0.8 days between them


def story_of(own: str, title: str, at: datetime, twins: Sequence[Twin]) -> str:
    """The story of an entry: its own, or that of the first of its twins that is surely the same article."""
    if len({canonical(twin.link) for twin in twins}) >= CROWD or not folded(title):
        return own
    same = (twin for twin in twins if folded(twin.title) == folded(title) and abs(twin.at - at) < SAME_DAY)
    return next((twin.story_key for twin in same), own)
