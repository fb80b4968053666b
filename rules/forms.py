"""A rule's word -> the words of an article it stands for.

Inflection is by dictionary, never by cutting endings: Snowball makes Hamas and Hama one word, Paris and pari.
The dictionary is read when rules are compiled and let go at once; only the forms of the rules' words stay.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from enum import Enum, auto

from simplemma.strategies import DefaultDictionaryFactory
from Stemmer import Stemmer

from rules.words import fold


class Way(Enum):
    """How a word of a rule and a word of an article are compared."""

    FORMS = auto()  # any case, any accent, any inflected form
    EXACT = auto()  # any case, as `exact:` asks
    CASE = auto()  # character by character, as `case:` asks
    STEM = auto()  # by Snowball stem, as `stem:` asks
    ACRONYM = auto()  # as CASE, but not among shouted words: WHO, US, IT


# Short words that are names when in capitals. In capitals in a rule, such a word means the name alone.
# Function words first, then everyday words of two to five letters that news uses as acronyms.
_COMMON_WORDS = """
a am an and any are as at be been both but by can could did do does done down each even ever few for from
get give go goes got had has have he her here hers him his how i if in into is it its just least less let
like made make many may me might mine more most much must my near new next no none nor not now of off on
once one only or our ours out over own per quite same say see self she so some such than that the their them
then there these they this those thus to too two under until up upon us use used very via was way we well
went were what when where which while who whom whose why will with would yet you your yours zero ace act add
age ago aid aim air all alone arc arm art ash ask bad bar bat bed best big bit box boy bus buy call cap car
care cart case cat chip city clip coin cop core cost cow cup cut day deal dot due ear east eat edge egg end
eta eye face fact fall far fast fat fee fine fire fit five fly fold foot four free full fund game gap gas
gem goal good grip hand hard hat head heart heat help high hit hold home hope host hot hub ice idea inn ion
jet job join keep key kid kind king know lab lamp last law lead leap led left leg life link live long look
lot love low mad main man map mark mars mass mat mean media men met mind miss mob mod net nice nine nod note
oar odd oil old open ore pace pack pact pad paid pan part past path pay pen pet pie pin plan play plus pop
post pot press pro push put race rain ram rate raw read real rest rich ride right ring rise road rock role
room root row run safe sage said salt sand save sea seal seat set ship shop side sit six size slow smart
snap soar soft son star start stem step stop sure swap swat swift take talk tap task team tell ten test text
thing think three tie time tip top track trade tree trip true try turn unit wall want war wash watch water
wave week wide win wind wish word work world year young
"""
_COMMON = frozenset(_COMMON_WORDS.split())

# Names in s that the dictionary lacks: plurals of nothing. Hamas is not two of the city Hama.
_NO_PLURALS = frozenset(("hamas", "abbas", "arras", "isis"))


def is_acronym(plain: str, language: str = "en") -> bool:
    """True for capitals that spell a common word: WHO and US, but not NATO, which may be written Nato."""
    return language == "en" and 2 <= len(plain) <= 5 and plain.isupper() and plain.lower() in _COMMON


def inflect(words: Iterable[str], language: str = "en") -> dict[str, frozenset[str]]:
    """For every word, in the spelling of the rule, the folded forms it stands for; its own among them."""
    if not has_forms(language):
        return {word: frozenset((fold(word),)) for word in words}
    asked = {word: _KNOWN.get(word) for word in words}
    missing = frozenset(word for word, forms in asked.items() if forms is None)
    found = _english(missing) if missing else {}
    if len(_KNOWN) > _REMEMBERED:
        _KNOWN.clear()
    _KNOWN.update(found)
    return {word: forms or found[word] for word, forms in asked.items()}


def has_forms(language: str) -> bool:
    """True where a word stands for more than itself; elsewhere folded words are compared."""
    return language == "en"


def stems(language: str) -> Callable[[str], str]:
    """The Snowball stem of a folded word; the word itself where a language has no stemmer."""
    try:
        return _folded_stem(Stemmer(language))
    except KeyError:
        return str


def _folded_stem(stemmer: Stemmer) -> Callable[[str], str]:
    return lambda word: fold(stemmer.stemWord(word))


def known(words: Iterable[str], language: str) -> frozenset[str]:
    """Those of the words that the language's dictionary has, in any case."""
    if not has_forms(language):
        return frozenset()
    lemma_of = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(language)
    return frozenset(word for word in words if _spellings(word, lemma_of))


