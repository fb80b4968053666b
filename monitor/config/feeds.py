"""`feeds:` of config.yaml: addresses, tables and OPML files -> FeedSpecs, each once, and their access."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.config import values as value_of
from monitor.config.access import ACCESS, access_of
from monitor.config.book import Book, Schema, many, one, shown
from monitor.config.marked import Node, Table, Text, Wrong
from monitor.config.outside import SIZE, content
from monitor.model import Access, FeedSpec, FetchSpec, host_of
from monitor.model.upkeep import Watched
from monitor.sources import guard, opml

MINUTE = timedelta(minutes=1)  # no publisher is asked more often

FEED_WORDS: Schema = {
    "name": one(value_of.line),
    "tags": many(value_of.line),
    "every": one(value_of.span(timedelta(seconds=1))),
    "lang": one(value_of.language),
    "country": one(value_of.country),
}
FEED: tuple[str, ...] = ("url", *FEED_WORDS, *ACCESS, "opml")


@dataclass(slots=True)
class Named:
    """What `feeds:` names, as it is read. `feeds`: those named one by one, then those of OPML files that are
    not among them. `access`: of those that have one, by address. `lists`: OPML at an address."""

    feeds: tuple[FeedSpec, ...] = ()
    access: dict[str, Access] = field(default_factory=dict)
    lists: dict[str, Watched] = field(default_factory=dict)
    from_files: dict[str, FeedSpec] = field(default_factory=dict)


def feeds_of(
    book: Book, node: Node | None, fetch: FetchSpec, floor: Node | None, *, may_lack: bool = False
) -> Named:
    """`floor` is where `fetch.every` stands, if it does. `may_lack`: there need not be any feed."""
    found = Named()
    named: dict[str, FeedSpec] = {}
    lines: dict[str, str] = {}
    for value in book.listed(node) if may_lack else book.filled_list(node, "feeds", _AT_LEAST_ONE):
        for feed in _feed(book, value, fetch.allow_networks, found):
            same = value_of.same(feed.url)
            if same in named:
                book.add(value.start, "this feed stands twice", f"the first is in {lines[same]}; keep one")
            named.setdefault(same, feed)
            lines.setdefault(same, book.line_of(value.start))
    more = {same: feed for same, feed in found.from_files.items() if same not in named}
    found.feeds = tuple((named | more).values())

    def is_ours(feed: FeedSpec) -> bool:
        more = found.access[feed.url].allow_networks if feed.url in found.access else ()
        return guard.may_hurry(host_of(feed.url), (*fetch.allow_networks, *more))

    own_pace = all(feed.every or is_ours(feed) for feed in found.feeds)
    if floor and fetch.every < MINUTE and not own_pace:
        book.add(floor.start, "fetch.every is under a minute", _TOO_OFTEN)
    return found


_AT_LEAST_ONE = "name at least one:  - https://example.org/feed.xml"
_TOO_OFTEN = "write 1m or more; only addresses inside fetch.allow_networks are asked more often"


def _feed(book: Book, node: Node, networks: Sequence[str], found: Named) -> tuple[FeedSpec, ...]:
    """The feed a value names, if it is right; what it brings beside goes into `found`."""
    given = {"url": node} if isinstance(node, Text) else book.table(node, FEED, "a feed")
    with book.noting(given.get("opml") or given.get("url") or node):
        if "opml" in given:
            _list(book, given, networks, found)
        elif "url" in given:
            return (_spec(book, given, networks, found.access),)
        elif given or (isinstance(node, Table) and not node.pairs):
            raise Wrong("this feed has no url", "write  url: https://…  or  opml: feeds.opml")
    return ()


def _list(book: Book, given: Mapping[str, Node], networks: Sequence[str], found: Named) -> None:
    """OPML: a file, whose feeds are read at once, or an address, which is watched."""
    name = book.text(given["opml"])
    beside = given.keys() - {"opml", "every"}
    if beside or ("every" in given and not _ADDRESS.match(name.value)):
        hint = "its feeds bring their own names and tags; every is for a list at an address"
        raise Wrong("opml stands alone", hint)
    if _ADDRESS.match(name.value):
        words = book.fields(given, {"every": FEED_WORDS["every"]}, "feeds")
        if words.get("every", MINUTE) < MINUTE:
            raise Wrong("a list is not asked more than once a minute", _TOO_OFTEN, given["every"].start)
        url = value_of.url(name, networks)
        found.lists.setdefault(value_of.same(url), Watched(url, **words))
    else:
        found.from_files |= _opml(book, given["opml"], networks)


_ADDRESS = re.compile("[a-z]+://", re.IGNORECASE)


def _spec(
    book: Book, given: Mapping[str, Node], networks: Sequence[str], access: dict[str, Access]
) -> FeedSpec:
    words = book.fields(given, FEED_WORDS, "feeds")
    more = book.fields(given, ACCESS, "feeds")
    networks = (*networks, *more.get("allow_networks", ()))
    url = value_of.url(book.text(given["url"]), networks)
    if words.get("every", MINUTE) < MINUTE and not guard.may_hurry(host_of(url), networks):
        raise Wrong("a feed is not asked more than once a minute", _TOO_OFTEN, given["every"].start)
    if own := access_of(given, more, url):
        access.setdefault(url, own)
        if own.headers and url.lower().startswith("http:"):
            book.notes.append(f"{host_of(url)}: its headers and cookies travel in clear; has it https:// ?")
    return FeedSpec(url, **words)


def _opml(book: Book, node: Node, networks: Sequence[str]) -> dict[str, FeedSpec]:
    """The feeds of an OPML file that can be asked; the others become notes. Raises Wrong if none can."""
    name = value_of.given(book.text(node))
    found = opml.parse(content(book.folder / name.value, SIZE, shown(name)))
    feeds: dict[str, FeedSpec] = {}
    skipped = list(found.skipped)
    for feed in found.feeds:
        if problem := value_of.url_problem(feed.url, networks):
            skipped.append(f'"{feed.name or host_of(feed.url)}": {problem[0]}')
        else:
            feeds.setdefault(value_of.same(feed.url), feed)
    if not feeds:
        raise Wrong("; ".join([f"{shown(name)} has no feed in it", *skipped[:3]]), "check the file")
    book.notes += [f"{name.raw}: left out {why}" for why in skipped]
    return feeds
