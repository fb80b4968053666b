"""config.yaml -> Config, or every problem in it at once, each with its line, its column and what to do.

Messages quote what the file says, never what `${…}` stands for: that may be a secret.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import rules
from monitor.config import values as value_of
from monitor.config.book import FILLED, SIZE, Book, Schema, content, many, meaning, one, shown
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.model import Config, FeedSpec, FetchSpec, FirstLook, Priority, Route, SlackSpec, host_of
from monitor.sources import guard, opml
from rules import Document, Problem, Rule, RuleError, RuleErrors, RuleSet

MINUTE = timedelta(minutes=1)  # no publisher is asked more often


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The config of a file. Raises ConfigError with everything that is wrong with it, and nothing else."""
    fingerprint = fingerprint_of(path, environ)  # first: a change while we read means reading again
    book = Book(path, environ)
    top = book.table(book.root(), TOP, "this file")
    asked = book.section(top, "fetch", FETCH)
    fetch = FetchSpec(**book.fields(asked, FETCH, "fetch"))
    slack = SlackSpec(**book.fields(book.section(top, "slack", SLACK), SLACK, "slack"))
    plain = book.fields(top, PLAIN)
    feeds = _feeds(book, top.get("feeds"), fetch, asked.get("every"))
    ruleset, routes = _rules(book, top, slack.channel)
    book.notes += [note for asked, note in _LATER if asked(plain, slack)]
    book.close()
    return Config(
        path=path,
        feeds=feeds,
        rules=ruleset,
        routes=routes,
        slack=slack,
        fetch=fetch,
        store=plain.get("store", _sqlite(book.folder, "wirewatch.db")),
        first_look=plain.get("first_look", FirstLook.SUMMARY),
        web=plain.get("web", ""),
        fingerprint=fingerprint,
        notes=tuple(book.notes),
    )


# Settings of the contract that this version takes and does not use yet: said, rather than passed over.
_LATER: tuple[tuple[Callable[[Mapping[str, Any], SlackSpec], bool], str], ...] = (
    (
        lambda plain, slack: bool(plain.get("web")),
        "web: there is no web page in this version; nothing listens",
    ),
    (lambda plain, slack: bool(slack.app_token), "slack.app_token: there are no buttons in this version"),
)


def load_rules(path: Path, environ: Mapping[str, str]) -> RuleSet:
    """Only `sets:` and `rules:` of a file, which may be a whole config. Raises ConfigError."""
    book = Book(path, environ)
    ruleset, _ = _rules(book, book.table(book.root(), TOP, "this file"), SlackSpec().channel)
    book.close()
    return ruleset


def load_store(path: Path, environ: Mapping[str, str]) -> str:
    """Only `store:` of a file: what a daemon keeps can be looked at while its config is being mended.

    Raises ConfigError for a file that YAML cannot read, or a store that cannot be one.
    """
    book = Book(path, environ)
    pairs = {key.raw: value for key, value in book.root().pairs if key.raw == "store"}
    store: str = book.fields(pairs, {"store": _store}).get("store", _sqlite(book.folder, "wirewatch.db"))
    book.close()
    return store


# --- has it changed? -----------------------------------------------------------------------------------

# Where a config names a file. Looked for in the text, since this runs every few seconds and 100,000 rules
# take YAML a second; one name too many, in a comment say, does no harm.
_OPML = re.compile(
    r"""\bopml["']?\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|((?:\$\{[^}\n]*\}|[^\s"'#{},])(?:\$\{[^}\n]*\}|[^,}#\n])*))"""
)


def fingerprint_of(path: Path, environ: Mapping[str, str]) -> str:
    """Of the bytes of a config and of the files it names; another one means: it has changed. Never raises."""
    found = hashlib.sha256()
    data = _bytes(path)
    for part in (
        data,
        *map(_bytes, _named(data.decode("utf-8", "replace"), environ, path.absolute().parent)),
    ):
        found.update(hashlib.sha256(part).digest())
    return found.hexdigest()


def _named(text: str, environ: Mapping[str, str], folder: Path) -> Iterator[Path]:
    for found in FILLED.finditer(text):
        name = found["name"] or ""
        if name.startswith("file:"):
            yield folder / name[5:].removesuffix("}")
    for found in _OPML.finditer(text):
        try:
            name = FILLED.sub(
                lambda one: meaning(one["name"] or "", environ, folder), next(filter(None, found.groups()))
            )
        except Wrong:
            continue
        yield folder / name.strip()


