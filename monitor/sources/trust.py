"""Whether a server's "unchanged" is true: some answer 304, or give the same ETag, while the feed changes.

    200 with the validators we have, and new entries   | a lie
    304 for a day, or for longer than its rhythm allows | ONE request without validators: a probe
        nothing new            it was honest: the next probe may come after 1, 2, 4 … 30 days
        as much as was missed  a lie; as is anything new at two probes in a row

A rhythm learnt on a weekend, or not at all, says nothing against a day of 304: any such day is looked into,
at a cost of five requests in the first month of a feed that is silent for all of it. What lied is not sent
for 30 days, then it is tried again. Publishers hate requests without validators, and with older ones than
they gave: there is never more than one probe a day, whatever becomes of it, and a feed that is asked without
validators is asked once an hour at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import FeedState, Fetched, FetchFailed, FetchOutcome, Validators
from monitor.model.upkeep import Doubt, Trust
from monitor.sources import rhythm

DAY = timedelta(days=1)
DOUBTED = timedelta(days=30)
LONGEST = timedelta(days=30)  # between two probes of a server that was always honest
SOONEST = timedelta(hours=6)  # of "unchanged" before a feed is probed that its rhythm says cannot be silent
SURE = 0.001  # likelihood of a silence that is looked into before a day is over
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


def known_until(before: FeedState, trust: Trust, now: datetime) -> datetime | None:
    """When a feed was last as we knew it: its last answer, or its last document if we were lied to since."""
    lied = trust.suspect is not _NONE or doubt_of(trust, now) is not _NONE
    return before.body_at if lied else before.ok_at


def after(
    state: FeedState, asked: Question, fetched: FetchOutcome, news: int, now: datetime
) -> tuple[Trust, Validators]:
    """What is believed, and which validators are remembered, after an answer with so many new entries."""
    doubt, trust = doubt_of(state.trust, now), state.trust
    if doubt is not trust.doubt:
        trust = replace(trust, doubt=doubt)
    if asked.probe:
        trust = replace(trust, probed_at=now)
    match fetched:
        case FetchFailed():
            return trust, NOTHING if fetched.status == 304 else state.validators
        case Fetched() if news and (lie := _lie(state.validators, fetched.validators)):
            trust = _doubted(trust, lie, now)
        case Fetched() if news and asked.probe:
            lie = _suspect(state.validators, fetched.validators)
            proven = trust.suspect is not _NONE or _is_overdue(state, news, now)
            trust = _doubted(trust, lie, now) if proven else replace(trust, suspect=lie, honest=0)
        case Fetched() if asked.probe:
            trust = replace(trust, honest=trust.honest + 1, suspect=_NONE)
        case Fetched() if news:
            trust = replace(trust, suspect=_NONE)
    return trust, fetched.validators


def _is_overdue(state: FeedState, news: int, now: datetime) -> bool:
    """Is it as much news as came in all of the silence, and more than came since the last "unchanged"?"""
    known = rhythm.unpacked(state.rhythm)
    if known is None or state.body_at is None or state.ok_at is None or news < 2:
        return False
    silence = rhythm.expected(known, state.body_at, now) * rhythm.at_once(known)
    since = rhythm.expected(known, state.ok_at, now) * rhythm.at_once(known)
    return news >= max(silence / 2, 2 * since)


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
    """A silence lasts from the last document to the last "unchanged": while we slept, nobody was silent."""
    trust, start, end = state.trust, state.body_at, state.ok_at
    if start is None or end is None or end - start < SOONEST:
        return False
    rest = min(DAY * 2 ** min(max(0, trust.honest - 1), 10), LONGEST)
    if trust.probed_at and now - trust.probed_at < rest:
        return False
    known = rhythm.unpacked(state.rhythm)
    return end - start >= DAY or (known is not None and rhythm.is_silent(known, start, end, SURE))


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
