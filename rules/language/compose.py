"""Rules from what people write: one text, or the pieces that YAML gives."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from rules.language.lexer import QUOTES, Token, tokens
from rules.language.parser import FIELDS, parse
from rules.language.vendors import NAMES
from rules.text.words import fold
from rules.tree import And, Node, Not, Or, Piece, Problem, Rule, RuleError, Score, Term

_NO_QUOTES = str.maketrans("", "", QUOTES)
# Parentheses, commas and lower-case words belong to names too: Hamas (Gaza); Paris, Texas; AT & T.
_OPERATORS = frozenset({"AND", "OR", "NOT", "PLACE", "COUNT", "SET", "REGEX", "UNENDED"})


@dataclass(frozen=True, slots=True)
class Scoring:
    """`terms` are weights with what they are given for; a term counts up to `most` times."""

    at_least: int
    terms: Sequence[tuple[int, Piece]]
    most: int = 1


def rule(text: str, id: str = "") -> Rule:
    """A rule from its text; without an id, one is made from the text. Raises RuleError."""
    tree = parse(text)
    return Rule(id or _named(tree), text, tree)


def entry(text: str) -> Node:
    """An entry of a list: without operators it is one term, several words a phrase. Raises RuleError."""
    if any(_is_operator(token, text) for token in tokens(text)):
        return parse(text)
    try:
        term = parse(f'"{text.translate(_NO_QUOTES).strip()}"')
    except RuleError as error:
        whole = [replace(problem, start=0, end=len(text)) for problem in error.problems]
        raise RuleError(text, whole) from None
    assert isinstance(term, Term)
    return replace(term, quoted=not _PLAIN_WORD.fullmatch(term.text), start=0, end=len(text))


# Reads the same without quotes.
_PLAIN_WORD = re.compile(r"(?!(?:and|or|not|of|times|near|before|except)\Z)\w+", re.IGNORECASE)


def _is_operator(token: Token, text: str) -> bool:
    """A `+` joins what stands apart from it, and is part of a name otherwise: Canal+, C++.

    A field of another program is one without a space behind it: headline:x, not "Subject: x".
    """
    if token.text == "+" and token.kind == "AND":
        return text[: token.start].endswith(" ") and bool(text[token.end :].strip())
    if token.kind == "FIELD":
        name = token.text.lower().partition("/")[0]
        return name in FIELDS or (name in NAMES and not text[token.end : token.end + 1].isspace())
    return token.kind in _OPERATORS or (token.kind == "WORD" and bool(_BOOSTED.fullmatch(token.text)))


# Lucene's missile^5, "oil tanker"~3: parse says what to write.
_BOOSTED = re.compile(r"[^~^]*+[~^][0-9.]*")


def compose(
    id: str,
    *,
    all: Sequence[Piece] = (),
    any: Sequence[Piece] = (),
    none: Sequence[Piece] = (),
    match: Piece | None = None,
    score: Scoring | None = None,
    where: Sequence[Node] = (),
    broad: bool = False,
) -> Rule:
    """A rule of several pieces, all of which must hold; without an id, one is made from them.

    `where` are facts, also joined by Not and Or; each becomes a piece of its own, written out. Raises
    RuleError: nothing is given; or, with the text of that piece, the value of a fact is wrong.
    """
    facts = tuple(Piece(text, parse(text)) for text in map(str, where))
    matches = (match,) if match else ()
    terms = tuple(score.terms) if score else ()
    parts = [*_flat(piece.tree for piece in (*all, *matches))]
    parts += [_joined(Or, [piece.tree for piece in any])] if any else []
    parts += [_weighed(score)] if score else []
    parts += [Not(piece.tree, start=piece.tree.start, end=piece.tree.end) for piece in none]
    parts += _flat(fact.tree for fact in facts)
    if not parts:
        raise RuleError("", [Problem("there is no rule here", "write at least one word", 0, 0)])
    tree = _joined(And, parts)
    pieces = (*all, *any, *none, *matches, *(piece for _, piece in terms), *facts)
    return Rule(id or _named(tree), str(tree), tree, pieces, broad)


def _joined(kind: type[And] | type[Or], parts: Sequence[Node]) -> Node:
    return kind(tuple(parts)) if len(parts) > 1 else parts[0]


def _flat(parts: Iterable[Node]) -> Iterator[Node]:
    """An AND among parts that all must hold needs no parentheses."""
    for part in parts:
        yield from part.parts if isinstance(part, And) else (part,)


def _weighed(score: Scoring) -> Score:
    return Score(score.at_least, tuple((weight, piece.tree) for weight, piece in score.terms), score.most)


_SIMPLE = re.compile(r"[\w ]*")
_LONGEST_ID = 48


def _named(tree: Node) -> str:
    """missile-and-iraq. Where letters alone would not tell two rules apart, six hex digits do."""
    text = str(tree)
    bare = re.sub(r'"(\w+)"', r"\1", text)
    name = re.sub(r"\W+", "-", fold(bare)).strip("-")
    if _SIMPLE.fullmatch(bare) and len(name) <= _LONGEST_ID:
        return name
    digits = f"{crc32(text.encode(errors='surrogatepass')):08x}"
    return f"{name[:_LONGEST_ID].rstrip('-')}-{digits}".lstrip("-")