def _bytes(path: Path) -> bytes:
    try:
        return content(path, SIZE, str(path))
    except Wrong as wrong:
        return wrong.what.encode("utf-8", "replace")


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


def _channels(book: Book, node: Node) -> tuple[str, ...]:
    if isinstance(node, List) and not node.values:
        raise Wrong("this list is empty", "name a channel, or leave the line out")
    return many(value_of.channel)(book, node)


# --- feeds ---------------------------------------------------------------------------------------------


def _feeds(book: Book, node: Node | None, fetch: FetchSpec, floor: Node | None) -> tuple[FeedSpec, ...]:
    """Feeds named one by one, then those of OPML files that are not among them."""
    named: dict[str, FeedSpec] = {}
    lines: dict[str, int] = {}
    listed: dict[str, FeedSpec] = {}
    for value in _filled_list(book, node, "feeds", "name at least one:  - https://example.org/feed.xml"):
        for feed in _feed(book, value, fetch.allow_networks, listed):
            same = value_of.same(feed.url)
            if same in named:
                hint = f"the first is in line {lines[same]}; keep one"
                book.add(value.start, "this feed stands twice", hint)
            named.setdefault(same, feed)
            lines.setdefault(same, book.line_of(value))
    feeds = tuple((named | {same: feed for same, feed in listed.items() if same not in named}).values())
    own_pace = all(feed.every or guard.may_hurry(host_of(feed.url), fetch.allow_networks) for feed in feeds)
    if floor and fetch.every < MINUTE and not own_pace:
        book.add(floor.start, "fetch.every is under a minute", _TOO_OFTEN)
    return feeds


_TOO_OFTEN = "write 1m or more; only addresses inside fetch.allow_networks are asked more often"


def _filled_list(book: Book, node: Node | None, name: str, hint: str) -> Sequence[Node]:
    values = () if node is None else book.values(node)
    if not values or (isinstance(node, Text) and not node.raw):
        book.add(node.start if node else 0, f"there are no {name}", hint)
        return ()
    return values


def _is_bare(node: Node) -> bool:
    """`{}`: a table that says nothing; one whose keys were all wrong has been told of."""
    return isinstance(node, Table) and not node.pairs


def _feed(
    book: Book, node: Node, networks: Sequence[str], listed: dict[str, FeedSpec]
) -> tuple[FeedSpec, ...]:
    """The feed a value names, if it is right; the feeds of an OPML file go into `listed`."""
    given = {"url": node} if isinstance(node, Text) else book.table(node, FEED, "a feed")
    with book.noting(given.get("opml") or given.get("url") or node):
        if len(given) > 1 and "opml" in given:
            raise Wrong("opml stands alone", "its feeds bring their own names and tags")
        if "opml" in given:
            listed |= _opml(book, given["opml"], networks)
        elif "url" in given:
            return (_spec(book, given, networks),)
        elif given or _is_bare(node):
            raise Wrong("this feed has no url", "write  url: https://…  or  opml: feeds.opml")
    return ()


def _spec(book: Book, given: Mapping[str, Node], networks: Sequence[str]) -> FeedSpec:
    words = book.fields(given, FEED_WORDS, "feeds")
    url = value_of.url(book.text(given["url"]), networks)
    if words.get("every", MINUTE) < MINUTE and not guard.may_hurry(host_of(url), networks):
        raise Wrong("a feed is not asked more than once a minute", _TOO_OFTEN, given["every"].start)
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


# --- sets and rules ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule of the file, with what belongs to it."""

    rule: Rule
    text: Text
    name: str  # for messages: never what ${…} stands for
    own_id: bool
    route: Route
    must_match: tuple[Text, ...]
    must_not_match: tuple[Text, ...]


def _rules(book: Book, top: Mapping[str, Node], channel: str) -> tuple[RuleSet, dict[str, Route]]:
    sets = _sets(book, top["sets"]) if "sets" in top else {}
    nodes = _filled_list(book, top.get("rules"), "rules", "write at least one:  - missile + Iraq")
    asked = _each_once(book, [one for node in nodes for one in _ask(book, node, channel)])
    ruleset = _compiled(book, asked, sets)
    for one_rule in asked:
        _prove(book, one_rule, ruleset)
    return ruleset, {one_rule.rule.id: one_rule.route for one_rule in asked}


