"""The canary: a story of our own goes the whole way to Slack every 15 minutes, and a heartbeat is asked.

It is read from a feed, kept, judged by a hidden rule and decided upon by the functions that do so for all
news, in the same store, and what they wrote there is taken back: no audit, story, report or rule sees it.
One message says when it last arrived. Whoever watches the heartbeat from outside hears of it when any of this
stands still.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import rules
from monitor import pipeline
from monitor.beats import Beat
from monitor.chores import Chores
from monitor.desk import Desk
from monitor.errors import WirewatchError
from monitor.model import (
    Article,
    Config,
    FeedRead,
    FeedSpec,
    Fetched,
    FirstLook,
    Found,
    Grouping,
    Known,
    Notice,
    Route,
    StoredEntry,
    Unreadable,
)
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.sources import fresh
from monitor.sources.fetch import Web
from monitor.store import edits, entries, feeds, outbox, rehearsal, vitals
from monitor.store.db import Db, Tx
from monitor.store.rehearsal import Shown
from monitor.words import span
from monitor.workers import Workers

EVERY = timedelta(minutes=15)  # between two songs
LOOK = 5  # seconds between two looks whether it has arrived
AGAIN = timedelta(seconds=30)  # after which a heartbeat that failed is asked again
KEY = "canary"  # of the vital that holds the last song
HOME = "https://canary.invalid/"  # RFC 2606: it is nobody's, and never asked
RULE = "wirewatch-canary"
LETTERS = "bcdfghjklmnpqrstvwxz"  # a word of these is in no dictionary

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Song:
    """The last one: the message that tells it, since when, and whether the heartbeat was asked."""

    row: int
    channel: str
    at: datetime
    rung: bool


class Canary:
    """`desk_of`: what an entry is judged with."""

    def __init__(
        self,
        settings: Callable[[], Config],
        db: Db,
        workers: Workers,
        desk_of: Callable[[StoredEntry], Desk],
        web: Callable[[], Web],
        *,
        clock: Clock = clock,
    ) -> None:
        self._settings, self._db, self._workers = settings, db, workers
        self._desk_of, self._web, self._clock = desk_of, web, clock
        self._due_at = clock()
        self._failed_at: datetime | None = None  # None: the last heartbeat has not
        self._trouble = ""  # with the heartbeat

    def beats(self, chores: Chores) -> tuple[Beat, ...]:
        return ((chores.beat(self.sing_when_due), 60), (chores.beat(self.ring), LOOK))

    async def sing_when_due(self) -> None:
        """At a start, when it is due, and when the clock was set back. What fails is tried again."""
        now = self._clock()
        if not timedelta(0) < self._due_at - now <= EVERY:
            await self.sing()
            self._due_at = now + EVERY

    async def sing(self) -> None:
        """Raises where the way is not clear: then nothing is told, and no heartbeat is asked."""
        channel, now = channel_of(self._settings()), self._clock()
        if not channel:
            return
        word = "".join(secrets.choice(LETTERS) for _ in range(12))
        read = await self._workers.read_feed(document(word, now), HOME, "application/rss+xml", now)
        if isinstance(read, Unreadable):
            raise Lost(f"its feed cannot be read: {read.reason}")
        entry = await self._db.write(lambda tx: rehearsal.rehearsed(tx, lambda tx: _came(tx, read, now)))
        article = await self._workers.read_entry(entry, "a feed of our own")
        if isinstance(article, Unreadable):
            raise Lost(f"its story cannot be read: {article.reason}")
        desk = _hidden(self._desk_of(entry), word, channel)
        found = await pipeline.match(entry, article, desk)
        await self._db.write(lambda tx: _keep(tx, read, article, found, desk, channel, now))

    async def ring(self) -> None:
        """Once Slack shows the last song, the heartbeat is asked."""
        heartbeat, now = self._settings().heartbeat, self._clock()
        song = await self._db.read(_last)
        rests = self._failed_at is not None and timedelta(0) <= now - self._failed_at < AGAIN
        if not heartbeat or song is None or song.rung or rests:
            return
        if await self._db.read(lambda tx: rehearsal.shown(tx, song.row, song.at)) is not Shown.YES:
            return
        answer = await self._web().touch(heartbeat.value)
        if isinstance(answer, Fetched):
            self._failed_at, self._trouble = None, ""
            await self._db.write(lambda tx: _note(tx, replace(song, rung=True), now))
        else:
            self._failed_at = now
            self._complain(getattr(answer, "reason", "it answered 304"))

    def _complain(self, trouble: str) -> None:
        before, self._trouble = self._trouble, trouble
        if trouble != before:
            log.get().warning("heartbeat: it cannot be asked, and is tried every 30 s", reason=trouble)


class Lost(WirewatchError):
    """The canary did not get through."""


def channel_of(settings: Config) -> str:
    """Where the canary sings; empty: nobody asked for it, or there is no way to Slack."""
    slack = settings.slack
    asked = settings.heartbeat or slack.heartbeat_channel
    return (slack.heartbeat_channel or slack.ops_channel) if slack.token and asked else ""


def document(word: str, now: datetime) -> bytes:
    """The feed with the story of this word."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>wirewatch canary</title>'
        f"<link>{HOME}</link><item><title>The canary sings {word}</title><link>{HOME}{word}</link>"
        f"<guid>{HOME}{word}</guid><pubDate>{format_datetime(now)}</pubDate>"
        f"<description>A story of our own, about {word}, that nobody has to read.</description>"
        "</item></channel></rss>"
    ).encode()


