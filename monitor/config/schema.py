"""config.yaml -> Config, or every problem in it at once, each with its line, its column and what to do.

Messages quote what the file says, never what `${…}` stands for: that may be a secret.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor.config import values as value_of
from monitor.config.asked import ESCALATE, ROUTE, RULE, read_tags
from monitor.config.book import Book, Schema, filled, many, one, open_book, shown
from monitor.config.changed import fingerprint_of
from monitor.config.conditions import SCORE, WHERE
from monitor.config.feeds import FEED, feeds_of
from monitor.config.marked import List, Node, Text, Wrong
from monitor.config.pages import A_RULE_FILE
from monitor.config.ruleset import read_rules
from monitor.model import (
    AlarmSpec,
    Config,
    FetchSpec,
    FirstLook,
    Grouping,
    OnUnknown,
    RobotsUse,
    Secret,
    SlackSpec,
    WebsubSpec,
)
from rules import RuleSet


def load(
    path: Path, environ: Mapping[str, str], previous: Config | None = None, *, may_lack_feeds: bool = False
) -> Config:
    """The config of a file. Raises ConfigError with everything that is wrong with it, and nothing else.

    What stands in the rules as it did in `previous` is taken from there. `may_lack_feeds`: for who is about
    to name the first.
    """
    with _no_collections():
        return _load(path, environ, previous, may_lack_feeds)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Nothing is garbage before a config is read; looking for some takes half the time at 100,000 rules."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _load(path: Path, environ: Mapping[str, str], previous: Config | None, may_lack_feeds: bool) -> Config:
    fingerprint = fingerprint_of(path, environ)  # first: a change while we read means reading again
    book = open_book(path, environ)
    top = book.table(book.root(), TOP, "this file")
    asked = book.section(top, "fetch", FETCH)
    fetch = FetchSpec(**book.fields(asked, FETCH, "fetch"))
    slack = SlackSpec(**book.fields(book.section(top, "slack", SLACK), SLACK, "slack"))
    plain = book.fields(top, PLAIN)
    named = feeds_of(book, top.get("feeds"), fetch, asked.get("every"), may_lack=may_lack_feeds)
    languages = plain.get("languages", ("en",))
    known = None if named.lists else {tag for feed in named.feeds for tag in feed.tags}
    tags = read_tags(book, top.get("tags"), known)
    ruled = read_rules(book, top, slack, tags, languages, previous)
    ways = _ways(book, top, fetch.allow_networks)
    book.notes += [note for asked, note in _LATER if asked(plain, slack)]
    if ways.get("heartbeat") and not (slack.token and (slack.heartbeat_channel or slack.ops_channel)):
        book.notes.append(_NO_CANARY)
    book.close()
    return Config(
        path=path,
        feeds=named.feeds,
        rules=ruled.rules,
        routes=ruled.routes,
        slack=slack,
        fetch=fetch,
        store=plain.get("store", _sqlite(book.folder, "wirewatch.db")),
        first_look=plain.get("first_look", FirstLook.SUMMARY),
        grouping=plain.get("stories", Grouping.THREAD),
        web=plain.get("web", ""),
        fingerprint=fingerprint,
        notes=tuple(book.notes),
        languages=languages,
        kept=ruled.kept,
        websub=plain.get("websub", WebsubSpec()),
        access=named.access,
        lists=tuple(named.lists.values()),
        alarm=ways.get("alarm", AlarmSpec()),
        heartbeat=ways.get("heartbeat", Secret()),
    )


# Settings of the contract that this version takes and does not use yet: said, rather than passed over.
_LATER: tuple[tuple[Callable[[Mapping[str, Any], SlackSpec], bool], str], ...] = (
    (
        lambda plain, slack: bool(plain.get("web")),
        "web: there is no web page in this version; nothing listens",
    ),
    (
        lambda plain, slack: bool(slack.app_token) and not slack.token,
        "slack.app_token: without slack.token there is no message that could have buttons",
    ),
)


_NO_CANARY = (
    "heartbeat: it is asked when a story of our own has reached Slack, which needs slack.token and "
    "slack.heartbeat_channel or slack.ops_channel; until they are there it is not asked"
)


def load_rules(path: Path, environ: Mapping[str, str]) -> RuleSet:
    """The rules of a file, which may be a config, or a rule file that a config names. Raises ConfigError."""
    with _no_collections():
        book = open_book(path, environ)
        root = book.document(A_RULE_FILE) or book.refuse()
        top: dict[str, Node] = (
            {"rules": root} if isinstance(root, List) else book.table(root, TOP, "this file")
        )
        languages = book.fields(top, {"languages": PLAIN["languages"]}).get("languages", ("en",))
        ruled = read_rules(book, top, SlackSpec(), {}, languages)
        book.close()
        return ruled.rules


def load_store(path: Path, environ: Mapping[str, str]) -> str:
    """Only `store:` of a file: what a daemon keeps can be looked at while its config is being mended.

    Raises ConfigError for a file that YAML cannot read, or a store that cannot be one.
    """
    book = open_book(path, environ)
    pairs = {key.raw: value for key, value in book.root().pairs if key.raw == "store"}
    store: str = book.fields(pairs, {"store": _store}).get("store", _sqlite(book.folder, "wirewatch.db"))
    book.close()
    return store


# --- values with a shape of their own ------------------------------------------------------------------


def _store(book: Book, node: Node) -> str:
    """Messages show only the scheme: behind it may be a password."""
    text = value_of.given(book.text(node))
    value = text.value
    scheme, _, rest = value.partition("://")
    if scheme == "postgresql" and rest.strip("/") and value.isprintable() and " " not in value:
        return value
    if scheme != "sqlite":
        raise Wrong(*_no_store(text))
    name = rest.removeprefix("/")
    if name == rest or name in ("", ":memory:") or "?" in name or not name.isprintable():
        raise Wrong(
            "sqlite needs a file and nothing more", "write  sqlite:///wirewatch.db,  with three slashes"
        )
    return _sqlite(book.folder, name)


def _no_store(text: Text) -> tuple[str, str]:
    scheme = re.match(r"[a-z0-9+]{1,30}://", text.raw)
    what = f"{scheme[0]} is not a store" if scheme else "this is not a store"
    return what, "write  sqlite:///wirewatch.db  or  postgresql://user:password@host/name"


def _sqlite(folder: Path, name: str) -> str:
    """A file that is where it is from wherever the daemon is started."""
    return f"sqlite:///{folder / name}"


def _web(book: Book, node: Node) -> str:
    """`false`, or the address to listen on."""
    if isinstance(node, Text) and node.raw:
        text = book.text(node)
        if text.value != "false":
            raise Wrong(
                f"{shown(text)} is neither false nor a table", "write  false  or  {listen: 127.0.0.1:8080}"
            )
        return ""
    values: dict[str, str] = book.fields(book.table(node, WEB, "web"), WEB, "web")
    return values.get("listen", "")


def _websub(book: Book, node: Node) -> WebsubSpec:
    given = book.table(node, WEBSUB, "websub")
    values: dict[str, Any] = book.fields(given, WEBSUB, "websub")
    if "public" not in given:
        raise Wrong("there is no public address", "write  public: https://news.example.org/push/")
    return WebsubSpec(**values)


def _ways(book: Book, top: Mapping[str, Node], networks: Sequence[str]) -> dict[str, Any]:
    """To people, beside Slack."""
    heartbeat = one(lambda text: value_of.address(text, networks))
    return book.fields(top, {"alarm": partial(_alarm, networks=networks), "heartbeat": heartbeat})


def _alarm(book: Book, node: Node, networks: Sequence[str]) -> AlarmSpec:
    """An address that is told, or a list: a command and its arguments."""
    if isinstance(node, List):
        return AlarmSpec(command=value_of.command([book.text(one) for one in node.values]))
    return AlarmSpec(value_of.address(book.text(node), networks))


# --- what the file may hold ----------------------------------------------------------------------------

SLACK: Schema = {
    "token": one(value_of.bot_token),
    "app_token": one(value_of.app_token),
    "users": many(value_of.person),
    "channel": one(value_of.channel),
    "ops_channel": one(value_of.optional_channel),
    "heartbeat_channel": one(value_of.optional_channel),
    "api_url": one(value_of.api_url),
    "settle": one(value_of.span(timedelta(0))),
    "on_unknown": one(value_of.choice(OnUnknown)),
    "fallback_channel": one(value_of.optional_channel),
    "webhook": one(value_of.webhook),
    "time_zone": one(value_of.time_zone),
    "digest": many(value_of.times),
    "quiet": many(value_of.hours),
    "mention": many(value_of.mention),
    "flood": one(value_of.whole(0, 1000)),
}
FETCH: Schema = {
    "contact": one(value_of.contact),
    "allow_networks": many(value_of.network),
    "concurrency": one(value_of.whole(1, 1024)),
    "every": one(value_of.span(timedelta(seconds=1))),
    "robots": one(value_of.choice(RobotsUse)),
    "proxy": one(value_of.proxy),
}
WEB: Schema = {"listen": one(value_of.listen)}
WEBSUB: Schema = {
    "public": one(value_of.public),
    "listen": one(value_of.listen),
    "sha1": one(value_of.flag),
}
PLAIN: Schema = {
    "languages": filled(value_of.language),
    "store": _store,
    "first_look": one(value_of.choice(FirstLook)),
    "stories": one(value_of.choice(Grouping)),
    "web": _web,
    "websub": _websub,
}
TOP = (
    "feeds",
    "sets",
    "rules",
    "tags",
    "languages",
    "slack",
    "store",
    "first_look",
    "stories",
    "fetch",
    "web",
    "websub",
    "alarm",
    "heartbeat",
)

# The keys of tables, and of the tables in them.
_INSIDE: Mapping[str, Iterable[str]] = {
    "feeds": FEED,
    "rules": RULE,
    "rules.score": SCORE,
    "rules.where": WHERE,
    "rules.escalate": ESCALATE,
    "tags": ROUTE,
    "slack": SLACK,
    "fetch": FETCH,
    "web": WEB,
    "websub": WEBSUB,
}


def _below(key: str) -> Iterator[str]:
    yield key
    for inner in _INSIDE.get(key, ()):
        yield from _below(f"{key}.{inner}")


KEYS = tuple(path for key in TOP for path in _below(key))
