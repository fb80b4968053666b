"""The daemon: builds the doors, says what is done when, starts, stops, drains; it alone knows all."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor import __version__, looking, pipeline, sifting, telling
from monitor.answering import ends
from monitor.answering.hearing import Hearing
from monitor.beats import Beat, Beats
from monitor.chores import Chores
from monitor.desk import Desk
from monitor.doors import Retired, open_chat, open_socket, open_web
from monitor.errors import ConfigError, StoreGone, WirewatchError, reason_of
from monitor.grouping import Stories
from monitor.learning import Lessons
from monitor.loops import Loop
from monitor.model import (
    Config,
    Feed,
    FetchOutcome,
    StoredEntry,
)
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.polling import filling, forgetting, lists, outage
from monitor.polling.poll import poll
from monitor.reception import Reception
from monitor.reloading import NotTaken, read_again
from monitor.sending import Sending
from monitor.sources.fetch import Web
from monitor.sources.horizon import Horizon
from monitor.store import entries, feeds, incidents, lanes, looks, outbox, pages, upkeep, vitals
from monitor.store.db import Db, Tx
from monitor.store.looks import Look
from monitor.store.pages import PutBy
from monitor.watch.alarm import Alarm
from monitor.watch.canary import Canary
from monitor.watch.night import Night
from monitor.watch.pulse import Pulse
from monitor.watch.room import Watch, ops_channel
from monitor.words import counted
from monitor.workers import Workers

YOUNG = 10_000  # objects between two collections: with Python's 700 they take a tenth of a poll
FEEDS_AT_ONCE = 1000  # tasks; `fetch.concurrency` bounds the connections, lanes the requests to one host
ENTRIES_AT_ONCE = 128  # each may hold one page (5 MB at most, 0.2 MB usually) while it waits for a worker
LOOKS_AT_ONCE = 16  # at articles that were told: news come first
DRAIN = 15.0  # seconds for a post on the wire after SIGTERM: it ends in 10, and orchestrators give 20-30
WAITING = "waiting up to 15 s for what is on its way to Slack; Ctrl-C again to leave at once"
PATIENCE = timedelta(seconds=30)  # how long `run --once` waits for a channel that asks to wait
WORKERS = max(1, min(4, os.cpu_count() or 1))


class Daemon:
    """One process that holds a store: polls, judges, sends, until it is told to stop."""

    def __init__(self, settings: Config, db: Db) -> None:
        self._settings = settings
        self._db = db
        self._web = open_web(settings, db)
        self._seal = db.write_sync(lambda tx: vitals.secret(tx, "seal"))
        self.sending = Sending(
            lambda: self._settings, db, open_chat(settings, self._seal), telling.Sends().sent
        )
        self._workers = Workers(WORKERS)
        self._lessons = Lessons(self._workers)
        self._stories = Stories(db)
        self._started = clock()
        self.polls = Loop[Feed]("poll", self._due_feeds, lambda feed: feed.id, self._poll, FEEDS_AT_ONCE)
        self.judgements = Loop[StoredEntry](
            "judge", self._due_entries, lambda entry: entry.id, self._judge, ENTRIES_AT_ONCE
        )
        self.archive = Loop[PutBy](
            "read", self._due_put_by, lambda one: one.entry.id, self._read_put_by, WORKERS
        )
        self.looks = Loop[Look](
            "look again", self._due_looks, lambda look: look.entry.id, self._look_again, LOOKS_AT_ONCE
        )
        self._reception = Reception(
            lambda: self._settings, db, self._workers, lambda: self._web, self.judgements.wake
        )
        self._horizon = Horizon()
        self._awake_at = clock()  # the last beat; long ago: the machine slept
        self._progress = ""
        self._naming = asyncio.Lock()  # a reload and a list do not both say what is watched
        self._chores = Chores()
        self._hearing = Hearing(db, clock)
        self._watch = Watch(lambda: self._settings, db, lambda: self._workers.kills)
        self._alarm = Alarm(lambda: self._settings, db, lambda: self._web)
        self._night = Night(lambda: self._settings, db)
        self._pulse = Pulse(lambda: self._settings, db)
        self._canary = Canary(lambda: self._settings, db, self._workers, self._desk_of, lambda: self._web)
        self._retired = Retired()
        self._ended = asyncio.Event()
        self._lost: StoreGone | None = None

    # --- what is due ----------------------------------------------------------------------------------

    async def _due_feeds(self, room: int, busy: Collection[Hashable]) -> Sequence[Feed]:
        now = clock()
        if now - self._awake_at > upkeep.LATE:
            await self._db.write(lambda tx: upkeep.spread_overdue(tx, now))
            self._awake_at = now
        return await self._db.read(lambda tx: feeds.due(tx, clock(), room, busy))

    async def _due_entries(self, room: int, busy: Collection[Hashable]) -> Sequence[StoredEntry]:
        return await self._db.read(lambda tx: entries.due(tx, clock(), room, busy))

    async def _due_looks(self, room: int, busy: Collection[Hashable]) -> Sequence[Look]:
        return await self._db.read(lambda tx: looks.due(tx, clock(), room, busy))

    async def _due_put_by(self, room: int, busy: Collection[Hashable]) -> Sequence[PutBy]:
        """Nothing, while there is more to read than readers."""
        return () if self._workers.busy else await self._db.read(lambda tx: pages.waiting(tx, room, busy))

    # --- one piece of work each -----------------------------------------------------------------------

    async def _poll(self, feed: Feed) -> None:
        floor = self._settings.fetch.every
        polled = await poll(
            feed,
            web=self._web_of(feed),
            workers=self._workers,
            db=self._db,
            floor=floor,
            clock=clock,
            listening=self._reception.since(feed),
            horizon=self._horizon,
            ops_channel=ops_channel(self._settings),
        )
        telling.polled(feed, polled)
        if polled.new or polled.changed:
            self.judgements.wake()

    def _web_of(self, feed: Feed) -> Web:
        """With the headers and networks that a feed brings."""
        return self._web.under(self._settings.access.get(feed.spec.url))

    async def _judge(self, entry: StoredEntry) -> None:
        """At once what may match; what cannot is put by."""
        desk = self._desk_of(entry)
        page = await pipeline.page_of(entry, desk.web)
        put_by = await sifting.sift(entry, page, desk)
        if put_by is None:
            await self._read(entry, page, desk)
        else:
            self.archive.wake()

    async def _read_put_by(self, one: PutBy) -> None:
        await self._read(one.entry, one.page, self._desk_of(one.entry))

    def _desk_of(self, entry: StoredEntry) -> Desk:
        settings = self._settings
        return Desk(
            web=self._web.under(settings.access.get(entry.feed_url)),
            workers=self._workers,
            db=self._db,
            rules=settings.rules,
            lessons=self._lessons,
            stories=self._stories,
            routes=settings.routes,
            first_look=settings.first_look,
            grouping=settings.grouping,
            lives=self.sending.chat.lives,
            clock=clock,
            flood=settings.slack.flood,
        )

    async def _read(self, entry: StoredEntry, page: FetchOutcome | None, desk: Desk) -> None:
        try:
            decision = await pipeline.judge(entry, desk, page)
        except WirewatchError:
            raise
        except Exception as error:  # a fault of ours must not lose the entry: it is kept, shown, tried again
            await self._put_off(entry, f"a fault while judging: {reason_of(error)}")
            raise
        if decision.deliveries:
            self.sending.wake()

    async def _look_again(self, look: Look) -> None:
        seen = await looking.look_again(look, self._desk_of(look.entry))
        telling.amended(look.entry, seen)
        self.sending.wake()

    async def _put_off(self, entry: StoredEntry, reason: str) -> None:
        now = clock()

        def put_off(tx: Tx) -> None:
            pages.done(tx, entry.id)
            entries.fail(tx, entry, reason, now + timedelta(minutes=15), now)

        await self._db.write(put_off)

    # --- the daemon's life ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up where the last run ended: feeds as configured, interrupted posts marked unknown."""
        now = clock()

        def take_up(tx: Tx) -> int:
            self._name_feeds(tx, self._settings, now)
            upkeep.spread_overdue(tx, now)
            self._horizon.offline_since = outage.remembered(tx)
            lanes.release_lanes(tx)
            incidents.end(tx, "config", "the config is taken", now)
            return self.sending.take_up(tx, now)

        gc.freeze()  # the config stays for long: no collection has to look at it
        gc.set_threshold(YOUNG)
        self._lessons.begin(self._settings.rules, self._settings.languages)
        interrupted = await self._db.write(take_up)
        await self._stories.begin(now)
        telling.greeting(self._settings)
        if interrupted:
            log.get().warning(
                "alerts were being sent when the last run ended; Slack is asked whether they have arrived",
                count=interrupted,
            )

    def _name_feeds(self, tx: Tx, settings: Config, now: datetime) -> feeds.Synced:
        """What is watched from now on: the feeds of a config and of its lists."""
        synced = feeds.sync(tx, lists.specs(settings, tx), now)
        self._reception.take_up(tx, now)
        return synced

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; SIGHUP or a changed file reloads.

        Raises StoreGone when the file of the store vanishes under it, ConfigError where hubs cannot be heard.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        try:
            await self._reception.open()
        except ConfigError:
            await self.close()
            raise
        await self.start()
        self._hear()
        beats = Beats(self._beats(), clock())
        loops: tuple[Loop[Any], ...] = (
            self.polls,
            self.judgements,
            self.archive,
            self.looks,
            *self.sending.loops,
            *self._reception.loops,
        )
        tasks = [asyncio.create_task(one.run()) for one in loops]
        try:
            await self._ended.wait()
        finally:
            beats.stop()
            log.get().info("stopping" if self.sending.tells.idle else f"stopping, {WAITING}")
            for task in tasks:
                task.cancel()
            await self.close()
        if self._lost:
            raise self._lost

    def _hear(self) -> None:
        """What people press and ask in Slack, from now on by this config."""
        chat, told = self.sending.chat, self._hearing.told
        self._hearing.begin(open_socket(lambda: self._settings, self._db, chat, told, self.sending.wake))

    def _end(self) -> None:
        """The first signal ends well, a second one at once: like a kill, which loses nothing either."""
        if self._ended.is_set():
            os._exit(130)
        self._ended.set()

    async def once(self) -> int:
        """Poll every feed, judge and deliver all. Returns how many alerts are still undelivered."""
        progress = asyncio.create_task(self._show_progress())
        try:
            await self.start()
            await self._read_lists()
            await self.poll_all()
            await self._look_out()
            await self.judgements.once()
            await self._look()
            progress.cancel()
            await self._deliver()
            await self.archive.once()
            return await self._db.read(lambda tx: outbox.undelivered(tx, clock()))
        finally:
            progress.cancel()
            await self.close()

    async def poll_all(self) -> None:
        """Every feed once, due or not, but for those whose publisher asked us to wait."""
        asked = list(await self._db.read(lambda tx: feeds.pollable(tx, clock())))

        async def next_ones(room: int, busy: Collection[Hashable]) -> Sequence[Feed]:
            taken, asked[:] = asked[:room], asked[room:]
            return taken

        await Loop[Feed]("poll", next_ones, lambda feed: feed.id, self._poll, FEEDS_AT_ONCE).once()

    async def _deliver(self) -> None:
        """Send until nothing is left that a channel will take within our patience."""
        tried = None
        while True:
            await self.sending.once()
            due = await self.sending.next_due()
            if due is None or due - clock() > PATIENCE or due == tried:
                return  # what was tried and is still due could not even be claimed
            tried = due
            await asyncio.sleep(max(0.05, (due - clock()).total_seconds()))

    async def _show_progress(self) -> None:
        tell = self._chores.beat(self._tell_progress)
        while True:
            await asyncio.sleep(3)
            tell()

    async def close(self) -> None:
        """Finish what is on its way to Slack, then close every door. All other work stays due in its row."""
        self.sending.stop()
        chores = self._chores.stop()
        await self._hearing.close()
        await self._reception.close()
        await self._lessons.close()
        await asyncio.gather(
            self.sending.drain(DRAIN),
            self.polls.drain(0),
            self.judgements.drain(0),
            self.looks.drain(0),
            self.archive.drain(0),
            *chores,
        )
        await self._retired.closed()
        await asyncio.gather(self._web.close(), self.sending.chat.close())
        self._workers.close()
        self._stories.close()
        await self._db.close()

    # --- beats ----------------------------------------------------------------------------------------

    def _beats(self) -> Iterable[Beat]:
        return (
            (self._beat, 1),
            (self.judgements.wake, 1),
            (self.sending.wake, 1),
            (self.archive.wake, 1),
            (self.looks.wake, 5),
            (self._chores.beat(self._look), 2),
            (self._chores.beat(self._look_out), 5),
            (self._chores.beat(self._fill_gaps), 15),
            (self._chores.beat(self._tell_progress), 5),
            (self._chores.beat(self.reload), 5),
            (self._chores.beat(self._read_lists), 5),
            (self._chores.beat(self._alive), 5),
            (self._chores.beat(self._stories.regroup), 5),
            (self._chores.beat(ends.ends(self._db, clock, lambda: self._settings.slack.channel)), 5),
            (self._chores.beat(self._forget_stories), 3600),
            (self._chores.beat(forgetting.walk(self._db, clock)), 60),
            (self._mend, 900),
            *((loop.wake, 1) for loop in self._reception.loops),
            (self._chores.beat(self._reception.tidy), 86_400),
            *self._watch.beats(self._chores),
            *self._alarm.beats(self._chores),
            *self._night.beats(self._chores),
            *self._pulse.beats(self._chores),
            *self._canary.beats(self._chores),
        )

    def _beat(self) -> None:
        """Look for feeds that are due. A sleep shows until it has been made up for."""
        if (now := clock()) - self._awake_at <= upkeep.LATE:
            self._awake_at = now
        self.polls.wake()

    async def _look(self) -> None:
        """The first-look summary, as soon as all that the feeds carried has been judged."""
        if await pipeline.tell_first_look(self._settings, db=self._db, clock=clock):
            self.sending.wake()

    async def _look_out(self) -> None:
        """Has this machine gone offline, or come back?"""
        channel = ops_channel(self._settings)
        await outage.hear(self._horizon, self.sending.chat.reached, clock)
        if await outage.look(self._horizon, db=self._db, clock=clock, ops_channel=channel):
            self.polls.wake()

    async def _fill_gaps(self) -> None:
        """Older pages are asked for what polls may have missed."""
        came = await filling.fill_due(
            web=self._web_of,
            workers=self._workers,
            db=self._db,
            clock=clock,
            ops_channel=ops_channel(self._settings),
        )
        if came:
            self.judgements.wake()

    async def _forget_stories(self) -> None:
        await self._stories.forget(clock())

    async def _tell_progress(self) -> None:
        """One line while a first look goes on and something moved; and when there is nothing to look at."""
        line = telling.progress(await self._db.read(entries.first_look_progress))
        if line and line != self._progress:
            self._progress = line
            log.get().info(line)

    async def _alive(self) -> None:
        """A sign of life for `wirewatch health`."""
        now = clock()
        value = {"pid": os.getpid(), "version": __version__, "started": self._started.isoformat()}
        try:
            await self._db.write(lambda tx: vitals.beat(tx, "daemon", value, now), urgent=False)
        except StoreGone as error:
            self._lost = error
            self._ended.set()

    async def _read_lists(self) -> None:
        """Ask the lists that are due, and watch what they name."""
        asked = await lists.refresh(
            self._settings, web=self._web, workers=self._workers, db=self._db, clock=clock
        )
        for before, after in asked:
            if told := lists.told(before, after):
                log.get().log(logging.WARNING if after.error else logging.INFO, told, url=after.url)
        if any(before.feeds != after.feeds for before, after in asked):
            async with self._naming:
                await self._db.write(lambda tx: self._name_feeds(tx, self._settings, clock()))
            self.polls.wake()

    def _mend(self) -> None:
        """Try again to read a dictionary that could not be read: memory, say, was short."""
        if self._lessons.failed:
            self._hang_up()

    def _hang_up(self) -> None:
        """SIGHUP: read the config again, changed or not."""
        self._settings = replace(self._settings, fingerprint="")
        self._chores.beat(self.reload)()

    async def reload(self) -> None:
        """Take a changed config, or keep the old one and say why."""
        # A lesson that failed is repeated only where nothing is taken over from the old config.
        previous = None if self._lessons.failed else self._settings
        match await read_again(self._settings, previous):
            case Config() as settings:
                await self._lessons.take(
                    settings.rules, (*settings.languages, *self._settings.rules.languages)
                )
                await self._take(settings)
            case NotTaken(fingerprint, error):
                await self._keep_old(fingerprint, error)

    async def _keep_old(self, fingerprint: str, error: ConfigError) -> None:
        """Say it once a change, in the log and the ops channel; the rules in force stay in force."""
        path = self._settings.path
        self._settings = replace(self._settings, fingerprint=fingerprint)
        log.get().error("the changed config is not taken; the old one stays in force", file=str(path))
        for line in str(error).splitlines():
            log.get().error(line)
        text = f"{path.name} was changed and is not taken; the old one stays in force.\n{error}"
        channel, now = ops_channel(self._settings), clock()
        await self._db.write(lambda tx: incidents.begin(tx, "config", text, channel, now))

    async def _take(self, settings: Config) -> None:
        """The store comes first: while it fails, the config counts as changed, and a later beat takes it."""
        now = clock()

        def sync(tx: Tx) -> feeds.Synced:
            lanes.release_lanes(tx)
            incidents.end(tx, "config", "the config is taken", now)
            pipeline.retime(tx, settings.routes, now)
            return self._name_feeds(tx, settings, now)

        async with self._naming:
            synced = await self._db.write(sync)
            old, self._settings = self._settings, settings
        if settings.fetch != old.fetch:
            self._retired.add(self._web, self.polls, self.judgements, self.archive, self.looks)
            self._web = open_web(settings, self._db)
        if (settings.slack, settings.fetch.proxy) != (old.slack, old.fetch.proxy):
            self._retired.add(self.sending.chat, *self.sending.loops)
            self.sending.turn_to(open_chat(settings, self._seal))
            self._hear()
        log.get().info(
            f"config taken: {counted(len(settings.feeds), 'feed')}, {counted(len(settings.rules), 'rule')}",
            feeds_added=synced.added,
            feeds_removed=synced.removed,
        )
        telling.notes(settings)
        self.polls.wake()
