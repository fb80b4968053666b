"""Where the sentences of a text are."""

import re

# Shortened words that a capital may follow inside a sentence.
_SHORTENED_WORDS = """
mr mrs ms dr prof rev fr sr jr st mt ft gen col lt maj capt cmdr adm sgt cpl pvt brig gov sen rep pres hon
amb supt insp det msgr jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri
sat sun no nos vol art sec fig pp ed eds approx ca cf vs viz al inc ltd co corp bros dept univ assn ave blvd
rd
"""
_SHORTENED = frozenset(_SHORTENED_WORDS.split())
# After U.S. or U.N. a sentence begins only with a word that begins sentences: "the U.N. General Assembly".
_BEGINNERS_WORDS = """
a an the this that these those it its he she his her they their we our you i but and or so yet in on at as
for from after before since when while if although though however meanwhile according also there here what
who why how no not some many most all both one two by with to under over during despite last next earlier
"""
_BEGINNERS = frozenset(_BEGINNERS_WORDS.split())
# German months, which a day with a dot stands before: am 27. Oktober. Other languages write them small.
_MONTHS_WORDS = "januar jänner februar märz april mai juni juli august september oktober november dezember"
_MONTHS = frozenset(_MONTHS_WORDS.split())
_CLOSERS = "\"'\u2019\u201d\u00bb\u300d\u300f\uff09)\\]}"
_ENDERS = "[.!?\u2026\u061f\u06d4\u0964]"
_END = re.compile(
    rf"(?<!{_ENDERS}){_ENDERS}++[{_CLOSERS}]*+(?=\s)"  # Latin and the like, Arabic, Urdu, Hindi
    rf"|[\u3002\uff01\uff1f\uff61]+[{_CLOSERS}]*"  # Chinese and Japanese: no space follows
    r"|\n"
)
_LAST_WORD = re.compile(r"[^\s(\[\"'\u2018\u201c\u00ab]+\Z")
_NEXT_WORD = re.compile(r"\W*(\w+)")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Character ranges of the sentences, in order, without the space around them. A newline ends one."""
    ranges = []
    start = 0
    for found in _END.finditer(text):
        if _ends(text, start, found):
            ranges.append(_trimmed(text, start, found.end()))
            start = found.end()
    ranges.append(_trimmed(text, start, len(text)))
    return tuple((first, last) for first, last in ranges if first < last)


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    if found[0][0] not in ".!?\u2026":
        return True
    following = _NEXT_WORD.match(text, found.end(), found.end() + 60)
    if following and following[1][0].islower():
        return False  # "Why?" he asked; e.g. this
    return found[0][0] != "." or not _shortened(text, start, found, following[1] if following else "")


def _shortened(text: str, start: int, found: re.Match[str], following: str) -> bool:
    """True if this dot belongs to its word: Mr. Smith, J. Smith, the U.N. General Assembly, 27. Oktober."""
    before = _LAST_WORD.search(text, max(start, found.start() - 30), found.start())
    if not before or len(found[0]) > 1:
        return False
    word = before[0]
    if word.isdecimal():
        return len(word) <= 2 and following.lower() in _MONTHS
    if "." in word:
        return following.lower() not in _BEGINNERS and all(len(piece) == 1 for piece in word.split("."))
    return word.lower() in _SHORTENED or (len(word) == 1 and word.isupper() and word != "I")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
