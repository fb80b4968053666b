"""The `wirewatch` command. Heavy imports stand inside the commands: `--help` and `health` answer at once."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from monitor import __version__
from monitor.errors import WirewatchError
from monitor.ops import log
from monitor.ops.clock import clock
from monitor.ops.memory import lasting
from monitor.words import counted, read_span

if TYPE_CHECKING:
    from monitor.commands.storybook import Told
    from monitor.model import Config
    from monitor.store.db import Db, Tx
    from rules import Document

app = typer.Typer(
    help="Watches news feeds, reads the articles, matches them against rules and tells Slack, once.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
feeds_app = typer.Typer(help="The feeds being watched.", no_args_is_help=True)
app.add_typer(feeds_app, name="feeds")
stories_app = typer.Typer(
    help="Which articles are one story; in a pipe a filter: articles in, the story of each out.",
    invoke_without_command=True,
)
app.add_typer(stories_app, name="stories")
rules_app = typer.Typer(help="Rules from elsewhere.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
mutes_app = typer.Typer(help="What people want to hear nothing of, for a while.", no_args_is_help=True)
app.add_typer(mutes_app, name="mutes")

Article = Annotated[str, typer.Argument(help="The address of an article, or its number.")]
ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration to use.")]
CONFIG = Path("config.yaml")


def main() -> None:
    """Run a command; what we know to be wrong is a line on stderr and an exit code, never a traceback."""
    _fill_streams()
    try:
        app()
    except WirewatchError as error:
        sys.stderr.write(f"{log.mask(str(error))}\n")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)  # nobody reads on; flushing what is left would only raise again
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'output'}: {error.strerror}\n")
        os._exit(1)


def _fill_streams() -> None:
    """A program may be started without streams. The next file opened would take their numbers, and a worker's
    words would go into the store: so they lead nowhere."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def _load(path: Path) -> "Config":
    from monitor import config

    return config.load(path, os.environ)


@contextmanager
def _stored(path: Path) -> Iterator["Db"]:
    """The store, for a command that only looks: the daemon may be running, its config may be broken.

    Where there is none yet an empty one, which is gone afterwards: looking makes none.
    """
    from monitor import config
    from monitor.store.db import Db

    address = config.load_store(path, os.environ)
    with TemporaryDirectory(prefix="wirewatch-") as nowhere:
        empty = f"sqlite:///{nowhere}/empty.db"
        with Db.open(address if _exists(address) else empty) as db:
            yield db


def _exists(store: str) -> bool:
    return not store.startswith("sqlite:///") or Path(store.removeprefix("sqlite:///")).exists()


def _exit(code: int) -> None:
    raise typer.Exit(code)


