"""A look at the words of an article rules out nothing that holds in it: every operator, in several scripts.

Whatever language the article is in, and however many were met before: `may_hold` is told none.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from random import Random, SystemRandom

import pytest

from rules import Document, Member, RuleError, RuleErrors, RuleSet, compile, rule
from rules.engine.building import build
from rules.engine.kernel import KERNELS
from rules.text.forms import inflect

SEED = int(os.environ.get("WIREWATCH_SEED") or SystemRandom().randrange(1_000_000))

# Words as a rule may have them, and sentences that have them or their forms.
WORDS = {
    "en": ("missile", "Iraq", "Su-35", "US", "child", "strike", "O'Brien", "cease-fire"),
    "de": ("Rakete", "Hafen", "Krieg", "Straße", "gehen", "Haus", "Überfall", "Angriff"),
    "fr": ("missile", "l'attaque", "été", "cheval", "œuvre", "guerre", "IRAK", "port"),
    "ru": ("ракета", "порт", "война", "Ирак", "удар", "город", "идти", "ёлка"),
    "ar": ("صاروخ", "العراق", "ميناء", "حرب", "هجوم", "مدينة", "كتاب", "على"),
    "he": ("טיל", "עיראק", "נמל", "מלחמה", 'צה"ל', "עיר", "תקיפה", "ספר"),
    "ko": ("미사일", "이라크", "항구", "전쟁"),
    "zh": ("导弹", "伊拉克", "港口", "战争"),
    "ja": ("ミサイル", "イラク", "港", "戦争"),
    "th": ("ขีปนาวุธ", "อิรัก", "ท่าเรือ", "สงคราม"),
}
SENTENCES = {
    "en": (
        "Two missiles struck Iraq's port on Sunday.",
        "US jets, among them a Su35, flew over the children.",
        "The cease fire held, Mr. O’Brien said; the strikes had ended.",
        "US-led forces left IRAQ. The missile was a Su 35's.",
    ),
    "de": (
        "Die Raketen trafen den Hafen in der Straße.",
        "Nach dem Krieg gingen die Häuser verloren.",
        "Beim Ueberfall ging das Haus verloren, Angriffe folgten.",
        "Der Hafen-Angriff war ein Überfall.",
    ),
    "fr": (
        "L'attaque des missiles en Irak a détruit le port.",
        "Les chevaux et les œuvres de la guerre, cet été.",
        "L’été des chevaux, l'œuvre du port.",
        "Des attaques au missile, des guerres en IRAK.",
    ),
    "ru": (
        "Ракеты ударили по порту Ирака.",
        "В городах шли войны, ударов было много.",
        "Елка стояла в порту, шел удар.",
        "Ирак-порт: ракетой, городом, войной.",
    ),
    "ar": (
        "أصاب الصاروخ ميناء العراق.",
        "والعراق بعد الحرب، وفي المدينة هجومٌ.",
        "كتب على الميناء، للعراق حروب.",
        "بالصواريخ على المدن.",
    ),
    "he": (
        "הטיל פגע בנמל בעיראק.",
        'צה"ל אמר שהמלחמה בעיר נגמרה.',
        "הספרים והתקיפות בערים, בנמלים.",
        "מטילים ל-עיראק.",
    ),
    "ko": ("미사일이 이라크의 항구를 공격했다.", "전쟁은 항구에서 끝났다.", "이라크는 미사일을 쐈다."),
    "zh": ("导弹击中伊拉克港口。", "战争结束了，港口关闭。", "伊拉克导弹战争。"),
    "ja": ("ミサイルがイラクの港に落ちた。", "戦争は港で終わった。", "イラクのミサイル。"),
    "th": ("ขีปนาวุธโจมตีท่าเรือในอิรัก", "สงครามจบแล้วที่ท่าเรือ"),
}
# Every operator of docs/rules.md; {0}, {1}, {2} are words.
SHAPES = {
    "and": '"{0}" AND "{1}"',
    "or": '"{0}" OR "{1}"',
    "not": '"{0}" NOT "{1}"',
    "phrase": '"{0} {1}"',
    "one word between": '"{0} * {1}"',
    "near": '"{0}" NEAR/10 "{1}"',
    "before": '"{0}" BEFORE/5 "{1}"',
    "window": 'NEAR/20("{0}", "{1}", "{2}")',
    "ordered window": 'BEFORE/20("{0}", "{1}", "{2}")',
    "except": '"{0}" EXCEPT "{0} {1}"',
    "not near": '"{0}" NOT NEAR/3 "{1}"',
    "some of": '2 OF ("{0}", "{1}", "{2}")',
    "some of a set": "2 OF $all",
    "a set": '$some AND "{0}"',
    "times": '2 TIMES "{0}"',
    "title": 'title:"{0}"',
    "body": 'body:("{0}" OR "{1}")',
    "text": 'text:"{0}"',
    "lead": 'lead:"{0}"',
    "first": 'first/100:("{0}" AND "{1}")',
    "sentence": 'sentence:("{0}" AND "{1}")',
    "paragraph": 'paragraph:("{0}" AND "{1}")',
    "beginning": "{3}*",
    "one letter": "{4}",
    "pattern": "/{5}/",
    "exact": 'exact:"{0}"',
    "case": 'case:"{0}"',
    "stem": 'stem:"{0}"',
    "beside facts": '"{0}" AND words:>2 AND age:<48h',
    "of one language": '"{0}" AND lang:{6}',
    "mixed": '("{0}" OR 2 OF ("{1}", "{2}", "{0} {1}")) AND NOT ("{2}" BEFORE/1 "{0}")',
}


OFTEN = ("or", "not", "some of a set", "text", "exact", "one letter")  # hold in some article of every run


def written(shape: str, language: str, random: Random) -> str:
    words = random.sample(WORDS[language], 3)
    bare = next((word for word in words if word.isalpha()), "port")
    cut = bare[: max(2, len(bare) - 1)]
    return SHAPES[shape].format(*words, cut, bare[:1] + "?" + bare[2:], f"{cut}.*", language)


def compiled(shape: str, language: str, random: Random) -> RuleSet | None:
    """None: refused, as a pattern of two letters is."""
    sets = {
        "all": tuple(WORDS[language]),
        "some": (Member(WORDS[language][0], language), "Su-35", f"{WORDS[language][1][:3]}*"),
    }
    try:
        found = replace(rule(written(shape, language, random), "r"), broad=True)
        return build((found,), sets, None, random.choice(KERNELS))
    except (RuleError, RuleErrors):
        return None


@cache
def forms(language: str, words: frozenset[str]) -> Mapping[str, frozenset[str]]:
    return inflect(words, language)


def learn(ruleset: RuleSet, languages: Iterable[str]) -> None:
    """Words of all shapes at once: a dictionary is opened once a language."""
    for language in languages:
        known = forms(language, frozenset(chain.from_iterable(WORDS.values())))
        lacking = ruleset.lexicon.missing(language)
        ruleset.learn(language, {word: known.get(word, frozenset()) for word in lacking})


def article(language: str, random: Random) -> Document:
    """A few sentences, every other time in this language, now and then in two."""
    languages = random.sample(list(SENTENCES), random.choice([1, 1, 2]))
    languages = random.choice([languages, [language]])
    found = [
        random.choice(SENTENCES[language]) for language in languages for _ in range(random.randint(1, 4))
    ]
    return Document(found[0], "\n".join(found[1:]), languages=tuple(languages))


def shuffled(document: Document, random: Random) -> str:
    words = [*document.title.split(), *document.body.split(), "Home", "News", "Sport"]
    random.shuffle(words)
    return " ".join(dict.fromkeys(words))


@pytest.mark.parametrize("shape", SHAPES)
def test_what_holds_is_never_ruled_out(shape: str) -> None:
    random = Random(f"{SEED} {shape}")
    held = ruled_out = 0
    for language in WORDS:
        ruleset = compiled(shape, language, random)
        if ruleset is None:
            continue
        learn(ruleset, random.sample(list(WORDS), 4))
        for document in (article(language, random) for _ in range(30)):
            learn(ruleset, document.languages)
            holds = bool(ruleset.holding(document))
            may = ruleset.may_hold(shuffled(document, random))
            assert may or not holds, f"WIREWATCH_SEED={SEED}: {ruleset.rules['r'].text}: {document}"
            held += holds
            ruled_out += not may
    assert ruled_out
    assert held or shape not in OFTEN


def test_many_rules_at_once_rule_out_what_each_does() -> None:
    random = Random(SEED)
    texts = [
        f'"{one}" AND "{two}"'
        for words in WORDS.values()
        for one, two in zip(words, words[1:], strict=False)
        if '"' not in one + two
    ]
    every = compile([rule(text, f"r{number}") for number, text in enumerate(texts)])
    each = [compile([rule(text, "r")]) for text in texts]
    for language in WORDS:
        for ruleset in (every, *each):
            learn(ruleset, [language])
    for _ in range(40):
        words = " ".join(random.sample(list(chain.from_iterable(WORDS.values())), 3))
        assert every.may_hold(words) == any(ruleset.may_hold(words) for ruleset in each)


def test_no_language_mixes_with_another() -> None:
    """Nobody reads half an article in German: where one word needs this and one that, no rule can hold."""
    ruleset = compile([rule("one AND two", "r")])
    ruleset.learn("en", {"one": frozenset({"unity"}), "two": frozenset()})
    ruleset.learn("de", {"one": frozenset(), "two": frozenset({"paar"})})
    assert not ruleset.may_hold("unity paar")
    assert ruleset.may_hold("unity two")
    assert ruleset.may_hold("one paar")


def test_capitals_that_are_a_word_in_one_language_stand_for_a_name_in_another() -> None:
    ruleset = compile([rule("US AND jets", "r")])
    ruleset.learn("en", inflect(ruleset.lexicon.missing("en"), "en"))
    assert not ruleset.may_hold("jets told us")
    assert ruleset.may_hold("US jets")
    ruleset.learn("de", inflect(ruleset.lexicon.missing("de"), "de"))
    assert ruleset.may_hold("us jets")


def test_more_languages_than_there_are_bits_rule_out_no_less_than_they_may() -> None:
    ruleset = compile([rule("US AND one", "r")])
    for number in range(70):  # languages without forms, whose words are taken as they stand
        ruleset.learn(f"x{number}", {"US": frozenset(), "one": frozenset()})
    ruleset.learn("en", {"US": frozenset({"us"}), "one": frozenset({"ones"})})
    assert ruleset.may_hold("US one")
    assert ruleset.may_hold("US ones")
    assert not ruleset.may_hold("US form")