def _sets(book: Book, node: Node) -> dict[str, tuple[Text, ...]]:
    names = [key.raw for key, _ in node.pairs] if isinstance(node, Table) else ["missiles"]
    sets: dict[str, tuple[Text, ...]] = {}
    for name, value in book.table(node, names, "sets").items():
        sets[name] = ()
        with book.noting(value, f"sets.{name[:80]}"):
            sets[name] = _members(book, name, value)
    return sets


def _members(book: Book, name: str, node: Node) -> tuple[Text, ...]:
    if not re.fullmatch(r"[\w-]+", name):
        raise Wrong("the name of a set is letters, digits, - and _", "rules call it  $name")
    if isinstance(node, Table):
        raise Wrong(
            "a set of languages or of a file is not part of this version", "write a list:  [missile, rocket]"
        )
    if not isinstance(node, List):
        raise Wrong("a set is a list", f"write  {name}: [missile, rocket]")
    members = many(value_of.given)(book, node)
    if not node.values:
        raise Wrong("this set is empty", "write at least one word")
    return members


LATER = ("all", "any", "none", "score", "where", "broad")
_SCOPED = re.compile(r"(?:.*[\s(])?(title|body|exact|case)", re.DOTALL)


def _ask(book: Book, node: Node, channel: str) -> Iterator[_Asked]:
    if isinstance(node, List):
        book.add(
            node.start, "a rule is a text, not a list", "write  - missile + Iraq  or  - match: missile + Iraq"
        )
        return
    given = _rule_table(book, node) if isinstance(node, Table) else {"match": node}
    values = book.fields(given, RULE, "rules" if isinstance(node, Table) else "")
    if "match" not in given and (given or _is_bare(node)):
        book.add(node.start, "this rule has no match", "write  match: missile + Iraq")
    if "match" in values:
        yield from _asked(book, values, channel)


def _rule_table(book: Book, node: Table) -> dict[str, Node]:
    """YAML makes a table of `- title: missile`, which was meant as `title:missile`."""
    first = node.pairs[0][0] if node.pairs else None
    if first and (scoped := _SCOPED.fullmatch(first.raw)):
        word = scoped[1]
        book.add(
            first.start,
            'in YAML ": " makes a key of what stands before it',
            f"write  {word}:missile  without the space",
        )
        return {}
    return book.table(node, RULE, "a rule", LATER)


def _asked(book: Book, values: Mapping[str, Any], channel: str) -> Iterator[_Asked]:
    text, id = values["match"], values.get("id")
    try:
        rule = rules.rule(text.value.rstrip(), id.value if id else "")  # | and > leave a line end
    except RuleError as error:
        for problem in error.problems:
            book.add_rule(text, _with_quotes(text, problem))
        return
    yield _Asked(
        rule=rule,
        text=text,
        name=shown(id or text),
        own_id=id is not None,
        route=Route(values.get("to") or (channel,), values.get("priority", Priority.NORMAL)),
        must_match=values.get("must_match", ()),
        must_not_match=values.get("must_not_match", ()),
    )


def _with_quotes(text: Text, problem: Problem) -> Problem:
    """`match: "Islamic State"` reaches us without its quotes."""
    bare = re.fullmatch(r"[\w'’-]+(?: [\w'’-]+)+", text.value) and not re.search(
        r"\b(AND|OR|NOT)\b", text.value
    )
    if text.style not in ("'", '"') or not bare:
        return problem
    return replace(problem, hint=f"YAML took the quotes off; for the phrase write  '\"{text.value}\"'")


def _each_once(book: Book, asked: Iterable[_Asked]) -> list[_Asked]:
    """One rule an id. Without ids of their own, rules of one meaning share one: `a + b` is `a AND b`."""
    first: dict[str, _Asked] = {}
    for one_rule in asked:
        before = first.setdefault(one_rule.rule.id, one_rule)
        if before is not one_rule:
            what = f"the id {one_rule.name}" if one_rule.own_id else "this rule"
            cure = "give each its own" if one_rule.own_id else "one rule can have two channels in  to:"
            hint = f"the first is in line {book.line_of(before.text)}; {cure}"
            book.add(one_rule.text.start, f"{what} stands twice", hint)
    return list(first.values())