@app.command()
def run(
    config: ConfigPath = CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Poll, judge and deliver all, then exit.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every decision.")] = False,
) -> None:
    """The daemon. SIGTERM finishes what is on the wire; SIGHUP or a changed file reloads."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the config is about to be read anyway
    log.setup(verbose=verbose)
    from monitor import workers

    workers.prepare()
    with lasting():
        settings = _load(config)
    from monitor.daemon import Daemon
    from monitor.store.db import Db

    db = Db.open(settings.store, hold=True)

    async def live() -> int:
        daemon = Daemon(settings, db)
        if not once:
            await daemon.run()
            return 0
        return await daemon.once()

    left = asyncio.run(live())
    if left:
        log.get().warning(f"not known to be delivered: {counted(left, 'alert')}", see="wirewatch audit")
        _exit(1)


@app.command()
def check(
    config: ConfigPath = CONFIG,
    network: Annotated[bool, typer.Option(help="Ask every feed and Slack.")] = True,
    lint: Annotated[bool, typer.Option(help="Say what rules hardly mean.")] = True,
    days: Annotated[
        int, typer.Option(min=0, max=3650, help="Try the rules on stored articles of so many days.")
    ] = 30,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings about rules count as errors.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Show every finding, not the first of a kind.")
    ] = False,
) -> None:
    """Config, rules, feeds and Slack: every problem at once."""
    from monitor.commands import checks, findings, report
    from monitor.config import Places

    settings = _load(config)
    size = f"{counted(len(settings.feeds), 'feed')}, {counted(len(settings.rules), 'rule')}"
    sys.stdout.write(f"{config}: {size}: well formed\n")
    sys.stdout.writelines(f"  note: {note}\n" for note in settings.notes)
    bad = 0
    if lint:
        linted = findings.find(settings, days, clock())
        where = Places(settings, os.environ).of if linted.findings else findings.nowhere
        report.show(findings.lines(linted, len(settings.rules), where, every))
        bad = findings.verdict(linted, strict)
    if network:
        bad = asyncio.run(checks.reach(settings, sys.stdout)) or bad
    _exit(bad)


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="The id of a rule in the config, or a rule itself.")],
    article: Annotated[
        str,
        typer.Argument(help="An address in the store, a file of text or HTML, - for stdin, or a headline."),
    ] = "",
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The configuration to use, if there is one.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Show the forms in these languages, as en,ar.")] = "",
) -> None:
    """A rule in words: its parts, every form of its words; and what it makes of an article."""
    from monitor.commands import explain, report

    settings = _load(config or CONFIG) if config or CONFIG.exists() else None
    asked = explain.find_rule(rule, settings)
    languages = explain.languages(lang) or (settings.languages if settings else ("en",))
    document = _document(article, config or CONFIG) if article else None
    report.show(explain.rule_lines(asked, languages))
    if document:
        report.show(explain.article_lines(asked, document))


@app.command("try")
def try_rule(
    rule: Annotated[str, typer.Argument(help="A rule, or the id of one in the config.")],
    config: ConfigPath = CONFIG,
    since: Annotated[str, typer.Option(help="How far back: 12h, 30d.")] = "30d",
    diff: Annotated[
        str, typer.Option(help="Compare with this rule of the config: what is gained, lost.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What a rule would have found in the articles of the store, before anybody is told."""
    from monitor.commands import explain, report, trying

    settings, now, back = _load(config), clock(), read_span(since)
    if back is None:
        raise WirewatchError(f"--since {since}: write a number and m, h or d, as  12h  or  30d")
    if diff and diff not in settings.rules.rules:
        raise WirewatchError(explain.unknown(diff, settings.rules.rules))
    asked = explain.find_rule(rule, settings)
    against = explain.find_rule(diff, settings) if diff else None
    with _stored(config) as db:
        found = db.read_sync(lambda tx: trying.tried(tx, asked, now - back, now, against))
    if as_json:
        sys.stdout.write(json.dumps(trying.as_json(found), ensure_ascii=False, indent=1) + "\n")
    else:
        report.show(trying.lines(found))


def _document(where: str, config: Path) -> "Document":
    from monitor.commands import explain

    if not where.startswith(("http://", "https://")):
        return explain.read(where)
    with _stored(config) as db:
        found = db.read_sync(lambda tx: explain.stored(tx, where))
    if found is None:
        raise WirewatchError(f"no article was read at {where}; wirewatch why {where} says what is known")
    return found


@app.command()
def why(
    url: str,
    config: ConfigPath = CONFIG,
    rule: Annotated[str, typer.Option(help="Only this rule, by its id.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every rule, whether it holds or not.")] = False,
) -> None:
    """Every stage of one article; the rules that hold, with their words, and those that nearly do."""
    from monitor.commands import explain, report

    settings = _load(config)
    if rule and rule not in settings.rules.rules:
        raise WirewatchError(explain.unknown(rule, settings.rules.rules))
    with _stored(config) as db:
        found = db.read_sync(lambda tx: report.why(tx, url, settings, rule, every))
    report.show(found.lines)
    _exit(0 if found.known else 1)


