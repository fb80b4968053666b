"""The replay of histories, on one that is invented: what it finds in order, and that it can find fault."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.histories import History, Poll, histories, invented
from bench.replay import Account, Memory, _judge, main, paced, replayed
from tests.doors.newsroom import entry, rss

HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>Back soon</body></html>"
SUBJECTS = ("Harbour", "Ferry", "Strike", "Budget", "Storm", "Museum", "Treaty", "Election", "Rain", "Bridge")


def item(number: int, headline: str = "", guid: str = "", place: str = "https://courier.example") -> str:
    word = SUBJECTS[number]
    day = f"Sun, 04 Jan 2026 1{number}:00:00 GMT"
    link = f"{place}/{word.lower()}-{40000 + number}"
    return entry(headline or f"{word} news", link, f"What is known of it: {word}.", guid or f"g{number}", day)


def a_life() -> History:
    """Twelve answers of a feed as real ones were seen to give them."""
    first = [item(n) for n in range(8)]
    edited = [item(0, "Missile hits the harbour"), *first[1:]]
    churned = [item(n, guid=f"#{n * 7919:x}") for n in range(8)]
    moved = [item(n, guid=f"urn:{n}", place="https://www.paper.example") for n in range(8)]
    answers = [rss(first), rss(reversed(first)), b"", HTML, rss([]), rss(first[:2]), rss([item(8), *edited])]
    answers += [rss(churned)[:900], rss(churned), rss([item(9), *moved]), rss(first), rss([item(9), *edited])]
    return invented(answers)


async def test_a_life_of_churn_edits_and_bad_answers_is_neither_repeated_nor_missed(tmp_path: Path) -> None:
    account = await replayed(a_life(), tmp_path / "store.db")
    assert not account.faults
    assert (account.polls, account.new, account.edits, account.repeats, account.misses) == (12, 10, 1, 0, 0)


async def test_our_own_pace_is_told_beside_the_real_one(tmp_path: Path) -> None:
    life = a_life()
    real = await replayed(life, tmp_path / "real.db")
    ours = await paced(life, tmp_path / "ours.db", real)
    assert ours.real == 12 and ours.polls > 1
    assert 0 <= ours.missed <= ours.entries == len(real.shown)


def row(number: int, link: str, title: str = "Harbour news", revision: int = 1) -> SimpleNamespace:
    return SimpleNamespace(id=number, guid="", link=link, title=title, revision=revision)


LINK = "https://courier.example/harbour-40000"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([[row(1, LINK)], [row(2, LINK)]], "told twice"),
        ([[], []], "missed"),
        ([[row(1, LINK)], []], "edit overlooked"),
    ],
)
def test_the_judge_finds_fault(rows: list[list[SimpleNamespace]], fault: str) -> None:
    account, memory = Account("a feed"), Memory()
    for headline, came in zip(("Harbour news", "Missile hits the harbour"), rows, strict=True):
        (answer,) = invented([rss([item(0, headline)])]).polls
        _judge(account, memory, answer, came)
    assert any(fault in line for line in account.faults)


def test_a_folder_of_polls_is_replayed_and_the_verdict_is_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    polls = a_life().polls
    feed = tmp_path / "papers" / "courier"
    feed.mkdir(parents=True)
    lines = ["utc\tfile"]
    for poll in polls:
        name = f"{poll.at:%Y%m%dT%H%M%SZ}.xml.gz"
        (feed / name).write_bytes(poll.packed)
        lines.append(f"{poll.at:%Y%m%dT%H%M%SZ}\t{name}")
    (feed / "polls.tsv.gz").write_bytes(_gzip("\n".join(lines)))
    (history,) = histories(tmp_path)
    assert history == History("papers/courier", tuple(Poll(one.at, one.packed) for one in polls))
    assert main(str(tmp_path)) == 0
    assert "papers/courier" in capsys.readouterr().out


def _gzip(text: str) -> bytes:
    (packed,) = invented([text.encode()], timedelta(hours=1)).polls
    return packed.packed
