"""What a publisher's log says of a client, column by column, in the manner of the public feed reader scores.

A column is a count of faults: 0 is good. `requests`, `conditional` and `unconditional` are plain counts. The
yardstick is what the publisher said in its own answers and documents, never what the client made of it.
Sources: rachelbythebay.com "feed reader score" (2024), openrss.org's audit of readers, RFC 9110, RFC 6585.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parsedate_to_datetime

from tests.sim.publisher import BEGIN, DAY, HOUR, PATIENCE, Reply, Trouble

SLACK = 1.0  # seconds a clock may be off
SUBSCRIBE = 60.0  # seconds: two requests within are one visit made twice
SIGHTINGS = 3  # of a permanent redirect before a client believes it, over a day
TRIPS = 6  # times a day that a publisher may have to say 429 before its reader should have learnt
TRIES = 4  # a day, at a server that has been in trouble for two
FORMER = 50  # validators that are remembered as sent once


@dataclass(slots=True)
class Columns:
    """Counts of one feed's log."""

    requests: int = 0
    conditional: int = 0
    unconditional: int = 0
    forced: int = field(default=0, metadata={"says": "unconditional with validators in hand, twice in 24 h"})
    date_old: int = field(default=0, metadata={"says": "If-Modified-Since out of sequence"})
    date_made_up: int = field(default=0, metadata={"says": "If-Modified-Since made up"})
    tag_old: int = field(default=0, metadata={"says": "If-None-Match out of sequence"})
    tag_made_up: int = field(default=0, metadata={"says": "If-None-Match made up, or its quotes changed"})
    half: int = field(default=0, metadata={"says": "one validator sent back of two"})
    cookies: int = field(default=0, metadata={"says": "cookies", "whole": True})
    referrers: int = field(default=0, metadata={"says": "referrers", "whole": True})
    query: int = field(default=0, metadata={"says": "query parameters added, or another address than it has"})
    early: int = field(default=0, metadata={"says": "conditional, before the publisher's hints allow"})
    early_whole: int = field(
        default=0, metadata={"says": "unconditional, before the publisher's hints allow"}
    )
    double: int = field(default=0, metadata={"says": "asked twice within a minute (subscribing, starting)"})
    restart: int = field(default=0, metadata={"says": "asked again too soon because it restarted"})
    pushy: int = field(
        default=0, metadata={"says": "before the end of a Retry-After, or 1 h after a bare 429"}
    )
    tripped: int = field(default=0, metadata={"says": "429 again and again: over six in 24 h"})
    missing: int = field(
        default=0, metadata={"says": "missing content (404, 410) asked for oftener than daily"}
    )
    refused: int = field(default=0, metadata={"says": "within 4 h of a 401 or 403"})
    tireless: int = field(
        default=0, metadata={"says": "a server in trouble for two days asked over four times a day"}
    )
    stray: int = field(default=0, metadata={"says": "the old address, a day after three permanent redirects"})
    anonymous: int = field(default=0, metadata={"says": "no User-Agent with a contact", "whole": True})
    deaf: int = field(default=0, metadata={"says": "no Accept that names feeds"})
    plain: int = field(default=0, metadata={"says": "no Accept-Encoding", "whole": True})

    def __add__(self, other: "Columns") -> "Columns":
        return Columns(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def faults(self) -> dict[str, int]:
        """What is not good, in words."""
        return {
            one.metadata["says"]: count
            for one in fields(self)
            if one.metadata and (count := getattr(self, one.name))
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a feed, and what it got. `rest`: seconds the feed's own document asks for."""

    t: float
    url: str
    headers: Mapping[str, str]
    reply: Reply | Trouble
    rest: float = PATIENCE
    skipped: bool = False  # an hour the document wants to be left alone in


@dataclass(slots=True)
class Score:
    """Listens to one feed's log. `whole`: the log has every header, not only what differs by request.

    `lies`: the publisher says 304 whatever is new, so that nobody can be blamed for leaving validators out.
    """

    home: str
    whole: bool = False
    lies: bool = False
    columns: Columns = field(default_factory=Columns)
    _tags: list[str] = field(default_factory=list)  # as sent, newest last
    _days: list[str] = field(default_factory=list)
    _kept: tuple[str, str] = ("", "")  # what a client should hold: validators of the last good answer
    _last: float | None = None
    _last_forced: float = -DAY
    _welcome: float = 0.0  # not before
    _asked_to_wait: float = 0.0
    _failing_since: float | None = None
    _missing_since: float | None = None
    _refused_at: float = -DAY
    _moves: list[float] = field(default_factory=list)
    _restarted: bool = False
    _tries: list[float] = field(default_factory=list)
    _tripped: list[float] = field(default_factory=list)

    def restarted(self) -> None:
        self._restarted = True

    def heard(self, asked: Asked) -> None:
        """One more request. The hop that follows a redirect is no request of its own."""
        if asked.url != self.home and self._is_hop(asked):
            self._answered(asked)
            return
        count = self.columns
        count.requests += 1
        self._of_conditions(asked)
        self._of_pace(asked)
        self._of_trouble(asked)
        self._of_identity(asked)
        self._last, self._restarted = asked.t, False
        self._answered(asked)

    def _is_hop(self, asked: Asked) -> bool:
        return self._last is not None and asked.t - self._last < SLACK

    # --- conditions -------------------------------------------------------------------------------------

    def _of_conditions(self, asked: Asked) -> None:
        tag, day = asked.headers.get("If-None-Match", ""), asked.headers.get("If-Modified-Since", "")
        count = self.columns
        if tag or day:
            count.conditional += 1
            count.half += bool(self._kept[0] and not tag) + bool(self._kept[1] and not day)
        else:
            count.unconditional += 1
            self._of_force(asked)
        old, made_up = _standing(tag, self._kept[0], self._tags)
        count.tag_old, count.tag_made_up = count.tag_old + old, count.tag_made_up + made_up
        old, made_up = _standing(day, self._kept[1], self._days)
        count.date_old, count.date_made_up = count.date_old + old, count.date_made_up + made_up

    def _of_force(self, asked: Asked) -> None:
        """A client may look past a cache that lies, once a day."""
        if any(self._kept) and not self.lies:
            self.columns.forced += asked.t - self._last_forced < DAY - SLACK
            self._last_forced = asked.t

    # --- pace --------------------------------------------------------------------------------------------

    def _of_pace(self, asked: Asked) -> None:
        if self._last is None:
            return
        count = self.columns
        early = asked.t < self._welcome - SLACK or (asked.skipped and self._failing_since is None)
        if asked.headers.get("If-None-Match") or asked.headers.get("If-Modified-Since"):
            count.early += early
        else:
            count.early_whole += early
        count.double += asked.t - self._last < SUBSCRIBE
        count.restart += early and self._restarted
        count.pushy += asked.t < self._asked_to_wait - SLACK

    def _of_trouble(self, asked: Asked) -> None:
        count, since_last = self.columns, asked.t - (self._last if self._last is not None else -DAY)
        if _since(self._missing_since, asked.t) > 3 * DAY:
            count.missing += since_last < DAY - HOUR
        elif _since(self._failing_since, asked.t) > 2 * DAY and self._refused_at < 0:
            self._tries = [*(then for then in self._tries if asked.t - then < DAY), asked.t]
            count.tireless += len(self._tries) > TRIES
        count.refused += asked.t - self._refused_at < 4 * HOUR - SLACK
        gone_over = len(self._moves) >= SIGHTINGS and self._moves[-1] - self._moves[0] >= DAY
        count.stray += asked.url == self.home and gone_over

    # --- identity ----------------------------------------------------------------------------------------

    def _of_identity(self, asked: Asked) -> None:
        count, said = self.columns, asked.headers
        count.query += "?" in asked.url and "?" not in self.home
        count.cookies += "Cookie" in said
        count.referrers += "Referer" in said
        count.deaf += "rss" not in said.get("Accept", "") or "atom" not in said.get("Accept", "")
        if self.whole:
            agent = said.get("User-Agent", "")
            count.anonymous += "wirewatch/" not in agent or "@" not in agent
            count.plain += "gzip" not in said.get("Accept-Encoding", "")

    # --- what was answered -------------------------------------------------------------------------------

    def _answered(self, asked: Asked) -> None:
        reply, t = asked.reply, asked.t
        self._welcome = max(t + PATIENCE, self._welcome if self._is_redirect(reply) else 0)
        if isinstance(reply, Trouble):
            self._failing_since = _first(self._failing_since, t, True)
            return
        self._note_move(reply, t)
        self._note_trouble(reply, t)
        if reply.status in (200, 304) and reply.whole:
            self._note_validators(reply)
            self._welcome = t + max(PATIENCE, min(_fresh(reply), DAY), min(asked.rest, DAY))

    def _is_redirect(self, reply: Reply | Trouble) -> bool:
        return isinstance(reply, Reply) and 300 < reply.status < 304

    def _note_validators(self, reply: Reply) -> None:
        tag, day = reply.headers.get("ETag", ""), reply.headers.get("Last-Modified", "")
        if reply.status == 304:
            tag, day = tag or self._kept[0], day or self._kept[1]
        self._kept = (tag, day)
        for values, value in ((self._tags, tag), (self._days, day)):
            values.append(value)
            del values[:-FORMER]

    def _note_trouble(self, reply: Reply, t: float) -> None:
        self._failing_since = _first(self._failing_since, t, reply.status >= 400 or not reply.whole)
        self._missing_since = _first(self._missing_since, t, reply.status in (404, 410))
        self._refused_at = t if reply.status in (401, 403) else -DAY
        self._note_tripping(reply, t)
        wait = _wait(reply, t)
        self._asked_to_wait = t + (HOUR if wait is None and reply.status == 429 else wait or 0)

    def _note_tripping(self, reply: Reply, t: float) -> None:
        """A publisher that counts requests has said how far apart it wants them."""
        if reply.status == 429:
            self._tripped = [*(then for then in self._tripped if t - then < DAY), t]
            self.columns.tripped += len(self._tripped) > TRIPS

    def _note_move(self, reply: Reply, t: float) -> None:
        if reply.status in (301, 308):
            self._moves.append(t)
        elif not (self._moves and t - self._moves[-1] < SLACK):  # the answer at the new place
            self._moves.clear()


def _first(since: float | None, t: float, holds: bool) -> float | None:
    """Since when something holds that holds now; None: it does not."""
    return (t if since is None else since) if holds else None


def _since(since: float | None, t: float) -> float:
    return 0.0 if since is None else t - since


def _standing(sent: str, kept: str, former: list[str]) -> tuple[bool, bool]:
    """(out of sequence, made up)"""
    if not sent or sent == kept:
        return False, False
    return sent in former, sent not in former


def _fresh(reply: Reply) -> float:
    control = reply.headers.get("Cache-Control", "")
    if "max-age=" in control:
        return float(control.partition("max-age=")[2])
    expires = reply.headers.get("Expires", "")
    if not expires:
        return 0.0
    return (parsedate_to_datetime(expires) - parsedate_to_datetime(reply.headers["Date"])).total_seconds()


def _wait(reply: Reply, t: float) -> float | None:
    """Seconds of a Retry-After; None: it has none, or none that can be read."""
    value = reply.headers.get("Retry-After", "")
    if value.isdigit():
        return float(value)
    if value.endswith("GMT"):
        return (parsedate_to_datetime(value) - BEGIN).total_seconds() - t
    return None
