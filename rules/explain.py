"""A rule for people: what its parts ask for, and every word that its words stand for. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.meaning import SCRIPTS, Meaning, nodes, phrase, script, terms
from rules.text.forms import Way, inflect, stems
from rules.text.vocabulary import Vocabulary
from rules.tree import (
    And,
    AtLeast,
    Except,
    Fact,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Regex,
    Scope,
    Score,
    SetName,
    Term,
    Times,
    Tongue,
    Window,
    children,
)

# --- the tree --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of a rule: how it is written, what it asks for, and the parts inside it."""

    text: str
    asks: str = ""
    inside: tuple["Branch", ...] = ()


_LISTED = 12  # alternatives in one line


def outline(node: Node, sets: Mapping[str, Sequence[Node]]) -> Branch:
    """The rule as a tree; an OR of plain words is one line."""
    if isinstance(node, Or) and all(map(_is_plain, node.parts)):
        return Branch(_listed(node.parts), "at least one of these")
    if isinstance(node, Not | Scope) and _is_plain(node.part):
        return Branch(str(node), _asks(node, sets))
    if isinstance(node, Score):
        parts = ((f"{weight:+} ", outline(part, sets)) for weight, part in node.parts)
        return Branch(
            "score", _asks(node, sets), tuple(replace(one, text=sign + one.text) for sign, one in parts)
        )
    return Branch(label(node), _asks(node, sets), tuple(outline(part, sets) for part in _shown(node)))


def _is_plain(node: Node) -> bool:
    return isinstance(node, Term | SetName | Regex | Fact)


def _listed(parts: Sequence[Node]) -> str:
    more = len(parts) - _LISTED
    return " OR ".join(map(label, parts[:_LISTED])) + (f" and {more:,} more" if more > 0 else "")


def _shown(node: Node) -> tuple[Node, ...]:
    """`2 OF $arms` and `NOT x` say in one line what they are about."""
    return () if isinstance(node, AtLeast) and isinstance(node.parts[0], SetName) else children(node)


def label(node: Node) -> str:
    """A part by its operator, without what is inside; a word as it was written, no quotes around it."""
    match node:
        case Term(text):
            return text if len(text.split()) == 1 else str(node)
        case And():
            return "AND"
        case Or():
            return "OR"
        case Not():
            return "NOT"
        case Scope(name, _, size):
            return f"{name}/{size}:" if size else f"{name}:"
        case Near(_, _, reach, ordered) | Window(_, reach, ordered):
            return f"{'BEFORE' if ordered else 'NEAR'}/{reach}"
        case NotNear(_, _, reach):
            return f"NOT NEAR/{reach}"
        case Except():
            return "EXCEPT"
        case AtLeast(count, parts) if not isinstance(parts[0], SetName):
            return f"{count} OF"
        case Times(count):
            return f"{count} TIMES"
        case Tongue(language):
            return f"{language}:"
    return str(node)


_PLACES = {
    "text": "in headline or text",
    "title": "in the headline",
    "body": "in the text below the headline",
    "lead": "in the headline or the first paragraph (40 to 80 words)",
    "first": "among the first words of the text",
    "sentence": "in one and the same sentence",
    "paragraph": "in one and the same paragraph",
    "exact": "in this form only",
    "case": "in these very letters",
    "stem": "any word with the same stem",
}


def _asks(node: Node, sets: Mapping[str, Sequence[Node]]) -> str:
    match node:
        case And():
            return "all of these"
        case Or():
            return "at least one of these"
        case Not():
            return "must not be there"
        case Term(text):
            return "these words in a row" if len(text.split()) > 1 else ""
        case Regex():
            return "a word that matches this pattern as a whole"
        case SetName(name):
            return f"any of its {len(sets.get(name, ()))} members"
        case Scope(name):
            return _PLACES[name]
        case Fact():
            return _fact(node)
        case Tongue(language):
            return f"counts in articles in {language} only"
    return _counts(node, sets)


def _counts(node: Node, sets: Mapping[str, Sequence[Node]]) -> str:
    match node:
        case AtLeast(count, (SetName(name),)):
            return f"at least {count} different ones of its {len(sets.get(name, ()))} members"
        case AtLeast(count):
            return f"at least {count} of these"
        case Times(count):
            return f"in at least {count} places"
        case Near(_, _, reach, ordered):
            return f"{_words(reach)} between them, {'in this order' if ordered else 'in either order'}"
        case Window(_, reach, ordered):
            order = "in this order" if ordered else "in any order"
            return f"all of these, {_words(reach)} besides from the first to the last, {order}"
        case NotNear(_, _, reach):
            return f"the first, where the second is not within {reach} words"
        case Except():
            return "the first, where it is not part of the second"
        case Score(at_least, _, most):
            once = "" if most == 1 else f", each up to {most} times"
            return f"the weights of those that are there add up to {at_least} or more{once}"
    return ""


def _words(reach: int) -> str:
    return "no word" if reach == 0 else "at most 1 word" if reach == 1 else f"at most {reach} words"


