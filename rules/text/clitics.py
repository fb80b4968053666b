"""What is written onto a word without being of it: articles, prepositions, pronouns, particles.

An article's word also stands for what is left without them: والعراق for العراق and عراق, לעיראק for עיראק,
미국의 for 미국, l'Irak and Irak'ın for Irak. Nothing is ever taken off the word of a rule. The language of a
text is not asked. What is left of a word that wore no clitic (باريس, Paris, gives اريس) is hardly ever a
word that rules look for: tests/quality measures it.
"""

import re
from collections.abc import Iterable, Iterator

_HANGUL_END = re.compile("[\uac00-\ud7a3]\\Z")
_HEBREW = re.compile("[\u05d0-\u05ea]")
_ARABIC = re.compile("[\u0620-\u06d3]")
# Letters of Persian, Urdu, Kurdish and Pashto only, ی and ک among them: there no clitic stands before a word.
_NOT_ARABIC = re.compile("[\u0679-\u06d3\u200c]")


def variants(written: str, folded: str) -> tuple[str, ...]:
    """Further folded forms of an article's word, each once; `written` with ' for any apostrophe."""
    if _HANGUL_END.search(folded):
        found: Iterable[str] = _korean(folded)
    elif _HEBREW.match(folded):
        found = _hebrew(folded)
    elif _ARABIC.match(folded):
        found = _persian(written, folded) if _NOT_ARABIC.search(written) else _arabic(written, folded)
    else:
        found = _latin(written, folded)
    return tuple(dict.fromkeys(form for form in found if form and form != folded))


# --- Hebrew ----------------------------------------------------------------------------------------------

# And; that, when, from what; in, as, to, from; the: in this order.
_HEBREW_PREFIXES = re.compile("ו?(?:ל?כש|מש|ש)?[בכלמ]?ה?")
_MOST_PREFIXES = 4
# Everyday words that wear no prefix, though the rest of them is a word: מספר, a number; ספר, a book.
_HEBREW_WHOLE_WORDS = """
מספר שנים היום כיום בעיקר בקרב משום לעולם מעולם למעשה למעלה כמובן למען לפני מפני הרבה מעט האם בעוד באמצעות
מקור משנה שמים מים מחבר מדבר לדבר מכתב מגוון מכהן לבן מעל מאז
"""
_HEBREW_WHOLE = frozenset(_HEBREW_WHOLE_WORDS.split())


def _hebrew(word: str) -> Iterator[str]:
    for cut in range(1, _MOST_PREFIXES + 1):
        if word[cut - 1 :] in _HEBREW_WHOLE:
            return
        if len(word) - cut >= _least(word, cut) and _HEBREW_PREFIXES.fullmatch(word, 0, cut):
            yield word[cut:]


def _least(word: str, cut: int) -> int:
    """Three letters stay; two after one of the commonest: השר; four after two without the article."""
    if not _HEBREW.match(word, cut):
        return 1  # of another script: בCNN
    if cut == 1:
        return 2 if word[0] in "הבלמ" else 3
    return 3 if word[cut - 1] == "ה" else 4


# --- Arabic ----------------------------------------------------------------------------------------------

# A prefix with the letters that must follow it, and what stands in its place. ل before ال is written لل; س is
# the future of a verb, so stands before ينتا only.
_ONE = "[بكل]|س(?=[ينتا])"
_ARTICLE = (
    (re.compile("[وف]?(?:[بك]?ال|لل)(?=...)"), ""),
    (re.compile("[وف]?لل(?=..)"), "ال"),
)
_LETTERS = (
    (re.compile(f"(?:[وف]|{_ONE})(?=...)"), ""),
    (re.compile(f"[وف](?:{_ONE})(?=....)"), ""),
)
# Not ي, mine: it is also the ending of مصري, Egyptian.
_PRONOUN = re.compile("(?<=...)(?:هما|كما|هم|هن|كم|ها|نا|ه)\\Z")
# ة is ه once folded, and no pronoun.
_FEMININE_END = re.compile("ة[\u064b-\u065f]*\\Z")
_TANWIN = re.compile("(?:\u0627\u064b|\u064b\u0627)\\Z")
# The same: لجنة, a committee; جنة, paradise. Folded.
_ARABIC_WHOLE_WORDS = "لجنه كامل كبري كمال وزير بيان وحده وحدات فساد لسان بعيد باراك كتله وسام كلام وادي وكيل"
_ARABIC_WHOLE = frozenset(_ARABIC_WHOLE_WORDS.split())
# On, to and at, as they are before a pronoun: عليه, on him, is no علي, Ali.
_PREPOSITIONS = frozenset(("علي", "الي", "لدي"))


def _arabic(written: str, folded: str) -> Iterator[str]:
    """A word with the article wears no ending."""
    if folded in _ARABIC_WHOLE:
        return
    yield from _unprefixed(_ARTICLE, folded)
    for word in (folded, *_unprefixed(_LETTERS, folded)):
        yield word
        if not word.startswith("ال"):
            yield from _unpossessed(written, word)


def _unprefixed(prefixes: Iterable[tuple[re.Pattern[str], str]], word: str) -> Iterator[str]:
    for prefix, instead in prefixes:
        if found := prefix.match(word):
            yield instead + word[found.end() :]


def _unpossessed(written: str, word: str) -> Iterator[str]:
    """Without a pronoun, before which ه is ت and ء has a seat; without the alef of an adverb: غدًا."""
    if _TANWIN.search(written):
        yield word[:-1]
    pronoun = None if _FEMININE_END.search(written) else _PRONOUN.search(word)
    if pronoun and (bare := word[: pronoun.start()]) not in _PREPOSITIONS:
        yield bare
        if bare.endswith("ت"):
            yield bare[:-1] + "ه"
        elif bare.endswith(("اي", "او")):
            yield bare[:-1] + "ء"


