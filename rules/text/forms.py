"""A rule's word -> the words of an article it stands for, by the language of the article.

Inflection is by dictionary, never by cutting endings: Snowball makes Hamas and Hama one word, Paris and pari.
What no dictionary has takes the regular endings. All of it happens when rules are compiled.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from itertools import compress, islice
from unicodedata import category

from Stemmer import Stemmer

from rules.text.common import acronyms, grammar
from rules.text.dictionary import EMPTY, LANGUAGES, Dictionary, read
from rules.text.endings import ENDINGS, regular
from rules.text.words import fold


class Way(Enum):
    """How a word of a rule and a word of an article are compared."""

    FORMS = auto()  # any case, any accent, any inflected form
    EXACT = auto()  # any case, as `exact:` asks
    CASE = auto()  # character by character, as `case:` asks
    STEM = auto()  # by Snowball stem, as `stem:` asks
    ACRONYM = auto()  # as CASE, but not among shouted words: WHO, US, IT


# Serbian, Croatian and Bosnian share a dictionary; Norwegian is mostly Bokmål, Filipino is Tagalog.
_CODES = {"sr": "hbs", "hr": "hbs", "bs": "hbs", "no": "nb", "fil": "tl"}


def _code(language: str) -> str:
    return _CODES.get(language, language)


def has_forms(language: str) -> bool:
    """True where a word stands for more than itself; elsewhere folded words are compared."""
    return _code(language) in LANGUAGES or _code(language) in ENDINGS


def is_acronym(plain: str, language: str = "en") -> bool:
    """True for capitals that spell a common word: WHO and US, but not NATO, which may be written Nato."""
    return 2 <= len(plain) <= 5 and plain.isupper() and fold(plain) in acronyms(_code(language))


def inflect(words: Iterable[str], language: str = "en") -> dict[str, frozenset[str]]:
    """For every word, in the spelling of the rule, the folded forms it stands for; its own among them.

    A dictionary is read, see `read` for what that takes, when a word has not been asked for before.
    """
    asked = frozenset(words)
    answers = _ANSWERS.setdefault(language, {})
    known = {word: answers[word] for word in asked if word in answers}
    found = _found(asked - known.keys(), _code(language))
    if len(answers) + len(found) > _REMEMBERED:
        answers.clear()
    answers.update(found)
    return {word: frozenset(forms.split("\n")) for word, forms in (known | found).items()}


# Language -> word -> its forms, a line each: 20 MB a language when full; 100,000 rules have 50,000.
_ANSWERS: dict[str, dict[str, str]] = {}
_REMEMBERED = 100_000


def _found(words: Iterable[str], code: str) -> dict[str, str]:
    dictionary = _dictionary(code) if words else EMPTY
    return {word: "\n".join(_forms(word, code, dictionary)) for word in words}


def _dictionary(code: str) -> Dictionary:
    """Kept if it is small: a word more then takes microseconds. Others are read again, up to some seconds."""
    if code not in LANGUAGES:
        return EMPTY
    dictionary = _KEPT.pop(code, None) or read(code)
    _KEPT[code] = dictionary
    for oldest in list(_KEPT):
        if sum(kept.size for kept in list(_KEPT.values())) > _KEPT_BYTES:
            _KEPT.pop(oldest, None)
    return dictionary


_KEPT: dict[str, Dictionary] = {}  # by when they were used
# English with German or with Russian, or with five of the smaller ones; Polish has 87 MB.
_KEPT_BYTES = 50_000_000


def _forms(word: str, code: str, dictionary: Dictionary) -> set[str]:
    own = fold(word)
    if not _is_inflected(word):
        return {own}
    families = _families(word, code, dictionary)
    forms = {form for family in families for form in map(fold, family) if len(form) > 1}
    forms = {own} | (forms - grammar(code))
    if code == "en":
        forms = forms.union(*(_gerunds(family, dictionary) for family in families))
    if not families or (code != "en" and (len(forms) == 1 or code in _SPARSE or _is_name(families, code))):
        forms |= {form for form in regular(word, code) if not _is_another(form, own, code, dictionary)}
    if code == "ar":
        forms |= _articles(own, forms, families)
    return forms if len(forms) <= _MOST else {own, *sorted(forms, key=lambda form: (len(form), form))[:_MOST]}


# Of a Swahili verb there are 7,000, of a Turkish one 2,000, the long ones hardly ever met: of 1,000 words of
# Turkish news 6 are not among so many shortest.
_MOST = 1000


def _is_inflected(word: str) -> bool:
    """Letters and their marks only: no Su35, no single letter."""
    return len(word) > 1 and (word.isalpha() or all(category(letter)[0] in "LM" for letter in word))


def _families(word: str, code: str, dictionary: Dictionary) -> list[list[str]]:
    """The families of a word as it is spelled; in any case; with any accents. Grammar has none."""
    found = dictionary.families(fold(word))
    spelled = (
        [family for family in found if not those.isdisjoint(family)] for those in _spellings(word, code)
    )
    families = next(filter(None, spelled), found)
    if word[0].isupper() and not word.isupper() and code not in _LENIENT:
        families = [family for family in families if _may_be_capital(word, family, code)]
    return [family for family in families if fold(family[0]) not in grammar(code)]


def _spellings(word: str, code: str) -> Iterator[set[str]]:
    if code in _CAPITAL_NOUNS:
        yield {word}
    if not "а" <= word[0].lower() <= "ё":  # учет is учёт; elsewhere accents tell words from each other
        yield {word, word.lower(), word.capitalize(), word.upper()}


# Where a capital tells a noun from a verb: German Waren (goods) is not waren (were).
_CAPITAL_NOUNS = ("de", "lb")
# Where a capital in a rule means nothing: in English a rule's Struck is strike.
_LENIENT = ("en", *_CAPITAL_NOUNS)


def _may_be_capital(word: str, family: list[str], code: str) -> bool:
    """With a capital a word is a name, or a noun by habit: French Vienne is not venir, Nations is nation."""
    head, own = family[0], fold(word)
    return head[0].isupper() or fold(head) == own or own in regular(head, code)


def _is_name(families: list[list[str]], code: str) -> bool:
    """Dictionaries have few forms of names: of Владимир only Владимиром."""
    return code not in _CAPITAL_NOUNS and any(family[0][0].isupper() for family in families)


def _is_another(form: str, own: str, code: str, dictionary: Dictionary) -> bool:
    """Has the dictionary this form as a word of its own? pari does not find Paris."""
    others = [
        each for each in (list(map(fold, family)) for family in dictionary.families(form)) if own not in each
    ]
    return any(each[0] == form for each in others) if code in _SPARSE else bool(others)


# Whose dictionaries lack many plurals, or have them as forms of a verb: Hebrew עובדים (workers) of to work.
_SPARSE = ("ar", "fa", "he", "hi")


def _gerunds(family: list[str], dictionary: Dictionary) -> set[str]:
    """The -ing forms that the dictionary has as nouns of their own: build finds building, bomb bombings.

    A headword is a verb if it has a form that is neither plural nor comparative: even finds no evening.
    """
    lemma, *forms = map(fold, family)
    if all(form == lemma or form.endswith(("s", "er", "est")) for form in forms):
        return set()
    stems = {lemma, lemma + lemma[-1], lemma.removesuffix("e")}
    nouns = {stem + "ing" for stem in stems}
    return {form for noun in nouns for form in (noun, noun + "s") if form in dictionary}


def _articles(own: str, forms: set[str], families: list[list[str]]) -> set[str]:
    """Arabic العراق and عراق are one word; but ألمانيا and التهاب only look as if they had an article."""
    if own.startswith("ال") and ("ال" + own in forms or any(family[0][0] in "أإآ" for family in families)):
        return set()
    bare = {form[2:] for form in forms if form.startswith("ال") and len(form) > 4}
    # Of a longer word of an article it is left off there: see `Part.variants`.
    return bare | {"ال" + form for form in forms if form == own or len(form) == 2}


def stems(language: str) -> Callable[[str], str]:
    """The Snowball stem of a folded word; the word itself where a language has no stemmer."""
    code = _code(language)
    try:
        stemmer = Stemmer(_STEMMERS.get(code, code))
    except KeyError:
        return str
    return lambda word: fold(stemmer.stemWord(word))


_STEMMERS = {"hbs": "sr", "nb": "no", "nn": "no"}


def known(words: Iterable[str], language: str) -> frozenset[str]:
    """Those of the words that the language's dictionary has, in any case and with any accents."""
    dictionary, waiting = _dictionary(_code(language)), iter(words)
    found: set[str] = set()
    while some := list(islice(waiting, _AT_ONCE)):
        found.update(compress(some, dictionary.has(list(map(fold, some)))))
    return frozenset(found)


_AT_ONCE = 10_000  # words: of millions that are made to be asked for, no more are kept


def vocabulary(language: str) -> Iterable[str]:
    """The folded words of the language's dictionary, each once or more often."""
    return map(fold, _dictionary(_code(language)).words())
