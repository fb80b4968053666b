"""Which language an article is in: by its script, else by a model, with what its page says as a hint.

A wrong language costs alerts, a second one a little time: where two are likely, both are named.
"""

import re
from collections import Counter
from functools import cache
from typing import Any
from unicodedata import name

# A text says it in its first lines; the model's time grows with the letters, 0.5 ms for these.
_LOOKED_AT = 600

# Factors, as measured on 4,500 headlines in 15 languages: alone the model knows 98.1 of 100; with what pages
# say, 99.5; where all pages say "en", 98.5, and 99.2 have theirs among the two.
_DECLARED, _COMMON = 8, 2
# From a fifth of the likeliest a common language is named too: of one headline in twenty, of no five lines.
_BOTH = 0.2
# Below, the model is right once in five: "Dundee Stars 5-3 Belfast Giants" is in any language.
_UNCLEAR = 0.08
# Names in another script are no second language; every other paragraph is.
_MIXED = 0.4


def languages(title: str, text: str, declared: str) -> tuple[str, ...]:
    """The likeliest first, at most two, as codes of two letters (ISO 639-1); none if nothing is to be read.

    `declared` is what the page or its feed says, in any shape: "en-GB", "english", "". The first call in a
    process loads the model: 0.5 s, 76 MB that stay.
    """
    sample = f"{title}\n{text[:_LOOKED_AT]}"
    hint = code_of(declared)
    found = [_likeliest(script, sample, hint) for script in _scripts(sample)]
    if len(found) == 2:
        return tuple(dict.fromkeys(likeliest[0] for likeliest in found))
    return found[0] if found else (hint,) * bool(hint)


def of_script(text: str) -> str:
    """The language that the letters alone imply, without the model; "" for Latin, which too many share."""
    script = next(iter(_scripts(text)), "LATIN")
    if script == "LATIN":
        return ""
    signs = _SIGNS.get(script, {}).items()
    return next((code for code, letters in signs if not letters.isdisjoint(text)), _WRITTEN_IN[script][0])


def _scripts(text: str) -> list[str]:
    """The script of the text, and a second one if much is in that."""
    letters: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        if letter.isalpha():
            letters[name(letter, "").partition(" ")[0]] += count
    if (kana := letters["HIRAGANA"] + letters["KATAKANA"]) * 20 > letters["CJK"]:
        letters["HIRAGANA"] = kana + letters.pop("CJK", 0)
    said = Counter(
        {script: count * _SAYS.get(script, 2) for script, count in letters.items() if script in _WRITTEN_IN}
    )
    return [script for script, much in said.most_common(2) if much > max(said.values()) * _MIXED]


# A word takes so many letters more in Latin than in others.
_SAYS = {"LATIN": 1, "CJK": 3}


def _likeliest(script: str, sample: str, hint: str) -> tuple[str, ...]:
    possible = _WRITTEN_IN[script]
    if len(possible) == 1:
        return possible
    known = dict(_model().rank(sample))
    ranks = {code: known[code] for code in possible if code in known}
    if hint in possible and (hint not in ranks or max(ranks.values()) < _UNCLEAR):
        return (hint,)
    if len(ranks) < 2 or max(ranks.values()) < _UNCLEAR:
        return possible[:1]
    weights = {code: rank * (_COMMON if code in _COMMON_ONES else 1) for code, rank in ranks.items()}
    if hint in weights:
        weights[hint] = max(weights[hint], 0.0001) * _DECLARED
    first, second = sorted(weights, key=weights.__getitem__, reverse=True)[:2]
    both = weights[second] > weights[first] * _BOTH and (second == hint or second in _COMMON_ONES)
    return (first, second) if both else (first,)


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # the daemon never comes here

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


# The first word of a letter's Unicode name -> the languages of news written so, the commonest first.
_WRITTEN_IN = {
    script: tuple(codes.split())
    for script, codes in {
        "LATIN": "en es fr de pt it pl nl tr id vi ro cs hu sv da no fi hr sr bs sl sk sq et lv lt ca gl eu"
        " ga cy is mt lb af sw so ha yo ig rw zu xh st sn om mg tl ms jv az uz tk ku eo nn",
        "CYRILLIC": "ru uk be bg sr mk kk ky mn tg tt uz ba",
        "ARABIC": "ar fa ur ps ku ug sd",
        "DEVANAGARI": "hi mr ne",
        "BENGALI": "bn as",
        "ETHIOPIC": "am ti",
        "HEBREW": "he yi",
        "HANGUL": "ko",
        "HIRAGANA": "ja",
        "CJK": "zh",
        "GREEK": "el",
        "ARMENIAN": "hy",
        "GEORGIAN": "ka",
        "THAI": "th",
        "LAO": "lo",
        "KHMER": "km",
        "MYANMAR": "my",
        "SINHALA": "si",
        "TAMIL": "ta",
        "TELUGU": "te",
        "KANNADA": "kn",
        "MALAYALAM": "ml",
        "GUJARATI": "gu",
        "GURMUKHI": "pa",
        "ORIYA": "or",
        "TIBETAN": "bo",
        "THAANA": "dv",
        "MONGOLIAN": "mn",
    }.items()
}
_KNOWN = frozenset(code for codes in _WRITTEN_IN.values() for code in codes)
_COMMON_ONES = frozenset(
    ("en", "es", "fr", "de", "pt", "it", "ru", "ar", "tr", "fa", "hi", "id", "vi", "pl", "uk", "nl")
)

