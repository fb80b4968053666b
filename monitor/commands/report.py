"""What `why`, `audit` and `health` show of the store: lines for people, JSON for machines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from monitor.alerts import matching
from monitor.alerts.wording import clean
from monitor.facts import facts_of
from monitor.model import UNSEEN, Article, Config, Entry, EntryState, OutboxState, StoredEntry, host_of
from monitor.model.stories import Membership
from monitor.ops import log
from monitor.ops.progress import progress
from monitor.sources import archive
from monitor.sources.fresh import story_key
from monitor.sources.plain import clamp
from monitor.store import entries, feeds, lanes, ledger, looks, outbox, pages, stories, vitals
from monitor.store.db import Tx
from monitor.store.ledger import FeedAudit
from monitor.words import counted, span
from rules import Clause, Document, RuleSet, Span
from rules.explain import label
from rules.tree import And, AtLeast, Near, Node, Not, Or, Scope, SetName, Term, Window, children

SIGN_OF_LIFE = timedelta(seconds=30)  # the daemon gives one every 5 s


@dataclass(frozen=True, slots=True)
class Hanging:
    """A line whose further lines on a terminal begin so many columns in."""

    text: Text
    indent: int


# A Text has colours, which only a terminal shows; whoever made it has cleaned it.
Line = str | Text | Hanging | Tree


@dataclass(frozen=True, slots=True)
class Why:
    known: bool  # was the address ever seen?
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Health:
    alive: bool
    lines: tuple[str, ...]


WIDE = 1000  # columns of a pipe: a tree is not folded there


def show(lines: Iterable[Line], file: TextIO | None = None) -> None:
    """Print lines: never markup, and no escape sequence gets through. A pipe gets them as they are.

    On a terminal a Text is folded between words, or cut if it is not to be wrapped.
    """
    console = Console(highlight=False, markup=False, emoji=False, file=file)
    for line in lines:
        match line:
            case Tree():
                console.print(line, width=None if console.is_terminal else WIDE)
            case str():
                console.print(Text(kept(line)), soft_wrap=True)
            case Hanging(text, indent):
                _print(console, text, indent)
            case Text():
                _print(console, line, len(line.plain) - len(line.plain.lstrip(" ")) + 2)


def _print(console: Console, text: Text, indent: int) -> None:
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
    elif text.no_wrap or text.cell_len <= console.width:
        console.print(text, crop=True, no_wrap=True)
    else:
        indent = min(indent, console.width // 2)
        for number, piece in enumerate(text.wrap(console, console.width - indent)):
            console.print(Text.assemble(" " * indent * bool(number), piece))


def kept(line: str) -> str:
    """Cleaned, with its indentation, so that a caret stays under its word."""
    words = line.lstrip(" ")
    return line[: len(line) - len(words)] + clean(words).lstrip()


def at(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S UTC") if when else "never"


WORDING = 300  # characters of a sentence that was changed
EARLIER = 200  # characters of what an entry said before it was edited


# --- why ---------------------------------------------------------------------------------------------------


def why(tx: Tx, url: str, settings: Config, rule: str = "", every: bool = False) -> Why:
    """Every stage of the article at an address, and what each rule (or one) makes of its text."""
    found = entries.find(tx, url, story_key(Entry("", url, ""), 0))
    if not found:
        return Why(False, tuple(_never_seen(tx, url)))
    return Why(True, tuple(line for entry in found for line in _one(tx, entry, settings, rule, every)))


def _never_seen(tx: Tx, url: str) -> Iterator[str]:
    yield f"{log.mask(url)} was never seen."
    host = host_of(url)
    names = set(entries.feeds_of_host(tx, host))
    asked = feeds.get_all(tx)
    listing = [feed for feed in asked if archive.knows(feed.state.marks, url)]
    near = [feed for feed in asked if feed.name in names or feed.host == host or feed in listing]
    yield (
        f"Feeds that carry pages of {host or 'that host'}:"
        if near
        else "No feed ever carried a page of its host."
    )
    for feed in near:
        how = feed.state.error or "all well"
        yield f"  {feed.name}: asked {at(feed.state.polled_at)}, {how}  {log.mask(feed.spec.url)}"
        if feed in listing:
            yield "    its sitemap lists the page, which was old when it was first seen there: it is not read"


def _one(tx: Tx, entry: StoredEntry, settings: Config, rule: str, every: bool) -> Iterator[Line]:
    yield f"{entry.entry.title or 'an entry without a headline'}  ({entry.feed_name})"
    yield f"  {entry.entry.link or 'no link'}"
    yield f"  published {at(entry.entry.published)}, seen {at(entry.seen_at)}, version {entry.revision}"
    yield f"  {entry.state}" + (f"; judged again {at(entry.due_at)}" if entry.due_at else "")
    for version in entries.versions(tx, entry.id):
        text = " ".join(block.text for block in version.blocks)[:EARLIER]
        yield f"  version {version.revision}, {at(version.seen_at)}: {version.title}" + (text and f": {text}")
    for row in ledger.history(tx, entry.id):
        yield f"  {at(row.at)}  {row.stage}: {row.state}: {row.reason}"
    for sent in outbox.rows(tx, entry.id):
        how = f"{sent.state} {at(sent.sent_at)}" if sent.sent_at else f"{sent.state}"
        yield f"  outbox: {sent.kind} to {sent.channel}: {how}" + (f": {sent.error}" if sent.error else "")
    yield from _story(tx, entry.id)
    for one in looks.amended(tx, entry.id):
        yield from _amended(one)
    if due_at := looks.next_due(tx, entry.id):
        yield f"  its page is looked at again {at(due_at)}"
    article = entries.article(tx, entry.id)
    if article is None:
        put_by = pages.is_put_by(tx, entry.id)
        yield "  not read yet" + ("; no rule can match the words of its page" if put_by else "")
        return
    yield from _read(article)
    document = judged(tx, entry, article)
    if rule or every:
        for name in [rule] if rule else settings.rules.rules:
            yield from _rule(settings.rules, name, document)
    else:
        yield from _rules(settings.rules, document)


def _story(tx: Tx, entry_id: int) -> Iterator[str]:
    if member := stories.member(tx, entry_id):
        together = len(stories.members_of(tx, [member.story]))
        yield f"  story {member.story}, {counted(together, 'article')}: {placed(member)}"
        yield from (f"    new: {why}" for _, why in member.news)


def placed(member: Membership) -> str:
    """Why an article stands in its story."""
    if member.by_hand:
        return member.why
    how = member.how or "begun by it"
    return member.why if member.why.startswith(how) else f"{how}: {member.why}"


def _amended(one: looks.Amended) -> Iterator[str]:
    """What its publisher changed: both wordings, one under the other."""
    change = one.amendment
    yield f"  {at(one.at)}  {change.kind}"
    if change.before:
        yield f"    was: {change.before[:WORDING]}"
    if change.after:
        yield f"    now: {change.after[:WORDING]}"


def judged(tx: Tx, entry: StoredEntry, article: Article) -> Document:
    """What rules saw of an entry when it was judged last."""
    steps = ledger.history(tx, entry.id)
    when = next((row.at for row in reversed(steps) if row.stage == "judge"), entry.seen_at)
    return matching.document_of(article, facts_of(entry, article, when))


def _read(article: Article) -> Iterator[str]:
    words = len(article.text.split())
    how = f": {article.note}" if article.note else ""
    languages = ", ".join(article.languages) or "not known"
    yield f"  read from the {article.source}{how}; {words} words, language: {languages}"
    if said := ", ".join(_stated(article)):
        yield f"  its page says: {said}"
    for block in article.blocks:
        seen = "" if block.zone not in UNSEEN else "not seen by rules: "
        yield f"  {seen}{block.zone}: {clamp(block.text, 100)}"


def _stated(article: Article) -> Iterator[str]:
    """What a page tells of itself beside its text."""
    if article.author:
        yield f"by {clamp(article.author, 80)}"
    if article.section:
        yield f"section {clamp(article.section, 80)}"
    if article.published:
        yield f"published {at(article.published)}"
    if article.modified:
        yield f"changed {at(article.modified)}"
    if article.paid:
        yield "one must pay to read all of it"


# --- rules in one article ----------------------------------------------------------------------------------

NEARLY = 10  # rules that are shown though they do not hold
PARTS = 6  # of a long OR, so many; then only those that hold
WORDS = 6  # that are named beside a part
LONG, LONGEST = 60, 300  # characters of a part: longer ones are named by their operator; of a rule


def _rules(rules: RuleSet, document: Document) -> Iterator[Line]:
    """Those that hold, in full; those that are one part short; the rest counted."""
    held = rules.holding(document)
    near, wordless = _nearly(rules, document, frozenset(held))
    for name in (*held, *near):
        yield from _rule(rules, name, document)
    if left := len(rules) - len(held) - len(near):
        none = f", {wordless:,} without a word in it" if wordless else ""
        yield Text(f"  and {counted(left, 'more rule')}{none}; --rule ID or --all shows them", "dim")


def _rule(rules: RuleSet, name: str, document: Document) -> Iterator[Line]:
    return clause_lines(rules.rules[name].tree, rules.why(name, document), document, f"rule {name}")


def _nearly(rules: RuleSet, document: Document, held: frozenset[str]) -> tuple[Sequence[str], int]:
    """The rules that are one part short, those with most words first; how many have no word at all."""
    near: list[tuple[int, str]] = []
    wordless = 0
    others = [name for name in rules.rules if name not in held]
    with progress() as bar:
        clauses = zip(others, rules.whys(others, document), strict=True)
        for name, clause in bar.track(clauses, len(others), description="asking every rule"):
            words = _found(clause)
            wordless += not words
            if words and missing(rules.rules[name].tree, clause) == 1:
                near.append((-words, name))
    near.sort(key=lambda one: one[0])
    return [name for _, name in near[:NEARLY]], wordless


def _found(clause: Clause) -> int:
    """How many of its parts have words in the article."""
    return bool(clause.spans and not clause.children) + sum(map(_found, clause.children))


def missing(node: Node, clause: Clause) -> int:
    """How many parts would have to be otherwise for the rule to hold."""
    if clause.holds:
        return 0
    pairs = list(zip(children(node), clause.children, strict=False))
    match node:
        case And():
            return sum(missing(*pair) for pair in pairs)
        case Or():
            return min((missing(*pair) for pair in pairs), default=1)
        case AtLeast(count):
            return count - sum(part.holds for part in clause.children)
        case Near() | Window():
            return max(1, sum(not part.holds for part in clause.children))
        case Scope() if pairs:
            return max(1, missing(*pairs[0]))
    return 1


def clause_lines(
    node: Node, clause: Clause, document: Document, name: str = "", depth: int = 1
) -> Iterator[Text]:
    """A part of a rule and those inside it: does it hold, by which words, or by how much not."""
    yield _clause_line(node, clause, document, f"{name}: " if name else "", depth)
    if clause.holds and isinstance(node, Not):
        return  # what must not be there is not: nothing more to say
    pairs = _inside(node, clause)
    shown = pairs if len(pairs) <= PARTS else [pair for pair in pairs if pair[1].holds]
    for part in shown:
        yield from clause_lines(*part, document, "", depth + 1)
    if left := len(pairs) - len(shown):
        yield Text(f"{'  ' * (depth + 1)}… {left:,} more parts that do not hold", "dim")


def _inside(node: Node, clause: Clause) -> Sequence[tuple[Node, Clause]]:
    """The parts with what they make of the article; of `2 OF $arms`, the members that were found.

    A field's own part would only repeat it: what is inside that is told.
    """
    parts = children(node)
    if isinstance(node, SetName):
        return ()  # its words are told beside it
    if len(parts) != len(clause.children):
        return [(Term(part.text), part) for part in clause.children]
    pairs = list(zip(parts, clause.children, strict=True))
    return _inside(*pairs[0]) if isinstance(node, Scope) and pairs else pairs


def _clause_line(node: Node, clause: Clause, document: Document, name: str, depth: int) -> Text:
    sign = ("✓ ", "green") if clause.holds else ("✗ ", "red")
    whole = depth == 1 or len(clause.text) <= LONG or isinstance(node, Term)
    text = clause.text if whole else label(node)
    line = Text.assemble("  " * depth, sign, (clean(name), "bold"), clean(text[:LONGEST]))
    if len(text) > LONGEST:
        line.append("…")
    if words := dict.fromkeys(_word(document, place) for place in clause.spans):
        more = f", … {len(words) - WORDS} more" if len(words) > WORDS else ""
        line.append(f"  [{clean(', '.join(list(words)[:WORDS]))}{more}]", "yellow")
    if clause.note:
        line.append(f"  ({clean(clause.note)})", "cyan")
    return line


def _word(document: Document, place: Span) -> str:
    return (document.title if place.field == "title" else document.body)[place.start : place.end]


# --- audit -------------------------------------------------------------------------------------------------


def audit_json(rows: Sequence[FeedAudit], counts: Mapping[OutboxState, int]) -> dict[str, Any]:
    """{"balanced", "entries_in", "feeds": [...], "outbox": {state: count}}."""
    return {
        "balanced": all(row.balanced for row in rows),
        "entries_in": sum(row.entries_in for row in rows),
        "outbox": {state.value: counts.get(state, 0) for state in OutboxState},
        "feeds": [
            {
                "name": row.name,
                "url": log.mask(row.url),
                "active": row.active,
                "entries_in": row.entries_in,
                "states": {state.value: row.states.get(state, 0) for state in EntryState},
                "told": {
                    "sent": row.sent,
                    "waiting": row.waiting,
                    "unknown": row.unknown,
                    "dropped": row.dropped,
                    "dead": row.dead,
                },
                "balanced": row.balanced,
                "unaccounted": list(row.unaccounted),
            }
            for row in rows
        ],
    }


def audit_lines(rows: Sequence[FeedAudit], counts: Mapping[OutboxState, int]) -> Iterator[str]:
    for row in rows:
        parts = [f"{row.states[state]} {state}" for state in EntryState if row.states.get(state)]
        ways = (
            ("waiting", row.waiting),
            ("unknown", row.unknown),
            ("dropped", row.dropped),
            ("dead", row.dead),
        )
        doubt = [f"{count} {what}" for what, count in ways if count]
        told = f" (of the told: {', '.join(doubt)})" if doubt else ""
        sign = "✓" if row.balanced else "✗"
        yield f"{sign} {row.name}: {row.entries_in} in = {' + '.join(parts) or '0'}{told}"
        yield from (f"    {line}" for line in row.unaccounted)
    came, bad = sum(row.entries_in for row in rows), sum(not row.balanced for row in rows)
    alerts = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "none"
    yield f"{counted(came, 'entry', 'entries')} in {counted(len(rows), 'feed')}; " + (
        f"{counted(bad, 'feed')} of these not balanced" if bad else "all accounted for"
    )
    yield f"messages: {alerts}"
    if counts.get(OutboxState.UNKNOWN):
        yield "unknown: Slack may have these or not; they are looked up"


# --- health ------------------------------------------------------------------------------------------------


def health(tx: Tx, now: datetime) -> Health:
    """Alive: the daemon gave a sign of life within 30 s. What else is said needs a person, not a restart."""
    sign = vitals.vital(tx, "daemon")
    if sign is None:
        return Health(False, ("no daemon ever ran on this store",))
    value, when = sign
    alive = now - when <= SIGN_OF_LIFE
    first = f"alive: pid {value['pid']}, version {value['version']}, since {value['started']}"
    gone = f"no daemon: the last sign of life is {span(now - when)} old (pid {value['pid']})"
    return Health(alive, (first if alive else gone, *_needs_a_person(tx)))


def _needs_a_person(tx: Tx) -> Iterator[str]:
    for lane in lanes.lanes(tx):
        if lane.held:
            yield f"held: {'every channel' if lane.channel == lanes.WIDE else lane.channel}: {lane.reason}"
    socket = vitals.vital(tx, "socket")
    if socket and socket[0]["trouble"]:
        yield f"not heard: buttons and /wirewatch: {socket[0]['trouble']}"
    counts = outbox.counts(tx)
    for state in (OutboxState.UNKNOWN, OutboxState.DEAD):
        if counts[state]:
            yield f"{counts[state]} alerts are {state}: wirewatch audit"