def _compiled(book: Book, asked: Sequence[_Asked], sets: Mapping[str, tuple[Text, ...]]) -> RuleSet:
    """Rules and sets together. What is wrong is noted, and the rules it does not touch are compiled."""
    try:
        return rules.compile([one_rule.rule for one_rule in asked], _words(sets))
    except RuleErrors as errors:
        texts = {one_rule.rule.id: one_rule.text for one_rule in asked}
        texts |= {f"${name} {text.value}": text for name, members in sets.items() for text in members}
        for error in errors.errors:
            place = texts.get(f"{error.rule} {error.text}" if error.rule.startswith("$") else error.rule)
            if place is None:
                continue  # an empty set: told where it was read
            for problem in error.problems:
                book.add_rule(place, problem)
        wrong = {error.rule for error in errors.errors}
    sound = [one_rule.rule for one_rule in asked if one_rule.rule.id not in wrong]
    with suppress(RuleErrors):
        return rules.compile(sound, _words(sets))
    return rules.compile(())


def _words(sets: Mapping[str, tuple[Text, ...]]) -> dict[str, list[str]]:
    return {name: [text.value for text in members] for name, members in sets.items()}


def _prove(book: Book, asked: _Asked, ruleset: RuleSet) -> None:
    """A rule's own examples, read as headline and as text of an article."""
    if asked.rule.id not in ruleset.rules:
        return
    for example in asked.must_match:
        if not _matches(ruleset, asked.rule.id, example):
            book.add(example.start, f"rule {asked.name} does not match its example {shown(example)}", _PROVE)
    for example in asked.must_not_match:
        if _matches(ruleset, asked.rule.id, example):
            book.add(example.start, f"rule {asked.name} matches {shown(example)}, which it must not", _PROVE)


_PROVE = "mend the rule, or the example"


def _matches(ruleset: RuleSet, id: str, example: Text) -> bool:
    found = ruleset.match(Document(title=example.value, body=example.value))
    return any(match.rule == id for match in found)


_ID = re.compile(r"[\w.-]{1,80}")


def _id(text: Text) -> Text:
    if not _ID.fullmatch(value_of.given(text).value):
        raise Wrong(f"{shown(text)} is not an id", "letters, digits, - _ and . ; at most 80:  iran-missiles")
    return text


# --- what the file may hold ----------------------------------------------------------------------------

FEED_WORDS: Schema = {
    "name": one(value_of.line),
    "tags": many(value_of.line),
    "every": one(value_of.span(timedelta(seconds=1))),
}
FEED: tuple[str, ...] = ("url", *FEED_WORDS, "opml")
RULE: Schema = {
    "id": one(_id),
    "match": one(value_of.given),
    "to": _channels,
    "priority": one(value_of.choice(Priority)),
    "must_match": many(value_of.given),
    "must_not_match": many(value_of.given),
}
SLACK: Schema = {
    "token": one(value_of.bot_token),
    "app_token": one(value_of.app_token),
    "channel": one(value_of.channel),
    "ops_channel": one(value_of.optional_channel),
    "api_url": one(value_of.api_url),
    "settle": one(value_of.span(timedelta(0))),
}
FETCH: Schema = {
    "contact": one(value_of.contact),
    "allow_networks": many(value_of.network),
    "concurrency": one(value_of.whole(1, 1024)),
    "every": one(value_of.span(timedelta(seconds=1))),
}
WEB: Schema = {"listen": one(value_of.listen)}
PLAIN: Schema = {"store": _store, "first_look": one(value_of.choice(FirstLook)), "web": _web}
TOP = ("feeds", "sets", "rules", "slack", "store", "first_look", "fetch", "web")

_INSIDE: Mapping[str, Iterable[str]] = {
    "feeds": FEED,
    "rules": RULE,
    "slack": SLACK,
    "fetch": FETCH,
    "web": WEB,
}
KEYS = tuple(path for key in TOP for path in (key, *(f"{key}.{inner}" for inner in _INSIDE.get(key, ()))))
