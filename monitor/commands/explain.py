"""`wirewatch explain`: a rule as a tree, what its words find, what it makes of one article."""

import asyncio
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rich.cells import cell_len
from rich.text import Text
from rich.tree import Tree

import rules
from monitor.alerts import matching
from monitor.alerts.wording import clean, runs
from monitor.commands import texts
from monitor.commands.report import Hanging, Line, clause_lines, judged
from monitor.errors import ConfigError, WirewatchError
from monitor.facts import language_of
from monitor.model import Article, Block, Config, Entry, Unreadable, Zone
from monitor.sources import language
from monitor.sources.fresh import story_key
from monitor.store import entries
from monitor.store.db import Tx
from monitor.workers import Workers
from rules import Document, Rule, RuleError, RuleErrors, RuleSet, sentences
from rules.explain import Branch, Finds, Teller, Told, outline
from rules.language.names import Names
from rules.meaning import nodes
from rules.tree import SetName

WORDS = 60  # of a rule that are told with their forms
MEMBERS = 40  # of a set
FORMS = 12  # of a word
NAME = 24  # columns of its name
KEYS = 12  # words without which a rule is not tried
IDS = 20  # of rules


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule, ready to match; `note`: what was taken for it."""

    rule: Rule
    ruleset: RuleSet
    note: str = ""


def languages(asked: str) -> tuple[str, ...]:
    """Of `en,ar` or `en ar`. Raises WirewatchError for what is no language."""
    found = {name: language_of(name) for name in asked.replace(",", " ").split()}
    if wrong := [name for name, code in found.items() if not code]:
        raise WirewatchError(f"{wrong[0]} is not a language: --lang takes codes of two letters, as en,ar")
    return tuple(dict.fromkeys(found.values()))


def find_rule(text: str, settings: Config | None) -> Asked:
    """The rule of an id; failing that, the text is a rule. Raises WirewatchError for one that is wrong."""
    known = settings.rules.rules if settings else {}
    sets = settings.rules.sets if settings else {}
    if text in known:
        return Asked(known[text], rules.compile([known[text]], sets))
    if not text.strip():
        raise WirewatchError("there is no rule here: write one, as  missile AND Iraq,  or the id of one")
    if FILE.fullmatch(text):
        raise WirewatchError(f"{text} is the name of a file: write  wirewatch explain RULE -c {text}")
    taken = _taken(text, known)
    try:
        rule = rules.rule(text)
        return Asked(rule, rules.compile([rule], sets), f"{taken}  It is read as a rule." if taken else "")
    except RuleError as error:
        raise ConfigError([taken] * bool(taken) + [str(error)]) from None
    except RuleErrors as error:
        raise ConfigError([taken] * bool(taken) + list(map(str, error.errors))) from None


FILE = re.compile(r"\S+\.ya?ml")


def _taken(text: str, ids: Iterable[str]) -> str:
    """What to say where an id may have been meant."""
    near = Names(ids).nearest(text)
    return f"no rule has the id {text}; did you mean {near} ?" if near else ""


def unknown(id: str, ids: Collection[str]) -> str:
    """What to say of an id that no rule has."""
    some = ", ".join(islice(ids, IDS))
    more = f" and {len(ids) - IDS:,} more" if len(ids) > IDS else ""
    return _taken(id, ids) or f"no rule has the id {id}; the ids are: {some}{more}"


# --- the rule --------------------------------------------------------------------------------------------


def rule_lines(asked: Asked, languages: Sequence[str]) -> Iterator[Line]:
    """The tree, the words with their forms, and those without which the rule is not even tried."""
    rule = asked.rule
    sets = asked.ruleset.trees
    named = {node.name: sets[node.name] for node in nodes(rule.tree) if isinstance(node, SetName)}
    teller = Teller([rule.tree, *(tree for trees in named.values() for tree in trees[:MEMBERS])], languages)
    if asked.note:
        yield Text(clean(asked.note), "yellow")
    yield Text(clean(rule.id), "bold")
    yield _tree(outline(rule.tree, sets))
    yield from _told("words, and what they find", teller.words(rule.tree))
    for name, trees in named.items():
        told = [word for tree in trees[:MEMBERS] for word in teller.words(tree)]
        yield from _told(f"${name}", told, len(trees) - MEMBERS)
    yield from _key(asked.ruleset.clause(rule.id))


def _tree(branch: Branch) -> Tree:
    label = Text(clean(branch.text), "bold")
    if branch.asks:
        label.append(f"  {branch.asks}", "not bold dim")
    tree = Tree(label, guide_style="dim")
    for part in branch.inside:
        tree.children.append(_tree(part))
    return tree


def _told(title: str, words: Sequence[Told], more: int = 0) -> Iterator[Line]:
    """Each word, and beside it what it finds; of very many the first, and how many `more` there are."""
    told = words[:WORDS]
    if told:
        yield ""
        yield Text(clean(title), "bold")
    room = min(NAME, max((cell_len(word.text) for word in told), default=0))
    for word in told:
        for place, finds in enumerate(word.finds):
            name = "" if place else clean(word.text)
            gap = " " * max(1, 2 + room - cell_len(name))
            line = Text.assemble("  ", name, gap, _finds(finds, len(word.finds) > 1))
            yield Hanging(line, 4 + room)
    if (left := len(words) - len(told) + max(0, more)) > 0:
        yield Text(f"  and {left:,} more", "dim")


def _finds(finds: Finds, several: bool) -> Text:
    """`missile, missiles`; a phrase word by word; with the languages where they differ."""
    line = Text(f"{' '.join(finds.languages)}: " if several else "", "dim")
    line.append(" + ".join(map(_listed, finds.words)), "not dim cyan")
    if finds.how:
        line.append(f"{'  ' if finds.words else ''}({clean(finds.how)})", "dim")
    return line


def _listed(forms: Sequence[str]) -> str:
    more = len(forms) - FORMS
    return ", ".join(map(clean, forms[:FORMS])) + (f" … {more} more" if more > 0 else "")


def _key(key: Sequence[str]) -> Iterator[Line]:
    yield ""
    if not key:
        yield Text("tried on every article: no word has to be there")
        return
    more = f" … {len(key) - KEYS:,} more" if len(key) > KEYS else ""
    yield Text(f"tried only on articles with one of: {clean(', '.join(key[:KEYS]))}{more}")


# --- one article -----------------------------------------------------------------------------------------


NOWHERE = "https://page.invalid/"  # a page in a file has no address; without one no link would lead away
PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body)\b", re.IGNORECASE)


def stored(tx: Tx, url: str) -> Document | None:
    """What was read at an address, as it was judged; None: it was never seen, or not read yet."""
    for entry in entries.find(tx, url, story_key(Entry("", url, ""), 0)):
        if article := entries.article(tx, entry.id):
            return judged(tx, entry, article)
    return None


def read(article: str) -> Document:
    """A file with a page or a text under its headline; `-` is stdin. No file, but several words: a text.

    Raises WirewatchError.
    """
    if len(article.split()) > 1 and not os.path.exists(article):
        return matching.document_of(_text(article))
    return _read_file(article)


def _read_file(path: str) -> Document:
    body = texts.read(path)
    if not PAGE.match(body):
        return matching.document_of(_text(texts.text(body)))
    article = asyncio.run(_page(body))
    if isinstance(article, Unreadable):
        raise WirewatchError(f"{path}: {article.reason}")
    return matching.document_of(article)


async def _page(body: bytes) -> Article | Unreadable:
    workers = Workers(1)
    try:
        return await workers.read_page(body, NOWHERE, "")
    finally:
        workers.close()


def _text(text: str) -> Article:
    headline, _, rest = text.strip().partition("\n")
    lines = tuple(filter(None, map(str.strip, rest.split("\n"))))
    spoken = language.languages(headline, rest, "")
    return Article(headline.strip(), tuple(Block(Zone.BODY, line) for line in lines), spoken)


def article_lines(asked: Asked, document: Document) -> Iterator[Line]:
    """Each part, true or false, with its words and by how much; and the sentences with the words in them."""
    found = asked.ruleset.match(document)
    yield ""
    yield Text(clean(document.title) or "(no headline)", "bold")
    yield Text(f"  language: {', '.join(document.languages) or 'not known'}", "dim")
    yield Text("  matches" if found else "  does not match", "green" if found else "red")
    yield from clause_lines(asked.rule.tree, asked.ruleset.why(asked.rule.id, document), document)
    for match in found:
        for excerpt in matching.excerpts(document, sentences(document.body), match):
            pieces = (
                (piece, "bold yellow" if marked else "") for piece, marked in runs(excerpt.text, excerpt.bold)
            )
            yield Hanging(Text.assemble(("  │ ", "dim"), *pieces), 4)
