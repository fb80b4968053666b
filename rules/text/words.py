"""Text of any script -> words with places. The only tokenizer in the house: rules and articles both pass.

A *chunk* is what stands between spaces and punctuation: `Su-35`, `O'Brien's`, `U.S.-led`, one Chinese
character. It holds one or more *parts*, each at its own position. A compound also has its parts joined, over
the same positions (`Su-35`: su, 35, and su35 two wide), so that Su-35, Su 35 and Su35 can find each other.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from rules.text.clitics import JOINED_ENDINGS, variants


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a chunk: `at` and `wide` in positions, `start` and `end` in characters of the chunk."""

    plain: str  # as written, without apostrophes, an acronym's dots, and invisible characters
    exact: str  # plain, any case
    folded: str  # exact, any accent: what rules compare unless told otherwise
    start: int
    end: int
    at: int
    wide: int = 1
    # Of an article's word: further folded forms it stands for, its clitics taken off.
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: `start` and `end` are offsets in that very text, `position` counts words from 0."""

    folded: str
    start: int
    end: int
    position: int


# --- which characters make a word ------------------------------------------------------------------------

# Scripts written without spaces: every character is a word, and a rule's word a phrase of characters.
# Thai, Lao, Burmese, Khmer, without their figures and stops; hiragana, bopomofo, Han and its extensions.
_SINGLES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u0edc-\u0eff\u1000-\u103f\u1050-\u108f\u109a-\u109f"
    "\ua9e0-\ua9ef\ua9fa-\ua9ff\uaa60-\uaa7f\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u3005\u3007\u3041-\u309f\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# A run of katakana is one word, so that イラン is not found in イランド.
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_EMOJI = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_FLAGS = "\U0001f1e6-\U0001f1ff"
_SKINS = "\U0001f3fb-\U0001f3ff"
_CURRENCY = "$\u00a2-\u00a5\u058f\u060b\u0e3f\u17db\ufdfc\u20a0-\u20cf\ufe69\uff04\uffe0\uffe1\uffe5\uffe6"
# Soft hyphen, zero-width space and joiner, direction marks, byte order mark: they change nothing in a word.
INVISIBLE = "\u00ad\u061c\u200b\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
# The Hebrew geresh; the Armenian marks of tone and question stand inside a word, too.
_APOSTROPHES = "'\u2018\u2019\u02bb\u02bc\u00b4`\uff07\u05f3\u055a-\u055c\u055e"
# Hyphens, minus, en dash, slash, underscore, Hebrew maqaf.
_SEPARATORS = "\\-\u2010-\u2013\u2212\uff0d/\uff0f_\uff3f\u05be"
# Parts the words of Persian compounds; nobody sees it in other scripts.
_NON_JOINER = "\u200c"
_ARABIC = "\u0620-\u065f\u066e-\u06d3"
# Before the last letter of a Hebrew acronym, but mostly typed as a quotation mark.
_GERSHAYIM = '\u05f4"\u201c\u201d'
_HEBREW = "\u05d0-\u05ea"
_NO_PREFIX = "גדזחטיךםןנסעףפץצקרת"


def _marks() -> str:
    """Combining marks as ranges of a character class, for `re` does not count them as letters."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1E900):  # no script has a mark outside; 20 ms when imported
        if unicodedata.category(chr(code))[0] != "M":
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


# A megabyte of a-a-a-… is not one word; what goes on after this is simply the next chunk.
_LONGEST_CHUNK = 16
# A longer chain of hyphens or slashes is a path or a decoration, not one word written together.
_LONGEST_JOIN = 6


def _patterns(wild: str = "") -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(chunk, part). `wild` are characters that count as letters in a rule's word."""
    letter = rf"[^\W_{_SINGLES}{_KATAKANA}]"
    initial = rf"[^\W\d_{_SINGLES}{_KATAKANA}]"
    if wild:
        letter = f"(?:{letter}|[{wild}])"
    trailing = f"[{_MARKS}{INVISIBLE}]"
    run = f"{letter}+(?:{trailing}+{letter}*|{_NON_JOINER}(?<![{_ARABIC}].){letter}*)*"
    dotted = rf"{initial}(?:\.{initial})+(?!{letter}|{trailing})\.?(?:[{_APOSTROPHES}][sS](?!{letter}))?"
    ending = f"{_NON_JOINER}(?<=[{_ARABIC}].)(?:{JOINED_ENDINGS})(?!{letter}|{trailing})"
    verb = rf"{_NON_JOINER}(?:(?<=\bم[یي].)|(?<=\bنم[یي].))"  # می‌شود is one word
    part = f"(?:{dotted}|{run}(?:[{_APOSTROPHES}]{run}|{_gershayim()}{run}|{ending}|{verb}{run})*)"
    emoji = f"[{_FLAGS}]{{2}}|[{_EMOJI}](?:[\ufe00-\ufe0f\u200d{_SKINS}]+[{_EMOJI}]?)*"
    other = f"[{_KATAKANA}][{_KATAKANA}{_MARKS}]*|[{_SINGLES}][{_MARKS}{INVISIBLE}]*|[{_CURRENCY}]|{emoji}"
    chunk = f"{part}(?:[{_SEPARATORS}{_NON_JOINER}]{part}){{0,{_LONGEST_CHUNK}}}|{other}"
    if not wild:  # says nothing new, but takes half off the time of an English text, a third of others
        whole = r"(?=\.?(?:[ ,;:!?)\n]|\Z))"
        chunk = f"[A-Za-z0-9]++{whole}|{letter}++{whole}|{chunk}"
    return re.compile(chunk), re.compile(f"{part}|{other}")


