"""Feeds more in config.yaml, or fewer, with every comment, space and quote of the file left as it is.

The text is changed where it stands, never written anew, and read again before anyone may keep it: it must
say what it said, and the new feeds after that, or all but those that go. Where it does not, its owner is told
what to write.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from monitor.config import marked
from monitor.config.marked import List, Node, Table, Text, Wrong
from monitor.model import FeedSpec


def with_feeds(text: str, feeds: Sequence[FeedSpec]) -> str:
    """The text of a config with these feeds at the end of its list. Raises Wrong, with the lines to write."""
    if not feeds:
        return text
    changed = _changed(text, feeds)
    if changed and _says(changed) == _said_then(text, feeds):
        return changed
    lines = "\n".join(f"  - {_line(feed)}" for feed in feeds)
    raise Wrong("the file has no list of feeds that could be added to", f"write under  feeds:\n{lines}")


def addresses(text: str) -> tuple[str, ...]:
    """Of each feed and OPML list in the list, as it is written there; empty: of what names neither."""
    found = _feeds_of(text)
    return tuple(map(_address, found.values)) if isinstance(found, List) else ()


def without_feeds(text: str, places: Collection[int]) -> str:
    """The text of a config without those of its list at these places, from 0. Raises Wrong where it cannot.

    Comments on lines of their own stay.
    """
    found = _feeds_of(text)
    if isinstance(found, List):
        is_inline = text.startswith("[", found.start)
        changed = _out_of_brackets(text, found, places) if is_inline else _off_lines(text, found, places)
        if _says(changed) == _said_without(text, places):
            return changed
    raise Wrong("the list of feeds is written in a way that cannot be changed here", "take them out by hand")


def _address(node: Node) -> str:
    pairs = node.pairs if isinstance(node, Table) else ((Text("", "url", 0), node),)
    return next((value.raw for key, value in pairs if key.raw in _NAMING and isinstance(value, Text)), "")


_NAMING = ("url", "opml")


def _changed(text: str, feeds: Sequence[FeedSpec]) -> str:
    """With them written in, if there is a way; it may be a wrong one."""
    match _feeds_of(text):
        case List(start=start) as found if text.startswith("[", start):
            return _in_brackets(text, found, feeds)
        case List() as found:
            return _below(text, found, feeds)
        case None | Text(raw="") as empty:
            return _begun(text, empty, feeds)
    return ""


def _feeds_of(text: str) -> Node | None:
    root = marked.read(text)
    pairs = root.pairs if isinstance(root, Table) else ()
    return next((value for key, value in pairs if key.raw == "feeds"), None)


def _in_brackets(text: str, found: List, feeds: Sequence[FeedSpec]) -> str:
    """`[a, b]`, on one line or several: before the bracket that closes it."""
    end = _closing(text, found.start)
    kept = text[:end].rstrip()
    comma = ", " if found.values and not kept.endswith(",") else ""
    gap = "\n" if _ENDS_IN_A_COMMENT.search(kept) else ""
    return f"{kept}{gap}{comma}{', '.join(map(_quoted, feeds))}{text[len(kept) :]}"


def _out_of_brackets(text: str, found: List, places: Collection[int]) -> str:
    """Each goes with what stands behind it; the comma before the last, if that goes."""
    end = _closing(text, found.start)
    starts = [value.start for value in found.values]
    pieces = [text[at:until] for at, until in pairwise([*starts, end])]
    kept = [piece for place, piece in enumerate(pieces) if place not in places]
    if kept and len(pieces) - 1 in places:
        last = pieces[-1]
        kept[-1] = _COMMA_AT_END.sub("", kept[-1]) + last[len(last.rstrip(", \t\r\n")) :]
    return text[: starts[0]] + "".join(kept) + text[end:]


_COMMA_AT_END = re.compile(r"\s*,\s*\Z")


def _closing(text: str, start: int) -> int:
    """Where the bracket at `start` is closed; the end of the text, where it is not."""
    depth = 0
    for sign in _SIGNS.finditer(text, start):
        depth += {"[": 1, "]": -1}.get(sign[0], 0)
        if not depth:
            return sign.start()
    return len(text)


# What begins with a quote goes on to the next one; a comment, to the end of its line.
_SIGNS = re.compile(r"""(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*+"|'[^']*+')|(?<!\S)\#[^\n]*|[\[\]]""", re.DOTALL)
_ENDS_IN_A_COMMENT = re.compile(r"(?<!\S)#[^\n]*\Z")


