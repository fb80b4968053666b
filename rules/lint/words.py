"""L06, L07 and L12: words that find more or less than they seem to."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from unicodedata import name as name_of

from rules.lint.desk import Desk, Spoken
from rules.lint.finding import Finding, Level
from rules.meaning import Meaning, script, script_of
from rules.text.forms import Way
from rules.text.vocabulary import Vocabulary
from rules.text.words import INVISIBLE

_SHOWN = 12


# --- capitals --------------------------------------------------------------------------------------------


def capitals(desk: Desk) -> Iterator[Finding]:
    """L06: words that find capitals only; and words in capitals that find other cases as well."""
    loose: dict[str, Spoken] = {}
    for spoken in desk.spoken:
        shouted = len(spoken.phrase) > 1 and spoken.term.text.isupper()
        for meaning in _singles(spoken):
            if meaning.way is Way.ACRONYM:
                yield _strict(desk, spoken, meaning.plain)
            elif meaning in spoken.phrase and not shouted and _is_capitals(meaning):
                loose.setdefault(meaning.plain, spoken)
    if loose:
        yield _loose(desk, loose)


def _is_capitals(meaning: Meaning) -> bool:
    plain = meaning.plain
    alone = meaning.way is Way.FORMS and not meaning.wild and not meaning.parts
    return alone and 2 <= len(plain) <= 5 and plain.isupper() and plain.isalpha()


def _strict(desk: Desk, spoken: Spoken, word: str) -> Finding:
    message = f'{word} finds the capitals only, since "{word.lower()}" is a common word'
    return desk.spoken_finding("L06", Level.NOTE, spoken, message, f"for any case write exact:{word.lower()}")


def _loose(desk: Desk, words: dict[str, Spoken]) -> Finding:
    """One line for all of them: most are meant so."""
    first = next(iter(words))
    listed = ", ".join(islice(words, _SHOWN)) + (
        f" and {len(words) - _SHOWN:,} more" if len(words) > _SHOWN else ""
    )
    message = f"found in any case, though written in capitals: {listed}"
    return Finding("L06", Level.NOTE, "", message, f"for the capitals only write case:{first}")


def _singles(spoken: Spoken) -> Iterator[Meaning]:
    for meaning in spoken.phrase:
        yield from meaning.parts or (meaning,)


# --- wildcards -------------------------------------------------------------------------------------------

_FEW_LETTERS = 3
_MANY_FORMS = 200
_EXAMPLES = 5


def wildcards(desk: Desk) -> Iterator[Finding]:
    """L07: a wildcard with less than three letters, or one that finds more than 200 known words."""
    wild = [(spoken, meaning) for spoken in desk.spoken for meaning in _singles(spoken) if meaning.wild]
    vocabulary = Vocabulary(desk.languages[:1], desk.sample.words if desk.sample else ())
    for spoken, meaning in wild:
        pattern = meaning.folded
        letters = len(pattern.replace("*", "").replace("?", ""))
        if not letters:
            continue  # a lone * of a phrase: any one word
        found = vocabulary.matching(pattern)
        if letters < _FEW_LETTERS or len(found) > _MANY_FORMS:
            yield _too_wild(desk, spoken, pattern, found)


def _too_wild(desk: Desk, spoken: Spoken, pattern: str, found: Sequence[str]) -> Finding:
    counts = desk.sample.words if desk.sample else {}
    usual = sorted(found, key=lambda word: (-counts.get(word, 0), len(word), word))[:_EXAMPLES]
    message = f"{pattern} finds {len(found):,} known words" + (f", as {', '.join(usual)}" if usual else "")
    hint = "give it more letters, or list the words; a word finds its own forms without *"
    return desk.spoken_finding("L07", Level.WARNING, spoken, message, hint)


# --- look-alikes -----------------------------------------------------------------------------------------

# Letters of Cyrillic and Greek, and the Latin ones that look the same.
_TWINS = (
    ("аеорсухіјѕһкАВЕКМНОРСТУХІЈЅ", "aeopcyxijshkABEKMHOPCTYXIJS"),
    ("ονικυαρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovikuapABEZHIKMNOPTYX"),
)
_LATIN = {twin: latin for twins, latins in _TWINS for twin, latin in zip(twins, latins, strict=True)}
_FOREIGN = {
    script: dict(zip(latins, twins, strict=True))
    for script, (twins, latins) in zip(("CYRILLIC", "GREEK"), _TWINS, strict=True)
}
_UNSEEN = re.compile(f"[{INVISIBLE}\u200c]")
# Joiners shape Arabic and Indic letters and emoji; marks of direction come along when Hebrew is copied.
_USEFUL = "\u200c\u200d\u200e\u200f\u061c"


def look_alikes(desk: Desk) -> Iterator[Finding]:
    """L12: letters of another alphabet, characters nobody sees, and quotes that are none."""
    for spoken in desk.spoken:
        text = spoken.term.text
        if not text.isascii():
            for meaning in _singles(spoken):
                yield from _mixed(desk, spoken, meaning.plain)
            yield from _unseen(desk, spoken)
        if text[:1] in "'`\u2018" and text[-1:] in "'\u2019" and len(text) > 2:
            message = f"the quotes around {text} are read as apostrophes and mean nothing"
            yield desk.spoken_finding(
                "L12", Level.NOTE, spoken, message, 'a phrase stands in double quotes: "…"'
            )


def _mixed(desk: Desk, spoken: Spoken, word: str) -> Iterator[Finding]:
    """A word in one alphabet but for letters that look like its own."""
    scripts = Counter(filter(None, map(script_of, word)))
    if len(scripts) < 2 or not scripts.keys() <= {"LATIN", "CYRILLIC", "GREEK"}:
        return
    main = scripts.most_common(1)[0][0]
    twins = _LATIN if main == "LATIN" else _FOREIGN[main]
    odd = [char for char in word if script_of(char) not in ("", main)]
    if all(char in twins for char in odd):
        meant = "".join(twins.get(char, char) if char in odd else char for char in word)
        listed = " and ".join(f"{char} (U+{ord(char):04X})" for char in dict.fromkeys(odd))
        message = f"{word} is {main.capitalize()}, but for a {script_of(odd[0]).capitalize()} {listed}"
        yield desk.spoken_finding("L12", Level.WARNING, spoken, message, f"write  {meant}")


def _unseen(desk: Desk, spoken: Spoken) -> Iterator[Finding]:
    text = spoken.term.text
    for char in dict.fromkeys(_UNSEEN.findall(text)):
        if char in _USEFUL and _shaped(text):
            continue
        what = f"an invisible character in {spoken.term}: {name_of(char, 'unnamed')} (U+{ord(char):04X})"
        if char == "\u200c":
            yield desk.spoken_finding(
                "L12", Level.WARNING, spoken, f"{what} splits the word", "type it again"
            )
        else:
            yield desk.spoken_finding(
                "L12", Level.NOTE, spoken, what, "it changes nothing; type the word again"
            )


def _shaped(text: str) -> bool:
    """True for writing in which joiners and marks of direction have a use, as in Arabic; and for emoji."""
    return script(text) not in ("", "GREEK", "CYRILLIC") or not any(map(script_of, text))
