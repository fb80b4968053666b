"""The pulse of rules: one that falls silent though articles come in, and one that floods, are incidents."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from monitor.beats import Beat
from monitor.chores import Chores
from monitor.model import Config
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.store import entries, incidents, rates
from monitor.store.columns import key_of
from monitor.store.db import Db, Tx
from monitor.store.incidents import Incident
from monitor.store.rates import Rate
from monitor.watch import judging
from monitor.watch.near import LOOKED_AT, nearest
from monitor.watch.room import ops_channel
from rules import RuleSet

HOUR = timedelta(hours=1)
AT_ONCE = 20  # rules that are said to have fallen silent by one look

Clock = Callable[[], datetime]


class Pulse:
    """Looks at the rules of the config in force."""

    def __init__(self, settings: Callable[[], Config], db: Db, *, clock: Clock = clock) -> None:
        self._settings, self._db, self._clock = settings, db, clock

    def beats(self, chores: Chores) -> tuple[Beat, ...]:
        return ((chores.beat(self.look_for_floods), 60), (chores.beat(self.look_for_silence), 3600))

    async def look_for_floods(self) -> None:
        now = self._clock()
        found = await self._db.read(lambda tx: rates.rates(tx, now - HOUR))
        over = await self._db.read(lambda tx: _going_on(tx, "flood"))
        for key, rate in found.items():
            subject = _subject("flood", key)
            text = judging.flood(key, rate.count, subject in over)
            if text and over.pop(subject, None) is None:
                await self._begin(subject, text, now)
        await self._end(over, "it is over", now)

    async def look_for_silence(self) -> None:
        settings, now = self._settings(), self._clock()
        names = {key_of(rule): rule for rule in settings.rules.rules}
        keys = {_subject("silent", key): key for key in names}
        found = await self._db.read(lambda tx: rates.rates(tx, now - rates.SILENCE_OF))
        newest = await self._db.read(rates.newest)
        known = await self._db.read(lambda tx: _going_on(tx, "silent"))
        over = await self._db.read(lambda tx: _over(tx, known, keys, found))
        await self._end(over, "it matches again, or is gone", now)
        late = [(subject, key) for subject, key in keys.items() if key in found and subject not in known]
        late = [(subject, key) for subject, key in late if judging.is_late(found[key], newest)]
        for subject, key in late[:AT_ONCE]:
            times = await self._db.read(partial(rates.times, rule_key=key, rate=found[key]))
            if text := judging.silent(key, found[key], times, newest, now):
                near = await self._nearest(settings.rules, names[key], times.last_at)
                await self._begin(subject, f"{text} {near}".strip(), now, times.last_at)

    async def _nearest(self, rules: RuleSet, rule: str, since: datetime) -> str:
        articles = await self._db.read(lambda tx: entries.recent(tx, since, LOOKED_AT))
        return await asyncio.to_thread(nearest, rules, rule, articles)

    async def _begin(self, subject: str, text: str, now: datetime, since: datetime | None = None) -> None:
        channel = ops_channel(self._settings())
        if await self._db.write(lambda tx: incidents.begin(tx, subject, text, channel, now, since=since)):
            log.get().warning(text)

    async def _end(self, which: Mapping[str, Incident], words: str, now: datetime) -> None:
        def act(tx: Tx) -> None:
            for subject in which:
                incidents.end(tx, subject, words, now)

        if which:
            await self._db.write(act)


def _subject(kind: str, rule_key: str) -> str:
    """An id may be as long as its rule."""
    return f"{kind} {sha256(rule_key.encode()).hexdigest()[:16]}"


def _going_on(tx: Tx, kind: str) -> dict[str, Incident]:
    return {one.subject: one for one in incidents.going_on(tx) if one.subject.startswith(f"{kind} ")}


def _over(
    tx: Tx, known: Mapping[str, Incident], keys: Mapping[str, str], found: Mapping[str, Rate]
) -> Mapping[str, Incident]:
    """Those whose rule has matched since, or that config.yaml names no longer."""

    def is_over(one: Incident) -> bool:
        key = keys.get(one.subject)
        if key is None:
            return True
        return key in found and rates.times(tx, key, found[key]).last_at > one.opened_at

    return {subject: one for subject, one in known.items() if is_over(one)}
