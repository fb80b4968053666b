"""The linter: what each lint finds and what it leaves alone, of one rule and of a hundred thousand."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from rules import Document, Member, Piece, Rule, Scoring, compile, compose, entry, rule
from rules.lint import TITLES, Feeds, Finding, Level, Sample, lint, sample
from tests.rules.chance import cases
from tests.rules.test_random import SEED, together

PAGE = (Path(__file__).parents[2] / "docs" / "linter.md").read_text(encoding="utf-8")
Sets = Mapping[str, Sequence[str | Member]]


def found(id: str, *rules: str | Rule, sets: Sets | None = None, **known: object) -> list[Finding]:
    """What one lint says of some rules; a text is a rule of its own."""
    given = [rule(one) if isinstance(one, str) else one for one in rules]
    return list(lint(compile(given, sets or {}), ids=[id], **known))  # type: ignore[arg-type]


def says(id: str, *rules: str, sets: Sets | None = None, **known: object) -> list[str]:
    return [finding.message for finding in found(id, *rules, sets=sets, **known)]


FRUITS = {"fruits": ["apple", "pear", "apple juice"], "apples": ["apple", "apples"]}

# --- L01 -------------------------------------------------------------------------------------------------

NEVER = {
    "apple NOT apple": "apple must be there and must not",
    "apple AND pear NOT apples": "NOT apples leaves out every article",
    '"apple juice" NOT juice': "NOT juice leaves out",
    "(apple OR apples) NOT apple": "must not",
    "title:apple NOT apple": "must not",
    "title:(apple NOT apple)": "must not",
    "title:apple NOT title:(apple OR pear)": "must not",
    "apple NOT (pear OR apple)": "must not",
    "apple NOT $fruits": "must not",
    "$apples NOT apple": "no member of $apples can stand",
    "exact:apple NOT apple": "must not",
    "case:US NOT us": "leaves out",
    "(apple NEAR/5 pear) NOT pear": "must not",
    "apple AND (pear NOT apple) AND (fig OR (plum NOT apple))": "must not",
    "apple EXCEPT apple": "EXCEPT leaves no place",
    "apple EXCEPT (pear OR apples)": "EXCEPT leaves no place",
    "apple EXCEPT $fruits": "EXCEPT leaves no place",
    "apple EXCEPT app*": "EXCEPT leaves no place",
    '"apple juice" NOT NEAR/3 juice': "NOT NEAR leaves no place",
    "sentence:(apple NOT apple)": "must not",
    "NEAR/5(apple, pear, fig) NOT fig": "must not",
    "2 TIMES apple NOT apple": "must not",
    "2 OF (apple, pear, fig) NOT (apple OR pear)": "only 1 of its 3 alternatives can hold",
    "2 OF $apples NOT apple": "only 0 of its 2 alternatives can hold",
    'first/3:"an apple a day"': "longer than the 3 words",
    "apple AND age:<1h AND age:>2d": "age:<1h and age:>2d never hold together",
    "apple AND words:>500 AND (words:<200 OR words:<300)": "never hold together",
    "apple AND source:a.org AND source:b.org": "never hold together",
    "apple AND country:GB AND country:fr": "never hold together",
    "apple AND source:news.bbc.co.uk NOT source:bbc.co.uk": "NOT source:bbc.co.uk leaves out every article",
    "apple AND tag:gulf NOT tag:Gulf": "leaves out every article",
}
SOMETIMES = [
    "apple NOT pear",
    'apple NOT "apple juice"',
    "apple EXCEPT juice",
    'apple EXCEPT "apple juice"',
    '"apple juice" EXCEPT apple',
    "(apple OR pear) NOT apple",
    "$fruits NOT apple",
    "apple NOT title:apple",
    "title:apple NOT body:apple",
    "(apple NOT pear) OR pear",
    "apples NOT exact:apple",
    "apple NOT case:Apple",
    "us NOT US",
    "Hamas NOT Hama",
    "apple NOT NEAR/3 juice",
    "sentence:(apple NOT pear) AND pear",
    "first/10:apple NOT first/5:apple",
    "2 OF (apple, pear, fig) NOT apple",
    "2 TIMES apple NOT (3 TIMES apple)",
    "/app.*/ NOT apple",
    "apple AND source:bbc.co.uk AND source:news.bbc.co.uk",
    "apple AND age:<2d AND age:>1h",
    "apple AND words:>=300 AND words:<=300",
    "apple AND (lang:en OR lang:ar) NOT lang:fr",
    "apple AND lang:en AND lang:ar",
    "Su-35 NOT su35",
    "su35 EXCEPT *35",
    "stem:apple EXCEPT appl?",  # apples has the stem of apple
    "apple NOT (apple NEAR/3 juice)",
    "apple NOT (apple AND juice)",
]


@pytest.mark.parametrize("text", NEVER)
def test_a_rule_that_rules_itself_out_is_an_error(text: str) -> None:
    (finding,) = found("L01", text, sets=FRUITS)
    assert finding.level is Level.ERROR
    assert finding.message.startswith("can never match: ") and NEVER[text] in finding.message
    assert 0 <= finding.start < finding.end <= len(text) and finding.text == text


@pytest.mark.parametrize("text", SOMETIMES)
def test_a_rule_that_can_match_is_no_error(text: str) -> None:
    assert not found("L01", text, sets=FRUITS)


def test_what_must_not_be_there_is_shown_in_the_piece_where_it_stands() -> None:
    (finding,) = found("L01", "pear AND (fig NOT figs)")
    assert finding.text[finding.start : finding.end] == "fig"


def test_a_score_that_words_left_out_keep_from_its_sum_is_an_error() -> None:
    apple, pear = (Piece(text, entry(text)) for text in ("apple", "pear"))
    scoring = Scoring(30, [(20, apple), (15, pear), (-50, Piece("fig", entry("fig")))])
    assert not found("L01", compose("good", score=scoring))
    (finding,) = found("L01", compose("dead", score=scoring, none=[apple]))
    assert "its weights add up to 15, never to 30" in finding.message


def test_a_contradiction_between_pieces_is_shown_in_its_piece() -> None:
    (finding,) = found("L01", compose("x", all=_pieces("fig", "apple pie"), none=_pieces("pear", "pie")))
    assert (finding.text, finding.start) == ("apple pie", 0) and "NOT" in finding.message


def _pieces(*texts: str) -> list[Piece]:
    return [Piece(text, entry(text)) for text in texts]


FEEDS = Feeds(
    names=frozenset({"Al Jazeera", "https://www.aljazeera.com/xml/rss/all.xml"}),
    hosts=frozenset({"www.aljazeera.com", "www.bbc.co.uk", "feeds.bbci.co.uk"}),
    tags=frozenset({"middle-east", "desk"}),
    whole=True,
)


@pytest.mark.parametrize(
    ("text", "level", "message", "hint"),
    [
        (
            "x AND tag:midle-east",
            Level.ERROR,
            'no feed has the tag "midle-east"',
            "did you mean tag:middle-east",
        ),
        ("x AND (tag:desk OR tag:sport)", Level.WARNING, 'no feed has the tag "sport"', ""),
        (
            'x AND feed:"Al Jazera"',
            Level.ERROR,
            'no feed is called "Al Jazera"',
            "did you mean feed:al jazeera",
        ),
        ("x AND source:bcc.co.uk", Level.NOTE, "from bcc.co.uk", "did you mean source:bbc.co.uk"),
        ("x NOT source:bcc.co.uk", Level.NOTE, "from bcc.co.uk", ""),
        ("x AND tag:$tags", Level.WARNING, 'no feed has the tag "spor"', ""),
    ],
)
def test_what_no_feed_has_is_told(text: str, level: Level, message: str, hint: str) -> None:
    (finding,) = found("L01", text, sets={"tags": ["desk", "spor"]}, feeds=FEEDS)
    assert finding.level is level and message in finding.message and hint in finding.hint


@pytest.mark.parametrize(
    "text",
    ["x AND tag:desk", "x AND tag:Desk", "x AND tag:middle*", "x AND source:bbc.co.uk",
     'x AND feed:"al jazeera"', "x AND feed:*aljazeera*", "x AND author:Smith", "x AND category:sport",
     "x AND source:reuters.com"],
)  # fmt: skip
def test_what_a_feed_has_or_may_bring_is_not(text: str) -> None:
    assert not found("L01", text, feeds=FEEDS)


def test_with_many_stored_articles_a_host_that_none_is_from_is_a_warning() -> None:
    (finding,) = found("L01", "x AND source:reuters.com", feeds=FEEDS, sample=archive())
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    "text",
    ["العراق AND lang:en", "(Ирак OR العراق) AND (lang:en OR lang:fr)", "$names AND missile AND lang:en"],
)
def test_a_language_that_does_not_write_so_is_a_warning(text: str) -> None:
    (finding,) = found("L01", text, sets={"names": ["Ирак", "Иран"]})
    assert finding.level is Level.WARNING and "hardly ever matches" in finding.message


@pytest.mark.parametrize(
    "text",
    ["العراق AND lang:ar", "العراق AND (lang:en OR lang:fa)", "(Iraq OR العراق) AND lang:en",
     "Iraq AND lang:ar", "Ирак", "عراق NOT lang:en", "2 OF (Ирак, Иран) AND lang:ru"],
)  # fmt: skip
def test_a_language_that_does_is_not(text: str) -> None:
    assert not found("L01", text)


# --- L02, L10, L11 ---------------------------------------------------------------------------------------

COMMON = [
    "the",
    "Iraq OR the",
    "(Iraq AND the) OR with",
    "of AND the",
    "title:Iraq OR $small",
]
TELLING = ["Iraq", "the AND Iraq", '"the Hague"', "WHO", "case:IS", "war", "US OR UK", "Iraq NOT the"]
SMALL = {"small": ["of", "missile"]}


@pytest.mark.parametrize("text", COMMON)
def test_a_rule_of_common_words_matches_nearly_everything(text: str) -> None:
    (finding,) = found("L02", text, sets=SMALL)
    assert finding.level is Level.WARNING and "matches nearly every article" in finding.message


@pytest.mark.parametrize("text", TELLING)
def test_a_rule_with_a_telling_word_does_not(text: str) -> None:
    assert not found("L02", text, sets=SMALL)


def test_the_common_word_is_named() -> None:
    assert says("L02", "Iraq OR the") == ['matches nearly every article: "the" is enough for it']


def test_a_common_word_is_told_once_wherever_it_stands() -> None:
    (finding,) = found("L10", "Iraq AND the", "missile AND the", "pear OR (fig AND the)")
    assert finding.rule == "iraq-and-the" and len(finding.also) == 2
    assert finding.text[finding.start : finding.end] == "the"


def test_a_name_that_looks_common_is_to_be_written_with_case() -> None:
    (finding,) = found("L10", "Will AND Smith")
    assert "case:Will" in finding.hint


@pytest.mark.parametrize("text", ['"the Hague"', "WHO", "case:IS", "war AND people", "th*", "US"])
def test_a_word_that_says_something_is_not_common(text: str) -> None:
    assert not found("L10", text)


def test_common_words_are_those_of_the_languages_that_are_read() -> None:
    assert not found("L10", "der AND Iran")
    assert found("L10", "der AND Iran", languages=["de"])


def archive(articles: int = 1000, days: float = 30, **matched: int) -> Sample:
    return Sample(articles, days, {id.replace("_", "-"): count for id, count in matched.items()})


def test_a_rule_that_matches_more_than_5_percent_is_no_alert() -> None:
    (finding,) = found("L02", "missile", "Iraq", sample=archive(missile=51, iraq=50))
    assert finding.rule == "missile" and "matches 5% of the last 1,000 articles" in finding.message


def test_a_few_articles_say_nothing_about_rates() -> None:
    assert not found("L02", "missile", sample=archive(articles=150, missile=100))


def test_a_word_that_most_articles_have_decides_nothing() -> None:
    known = Sample(1000, 30, {}, {"reuters": 800, "iraq": 300})
    (finding,) = found("L10", "Reuters AND Iraq", sample=known)
    assert finding.message.startswith('"Reuters" stands in nearly every article')


def test_the_rates_begin_with_the_rules_that_never_matched_and_the_busiest() -> None:
    known = archive(articles=90_000, days=30, missile=3, iraq=12_360)
    findings = found("L11", "missile", "Iraq", "Hama", "Basra", sample=known)
    assert [(one.rule, one.message, one.also) for one in findings] == [
        ("hama", "0 matches in 90,000 articles of the last 30 days", ("basra",)),
        ("iraq", "412 a day, 13.7% of the articles", ()),
        ("missile", "3 matches in 90,000 articles of the last 30 days", ()),
    ]


def test_without_an_archive_there_are_no_rates() -> None:
    assert not found("L11", "missile") and not found("L11", "missile", sample=archive(articles=0))


def test_a_sample_counts_matches_words_and_names() -> None:
    ruleset = compile([rule("missile")])
    counted = sample(ruleset, [Document("Missiles", "Iraq and Iraq"), Document("", "a missile for Iraq")], 2)
    assert counted.articles == 2 and counted.matched == {"missile": 2}
    assert counted.words["iraq"] == 2 and counted.words["missile"] == 1
    assert counted.names == {"missiles", "iraq"}


# --- L03 -------------------------------------------------------------------------------------------------

SAME = [
    ("missile AND Iraq", "Iraq + missiles"),
    ("missile OR (rocket OR drone)", "drone OR rocket OR missile"),
    ("$arms", "missile OR rocket"),
    ("Iraq NOT NOT missile", "Iraq AND missile"),
    ('"missile"', "missiles"),
    ("missile NEAR/5 Iraq", "Iraq NEAR/5 missile"),
    ("exact:missile", "exact:Missile"),
    ("title:(missile AND Iraq)", "title:(Iraq AND missile)"),
]
OTHER = [
    ("missile AND Iraq", "missile OR Iraq"),
    ("missile", "exact:missile"),
    ("WHO", "who"),
    ("missile BEFORE/5 Iraq", "Iraq BEFORE/5 missile"),
    ("missile NEAR/5 Iraq", "missile NEAR/6 Iraq"),
    ("title:missile", "body:missile"),
    ("Hamas", "Hama"),
    ('"missile Iraq"', '"Iraq missile"'),
]
ARMS = {"arms": ["missile", "rocket"]}


@pytest.mark.parametrize(("one", "two"), SAME)
def test_two_rules_that_mean_the_same_are_told(one: str, two: str) -> None:
    (finding,) = found("L03", rule(one, "one"), rule(two, "two"), sets=ARMS)
    assert (finding.rule, finding.level) == ("two", Level.WARNING)
    assert finding.message == "means the same as rule one"


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_two_rules_that_mean_something_else_are_not(one: str, two: str) -> None:
    assert not [
        message
        for message in says("L03", rule(one, "one"), rule(two, "two"), sets=ARMS)
        if "same as" in message
    ]


def test_the_same_rule_for_two_channels_is_a_note() -> None:
    to = {"one": frozenset({"#a"}), "two": frozenset({"#b"})}
    (finding,) = found("L03", rule("missile", "one"), rule("missiles", "two"), to=to)
    assert finding.level is Level.NOTE and "other channels" in finding.message


NARROWER = [
    ("missile AND Iraq", "missile"),
    ("missile AND Iraq AND Iran", "Iraq AND missile"),
    ("missile", "missile OR rocket"),
    ("(missile OR rocket) AND Iraq", "(rocket OR missile OR drone) AND Iraq"),
    ('"cruise missile"', "missile"),
    ('"a cruise missile strike"', '"cruise missiles"'),
    ("missile NEAR/5 Iraq", "missile AND Iraq"),
    ("missile NEAR/5 Iraq", "Iraq NEAR/9 missile"),
    ("missile BEFORE/5 Iraq", "missile NEAR/5 Iraq"),
    ("title:missile", "missile"),
    ('missile EXCEPT "cruise missile"', "missile"),
    ("missile NOT test", "missile"),
    ("missile NOT (test OR drill)", "missile NOT test"),
    ("$arms AND Iraq", "$arms"),
]
NOT_NARROWER = [
    ("missile", "missile AND Iraq"),
    ("missile OR Iraq", "missile"),
    ("missile NEAR/9 Iraq", "missile NEAR/5 Iraq"),
    ("missile NEAR/5 Iraq", "missile BEFORE/5 Iraq"),
    ("title:(Iraq NOT missile)", "Iraq NOT missile"),
    ("missile NOT test", "missile NOT (test OR drill)"),
    ("missile", "title:missile"),
]


@pytest.mark.parametrize(("narrow", "wide"), NARROWER)
@pytest.mark.parametrize("turned", [False, True])
def test_a_rule_that_adds_nothing_to_another_is_told(narrow: str, wide: str, turned: bool) -> None:
    rules = [rule(narrow, "narrow"), rule(wide, "wide")]
    (finding,) = found("L03", *(rules[::-1] if turned else rules), sets=ARMS)
    assert (finding.rule, finding.level) == ("narrow", Level.NOTE)
    assert "rule wide finds too" in finding.message


@pytest.mark.parametrize(("one", "two"), NOT_NARROWER)
def test_a_rule_that_finds_more_is_not(one: str, two: str) -> None:
    assert not [
        finding for finding in found("L03", rule(one, "one"), rule(two, "two")) if finding.rule == "one"
    ]


def test_a_narrower_rule_for_a_channel_of_its_own_is_meant_so() -> None:
    to = {"one": frozenset({"#iraq"}), "two": frozenset({"#all"})}
    assert not found("L03", rule("missile AND Iraq", "one"), rule("missile", "two"), to=to)


# --- L04 -------------------------------------------------------------------------------------------------


def test_a_set_that_no_rule_names_is_told() -> None:
    findings = found("L04", "$arms", sets=ARMS | {"spare": ["pear"]})
    assert [(one.rule, one.message) for one in findings] == [("$spare", "no rule names this set")]


COVERED = {
    ("missile", "missiles"): "missiles",
    ("missiles", "missile"): "missile",
    ("munition", "munition*"): "munition",
    ("cruise missile", "cruise missiles"): "cruise missiles",
    ("Irak", "IRAK"): "IRAK",
    ("who", "WHO"): "WHO",
}


@pytest.mark.parametrize("members", COVERED)
def test_a_member_that_another_covers_is_told(members: tuple[str, str]) -> None:
    (finding,) = found("L04", "$words", sets={"words": list(members)})
    assert finding.rule == "$words" and finding.text == COVERED[members]
    assert finding.level is Level.NOTE


@pytest.mark.parametrize(
    "members",
    [["missile", "cruise missile"], ["Iraq", "Iraqi"], ["Hama", "Hamas"], ["US", "UK"], ["us*", "UK"]],
)
def test_a_member_that_finds_something_of_its_own_is_not(members: list[str]) -> None:
    assert not found("L04", "$words", sets={"words": members})


# --- L05 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ['apple NOT "apple juice"', 'apples NOT (pear OR "an apple juice")', '$fruits NOT "apple pie"',
     'apple NOT $fruits', 'title:apple NOT "apple juice"', '(apple NEAR/5 pear) NOT "pear tree"'],
)  # fmt: skip
def test_a_phrase_that_holds_a_wanted_word_asks_for_except(text: str) -> None:
    findings = found("L05", text, sets={"fruits": ["apple", "apple juice"]})
    assert [finding.level for finding in findings] == [Level.WARNING]
    assert "EXCEPT" in findings[0].hint


@pytest.mark.parametrize(
    "text",
    ["apple NOT juice", 'apple NOT "orange juice"', '"apple juice" NOT "apple juice"', "Macron NOT $sport"],
)
def test_a_phrase_of_other_words_does_not(text: str) -> None:
    assert not found("L05", text, sets={"sport": ["World Cup", "football"]})


# --- L06, L07, L08 ---------------------------------------------------------------------------------------


def test_a_word_in_capitals_that_is_a_common_word_is_told() -> None:
    strict, loose = found("L06", "WHO AND NATO", "US-led AND UAV", "case:IT AND exact:US")[:1], []
    assert strict[0].message == 'WHO finds the capitals only, since "who" is a common word'
    assert not loose


def test_words_in_capitals_that_find_any_case_are_one_line() -> None:
    findings = found("L06", "NATO AND UAV", "IRGC", '"AIR STRIKE"', "nato", "case:EU", "NHS*")
    assert [one.message for one in findings] == [
        "found in any case, though written in capitals: NATO, UAV, IRGC"
    ]


@pytest.mark.parametrize("text", ["mi*", "i?a", "inter*"])
def test_a_wildcard_that_finds_too_much_is_told(text: str) -> None:
    (finding,) = found("L07", text)
    assert finding.level is Level.WARNING and "known words, as " in finding.message


def test_the_usual_words_of_a_wildcard_come_from_the_archive() -> None:
    known = Sample(1000, 30, {}, {"minister": 300, "military": 200, "missile": 100})
    (finding,) = found("L07", "mi*", sample=known)
    assert "as minister, military, missile, " in finding.message


@pytest.mark.parametrize("text", ["munition*", "Shahed*", "r?cket", '"missile * Iraq"', "*hezbollah*"])
def test_a_wildcard_that_finds_a_few_words_is_not(text: str) -> None:
    assert not found("L07", text)


@pytest.mark.parametrize("text", ["a NEAR/50 b", "a BEFORE/80 b", "a NOT NEAR/60 b"])
def test_a_near_as_wide_as_an_article_is_told(text: str) -> None:
    assert [finding.level for finding in found("L08", text)] == [Level.WARNING]


def test_a_near_of_49_words_is_not() -> None:
    assert not found("L08", "a NEAR/49 b")


# --- L09 -------------------------------------------------------------------------------------------------

NEWS = Sample(
    5000, 30, {}, {"hezbollah": 40, "iraq": 300, "missile": 200, "mogul": 9, "erbil": 1, "smuggling": 20},
    frozenset({"hezbollah", "iraq", "erbil"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Hezbolah", "Hezbollah"), ("Hezbollha AND Iraq", "Hezbollah"), ('"Hezbullah fighters"', "Hezbollah"),
     ("misile", "missile"), ("exact:smugling", "smuggling")],
)  # fmt: skip
def test_a_word_one_letter_from_a_known_one_is_a_typo(text: str, meant: str) -> None:
    (finding,) = found("L09", text, sample=NEWS)
    assert finding.level is Level.WARNING and finding.hint == f"did you mean {meant} ?"
    assert "in none of 5,000 articles" in finding.message


@pytest.mark.parametrize(
    "text",
    ["Mosul", "Kobakhidze", "Erbil", "Hezbollahs", "Iraqi", "Hezbo*", "case:Hezbolah", "missiles", "Xyzzy",
     "(Hezbollah OR Hezbolah)", "عراقي", "Хезбола"],
)  # fmt: skip
def test_a_name_or_a_spelling_on_purpose_is_no_typo(text: str) -> None:
    assert not found("L09", text, sample=NEWS)


def test_names_of_two_other_rules_show_a_typo_without_an_archive() -> None:
    (finding,) = found("L09", "Kobakhidze AND a1", "Kobakhidze AND b1", "Kobahkidze AND c1")
    assert (finding.level, finding.hint) == (Level.NOTE, "did you mean Kobakhidze ?")


def test_without_an_archive_a_misspelt_word_is_a_note() -> None:
    (finding,) = found("L09", "misile AND Iraq")
    assert (finding.level, finding.message) == (Level.NOTE, '"misile" is in no dictionary')


# --- L12 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("Ир\u0061к", "Ирaк is Cyrillic, but for a Latin a (U+0061)", "Ирак"),
        ("\u041dezbollah", "Нezbollah is Latin, but for a Cyrillic Н (U+041D)", "Hezbollah"),
        ("mis\u0455il\u0435*", "but for a Cyrillic ѕ (U+0455) and е (U+0435)", "missile*"),
        ('"cruise miss\u03b9le"', "but for a Greek ι (U+03B9)", "missile"),
    ],
)
def test_a_letter_of_another_alphabet_is_named(text: str, message: str, hint: str) -> None:
    (finding,) = found("L12", text)
    assert finding.level is Level.WARNING and message in finding.message and hint in finding.hint


@pytest.mark.parametrize(
    ("text", "level", "message"),
    [
        ('"mis\u00adsile"', Level.NOTE, "SOFT HYPHEN (U+00AD)"),
        ('"mis\u200dsile"', Level.NOTE, "ZERO WIDTH JOINER (U+200D)"),
        ('"mis\u200csile"', Level.WARNING, "ZERO WIDTH NON-JOINER (U+200C) splits the word"),
        ("\u2018missile\u2019", Level.NOTE, "the quotes around ‘missile’ are read as apostrophes"),
    ],
)
def test_a_character_that_is_not_what_it_seems_is_named(text: str, level: Level, message: str) -> None:
    (finding,) = found("L12", text)
    assert finding.level is level and message in finding.message


@pytest.mark.parametrize(
    "text",
    ["Ирак", "Hezbollah", "العراق", "ইরাক", "موشک\u200cها", "\u200fעיראק", "O\u2019Brien", "“missile”", "Т-90",
     "iPhone-ом", "α-helix", "\U0001f468\u200d\U0001f692", "イラクAI", "naïve", "Citroën", "Βήτα"],
)  # fmt: skip
def test_honest_spelling_of_any_script_is_left_alone(text: str) -> None:
    assert not found("L12", text)


# --- the whole -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", TITLES)
def test_every_lint_is_on_its_page(id: str) -> None:
    assert f"### {id} {TITLES[id]} · " in PAGE


def test_the_members_of_a_set_are_looked_at_as_the_words_of_rules() -> None:
    (finding,) = found("L12", "$arms AND Iraq", sets={"arms": ["rocket", "m\u0456ssile"]})
    assert (finding.rule, finding.text, finding.end) == ("$arms", "m\u0456ssile", 7)


READ = ("en", "fr", "ar")


@pytest.mark.parametrize("run", range(4))
def test_what_is_said_of_matches_is_so(run: int) -> None:
    """Of random rules and articles: what can never match does not; what another rule finds too, it finds."""
    trees, documents = cases(SEED + run, 150, 300)
    kept, ruleset = together(trees)
    matched: dict[str, set[int]] = {id: set() for id in kept}
    for number, document in enumerate(documents):
        if set(document.languages) <= set(READ):
            for match in ruleset.match(document):
                matched[match.rule].add(number)
    for finding in lint(ruleset, languages=READ, ids=["L01", "L03"]):
        text = f"seed {SEED + run}, rule {kept[finding.rule]}: {finding.message}"
        if finding.id == "L01":
            assert finding.level is not Level.ERROR or not matched[finding.rule], text
        elif same := re.search(r"same as rule (\d+)", finding.message):
            assert matched[finding.rule] == matched[same[1]], f"{text}: {kept[same[1]]}"
        elif wide := re.search(r"rule (\d+) finds too", finding.message):
            assert matched[finding.rule] <= matched[wide[1]], f"{text}: {kept[wide[1]]}"


def test_every_lint_has_something_to_say_of_any_rule_without_a_fault() -> None:
    trees, documents = cases(SEED, 200, 20)
    _, ruleset = together(trees)
    known = sample(ruleset, documents, 3)
    findings = lint(ruleset, languages=READ, feeds=FEEDS, sample=known)
    assert findings
    for finding in findings:
        assert 0 <= finding.start <= finding.end <= len(finding.text) and finding.message


def test_the_worst_rules_do_not_stall_it() -> None:
    big = [f"word{number}" for number in range(10_000)]
    wild = [f"*inner{number}*" for number in range(200)]
    rules = ["$big NOT $big", "$big EXCEPT $big", "$big AND missile NOT $big", " OR ".join(big[:5000])]
    rules += [f"missile AND x{number}" for number in range(2000)] + [f"{word} AND $big" for word in wild]
    rules += ["(" * 90 + "missile" + ")" * 90, "NOT " * 91 + "a AND b"]
    findings = found_in(rules, {"big": big})
    assert {finding.rule for finding in findings if finding.id == "L01"} == {"r0", "r1", "r2"}


def found_in(rules: Sequence[str], sets: Sets) -> tuple[Finding, ...]:
    compiled = compile([rule(text, f"r{number}") for number, text in enumerate(rules)], sets)
    return lint(compiled, sample=Sample(500, 3, {}, {f"seen{n}": n for n in range(1000)}))
