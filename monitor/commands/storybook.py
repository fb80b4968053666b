"""`wirewatch stories`: which articles met in one story and why; a person splits and merges."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.text import Text

from monitor.alerts.terminal import short
from monitor.commands.filters import BadLine, Record, text_of
from monitor.commands.report import Line, at, placed
from monitor.errors import WirewatchError
from monitor.model import Entry, StoredEntry, host_of
from monitor.model.stories import Membership, Size
from monitor.ops import log
from monitor.sources.dates import parse_date
from monitor.sources.fresh import story_key
from monitor.sources.language import languages as spoken
from monitor.store import entries, stories
from monitor.store.db import Tx
from monitor.stories.origins import credit_of, independent
from monitor.stories.placing import Arrival, OpenStories
from monitor.stories.reading import read
from monitor.words import counted

SHOWN = 40  # stories of a list
HEADLINE = 200  # characters
TIDY = 10_000  # lines of the filter after which closed stories are forgotten


@dataclass(frozen=True, slots=True)
class Told:
    """A story with its articles, in time order."""

    id: int
    members: tuple[Membership, ...]
    entries: Mapping[int, StoredEntry]  # by number; others may be among them

    @property
    def headline(self) -> str:
        return self.title(self.members[0])

    def title(self, member: Membership) -> str:
        return _title(self.entries[member.entry_id])


def _title(stored: StoredEntry) -> str:
    return stored.entry.title or log.mask(stored.entry.link) or "an entry without a headline"


@dataclass(frozen=True, slots=True)
class Latest:
    """What a list of stories shows: those that several articles tell."""

    met: tuple[tuple[Size, str], ...]  # with their headlines
    more: int  # such stories beyond these
    alone: int  # articles with a story of their own


# --- looking -----------------------------------------------------------------------------------------------


def latest(tx: Tx, now: datetime, back: timedelta) -> Latest:
    """Stories with an article of that time, those with the newest first."""
    sizes = stories.sizes(tx, now - back)
    met = [one for one in sizes if one.articles > 1]
    shown = met[:SHOWN]
    known = entries.by_id(tx, [one.story for one in shown])
    return Latest(
        tuple((one, _title(known[one.story])) for one in shown), len(met) - len(shown), len(sizes) - len(met)
    )


def everything(tx: Tx, now: datetime, back: timedelta) -> tuple[Told, ...]:
    """The same stories, each with all its articles."""
    told: dict[int, list[Membership]] = {}
    for member in stories.told_since(tx, now - back):
        told.setdefault(member.story, []).append(member)
    known = entries.by_id(tx, [one.entry_id for members in told.values() for one in members])
    newest_first = sorted(told.items(), key=lambda one: one[1][-1].at, reverse=True)
    return tuple(Told(id, tuple(members), known) for id, members in newest_first)


def of(tx: Tx, asked: str) -> Told:
    """The story of an article, by its address or number. Raises WirewatchError."""
    return _told(tx, stories.members_of(tx, [_member(tx, asked).story]))


def _told(tx: Tx, members: tuple[Membership, ...]) -> Told:
    return Told(members[0].story, members, entries.by_id(tx, [one.entry_id for one in members]))


def _member(tx: Tx, asked: str) -> Membership:
    if asked.isascii() and asked.isdigit():
        ids = [int(asked)] if len(asked) < 19 else []
    else:
        ids = [entry.id for entry in entries.find(tx, asked, story_key(Entry("", asked, ""), 0))]
    found = [one for id in ids if (one := stories.member(tx, id))]
    if found:
        return found[0]
    shown = log.mask(asked) or "an empty address"
    if not ids or not entries.by_id(tx, ids):
        raise WirewatchError(f"{shown} was never seen; give the address of an article, or its number")
    raise WirewatchError(f"{shown} matched no rule yet: only what matches is put into stories")


def list_lines(latest: Latest) -> Iterator[Line]:
    for size, headline in latest.met:
        yield Text(short(headline, HEADLINE), "bold")
        told = _told_by(size.articles, size.newsrooms)
        yield f"  story {size.story}: {told}, {at(size.first_at)} to {at(size.last_at)}"
    if not latest.met and not latest.alone:
        yield NONE
        return
    if latest.more:
        yield f"{counted(latest.more, 'more story', 'more stories')} (--json lists all)"
    yield counted(latest.alone, "article tells a story of its own", "articles tell stories of their own")


NONE = "no article of that time matched a rule: there are no stories yet"


def show_lines(told: Told) -> Iterator[Line]:
    """Every article, why it is here, and what it said that was new."""
    yield Text(short(told.headline, HEADLINE), "bold")
    origins = independent(one.origin for one in told.members)
    yield f"story {told.id}: {_told_by(len(told.members), origins)}"
    for member in told.members:
        entry = told.entries[member.entry_id]
        yield f"  {at(member.at)}  {short(told.title(member), HEADLINE)}  ({_whose(member)})"
        yield f"    entry {member.entry_id}  {log.mask(entry.entry.link) or 'no link'}"
        yield f"    {placed(member)}"
        yield from (f"    new: {why}" for _, why in member.news)


def _told_by(articles: int, newsrooms: int) -> str:
    return f"{counted(articles, 'article')} of {counted(newsrooms, 'independent newsroom')}"


def _whose(member: Membership) -> str:
    copied = member.origin not in ("", member.newsroom)
    return f"{member.newsroom}, a text of {member.origin}" if copied else member.newsroom


def as_json(told: Iterable[Told]) -> list[dict[str, Any]]:
    return [
        {
            "story": one.id,
            "headline": one.headline,
            "newsrooms": independent(member.origin for member in one.members),
            "articles": [
                {
                    "entry": member.entry_id,
                    "title": one.title(member),
                    "url": log.mask(one.entries[member.entry_id].entry.link),
                    "at": member.at.isoformat(),
                    "newsroom": member.newsroom,
                    "origin": member.origin,
                    "how": member.how,
                    "why": member.why,
                    "news": [{"kind": kind, "why": why} for kind, why in member.news],
                    "by_hand": member.by_hand,
                }
                for member in one.members
            ],
        }
        for one in told
    ]


# --- putting right -----------------------------------------------------------------------------------------


def split(tx: Tx, asked: Sequence[str], now: datetime) -> Told:
    """Articles of one story into one of their own, which is returned. Raises WirewatchError."""
    apart = [_member(tx, one) for one in asked]
    if len({one.story for one in apart}) > 1:
        raise WirewatchError("these articles are of several stories: split takes articles of one")
    whole = stories.members_of(tx, [apart[0].story])
    if len({one.entry_id for one in apart}) == len(whole):
        raise WirewatchError("these are all the articles of their story: nothing would be left to split from")
    id = split_off(tx, [one.entry_id for one in apart], now)
    return _told(tx, stories.members_of(tx, [id]))


SETTLED = timedelta(seconds=15)  # until a running daemon has taken up what people moved; it looks every 5 s


def split_off(tx: Tx, entry_ids: Sequence[int], now: datetime) -> int:
    """The story that they are now. What the old one's message only named is told by itself."""
    id = stories.split(tx, entry_ids, f"split by a person, {at(now)}", now)
    entries.judge_again(tx, entry_ids, now + SETTLED)
    return id


