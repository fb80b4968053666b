"""The `feeds` commands: what an address has to offer, and feeds into config.yaml and out of it."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from monitor import __version__, config
from monitor.config.edited import addresses, with_feeds, without_feeds
from monitor.config.marked import Wrong
from monitor.config.outside import SIZE, content
from monitor.config.values import same, url_problem
from monitor.doors import open_web
from monitor.errors import ConfigError, WirewatchError
from monitor.model import Config, Feed, FeedRead, FeedSpec, FeedState, Fetched, Unreadable, host_of
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.polling import seeking
from monitor.polling.seeking import Tried
from monitor.sources import opml
from monitor.sources.fetch import Web, user_agent
from monitor.sources.sitemap import FIRST
from monitor.words import counted
from monitor.workers import Workers

# --- what an address has to offer --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands at an address; and the candidates of its page, if it is one."""

    asked: Tried
    candidates: tuple[Tried, ...] = ()

    @property
    def feeds(self) -> tuple[Tried, ...]:
        return tuple(tried for tried in (self.asked, *self.candidates) if tried.is_feed)


async def look(url: str, settings: Config | None) -> Offer:
    """Raises WirewatchError for what is no address we ask."""
    url = url if "://" in url else f"https://{url}"
    networks = settings.fetch.allow_networks if settings else ()
    if problem := url_problem(url, networks):
        raise WirewatchError("\n  hint: ".join(filter(None, problem)))
    async with _doors(settings) as (web, workers):
        asked = await seeking.read_at(url, web=web, workers=workers, clock=clock)
        if not isinstance(asked.fetched, Fetched) or not isinstance(asked.read, Unreadable):
            return Offer(asked)
        found = seeking.seek(asked.fetched, web=web, workers=workers, clock=clock)
        return Offer(asked, tuple([tried async for tried in found]))


@asynccontextmanager
async def _doors(settings: Config | None) -> AsyncIterator[tuple[Web, Workers]]:
    web, workers = open_web(settings) if settings else Web(user_agent(__version__, "")), Workers(1)
    try:
        yield web, workers
    finally:
        await web.close()
        workers.close()


def offer_lines(offer: Offer) -> Iterable[str]:
    yield _line(offer.asked)
    yield from (f"  {_line(tried)}, {tried.candidate.origin}" for tried in offer.candidates)
    if offer.feeds:
        yield f"to watch it: wirewatch feeds add {_address(offer.feeds[0])}"


def _line(tried: Tried) -> str:
    return f"{'✓' if tried.is_feed else '!'} {tried.candidate.url}: {_what(tried)}"


def _what(tried: Tried) -> str:
    match tried.read:
        case Unreadable(reason=reason):
            return reason
        case FeedRead(parts=parts) if parts:
            first = ", ".join(part.url for part in parts[:FIRST])
            return f"an index of {counted(len(parts), 'sitemap')}; at every poll {first}"
        case FeedRead(title=title, total=total):
            return f'"{title or tried.candidate.title}", {counted(total, "entry", "entries")}'


def _address(tried: Tried) -> str:
    """Where it is to be asked. A permanent move is followed at once: nobody has named the old address yet."""
    moved_to = tried.fetched.moved_to if isinstance(tried.fetched, Fetched) else ""
    return moved_to or tried.candidate.url


# --- feeds into config.yaml, and out of it -----------------------------------------------------------------


def loaded(path: Path) -> Config:
    """The config, which may name no feed yet: its proxy and its networks count all the same."""
    return config.load(path, os.environ, may_lack_feeds=True)


async def chosen(url: str, settings: Config) -> tuple[str, Sequence[str]]:
    """The address of the feed at an address, or the best that its page names; and what to say of it.

    Raises WirewatchError where there is none.
    """
    offer = await look(url, settings)
    if not offer.feeds:
        raise WirewatchError("\n".join(["no feed was found, so none is added", *offer_lines(offer)]))
    first, *others = offer.feeds
    also = [f"also there: {_address(tried)}, {_what(tried)}" for tried in others]
    return _address(first), [f"{_address(first)}: {_what(first)}", *also]


def add(path: Path, settings: Config, feeds: Iterable[FeedSpec]) -> tuple[int, list[str]]:
    """Write feeds into a config; how many, and what was left out. Nothing is written that cannot be loaded.

    Raises ConfigError when the file is read-only, or has no list that can be added to, with what to do.
    """
    named = {same(feed.url) for feed in settings.feeds}
    new: dict[str, FeedSpec] = {}
    skipped = []
    for feed in feeds:
        if problem := url_problem(feed.url, settings.fetch.allow_networks):
            skipped.append(f'"{feed.name or host_of(feed.url)}": {problem[0]}')
        elif same(feed.url) in named or same(feed.url) in new:
            skipped.append(watched(feed.url))
        else:
            new[same(feed.url)] = feed
    if new:
        _rewrite(path, partial(with_feeds, feeds=tuple(new.values())))
    return len(new), skipped


def watched(url: str) -> str:
    return f"{log.mask(url)}: is watched already"