# Letters that one language of a script has and its commonest has not.
_SIGNS = {
    "CYRILLIC": {
        "be": frozenset("ўЎ"),
        "uk": frozenset("іїєґІЇЄҐ"),
        "mk": frozenset("ѓќѕЃЌЅ"),
        "sr": frozenset("ђћџљњјЂЋЏЉЊЈ"),
        "kk": frozenset("әұқғӘҰҚҒ"),
    },
    "ARABIC": {"ur": frozenset("ٹڈڑںےھ"), "ps": frozenset("ټډړښڼ"), "fa": frozenset("پچژگکی")},
    "HEBREW": {"yi": frozenset("ײװױ")},
}

# What pages write for a language: old codes, codes of three letters, names.
_CODES = {
    spelling: code
    for code, spellings in {
        "ar": "ara arabic العربية",
        "cs": "ces cze czech",
        "da": "dan danish",
        "de": "deu ger german deutsch",
        "el": "ell gre greek",
        "en": "eng english englisch anglais inglés",
        "es": "spa spanish español castellano",
        "fa": "fas per persian farsi فارسی",
        "fi": "fin finnish",
        "fr": "fra fre french français francais",
        "he": "heb iw hebrew עברית",
        "hi": "hin hindi",
        "hr": "hrv croatian",
        "hu": "hun hungarian magyar",
        "id": "ind in indonesian",
        "it": "ita italian italiano",
        "ja": "jpn japanese 日本語",
        "ko": "kor korean 한국어",
        "nl": "nld dut dutch nederlands",
        "no": "nor nb nob norwegian norsk bokmål",
        "pl": "pol polish polski",
        "pt": "por portuguese português",
        "ro": "ron rum mo romanian română",
        "ru": "rus russian русский",
        "sr": "srp sh serbian srpski",
        "sv": "swe swedish svenska",
        "tl": "fil tgl filipino tagalog",
        "tr": "tur turkish türkçe",
        "uk": "ukr ukrainian українська",
        "ur": "urd urdu",
        "vi": "vie vietnamese",
        "yi": "ji yid yiddish",
        "zh": "zho chi chinese cmn yue 中文",
    }.items()
    for spelling in spellings.split()
}


def code_of(declared: str) -> str:
    """The code of two letters in `en-GB`, `EN_us`, `eng`, `English`; "" if there is none we know."""
    word = re.match(r"\W*([^\W\d_]*)", declared.lower())
    spelling = word[1] if word else ""
    return _CODES.get(spelling, spelling if spelling in _KNOWN else "")


# Country codes that anyone may take, and does.
_ANYONES = frozenset(
    (
        "ac",
        "ag",
        "ai",
        "am",
        "as",
        "bz",
        "cc",
        "cd",
        "co",
        "cx",
        "dj",
        "fm",
        "gg",
        "gl",
        "gs",
        "im",
        "io",
        "la",
    )
    + ("li", "me", "ms", "nu", "pw", "sc", "sh", "st", "to", "tk", "tv", "vc", "ws")
)
# What is written otherwise than in ISO 3166, or is no country's.
_COUNTRIES = {"uk": "GB", "su": "RU", "eu": "", "xn--p1ai": "RU", "xn--j1amh": "UA"}


def country_of(language_tag: str, host: str) -> str:
    """Two capital letters (ISO 3166): the region of a tag (`en-GB`), else the end of the host; else "".

    `en-US` says little: software writes it where nobody chose; a host under a country's name is heard first.
    """
    region = re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})", language_tag.strip())
    said = region[1].upper() if region else ""
    said = _COUNTRIES.get(said.lower(), said)
    return _of_host(host) or said if said == "US" else said or _of_host(host)


def _of_host(host: str) -> str:
    top = host.lower().rstrip(".").rpartition(".")[2]
    if top in _COUNTRIES or len(top) != 2 or top in _ANYONES:
        return _COUNTRIES.get(top, "")
    return top.upper() if top.isascii() and top.isalpha() and "." in host else ""