def _gershayim() -> str:
    """Inside a Hebrew word; never the quotation mark between a prefix and a name: ל"שפיגל".

    It stands before the last letter, or after a letter that is no prefix: צה"ל, דו"חות.
    """
    last = f"(?=[{_HEBREW}](?![{_HEBREW}]))"
    after = "|".join(f"(?<=[{_NO_PREFIX}][{_HEBREW}]{{{count}}}.)" for count in range(3))
    return f"[{_GERSHAYIM}](?<=[{_HEBREW}].)(?=[{_HEBREW}])(?:{last}|{after})"


_MARKS = _marks()
CHUNK, _PART = _patterns()
_RULE_CHUNK, _RULE_PART = _patterns("*?")


# --- folding ---------------------------------------------------------------------------------------------

# Accents, Arabic and Hebrew vowel points. й and ї are letters of their own, not и and і with an accent; so is
# the Hindi ड़, while the dot of ज़ is often left out. Marks of other scripts (Thai, kana) are vowels and stay.
_ACCENTS = re.compile(
    "(?<!и)\u0306|(?<!і)\u0308|(?<=[कखगजफ])\u093c|[\u0300-\u0305\u0307\u0309-\u036f\u0591-\u05bd\u05bf"
    "\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    f"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f{_SKINS}]"
)
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
    # Arabic and Persian ways of writing one letter.
    | {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه", "ٱ": "ا", "ँ": "ं"}
    | {chr(code): str(unicodedata.digit(chr(code))) for code in range(0x660, 0x1A9A) if chr(code).isdecimal()}
)
# على, on, is no علي, Ali, though Egypt writes one letter for both.
_UPON = re.compile(r"(?:(?<=\bعل)|(?<=\b[وف]عل))ى\b")
# A Hindi nasal before a consonant of its own row is as often written as a dot: हिन्दी, हिंदी.
_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
_POSSESSIVE = re.compile(rf"(?<=.)[{_APOSTROPHES}][sS]$")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_DROPPED = re.compile(f"[{_APOSTROPHES}{_GERSHAYIM}.{INVISIBLE}]")
_UNSEEN = re.compile(f"[{INVISIBLE}{_NON_JOINER}]")


def fold(text: str) -> str:
    """No case, no accents, one way to write each letter: what rules and articles are compared by."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    bare = _UPON.sub("ا", _ACCENTS.sub("", unicodedata.normalize("NFKD", bare)))
    return unicodedata.normalize("NFKC", _NASAL.sub("ं", bare.translate(_LETTERS)))


def _plain(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return _DROPPED.sub("", _POSSESSIVE.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))))


def _exact(plain: str) -> str:
    return unicodedata.normalize("NFKC", plain.casefold())


# --- chunks into parts -----------------------------------------------------------------------------------


def parts(chunk: str) -> tuple[Part, ...]:
    """The words of an article's chunk, then its neighbours joined: by twos, by threes, and all."""
    if chunk.isascii() and chunk.isalnum():
        return (_ascii(chunk),)
    found = _split(chunk, _PART)
    alone = {part.folded for part in found if part.wide == 1}
    return tuple(_with_variants(part, chunk, alone) for part in found)


def _ascii(word: str) -> Part:
    lower = word.lower()
    return Part(word, lower, lower, 0, len(word), 0)


def rule_words(term: str) -> tuple[tuple[Part, ...], ...]:
    """The parts of every chunk of a rule's term, in which * and ? are letters; without variants.

    The question mark of a whole phrase ("who did it?") is only its punctuation.
    """
    if term.isascii() and term.isalnum():
        return ((_ascii(term),),)
    text = term.rstrip("?") if len(term.split()) > 1 else term
    chunks = (_split(found[0], _RULE_PART) for found in _RULE_CHUNK.finditer(text))
    return tuple(chunk for chunk in chunks if chunk)


def _with_variants(part: Part, chunk: str, alone: Set[str]) -> Part:
    """Of joined parts those are left out that a single one is: ה-CIA is not CIA twice."""
    bare = _POSSESSIVE.sub("", chunk[part.start : part.end])
    written = unicodedata.normalize("NFC", _APOSTROPHE.sub("'", bare))
    more = tuple(form for form in variants(written, part.folded) if part.wide == 1 or form not in alone)
    return replace(part, variants=more) if more else part


def _split(chunk: str, pattern: re.Pattern[str]) -> tuple[Part, ...]:
    single: list[Part] = []
    for found in pattern.finditer(chunk):
        plain = _plain(found[0])
        if folded := fold(plain):
            single.append(Part(plain, _exact(plain), folded, found.start(), found.end(), len(single)))
    return (*single, *_joins(single)) if 1 < len(single) <= _LONGEST_JOIN else tuple(single)


def _joins(single: list[Part]) -> Iterator[Part]:
    for wide in sorted({2, 3, len(single)}):
        for at in range(len(single) - wide + 1):
            run = single[at : at + wide]
            if not any(map(_figures, run, run[1:])):
                yield _joined(run)


def _figures(one: Part, two: Part) -> bool:
    """9/11 is not 911, nor 2025-26 the number 202526."""
    return one.folded[-1].isdigit() and two.folded[0].isdigit()


def _joined(run: list[Part]) -> Part:
    return Part(
        "".join(part.plain for part in run),
        "".join(part.exact for part in run),
        "".join(part.folded for part in run),
        run[0].start,
        run[-1].end,
        run[0].at,
        len(run),
    )


def words(text: str) -> Iterator[Word]:
    """Every word of a text, in order; compounds as their parts."""
    position = 0
    for chunk in CHUNK.finditer(text):
        for part in parts(chunk[0]):
            if part.wide == 1:
                yield Word(part.folded, chunk.start() + part.start, chunk.start() + part.end, position)
                position += 1
