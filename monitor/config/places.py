"""Where the rules and sets of a config stand in its files, for what is said of them once it is loaded."""

from collections.abc import Iterator, Mapping, Sequence

from monitor.config.asked import Asked, Beside, ask, said
from monitor.config.book import Book, open_book
from monitor.config.marked import Node, Text
from monitor.config.pages import Page, pages_of
from monitor.config.sets import WordSet, read_sets
from monitor.errors import ConfigError
from monitor.model import Config


class Places:
    """Reads the files of a config that was just loaded once more; empty where they have changed since."""

    def __init__(self, settings: Config, environ: Mapping[str, str]) -> None:
        self._asked: dict[str, Asked] = {}
        self._sets: dict[str, WordSet] = {}
        self._found: dict[str, Mapping[str, tuple[Book, Text]]] = {}
        try:
            for page in _pages(open_book(settings.path, environ)):
                if page.sets is not None:
                    read_sets(page.book, page.sets, self._sets)
                self._asked |= {one.rule.id: one for one in _rules(page, settings)}
        except ConfigError:
            return

    def of(self, rule: str, text: str = "", start: int = 0) -> str:
        """`config.yaml:7:12` of a character in a text of a rule, or of a set (`$name`); empty: not known."""
        if found := self._texts(rule).get(text):
            book, node = found
            return book.where_in(node, start)
        if rule in self._asked:
            return self._asked[rule].book.where(self._asked[rule].place)
        if named := self._sets.get(rule.removeprefix("$")):
            return named.book.where(named.key.start)
        return ""

    def _texts(self, rule: str) -> Mapping[str, tuple[Book, Text]]:
        """Those of a rule, or of a set, where they first stand."""
        if rule not in self._found:
            self._found[rule] = {value: (book, text) for book, text, value in reversed(self._said(rule))}
        return self._found[rule]

    def _said(self, rule: str) -> Sequence[tuple[Book, Text, str]]:
        if asked := self._asked.get(rule):
            return [(asked.book, text, said(text)) for text in asked.texts]
        named = self._sets.get(rule.removeprefix("$"))
        return [(word.book, word.text, word.text.value) for word in named.words] if named else ()


def _pages(book: Book) -> Iterator[Page]:
    top: dict[str, Node] = {key.raw: value for key, value in book.root().pairs}
    return pages_of(book, top)


def _rules(page: Page, settings: Config) -> Iterator[Asked]:
    """Those that were loaded are not parsed again."""
    loaded = {rule.text: rule for rule in settings.rules.rules.values() if not rule.pieces}
    beside = Beside(settings.slack, {}, loaded, settings.kept)
    yield from filter(None, (ask(page.book, node, beside) for node in page.taken()))
