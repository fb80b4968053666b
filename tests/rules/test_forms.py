"""What a rule's word stands for: by dictionary, by regular endings, in the language of the article."""

import pickle
from functools import cache

import pytest

from rules import fold
from rules.text.common import EVERYDAY, acronyms, grammar
from rules.text.dictionary import LANGUAGES, Dictionary, read
from rules.text.endings import ENDINGS, regular
from rules.text.forms import has_forms, inflect, is_acronym, known, stems, vocabulary

# (language, word of a rule, words it finds, words it must not find)
FOUND = [
    ("en", "missile", "missile missiles", "missive"),
    ("en", "struck", "strike strikes struck", ""),
    ("en", "Kurd", "kurd kurds", ""),
    ("en", "pari", "pari", "paris"),
    ("en", "Hama", "hama", "hamas"),
    ("en", "cafe", "cafe cafes", ""),
    ("ru", "Иран", "иран ирана ирану ираном иране", ""),
    ("ru", "ракета", "ракеты ракете ракету ракетой ракет", "ракетный"),
    ("ru", "Хезболла", "хезболлы хезболле хезболлу хезболлой", "хезболл"),
    ("ru", "Боливия", "боливии боливию боливией", ""),
    ("ru", "Зеленский", "зеленского зеленскому зеленским зеленская", ""),
    ("ru", "учёт", "учета учету", ""),
    ("ru", "учет", "учета учету", ""),
    ("ru", "missile", "missile", "missilea missiles"),
    ("uk", "Трамп", "трампа трампові трампом", ""),
    ("uk", "здоровя", "здоровю здоровям", ""),
    ("be", "Лукашэнка", "лукашэнкі лукашэнку", ""),
    ("bg", "ракета", "ракетата", ""),
    ("de", "Rakete", "rakete raketen", "rakel"),
    ("de", "Merkel", "merkel merkels", ""),
    ("de", "Angriffe", "angriff angriffs angriffen", "angreifen"),
    ("de", "Waren", "waren", "war ist sein ware"),
    ("fr", "missile", "missiles", ""),
    ("fr", "Houthi", "houthis", ""),
    ("fr", "Vienne", "vienne", "vient venir venu"),
    ("fr", "Nations", "nation", ""),
    ("fr", "pouvoir", "pouvoirs", "peut pouvait"),
    ("fr", "œil", "yeux", ""),
    ("es", "misil", "misiles", ""),
    ("es", "eleccion", "elecciones eleccion", ""),
    ("es", "parar", "paro paramos", "para"),
    ("es", "comer", "comen comieron", "como"),
    ("fr", "suivre", "suivait suivront", "suis"),
    ("it", "dare", "dato dando", "da dai"),
    ("es", "China", "china", "chino chinos"),
    ("it", "curdo", "curdi curda", ""),
    ("it", "Dan", "dan", "dare dato"),
    ("el", "Μητσοτάκης", "μητσοτακη", ""),
    ("el", "Χαμάς", "χαμασ", "χαμα"),
    ("hr", "Hamas", "hamasa hamasu hamasom", "hama"),
    ("hr", "raketa", "rakete raketu", ""),
    ("sr", "Вучић", "вучића вучићу", ""),
    ("sr", "Зеленски", "зеленског", ""),
    ("cs", "Babiš", "babise babisem", ""),
    ("lv", "Tramps", "trampa trampam trampu", ""),
    ("lv", "Hamas", "hamas", "hama"),
    ("hi", "मिसाइल", "मिसाइलों मिसाइलें", ""),
    ("ar", "صاروخ", "صواريخ صاروخين", ""),
    ("ar", "العراق", "عراق العراق", ""),
    ("ar", "عراق", "العراق", ""),
    ("ar", "ألمانيا", "المانيا", "مانيا"),
    ("ar", "التهاب", "الالتهاب", "تهاب"),
    ("he", "טיל", "טילים", ""),
    ("he", "חמאס", "חמאס", "חמא"),
    ("fa", "موشک", "موشكها موشكهاي", ""),
    ("az", "Əliyev", "əliyevin əliyevə", ""),
    ("ja", "ミサイル", "ミサイル", ""),
    ("zz", "missile", "missile", "missiles"),
]


