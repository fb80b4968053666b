"""L01: what rules ask to know of an article, and no article can say."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase

from rules.lint.desk import Desk, clauses
from rules.lint.finding import Feeds, Finding, Level
from rules.meaning import SCRIPTS, nodes, script
from rules.tree import Fact, Node, Or, Rule, SetName, Term
from rules.words import fold

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([mhdw]?)")
_UNITS = {"": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def clash(one: Fact, other: Fact) -> bool:
    """True for two facts that no article has together."""
    if one.name != other.name or "in" in (one.test, other.test):
        return False
    match one.name:
        case "age" | "words":
            return _apart(one, other) or _apart(other, one)
        case "source":
            return not (_inside(one.value, other.value) or _inside(other.value, one.value))
        case "country":
            return one.value.casefold() != other.value.casefold()
    return False


def denied(fact: Fact, other: Fact) -> bool:
    """True if NOT other leaves nothing of fact."""
    if (fact.name, fact.test) != (other.name, other.test):
        return False
    if fact.name == "source" and fact.test == "is":
        return _inside(fact.value, other.value)
    return fold(fact.value) == fold(other.value)


def _apart(low: Fact, high: Fact) -> bool:
    """`words:<200` and `words:>300`: what is under the one is never over the other."""
    if low.test not in ("<", "<=") or high.test not in (">", ">="):
        return False
    most, least = amount(low.value), amount(high.value)
    return most < least or (most == least and (low.test, high.test) != ("<=", ">="))


def amount(value: str) -> float:
    """Seconds of an age, or a number of words."""
    found = _AMOUNT.fullmatch(value.strip())
    return float(found[1]) * _UNITS[found[2]] if found else 0.0


def _inside(host: str, domain: str) -> bool:
    host, domain = (name.casefold().removeprefix("www.") for name in (host, domain))
    return host == domain or host.endswith(f".{domain}")


# --- what no feed has ------------------------------------------------------------------------------------

_TELLING = 200  # stored articles, from which on a host that none of them is from is worth a word


def unknown(desk: Desk) -> Iterator[Finding]:
    """L01: a feed, a tag or a host that no feed has; each value once."""
    if desk.feeds is None:
        return
    asked: dict[tuple[str, str], list[tuple[Rule, Fact, bool]]] = {}
    for rule in desk.rules.values():
        for clause in clauses(rule.tree):
            for fact, value, alone in _asked(desk, clause):
                asked.setdefault((fact.name, value), []).append((rule, fact, alone))
    for (name, value), uses in asked.items():
        if not _has(desk.feeds, name, value):
            yield from _missing(desk, desk.feeds, name, value, uses)


def _asked(desk: Desk, clause: Node) -> Iterator[tuple[Fact, str, bool]]:
    """The feeds, tags and hosts a clause names; with True where it needs that very one."""
    for node in nodes(clause):
        if isinstance(node, Fact) and node.name in ("source", "feed", "tag"):
            values = desk.member_texts.get(node.value, []) if node.test == "in" else [node.value]
            for value in values:
                yield node, value, node is clause and node.test == "is"


def _has(feeds: Feeds, name: str, value: str) -> bool:
    match name:
        case "source":
            return any(_inside(host, value) for host in feeds.hosts)
        case "tag":
            return any(fnmatchcase(fold(tag), fold(value)) for tag in feeds.tags)
    return any(fnmatchcase(fold(feed), fold(value)) for feed in feeds.names)


def _missing(
    desk: Desk, feeds: Feeds, name: str, value: str, uses: list[tuple[Rule, Fact, bool]]
) -> Iterator[Finding]:
    names = {"source": feeds.hosts, "tag": feeds.tags, "feed": feeds.names}[name]
    meant = get_close_matches(fold(value), {fold(one).removeprefix("www."): one for one in names}, 1, 0.8)
    many = desk.sample is not None and desk.sample.articles >= _TELLING
    if name != "tag" and not meant and not (feeds.whole if name == "feed" else many):
        return
    sure = name == "tag" or (name == "feed" and feeds.whole)
    dead = [use for use in uses if use[2] and sure]
    rule, fact, _ = (dead or uses)[0]
    level = Level.ERROR if dead else Level.WARNING if sure or many else Level.NOTE
    message = {
        "source": f"no feed and no stored article is from {value}",
        "tag": f'no feed has the tag "{value}"',
        "feed": f'no feed is called "{value}"',
    }[name]
    hint = f"did you mean {name}:{meant[0]} ?" if meant else _CURES[name]
    yield desk.finding(
        "L01", level, rule, fact, f"can never match: {message}" if dead else message, hint,
        also=[other.id for other, _, _ in uses],
    )  # fmt: skip


_CURES = {
    "source": "write the host that stands in the addresses of its articles, as bbc.co.uk",
    "tag": "tags are those of feeds in config.yaml and of folders in OPML files",
    "feed": "wirewatch feeds list shows what the feeds are called",
}


# --- languages and scripts -------------------------------------------------------------------------------


def foreign(desk: Desk) -> Iterator[Finding]:
    """L01: a language asked for, and words that must be there in a script it is not written in."""
    for rule in desk.rules.values():
        parts = list(clauses(rule.tree))
        languages = {language for part in parts for language in _languages(part)}
        for part in parts if languages else ():
            scripts = _scripts(desk, part)
            if scripts and not any(
                languages.intersection(SCRIPTS.get(script, languages)) for script in scripts
            ):
                message = f"hardly ever matches: lang: wants {', '.join(sorted(languages))}, and {part} is "
                message += f"in {' and '.join(sorted(scripts)).capitalize()} letters"
                yield desk.finding(
                    "L01", Level.WARNING, rule, part, message, "add the language, or drop lang:"
                )


def _languages(part: Node) -> Iterator[str]:
    """Those a clause asks for, without their regions."""
    facts = part.parts if isinstance(part, Or) else (part,)
    if all(isinstance(fact, Fact) and fact.name == "lang" and fact.test == "is" for fact in facts):
        yield from (fact.value.casefold().partition("-")[0] for fact in facts if isinstance(fact, Fact))


def _scripts(desk: Desk, part: Node) -> frozenset[str]:
    """The scripts of the words of which one must be there; none if something else will do."""
    match part:
        case Term(text):
            return frozenset(filter(None, (script(text),)))
        case SetName(name):
            return _all(_scripts(desk, member) for member in desk.sets.get(name, ()))
        case Or(parts):
            return _all(_scripts(desk, part) for part in parts)
    return frozenset()


def _all(found: Iterable[frozenset[str]]) -> frozenset[str]:
    each = list(found)
    return frozenset().union(*each) if all(each) else frozenset()