def vocabulary(language: str) -> Iterable[str]:
    """The folded words of the language's dictionary, which is read for it."""
    if not has_forms(language):
        return ()
    lemma_of = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(language)
    return (fold(word) for word in lemma_of if word.isalpha())


# What the dictionary said, kept so that a reload with the same words does not read it again.
_KNOWN: dict[str, frozenset[str]] = {}
_REMEMBERED = 100_000


def _english(words: frozenset[str]) -> dict[str, frozenset[str]]:
    lemma_of = DefaultDictionaryFactory(cache_max_size=0).get_dictionary("en")  # 0: let go when we return
    lemmas = {word: _lemmas(word, lemma_of) for word in words if word.isalpha()}
    forms = _forms(frozenset().union(*lemmas.values()), lemma_of)
    for lemma, found in forms.items():
        found |= _gerunds(lemma, found, lemma_of)
    return {word: _expanded(word, lemmas.get(word), forms, lemma_of) for word in words}


def _expanded(
    word: str, lemmas: Set[str] | None, forms: Mapping[str, set[str]], lemma_of: Mapping[str, str]
) -> frozenset[str]:
    own = fold(word)
    more = [forms[lemma] for lemma in lemmas] if lemmas else [_plural(own, lemma_of)]
    return frozenset({own}.union(*more))


def _spellings(word: str, lemma_of: Mapping[str, str]) -> set[str]:
    """The cases in which the dictionary has this word."""
    return {case for case in (word, word.lower(), word.capitalize(), word.upper()) if case in lemma_of}


def _lemmas(word: str, lemma_of: Mapping[str, str]) -> frozenset[str]:
    """The headwords of a word in any case; the word itself where it is one (saw: see, and to saw)."""
    known = _spellings(word, lemma_of)
    return frozenset(known | {lemma_of[spelling] for spelling in known})


def _forms(lemmas: frozenset[str], lemma_of: Mapping[str, str]) -> dict[str, set[str]]:
    """Lemma -> its folded forms. Only whole words: no tokenizer lets 'm or child's through."""
    forms: dict[str, set[str]] = {lemma: set() for lemma in lemmas}
    for form, lemma in lemma_of.items():
        if lemma in forms and len(form) > 1 and form.isalpha():
            forms[lemma].add(fold(form))
    return forms


def _gerunds(lemma: str, forms: set[str], lemma_of: Mapping[str, str]) -> set[str]:
    """The -ing forms that the dictionary has as nouns of their own: build finds building, bomb bombings.

    A headword is a verb if it has a form that is neither plural nor comparative: even finds no evening.
    """
    if not any(form != lemma and not form.endswith(("s", "er", "est")) for form in forms):
        return set()
    stems = {lemma, lemma + lemma[-1], lemma.removesuffix("e")}
    nouns = {stem + "ing" for stem in stems}
    return {form for noun in nouns for form in (noun, noun + "s") if form in lemma_of}


def _plural(word: str, lemma_of: Mapping[str, str]) -> set[str]:
    """An ending is added to the rule's word, never cut from it: Kurd finds Kurds, Hamas never finds Hama.

    What the dictionary has as a word of its own is no plural: pari does not find Paris.
    """
    if len(word) < 2 or not (word.isascii() and word.isalpha()):
        return set()
    plural = word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
    return set() if plural in _NO_PLURALS or _spellings(plural, lemma_of) else {plural}