def _below(text: str, found: List, feeds: Sequence[FeedSpec]) -> str:
    """`- a` on lines of their own: after the last line that belongs to the list."""
    column = _column(text, found)
    ends = (at + len(line) for at, line, place in _lines(text, found) if place >= 0)
    end = max(ends, default=found.start - column)  # a list that begins with an anchor has no lines here
    return _inserted(text, end, " " * column, feeds)


def _off_lines(text: str, found: List, places: Collection[int]) -> str:
    lines = list(_lines(text, found))
    kept = [line for _, line, place in lines if place not in places]
    begin = found.start - _column(text, found)
    return text[:begin] + "".join(kept) + text[begin + sum(len(line) for _, line, _ in lines) :]


def _column(text: str, found: List) -> int:
    return found.start - (text.rfind("\n", 0, found.start) + 1)


def _lines(text: str, found: List) -> Iterator[tuple[int, str, int]]:
    """The lines from a list's first to its end, with their offsets and the places of the values that they
    belong to; -1: to none, a comment or nothing."""
    column, place = _column(text, found), -1
    at = found.start - column
    for line in text[at:].splitlines(keepends=True):
        begins = not line[:column].strip() and line[column:].startswith(("- ", "-\n", "-\r"))
        if not line.strip() or line.lstrip().startswith("#"):
            yield at, line, -1
        elif begins or line[: column + 1].isspace():
            place += begins
            yield at, line, place
        else:
            return
        at += len(line)


def _begun(text: str, empty: Node | None, feeds: Sequence[FeedSpec]) -> str:
    """A list where there is none yet: behind `feeds:`, or at the end of the file."""
    if empty is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return _inserted(f"{text}{gap}feeds:\n", len(text) + len(gap) + len("feeds:\n"), "  ", feeds)
    end = text.find("\n", empty.start)
    return _inserted(text, len(text) if end < 0 else end + 1, "  ", feeds)


def _inserted(text: str, at: int, indent: str, feeds: Sequence[FeedSpec]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[:at] + ("" if text[:at].endswith("\n") or not at else newline)
    lines = "".join(f"{indent}- {_line(feed)}{newline}" for feed in feeds)
    return before + lines + text[at:]


# --- one feed ----------------------------------------------------------------------------------------------


def _line(feed: FeedSpec) -> str:
    """As people write it: an address alone, when there is no more to say."""
    plain = not feed.name and not feed.tags and re.fullmatch(r"https?://[\w./%~?=&;+:@!$*-]+", feed.url)
    return _escaped(feed.url) if plain and not feed.url.endswith(":") else _quoted(feed)


def _quoted(feed: FeedSpec) -> str:
    """In a form that stands anywhere in YAML, and in JSON."""
    url = _string(feed.url)
    if not feed.name and not feed.tags:
        return url
    fields = {"url": url, "name": _string(feed.name) if feed.name else ""}
    fields["tags"] = f"[{', '.join(map(_string, feed.tags))}]" if feed.tags else ""
    return "{" + ", ".join(f'"{key}": {value}' for key, value in fields.items() if value) + "}"


def _string(value: str) -> str:
    return json.dumps(_escaped(value), ensure_ascii=False)


def _escaped(value: str) -> str:
    return value.replace("${", "$${")


# --- what it says ------------------------------------------------------------------------------------------

Said = str | list["Said"] | tuple[tuple[str, "Said"], ...]


def _said_then(text: str, feeds: Sequence[FeedSpec]) -> Said | None:
    """What a config says, with these feeds after its own."""
    new = [_bare(marked.read(_quoted(feed))) for feed in feeds]
    said = _says(text)
    pairs = dict(said) if isinstance(said, tuple) else {}
    now = pairs.get("feeds")
    pairs["feeds"] = [*(now if isinstance(now, list) else []), *new]
    return tuple(pairs.items())


def _said_without(text: str, places: Collection[int]) -> Said | None:
    said = _says(text)
    if not isinstance(said, tuple):
        return None
    return tuple((key, _less(value, places) if key == "feeds" else value) for key, value in said)


def _less(said: Said, places: Collection[int]) -> Said:
    return [one for place, one in enumerate(said) if place not in places] if isinstance(said, list) else said


def _says(text: str) -> Said | None:
    try:
        return _bare(marked.read(text))
    except Wrong:
        return None


def _bare(node: Node | None) -> Said:
    """Without places and quotes."""
    match node:
        case None:
            return ()
        case Text(raw=raw):
            return raw
        case List(values=values):
            return [_bare(value) for value in values]
        case Table(pairs=pairs):
            return tuple((key.raw, _bare(value)) for key, value in pairs)