def merge(tx: Tx, one: str, other: str, now: datetime) -> Told:
    """The stories of two articles become one, under the name of the older. Raises WirewatchError."""
    parts = [of(tx, asked) for asked in (one, other)]
    into, gone = sorted(parts, key=lambda part: (part.members[0].at, part.id))
    if into.id == gone.id:
        raise WirewatchError("these articles are of one story already")
    stories.merge(tx, gone.id, into.id, f"merged by a person, {at(now)}", now)
    return _told(tx, stories.members_of(tx, [into.id]))


# --- the filter --------------------------------------------------------------------------------------------


class Sorter:
    """{"id", "url", "title", "text", "published", "source"} in time order -> {"id", "story", "why"}."""

    def __init__(self) -> None:
        self._ids: list[Any] = []  # as the lines give them
        self._open = OpenStories(name=lambda number: f"{self._ids[number]}")
        self._last: datetime | None = None

    async def place(self, record: Record, now: datetime) -> Record:
        """`story`: the id of the line that began it. Raises BadLine."""
        if record.get("id") is None:
            raise BadLine('"id" is missing: it names the story that an article begins')
        arrival = self._arrival(record, now)
        self._ids.append(record["id"])
        placing, member = self._open.place(arrival)
        self._open.keep(member)
        if len(self._ids) % TIDY == 0:
            self._open.forget(arrival.at)
        return {"id": record["id"], "story": self._ids[placing.story], "why": placing.why}

    def _arrival(self, record: Record, now: datetime) -> Arrival:
        """Without a date it came when the line before it did."""
        title, text = text_of(record, "title"), text_of(record, "text")
        published = parse_date(text_of(record, "published"))
        self._last = published or self._last or now
        spoken_in = spoken(title, text, text_of(record, "lang"))
        return Arrival(
            entry_id=len(self._ids),
            at=self._last,
            newsroom=text_of(record, "source") or host_of(text_of(record, "url")),
            reading=read(title, text, (), spoken_in),
            credit=credit_of("", text),
        )
