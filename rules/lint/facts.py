"""L01: what rules ask to know of an article, and no article can say."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from rules.engine.facts import amount
from rules.lint.desk import Desk, clauses
from rules.lint.finding import Feeds, Finding, Level
from rules.meaning import SCRIPTS, nodes, script
from rules.text.patterns import Glob
from rules.text.words import fold
from rules.tree import Fact, Node, Or, Rule, SetName, Term


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


def _inside(host: str, domain: str) -> bool:
    host, domain = (name.casefold().removeprefix("www.") for name in (host, domain))
    return host == domain or host.endswith(f".{domain}")


# --- what no feed has ------------------------------------------------------------------------------------

_COMPARED = 5_000  # names: who has more of them has no use for a guess that takes seconds
_TELLING = 200  # stored articles, from which on a host that none of them is from is worth a word


def unknown(desk: Desk) -> Iterator[Finding]:
    """L01: a feed, a tag or a host that no feed has; each value once."""
    if desk.feeds is None:
        return
    asked: dict[tuple[str, str], list[Use]] = {}
    for rule in desk.asking("source", "feed", "tag"):
        for clause in clauses(rule.tree):
            for fact, value, alone in _asked(desk, clause):
                asked.setdefault((fact.name, value), []).append((rule, fact, alone))
    known = {"source": _domains(desk.feeds.hosts), "tag": desk.feeds.tags, "feed": desk.feeds.names}
    names = {name: Names(some) for name, some in known.items()}
    for (name, value), uses in asked.items():
        if not names[name].has(value):
            yield from _missing(desk, desk.feeds, value, uses, names[name])


Use = tuple[Rule, Fact, bool]  # the rule, the fact, does the rule need that very one?


def _asked(desk: Desk, clause: Node) -> Iterator[tuple[Fact, str, bool]]:
    """The feeds, tags and hosts a clause names; with True where it needs that very one."""
    for node in nodes(clause):
        if isinstance(node, Fact) and node.name in ("source", "feed", "tag"):
            values = desk.member_texts.get(node.value, []) if node.test == "in" else [node.value]
            for value in values:
                yield node, value, node is clause and node.test == "is"


def _domains(hosts: Iterable[str]) -> Iterator[str]:
    """a.b.c, b.c and c of a.b.c."""
    for host in hosts:
        labels = host.split(".")
        yield from (".".join(labels[at:]) for at in range(len(labels)))


class Names:
    """What feeds are called, or have, as rules compare with it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(frozenset(map(fold, names)))
        self._known = frozenset(self._names)

    def has(self, value: str) -> bool:
        asked = fold(value)
        if asked in self._known or asked.removeprefix("www.") in self._known:
            return True
        return ("*" in asked or "?" in asked) and any(map(Glob(asked).fits, self._names))

    def near(self, value: str) -> str:
        """The one that is nearly so; empty if there is none."""
        return next(iter(get_close_matches(fold(value), self._names[:_COMPARED], 1, 0.8)), "")


def _missing(desk: Desk, feeds: Feeds, value: str, uses: list[Use], names: Names) -> Iterator[Finding]:
    name = uses[0][1].name
    meant = names.near(value)
    many = desk.sample is not None and desk.sample.articles >= _TELLING
    sure = name == "tag" or (name == "feed" and feeds.whole)
    if not (sure or meant or (name == "source" and many)):
        return
    dead = [use for use in uses if use[2] and sure]
    rule, fact, _ = (dead or uses)[0]
    level = Level.ERROR if dead else Level.WARNING if sure or many else Level.NOTE
    message = ("can never match: " if dead else "") + _MISSING[name].format(value)
    hint = f"did you mean {name}:{meant} ?" if meant else _CURES[name]
    yield desk.finding("L01", level, rule, fact, message, hint, [other.id for other, _, _ in uses])


_MISSING = {
    "source": "no feed and no stored article is from {}",
    "tag": 'no feed has the tag "{}"',
    "feed": 'no feed is called "{}"',
}
_CURES = {
    "source": "write the host that stands in the addresses of its articles, as bbc.co.uk",
    "tag": "tags are those of feeds in config.yaml and of folders in OPML files",
    "feed": "wirewatch feeds list shows what the feeds are called",
}


# --- languages and scripts -------------------------------------------------------------------------------


def foreign(desk: Desk) -> Iterator[Finding]:
    """L01: a language asked for, and words that must be there in a script it is not written in."""
    for rule in desk.asking("lang"):
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
