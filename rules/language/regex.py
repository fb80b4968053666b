"""What is wrong with a regular expression that is to find words of news, in plain words."""

import re
from unicodedata import normalize

from rules.text.patterns import Pattern, PatternError
from rules.text.words import fold

LONGEST = 64  # characters; what is longer is a list of words, which OR says more clearly
# What fits each word of a row fits nearly every word of an article in that script.
_ORDINARY = (
    ("the", "said", "people", "government"),
    ("что", "сказал", "люди", "правительство"),
    ("الذي", "قال", "الناس", "الحكومه"),
    ("את", "אמר", "אנשים", "ממשלה"),
    ("的", "在", "人", "国"),
)
# What RE2 says, in words of ours; `{}` is the part of the pattern that it names.
_REASONS = (
    (r"invalid escape sequence: (\\[1-9k]).*", "{} refers back to what was found before"),
    (r"invalid perl operator: (\(\?P).*", "{} refers back to what was found before"),
    (r"invalid perl operator: (\(\?<?[=!]).*", "{} looks at what stands around the word"),
    (r"invalid (?:perl operator|escape sequence): (.*)", "{} means nothing here"),
    (r"missing ([\])]).*", "{} is missing at its end"),
    (r"unexpected (\)).*", "{} closes nothing"),
    (r"no argument for repetition operator: (.*)", "nothing stands before {} that it could repeat"),
    (r"bad repetition operator: (.*)", "{} repeats a repetition"),
    (r"invalid repetition size: (.*)", "{} is not a number of repetitions from 0 to 1000"),
    (r"invalid character class range: (.*)", "{} is not a range of characters"),
    (r"trailing (\\)", "nothing follows the {} at its end"),
    (r"pattern too large.*()", "it repeats too much"),
)


def wrong(pattern: str) -> tuple[str, str] | None:
    """Why it cannot be used, and what to do."""
    if len(pattern) > LONGEST:
        message = f"a regular expression has at most {LONGEST} characters, this one has {len(pattern)}"
        return message, "write several with OR between them"
    try:
        Pattern(pattern)
        fits = Pattern(folded(pattern)).fits
    except PatternError as error:
        hint = "a regular expression sees one word at a time; its syntax is RE2's, without \\1 and (?=…)"
        return f"this regular expression cannot be used: {_in_our_words(str(error))}", hint
    if fits(""):
        return "this regular expression matches the empty word", "make at least one letter necessary"
    if any(all(map(fits, words)) for words in _ORDINARY):
        return "this regular expression matches nearly every word", "write more letters into it"
    return None


def _in_our_words(reason: str) -> str:
    for known, words in _REASONS:
        if found := re.fullmatch(known, reason, re.DOTALL):
            return words.format(found[1])
    return reason


# --- letters as words are compared: café is cafe ---------------------------------------------------------

_RANGE = (
    1000  # letters of a range that are folded one by one: [à-ÿ] has 32; [一-龥] has none that would change
)
_PIECE = re.compile(r"\\.|\[:\^?\w+:\]|\[\^?\]?|(?P<first>[^\x00-\x7f])-(?P<last>[^\x00-\x7f])|.", re.DOTALL)


def folded(pattern: str) -> str:
    """The pattern for words without accents, as they are compared outside exact: and case:."""
    if pattern.isascii():
        return pattern
    inside = False
    pieces = []
    for found in _PIECE.finditer(normalize("NFC", pattern)):
        piece = found[0]
        if piece.isascii():
            pieces.append(piece)
            if piece[0] in "[]" and not piece.startswith("[:"):
                inside = piece[0] == "["
        elif inside:
            pieces.append(piece + _folds(found))
        else:
            pieces.append("".join(map(_letter, piece)))
    return "".join(pieces)


def _letter(char: str) -> str:
    """One letter for one, so that what repeats it still does: ß? is (?:ss)?, not ss?."""
    if char.isascii():
        return char
    letters = fold(char)
    return letters if len(letters) == 1 else f"(?:{letters})"


def _folds(found: re.Match[str]) -> str:
    """In [ ]: the letters that a letter, or one of a range, is folded to."""
    chars = found[0]
    if found["first"]:
        first, last = ord(found["first"]), ord(found["last"])
        chars = "".join(map(chr, range(first, last + 1))) if last - first < _RANGE else ""
    letters = {fold(char) for char in chars} - set(chars)
    return "".join(sorted(letter for letter in letters if len(letter) == 1 and letter.isalnum()))