@app.command()
def audit(
    config: ConfigPath = CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Per feed: entries in = entries accounted for. Exit 1 if any is not."""
    from monitor.commands import report
    from monitor.store import ledger, outbox

    with _stored(config) as db:
        rows, counts = db.read_sync(lambda tx: (ledger.audit(tx), outbox.counts(tx)))
    balanced = all(row.balanced for row in rows)
    if as_json:
        sys.stdout.write(json.dumps(report.audit_json(rows, counts), ensure_ascii=False, indent=1) + "\n")
    else:
        report.show(report.audit_lines(rows, counts))
    _exit(0 if balanced else 1)


@feeds_app.command("list")
def feeds_list(
    word: Annotated[str, typer.Argument(help="Only feeds with this in name, address or tags.")] = "",
    config: ConfigPath = CONFIG,
    failing: Annotated[
        bool, typer.Option("--failing", help="Only those that fail, are quiet or have a gap.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """The state of every feed: those that need you first."""
    from monitor.commands import feedbook, feedlist, report
    from monitor.config import load_store

    now = clock()
    if _exists(load_store(config, os.environ)):
        with _stored(config) as db:
            book = db.read_sync(lambda tx: feedlist.book(tx, now))
    else:
        book = feedlist.Book(feedbook.unasked(_load(config).feeds))
    chosen = book.only(word, failing)
    if as_json:
        found = feedlist.as_json(chosen, now)
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        report.show(feedlist.lines(chosen, now))


@feeds_app.command("discover")
def feeds_discover(
    url: Annotated[str, typer.Argument(help="Of a feed, or of a site.")], config: ConfigPath = CONFIG
) -> None:
    """What an address has to offer: itself, if it is a feed; else those its page and its host name."""
    from monitor.commands import feedbook, report

    offer = asyncio.run(feedbook.look(url, feedbook.loaded(config) if config.exists() else None))
    report.show(feedbook.offer_lines(offer))
    _exit(0 if offer.feeds else 1)


@feeds_app.command("add")
def feeds_add(
    url: Annotated[str, typer.Argument(help="Of a feed, or of a site that has one.")],
    config: ConfigPath = CONFIG,
    name: Annotated[str, typer.Option(help="How alerts call it; without it, as it calls itself.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="Yours; may be given several times.")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="This very address, without asking it.")] = False,
) -> None:
    """A feed more in the config: that of the address, or the best one that its page names."""
    from monitor.commands import feedbook, report
    from monitor.model import FeedSpec

    settings = feedbook.loaded(config)
    address, lines = (url, ()) if as_is else asyncio.run(feedbook.chosen(url, settings))
    report.show(lines)
    added, skipped = feedbook.add(config, settings, [FeedSpec(address, name, tuple(tag or ()))])
    report.show([*skipped, *[f"added to {config}; a running daemon takes it by itself"] * added])
    _exit(0 if added or skipped == [feedbook.watched(address)] else 1)


@feeds_app.command("remove")
def feeds_remove(
    urls: Annotated[list[str], typer.Argument(help="Of feeds or OPML lists, as the config has them.")],
    config: ConfigPath = CONFIG,
) -> None:
    """Feeds out of the config. What came from them is told and kept; their history stays for `why`."""
    from monitor.commands import feedbook, report

    removed, unknown = feedbook.remove(config, feedbook.loaded(config), urls)
    report.show([*removed, *[f"{config} is changed; a running daemon takes it by itself"] * bool(removed)])
    sys.stderr.writelines(f"{line}\n" for line in unknown)
    _exit(1 if unknown else 0)


@feeds_app.command("import")
def feeds_import(
    file: Annotated[Path, typer.Argument(help="A list of feeds (OPML), as feed readers export it.")],
    config: ConfigPath = CONFIG,
) -> None:
    """The feeds of a list into the config; folders become tags. To watch the list itself: {opml: FILE}."""
    from monitor.commands import feedbook, report

    found = feedbook.listed(file)
    added, skipped = feedbook.add(config, feedbook.loaded(config), found.feeds)
    sys.stderr.writelines(f"{line}\n" for line in feedbook.left_out((*found.skipped, *skipped)))
    report.show([f"{counted(added, 'feed')} of {len(found.feeds):,} added to {config}"])
    _exit(0 if added or {feedbook.watched(feed.url) for feed in found.feeds} & set(skipped) else 1)


@feeds_app.command("export")
def feeds_export(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, stdout.")] = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Every feed that is watched, as a list that other readers take (OPML); tags become folders."""
    from monitor.commands import feedbook
    from monitor.polling import lists
    from monitor.store import feeds

    settings = _load(config)
    with _stored(config) as db:
        titles = {feed.spec.url: feed.state.title for feed in db.read_sync(feeds.get_all)}
        watched = db.read_sync(lambda tx: lists.specs(settings, tx))
    data, hidden = feedbook.exported(watched, titles)
    feedbook.write(data, file)
    if hidden:
        sys.stderr.write(f"left out: {counted(hidden, 'feed')} with a secret in the address\n")


Dialect = Literal["meltwater", "cision", "brandwatch", "google"]


@rules_app.command("import")
def rules_import(
    dialect: Annotated[Dialect, typer.Option("--from", help="The program that the query was written for.")],
    file: Annotated[Path | None, typer.Argument(help="A file with one query; without it, stdin.")] = None,
) -> None:
    """A query of another program as a rule in YAML, or everything in it that no rule can say."""
    from monitor.commands import imports, texts

    _utf8()
    found = imports.rule_of(texts.text(texts.read(str(file or "-"))), dialect)
    sys.stderr.writelines(f"{note}\n" for note in found.notes)
    sys.stdout.write(found.yaml)


@mutes_app.command("list")
def mutes_list(config: ConfigPath = CONFIG) -> None:
    """What is muted, by whom, until when, and how many alerts that held back."""
    from monitor.commands import mutes as book
    from monitor.commands import report
    from monitor.store import mutes

    with _stored(config) as db:
        report.show(book.lines(db.read_sync(lambda tx: mutes.active(tx, clock()))))


@mutes_app.command("add")
def mutes_add(
    config: ConfigPath = CONFIG,
    rule: Annotated[str, typer.Option(help="The id of a rule.")] = "",
    source: Annotated[str, typer.Option(help="A newsroom's host; with --rule, only for that rule.")] = "",
    story: Annotated[int | None, typer.Option(help="Its number, as `stories list` shows it.")] = None,
    channel: Annotated[str, typer.Option(help="Only there; without it, everywhere.")] = "",
    hours: Annotated[int, typer.Option(min=1, max=24 * 365, help="For how long.")] = 24,
) -> None:
    """Tell nothing of a rule, a source or a story for a while. Its end is told."""
    from datetime import timedelta

    from monitor.commands import mutes as book
    from monitor.commands import report
    from monitor.store import mutes

    until = clock() + timedelta(hours=hours)
    settings = _load(config)
    mute = book.asked(rule, source, story, channel, until, settings.rules.rules)
    if not _exists(settings.store):
        raise WirewatchError("there is no store yet to keep it; wirewatch run makes one")
    with _stored(config) as db:
        report.show([book.line(db.write_sync(lambda tx: mutes.add(tx, mute, clock())))])


@mutes_app.command("end")
def mutes_end(
    number: Annotated[int, typer.Argument(help="As `mutes list` shows it.")], config: ConfigPath = CONFIG
) -> None:
    """End a mute before its time."""
    from monitor.store import mutes

    with _stored(config) as db:
        ended = db.write_sync(lambda tx: mutes.end(tx, number, clock()))
    if not ended:
        raise WirewatchError(f"no mute {number} holds; wirewatch mutes list shows those that do")


@app.command()
def health(config: ConfigPath = CONFIG) -> None:
    """For container and service checks: exit 1 when the daemon gives no sign of life."""
    from monitor.commands import report

    with _stored(config) as db:
        found = db.read_sync(lambda tx: report.health(tx, clock()))
    sys.stdout.write("\n".join(found.lines) + "\n")
    _exit(0 if found.alive else 1)


@app.command()
def slack(
    what: Annotated[Literal["manifest", "check", "measure"], typer.Argument()],
    channel: Annotated[str, typer.Option("--in", help="A channel to write to, and to delete in.")] = "",
    config: ConfigPath = CONFIG,
) -> None:
    """The app's manifest; whether the app can do what it has to; limits that Slack does not publish."""
    from monitor.commands import slackbook

    if what == "manifest":
        sys.stdout.write(slackbook.manifest())
    else:
        work = slackbook.check if what == "check" else slackbook.measure
        _exit(asyncio.run(work(_load(config), channel, sys.stdout)))


@app.command()
def extract() -> None:
    """Filter: pages in, articles out, as JSON Lines."""
    from monitor.commands import filters

    async def work() -> int:
        workers = filters.workers()
        try:
            return await filters.run(sys.stdin, sys.stdout, lambda record: filters.extract(record, workers))
        finally:
            workers.close()

    _filter(work)


@app.command()
def match(
    rules: Annotated[Path, typer.Option(help="A file with sets: and rules: as in config.yaml.")],
    every: Annotated[
        bool, typer.Option("--all", help="Every place of a rule in an article, not the first.")
    ] = False,
) -> None:
    """Filter: articles in, matches out, as JSON Lines."""
    from monitor import config
    from monitor.commands import filters

    loaded = config.load_rules(rules, os.environ)
    places = sys.maxsize if every else filters.PLACES
    step = partial(filters.match, rules=loaded, places=places)
    _filter(lambda: filters.run(sys.stdin, sys.stdout, lambda record: step(record, now=clock())))


@stories_app.callback()
def stories(context: typer.Context, config: ConfigPath = CONFIG) -> None:
    """At a terminal, the latest stories. In a pipe a filter: articles in, the story of each out."""
    if context.invoked_subcommand is not None:
        return
    if sys.stdin.isatty():
        stories_list(config)
        return
    from monitor.commands import filters, storybook

    sorter = storybook.Sorter()
    _filter(lambda: filters.run(sys.stdin, sys.stdout, lambda record: sorter.place(record, clock())))


@stories_app.command("list")
def stories_list(
    config: ConfigPath = CONFIG,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Stories with an article of so many days.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Every story, for machines.")] = False,
) -> None:
    """Stories that several articles tell, those with the newest first."""
    from datetime import timedelta

    from monitor.commands import report, storybook

    now, back = clock(), timedelta(days=days)
    with _stored(config) as db:
        if as_json:
            told = storybook.as_json(db.read_sync(lambda tx: storybook.everything(tx, now, back)))
            sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        else:
            report.show(storybook.list_lines(db.read_sync(lambda tx: storybook.latest(tx, now, back))))


@stories_app.command("show")
def stories_show(article: Article, config: ConfigPath = CONFIG) -> None:
    """The story of an article: what it is told by, why each is in it, what each said that was new."""
    from monitor.commands import report, storybook

    with _stored(config) as db:
        report.show(storybook.show_lines(db.read_sync(lambda tx: storybook.of(tx, article))))


@stories_app.command("split")
def stories_split(
    articles: Annotated[list[str], typer.Argument(help="Addresses or numbers of articles of one story.")],
    config: ConfigPath = CONFIG,
) -> None:
    """These articles are not of that story: from now on they are one of their own."""
    from monitor.commands import storybook

    _regroup(config, lambda tx: storybook.split(tx, articles, clock()))


@stories_app.command("merge")
def stories_merge(one: Article, other: Article, config: ConfigPath = CONFIG) -> None:
    """The stories of two articles are one."""
    from monitor.commands import storybook

    _regroup(config, lambda tx: storybook.merge(tx, one, other, clock()))


def _regroup(config: Path, act: Callable[["Tx"], "Told"]) -> None:
    from monitor.commands import report, storybook

    with _stored(config) as db:
        report.show(storybook.show_lines(db.write_sync(act)))
    sys.stderr.write("kept; a running daemon takes it over in a few seconds\n")


def _filter(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    from monitor.commands import texts

    texts.refuse_file(sys.stdin.buffer.peek(1), "stdin")  # type: ignore[union-attr]
    _utf8()
    _exit(1 if asyncio.run(work()) else 0)


def _utf8() -> None:
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"wirewatch {__version__}\n")
        _exit(0)


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """wirewatch."""