# --- Persian, Urdu ---------------------------------------------------------------------------------------

# Plural, ezafe, indefinite, possessive, comparative, is: after a zero-width non-joiner they are no words.
_PLURAL = "ها(?:[یي]{2}|[یي]?(?:مان|تان|شان|[متش])?)"
JOINED_ENDINGS = f"{_PLURAL}|ا[یيمتش]|[یي]|[یي]?(?:مان|تان|شان)|ا?ند|ا[یي][مد]|تر(?:[یي]ن)?"
_JOINED = re.compile(f"(?:\u200c(?:{JOINED_ENDINGS}))+\\Z")
# Written without it, only what is hardly ever of the word itself: the plural, the ezafe after ا or و.
_PLAIN = re.compile(f"(?<=..){_PLURAL}\\Z|(?<=..[او])ي\\Z")


def _persian(written: str, folded: str) -> Iterator[str]:
    bare = folded
    if ending := _JOINED.search(written):
        bare = folded[: -len(ending[0].replace("\u200c", ""))]
        yield bare
    if plain := _PLAIN.search(bare):
        yield bare[: plain.start()]


# --- Korean ----------------------------------------------------------------------------------------------

# Particles by the sound they follow; one more may follow some of them: 미국에서는.
_PARTICLES = {
    "consonant": "[은을이]|이[나랑]|(?:과|으로(?:서|써|부터)?)[는도만의]?",
    "vowel": "[는를가랑나]|와[는도의]?|라[고는며]",
    "vowel or ㄹ": "로(?:서|써|부터)?[는도만의]?",
    "any": "의|(?:에|에게|에서|한테|께서|까지|부터|보다)[는도만의]?|에게서|께|도|만[이은을의]?|처럼|마다|마저"
    "|조차|밖에|뿐|대로|같이|만큼|하고|이다|이[며고자]|이라[고는며]?|이었[가-힣]{1,3}|였[가-힣]{1,3}|이지만|입니다",
}
_PARTICLE = {sound: re.compile(endings) for sound, endings in _PARTICLES.items()}
# A noun becomes a verb: 공격하다, to attack; 공격되다, to be attacked.
_VERB = re.compile(
    "(?:하|해|했|되|돼|됐|시키|시켰|당[하했해])[가-힣]{0,4}"
    "|(?:한|할|함|합|된|될|됨|됩|시킨|당한)(?:[다니][가-힣]{0,3})?"
)
# After a single syllable only these: 핵을, the nucleus; but 회의 is a meeting, 국가 a state.
_PLAIN_PARTICLES = frozenset("은는을를이과와")
_LONGEST_ENDING = 6


def _korean(word: str) -> Iterator[str]:
    """Without its ending, as often as it can be read as one."""
    for cut in range(max(1, len(word) - _LONGEST_ENDING), len(word)):
        bare, ending = word[:cut], word[cut:]
        if cut == 1 and ending not in _PLAIN_PARTICLES:
            continue
        if _is_particle(ending, bare[-1]) or _VERB.fullmatch(ending):
            yield bare


def _is_particle(ending: str, before: str) -> bool:
    """True also for the plural 들, alone or before a particle."""
    if ending.startswith("들"):
        return ending == "들" or _is_particle(ending[1:], "들")
    return any(_PARTICLE[sound].fullmatch(ending) for sound in _sounds(before))


def _sounds(letter: str) -> tuple[str, ...]:
    """What a word that ends in this letter ends in. Of other letters and figures nobody knows: all."""
    if not _HANGUL_END.match(letter):
        return tuple(_PARTICLE)
    match (ord(letter) - ord("가")) % 28:  # the final consonant of a syllable; 8 is ㄹ
        case 0:
            return ("vowel", "vowel or ㄹ", "any")
        case 8:
            return ("consonant", "vowel or ㄹ", "any")
    return ("consonant", "any")


# --- Latin -----------------------------------------------------------------------------------------------

# French, Italian, Catalan, Occitan: before a vowel or h, and what is spelled out: dell'FBI, l'11.
_ELIDED = re.compile(
    "(?i:([cdjlmnstv]|qu|jusqu|lorsqu|puisqu|quoiqu|(?:d|n|qu)ell|(?:a|da|co|su)ll|un|quest|sant|anch|dov|com)')"
    "(?=[A-Z0-9]{2}|(?i:[aeiouyh\u00c0-\u00ff\u0153]).)"
)
# Turkish and Azerbaijani, behind the apostrophe of a name: Irak'ın, Ankara'daki, ABD'nin.
_TURKISH = re.compile(
    "(?=.)(?:l[ae]r)?(?:l[iu])?(?:y?[aeiu]|n?[iu]n|n[aeiu]|y?l[ae]|n?[dt][ae]n?(?:ki)?|[dt][iu]r|s[iu]|c[ae]|)"
)


def _latin(written: str, folded: str) -> Iterator[str]:
    if elided := _ELIDED.match(written):
        yield folded[elided.end(1) :]
    name, _, ending = written.rpartition("'")
    at = len(folded) - len(ending)
    if len(name) > 1 and _TURKISH.fullmatch(folded, at) and not _hiatus(name, ending, folded[at]):
        yield folded[:at]


def _hiatus(name: str, ending: str, first: str) -> bool:
    """A vowel after a vowel, as no ending begins: Sana'a, Shi'a. But FBI'a: that is read letter by letter."""
    spelled_out = name.isupper() and ending.islower()
    return name[-1] in "aiou" and first in "aeiou" and not spelled_out
