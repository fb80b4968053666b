"""Queries of other programs, as rules to paste into a rule file."""

import re
from dataclasses import dataclass

from monitor.errors import WirewatchError
from rules import Problem, RuleError
from rules.language.dialects import translate

# Nobody types these, and YAML takes none of them.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Imported:
    yaml: str
    notes: tuple[str, ...]  # what means something else than it did, with a caret under it


def rule_of(query: str, dialect: str) -> Imported:
    """A query as a rule in YAML. Raises WirewatchError with all that cannot be said, each with its caret."""
    text = _UNREADABLE.sub(" ", query).strip()
    if not text:
        raise WirewatchError("there is no query here: name a file that has one, or give it on stdin")
    try:
        found = translate(text, dialect)
    except RuleError as error:
        raise WirewatchError(str(error)) from None
    written = found.text.replace("${", "$${")  # in a config ${…} is filled in
    broad = "  broad: true\n" if found.broad else ""
    return Imported(f"- match: |\n    {written}\n{broad}", tuple(_shown(text, note) for note in found.notes))


def _shown(text: str, note: Problem) -> str:
    everywhere = (note.start, note.end) == (0, len(text))
    return f"note: {note.message if everywhere else RuleError(text, [note])}"
