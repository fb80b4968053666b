"""Which language an article is in, and which country it is from."""

import random
import warnings

import pytest

from monitor.sources.language import code_of, country_of, languages, of_script

ENGLISH = "The ministry said on Tuesday that three people were hurt when a bridge gave way near the harbour."
GERMAN = (
    "Das Ministerium teilte am Dienstag mit, dass beim Einsturz einer Brücke drei Menschen verletzt wurden."
)
POLISH = "Ministerstwo poinformowało we wtorek, że trzy osoby zostały ranne, gdy w porcie zawalił się most."
RUSSIAN = "Министерство сообщило во вторник, что при обрушении моста возле порта пострадали три человека."
UKRAINIAN = "Міністерство повідомило у вівторок, що внаслідок обвалу мосту біля порту постраждали троє людей."
ARABIC = "قالت الوزارة يوم الثلاثاء إن ثلاثة أشخاص أصيبوا عندما انهار جسر قرب الميناء."
PERSIAN = "وزارتخانه روز سه‌شنبه اعلام کرد که سه نفر در پی فروریختن پلی در نزدیکی بندر زخمی شدند."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (POLISH, "pl"),
        (RUSSIAN, "ru"),
        (UKRAINIAN, "uk"),
        (ARABIC, "ar"),
        (PERSIAN, "fa"),
        (
            "Le ministère a annoncé mardi que trois personnes ont été blessées par la chute d'un pont.",
            "fr",
        ),
        (
            "Bakanlık salı günü liman yakınında bir köprünün çöktüğünü, üç kişinin yaralandığını bildirdi.",
            "tr",
        ),
        ("मंत्रालय ने मंगलवार को कहा कि बंदरगाह के पास पुल गिरने से तीन लोग घायल हो गए।", "hi"),
    ],
)
def test_an_article_says_itself_what_it_is_in(text: str, language: str) -> None:
    assert languages(text.split()[0], text, "") == (language,)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("이라크에서 미사일 발견", "ko"),
        ("イラクでミサイル見つかる", "ja"),
        ("日銀総裁、利上げの可能性に言及", "ja"),
        ("伊拉克发现导弹", "zh"),
        ("טילים נמצאו בעיראק", "he"),
        ("พบขีปนาวุธในอิรัก", "th"),
        ("Πύραυλοι βρέθηκαν στο Ιράκ", "el"),
        ("Իրաքում հրթիռներ են հայտնաբերվել", "hy"),
        ("ერაყში რაკეტები იპოვეს", "ka"),
        ("ஈராக்கில் ஏவுகணைகள்", "ta"),
    ],
)
def test_a_script_of_one_language_says_it(text: str, language: str) -> None:
    assert languages(text, "", "en") == (language,)
    assert of_script(text) == language


def test_a_long_text_is_believed_more_than_what_its_page_says() -> None:
    assert languages("", GERMAN, "en") == ("de",)
    assert languages("", RUSSIAN, "en-US") == ("ru",)


def test_a_short_text_is_what_its_page_says() -> None:
    assert languages("Elite Rovers 5-3 Giants", "", "")[0] == "en"
    assert languages("Elite Rovers 5-3 Giants", "", "nl-BE")[0] == "nl"


def test_where_page_and_text_disagree_over_a_few_words_both_count() -> None:
    found = languages("Trump en Madrid: la visita del año", "", "pt")
    assert len(found) <= 2
    assert "es" in found


def test_a_language_the_model_lacks_is_taken_from_the_page() -> None:
    assert languages("א נײַע בריק", "", "yi") == ("yi",)
    assert languages("א נײַע בריק", "", "") == ("he",)


def test_every_other_paragraph_in_another_script_makes_two_languages() -> None:
    assert set(languages("", f"{ENGLISH}\n{RUSSIAN}", "")) == {"en", "ru"}


def test_names_in_another_script_are_no_second_language() -> None:
    assert languages("", f"{RUSSIAN} YouTube, Google Maps", "") == ("ru",)


@pytest.mark.parametrize("declared", ["", "x-default", "und", "zz", "\x00", "🇬🇧", "-", "1"])
def test_nothing_to_read_is_no_language(declared: str) -> None:
    assert languages("", "", declared) == ()
    assert languages("2026 — 1:0!", "12 %", declared) == ()


def test_nothing_to_read_is_what_its_page_says() -> None:
    assert languages("", "", "fr-CA") == ("fr",)


def test_no_text_breaks_it_and_none_has_three_languages() -> None:
    chance = random.Random(5)
    alphabets = (
        "abcé ",
        "абвї ",
        "אבגײ",
        "ابپټ",
        "漢字カな",
        "한국",
        "\ud800\udfff\x00",
        "a\u0301\u200d",
        "🇬🇧😀",
        "१२क",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(500):
            letters = "".join(chance.sample(alphabets, 3))
            title, text, declared = (
                "".join(chance.choices(letters, k=chance.randrange(40))) for _ in range(3)
            )
            assert len(languages(title, text, declared)) <= 2


def test_a_megabyte_is_known_by_its_first_lines() -> None:
    assert languages("", f"{GERMAN} " * 10_000 + RUSSIAN * 10_000, "") == ("de",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ракеты в Ираке", "ru"),
        ("Ракети в Іраку", "uk"),
        ("Ракеты ў Іраку", "be"),
        ("Ракете у Ираку, каже Ђорђе", "sr"),
        ("صواريخ في العراق", "ar"),
        ("موشک‌ها در عراق، گزارش", "fa"),
        ("عراق میں میزائل ملے", "ur"),
        ("इराक में मिसाइलें", "hi"),
        ("Raketen im Irak", ""),
        ("42", ""),
        ("", ""),
    ],
)
def test_letters_alone_imply_a_language_or_none(text: str, language: str) -> None:
    assert of_script(text) == language


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("en-GB", "en"),
        ("EN_us", "en"),
        (" English", "en"),
        ("deu", "de"),
        ("Deutsch (Schweiz)", "de"),
        ("zh-Hant-TW", "zh"),
        ("iw", "he"),
        ("fil-PH", "tl"),
        ("nb-NO", "no"),
        ("en, fr", "en"),
        ("x-default", ""),
        ("und", ""),
        ("qq", ""),
        ("", ""),
    ],
)
def test_what_pages_write_for_a_language_is_read(declared: str, code: str) -> None:
    assert code_of(declared) == code


@pytest.mark.parametrize(
    ("tag", "host", "country"),
    [
        ("en-GB", "news.test", "GB"),
        ("en_UK", "news.test", "GB"),
        ("zh-Hans-CN", "news.test", "CN"),
        ("es-419", "diario.test", ""),
        ("", "news.co.uk", "GB"),
        ("ar", "www.akhbar.iq", "IQ"),
        ("en-US", "daily.ng", "NG"),
        ("en-US", "daily.com", "US"),
        ("en-GB", "daily.in", "GB"),
        ("", "startup.io", ""),
        ("", "channel.tv", ""),
        ("", "t.me", ""),
        ("", "union.eu", ""),
        ("", "xn--e1afmkfd.xn--p1ai", "RU"),
        ("", "DAILY.PL.", "PL"),
        ("", "localhost", ""),
        ("", "io", ""),
        ("", "10.0.0.17", ""),
        ("", "", ""),
    ],
)
def test_a_country_is_said_by_the_tag_or_the_end_of_the_host(tag: str, host: str, country: str) -> None:
    assert country_of(tag, host) == country