def _hidden(desk: Desk, word: str, channel: str) -> Desk:
    """With one rule, which only this story makes true."""
    ruleset = rules.compile([rules.rule(f'exact:"{word}"', id=RULE)], {})
    routes = {RULE: Route((channel,))}
    return replace(
        desk, rules=ruleset, routes=routes, first_look=FirstLook.ALERT, grouping=Grouping.APART, flood=0
    )


def _came(tx: Tx, read: FeedRead, now: datetime) -> StoredEntry:
    """The entry, as a poll keeps it and the store gives it out again."""
    feed = feeds.add(tx, FeedSpec(HOME), now)
    compared = fresh.compare(read, feed.id, Known())
    feeds.keep_poll(tx, feed, feed.state, compared, now)
    found = [one for one in entries.of_feed(tx, feed.id) if one.entry.link.startswith(HOME)]
    if len(found) != 1:
        raise Lost(f"{len(found)} entries came in where there was one")
    return found[0]


def _keep(
    tx: Tx,
    read: FeedRead,
    article: Article,
    found: tuple[Found, ...],
    desk: Desk,
    channel: str,
    now: datetime,
) -> None:
    """Decides as ever, undone; what stays is the message that says so."""

    def judged(tx: Tx) -> int:
        decision = pipeline.keep_judged(tx, _came(tx, read, now), article, found, None, desk, None, now)
        return len(decision.deliveries)

    if (told := rehearsal.rehearsed(tx, judged)) != 1:
        raise Lost(f"it was to be told once, and is {told} times")
    _tell(tx, channel, now)


def _tell(tx: Tx, channel: str, now: datetime) -> None:
    """In the message there is; in a new one where that is gone, or in another channel.

    Seconds make the words of a restart others than those before it: what says the same is never edited.
    """
    text = Notice(
        f"✓ {now:%Y-%m-%d %H:%M:%S} UTC: a story of our own came all the way here. The next one is due in "
        f"{span(EVERY)}; if this is older than that, look after wirewatch."
    )
    song = _last(tx)
    row: int | None
    if song and song.channel == channel and rehearsal.shown(tx, song.row, song.at) is not Shown.NEVER:
        edits.reword(tx, row := song.row, text, now)
    else:
        row = outbox.put(tx, f"canary|{channel}|{now.isoformat()}", channel, text, now=now)
    if row is not None:
        _note(tx, Song(row, channel, now, rung=False), now)


def _note(tx: Tx, song: Song, now: datetime) -> None:
    value = {"row": song.row, "channel": song.channel, "at": song.at.isoformat(), "rung": song.rung}
    vitals.beat(tx, KEY, value, now)


def _last(tx: Tx) -> Song | None:
    known = vitals.vital(tx, KEY)
    if known is None:
        return None
    value = known[0]
    return Song(value["row"], value["channel"], datetime.fromisoformat(value["at"]), value["rung"])
