"""Where the sentences of a text are, in any language: none is asked for."""

import re

# Shortened words, in small letters, that a name may follow inside a sentence. By language: English; German;
# French; Spanish and Portuguese; Italian; Dutch; Polish and Czech; Turkish; Vietnamese; Greek; Russian and
# Ukrainian; Hindi.
_SHORTENED_WORDS = """
mr mrs ms dr prof rev fr sr jr st mt ft gen col lt maj capt cmdr adm sgt cpl pvt brig gov govs sen sens rep
reps pres hon amb supt insp det msgr messrs jan feb apr jun jul aug sep sept oct nov dec tue tues thu thur
thurs fri ed eds approx ca cf viz al inc ltd co corp bros dept univ assn ave blvd rd
bzw evtl geb ggf hrsg ing inkl mio mrd sog str vgl zzgl
mm mme mlle mgr env
sra srta dra srs dres ee dpto gral cía exmo exma profa
sig dott avv
dhr mevr drs ir
ul św płk ks doc mudr
doç sn cad mah yrd bkz
tt tp ts pgs gs ths
κα δρ αγ βλ καθ
ул им св проф акад тов гр обл просп пер пл пос дер ген дж вул ім доц дол
डॉ मि प्रो पं श्री
"""
_SHORTENED = frozenset(_SHORTENED_WORDS.split())
# Shortened when a figure follows: No. 5, but: Oh, no. I did not.
_NUMBERED_WORDS = "no nos vol art sec fig pp nr abs tel núm pág pag godz αρ σελ стр рис гл"
_NUMBERED = frozenset(_NUMBERED_WORDS.split())
# Shortened when in capitals: on Sun. Trump left, but: in the sun. Trump left.
_CAPITAL_WORDS = frozenset(("Sun", "Sat", "Mon", "Wed", "Mar"))
# These may end a sentence as U.S. may.
_LAST_WORDS = frozenset(("inc", "ltd", "co", "corp", "bros", "jr", "sr", "al", "dept", "ave", "blvd", "rd"))
# After U.S. or U.N. a sentence begins only with a word that begins sentences: "the U.N. General Assembly".
_BEGINNERS_WORDS = """
a an the this that these those it its he she his her they their we our you i but and or so yet in on at as
for from after before since when while if although though however meanwhile according also there here what
who why how no not some many most all both one two by with to under over during despite last next earlier
"""
_BEGINNERS = frozenset(_BEGINNERS_WORDS.split())
# A single letter with a dot is shortened (J. Smith, κ. Τραμπ, д. 3, Roe v. Wade) unless it is a word.
_LETTER_WORDS = frozenset("Iaeiouyàèéóýаеиоуюяєїηο")
# A year, a century: in 2018 г. may end a sentence.
_YEARS = frozenset("гврr")
_AND_SO_ON = frozenset(("т.д", "т.п", "н.э"))
# German: am 27. Oktober, der 17. Bezirk. Other languages write in small letters what follows an ordinal.
_MONTHS_WORDS = "januar jänner februar märz april mai juni juli august september oktober november dezember"
_MONTHS = frozenset(_MONTHS_WORDS.split())
_COUNTED = re.compile(
    r"\b(?:de[mnrs]|die|das|(?<!I )am|im|vom|zu[mr]|beim|(?:jed|dies|[mdsk]?ein|ihr|unser)e[mnrs]?)\s\Z",
    re.IGNORECASE,
)