def remove(path: Path, settings: Config, urls: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take feeds and OPML lists out of a config: what was taken out, and what was not, each as it is told.

    Raises ConfigError when the file is read-only, when nothing would be left, or when it cannot be changed.
    """
    written = addresses(_text(path)[1])
    places = {url: _places(url, written) for url in urls}
    gone = {place for found in places.values() for place in found}
    if gone and len(gone) == len(written):
        what = f"{path.name} would name no feed at all; nothing was changed"
        raise ConfigError([f"{what}\n  hint: add another first, with  wirewatch feeds add URL"])
    if gone:
        _rewrite(path, partial(without_feeds, places=gone))
    removed = [f"{log.mask(written[place])}: removed" for place in sorted(gone)]
    return removed, [_unknown(url, path, settings, written) for url, found in places.items() if not found]


def _places(url: str, written: Sequence[str]) -> list[int]:
    """Where it is named: as it is written there, or as the same address in another spelling."""
    spelled = {_spelled(one) for one in (url, f"https://{url}", f"http://{url}")}
    return [n for n, one in enumerate(written) if one and _spelled(one) in spelled]


def _spelled(url: str) -> str:
    """The same for all spellings of an address; of what is none, itself."""
    try:
        return same(url) if "://" in url else url
    except ValueError:
        return url


def _unknown(url: str, path: Path, settings: Config, written: Sequence[str]) -> str:
    if any(_spelled(feed.url) == _spelled(url) for feed in settings.feeds):
        return f"{log.mask(url)}: is named by an OPML list, not by {path.name}; take it out of that list"
    close = get_close_matches(url, written, 1)
    more = f"; is it {log.mask(close[0])} ?" if close else "; wirewatch feeds list  shows what is"
    return f"{log.mask(url)}: is not in {path.name}{more}"


def _text(path: Path) -> tuple[str, str]:
    """The byte order mark of a config, if it has one, and what it says."""
    text = path.read_bytes().decode("utf-8")  # it was loaded, so it is
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark, text.removeprefix(mark)


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    """A file beside it takes its place when it has been loaded, so a crash leaves the one or the other."""
    _refuse_read_only(path)
    mark, text = _text(path)
    try:
        changed = mark + change(text)
    except Wrong as wrong:
        raise ConfigError([f"{path.name}: {wrong.what}; nothing was changed\n  hint: {wrong.hint}"]) from None
    beside = path.with_name(f".{path.name}.new")
    try:
        _write_like(path, beside, changed.encode("utf-8"))
        config.load(beside, os.environ)
        if path.is_symlink():  # what it leads to may be on another disk
            path = path.resolve()
            _write_like(path, there := path.with_name(beside.name), changed.encode("utf-8"))
            there.replace(path)
        else:
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _refuse_read_only(path: Path) -> None:
    """Whoever may write in its folder could replace it all the same, and root whatever its rights say."""
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        what = f"{path.name} is read-only; nothing was changed"
        raise ConfigError(
            [f"{what}\n  hint: make it writable, with  chmod u+w, or change it where it comes from"]
        )


def _write_like(path: Path, other: Path, data: bytes) -> None:
    """Another file with the rights and, where that is allowed, the owner of this one."""
    other.write_bytes(data)
    now = path.stat()
    other.chmod(now.st_mode)
    with suppress(OSError):
        os.chown(other, now.st_uid, now.st_gid)


_NAMED = 20  # feeds that an import leaves out


def left_out(reasons: Sequence[str]) -> Iterable[str]:
    """A line each, of many the first: who imports 50,000 feeds again has them all already."""
    yield from (f"left out: {why}" for why in reasons[:_NAMED])
    if len(reasons) > _NAMED:
        yield f"left out: {len(reasons) - _NAMED:,} more"


def listed(file: Path) -> opml.Opml:
    """The feeds of an OPML file. Raises ConfigError for one that cannot be read, or has none."""
    try:
        found = opml.parse(content(file, SIZE, str(file)))
    except Wrong as wrong:
        raise ConfigError([f"{wrong.what}\n  hint: {wrong.hint}"]) from None
    if not found.feeds:
        raise ConfigError(["; ".join([f"{file} has no feed in it", *found.skipped[:3]])])
    return found


# --- for other readers -------------------------------------------------------------------------------------


def exported(specs: Sequence[FeedSpec], titles: Mapping[str, str]) -> tuple[bytes, int]:
    """OPML, and how many feeds are left out of it because their address holds a secret."""
    named = [
        replace(feed, name=feed.name or titles.get(feed.url, "") or host_of(feed.url))
        for feed in specs
        if log.mask(feed.url) == feed.url
    ]
    return opml.write(named), len(specs) - len(named)


def write(data: bytes, file: Path | None) -> None:
    if file:
        file.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


def unasked(specs: Iterable[FeedSpec]) -> tuple[Feed, ...]:
    """Feeds as a store would hold them that does not exist yet."""
    return tuple(Feed(0, spec, FeedState(due_at=clock())) for spec in specs)