@cache
def forms(language: str) -> dict[str, frozenset[str]]:
    """Of all words of the table at once: a dictionary takes up to some seconds."""
    return inflect((word for code, word, _, _ in FOUND if code == language), language)


@pytest.mark.parametrize(("language", "word", "finds", "spares"), FOUND)
def test_a_word_finds_its_forms_and_no_other_word(language: str, word: str, finds: str, spares: str) -> None:
    found = forms(language)[word]
    assert found >= {fold(word), *finds.split()}
    assert found.isdisjoint(spares.split())


@pytest.mark.parametrize("word", ["Su35", "x", "", "ﷺ", "42", "a_b", "😀", "ب", "\ud800", "a" * 10_000])
@pytest.mark.parametrize("language", ["en", "fr", "ar", "be", "hr", "zz"])
def test_a_word_is_always_among_its_forms_whatever_it_is(word: str, language: str) -> None:
    assert fold(word) in inflect([word], language)[word]


def test_every_word_asked_for_is_answered_once_or_again() -> None:
    words = ["missile", "Missile", "Iraq", "zyxwv"]
    first = inflect(words, "fr")
    assert inflect(iter(words), "fr") == first
    assert inflect([*words, "curieux"], "fr").items() >= first.items()
    assert inflect([], "fr") == {}


def test_answers_travel_between_processes() -> None:
    answer = inflect(["missile", "strike"])
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert pickle.loads(pickle.dumps(inflect)) is inflect


def test_a_word_has_a_thousand_forms_at_most() -> None:
    found = inflect(["yapmak", "yap"], "tr")
    assert all(len(each) <= 1001 for each in found.values())
    assert "yapti" in found["yap"]


@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "ru"])
def test_grammar_is_no_form_of_another_word(language: str) -> None:
    for word, found in forms(language).items():
        assert not (found - {fold(word)}) & grammar(language)


# --- endings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "word", "finds"),
    [
        ("en", "Houthi", "houthis"),
        ("en", "Lennox", "lennoxes"),
        ("pl", "Macron", "macrona macronowi macronem macronie"),
        ("pl", "Kamala", "kamali kamale"),
        ("pl", "Hegseth", "hegsetha hegsethem"),
        ("hu", "Trump", "trumpnak trumppal trumpot"),
        ("hu", "Merz", "merznek merzhez"),
        ("fi", "Rubio", "rubion rubiota rubiossa"),
        ("fi", "Virtanen", "virtasen virtasta"),
        ("tr", "Netanyahu", "netanyahunun netanyahuya"),
        ("tr", "Putin", "putinin putine putinden"),
        ("sv", "Houthi", "houthis"),
        ("nl", "Rutte", "ruttes"),
        ("lt", "Trumpas", "trumpo trumpui trumpa"),
        ("pt", "hutí", "hutis"),
        ("ka", "ტრამპი", "ტრამპის ტრამპმა"),
        ("ro", "Kremlin", "kremlinului kremlinul"),
    ],
)
def test_a_name_that_no_dictionary_has_takes_the_regular_endings(
    language: str, word: str, finds: str
) -> None:
    assert regular(word, language) >= {*finds.split()}


@pytest.mark.parametrize("language", sorted(ENDINGS))
def test_an_ending_never_leaves_less_than_a_stem(language: str) -> None:
    for word in ("Hamas", "Boliwia", "Хезболла", "Χαμάς", "ирия", "ab", "العراق", "חמאס", "Trumps", "ўвы"):
        for form in regular(word, language):
            assert len(form) >= 2
            assert form not in {"hama", "hizbull", "χαμα"}
            assert form == fold(form)


@pytest.mark.parametrize("language", sorted(ENDINGS))
def test_no_row_of_endings_hides_another_that_reads_the_same(language: str) -> None:
    rows = [ending for ending, _, _ in ENDINGS[language]]
    assert len(rows) == len(set(rows))