_CLOSERS = "\"'\u2019\u201d\u00bb\u203a\u300d\u300f\uff09)\\]}"
_LOW_CLOSERS = "\u2018\u201c"  # German, of „; elsewhere they open
# Latin and the like; Arabic, Urdu, Hindi, Armenian. A space follows.
_ENDERS = ".!?\u2026\u061f\u06d4\u0964\u0965\u0589\u203c\u2047-\u2049"
# Chinese and Japanese, Burmese, Khmer, Ethiopic: no space need follow.
_TIGHT = "\u3002\uff01\uff1f\uff61\u104b\u17d4\u17d5\u1362\u1367\u1368"
_TIBETAN = "\u0f0d\u0f0e"
_CHINESE = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_GREEK = "\u0370-\u03ff\u1f00-\u1fff"
_ARMENIAN = "\u0561-\u0587"
# One set of characters first, which `re` skips to at four times the speed; then a look at what was met.
_END = re.compile(
    rf"[{_ENDERS}{_TIGHT}{_TIBETAN};\u037e:\u1361\n](?:"
    rf"(?:(?<=[{_ENDERS}])(?<![{_ENDERS}].)[{_ENDERS}]*+|(?<=[{_GREEK}][;\u037e])|(?<=[{_ARMENIAN}]:))"
    # The French closing quote stands behind a space.
    rf"(?:[{_CLOSERS}{_LOW_CLOSERS}]|[ \u00a0\u202f][\u00bb\u203a](?!\w))*+(?=\s)"
    rf"|(?:(?<=[{_TIGHT}])|(?<=\u1361)\u1361|(?<=[{_CHINESE}][!?]))[{_TIGHT}!?]*[{_CLOSERS}]*"
    rf"|(?<=[{_TIBETAN}])(?:\s?[{_TIBETAN}])*"
    r"|(?<=\n))"
)
# と, は, が and so on: what was quoted is part of a Japanese sentence.
_QUOTED = re.compile("[はがをにの、]|と(?!ころ|ても|もか|き)|で(?!も|す|は)|も(?!し|う)")
_THAI = re.compile("[\u0e00-\u0e7f]")
_GEORGIAN = re.compile("[\u10d0-\u10ff]")  # has no capitals, whatever Unicode says
_LAST_WORD = re.compile(r"[^\s(\[\"\u2018\u201c\u201e\u00ab\u2013\u2014]+\Z")
_NEXT_WORD = re.compile(r"(\W*)(\w+)")


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
    if found[0][-1] in _CLOSERS and _QUOTED.match(text, found.end()):
        return False
    if found[0][0] not in ".!?\u2026":
        return True
    between, following = _next_word(text, found.end())
    if "¿" in between or "¡" in between:
        return True
    if following[:1].islower() and not _GEORGIAN.match(following):
        return False  # "Why?" he asked; e.g. this
    return found[0][0] != "." or not _shortened(text, start, found, following)


def _next_word(text: str, at: int) -> tuple[str, str]:
    """What stands before the next word, and the word; both empty if none is near."""
    found = _NEXT_WORD.match(text, at, at + 60)
    return (found[1], found[2]) if found else ("", "")


def _shortened(text: str, start: int, found: re.Match[str], following: str) -> bool:
    """True if this dot belongs to its word: Mr. Smith, J. Smith, the U.N. General Assembly, 27. Oktober."""
    before = _LAST_WORD.search(text, max(start, found.start() - 30), found.start())
    word = before[0].lstrip("'") if before and len(found[0]) == 1 else ""
    if not before or not word:
        return False
    if word.isdecimal():
        return len(word) <= 3 and (following.lower() in _MONTHS or _counted(text, before.start()))
    if _THAI.match(word[-1]):
        return True  # a Thai dot never ends a sentence
    if "." in word:
        return _is_dotted(word) and following.lower() not in _BEGINNERS
    if len(word) == 1 and word.isalpha():
        return _is_initial(word, text[max(0, before.start() - 10) : before.start()], following)
    return _is_shortened(word, following)


def _counted(text: str, at: int) -> bool:
    return bool(_COUNTED.search(text, max(0, at - 10), at))


def _is_dotted(word: str) -> bool:
    """U.S., и т.е., यू.एस.; not 7.5, nor a name of a site."""
    longest = 1 if word[0] < "\u0900" else 4  # an Indian letter has its vowel beside it
    short = all(0 < len(piece) <= longest and not piece.isdigit() for piece in word.split("."))
    return short and word.lower() not in _AND_SO_ON


def _is_initial(letter: str, before: str, following: str) -> bool:
    if letter in _LETTER_WORDS or letter in _YEARS and before.rstrip()[-1:].isdecimal():
        return False
    return following.lower() not in _BEGINNERS


def _is_shortened(word: str, following: str) -> bool:
    small = word.lower()
    if small in _NUMBERED:
        return following[:1].isdecimal()
    if small in _LAST_WORDS:
        return following.lower() not in _BEGINNERS
    return small in _SHORTENED or word == "vs" or word in _CAPITAL_WORDS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
