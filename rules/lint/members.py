"""L04: sets that no rule names, and members that add nothing to their set."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from rules.lint.desk import Desk
from rules.lint.finding import Finding, Level
from rules.meaning import Phrase
from rules.tree import AtLeast, SetName, Term, Tongue


def unused(desk: Desk) -> Iterator[Finding]:
    """L04: a set that no rule names."""
    named = desk.named
    for name in desk.sets:
        if name not in named:
            yield Finding("L04", Level.NOTE, f"${name}", "no rule names this set", "delete it, or use it")


def covered(desk: Desk) -> Iterator[Finding]:
    """L04: a member whose every form another member of its set finds as well."""
    counted = {
        part.name
        for _, node in desk.rare
        if isinstance(node, AtLeast)
        for part in node.parts
        if isinstance(part, SetName)
    }
    for name in desk.sets:
        for text, other in _covered(desk, name):
            message = f'"{other}" finds everything that "{text}" finds'
            level, hint = Level.NOTE, "drop it"
            if name in counted:  # 2 OF $name: one word would count as two members
                level, hint = Level.WARNING, "drop it: a rule counts the members of this set"
            yield Finding("L04", level, f"${name}", message, hint, 0, len(text), text)


def _covered(desk: Desk, name: str) -> Iterator[tuple[str, str]]:
    """(member, the member that covers it): of two that cover each other, the second."""
    members = Members(desk, name)
    for entry in members.entries:
        for other in members.near(entry):
            if members.covers(other, entry) and (
                other.place < entry.place or not members.covers(entry, other)
            ):
                yield entry.text, other.text
                break


@dataclass(frozen=True, slots=True)
class Entry:
    """A member that is a word or a phrase."""

    place: int
    text: str
    language: str  # empty: any
    phrase: Phrase


class Members:
    """The words and phrases of a set, found by their first word; expressions are left alone."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._forms = desk.forms
        self._by_word: dict[str, list[Entry]] = {}
        self._by_start: dict[str, list[Entry]] = {}  # of wildcards, the letters before the first * or ?
        self.entries: list[Entry] = []
        for place, (text, tree) in enumerate(zip(desk.member_texts[name], desk.sets[name], strict=True)):
            language, term = (tree.language, tree.part) if isinstance(tree, Tongue) else ("", tree)
            if isinstance(term, Term) and (phrase := desk.phrase(term)):
                self._add(Entry(place, text, language, phrase))

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        first = entry.phrase[0]
        if first.wild:
            start = re.split(r"[*?]", first.folded, maxsplit=1)[0]
            self._by_start.setdefault(start, []).append(entry)
            return
        for word in self._forms.texts(first):
            self._by_word.setdefault(word, []).append(entry)

    def near(self, entry: Entry) -> Iterator[Entry]:
        """Other members whose first word may cover this one's."""
        first = entry.phrase[0].folded
        starts = (self._by_start.get(first[:size], ()) for size in range(len(first) + 1))
        for other in chain(self._by_word.get(first, ()), *starts):
            if other is not entry:
                yield other

    def covers(self, wide: Entry, narrow: Entry) -> bool:
        same = len(wide.phrase) == len(narrow.phrase) and wide.language in ("", narrow.language)
        return same and self._forms.holds_inside(wide.phrase, narrow.phrase)