_FACTS = {
    "source": "the article is from this host, or one below it",
    "feed": "the feed is called so",
    "lang": "the article is in this language",
    "country": "the source is in this country",
    "category": "the publisher gives it this category",
    "tag": "the feed has this tag",
    "author": "these words are in the author's name",
    "url": "the address looks like this",
    "age": "since it was published",
    "words": "words of text",
}


def _fact(fact: Fact) -> str:
    return _FACTS[fact.name] + (", any member of the set" if fact.test == "in" else "")


# --- words -----------------------------------------------------------------------------------------------

Rows = tuple[tuple[str, ...], ...]  # for each word of a phrase, the words of an article that it stands for


@dataclass(frozen=True, slots=True)
class Finds:
    """What a word or phrase finds in articles of some languages, and what is to be said of it."""

    languages: tuple[str, ...]
    words: Rows
    how: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A word or phrase of a rule, as it was written."""

    text: str
    finds: tuple[Finds, ...]


_PATTERN = "whatever word matches this as a whole, in any case"
_EXAMPLES = 8  # of what a wildcard finds
_IN_A_SCRIPT = 2  # languages


class Teller:
    """Tells what the words of some trees find. Reads the dictionaries of these languages, once.

    A word in a script that none of them is written in is told for the languages most read in that script.
    """

    def __init__(self, trees: Iterable[Node], languages: Sequence[str]) -> None:
        self._languages = languages
        self._vocabulary = Vocabulary(languages)
        wanted: dict[str, set[str]] = {}
        for term, way in (spoken for tree in trees for spoken in terms(tree)):
            for language in self._read(term):
                wanted.setdefault(language, set()).update(one.plain for one in _singles(term, way))
        self._forms = {language: inflect(words, language) for language, words in wanted.items()}

    def words(self, tree: Node) -> tuple[Told, ...]:
        """Every word and phrase of one of the trees once, then its patterns."""
        patterns = dict.fromkeys(node.pattern for node in nodes(tree) if isinstance(node, Regex))
        told = [self._told(term, way) for term, way in dict.fromkeys(terms(tree))]
        return (*told, *(Told(f"/{pattern}/", (Finds((), (), _PATTERN),)) for pattern in patterns))

    def _read(self, term: Term) -> Sequence[str]:
        """The languages a word is told for: those asked for that are written in its script."""
        own = SCRIPTS.get(script(term.text))
        if own is None:
            return [language for language in self._languages if language not in _OTHER_SCRIPTS] or ("en",)
        return [language for language in self._languages if language in own] or own[:_IN_A_SCRIPT]

    def _told(self, term: Term, way: Way) -> Told:
        """Languages in which it finds the same are told together."""
        found: dict[tuple[Rows, str], list[str]] = {}
        for language in self._read(term):
            meanings = phrase(term, way, (language,))
            rows = tuple(self._row(meaning, language) for meaning in meanings)
            hows = dict.fromkeys(filter(None, (_how(one) for meaning in meanings for one in _parts(meaning))))
            found.setdefault((rows, "; ".join(hows)), []).append(language)
        return Told(label(term), tuple(Finds(tuple(some), *what) for what, some in found.items()))

    def _row(self, meaning: Meaning, language: str) -> tuple[str, ...]:
        if meaning.wild:
            return self._examples(meaning)
        if meaning.parts:
            return tuple(mark.join(part.plain for part in meaning.parts) for mark in ("-", " ", ""))
        match meaning.way:
            case Way.FORMS:
                own = meaning.folded
                return (own, *sorted(self._forms[language].get(meaning.plain, frozenset()) - {own}))
            case Way.EXACT:
                return (meaning.exact,)
            case Way.STEM:
                return (f"{stems(language)(meaning.folded)}…",)
        return (meaning.plain,)

    def _examples(self, meaning: Meaning) -> tuple[str, ...]:
        if not meaning.folded.strip("*?"):
            return (meaning.folded,)
        found = sorted(self._vocabulary.matching(meaning.folded), key=lambda word: (len(word), word))
        more = len(found) - _EXAMPLES
        return (*found[:_EXAMPLES], *([f"… {more:,} more"] if more > 0 else []))


_OTHER_SCRIPTS = frozenset(language for languages in SCRIPTS.values() for language in languages)


def _singles(term: Term, way: Way) -> Iterator[Meaning]:
    return (meaning for meaning in phrase(term, way, ()) if not meaning.wild and not meaning.parts)


def _parts(meaning: Meaning) -> Sequence[Meaning]:
    return meaning.parts or (meaning,)


def _how(meaning: Meaning) -> str:
    """What is to be said of how a word is compared; of most, nothing."""
    if script(meaning.folded) in ("CJK", "HIRAGANA", "THAI"):
        return "these characters in a row"
    if meaning.wild:
        return "any one word" if not meaning.folded.strip("*") else "and whatever else fits"
    match meaning.way:
        case Way.ACRONYM:
            return f'{meaning.plain} in capitals only, as "{meaning.plain.lower()}" is a common word'
        case Way.EXACT:
            return "no other form"
        case Way.CASE:
            return "these very letters"
        case Way.STEM:
            return "words with this stem"
    return ""
