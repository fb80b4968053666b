"""What is wrong with a regular expression that is to find words of news, in plain words."""

import re

from rules.patterns import Pattern, PatternError

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
        fits = Pattern(pattern).fits
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
