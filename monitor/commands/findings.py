"""What the linter is told of a config and of its store, and how its findings are shown."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from rich.text import Text

from monitor.alerts import matching
from monitor.alerts.wording import clean
from monitor.commands.report import Line, kept
from monitor.errors import WirewatchError
from monitor.facts import facts_of
from monitor.model import Article, Config, Feed, StoredEntry, host_of
from monitor.ops.memory import lasting
from monitor.ops.progress import progress
from monitor.store import entries, feeds
from monitor.store.db import Db
from monitor.words import DAY, counted
from rules import Document, Problem, RuleError
from rules.lint import TITLES, Feeds, Finding, Level, Sample, lint, sample

NEWEST = 5000  # articles: a thousand rules read them in seconds
OFTEN = 0.05  # of the articles: a language in so many is one that rules are written for
SOME = 0.01  # of the articles: of a rarer language no dictionary is read, and its articles are passed over


@dataclass(frozen=True, slots=True)
class Archive:
    """What the store has of the last days, the newest first. `trouble`: why it could not be read."""

    feeds: tuple[Feed, ...] = ()
    articles: tuple[tuple[StoredEntry, Article], ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Linted:
    findings: tuple[Finding, ...]
    sample: Sample | None = None  # of the articles that were read for it
    trouble: str = ""
    levels: Counter[Level] = field(default_factory=Counter)


@lasting()
def find(settings: Config, days: int, now: datetime) -> Linted:
    """Everything the linter has to say, with the stored articles of so many days, if there are any."""
    archive = open_archive(settings, days, now)
    counts = _counted(settings, archive, now) if archive.articles else None
    with progress() as bar:
        findings = lint(
            settings.rules,
            languages=_languages(settings, counts),
            to=_channels(settings),
            feeds=_feeds(settings, archive),
            sample=counts,
            track=partial(bar.track, description="looking through the rules"),
        )
    levels = Counter(finding.level for finding in findings)
    return Linted(findings, counts, archive.trouble, levels)


def verdict(linted: Linted, strict: bool) -> int:
    """An exit code: 1 for an error, and for a warning where one is strict."""
    bad = linted.levels[Level.ERROR] + (linted.levels[Level.WARNING] if strict else 0)
    return int(bad > 0)


def open_archive(settings: Config, days: int, now: datetime) -> Archive:
    """Nothing where there is no store yet: looking makes none."""
    scheme, _, path = settings.store.partition(":///")
    if not days or (scheme == "sqlite" and not Path(path).is_file()):
        return Archive()
    since = now - timedelta(days=days)
    try:
        with Db.open(settings.store) as db:
            return db.read_sync(lambda tx: Archive(feeds.get_all(tx), entries.recent(tx, since, NEWEST)))
    except WirewatchError as error:
        return Archive(trouble=str(error))


def _counted(settings: Config, archive: Archive, now: datetime) -> Sample:
    """How often rules match and words occur. Shows how far it is, when a person looks."""
    oldest = min(entry.entry.published or entry.seen_at for entry, _ in archive.articles)
    spoken = Counter(language for _, article in archive.articles for language in article.languages)
    learnt = {language for language, count in spoken.items() if count >= SOME * len(archive.articles)}
    with progress() as bar:
        articles = bar.track(archive.articles, description="reading stored articles")
        documents = (_document(entry, article, learnt) for entry, article in articles)
        return sample(settings.rules, filter(None, documents), (now - oldest).total_seconds() / DAY)


def _document(entry: StoredEntry, article: Article, learnt: set[str]) -> Document | None:
    """An article in one of these languages, or in none that is known."""
    languages = tuple(language for language in article.languages if language in learnt)
    if article.languages and not languages:
        return None
    document = matching.document_of(article, facts_of(entry, article, entry.seen_at))
    return replace(document, languages=languages)


def _languages(settings: Config, counts: Sample | None) -> Sequence[str]:
    spoken = counts.languages if counts else {}
    often = [language for language, count in spoken.items() if counts and count > OFTEN * counts.articles]
    return tuple(dict.fromkeys([*settings.languages, *often]))


def _channels(settings: Config) -> dict[str, frozenset[str]]:
    """By rule; a rule of higher priority is told apart, as it is meant to be."""
    return {
        id: frozenset(f"{channel} {route.priority}" for channel in route.channels)
        for id, route in settings.routes.items()
    }


def _feeds(settings: Config, archive: Archive) -> Feeds:
    titles = {feed.spec.url: feed.state.title for feed in archive.feeds}
    names = [spec.name or titles.get(spec.url, "") for spec in settings.feeds]
    links = [spec.url for spec in settings.feeds] + [entry.entry.link for entry, _ in archive.articles]
    return Feeds(
        names=frozenset(filter(None, [*names, *(spec.url for spec in settings.feeds)])),
        hosts=frozenset(filter(None, (host_of(link).partition(":")[0] for link in links))),
        tags=frozenset(tag for spec in settings.feeds for tag in spec.tags),
        whole=all(names),
    )


# --- lines -----------------------------------------------------------------------------------------------

SHOWN = 10  # findings of one kind, unless all are asked for
NAMED = 5  # other rules that a finding names
Where = Callable[[str, str, int], str]  # rule, text, place in it -> `config.yaml:7:12`
COLOURS = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def nowhere(rule: str, text: str, start: int) -> str:
    """Of rules that stand in no file."""
    return ""


def lines(linted: Linted, rules: int, where: Where = nowhere, every: bool = False) -> Iterator[Line]:
    """Errors first, then warnings and notes; of each kind the first ones, and how many there are."""
    order = list(Level)
    findings = sorted(linted.findings, key=lambda one: (order.index(one.level), one.id))
    for (level, id), group in groupby(findings, key=lambda one: (one.level, one.id)):
        found = list(group)
        count = f"  {counted(len(found), level)}"
        yield ""
        yield Text.assemble((f"{id} {TITLES[id]}", "bold"), (count, COLOURS[level]))
        shown = found if every else found[:SHOWN]
        for finding in shown:
            yield from _finding(finding, where(finding.rule, finding.text, finding.start))
        if len(found) > len(shown):
            yield Text(f"  and {len(found) - len(shown):,} more: --all shows them", "dim")
    yield ""
    yield Text(_summary(linted, rules))


def _finding(finding: Finding, place: str) -> Iterator[Line]:
    """`file:line:column rule: what`, the words with a caret, what to write instead, and who else does so."""
    problem = Problem(finding.message, finding.hint, finding.start, finding.end)
    message, text, carets, *hints = str(RuleError(finding.text, [problem])).split("\n")
    name = f"{clean(finding.rule)}: " if finding.rule else ""
    rate = finding.id == "L11"  # of the rule as a whole: nothing in it is to be mended
    at = f"{clean(place)} " if place and not rate else ""
    yield Text.assemble("  ", (at, "dim"), (name, "bold"), clean(message))
    if finding.text and not rate:
        yield Text(f"    {kept(text)}", no_wrap=True)
        if finding.end - finding.start < len(finding.text.strip()):
            yield Text(f"    {carets}", COLOURS[finding.level], no_wrap=True)
    for hint in hints:
        yield Text(f"    {kept(hint)}", "dim")
    if finding.also:
        yield Text(f"      also: {_listed(finding.also)}", "dim")


def _listed(rules: Sequence[str]) -> str:
    more = len(rules) - NAMED
    return ", ".join(map(clean, rules[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _summary(linted: Linted, rules: int) -> str:
    if not linted.findings:
        said = f"the linter finds nothing odd in {counted(rules, 'rule')}"
    else:
        said = ", ".join(counted(linted.levels[level], level) for level in Level if linted.levels[level])
    if linted.trouble:
        return f"{said}; the stored articles were not read: {clean(linted.trouble)}"
    if linted.sample is None:
        return said
    articles, days = linted.sample.articles, round(linted.sample.days) or 1
    return f"{said}, tried on {counted(articles, 'article')} of the last {counted(days, 'day')}"
