"""Days as people write them: "12. Mai 2023", "2023年5月12日", "12 مايو 2023". Pure.

Read as strictly as dates.py reads the standards: day, month and year must stand there, and "03/04/2023" is a
day only where the language says which of both is the month.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from operator import itemgetter

from monitor.sources.dates import OLDEST

# Whose months are known. dateparser's tables hold CLDR's names, whole and cut, in the cases that go with a
# day and as its regions have them (a Syrian May is not an Egyptian one), with what its users saw in the wild.
# They come with htmldate, which loads dateparser anyway: 42 languages cost 40 ms more, once, where babel's
# CLDR costs 190 for 24, and lacks 34 of the 318 names that stood here by hand; these lack two. The
# package has no other way to them than their modules.
_LANGUAGES = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu hy id it ka lt lv mk ms nb nl pl pt ro ru sk sl sq"
    " sr sv sw th tr uk ur"
)
_KEYS = "january february march april may june july august september october november december"
# Written one for the other: the seats of a hamza, Persian and Arabic letters.
_ALIKE = str.maketrans("أإآیک", "اااي" + "ك", "\u0654")
_FEWEST = 3  # letters of a name in a script with capitals: "II", "te" and "ka" are too much else


def _months() -> dict[str, dict[int, set[str]]]:
    """Of each name the month, and in which languages it is that."""
    months: dict[str, dict[int, set[str]]] = {}
    for language in _LANGUAGES.split():
        for name, month in _named(language):
            months.setdefault(name, {}).setdefault(month, set()).add(language)
    return months


def _named(language: str) -> Iterator[tuple[str, int]]:
    """The names of months, and their numbers. "_" joins what are two words."""
    told = import_module(f"dateparser.data.date_translation_data.{language}").info
    for names in (told, *told["locale_specific"].values()):
        for month, key in enumerate(_KEYS.split(), 1):
            for name in map(_folded, names.get(key, ())):
                if len(name) >= _FEWEST or not name.islower():
                    yield name.removeprefix("de ").strip(".׳").replace(" ", "_"), month


def _folded(text: str) -> str:
    return " ".join(text.lower().translate(_ALIKE).split())


_MONTHS = _months()
_TWO_WORDS = re.compile(
    "|".join(name.replace("_", " ") for name in _MONTHS if re.match(r"[^\W\d]+_[^\W\d]+$", name))
)

_LETTER = r"(?:(?![\d_])[\w\u0900-\u09ff\u0e31-\u0e4e])"  # with the vowel signs of Hindi, Bengali and Thai
# Each names the groups y, m, d, or a, b where it must be told which of them is the month.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|-го)?\.?[\s-]\s?(?:de |of |ב-?)?"
        rf"(?P<m>{_LETTER}{{2,12}}(?:_{_LETTER}{{4,6}})?)"
        r"[.׳]?[,\s-]\s?(?:del? )?(?P<y>\d{4})(?!\d)",
        r"(?<!\w)(?P<m>[^\W\d_]{3,9})\.?\s(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y>\d{4})(?!\d)",
        r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})(?!\.?\d)",
        r"(?<![\d/-])(?P<a>\d{1,2})(?P<s>[/-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4})(?![\d/-])",
    )
)
_MONTH_FIRST = frozenset({"en-us", "en-ca", "en-ph"})  # where 03/04 is the fourth of March


def day_in(text: str, language: str = "") -> datetime | None:
    """The first day that a text names, at noon UTC. `language`: its tag, "en-US"; empty: not known."""
    text = _TWO_WORDS.sub(lambda name: name[0].replace(" ", "_"), _folded(text))
    found = ((match.start(), match) for pattern in _PATTERNS for match in pattern.finditer(text))
    days = (_day(match, language) for _, match in sorted(found, key=itemgetter(0)))
    return next(filter(None, days), None)


def _day(found: re.Match[str], language: str) -> datetime | None:
    named = found.groupdict()
    if "a" in named:
        month, day = _told_apart(int(named["a"]), int(named["b"]), language)
    else:
        month, day = _month(named["m"], language), int(named["d"])
    year = int(named["y"]) if len(named["y"]) == 4 else 2000 + int(named["y"])
    try:
        noon = datetime(year, month, day, 12, tzinfo=UTC)
    except ValueError:
        return None
    return noon if noon >= OLDEST else None


def _month(name: str, language: str) -> int:
    """0: none, or nobody can tell: "listopad" is October to Croats, November to Poles and Czechs."""
    if name.isdecimal():
        return int(name)
    told, spoken = _MONTHS.get(name, {}), _tag(language).partition("-")[0]
    meant = [month for month, languages in told.items() if len(told) == 1 or spoken in languages]
    return meant[0] if meant else 0


def _tag(language: str) -> str:
    return language.lower().replace("_", "-")


def _told_apart(first: int, second: int, language: str) -> tuple[int, int]:
    """Month and day; no month where nobody can tell: English is written both ways."""
    language = _tag(language)
    if first > 12 or first == second:
        return second, first
    if second > 12 or language in _MONTH_FIRST:
        return first, second
    return (0, 0) if language in ("", "en") else (second, first)
