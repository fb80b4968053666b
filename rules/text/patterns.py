"""The door to google-re2: patterns that a whole word is tried against, in time linear in the word."""

import re

import re2

# A word of an article longer than this is an address or noise.
LONGEST_WORD = 100
# Bytes for one pattern: `[\w-]+ов` takes 40 kB; thousands of patterns may live side by side.
_MEMORY = 1 << 18
_GLOB_MEMORY = 1 << 20


class PatternError(ValueError):
    """A regular expression that cannot be used; the text says why."""


class Pattern:
    """A compiled regular expression. Raises PatternError for what re2 cannot or will not do."""

    __slots__ = ("_regexp",)

    def __init__(self, text: str, any_case: bool = True) -> None:
        self._regexp = _compiled(_in_any_script(text), any_case, _MEMORY)

    def fits(self, word: str) -> bool:
        """True if the pattern matches the whole of a word of at most LONGEST_WORD characters."""
        return len(word) <= LONGEST_WORD and self._regexp.fullmatch(_whole(word)) is not None


class Glob:
    """`*` is any run of characters, `?` is one; case counts. Raises PatternError if it is many kilobytes."""

    __slots__ = ("_regexp",)

    def __init__(self, text: str) -> None:
        pieces = {"*": ".*", "?": "."}
        escaped = "".join(pieces.get(char) or re2.escape(char) for char in _whole(_SEVERAL.sub("*", text)))
        self._regexp = _compiled(escaped, False, _GLOB_MEMORY)

    def fits(self, text: str) -> bool:
        return self._regexp.fullmatch(_whole(text)) is not None


_SEVERAL = re.compile(r"\*+")


def _compiled(text: str, any_case: bool, memory: int) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.dot_nl = True
    options.max_mem = memory
    options.case_sensitive = not any_case
    try:
        return re2.compile(_whole(text), options)
    except re2.error as error:
        raise PatternError(_reason(error)) from None


def _whole(text: str) -> str:
    """Half a surrogate pair as \ufffd: re2 reads UTF-8, which has no halves."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# In re2 these know ASCII alone.
_CLASSES = {r"\w": r"\p{L}\p{M}\p{N}_", r"\d": r"\p{Nd}"}
_OTHERS = {r"\W": r"[^\p{L}\p{M}\p{N}_]", r"\D": r"\P{Nd}"}
_PIECE = re.compile(r"\\.|\[:\^?\w+:\]|\[\^?\]?|.", re.DOTALL)


def _in_any_script(text: str) -> str:
    """\\w and \\d as letters and digits of any script."""
    inside = False
    pieces = []
    for piece in _PIECE.findall(text):
        if piece in _CLASSES:
            pieces.append(_CLASSES[piece] if inside else f"[{_CLASSES[piece]}]")
            continue
        pieces.append(piece if inside else _OTHERS.get(piece, piece))
        if piece[0] in "[]" and not piece.startswith("[:"):
            inside = piece[0] == "["
    return "".join(pieces)


def _reason(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    return told.decode(errors="replace") if isinstance(told, bytes) else str(told)
