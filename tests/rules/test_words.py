"""Words stand where they say, sentences end where they end, folding is one-way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import fold, sentences, words
from rules.text.words import CHUNK, parts, rule_words

# Letters that cling, sign and join, of every way of writing.
TRICKY = st.text(
    "aZé9²ſıß .,;:!?'’`()\"“״׳־-–/_\n\u3000\u00ad\u200b\u200c\u200d\u0301\u0650\u064b"
    "אבהלשצךוالكبوسفعةقىیکهاءя́ђ이라크의들은は中ト・ｶﾞกำมីក។དེ་।किऩ्ინ՞ւ$€👍🏽🇮🇶",
    max_size=30,
)


def clings(chunk: str) -> set[str]:
    """What an article's word stands for beside itself."""
    return {form for part in parts(chunk) for form in part.variants}


def shown(text: str) -> list[tuple[str, str]]:
    return [(word.folded, text[word.start : word.end]) for word in words(text)]


def test_offsets_are_those_of_the_original_text() -> None:
    text = "  “Iran’s” cafe\u0301s—fire\u00admen… Su-35"
    assert shown(text) == [
        ("iran", "Iran’s"),
        ("cafes", "cafe\u0301s"),
        ("firemen", "fire\u00admen"),
        ("su", "Su"),
        ("35", "35"),
    ]


def test_letters_that_grow_when_folded_do_not_move_the_rest() -> None:
    text = "ßßß İİ ﬃ Iraq"
    assert shown(text)[-1] == ("iraq", "Iraq")
    assert text[list(words(text))[-1].start :] == "Iraq"


def test_an_ending_or_the_start_of_a_verb_after_a_non_joiner_is_of_the_word() -> None:
    assert [folded for folded, _ in shown("کتاب‌های خوب‌ترین نمی‌روند، دانش‌آموزان‌مان")] == [
        "كتابهاي",
        "خوبترين",
        "نميروند",
        "دانش",
        "اموزانمان",
    ]


def test_positions_count_words() -> None:
    assert [word.position for word in words("U.S.-led cease-fire, 导弹")] == [0, 1, 2, 3, 4, 5]


def test_a_compound_has_its_neighbours_joined_over_the_same_places() -> None:
    joined = [(part.folded, part.at, part.wide) for part in parts("AK-47-style") if part.wide > 1]
    assert joined == [("ak47", 0, 2), ("47style", 1, 2), ("ak47style", 0, 3)]


