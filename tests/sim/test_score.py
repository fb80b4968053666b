"""The yardstick itself: a rude client is found out, in the column that names its fault."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.sim.publisher import DAY, HOUR, Reply, Trouble
from tests.sim.score import Asked, Columns, Score

HOME = "https://news.example/feed"
ACCEPT = {"Accept": "application/atom+xml, application/rss+xml"}
OK = Reply(200, {"ETag": '"a"', "Last-Modified": "Mon, 02 Mar 2026 00:00:00 GMT", "Date": "x"})
SAME = replace(OK, status=304)
BOTH = {"If-None-Match": '"a"', "If-Modified-Since": "Mon, 02 Mar 2026 00:00:00 GMT"}


def at(t: float, reply: Reply | Trouble = SAME, url: str = HOME, rest: float = 0, **headers: str) -> Asked:
    """A request with both validators, unless it names its own headers."""
    said = {name.replace("_", "-"): value for name, value in headers.items()} if headers else BOTH
    return Asked(t, url, ACCEPT | said, reply, rest)


def first(reply: Reply | Trouble = OK, rest: float = 0) -> Asked:
    return Asked(0, HOME, ACCEPT, reply, rest)


def bare(t: float, reply: Reply | Trouble = OK) -> Asked:
    return Asked(t, HOME, ACCEPT, reply)


def answer(status: int, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()})


def score(log: Sequence[Asked]) -> Columns:
    listener = Score(HOME)
    for asked in log:
        listener.heard(asked)
    return listener.columns


def hourly(count: int, reply: Reply | Trouble, start: float = HOUR) -> list[Asked]:
    return [at(start + n * HOUR, reply) for n in range(count)]


MOVED = answer(301, Location="https://new.example/feed")
LATER = replace(OK, headers=OK.headers | {"ETag": '"b"'})
RUDE = {
    "forced": [first(), bare(HOUR), bare(2 * HOUR)],
    "date_old": [
        first(),
        at(HOUR, replace(OK, headers=OK.headers | {"Last-Modified": "Mon, 02 Mar 2026 01:00:00 GMT"})),
        at(2 * HOUR),
    ],
    "date_made_up": [
        first(),
        at(HOUR, If_Modified_Since="Mon, 02 Mar 2026 01:00:00 GMT", If_None_Match='"a"'),
    ],
    "tag_old": [first(), at(HOUR, LATER), at(2 * HOUR)],
    "tag_made_up": [first(), at(HOUR, If_None_Match="a", If_Modified_Since=BOTH["If-Modified-Since"])],
    "half": [first(), at(HOUR, If_None_Match='"a"')],
    "cookies": [first(), at(HOUR, Cookie="a=b", **BOTH)],
    "referrers": [first(), at(HOUR, Referer="https://us.example/", **BOTH)],
    "query": [first(), at(HOUR, url=f"{HOME}?t=1")],
    "early": [first(rest=7200), at(HOUR)],
    "early_whole": [first(Reply(200, {"Cache-Control": "max-age=7200"})), bare(HOUR)],
    "double": [first(), at(30)],
    "pushy": [first(answer(429, Retry_After="7200")), bare(HOUR)],
    "tripped": [first(), *hourly(7, answer(429, Retry_After="60"))],
    "missing": [first(), *hourly(100, answer(404))],
    "refused": [first(answer(403)), bare(HOUR)],
    "tireless": [first(), *hourly(60, Trouble("timeout"))],
    "stray": [first(), *hourly(26, MOVED)],
}


@pytest.mark.parametrize("column", RUDE)
def test_a_rude_client_is_found_out(column: str) -> None:
    assert getattr(score(RUDE[column]), column)


def test_a_bare_429_asks_for_an_hour() -> None:
    assert score([first(answer(429)), bare(0.9 * HOUR)]).pushy
    assert not score([first(answer(429)), bare(HOUR)]).pushy


def test_a_poll_soon_after_a_restart_counts_twice() -> None:
    listener = Score(HOME)
    listener.heard(first())
    listener.restarted()
    listener.heard(at(120))
    assert (listener.columns.restart, listener.columns.early) == (1, 1)


def test_a_client_that_does_as_it_is_asked_is_good() -> None:
    polls = [
        at(HOUR),
        at(2 * HOUR, LATER),
        at(3 * HOUR, SAME, If_None_Match='"b"', If_Modified_Since=BOTH["If-Modified-Since"]),
    ]
    found = score([first(), *polls, bare(2 * DAY)])
    assert not found.faults
    assert (found.requests, found.conditional, found.unconditional) == (5, 3, 2)


def test_the_hop_behind_a_redirect_is_no_second_request() -> None:
    found = score([first(), at(HOUR, MOVED), at(HOUR, url="https://new.example/feed")])
    assert found.requests == 2
    assert not found.faults


def test_who_keeps_the_validators_of_a_broken_answer_is_found_out() -> None:
    broken = Reply(200, {"ETag": '"half"'}, whole=False)
    assert score([first(), at(HOUR, broken), at(2 * HOUR, If_None_Match='"half"')]).tag_made_up


@pytest.mark.parametrize("column", ["anonymous", "plain"])
def test_a_whole_log_shows_who_hides(column: str) -> None:
    listener = Score(HOME, whole=True)
    listener.heard(first())
    assert getattr(listener.columns, column)