# --- acronyms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plain", "language", "expected"),
    [
        ("WHO", "en", True),
        ("US", "en", True),
        ("NATO", "en", False),
        ("Who", "en", False),
        ("WHO", "de", False),
        ("SEIN", "de", True),
        ("FÜR", "de", True),
        ("SUR", "fr", True),
        ("ÉTÉ", "fr", True),
        ("PO", "pl", True),
        ("ONA", "ru", False),
        ("ОН", "ru", True),
        ("США", "ru", False),
        ("BİR", "tr", True),
        ("NATO", "it", False),
        ("USA", "it", False),
        ("CUBA", "es", False),
        ("VERANO", "es", False),
        ("WHO", "zz", False),
    ],
)
def test_capitals_that_spell_a_common_word_are_a_name(plain: str, language: str, expected: bool) -> None:
    assert is_acronym(plain, language) is expected


@pytest.mark.parametrize("language", sorted(EVERYDAY))
def test_no_country_and_no_alliance_is_a_common_word(language: str) -> None:
    names = "iran iraq irak mali peru oman cuba kuba china chine chile laos togo niger malta usa uk nato otan"
    more = "isis cia fbi nsa bbc cnn иран ирак мали перу оман китай куба чили сша оон нато фсб снг"
    assert not acronyms(language) & {*names.split(), *more.split()}


@pytest.mark.parametrize("language", sorted(EVERYDAY))
def test_a_language_has_some_hundred_common_words(language: str) -> None:
    assert 300 <= len(acronyms(language)) <= 700


# --- dictionaries and stems ------------------------------------------------------------------------------


def test_languages_with_a_dictionary_or_endings_have_forms() -> None:
    assert all(map(has_forms, LANGUAGES))
    assert all(map(has_forms, ("hr", "sr", "bs", "no", "be", "az", "fil")))
    assert not any(map(has_forms, ("zh", "ja", "th", "ko", "", "zz")))


def test_the_dictionary_knows_a_word_in_any_case_and_accents() -> None:
    assert known(["Missile", "EVENING", "Hezbollahh", "cafe"], "en") == {"Missile", "EVENING", "cafe"}
    assert known(["ракета"], "be") == frozenset()
    assert known(["missile"], "zz") == frozenset()


def test_the_vocabulary_is_folded_words() -> None:
    words = set(vocabulary("en"))
    assert {"missiles", "cafe", "iraq"} <= words
    assert not [word for word in words if word != fold(word)]
    assert not list(vocabulary("zz"))


def test_a_dictionary_s_families_begin_with_their_headword() -> None:
    dictionary = read("en")
    assert dictionary.families("missiles") == [["missile", "missiles"]]
    assert "struck" in dictionary
    assert "strukc" not in dictionary
    assert dictionary.families("strukc") == []
    assert dictionary.size < 5_000_000


def test_what_no_text_has_is_no_word_of_a_dictionary() -> None:
    odd = [word for word in read("sq").words() if not word or {*word} & {*"'’-. {}()[]!0123456789"}]
    assert not odd


def test_the_dictionary_is_simplemma_s_own() -> None:
    """It is read by what simplemma does not show; its public face must say the same."""
    from simplemma import lemmatize

    dictionary = read("id")
    for word in ("presidennya", "dilantiklah", "bermunculannya", "iman"):
        assert lemmatize(word, lang="id") in {family[0] for family in dictionary.families(word)}


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "running", "runs"),
        ("ru", "ракетами", "ракеты"),
        ("hr", "raketama", "raketa"),
        ("nb", "husene", "huset"),
    ],
)
def test_stems_of_folded_words_are_equal(language: str, one: str, other: str) -> None:
    assert stems(language)(fold(one)) == stems(language)(fold(other))


def test_without_a_stemmer_a_word_is_its_own_stem() -> None:
    assert stems("zh")("导弹") == "导弹"
    assert stems("he")("טילים") == "טילים"


def test_an_empty_dictionary_has_no_words() -> None:
    from rules.text.dictionary import EMPTY

    assert isinstance(EMPTY, Dictionary)
    assert list(EMPTY.words()) == []
    assert EMPTY.families("x") == []
