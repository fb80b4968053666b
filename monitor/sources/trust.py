"""Whether a server's "unchanged" is true: some answer 304, or give the same ETag, while the feed changes.

    304 for longer than the feed's rhythm makes likely | ONE request without validators: a probe
        nothing new      it was honest: the next probe may come after 1, 2, 4 … 30 days
        new entries      their validators are those we have: a lie. Else the next request sends the old ones
                         once more: 304 to these is a lie, 200 was mere chance
    200 with the validators we have, and new entries | a lie, without a probe

What lied is not sent for 30 days, then it is tried again. Publishers hate requests without validators: there
is never more than one probe a day, and a feed that is asked without them is asked once an hour at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import FeedState, Fetched, FetchOutcome, Unchanged, Validators
from monitor.sources import rhythm
from monitor.upkeep import Doubt, Trust

DAY = timedelta(days=1)
DOUBTED = timedelta(days=30)
LONGEST = timedelta(days=30)  # between two probes of a server that was always honest
UNKNOWN = timedelta(days=7)  # of "unchanged" before a feed is probed whose rhythm nobody knows
REST = timedelta(hours=1)  # between two requests to a server that is not believed
NOTHING = Validators()


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent with the next request. A probe leaves out validators that are believed."""

    validators: Validators
    probe: bool = False


def question(state: FeedState, now: datetime) -> Question:
    sent = _believed(state.validators, doubt_of(state.trust, now))
    if sent != NOTHING and _is_probe_due(state, now):
        return Question(NOTHING, probe=True)
    return Question(sent)


def doubt_of(trust: Trust, now: datetime) -> Doubt:
    return trust.doubt if trust.until and now < trust.until else Doubt.NONE


def after(
    state: FeedState, asked: Question, fetched: FetchOutcome, news: bool, now: datetime
) -> tuple[Trust, Validators]:
    """What is believed, and which validators are remembered, after an answer. `news`: with new entries."""
    trust = (
        state.trust if doubt_of(state.trust, now) is state.trust.doubt else replace(state.trust, doubt=_NONE)
    )
    match fetched:
        case Unchanged() if trust.suspect is not _NONE:
            return _doubted(trust, trust.suspect, now), fetched.validators
        case Unchanged():
            return trust, fetched.validators
        case Fetched() if news and (lie := _lie(state.validators, fetched.validators)):
            return _doubted(trust, lie, now), fetched.validators
        case Fetched() if news and asked.probe:
            suspect = _suspect(state.validators, fetched.validators)
            return replace(trust, probed_at=now, suspect=suspect), state.validators
        case Fetched() if asked.probe or trust.suspect is not _NONE:
            honest = replace(trust, honest=trust.honest + 1, suspect=_NONE)
            return replace(honest, probed_at=now if asked.probe else trust.probed_at), fetched.validators
        case Fetched():
            return trust, fetched.validators
    return trust, NOTHING if fetched.status == 304 else state.validators


_NONE = Doubt.NONE


def _believed(validators: Validators, doubt: Doubt) -> Validators:
    match doubt:
        case Doubt.NONE:
            return validators
        case Doubt.ETAG:
            return replace(validators, etag="")
        case Doubt.BOTH:
            return NOTHING


def _is_probe_due(state: FeedState, now: datetime) -> bool:
    trust = state.trust
    if state.body_at is None or trust.suspect is not _NONE or now - state.body_at < DAY:
        return False
    rest = min(DAY * 2 ** min(trust.honest, 10), LONGEST)
    if trust.probed_at and now - trust.probed_at < rest:
        return False
    known = rhythm.unpacked(state.rhythm)
    return rhythm.is_silent(known, state.body_at, now) if known else now - state.body_at > UNKNOWN


def _lie(old: Validators, new: Validators) -> Doubt | None:
    """Which of the validators stood still, although there are new entries; None: none did."""
    if old.etag and old.etag == new.etag:
        dated = new.last_modified and new.last_modified != old.last_modified
        return Doubt.ETAG if dated else Doubt.BOTH
    stale = old.last_modified and old.last_modified == new.last_modified
    return Doubt.BOTH if stale and not new.etag else None


def _suspect(old: Validators, new: Validators) -> Doubt:
    """A server that gets both looks at the ETag alone (RFC 9110 13.2.2): the date may be honest."""
    dated = new.last_modified and new.last_modified != old.last_modified
    return Doubt.ETAG if old.etag and dated else Doubt.BOTH


def _doubted(trust: Trust, doubt: Doubt, now: datetime) -> Trust:
    worse = Doubt.BOTH if trust.doubt is Doubt.ETAG and doubt is Doubt.ETAG else doubt
    return Trust(probed_at=trust.probed_at, doubt=worse, until=now + DOUBTED)
