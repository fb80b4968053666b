"""Signs that mean something to other programs inside a word, and what to write here."""

import re

from rules.language.values import Fault

BOOST = "^ only orders what was found; a rule tells all of it"
FUZZY = "~ after one word asks for words spelt nearly like it, and words are compared as they are"
SPELLINGS = "use * and ?, or write the spellings with OR"

_SIGN = re.compile(r"[][{}^~;|]|&&")
_WORDS = "operators are words: {0} means nothing here"
# A word as it may be written, what is wrong with it, and what to write.
_MEANT = tuple(
    (re.compile(written, re.DOTALL), message, hint)
    for written, message, hint in (
        (r"\{([\w-]+)\}", "braces mean nothing here", "write case:{0} for these very letters"),
        (r"(.+)\{([0-9]{1,3})\}?", "braces mean nothing here", "write {1} TIMES {0}"),
        (r"(.+)\^[0-9.]*", BOOST, "write {0} alone"),
        (r"\^[0-9.]+", BOOST, "leave it out"),
        (r".+~[0-9.]*", FUZZY, SPELLINGS),
        (r"~[\w-]+", "~ asks for words of like meaning, and they are not known here", "write them with OR"),
        (r".*?(;).*", "this {0} joins nothing", "write OR for either, AND for both"),
        (r".*?(\|\|?).*", _WORDS, "write OR between spaces"),
        (r".*?(&&).*", _WORDS, "write AND between spaces"),
        (r".*?([][{}]).*", "{0} means nothing here", "parentheses are ( and )"),
        (r".*?([~^]).*", "{0} means nothing here", "leave it out"),
    )
)


def wrong(word: str) -> Fault:
    """What is wrong with a word that stands without quotes."""
    for written, message, hint in _MEANT if _SIGN.search(word) else ():
        if found := written.fullmatch(word):
            parts = found.groups()
            return message.format(*parts), f"{hint.format(*parts)}; a name with this sign is put in quotes"
    return None


def near(phrase: str, tilde: str) -> Fault:
    """Of `"a b"~5`; of parentheses, whose words are not known, the `phrase` is empty."""
    reach = re.sub("[^0-9]", "", tilde)[:3] or "5"
    words = phrase.split() or ["a", "b"]
    joined = f" NEAR/{reach} ".join(words) if len(words) == 2 else f"NEAR/{reach}({', '.join(words)})"
    return "~ means nothing here: NEAR says how near", f"write  {joined}"


_RANGE = re.compile(r"[\[{]\s*\S+\s+TO\s+[^\s()\]}]+\s*[\]}]?")


def range_end(text: str, start: int) -> int:
    """Where `[a TO b]` ends that begins there; 0: none does."""
    found = _RANGE.match(text, start)
    return found.end() if found else 0


_AROUND = re.compile(r"\bAROUND ?\(([0-9]{1,3})\)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<!\S)(?:w|near|within|pre)?/([sp])(?!\S)", re.IGNORECASE)


def place(words: str) -> str:
    """What to write for another program's NEAR that stands in this row of words; empty: there is none."""
    if around := _AROUND.search(words):
        return f"write  a NEAR/{around[1]} b"
    if within := _SENTENCE.search(words):
        scope = "sentence" if within[1].lower() == "s" else "paragraph"
        return f"write  {scope}:(a AND b)"
    return ""
