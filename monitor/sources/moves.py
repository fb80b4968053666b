"""Whether a feed has moved for good.

A permanent redirect (301, 308) is believed after three sightings over a day that lead to one address, where
entries are found that we know: a maintenance page, a captive portal and whoever buys an expired domain all
send permanent redirects, and none of them has the entries. Temporary ones (302, 303, 307) are never believed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Feed, FeedState
from monitor.model.upkeep import Move

SIGHTINGS = 3
SINCE = timedelta(hours=24)
FAILED = 3  # polls in a row, over SINCE: an adopted address is left, the old one may answer again


def after_answer(feed: Feed, moved_to: str, familiar: bool, now: datetime) -> tuple[str, Move | None]:
    """(address, move) after a good answer that came by permanent redirects alone from `moved_to`; empty: it
    did not. `familiar`: it carries an entry that we know, or says that all is as it was."""
    state = feed.state
    if not moved_to or moved_to == feed.address:
        return state.address, None
    if not familiar:
        return state.address, state.move
    seen = state.move if state.move and state.move.url == moved_to else Move(moved_to, now, 0)
    seen = replace(seen, times=seen.times + 1)
    if seen.times < SIGHTINGS or now - seen.since < SINCE:
        return state.address, seen
    return moved_to if moved_to != feed.spec.url else "", None


def after_failure(state: FeedState, now: datetime) -> FeedState:
    """An adopted address that fails for long is forgotten; what is known of its answers, too."""
    failing_since = state.failing_since or now
    if not state.address or state.failures < FAILED or now - failing_since < SINCE:
        return state
    return replace(state, address="", move=None, validators=type(state.validators)())
