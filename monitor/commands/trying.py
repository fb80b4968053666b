"""`wirewatch try`: what a rule would have found in the articles of the store, before anybody is told."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rich.text import Text

from monitor.alerts import matching
from monitor.alerts.wording import clean, runs
from monitor.commands.explain import Asked
from monitor.commands.report import Line
from monitor.facts import facts_of
from monitor.model import ActionKind, Article, Source, StoredEntry
from monitor.ops import log
from monitor.ops.progress import progress
from monitor.store import actions, entries
from monitor.store.db import Tx
from monitor.watch.near import missed
from monitor.words import counted
from rules import Document, sentences
from rules.tree import And

SHOWN = 10  # articles of a kind
BAR = 40  # columns of the day with most
HEADLINE = 120
CLAUSES = 3  # that keep a rule from articles, the most frequent

Misses = Counter[tuple[int, str]]  # (place, text) of the one clause that failed -> in how many articles


@dataclass(frozen=True, slots=True)
class Sample:
    """An article that a rule finds. `sentence`: with the words in bold."""

    entry_id: int
    at: datetime
    headline: str
    source: str
    link: str
    sentence: tuple[tuple[str, bool], ...] = ()
    verdict: ActionKind | None = None  # what people said of its alert; None: nothing


@dataclass(slots=True)
class Heap:
    """Articles of one kind: how many a day, and the newest of them."""

    days: Counter[date] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    verdicts: Counter[ActionKind] = field(default_factory=Counter)

    def add(self, sample: Sample) -> None:
        self.days[sample.at.date()] += 1
        if sample.verdict:
            self.verdicts[sample.verdict] += 1
        if len(self.samples) < SHOWN:
            self.samples.append(sample)

    def __len__(self) -> int:
        return self.days.total()


@dataclass(frozen=True, slots=True)
class Tried:
    """`gained` and `lost`: against another rule; None: there was none to compare with."""

    asked: Asked
    since: datetime
    until: datetime
    came: int  # entries of that time
    read: int  # of these were read, and are kept
    summaries: int  # of these, only what the feed said
    found: Heap
    misses: Misses
    against: str = ""
    gained: Heap | None = None
    lost: Heap | None = None


def tried(
    tx: Tx,
    asked: Asked,
    since: datetime,
    now: datetime,
    against: Asked | None = None,
    most: int | None = None,
) -> Tried:
    """Every article of that time, judged as the daemon would. `most`: no more than these, the newest."""
    found, gained, lost, misses = Heap(), Heap(), Heap(), Misses()
    read = summaries = 0
    came = entries.count_since(tx, since)
    verdicts = actions.verdicts(tx, since)
    with progress() as bar:
        kept = entries.walk(tx, since, most)
        for entry, article in bar.track(kept, min(came, most or came), description="trying the rule"):
            read += 1
            summaries += article.source is Source.FEED
            document = matching.document_of(article, facts_of(entry, article, entry.seen_at))
            holds = asked.ruleset.matches(asked.rule.id, document)
            held = against.ruleset.matches(against.rule.id, document) if against else holds
            if holds:
                found.add(sample(entry, article, asked, document, verdicts))
            elif isinstance(asked.rule.tree, And):
                misses.update(filter(None, [missed(asked.ruleset.why(asked.rule.id, document))]))
            if against and holds != held:
                rule = asked if holds else against
                (gained if holds else lost).add(sample(entry, article, rule, document, verdicts))
    return Tried(
        asked,
        since,
        now,
        came,
        read,
        summaries,
        found,
        misses,
        against.rule.id if against else "",
        gained if against else None,
        lost if against else None,
    )


def sample(
    entry: StoredEntry, article: Article, asked: Asked, document: Document, verdicts: Mapping[int, ActionKind]
) -> Sample:
    when = entry.entry.published or entry.seen_at
    return Sample(
        entry.id,
        min(when, entry.seen_at),
        article.title or entry.entry.title,
        entry.feed_name,
        entry.entry.link,
        sentence(asked, document),
        verdicts.get(entry.id),
    )


def sentence(asked: Asked, document: Document) -> tuple[tuple[str, bool], ...]:
    """The first that makes the rule true."""
    for match in asked.ruleset.match(document):
        for excerpt in matching.excerpts(document, sentences(document.body), match)[:1]:
            return tuple((piece, bool(bold)) for piece, bold in runs(excerpt.text, excerpt.bold))
    return ()


# --- shown -------------------------------------------------------------------------------------------------


def lines(tried: Tried) -> Iterator[Line]:
    """How many, when, which; where there are none, which clause stands in the way; how much was looked at."""
    if tried.asked.note:
        yield Text(clean(tried.asked.note), "yellow")
    days = max(1, round((tried.until - tried.since) / timedelta(days=1)))
    of = f"of {counted(tried.read, 'article')} that were read since {tried.since:%Y-%m-%d %H:%M} UTC"
    yield Text(f"{counted(len(tried.found), 'article')} would have matched, {of}", "bold")
    yield from volume(tried.found, tried.until, days)
    yield from samples(tried.found)
    yield from near(tried.misses)
    if tried.gained is not None and tried.lost is not None:
        yield from compared(tried.gained, "more than", tried.against)
        yield from compared(tried.lost, "no longer, unlike", tried.against)
    yield ""
    yield from kept(tried)


def volume(found: Heap, until: datetime, days: int) -> Iterator[Line]:
    """A bar a day, up to 31 of them; beyond that, the mean."""
    if not found:
        return
    yield f"{len(found) / days:,.1f} a day"
    if days > 31:
        return
    most = max(found.days.values())
    for back in range(days, -1, -1):
        day = (until - timedelta(days=back)).date()
        count = found.days.get(day, 0)
        if count or days <= 8:
            yield f"  {day}  {'█' * max(bool(count), round(BAR * count / most))} {count:,}"


def samples(heap: Heap) -> Iterator[Line]:
    for one in heap.samples:
        yield ""
        said = f"  ({one.verdict}, people said)" if one.verdict else ""
        yield Text(f"{one.at:%Y-%m-%d %H:%M}  {clean(one.headline)[:HEADLINE] or '(no headline)'}{said}")
        yield Text(f"  {clean(one.source)} · {log.mask(clean(one.link))}", "dim")
        pieces = ((clean(text), "bold yellow" if bold else "") for text, bold in one.sentence)
        yield Text.assemble("  │ ", *pieces)
    if (more := len(heap) - len(heap.samples)) > 0:
        yield f"… and {counted(more, 'more article')}"


def near(misses: Misses) -> Iterator[Line]:
    if misses:
        yield ""
    for (place, text), count in misses.most_common(CLAUSES):
        yield f"{counted(count, 'article')} matched all but part {place}: {clean(text)[:HEADLINE]}"


def compared(heap: Heap, how: str, against: str) -> Iterator[Line]:
    yield ""
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(heap.verdicts.items()))
    people = f"; people said of their alerts: {said}" if said else ""
    yield Text(f"{counted(len(heap), 'article')} {how} rule {against}{people}", "bold")
    yield from samples(heap)


def kept(tried: Tried) -> Iterator[str]:
    """What the answer rests on."""
    if tried.summaries:
        yield f"of {tried.summaries:,} only what the feed said is known: their pages could not be read"
    if (unread := tried.came - tried.read) > 0:
        others = counted(unread, "more entry", "more entries")
        yield f"{others} of that time were not looked at: not read, not kept, or too many"


def as_json(tried: Tried) -> Mapping[str, object]:
    heaps = {"found": tried.found, "gained": tried.gained, "lost": tried.lost}
    return {
        "rule": tried.asked.rule.id,
        "since": tried.since.isoformat(),
        "entries": tried.came,
        "read": tried.read,
        "summaries": tried.summaries,
        "misses": [
            {"part": place, "text": text, "articles": count}
            for (place, text), count in tried.misses.most_common()
        ],
        **{name: heap_json(heap) for name, heap in heaps.items() if heap is not None},
    }


def heap_json(heap: Heap) -> Mapping[str, object]:
    return {
        "articles": len(heap),
        "days": {f"{day}": count for day, count in sorted(heap.days.items())},
        "said": {f"{kind}": count for kind, count in heap.verdicts.items()},
        "samples": [
            {
                "entry": one.entry_id,
                "at": one.at.isoformat(),
                "title": one.headline,
                "source": one.source,
                "url": log.mask(one.link),
                "sentence": "".join(text for text, _ in one.sentence),
            }
            for one in heap.samples
        ],
    }