def test_a_long_chain_is_no_compound() -> None:
    chain = "a-b-c-d-e-f-g"
    assert all(part.wide == 1 for part in parts(chain))
    assert len(list(words("-".join("x" * 1000)))) == 1000


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("É", "e"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İI", "ii"),
        ("Ёж", "еж"),
        ("Йод", "йод"),
        ("И\u0306од", "йод"),
        ("Її", "її"),
        ("Άθήνα", "αθηνα"),
        ("أإآٱ", "اااا"),
        ("مَدْرَسَة", "مدرسه"),
        ("٢٠٢٦", "2026"),
        ("がガ", "がガ"),
        ("한국", "한국"),
        ("किताब", "किताब"),
        ("ﾐｻｲﾙ", "ミサイル"),
        ("ＡＢＣ", "abc"),
        ("على", "علا"),
        ("وعلى", "وعلا"),
        ("علي", "علي"),
        ("علی", "علي"),
        ("ليلى", "ليلي"),
        ("ۀ", "ه"),
        ("ᲗᲑᲘᲚᲘᲡᲘ", "თბილისი"),
        ("Οδυσσεύς", "οδυσσευσ"),
        ("हिन्दी", "हिंदी"),
        ("ज़", "ज"),
        ("ड़", "ड\u093c"),
        ("๒५৬၀", "2560"),
        ("👍🏽", "👍"),
        ("نامه\u200cها", "نامهها"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == fold(text)


def test_marks_and_punctuation_alone_are_no_words() -> None:
    assert shown("… — ' \u0301 \u200b ■ → | ( ) _ - ـ") == []


@pytest.mark.parametrize(
    ("chunk", "stands_for"),
    [
        ("والعراق", {"العراق", "عراق"}),
        ("للعراق", {"العراق", "عراق", "لعراق"}),
        ("ولبنان", {"لبنان", "بنان"}),
        ("بيت", set()),
        ("سوريا", set()),
        ("سيقول", {"يقول"}),
        ("كتابهم", {"كتاب", "تابهم", "تاب"}),
        ("زوجته", {"زوجت", "زوجه"}),
        ("وزرائهم", {"وزراء", "وزراي", "زرايهم", "زراي", "زراء"}),
        ("للطب", {"الطب", "لطب"}),
        ("الثورة", {"ثوره"}),
        ("عليهم", set()),
        ("غدًا", {"غد"}),
        ("لجنة", set()),
        ("ولجنة", {"لجنه"}),
        ("وزیر", set()),
        ("کتابهای", {"كتاب"}),
        ("کتاب‌هایشان", {"كتاب"}),
        ("نامه‌ام", {"نامه"}),
        ("می‌شود", set()),
        ("דבר", set()),
        ("השר", {"שר"}),
        ("מספר", set()),
        ("ומספר", {"מספר"}),
        ("ולישראל", {"לישראל", "ישראל"}),
        ("מהעיר", {"העיר", "עיר"}),
        ("ולעיר", {"לעיר"}),
        ("ותל־אביב", {"תלאביב"}),
        ("ה־CIA", set()),
        ("ובCNN", {"בcnn", "cnn"}),
        ("미국에서는", {"미국", "미국에서"}),
        ("아이들이", {"아이", "아이들"}),
        ("서울로", {"서울"}),
        ("미국로", set()),
        ("F-35가", {"35", "f35"}),
        ("회의", set()),
        ("핵은", {"핵"}),
        ("발표했습니다", {"발표"}),
        ("L’Irak", {"irak"}),
        ("qu'Oran", {"oran"}),
        ("d'Irak-Iran", {"irak", "irakiran"}),
        ("dell’Iran", {"iran"}),
        ("O’Brien", set()),
        ("D'Souza", set()),
        ("aujourd’hui", set()),
        ("l'a", set()),
        ("jusqu’à", set()),
        ("dell'FBI", {"fbi"}),
        ("l'11", {"11"}),
        ("Google'ın", {"google"}),
        ("FBI'a", {"fbi"}),
        ("Irak’ın", {"irak"}),
        ("AB'ye", {"ab"}),
        ("Türkiye'deki", {"turkiye"}),
        ("Sana'a", set()),
        ("can't", set()),
        ("Ali's", set()),
        ("ALI’S", set()),
        ("l'Iran’s", {"iran"}),
    ],
)
def test_an_article_s_word_stands_for_what_is_left_without_its_clitics(
    chunk: str, stands_for: set[str]
) -> None:
    assert clings(chunk) == stands_for


def test_nothing_is_taken_off_a_rule_s_word() -> None:
    for term in ("والعراق", "לישראל", "미국의", "l'Irak", "Irak'ın", "کتاب‌های"):
        assert not any(part.variants for chunk in rule_words(term) for part in chunk)


@given(TRICKY)
def test_a_variant_is_a_folded_word_other_than_the_word(text: str) -> None:
    for chunk in CHUNK.findall(text):
        for part in parts(chunk):
            assert part.folded not in part.variants
            assert all(form == fold(form) != "" for form in part.variants)
            assert len(set(part.variants)) == len(part.variants)


@given(TRICKY)
def test_space_is_never_inside_a_chunk_nor_means_anything_to_it(text: str) -> None:
    """So a text may be cut at its spaces, and what stands between be remembered."""
    assert CHUNK.findall(text) == [chunk for piece in text.split() for chunk in CHUNK.findall(piece)]


@given(TRICKY)
def test_what_follows_a_chunk_does_not_change_it(text: str) -> None:
    """The shortcut for a word before a space finds what the long way finds."""
    assert CHUNK.findall(f"{text} ") == CHUNK.findall(f"{text}(") == CHUNK.findall(text)
    assert CHUNK.findall(f"{text}. ") == CHUNK.findall(f"{text}.(") == CHUNK.findall(f"{text}.")


@given(TRICKY)
def test_the_parts_of_a_chunk_stand_in_a_row(text: str) -> None:
    for chunk in CHUNK.findall(text):
        single = [part for part in parts(chunk) if part.wide == 1]
        assert [part.at for part in single] == list(range(len(single)))
        assert all(one.end <= two.start for one, two in zip(single, single[1:], strict=False))


@pytest.mark.parametrize("letters", ["a", "ال", "וה", "은", "a'", "ها\u200c", 'א"', "a\u200c", "a.", "न्"])
def test_a_word_without_end_is_read_in_time(letters: str) -> None:
    for chunk in CHUNK.findall(letters * 100_000):
        parts(chunk)


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Erdan met Gen. Soleimani.|He left.",
        "The U.N. General Assembly voted.|It passed.",
        "He lives in the U.S.|The house is big.",
        "He flew to the U.S. Monday.|She stayed.",
        "J. R. Smith and Lt. Col. Brown spoke.|No. 5 fell.",
        "“We cannot rule it out,” he said.|“Why?” she asked.|“Go!”|They went.",
        "“It ended.”|He left.",
        "It cost $3.5 million, i.e. a lot.|Done",
        "Was it Jan. 5?|Yes!|No…|Well",
        "هل هذا صحيح؟|نعم.|حسنا",
        "यह सच है।|ठीक",
        "First block\n|Second block",
        "Wait... what?|Oh",
        "Smith Ltd. fell.|I did.|So did I.",
        "Am 27. Oktober wird gewählt.|Es waren 27.|Mehr nicht.",
        "He said: Oh, no.|I did not.|See No. 5.|It is art.|See Art. 5.",
        "Apple Inc. fell.|It works for Apple Inc.|The firm said so.|Roe v. Wade.|He is Malcolm X.|He left.",
        "On Sun. Trump left.|He sat.|Then he lay in the sun.|Trump left.",
        "„Ja.“|Er ging in den 17. Bezirk.|Der 17. Bezirk ist groß.|Es waren 7.5.|I am 17.|She too.",
        "Er sah z. B. Berlin und die Straße Nr. 5.|Das waren 3 Mio. Euro bzw. Dollar.",
        "« Oui ? » dit-il.|« Non. »|Il parla de « paix ».|M. Dupont et Mme. Curie partirent.",
        "¿Qué?|¡No! dijo la Sra. May.|¿quién?|En EE. UU. vive el Dr. Pérez.|Sí",
        "O Sr. Silva e a Dra. Costa.|Il Sig. Rossi e il Dott. Bianchi.|Dhr. Jansen kwam.|TT. Trump nói.",
        "В 2018 г.|В Москве г. Тверь знают.|Это ул. Ленина и т.д.|Потом т.е. Дома.|Дж. Буш ушёл.",
        "Ο κ. Τραμπ και η Δρ. Φορντ είπαν: ναι;|Όχι.|Τέλος",
        "قال د. فورد نعم.|وذهب",
        "یہ سچ ہے۔|ٹھیک",
        "यू.एस. और डॉ. सिंह आए।|ठीक",
        "นายก ดร. สมชาย มา 10.00 น. วันนี้ ครับ!|ไป",
        "Նա ասաց։|Ինչո՞ւ գնաց:|Այո",
        "მან თქვა.|შემდეგ წავიდა.|კი",
        "Doç. Yılmaz geldi.|Gitti.|Bitti",
    ],
)
def test_sentences(text: str) -> None:
    whole = text.replace("|", " ")
    assert [whole[start:end] for start, end in sentences(whole)] == [
        piece.strip() for piece in text.split("|")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "伊朗制造导弹。|他说：“是的。”|再见！",
        "「はい。」と述べた。|次に「いいえ。」|ところが彼は「いい?」と聞いた。|いい?|そうです。",
        "သူပြောသည်။|သွားသည်။",
        "គាត់និយាយ។|ទៅ។",
        "ተናገረ።|ሄደ፡፡|እንዴት፧",
        "གསུངས།|ཕྱིན།།",
    ],
)
def test_where_no_space_follows_a_sentence(text: str) -> None:
    whole = text.replace("|", "")
    assert [whole[start:end] for start, end in sentences(whole)] == text.split("|")


@given(TRICKY)
def test_sentences_are_the_whole_text_without_the_space_between_them(text: str) -> None:
    ranges = sentences(text)
    assert "".join("".join(text[start:end] for start, end in ranges).split()) == "".join(text.split())
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in ranges)
    assert all(one[1] <= two[0] for one, two in zip(ranges, ranges[1:], strict=False))


def test_no_text_has_no_sentences() -> None:
    assert sentences("") == sentences(" \n ") == ()
